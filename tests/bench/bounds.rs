//! What is large costs as much as it is large: each input at its full size, with the processor's time, the peak memory and the goal.
//! Run by hand: `cargo bench --bench bounds`. The watchdog in `tests/it/bounds.rs` holds the growth, not the size.
//!
//! Each run is a fresh process of the release binary; time and memory are what GNU time (Debian package `time`) reads from the
//! kernel. Two cores share the work of an audit, so that its time on the wall is about a half.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

const CHECK: [&str; 3] = ["check", "--today", "2026-06-01"];
const GENERATE: [&str; 3] = ["generate", "--today", "2026-06-01"];
const AUDIT: [&str; 4] = ["audit", "--from", "2026-01-01", "input"];

/// One row: an input, the command that reads it, and the seconds that it may take.
struct Row {
    what: &'static str,
    make: fn(&Path),
    arguments: &'static [&'static str],
    goal: f64,
}

const ROWS: [Row; 12] = [
    Row { what: "30,000 unknown keys", make: keys, arguments: &CHECK, goal: 1.0 },
    Row { what: "20,000 territories with two mistakes", make: bad_territories, arguments: &CHECK, goal: 1.0 },
    Row { what: "20,000 valid territories", make: territories, arguments: &GENERATE, goal: 5.0 },
    Row { what: "5,000 seasons", make: seasons, arguments: &GENERATE, goal: 5.0 },
    Row { what: "a note of 3 MB", make: note, arguments: &CHECK, goal: 5.0 },
    Row { what: "2,000 cron triggers of one object", make: triggers, arguments: &AUDIT, goal: 2.0 },
    Row { what: "50 that fire each minute", make: minutes, arguments: &AUDIT, goal: 2.0 },
    Row { what: "30,000 bad ones", make: bad_triggers, arguments: &AUDIT, goal: 2.0 },
    Row { what: "30,000 in zones of nothing", make: bad_zones, arguments: &AUDIT, goal: 2.0 },
    Row { what: "200 MB of ConfigMaps in 4 files", make: config_maps, arguments: &AUDIT, goal: 10.0 },
    Row { what: "200 MB of the smallest documents", make: small, arguments: &AUDIT, goal: 10.0 },
    Row { what: "a zone name of 200 KB", make: zone, arguments: &AUDIT, goal: 0.1 },
];

fn main() {
    println!("| input | processor | wall | peak memory | goal |");
    println!("|---|---|---|---|---|");
    for Row { what, make, arguments, goal } in ROWS {
        let place = TempDir::new().expect("a temporary folder");
        let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        for name in ["calendar.toml", "territories.toml"] {
            let text = fs::read_to_string(policies.join(name)).expect("the reference policy");
            write(place.path(), &format!("policies/{name}"), &text);
        }
        make(place.path());
        let (processor, wall, peak) = run(place.path(), arguments);
        let verdict = if wall <= goal { "kept" } else { "EXCEEDED" };
        println!("| {what} | {processor:.2} s | {wall:.2} s | {peak} MiB | {goal} s: {verdict} |");
    }
}

fn write(place: &Path, name: &str, text: &str) -> PathBuf {
    let path = place.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, text).expect("a file");
    path
}

/// Adds a text for each number to a file of the policy.
fn add(place: &Path, file: &str, count: usize, text: impl Fn(usize) -> String) {
    let name = format!("policies/{file}.toml");
    let mut whole = fs::read_to_string(place.join(&name)).expect("a policy");
    (0..count).for_each(|at| whole.push_str(&text(at)));
    write(place, &name, &whole);
}

fn keys(place: &Path) {
    add(place, "calendar", 1, |_| "\n[seasons.more]\n".to_owned());
    add(place, "calendar", 30_000, |at| format!("key-{at} = {at}\n"));
}

fn bad_territories(place: &Path) {
    add(place, "territories", 20_000, |at| {
        format!("\n[territories.T{at}]\nzone = \"Europe/Nowhere\"\nshare = \"a\"\n")
    });
}

