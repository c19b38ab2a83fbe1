//! Bounds: what is large costs as much as it is large. Every input is given in some size and in twice that size, and the second
//! run may take no three times the processor time of the first: a quadratic one would take four times. Processor time, not the
//! clock on the wall, so that a busy machine changes nothing; a limit on it ends a run that does not end.

use std::fmt::Write;
use std::process::{Command, Stdio};

use crate::cli::Workplace;

/// Seconds of the processor after which a run is ended: a debug binary under a linear goal stays far below.
const WATCHDOG: u32 = 150;
/// Below this nothing can be said of growth: a process starts.
const NOISE: f64 = 0.4;

/// How a run ended, and the seconds of the processor that it and its threads took.
struct Run {
    status: i32,
    seconds: f64,
    text: String,
}

fn run(place: &Workplace, arguments: &[&str]) -> Run {
    let script = format!("ulimit -t {WATCHDOG}; \"$0\" \"$@\" >out.txt 2>err.txt; echo $?; times");
    let output = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_seasonscale")])
        .args(arguments)
        .current_dir(place.path("."))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let status = said.lines().next().and_then(|line| line.parse().ok());
    // The last line is of the children: `0m1.230s 0m0.040s`.
    let times = said.lines().last().unwrap().split_whitespace().map(|time| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m').unwrap();
        minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
    });
    let seconds = times.sum();
    let status = status.unwrap_or_else(|| panic!("{arguments:?} was ended after {seconds} s"));
    assert!(status < 128, "{arguments:?} was ended after {seconds} s: {status}");
    Run { status, seconds, text: place.read("out.txt") + &place.read("err.txt") }
}

/// Two runs, the second on an input twice as large; each must say `wanted`.
fn linear(what: &str, size: usize, make: impl Fn(&Workplace, usize), arguments: &[&str], wanted: &[&str]) {
    let of = |size: usize| {
        let place = Workplace::reference();
        make(&place, size);
        let run = run(&place, arguments);
        for word in wanted {
            let word = word
                .replace("SIZE", &size.to_string())
                .replace("MORE", &size.saturating_sub(100).to_string());
            let end: String =
                run.text.chars().rev().take(500).collect::<Vec<_>>().into_iter().rev().collect();
            assert!(run.text.contains(&word), "{what}: no `{word}` at exit {}: ..{end}", run.status);
        }
        run.seconds
    };
    let (once, twice) = (of(size), of(2 * size));
    assert!(twice < 3.0 * once + NOISE, "{what}: {once:.2} s for {size}, {twice:.2} s for twice as much");
}

const CHECK: [&str; 3] = ["check", "--today", "2026-06-01"];
const GENERATE: [&str; 3] = ["generate", "--today", "2026-06-01"];

/// Adds text to a file of the policy.
fn add(place: &Workplace, file: &str, more: &str) {
    let file = format!("policies/{file}.toml");
    place.write(&file, (place.read(&file) + more).as_bytes());
}

#[test]
fn findings_cost_no_more_than_their_number() {
    let keys = |place: &Workplace, size: usize| {
        let keys = (0..size).fold(String::from("\n[unheard-of]\n"), |mut text, at| {
            let _ = writeln!(text, "key-{at} = {at}");
            text
        });
        // Unknown keys of a known table, so that each is a finding.
        add(place, "calendar", &keys.replace("[unheard-of]", "[seasons.more]"));
    };
    linear(
        "unknown keys",
        3_000,
        keys,
        &CHECK,
        &["unknown key `key-99` in season `more`", "more of unknown-key"],
    );
    let territories = |place: &Workplace, size: usize| {
        let tables = (0..size).fold(String::new(), |mut text, at| {
            let _ = writeln!(text, "\n[territories.T{at}]\nzone = \"Europe/Nowhere\"\nshare = \"a\"");
            text
        });
        add(place, "territories", &tables);
    };
    linear(
        "territories with two mistakes",
        1_500,
        territories,
        &CHECK,
        &["more of unknown-zone", "more of wrong-type"],
    );
}

#[test]
fn territories_and_seasons_cost_no_more_than_their_number() {
    let territories = |place: &Workplace, size: usize| {
        let tables = (0..size).fold(String::new(), |mut text, at| {
            let _ = writeln!(
                text,
                "\n[territories.T{at}]\ntitle = \"Number {at}\"\nzone = \"Europe/Berlin\"\nshare = 0.0"
            );
            text
        });
        add(place, "territories", &tables);
    };
    linear("valid territories", 500, territories, &GENERATE, &["keda-scalers.yaml"]);
    let seasons = |place: &Workplace, size: usize| {
        let tables = (0..size).fold(String::new(), |mut text, at| {
            let (day, month) = (1 + at % 28, 1 + at / 28 % 12);
            let _ = writeln!(
                text,
                "\n[seasons.s{at}]\nfrom = \"{month:02}-{day:02}\"\nto = \"{month:02}-{day:02}\"\nhours = \"08:00-09:00\"\nterritories = [\"DE\"]\nfloor = {{ queries = 3 }}"
            );
            text
        });
        add(place, "calendar", &tables);
    };
    linear("seasons", 250, seasons, &GENERATE, &[]);
}

