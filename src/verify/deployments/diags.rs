//! All that the Deployments can get wrong, in words.

use super::Key;
use crate::finding::Rule;
use crate::source::Span;
use crate::verify::report::Report;

pub(super) fn unreadable(report: &mut Report<'_>, line: usize, message: &str) {
    let title = format!("`{}` is not YAML: {message}", report.path);
    report.rejected(Some(line), title);
}

pub(super) fn doubled(report: &mut Report<'_>, line: usize, key: &str) {
    let title = format!("`{}` has the key `{key}` twice in one map", report.path);
    report.rejected(Some(line), title);
}

pub(super) fn twice(report: &mut Report<'_>, line: usize, (kind, name): &Key) {
    report.mismatch(Some(line), format!("there are two objects {kind} `{name}`"));
}

pub(super) fn missing(report: &mut Report<'_>, (kind, name): &Key, span: Span) {
    let title = format!("the target `{name}` has no {kind}");
    report.push(Rule::EmittedFileMismatch, title, (None, format!("{kind} {name}")), Some(span));
}

pub(super) fn extra(report: &mut Report<'_>, line: usize, (kind, name): &Key) {
    report.mismatch(Some(line), format!("{kind} `{name}` belongs to no target of the profile"));
}

/// What an object says at some way inside of it, and what it should.
pub(super) struct Field<'a> {
    pub(super) about: &'a str,
    pub(super) way: String,
    pub(super) wanted: &'a str,
    pub(super) found: Option<String>,
}

pub(super) fn says(report: &mut Report<'_>, line: usize, said: &Field<'_>, span: Span) {
    let Field { about, way, wanted, found } = said;
    let title = match found {
        Some(found) => format!("{about} says {found} in {way}, where the profile says {wanted}"),
        None => format!("{about} has no {way}, where the profile says {wanted}"),
    };
    report.push(Rule::EmittedFileMismatch, title, (Some(line), (*about).to_owned()), Some(span));
}

pub(super) fn owned_by_another(report: &mut Report<'_>, line: usize, (about, way): (&str, &str), span: Span) {
    let title = format!("{about} sets {way}, which it must leave alone");
    report.push(Rule::EmittedFileMismatch, title, (Some(line), about.to_owned()), Some(span));
}

pub(super) fn insecure(report: &mut Report<'_>, line: usize, about: &str, what: &str) {
    report.mismatch(Some(line), format!("{about} breaks the restricted Pod Security Standard: {what}"));
}
