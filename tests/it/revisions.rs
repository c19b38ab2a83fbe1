//! `review --against REVISION`: what Git has of a policy, and nothing that Git would run for it.

use std::fs;
use std::process::{Command, Output};

use crate::cli::Workplace;
use crate::review::said;

fn git(place: &Workplace, folder: &str, arguments: &[&str]) -> Output {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
    Command::new("git").arg("-C").arg(place.path(folder)).args(identity).args(arguments).output().unwrap()
}

/// Everything that is there, in a repository of its own.
fn commit(place: &Workplace) {
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-q", "-m", "x"]] {
        let run = git(place, "", arguments);
        assert!(run.status.success(), "{run:?}");
    }
}

#[test]
fn a_revision_of_git_is_read_and_an_unknown_one_is_named() {
    let place = Workplace::reference();
    commit(&place);
    assert_eq!(said(&place, &["--against", "HEAD"]), "Both policies mean the same.\n");
    place.edit("policies/calendar.toml", "queries = 6", "queries = 8");
    assert!(
        said(&place, &["--against", "HEAD"])
            .starts_with("89,363.0 -> 90,443.0 pod-hours (+1,080.0), +48.60 EUR")
    );
    for unknown in ["nosuch", "--output=x", "HEAD:x", "HEAD..HEAD", "^HEAD", "@{u}"] {
        let run = place.run(&["review", &format!("--against={unknown}")]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{unknown}");
        assert!(run.stderr.contains(unknown), "{}", run.stderr);
    }
    assert!(!place.path("x").exists());
}

/// A partial clone lacks old files, and Git gets them from wherever its settings say, by whatever program they name.
#[test]
fn a_revision_is_read_from_what_is_here_and_no_program_of_a_repository_s_settings_runs() {
    let place = Workplace::reference();
    commit(&place);
    let git = |folder: &str, arguments: &[&str]| git(&place, folder, arguments);
    git("", &["config", "uploadpack.allowFilter", "true"]);
    let marker = place.path("marker");
    let url = format!("file://{}", place.path("").display());
    let clone = ["clone", "-q", "--no-checkout", "--filter=blob:none", &url, "clone"];
    assert!(git("", &clone).status.success());
    let touch = format!("touch {}; false", marker.display());
    let helper = format!("ext::touch {}", marker.display());
    place.write("clone/policies/calendar.toml", place.read("policies/calendar.toml").as_bytes());
    place.write("clone/policies/territories.toml", place.read("policies/territories.toml").as_bytes());
    for settings in [
        [("remote.origin.url", helper.as_str()), ("protocol.ext.allow", "always")],
        [("remote.origin.url", "ssh://nowhere.example/x"), ("core.sshCommand", touch.as_str())],
    ] {
        for (key, value) in settings {
            assert!(git("clone", &["config", key, value]).status.success());
        }
        // What Git would do by itself.
        assert!(!git("clone", &["show", "HEAD:policies/calendar.toml"]).status.success());
        assert!(fs::remove_file(&marker).is_ok(), "a fetch runs the program of {settings:?}");
        let run = place.run(&["review", "-i", "clone/policies", "--against", "HEAD"]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        let why = "`calendar.toml` cannot be had from revision `HEAD`";
        assert!(run.stderr.contains(why), "{}", run.stderr);
        assert!(!marker.exists(), "{}", run.stderr);
    }
}

#[test]
fn a_large_file_of_a_revision_is_refused() {
    let place = Workplace::reference();
    let small = place.read("policies/calendar.toml");
    place.write("policies/calendar.toml", (small.clone() + &"#\n".repeat(1 << 20)).as_bytes());
    commit(&place);
    place.write("policies/calendar.toml", small.as_bytes());
    let run = place.run(&["review", "--against", "HEAD", "--max-size", "1MiB"]);
    assert!(run.status == 2 && run.stderr.contains("larger than 1 MiB"), "{}", run.stderr);
    assert_eq!(place.run(&["review", "--against", "HEAD"]).status, 0);
}
