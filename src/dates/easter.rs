//! Easter Sunday of the Gregorian calendar.

use crate::time::Date;

/// Easter Sunday, by the anonymous Gregorian algorithm (Nature, 20 April 1876; Meeus, Astronomical Algorithms, chapter 8).
///
/// The naive "first Sunday after the full moon after 21 March" of astronomy fails in 2019 (24 March instead of 21 April):
/// the church counts by tables, not by the sky.
pub(super) fn sunday(year: i32) -> Date {
    let a = year.rem_euclid(19);
    let (b, c) = (year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    let part = |n: i32| u32::try_from(n).expect("internal error: the algorithm gives March or April");
    Date::ymd(year, part(month), part(day)).expect("internal error: the algorithm gives a date")
}
