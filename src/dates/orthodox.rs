//! Easter Sunday of the Orthodox churches that keep the Julian tables.

use crate::time::Date;

/// Easter Sunday by Meeus' Julian algorithm (Astronomical Algorithms, chapter 8), as a date of the Gregorian calendar.
///
/// The naive "thirteen days after the Gregorian one" fails in most years: in 2025 both are on 20 April.
pub(super) fn sunday(year: i32) -> Date {
    let (a, b, c) = (year.rem_euclid(4), year.rem_euclid(7), year.rem_euclid(19));
    let d = (19 * c + 15) % 30;
    let e = (2 * a + 4 * b - d + 34) % 7;
    let month = (d + e + 114) / 31;
    let day = (d + e + 114) % 31 + 1;
    let part = |n: i32| u32::try_from(n).expect("internal error: the algorithm gives March or April");
    let julian = Date::ymd(year, part(month), part(day)).expect("internal error: the algorithm gives a date");
    // How far the Julian calendar is behind: 13 days from March 1900 until February 2100.
    let centuries = year.div_euclid(100);
    julian.plus_days(centuries - centuries.div_euclid(4) - 2)
}
