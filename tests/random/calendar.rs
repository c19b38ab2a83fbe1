//! `calendar.toml` of a random policy: 0 to 40 seasons, campaigns and holidays that all lie well inside the plan.

use std::fmt::Write as _;

use seasonscale::dates::{DateRule, Workdays};
use seasonscale::time::{Date, Window};

use super::again::again_and_again;
use super::choices::Choices;
use super::profile::{Clocks, Fleet};
use super::words::{key, list, name, number, string, text, whole};

/// A day to a year. Longer plans are another matter: cron has no year, so the language refuses most of them.
pub fn horizon(choices: &mut Choices<'_>) -> Window<Date> {
    let years = choices.one(&[&(2026, 2027), &(2020, 2040), &(1970, 2099)]);
    let from =
        Date::ymd(choices.days(years.0, years.1), choices.between(1, 12), choices.between(1, 28)).unwrap();
    let year = Date::ymd(from.year() + 1, from.month().number(), from.day()).unwrap();
    let until = match choices.between(0, 5) {
        0 => from.plus_days(choices.days(1, 10)),
        1 => from.plus_days(choices.days(11, 364)),
        _ => year,
    };
    Window::new(from, until.min(Date::ymd(2100, 12, 31).unwrap()))
}

/// The text.
pub fn calendar(choices: &mut Choices<'_>, horizon: Window<Date>, fleet: &Fleet) -> String {
    let mut toml = format!(
        "[plan]\nfrom = {}\nuntil = {}\nheadroom = {}\n",
        horizon.from, horizon.until, fleet.headroom
    );
    let seasons = match choices.between(0, 5) {
        0 => 0,
        1..=3 => choices.between(1, 5),
        _ => choices.between(6, 40),
    };
    for at in 0..seasons as usize {
        season(choices, &mut toml, at, horizon, fleet);
    }
    for at in 0..choices.between(0, 5) as usize {
        campaign(choices, &mut toml, at, horizon, fleet);
    }
    writeln!(toml, "[holidays.every-day]\nall = \"01-01 .. 12-31\"").unwrap();
    for set in &fleet.holiday_sets {
        writeln!(toml, "[holidays.{set}]").unwrap();
        for at in 0..choices.between(0, 3) {
            let rule = choices.one(&[
                "01-01",
                "easter - 2d",
                "12-25",
                "02-29",
                "5th mon of 05",
                "last fri of 11",
                "2026-05-14",
                "advent",
                "12-24 .. 01-01",
                "07-04 observed",
                "12-26 substitute",
                "orthodox-easter + 1d",
                "2026-07-30 .. 2026-09-14",
            ]);
            writeln!(toml, "day-{at} = {rule:?}").unwrap();
        }
    }
    toml
}

/// The rules of the first and last day of a window, and whether they give it every year.
fn rules(choices: &mut Choices<'_>, dates: Window<Date>) -> (String, String) {
    let (first, last) = (dates.from, dates.until.plus_days(-1));
    let day = |date: Date| format!("{:02}-{:02}", date.month().number(), date.day());
    let leap = |date: Date| date.month().number() == 2 && date.day() == 29;
    let days = last.days_since(first);
    let after = |anchor: String, days: i32| if days == 0 { anchor } else { format!("{anchor} + {days}d") };
    match choices.between(0, 5) {
        1 if days <= 366 => {
            let anchor = first.to_string();
            (anchor.clone(), after(anchor, days))
        }
        2 => {
            let anchor = choices.one(&[
                "easter",
                "advent",
                "orthodox-easter",
                "black-friday",
                "mothers-day-de",
                "oktoberfest-munich",
            ]);
            let at = DateRule::parse(anchor).unwrap().in_year(first.year(), &Workdays::monday_to_friday())[0];
            let offset = |date: Date| match date.days_since(at) {
                0 => anchor.to_owned(),
                days @ 1..=366 => format!("{anchor} + {days}d"),
                days @ -366..=-1 => format!("{anchor} -{}d", -days),
                days => format!("{anchor} + 52w + {}d", days - 364),
            };
            (offset(first), offset(last))
        }
        3 if !leap(first) => {
            let anchor = format!(
                "{} {} {}",
                first.weekday().short().to_lowercase(),
                choices.one(&[">=", "<="]),
                day(first)
            );
            (anchor.clone(), after(anchor, days))
        }
        4 if first.day() <= 28 => {
            let nth = ["1st", "2nd", "3rd", "4th"][(first.day() as usize - 1) / 7];
            let anchor =
                format!("{nth} {} of {:02}", first.weekday().short().to_lowercase(), first.month().number());
            (anchor.clone(), after(anchor, days))
        }
        0 if !leap(first) && !leap(last) && (first.year() == last.year() || days < 290) => {
            (day(first), day(last))
        }
        _ => (first.to_string(), last.to_string()),
    }
}

