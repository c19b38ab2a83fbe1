//! YAML as Kubernetes reads it: a text becomes typed documents with line and column, strings only where strings are
//! wanted. The only importer of the YAML crates.
//!
//! Manifests are read as a [`Tree`], which knows the place of everything and goes on after a mistake; what is only read
//! back whole comes through serde, strictly ([`documents`]) or leniently ([`lenient`]).
//! Documents are cut at their `---` lines first, which no YAML scalar may contain, so that a broken one spoils no other.

mod items;
mod layout;
mod node;
mod scalar;
mod stream;
mod tree;

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;

pub use items::{Items, Run, items};
pub use layout::{Laid, Shape, byte_of, layout};
pub use node::{Node, Value};
pub use stream::trees;
pub use tree::{Comment, Tree, tree};

use crate::parallel;

/// A place in a text, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Line, within its document until [`Document::at`] has moved it.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

impl Mark {
    /// Where every text begins.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// A value and where it stands in its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked<T> {
    /// The value.
    pub value: T,
    /// Where it begins.
    pub mark: Mark,
}

/// One document of a text.
#[derive(Debug)]
pub struct Document<T> {
    /// The line of the text on which it begins, from 1.
    pub line: usize,
    /// What it says, or why it cannot be read.
    pub content: Result<T, Problem>,
}

impl<T> Document<T> {
    /// The place in the whole text of a place in this document.
    pub fn at(&self, mark: Mark) -> Mark {
        Mark { line: self.line + mark.line.max(1) - 1, column: mark.column }
    }
}

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, within the document.
    pub mark: Mark,
    /// What the parser says.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// All documents of `text` that hold anything, in order, each read by `one`.
pub fn each_document<T: Send>(
    text: &str,
    one: impl Fn(&str) -> Result<T, Problem> + Sync,
) -> Vec<Document<T>> {
    let parts: Vec<(usize, &str)> = cut(text).collect();
    parallel::map(&parts, |(line, part)| Document { line: *line, content: one(part) })
}

/// All documents of `text` that hold anything, in order, as strictly as their type is: `desired: 5` is not a string.
pub fn documents<T: DeserializeOwned + Send>(text: &str) -> Vec<Document<T>> {
    each_document(text, read)
}

/// The whole text as one value, read leniently by the second parser: for comparing the two, and for files that are not
/// Kubernetes's.
pub fn lenient<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_yaml::from_str(text).map_err(|error| {
        let place = error.location();
        let mark = place.map_or(Mark::START, |place| Mark { line: place.line(), column: place.column() });
        Problem { mark, message: error.to_string() }
    })
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let options = serde_saphyr::options! {
        no_schema: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| Problem {
        mark: error.location().map_or(Mark::START, mark),
        message: error.to_string(),
    })
}

fn mark(location: serde_saphyr::Location) -> Mark {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    Mark { line: number(location.line()), column: number(location.column()) }
}

/// The text with every line break of YAML as one that [`str::lines`] knows: a carriage return alone is one too.
pub fn with_lines(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') || text.matches('\r').count() == text.matches("\r\n").count() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The documents of a text with the number of their first line; those of nothing but comments are left out.
pub fn cut(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let (mut rest, mut line) = (text, 1);
    let parts = std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, after) = rest.split_at(next_marker(rest).unwrap_or(rest.len()));
        let first = line;
        line += lines(part);
        rest = after;
        Some((first, part))
    });
    parts.filter(|(_, part)| holds_something(part))
}

/// Documents in a row, `most` bytes of them or one that is longer, each with the number of its first line.
pub fn stretches(text: &str, most: usize) -> impl Iterator<Item = (usize, &str)> {
    let (mut rest, mut line) = (text, 1);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (stretch, after) = rest.split_at(end_of_stretch(rest, most));
        let first = line;
        line += lines(stretch);
        rest = after;
        Some((first, stretch))
    })
}

/// Where the last document that begins and ends within `most` bytes ends, or else the first one.
fn end_of_stretch(text: &str, most: usize) -> usize {
    if text.len() <= most {
        return text.len();
    }
    let mut within = &text[..text.floor_char_boundary(most)];
    while let Some(at) = within.rfind("\n---").map(|end| end + 1).filter(|at| *at > 0) {
        if is_marker(&text[at..]) {
            return at;
        }
        within = &within[..at - 1];
    }
    next_marker(text).unwrap_or(text.len())
}

/// Where the next document begins, after the one that begins here.
fn next_marker(text: &str) -> Option<usize> {
    text.match_indices("\n---").map(|(end, _)| end + 1).find(|at| is_marker(&text[*at..]))
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn is_marker(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

fn holds_something(part: &str) -> bool {
    // What follows a marker on its line can already be content: `--- {kind: List}`.
    let mut lines = part.lines().map(|line| line.strip_prefix("---").unwrap_or(line).trim());
    lines.any(|line| !line.is_empty() && !line.starts_with('#') && line != "...")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_keeps_its_lines_and_a_broken_one_spoils_no_other() {
        let text = "# head\n---\nname: a\n---\n# two\nname: 'b\n--- {name: c}\n---\n# nothing\n";
        let documents = each_document(text, tree);
        assert_eq!(documents.len(), 3);
        let name = |at: usize| documents[at].content.as_ref().unwrap().root.get("name").unwrap().mark;
        assert_eq!(documents[0].at(name(0)), Mark { line: 3, column: 7 });
        let problem = documents[1].content.as_ref().unwrap_err();
        assert_eq!(documents[1].at(problem.mark), Mark { line: 6, column: 7 });
        assert_eq!(documents[2].at(name(2)), Mark { line: 7, column: 12 });
    }

    #[test]
    fn a_carriage_return_alone_breaks_a_line() {
        assert_eq!(with_lines("a\rb\r\nc\n").lines().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(matches!(with_lines("a\r\nb\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_number_is_no_string() {
        #[derive(Debug, serde::Deserialize)]
        struct Thing {
            #[expect(dead_code, reason = "only that it can be read counts")]
            name: String,
        }
        let documents = documents::<Thing>("name: 5");
        let problem = documents[0].content.as_ref().unwrap_err();
        assert!(problem.message.contains("must be quoted"), "{problem}");
    }

    #[test]
    fn a_marker_inside_a_block_scalar_is_still_a_marker_and_an_indented_one_is_text() {
        assert_eq!(cut("a: |\n  x\n  ---\nb: 1\n").count(), 1);
        assert_eq!(cut("a: 1\n---x: 2\n").count(), 1);
    }
}
