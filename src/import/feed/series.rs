//! The days of an event that comes back, as its `EXDATE`, `UNTIL` and the `RECURRENCE-ID` of others name them. A day is named by
//! its beginning (RFC 5545, 3.8.5.1), on whichever clock: the same instant is the same day.

use icalendar::parser::Property;

use super::clock::Clocks;
use super::moment::{Moment, zone_name};
use super::stamp::Stamp;
use crate::time::{Date, Instant, LocalTime, TimeOfDay, Window, Zone};

/// A day as it is written.
#[derive(Clone)]
pub(super) struct Named<'c> {
    pub(super) text: &'c str,
    zone: Option<String>,
    clocks: &'c Clocks<'c>,
}

impl<'c> Named<'c> {
    /// All that a property names.
    pub(super) fn all(property: &'c Property<'c>, clocks: &'c Clocks<'c>) -> impl Iterator<Item = Self> {
        let parts = property.val.as_str().split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(move |text| Self { text, zone: zone_name(property), clocks })
    }
}

/// What comes back: on which clock, and when each time begins.
pub(super) struct Series {
    clock: Zone,
    /// Nothing where it has whole days.
    begins: Option<TimeOfDay>,
}

impl Series {
    pub(super) fn at_an_hour(clock: Zone, begins: TimeOfDay) -> Self {
        Self { clock, begins: Some(begins) }
    }

    /// Whole days, in a place with that clock.
    pub(super) fn of_days(clock: Zone) -> Self {
        Self { clock, begins: None }
    }

