//! When an event begins and ends, on a territory's wall clock.

use icalendar::parser::Property;

use super::clock::Clocks;
use super::stamp::{DAY, Length, local};
use crate::time::{Instant, LocalTime, Resolved, Zone};

/// A moment as the calendar has it.
#[derive(Clone, Debug)]
pub(super) enum Moment {
    /// `20261003T080000Z`
    Utc(Instant),
    /// With `TZID`.
    In(Zone, LocalTime),
}

impl Moment {
    /// Reads `DTSTART` or `DTEND`.
    pub(super) fn read(property: &Property<'_>, clocks: &Clocks<'_>) -> Result<Self, String> {
        let text = property.val.as_str();
        let (digits, utc) = text.strip_suffix('Z').map_or((text, false), |digits| (digits, true));
        let local = local(digits)?;
        match (utc, zone_name(property)) {
            (true, _) => Ok(Self::Utc(Instant(local.wall_seconds()))),
            (false, Some(name)) => Ok(Self::In(clocks.zone(&name, local)?, local)),
            (false, None) => match clocks.of_calendar() {
                Some(name) => Ok(Self::In(clocks.zone(name, local)?, local)),
                None => Err("its hours have no zone; save it with one".to_owned()),
            },
        }
    }

    /// What the territory's clock shows then.
    pub(super) fn on(&self, territory: &Zone) -> Result<LocalTime, String> {
        match self {
            Self::In(zone, local) if zone.name() == territory.name() => Ok(*local),
            Self::In(..) | Self::Utc(_) => Ok(territory.local(self.instant()?)),
        }
    }

    /// The clock that it is written on: what comes back, comes back on that one.
    pub(super) fn clock(&self) -> Zone {
        match self {
            Self::Utc(_) => Zone::utc(),
            Self::In(zone, _) => zone.clone(),
        }
    }

    /// The same, so much later: first the days, on its own clock, then exact hours and minutes (RFC 5545, 3.3.6).
    pub(super) fn plus(&self, length: Length) -> Result<Self, String> {
        let then = match self {
            Self::Utc(at) => Self::Utc(Instant(at.0 + i64::from(length.days) * DAY)),
            Self::In(zone, local) => {
                let day = local.date().plus_days(length.days);
                Self::In(zone.clone(), day.at(local.time_of_day()))
            }
        };
        if length.seconds == 0 {
            return Ok(then);
        }
        Ok(Self::Utc(Instant(then.instant()?.0 + length.seconds)))
    }

    fn instant(&self) -> Result<Instant, String> {
        match self {
            Self::Utc(at) => Ok(*at),
            Self::In(zone, local) => match zone.at(*local) {
                Resolved::Once(at) => Ok(at),
                Resolved::Skipped { .. } | Resolved::Twice { .. } => {
                    Err(format!("the clocks change at {local} in {zone}; move it by an hour"))
                }
            },
        }
    }
}

/// The zone that a property names.
pub(super) fn zone_name(property: &Property<'_>) -> Option<String> {
    let is_zone = |key: &str| key.eq_ignore_ascii_case("TZID");
    let found = property.params.iter().find(|parameter| is_zone(parameter.key.as_str()))?;
    Some(found.val.as_ref()?.as_str().trim_matches('"').to_owned())
}

/// Whether a property says that it is a day.
pub(super) fn is_a_day(property: &Property<'_>) -> bool {
    property.params.iter().any(|parameter| {
        let value = parameter.val.as_ref().map(|value| value.as_str());
        parameter.key.as_str().eq_ignore_ascii_case("VALUE")
            && value.is_some_and(|value| value.trim_matches('"').eq_ignore_ascii_case("DATE"))
    })
}

/// Whether it is an hour on no clock.
pub(super) fn is_floating(property: &Property<'_>) -> bool {
    let text = property.val.as_str();
    !text.ends_with('Z') && text.contains('T') && zone_name(property).is_none()
}

#[cfg(test)]
mod tests {
    use super::super::stamp::duration;
    use super::*;

    #[test]
    fn a_day_is_one_of_the_wall_clock_and_an_hour_an_hour() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let noon = local("20261024T120000").unwrap();
        let ends = |begins: Moment, length: &str| {
            let ends = begins.plus(duration(length).unwrap()).unwrap().on(&berlin).unwrap();
            ends.to_string()
        };
        for (length, shown) in [
            ("P1D", "2026-10-25 12:00"),
            ("P1W", "2026-10-31 12:00"),
            ("PT24H", "2026-10-25 11:00"),
            ("P1DT2H", "2026-10-25 14:00"),
        ] {
            assert_eq!(ends(Moment::In(berlin.clone(), noon), length), shown, "{length}");
        }
        let utc = Moment::Utc(Instant(noon.wall_seconds() - 7200));
        assert_eq!(ends(utc, "P1D"), "2026-10-25 11:00", "UTC has no clock change");
    }
}
