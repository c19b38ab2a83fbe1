//! A long `List` becomes runs of its items, each a sequence of its own, so that they can be read on all cores. Where the
//! text leaves any doubt nothing is cut, and the document is read whole.

mod block;
mod json;

use std::borrow::Cow;

use super::Mark;

/// A `List` whose items are cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items<'t> {
    /// The document without its items.
    pub frame: String,
    /// Runs of items, in order.
    pub runs: Vec<Run<'t>>,
}

/// Some items as a document: a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run<'t> {
    /// The place in the whole document of the first character of `text`.
    pub at: Mark,
    /// The items.
    pub text: Cow<'t, str>,
}

/// The items of a document under its key `items`, `most` to a run; none where it has no more than that, or where they
/// cannot be told apart without reading them.
pub fn items(text: &str, most: usize) -> Option<Items<'_>> {
    // No item is shorter than a byte and what separates it from the next; most documents have none at all.
    if text.len() <= 2 * most || !text.contains("items") {
        return None;
    }
    if text.starts_with('{') { json::items(text, most) } else { block::items(text, most) }
}
