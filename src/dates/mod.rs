//! Date rules: how a date of the business's calendar is computed. `rule.rs` has the language, each feast its own file.
//!
//! A ground module beside `time`: `policy` reads rules, `resolve` asks them for the dates of a year.

mod advent;
mod easter;
mod feast;
mod rule;

pub use feast::Feast;
pub use rule::{DateRule, Lack, RuleFlaw};
