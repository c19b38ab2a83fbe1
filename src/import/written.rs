//! When a season is, as the language writes it.

use super::part::Part;
use super::table::list;
use crate::time::{Date, Hours, Window};

/// `"08:00-20:00"`, and several as a list.
fn hours_text<'h>(all: impl Iterator<Item = &'h Hours>) -> String {
    let said = |hours: &Hours| match hours {
        Hours::Daily { from, until } => Some(format!("{from}-{until}")),
        Hours::AllDay | Hours::Span { .. } | Hours::Exact(_) => None,
    };
    let texts: Vec<String> = all.filter_map(said).collect();
    match texts.as_slice() {
        [one] => format!("{one:?}"),
        several => list(several.iter().map(String::as_str)),
    }
}

/// When a season is, as it is written: `hours` in TOML, the rest as plain text.
#[derive(PartialEq, Eq)]
pub(super) struct Written {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) hours: Option<String>,
    pub(super) days: Option<String>,
}

impl Written {
    pub(super) fn of(part: &Part, horizon: Window<Date>) -> Self {
        let Part { dates, hours, .. } = part;
        let (mut from, mut to, mut days) = (dates.from.text(), dates.to.text(), dates.weekdays.text());
        let mut daily = None;
        match *hours {
            Hours::Daily { .. } => daily = Some(hours_text(part.all_hours())),
            // As long as each month is.
            Hours::Span { from: begins, until, .. } if dates.goes_over_months() => {
                days = None;
                from = format!("{from} {begins}");
                to = format!("{to} {until}");
            }
            Hours::Span { from: begins, days: over, until } if dates.from == dates.to => {
                let over = i32::try_from(over).expect("internal error: at most a year");
                let near = Window::new(horizon.from.plus_days(-over), horizon.until);
                let first = dates.days(near).first().copied().unwrap_or(horizon.from);
                // The date says which day of the week it is.
                days = None;
                from = format!("{from} {begins}");
                to = format!("{} {until}", dates.from.so_many_days_later(first.plus_days(over)));
            }
            Hours::Span { from: begins, days: over, until } => {
                let first = dates.days(horizon).first().copied().unwrap_or(horizon.from);
                let last = first.plus_days(i32::try_from(over).expect("internal error: at most a year"));
                let (first, last) = (first.weekday().short(), last.weekday().short());
                days = Some(format!("{first} {begins} .. {last} {until}"));
            }
            Hours::AllDay | Hours::Exact(_) => {}
        }
        Self { from, to, hours: daily, days }
    }
}
