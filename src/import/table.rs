//! TOML as a person writes it: aligned keys, a comment behind a value, strings that cannot become syntax.

use std::fmt::Write;

use crate::invisible;
use crate::keys::LONGEST_TEXT;

/// One table.
pub(super) struct Table {
    header: String,
    /// Comment lines above the header.
    above: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    key: String,
    value: String,
    comment: Option<String>,
}

impl Table {
    /// `[header]`
    pub(super) fn new(header: impl Into<String>) -> Self {
        Self { header: header.into(), above: Vec::new(), rows: Vec::new() }
    }

    /// A comment line above the header.
    pub(super) fn above(&mut self, line: impl Into<String>) -> &mut Self {
        self.above.push(line.into());
        self
    }

    /// A key whose value is TOML already.
    pub(super) fn row(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        self.rows.push(Row { key: key.to_owned(), value: value.into(), comment: None });
        self
    }

    /// A key and a string.
    pub(super) fn text(&mut self, key: &str, text: &str) -> &mut Self {
        self.row(key, quoted(text))
    }

    /// A comment behind the last value.
    pub(super) fn because(&mut self, comment: &str) -> &mut Self {
        if let Some(row) = self.rows.last_mut() {
            row.comment = Some(comment.to_owned());
        }
        self
    }

    /// Whether it has no key.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table and an empty line.
    pub(super) fn write(&self, out: &mut String) {
        for line in &self.above {
            let _ = writeln!(out, "# {}", plain(line));
        }
        let _ = writeln!(out, "[{}]", self.header);
        let longest = self.rows.iter().map(|row| row.key.len()).max().unwrap_or(0);
        for Row { key, value, comment } in &self.rows {
            let _ = write!(out, "{key:<longest$} = {value}");
            if let Some(comment) = comment {
                let _ = write!(out, "   # {}", plain(comment));
            }
            out.push('\n');
        }
        out.push('\n');
    }
}

/// A basic string.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// `["a", "b"]`
pub(super) fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    format!("[{}]", texts.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

/// A text for people as a policy may have it: no control characters and none that nobody sees, cut where it is too long, with
/// room left for what tells seasons of one title apart.
pub(super) fn readable(text: &str) -> String {
    const ROOM: usize = 64;
    let mut readable: String = invisible::without(text).chars().filter(|c| !c.is_control()).collect();
    if readable.len() > LONGEST_TEXT {
        let end = (0..=LONGEST_TEXT - ROOM).rev().find(|end| readable.is_char_boundary(*end)).unwrap_or(0);
        readable.truncate(end);
        readable.push_str("...");
        // Between the halves of an emoji a joiner belongs nowhere.
        readable = invisible::without(&readable);
    }
    readable
}

/// A comment stays on its line.
fn plain(text: &str) -> String {
    invisible::without(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A number without float noise: `80`, `0.25`.
pub(super) fn number(value: f64) -> String {
    format!("{value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_string_comes_out_as_that_string() {
        let hostile = "a\"]\\ \n[plan] # \u{7f}";
        let mut table = Table::new("t");
        table.text("title", hostile).because("line\n[evil]");
        let mut text = String::new();
        table.write(&mut text);
        let read: toml::Table = text.parse().unwrap();
        assert_eq!(read["t"]["title"].as_str(), Some(hostile));
        assert_eq!(read.len(), 1);
    }
}
