//! Windows with fixed dates: cron has no year, so they come back on the same days for ever, whatever their name or a
//! comment says, and whenever the feast that they are named after is.

use super::super::cron::Schedule;
use super::super::finding::{Check, Finding};
use super::super::floor::Active;
use super::super::subject::Subject;
use crate::dates::DateRule;
use crate::time::{Date, Instant, Offsets};

/// A feast that moves: words that name it, its rule, and how it is called.
const FEASTS: &[Feast] = &[
    (&["easter", "ostern"], "easter", "Easter Sunday"),
    (&["good friday", "karfreitag"], "easter - 2d", "Good Friday"),
    (&["ascension", "himmelfahrt"], "easter + 39d", "Ascension Day"),
    (&["whitsun", "pentecost", "pfingst"], "easter + 49d", "Whit Sunday"),
    (&["corpus christi", "fronleichnam"], "easter + 60d", "Corpus Christi"),
    (&["carnival", "karneval", "fasching", "fasnacht", "rosenmontag"], "easter - 48d", "Carnival Monday"),
    (&["advent"], "advent", "the first Sunday of Advent"),
    (&["thanksgiving"], "4th thu of 11", "Thanksgiving"),
    (&["black friday", "blackfriday"], "4th thu of 11 + 1d", "Black Friday"),
    (&["cyber monday", "cybermonday"], "4th thu of 11 + 4d", "Cyber Monday"),
    (&["bettag"], "wed <= 11-22", "Buss- und Bettag"),
    (&["muttertag", "mothers day", "mother's day"], "2nd sun of 05", "Mother's Day"),
    (&["oktoberfest", "wiesn"], "sat >= 09-16", "the opening of the Oktoberfest"),
];

/// Words that hold the name of a feast and mean something else.
const LOOKALIKES: [&str; 2] = ["eastern", "adventur"];

/// Words after which a year is one that was, not the one that a window is for.
const BEFORE_A_PAST_YEAR: [&str; 9] = ["since", "after", "in", "of", "from", "seit", "nach", "im", "was"];

/// Beginnings of words by which people say until when something holds.
const HORIZON: [&str; 10] =
    ["until", "till", "holds", "valid", "expires", "expiry", "horizon", "gilt", "gültig", "bis"];

/// All checks of one trigger.
pub(super) fn check(subject: &Subject<'_>, active: &Active) -> Vec<Finding> {
    let said = said_of(subject, active.index);
    let moves = feast(&said).filter(|_| is_yearly(active)).and_then(|feast| moves(subject, active, feast));
    moves.or_else(|| recurs(subject, active, &said)).into_iter().collect()
}

/// A feast, its rule and what it is called.
type Feast = (&'static [&'static str], &'static str, &'static str);

fn feast(said: &[String]) -> Option<&'static Feast> {
    let without = |text: &String| LOOKALIKES.iter().fold(text.clone(), |text, word| text.replace(word, ""));
    let said: Vec<String> = said.iter().map(without).collect();
    FEASTS.iter().find(|(words, ..)| words.iter().any(|word| said.iter().any(|text| text.contains(word))))
}

/// One finding for an object whose dates return every year without a word on until when they hold.
pub(super) fn horizon(subject: &Subject<'_>) -> Option<Finding> {
    let yearly = subject.active.iter().find(|active| is_yearly(active))?;
    if has_horizon(subject) {
        return None;
    }
    let effect = "its dates return every year, and nothing says until when they are right".to_owned();
    let mend = "write a comment or an annotation such as `valid until 2026-12-31`, and renew it".to_owned();
    Some(subject.about(Check::NoHorizon, yearly.index, "start", effect, mend))
}

/// Whether a comment, an annotation or a label says until when the dates hold.
fn has_horizon(subject: &Subject<'_>) -> bool {
    let meta = &subject.object.metadata;
    let values = meta.annotations.values().chain(meta.labels.values());
    let comments = subject.comments.iter().map(|comment| &comment.value);
    let mut texts = comments.chain(values.map(|text| &text.value)).map(|text| text.to_lowercase());
    let keys = meta.annotations.keys().any(|key| HORIZON.iter().any(|word| key.contains(word)));
    keys || texts.any(|text| says_until_when(&text) && !years_in(&text).is_empty())
}

fn says_until_when(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| HORIZON.iter().any(|beginning| word.starts_with(beginning)))
}

/// Whether both sides fire on some months or days of the month only.
fn is_seasonal(active: &Active) -> bool {
    let part = |side: &Schedule| !side.dom.is_star() || side.month.count() < 12;
    part(&active.trigger.pair.start) && part(&active.trigger.pair.end)
}

/// Whether both sides name days of the year.
fn is_yearly(active: &Active) -> bool {
    let dated = |side: &Schedule| !side.dom.is_star() && side.dow.is_star() && side.month.count() <= 6;
    dated(&active.trigger.pair.start) && dated(&active.trigger.pair.end)
}

