//! What does not end, or is too large: a pipe that nobody fills, a device, a file over the limit. Wherever a command reads, it is
//! refused at once and in words, and `--max-size` takes a file that is only large.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::cli::Workplace;
use crate::policies;

/// Seconds after which a run counts as one without an end: none here has much to do.
const PATIENCE: u32 = 60;

/// KiB of memory that a run may take: reading a device to its end takes all there is.
const MEMORY: u32 = 3 << 20;

/// What stands in the place of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Instead {
    Pipe,
    Device,
    Large,
}

const ALL: [Instead; 3] = [Instead::Pipe, Instead::Device, Instead::Large];

/// A workplace in which each command has something to read, and that place.
fn place(file: &str, instead: Instead) -> Workplace {
    let place = Workplace::reference();
    let text = |name: &str| fs::read(policies::root().join(name)).unwrap();
    place.write("manifests/web.yaml", &text("tests/audit/control-season-by-day.yaml"));
    place.write("sales.ics", &text("tests/feed/campaigns.ics"));
    place.write("old/calendar.toml", place.read("policies/calendar.toml").as_bytes());
    place.write("old/territories.toml", place.read("policies/territories.toml").as_bytes());
    place.write("kept/calendar.toml", b"[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n\n[seasons.spring]\nfrom = \"04-01\"\nto = \"06-30\"\nhours = \"08:00-18:00\"\nfloor = { indexer = 4 }\n");
    place.write("kept/territories.toml", b"[workloads.indexer]\nscaledobject = \"base.yaml\"\n");
    place.write("kept/base.yaml", &text("tests/cases/base/kept.yaml"));
    let template = place.run(&["templates", "scaledobject.yaml.j2"]).stdout;
    place.write("own/scaledobject.yaml.j2", template.as_bytes());
    if file.starts_with("generated/") {
        assert_eq!(place.run(&["generate"]).status, 0);
    }
    let path = place.path(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&path);
    match instead {
        Instead::Pipe => assert!(Command::new("mkfifo").arg(&path).status().unwrap().success()),
        Instead::Device => symlink("/dev/zero", &path).unwrap(),
        // Without blocks on the disk.
        Instead::Large => File::create(&path).unwrap().set_len((64 << 20) + 1).unwrap(),
    }
    place
}

