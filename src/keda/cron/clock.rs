//! Go's `time.Time` in a location, as far as robfig's search uses it: `time.Date`, `AddDate`, `Add` and `Truncate`.

use crate::time::{Date, Instant, Offsets, Steady};

/// Go's `time.Time` in a location, as far as the search uses it.
pub(super) struct Clock<'a> {
    /// When.
    pub(super) at: Instant,
    /// What the wall shows then, in seconds.
    pub(super) wall: i64,
    /// What is known around it.
    pub(super) steady: Steady,
    offsets: &'a Offsets,
    day: Day,
}

/// A date taken apart, which costs more than any step of the search.
#[derive(Clone, Copy)]
pub(super) struct Day {
    pub(super) epoch_day: i64,
    pub(super) year: i32,
    pub(super) month: u32,
    pub(super) day: u32,
    /// From Sunday.
    pub(super) weekday: u32,
}

impl Day {
    pub(super) fn of(epoch_day: i64) -> Self {
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
    pub(super) fn next(self) -> Self {
        if self.day < self.days_of_month() {
            let (day, weekday) = (self.day + 1, (self.weekday + 1) % 7);
            Self { epoch_day: self.epoch_day + 1, day, weekday, ..self }
        } else {
            self.next_month()
        }
    }

    /// The first of the month after.
    pub(super) fn next_month(self) -> Self {
        let days = self.days_of_month() + 1 - self.day;
        let (year, month) = if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        let weekday = (self.weekday + days) % 7;
        Self { epoch_day: self.epoch_day + i64::from(days), year, month, day: 1, weekday }
    }

    pub(super) fn days_of_month(self) -> u32 {
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
    pub(super) fn new(at: Instant, offsets: &'a Offsets) -> Self {
        let steady = offsets.steady(at);
        let wall = at.0 + steady.offset;
        Self { at, wall, offsets, steady, day: Day::of(wall.div_euclid(86_400)) }
    }

    /// The same clock at another moment.
    pub(super) fn turn(&mut self, at: Instant) {
        let steady = self.offsets.steady(at);
        (self.at, self.wall, self.steady) = (at, at.0 + steady.offset, steady);
    }

    pub(super) fn date(&self) -> Date {
        date(self.wall.div_euclid(86_400))
    }

    pub(super) fn day(&mut self) -> Day {
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

    pub(super) fn second_of_day(&self) -> i64 {
        self.wall.rem_euclid(86_400)
    }

    pub(super) fn hour(&self) -> i64 {
        self.second_of_day() / 3600
    }

    pub(super) fn minute(&self) -> i64 {
        self.second_of_day() / 60 % 60
    }

    /// `time.Date` with this date and time of day.
    pub(super) fn set(&mut self, date: Date, second_of_day: i64) {
        let wall = i64::from(date.epoch_day()) * 86_400 + second_of_day;
        let at = Instant(self.at.0 + wall - self.wall);
        // Go looks at the offsets of both.
        if self.steady.whole.contains(at) && self.steady.whole.contains(Instant(wall)) {
            (self.at, self.wall) = (at, wall);
        } else {
            self.turn(self.offsets.at_wall(wall));
        }
    }

    /// `AddDate(0, 1, 0)`: a day that the next month lacks runs over into the month after.
    pub(super) fn add_month(&mut self) {
        let date = self.date();
        let (year, month) = match date.month().number() {
            12 => (date.year() + 1, 1),
            month => (date.year(), month + 1),
        };
        let first = Date::ymd(year, month, 1).expect("internal error: every month has a first day");
        self.set(first.plus_days(day_number(date) - 1), self.second_of_day());
    }

    /// `Add`: elapsed time, whatever the clocks do.
    pub(super) fn add(&mut self, seconds: i64) {
        let at = Instant(self.at.0 + seconds);
        if self.steady.whole.contains(at) {
            (self.at, self.wall) = (at, self.wall + seconds);
        } else {
            self.turn(at);
        }
    }

    /// `times` steps of `seconds`, or only one where the clocks change on the way.
    pub(super) fn add_several(&mut self, seconds: i64, times: i64) {
        let all = seconds * times;
        self.add(if self.steady.whole.contains(Instant(self.at.0 + all)) { all } else { seconds });
    }

    /// `Truncate(time.Minute)`: of the instant, not of the wall clock.
    pub(super) fn truncate_to_minute(&mut self) {
        self.add(-self.at.0.rem_euclid(60));
    }
}

pub(super) fn day_number(date: Date) -> i32 {
    i32::try_from(date.day()).expect("internal error: a day is at most 31")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
    }
}
