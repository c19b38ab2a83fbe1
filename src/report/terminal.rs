//! Findings as rustc shows them: the policy's lines, carets, help. Plain text unless colour is asked for.

use std::collections::BTreeMap;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::finding::{Diagnostic, Label, Place, Rule, Severity};
use crate::invisible;
use crate::source::{SourceId, Sources};

/// So many findings of one kind are shown. Nobody reads more before mending some.
const SHOWN: usize = 100;

/// Bytes of a sentence that are shown: a policy can have a name of 200 KB.
const LONGEST: usize = 2_000;

/// `diagnostics` for a terminal, an empty line between them.
pub fn terminal(diagnostics: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    let mut text = String::new();
    let mut counts: BTreeMap<Rule, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let count = counts.entry(diagnostic.rule).or_default();
        *count += 1;
        if *count <= SHOWN {
            text.push_str(&renderer.render(&[group(diagnostic, sources)]));
            text.push_str("\n\n");
        }
    }
    for (code, count) in counts.into_iter().filter(|(_, count)| *count > SHOWN) {
        text.push_str(&format!("and {} more of {}\n\n", count - SHOWN, code.id()));
    }
    text
}

/// `2 errors, 1 warning`; nothing to say about nothing.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).count();
    let said: Vec<String> = [(errors, "error"), (diagnostics.len() - errors, "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn group<'d>(diagnostic: &'d Diagnostic, sources: &'d Sources) -> Group<'d> {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(said(&diagnostic.title)).id(diagnostic.rule.id()));
    for id in sources_in_order(diagnostic) {
        let labels = || diagnostic.labels.iter().filter(|label| label.span.source == id);
        let begin = labels().map(|label| label.span.start).min().unwrap_or_default();
        let end = labels().map(|label| label.span.end).max().unwrap_or_default();
        let (line, offset, text) = sources.around(id, (begin, end));
        let snippet =
            Snippet::source(invisible::covered(text)).line_start(line).path(&sources.get(id).name).fold(true);
        group = group.element(snippet.annotations(labels().map(|label| annotation(label, offset, text))));
    }
    if let Some(place) = &diagnostic.place {
        group = group.element(origin(place));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(said(note)));
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(said(help))),
        None => group,
    }
}

/// A sentence as it is shown.
fn said(text: &str) -> String {
    let end = text.floor_char_boundary(LONGEST);
    let more = if end < text.len() { " .." } else { "" };
    invisible::shown(&text[..end]) + more
}

/// The file of the first primary label leads.
fn sources_in_order(diagnostic: &Diagnostic) -> Vec<SourceId> {
    let mut labels: Vec<&Label> = diagnostic.labels.iter().collect();
    labels.sort_by_key(|label| !label.primary);
    let mut ids = Vec::new();
    for label in labels {
        if !ids.contains(&label.span.source) {
            ids.push(label.span.source);
        }
    }
    ids
}

/// annotate-snippets panics on a span beyond the text or inside a character: both are brought back to a boundary here. The text
/// begins at byte `offset` of its file.
pub(super) fn annotation<'d>(label: &'d Label, offset: usize, text: &str) -> Annotation<'d> {
    let boundary = |at: usize| {
        let at = at.saturating_sub(offset).min(text.len());
        (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
    };
    let start = boundary(label.span.start);
    let span = start..boundary(label.span.end).max(start);
    let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    kind.span(span).label(said(&label.text))
}

fn origin(place: &Place) -> Origin<'_> {
    let path = if place.route.is_empty() {
        place.artifact.clone()
    } else {
        format!("{} ({})", place.artifact, place.route)
    };
    match place.line {
        Some(line) => Origin::path(path).line(line),
        None => Origin::path(path),
    }
}
