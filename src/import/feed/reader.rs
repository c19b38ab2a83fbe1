//! Reads the calendars of one import together: which events are one, which of them is the newest, and what is gone.

use std::collections::{BTreeMap, BTreeSet};

use icalendar::parser::{self, Calendar};

use super::campaign::{Campaign, Earlier};
use super::clock::Clocks;
use super::event::{Beside, Event};
use super::fold;
use super::series::Series;
use super::stamp::Stamp;
use super::{Gone, Refusal};
use crate::import::Input;
use crate::import::table::readable;
use crate::plan::Plan;

/// What calendars say.
#[derive(Default)]
pub(super) struct Found {
    pub(super) campaigns: Vec<Campaign>,
    pub(super) refused: Vec<Refusal>,
    pub(super) passed_over: usize,
    cancelled: Vec<Cancelled>,
    /// By UID, what comes back.
    series: BTreeMap<String, Known>,
    /// What all events are known by, be they meant or not.
    uids: BTreeSet<String>,
    /// The calendars that say all of their events.
    whole: BTreeSet<String>,
}

/// An event that does not take place.
struct Cancelled {
    refusal: Refusal,
    by: String,
    /// Whether all of its days are meant.
    is_whole: bool,
}

/// An event that is not a day of another one.
struct Known {
    refusal: Refusal,
    series: Option<Series>,
    /// Whether it takes place, and says a floor.
    is_meant: bool,
    /// What the days are known by that have events of their own.
    days: BTreeSet<String>,
}

/// One event, and where it is.
struct Entry<'c> {
    input: &'c Input,
    line: Option<usize>,
    calendar: Option<String>,
    event: Event<'c>,
}

impl Entry<'_> {
    /// A line of it that is not a property, where that may hide something: it says a floor, or that line does.
    fn stray(&self) -> Option<usize> {
        let own = self.input.text.lines().enumerate().skip(self.line?);
        let own = own.take_while(|(_, line)| !line.trim_end().eq_ignore_ascii_case("END:VEVENT"));
        let mut strays = own.filter(|(_, line)| fold::is_stray(line));
        let is_meant = self.event.is_meant();
        strays.find(|(_, line)| is_meant || line.to_lowercase().contains("floor")).map(|(at, _)| at + 1)
    }

    /// A refusal that does not say why yet.
    fn refusal(&self) -> Refusal {
        let (file, line) = (self.input.name.clone(), self.line);
        Refusal { file, line, title: self.event.title(), why: String::new() }
    }
}

