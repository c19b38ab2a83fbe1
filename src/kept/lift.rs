//! An object alone: its document, or its part of a `List` as a document of its own.

use crate::yaml::{self, Laid, Node, Shape};

/// The text of the object to which `way` leads through `items`.
pub(super) fn alone(document: &str, (way, node): (&[usize], &Node)) -> Result<String, String> {
    if way.is_empty() {
        return Ok(document.to_owned());
    }
    let root = yaml::layout(document).map_err(|problem| problem.to_string())?;
    let mut laid = &root;
    let mut is_flow = false;
    for at in way {
        let items = laid.get("items").map(|items| &items.shape);
        let Some(Shape::List { is_flow: flow, items }) = items else {
            return Err("has its objects behind an alias".to_owned());
        };
        is_flow |= *flow;
        laid = items.get(*at).ok_or("has fewer objects than it seems")?;
    }
    let text = if is_flow || document[laid.bytes.clone()].starts_with('{') {
        let line_break = if document.contains("\r\n") { "\r\n" } else { "\n" };
        format!("{}{line_break}", &document[laid.bytes.clone()])
    } else {
        unindented(document, laid)
    };
    // An alias would have lost its anchor.
    match yaml::tree(&text) {
        Ok(tree) if tree.root.says_as(node) => Ok(text),
        Ok(_) | Err(_) => Err("has an object that leans on anchors of other objects".to_owned()),
    }
}

/// The lines of an item, moved to the left by its own indentation.
fn unindented(document: &str, laid: &Laid) -> String {
    let end = document[laid.bytes.end..].find('\n').map_or(document.len(), |at| laid.bytes.end + at + 1);
    let end = if document[..laid.bytes.end].ends_with('\n') { laid.bytes.end } else { end };
    let mut text = String::new();
    for (number, line) in document[laid.bytes.start..end].split_inclusive('\n').enumerate() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        text.push_str(if number == 0 { line } else { &line[indent.min(laid.column)..] });
    }
    text
}
