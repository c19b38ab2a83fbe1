//! Audits for people, for programs, for pull requests and for code scanning. Of a file that has become text nothing else is
//! held. Everywhere the worst finding is first: for people and pull requests of all files, for programs of each file.

mod calendar;
mod github;
mod group;
mod human;
mod json;
mod lines;
mod object;
mod price;
mod sarif;
mod snippet;

use crate::finding::Severity;
use crate::rules::finding::Finding;

pub use github::Github;
pub(super) use github::{message, property};
pub use human::Human;
pub use json::{json_begin, json_end, json_files};
pub(super) use object::halted;
pub use sarif::Sarif;
pub(super) use sarif::uri;

/// How many objects and findings there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Files.
    pub files: usize,
    /// ScaledObjects and ScaledJobs.
    pub objects: usize,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
}

impl Tally {
    /// Counts a file.
    pub fn add(&mut self, file: &crate::audit::File) {
        self.files += 1;
        self.objects += file.objects.len();
        let errors = file.findings.iter().filter(|finding| severity(finding) == "error").count();
        self.errors += errors;
        self.warnings += file.findings.len() - errors;
    }

    /// `3 objects in 2 files: 1 error, 4 warnings`
    pub fn say(self) -> String {
        let many = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let found = match (self.errors, self.warnings) {
            (0, 0) => "no findings".to_owned(),
            (0, warnings) => many(warnings, "warning"),
            (errors, 0) => many(errors, "error"),
            (errors, warnings) => format!("{}, {}", many(errors, "error"), many(warnings, "warning")),
        };
        format!("{} in {}: {found}", many(self.objects, "object"), many(self.files, "file"))
    }
}

fn severity(finding: &Finding) -> &'static str {
    match finding.rule.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The way to a finding from its object: `triggers[2] metadata.end`.
fn route(finding: &Finding) -> String {
    match finding.place.trigger {
        Some(index) => format!("triggers[{index}].{}", finding.place.field),
        None => finding.place.field.clone(),
    }
}