    /// The days among these that touch `reach`; or which of them is none of its days. What lies elsewhere need not be one.
    pub(super) fn days(&self, all: &[Named<'_>], reach: Window<Date>) -> Result<Vec<Date>, String> {
        let near = Window::new(reach.from.plus_days(-2), reach.until.plus_days(2));
        let mut days = Vec::new();
        for named in all {
            let stamp = Stamp::read(named.text).ok_or_else(|| unread(named.text))?;
            if !near.contains(stamp.date()) {
                continue;
            }
            let shown = self.shown(stamp, named)?;
            match self.begun(shown, stamp) {
                Some(day) => days.push(day),
                None if !reach.contains(shown.date()) => {}
                None => return Err(self.another_time(shown)),
            }
        }
        Ok(days)
    }

    /// Its beginning on the day that is named, as calendars write it; none where that is no beginning of it.
    pub(super) fn written(&self, named: &Named<'_>) -> Option<String> {
        let stamp = Stamp::read(named.text)?;
        let day = self.begun(self.shown(stamp, named).ok()?, stamp)?;
        Some(self.text(day))
    }

    /// The same of a day that an earlier import wrote down as it was in its calendar, without the zone.
    pub(super) fn rewritten(&self, text: &str) -> Option<String> {
        let stamp = Stamp::read(text)?;
        let shown = match stamp {
            Stamp::Utc(at) => self.clock.local(Instant(at.wall_seconds())),
            Stamp::Local(at) => at,
            Stamp::Day(day) => day.start(),
        };
        self.begun(shown, stamp).map(|day| self.text(day))
    }

    fn text(&self, day: Date) -> String {
        let date = day.to_string().replace('-', "");
        self.begins.map_or(date.clone(), |at| format!("{date}T{:02}{:02}00", at.hour(), at.minute()))
    }

    /// The last day on which it begins by then.
    pub(super) fn until(&self, text: &str) -> Option<Date> {
        let stamp = Stamp::read(text)?;
        let shown = match stamp {
            Stamp::Day(day) => return Some(day),
            // Whole days are no instants: midnight of UTC stands for the day itself.
            Stamp::Utc(at) if self.begins.is_none() && at.time_of_day() == TimeOfDay::MIDNIGHT => at,
            Stamp::Utc(at) => self.clock.local(Instant(at.wall_seconds())),
            Stamp::Local(at) => at,
        };
        let is_before = self.begins.is_some_and(|begins| shown.time_of_day() < begins);
        Some(shown.date().plus_days(if is_before { -1 } else { 0 }))
    }

    /// What its clock shows then.
    fn shown(&self, stamp: Stamp, named: &Named<'_>) -> Result<LocalTime, String> {
        match (stamp, &named.zone) {
            (Stamp::Day(day), _) => Ok(day.start()),
            (Stamp::Utc(at), _) => Ok(self.clock.local(Instant(at.wall_seconds()))),
            (Stamp::Local(at), None) => Ok(at),
            (Stamp::Local(at), Some(zone)) => Moment::In(named.clocks.zone(zone, at)?, at).on(&self.clock),
        }
    }

    /// The day that begins so.
    fn begun(&self, shown: LocalTime, stamp: Stamp) -> Option<Date> {
        let begins = self.begins.unwrap_or(TimeOfDay::MIDNIGHT);
        match stamp {
            Stamp::Day(day) => Some(day),
            _ if shown.time_of_day() == begins => Some(shown.date()),
            // Whole days are no instants: midnight of another clock stands for the day itself.
            Stamp::Local(at) | Stamp::Utc(at)
                if self.begins.is_none() && at.time_of_day() == TimeOfDay::MIDNIGHT =>
            {
                Some(at.date())
            }
            Stamp::Local(_) | Stamp::Utc(_) => None,
        }
    }

    fn another_time(&self, shown: LocalTime) -> String {
        let begins = self.begins.map_or("has whole days".to_owned(), |begins| format!("begins at {begins}"));
        format!(
            "its day {} is left out or moved by the time {}, and it {begins}; save that day anew",
            shown.date(),
            shown.time_of_day()
        )
    }
}

fn unread(text: &str) -> String {
    format!("it leaves out or moves a day that cannot be read, `{text}`; save that day anew")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn the_same_instant_is_the_same_day_on_any_clock() {
        let clocks = Clocks::of_zones(Window::new(day("2026-01-01"), day("2027-01-01")));
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let at_eight = Series::at_an_hour(berlin.clone(), TimeOfDay::new(8, 0).unwrap());
        let of_days = Series::of_days(berlin);
        let found = |series: &Series, text: &str, zone: Option<&str>| {
            let named = Named { text, zone: zone.map(str::to_owned), clocks: &clocks };
            let reach = Window::new(day("2026-01-01"), day("2027-01-01"));
            series.days(&[named], reach).map(|days| days.first().map(Date::to_string))
        };
        let june = Ok(Some("2026-06-08".to_owned()));
        for (text, zone) in [
            ("20260608T080000", None),
            ("20260608T080000", Some("Europe/Berlin")),
            ("20260608T020000", Some("America/New_York")),
            ("20260608T060000Z", None),
            ("20260608", None),
        ] {
            assert_eq!(found(&at_eight, text, zone), june, "{text} {zone:?}");
        }
        for text in ["20260608", "20260608T000000", "20260607T220000Z", "20260608T000000Z"] {
            assert_eq!(found(&of_days, text, None), june, "{text}");
        }
        for text in ["20260608T090000", "20260608T080000Z", "soon", "20260608Z", "20260608T08"] {
            assert!(found(&at_eight, text, None).is_err(), "{text}");
        }
        for text in ["20250608T090000", "20270104T080000", "20251231T120000"] {
            assert_eq!(found(&at_eight, text, None), Ok(None), "{text}");
        }
    }

    #[test]
    fn an_end_bounds_the_beginning() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let at_eight = Series::at_an_hour(berlin.clone(), TimeOfDay::new(8, 0).unwrap());
        let of_days = Series::of_days(berlin);
        for (series, text, wanted) in [
            (&at_eight, "20260608T080000", "2026-06-08"),
            (&at_eight, "20260608T075959", "2026-06-07"),
            (&at_eight, "20260608T060000Z", "2026-06-08"),
            (&at_eight, "20260608T055959Z", "2026-06-07"),
            (&at_eight, "20260608", "2026-06-08"),
            (&of_days, "20260608", "2026-06-08"),
            (&of_days, "20260608T000000Z", "2026-06-08"),
            (&of_days, "20260608T215959Z", "2026-06-08"),
        ] {
            assert_eq!(series.until(text), Some(day(wanted)), "{text}");
        }
        assert_eq!(at_eight.until("soon"), None);
    }
}
