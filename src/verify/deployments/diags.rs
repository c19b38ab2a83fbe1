//! All that the Deployments can get wrong, in words.

use super::Key;
use crate::artifact::Artifact;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::Span;

const HELP: &str = "the file was not written: mend templates/deployment.yaml.j2 where --templates replaces it, else report this as a bug of seasonscale";

/// Findings about one file.
pub(super) struct Report<'a> {
    pub(super) found: Vec<Diagnostic>,
    path: &'a str,
}

impl<'a> Report<'a> {
    pub(super) fn new(artifact: &'a Artifact) -> Self {
        Self { found: Vec::new(), path: &artifact.path }
    }

    fn push(&mut self, code: Code, title: String, line: Option<usize>, route: String, span: Option<Span>) {
        let place = Place { artifact: self.path.to_owned(), line, route };
        let mut found = Diagnostic::new(code, title).inside(place).help(HELP);
        if let Some(span) = span {
            found = found.at(span, "this target");
        }
        self.found.push(found);
    }

    pub(super) fn unreadable(&mut self, line: usize, message: &str) {
        let title = format!("`{}` is not YAML: {message}", self.path);
        self.push(Code::FileRejected, title, Some(line), String::new(), None);
    }

    pub(super) fn doubled(&mut self, line: usize, key: &str) {
        let title = format!("`{}` has the key `{key}` twice in one map", self.path);
        self.push(Code::FileRejected, title, Some(line), String::new(), None);
    }

    pub(super) fn twice(&mut self, line: usize, (kind, name): &Key) {
        let title = format!("there are two objects {kind} `{name}`");
        self.push(Code::FileMismatch, title, Some(line), format!("{kind} {name}"), None);
    }

    pub(super) fn missing(&mut self, (kind, name): &Key, span: Span) {
        let title = format!("the target `{name}` has no {kind}");
        self.push(Code::FileMismatch, title, None, format!("{kind} {name}"), Some(span));
    }

    pub(super) fn extra(&mut self, line: usize, (kind, name): &Key) {
        let title = format!("{kind} `{name}` belongs to no target of the profile");
        self.push(Code::FileMismatch, title, Some(line), format!("{kind} {name}"), None);
    }

    pub(super) fn says(
        &mut self,
        line: usize,
        about: &str,
        way: &str,
        wanted: &str,
        found: Option<&str>,
        span: Span,
    ) {
        let title = match found {
            Some(found) => format!("{about} says {found} in {way}, where the profile says {wanted}"),
            None => format!("{about} has no {way}, where the profile says {wanted}"),
        };
        self.push(Code::FileMismatch, title, Some(line), about.replace(' ', " / "), Some(span));
    }

    pub(super) fn owned_by_another(&mut self, line: usize, about: &str, way: &str, span: Span) {
        let title = format!("{about} sets {way}, which it must leave alone");
        self.push(Code::FileMismatch, title, Some(line), about.replace(' ', " / "), Some(span));
    }

    pub(super) fn insecure(&mut self, line: usize, about: &str, what: &str) {
        let title = format!("{about} breaks the restricted Pod Security Standard: {what}");
        self.push(Code::FileMismatch, title, Some(line), about.replace(' ', " / "), None);
    }
}
