//! The zone of a trigger: names that not every database has, signs that are not what they look like, and another zone in
//! the words beside it.

use super::super::finding::Finding;
use super::super::subject::Subject;
use super::beside::{self, Clock, Text, Word, clocks};
use crate::finding::Rule;
use crate::keda::cron::Schedule;
use crate::keda::floor::Active;
use crate::time::{Offsets, by_offset, posix_offset, present_name, zone_said};

/// All checks of one trigger.
pub(super) fn check(subject: &Subject<'_>, active: &Active) -> Vec<Finding> {
    let texts = beside::texts(subject, active.index);
    [old(subject, active).or_else(|| unclear(subject, active)), sign(subject, active, &texts)]
        .into_iter()
        .flatten()
        .collect()
}

/// A name under which the database has had the zone before.
fn old(subject: &Subject<'_>, active: &Active) -> Option<Finding> {
    let written = written(subject, active);
    let present = present_name(written)?;
    let effect = format!(
        "{written} is an old name of {present}: a database without the old names, as Debian 13 has it, does not know it"
    );
    Some(subject.about(Rule::CronZoneOld, active.index, "timezone", effect, format!("write {present}")))
}

/// Short names that several zones have, or that mean the container's zone.
fn unclear(subject: &Subject<'_>, active: &Active) -> Option<Finding> {
    let written = written(subject, active);
    let clear = written == "UTC" || written.contains('/');
    (!clear).then(|| {
        let effect =
            format!("{written} is not the name of a place: what it means depends on KEDA's container");
        let mend =
            zone_said(written).unwrap_or_else(|| "write an area and a city, as in Europe/Berlin".to_owned());
        subject.about(Rule::CronZoneUnclear, active.index, "timezone", effect, mend)
    })
}

fn written<'s>(subject: &Subject<'s>, active: &Active) -> &'s str {
    subject.object.spec.triggers.value[active.index].setting("timezone").unwrap_or_default()
}

/// `Etc/GMT-3` is three hours *ahead* of UTC. Who wrote UTC+3 beside it knows.
fn sign(subject: &Subject<'_>, active: &Active, texts: &[Text<'_>]) -> Option<Finding> {
    let name = written(subject, active);
    let minutes = posix_offset(name)?;
    let hours = minutes / 60;
    let agrees = |text: &Text<'_>| {
        let plain: String = text.0.chars().filter(|c| !c.is_whitespace()).collect();
        let said =
            [format!("{hours:+}"), format!("{}{:02}:00", if hours < 0 { '-' } else { '+' }, hours.abs())];
        said.iter().any(|said| plain.contains(said.as_str()))
    };
    if texts.iter().any(agrees) {
        return None;
    }
    let effect = format!("{name} is UTC{hours:+}: its sign is that of POSIX, hours behind UTC are positive");
    let mend = format!("{}; or say UTC{hours:+} beside it, if that is meant", by_offset(-minutes));
    Some(subject.about(Rule::CronZoneSign, active.index, "timezone", effect, mend))
}

/// What a short name says of clocks: hours and minutes east of UTC, in winter and in summer, and further ones where it is
/// said of several zones.
const NAMES: [(&str, &[i32]); 33] = [
    ("PST", &[-480, -420]),
    ("PDT", &[-420, -480]),
    ("MST", &[-420, -360, 480]),
    ("MDT", &[-360, -420]),
    ("CST", &[-360, -300, 480, -240]),
    ("CDT", &[-300, -360]),
    ("EST", &[-300, -240, 600, 660]),
    ("EDT", &[-240, -300]),
    ("AKST", &[-540, -480]),
    ("HST", &[-600, -540]),
    ("BRT", &[-180, -120]),
    ("GMT", &[0, 60]),
    ("UTC", &[0]),
    ("BST", &[60, 0, 360, 660]),
    ("WET", &[0, 60]),
    ("CET", &[60, 120]),
    ("CEST", &[120, 60]),
    ("MEZ", &[60, 120]),
    ("MESZ", &[120, 60]),
    ("EET", &[120, 180]),
    ("EEST", &[180, 120]),
    ("MSK", &[180]),
    ("SAST", &[120]),
    ("IST", &[330, 60, 0, 120, 180]),
    ("GST", &[240, -120]),
    ("PKT", &[300]),
    ("SGT", &[480]),
    ("HKT", &[480]),
    ("JST", &[540]),
    ("KST", &[540]),
    ("AEST", &[600, 660]),
    ("AEDT", &[660, 600]),
    ("NZST", &[720, 780]),
];

/// Words before or behind a short name with which it is one of a zone.
const OF_ZONES: [&str; 25] = [
    "in", "time", "timezone", "zone", "hours", "zeit", "uhr", "ortszeit", "business", "office", "working",
    "work", "day", "daytime", "night", "nights", "morning", "evening", "shift", "peak", "opening", "trading",
    "market", "weekdays", "workdays",
];

/// A zone that is named beside a trigger of another one.
struct Named {
    name: &'static str,
    offsets: &'static [i32],
    /// The clock time that it is said of.
    clock: Option<(u32, u32)>,
}

