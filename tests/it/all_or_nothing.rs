//! `generate`, killed at any moment: every file is wholly old or wholly new, and the next run repairs the rest.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use seasonscale::artifact::ArtifactKind;
use tempfile::TempDir;

use crate::architecture::files;
use crate::policies::root;

/// How many runs are killed, how the kills spread over a run, and how many more come while it is renaming.
const KILLS: u32 = 100;
const KILLS_WHILE_WRITING: u32 = 60;

/// A folder on the disk of the checkout, since a file system in memory would be too fast to be caught at it.
struct Place {
    folder: TempDir,
}

type Tree = BTreeMap<String, Vec<u8>>;

impl Place {
    /// With two policies, `one` and `two`, that give every file another text.
    fn new() -> Self {
        let place = Self { folder: TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap() };
        let edits = [
            ("namespace            = \"freshplan\"", "namespace            = \"freshplan-two\""),
            ("team                 = \"platform\"", "team                 = \"platform-two\""),
            ("p95-target = \"400ms\"", "p95-target = \"410ms\""),
            ("p95-emergency = \"600ms\"", "p95-emergency = \"700ms\""),
            ("prefix            = \"freshplan_scaling\"", "prefix            = \"freshplan_two\""),
        ];
        for name in ["one", "two"] {
            fs::create_dir(place.path(name)).unwrap();
            for file in ["calendar.toml", "territories.toml"] {
                let mut text = fs::read_to_string(root().join("policies").join(file)).unwrap();
                for (from, to) in edits.iter().filter(|_| name == "two" && file == "territories.toml") {
                    assert!(text.contains(from), "{from} is not in territories.toml");
                    text = text.replace(from, to);
                }
                if file == "territories.toml" {
                    text.push_str(&artifacts());
                }
                fs::write(place.path(name).join(file), text).unwrap();
            }
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, policy: &str, out: &str) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seasonscale"));
        command.args(["generate", "-i", policy, "-o", out]).current_dir(self.folder.path()).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn generate(&self, policy: &str, out: &str) -> Tree {
        assert!(self.start(policy, out).wait().unwrap().success(), "{policy} does not compile");
        tree(&self.path(out))
    }

    /// `check` finds nothing where all is new, and a run that was stopped where a note says so.
    fn check_says_what_is_there(&self, found: &Tree, policy: &str, new: &Tree) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seasonscale"));
        command.args(["check", "-i", policy, "-o", "out"]).current_dir(self.folder.path()).env_clear();
        let run = command.output().unwrap();
        let said = String::from_utf8(run.stderr).unwrap();
        let is_noted = found.contains_key(".seasonscale-interrupted");
        assert_eq!(said.contains("stopped   out/.seasonscale-interrupted"), is_noted, "{said}");
        let all_new = !is_noted && new.iter().all(|(name, text)| found.get(name) == Some(text));
        assert_eq!(run.status.success(), all_new, "{said}");
    }

    /// The files of both policies, made without being disturbed.
    fn both(&self) -> [Tree; 2] {
        let both = ["one", "two"].map(|policy| self.generate(policy, &format!("undisturbed-{policy}")));
        let names = both[0].keys();
        assert!(both[0].len() > 2 && names.eq(both[1].keys()), "several files, the same in both");
        for (name, text) in &both[0] {
            assert_ne!(text, &both[1][name], "{name} would not tell old from new");
        }
        both
    }
}

/// All files but those that say the same in both policies: a list of the others.
fn artifacts() -> String {
    let same = [ArtifactKind::Kustomization, ArtifactKind::AlertTests, ArtifactKind::AlertmanagerInhibit];
    // Nobody else has an object here.
    let of_others = [
        ArtifactKind::KedaPatches,
        ArtifactKind::KedaTriggers,
        ArtifactKind::KeptAlerts,
        ArtifactKind::KeptPrometheusRule,
    ];
    let is_made = |kind: &&ArtifactKind| !same.contains(kind) && !of_others.contains(kind);
    let kinds = ArtifactKind::ALL.iter().filter(is_made);
    let ids: Vec<String> = kinds.map(|kind| format!("{:?}", kind.id())).collect();
    format!("\n[artifacts]\nmake = [{}]\n", ids.join(", "))
}

/// Every file of a folder and of those in it, hidden ones too.
fn tree(folder: &Path) -> Tree {
    files(folder).into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
}

fn is_staged(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with(".seasonscale-"))
}

/// Whether a run has begun to write.
fn writing(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| is_staged(entry.unwrap().file_name().to_str().unwrap()))
}

/// What kills had found, so that a loop that never caught a run at work does not pass for a proof.
#[derive(Debug, Default)]
struct Seen {
    before: u32,
    staged: u32,
    between: u32,
    after: u32,
    ended: u32,
}