/// A part of the horizon.
fn inside(choices: &mut Choices<'_>, horizon: Window<Date>) -> Window<Date> {
    let length = horizon.until.days_since(horizon.from);
    let most = *choices.one(&[&3, &30, &200, &365]);
    let from = horizon.from.plus_days(choices.days(0, length - 1));
    let days = choices.days(1, most.min(horizon.until.days_since(from)));
    Window::new(from, from.plus_days(days))
}

/// Clock times: by day where the fleet's clocks are steady then.
fn clock(choices: &mut Choices<'_>, clocks: Clocks) -> String {
    if clocks == Clocks::Any {
        return format!("{:02}:{:02}", choices.between(0, 23), choices.between(0, 59));
    }
    match choices.between(0, 7) {
        0 => "00:00".to_owned(),
        1 => "23:59".to_owned(),
        _ => format!("{:02}:{}", choices.between(5, 23), choices.one(&["00", "15", "30", "07"])),
    }
}

fn hours(choices: &mut Choices<'_>, clocks: Clocks) -> Option<String> {
    let (from, until) = (clock(choices, clocks), clock(choices, clocks));
    match choices.between(0, 3) {
        0 => None,
        1 => Some(format!("{from}-24:00")),
        _ => (from != until).then(|| format!("{from}-{until}")),
    }
}

fn season(choices: &mut Choices<'_>, toml: &mut String, at: usize, horizon: Window<Date>, fleet: &Fleet) {
    let season = name(choices, "s", at);
    writeln!(toml, "[seasons.{season}]").unwrap();
    about(choices, toml);
    if choices.once_in(12) {
        writeln!(toml, "enabled = false").unwrap();
    }
    let codes: Vec<&str> = fleet.territories.iter().map(|territory| territory.code.as_str()).collect();
    let mut there = codes.clone();
    if choices.once_in(3) {
        there = choices.some(&codes);
        writeln!(toml, "territories = {}", list(&there)).unwrap();
    }
    if fleet.has_instants && choices.once_in(3) {
        writeln!(toml, "zone = {:?}", choices.one(&["UTC", "Asia/Kolkata", "Europe/Berlin"])).unwrap();
    }
    if choices.once_in(4) {
        again_and_again(choices, toml, horizon, fleet);
        floors(choices, toml, fleet, None);
        return;
    }
    terms(choices, toml, horizon, fleet, None);
    for code in there {
        if choices.once_in(4) {
            writeln!(toml, "[seasons.{season}.in.{}]", key(choices, code)).unwrap();
            terms(choices, toml, horizon, fleet, Some(code));
        }
    }
}

fn about(choices: &mut Choices<'_>, toml: &mut String) {
    for key in ["title", "owner", "ticket", "note"] {
        if choices.once_in(2) {
            let text = text(choices);
            writeln!(toml, "{key} = {}", string(choices, &text)).unwrap();
        }
    }
}

/// What a season, or a territory in it, says; a territory need not say all of it.
fn terms(
    choices: &mut Choices<'_>,
    toml: &mut String,
    horizon: Window<Date>,
    fleet: &Fleet,
    territory: Option<&str>,
) {
    if territory.is_some() && choices.once_in(2) {
        floors(choices, toml, fleet, territory);
        return;
    }
    let dates = inside(choices, horizon);
    let (from, to) = rules(choices, dates);
    writeln!(toml, "from = {from:?}\nto = {to:?}").unwrap();
    if let Some(hours) = hours(choices, fleet.clocks) {
        writeln!(toml, "hours = {hours:?}").unwrap();
    }
    // Any selection takes one of its days: holidays are few.
    let days = choices.one(&["mon-sun", "mon-fri", "workdays", "sat,sun", "mon,wed-fri", "sun"]);
    let days = if dates.until.days_since(dates.from) >= 21 { days } else { "mon-sun" };
    writeln!(toml, "days = {days:?}").unwrap();
    floors(choices, toml, fleet, territory);
    lead_ins(choices, toml, horizon, (&from, dates));
}

