//! When a schedule fires next: `SpecSchedule.Next` of robfig/cron v3.0.1's `spec.go`, loop for loop.
//!
//! The loops move by calendar months and days but by absolute hours and minutes, and notice a new day only by seeing
//! hour 0. Where clocks change at midnight that gives answers no rule would give; KEDA gives them too. Steps that nothing
//! can come between are taken at once: hours and minutes between which the clocks do not change.

use super::Schedule;
use crate::time::{Date, Instant, Offsets, Window};

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
    /// The first firing strictly after `after`, or `None` where KEDA sees the zero time: nothing in five years.
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

impl Search<'_> {
    /// The first firing strictly after `after`.
    pub fn after(&mut self, after: Instant) -> Result<Option<Instant>, Endless> {
        let schedule = self.schedule;
        // Each of these makes every loop run dry until the year limit.
        if schedule.minute.is_empty() || schedule.hour.is_empty() || schedule.month.is_empty() {
            return Ok(None);
        }
        self.t.add(after.0 + 1 - self.t.at.0);
        if let Some(at) = self.steadily() {
            return Ok(Some(at));
        }
        self.loops(after)
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
}

impl Search<'_> {
    /// The answer where the clocks change neither before it nor since the day or month began that the loops go back to:
    /// then each of them is plain arithmetic on the wall. `None` where that is not known.
    fn steadily(&mut self) -> Option<Instant> {
        let schedule = self.schedule;
        let (first, second_of_day) = (self.t.day(), self.t.second_of_day());
        let midnight = self.t.at.0 - second_of_day;
        let back = if schedule.month.contains(first.month) { 0 } else { i64::from(first.day) - 1 };
        if midnight - back * 86_400 < self.t.steady.from.0 {
            return None;
        }
        let (mut day, mut minute) = (first, (second_of_day + 59) / 60);
        loop {
            let start = midnight + (day.epoch_day - first.epoch_day) * 86_400;
            if start >= self.t.steady.until.0 || day.year > first.year + YEARS {
                return None;
            }
            let is_day = schedule.month.contains(day.month) && schedule.day_matches(day.day, day.weekday);
            if let Some(minute) = schedule.minute_of_day_from(unsigned(minute)).filter(|_| is_day) {
                let at = Instant(start + i64::from(minute) * 60);
                return (at < self.t.steady.until).then_some(at);
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

/// Go's `time.Time` in a location, as far as the search uses it.
struct Clock<'a> {
    at: Instant,
    wall: i64,
    offsets: &'a Offsets,
    /// Around `at`, without a change of the clocks.
    steady: Window<Instant>,
    day: Day,
}

/// A date taken apart, which costs more than any step of the search.
#[derive(Clone, Copy)]
struct Day {
    epoch_day: i64,
    year: i32,
    month: u32,
    day: u32,
    /// From Sunday.
    weekday: u32,
}

impl Day {
    fn of(epoch_day: i64) -> Self {
        let date = date(epoch_day);
        Self {
            epoch_day,
            year: date.year(),
            month: date.month().number(),
            day: date.day(),
            weekday: date.weekday().from_sunday(),
        }
    }
}

impl Day {
    /// The day after.
    fn next(self) -> Self {
        if self.day < self.days_of_month() {
            let (day, weekday) = (self.day + 1, (self.weekday + 1) % 7);
            Self { epoch_day: self.epoch_day + 1, day, weekday, ..self }
        } else {
            self.next_month()
        }
    }

    /// The first of the month after.
    fn next_month(self) -> Self {
        let days = self.days_of_month() + 1 - self.day;
        let (year, month) = if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        let weekday = (self.weekday + days) % 7;
        Self { epoch_day: self.epoch_day + i64::from(days), year, month, day: 1, weekday }
    }

    fn days_of_month(self) -> u32 {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 31,
        }
    }
}

fn date(epoch_day: i64) -> Date {
    Date::from_epoch_day(i32::try_from(epoch_day).expect("internal error: a search leaves its decade"))
}

impl<'a> Clock<'a> {
    fn new(at: Instant, offsets: &'a Offsets) -> Self {
        let (offset, steady) = offsets.steady(at);
        let wall = at.0 + offset;
        Self { at, wall, offsets, steady, day: Day::of(wall.div_euclid(86_400)) }
    }

    /// The same clock at another moment.
    fn turn(&mut self, at: Instant) {
        let (offset, steady) = self.offsets.steady(at);
        (self.at, self.wall, self.steady) = (at, at.0 + offset, steady);
    }

    fn date(&self) -> Date {
        date(self.wall.div_euclid(86_400))
    }

    fn day(&mut self) -> Day {
        let epoch_day = self.wall.div_euclid(86_400);
        if epoch_day != self.day.epoch_day {
            // From one firing to the next it is a few days at most.
            self.day = match epoch_day - self.day.epoch_day {
                1 => self.day.next(),
                2 => self.day.next().next(),
                3 => self.day.next().next().next(),
                _ => Day::of(epoch_day),
            };
        }
        self.day
    }

    fn second_of_day(&self) -> i64 {
        self.wall.rem_euclid(86_400)
    }

    fn hour(&self) -> i64 {
        self.second_of_day() / 3600
    }

    fn minute(&self) -> i64 {
        self.second_of_day() / 60 % 60
    }

    /// `time.Date` with this date and time of day.
    fn set(&mut self, date: Date, second_of_day: i64) {
        let wall = i64::from(date.epoch_day()) * 86_400 + second_of_day;
        let at = Instant(self.at.0 + wall - self.wall);
        // Go looks at the offsets of both.
        if self.steady.contains(at) && self.steady.contains(Instant(wall)) {
            (self.at, self.wall) = (at, wall);
        } else {
            self.turn(self.offsets.at_wall(wall));
        }
    }

    /// `AddDate(0, 1, 0)`: a day that the next month lacks runs over into the month after.
    fn add_month(&mut self) {
        let date = self.date();
        let (year, month) = match date.month().number() {
            12 => (date.year() + 1, 1),
            month => (date.year(), month + 1),
        };
        let first = Date::ymd(year, month, 1).expect("internal error: every month has a first day");
        self.set(first.plus_days(day_number(date) - 1), self.second_of_day());
    }

    /// `Add`: elapsed time, whatever the clocks do.
    fn add(&mut self, seconds: i64) {
        let at = Instant(self.at.0 + seconds);
        if self.steady.contains(at) {
            (self.at, self.wall) = (at, self.wall + seconds);
        } else {
            self.turn(at);
        }
    }

    /// `times` steps of `seconds`, or only one where the clocks change on the way.
    fn add_several(&mut self, seconds: i64, times: i64) {
        let all = seconds * times;
        self.add(if self.steady.contains(Instant(self.at.0 + all)) { all } else { seconds });
    }

    /// `Truncate(time.Minute)`: of the instant, not of the wall clock.
    fn truncate_to_minute(&mut self) {
        self.add(-self.at.0.rem_euclid(60));
    }
}

fn day_number(date: Date) -> i32 {
    i32::try_from(date.day()).expect("internal error: a day is at most 31")
}

fn unsigned(value: i64) -> u32 {
    u32::try_from(value).expect("internal error: hours and minutes are not negative")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::Zone;

    /// Zones with changes in the night, at midnight, on the first of a month, of half an hour, and without any.
    const ZONES: [&str; 8] = [
        "Europe/Berlin",
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
        fn a_day_leads_to_the_next_and_to_the_next_month(epoch_day in 0..60_000_i64) {
            let day = Day::of(epoch_day);
            let same = |one: Day, other: Day| {
                let parts = |day: Day| (day.epoch_day, day.year, day.month, day.day, day.weekday);
                parts(one) == parts(other)
            };
            prop_assert!(same(day.next(), Day::of(epoch_day + 1)));
            let first = Date::ymd(day.year + i32::from(day.month == 12), day.month % 12 + 1, 1).unwrap();
            prop_assert!(same(day.next_month(), Day::of(i64::from(first.epoch_day()))));
        }

        #[test]
        fn what_is_known_to_be_arithmetic_is_what_the_loops_find(
            text in side(), zone in 0..ZONES.len(), from in 1_420_000_000_i64..1_800_000_000, steps in 1..40_usize
        ) {
            agree(&text, ZONES[zone], from, steps);
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
            let Some(next) = expected else { break };
            at = next;
        }
    }

    #[test]
    fn a_day_whose_clocks_have_changed_since_its_midnight_is_left_to_the_loops() {
        // On 1 October 2023 the clocks of Lord Howe went from 02:00 to 02:30, so hours are counted back from half past.
        agree("*/20 1,3 * 3,10 *", "Australia/Lord_Howe", 1_680_193_200, 6);
    }
}
