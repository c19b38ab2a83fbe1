//! Showing: findings and differences become text. It decides nothing and opens no file.

pub mod audit;
mod axis;
mod chart;
pub mod check;
mod diff;
pub mod explain;
pub mod keys;
mod limits;
pub mod page;
pub mod review;
pub mod simulate;
mod terminal;

pub use diff::unified;
pub use terminal::{summary, terminal};
