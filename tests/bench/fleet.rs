//! How long `generate`, verification included, and `review` take and how much memory they need: the reference case, and
//! made-up fleets of 10, 100 and 1,000 territories x 2 workloads x 12 seasons, or 4 monthly ones. Run by hand: `cargo bench --bench fleet`.
//!
//! Each run is a fresh process of the release binary that writes all its files anew. Peak memory is what GNU time
//! (Debian package `time`) reads from the kernel.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What is measured: how many territories, how often, and what must not be exceeded.
struct Case {
    name: &'static str,
    /// None: the policies of the checkout.
    territories: Option<usize>,
    /// Those of a made-up fleet.
    seasons: &'static [Season],
    /// Which files: the first ones, or all that there are.
    files: &'static str,
    /// What is run on the policy.
    command: Command,
    runs: usize,
    limit: Option<(Duration, u64)>,
}

/// What is run.
#[derive(Clone, Copy)]
enum Command {
    /// All files, written anew.
    Generate,
    /// The year, in this format.
    Review(&'static str),
    /// What has changed against the same policy with another gate.
    Against,
}

const FIRST: &str = "\n[artifacts]\nmake = [\"keda\", \"alerts\", \"journal\", \"undo\", \"runbook\"]\n";
const ALL: &str = "";

const CASES: [Case; 13] = [
    Case {
        name: "reference case, the first files",
        territories: None,
        seasons: &SEASONS,
        files: FIRST,
        command: Command::Generate,
        runs: 31,
        limit: Some((Duration::from_millis(30), 30)),
    },
    Case {
        name: "reference case, all files",
        territories: None,
        seasons: &SEASONS,
        files: ALL,
        command: Command::Generate,
        runs: 31,
        limit: Some((Duration::from_millis(60), 30)),
    },
    Case {
        name: "fleet of 10, the first files",
        territories: Some(10),
        seasons: &SEASONS,
        files: FIRST,
        command: Command::Generate,
        runs: 15,
        limit: None,
    },
    Case {
        name: "fleet of 100, the first files",
        territories: Some(100),
        seasons: &SEASONS,
        files: FIRST,
        command: Command::Generate,
        runs: 9,
        limit: None,
    },
    Case {
        name: "fleet of 1,000, the first files",
        territories: Some(1_000),
        seasons: &SEASONS,
        files: FIRST,
        command: Command::Generate,
        runs: 5,
        limit: Some((Duration::from_secs(2), 500)),
    },
    Case {
        name: "fleet of 1,000 with monthly seasons, the first files",
        territories: Some(1_000),
        seasons: &MONTHLY,
        files: FIRST,
        command: Command::Generate,
        runs: 5,
        limit: Some((Duration::from_secs(2), 500)),
    },
    Case {
        name: "fleet of 1,000, all files",
        territories: Some(1_000),
        seasons: &SEASONS,
        files: ALL,
        command: Command::Generate,
        runs: 5,
        limit: Some((Duration::from_secs(4), 500)),
    },
    Case {
        name: "reference case, review",
        territories: None,
        seasons: &SEASONS,
        files: ALL,
        command: Command::Review("text"),
        runs: 31,
        limit: Some((Duration::from_millis(50), 30)),
    },
    Case {
        name: "reference case, review as a page",
        territories: None,
        seasons: &SEASONS,
        files: ALL,
        command: Command::Review("html"),
        runs: 31,
        limit: Some((Duration::from_millis(50), 30)),
    },
    Case {
        name: "fleet of 1,000, review",
        territories: Some(1_000),
        seasons: &SEASONS,
        files: ALL,
        command: Command::Review("text"),
        runs: 5,
        limit: Some((Duration::from_millis(3000), 500)),
    },
    Case {
        name: "fleet of 1,000, review as JSON",
        territories: Some(1_000),
        seasons: &SEASONS,
        files: ALL,
        command: Command::Review("json"),
        runs: 5,
        limit: Some((Duration::from_millis(3000), 500)),
    },
    Case {
        name: "fleet of 1,000, review as a page",
        territories: Some(1_000),
        seasons: &SEASONS,
        files: ALL,
        command: Command::Review("html"),
        runs: 5,
        limit: Some((Duration::from_millis(3000), 500)),
    },
    Case {
        name: "fleet of 1,000, review of a change",
        territories: Some(1_000),
        seasons: &SEASONS,
        files: ALL,
        command: Command::Against,
        runs: 5,
        limit: Some((Duration::from_millis(3000), 500)),
    },
];

const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "Europe/Zurich",
    "Europe/Vienna",
    "America/New_York",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Sao_Paulo",
    "Asia/Kolkata",
];

