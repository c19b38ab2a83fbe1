//! Hand-written ScaledObjects become a policy that says the same, with a proof of it at every instant of a year.
//!
//! ```text
//! manifests --input--> objects --reading--> windows --slot, dates--> rules --strand--> stretches of one target
//!           --place, fleet--> territories, workloads --season--> seasons --calendar, territories--> two TOML files
//!           --compile--> plan --proof--> equal, or where not and why
//! ```
//!
//! Cron has no year, so whatever it says comes back yearly: windows become `09-01` rules wherever all years agree. The
//! windows are those that the schedules say on a wall clock that never jumps; where KEDA does something else that nobody
//! means (a floor that stays on between two ends, a night that loses its end for a year, an end at 23:59 or at the first
//! minute of a month's last day), the proposal has what is said, and the proof lists every stretch where KEDA differs.
//! [`Terms::as_is`] keeps the faults instead. What cannot be read is named and left out, never guessed.
//!
//! A calendar of events becomes campaigns instead ([`feed()`]).
//!
//! It must not know files or the terminal. The proof compares with [`crate::keda`], which knows nothing of all this.

mod base;
mod calendar;
mod clock;
mod dated;
mod dates;
mod feed;
mod fleet;
mod input;
mod kept;
mod load;
mod months;
mod name;
mod object;
mod part;
mod place;
mod proof;
mod query;
mod reading;
mod remark;
mod report;
mod say;
mod season;
mod settings;
mod slot;
mod stated;
mod strand;
mod table;
mod territories;
mod whole;
mod written;

pub use feed::{Feed, Gone, Refusal, feed, is_calendar, is_calendar_of, whole_characters};
pub use input::Input;
pub use object::{Form, Terms};
pub use proof::{Difference, Verdict, Why};
pub use remark::{Kind, Place, Remark};
pub use report::report;
pub use stated::{Stated, stated_horizons};

use std::collections::BTreeSet;

use crate::artifact::ArtifactKind;
use crate::compile::{self, Compiled};
use crate::emit::Templates;
use crate::finding::{Diagnostic, Rule, Severity, any_error};
use crate::keda::decode;
use crate::keda::scaledobject::ScaledObject;
use crate::source::{Source, Sources};
use crate::time::Zone;
use crate::yaml::{self, Tree};
use object::{ObjectReader, Scaled};
use place::Placed;

/// An object that becomes a target.
struct Target<'i> {
    scaled: Scaled<'i>,
    placed: Placed,
    zone: Zone,
}

/// What an import gives.
pub struct Imported {
    /// How many ScaledObjects were read.
    pub objects: usize,
    /// The proposal: `calendar.toml` and `territories.toml`; none where no object is left.
    pub proposal: Option<Sources>,
    /// What is said of the input, by place.
    pub remarks: Vec<Remark>,
    /// What came of each target; nothing where the proposal does not compile.
    pub verdicts: Vec<Verdict>,
    /// Why the proposal does not compile, or what the compiler warns of.
    pub problems: Vec<Diagnostic>,
    /// Whether a schedule of the input meets a change of the clocks, and no files can be made for that: a remark says it.
    pub meets_the_clocks: bool,
}

impl Imported {
    /// Whether files can be made of the proposal.
    pub fn compiles(&self) -> bool {
        !any_error(&self.problems) && !self.meets_the_clocks
    }

    /// Whether everything that runs was carried over and the floors are equal at every instant.
    pub fn is_equal(&self) -> bool {
        let lost = self.remarks.iter().any(|remark| remark.kind.is_loss());
        let differs = self.verdicts.iter().any(|verdict| !verdict.is_equal());
        !lost && !differs && self.compiles() && !self.verdicts.is_empty()
    }
}

/// Reads manifests and proposes a policy for them.
pub fn import(inputs: &[Input], terms: Terms) -> Imported {
    let mut remarks = Vec::new();
    let found = input::read(inputs, &mut remarks);
    let mut sieve = ObjectReader::new(terms, &mut remarks);
    let scaled: Vec<Scaled<'_>> = found.iter().filter_map(|found| sieve.sift(found)).collect();
    let mut imported = Imported {
        objects: found.len(),
        proposal: None,
        remarks: Vec::new(),
        verdicts: Vec::new(),
        problems: Vec::new(),
        meets_the_clocks: false,
    };
    let proposed = match terms.form {
        Form::Kept => kept::propose(scaled, terms, &mut remarks),
        Form::Owned => owned(scaled, terms, &mut remarks),
    };
    imported.remarks = remarks;
    if let Some(Proposed { targets, sources, compiled }) = proposed {
        match compiled {
            Ok(compiled) => judge(&mut imported, compiled, &targets, terms),
            Err(problems) => {
                // Windows that no cron schedule has are still a plan, which can be compared.
                let floors = compile::plan(&sources).0.map(|plan| proof::planned(&plan, &targets));
                imported.verdicts =
                    floors.map(|floors| proof::prove(&floors, &targets, terms.horizon)).unwrap_or_default();
                refuse(&mut imported, problems, &targets);
            }
        }
        imported.proposal = Some(sources);
    }
    imported.remarks.sort();
    imported
}

