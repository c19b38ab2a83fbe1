//! When a schedule fires next: `SpecSchedule.Next` of robfig/cron v3.0.1's `spec.go`, loop for loop.
//!
//! The loops move by calendar months and days but by absolute hours and minutes, and notice a new day only by seeing
//! hour 0. Where clocks change at midnight that gives answers no rule would give; KEDA gives them too. Steps that nothing
//! can come between are taken at once: hours and minutes between which the clocks do not change.

use super::Schedule;
use super::clock::{Clock, day_number};
use crate::time::{Date, Instant, Offsets};

/// The search runs for ever: the zone left a whole day out (Pacific/Apia, 30 December 2011), and the day loop returns to
/// where it came from. KEDA hangs there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endless {
    /// The moment that was asked about.
    pub asked: Instant,
}

/// More steps than any search that ends: six years of days, each with 24 hours and one hour of minutes.
const STEPS: u32 = 6 * 366 * (1 + 24 + 60);

/// Years after which the search gives up and returns Go's zero time.
const YEARS: i32 = 5;

impl Schedule {
    /// The first firing after `after`, or `None` where KEDA sees the zero time: nothing in five years. Around a fold it can
    /// lie before `after`: see [`Answer`].
    ///
    /// `offsets` are those of the trigger's zone; a side with a `TZ=` prefix is asked with the offsets of that zone.
    pub fn next(&self, after: Instant, offsets: &Offsets) -> Result<Option<Instant>, Endless> {
        self.search(offsets).after(after)
    }

    /// The same for many questions, each later than the one before: what is known of a day is kept.
    pub fn search<'a>(&'a self, offsets: &'a Offsets) -> Search<'a> {
        let start = Instant(0);
        Search { schedule: self, t: Clock::new(start, offsets), added: false, steps: 0, asked: start }
    }
}

/// What `Next` answers to a question, and for how long it answers the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The next firing, or `None` where KEDA sees the zero time. Around a fold it can lie before the question.
    pub at: Option<Instant>,
    /// From here on another question may have another answer; after `at`, if that comes first, every question has.
    pub until: Instant,
}

impl Search<'_> {
    /// The first firing after `after`.
    pub fn after(&mut self, after: Instant) -> Result<Option<Instant>, Endless> {
        Ok(self.answer(after)?.at)
    }

    /// The same, with the stretch over which it stays the answer.
    ///
    /// The search forgets what it was asked: it goes back to the beginning of the month, the day or the hour that does not
    /// match, and from there by whole hours, days and months. So two questions have one answer as long as neither the
    /// answer comes between them nor, where a change of the clocks is near, the unit that it goes back to ends; where
    /// none is near, all units begin on one and the same grid, and only the answer itself, or the next change, ends it.
    pub fn answer(&mut self, after: Instant) -> Result<Answer, Endless> {
        let schedule = self.schedule;
        self.t.add(after.0 + 1 - self.t.at.0);
        // Each of these makes every loop run dry until the year limit.
        if schedule.minute.is_empty() || schedule.hour.is_empty() || schedule.month.is_empty() {
            return Ok(Answer { at: None, until: Instant(i64::MAX) });
        }
        let (begin, end) = self.unit();
        let (asked, steady) = (self.t.at, self.t.steady);
        let calm = steady.sure.contains(asked) && begin >= steady.sure.from;
        let (year_ends, steadily) = (self.year_ends(), if calm { self.steadily() } else { None });
        let at = if steadily.is_some() { steadily } else { self.loops(after)? };
        let until = match (calm, at) {
            (true, Some(_)) => steady.sure.until,
            // The five years are counted from the year of the question.
            (true, None) => steady.sure.until.min(year_ends),
            (false, _) => end.min(steady.whole.until),
        };
        // The search begins one second after the question.
        Ok(Answer { at, until: Instant(until.0 - 1).max(Instant(after.0 + 1)) })
    }

    /// The unit that the search goes back to the beginning of, by the offset that holds now.
    fn unit(&mut self) -> (Instant, Instant) {
        let (schedule, day) = (self.schedule, self.t.day());
        let midnight = self.t.at.0 - self.t.second_of_day();
        let hour = self.t.at.0 - self.t.second_of_day() % 3600;
        let (begin, end) = if !schedule.month.contains(day.month) {
            let first = midnight - (i64::from(day.day) - 1) * 86_400;
            (first, first + i64::from(day.days_of_month()) * 86_400)
        } else if !schedule.day_matches(day.day, day.weekday) {
            (midnight, midnight + 86_400)
        } else if !schedule.hour.contains(unsigned(self.t.hour())) {
            (hour, hour + 3600)
        } else {
            // It goes back to the minute only, which no change divides.
            (self.t.at.0 - self.t.second_of_day() % 60, hour + 3600)
        };
        (Instant(begin), Instant(end))
    }

    /// The end of the year, by the offset that holds now.
    fn year_ends(&mut self) -> Instant {
        let (year, second_of_day) = (self.t.day().year, self.t.second_of_day());
        let next = Date::ymd(year + 1, 1, 1).expect("internal error: every year has a first day");
        let days = i64::from(next.epoch_day()) - self.t.day().epoch_day;
        Instant(self.t.at.0 - second_of_day + days * 86_400)
    }

    /// `Next` itself.
    fn loops(&mut self, after: Instant) -> Result<Option<Instant>, Endless> {
        (self.added, self.steps, self.asked) = (false, 0, after);
        let limit = self.t.day().year + YEARS;
        while self.t.day().year <= limit {
            if self.month()? == Wrap::No
                && self.day()? == Wrap::No
                && self.hour()? == Wrap::No
                && self.minute()? == Wrap::No
                && self.second()? == Wrap::No
            {
                return Ok(Some(self.t.at));
            }
        }
        Ok(None)
    }

    /// The answer where every step that leads to it lies inside one stretch without a change of the clocks: then the
    /// search is plain arithmetic on the wall. `None` where it leaves that stretch.
    fn steadily(&mut self) -> Option<Instant> {
        let schedule = self.schedule;
        let (first, second_of_day) = (self.t.day(), self.t.second_of_day());
        let (midnight, until) = (self.t.at.0 - second_of_day, self.t.steady.sure.until);
        let (mut day, mut minute) = (first, (second_of_day + 59) / 60);
        loop {
            let start = midnight + (day.epoch_day - first.epoch_day) * 86_400;
            if start >= until.0 || day.year > first.year + YEARS {
                return None;
            }
            let is_day = schedule.month.contains(day.month) && schedule.day_matches(day.day, day.weekday);
            if let Some(minute) = schedule.minute_of_day_from(unsigned(minute)).filter(|_| is_day) {
                let at = Instant(start + i64::from(minute) * 60);
                return (at < until).then_some(at);
            }
            (day, minute) =
                (if schedule.month.contains(day.month) { day.next() } else { day.next_month() }, 0);
        }
    }
}