/// A trigger's name and the comments at it, in lower case, with blanks for `_` and `-`.
pub(super) fn said_of(subject: &Subject<'_>, index: usize) -> Vec<String> {
    let triggers = &subject.object.spec.triggers.value;
    let trigger = &triggers[index];
    let after =
        index.checked_sub(1).map_or(subject.object.spec.triggers.mark.line.saturating_sub(2), |before| {
            triggers[before].last_line()
        });
    let lines = after + 1..=trigger.last_line();
    let first = subject.comments.partition_point(|comment| comment.mark.line < *lines.start());
    let comments = subject.comments[first..].iter().take_while(|comment| lines.contains(&comment.mark.line));
    let name = trigger.name.iter().map(|name| &name.value);
    name.chain(comments.map(|comment| &comment.value))
        .map(|text| text.to_lowercase().replace(['_', '-'], " "))
        .collect()
}

/// A feast that the windows named after it do not meet in every year.
fn moves(subject: &Subject<'_>, active: &Active, feast: &'static Feast) -> Option<Finding> {
    let (_, rule, title) = feast;
    let rule = DateRule::parse(rule).expect("internal error: the rules of this table are rules");
    let clock = &active.years.clocks.0;
    let years = years(active, clock).filter_map(|year| Some((year, rule.in_year(year)?)));
    let inside = |date: Date| active.years.window.contains(clock.at_wall(date.start().wall_seconds()));
    let dates: Vec<(i32, Date)> = years.filter(|(_, date)| inside(*date)).collect();
    let named = |other: &&Active| self::feast(&said_of(subject, other.index)) == Some(feast);
    let together: Vec<&Active> = subject.active.iter().filter(named).collect();
    let met = |date: Date| together.iter().any(|one| meets(one, clock, date));
    let (_, missed) = dates.iter().find(|(_, date)| !met(*date))?;
    let said: Vec<String> = dates.iter().take(3).map(|(_, date)| date.to_string()).collect();
    let effect = format!("{title} moves ({}), the trigger has the same days every year", said.join(", "));
    let mend = "take the dates from a rule, and write them anew for every year".to_owned();
    let first = clock.at_wall(missed.start().wall_seconds());
    Some(subject.about(Check::FeastFixed, active.index, "start", effect, mend).from(first))
}

fn years(active: &Active, clock: &Offsets) -> impl Iterator<Item = i32> {
    let window = active.years.window;
    clock.local(window.from).date().year()..=clock.local(Instant(window.until.0 - 1)).date().year()
}

/// Whether the trigger is active at any time of a day.
fn meets(active: &Active, clock: &Offsets, date: Date) -> bool {
    let from = clock.at_wall(date.start().wall_seconds());
    let until = clock.at_wall(date.next().start().wall_seconds());
    let walk = &active.years.walk.active;
    *walk.at(from) || walk.next_change(from).is_some_and(|(at, on)| *at < until && *on)
}

/// A window that is named for a year returns in the next.
fn recurs(subject: &Subject<'_>, active: &Active, said: &[String]) -> Option<Finding> {
    if !is_seasonal(active) || has_horizon(subject) {
        return None;
    }
    let clock = &active.years.clocks.0;
    let now = clock.local(active.years.window.from).date().year();
    // A number far from now is no year: requests, a ticket, a port.
    let near = |year: &i32| (now - 3..=now + 3).contains(year);
    let named = said.iter().filter(|text| !says_until_when(text)).flat_map(|text| years_in(text));
    let year = named.filter(near).max()?;
    let over = Date::ymd(year + 1, 1, 1)?.start().wall_seconds();
    let steps = active.years.walk.active.steps().iter();
    let again = steps.filter(|(at, on)| *on && *at >= clock.at_wall(over)).map(|(at, _)| *at).min()?;
    let effect = format!(
        "it is named for {year}, and cron has no year: active again from {} {} on",
        clock.local(again),
        clock.zone()
    );
    let mend = "remove the trigger when its year is over, or take the year out of its name".to_owned();
    Some(subject.about(Check::OnceRecurs, active.index, "start", effect, mend).from(again))
}

/// The numbers from 2000 to 2099 in a text, but for those of the past (`since 2024`).
fn years_in(text: &str) -> Vec<i32> {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_past = |at: usize| at > 0 && BEFORE_A_PAST_YEAR.contains(&words[at - 1]);
    let numbers = words.iter().enumerate().filter(|(at, _)| !is_past(*at)).map(|(_, word)| word);
    numbers
        .filter(|word| word.len() == 4 && word.starts_with("20"))
        .filter_map(|word| word.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feast_has_a_date_in_every_year() {
        for (_, rule, title) in FEASTS {
            let rule = DateRule::parse(rule).unwrap_or_else(|flaw| panic!("{title}: {flaw:?}"));
            assert!((1970..=2099).all(|year| rule.in_year(year).is_some()), "{title}");
        }
    }
}
