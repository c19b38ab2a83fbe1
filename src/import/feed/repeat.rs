//! Events that come back, and whole days, as seasons: the rule where the language has one that is exact over the plan, else the
//! dates.

use std::collections::BTreeSet;

use super::rule::{Freq, Rule};
use crate::dates::weekdays_text;
use crate::import::table::{Table, quoted};
use crate::time::{Date, Window};

/// The days of a season in words of the policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Days {
    /// `from` and `to`, as TOML.
    from: String,
    to: String,
    every: Option<String>,
    days: Option<String>,
    /// The year in which it begins, where the plan begins before.
    since: Option<i32>,
}

impl Days {
    /// Whole days, once.
    pub(super) fn once(days: Window<Date>) -> Self {
        let text = |day: Date| quoted(&day.to_string());
        Self {
            from: text(days.from),
            to: text(days.until.plus_days(-1)),
            every: None,
            days: None,
            since: None,
        }
    }

    pub(super) fn write(&self, table: &mut Table) {
        table.row("from", self.from.clone()).row("to", self.to.clone());
        let more = [("every", &self.every), ("days", &self.days)];
        for (key, text) in more.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?))) {
            table.text(key, text);
        }
        if let Some(since) = self.since {
            table.row("since", since.to_string());
        }
    }
}

/// The season of an event that comes back, none where nothing of it is inside of the plan: `first` are its first days, `until` is
/// the last day on which it begins by a time, `without` are days that it leaves out.
pub(super) fn season(
    text: &str,
    first: Window<Date>,
    (without, plan): (&[Date], Window<Date>),
    until: impl Fn(&str) -> Option<Date>,
) -> Result<Option<Days>, String> {
    if first.from >= plan.until {
        return Ok(None);
    }
    let rule = Rule::read(text, until)
        .ok_or_else(|| format!("it comes back by a rule that is not understood, `{text}`; write a season"))?;
    let all = rule.dates(first.from, plan.until);
    let length = first.until.days_since(first.from);
    let planned: Vec<Date> = all.iter().copied().filter(|day| day.plus_days(length) > plan.from).collect();
    let inside: Vec<Date> = planned.iter().copied().filter(|day| !without.contains(day)).collect();
    if inside.is_empty() {
        return Ok(None);
    }
    if all.first() != Some(&first.from) {
        return Err("its first day is not one of its rule; move it there, or write a season".to_owned());
    }
    if length == 1
        && let Some(days) = rule.in_weeks(&inside)
    {
        return Ok(Some(days));
    }
    let is_whole = inside.len() == planned.len();
    if let Some(days) = is_whole.then(|| rule.in_words(&all, (length, plan))).flatten() {
        return Ok(Some(days));
    }
    if inside.windows(2).any(|pair| pair[1].days_since(pair[0]) < length) {
        return Err("it comes back before it ends; write a season".to_owned());
    }
    if length == 1
        && let Some(days) = rule.in_stretches(&inside)
    {
        return Ok(Some(days));
    }
    let last = inside.iter().map(|day| day.plus_days(length - 1));
    Ok(Some(Days {
        from: listed(inside.iter().copied()),
        to: listed(last),
        every: None,
        days: None,
        since: None,
    }))
}

fn listed(days: impl Iterator<Item = Date>) -> String {
    let days: Vec<String> = days.map(|day| quoted(&day.to_string())).collect();
    format!("[{}]", days.join(", "))
}

/// Longer than this, a window that comes back each year may meet its next one.
const A_YEAR: i32 = 300;