/// The proposal that makes targets of our own of the objects.
fn owned<'i>(scaled: Vec<Scaled<'i>>, terms: Terms, remarks: &mut Vec<Remark>) -> Option<Proposed<'i>> {
    let (targets, fleet) = fleet::settle(scaled, terms.horizon, remarks);
    if fleet.is_empty() {
        return None;
    }
    let mut seasons = season::seasons(&targets, terms.horizon);
    let territories = territories::text(&targets, &fleet, terms.versions);
    let sources = |seasons: &[season::Season]| {
        let source = |name: &str, text: String| Source { name: name.to_owned(), text };
        let calendar = calendar::text(seasons, &targets, &fleet, terms.horizon);
        Sources::new(source("calendar.toml", calendar), source("territories.toml", territories.clone()))
    };
    let (sources, compiled) = compiled(&mut seasons, sources);
    Some(Proposed { targets, sources, compiled })
}

/// A proposal and what the compiler makes of it.
struct Proposed<'i> {
    targets: Vec<Target<'i>>,
    sources: Sources,
    compiled: Result<Compiled, Vec<Diagnostic>>,
}

/// The sources of some seasons, compiled.
fn compiled(
    seasons: &mut [season::Season],
    sources: impl Fn(&[season::Season]) -> Sources,
) -> (Sources, Result<Compiled, Vec<Diagnostic>>) {
    let proposal = sources(seasons);
    let compiled = compile::compile(&proposal, &Templates::embedded());
    if !compiled.as_ref().is_err_and(|found| found.iter().any(|one| one.rule == Rule::DuplicateTriggerName)) {
        return (proposal, compiled);
    }
    // Two seasons together would be called as a third: a word that no trigger has keeps them apart.
    seasons.iter_mut().for_each(season::Season::lengthen);
    let proposal = sources(seasons);
    let compiled = compile::compile(&proposal, &Templates::embedded());
    (proposal, compiled)
}

/// Where the compiler refuses a proposal for a change of the clocks alone, it is the input's own schedule that meets it: a
/// remark on its trigger says so, in place of errors about a policy that nobody has written.
fn refuse(imported: &mut Imported, problems: Vec<Diagnostic>, targets: &[Target<'_>]) {
    let of_the_clocks = |found: &Diagnostic| {
        let names_one = proof::CLOCKS.iter().any(|check| found.title.contains(check.id()));
        found.rule == Rule::ClockChange || found.rule == Rule::EmittedManifestRejected && names_one
    };
    let mut remarks: BTreeSet<Remark> = BTreeSet::new();
    for (target, verdict) in targets.iter().zip(&imported.verdicts) {
        for why in verdict.differences.iter().filter_map(|difference| difference.why.as_ref()) {
            let Some((trigger, place)) = why.by_the_clocks() else { continue };
            let remark = target.scaled.found.of_part(Kind::NotKept, None, trigger, say::MEETS_THE_CLOCKS);
            remarks.insert(Remark { place: place.clone(), ..remark });
        }
    }
    let errors = || problems.iter().filter(|found| found.severity() == Severity::Error);
    imported.meets_the_clocks = !remarks.is_empty() && errors().all(of_the_clocks);
    if imported.meets_the_clocks {
        imported.remarks.extend(remarks);
        imported.problems = problems.into_iter().filter(|found| !of_the_clocks(found)).collect();
    } else {
        imported.problems = problems;
    }
}

/// Compares what the compiler makes of the proposal, byte for byte as it would be applied, with the input.
fn judge(imported: &mut Imported, compiled: Compiled, targets: &[Target<'_>], terms: Terms) {
    let manifest = compiled.artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda);
    let text = manifest.map(|artifact| artifact.text.as_str()).unwrap_or_default();
    let read = decode::read(text);
    let trees: Vec<Option<Tree>> = yaml::cut(text).map(|(_, text)| yaml::tree(text).ok()).collect();
    let read = read.into_iter().zip(trees);
    let (made, trees): (Vec<ScaledObject>, Vec<Tree>) =
        read.filter_map(|(document, tree)| Some((document.content.ok()?, tree?))).unzip();
    let floors = proof::emitted(&made, targets, terms);
    imported.verdicts = proof::prove(&floors, targets, terms.horizon);
    for (target, verdict) in targets.iter().zip(&mut imported.verdicts) {
        let Some(at) = made.iter().position(|object| proof::is_made_of(object, target, terms.form)) else {
            continue;
        };
        match terms.form {
            Form::Owned => imported.remarks.extend(settings::compare(target, &made[at])),
            Form::Kept => {
                let stays: Vec<usize> = target.scaled.stays.keys().copied().collect();
                let node = &target.scaled.found.node;
                verdict.whole = Some(whole::differences(node, &trees[at].root, &stays));
            }
        }
    }
    imported.problems = compiled.warnings;
}
