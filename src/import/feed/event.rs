//! One event: is it meant, and can it be read in one way only.

use icalendar::parser::Component;

use super::campaign::{Campaign, When};
use super::clock::Clocks;
use super::description::{self, EventWords, Unread};
use super::moment::{self, Moment};
use super::repeat::{self, Days};
use super::series::{Named, Series};
use super::stamp::{self, Stamp};
use crate::import::clock::alike;
use crate::import::table::{quoted, readable};
use crate::invisible;
use crate::plan::Plan;
use crate::profile::Territory;
use crate::time::{Date, LocalTime, TimeOfDay, Window, Zone};

/// The line that our own feed ends its descriptions with.
const OWN: &str = "Made by seasonscale from the policy";

/// Without a territory nothing says on whose clock an event is.
const NO_TERRITORIES: &str = "the policy has no territories, and an event is imported for some of them: write `[campaigns.NAME]` into calendar.toml by hand, with `from`, `to`, `floor` and maybe `zone`, or a `[territories.NAME]` into territories.toml and its name behind `territory:`";

/// What the events of the same UID say of one of them.
pub(super) struct Beside<'c> {
    /// The days of it that have events of their own.
    pub(super) moved: Vec<Named<'c>>,
    /// Whether the one that comes back says a floor.
    pub(super) is_meant: bool,
    /// Whether one changes a day and all after it.
    pub(super) from_there_on: bool,
    /// Whether the one that comes back is cancelled, and this one with it.
    pub(super) is_off: bool,
}

/// An event of a calendar.
#[derive(Clone, Copy)]
pub(super) struct Event<'c> {
    pub(super) component: &'c Component<'c>,
    /// The clocks of its calendar.
    pub(super) clocks: &'c Clocks<'c>,
    /// Whether its calendar calls off whatever is in it.
    pub(super) is_called_off: bool,
}

impl<'c> Event<'c> {
    fn text(&self, name: &str) -> Option<String> {
        let property = self.component.find_prop(name)?;
        Some(property.val.to_owned().unescape_text().as_str().to_owned())
    }

    pub(super) fn title(&self) -> String {
        let title = self.text("SUMMARY").unwrap_or_default();
        let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        readable(&title).trim().to_owned()
    }

    /// How new it is, of several that have the same UID.
    pub(super) fn version(&self) -> (u32, String) {
        let sequence = self.text("SEQUENCE").and_then(|text| text.parse().ok()).unwrap_or(0);
        (sequence, self.text("LAST-MODIFIED").or_else(|| self.text("DTSTAMP")).unwrap_or_default())
    }

