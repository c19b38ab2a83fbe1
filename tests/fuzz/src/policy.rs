//! A policy of arbitrary bytes: it is read and compiled without a panic, and every finding points into its files.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seasonscale::compile;
use seasonscale::emit::Templates;
use seasonscale::invisible;
use seasonscale::report;
use seasonscale::source::{Source, Sources};

/// Beside a calendar that has no territories with it.
const TERRITORIES: &str = include_str!("../../cases/base/territories.toml");

/// Where the calendar ends and the territories begin.
const BETWEEN: &str = "\n# territories.toml\n";

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (calendar, territories) = text.split_once(BETWEEN).unwrap_or((&text, TERRITORIES));
    let source = |name: &str, text: &str| Source { name: name.to_owned(), text: text.to_owned() };
    let sources = Sources::new(source("calendar.toml", calendar), source("territories.toml", territories));
    let found = match compile::compile(&sources, &Templates::embedded()) {
        Ok(compiled) => compiled.warnings,
        Err(found) => found,
    };
    for label in found.iter().flat_map(|finding| &finding.labels) {
        let text = &sources.get(label.span.source).text;
        assert!(text.get(label.span.start..label.span.end).is_some(), "{label:?}");
    }
    let shown = report::terminal(&found, &sources, false);
    assert_eq!(invisible::first(&shown), None, "{shown}");
});