/// Reads all of `inputs`.
pub(super) fn read(inputs: &[Input], plan: &Plan) -> Found {
    let mut found = Found::default();
    let cut = |input: &Input| fold::without_strays(input.text.trim_start_matches('\u{feff}'));
    let (texts, strays): (Vec<String>, Vec<Vec<usize>>) = inputs.iter().map(cut).unzip();
    let texts: Vec<String> = texts.iter().map(|text| parser::unfold(text)).collect();
    let mut calendars: Vec<(&Input, Calendar<'_>)> = Vec::new();
    for ((input, text), strays) in inputs.iter().zip(&texts).zip(&strays) {
        match parser::read_calendar(text) {
            Ok(calendar) => {
                found.refused.extend(outside_of_events(input, strays));
                calendars.push((input, calendar));
            }
            Err(error) => found.refused.push(unreadable(input, &error)),
        }
    }
    found.whole = calendars.iter().filter_map(|(input, calendar)| name_of(input, calendar)).collect();
    let clocks: Vec<Clocks<'_>> = calendars.iter().map(|(_, calendar)| Clocks::of(calendar, plan)).collect();
    let calendars = calendars.iter().zip(&clocks);
    let entries: Vec<Entry<'_>> =
        calendars.flat_map(|((input, calendar), clocks)| entries(input, calendar, clocks)).collect();
    found.take(&entries, plan);
    found
}

/// Of a line that is neither a property nor goes on with one.
const STRAY: &str = "this line is not a property, and does not go on with the one above; begin it with a blank where it does (RFC 5545, 3.1), or take it out";

/// The lines of that kind that no event has.
fn outside_of_events<'i>(input: &'i Input, strays: &'i [usize]) -> impl Iterator<Item = Refusal> + 'i {
    let mut event = false;
    let inside: Vec<bool> = input
        .text
        .lines()
        .map(|line| {
            let line = line.trim_end();
            event = (event || line.eq_ignore_ascii_case("BEGIN:VEVENT"))
                && !line.eq_ignore_ascii_case("END:VEVENT");
            event
        })
        .collect();
    let outside = strays.iter().filter(move |line| !inside[**line - 1]);
    outside.map(|line| Refusal {
        file: input.name.clone(),
        line: Some(*line),
        title: String::new(),
        why: STRAY.to_owned(),
    })
}

fn unreadable(input: &Input, error: &str) -> Refusal {
    // The parser says `0: at line 3, in ..`.
    let line = error.split_once("at line ").and_then(|(_, rest)| rest.split(',').next()?.parse().ok());
    let why = "no calendar can be read from here on".to_owned();
    Refusal { file: input.name.clone(), line, title: String::new(), why }
}

/// What a later import knows a calendar by: its file, wherever that is, and its own name. None where it is a message about one
/// event (RFC 5546), which says nothing of others.
fn name_of(input: &Input, calendar: &Calendar<'_>) -> Option<String> {
    let text = |name: &str| {
        let property = calendar.properties.iter().find(|one| one.name == name)?;
        Some(property.val.to_owned().unescape_text().as_str().to_owned())
    };
    if text("METHOD").is_some_and(|method| !method.trim().eq_ignore_ascii_case("PUBLISH")) {
        return None;
    }
    let file = input.name.rsplit(['/', '\\']).next().filter(|_| input.name != Input::STANDARD);
    let own = text("NAME").or_else(|| text("X-WR-CALNAME")).filter(|name| !name.trim().is_empty());
    let parts = file.map(str::to_owned).into_iter().chain(own.map(|name| format!("({})", name.trim())));
    let name = readable(&parts.collect::<Vec<_>>().join(" "));
    (!name.is_empty()).then_some(name)
}

fn entries<'c>(input: &'c Input, calendar: &'c Calendar<'c>, clocks: &'c Clocks<'c>) -> Vec<Entry<'c>> {
    let is_called_off = calendar
        .properties
        .iter()
        .any(|one| one.name == "METHOD" && one.val.as_str().eq_ignore_ascii_case("CANCEL"));
    let lines = event_lines(&input.text);
    let name = name_of(input, calendar);
    let events = calendar.components.iter().filter(|component| component.name == "VEVENT").enumerate();
    let entry = |(at, component)| {
        let event = Event { component, clocks, is_called_off };
        Entry { input, line: lines.get(at).copied(), calendar: name.clone(), event }
    };
    events.map(entry).collect()
}

impl Found {
    fn take(&mut self, entries: &[Entry<'_>], plan: &Plan) {
        let mut by_uid: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            if let Some(uid) = entry.event.uid() {
                by_uid.entry(uid).or_default().push(at);
            }
        }
        self.uids = by_uid.keys().cloned().collect();
        let whole = |same: &Vec<usize>| {
            let whole = same.iter().filter(|at| entries[**at].event.instead_of().is_none());
            whole.max_by_key(|at| entries[**at].event.version()).map(|at| &entries[*at])
        };
        self.series = by_uid
            .iter()
            .filter_map(|(uid, same)| {
                let entry = whole(same)?;
                let is_meant = entry.event.is_meant() && !entry.event.is_cancelled();
                let (refusal, series) = (entry.refusal(), entry.event.series(plan));
                Some((uid.clone(), Known { refusal, series, is_meant, days: BTreeSet::new() }))
            })
            .collect();
        let known_by: Vec<Option<String>> = entries.iter().map(|entry| self.known_by(&entry.event)).collect();
        let newest = newest(entries, &known_by);
        for (at, (entry, by)) in entries.iter().zip(known_by).enumerate() {
            if by.as_ref().is_some_and(|by| newest.get(by) != Some(&at)) {
                self.passed_over += 1;
                continue;
            }
            let same = entry.event.uid().and_then(|uid| by_uid.get(&uid));
            let whole = same.and_then(whole).map(|entry| entry.event);
            let same = same.into_iter().flatten().map(|at| entries[*at].event);
            self.take_one(entry, plan, (by, &beside(entry.event, whole, same)));
        }
    }

