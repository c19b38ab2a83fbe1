//! As much of Markdown as a runbook uses: headings, tables, links to sections, code blocks.

use std::ops::Range;

/// A document by lines.
pub(in crate::verify) struct Document<'t> {
    pub(in crate::verify) lines: Vec<&'t str>,
    pub(in crate::verify) sections: Vec<Section<'t>>,
}

/// A heading and what follows it, up to the next heading.
pub(in crate::verify) struct Section<'t> {
    pub(in crate::verify) title: &'t str,
    /// GitHub's anchor for it.
    pub(in crate::verify) anchor: String,
    /// Indices of its lines, the heading first.
    pub(in crate::verify) lines: Range<usize>,
}

/// A table's rows with their line numbers, cells unescaped.
pub(super) struct Table {
    pub(super) rows: Vec<(usize, Vec<String>)>,
}

impl<'t> Document<'t> {
    pub(in crate::verify) fn read(text: &'t str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let mut sections: Vec<Section<'t>> = Vec::new();
        let mut in_code = false;
        for (at, line) in lines.iter().enumerate() {
            in_code ^= line.starts_with("```");
            let level = line.bytes().take_while(|b| *b == b'#').count();
            if in_code || !(1..=6).contains(&level) || !line[level..].starts_with(' ') {
                continue;
            }
            if let Some(before) = sections.last_mut() {
                before.lines.end = at;
            }
            let title = line[level..].trim_matches([' ', '\t']);
            sections.push(Section { title, anchor: anchor(title), lines: at..lines.len() });
        }
        Self { lines, sections }
    }

    /// The table with these columns in the section with this title.
    pub(super) fn table(&self, section: &str, columns: &[&str]) -> Option<Table> {
        let section = self.sections.iter().find(|found| found.title == section)?;
        let lines = &self.lines[section.lines.clone()];
        let starts =
            |line: &&str| columns.first().is_some_and(|first| line.starts_with(&format!("| {first} ")));
        let is_head = |line: &&str| starts(line) && cells(line).is_some_and(|cells| cells == columns);
        let head = lines.iter().position(is_head)?;
        let rows = lines[head + 2..]
            .iter()
            .enumerate()
            .map_while(|(at, line)| Some((section.lines.start + head + 3 + at, cells(line)?)));
        Some(Table { rows: rows.collect() })
    }

    /// Links to sections of this document: line and anchor.
    pub(in crate::verify) fn links(&self) -> impl Iterator<Item = (usize, &'t str)> {
        self.lines.iter().enumerate().flat_map(|(at, line)| {
            let links = line.match_indices("](#").filter(|(begins, _)| !line[..*begins].ends_with('\\'));
            links.filter_map(move |(begins, mark)| {
                Some((at + 1, line[begins + mark.len()..].split_once(')')?.0))
            })
        })
    }

    pub(in crate::verify) fn fences_balance(&self) -> bool {
        self.lines.iter().filter(|line| line.starts_with("```")).count() % 2 == 0
    }
}

/// GitHub's anchor of a heading: lower case, blanks to hyphens, punctuation gone.
pub(in crate::verify) fn anchor(title: &str) -> String {
    let kept = title.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// The cells of a table's line as they read.
fn cells(line: &str) -> Option<Vec<String>> {
    let inside = line.strip_prefix('|')?.strip_suffix('|')?;
    let mut cells = vec![String::new()];
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        let cell = cells.last_mut().expect("internal error: there is a first cell");
        match c {
            '\\' => {
                cell.push(c);
                cell.extend(chars.next());
            }
            '|' => cells.push(String::new()),
            c => cell.push(c),
        }
    }
    Some(cells.iter().map(|cell| cell_text(cell.trim_matches([' ', '\t']))).collect())
}

/// A cell that is code, without its backticks, or running text.
fn cell_text(cell: &str) -> String {
    let code =
        cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).filter(|code| !code.contains('`'));
    code.map_or_else(|| plain(cell), str::to_owned)
}

/// A line as it reads: backslashes and entities taken out.
pub(super) fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['\\', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity));
        match (entity, rest.chars().nth(1)) {
            (Some((entity, character)), _) => {
                text.push(*character);
                rest = &rest[entity.len()..];
            }
            (None, Some(escaped)) if rest.starts_with('\\') => {
                text.push(escaped);
                rest = &rest[1 + escaped.len_utf8()..];
            }
            (None, _) => {
                text.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    text + rest
}

const ENTITIES: [(&str, char); 4] = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&#32;", ' ')];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_githubs() {
        assert_eq!(anchor("TerritoryLatencyHigh"), "territorylatencyhigh");
        assert_eq!(anchor("Raise a floor today"), "raise-a-floor-today");
        assert_eq!(anchor("Germany (DE)"), "germany-de");
    }

    #[test]
    fn an_escaped_bar_is_part_of_its_cell() {
        assert_eq!(cells(r"| a \| b | c |"), Some(vec!["a | b".to_owned(), "c".to_owned()]));
        assert_eq!(cells("no table"), None);
        assert_eq!(
            cells(r"| &#32;a\` | `b` | &amp;lt; |"),
            Some(vec![" a`".to_owned(), "b".to_owned(), "&lt;".to_owned()])
        );
    }

    #[test]
    fn a_hash_in_a_code_block_is_no_heading() {
        let document = Document::read("# A\n```sh\n# not this\n```\n## B\n");
        let titles: Vec<&str> = document.sections.iter().map(|section| section.title).collect();
        assert_eq!(titles, ["A", "B"]);
    }
}