/// The last of so many days from `rule` on: a date of the year where that is the same in each, `4th fri of 11 + 3d` elsewhere.
fn last_of(rule: &str, all: &[Date], length: i32) -> String {
    let last = |day: &Date| day.plus_days(length - 1);
    let of_year = |day: Date| (day.month().number(), day.day());
    let is_date = rule.len() == 5 && rule.as_bytes()[2] == b'-';
    let ends: BTreeSet<(u32, u32)> = all.iter().map(|day| of_year(last(day))).collect();
    match ends.first() {
        // Over the end of February it would have another length in a leap year.
        Some(to) if is_date && ends.len() == 1 && !all.iter().any(|day| is_over_february(*day, length)) => {
            format!("{:02}-{:02}", to.0, to.1)
        }
        _ => format!("{rule} + {}d", length - 1),
    }
}

/// Whether it goes from February into March.
fn is_over_february(day: Date, length: i32) -> bool {
    let mut days = (0..length - 1).map(|at| day.plus_days(at));
    days.any(|day| day.month().number() == 2 && day.next().month().number() == 3)
}

/// The days on which it comes back inside of the plan.
pub(super) fn inside(
    text: &str,
    first: Window<Date>,
    (without, plan): (&[Date], Window<Date>),
    until: impl Fn(&str) -> Option<Date>,
) -> Vec<Date> {
    let all = Rule::read(text, until).map(|rule| rule.dates(first.from, plan.until)).unwrap_or_default();
    all.into_iter().filter(|day| plan.contains(*day) && !without.contains(day)).collect()
}

impl Rule {
    /// The same weekdays in each week from the first day to the last, where these are exactly its days.
    fn in_weeks(&self, days: &[Date]) -> Option<Days> {
        let (weekdays, stretches) = self.stretches(days)?;
        let [stretch] = stretches[..] else { return None };
        Some(Days { days: weekdays, ..Days::once(stretch) })
    }

    /// The same between days that it leaves out, where that is shorter than a list of its days.
    fn in_stretches(&self, days: &[Date]) -> Option<Days> {
        let (weekdays, stretches) = self.stretches(days)?;
        let from = listed(stretches.iter().map(|stretch| stretch.from));
        let to = listed(stretches.iter().map(|stretch| stretch.until.plus_days(-1)));
        (2 * stretches.len() <= days.len()).then_some(Days {
            from,
            to,
            every: None,
            days: weekdays,
            since: None,
        })
    }

    /// The weekdays of `days`, none where each day between is one of them, and the stretches in which these are all of `days`.
    /// A series that skips weeks has none.
    fn stretches(&self, days: &[Date]) -> Option<(Option<String>, Vec<Window<Date>>)> {
        if !matches!(self.freq, Freq::Daily | Freq::Weekly) || self.interval != 1 {
            return None;
        }
        let week: [bool; 7] = std::array::from_fn(|at| days.iter().any(|day| day.weekday().index() == at));
        let first = *days.first()?;
        let mut stretches = vec![Window::new(first, first.next())];
        for pair in days.windows(2) {
            let between = (1..pair[1].days_since(pair[0])).map(|at| pair[0].plus_days(at));
            let misses = between.filter(|day| week[day.weekday().index()]).count() > 0;
            match stretches.last_mut() {
                Some(stretch) if !misses => stretch.until = pair[1].next(),
                Some(_) | None => stretches.push(Window::new(pair[1], pair[1].next())),
            }
        }
        let length = stretches.iter().map(|stretch| stretch.until.days_since(stretch.from)).sum::<i32>();
        let is_each_day = usize::try_from(length) == Ok(days.len());
        Some(((!is_each_day).then(|| weekdays_text(week)), stretches))
    }

