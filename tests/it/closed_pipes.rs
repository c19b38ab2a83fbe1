//! The verdict holds whoever stops reading: a closed pipe changes no exit code, a full disk does.

use std::fs::File;
use std::io::{Read, pipe};
use std::process::{Command, Stdio};

use seasonscale::parallel;

use crate::audit::corpus::manifest;
use crate::cli::Workplace;

/// How often each command is run in each way: where two ends race, once says nothing. With nine ways these are 54 runs.
const ROUNDS: usize = 6;

/// A command, how it ends when everything is read, and how often that is tried in each way.
struct Case {
    arguments: &'static [&'static str],
    verdict: i32,
    rounds: usize,
}

/// Each command with findings, with none, or with nothing to read.
const CASES: [Case; 16] = [
    Case { arguments: &["generate"], verdict: 1, rounds: ROUNDS },
    Case { arguments: &["generate", "-i", "good", "-o", "made", "--only", "keda"], verdict: 0, rounds: 1 },
    Case { arguments: &["generate", "-i", "good", "-o", "-", "--only", "keda"], verdict: 0, rounds: 1 },
    Case { arguments: &["check", "--today", "2026-06-01"], verdict: 1, rounds: ROUNDS },
    Case { arguments: &["check", "-i", "elsewhere"], verdict: 3, rounds: 1 },
    Case { arguments: &["audit", "shop.yaml"], verdict: 1, rounds: ROUNDS },
    Case { arguments: &["audit", "--format", "json", "shop.yaml"], verdict: 1, rounds: 1 },
    Case { arguments: &["audit", "--format", "sarif", "shop.yaml"], verdict: 1, rounds: 1 },
    Case { arguments: &["audit", "--format", "github", "shop.yaml"], verdict: 1, rounds: 1 },
    Case { arguments: &["import", "--today", "2026-06-01", "shop.yaml"], verdict: 1, rounds: ROUNDS },
    Case { arguments: &["review"], verdict: 1, rounds: ROUNDS },
    Case { arguments: &["explain", "DE/queries"], verdict: 1, rounds: ROUNDS },
    Case { arguments: &["explain", "cron-dst-gap"], verdict: 0, rounds: 1 },
    Case { arguments: &["completions", "bash"], verdict: 0, rounds: ROUNDS },
    Case { arguments: &["--help"], verdict: 0, rounds: ROUNDS },
    Case { arguments: &["generte"], verdict: 2, rounds: ROUNDS },
];

/// Who stops reading, and when.
#[derive(Clone, Copy, Debug)]
enum Reader {
    /// `| true`
    NoneOfStdout,
    /// `2>&1 >/dev/null | true`
    NoneOfStderr,
    /// `2>&1 | true`
    NoneOfBoth,
    /// `| head -c 1`
    OneByteOfStdout,
    /// `2>&1 | head -c 1`
    OneByteOfBoth,
    /// `>&-`
    StdoutClosed,
    /// `2>&-`
    StderrClosed,
    /// `>&- 2>&-`
    BothClosed,
    /// `2>/dev/full`
    StderrFull,
}

const READERS: [Reader; 9] = [
    Reader::NoneOfStdout,
    Reader::NoneOfStderr,
    Reader::NoneOfBoth,
    Reader::OneByteOfStdout,
    Reader::OneByteOfBoth,
    Reader::StdoutClosed,
    Reader::StderrClosed,
    Reader::BothClosed,
    Reader::StderrFull,
];

fn place() -> Workplace {
    let place = Workplace::reference();
    for name in ["calendar.toml", "territories.toml"] {
        place.write(&format!("good/{name}"), place.read(&format!("policies/{name}")).as_bytes());
    }
    place.edit("policies/territories.toml", "max = 12", "max = 5");
    place.write("shop.yaml", manifest("weekend-spill.yaml").as_bytes());
    place
}

fn command(place: &Workplace, arguments: &[&str], redirected: Option<&str>) -> Command {
    let binary = env!("CARGO_BIN_EXE_seasonscale");
    let mut command = match redirected {
        None => Command::new(binary),
        Some(how) => {
            let mut shell = Command::new("/bin/sh");
            shell.args(["-c", &format!("exec \"$0\" \"$@\" {how}"), binary]);
            shell
        }
    };
    command.args(arguments).current_dir(place.path("")).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// How the command ends when `reader` reads it.
fn status(place: &Workplace, arguments: &[&str], reader: Reader) -> Option<i32> {
    let redirected = match reader {
        Reader::StdoutClosed => Some(">&-"),
        Reader::StderrClosed => Some("2>&-"),
        Reader::BothClosed => Some(">&- 2>&-"),
        Reader::NoneOfStdout
        | Reader::NoneOfStderr
        | Reader::NoneOfBoth
        | Reader::OneByteOfStdout
        | Reader::OneByteOfBoth
        | Reader::StderrFull => None,
    };
    let mut command = command(place, arguments, redirected);
    let (mut from, to) = pipe().unwrap();
    match reader {
        Reader::NoneOfStdout | Reader::OneByteOfStdout => {
            command.stdout(to);
        }
        Reader::NoneOfStderr => {
            command.stderr(to);
        }
        Reader::NoneOfBoth | Reader::OneByteOfBoth => {
            command.stdout(to.try_clone().unwrap()).stderr(to);
        }
        Reader::StderrFull => {
            command.stderr(File::options().write(true).open("/dev/full").unwrap());
        }
        Reader::StdoutClosed | Reader::StderrClosed | Reader::BothClosed => {}
    }
    let reads_one = matches!(reader, Reader::OneByteOfStdout | Reader::OneByteOfBoth);
    let mut child = if reads_one {
        let child = command.spawn().unwrap();
        drop(command);
        let _ = from.read(&mut [0]).unwrap();
        drop(from);
        child
    } else {
        drop(from);
        command.spawn().unwrap()
    };
    child.wait().unwrap().code()
}

#[test]
fn no_reader_who_goes_away_changes_how_a_command_ends() {
    let place = place();
    parallel::each(&CASES, |Case { arguments, verdict, rounds }| {
        assert_eq!(place.run(arguments).status, *verdict, "{arguments:?}");
        for reader in READERS.iter().cycle().take(rounds * READERS.len()) {
            assert_eq!(status(&place, arguments, *reader), Some(*verdict), "{arguments:?} {reader:?}");
        }
    });
}

#[test]
fn data_that_a_full_disk_does_not_take_is_a_failure_with_a_message() {
    let place = place();
    for arguments in [
        &["generate", "-i", "good", "-o", "-", "--only", "keda"][..],
        &["audit", "shop.yaml"],
        &["audit", "--format", "json", "shop.yaml"],
        &["import", "--today", "2026-06-01", "shop.yaml"],
        &["review", "-i", "good", "--today", "2026-06-01"],
        &["explain", "cron-dst-gap"],
        &["completions", "bash"],
        &["rules"],
        &["--help"],
    ] {
        let mut command = command(&place, arguments, None);
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command.stdout(full).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains("cannot write to stdout: No space left on device"), "{arguments:?}: {said}");
    }
}
