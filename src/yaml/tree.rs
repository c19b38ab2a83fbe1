//! One YAML document as a tree with the place of everything in it, comments included: for manifests of anybody, which may
//! be wrong in many places at once. Hostile ones cost no more than their size: nesting and aliases are bounded.

use std::collections::{BTreeMap, BTreeSet};

use granit_parser::{Event, Marker, Parser, Placement, ScalarStyle, ScanError, Span, StrInput};

use super::node::{Node, Value};
use super::scalar::resolve;
use super::{Mark, Marked, Problem};

/// More than an alias may add to a document, in bytes of text and 64 for each node.
const MOST_ALIASED: usize = 16 << 20;
/// Deeper than Kubernetes' own objects ever go; a tree is dropped by recursion.
const DEEPEST: usize = 512;

/// What a person wrote beside the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Without the `#`, trimmed.
    pub value: String,
    /// Where it begins; none where it speaks of all from above.
    pub mark: Option<Mark>,
    /// Whether it stands behind something on its line.
    pub is_beside: bool,
}

impl Comment {
    /// The line on which it begins, before the first where it speaks of all from above.
    pub fn line(&self) -> usize {
        self.mark.map_or(0, |mark| mark.line)
    }
}

/// A document.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Its value.
    pub root: Node,
    /// Its comments, in order.
    pub comments: Vec<Comment>,
    /// Keys that their map already has: the last one counts, for kubectl too (kubernetes/kubernetes#125885).
    pub doubled: Vec<Marked<String>>,
}

/// The events of `text`. However many comments stand in a row, they are held until what follows them is known, which costs
/// no more than the text.
pub(super) fn events(text: &str) -> Parser<'_, StrInput<'_>> {
    Parser::new_from_str_with_options(
        text,
        granit_parser::options! { max_buffered_comment_events: usize::MAX },
    )
}

/// The tree of one document.
pub fn tree(text: &str) -> Result<Tree, Problem> {
    let mut builder = Builder::default();
    for next in events(text) {
        let (event, span) = next.map_err(|error| unreadable(text, &error))?;
        builder.event(event, span)?;
    }
    Ok(builder.tree())
}

/// Where a parser stumbles over a tab it says something else.
fn unreadable(text: &str, error: &ScanError) -> Problem {
    let mark = mark(*error.marker());
    // The parser may still be in the line above, waiting for the end of a scalar.
    let lines = text.lines().enumerate().skip(mark.line - 1).take(2);
    let tab = lines.filter_map(|(number, line)| {
        let indent = line.len() - line.trim_start().len();
        Some(Mark { line: number + 1, column: line[..indent].find('\t')? + 1 })
    });
    match tab.min() {
        Some(mark) => {
            Problem { mark, message: "a tab in the indentation: YAML allows blanks only".to_owned() }
        }
        None => Problem { mark, message: error.info() },
    }
}

fn mark(marker: Marker) -> Mark {
    Mark { line: marker.line(), column: marker.col() + 1 }
}

/// A collection that is not finished.
struct Open {
    node: Node,
    anchor: usize,
    /// The key that waits for its value, in a map.
    key: Option<Marked<String>>,
    /// The places of its keys, once there are too many to look through.
    places: BTreeMap<String, usize>,
    /// The places of keys that come from other maps, by `<<`.
    merged: BTreeSet<usize>,
}

/// A map of more keys than this has their places noted.
const FEW: usize = 16;

impl Open {
    /// The place of a key that its map has already.
    fn place(&mut self, key: &str) -> Option<usize> {
        let Value::Map(entries) = &self.node.value else { return None };
        if entries.len() <= FEW {
            return entries.iter().position(|(name, _)| name.value == key);
        }
        let noted = self.places.len();
        self.places
            .extend(entries.iter().enumerate().skip(noted).map(|(at, (name, _))| (name.value.clone(), at)));
        self.places.get(key).copied()
    }

    /// One more entry of a map; the last one of a key counts. A key that was written before already is given back.
    fn put(&mut self, key: Marked<String>, node: Node) -> Option<Marked<String>> {
        let known = self.place(&key.value);
        let Value::Map(entries) = &mut self.node.value else { return None };
        let Some(known) = known else {
            entries.push((key, node));
            return None;
        };
        let (name, value) = &mut entries[known];
        *value = node;
        // A merged key gives way, a written one is doubled.
        if !self.merged.remove(&known) {
            return Some(key);
        }
        *name = key;
        None
    }
}

/// What an alias repeats, and what that costs.
struct Anchored {
    node: Node,
    weight: usize,
    depth: usize,
}

