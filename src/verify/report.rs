//! What a made file gets wrong, collected: every finding names the file and the template to mend.

use crate::artifact::Artifact;
use crate::finding::{Diagnostic, Place, Rule};
use crate::source::Span;

/// Findings about one file.
pub(super) struct Report<'a> {
    pub(super) found: Vec<Diagnostic>,
    pub(super) path: &'a str,
    template: &'static str,
}

impl<'a> Report<'a> {
    /// About `artifact`, which `template` makes.
    pub(super) fn new(artifact: &'a Artifact, template: &'static str) -> Self {
        Self { found: Vec::new(), path: &artifact.path, template }
    }

    /// Its reader would refuse it.
    pub(super) fn rejected(&mut self, line: Option<usize>, title: String) {
        self.push(Rule::EmittedFileRejected, title, (line, String::new()), None);
    }

    /// It disagrees with the plan, or with another file.
    pub(super) fn mismatch(&mut self, line: Option<usize>, title: String) {
        self.push(Rule::EmittedFileMismatch, title, (line, String::new()), None);
    }

    /// One object has more octets than `most`, which is all that `reader` takes.
    pub(super) fn too_large(&mut self, octets: usize, most: usize, reader: &str) {
        let kibibytes = |octets: usize| octets.div_ceil(1024);
        let (path, has, takes) = (self.path, kibibytes(octets), kibibytes(most));
        let title = format!("the rules have {has} KiB, and {reader} takes {takes} KiB in one object");
        let place = Place { artifact: path.to_owned(), line: None, route: String::new() };
        let help = "make several policies, each with some of the territories and with an own namespace, team or folder; or let Prometheus read the rules from a disk";
        self.found.push(Diagnostic::new(Rule::EmittedObjectTooLarge, title).inside(place).help(help));
    }

    /// A finding about the target at `span`, at a line and a way inside of the file.
    pub(super) fn push(
        &mut self,
        code: Rule,
        title: String,
        (line, route): (Option<usize>, String),
        span: Option<Span>,
    ) {
        let help = help(&format!("templates/{}", self.template));
        let place = Place { artifact: self.path.to_owned(), line, route };
        let mut found = Diagnostic::new(code, title).inside(place).help(help);
        if let Some(span) = span {
            found = found.at(span, "this target");
        }
        self.found.push(found);
    }
}

/// What is to be done about a file that the embedded templates get wrong.
pub const REPORT: &str = "report this as a bug of seasonscale";

/// Whose fault it is when a made file is wrong, and what can be done about it.
pub(super) fn help(template: &str) -> String {
    format!("the file was not written: mend {template} where --templates replaces it, else {REPORT}")
}
