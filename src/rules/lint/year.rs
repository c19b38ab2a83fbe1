//! Windows with fixed dates: cron has no year, so they come back on the same days for ever, whatever their name or a
//! comment says, and whenever the feast that they are named after is.

use std::collections::BTreeSet;

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::beside::{self, Text};
use super::horizon::{self, Horizon};
use crate::dates::Feast;
use crate::finding::Rule;
use crate::keda::cron::Schedule;
use crate::keda::floor::Active;
use crate::time::{Date, Instant, Offsets};

/// All checks of one trigger.
pub(super) fn check(subject: &Subject<'_>, active: &Active, horizon: Horizon) -> Vec<Finding> {
    let said = beside::texts(subject, active.index);
    let feasts = if is_yearly(active) { feasts(&said) } else { Vec::new() };
    let moves = feasts.into_iter().find_map(|feast| moves(subject, active, (feast, horizon)));
    moves.or_else(|| recurs(subject, active, (&said, horizon))).into_iter().collect()
}

fn feasts(said: &[Text<'_>]) -> Vec<&'static Feast> {
    said.iter().flat_map(|text| Feast::named(&text.words())).collect()
}

/// One finding for an object whose dates return every year without a word on until when they hold.
pub(super) fn unlimited(subject: &Subject<'_>, horizon: Horizon) -> Option<Finding> {
    // Dates that no year has do not return.
    let returns = |active: &&Active| !active.years.walk.active.steps().is_empty();
    let yearly = subject.active.iter().filter(returns).find(|active| is_yearly(active))?;
    if horizon.is_said() {
        return None;
    }
    let effect = "its dates return every year, and nothing says until when they are right".to_owned();
    let mend = "write a comment or an annotation such as `valid until 2026-12-31`, and renew it".to_owned();
    Some(subject.about(Rule::CronNoHorizon, yearly.index, "start", effect, mend))
}

/// Whether both sides fire on some months or days of the month only.
fn is_seasonal(active: &Active) -> bool {
    let part = |side: &Schedule| !side.dom.is_star() || side.month.count() < 12;
    part(&active.trigger.pair.start) && part(&active.trigger.pair.end)
}

/// Whether both sides name days of the year. Days of every quarter or second month are a rule that holds for ever.
fn is_yearly(active: &Active) -> bool {
    let by_rule = |side: &Schedule| {
        let first = side.month.from(1).unwrap_or(1);
        let every =
            |step: u32| (1..=12).all(|month| side.month.contains(month) == (month % step == first % step));
        every(2) || every(3)
    };
    let dated = |side: &Schedule| {
        !side.dom.is_star() && side.dow.is_star() && side.month.count() <= 6 && !by_rule(side)
    };
    dated(&active.trigger.pair.start) && dated(&active.trigger.pair.end)
}

/// A feast that the windows named after it do not meet in every year, up to the day until which they are said to hold.
fn moves(
    subject: &Subject<'_>,
    active: &Active,
    (feast, horizon): (&'static Feast, Horizon),
) -> Option<Finding> {
    let clock = &active.years.clocks.0;
    let start = |date: Date| clock.at_wall(date.start().wall_seconds());
    let holds =
        |date: &Date| active.years.window.contains(start(*date)) && horizon.holds_on(*date, clock, subject);
    let dates: Vec<Date> = years(active, clock).flat_map(|year| feast.in_year(year)).filter(holds).collect();
    // Who says until when the dates hold has chosen them for the one feast until then, beside which they may lie on purpose.
    if horizon.is_said() && dates.len() < 2 {
        return None;
    }
    let named = |other: &&Active| feasts(&beside::texts(subject, other.index)).contains(&feast);
    let together: Vec<&Active> = subject.active.iter().filter(named).collect();
    if horizon.is_said() && keeps_pace(&together, clock, &dates) {
        return None;
    }
    let met = |date: Date| together.iter().any(|one| meets(one, clock, date));
    let missed = dates.iter().find(|date| !met(**date))?;
    let said: Vec<String> = dates.iter().take(3).map(Date::to_string).collect();
    let effect =
        format!("{} moves ({}), the trigger has the same days every year", feast.title, said.join(", "));
    let mend =
        "take the dates from a rule, write them anew for every year, and say until when they hold".to_owned();
    Some(subject.about(Rule::CronMovableFeast, active.index, "start", effect, mend).from(start(*missed)))
}

/// Whether windows begin as many days before or after the feast in every year: they were chosen for it, beside its day.
fn keeps_pace(together: &[&Active], clock: &Offsets, dates: &[Date]) -> bool {
    const NEAR: i32 = 60;
    let begins = together.iter().flat_map(|one| {
        let steps = one.years.walk.active.steps().iter();
        steps.filter(|(_, on)| *on).map(|(at, _)| clock.local(*at).date())
    });
    let begins: BTreeSet<Date> = begins.collect();
    (-NEAR..=NEAR).any(|days| dates.iter().all(|date| begins.contains(&date.plus_days(days))))
}

fn years(active: &Active, clock: &Offsets) -> impl Iterator<Item = i32> {
    let window = active.years.window;
    clock.local(window.from).date().year()..=clock.local(Instant(window.until.0 - 1)).date().year()
}

/// Whether the trigger is active at any time of a day.
fn meets(active: &Active, clock: &Offsets, date: Date) -> bool {
    let from = clock.at_wall(date.start().wall_seconds());
    let until = clock.at_wall(date.next().start().wall_seconds());
    let walk = &active.years.walk.active;
    *walk.at(from) || walk.next_change(from).is_some_and(|(at, on)| *at < until && *on)
}

/// A window that is named for a year returns in the next.
fn recurs(
    subject: &Subject<'_>,
    active: &Active,
    (said, horizon): (&[Text<'_>], Horizon),
) -> Option<Finding> {
    if !is_seasonal(active) || horizon.is_said() {
        return None;
    }
    let clock = &active.years.clocks.0;
    let now = clock.local(active.years.window.from).date().year();
    // A number far from now is not a year: requests, a ticket, a port.
    let near = |year: &i32| (now - 3..=now + 3).contains(year);
    let named =
        said.iter().filter(|text| !horizon::is_said_in(**text)).flat_map(|text| horizon::years_in(*text));
    let year = named.filter(near).max()?;
    let over = Date::ymd(year + 1, 1, 1)?.start().wall_seconds();
    let steps = active.years.walk.active.steps().iter();
    let again = steps.filter(|(at, on)| *on && *at >= clock.at_wall(over)).map(|(at, _)| *at).min()?;
    let effect = format!(
        "it is named for {year}, and cron has no year: active again from {} {} on",
        clock.local(again),
        clock.zone()
    );
    let mend = "remove the trigger when its year is over, or take the year out of its name".to_owned();
    Some(subject.about(Rule::CronRecurs, active.index, "start", effect, mend).from(again))
}
