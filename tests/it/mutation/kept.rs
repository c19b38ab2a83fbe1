//! Answers of a run that was ended before its time. All mutants take an hour; what a run has found out stands beside the test's
//! program, and the next run goes on from there.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use super::{Fate, Mutant};

/// What is known of mutants, by what they are.
pub(super) struct Kept {
    path: PathBuf,
    fates: BTreeMap<String, Fate>,
}

fn key(mutant: &Mutant) -> String {
    format!("{}:{:016x}:{}", mutant.template, mutant.rank, mutant.line + 1)
}

impl Kept {
    /// What an earlier run of this very program has written: other tests and templates are another program.
    pub(super) fn read() -> Self {
        let program = std::env::current_exe().unwrap();
        let path = program.with_extension("mutants");
        let changed = |path: &PathBuf| fs::metadata(path).and_then(|file| file.modified()).ok();
        if changed(&path) < changed(&program) {
            fs::write(&path, "").unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        let line = |line: &str| {
            let (fate, key) = line.split_once(' ')?;
            let fate = Fate::ALL.into_iter().find(|known| format!("{known:?}") == fate)?;
            Some((key.to_owned(), fate))
        };
        Self { fates: text.lines().filter_map(line).collect(), path }
    }

    pub(super) fn of(&self, mutant: &Mutant) -> Option<Fate> {
        self.fates.get(&key(mutant)).copied()
    }

    /// In one write: a run that is ended leaves whole lines.
    pub(super) fn add(&mut self, found: &[(&Mutant, Fate)]) {
        let lines: String =
            found.iter().map(|(mutant, fate)| format!("{fate:?} {}\n", key(mutant))).collect();
        let mut file = OpenOptions::new().append(true).open(&self.path).unwrap();
        file.write_all(lines.as_bytes()).unwrap();
        self.fates.extend(found.iter().map(|(mutant, fate)| (key(mutant), *fate)));
    }
}
