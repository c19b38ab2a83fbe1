//! A study of the year on the model: for people, and for programs.

mod floors;
mod json;
mod page;
mod sweep;
mod text;
mod trace;
mod why;
mod words;

pub use floors::floors;
pub use json::json;
pub use page::html;
pub use sweep::sweep;
pub use text::text;
pub use trace::trace;
pub use why::why;
