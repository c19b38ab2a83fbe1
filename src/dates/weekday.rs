//! The weekday nearest to a date.

use crate::time::{Date, Weekday};

/// The first `weekday` that is not before `date`.
pub(super) fn on_or_after(weekday: Weekday, date: Date) -> Date {
    let ahead = (weekday.index() + 7 - date.weekday().index()) % 7;
    date.plus_days(i32::try_from(ahead).expect("internal error: below 7"))
}

/// The last `weekday` that is not after `date`.
pub(super) fn on_or_before(weekday: Weekday, date: Date) -> Date {
    on_or_after(weekday, date.plus_days(-6))
}