    /// What an event is known by: its UID, and the day whose place it takes, on the clock of what comes back.
    fn known_by(&mut self, event: &Event<'_>) -> Option<String> {
        let uid = event.uid()?;
        let Some(day) = event.instead_of() else { return Some(uid) };
        let known = self.series.get_mut(&uid);
        let series = known.as_ref().and_then(|known| known.series.as_ref());
        let written = series.and_then(|series| series.written(&day));
        let by = format!("{uid} {}", written.as_deref().unwrap_or(day.text));
        if let Some(known) = known {
            known.days.insert(by.clone());
        }
        Some(by)
    }

    fn take_one(&mut self, entry: &Entry<'_>, plan: &Plan, (by, beside): (Option<String>, &Beside<'_>)) {
        let event = entry.event;
        if event.is_cancelled() || beside.is_off {
            let is_whole = event.instead_of().is_none();
            let refusal = entry.refusal();
            self.cancelled.extend(by.clone().map(|by| Cancelled { refusal, by, is_whole }));
        }
        if let Some(line) = entry.stray().filter(|_| !event.is_cancelled()) {
            self.refused.push(Refusal { line: Some(line), why: STRAY.to_owned(), ..entry.refusal() });
            return;
        }
        match event.read(plan, (by, beside)) {
            Ok(None) => self.passed_over += 1,
            Ok(Some(mut campaign)) => {
                campaign.calendar.clone_from(&entry.calendar);
                self.campaigns.push(campaign);
            }
            Err(unread) => {
                let of_text = |text| entry.line.and_then(|begins| line_of(&entry.input.text, begins, text));
                let line = unread.line.as_deref().and_then(of_text).or(entry.line);
                self.refused.push(Refusal { line, why: unread.why, ..entry.refusal() });
            }
        }
    }

    /// Writes the days of earlier imports as this one does.
    pub(super) fn rewrite(&self, earlier: &mut [Earlier]) {
        for one in earlier {
            let Some((uid, day)) = one.uid.rsplit_once(' ') else { continue };
            let series = self.series.get(uid).and_then(|known| known.series.as_ref());
            if let Some(day) = series.and_then(|series| series.rewritten(day)) {
                one.uid = format!("{uid} {day}");
            }
        }
    }

    /// What an earlier import made of events that do not take place now, and the policy still has.
    pub(super) fn left(&self, earlier: &[Earlier]) -> Vec<Refusal> {
        let refusal = |left: &Refusal, what: &str, known: &Earlier| {
            let (key, line) = (&known.key, known.line);
            let why =
                format!("{what}, and the policy still has `{key}`; take that out, calendar.toml:{line}");
            Refusal { why, ..left.clone() }
        };
        let left = |known: &Earlier| {
            if let Some(one) = self.cancelled.iter().find(|one| one.by == known.uid) {
                return Some(refusal(&one.refusal, "it is cancelled", known));
            }
            let (uid, day) = known.uid.rsplit_once(' ')?;
            if let Some(one) = self.cancelled.iter().find(|one| one.is_whole && one.by == uid) {
                return Some(refusal(&one.refusal, "it is cancelled", known));
            }
            let whole = self.series.get(uid).filter(|whole| whole.is_meant)?;
            let day = Stamp::read(day).map_or(day.to_owned(), |day| day.date().to_string());
            let what = format!("its day {day} has no event of its own any more");
            (!whole.days.contains(&known.uid)).then(|| refusal(&whole.refusal, &what, known))
        };
        earlier.iter().filter_map(left).collect()
    }

    /// By calendar, what an earlier import made of events that were in it, where it has nothing of these any more.
    pub(super) fn gone<'e>(&self, earlier: impl Iterator<Item = &'e Earlier>) -> Vec<Gone> {
        let mut events: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut tables: BTreeMap<&str, Vec<(String, usize)>> = BTreeMap::new();
        for known in earlier {
            let Some(calendar) = known.calendar.as_ref().filter(|name| self.whole.contains(*name)) else {
                continue;
            };
            let of_a_day = known.uid.rsplit_once(' ').map(|(uid, _)| uid);
            if self.uids.contains(&known.uid) || of_a_day.is_some_and(|uid| self.uids.contains(uid)) {
                continue;
            }
            events.insert((calendar, of_a_day.unwrap_or(&known.uid)));
            let table = (format!("{}.{}", known.kind, known.key), known.line);
            tables.entry(calendar).or_default().push(table);
        }
        let of_calendar = |(calendar, tables): (&str, Vec<(String, usize)>)| Gone {
            calendar: calendar.to_owned(),
            events: events.iter().filter(|(of, _)| *of == calendar).count(),
            tables,
        };
        tables.into_iter().map(of_calendar).collect()
    }
}

