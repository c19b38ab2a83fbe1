//! The zone that a calendar means by a name: of the IANA database as it stands, behind a path, of Windows, or a label with the
//! names of cities. Whatever is not a plain name of the database is held against the calendar's own VTIMEZONE.

use icalendar::parser::{Calendar, Component};

use crate::plan::Plan;
use crate::time::{Date, LocalTime, Resolved, TimeOfDay, Weekday, Window, Zone, zone_of_place};

/// Zones of Windows, a line each.
const WINDOWS: &str = include_str!("windows.tsv");

/// The clocks that a calendar brings along.
pub(super) struct Clocks<'c> {
    zones: Vec<(String, Vec<Observance<'c>>)>,
    /// Zones to look at first for one whose clock is that of a VTIMEZONE: the policy's own.
    near: Vec<Zone>,
    /// Over which its clock must be the same.
    planned: Window<Date>,
    /// What the calendar says of hours without a zone: `X-WR-TIMEZONE`.
    own: Option<String>,
}

/// When one offset begins to hold.
struct Observance<'c> {
    /// Its first second, on the clock before it.
    begins: LocalTime,
    /// How it comes back each year.
    rule: Option<&'c str>,
    /// Whether it also begins on dates of a list, `RDATE`.
    on_dates: bool,
    /// Seconds east of UTC that hold before it.
    before: Option<i64>,
    /// Seconds east of UTC.
    offset: i64,
}

impl<'c> Clocks<'c> {
    pub(super) fn of(calendar: &'c Calendar<'c>, plan: &Plan) -> Self {
        let zones = calendar.components.iter().filter(|component| component.name == "VTIMEZONE");
        let zone = |component: &'c Component<'c>| {
            let name = component.find_prop("TZID")?.val.as_str().to_owned();
            let observances = component.components.iter().filter_map(Observance::read);
            Some((name, observances.collect()))
        };
        let profile = &plan.profile;
        let near =
            profile.territories.iter().map(|territory| &territory.zone).chain([&profile.platform.zone]);
        let own = calendar.properties.iter().find(|property| property.name == "X-WR-TIMEZONE");
        Self {
            zones: zones.filter_map(zone).collect(),
            near: near.cloned().collect(),
            planned: plan.horizon,
            own: own.map(|own| own.val.as_str().trim().to_owned()).filter(|name| !name.is_empty()),
        }
    }

    /// The zone of hours without one, where the calendar says it.
    pub(super) fn of_calendar(&self) -> Option<&str> {
        self.own.as_deref()
    }

    /// The zone of a name, at a time on its clock.
    pub(super) fn zone(&self, name: &str, at: LocalTime) -> Result<Zone, String> {
        let own = self.zones.iter().find(|(known, _)| known == name).map(|(_, own)| own);
        let sure = Zone::parse(name).or_else(|| behind_a_path(name)).or_else(|| of_windows(name));
        // A label names cities; which of them is meant the calendar's own clock must say.
        let zone = sure.or_else(|| own.and_then(|_| of_label(name)));
        let Some(zone) = zone else {
            let Some(own) = own else {
                return Err(format!(
                    "its zone `{name}` is not one of the IANA database, nor of Windows; save it as `Europe/Berlin` or the like"
                ));
            };
            return self.with_the_clock_of(own).ok_or_else(|| {
                format!(
                    "its zone `{name}` has a clock of its own in its VTIMEZONE, which no zone of the IANA database shows over the plan; save it as `Europe/Berlin` or the like"
                )
            });
        };
        // Where the clocks change both show no time, or the same one twice.
        let is_plain = matches!(zone.at(at), Resolved::Once(_));
        let wanted = zone.offset(zone.first_instant(at));
        let other = own.filter(|own| is_plain && is_known(own, at)).and_then(|own| offset(own, at));
        match other.filter(|offset| *offset != wanted) {
            Some(_) if name == zone.name() => Err(format!(
                "its zone `{name}` has another clock at {at} in the VTIMEZONE of this file than in the IANA database; take that VTIMEZONE out, or save the event with its hours in UTC"
            )),
            Some(_) => Err(format!(
                "its zone `{name}` is {zone} by name, and its VTIMEZONE has another clock at {at}; save it as `Europe/Berlin` or the like"
            )),
            None => Ok(zone),
        }
    }
}

