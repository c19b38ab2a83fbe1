//! When an event begins and ends, on a territory's wall clock.

use icalendar::parser::Property;

use super::clock::Clocks;
use crate::time::{Date, Instant, LocalTime, Resolved, TimeOfDay, Zone};

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
        let parameter = |key: &str| {
            let found =
                property.params.iter().find(|parameter| parameter.key.as_str().eq_ignore_ascii_case(key));
            found
                .and_then(|parameter| parameter.val.as_ref())
                .map(|value| value.as_str().trim_matches('"').to_owned())
        };
        let text = property.val.as_str();
        let (digits, utc) = text.strip_suffix('Z').map_or((text, false), |digits| (digits, true));
        let local = local(digits)?;
        match (utc, parameter("TZID")) {
            (true, _) => Ok(Self::Utc(Instant(local.wall_seconds()))),
            (false, Some(name)) => Ok(Self::In(clocks.zone(&name, local)?, local)),
            (false, None) => Err("its hours have no zone; save it with one".to_owned()),
        }
    }

    /// What the territory's clock shows then.
    pub(super) fn on(&self, territory: &Zone) -> Result<LocalTime, String> {
        match self {
            Self::In(zone, local) if zone.name() == territory.name() => Ok(*local),
            Self::In(..) | Self::Utc(_) => Ok(territory.local(self.instant()?)),
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

    /// Whether its times are those of the wall of `zone`, whatever the day: then it may come back there.
    pub(super) fn is_on_clock_of(&self, zone: &Zone) -> bool {
        matches!(self, Self::In(own, _) if own == zone)
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

/// `20261003T080059`, its seconds dropped.
pub(super) fn to_the_minute(text: &str) -> Option<LocalTime> {
    local(&format!("{}00", text.get(..13)?)).ok()
}

/// The day of `20261003`, `20261003T080000` or `20261003T080000Z`, as calendars end and cut what comes back.
pub(super) fn until(text: &str) -> Option<Date> {
    date(text.get(..8)?)
}

/// `20261003`
pub(super) fn date(text: &str) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    let year = text.get(..4)?.parse::<i32>().ok()?;
    (text.len() == 8).then_some(())?;
    Date::ymd(year, number(4..6)?, number(6..8)?)
}

/// `20261003T080000`
pub(super) fn local(text: &str) -> Result<LocalTime, String> {
    let unread = || format!("`{text}` is not a date and time");
    let (date, time) = text.split_once('T').ok_or_else(unread)?;
    if date.len() != 8
        || time.len() != 6
        || !date.bytes().chain(time.bytes()).all(|byte| byte.is_ascii_digit())
    {
        return Err(unread());
    }
    let number = |part: &str| part.parse::<u32>().map_err(|_| unread());
    let year = date[..4].parse::<i32>().map_err(|_| unread())?;
    let date = Date::ymd(year, number(&date[4..6])?, number(&date[6..])?).ok_or_else(unread)?;
    if &time[4..] != "00" {
        return Err("it begins or ends within a minute; campaigns go to the minute".to_owned());
    }
    let time = TimeOfDay::new(number(&time[..2])?, number(&time[2..4])?).ok_or_else(unread)?;
    Ok(date.at(time))
}

/// Seconds of a day of the clock of UTC.
const DAY: i64 = 86_400;

/// A duration: weeks and days are those of the wall clock, however long they are; hours, minutes and seconds are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Length {
    days: i32,
    seconds: i64,
}

impl Length {
    /// In days, for what begins with a day.
    pub(super) fn whole_days(self) -> Option<i32> {
        let more = i32::try_from(self.seconds / DAY).ok().filter(|_| self.seconds % DAY == 0)?;
        self.days.checked_add(more)
    }
}

/// `PT3H`, `P1DT2H30M`, `P1W`; nothing negative.
pub(super) fn duration(text: &str) -> Option<Length> {
    let rest = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    // Longer than a century nothing is planned.
    let days = sum(days, &[('W', 7), ('D', 1)]).filter(|days| *days <= 36_600);
    let days = days.and_then(|days| i32::try_from(days).ok())?;
    let length = Length { days, seconds: sum(time, &[('H', 3600), ('M', 60), ('S', 1)])? };
    (length != Length::default()).then_some(length)
}

/// `2H30M`, in the smallest of the units.
fn sum(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let (mut sum, mut number) = (0_i64, String::new());
    for character in text.chars() {
        if character.is_ascii_digit() {
            number.push(character);
            continue;
        }
        let (_, unit) = units.iter().find(|(letter, _)| *letter == character)?;
        sum = sum.checked_add(number.parse::<i64>().ok()?.checked_mul(*unit)?)?;
        number.clear();
    }
    number.is_empty().then_some(sum)
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn durations_are_those_of_rfc_5545() {
        let read = ["PT3H", "P1DT2H30M", "P1W", "PT90M", "+PT1H"].map(duration);
        let length = |days, seconds| Some(Length { days, seconds });
        assert_eq!(
            read,
            [length(0, 10_800), length(1, 9000), length(7, 0), length(0, 5400), length(0, 3600)]
        );
        for wrong in ["", "P", "PT", "3H", "-PT1H", "PT1X", "P1H", "PT5", "P99999D"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
