//! Dates and clock times as a calendar on the wall shows them, without a zone.

use std::fmt;

use chrono::{Datelike, NaiveDate};

/// A day of the week; Monday first, as in ISO 8601.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weekday {
    /// Monday
    Mon,
    /// Tuesday
    Tue,
    /// Wednesday
    Wed,
    /// Thursday
    Thu,
    /// Friday
    Fri,
    /// Saturday
    Sat,
    /// Sunday
    Sun,
}

impl Weekday {
    /// Monday to Sunday.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// `mon` to `sun`, the spelling of the policy language.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.short() == text)
    }

    /// `mon` to `sun`.
    pub fn short(self) -> &'static str {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][self.index()]
    }

    /// `Mon` to `Sun`, for people.
    pub fn title(self) -> &'static str {
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][self.index()]
    }

    /// 0 for Monday to 6 for Sunday.
    pub fn index(self) -> usize {
        self as usize
    }

    /// 0 for Sunday to 6 for Saturday: cron's numbers.
    pub fn from_sunday(self) -> u32 {
        (self as u32 + 1) % 7
    }
}

/// A month of the year, 1 to 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(u8);

impl Month {
    /// The month with this number, 1 to 12.
    pub fn new(number: u32) -> Option<Self> {
        u8::try_from(number).ok().filter(|n| (1..=12).contains(n)).map(Self)
    }

    /// January to December.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (1..=12).map(Self)
    }

    /// 1 to 12.
    pub fn number(self) -> u32 {
        u32::from(self.0)
    }

    /// `January` to `December`.
    pub fn title(self) -> &'static str {
        const TITLES: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        TITLES[usize::from(self.0) - 1]
    }

    /// `Jan` to `Dec`.
    pub fn short(self) -> &'static str {
        &self.title()[..3]
    }
}

/// A civil date: days since 1 January 1970, so that moving by days, the most frequent thing done to dates, costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(i32);

impl Date {
    /// The date with this year, month and day, if there is one.
    pub fn ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(|date| Self(date.to_epoch_days()))
    }

    /// `2026-09-19`, exactly so.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes[4] == b'-'
            && bytes[7] == b'-'
            && bytes.iter().enumerate().all(|(at, byte)| at == 4 || at == 7 || byte.is_ascii_digit());
        if !shaped {
            return None;
        }
        Self::ymd(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?)
    }

    fn naive(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0)
            .expect("internal error: policy years are bounded far inside chrono's")
    }

    /// The year of the common era.
    pub fn year(self) -> i32 {
        self.naive().year()
    }

    /// The month.
    pub fn month(self) -> Month {
        Month(u8::try_from(self.naive().month()).expect("internal error: chrono's months are 1 to 12"))
    }

    /// Day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.naive().day()
    }

    /// The weekday. 1 January 1970 was a Thursday.
    pub fn weekday(self) -> Weekday {
        let index = usize::try_from((self.0 + 3).rem_euclid(7)).expect("internal error: a remainder of 7");
        Weekday::ALL[index]
    }

    /// `days` later (earlier, if negative).
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// The day after.
    pub fn next(self) -> Self {
        self.plus_days(1)
    }

    /// Whole days from `other` to this date.
    pub fn days_since(self, other: Self) -> i32 {
        self.0 - other.0
    }

    /// Days since 1 January 1970.
    pub fn epoch_day(self) -> i32 {
        self.0
    }

    /// The inverse of [`Date::epoch_day`].
    pub fn from_epoch_day(day: i32) -> Self {
        Self(day)
    }

    /// The local midnight at which this date begins.
    pub fn start(self) -> LocalTime {
        self.at(TimeOfDay::MIDNIGHT)
    }

    /// This date at a clock time; 24:00 is the next date's midnight.
    pub fn at(self, time: TimeOfDay) -> LocalTime {
        LocalTime(self.epoch_day() * LocalTime::PER_DAY + i32::from(time.0))
    }

    /// `Sat 19 Sep 2026`: how operator texts say a date.
    pub fn long(self) -> String {
        format!("{} {} {} {}", self.weekday().title(), self.day(), self.month().short(), self.year())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.naive())
    }
}

