//! Mutants of the templates, made alike each time: operators and numbers changed, lines dropped and doubled, names misspelt. Whatever
//! changes what a file means must be refused by verification, named by the second writing of the design (`tests/design/`), or
//! seen where the file is run: PostgreSQL runs the journal, an engine for JavaScript the load test. `MUTANTS=20000` tries so many,
//! or all that there are, and writes `.docs/mutation.md`; a run that is ended early is gone on with by the next.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::compile::{Compiled, compile};
use seasonscale::emit::Templates;
use seasonscale::parallel;

use crate::{design, policies};
use behaviour::Shipped;
use kept::Kept;

mod behaviour;
mod change;
mod kept;
mod load;
mod meaning;
mod postgres;
mod unnoticed;

/// How many are tried in the test command.
const SAMPLE: usize = 400;

/// How many at a time, where an ended run is to be gone on with.
const PART: usize = 200;

const HEAD: &str = "\
# Mutants of the templates

Each template with one change: an operator, a number, a line that is dropped or doubled, a name that is misspelt. Counted are those
that change what a file means, its comments and its words for people apart. *Refused* are they by verification (or by the template
engine), *named* by the second writing of the design in `tests/design/`, *seen* where the file is run: PostgreSQL runs the journal
and the script that takes it back, an engine for JavaScript the load test. Written by `MUTANTS=20000 cargo test --test it -- mutation`.
";

/// A template with one change.
struct Mutant {
    template: &'static str,
    original: &'static str,
    /// Counted from 0.
    line: usize,
    what: String,
    /// What stands in place of the line.
    new: Vec<String>,
    /// Its place in the order in which they are tried.
    rank: u64,
}

impl Mutant {
    fn text(&self) -> String {
        let mut lines: Vec<String> = self.original.lines().map(str::to_owned).collect();
        lines.splice(self.line..=self.line, self.new.iter().cloned());
        lines.join("\n") + "\n"
    }
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// The files mean the same: it is none.
    Same,
    Refused,
    Named,
    /// It does something else.
    Seen,
    Survived,
}

impl Fate {
    const ALL: [Self; 5] = [Self::Same, Self::Refused, Self::Named, Self::Seen, Self::Survived];
}

#[test]
fn what_a_mutant_changes_is_caught() {
    let asked = std::env::var("MUTANTS").ok().map(|asked| asked.parse().expect("a number"));
    let mutants: Vec<Mutant> =
        Templates::sources().flat_map(|(template, text)| change::mutants(template, text)).collect();
    let made = mutants.len();
    assert!(made > 4000, "{made} mutants");
    let mutants = sampled(mutants, asked.unwrap_or(SAMPLE));
    let original = compiled(&Templates::embedded()).unwrap();
    let shipped = Shipped::new(&original.artifacts);
    let try_all = |mutants: &[&Mutant]| parallel::each(mutants, |mutant| fate(mutant, &original, &shipped));
    let fates = match asked {
        Some(_) => in_parts(&mutants, try_all),
        None => try_all(&mutants.iter().collect::<Vec<_>>()),
    };
    let mut table: BTreeMap<ArtifactKind, BTreeMap<Fate, usize>> = BTreeMap::new();
    let mut survived = String::new();
    for (mutant, fate) in mutants.iter().zip(fates) {
        let kind = Templates::kind(mutant.template).unwrap();
        *table.entry(kind).or_default().entry(fate).or_default() += 1;
        if fate == Fate::Survived {
            writeln!(survived, "{}:{}: {}", mutant.template, mutant.line + 1, mutant.what).unwrap();
        }
    }
    println!("{}\n{survived}", rows(&table));
    if asked.is_none() {
        assert!(survived.is_empty(), "nobody sees these:\n{survived}");
    } else {
        let tried = mutants.len();
        let nobody = if survived.is_empty() { "" } else { "\nNobody sees:\n\n" };
        let survived: String = survived.lines().map(|line| format!("- `{line}`\n")).collect();
        let rows = rows(&table);
        let text = format!(
            "{HEAD}\nOf {made} mutants {tried} were tried, always the same.\n\n{rows}{nobody}{survived}"
        );
        fs::write(policies::root().join(".docs/mutation.md"), text).unwrap();
    }
}

