//! A point in time as a person types it becomes an instant of one zone; a time that its clocks skip does not.

use crate::time::{Date, Instant, LocalTime, Resolved, TimeOfDay, Zone};

/// What was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// What the clocks at the target show.
    Local(LocalTime),
    /// One instant, whatever the clocks show.
    Exact(Instant),
}

/// An instant and what the target's clocks show then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Instant,
    /// The clocks there, to the minute.
    pub local: LocalTime,
    /// The other instant that shows the same, where the clocks repeat an hour and the first was taken.
    pub again: Option<Instant>,
}

/// A clock reading that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// What was asked for.
    pub local: LocalTime,
    /// What the clocks show instead.
    pub resumes: LocalTime,
}

impl When {
    /// `2026-10-03 12:00`, `2026-10-03T12:00` and `2026-10-03` (its midnight) are local; `Z` or `+02:00` after a time makes
    /// it one instant. Seconds are read past, except in an instant. Years are those that a plan may have.
    pub fn parse(text: &str) -> Option<Self> {
        let date = Date::parse(text.get(..10)?).filter(|date| (1970..=2100).contains(&date.year()))?;
        let rest = &text[10..];
        if rest.is_empty() {
            return Some(Self::Local(date.start()));
        }
        let clock = rest.strip_prefix([' ', 'T', 't'])?;
        let local = date.at(TimeOfDay::parse(clock.get(..5)?).filter(|time| time.hour() < 24)?);
        let (seconds, offset) = match clock[5..].strip_prefix(':') {
            Some(more) => (two_digits(more.get(..2)?).filter(|second| *second < 60)?, &more[2..]),
            None => (0, &clock[5..]),
        };
        match offset.trim_start() {
            "" => Some(Self::Local(local)),
            offset => Some(Self::Exact(Instant(local.wall_seconds() + seconds - east(offset)?))),
        }
    }

    /// The moment in `zone`; of two, the first.
    pub fn on(self, zone: &Zone) -> Result<Moment, Skipped> {
        match self {
            Self::Exact(at) => Ok(Moment { at, local: zone.local(at), again: None }),
            Self::Local(local) => match zone.at(local) {
                Resolved::Once(at) => Ok(Moment { at, local, again: None }),
                Resolved::Twice { first, second, .. } => Ok(Moment { at: first, local, again: Some(second) }),
                Resolved::Skipped { resumes } => Err(Skipped { local, resumes }),
            },
        }
    }
}

/// Seconds east of UTC: `Z`, `UTC`, `+02:00`.
fn east(offset: &str) -> Option<i64> {
    if ["Z", "z", "UTC"].contains(&offset) {
        return Some(0);
    }
    let (sign, rest) = match (offset.strip_prefix('+'), offset.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (None, Some(rest)) => (-1, rest),
        (None, None) => return None,
    };
    let time = TimeOfDay::parse(rest).filter(|time| time.hour() < 15)?;
    Some(sign * i64::from(time.minutes()) * 60)
}

fn two_digits(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> String {
        match When::parse(text) {
            Some(When::Exact(at)) => at.to_string(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_time_is_local_unless_it_says_otherwise() {
        let noon = Date::ymd(2026, 10, 3).unwrap().at(TimeOfDay::new(12, 0).unwrap());
        for text in ["2026-10-03 12:00", "2026-10-03T12:00", "2026-10-03 12:00:30"] {
            assert_eq!(When::parse(text), Some(When::Local(noon)), "{text}");
        }
        assert_eq!(When::parse("2026-10-03"), Some(When::Local(noon.date().start())));
        assert_eq!(exact("2026-10-03T12:00Z"), "2026-10-03T12:00:00Z");
        assert_eq!(exact("2026-10-03 12:00:30 UTC"), "2026-10-03T12:00:30Z");
        assert_eq!(exact("2026-10-03T12:00:00+02:00"), "2026-10-03T10:00:00Z");
        assert_eq!(exact("2026-10-03T12:00-09:30"), "2026-10-03T21:30:00Z");
    }

    #[test]
    fn what_is_no_time_is_not_guessed() {
        let wrong = [
            "",
            "noon",
            "2026-10-03x12:00",
            "2026-02-30",
            "2026-10-03 24:00",
            "2026-10-03 12",
            "2026-10-03 12:00:60",
            "2026-10-03 12:00 CEST",
            "1969-12-31",
            "2026-10-03Z",
            "ä026-10-03",
            "2026-10-0ä",
        ];
        for text in wrong {
            assert_eq!(When::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_skipped_time_names_the_next_and_a_repeated_one_both_instants() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let on = |text| When::parse(text).unwrap().on(&berlin);
        assert_eq!(on("2026-03-29 02:30").unwrap_err().resumes.to_string(), "2026-03-29 03:00");
        let twice = on("2026-10-25 02:30").unwrap();
        assert_eq!(twice.at.to_string(), "2026-10-25T00:30:00Z");
        assert_eq!(twice.again.unwrap().to_string(), "2026-10-25T01:30:00Z");
        let second = on("2026-10-25T01:30Z").unwrap();
        assert_eq!((second.local, second.again), (twice.local, None));
    }
}
