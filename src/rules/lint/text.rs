//! A cron trigger as it is written: fields that KEDA reads otherwise than they look.

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::{beside, ranges, step};
use crate::features;
use crate::finding::Rule;
use crate::keda::cron::Schedule;
use crate::keda::floor::Active;
use crate::keda::scaledobject::Kind;

/// All checks of one trigger.
pub(super) fn check(subject: &Subject<'_>, active: &Active) -> Vec<Finding> {
    let pair = &active.trigger.pair;
    let (start, end) = (&active.trigger.texts.0, &active.trigger.texts.1);
    let mut found = Vec::new();
    for (key, text, schedule) in [("start", start, &pair.start), ("end", end, &pair.end)] {
        let checks = [
            both_days(schedule),
            zone_prefix(text),
            lenient(text),
            question_mark(text),
            comma(subject, text),
        ];
        let last = if key == "end" {
            [last_minute(schedule), last_day(schedule).filter(|_| !ends_as_said(subject, active))]
        } else {
            [None, None]
        };
        let problems = checks.into_iter().chain(last).flatten();
        found.extend(problems.map(|(check, effect, mend)| {
            subject.about(check, active.index, key, effect.to_owned(), mend.to_owned())
        }));
        found.extend(
            step::beyond(text)
                .map(|(effect, mend)| subject.about(Rule::CronStepBeyond, active.index, key, effect, mend)),
        );
    }
    found.extend(metric_type(subject, active.index));
    found
}

type Problem = Option<(Rule, &'static str, &'static str)>;

/// A step above 1 clears the star bit, so `*/2` restricts as a number does.
fn both_days(schedule: &Schedule) -> Problem {
    let restricted = !schedule.dom.is_star() && !schedule.dow.is_star();
    restricted.then_some((
        Rule::CronBothDayFields,
        "day-of-month and day-of-week are both restricted: it fires on days that match either",
        "leave one of the two `*`, or write one trigger for each",
    ))
}

fn zone_prefix(text: &str) -> Problem {
    text.contains("TZ=").then_some((
        Rule::CronZonePrefix,
        "the prefix overrides the trigger's timezone for this side only",
        "remove it and set timezone",
    ))
}

fn lenient(text: &str) -> Problem {
    let spec = text.strip_prefix("CRON_TZ=").or_else(|| text.strip_prefix("TZ=")).unwrap_or(text);
    let mut parts = spec.split_whitespace().flat_map(|field| field.split(','));
    parts.find_map(|part| {
        let (effect, mend) = match part {
            "" => (
                "an empty part of a list is dropped, and a list of nothing never fires",
                "write the numbers that are meant",
            ),
            _ if part.starts_with("*-") => {
                ("whatever follows `*-` is ignored: it is `*`", "write both ends of the range")
            }
            _ if part.contains('+') => ("the plus sign is dropped", "write the number without a sign"),
            _ => return None,
        };
        Some((Rule::CronLenientField, effect, mend))
    })
}

/// Quartz's `?` says that the other day field decides. Here it is a star, in every field and without a warning.
fn question_mark(text: &str) -> Problem {
    text.contains('?').then_some((
        Rule::CronQuestionMark,
        "robfig/cron reads `?` as `*`: it restricts nothing",
        "write `*`, which says the same to every reader",
    ))
}

fn comma(subject: &Subject<'_>, text: &str) -> Problem {
    (text.contains(',') && subject.versions.keda < features::keda::COMMA_IN_SCHEDULE).then_some((
        Rule::CronComma,
        "before KEDA 2.20 the comma ends up in the metric's name",
        "write one trigger for each part, or raise KEDA",
    ))
}

fn last_minute(schedule: &Schedule) -> Problem {
    if !(schedule.minute.contains(59) && schedule.minute.count() == 1 && schedule.hour.contains(23)) {
        return None;
    }
    let (effect, mend) = match schedule.hour.count() {
        1 => (
            "the end is the first minute outside: the window closes at 23:59",
            "end at 00:00 of the day after",
        ),
        24 => (
            "the end is the first minute outside: the window closes at minute 59 of every hour",
            "end at minute 0 of the hour after, as in `0 * * * *`",
        ),
        _ => (
            "the end is the first minute outside: the window closes a minute before each full hour that is meant",
            "end at minute 0 of the hour after each",
        ),
    };
    Some((Rule::CronLastMinute, effect, mend))
}

fn last_day(schedule: &Schedule) -> Problem {
    let midnight = schedule.minute.contains(0) && schedule.hour.contains(0) && schedule.hour.count() == 1;
    let one = schedule.dom.count() == 1 && schedule.month.count() == 1 && schedule.dow.is_star();
    let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let last = (1..=12_u32).zip(lengths).any(|(month, length): (u32, u32)| {
        let february = month == 2 && schedule.dom.contains(28);
        schedule.month.contains(month) && (schedule.dom.contains(length) || february)
    });
    (midnight && one && last).then_some((
        Rule::CronLastDayLost,
        "the window ends as the last day of the month begins: that day is not covered",
        "if the day is meant to be covered, end at 00:00 on the first of the next month",
    ))
}

/// Whether the words beside it name the day before the end as the last one: then no day is lost.
fn ends_as_said(subject: &Subject<'_>, active: &Active) -> bool {
    let end = &active.trigger.pair.end;
    let Some((month, day)) = end.month.only().zip(end.dom.only()) else { return false };
    let texts = beside::texts(subject, active.index);
    let mut ranges = texts.iter().flat_map(|text| ranges::ranges(*text));
    ranges.any(|range| range.is_named && range.to == (month, day.saturating_sub(1)))
}

/// Value multiplies by the replicas that run, every fifteen seconds (kedacore/keda#3591).
fn metric_type(subject: &Subject<'_>, index: usize) -> Option<Finding> {
    let metric_type = subject.object.spec.triggers.value[index].metric_type.as_ref()?;
    let is_floor = subject.object.kind == Kind::ScaledObject;
    (is_floor && metric_type.value == "Value").then(|| {
        let effect = "Value multiplies the floor by the replicas that run, pass after pass".to_owned();
        let mend = "remove metricType".to_owned();
        subject.beside(Rule::CronMetricType, index, ("metricType", Some(metric_type.mark)), effect, mend)
    })
}
