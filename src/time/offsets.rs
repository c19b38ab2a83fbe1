//! Offsets of one zone over a stretch of time, held as a short table: cron searches ask for them millions of times.
//!
//! Outside the stretch the zone itself answers, so that a table that is too short costs time and never truth.

use super::{Instant, LocalTime, Window, Zone};

/// One zone's offsets, tabled over a stretch.
#[derive(Clone, Debug)]
pub struct Offsets {
    zone: Zone,
    covered: Window<Instant>,
    changes: Vec<Instant>,
    /// One more than `changes`: the offset before the first, then after each.
    offsets: Vec<i64>,
    /// One for each of `changes`: so far from it every clock reading leads back to its instant.
    margins: Vec<i64>,
}

/// What is known around an instant.
#[derive(Clone, Copy, Debug)]
pub struct Steady {
    /// Seconds east of UTC.
    pub offset: i64,
    /// The stretch over which the offset stays the same; empty where the table does not know.
    pub whole: Window<Instant>,
    /// The part of it in which [`Offsets::at_wall`] is exact: all but readings that a change repeats.
    pub sure: Window<Instant>,
}

/// More than any offset and any change of one, in seconds: `at_wall` looks no farther than this.
const REACH: i64 = 2 * 86_400;

impl Offsets {
    /// The offsets of `zone`, quick inside `covered`.
    pub fn new(zone: &Zone, covered: Window<Instant>) -> Self {
        let (changes, after): (Vec<_>, Vec<_>) = zone.changes(covered).into_iter().unzip();
        let offsets: Vec<i64> = std::iter::once(zone.offset(covered.from)).chain(after).collect();
        let margins = margins(covered, &changes, &offsets);
        Self { zone: zone.clone(), covered, changes, offsets, margins }
    }

    /// Of which zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Seconds east of UTC at `at`.
    pub fn offset(&self, at: Instant) -> i64 {
        if !self.covered.contains(at) {
            return self.zone.offset(at);
        }
        self.offsets[self.changes.partition_point(|change| *change <= at)]
    }

    /// The offset at `at`, and for how long it holds.
    pub fn steady(&self, at: Instant) -> Steady {
        if !self.covered.contains(at) {
            let nothing = Window::new(at, at);
            return Steady { offset: self.zone.offset(at), whole: nothing, sure: nothing };
        }
        let place = self.changes.partition_point(|change| *change <= at);
        let before = place.checked_sub(1);
        let from = before.map_or(self.covered.from, |before| self.changes[before]);
        let until = self.changes.get(place).copied().unwrap_or(self.covered.until);
        let sure_from = Instant(from.0 + before.map_or(REACH, |before| self.margins[before]));
        let sure_until = Instant(until.0 - self.margins.get(place).copied().unwrap_or(REACH));
        Steady {
            offset: self.offsets[place],
            whole: Window::new(from, until),
            sure: Window::new(sure_from, sure_until.max(sure_from)),
        }
    }

    /// Seconds on the wall clock at `at`, counted as if the wall were UTC's.
    pub fn wall(&self, at: Instant) -> i64 {
        at.0 + self.offset(at)
    }

    /// The wall clock at `at`, the seconds within the minute dropped.
    pub fn local(&self, at: Instant) -> LocalTime {
        LocalTime::from_wall_seconds(self.wall(at))
    }

    /// The instant at which the wall shows `wall` seconds, chosen as Go's `time.Date` chooses: exact where that reading
    /// exists once; one side of the change where it is skipped or repeated (Go: src/time/time.go, `Date`).
    pub fn at_wall(&self, wall: i64) -> Instant {
        match self.offset(Instant(wall)) {
            0 => Instant(wall),
            guess => Instant(wall - self.offset(Instant(wall - guess))),
        }
    }

    /// The clock changes inside the stretch.
    pub fn changes(&self) -> impl Iterator<Item = Change> {
        let both = self.offsets.iter().zip(&self.offsets[1..]);
        self.changes.iter().zip(both).map(|(at, (before, after))| Change {
            at: *at,
            before: *before,
            after: *after,
        })
    }
}