fn lead_ins(
    choices: &mut Choices<'_>,
    toml: &mut String,
    horizon: Window<Date>,
    (from, dates): (&str, Window<Date>),
) {
    let rule = DateRule::parse(from).unwrap();
    let years = horizon.from.year() - 1..=horizon.until.year() + 1;
    let starts = years
        .flat_map(|year| rule.in_year(year, &Workdays::monday_to_friday()))
        .filter(|day| horizon.contains(*day))
        .chain([dates.from]);
    let room = starts.map(|day| day.days_since(horizon.from)).min().unwrap_or(0).min(60);
    let mut steps = Vec::new();
    let mut most = room;
    while most >= 1 && steps.len() < 3 && choices.once_in(2) {
        let days = choices.days(1, most);
        let size = match choices.between(0, 1) {
            0 => format!("share = {}", choices.share()),
            _ => format!("times-min = {}", choices.size(0.0)),
        };
        steps.push(format!("{{ before = \"{days}d\", {size} }}"));
        most = days - 1;
    }
    writeln!(toml, "ramp = [{}]", steps.join(", ")).unwrap();
}

/// Floors that lie between the minimum and the maximum of every target that they are for, or a load to derive them from.
fn floors(choices: &mut Choices<'_>, toml: &mut String, fleet: &Fleet, territory: Option<&str>) {
    let runs = |at: usize| match territory {
        None => true,
        Some(code) => fleet.territories.iter().any(|own| own.code == code && own.runs.contains(&at)),
    };
    let room = fleet.workloads.iter().map(|workload| workload.room).fold(f64::MAX, f64::min);
    if fleet.derives && room < f64::MAX && choices.once_in(2) {
        let load = 1.0 + (room - 1.0) * 0.9 * f64::from(choices.between(0, 100)) / 100.0;
        writeln!(toml, "load = {}", number(choices, load)).unwrap();
        return;
    }
    // Beside a load, a workload without a floor gets one that is derived.
    let all_have_room = fleet.workloads.iter().all(|workload| workload.range.0 <= workload.range.1);
    let has_load = all_have_room && choices.once_in(3);
    if has_load {
        let load = choices.size(0.0);
        writeln!(toml, "load = {}", number(choices, load)).unwrap();
    }
    let mut floors = Vec::new();
    for (at, workload) in fleet.workloads.iter().enumerate() {
        let (least, most) = workload.range;
        if runs(at) && least <= most && (has_load || !choices.once_in(3)) {
            let most = if choices.once_in(6) { most } else { most.min(40).max(least) };
            let floor = choices.between(least, most);
            let said = match choices.between(0, 7) {
                // Of each target's own limits, so that every territory has another floor.
                1 => "\"100%\"".to_owned(),
                2 => "\"100% of max\"".to_owned(),
                _ => whole(choices, floor),
            };
            floors.push(format!("{} = {said}", key(choices, &workload.name)));
        }
    }
    writeln!(toml, "floor = {{ {} }}", floors.join(", ")).unwrap();
}

fn campaign(choices: &mut Choices<'_>, toml: &mut String, at: usize, horizon: Window<Date>, fleet: &Fleet) {
    let mut dates = inside(choices, horizon);
    // A campaign over New Year has a file of its own among the cases.
    let end = Date::ymd(dates.from.year(), 12, 31).unwrap();
    dates.until = dates.until.min(end.next());
    let day = dates.until.plus_days(-1);
    let (mut from, mut to) = (clock(choices, fleet.clocks), clock(choices, fleet.clocks));
    if day == dates.from && from >= to {
        (from, to) = ("08:00".to_owned(), "20:00".to_owned());
    }
    writeln!(toml, "[campaigns.{}]", name(choices, "c", at)).unwrap();
    about(choices, toml);
    match choices.between(0, 2) {
        0 if fleet.has_instants => {
            let offset = choices.one(&["Z", "+05:30", "-03:00"]);
            writeln!(toml, "from = {}T{from}:00{offset}\nto = {day}T{to}:00{offset}", dates.from).unwrap();
        }
        1 if fleet.has_instants => {
            let zone = choices.one(&["UTC", "Asia/Kolkata", "America/New_York"]);
            writeln!(toml, "from = {}T{from}\nto = {day}T{to}\nzone = {zone:?}", dates.from).unwrap();
        }
        _ => writeln!(toml, "from = {}T{from}\nto = {day}T{to}", dates.from).unwrap(),
    }
    if choices.once_in(3) {
        let codes: Vec<&str> = fleet.territories.iter().map(|territory| territory.code.as_str()).collect();
        writeln!(toml, "territories = {}", list(&choices.some(&codes))).unwrap();
    }
    floors(choices, toml, fleet, None);
}