impl Clocks<'_> {
    /// Those of a calendar that brings none along.
    #[cfg(test)]
    pub(super) fn of_zones(planned: Window<Date>) -> Self {
        Self { zones: Vec::new(), near: Vec::new(), planned, own: None }
    }

    /// A zone with the offsets of a VTIMEZONE over the whole plan: whichever of several is taken, no instant is another one.
    fn with_the_clock_of(&self, own: &[Observance<'_>]) -> Option<Zone> {
        if !own.iter().all(Observance::is_understood) {
            return None;
        }
        let days = (0..=self.planned.until.days_since(self.planned.from))
            .map(|day| self.planned.from.plus_days(day));
        let at = |day: Date, hour: u32| TimeOfDay::new(hour, 0).map(|time| day.at(time));
        let noons: Vec<LocalTime> = days.clone().filter_map(|day| at(day, 12)).collect();
        let hours = days.flat_map(|day| (0..24).filter_map(move |hour| at(day, hour)));
        // Around a change both clocks show no time, or the same one twice.
        let is_plain = |zone: &Zone, local: LocalTime| matches!(zone.at(local), Resolved::Once(_));
        let agrees = |zone: &Zone, local: LocalTime| {
            let wanted = zone.offset(zone.first_instant(local));
            !is_plain(zone, local) || offset(own, local) == Some(wanted)
        };
        let is_it = |zone: &Zone| {
            noons.iter().all(|local| agrees(zone, *local)) && hours.clone().all(|local| agrees(zone, local))
        };
        let cities = Zone::names().iter().filter(|name| name.contains('/') && !name.starts_with("Etc/"));
        let all = self.near.iter().cloned().chain(cities.filter_map(|name| Zone::parse(name)));
        all.chain(Zone::names().iter().filter_map(|name| Zone::parse(name))).find(is_it)
    }
}

impl<'c> Observance<'c> {
    /// Whether its rule is one that is read here.
    fn is_understood(&self) -> bool {
        let far = self.begins.date().plus_days(400 * 366).start();
        !self.on_dates && self.rule.is_none_or(|rule| rule.contains("UNTIL") || self.begun(far).is_some())
    }

    fn read(component: &'c Component<'c>) -> Option<Self> {
        let text = |name: &str| component.find_prop(name).map(|property| property.val.as_str());
        let digits = text("DTSTART")?;
        let begins = super::stamp::local(digits).ok()?;
        let on_dates = component.find_prop("RDATE").is_some();
        let before = text("TZOFFSETFROM").and_then(seconds);
        Some(Self { begins, rule: text("RRULE"), on_dates, before, offset: seconds(text("TZOFFSETTO")?)? })
    }

    /// The last time that it began up to `at`; none where its rule is another one than of a weekday in a month.
    fn begun(&self, at: LocalTime) -> Option<LocalTime> {
        let Some(rule) = self.rule else { return (self.begins <= at).then_some(self.begins) };
        let part = |key: &str| rule.split(';').find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
        let month: u32 = part("BYMONTH")?.parse().ok()?;
        let (nth, day) = part("BYDAY")?.split_at_checked(part("BYDAY")?.len().checked_sub(2)?)?;
        let (nth, day): (i32, _) = (nth.parse().ok()?, weekday(day)?);
        let until: Option<i32> = part("UNTIL").and_then(|until| until.get(..4)?.parse().ok());
        let years = (at.date().year() - 1..=at.date().year()).rev();
        let begun = years.filter_map(|year| {
            let date = nth_weekday(year, month, nth, day)?;
            Some(date.at(self.begins.time_of_day()))
        });
        let is_in_force =
            |one: &LocalTime| *one >= self.begins && until.is_none_or(|last| one.date().year() <= last);
        begun.filter(is_in_force).find(|one| *one <= at)
    }
}

