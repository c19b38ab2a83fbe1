//! What is known of somebody's own ScaledObject.

use crate::name::KubeName;
use crate::quantity::Replicas;
use crate::source::{Located, SourceId, Span};
use crate::yaml::{self, Mark};

/// A ScaledObject that its owner keeps, but for our triggers.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its file, as the policy writes it.
    pub file: String,
    /// The object alone, as its owner wrote it; out of a `List` it is moved to the left.
    pub text: String,
    /// The first byte of `text` in its file, where it stands there as it is.
    pub offset: Option<usize>,
    /// Where it stands in its file.
    pub span: Span,
    /// Its line in its file, from 1.
    pub line: usize,
    /// Its name.
    pub name: KubeName,
    /// Its namespace, where it names one.
    pub namespace: Option<KubeName>,
    /// What it scales.
    pub scaled: Scaled,
    /// The name of its HPA: its own, or KEDA's `keda-hpa-NAME`.
    pub hpa: String,
    /// What runs while nothing asks for more: the idle count, or the minimum.
    pub rest: Located<Replicas>,
    /// At how many replicas it rests whatever its minimum is: its idle count, unless an annotation keeps it active.
    pub idle: Option<Replicas>,
    /// Its minimum as its owner has it, be it that it rests below it at an idle count.
    pub min: Located<Replicas>,
    /// What runs at least while anything is active; 1 or more.
    pub least: Located<Replicas>,
    /// What is never exceeded.
    pub most: Located<Replicas>,
    /// Its own cron triggers, ours aside: the name or a number, and where it stands.
    pub crons: Vec<(String, Span)>,
}

impl Kept {
    /// The token at a place of [`Self::text`], in the file; the whole object where that was moved.
    pub fn at(&self, mark: Mark) -> Span {
        match self.offset {
            Some(offset) => token(&self.text, (self.span.source, offset), mark),
            None => self.span,
        }
    }
}

/// The token at `mark` of `text`, which begins at a byte of a source.
pub(super) fn token(text: &str, (source, offset): (SourceId, usize), mark: Mark) -> Span {
    let from = yaml::byte_of(text, mark).min(text.len());
    let rest = &text[from..];
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '}' | ']');
    let length = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => rest[1..].find(quote).map_or(rest.len(), |end| end + 2),
        Some(_) | None => rest.find(ends).unwrap_or(rest.len()),
    };
    Span::new(source, offset + from..offset + from + length.max(1))
}

/// The workload behind a ScaledObject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scaled {
    /// `apps/v1`
    pub api_version: String,
    /// `Deployment`, `StatefulSet`, `Rollout`
    pub kind: String,
    /// Its name.
    pub name: String,
}