const HOLIDAYS: [&str; 3] = ["bavaria", "zurich", "austria"];

/// Name, first day, last day, hours, days, floors of queries and commands.
type Season = (&'static str, &'static str, &'static str, &'static str, &'static str, u32, u32);

/// What comes back every month, by working days too: other days for each set of holidays.
const MONTHLY: [Season; 4] = [
    ("closing", "last workday of month", "last workday of month", "07:00-20:00", "mon-sun", 5, 3),
    (
        "payday",
        "15 of month or workday before",
        "15 of month or workday before",
        "06:00-22:00",
        "mon-sun",
        6,
        4,
    ),
    ("first-monday", "1st mon of month", "1st mon of month", "08:00-18:00", "mon-sun", 4, 3),
    ("tax", "5th workday of month", "5th workday of month", "09:00-17:00", "mon-sun", 7, 5),
];

/// Fixed and movable dates, all day and office hours, weekdays and workdays, apart and overlapping.
const SEASONS: [Season; 12] = [
    ("new-year", "01-02", "01-20", "07:00-19:00", "mon-fri", 5, 3),
    ("carnival", "easter - 52d", "easter - 46d", "09:00-23:00", "mon-sun", 6, 3),
    ("spring-fair", "03-10", "03-24", "08:00-18:00", "mon-sat", 4, 2),
    ("easter", "easter - 14d", "easter", "07:00-20:00", "mon-sun", 7, 4),
    ("asparagus", "04-15", "06-24", "07:00-18:00", "workdays", 4, 3),
    ("whitsun", "easter + 42d", "easter + 50d", "08:00-20:00", "mon-sun", 6, 4),
    ("summer", "07-01", "08-31", "06:00-22:00", "sat,sun", 5, 3),
    ("harvest", "09-01", "09-12", "05:00-21:00", "mon-sun", 8, 5),
    ("oktoberfest", "sat >= 09-16", "sun <= 10-05", "08:00-20:00", "mon-sun", 10, 6),
    ("autumn", "10-06", "11-15", "08:00-17:00", "workdays", 4, 3),
    ("black-friday", "4th fri of 11", "4th fri of 11 + 3d", "00:00-24:00", "mon-sun", 12, 7),
    ("christmas", "advent", "12-31", "08:00-22:00", "mon-sun", 9, 6),
];

fn main() {
    println!("| case | targets | files | wall, median of runs | peak memory | allowed |");
    println!("|---|---|---|---|---|---|");
    for case in &CASES {
        let place = TempDir::new().expect("a temporary folder");
        let policies = policies(&place.path().join("policies"), case);
        let mut walls = Vec::new();
        let mut peak = 0;
        for _ in 0..case.runs {
            let (wall, kibibytes) = run(case.command, &policies, place.path());
            walls.push(wall);
            peak = peak.max(kibibytes);
        }
        walls.sort();
        println!("{}", row(case, walls[walls.len() / 2], peak.div_ceil(1024), &place.path().join("out")));
    }
}

fn row(case: &Case, wall: Duration, mebibytes: u64, out: &Path) -> String {
    let targets = case.territories.map_or(7, |territories| 2 * territories);
    let kibibytes = size(out) / 1024;
    let allowed = case.limit.map_or("-".to_owned(), |(most, memory)| {
        let verdict = if wall <= most && mebibytes <= memory { "kept" } else { "EXCEEDED" };
        format!("{} ms, {memory} MiB: {verdict}", most.as_millis())
    });
    let milliseconds = wall.as_secs_f64() * 1000.0;
    let (name, runs) = (case.name, case.runs);
    format!(
        "| {name} | {targets} | {kibibytes} KiB | {milliseconds:.1} ms ({runs}) | {mebibytes} MiB | {allowed} |"
    )
}

/// Octets of a file, or of all files of a folder and those in it.
fn size(path: &Path) -> u64 {
    if !path.is_dir() {
        return path.metadata().expect("its size").len();
    }
    fs::read_dir(path).expect("files").map(|entry| size(&entry.expect("a file").path())).sum()
}

/// One run of the binary: how long it took, and the most memory it held, in KiB.
fn run(what: Command, policies: &Path, place: &Path) -> (Duration, u64) {
    let out = place.join("out");
    let _ = fs::remove_dir_all(&out);
    let _ = fs::remove_file(&out);
    let memory = place.join("memory");
    let mut command = process::Command::new("/usr/bin/time");
    command.args(["-f", "%M", "-o"]).arg(&memory).arg(env!("CARGO_BIN_EXE_seasonscale"));
    match what {
        Command::Generate => command.arg("generate").arg("-o").arg(&out),
        Command::Review(format) => command.args(["review", "--format", format]),
        Command::Against => command.args(["review", "--against"]).arg(older(policies, place)),
    };
    command.arg("-i").arg(policies);
    #[expect(clippy::disallowed_methods, reason = "this measures time")]
    let start = Instant::now();
    let output = command.output().expect("GNU time at /usr/bin/time (Debian: apt-get install time)");
    let wall = start.elapsed();
    if !matches!(what, Command::Generate) {
        fs::write(&out, &output.stdout).expect("what was printed");
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let memory = fs::read_to_string(memory).expect("what time wrote");
    (wall, memory.trim().parse().expect("a number of KiB"))
}

/// The policy as it was before a gate moved.
fn older(policies: &Path, place: &Path) -> PathBuf {
    let folder = place.join("older");
    fs::create_dir_all(&folder).expect("a folder");
    fs::copy(policies.join("calendar.toml"), folder.join("calendar.toml")).expect("the calendar");
    let text = fs::read_to_string(policies.join("territories.toml")).expect("the territories");
    let text = text.replace("min = 2,", "min = 1,");
    fs::write(folder.join("territories.toml"), text).expect("the territories");
    folder
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Writes the policy of a case into `folder`.
fn policies(folder: &Path, case: &Case) -> PathBuf {
    let own = |name: &str| fs::read_to_string(root().join("policies").join(name)).expect("the policies");
    let (calendar, territories) = match case.territories {
        None => (own("calendar.toml"), own("territories.toml")),
        Some(territories) => (calendar(territories, case.seasons), profile(territories)),
    };
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("calendar.toml"), calendar).expect("the calendar");
    fs::write(folder.join("territories.toml"), territories + case.files).expect("the territories");
    folder.to_owned()
}

fn calendar(territories: usize, seasons: &[Season]) -> String {
    let reference = fs::read_to_string(root().join("policies/calendar.toml")).expect("the calendar");
    let mut text = tables(&reference, &["[plan]", "[holidays."]);
    for (at, (name, from, to, hours, days, queries, commands)) in seasons.iter().enumerate() {
        let hours = if *hours == "00:00-24:00" { String::new() } else { format!("hours = \"{hours}\"\n") };
        writeln!(
            text,
            "[seasons.{name}]\ntitle = \"{name}\"\nfrom = \"{from}\"\nto = \"{to}\"\n{hours}days = \"{days}\"\n\
             load = 3.0\nfloor = {{ queries = {queries}, commands = {commands} }}"
        )
        .expect("a string");
        // One territory in five goes its own way, another one in each season.
        for territory in (0..territories).filter(|territory| territory % 5 == at % 5) {
            let (queries, commands) = (queries + 1 + u32::from(territory % 3 == 0), commands + 1);
            writeln!(
                text,
                "[seasons.{name}.in.{}]\nfloor = {{ queries = {queries}, commands = {commands} }}",
                code(territory)
            )
            .expect("a string");
        }
    }
    text
}

fn profile(territories: usize) -> String {
    let reference = fs::read_to_string(root().join("policies/territories.toml")).expect("the territories");
    let kept = ["[platform", "[workloads.queries]", "[workloads.commands]", "[gates]", "[journal]", "[cost]"];
    let mut text = tables(&reference, &kept);
    let share = 1.0 / territories as f64;
    for territory in 0..territories {
        let zone = ZONES[territory % ZONES.len()];
        let holidays = HOLIDAYS[territory % HOLIDAYS.len()];
        writeln!(
            text,
            "[territories.{}]\ntitle = \"Territory {territory}\"\nzone = \"{zone}\"\nshare = {share}\n\
             p95-target = \"{}ms\"\nholidays = [\"{holidays}\"]\n\
             queries = {{ replicas = {{ min = 2, max = {} }}, rps-per-replica = {}, scale-up-p95 = \"200ms\" }}\n\
             commands = {{ replicas = {{ min = 1, max = {} }}, rps-per-replica = 20 }}",
            code(territory),
            300 + 10 * (territory % 10),
            20 + territory % 7,
            40 + 5 * (territory % 9),
            12 + territory % 5,
        )
        .expect("a string");
    }
    text
}

fn code(territory: usize) -> String {
    format!("T{territory:04}")
}

/// The tables of a TOML text whose headers begin so.
fn tables(text: &str, headers: &[&str]) -> String {
    let mut kept = String::new();
    let mut keep = false;
    for line in text.lines() {
        if line.starts_with('[') {
            keep = headers.iter().any(|header| line.starts_with(header));
        }
        if keep && !line.starts_with('#') {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}
