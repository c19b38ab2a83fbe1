//! Date rules: how a date of the business's calendar is computed. `parse.rs` has the language, each feast its own file.
//!
//! A ground module beside `time`: `policy` reads rules, `resolve` asks them for the dates of a year.

mod advent;
mod easter;
mod feast;
mod home;
mod mothers_day;
mod named;
mod orthodox;
mod otherwise;
mod parse;
mod rule;
mod stretch;
mod weekday;
mod workdays;

pub use feast::Feast;
pub use rule::{Boundary, DateRule, Due, Gap, Lack, RuleFlaw, SeasonEnd};
pub use stretch::{Backwards, Open, Paired, Stretch};
pub use workdays::{Workdays, weekdays_text};
