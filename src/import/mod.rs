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

mod calendar;
mod clock;
mod dates;
mod feed;
mod fleet;
mod input;
mod load;
mod name;
mod object;
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
mod strand;
mod table;
mod territories;

pub use feed::{Feed, Refusal, feed, is_calendar};
pub use input::Input;
pub use object::Terms;
pub use proof::{Difference, Verdict, Why};
pub use remark::{Kind, Place, Remark};
pub use report::report;

use crate::artifact::ArtifactKind;
use crate::compile::{self, Compiled};
use crate::diagnostic::{Code, Diagnostic, any_error};
use crate::emit::Templates;
use crate::keda::scaledobject::{self, ScaledObject};
use crate::source::{Source, Sources};
use crate::time::Zone;
use object::{Scaled, Sieve};
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
}

impl Imported {
    /// Whether files can be made of the proposal.
    pub fn compiles(&self) -> bool {
        !any_error(&self.problems)
    }

    /// Whether everything that runs was carried over and the floors are equal at every instant.
    pub fn is_equal(&self) -> bool {
        let lost = self.remarks.iter().any(|remark| remark.kind.is_loss());
        let differs = self.verdicts.iter().any(|verdict| !verdict.differences.is_empty());
        !lost && !differs && self.compiles() && !self.verdicts.is_empty()
    }
}

/// Reads manifests and proposes a policy for them.
pub fn import(inputs: &[Input], terms: Terms) -> Imported {
    let mut remarks = Vec::new();
    let found = input::read(inputs, &mut remarks);
    let mut sieve = Sieve::new(terms, &mut remarks);
    let scaled: Vec<Scaled<'_>> = found.iter().filter_map(|found| sieve.sift(found)).collect();
    let (targets, fleet) = fleet::settle(scaled, terms.horizon, &mut remarks);
    let mut imported = Imported {
        objects: found.len(),
        proposal: None,
        remarks,
        verdicts: Vec::new(),
        problems: Vec::new(),
    };
    if !fleet.is_empty() {
        let mut seasons = season::seasons(&targets, terms.horizon);
        let territories = territories::text(&targets, &fleet, terms.versions);
        let sources = |seasons: &[season::Season]| {
            let source = |name: &str, text: String| Source { name: name.to_owned(), text };
            let calendar = calendar::text(seasons, &targets, &fleet, terms.horizon);
            Sources::new(source("calendar.toml", calendar), source("territories.toml", territories.clone()))
        };
        let mut proposal = sources(&seasons);
        let mut compiled = compile::compile(&proposal, &Templates::embedded());
        if compiled.as_ref().is_err_and(|found| found.iter().any(|one| one.code == Code::DuplicateTrigger)) {
            // Two seasons together would be called as a third: a word that no trigger has keeps them apart.
            seasons.iter_mut().for_each(season::Season::lengthen);
            proposal = sources(&seasons);
            compiled = compile::compile(&proposal, &Templates::embedded());
        }
        imported.proposal = Some(proposal);
        match compiled {
            Ok(compiled) => judge(&mut imported, compiled, &targets, terms),
            Err(problems) => {
                // Windows that no cron schedule has are still a plan, which can be compared.
                let plan =
                    compile::plan(imported.proposal.as_ref().expect("internal error: just proposed")).0;
                let floors = plan.map(|plan| proof::planned(&plan, &targets));
                imported.verdicts =
                    floors.map(|floors| proof::prove(&floors, &targets, terms.horizon)).unwrap_or_default();
                imported.problems = problems;
            }
        }
    }
    imported.remarks.sort();
    imported
}

/// Compares what the compiler makes of the proposal, byte for byte as it would be applied, with the input.
fn judge(imported: &mut Imported, compiled: Compiled, targets: &[Target<'_>], terms: Terms) {
    let manifest = compiled.artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda);
    let read = manifest.map(|artifact| scaledobject::read(&artifact.text)).unwrap_or_default();
    let made: Vec<ScaledObject> = read.into_iter().filter_map(|document| document.content.ok()).collect();
    let floors = proof::emitted(&made, targets, terms);
    imported.verdicts = proof::prove(&floors, targets, terms.horizon);
    for object in &made {
        let name = &object.spec.scale_target_ref.name.value;
        if let Some(target) = targets.iter().find(|target| target.scaled.found.target() == name) {
            imported.remarks.extend(settings::compare(target, object));
        }
    }
    imported.problems = compiled.warnings;
}
