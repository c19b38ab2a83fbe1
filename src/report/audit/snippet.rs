//! One finding as rustc would show it: its line, what KEDA really does, what it costs, the mend.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::lines::{COLUMNS, wrapped};
use super::route;
use crate::finding::Severity;
use crate::invisible;
use crate::rules::finding::Finding;

/// Columns that number and rule of a line take.
const MARGIN: usize = 8;

/// Bytes of a line that is still shown.
const LONGEST: usize = 2_000;

/// A finding with what is needed to show it when its file is gone.
pub(super) struct Shown {
    pub(super) file: String,
    pub(super) finding: Finding,
    /// The line that it is on; none where it is too long for anybody to read, a whole List in JSON maybe.
    line: Option<String>,
    /// When it first surprises, in local time.
    first: Option<String>,
}

impl Shown {
    pub(super) fn new(file: &str, finding: &Finding, line: &str, first: Option<String>) -> Self {
        let line = (line.len() <= LONGEST).then(|| invisible::covered(line));
        Self { file: file.to_owned(), finding: finding.clone(), line, first }
    }

    /// With `price` and `places`, where there is something to say about them.
    pub(super) fn text(&self, price: &str, places: &str) -> String {
        let Self { file, finding, line, first } = self;
        let level = match finding.rule.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mark = finding.place.mark;
        let gutter = mark.line.max(1).to_string().len() + 1;
        let label = label(finding);
        let title = wrapped(finding.rule.summary(), COLUMNS - "warning[]: ".len() - finding.rule.id().len());
        let group = Group::with_title(level.primary_title(title).id(finding.rule.id()));
        let (group, rest) = match line {
            Some(line) => {
                let (start, end) = marked(line, mark.column);
                let column = gutter + " | ".len() + line[..end].chars().count() + 1;
                let fits = column + label.chars().count() <= COLUMNS;
                let (beside, rest) = if fits { (label, String::new()) } else { (String::new(), label) };
                (group.element(excerpt(self, line, (start, end), beside)), rest)
            }
            None => (group.element(Origin::path(file).line(mark.line).char_column(mark.column)), label),
        };
        let notes = [rest.as_str(), &finding.effect, first.as_deref().unwrap_or_default(), places];
        let note = |text: &str, name: &str| {
            wrapped(&invisible::shown(text), COLUMNS - gutter - "= : ".len() - name.len())
        };
        let notes = notes.into_iter().filter(|text| !text.is_empty()).map(|text| note(text, "note"));
        let mut group = group.elements(notes.map(|text| Level::NOTE.message(text)));
        if !price.is_empty() {
            group = group.element(Level::NOTE.with_name("cost").message(note(price, "cost")));
        }
        let group = group.element(Level::HELP.message(note(&finding.mend, "help")));
        Renderer::styled().decor_style(DecorStyle::Ascii).term_width(COLUMNS).render(&[group])
    }
}

/// `ScaledObject shop/query: triggers[2].metadata.end`
fn label(finding: &Finding) -> String {
    match (finding.place.object.as_str(), route(finding)) {
        ("", _) => String::new(),
        (object, route) if route.is_empty() => invisible::shown(object),
        (object, route) => invisible::shown(&format!("{object}: {route}")),
    }
}

/// Only the finding's own line is handed to the renderer, which else would look through the whole file for each.
fn excerpt<'s>(
    shown: &'s Shown,
    line: &'s str,
    (start, end): (usize, usize),
    label: String,
) -> Snippet<'s, Annotation<'s>> {
    let annotation = AnnotationKind::Primary.span(start..end);
    let annotation = if label.is_empty() { annotation } else { annotation.label(label) };
    let line_start = shown.finding.place.mark.line.max(1);
    Snippet::source(line).line_start(line_start).path(&shown.file).annotation(annotation)
}

/// Columns of a value that are marked on a line which is wider than the terminal.
const MARKED: usize = 62;

/// The place of the value at a column. Of a wide line only the part around it is shown, but all of what is marked: the
/// marks of a wide value end early.
fn marked(line: &str, column: usize) -> (usize, usize) {
    let start = start(line, column);
    let end = end_of_value(line, start);
    if line.chars().count() + MARGIN <= COLUMNS {
        return (start, end);
    }
    let most = line[start..].char_indices().nth(MARKED).map_or(line.len(), |(at, _)| start + at);
    (start, end.min(most))
}

/// The byte at which a column begins.
fn start(line: &str, column: usize) -> usize {
    line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at)
}

/// The end of the value or key that begins at `start`: of its quotes, of its part of a flow, or of the line before a
/// comment.
fn end_of_value(line: &str, start: usize) -> usize {
    let rest = &line[start..];
    let quoted = rest.starts_with(['"', '\'']).then(|| rest[1..].find(&rest[..1])).flatten();
    if let Some(length) = quoted {
        return start + length + 2;
    }
    let in_flow = line[..start].contains(['{', '[']);
    let end = |at: &(usize, char)| {
        let (at, sign) = *at;
        sign == '#' && rest[..at].ends_with(' ') || in_flow && matches!(sign, ',' | '}' | ']')
    };
    let end = rest.char_indices().find(end).map_or(rest.len(), |(at, _)| at);
    start + rest[..end].trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_with_its_quotes_its_part_of_a_flow_or_before_a_comment() {
        let value = |line: &str, start: &str| {
            let at = line.find(start).unwrap();
            line[at..end_of_value(line, at)].to_owned()
        };
        assert_eq!(value("a: {b: \"0 8 * * *\", c: 6}", "\"0"), "\"0 8 * * *\"");
        assert_eq!(value("a: {b: x y, c: 6}", "x"), "x y");
        assert_eq!(value("a: 0 8 1,2 * *  # nightly", "0"), "0 8 1,2 * *");
        assert_eq!(value("a: 'it", "'"), "'it");
    }

    #[test]
    fn of_a_value_that_is_wider_than_the_terminal_the_beginning_is_marked() {
        let line = format!("a: [{}]", "x, ".repeat(60));
        let (start, end) = marked(&line, 4);
        assert_eq!((start, end - start), (3, MARKED));
        assert_eq!(marked("a: [x, y]", 4), (3, 9));
    }
}
