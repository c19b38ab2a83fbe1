//! Files become parts that can be read on their own, on any core: documents, and runs of the items of a long `List`.

use std::borrow::Cow;

use crate::yaml::{self, Comment, Mark, Node};

/// Items of a `List` that are read together, and documents, on one core: they share walks.
const SHARE: usize = 128;

/// A document, or a run of the items of one.
pub(super) struct Part<'t> {
    /// The file that it is of, by number.
    pub(super) file: usize,
    /// The place in the file of the first character of its text.
    at: Mark,
    pub(super) text: Cow<'t, str>,
    /// Whether it is a run of items.
    pub(super) is_run: bool,
    /// The comments that speak of all of it, from above.
    pub(super) head: Cow<'t, [Comment]>,
}

impl Part<'_> {
    /// The place in the file of a place in the part.
    pub(super) fn place(&self, mark: Mark) -> Mark {
        let line = self.at.line + mark.line.max(1) - 1;
        // Only its first line can begin in the middle of one.
        let column = if mark.line == 1 && mark.column > 0 {
            (self.at.column + mark.column).saturating_sub(1)
        } else {
            mark.column
        };
        Mark { line, column }
    }
}

/// The parts of a file.
pub(super) fn parts<'t>(file: usize, head: &'t [Comment], text: &'t str) -> Vec<Part<'t>> {
    yaml::cut(text).flat_map(|(line, text)| of_document(file, head, line, text)).collect()
}

/// A document; or, where it is a long `List`, runs of its items, since a List can be as long as a file of many documents.
fn of_document<'t>(file: usize, head: &'t [Comment], line: usize, text: &'t str) -> Vec<Part<'t>> {
    let runs = || {
        let cut = yaml::items(text, SHARE)?;
        let list = yaml::tree(&cut.frame).ok()?;
        let named = list.root.get("kind").and_then(Node::text).is_some_and(|kind| kind.ends_with("List"));
        let plain = named && list.doubled.is_empty() && list.root.get("items").is_some();
        let above = list.comments.into_iter().map(|comment| Comment { mark: Mark::default(), ..comment });
        let head: Vec<Comment> = head.iter().cloned().chain(above).collect();
        let run = |run: yaml::Run<'t>| Part {
            file,
            at: Mark { line: line + run.at.line - 1, ..run.at },
            text: run.text,
            is_run: true,
            head: Cow::Owned(head.clone()),
        };
        plain.then(|| cut.runs.into_iter().map(run).collect())
    };
    let whole = || Part {
        file,
        at: Mark { line, column: 1 },
        text: Cow::Borrowed(text),
        is_run: false,
        head: Cow::Borrowed(head),
    };
    runs().unwrap_or_else(|| vec![whole()])
}

/// Runs are shares already, documents are put together.
pub(super) fn shares<'p, 't>(parts: &'p [Part<'t>]) -> Vec<&'p [Part<'t>]> {
    let runs = parts.chunk_by(|one, next| !one.is_run && !next.is_run);
    runs.flat_map(|run| run.chunks(SHARE)).collect()
}

/// Comments before the first document: they speak of all, so they stand on no line of any.
pub(super) fn head(text: &str) -> Vec<Comment> {
    let lines = text.lines().take_while(|line| line.starts_with('#') || line.trim().is_empty());
    let comments = lines.filter_map(|line| {
        let value = line.strip_prefix('#')?.trim().to_owned();
        Some(Comment { value, mark: Mark::default(), is_beside: false })
    });
    comments.collect()
}
