//! `holidays`: the sets that are built in.

use super::args::Holidays;
use super::{Outcome, output};
use crate::name::{SetName, nearest};
use crate::policy::{self, BuiltIn};
use crate::resolve;

pub(super) fn run(arguments: &Holidays) -> anyhow::Result<Outcome> {
    let Some(code) = &arguments.code else {
        let line = |set: BuiltIn| format!("{:<8} {}\n", set.code, set.title);
        output::data(&policy::built_in().map(line).collect::<String>())?;
        return Ok(Outcome::Clean);
    };
    let set = policy::built_in().find(|set| set.code == code).ok_or_else(|| unknown(code))?;
    let Some(years) = arguments.dates else {
        output::data(&format!("{}\n", set.text))?;
        return Ok(Outcome::Clean);
    };
    let name = SetName::parse(code).ok_or_else(|| unknown(code))?;
    let dates = resolve::holidays_of_set(&policy::built_in_sets(), &name, years.0..=years.1);
    let line = |(date, names): (crate::time::Date, Vec<crate::name::Slug>)| {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        format!("{date} {}\n", names.join(", "))
    };
    output::data(&dates.into_iter().map(line).collect::<String>())?;
    Ok(Outcome::Clean)
}

fn unknown(code: &str) -> anyhow::Error {
    let codes: Vec<&str> = policy::built_in().map(|set| set.code).collect();
    let country = format!("{}-", code.to_uppercase());
    let regions: Vec<&str> = codes.iter().copied().filter(|code| code.starts_with(&country)).collect();
    match nearest(code, codes).filter(|_| regions.is_empty()) {
        Some(near) => anyhow::anyhow!("no set is called `{code}`; did you mean `{near}`?"),
        None if !regions.is_empty() => {
            anyhow::anyhow!("no set is called `{code}`; it has sets by region: {}", regions.join(", "))
        }
        None => anyhow::anyhow!(
            "no set is called `{code}`; `seasonscale holidays` lists those that are built in, and a policy declares others as `[holidays.NAME]`"
        ),
    }
}