/// Whether a VTIMEZONE says what its clock shows at a time: all of its rules are read here, no half of the year is left out, and it
/// is not one that a program cut down to the changes of a few years.
fn is_known(observances: &[Observance<'_>], at: LocalTime) -> bool {
    let ends = |one: &Observance<'_>| one.rule.is_none_or(|rule| rule.contains("UNTIL"));
    let last = observances.iter().map(|one| one.begins).max();
    let is_cut = observances.len() > 1 && observances.iter().all(ends);
    let is_near = |last: LocalTime| at.date().days_since(last.date()) < 366;
    let is_said = |before: i64| observances.iter().any(|one| one.offset == before);
    let is_whole = observances.iter().all(|one| one.before.is_none_or(is_said));
    is_whole && observances.iter().all(Observance::is_understood) && (!is_cut || last.is_some_and(is_near))
}

/// The offset that holds at a time on the clock: that of the observance that began last.
fn offset(observances: &[Observance<'_>], at: LocalTime) -> Option<i64> {
    let begun = observances.iter().filter_map(|one| Some((one.begun(at)?, one.offset)));
    begun.max_by_key(|(begun, _)| *begun).map(|(_, offset)| offset)
}

/// `/freeassociation.sourceforge.net/Europe/Berlin`
fn behind_a_path(name: &str) -> Option<Zone> {
    let starts = name.match_indices('/').map(|(at, _)| at + 1);
    starts.filter_map(|at| Zone::parse(&name[at..])).next()
}

/// `W. Europe Standard Time`
fn of_windows(name: &str) -> Option<Zone> {
    let mut rows = WINDOWS.lines().filter_map(|line| line.split_once('\t'));
    let (_, zone) = rows.find(|(windows, _)| windows.eq_ignore_ascii_case(name))?;
    Zone::parse(zone)
}

/// `(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna`: the first city that is known.
fn of_label(name: &str) -> Option<Zone> {
    let (_, cities) = name.strip_prefix('(')?.split_once(')')?;
    cities.split(',').filter_map(|city| Zone::parse(zone_of_place(city.trim())?)).next()
}

/// `+0200`, `-033000`
fn seconds(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.trim_start_matches('+')), |rest| (-1, rest));
    let number = |at: usize| digits.get(at..at + 2)?.parse::<i64>().ok();
    Some(sign * (number(0)? * 3600 + number(2)? * 60 + number(4).unwrap_or(0)))
}

/// `MO`
pub(super) fn weekday(text: &str) -> Option<Weekday> {
    let is_it = |day: &&Weekday| day.short().get(..2).is_some_and(|short| short.eq_ignore_ascii_case(text));
    Weekday::ALL.iter().find(is_it).copied()
}

/// The nth weekday of a month, from its end where `nth` is negative.
pub(super) fn nth_weekday(year: i32, month: u32, nth: i32, day: Weekday) -> Option<Date> {
    let first = Date::ymd(year, month, 1)?;
    let days = (0..31).map(|at| first.plus_days(at));
    let own: Vec<Date> = days.filter(|date| date.month() == first.month() && date.weekday() == day).collect();
    let at = usize::try_from(nth.unsigned_abs()).ok()?.checked_sub(1)?;
    if nth > 0 { own.get(at).copied() } else { own.iter().rev().nth(at).copied() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_of_windows_is_one_of_the_database() {
        let rows: Vec<&str> = WINDOWS.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(rows.len() > 130);
        for row in rows {
            let (name, _) = row.split_once('\t').unwrap();
            assert!(of_windows(name).is_some(), "{row}");
        }
    }

    #[test]
    fn paths_and_labels_lead_to_zones() {
        for (name, zone) in [
            ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
            ("/mozilla.org/20070129_1/America/Indiana/Knox", "America/Indiana/Knox"),
        ] {
            assert_eq!(behind_a_path(name).unwrap().name(), zone);
        }
        assert!(of_label("(UTC+01:00) Amsterdam, Berlin, Bern").is_some());
        assert!(behind_a_path("/somewhere/else").is_none() && of_windows("Berlin").is_none());
    }
}
