//! Triggers of one file that are written for the same days of the year, of which one says its dates and is active on others.
//! Then so are the rest: a calendar that was copied has its fault in every copy, but people write the dates only once.

use std::collections::BTreeMap;

use super::{Cron, Object, Scope, Trigger};
use crate::finding::Rule;
use crate::rules::finding::{Finding, Place};
use crate::rules::lint::Dates;
use crate::rules::stake::{Demand, Limits, Stake};
use crate::rules::subject::Subject;
use crate::time::{Date, Instant, Window};
use crate::yaml::Mark;

/// A cron trigger for a part of the year.
pub(super) struct Sibling {
    /// Its object's place in the file, once that is known.
    pub(super) object: usize,
    trigger: usize,
    /// The fields for days of both sides: `* 9-12 *`, `* 9-12 *`.
    days: [String; 2],
    /// The dates in the words beside it.
    dates: Dates,
    /// Where its start is.
    pub(super) mark: Mark,
    /// Whether its number is a number of replicas.
    is_floor: bool,
}

/// Those of one object.
pub(super) fn siblings(subject: &Subject<'_>) -> Vec<Sibling> {
    let of_a_part = subject.active.iter().filter_map(|active| {
        let (start, end) = &active.trigger.texts;
        let days = [days(start)?, days(end)?];
        let written = &subject.object.spec.triggers.value[active.index];
        Some(Sibling {
            object: 0,
            trigger: active.index,
            days,
            dates: Dates::beside(subject, active.index),
            mark: written.mark("start"),
            is_floor: subject
                .object
                .spec
                .advanced
                .as_ref()
                .is_none_or(|found| found.scaling_modifiers.is_none()),
        })
    });
    of_a_part.collect()
}

/// The fields for day, month and weekday, where they leave out a part of the year.
fn days(schedule: &str) -> Option<String> {
    let fields: Vec<&str> = schedule.split_whitespace().filter(|field| !field.contains("TZ=")).collect();
    let [_, _, day, month, weekday] = fields[..] else { return None };
    (day != "*" || month != "*").then(|| format!("{day} {month} {weekday}"))
}

/// What the dates beside some say against the others that say none. Where several say dates, all of these are meant.
pub(super) fn findings(scope: Scope, objects: &[Object], siblings: &[Sibling]) -> Vec<Finding> {
    let mut said: BTreeMap<&[String; 2], (&Sibling, Dates)> = BTreeMap::new();
    for sibling in siblings.iter().filter(|sibling| !sibling.dates.is_empty()) {
        let (_, dates) = said.entry(&sibling.days).or_insert_with(|| (sibling, Dates::default()));
        dates.add(&sibling.dates);
    }
    let silent = siblings.iter().filter(|sibling| sibling.dates.is_empty());
    let found = silent.filter_map(|own| {
        let (other, dates) = said.get(&own.days)?;
        held_against(scope, objects, (own, other), dates)
    });
    found.collect()
}

fn held_against(
    scope: Scope,
    objects: &[Object],
    (own, said): (&Sibling, &Sibling),
    dates: &Dates,
) -> Option<Finding> {
    let object = objects.get(own.object)?;
    let cron = object.triggers.get(own.trigger)?.cron.as_ref()?;
    let outside: Vec<Window<Instant>> = days_of(cron, scope.window, |date| !dates.has(date));
    let first = outside.first()?.from;
    let local = cron.zone.local(first);
    let other = &objects.get(said.object)?.name;
    let effect = format!(
        "it is active on {} {local} {}: it has the days of {other} trigger {}, and the dates beside that one end \
         there, or begin later",
        local.date().weekday().title(),
        cron.zone,
        said.trigger
    );
    let mend = "write the schedule that those dates mean, or the dates of this one beside it".to_owned();
    let place = Place {
        object: object.title.clone(),
        trigger: Some(own.trigger),
        field: "metadata.start".to_owned(),
        mark: own.mark,
    };
    let cost = stake(scope, object, own, cron).of(outside.into_iter());
    Some(Finding { rule: Rule::CronCommentDiffers, place, effect, first: Some(first), mend, cost })
}

/// The active hours of a trigger on the days that `is_meant`, by the date on which they begin.
fn days_of(cron: &Cron, window: Window<Instant>, is_meant: impl Fn(Date) -> bool) -> Vec<Window<Instant>> {
    let mut hours = Vec::new();
    for (mut from, until, _) in cron.active.pieces(window.from..window.until).filter(|(_, _, on)| **on) {
        while from < until {
            let date = cron.zone.local(from).date();
            let night = until.0 - from.0 < 86_400;
            let next = if night { until } else { cron.zone.start_of(date.next()).min(until) };
            if is_meant(date) {
                hours.push(Window::new(from, next));
            }
            from = next;
        }
    }
    hours
}

fn stake<'o>(scope: Scope, object: &'o Object, own: &Sibling, cron: &Cron) -> Stake<'o> {
    let floor = |desired: i64| u32::try_from(desired.max(0)).unwrap_or(u32::MAX);
    let others = object.triggers.iter().filter(|other| other.index != own.trigger);
    let demand = |trigger: &'o Trigger| {
        let cron = trigger.cron.as_ref()?;
        Some(Demand { active: &cron.active, floor: floor(cron.desired) })
    };
    let count = |replicas: i32| u32::try_from(replicas).unwrap_or(0);
    let limits = object.scales.as_ref().map(|scales| (count(scales.min), count(scales.max)));
    let (at_least, at_most) = limits.unwrap_or((0, u32::MAX));
    Stake {
        window: scope.window,
        floor: floor(cron.desired),
        others: others.filter_map(demand).collect(),
        limits: Limits { at_least, at_most },
        is_floor: own.is_floor && object.scales.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_schedules_for_a_part_of_the_year_are_compared() {
        assert_eq!(days("0 8 * 9-12 *").as_deref(), Some("* 9-12 *"));
        assert_eq!(days("CRON_TZ=UTC 0 8 1 4 *").as_deref(), Some("1 4 *"));
        for daily in ["0 8 * * *", "0 8 * * 1-5", "@daily", ""] {
            assert_eq!(days(daily), None, "{daily}");
        }
    }
}
