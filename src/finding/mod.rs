//! What can be wrong with a user's input, as data: a rule, one sentence, places in the policy, and the next step.
//!
//! Nothing here renders or decides. A [`Diagnostic`] is the user's input at fault; the world's failures are `anyhow` in
//! `cli`, and a panic is our own bug.

mod rule;

pub use rule::Rule;

use crate::source::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The files are made, but somebody should look.
    Warning,
    /// No file is written.
    Error,
}

/// A place in the policy and what is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The bytes.
    pub span: Span,
    /// What to see there; may be empty.
    pub text: String,
    /// Whether this is where the mistake is, or only what it conflicts with.
    pub primary: bool,
}

/// A place in a made file: for findings of `verify`, which reads files back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name.
    pub artifact: String,
    /// Its line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// The way to it: `ScaledObject freshplan-api-queries-de / triggers[2] / end`.
    pub route: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable name.
    pub rule: Rule,
    /// One lower-case sentence.
    pub title: String,
    /// Where in the policy; the first primary label leads.
    pub labels: Vec<Label>,
    /// Where in a made file.
    pub place: Option<Place>,
    /// Facts that help to judge it, a line each.
    pub notes: Vec<String>,
    /// The next step.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding that says `title`.
    pub fn new(rule: Rule, title: impl Into<String>) -> Self {
        Self { rule, title: title.into(), labels: Vec::new(), place: None, notes: Vec::new(), help: None }
    }

    /// Points at the mistake.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: true });
        self
    }

    /// Points at what the mistake conflicts with.
    pub fn against(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// Points into a made file.
    pub fn inside(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Adds a fact.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Names the next step.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// How bad it is: a property of the rule.
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }
}

/// Whether any of `diagnostics` forbids writing.
pub fn any_error(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
}
