//! Mother's Day in France.

use super::easter;
use super::weekday::on_or_before;
use crate::time::{Date, Weekday};

/// The last Sunday of May, or the first one of June where that is Whit Sunday (Code de l'action sociale et des familles,
/// article D215-1).
///
/// The naive "last Sunday of May" fails in 2023: 28 May was Whit Sunday, and the day 4 June.
pub(super) fn france(year: i32) -> Date {
    let last = Date::ymd(year, 5, 31).expect("internal error: May has 31 days");
    let sunday = on_or_before(Weekday::Sun, last);
    if sunday == easter::sunday(year).plus_days(49) { sunday.plus_days(7) } else { sunday }
}
