//! Texts that say days and nothing else: `mon-sat`, `weekends`, `Monday to Saturday, 8 to 18`, `only in December`. A text with any
//! other word may be about something else, and says nothing here.

use super::beside::{Text, Word};
use crate::time::{Month, Weekday};

/// What such a text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spoken {
    /// Days of the week, from Monday on; empty where it names none.
    pub(super) days: Vec<Weekday>,
    /// Whether they are said as the weekend, which people let begin on Friday evening.
    pub(super) is_weekend: bool,
    /// Months; empty where it names none.
    pub(super) months: Vec<Month>,
}

/// In full, singular and plural, in English and German.
const FULL: [(&str, &str); 7] = [
    ("monday", "montag"),
    ("tuesday", "dienstag"),
    ("wednesday", "mittwoch"),
    ("thursday", "donnerstag"),
    ("friday", "freitag"),
    ("saturday", "samstag"),
    ("sunday", "sonntag"),
];
const WEEKEND: [&str; 4] = ["weekend", "weekends", "wochenende", "wochenenden"];
/// Between the ends of a range.
const UP_TO: [&str; 6] = ["to", "bis", "through", "thru", "until", "till"];
const AND: [&str; 3] = ["and", "und", "plus"];
/// Words that say that no other days are meant.
const ONLY: [&str; 2] = ["only", "nur"];
/// Words that change nothing.
const PLAIN: [&str; 14] =
    ["on", "in", "im", "am", "an", "every", "each", "from", "von", "the", "h", "uhr", "pm", "at"];

/// How a day or a month follows the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    First,
    UpTo,
    And,
}

/// Days of the week, or months, counted from 0, each with how it is joined to the one before it.
type Joined = Vec<(usize, Joint)>;

/// What a text says, if it speaks of days only.
pub(super) fn spoken(text: Text<'_>) -> Option<Spoken> {
    let words = text.cut();
    let (mut days, mut months) = (Joined::new(), Joined::new());
    let (mut is_weekend, mut is_sure, mut has_short, mut has_numbers) = (false, false, false, false);
    let mut joint = None;
    for (at, word) in words.iter().enumerate() {
        let said = word.text.as_str();
        if let Some((day, is_full)) = day(said) {
            has_short |= !is_full;
            days.push((day, joined(&days, joint.take(), (&words, at))?));
        } else if let Some(month) = Month::named(said).filter(|_| said.len() > 3) {
            let month = usize::try_from(month.number()).ok()? - 1;
            months.push((month, joined(&months, joint.take(), (&words, at))?));
        } else if WEEKEND.contains(&said) {
            is_weekend = true;
        } else if UP_TO.contains(&said) {
            joint = Some(Joint::UpTo);
        } else if AND.contains(&said) {
            joint = Some(Joint::And);
        } else if ONLY.contains(&said) || is_number(word) {
            is_sure = true;
            has_numbers |= is_number(word);
            joint = None;
        } else if !PLAIN.contains(&said) {
            return None;
        }
    }
    // `sun`, `mon` and `sat` are also names of other things, and `march` and `may` other words.
    let is_bare = !is_sure && (has_short && days.len() < 2 || !months.is_empty() && words.len() < 2);
    // A number may be the day of a month.
    let is_date = has_numbers && !months.is_empty();
    if is_bare || is_date || is_weekend && !days.is_empty() {
        return None;
    }
    let days = ranged(&days, 7).into_iter().filter_map(|at| Weekday::ALL.get(at).copied()).collect();
    let months = ranged(&months, 12).into_iter().filter_map(|at| Month::all().nth(at)).collect();
    let spoken = Spoken { days, is_weekend, months };
    (spoken != Spoken::default()).then_some(spoken)
}

/// The place of a day in the week, and whether it is written in full.
fn day(word: &str) -> Option<(usize, bool)> {
    let full = |(english, german): &(&str, &str)| {
        [*english, *german].iter().any(|name| word == *name || word.strip_suffix('s') == Some(name))
    };
    let short = |day: &Weekday| word == day.short();
    let longer = |word: &str| match word {
        "tues" => Some(1),
        "thur" | "thurs" => Some(3),
        _ => None,
    };
    let at = FULL.iter().position(full).map(|at| (at, true));
    at.or_else(|| Some((Weekday::ALL.iter().position(short).or_else(|| longer(word))?, false)))
}

