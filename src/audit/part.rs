//! Files become parts that can be read on their own, on any core: documents, and runs of the items of a long `List`.

use std::borrow::Cow;

use crate::yaml::{self, Comment, Mark, Node, Problem, Tree};

/// Items of a `List` that are read together on one core: they share walks.
const SHARE: usize = 128;

/// Bytes of documents that are: about as many objects.
const STRETCH: usize = 128 << 10;

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

/// Documents of a file in a row, not yet told apart. A file can have millions, and each core cuts its own.
pub(super) struct Stretch<'t> {
    pub(super) file: usize,
    line: usize,
    text: &'t str,
    head: &'t [Comment],
}

/// What one core reads in one go.
pub(super) enum Share<'t> {
    Documents(Vec<Stretch<'t>>),
    Run(Part<'t>),
}

/// The files' shares, in order. `files` are their numbers, the comments at their heads, and their texts.
pub(super) fn shares<'t>(files: impl Iterator<Item = (usize, &'t [Comment], &'t str)>) -> Vec<Share<'t>> {
    let (mut shares, mut open, mut bytes) = (Vec::new(), Vec::new(), 0);
    for (file, head, text) in files {
        for (line, text) in yaml::stretches(text, STRETCH) {
            if bytes + text.len() > STRETCH && !open.is_empty() {
                shares.push(Share::Documents(std::mem::take(&mut open)));
                bytes = 0;
            }
            // One that is as long as this may be a `List` for all cores.
            if text.len() > STRETCH {
                let runs = yaml::cut(text).filter_map(|(at, text)| runs(file, head, line + at - 1, text));
                let runs: Vec<Part<'_>> = runs.flatten().collect();
                if !runs.is_empty() {
                    shares.extend(runs.into_iter().map(Share::Run));
                    continue;
                }
            }
            bytes += text.len();
            open.push(Stretch { file, line, text, head });
        }
    }
    shares.push(Share::Documents(open));
    shares
}

impl<'t> Stretch<'t> {
    /// Hands each part to `take` with its tree.
    pub(super) fn read(&self, mut take: impl FnMut(&Part<'t>, Result<Tree, Problem>)) {
        let Self { file, line, text, head } = self;
        let cut = || yaml::cut(text).map(|(at, text)| (line + at - 1, text));
        // Of a longer one that is known already.
        let may_have = text.len() <= STRETCH;
        if may_have && cut().any(|(at, text)| runs(*file, head, at, text).is_some()) {
            for (at, text) in cut() {
                let parts = runs(*file, head, at, text).unwrap_or_else(|| vec![whole(*file, head, at, text)]);
                parts.iter().for_each(|part| take(part, yaml::tree(&part.text)));
            }
        } else {
            yaml::trees(text, |at, text, tree| take(&whole(*file, head, line + at - 1, text), tree));
        }
    }
}

/// A long `List` as runs of its items, since one can be as long as a file of many documents.
fn runs<'t>(file: usize, head: &'t [Comment], line: usize, text: &'t str) -> Option<Vec<Part<'t>>> {
    let cut = yaml::items(text, SHARE)?;
    let list = yaml::tree(&cut.frame).ok()?;
    let named = list.root.get("kind").and_then(Node::text).is_some_and(|kind| kind.ends_with("List"));
    let plain = named && list.doubled.is_empty() && list.root.get("items").is_some();
    let above = list.comments.into_iter().map(|comment| Comment { mark: None, ..comment });
    let head: Vec<Comment> = head.iter().cloned().chain(above).collect();
    let run = |run: yaml::Run<'t>| Part {
        file,
        at: Mark { line: line + run.at.line - 1, ..run.at },
        text: run.text,
        is_run: true,
        head: Cow::Owned(head.clone()),
    };
    plain.then(|| cut.runs.into_iter().map(run).collect())
}

fn whole<'t>(file: usize, head: &'t [Comment], line: usize, text: &'t str) -> Part<'t> {
    Part {
        file,
        at: Mark { line, column: 1 },
        text: Cow::Borrowed(text),
        is_run: false,
        head: Cow::Borrowed(head),
    }
}

/// Comments before the first document: they speak of all, so they stand on no line of any.
pub(super) fn head(text: &str) -> Vec<Comment> {
    let lines = text.lines().take_while(|line| line.starts_with('#') || line.trim().is_empty());
    let comments = lines.filter_map(|line| {
        let value = line.strip_prefix('#')?.trim().to_owned();
        Some(Comment { value, mark: None, is_beside: false })
    });
    comments.collect()
}