/// `# 9am PST` beside `America/New_York`. A time that the schedule has in its own zone was converted, and agrees.
pub(super) fn differs(subject: &Subject<'_>, active: &Active) -> Option<Finding> {
    let texts = beside::texts(subject, active.index);
    let named: Vec<Named> = texts.iter().flat_map(|text| named(*text)).collect();
    let clock = &active.clocks.0;
    let own = offsets(active, clock);
    let agrees = |named: &Named| {
        let same = named.offsets.iter().any(|offset| own.contains(offset));
        same || named.clock.is_some_and(|at| is_converted(active, named.offsets, &own, at))
    };
    if named.iter().any(agrees) {
        return None;
    }
    // In UTC a schedule is written that was converted, whether the time is said or not.
    let is_utc = own == [0];
    let other = named.iter().find(|named| !is_utc || named.clock.is_some())?;
    let zone = clock.zone();
    let effect = match other.clock {
        Some((hour, minute)) => format!(
            "the words beside it say {hour:02}:{minute:02} {}, and the trigger's clock is that of {zone}",
            other.name
        ),
        None => format!("the words beside it say {}, and the trigger's clock is that of {zone}", other.name),
    };
    let meant = zone_said(other.name).unwrap_or_else(|| format!("write the zone of {}", other.name));
    let mend = format!("{meant}, if that is meant, or change the words");
    Some(subject.about(Rule::CronZoneDiffers, active.index, "timezone", effect, mend))
}

/// Minutes east of UTC that the clock shows at some time of the stretch.
fn offsets(active: &Active, clock: &Offsets) -> Vec<i32> {
    let begins = clock.offset(active.years.window.from);
    let changes = clock.changes().map(|change| change.after);
    let mut all: Vec<i32> =
        std::iter::once(begins).chain(changes).map(|seconds| (seconds / 60) as i32).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether a side fires at that time of the other zone, at some time of the year.
fn is_converted(active: &Active, theirs: &[i32], own: &[i32], (hour, minute): (u32, u32)) -> bool {
    let said = (60 * hour + minute) as i32;
    let sides = [&active.trigger.pair.start, &active.trigger.pair.end];
    let fires = |side: &Schedule, at: i32| {
        let at = at.rem_euclid(24 * 60) as u32;
        side.hour.contains(at / 60) && side.minute.contains(at % 60)
    };
    theirs.iter().any(|other| own.iter().any(|own| sides.iter().any(|side| fires(side, said - other + own))))
}

/// The zones that a text names: in capitals behind a clock time, beside a word that makes it one, or alone in brackets;
/// in small letters only behind a time. `EST` may be an estimate, `ist` and `met` are words.
fn named(text: Text<'_>) -> Vec<Named> {
    let words = text.cut();
    let clocks = clocks(&words);
    let found = words.iter().enumerate().filter_map(|(at, word)| {
        let (name, offsets) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word.raw))?;
        let clock = before(&clocks, &words, at);
        let capitals = word.raw.chars().all(char::is_uppercase);
        let beside = |at: Option<usize>| {
            at.and_then(|at| words.get(at)).is_some_and(|word| OF_ZONES.contains(&word.text.as_str()))
        };
        let in_brackets =
            word.gap.ends_with('(') && words.get(at + 1).is_none_or(|next| next.gap.starts_with(')'));
        let is_zone =
            clock.is_some() || capitals && (beside(at.checked_sub(1)) || beside(Some(at + 1)) || in_brackets);
        // `UTC+3` is an offset, and no UTC.
        let offset = words
            .get(at + 1)
            .is_some_and(|next| next.gap.ends_with(['+', '-', '−']) && next.number().is_some());
        (is_zone && !offset).then_some(Named { name, offsets, clock })
    });
    found.collect()
}

/// The clock time that ends right before a word; of `9-17 CET` the 17.
fn before(clocks: &[Clock], words: &[Word<'_>], at: usize) -> Option<(u32, u32)> {
    let close = [" ", "", " (", "_", "-"].contains(&words[at].gap);
    let clock = clocks.iter().find(|clock| clock.until == at).map(|clock| clock.at);
    let hour = || {
        let number = words[at.checked_sub(1)?].raw.parse().ok().filter(|hour: &u32| *hour <= 24)?;
        let capitals = words[at].raw.chars().all(char::is_uppercase);
        capitals.then_some((number, 0))
    };
    clock.or_else(hour).filter(|_| close)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_zones_only_where_something_makes_them_so() {
        let names = |text| named(Text(text)).into_iter().map(|named| named.name).collect::<Vec<_>>();
        assert_eq!(names("open at 9am PST"), ["PST"]);
        assert_eq!(names("9-17 CET"), ["CET"]);
        assert_eq!(names("09:00-17:00 est"), ["EST"]);
        assert_eq!(names("office hours (CET)"), ["CET"]);
        assert_eq!(names("EST business hours"), ["EST"]);
        assert_eq!(names("open-9am-est"), ["EST"]);
        assert_eq!(names("all times in JST"), ["JST"]);
        for other in
            ["the best time", "EST. 400 rps", "das ist zeit", "8:00 UTC+3", "EST 40 pods", "pst, quiet"]
        {
            assert_eq!(names(other), Vec::<&str>::new(), "{other}");
        }
    }
}
