//! Explanations, shown: of a floor as text and JSON, and of a finding as text, JSON and the page with all of them.

mod carried;
mod json;
mod origin;
mod page;
mod text;
mod words;

pub use json::json;
pub use page::{all_pages, page, page_json};
pub use text::text;

use crate::explain::Explanation;
use crate::plan::Plan;
use crate::source::Sources;

/// What an explanation is shown with.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// What is explained.
    pub explanation: &'a Explanation,
    /// The plan that it refers to.
    pub plan: &'a Plan,
    /// The policy that it points into.
    pub sources: &'a Sources,
}
