//! Seasons that come again and again: by the month, by the fortnight, on some days only; with several windows a day.

use std::fmt::Write as _;

use seasonscale::time::{Date, Window};

use super::choices::Choices;
use super::profile::{Clocks, Fleet};
use super::words::list;

/// Days, hours and sets of a season without anything that differs in a territory.
pub fn again_and_again(choices: &mut Choices<'_>, toml: &mut String, horizon: Window<Date>, fleet: &Fleet) {
    let day = horizon.from.plus_days(choices.days(1, 30));
    let (from, to) = (day.to_string(), day.plus_days(choices.days(0, 6)).to_string());
    let (from, to, every) = *choices.one(&[
        &("last workday of month", "last workday of month", ""),
        &("3rd last workday of month", "last workday of month", ""),
        &("1st mon of month", "1st mon of month + 1d", ""),
        &("15 of month or workday before", "15 of month", ""),
        &("5th workday of month", "5th workday of month", ""),
        &("last day of month - 2d", "last day of month", ""),
        &("last workday of month - 2wd", "last workday of month + 1wd", ""),
        &("25 of month", "5 of month", ""),
        &("15 of 3,6,9,12 or workday after", "15 of 3,6,9,12 + 1w", ""),
        &(from.as_str(), to.as_str(), "every = \"2w\"\n"),
        &(from.as_str(), to.as_str(), "every = \"4w\"\n"),
    ]);
    writeln!(toml, "from = {from:?}\nto = {to:?}\n{every}ramp = []").unwrap();
    if choices.once_in(3) {
        writeln!(toml, "since = {}", choices.days(1970, horizon.from.year())).unwrap();
    }
    if every.is_empty() {
        days(choices, toml, horizon, fleet);
    }
    if fleet.clocks == Clocks::Steady {
        let form = choices.one(&[
            "",
            "hours = [\"06:30-11:00\", \"12:00-22:00\"]",
            "hours = [\"05:00-06:00\", \"07:00-08:00\", \"22:00-24:00\"]",
            "hours = \"22:00-06:00\"\nhours-on = { \"12-24\" = \"08:00-13:00\" }",
            "hours = \"08:00-20:00\"\nhours-on = { \"12-24\" = \"08:00-13:00\", \"12-31\" = \"08:00-12:00\" }",
        ]);
        writeln!(toml, "{form}").unwrap();
    }
}

fn days(choices: &mut Choices<'_>, toml: &mut String, horizon: Window<Date>, fleet: &Fleet) {
    // One day of a month may be a holiday or a Sunday in the only month of a short plan, and then no day is left.
    if horizon.until.days_since(horizon.from) < 300 {
        return;
    }
    let days = choices.one(&[
        "mon-sun",
        "mon-sun less holidays",
        "workdays",
        "sun-thu",
        "fri-mon,holidays",
        "mon-fri,bridge",
    ]);
    writeln!(toml, "days = {days:?}").unwrap();
    if choices.once_in(4) {
        writeln!(toml, "only = [\"every-day\"]").unwrap();
    }
    let sets: Vec<&str> = fleet.holiday_sets.iter().map(String::as_str).collect();
    let except = choices.some(&sets);
    if !except.is_empty() && choices.once_in(2) {
        writeln!(toml, "except = {}", list(&except)).unwrap();
    }
}