/// Hours, and nothing that a date is made of.
fn is_number(word: &Word<'_>) -> bool {
    let digits = word.text.trim_end_matches(|c: char| c.is_alphabetic());
    let behind = &word.text[digits.len()..];
    !digits.is_empty() && digits.len() <= 2 && ["", "h", "am", "pm", "uhr"].contains(&behind)
}

/// How the word at a place follows the one of its kind before it; none where that can be read in two ways.
fn joined(
    before: &[(usize, Joint)],
    said: Option<Joint>,
    (words, at): (&[Word<'_>], usize),
) -> Option<Joint> {
    if before.is_empty() {
        return Some(Joint::First);
    }
    let gap = words[at].gap;
    if said.is_some() {
        return said;
    }
    let is_next_to_it =
        at > 0 && (day(&words[at - 1].text).is_some() || Month::named(&words[at - 1].text).is_some());
    if gap.contains([',', '/', '&', '+']) || !is_next_to_it {
        return Some(Joint::And);
    }
    (words[at].is_dashed() && !gap.contains('_')).then_some(Joint::UpTo)
}

/// The places that are said, ranges written out; three with dashes between them are three, and no range.
fn ranged(said: &[(usize, Joint)], around: usize) -> Vec<usize> {
    let mut all = Vec::new();
    for part in said.chunk_by(|_, next| next.1 == Joint::UpTo) {
        match part {
            [(from, _), (to, _)] => {
                let steps = (to + around - from) % around;
                all.extend((0..=steps).map(|step| (from + step) % around));
            }
            _ => all.extend(part.iter().map(|(at, _)| *at)),
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Option<String> {
        let spoken = spoken(Text(text))?;
        let days: Vec<&str> = spoken.days.iter().map(|day| day.short()).collect();
        Some(if spoken.is_weekend { "weekend".to_owned() } else { days.join(" ") })
    }

    #[test]
    fn days_are_read_where_nothing_else_is_said() {
        for (text, wanted) in [
            ("mon-sat", "mon tue wed thu fri sat"),
            ("Mon-Sat 8-18", "mon tue wed thu fri sat"),
            ("Monday to Saturday, 8 to 18", "mon tue wed thu fri sat"),
            ("Montag bis Samstag, 8 bis 18 Uhr", "mon tue wed thu fri sat"),
            ("Fri - Sun", "fri sat sun"),
            ("sat-mon", "mon sat sun"),
            ("saturday", "sat"),
            ("Saturdays 10:00-14:00", "sat"),
            ("thursdays_and_fridays", "thu fri"),
            ("mon, wed and fri", "mon wed fri"),
            ("mon-wed-fri", "mon wed fri"),
            ("only sat", "sat"),
            ("mon-fri 8-18, sat 10-14", "mon tue wed thu fri sat"),
            ("weekends", "weekend"),
            ("am Wochenende", "weekend"),
        ] {
            assert_eq!(days(text).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "weekend-batch-prep",
            "weekend uploads",
            "black_friday",
            "first_monday",
            "mothers-day-deals",
            "sun",
            "mon",
            "mon_fri",
            "mon fri",
            "Sat, Sun and holidays",
            "fridays except in august",
            "9am PST",
            "8-18",
            "night",
            "",
        ] {
            assert_eq!(days(text), None, "{text}");
        }
    }

    #[test]
    fn months_are_read_where_nothing_else_is_said() {
        let months = |text| {
            let spoken = spoken(Text(text))?;
            Some(spoken.months.iter().map(|month| month.number()).collect::<Vec<_>>())
        };
        assert_eq!(months("only in December"), Some(vec![12]));
        assert_eq!(months("November to January"), Some(vec![1, 11, 12]));
        for text in ["may", "march", "december", "December sale", "1 September", "since 2027 in June"] {
            assert_eq!(months(text), None, "{text}");
        }
    }
}
