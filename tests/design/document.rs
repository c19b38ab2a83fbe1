//! A document as a reader sees it: sections with their lines and the cells of their rows, read by a CommonMark parser.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

/// A heading and what stands under it, up to the next heading.
pub(super) struct Section {
    pub(super) title: String,
    /// Paragraphs and items of lists.
    pub(super) lines: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Section {
    /// The rows below the one with these cells, up to the next of another width. A table may do without some of the columns:
    /// then `none` is in their place.
    pub(super) fn below(&self, head: &[&str], none: &str) -> Vec<Vec<String>> {
        let is_head = |row: &Vec<String>| {
            row.len() > 2 && row[0] == head[0] && row.iter().all(|cell| head.contains(&cell.as_str()))
        };
        let Some(at) = self.rows.iter().position(is_head) else { return Vec::new() };
        let there = &self.rows[at];
        let cell = |row: &Vec<String>, column: &&str| {
            there.iter().position(|name| name == column).map_or(none.to_owned(), |at| row[at].clone())
        };
        let rows = self.rows[at + 1..].iter().take_while(|row| row.len() == there.len());
        rows.map(|row| head.iter().map(|column| cell(row, column)).collect()).collect()
    }
}

pub(super) fn sections(text: &str) -> Vec<Section> {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    let root = parse_document(&arena, text, &options);
    let mut sections: Vec<Section> = Vec::new();
    for node in root.children() {
        if let NodeValue::Heading(_) = &node.data.borrow().value {
            sections.push(Section { title: said(node), lines: Vec::new(), rows: Vec::new() });
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        let value = &node.data.borrow().value;
        if matches!(value, NodeValue::List(_)) {
            section.lines.extend(node.children().map(said));
        } else if matches!(value, NodeValue::Table(_)) {
            section.rows.extend(node.children().map(|row| row.children().map(said).collect()));
        } else {
            section.lines.push(said(node));
        }
    }
    sections
}

/// The text of a node, as it reads.
fn said<'a>(node: &'a AstNode<'a>) -> String {
    let mut text = String::new();
    for inner in node.descendants() {
        let value = &inner.data.borrow().value;
        if let NodeValue::Text(part) = value {
            text.push_str(part);
        } else if let NodeValue::Code(code) = value {
            text.push_str(&code.literal);
        } else if matches!(value, NodeValue::SoftBreak | NodeValue::LineBreak) {
            text.push('\n');
        }
    }
    text
}