impl Schedule {
    /// The first minute of the day from `least` on, by hour and minute alone.
    fn minute_of_day_from(&self, least: u32) -> Option<u32> {
        let (hour, minute) = (least / 60, least % 60);
        if hour > 23 {
            return None;
        }
        let this =
            self.minute.from(minute).filter(|_| self.hour.contains(hour)).map(|minute| hour * 60 + minute);
        this.or_else(|| Some(self.hour.from(hour + 1)? * 60 + self.minute.from(0)?))
    }
}

/// Whether a loop left its unit, so that the units above must be looked at again (`goto WRAP`).
#[derive(PartialEq, Eq)]
enum Wrap {
    Yes,
    No,
}

/// Questions to one schedule.
pub struct Search<'a> {
    schedule: &'a Schedule,
    t: Clock<'a>,
    added: bool,
    steps: u32,
    asked: Instant,
}

impl Search<'_> {
    fn month(&mut self) -> Result<Wrap, Endless> {
        while !self.schedule.month.contains(self.t.day().month) {
            let date = self.t.date();
            if self.first_step()? {
                self.t.set(date.plus_days(1 - day_number(date)), 0);
            }
            self.t.add_month();
            if self.t.day().month == 1 {
                return Ok(Wrap::Yes);
            }
        }
        Ok(Wrap::No)
    }

    fn day(&mut self) -> Result<Wrap, Endless> {
        loop {
            let day = self.t.day();
            if self.schedule.day_matches(day.day, day.weekday) {
                return Ok(Wrap::No);
            }
            if self.first_step()? {
                self.t.set(self.t.date(), 0);
            }
            self.t.set(self.t.date().next(), self.t.second_of_day());
            // Midnight may not exist on that day: go back to it, or on to it, by whole hours.
            match self.t.hour() {
                0 => {}
                late @ 13.. => self.t.add(3600 * (24 - late)),
                early => self.t.add(-3600 * early),
            }
            if self.t.day().day == 1 {
                return Ok(Wrap::Yes);
            }
        }
    }

    fn hour(&mut self) -> Result<Wrap, Endless> {
        while !self.schedule.hour.contains(unsigned(self.t.hour())) {
            if self.first_step()? {
                self.t.set(self.t.date(), self.t.hour() * 3600);
            }
            let hour = unsigned(self.t.hour());
            let next = self.schedule.hour.from(hour + 1).unwrap_or(24);
            self.t.add_several(3600, i64::from(next - hour));
            if self.t.hour() == 0 {
                return Ok(Wrap::Yes);
            }
        }
        Ok(Wrap::No)
    }

    fn minute(&mut self) -> Result<Wrap, Endless> {
        while !self.schedule.minute.contains(unsigned(self.t.minute())) {
            if self.first_step()? {
                self.t.truncate_to_minute();
            }
            let minute = unsigned(self.t.minute());
            let next = self.schedule.minute.from(minute + 1).unwrap_or(60);
            self.t.add_several(60, i64::from(next - minute));
            if self.t.minute() == 0 {
                return Ok(Wrap::Yes);
            }
        }
        Ok(Wrap::No)
    }

    /// KEDA's parser has no seconds field: the set is {0}.
    fn second(&mut self) -> Result<Wrap, Endless> {
        let past = self.t.second_of_day() % 60;
        if past == 0 {
            return Ok(Wrap::No);
        }
        self.first_step()?;
        self.t.add(60 - past);
        Ok(Wrap::Yes)
    }

    /// Counts a step; whether it is the first at all, before which the smaller units are set to zero.
    fn first_step(&mut self) -> Result<bool, Endless> {
        self.steps += 1;
        if self.steps > STEPS {
            return Err(Endless { asked: self.asked });
        }
        Ok(!std::mem::replace(&mut self.added, true))
    }
}