/// Makes a tree of events.
#[derive(Default)]
pub(super) struct Builder {
    /// Lines of the text above the document.
    above: usize,
    root: Option<Node>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Anchored>,
    aliased: usize,
    comments: Vec<Comment>,
    doubled: Vec<Marked<String>>,
}

impl Builder {
    /// For a document below so many lines.
    pub(super) fn below(lines: usize) -> Self {
        Self { above: lines, ..Self::default() }
    }

    /// The tree of all that it was given.
    pub(super) fn tree(self) -> Tree {
        let root = self.root.unwrap_or(Node { mark: Mark { line: 1, column: 1 }, value: Value::Null });
        Tree { root, comments: self.comments, doubled: self.doubled }
    }

    pub(super) fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let Mark { line, column } = mark(span.start);
        let mark = Mark { line: line.saturating_sub(self.above), column };
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = match tag.as_ref().and_then(|tag| tag.core_suffix().map(str::to_owned)) {
                    None if style == ScalarStyle::Plain => resolve(&text),
                    Some(kind) if kind != "str" => resolve(&text),
                    None | Some(_) => Value::Text(text.into_owned()),
                };
                self.value(Node { mark, value }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => self.begin(mark, Value::List(Vec::new()), anchor),
            Event::MappingStart(_, anchor, _) => self.begin(mark, Value::Map(Vec::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop().expect("internal error: the parser ends what it began");
                self.value(open.node, open.anchor)
            }
            Event::Alias(anchor) => self.alias(anchor, mark),
            Event::UnresolvedAlias(name) => Err(problem(mark, format!("there is no anchor `&{name}`"))),
            Event::Comment(text, placement) => {
                let is_beside = placement == Placement::Right;
                self.comments.push(Comment { value: text.trim().to_owned(), mark: Some(mark), is_beside });
                Ok(())
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                Err(problem(mark, "a second document begins without `---`".to_owned()))
            }
            // The last is whatever a later version of the crate adds.
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..)
            | _ => Ok(()),
        }
    }

    fn begin(&mut self, mark: Mark, value: Value, anchor: usize) -> Result<(), Problem> {
        if self.open.len() >= DEEPEST {
            return Err(problem(mark, format!("nested deeper than {DEEPEST} levels")));
        }
        self.open.push(Open {
            node: Node { mark, value },
            anchor,
            key: None,
            places: BTreeMap::new(),
            merged: BTreeSet::new(),
        });
        Ok(())
    }

    /// A finished node finds its place.
    fn value(&mut self, node: Node, anchor: usize) -> Result<(), Problem> {
        if anchor > 0 {
            let (weight, depth) = measure(&node);
            self.anchors.insert(anchor, Anchored { node: node.clone(), weight, depth });
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.node.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match open.key.take() {
                None => open.key = Some(key(node)?),
                Some(key) if key.value == "<<" => {
                    let written = entries.len();
                    merge(entries, node)?;
                    open.merged.extend(written..entries.len());
                }
                Some(key) => self.doubled.extend(open.put(key, node)),
            },
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::Text(_) => {
                unreachable!("internal error: only collections are open")
            }
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Result<(), Problem> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(problem(mark, "an alias inside of what it repeats".to_owned()));
        };
        self.aliased += anchored.weight;
        if self.aliased > MOST_ALIASED || self.open.len() + anchored.depth > DEEPEST {
            return Err(problem(mark, "aliases repeat more than any manifest needs".to_owned()));
        }
        let node = anchored.node.clone();
        self.value(Node { mark, ..node }, 0)
    }
}

fn key(node: Node) -> Result<Marked<String>, Problem> {
    let value = match node.value {
        Value::Text(text) | Value::Number(text) => text,
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Null => "null".to_owned(),
        Value::List(_) | Value::Map(_) => {
            return Err(problem(node.mark, "a key that is a list or a map".to_owned()));
        }
    };
    Ok(Marked { value, mark: node.mark })
}

/// `<<: *defaults`: entries of other maps, which those of the map itself override.
fn merge(entries: &mut Vec<(Marked<String>, Node)>, node: Node) -> Result<(), Problem> {
    let maps = match node.value {
        Value::Map(map) => vec![map],
        Value::List(items) => items
            .into_iter()
            .filter_map(|item| if let Value::Map(map) = item.value { Some(map) } else { None })
            .collect(),
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::Text(_) => {
            return Err(problem(node.mark, "`<<` merges maps only".to_owned()));
        }
    };
    for (name, value) in maps.into_iter().flatten() {
        if !entries.iter().any(|(known, _)| known.value == name.value) {
            entries.push((name, value));
        }
    }
    Ok(())
}

