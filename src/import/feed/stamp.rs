//! Dates, times and durations as calendars write them (RFC 5545, 3.3).

use crate::time::{Date, LocalTime, TimeOfDay};

/// How calendars write a day of what comes back: `20261003`, `20261003T080000` or `20261003T080000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stamp {
    Day(Date),
    Local(LocalTime),
    Utc(LocalTime),
}

impl Stamp {
    /// Seconds are dropped: nothing begins within a minute.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (digits, is_utc) = text.strip_suffix('Z').map_or((text, false), |digits| (digits, true));
        if let Some(day) = date(digits) {
            return (!is_utc).then_some(Self::Day(day));
        }
        let (minute, seconds) = digits.split_at_checked(13)?;
        let is_second = seconds.len() == 2 && seconds.parse::<u32>().is_ok_and(|second| second <= 60);
        let at = local(&format!("{minute}00")).ok().filter(|_| is_second)?;
        Some(if is_utc { Self::Utc(at) } else { Self::Local(at) })
    }

    /// The day as it is written.
    pub(super) fn date(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Local(at) | Self::Utc(at) => at.date(),
        }
    }
}

/// `20261003`
pub(super) fn date(text: &str) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
    let year = text.get(..4)?.parse::<i32>().ok()?;
    (text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(())?;
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
pub(super) const DAY: i64 = 86_400;

/// A duration: weeks and days are those of the wall clock, however long they are; hours, minutes and seconds are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Length {
    pub(super) days: i32,
    pub(super) seconds: i64,
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