fn territories(place: &Path) {
    add(place, "territories", 20_000, |at| {
        format!("\n[territories.T{at}]\ntitle = \"Number {at}\"\nzone = \"Europe/Berlin\"\nshare = 0.0\n")
    });
}

fn seasons(place: &Path) {
    add(place, "calendar", 5_000, |at| {
        let (day, month) = (1 + at % 28, 1 + at / 28 % 12);
        format!(
            "\n[seasons.s{at}]\nfrom = \"{month:02}-{day:02}\"\nto = \"{month:02}-{day:02}\"\nhours = \"08:00-09:00\"\nterritories = [\"DE\"]\nfloor = {{ queries = 3 }}\n"
        )
    });
}

fn note(place: &Path) {
    add(place, "calendar", 1, |_| {
        format!("\n[seasons.long]\nnote = \"{}\"\n", "long ".repeat((3 << 20) / 5))
    });
}

fn triggers(place: &Path) {
    manifest(place, 2_000, |at| {
        let (minute, hour) = (at % 60, at / 60 % 22);
        cron(at, "Europe/Berlin", &format!("{minute} {hour} * * *"), &format!("{minute} {} * * *", hour + 1))
    });
}

fn minutes(place: &Path) {
    manifest(place, 50, |at| cron(at, "Europe/Berlin", "* * * * *", "30 18 * * *"));
}

fn bad_triggers(place: &Path) {
    manifest(place, 30_000, |at| cron(at, "Europe/Berlin", "61 8 * * *", "0 18 * * *"));
}

fn bad_zones(place: &Path) {
    manifest(place, 30_000, |at| cron(at, &format!("Europe/Nowhere{at}"), "1 8 * * *", "0 18 * * *"));
}

fn zone(place: &Path) {
    manifest(place, 1, |at| cron(at, &"Europe/".repeat(200_000 / 7), "0 8 * * *", "0 18 * * *"));
}

fn config_maps(place: &Path) {
    let head = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n".to_owned();
    let one = (0..50).fold(head, |mut text, at| {
        let _ = writeln!(text, "  k{at}: \"value {at}\"");
        text
    });
    documents(place, &one);
}

fn small(place: &Path) {
    documents(place, "---\na: 1\n");
}

fn documents(place: &Path, one: &str) {
    for file in 0..4 {
        write(place, &format!("input/{file}.yaml"), &one.repeat((50 << 20) / one.len()));
    }
}

fn manifest(place: &Path, count: usize, trigger: impl Fn(usize) -> String) {
    let head = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  name: web\nspec:\n  scaleTargetRef:\n    name: web\n  minReplicaCount: 1\n  maxReplicaCount: 100\n  triggers:\n";
    let text = (0..count).fold(head.to_owned(), |text, at| text + &trigger(at));
    write(place, "input/web.yaml", &text);
}

fn cron(at: usize, zone: &str, start: &str, end: &str) -> String {
    format!(
        "    - type: cron\n      name: t{at}\n      metadata:\n        timezone: {zone}\n        start: \"{start}\"\n        end: \"{end}\"\n        desiredReplicas: \"{}\"\n",
        2 + at % 50
    )
}

/// One run of the binary: seconds of the processor and on the wall, and the most memory it held, in MiB.
fn run(place: &Path, arguments: &[&str]) -> (f64, f64, u64) {
    let measured = place.join("measured");
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "%U %S %e %M", "-o"]).arg(&measured).arg(env!("CARGO_BIN_EXE_seasonscale"));
    command.args(arguments).current_dir(place).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status().expect("GNU time at /usr/bin/time (Debian: apt-get install time)");
    assert!(status.code().is_some(), "{arguments:?}: {status}");
    // GNU time says first where a command ended in another status than 0.
    let said = fs::read_to_string(measured).expect("what time wrote");
    let numbers: Vec<f64> =
        said.lines().last().unwrap_or_default().split(' ').filter_map(|number| number.parse().ok()).collect();
    let [user, system, wall, kibibytes] = numbers[..] else { panic!("{said}") };
    (user + system, wall, kibibytes as u64 / 1024)
}
