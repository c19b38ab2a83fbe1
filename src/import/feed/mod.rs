//! A calendar (RFC 5545) becomes campaigns: what SalesOps wrote into their own, as `[campaigns.*]` of the policy.
//!
//! An event is meant when its description has a line `floor: queries=8 commands=4`, beside `territory: DE` (or several), and
//! maybe `load:`, `owner:`, `ticket:`, `note:`. Whatever could be read in two ways is refused and said; nothing is guessed. The
//! result is compiled together with the policy, so that a floor above a maximum is found here and not in a review.

mod campaign;
mod clock;
mod description;
mod event;
mod fold;
mod moment;
mod reader;
mod repeat;
mod rule;
mod series;
mod stamp;

use super::Input;
use crate::compile;
use crate::emit::Templates;
use crate::finding::{Diagnostic, any_error};
use crate::source::Sources;
use crate::time::Date;
use campaign::Earlier;
pub use fold::whole_characters;

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
    /// By calendar, what an earlier import took from it and is not in it any more.
    pub gone: Vec<Gone>,
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

/// Events that a calendar had when they were imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// What the policy calls it: its file, and its own name in brackets.
    pub calendar: String,
    /// How many they are.
    pub events: usize,
    /// The tables that were made of them: name and line in `calendar.toml`.
    pub tables: Vec<(String, usize)>,
}

/// Whether a text is a calendar, whatever its file is called.
pub fn is_calendar(input: &Input) -> bool {
    is_calendar_of(input.text.as_bytes())
}

/// The same of bytes that are not a text yet.
pub fn is_calendar_of(bytes: &[u8]) -> bool {
    let head = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii_start();
    head.get(..15).is_some_and(|head| head.eq_ignore_ascii_case(b"BEGIN:VCALENDAR"))
}

/// Reads calendars for the policy `sources`; or what keeps that policy from being one. What is over by `today` is not missed.
pub fn feed(inputs: &[Input], sources: &Sources, today: Date) -> Result<Feed, Vec<Diagnostic>> {
    let (plan, found) = compile::plan_to_extend(sources);
    let Some(plan) = plan.filter(|_| !any_error(&found)) else { return Err(found) };
    let mut read = reader::read(inputs, &plan);
    let mut whole = sources.get(Sources::CALENDAR).text.clone();
    let mut earlier = campaign::earlier(&whole);
    read.rewrite(&mut earlier);
    read.refused.extend(read.left(&earlier));
    let is_to_come = |known: &&Earlier| {
        let own = plan.origins.iter().filter(|origin| plan.occasion(origin).name.as_str() == known.key);
        own.flat_map(|origin| &origin.dates).any(|days| days.until > today)
    };
    let gone = read.gone(earlier.iter().filter(is_to_come));
    let reader::Found { mut campaigns, refused, passed_over, .. } = read;
    campaign::name(&mut campaigns, &plan, &earlier);
    let (mut text, mut replaced, mut unchanged) = (String::new(), Vec::new(), 0);
    for campaign in &campaigns {
        let known = earlier.iter().find(|known| known.key == campaign.key);
        if known.is_some_and(|known| known.says(campaign)) {
            unchanged += 1;
            continue;
        }
        if let Some(known) = known {
            whole = whole.replacen(&known.text(), "", 1);
            replaced.push((known.key.clone(), known.line));
        }
        text.push_str(&campaign.text());
    }
    let made = campaigns.len() - unchanged;
    let policy = sources.clone().with_calendar(format!("{whole}\n{text}"));
    let found = match compile::compile(&policy, &Templates::embedded()) {
        Ok(compiled) => compiled.warnings,
        Err(found) => found,
    };
    Ok(Feed { text, campaigns: made, replaced, unchanged, passed_over, gone, refused, found, policy })
}
