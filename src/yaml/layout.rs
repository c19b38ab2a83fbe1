//! Where everything in a document stands, to the byte: for adding to a text without touching the rest of it.

use std::ops::Range;

use granit_parser::{Event, ScalarStyle, Span, StructureStyle};

use super::node::Value;
use super::scalar::resolve;
use super::tree::{events, tree};
use super::{Mark, Problem};

/// A value and its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Laid {
    /// From its first byte to the one after its last; of a value that is not written: where it would stand.
    pub bytes: Range<usize>,
    /// Where it begins, from 0, in characters.
    pub column: usize,
    /// What it is.
    pub shape: Shape,
}

/// The kinds of values, as far as their place matters.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// No list and no map.
    Scalar(Value),
    /// `*name`
    Alias,
    /// A list.
    List {
        /// Whether it stands in brackets.
        is_flow: bool,
        /// Its items, in order.
        items: Vec<Laid>,
    },
    /// A map: its keys with their values, in order.
    Map(Vec<(Laid, Laid)>),
}

impl Laid {
    /// The entry under `key`, where this is a map that has it as such: what is merged in has no place here.
    pub fn entry(&self, key: &str) -> Option<&(Self, Self)> {
        let Shape::Map(entries) = &self.shape else { return None };
        let named = |laid: &Self| matches!(&laid.shape, Shape::Scalar(Value::Text(text)) if text == key);
        entries.iter().rev().find(|(name, _)| named(name))
    }

    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }
}

/// The places of one document. Whatever [`tree`] refuses, this refuses too.
pub fn layout(text: &str) -> Result<Laid, Problem> {
    tree(text)?;
    let mut layout = Layout { text, root: None, open: Vec::new(), last: 0 };
    for next in events(text) {
        let (event, span) = next.expect("internal error: the tree of the same text was read");
        layout.event(event, span);
    }
    Ok(layout.root.unwrap_or(Laid { bytes: 0..0, column: 0, shape: Shape::Scalar(Value::Null) }))
}

struct Layout<'t> {
    text: &'t str,
    root: Option<Laid>,
    /// Collections that are not finished, each with the key that waits for its value.
    open: Vec<(Laid, Option<Laid>)>,
    /// The byte after what was read last.
    last: usize,
}

impl Layout<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) {
        let bytes = span.byte_range().expect("internal error: a text has bytes");
        let column = span.start.col();
        match event {
            Event::Scalar(text, style, _, tag) => {
                let plain = style == ScalarStyle::Plain;
                // A value that is not written has the place of whatever comes next.
                let bytes = if plain && text.is_empty() { self.last..self.last } else { bytes };
                let mut bytes = bytes;
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    // It ends before the indentation of what follows.
                    let blanks = self.text[..bytes.end].trim_end_matches([' ', '\t']);
                    bytes.end = if blanks.ends_with('\n') { blanks.len() } else { bytes.end };
                }
                let value =
                    if plain && tag.is_none() { resolve(&text) } else { Value::Text(text.into_owned()) };
                self.value(Laid { bytes, column, shape: Shape::Scalar(value) });
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.value(Laid { bytes, column, shape: Shape::Alias });
            }
            Event::SequenceStart(style, ..) => {
                let shape = Shape::List { is_flow: style == StructureStyle::Flow, items: Vec::new() };
                self.open.push((Laid { bytes, column, shape }, None));
            }
            Event::MappingStart(..) => {
                self.open.push((Laid { bytes, column, shape: Shape::Map(Vec::new()) }, None));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (mut laid, _) = self.open.pop().expect("internal error: the parser ends what it began");
                // A block ends with what it holds; the parser sees that only at the next token.
                laid.bytes.end = if bytes.is_empty() { self.last } else { bytes.end };
                laid.bytes.end = laid.bytes.end.max(laid.bytes.start);
                self.value(laid);
            }
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..)
            | Event::Comment(..)
            | _ => {}
        }
    }

    fn value(&mut self, laid: Laid) {
        self.last = self.last.max(laid.bytes.end);
        let Some((open, key)) = self.open.last_mut() else {
            self.root = Some(laid);
            return;
        };
        match &mut open.shape {
            Shape::List { items, .. } => items.push(laid),
            Shape::Map(entries) => match key.take() {
                None => *key = Some(laid),
                Some(key) => entries.push((key, laid)),
            },
            Shape::Scalar(_) | Shape::Alias => unreachable!("internal error: only collections are open"),
        }
    }
}

/// The byte of a place in `text`.
pub fn byte_of(text: &str, mark: Mark) -> usize {
    let mut begin = 0;
    for line in text.split_inclusive('\n').take(mark.line.saturating_sub(1)) {
        begin += line.len();
    }
    let line = text[begin..].split_inclusive('\n').next().unwrap_or_default();
    let within = line.char_indices().nth(mark.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    begin + within
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<'t>(text: &'t str, way: &[&str]) -> &'t str {
        let root = layout(text).unwrap();
        let laid = way.iter().fold(&root, |laid, key| laid.get(key).expect("a key"));
        &text[laid.bytes.clone()]
    }

    #[test]
    fn every_value_has_its_bytes() {
        let text = "# ü\na:\r\n  b: [x, '6', {p: q}] # why\n  c:\n  - 1\n  - k: |\n      ü\n      two\n\n# end\nd:\ne: &x \"y\"\n";
        assert_eq!(bytes(text, &["a", "b"]), "[x, '6', {p: q}]");
        assert_eq!(bytes(text, &["a", "c"]).trim_end(), "1\n  - k: |\n      ü\n      two");
        assert_eq!(bytes(text, &["d"]), "");
        assert_eq!(bytes(text, &["e"]), "\"y\"");
        let root = layout(text).unwrap();
        let Shape::List { is_flow: false, items } = &root.get("a").unwrap().get("c").unwrap().shape else {
            panic!("{root:?}")
        };
        assert_eq!((items.len(), items[0].column), (2, 4));
        let after_key = text.find("d:").unwrap() + 1;
        assert_eq!(root.get("d").unwrap().bytes, after_key..after_key);
    }

    #[test]
    fn a_place_has_a_byte() {
        let text = "a: 1\nüb: 2\n";
        assert_eq!(&text[byte_of(text, Mark { line: 2, column: 5 })..], "2\n");
        assert_eq!(byte_of(text, Mark { line: 9, column: 9 }), text.len());
    }
}