/// By what an event is known by, its newest version: one that was changed stands beside what it was in some exports, and in the
/// file that somebody was sent later.
fn newest(entries: &[Entry<'_>], known_by: &[Option<String>]) -> BTreeMap<String, usize> {
    let mut newest = BTreeMap::new();
    for (at, by) in known_by.iter().enumerate() {
        let Some(by) = by else { continue };
        let known = newest.entry(by.clone()).or_insert(at);
        if entries[at].event.version() >= entries[*known].event.version() {
            *known = at;
        }
    }
    newest
}

/// What the events of the same UID say of one of them.
fn beside<'c>(
    event: Event<'_>,
    whole: Option<Event<'c>>,
    same: impl Iterator<Item = Event<'c>> + Clone,
) -> Beside<'c> {
    let is_meant = same.clone().any(|other| other.instead_of().is_none() && other.is_meant());
    let from_there_on = same.clone().any(|other| other.is_from_there_on());
    let is_off = event.instead_of().is_some() && whole.is_some_and(|whole| whole.is_cancelled());
    let moved = same.filter_map(|other| other.instead_of()).filter(|_| event.instead_of().is_none());
    Beside { moved: moved.collect(), is_meant, from_there_on, is_off }
}

/// The lines on which events begin, from 1.
fn event_lines(text: &str) -> Vec<usize> {
    let begins =
        |(at, line): (usize, &str)| line.trim_end().eq_ignore_ascii_case("BEGIN:VEVENT").then_some(at + 1);
    text.lines().enumerate().filter_map(begins).collect()
}

/// The line on which a text stands in the description of an event that begins on line `begins`; that of the description where
/// it is written otherwise, or broken up.
fn line_of(file: &str, begins: usize, text: &str) -> Option<usize> {
    // Commas and the like are escaped, and long lines folded: a beginning is enough.
    let beginning: String = text.chars().take_while(|c| !",;\\".contains(*c)).take(24).collect();
    let own = file.lines().enumerate().skip(begins);
    let own = own.take_while(|(_, line)| !line.trim_end().eq_ignore_ascii_case("END:VEVENT"));
    let is_name = |line: &str| line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case("DESCRIPTION"));
    let mut described = own.skip_while(|(_, line)| !is_name(line));
    let (first, line) = described.next()?;
    let folded = described.take_while(|(_, line)| line.starts_with([' ', '\t']));
    let mut all = std::iter::once((first, line)).chain(folded);
    let (at, _) = all.find(|(_, line)| line.contains(beginning.trim())).unwrap_or((first, line));
    Some(at + 1)
}