fn unsigned(value: i64) -> u32 {
    u32::try_from(value).expect("internal error: hours and minutes are not negative")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::{Window, Zone};

    /// Zones with changes in the night, at midnight, on the first of a month, of half an hour, and without any.
    const ZONES: [&str; 14] = [
        "Europe/Berlin",
        "Pacific/Chatham",
        "Antarctica/Troll",
        "Atlantic/Azores",
        "Asia/Amman",
        "Asia/Pyongyang",
        "America/Caracas",
        "America/Santiago",
        "America/Havana",
        "Africa/Cairo",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "UTC",
    ];

    fn side() -> impl Strategy<Value = String> {
        let minute = prop::sample::select(vec!["0", "30", "*/20", "59", "15,45"]);
        let hour = prop::sample::select(vec!["0", "2", "*/6", "23", "1,3", "8-17", "*"]);
        let dom = prop::sample::select(vec!["*", "1", "31", "28-31", "15", "*/2", "29"]);
        let month = prop::sample::select(vec!["*", "2", "3,10", "11", "4-9"]);
        let dow = prop::sample::select(vec!["*", "*", "1-5", "0", "6"]);
        (minute, hour, dom, month, dow).prop_map(|(a, b, c, d, e)| format!("{a} {b} {c} {d} {e}"))
    }

    proptest! {
        #[test]
        fn what_is_known_to_be_arithmetic_is_what_the_loops_find(
            text in side(), zone in 0..ZONES.len(), from in 1_420_000_000_i64..1_800_000_000, steps in 1..40_usize
        ) {
            agree(&text, ZONES[zone], from, steps);
        }
    }

    proptest! {
        #[test]
        fn an_answer_holds_as_long_as_it_says(
            text in side(), zone in 0..ZONES.len(), change in 0..200_usize,
            from in -5 * 86_400..5_i64 * 86_400, later in prop::collection::vec(0.0..1.0_f64, 8)
        ) {
            let zone = Zone::parse(ZONES[zone]).unwrap();
            let offsets = Offsets::new(&zone, Window::new(Instant(1_100_000_000), Instant(2_200_000_000)));
            let changes: Vec<_> = offsets.changes().map(|change| change.at.0).chain([1_500_000_000]).collect();
            let after = Instant(changes[change % changes.len()] + from);
            let schedule = Schedule::parse(&text).unwrap();
            let answer = schedule.search(&offsets).answer(after).unwrap();
            prop_assert!(answer.until > after);
            let firing = answer.at.filter(|at| *at > after).unwrap_or(answer.until);
            let holds = firing.min(answer.until).0 - after.0 - 1;
            for share in later.into_iter().chain([0.0, 1.0]) {
                let asked = Instant(after.0 + (holds as f64 * share) as i64);
                let mut plain = schedule.search(&offsets);
                plain.t.add(asked.0 + 1 - plain.t.at.0);
                prop_assert_eq!(plain.loops(asked).unwrap(), answer.at, "{} {} after {}", zone, text, asked);
            }
        }
    }

    /// The search against its loops alone, firing by firing.
    fn agree(text: &str, zone: &str, from: i64, steps: usize) {
        let zone = Zone::parse(zone).unwrap();
        let year = 366 * 86_400;
        let offsets = Offsets::new(&zone, Window::new(Instant(from - year), Instant(from + 8 * year)));
        let schedule = Schedule::parse(text).unwrap();
        let mut at = Instant(from);
        let mut search = schedule.search(&offsets);
        for _ in 0..steps {
            let mut plain = schedule.search(&offsets);
            plain.t.add(at.0 + 1 - plain.t.at.0);
            let expected = plain.loops(at).unwrap();
            assert_eq!(search.after(at).unwrap(), expected, "{zone} {text} after {at}");
            let Some(next) = expected.filter(|next| *next > at) else { break };
            at = next;
        }
    }

    #[test]
    fn a_day_whose_clocks_have_changed_since_its_midnight_is_left_to_the_loops() {
        // On 1 October 2023 the clocks of Lord Howe went from 02:00 to 02:30, so hours are counted back from half past.
        agree("*/20 1,3 * 3,10 *", "Australia/Lord_Howe", 1_680_193_200, 6);
    }
}
