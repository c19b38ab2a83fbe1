//! Date rules as values and keys of the calendar.

use super::decode::{Problems, Value};
use super::diags;
use crate::dates::{Boundary, DateRule, RuleFlaw, Stretch};
use crate::source::{Located, Span};
use crate::time::Date;

/// `["2026-02-18", "2027-02-08"]`
pub(super) fn listed(value: Value<'_>, problems: &mut Problems) -> Option<Located<Boundary>> {
    let mut dates: Vec<Located<Date>> = Vec::new();
    for text in value.texts(problems)? {
        let Some(date) = Date::parse(text.value) else {
            problems.push(diags::bad_value(value.key, "dates of their years, as \"2026-02-18\"", text.span));
            return None;
        };
        if let Some(before) = dates.last().filter(|before| before.value >= date) {
            problems.push(diags::dates::dates_out_of_order(before.span, text.span));
            return None;
        }
        dates.push(Located::new(date, text.span));
    }
    if dates.is_empty() {
        problems.push(diags::bad_value(value.key, "at least one date, as \"2026-02-18\"", value.span));
        return None;
    }
    let rule = DateRule::of_dates(dates.iter().map(|date| date.value).collect());
    Some(Located::new(Boundary { rule, time: None }, value.span))
}

/// A year in which a season may begin.
pub(super) fn year(value: Value<'_>, problems: &mut Problems) -> Option<Located<i32>> {
    let year = value.whole(problems)?;
    if !(1970..=2100).contains(&year.value) {
        problems.push(diags::bad_value(value.key, "a year from 1970 to 2100", year.span));
        return None;
    }
    Some(year.map(|year| i32::try_from(year).expect("internal error: below 2101")))
}

/// A holiday: one day or a stretch of days, dates of their own years, or a table with the years in which it is one.
pub(super) fn stretch(value: Value<'_>, problems: &mut Problems) -> Option<Located<Stretch>> {
    if let Some(mut table) = value.as_table(&format!("holiday `{}`", value.key)) {
        let day = table.need("day", problems).and_then(|day| every_year(day, problems));
        let mut bound = |key| table.get(key).map(|value| year(value, problems));
        let (since, until) = (bound("since"), bound("until-year"));
        table.finish(problems);
        let since = since.map_or(Some(i32::MIN), |year| Some(year?.value))?;
        let until = until.map_or(Some(i32::MAX), |year| Some(year?.value))?;
        return Some(day?.map(|day| Stretch { years: since..=until, ..day }));
    }
    every_year(value, problems)
}

/// A date rule, a stretch or a list of dates.
fn every_year(value: Value<'_>, problems: &mut Problems) -> Option<Located<Stretch>> {
    if value.is_list() {
        return Some(listed(value, problems)?.map(|boundary| Stretch::of(boundary.rule)));
    }
    let text = value.text(problems)?;
    read_rule(Stretch::parse(text.value), text.span, problems)
}

/// A date rule that is a key.
pub(super) fn key_rule(entry: Value<'_>, problems: &mut Problems) -> Option<Located<DateRule>> {
    let span = entry.key_span;
    let quoted = span.end - span.start == entry.key.len() + 2;
    let span = if quoted { span.part(1..entry.key.len() + 1) } else { span };
    read_rule(DateRule::parse(entry.key), span, problems)
}

/// What was read; a flaw is pointed at inside the string.
pub(super) fn read_rule<T>(
    read: Result<T, RuleFlaw>,
    span: Span,
    problems: &mut Problems,
) -> Option<Located<T>> {
    match read {
        Ok(rule) => Some(Located::new(rule, span)),
        Err(flaw) => {
            problems.push(diags::dates::bad_date_rule(&flaw, span));
            None
        }
    }
}