/// A clock time in minutes after midnight, 00:00 to 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// 00:00
    pub const MIDNIGHT: Self = Self(0);
    /// 24:00, the end of a day.
    pub const END_OF_DAY: Self = Self(24 * 60);

    /// The time with this hour and minute; 24:00 is allowed.
    pub fn new(hour: u32, minute: u32) -> Option<Self> {
        let valid = minute < 60 && (hour < 24 || (hour == 24 && minute == 0));
        valid.then(|| Self(u16::try_from(hour * 60 + minute).expect("internal error: at most 1440")))
    }

    /// `08:00`, exactly five characters.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 5
            && bytes[2] == b':'
            && bytes.iter().enumerate().all(|(at, byte)| at == 2 || byte.is_ascii_digit());
        if !shaped {
            return None;
        }
        Self::new(text[..2].parse().ok()?, text[3..].parse().ok()?)
    }

    /// 0 to 24.
    pub fn hour(self) -> u32 {
        u32::from(self.0 / 60)
    }

    /// 0 to 59.
    pub fn minute(self) -> u32 {
        u32::from(self.0 % 60)
    }

    /// Minutes after midnight, 0 to 1440.
    pub fn minutes(self) -> i32 {
        i32::from(self.0)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

/// A local clock reading to the minute, without a zone: minutes since 1 January 1970 00:00 on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime(i32);

impl LocalTime {
    /// Minutes of a civil day.
    pub const PER_DAY: i32 = 24 * 60;

    /// The date on the wall.
    pub fn date(self) -> Date {
        Date::from_epoch_day(self.0.div_euclid(Self::PER_DAY))
    }

    /// The clock on the wall, 00:00 to 23:59.
    pub fn time_of_day(self) -> TimeOfDay {
        let minutes = self.0.rem_euclid(Self::PER_DAY);
        TimeOfDay(u16::try_from(minutes).expect("internal error: a remainder below 1440"))
    }

    /// `minutes` later on the wall.
    pub fn plus_minutes(self, minutes: i32) -> Self {
        Self(self.0 + minutes)
    }

    /// Minutes on the wall from `other` to this reading.
    pub fn minutes_since(self, other: Self) -> i32 {
        self.0 - other.0
    }

    /// Seconds since the epoch, read as if the wall clock were UTC's.
    pub fn wall_seconds(self) -> i64 {
        i64::from(self.0) * 60
    }

    /// The inverse of [`LocalTime::wall_seconds`], the seconds within a minute dropped.
    pub fn from_wall_seconds(seconds: i64) -> Self {
        Self(
            i32::try_from(seconds.div_euclid(60))
                .expect("internal error: a wall clock outside four millennia"),
        )
    }

    /// `2026-10-03 12:00` or `2026-10-03T12:00`, the seconds left out.
    pub fn parse(text: &str) -> Option<Self> {
        let date = Date::parse(text.get(..10)?)?;
        let rest = text.get(10..)?;
        let clock = rest.strip_prefix(' ').or_else(|| rest.strip_prefix('T'))?;
        let time = TimeOfDay::parse(clock).filter(|time| time.hour() < 24)?;
        Some(date.at(time))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date(), self.time_of_day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_before_the_epoch_keeps_its_date_and_clock() {
        let late = Date::ymd(1969, 12, 31).unwrap().at(TimeOfDay::new(23, 59).unwrap());
        assert_eq!(late.to_string(), "1969-12-31 23:59");
        assert_eq!(late.plus_minutes(1).to_string(), "1970-01-01 00:00");
    }

    #[test]
    fn the_end_of_a_day_is_the_next_midnight() {
        let day = Date::ymd(2026, 10, 15).unwrap();
        assert_eq!(day.at(TimeOfDay::END_OF_DAY), day.next().start());
        assert_eq!(TimeOfDay::new(24, 1), None);
    }

    #[test]
    fn dates_are_read_only_in_their_one_spelling() {
        assert!(Date::parse("2026-09-19").is_some());
        for wrong in ["2026-9-19", "2026-02-30", "26-09-19", "2026-09-19 ", "+026-09-19"] {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
        assert_eq!(LocalTime::parse("2026-10-03 24:00"), None);
    }
}
