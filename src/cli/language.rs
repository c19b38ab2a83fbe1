//! `keys` and `schema`: what may be written in a policy.

use super::args::Schema;
use super::{Outcome, output};
use crate::keys::{self, File};
use crate::name::nearest;
use crate::publish::{NewFile, publish};
use crate::report;

pub(super) fn keys(table: Option<&str>) -> anyhow::Result<Outcome> {
    let wanted = table.map(|table| table.trim_matches(['[', ']', ' ']));
    let text = report::keys::text(wanted).ok_or_else(|| {
        let sections = keys::FILES.iter().flat_map(|file| file.root.with_all_below());
        let paths: Vec<&str> = sections.map(|section| section.path).filter(|path| !path.is_empty()).collect();
        let wanted = wanted.unwrap_or_default();
        match nearest(wanted, paths.iter().copied()) {
            Some(near) => anyhow::anyhow!("there is no table `[{wanted}]`; did you mean `[{near}]`?"),
            None => anyhow::anyhow!("there is no table `[{wanted}]`; there are: {}", paths.join(", ")),
        }
    })?;
    output::data(&text)?;
    Ok(Outcome::Clean)
}

pub(super) fn schema(arguments: &Schema) -> anyhow::Result<Outcome> {
    if let Some(out) = &arguments.out {
        let files = schemas();
        for (name, change) in publish(out, &files)?.files() {
            output::remark(&format!("{:<9} {}", change.word(), out.join(name).display()));
        }
        return Ok(Outcome::Clean);
    }
    let wanted = keys::FILES.iter().find(|file| Some(file.id) == arguments.file.as_deref());
    let wanted = wanted.ok_or_else(|| {
        let files = keys::FILES.map(|file| format!("`{}`", file.id)).join(", ");
        anyhow::anyhow!("of which file? There are {files}; `--out DIR` writes the schemas of all")
    })?;
    output::data(&text(wanted))?;
    Ok(Outcome::Clean)
}

/// The schemas of all files.
pub(super) fn schemas() -> Vec<NewFile> {
    let schema = |file: &File| NewFile {
        name: format!("{}.schema.json", file.id),
        bytes: text(file).into_bytes(),
        is_last: false,
    };
    keys::FILES.iter().map(schema).collect()
}

fn text(file: &File) -> String {
    format!("{:#}\n", keys::schema(file))
}
