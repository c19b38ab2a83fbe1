//! A text becomes a TOML table, or findings about where it is not one: one for each mistake, not for each of its consequences.

use toml::de::{DeTable, DeValue};

use super::decode::Problems;
use super::diags;
use crate::source::{SourceId, Span};

/// What could be read of a text. Where there are problems, it is not all.
pub(super) fn parse<'s>(text: &'s str, source: SourceId) -> (DeTable<'s>, Problems) {
    let (table, mut errors) = DeTable::parse_recoverable(text);
    errors.sort_by_key(|error| error.span().map(|span| span.start));
    let table = table.into_inner();
    let mut problems = Problems::new();
    let (mut line, mut repeated) = (None, None);
    for error in errors {
        let at = error.span().unwrap_or(0..0);
        let (this, header) = (line_of(text, at.start), header_before(text, at.start));
        // One mistake breaks the rest of its line; below a header that stands there twice, every key does.
        if line.replace(this) == Some(this) || (header.is_some() && header == repeated) {
            continue;
        }
        let span = Span::new(source, at.clone());
        if error.message().starts_with("duplicate key") {
            if header == Some(this) {
                repeated = header;
            }
            let key = text.get(at).unwrap_or_default();
            let first = first_of(text, &table, key, span).map(|bytes| Span::new(source, bytes));
            problems.push(diags::repeated_key(key, span, first));
        } else {
            problems.push(diags::syntax(error.message(), value_at(text, at.start), span));
        }
    }
    (table, problems)
}

/// The value around this byte, without a comment behind it; none of the plan, whose days are dates and no rules.
fn value_at(text: &str, byte: usize) -> &str {
    let header = header_before(text, byte).map_or("", |begin| &text[begin..]);
    if header.trim_start().starts_with("[plan]") {
        return "";
    }
    let begin = line_of(text, byte);
    let line = text[begin..].lines().next().unwrap_or_default();
    let value = line.split_once('=').map_or(line, |(_, value)| value);
    value.split('#').next().unwrap_or_default().trim()
}

/// Where the line with this byte begins.
fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

/// Where the last line up to this byte begins that is a table's header.
fn header_before(text: &str, at: usize) -> Option<usize> {
    let mut begin = line_of(text, at);
    loop {
        if text[begin..].trim_start_matches([' ', '\t']).starts_with('[') {
            return Some(begin);
        }
        begin = line_of(text, begin.checked_sub(1)?);
    }
}

/// Where a key stands for the first time: in the table of the same header, or nearest before it.
fn first_of(text: &str, table: &DeTable<'_>, key: &str, again: Span) -> Option<std::ops::Range<usize>> {
    let name = key.trim_matches(['"', '\'']);
    if header_before(text, again.start) == Some(line_of(text, again.start)) {
        return first_header(text, again);
    }
    let mut found = Vec::new();
    collect(table, name, &mut Vec::new(), &mut found);
    found.retain(|(_, span)| span.end <= again.start);
    let path = path_of(text, again.start);
    let same = found.iter().find(|(parents, _)| *parents == path);
    same.or_else(|| found.iter().max_by_key(|(_, span)| span.start)).map(|(_, span)| span.clone())
}

/// The last part of the earlier header that names the same table.
fn first_header(text: &str, again: Span) -> Option<std::ops::Range<usize>> {
    let path = path_of(text, again.end);
    let mut begin = 0;
    for line in text[..line_of(text, again.start)].split_inclusive('\n') {
        let end = begin + line.find(']').unwrap_or(0);
        if line.trim_start().starts_with('[') && path_of(text, end) == path {
            let last = path.last()?;
            let at = begin + text[begin..end].rfind(last.as_str())?;
            return Some(at..at + last.len());
        }
        begin += line.len();
    }
    None
}

/// A key's parents, and its bytes.
type Found = (Vec<String>, std::ops::Range<usize>);

fn collect(table: &DeTable<'_>, name: &str, parents: &mut Vec<String>, found: &mut Vec<Found>) {
    for (key, value) in table {
        if key.get_ref() == name {
            found.push((parents.clone(), key.span()));
        }
        if let DeValue::Table(inner) = value.get_ref() {
            parents.push(key.get_ref().to_string());
            collect(inner, name, parents, found);
            parents.pop();
        }
    }
}

/// The parents that a key at this byte has by its header, or inside a header by what is before it.
fn path_of(text: &str, at: usize) -> Vec<String> {
    let Some(header) = header_before(text, at) else { return Vec::new() };
    let inside = line_of(text, at) == header;
    let end = if inside { at } else { text[header..].find('\n').map_or(text.len(), |end| header + end) };
    let written = text[header..end].trim().trim_start_matches('[');
    let written = if inside { written } else { written.split(']').next().unwrap_or_default() };
    let parts = written.split('.').map(|part| part.trim().trim_matches(['"', '\'']).to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    /// Each finding with the lines of its places.
    fn found(text: &str) -> Vec<(String, Vec<usize>)> {
        let line = |at: usize| 1 + text[..at].matches('\n').count();
        let (_, problems) = parse(text, Sources::CALENDAR);
        let places =
            |labels: &[crate::finding::Label]| labels.iter().map(|label| line(label.span.start)).collect();
        problems.iter().map(|problem| (problem.title.clone(), places(&problem.labels))).collect()
    }

    #[test]
    fn a_table_twice_is_one_finding_with_both_places() {
        let text = "[seasons.a]\nfrom = 1\nto = 2\n[other.a]\nx = 1\n[seasons.a]\nfrom = 1\nto = 3\n[seasons.b]\nfrom = 1\nfrom = 2\n";
        assert_eq!(
            found(text),
            [
                ("`a` stands there twice".to_owned(), vec![6, 1]),
                ("`from` stands there twice".to_owned(), vec![11, 10]),
            ]
        );
        assert_eq!(found("a = { b = 1, b = 2 }\n"), [("`b` stands there twice".to_owned(), vec![1, 1])]);
    }

    #[test]
    fn a_broken_line_is_one_finding() {
        let lines: Vec<_> =
            found("[seasons.a]\ntitle: \"x\"\nfrom = 1\nto: 2\n").into_iter().map(|(_, at)| at).collect();
        assert_eq!(lines, [[2], [4]]);
    }
}