/// What became of each, where a run that was ended before has left its answers.
fn in_parts(mutants: &[Mutant], try_all: impl Fn(&[&Mutant]) -> Vec<Fate>) -> Vec<Fate> {
    let mut kept = Kept::read();
    let new: Vec<&Mutant> = mutants.iter().filter(|mutant| kept.of(mutant).is_none()).collect();
    for part in new.chunks(PART) {
        let found: Vec<_> = part.iter().copied().zip(try_all(part)).collect();
        kept.add(&found);
    }
    mutants.iter().map(|mutant| kept.of(mutant).unwrap()).collect()
}

/// The first so many in an order that the text of a mutant alone decides: what changes in one template leaves the sample of all
/// others as it was.
fn sampled(mut mutants: Vec<Mutant>, many: usize) -> Vec<Mutant> {
    let mut same: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for mutant in &mut mutants {
        let nth = same.entry((mutant.template, mutant.what.clone())).or_default();
        mutant.rank = rank(mutant.template, &mutant.what, *nth);
        *nth += 1;
    }
    mutants.sort_by_key(|mutant| mutant.rank);
    mutants.truncate(many);
    mutants
}

/// A number as good as drawn: FNV-1a of the texts, stirred once more because its high bits hardly move at the end of a text.
fn rank(template: &str, what: &str, nth: u64) -> u64 {
    let bytes = template.bytes().chain(what.bytes()).chain(nth.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93)
}

fn compiled(templates: &Templates) -> Option<Compiled> {
    compile(&policies::reference(), templates).ok()
}

fn fate(mutant: &Mutant, original: &Compiled, shipped: &Shipped<'_>) -> Fate {
    let own = BTreeMap::from([(mutant.template.to_owned(), mutant.text())]);
    let Some(compiled) = Templates::with(own).ok().and_then(|templates| compiled(&templates)) else {
        return Fate::Refused;
    };
    let is_same = |(one, other): (&Artifact, &Artifact)| {
        one.text == other.text || meaning::of(one) == meaning::of(other)
    };
    if original.artifacts.iter().zip(&compiled.artifacts).all(is_same) {
        return Fate::Same;
    }
    if !design::differences(&compiled.plan, &compiled.artifacts).is_empty() {
        return Fate::Named;
    }
    let kind = Templates::kind(mutant.template).unwrap();
    if shipped.differs_from(kind, &compiled.artifacts) {
        Fate::Seen
    } else if unnoticed::is_unnoticed(mutant) {
        Fate::Same
    } else {
        Fate::Survived
    }
}

/// How many were caught, and of how many that mean something else.
fn counted(fates: Option<&BTreeMap<Fate, usize>>) -> (usize, usize) {
    let of = |fate| fates.and_then(|fates| fates.get(&fate)).copied().unwrap_or_default();
    let caught = of(Fate::Refused) + of(Fate::Named) + of(Fate::Seen);
    (caught, caught + of(Fate::Survived))
}

fn rows(table: &BTreeMap<ArtifactKind, BTreeMap<Fate, usize>>) -> String {
    let mut rows = "| file | mutants that mean something else | refused | named by the design | seen where it is run | nobody sees |\n|---|---|---|---|---|---|\n".to_owned();
    for (kind, fates) in table {
        let of = |fate| fates.get(&fate).copied().unwrap_or_default();
        let (_, semantic) = counted(Some(fates));
        let caught = [Fate::Refused, Fate::Named, Fate::Seen, Fate::Survived].map(of);
        let caught: Vec<String> = caught.iter().map(ToString::to_string).collect();
        writeln!(rows, "| {} | {semantic} | {} |", kind.id(), caught.join(" | ")).unwrap();
    }
    rows
}
