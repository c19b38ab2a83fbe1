//! A calendar (RFC 5545) becomes campaigns: what SalesOps wrote into their own, as `[campaigns.*]` of the policy.
//!
//! An event is meant when its description has a line `floor: queries=8 commands=4`, beside `territory: DE` (or several), and
//! maybe `load:`, `owner:`, `ticket:`, `note:`. Whatever could be read in two ways is refused and said; nothing is guessed. The
//! result is compiled together with the policy, so that a floor above a maximum is found here and not in a review.

mod campaign;
mod clock;
mod description;
mod event;
mod moment;
mod repeat;
mod stamp;

use std::collections::BTreeMap;

use icalendar::parser;

use super::Input;
use crate::compile;
use crate::emit::Templates;
use crate::finding::{Diagnostic, any_error};
use crate::plan::Plan;
use crate::source::Sources;
use campaign::Campaign;
use clock::Clocks;
use event::{Beside, Event};

/// What a calendar gives.
pub struct Feed {
    /// The tables to add to `calendar.toml`, in order of their windows.
    pub text: String,
    /// How many campaigns and seasons they are.
    pub campaigns: usize,
    /// Tables of an earlier import that one of these takes the place of: key and line in `calendar.toml`.
    pub replaced: Vec<(String, usize)>,
    /// How many events are in the policy already, word by word.
    pub unchanged: usize,
    /// How many events say no floor, or come from the policy itself.
    pub passed_over: usize,
    /// What was refused: where, what it is called, why.
    pub refused: Vec<Refusal>,
    /// What the compiler says of the policy with the campaigns in it.
    pub found: Vec<Diagnostic>,
    /// The policy with the campaigns in it, for showing what was found.
    pub policy: Sources,
}

/// An event that is not a campaign yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// The file.
    pub file: String,
    /// The line on which the event begins; nothing where the whole file cannot be read.
    pub line: Option<usize>,
    /// Its summary.
    pub title: String,
    /// What would have to be guessed, and what to write instead.
    pub why: String,
}

/// Whether a text is a calendar, whatever its file is called.
pub fn is_calendar(input: &Input) -> bool {
    let text = input.text.trim_start_matches('\u{feff}').trim_start();
    text.get(..15).is_some_and(|head| head.eq_ignore_ascii_case("BEGIN:VCALENDAR"))
}

/// Reads calendars for the policy `sources`; or what keeps that policy from being one.
pub fn feed(inputs: &[Input], sources: &Sources) -> Result<Feed, Vec<Diagnostic>> {
    let (plan, found) = compile::plan_to_extend(sources);
    let Some(plan) = plan.filter(|_| !any_error(&found)) else { return Err(found) };
    let mut reader = Reader {
        plan: &plan,
        campaigns: Vec::new(),
        refused: Vec::new(),
        cancelled: Vec::new(),
        passed_over: 0,
    };
    for input in inputs {
        reader.read(input);
    }
    let Reader { mut campaigns, mut refused, cancelled, passed_over, .. } = reader;
    let mut whole = sources.get(Sources::CALENDAR).text.clone();
    let earlier = campaign::earlier(&whole);
    refused.extend(cancelled.into_iter().filter_map(|one| one.left(&earlier)));
    campaign::name(&mut campaigns, &plan, &earlier);
    let (mut text, mut replaced, mut unchanged) = (String::new(), Vec::new(), 0);
    for table in campaigns.iter().map(|campaign| (campaign, campaign.text())) {
        let (campaign, table) = table;
        let known = earlier.iter().find(|known| known.key == campaign.key);
        if known.is_some_and(|known| known.text.trim() == table.trim()) {
            unchanged += 1;
            continue;
        }
        if let Some(known) = known {
            whole = whole.replacen(&known.text, "", 1);
            replaced.push((known.key.clone(), known.line));
        }
        text.push_str(&table);
    }
    let made = campaigns.len() - unchanged;
    let policy = sources.clone().with_calendar(format!("{whole}\n{text}"));
    let found = match compile::compile(&policy, &Templates::embedded()) {
        Ok(compiled) => compiled.warnings,
        Err(found) => found,
    };
    Ok(Feed { text, campaigns: made, replaced, unchanged, passed_over, refused, found, policy })
}

struct Reader<'p> {
    plan: &'p Plan,
    campaigns: Vec<Campaign>,
    refused: Vec<Refusal>,
    cancelled: Vec<Cancelled>,
    passed_over: usize,
}

/// An event that does not take place.
struct Cancelled {
    file: String,
    line: Option<usize>,
    title: String,
    by: String,
    /// Whether all of its days are meant.
    is_whole: bool,
}