impl Seen {
    /// Looks at the folder after a kill: names all there, texts whole.
    fn look(&mut self, found: &Tree, old: &Tree, new: &Tree, killed: bool) {
        let files: Tree = found.clone().into_iter().filter(|(name, _)| !is_staged(name)).collect();
        assert!(files.keys().eq(old.keys()), "a file is gone, or one too many: {:?}", files.keys());
        for (name, text) in &files {
            assert!(text == &old[name] || text == &new[name], "{name} is neither wholly old nor wholly new");
        }
        let changed = files.iter().filter(|(name, text)| *text == &new[*name]).count();
        let is_noted = found.contains_key(".seasonscale-interrupted");
        assert!(
            is_noted || changed == 0 || changed == files.len(),
            "files of both policies, and no note says so"
        );
        let counter = if !killed {
            assert_eq!(changed, files.len(), "a run that ended by itself has done all");
            &mut self.ended
        } else if changed == files.len() {
            &mut self.after
        } else if changed > 0 {
            &mut self.between
        } else if files.len() < found.len() {
            &mut self.staged
        } else {
            &mut self.before
        };
        *counter += 1;
    }
}

/// Switches `out` from one policy to the other, again and again, each run killed when `wait` returns.
fn kill_again_and_again(place: &Place, kills: u32, wait: impl Fn(&Path, &mut Child, u32)) -> Seen {
    let [one, two] = place.both();
    let out = place.path("out");
    assert_eq!(place.generate("one", "out"), one);
    let mut seen = Seen::default();
    for round in 0..kills {
        let (policy, old, new) = if round % 2 == 0 { ("two", &one, &two) } else { ("one", &two, &one) };
        let mut run = place.start(policy, "out");
        wait(&out, &mut run, round);
        run.kill().unwrap();
        let killed = run.wait().unwrap().signal().is_some();
        let found = tree(&out);
        seen.look(&found, old, new, killed);
        // Each would cost as much as the run itself.
        if round % 5 == 0 {
            place.check_says_what_is_there(&found, policy, new);
        }
        assert_eq!(&place.generate(policy, "out"), new, "the next run repairs it, and sweeps up");
    }
    seen
}

#[expect(
    clippy::disallowed_methods,
    reason = "kills are spread over the time that a run takes on this machine"
)]
fn duration(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

#[test]
fn killed_after_any_time_every_file_is_wholly_old_or_wholly_new() {
    let place = Place::new();
    let whole_run = duration(|| drop(place.generate("one", "timed")));
    let seen = kill_again_and_again(&place, KILLS, |_, _, round| thread::sleep(whole_run * round / KILLS));
    assert!(seen.before > 0 && seen.ended + seen.after < KILLS, "{seen:?}");
}

#[test]
fn killed_while_it_writes_every_file_is_wholly_old_or_wholly_new() {
    let place = Place::new();
    let seen = kill_again_and_again(&place, KILLS_WHILE_WRITING, |out, run, round| {
        while run.try_wait().unwrap().is_none() && !writing(out) {}
        thread::sleep(Duration::from_micros(u64::from(round) * 150));
    });
    assert!(seen.staged > 0, "no run was caught between staging and renaming: {seen:?}");
}

#[test]
fn a_full_disk_changes_nothing() {
    let place = Place::new();
    let old = place.generate("one", "out");
    // A file may grow to 4 KiB and no further: to a program, the same as a disk that is full half-way.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" generate -i two -o out";
    let run = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_seasonscale")])
        .current_dir(place.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(2), "{said}");
    assert!(said.contains("nothing was changed: cannot write `out/"), "{said}");
    assert_eq!(tree(&place.path("out")), old, "and no staged file is left");
}

#[test]
fn a_folder_that_cannot_be_written_changes_nothing() {
    let place = Place::new();
    let old = place.generate("one", "out");
    fs::set_permissions(place.path("out"), Permissions::from_mode(0o555)).unwrap();
    if fs::write(place.path("out/probe"), "").is_ok() {
        // Modes do not bind root, who runs this in a container: there is nothing to see then.
        fs::remove_file(place.path("out/probe")).unwrap();
        fs::set_permissions(place.path("out"), Permissions::from_mode(0o755)).unwrap();
        return;
    }
    let code = place.start("two", "out").wait().unwrap().code();
    fs::set_permissions(place.path("out"), Permissions::from_mode(0o755)).unwrap();
    assert_eq!((code, tree(&place.path("out"))), (Some(2), old));
}

#[test]
fn two_runs_at_once_leave_one_policy_s_files_and_nothing_staged() {
    let place = Place::new();
    let both = place.both();
    for _ in 0..10 {
        let mut runs = ["one", "two", "one", "two"].map(|policy| place.start(policy, "out"));
        assert!(runs.iter_mut().all(|run| run.wait().unwrap().success()));
        assert!(both.contains(&tree(&place.path("out"))), "a mixture of two policies");
    }
}