    /// A rule that takes exactly `all` over the plan; none where the language has none.
    fn in_words(&self, all: &[Date], (length, plan): (i32, Window<Date>)) -> Option<Days> {
        let first = *all.first()?;
        let goes_on = self.until.is_none_or(|until| until >= plan.until)
            && self.count.is_none_or(|count| all.len() < count);
        match self.freq {
            Freq::Daily | Freq::Weekly if goes_on && self.is_in_equal_steps() => {
                let unit = if self.freq == Freq::Daily { "d" } else { "w" };
                let days = if self.freq == Freq::Daily { 1 } else { 7 } * self.interval;
                let every = Some(format!("{}{unit}", self.interval));
                let first = *all.iter().find(|day| day.plus_days(length) > plan.from)?;
                (length <= days)
                    .then(|| Days { every, ..Days::once(Window::new(first, first.plus_days(length))) })
            }
            Freq::Monthly | Freq::Yearly if goes_on && self.interval == 1 && length == 1 => {
                let rule = quoted(&self.of_months(first)?);
                let since = self.since(all, (length, plan))?;
                Some(Days { from: rule.clone(), to: rule, every: None, days: None, since })
            }
            Freq::Yearly if goes_on && self.interval == 1 && self.months.len() <= 1 && length < A_YEAR => {
                let rule = self.of_months(first)?;
                let since = self.since(all, (length, plan))?;
                let to = quoted(&last_of(&rule, all, length));
                Some(Days { from: quoted(&rule), to, every: None, days: None, since })
            }
            Freq::Daily | Freq::Weekly | Freq::Monthly | Freq::Yearly => None,
        }
    }

    /// Whether its days are all as far from each other.
    fn is_in_equal_steps(&self) -> bool {
        let most_weekdays = if self.freq == Freq::Weekly { 1 } else { 0 };
        self.weekdays.len() <= most_weekdays && self.months.is_empty()
    }

    /// From which year on the rule alone, without its first day, has exactly `all` in the plan; none where it has others.
    fn since(&self, all: &[Date], (length, plan): (i32, Window<Date>)) -> Option<Option<i32>> {
        let first = *all.first()?;
        // What began before the plan may reach into it.
        let from = plan.from.plus_days(1 - length);
        let days = (0..plan.until.days_since(from)).map(|at| from.plus_days(at));
        let alone: Vec<Date> = days.filter(|day| self.takes(*day, first)).collect();
        let since = (alone.first()? < &first).then(|| first.year());
        let alone = alone.into_iter().filter(|day| since.is_none_or(|since| day.year() >= since));
        alone.eq(all.iter().copied().filter(|day| *day >= from)).then_some(since)
    }