    /// Which day of an event that comes back it takes the place of, if any.
    pub(super) fn instead_of(&self) -> Option<Named<'c>> {
        let mut found = self.component.properties.iter().filter(|one| one.name == "RECURRENCE-ID");
        found.find_map(|property| Named::all(property, self.clocks).next())
    }

    pub(super) fn uid(&self) -> Option<String> {
        self.text("UID")
    }

    /// How it comes back, if it does: on the clock that it is written on, whole days on that of its first territory.
    pub(super) fn series(&self, plan: &Plan) -> Option<Series> {
        let begins = self.component.find_prop("DTSTART")?;
        if stamp::date(begins.val.as_str()).is_none() {
            let begins = Moment::read(begins, self.clocks).ok()?;
            let clock = begins.clock();
            let hour = begins.on(&clock).ok()?.time_of_day();
            return Some(Series::at_an_hour(clock, hour));
        }
        let said = description::words(&self.description()).and_then(Result::ok).map(|said| said.fitted(plan));
        let code = said.and_then(|said| said.territories.first().cloned());
        let territory = code.and_then(|code| territory(plan, &code).ok());
        let zone = territory.map_or(&plan.profile.platform.zone, |territory| &territory.zone);
        Some(Series::of_days(zone.clone()))
    }

    /// Whether it says a floor.
    pub(super) fn is_meant(&self) -> bool {
        description::words(&self.description()).is_some()
    }

    fn description(&self) -> String {
        invisible::without(&self.text("DESCRIPTION").unwrap_or_default())
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.is_called_off
            || self.text("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED"))
    }

    /// The campaign or season that it is; none of a meeting, or of a window of the policy itself; or what would have to be
    /// guessed.
    pub(super) fn read(
        &self,
        plan: &Plan,
        (known_by, beside): (Option<String>, &Beside<'_>),
    ) -> Result<Option<Campaign>, Unread> {
        let description = self.description();
        if description.contains(OWN) {
            return Ok(None);
        }
        if beside.is_off {
            return Ok(None);
        }
        let workloads = plan.profile.workloads.iter().map(|workload| workload.name.as_str());
        let near = description::near_miss(&description, &workloads.collect::<Vec<_>>());
        let said = description::words(&description);
        if self.is_cancelled() && (said.is_some() || self.instead_of().is_some()) {
            return Ok(None);
        }
        let Some(said) = said else {
            return match (near, self.instead_of()) {
                (Some(near), _) => Err(near),
                (None, Some(day)) if beside.is_meant => {
                    let day = Stamp::read(day.text).map(Stamp::date);
                    // What was moved in another year is nothing to plan.
                    if day.is_some_and(|day| !plan.horizon.contains(day)) {
                        return Ok(None);
                    }
                    let day = day.map_or("that cannot be read".to_owned(), |day| day.to_string());
                    Err(Unread::from(format!(
                        "it takes the place of the day {day} of an event with a floor, and says none; write its `floor:`, or cancel that day"
                    )))
                }
                (None, _) => Ok(None),
            };
        };
        if plan.profile.territories.is_empty() {
            return Err(NO_TERRITORIES.to_owned().into());
        }
        let said = said?;
        if let Some(near) = near {
            return Err(near);
        }
        self.is_once_or_by_rule(beside)?;
        let title = self.title();
        if title.is_empty() {
            return Err("it has no title; a campaign is called by it".to_owned().into());
        }
        let said = said.fitted(plan);
        let Some(when) = self.when(plan, &said, &beside.moved)? else { return Ok(None) };
        check_floors(plan, &said)?;
        Ok(Some(Campaign::new((title, known_by), when, said)))
    }

    /// Whether its days are its own or those of a rule.
    fn is_once_or_by_rule(&self, beside: &Beside<'_>) -> Result<(), String> {
        if self.component.find_prop("RDATE").is_some() {
            return Err(
                "it comes back on days of their own, `RDATE`; write a season, or an event for each day"
                    .to_owned(),
            );
        }
        let count =
            |name: &str| self.component.properties.iter().filter(|property| property.name == name).count();
        if count("EXRULE") > 0 {
            return Err(
                "it leaves out days by a rule, `EXRULE`; write a season, or leave out each day".to_owned()
            );
        }
        if count("RRULE") > 1 {
            return Err("it comes back by several rules, `RRULE`; write a season, or an event for each rule"
                .to_owned());
        }
        if beside.from_there_on {
            return Err(
                "one of its days is changed with all after it, `RANGE`; write two events that come back"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Whether it changes a day of another event and all after it.
    pub(super) fn is_from_there_on(&self) -> bool {
        self.component.find_prop("RECURRENCE-ID").is_some_and(|property| {
            property.params.iter().any(|parameter| parameter.key.as_str().eq_ignore_ascii_case("RANGE"))
        })
    }

    /// Once from minute to minute, or days that come back or are whole; none of what comes back outside of the plan alone.
    fn when(&self, plan: &Plan, said: &EventWords, moved: &[Named<'_>]) -> Result<Option<When>, String> {
        let rule = self.text("RRULE");
        if let Some(days) = self.whole_days()? {
            for code in &said.territories {
                territory(plan, code)?;
            }
            let days = match rule {
                None if self.is_moved_away(plan, days) => None,
                None => Some(Days::once(days)),
                Some(rule) => self.days_that_come_back(plan, (&rule, days), (said, moved))?,
            };
            return Ok(days.map(|days| When::Days { days, hours: None }));
        }
        let Some(rule) = rule else {
            let window = self.window(plan, said)?;
            let days = Window::new(window.from.date(), window.until.plus_minutes(-1).date().next());
            return Ok((!self.is_moved_away(plan, days)).then_some(When::Once(window)));
        };
        let (begins, ends) = self.moments()?;
        let clock = begins.clock();
        let window = Window::new(begins.on(&clock)?, ends.on(&clock)?);
        if window.until <= window.from {
            return Err("it ends before it begins".to_owned());
        }
        let first = Window::new(window.from.date(), window.from.date().next());
        let series = Series::at_an_hour(clock.clone(), window.from.time_of_day());
        let without = series.days(&self.without(moved), plan.horizon)?;
        let until = |text: &str| series.until(text);
        let days = repeat::season(&rule, first, (&without, plan.horizon), until)?;
        // What is over need not be on any clock of the plan.
        let Some(days) = days else { return Ok(None) };
        check_clock(plan, (said, &clock))?;
        if window.until > window.from.plus_minutes(24 * 60) {
            return Err("it comes back and is longer than a day; write a season".to_owned());
        }
        let inside = repeat::inside(&rule, first, (&without, plan.horizon), until);
        self.lasts_as_long(&begins, window, &inside)?;
        let hours = hours(window.from.time_of_day(), window.until.time_of_day())?;
        Ok(Some(When::Days { days, hours }))
    }

    /// Whether it is a day of what comes back, and lies outside of the plan as it is now.
    fn is_moved_away(&self, plan: &Plan, days: Window<Date>) -> bool {
        self.instead_of().is_some() && days.intersection(plan.horizon).is_none()
    }

    /// Whole days that come back: no clock says which, unless a day that it leaves out is named by a time.
    fn days_that_come_back(
        &self,
        plan: &Plan,
        (rule, first): (&str, Window<Date>),
        (said, moved): (&EventWords, &[Named<'_>]),
    ) -> Result<Option<Days>, String> {
        let length = first.until.days_since(first.from);
        let reach = Window::new(plan.horizon.from.plus_days(1 - length), plan.horizon.until);
        let without = self.without(moved);
        let mut agreed: Option<(Option<Days>, &str)> = None;
        for code in &said.territories {
            let series = Series::of_days(territory(plan, code)?.zone.clone());
            let left_out = series.days(&without, reach)?;
            let days = repeat::season(rule, first, (&left_out, plan.horizon), |text| series.until(text))?;
            match agreed {
                Some((other, first)) if other != days => {
                    return Err(format!(
                        "{first} and {code} have other clocks, and its days are told by a time; write an event for each"
                    ));
                }
                Some(_) => {}
                None => agreed = Some((days, code)),
            }
        }
        Ok(agreed.and_then(|(days, _)| days))
    }

    /// The days of an event without hours.
    fn whole_days(&self) -> Result<Option<Window<Date>>, String> {
        let day =
            |name: &str| self.component.find_prop(name).map(|property| stamp::date(property.val.as_str()));
        for property in ["DTSTART", "DTEND"].into_iter().filter_map(|name| self.component.find_prop(name)) {
            if moment::is_a_day(property) && stamp::date(property.val.as_str()).is_none() {
                return Err(format!(
                    "its `{}` says that it is a day, `VALUE=DATE`, and has an hour, `{}`; write the day alone, or leave `VALUE=DATE` out",
                    property.name.as_str(),
                    property.val.as_str()
                ));
            }
        }
        let Some(Some(from)) = day("DTSTART") else { return Ok(None) };
        let until = match (day("DTEND"), self.text("DURATION")) {
            (None, None) => from.next(),
            (Some(Some(until)), None) if until > from => until,
            (None, Some(text)) => {
                let days = stamp::duration(&text).and_then(stamp::Length::whole_days);
                from.plus_days(days.ok_or_else(|| format!("`{text}` is not a number of days"))?)
            }
            (Some(Some(until)), None) if until == from => {
                let next = from.next().to_string().replace('-', "");
                return Err(format!(
                    "it ends with the day on which it begins, and an end is the first day that is not meant; write `DTEND;VALUE=DATE:{next}` for the whole day, or leave the end out"
                ));
            }
            (Some(Some(_)), None) => return Err("it ends before it begins".to_owned()),
            (Some(None), None) => {
                return Err(
                    "it begins with a day and ends at an hour; write both with an hour, or both without"
                        .to_owned(),
                );
            }
            (Some(_), Some(_)) => return Err("it says an end and a duration; leave one".to_owned()),
        };
        Ok(Some(Window::new(from, until)))
    }

    /// Days on which it does not come back: those that it leaves out, and those that have an event of their own.
    fn without<'n>(&self, moved: &[Named<'n>]) -> Vec<Named<'n>>
    where
        'c: 'n,
    {
        let all = self.component.properties.iter().filter(|property| property.name == "EXDATE");
        all.flat_map(|property| Named::all(property, self.clocks)).chain(moved.iter().cloned()).collect()
    }

    /// Exact hours of a duration are others on the clock where it changes (RFC 5545, 3.3.6).
    fn lasts_as_long(&self, begins: &Moment, window: Window<LocalTime>, days: &[Date]) -> Result<(), String> {
        let Some(text) = self.text("DURATION") else { return Ok(()) };
        let (Some(length), Moment::In(zone, _)) = (stamp::duration(&text), begins) else { return Ok(()) };
        if length.seconds == 0 {
            return Ok(());
        }
        for day in days {
            let ends = Moment::In(zone.clone(), day.at(window.from.time_of_day())).plus(length)?.on(zone)?;
            let later = ends.date().days_since(*day) == window.until.date().days_since(window.from.date());
            if !later || ends.time_of_day() != window.until.time_of_day() {
                return Err(format!(
                    "it lasts `{text}` exactly, and on {day} the clocks change meanwhile: it ends at {} then; save it with an end",
                    ends.time_of_day()
                ));
            }
        }
        Ok(())
    }

    /// Beginning and end.
    fn moments(&self) -> Result<(Moment, Moment), String> {
        let moment =
            |name: &str| self.component.find_prop(name).map(|one| Moment::read(one, self.clocks)).transpose();
        let begins = moment("DTSTART")?.ok_or("it does not say when it begins")?;
        let ends = match (moment("DTEND")?, self.text("DURATION")) {
            (Some(ends), None) => ends,
            (None, Some(text)) => {
                begins.plus(stamp::duration(&text).ok_or_else(|| format!("`{text}` is not a duration"))?)?
            }
            (None, None) => return Err("it does not say when it ends".to_owned()),
            (Some(_), Some(_)) => return Err("it says an end and a duration; leave one".to_owned()),
        };
        Ok((begins, ends))
    }

    /// Hours without a zone are those of its calendar's `X-WR-TIMEZONE`, or of where somebody is: where both are the same clock, nothing
    /// has to be guessed.
    fn check_floating(&self, plan: &Plan, said: &EventWords) -> Result<(), String> {
        let properties = ["DTSTART", "DTEND"].into_iter().filter_map(|name| self.component.find_prop(name));
        let Some(Moment::In(zone, _)) = properties
            .filter(|property| moment::is_floating(property))
            .find_map(|property| Moment::read(property, self.clocks).ok())
        else {
            return Ok(());
        };
        for code in &said.territories {
            let own = &territory(plan, code)?.zone;
            if !alike(&zone, own, plan.horizon) {
                return Err(format!(
                    "its hours have no zone: by its calendar's `X-WR-TIMEZONE` they are {zone}'s, and {code} is in {own}; save it with a zone"
                ));
            }
        }
        Ok(())
    }

    /// Beginning and end on the wall clocks of its territories, which must agree.
    fn window(&self, plan: &Plan, said: &EventWords) -> Result<Window<LocalTime>, String> {
        let (begins, ends) = self.moments()?;
        self.check_floating(plan, said)?;
        let mut agreed: Option<(Window<LocalTime>, &str)> = None;
        for code in &said.territories {
            let territory = territory(plan, code)?;
            let window = Window::new(begins.on(&territory.zone)?, ends.on(&territory.zone)?);
            if window.until <= window.from {
                return Err("it ends before it begins".to_owned());
            }
            match agreed {
                Some((other, first)) if other != window => {
                    return Err(format!(
                        "{first} and {code} have other clocks then: {} and {}; write an event for each",
                        other.from, window.from
                    ));
                }
                Some(_) => {}
                None => agreed = Some((window, territory.code.as_str())),
            }
        }
        agreed.map(|(window, _)| window).ok_or_else(|| "it names no territory".to_owned())
    }
}

/// The hours of each day, as TOML; none of a whole day. From a clock time to the same one on the next day there are no hours in
/// the language: these are two that meet, of which the second goes over midnight.
fn hours(from: TimeOfDay, until: TimeOfDay) -> Result<Option<String>, String> {
    let between_them = |from, until| quoted(&format!("{from}-{until}"));
    if from != until {
        return Ok(Some(between_them(from, until)));
    }
    if from.minutes() == 0 {
        return Ok(None);
    }
    let half = u32::try_from((from.minutes() + 24 * 60) / 2).unwrap_or(0);
    let between = TimeOfDay::new(half / 60, half % 60).filter(|between| *between > from);
    let between =
        between.ok_or_else(|| format!("it begins at {from} and lasts a day; let it begin at midnight"))?;
    Ok(Some(format!("[{}, {}]", between_them(from, between), between_them(between, until))))
}

fn territory<'p>(plan: &'p Plan, code: &str) -> Result<&'p Territory, String> {
    let known = &plan.profile.territories;
    known.iter().find(|territory| territory.code.as_str() == code).ok_or_else(|| {
        let codes: Vec<&str> = known.iter().map(|territory| territory.code.as_str()).collect();
        format!("the policy has no territory `{code}`; it has {}", codes.join(", "))
    })
}

/// Whether the clock on which something comes back is that of its territories over the plan.
fn check_clock(plan: &Plan, (said, clock): (&EventWords, &Zone)) -> Result<(), String> {
    for code in &said.territories {
        let zone = &territory(plan, code)?.zone;
        if !alike(clock, zone, plan.horizon) {
            return Err(format!(
                "it comes back on another clock than {code}'s, which is {zone}; save it in that zone"
            ));
        }
    }
    Ok(())
}

fn check_floors(plan: &Plan, said: &EventWords) -> Result<(), String> {
    let known = &plan.profile.workloads;
    for (workload, floor) in &said.floors {
        if !known.iter().any(|known| known.name.as_str() == workload) {
            let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
            return Err(format!("the policy has no workload `{workload}`; it has {}", names.join(", ")));
        }
        if *floor == 0 {
            return Err(format!("a floor of no replicas for `{workload}`; leave it out"));
        }
    }
    Ok(())
}
