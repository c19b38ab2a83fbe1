//! Random policies, valid by the language's own rules, over every key of it: each compiles.
//!
//! `RANDOM_POLICIES` says how many, `RANDOM_POLICIES_SEED` from which number on. A policy that failed once is kept in
//! `tests/random/failed/`, as text: a seed would be another policy after the next change of the generator.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, helpers of tests included")]

mod again;
mod calendar;
mod choices;
mod profile;
mod words;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use seasonscale::compile::compile;
use seasonscale::diagnostic::{Code, Diagnostic, Severity};
use seasonscale::emit::Templates;
use seasonscale::report;
use seasonscale::source::{Source, Sources};

use choices::Choices;
use profile::Clocks;

/// How many numbers the decisions of a policy are taken from, at most.
const NUMBERS: usize = 4000;

/// What a valid policy may be refused for, at its line: days that no cron schedule expresses.
const DAYS: [Code; 2] = [Code::InexpressibleDays, Code::ClockChange];

/// The same where the platform's clock changes: what its targets have in common is planned on that clock, and there a territory's
/// hours may fall into an hour that it shows twice.
const SHARED: [Code; 3] = [Code::InexpressibleDays, Code::ClockChange, Code::RepeatedHour];

/// The same with any zone and any clock time: the clocks change there.
const CLOCKS: [Code; 4] = [Code::InexpressibleDays, Code::SkippedHour, Code::RepeatedHour, Code::ClockChange];

/// Both files of a policy, and what it may be refused for.
fn policy(numbers: &[u32]) -> ([String; 2], &'static [Code]) {
    let mut choices = Choices::new(numbers);
    let horizon = calendar::horizon(&mut choices);
    let clocks = if choices.once_in(6) { Clocks::Any } else { Clocks::Steady };
    let (fleet, territories) = profile::profile(&mut choices, horizon, clocks);
    let files = [calendar::calendar(&mut choices, horizon, &fleet), territories];
    match clocks {
        Clocks::Any => (files, &CLOCKS),
        Clocks::Steady if fleet.platform_changes => (files, &SHARED),
        Clocks::Steady => (files, &DAYS),
    }
}

fn sources([calendar, territories]: [String; 2]) -> Sources {
    let source = |name: &str, text: String| Source { name: format!("{name}.toml"), text };
    Sources::new(source("calendar", calendar), source("territories", territories))
}

/// What is wrong with a policy that must compile, or be refused for nothing but `allowed`.
fn refusal(sources: &Sources, allowed: &[Code], templates: &Templates) -> Option<String> {
    let found = match compile(sources, templates) {
        Ok(compiled) => compiled.warnings,
        Err(found) => {
            let is_allowed =
                |found: &Diagnostic| found.severity() == Severity::Warning || allowed.contains(&found.code);
            if !found.iter().all(is_allowed) {
                return Some(report::terminal(&found, sources, false));
            }
            found
        }
    };
    let internal = |said: &String| said.contains("report this as a bug");
    Some(report::terminal(&found, sources, false)).filter(internal)
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn random_policies_compile() {
    let (many, seed) = (number("RANDOM_POLICIES", 24), number("RANDOM_POLICIES_SEED", 0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let cases = (many / threads + u64::from(thread < many % threads)) as u32;
            scope.spawn(move || compile_all(seed + thread, cases));
        }
    });
}

fn compile_all(seed: u64, cases: u32) {
    let templates = Templates::embedded();
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 3000,
        max_shrink_time: 30_000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let numbers = prop::collection::vec(any::<u32>(), 0..=NUMBERS);
    let run = TestRunner::new_with_rng(config, rng).run(&numbers, |numbers| {
        let (files, allowed) = policy(&numbers);
        match refusal(&sources(files), allowed, &templates) {
            None => Ok(()),
            Some(said) => Err(TestCaseError::fail(said)),
        }
    });
    if let Err(failure) = run {
        let proptest::test_runner::TestError::Fail(said, numbers) = failure else { panic!("{failure}") };
        let ([calendar, territories], _) = policy(&numbers);
        panic!("seed {seed}: {said}\n# calendar.toml\n{calendar}\n# territories.toml\n{territories}");
    }
}

#[test]
fn policies_that_failed_once_compile() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/random/failed");
    let mut folders: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let sources = sources([read("calendar.toml"), read("territories.toml")]);
        assert_eq!(refusal(&sources, &[], &Templates::embedded()), None, "{}", folder.display());
    }
}
