//! Until when the dates of an object hold, as a comment, an annotation or a label says it: cron has no year.

use super::super::subject::Subject;
use super::beside::Text;
use super::ranges;
use crate::time::{Date, Offsets};

/// Beginnings of words by which people say until when something holds.
const WORDS: [&str; 10] =
    ["until", "till", "holds", "valid", "expires", "expiry", "horizon", "gilt", "gültig", "bis"];

/// Words after which a year is one that was, not the one that a window is for.
const BEFORE_A_PAST_YEAR: [&str; 9] = ["since", "after", "in", "of", "from", "seit", "nach", "im", "was"];

/// What is said about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Horizon {
    /// Nothing.
    Unsaid,
    /// Something without a date that could be read.
    Undated,
    /// The first day, where it is said too, and the last.
    Until(Option<Date>, Date),
}

impl Horizon {
    /// Of an object: all its comments and annotations are read for it.
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let meta = &subject.object.metadata;
        let by_key = meta.annotations.iter().filter(|(key, _)| WORDS.iter().any(|word| key.contains(word)));
        let by_key: Vec<Text<'_>> = by_key.map(|(_, value)| Text(&value.value)).collect();
        let values = meta.annotations.values().chain(meta.labels.values()).map(|value| value.value.as_str());
        let comments = subject.comments.iter().map(|comment| comment.value.as_str());
        let said =
            comments.chain(values).map(Text).filter(|text| is_said_in(*text) && !years_in(*text).is_empty());
        let texts: Vec<Text<'_>> = said.chain(by_key.iter().copied()).collect();
        match texts.iter().map(|text| ranges::last_date(*text)).max() {
            Some(Some(last)) => {
                let first = texts.iter().filter_map(|text| ranges::first_date(*text)).min();
                Self::Until(first.filter(|first| *first < last), last)
            }
            Some(None) => Self::Undated,
            None => Self::Unsaid,
        }
    }

    /// Whether anything is said.
    pub(super) fn is_said(self) -> bool {
        self != Self::Unsaid
    }

    /// The first day, where it is said too, and the last.
    pub(super) fn days(self) -> Option<(Option<Date>, Date)> {
        match self {
            Self::Unsaid | Self::Undated => None,
            Self::Until(first, last) => Some((first, last)),
        }
    }

    /// Whether a date is one of those that hold. A last day before the stretch that is looked at limits nothing: the
    /// dates are in force all the same. Before the first day another plan may hold, of which nothing is known here.
    pub(super) fn holds_on(self, date: Date, clock: &Offsets, subject: &Subject<'_>) -> bool {
        match self {
            Self::Unsaid | Self::Undated => true,
            Self::Until(first, last) => {
                let begun = first.is_none_or(|first| first <= date);
                begun && (date <= last || last < clock.local(subject.window.from).date())
            }
        }
    }
}

/// Whether a text speaks of until when something holds.
pub(super) fn is_said_in(text: Text<'_>) -> bool {
    text.words().iter().any(|word| WORDS.iter().any(|beginning| word.starts_with(beginning)))
}

/// The numbers from 2000 to 2099 in a text, but for those of the past (`since 2024`).
pub(super) fn years_in(text: Text<'_>) -> Vec<i32> {
    let words = text.words();
    let is_past = |at: usize| at > 0 && BEFORE_A_PAST_YEAR.contains(&words[at - 1].as_str());
    let numbers = words.iter().enumerate().filter(|(at, _)| !is_past(*at)).map(|(_, word)| word);
    numbers
        .filter(|word| word.len() == 4 && word.starts_with("20"))
        .filter_map(|word| word.parse().ok())
        .collect()
}
