//! Random policies, valid by the language's own rules, over every key of it: each compiles, to files as our templates are
//! meant.
//!
//! `RANDOM_POLICIES` says how many, `RANDOM_POLICIES_SEED` from which number on. A policy that failed once is kept in
//! `tests/random/failed/`, as text: a seed would be another policy after the next change of the generator.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, helpers of tests included")]

mod again;
mod artifacts;
mod calendar;
mod choices;
#[path = "../design/mod.rs"]
mod design;
mod kept;
mod profile;
mod words;
mod workload;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::finding::{Diagnostic, Rule, Severity};
use seasonscale::report;
use seasonscale::source::{Source, Sources};

use choices::Choices;
use profile::Clocks;

/// How many numbers the decisions of a policy are taken from, at most.
const NUMBERS: usize = 4000;

/// What a valid policy may be refused for, at its line: days that no cron schedule expresses, and floors next to those before
/// them, where the HPA has no tolerance to set.
const DAYS: [Rule; 3] = [Rule::InexpressibleDays, Rule::ClockChange, Rule::FloorWithinTolerance];

/// The same with any zone and any clock time: the clocks change there.
const CLOCKS: [Rule; 5] = [
    Rule::InexpressibleDays,
    Rule::SkippedHour,
    Rule::RepeatedHour,
    Rule::ClockChange,
    Rule::FloorWithinTolerance,
];

/// A policy, and what it may be refused for.
fn policy(numbers: &[u32]) -> (Sources, &'static [Rule]) {
    let mut choices = Choices::new(numbers);
    let horizon = calendar::horizon(&mut choices);
    let clocks = if choices.once_in(6) { Clocks::Any } else { Clocks::Steady };
    let (fleet, territories, kept) = profile::profile(&mut choices, horizon, clocks);
    let files = sources([calendar::calendar(&mut choices, horizon, &fleet), territories]);
    let policy = kept.into_iter().fold(files, |policy, (written, file)| policy.with_manifest(&written, file));
    // An instant by day is an hour at night elsewhere.
    let is_steady = clocks == Clocks::Steady && !fleet.has_instants;
    (policy, if is_steady { &DAYS } else { &CLOCKS })
}

fn sources([calendar, territories]: [String; 2]) -> Sources {
    let source = |name: &str, text: String| Source { name: format!("{name}.toml"), text };
    Sources::new(source("calendar", calendar), source("territories", territories))
}

/// What is wrong with a policy that must compile, or be refused for nothing but `allowed`.
fn refusal(sources: &Sources, allowed: &[Rule], templates: &Templates) -> Option<String> {
    let found = match compile(sources, templates) {
        Ok(compiled) => {
            let differences = design::differences(&compiled.plan, &compiled.artifacts);
            if !differences.is_empty() {
                return Some(differences.join("\n"));
            }
            compiled.warnings
        }
        Err(found) => {
            let is_allowed =
                |found: &Diagnostic| found.severity() == Severity::Warning || allowed.contains(&found.rule);
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

/// On a busy machine, in a debug build; most take less than a second.
const LONGEST: Duration = Duration::from_secs(120);

/// A policy that does not end is shown, and ends the test.
fn watched<T>(policy: &Sources, compile: impl FnOnce() -> T) -> T {
    let (ended, end) = mpsc::channel::<()>();
    let text = text(policy);
    let watch = std::thread::spawn(move || {
        if end.recv_timeout(LONGEST) == Err(mpsc::RecvTimeoutError::Timeout) {
            let said = format!("a policy that has not ended after {LONGEST:?}:{text}\n");
            std::io::stderr().write_all(said.as_bytes()).unwrap();
            std::process::abort();
        }
    });
    let compiled = compile();
    drop(ended);
    watch.join().unwrap();
    compiled
}

/// Its files, as they would be written.
fn text(policy: &Sources) -> String {
    let manifests = policy.manifests().map(|(_, manifest)| manifest);
    let files =
        [policy.get(Sources::CALENDAR), policy.get(Sources::TERRITORIES)].into_iter().chain(manifests);
    files.map(|file| format!("\n# {}\n{}", file.name, file.text)).collect()
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
        let (policy, allowed) = policy(&numbers);
        match watched(&policy, || refusal(&policy, allowed, &templates)) {
            None => Ok(()),
            Some(said) => Err(TestCaseError::fail(said)),
        }
    });
    if let Err(failure) = run {
        let proptest::test_runner::TestError::Fail(said, numbers) = failure else { panic!("{failure}") };
        let (policy, _) = policy(&numbers);
        panic!("seed {seed}: {said}{}", text(&policy));
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
        let mut sources = sources([read("calendar.toml"), read("territories.toml")]);
        for manifest in fs::read_dir(folder.join("base")).into_iter().flatten() {
            let name = format!("base/{}", manifest.unwrap().file_name().to_str().unwrap());
            let text = read(&name);
            sources = sources.with_manifest(&name, Source { name: name.clone(), text });
        }
        assert_eq!(refusal(&sources, &[], &Templates::embedded()), None, "{}", folder.display());
    }
}