/// `at_wall` guesses by the offset at a neighbour of the instant. With one change in reach that is exact but for the
/// readings which the change repeats; with two, or with the end of what is known, nothing is taken for granted.
fn margins(covered: Window<Instant>, changes: &[Instant], offsets: &[i64]) -> Vec<i64> {
    let margin = |place: usize| {
        let before = if place == 0 { covered.from } else { changes[place - 1] };
        let after = changes.get(place + 1).copied().unwrap_or(covered.until);
        let at = changes[place].0;
        let alone = at - before.0 >= REACH && after.0 - at >= REACH;
        if alone { (offsets[place] - offsets[place + 1]).max(0) } else { REACH }
    };
    (0..changes.len()).map(margin).collect()
}

/// One change of the clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The first instant of the new offset.
    pub at: Instant,
    /// Seconds east of UTC before.
    pub before: i64,
    /// Seconds east of UTC from `at` on.
    pub after: i64,
}

impl Change {
    /// Whether clock readings are skipped (or repeated).
    pub fn is_gap(self) -> bool {
        self.after > self.before
    }

    /// The readings that are skipped or repeated.
    pub fn stretch(self) -> Window<LocalTime> {
        let (from, until) = (self.before.min(self.after), self.before.max(self.after));
        Window::new(
            LocalTime::from_wall_seconds(self.at.0 + from),
            LocalTime::from_wall_seconds(self.at.0 + until),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Resolved;

    fn table(zone: &str) -> Offsets {
        let year_2026 = Window::new(Instant(1_767_225_600), Instant(1_798_761_600));
        Offsets::new(&Zone::parse(zone).unwrap(), year_2026)
    }

    #[test]
    fn the_table_answers_as_the_zone_does_inside_and_outside_its_stretch() {
        for zone in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"] {
            let offsets = table(zone);
            for hour in -5000..15_000 {
                let at = Instant(1_767_225_600 + hour * 1800);
                assert_eq!(offsets.offset(at), offsets.zone().offset(at), "{zone} {at}");
            }
        }
    }

    #[test]
    fn a_reading_that_exists_once_leads_back_to_its_instant() {
        for zone in ["Europe/Berlin", "America/New_York", "Atlantic/Azores", "Australia/Lord_Howe"] {
            let offsets = table(zone);
            for half_hour in 0..17_520 {
                let at = Instant(1_767_225_600 + half_hour * 1800);
                if matches!(offsets.zone().at(offsets.local(at)), Resolved::Once(_)) {
                    assert_eq!(offsets.at_wall(offsets.wall(at)), at, "{zone} {at}");
                }
            }
        }
    }

    #[test]
    fn where_a_stretch_is_sure_every_reading_leads_back_to_its_instant() {
        for zone in
            ["Europe/Berlin", "Pacific/Chatham", "Asia/Amman", "Australia/Lord_Howe", "Antarctica/Troll"]
        {
            let offsets = table(zone);
            let minutes = (0..525_600).map(|minute| Instant(1_767_225_600 + minute * 60));
            let sure: Vec<_> = minutes.filter(|at| offsets.steady(*at).sure.contains(*at)).collect();
            assert!(sure.len() > 525_600 - 8 * 24 * 60, "{zone}: {} minutes are sure", sure.len());
            for at in sure {
                assert_eq!(offsets.at_wall(offsets.wall(at)), at, "{zone} {at}");
            }
        }
    }

    #[test]
    fn changes_say_which_clock_readings_they_skip_or_repeat() {
        let changes: Vec<_> = table("Europe/Berlin").changes().collect();
        let stretches: Vec<_> = changes.iter().map(|c| (c.is_gap(), c.stretch().from.to_string())).collect();
        assert_eq!(stretches, [(true, "2026-03-29 02:00".into()), (false, "2026-10-25 02:00".into())]);
    }
}