impl Cancelled {
    /// What an earlier import made of it, which the policy still has.
    fn left(self, earlier: &[campaign::Earlier]) -> Option<Refusal> {
        let Self { file, line, title, by, is_whole } = self;
        let is_day = |uid: &str| uid.strip_prefix(by.as_str()).is_some_and(|rest| rest.starts_with(' '));
        let known = earlier.iter().find(|known| known.uid == by || is_whole && is_day(&known.uid))?;
        let why = format!(
            "it is cancelled, and the policy still has `{}`; take that out, calendar.toml:{}",
            known.key, known.line
        );
        Some(Refusal { file, line, title, why })
    }
}

impl Reader<'_> {
    fn read(&mut self, input: &Input) {
        let text = parser::unfold(input.text.trim_start_matches('\u{feff}'));
        let calendar = match parser::read_calendar(&text) {
            Ok(calendar) => calendar,
            Err(error) => {
                // The parser says `0: at line 3, in ..`.
                let line =
                    error.split_once("at line ").and_then(|(_, rest)| rest.split(',').next()?.parse().ok());
                let why = "no calendar can be read from here on".to_owned();
                self.refuse(input, line, String::new(), why);
                return;
            }
        };
        let lines = event_lines(&input.text);
        let events = calendar.components.iter().filter(|component| component.name == "VEVENT");
        let events: Vec<(Option<usize>, Event<'_>)> =
            events.enumerate().map(|(at, event)| (lines.get(at).copied(), Event(event))).collect();
        let (newest, by_uid) = (newest(&events), by_uid(&events));
        let clocks = Clocks::of(&calendar.components, self.plan);
        for (at, (line, event)) in events.iter().enumerate() {
            if version_of(event)
                .is_some_and(|version| newest.get(&version).is_some_and(|newest| *newest != at))
            {
                self.passed_over += 1;
                continue;
            }
            let same = event.uid().and_then(|uid| by_uid.get(&uid)).into_iter().flatten();
            let beside = beside(event, same.map(|at| &events[*at].1));
            if event.is_cancelled() || beside.is_off {
                let by = event.known_by().map(|by| (by, event.instead_of().is_none()));
                self.cancelled.extend(by.map(|(by, is_whole)| Cancelled {
                    file: input.name.clone(),
                    line: *line,
                    title: event.title(),
                    by,
                    is_whole,
                }));
            }
            match event.read(self.plan, &clocks, &beside) {
                Ok(None) => self.passed_over += 1,
                Ok(Some(campaign)) => self.campaigns.push(campaign),
                Err(unread) => {
                    let of_text = |text| line.and_then(|begins| line_of(&input.text, begins, text));
                    let line = unread.line.as_deref().and_then(of_text).or(*line);
                    self.refuse(input, line, event.title(), unread.why);
                }
            }
        }
    }

    fn refuse(&mut self, input: &Input, line: Option<usize>, title: String, why: String) {
        self.refused.push(Refusal { file: input.name.clone(), line, title, why });
    }
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

/// By what all versions of an event have in common, UID and day, the newest one: one that was changed stands beside what it was
/// in some exports.
fn newest(events: &[(Option<usize>, Event<'_>)]) -> BTreeMap<(String, Option<String>), usize> {
    let mut newest = BTreeMap::new();
    for (at, (_, event)) in events.iter().enumerate() {
        let Some(version) = version_of(event) else { continue };
        let known = newest.entry(version).or_insert(at);
        if event.version() >= events[*known].1.version() {
            *known = at;
        }
    }
    newest
}

fn version_of(event: &Event<'_>) -> Option<(String, Option<String>)> {
    Some((event.uid()?, event.instead_of().map(str::to_owned)))
}

/// The events of each UID.
fn by_uid(events: &[(Option<usize>, Event<'_>)]) -> BTreeMap<String, Vec<usize>> {
    let mut all: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, (_, event)) in events.iter().enumerate() {
        if let Some(uid) = event.uid() {
            all.entry(uid).or_default().push(at);
        }
    }
    all
}

/// What the events of the same UID say of one of them.
fn beside<'c>(event: &Event<'_>, same: impl Iterator<Item = &'c Event<'c>> + Clone) -> Beside<'c> {
    let is_meant = same.clone().any(|other| other.instead_of().is_none() && other.is_meant());
    let from_there_on = same.clone().any(Event::is_from_there_on);
    let whole = same.clone().filter(|other| other.instead_of().is_none()).max_by_key(|other| other.version());
    let is_off = event.instead_of().is_some() && whole.is_some_and(Event::is_cancelled);
    let moved = same.filter_map(Event::instead_of).filter(|_| event.instead_of().is_none());
    Beside { moved: moved.collect(), is_meant, from_there_on, is_off }
}