#[test]
fn a_long_text_is_a_finding_at_once() {
    let note = |place: &Workplace, size: usize| {
        place.edit(
            "policies/calendar.toml",
            "[seasons.",
            &format!("[seasons.long]\nnote = \"{}\"\n\n[seasons.", "long ".repeat(size / 5)),
        );
    };
    linear("a long note", 3 << 20, note, &CHECK, &["text-too-long"]);
    let zone = |place: &Workplace, size: usize| {
        add(
            place,
            "territories",
            &format!("\n[territories.FAR]\nzone = \"{}\"\n", "Europe/".repeat(size / 7)),
        );
    };
    linear("a long name of a zone", 200_000, zone, &CHECK, &["unknown-zone"]);
}

/// A manifest with these triggers.
fn manifest(triggers: &str) -> String {
    format!(
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  name: web\nspec:\n  scaleTargetRef:\n    name: web\n  minReplicaCount: 1\n  maxReplicaCount: 100\n  triggers:\n{triggers}"
    )
}

fn cron(at: usize, start: &str, end: &str) -> String {
    format!(
        "    - type: cron\n      name: t{at}\n      metadata:\n        timezone: Europe/Berlin\n        start: \"{start}\"\n        end: \"{end}\"\n        desiredReplicas: \"{}\"\n",
        2 + at % 50
    )
}

#[test]
fn triggers_cost_no_more_than_their_number() {
    let audit = ["audit", "web.yaml", "--from", "2026-01-01", "--until", "2027-01-01"];
    let valid = |place: &Workplace, size: usize| {
        let triggers: String = (0..size)
            .map(|at| {
                let (minute, hour) = (at % 60, at / 60 % 22);
                cron(at, &format!("{minute} {hour} * * *"), &format!("{minute} {} * * *", hour + 1))
            })
            .collect();
        place.write("web.yaml", manifest(&triggers).as_bytes());
    };
    linear("triggers of one object", 300, valid, &audit, &["web"]);
    let bad = |place: &Workplace, size: usize| {
        let triggers: String = (0..size).map(|at| cron(at, "61 8 * * *", "0 18 * * *")).collect();
        place.write("web.yaml", manifest(&triggers).as_bytes());
    };
    linear("bad triggers of one object", 1_500, bad, &audit, &["web"]);
}

#[test]
fn triggers_that_fire_each_minute_cost_no_more_than_their_number() {
    let audit = ["audit", "web.yaml", "--from", "2026-01-01", "--until", "2027-01-01"];
    let minutes = |place: &Workplace, size: usize| {
        let triggers: String = (0..size).map(|at| cron(at, "* * * * *", "30 18 * * *")).collect();
        place.write("web.yaml", manifest(&triggers).as_bytes());
    };
    linear("triggers that fire each minute", 3, minutes, &audit, &["web"]);
}

/// A floor is a number: the way to it may be long, to count up to it is not needed.
#[test]
fn the_number_of_replicas_costs_nothing() {
    let floor = cron(0, "0 8 * * *", "0 20 * * *")
        .replace("desiredReplicas: \"2\"", "desiredReplicas: \"2000000000\"");
    let load = "    - type: cpu\n      metricType: Utilization\n      metadata: { value: \"50\" }\n";
    for triggers in [floor.clone(), format!("{load}{floor}")] {
        let place = Workplace::reference();
        let manifest = manifest(&triggers).replace("maxReplicaCount: 100", "maxReplicaCount: 2147483647");
        place.write("many.yaml", manifest.as_bytes());
        let run = run(&place, &["audit", "many.yaml", "--from", "2026-01-01", "--until", "2026-01-15"]);
        assert!(run.text.contains("hpa-surge-stays"), "{}", run.text);
    }
    let place = Workplace::reference();
    let territories = place.read("policies/territories.toml");
    let many =
        territories.replace("replicas = { min = 2, max = 12 }", "replicas = { min = 2, max = 2000000000 }");
    assert_ne!(many, territories);
    place.write("policies/territories.toml", many.as_bytes());
    let run = run(&place, &["simulate", "--target", "DE/queries"]);
    assert!(run.text.contains("its maximum is over 150000"), "{}", run.text);
}

#[test]
fn seasons_and_holiday_sets_that_name_others_cost_no_more_than_their_number() {
    // Both boundaries name the season before, in the file the one behind: without memory each would double the work.
    let seasons = |place: &Workplace, size: usize| {
        let chain: String = (0..size)
            .map(|at| {
                let next = at + 1;
                format!("\n[seasons.s{at}]\nfrom = \"s{next}.from\"\nto = \"s{next}.to\"\nfloor = {{ queries = 3 }}\n")
            })
            .collect();
        let last =
            format!("\n[seasons.s{size}]\nfrom = \"01-05\"\nto = \"01-06\"\nfloor = {{ queries = 3 }}\n");
        add(place, "calendar", &(chain + &last));
    };
    linear("seasons that count from others", 50, seasons, &CHECK, &["s0"]);
    let place = Workplace::reference();
    seasons(&place, 101);
    let said = run(&place, &CHECK);
    assert!(said.text.contains("season `s0` counts its days by way of more than 100"), "{}", said.text);
    assert_eq!(said.text.matches("more than 100 other seasons").count(), 1, "{}", said.text);

    let sets = |place: &Workplace, size: usize| {
        let chain: String =
            (0..size).map(|at| format!("\n[holidays.h{at}]\ninclude = [\"h{}\"]\n", at + 1)).collect();
        let more = format!(
            "{chain}\n[holidays.h{size}]\nx = \"01-01\"\n[seasons.own]\nfrom = \"01-05\"\nto = \"01-06\"\nexcept = [\"h0\"]\nfloor = {{ queries = 3 }}\n"
        );
        add(place, "calendar", &more);
    };
    linear("holiday sets that include others", 1_000, sets, &CHECK, &["own"]);
}