/// How a run with bounded memory ends; one that does not end fails.
fn ended(place: &Workplace, arguments: &[&str], stdin: Stdio) -> Output {
    let script = format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_seasonscale")]).args(arguments);
    command.current_dir(place.path("")).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = command.spawn().unwrap();
    for _ in 0..PATIENCE * 20 {
        if is_over(&mut run) {
            return run.wait_with_output().unwrap();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    run.kill().unwrap();
    panic!("{arguments:?} does not end");
}

fn is_over(run: &mut Child) -> bool {
    run.try_wait().unwrap().is_some()
}

/// A file, and the commands that read it; a policy's own is named as a finding, with exit code 2 as well.
const CASES: [(&str, &[&[&str]]); 13] = [
    (
        "policies/calendar.toml",
        &[
            &["generate"],
            &["check"],
            &["review"],
            &["explain", "DE/queries"],
            &["simulate"],
            &["renew"],
            &["import", "sales.ics"],
        ],
    ),
    ("policies/territories.toml", &[&["generate"], &["review", "--against", "old"]]),
    ("seasonscale.toml", &[&["generate"], &["check"], &["review"], &["renew"]]),
    ("old/calendar.toml", &[&["review", "--against", "old"], &["simulate", "--against", "old"]]),
    ("kept/base.yaml", &[&["generate", "-i", "kept", "-o", "made"], &["check", "-i", "kept", "-o", "made"]]),
    (
        "own/scaledobject.yaml.j2",
        &[
            &["generate", "--templates", "own"],
            &["check", "--templates", "own"],
            &["explain", "DE/queries", "--templates", "own"],
            &["simulate", "--templates", "own"],
        ],
    ),
    ("generated/keda-scalers.yaml", &[&["check"], &["generate"]]),
    (
        "manifests/pipe.yaml",
        &[
            &["audit", "manifests"],
            &["audit", "manifests/pipe.yaml"],
            &["import", "manifests"],
            &["init", "manifests", "-i", "new"],
            &["simulate", "--manifest", "manifests"],
        ],
    ),
    ("cluster.yaml", &[&["check", "--cluster", "cluster.yaml"]]),
    ("other.ics", &[&["import", "other.ics"]]),
    ("load.csv", &[&["simulate", "--load", "load.csv"]]),
    ("expect.toml", &[&["simulate", "--expect", "expect.toml"]]),
    ("new/calendar.toml", &[&["init", "-i", "new", "--preset", "web-shop"]]),
];

#[test]
fn what_does_not_end_is_refused_at_once_wherever_it_is_read() {
    for (file, commands) in CASES {
        for instead in ALL {
            let place = place(file, instead);
            for arguments in commands {
                let run = ended(&place, arguments, Stdio::null());
                let said = String::from_utf8(run.stderr).unwrap();
                // A link in the output is followed by nobody: `check` names it as one of its findings.
                let is_link = instead == Instead::Device && file.starts_with("generated/");
                let status = if is_link && arguments[0] == "check" { 1 } else { 2 };
                assert_eq!(run.status.code(), Some(status), "{arguments:?}, {instead:?} as {file}: {said}");
                let name = file.rsplit('/').next().unwrap();
                assert!(said.contains(name), "{arguments:?} with a {instead:?} as {file}: {said}");
            }
        }
    }
}

#[test]
fn a_large_file_is_read_where_it_is_asked_for() {
    let place = place("manifests/large.yaml", Instead::Large);
    let refused = place.run(&["audit", "manifests/large.yaml"]);
    let said = "larger than 64 MiB; `--max-size` takes more";
    assert!(refused.status == 2 && refused.stderr.contains(said), "{}", refused.stderr);
    for (most, status) in [("100B", 2), ("1KiB", 0)] {
        let run = place.run(&["audit", "manifests/web.yaml", "--max-size", most]);
        assert_eq!(run.status, status, "{most}: {}", run.stderr);
    }
}

#[test]
fn standard_input_is_read_to_the_same_limit() {
    let place = Workplace::reference();
    for arguments in [
        &["audit", "-"][..],
        &["import", "-"],
        &["check", "--cluster", "-"],
        &["simulate", "--manifest", "-"],
        &["audit", "/dev/stdin"],
    ] {
        let run = ended(&place, arguments, File::open("/dev/zero").unwrap().into());
        let said = String::from_utf8(run.stderr).unwrap();
        let is_said = said.contains("larger than 64 MiB; `--max-size` takes more");
        assert!(run.status.code() == Some(2) && is_said, "{arguments:?}: {said}");
    }
}

#[test]
fn a_note_of_a_stopped_run_that_is_no_file_stops_nobody() {
    let place = place("generated/.seasonscale-interrupted", Instead::Pipe);
    place.edit("policies/calendar.toml", "queries = 6", "queries = 7");
    let run = ended(&place, &["generate"], Stdio::null());
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(!place.path("generated/.seasonscale-interrupted").exists());
}

#[test]
fn links_in_a_folder_of_templates_lead_nowhere_for_ever() {
    let place = Workplace::reference();
    fs::create_dir_all(place.path("circle/inner")).unwrap();
    symlink("..", place.path("circle/inner/up")).unwrap();
    let run = ended(&place, &["generate", "--templates", "circle"], Stdio::null());
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.code() == Some(2) && said.contains("a link there leads in a circle"), "{said}");
    // Thirty folders, each with two links to the next: a billion ways, and no circle.
    for step in 0..30 {
        fs::create_dir_all(place.path(&format!("ways/{step}"))).unwrap();
        for link in ["a", "b"] {
            symlink(format!("../{}", step + 1), place.path(&format!("ways/{step}/{link}"))).unwrap();
        }
    }
    fs::create_dir_all(place.path("ways/30")).unwrap();
    let run = ended(&place, &["generate", "--templates", "ways/0"], Stdio::null());
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.code() == Some(2) && said.contains("more than 10000 files"), "{said}");
}
