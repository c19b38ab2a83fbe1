//! The first Sunday of Advent.

use super::weekday::on_or_before;
use crate::time::{Date, Weekday};

/// The fourth Sunday before 25 December (General Roman Calendar, no. 40: the Sunday on or nearest to 30 November).
///
/// The naive "four weeks before Christmas" gives 27 November every year; "last Sunday of November" fails in 2023, when
/// it is 3 December.
pub(super) fn first_sunday(year: i32) -> Date {
    let christmas_eve = Date::ymd(year, 12, 24).expect("internal error: every year has a 24 December");
    on_or_before(Weekday::Sun, christmas_eve).plus_days(-21)
}
