//! How long `audit` takes and how much memory it needs: 10,000 ScaledObjects with three cron triggers each, over a year, as
//! one file of documents, a List in YAML and in JSON, and a folder of files. Run by hand: `cargo bench --bench audit`.
//!
//! No two objects have the same schedules, so nothing is won by sharing. Each run is a fresh process of the release binary;
//! peak memory is what GNU time (Debian package `time`) reads from the kernel.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const OBJECTS: usize = 10_000;
const RUNS: usize = 5;
const LIMIT: Duration = Duration::from_secs(3);

fn main() {
    let place = TempDir::new().expect("a temporary folder");
    println!("| {OBJECTS} objects as | format | wall, median of {RUNS} runs | peak memory | allowed |");
    println!("|---|---|---|---|---|");
    for (name, path) in inputs(place.path()) {
        for format in ["human", "json", "sarif"] {
            let mut runs: Vec<(Duration, u64)> =
                (0..RUNS).map(|_| run(&path, format, place.path())).collect();
            runs.sort();
            let (wall, _) = runs[RUNS / 2];
            let peak = runs.iter().map(|(_, kibibytes)| kibibytes / 1024).max().unwrap_or_default();
            let verdict = if wall <= LIMIT { "kept" } else { "EXCEEDED" };
            println!("| {name} | {format} | {:.2} s | {peak} MiB | 3 s: {verdict} |", wall.as_secs_f64());
        }
    }
}

/// The same objects in every form.
fn inputs(place: &Path) -> [(&'static str, PathBuf); 4] {
    let objects: Vec<String> = (0..OBJECTS).map(object).collect();
    let write = |name: &str, text: String| {
        let path = place.join(name);
        fs::write(&path, text).expect("a file");
        path
    };
    let folder = place.join("folder");
    fs::create_dir_all(&folder).expect("a folder");
    for (number, object) in objects.iter().enumerate() {
        write(&format!("folder/{number:05}.yaml"), object.clone());
    }
    let items = objects.iter().map(|object| format!("- {}\n", object.trim_end().replace('\n', "\n  ")));
    let list = format!("apiVersion: v1\nkind: List\nitems:\n{}", items.collect::<String>());
    let json: serde_json::Value = serde_yaml::from_str(&list).expect("a List");
    [
        ("documents of a file", write("documents.yaml", objects.join("---\n"))),
        ("a List", write("list.yaml", list)),
        ("a List in JSON, on one line", write("list.json", json.to_string())),
        ("files of a folder", folder),
    ]
}

/// Office hours, a season, and nights of some months, at hours and dates of its own.
fn object(number: usize) -> String {
    let zone = ["Europe/Berlin", "Europe/Zurich", "America/New_York", "Asia/Tokyo"][number % 4];
    // Digits of the number, each in its own base, so that no schedule comes back.
    let digit = |below: usize, base: usize, from: usize| from + number / below % base;
    let (minute, opens, closes, late) =
        (digit(1, 60, 0), digit(60, 5, 5), digit(300, 6, 16), digit(1_800, 60, 0));
    let (first, last) = (digit(1, 28, 1), digit(28, 28, 1));
    let (spring, autumn) = (digit(784, 6, 1), digit(4_704, 6, 7));
    let (evening, morning) = (digit(60, 4, 20), digit(240, 3, 4));
    let (from, until) = (digit(720, 6, 1), digit(4_320, 6, 7));
    format!(
        "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: app-{number}
  namespace: team-{}
spec:
  scaleTargetRef:
    name: app-{number}
  minReplicaCount: 2
  maxReplicaCount: 20
  triggers:
    - type: cron
      metadata:
        timezone: {zone}
        start: \"{minute} {opens} * * 1-5\"
        end: \"{late} {closes} * * 1-5\"
        desiredReplicas: \"4\"
    - type: cron
      metadata:
        timezone: {zone}
        start: \"{minute} {opens} {first} {spring} *\"
        end: \"{late} {closes} {last} {autumn} *\"
        desiredReplicas: \"6\"
    - type: cron
      metadata:
        timezone: {zone}
        start: \"{minute} {evening} * {from}-{until} *\"
        end: \"{late} {morning} * {from}-{until} *\"
        desiredReplicas: \"3\"
",
        number % 50
    )
}

/// One run of the binary: how long it took, and the most memory it held, in KiB.
fn run(input: &Path, format: &str, place: &Path) -> (Duration, u64) {
    let memory = place.join("memory");
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "%M", "-o"]).arg(&memory).arg(env!("CARGO_BIN_EXE_seasonscale"));
    command.args(["audit", "--from", "2026-01-01", "--format", format]).arg(input);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    #[expect(clippy::disallowed_methods, reason = "this measures time")]
    let start = Instant::now();
    let status = command.status().expect("GNU time at /usr/bin/time (Debian: apt-get install time)");
    let wall = start.elapsed();
    assert!(status.code().is_some_and(|code| code < 2), "{status}");
    // GNU time says first where a command ended in another status than 0.
    let said = fs::read_to_string(memory).expect("what time wrote");
    (wall, said.lines().last().and_then(|line| line.trim().parse().ok()).expect("a number of KiB"))
}
