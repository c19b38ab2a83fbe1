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

    /// The same, so many seconds later: hours and minutes are exact, whatever clocks do (RFC 5545, 3.3.6).
    pub(super) fn plus(&self, seconds: i64) -> Result<Self, String> {
        Ok(Self::Utc(Instant(self.instant()?.0 + seconds)))
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

/// `PT3H`, `P1DT2H30M`: hours, minutes and, as so many hours, days; nothing negative.
pub(super) fn duration(text: &str) -> Option<i64> {
    let rest = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let mut seconds = 0;
    for (part, units) in
        [(days, [('W', 604_800), ('D', 86_400), ('D', 86_400)]), (time, [('H', 3600), ('M', 60), ('S', 1)])]
    {
        let mut number = String::new();
        for character in part.chars() {
            if character.is_ascii_digit() {
                number.push(character);
                continue;
            }
            let (_, unit) = units.iter().find(|(letter, _)| *letter == character)?;
            seconds += number.parse::<i64>().ok()?.checked_mul(*unit)?;
            number.clear();
        }
        if !number.is_empty() {
            return None;
        }
    }
    (seconds > 0).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_rfc_5545() {
        let read = ["PT3H", "P1DT2H30M", "P1W", "PT90M", "+PT1H"].map(duration);
        assert_eq!(read, [Some(10_800), Some(95_400), Some(604_800), Some(5400), Some(3600)]);
        for wrong in ["", "P", "PT", "3H", "-PT1H", "PT1X", "P1H", "PT5"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }
}