    /// `1st mon of month`, `last day of 3,6`, `09-28`
    fn of_months(&self, first: Date) -> Option<String> {
        let months = match (self.freq, self.months.as_slice()) {
            (Freq::Yearly, []) => first.month().number().to_string(),
            (_, []) => "month".to_owned(),
            (_, months) => months.iter().map(u32::to_string).collect::<Vec<_>>().join(","),
        };
        let nth = |number: i32| {
            let name = ["", "2nd ", "3rd ", "4th "].get(usize::try_from(number.unsigned_abs()).ok()? - 1)?;
            match (*name, number) {
                ("", 1..) => Some("1st".to_owned()),
                (name, 1..) => Some(name.trim_end().to_owned()),
                (name, _) => Some(format!("{name}last")),
            }
        };
        let of_month = |day: u32| match (self.freq, months.parse::<u32>()) {
            (Freq::Yearly, Ok(month)) => format!("{month:02}-{day:02}"),
            _ => format!("{day} of {months}"),
        };
        match (self.weekdays.as_slice(), self.month_days.as_slice()) {
            ([(Some(number), day)], []) if *number != 0 => {
                Some(format!("{} {} of {months}", nth(*number)?, day.short()))
            }
            ([], [number @ ..=-1]) => Some(format!("{} day of {months}", nth(*number)?)),
            ([], [day @ 1..=28]) => Some(of_month(u32::try_from(*day).ok()?)),
            ([], []) if first.day() <= 28 => Some(of_month(first.day())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn words(rule: &str, first: &str) -> Result<String, String> {
        let first = Window::new(date(first), date(first).next());
        let plan = Window::new(date("2026-01-01"), date("2027-01-01"));
        let until = |text: &str| Date::parse(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..8]));
        let Some(days) = season(rule, first, (&[date("2026-05-28")], plan), until)? else {
            return Ok("nothing".to_owned());
        };
        let since = days.since.map_or(String::new(), |since| format!(" since {since}"));
        Ok(format!("{} {} {:?} {:?}{since}", days.from, days.to, days.every.as_deref(), days.days.as_deref()))
    }

    #[test]
    fn rules_of_repeat_are_said_as_rules_where_the_language_has_one() {
        for (rule, first, wanted) in [
            ("FREQ=DAILY;COUNT=3", "2026-05-01", r#""2026-05-01" "2026-05-03" None None"#),
            (
                "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4",
                "2026-06-01",
                r#""2026-06-01" "2026-06-10" None Some("mon,wed")"#,
            ),
            (
                "FREQ=WEEKLY;UNTIL=20260616T215959Z",
                "2026-06-02",
                r#""2026-06-02" "2026-06-16" None Some("tue")"#,
            ),
            ("FREQ=WEEKLY;INTERVAL=2", "2026-06-05", r#""2026-06-05" "2026-06-05" Some("2w") None"#),
            ("FREQ=MONTHLY;BYDAY=1MO", "2025-12-01", r#""1st mon of month" "1st mon of month" None None"#),
            (
                "FREQ=MONTHLY;BYMONTHDAY=-1",
                "2025-12-31",
                r#""last day of month" "last day of month" None None"#,
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=2",
                "2026-10-15",
                r#"["2026-10-15", "2026-11-15"] ["2026-10-15", "2026-11-15"] None None"#,
            ),
            ("FREQ=MONTHLY;BYDAY=1MO", "2026-01-05", r#""1st mon of month" "1st mon of month" None None"#),
            (
                "FREQ=MONTHLY;BYDAY=-2FR",
                "2026-01-23",
                r#""2nd last fri of month" "2nd last fri of month" None None"#,
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=-1",
                "2026-01-31",
                r#""last day of month" "last day of month" None None"#,
            ),
            (
                "FREQ=MONTHLY;BYMONTH=3,6;BYMONTHDAY=-2",
                "2026-03-30",
                r#""2nd last day of 3,6" "2nd last day of 3,6" None None"#,
            ),
            (
                "FREQ=MONTHLY;BYDAY=1MO",
                "2026-11-02",
                r#"["2026-11-02", "2026-12-07"] ["2026-11-02", "2026-12-07"] None None"#,
            ),
            ("FREQ=YEARLY", "2025-09-28", r#""09-28" "09-28" None None"#),
            (
                "FREQ=YEARLY;BYMONTH=11;BYDAY=4FR",
                "2026-11-27",
                r#""4th fri of 11" "4th fri of 11" None None"#,
            ),
            ("FREQ=YEARLY;INTERVAL=2", "2026-09-28", r#"["2026-09-28"] ["2026-09-28"] None None"#),
            (
                "FREQ=WEEKLY;INTERVAL=2;COUNT=3",
                "2026-05-14",
                r#"["2026-05-14", "2026-06-11"] ["2026-05-14", "2026-06-11"] None None"#,
            ),
        ] {
            assert_eq!(words(rule, first).as_deref(), Ok(wanted), "{rule}");
        }
    }

    #[test]
    fn weeks_and_positions_are_those_of_rfc_5545() {
        for (rule, first, wanted) in [
            (
                "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2",
                "2026-01-13",
                r#""2nd tue of month" "2nd tue of month" None None"#,
            ),
            (
                "FREQ=MONTHLY;COUNT=2;BYSETPOS=-1;BYDAY=MO,TU,WE,TH,FR",
                "2026-10-30",
                r#"["2026-10-30", "2026-11-30"] ["2026-10-30", "2026-11-30"] None None"#,
            ),
            (
                "FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=SU,MO;COUNT=3",
                "2026-06-07",
                r#"["2026-06-07", "2026-06-08", "2026-06-21"] ["2026-06-07", "2026-06-08", "2026-06-21"] None None"#,
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=3",
                "2026-06-07",
                r#"["2026-06-07", "2026-06-15", "2026-06-21"] ["2026-06-07", "2026-06-15", "2026-06-21"] None None"#,
            ),
            (
                "FREQ=DAILY;INTERVAL=2;BYDAY=SU;COUNT=2",
                "2026-06-07",
                r#"["2026-06-07", "2026-06-21"] ["2026-06-07", "2026-06-21"] None None"#,
            ),
            (
                "FREQ=DAILY;INTERVAL=2;BYDAY=SU;BYMONTH=12",
                "2026-12-06",
                r#"["2026-12-06", "2026-12-20"] ["2026-12-06", "2026-12-20"] None None"#,
            ),
            (
                "FREQ=DAILY;INTERVAL=2;BYDAY=SU",
                "2026-12-06",
                r#"["2026-12-06", "2026-12-20"] ["2026-12-06", "2026-12-20"] None None"#,
            ),
        ] {
            assert_eq!(words(rule, first).as_deref(), Ok(wanted), "{rule}");
        }
    }

    #[test]
    fn a_series_that_leaves_out_a_day_is_stretches_of_it_or_all_of_its_days() {
        for (rule, wanted) in [
            ("FREQ=WEEKLY", r#"["2026-01-01", "2026-06-04"] ["2026-05-21", "2026-12-31"] None Some("thu")"#),
            (
                "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
                r#"["2026-01-01", "2026-05-29"] ["2026-05-27", "2026-12-31"] None Some("mon-fri")"#,
            ),
            ("FREQ=DAILY", r#"["2026-01-01", "2026-05-29"] ["2026-05-27", "2026-12-31"] None None"#),
        ] {
            assert_eq!(words(rule, "2026-01-01").as_deref(), Ok(wanted), "{rule}");
        }
        let every_third = words("FREQ=DAILY;INTERVAL=3", "2026-01-01").unwrap();
        assert!(!every_third.contains("2026-05-28"), "{every_third}");
        assert_eq!(every_third.matches("2026-").count(), 2 * 121, "{every_third}");
    }

    #[test]
    fn days_outside_of_the_plan_are_none() {
        for (rule, first, wanted) in [
            ("FREQ=WEEKLY", "2019-01-07", r#""2026-01-05" "2026-12-28" None Some("mon")"#),
            ("FREQ=WEEKLY;UNTIL=20251231", "2019-01-07", "nothing"),
            ("FREQ=WEEKLY", "2027-01-04", "nothing"),
        ] {
            assert_eq!(words(rule, first).as_deref(), Ok(wanted), "{rule}");
        }
    }

    #[test]
    fn a_rule_that_begins_in_a_later_year_of_the_plan_says_since_when() {
        let first = Window::new(date("2027-01-04"), date("2027-01-05"));
        let plan = Window::new(date("2026-01-01"), date("2028-01-01"));
        let days = season("FREQ=MONTHLY;BYDAY=1MO", first, (&[], plan), |_| None).unwrap().unwrap();
        assert_eq!((days.from.as_str(), days.since), (r#""1st mon of month""#, Some(2027)));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (rule, first) in [
            ("FREQ=HOURLY", "2026-05-01"),
            ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1", "2026-06-01"),
            ("FREQ=YEARLY;BYMONTH=1,6;BYDAY=MO,TU;BYSETPOS=1", "2026-01-05"),
            ("FREQ=YEARLY;BYDAY=1MO", "2026-06-01"),
            ("FREQ=YEARLY;BYMONTHDAY=15", "2026-06-15"),
            ("FREQ=WEEKLY;INTERVAL=2;WKST=XX", "2026-06-01"),
            ("FREQ=WEEKLY;BYDAY=MO", "2026-06-02"),
        ] {
            assert!(words(rule, first).is_err(), "{rule}");
        }
    }
}
