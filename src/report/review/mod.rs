//! Reviews, shown: the year of a plan and what a change does to it, as text, Markdown, JSON and a page.

mod change;
mod change_page;
mod html;
mod json;
mod markdown;
mod picture;
mod seasons;
mod text;
mod words;

pub use change::{Changed, change_json, change_markdown, change_text};
pub use change_page::change_html;
pub use html::html;
pub use json::json;
pub use markdown::markdown;
pub use seasons::{pins, renewal};
pub use text::text;