fn measure(node: &Node) -> (usize, usize) {
    let children = |weights: &mut dyn Iterator<Item = (usize, usize)>| {
        weights.fold((64, 1), |(weight, depth), (more, deep)| (weight + more, depth.max(deep + 1)))
    };
    match &node.value {
        Value::Null | Value::Bool(_) | Value::Integer(_) => (64, 1),
        Value::Number(text) | Value::Text(text) => (64 + text.len(), 1),
        Value::List(items) => children(&mut items.iter().map(measure)),
        Value::Map(entries) => children(&mut entries.iter().map(|(key, value)| {
            let (weight, depth) = measure(value);
            (weight + key.value.len(), depth)
        })),
    }
}

fn problem(mark: Mark, message: String) -> Problem {
    Problem { mark, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(node: &Node, way: &[&str]) -> Node {
        way.iter().fold(node.clone(), |node, key| node.get(key).expect("a key").clone())
    }

    #[test]
    fn every_value_has_its_place_and_every_comment_is_kept() {
        let tree = tree("# head\na:\r\n  b: [x, '6', 6]  # why\r\n").unwrap();
        let b = at(&tree.root, &["a", "b"]);
        assert_eq!(b.mark, Mark { line: 3, column: 6 });
        let Value::List(items) = &b.value else { panic!("{b:?}") };
        let values: Vec<&Value> = items.iter().map(|item| &item.value).collect();
        assert_eq!(values, [&Value::Text("x".into()), &Value::Text("6".into()), &Value::Integer(6)]);
        let comments: Vec<(&str, usize)> =
            tree.comments.iter().map(|comment| (comment.value.as_str(), comment.line())).collect();
        assert_eq!(comments, [("head", 1), ("why", 3)]);
        assert_eq!(tree.comments.iter().map(|comment| comment.is_beside).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn tabs_unfinished_quotes_and_second_documents_have_a_line_and_a_column() {
        for (text, line, column) in [
            ("a:\n\tb: 1\n", 2, 1),
            ("a:\n  b: 1\n  \tc: 2\n", 3, 3),
            ("a: 'x\n", 1, 4),
            ("a: 1\n...\nb: 2\n", 3, 1),
            ("a: *nobody\n", 1, 4),
            ("? [a]\n: 1\n", 1, 3),
        ] {
            let problem = tree(text).unwrap_err();
            assert_eq!(problem.mark, Mark { line, column }, "{text:?}: {problem}");
        }
        assert!(tree("a:\n\tb: 1\n").unwrap_err().message.contains("tab"));
    }

    #[test]
    fn aliases_and_merges_repeat_and_a_doubled_key_is_noted() {
        let tree = tree("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\nc: *x\na: 5\n").unwrap();
        assert_eq!(at(&tree.root, &["b", "p"]).value, Value::Integer(1));
        assert_eq!(at(&tree.root, &["b", "q"]).value, Value::Integer(3));
        assert_eq!(at(&tree.root, &["c", "q"]).value, Value::Integer(2));
        assert_eq!(at(&tree.root, &["a"]).value, Value::Integer(5));
        assert_eq!(tree.doubled, [Marked { value: "a".to_owned(), mark: Mark { line: 6, column: 1 } }]);
    }

    #[test]
    fn comments_in_a_row_are_never_too_many() {
        let comments = "  # one\n".repeat(2000);
        for text in [
            format!("a:\n{comments}  - b\n{comments}  - c\n"),
            format!("{comments}a:\n{comments}  b: 1\n{comments}"),
        ] {
            let count = text.matches("# one").count();
            assert_eq!(tree(&text).map(|tree| tree.comments.len()), Ok(count));
            assert!(crate::yaml::layout(&text).is_ok());
        }
    }

    #[test]
    fn bombs_are_refused() {
        let laughs: String = (1..40).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1)).collect();
        assert!(tree(&format!("a0: &a0 lol\n{laughs}")).unwrap_err().message.contains("repeat"));
        assert!(tree(&"[".repeat(100_000)).is_err());
        assert!(tree(&"- ".repeat(100_000)).is_err());
        let chain: String = (1..400)
            .map(|n| format!("- &a{n} {}*a{}{}\n", "[".repeat(100), n - 1, "]".repeat(100)))
            .collect();
        assert!(tree(&format!("- &a0 x\n{chain}")).is_err());
    }
}
