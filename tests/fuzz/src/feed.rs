//! A calendar of arbitrary bytes: it is imported or refused without a panic, and what it gives is TOML.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seasonscale::finding::Rule;
use seasonscale::import::{self, Input};
use seasonscale::report;
use seasonscale::source::{Source, Sources};
use seasonscale::time::Date;

const CALENDAR: &str = include_str!("../../cases/base/calendar.toml");
const TERRITORIES: &str = include_str!("../../cases/base/territories.toml");

fuzz_target!(|bytes: &[u8]| {
    let source = |name: &str, text: &str| Source { name: name.to_owned(), text: text.to_owned() };
    let policy = Sources::new(source("calendar.toml", CALENDAR), source("territories.toml", TERRITORIES));
    let input = Input { name: "fuzz.ics".to_owned(), text: String::from_utf8_lossy(bytes).into_owned() };
    let day = Date::parse("2026-06-01").expect("a day");
    let lines = input.text.lines().count().max(1);
    let feed = import::feed(&[input], &policy, day)
        .unwrap_or_else(|found| panic!("the base policy: {found:?}"));
    for refusal in &feed.refused {
        assert!(refusal.line.is_none_or(|line| (1..=lines).contains(&line)), "{refusal:?}");
    }
    assert!(!feed.found.iter().any(|finding| finding.rule == Rule::TomlSyntax), "{}", feed.text);
    report::terminal(&feed.found, &feed.policy, false);
});
