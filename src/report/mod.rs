//! Showing: findings and differences become text. It decides nothing and opens no file.

mod terminal;

pub use terminal::{summary, terminal};
