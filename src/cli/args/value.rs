//! How versions, dates and sizes are written on the command line.

use crate::explain::When;
use crate::features;
use crate::quantity::{Release, Version};
use crate::time::Date;

pub(super) fn keda(text: &str) -> Result<Version, String> {
    version(text, (features::keda::FIRST, features::keda::LAST))
}

pub(super) fn release(text: &str) -> Result<Release, String> {
    let version = keda(text)?;
    Release::parse(text)
        .filter(|release| release.version == version)
        .ok_or_else(|| "a version is written as 2.20 or 2.20.2".to_owned())
}

pub(super) fn kubernetes(text: &str) -> Result<Version, String> {
    version(text, (features::kubernetes::FIRST, features::kubernetes::LAST))
}

pub(super) fn version(text: &str, (least, last): (Version, Version)) -> Result<Version, String> {
    let version = Version::parse(text).ok_or_else(|| format!("a version is written as {last}"))?;
    let is_modelled = (least..=last).contains(&version);
    is_modelled.then_some(version).ok_or_else(|| format!("what is modelled is {least} to {last}"))
}

pub(super) fn date(text: &str) -> Result<Date, String> {
    Date::parse(text)
        .ok_or_else(|| no_such_day(text).unwrap_or_else(|| "a date is written as 2026-12-24".to_owned()))
}

/// What to say of a date that is written as one, of a day that its month does not have.
pub(super) fn no_such_day(text: &str) -> Option<String> {
    let day = text.get(..10)?;
    let (month, number) = day.rsplit_once('-')?;
    let first = Date::parse(&format!("{month}-01"))?;
    let last = (28..=31).rev().find(|last| Date::parse(&format!("{month}-{last}")).is_some())?;
    let is_day = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_day && Date::parse(day).is_none())
        .then(|| format!("{day} does not exist: {} {} has {last} days", first.month().title(), first.year()))
}

pub(super) fn when(text: &str) -> Result<When, String> {
    When::parse(text).ok_or_else(|| {
        no_such_day(text).unwrap_or_else(|| "a moment is written as \"2026-10-03 12:00\", 2026-10-03, or 2026-10-03T10:00Z, in the years from 1970 to 2100".to_owned())
    })
}

/// `67108864`, `64MiB`
pub(super) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let scale = match &text[digits.len()..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        unit => return Err(format!("`{unit}` is not a unit; write bytes, or KiB, MiB, GiB")),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(scale));
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| "write a number above 0, as in `64MiB`".to_owned())
}
