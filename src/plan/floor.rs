//! Floors: what a season, lead-in or campaign asks for at one target, written or derived from the expected load.

use std::collections::{BTreeMap, BTreeSet};

use super::{Basis, diags};
use crate::finding::Diagnostic;
use crate::policy::{FloorSize, LeadIn, LeadInSize, Policy, Terms};
use crate::profile::{Target, TerritoryId};
use crate::quantity::Replicas;
use crate::resolve::{Entry, Origin, Part, Resolved};
use crate::source::{Located, Span};

/// The terms of a season in a territory; the general ones for the platform.
fn terms(policy: &Policy, season: usize, territory: Option<TerritoryId>) -> &Terms {
    let season = &policy.calendar.seasons[season];
    territory.and_then(|id| season.territories.get(&id)).unwrap_or(&season.general)
}

/// The floor that `origin`, written at `entry`, asks for at `target`, and how it comes about; none where it asks for
/// nothing.
pub(super) fn of(
    policy: &Policy,
    target: &Target,
    (entry, origin): (Entry, &Origin),
    problems: &mut Vec<Diagnostic>,
) -> Option<(Replicas, Basis)> {
    let mut wish = Wish { policy, target, problems };
    match entry {
        Entry::Season(at) => {
            let terms = terms(policy, at, origin.territory);
            let (season, basis) = wish.season(terms, origin.part == Part::Main)?;
            match origin.part {
                Part::Main => Some((season, basis)),
                Part::LeadIn(number) => {
                    let index = usize::try_from(number).expect("internal error: few lead-ins") - 1;
                    lead_in(target, season, &terms.lead_ins[index])
                }
            }
        }
        Entry::Campaign(at) => {
            let campaign = &policy.calendar.campaigns[at];
            let wanted = match campaign.floors.of(target.workload) {
                Some(floor) => wish.written(floor, true)?,
                None if campaign.floors.is_empty() => wish.derived(campaign.load)?,
                None => return None,
            };
            wish.check(wanted, campaign.load);
            Some(wanted)
        }
    }
}

/// Warns of a season that does nothing in a territory although nobody said so with `floor = {}`.
pub(super) fn check_presence(policy: &Policy, resolved: &Resolved, problems: &mut Vec<Diagnostic>) {
    let profile = &policy.profile;
    let derives = profile.targets.iter().any(|target| target.kept.is_none());
    let mut silent: BTreeMap<Span, (usize, BTreeSet<&str>)> = BTreeMap::new();
    let mut heard = BTreeSet::new();
    for origin in resolved.origins.iter().filter(|origin| origin.part == Part::Main) {
        let is_silent = match resolved.entries[origin.occasion.0] {
            Entry::Season(at) => {
                let terms = terms(policy, at, origin.territory);
                !terms.floors_written && (terms.load.is_none() || !derives)
            }
            Entry::Campaign(at) => {
                let campaign = &policy.calendar.campaigns[at];
                campaign.floors.is_empty() && (campaign.load.is_none() || !derives)
            }
        };
        if !is_silent {
            heard.insert(origin.occasion.0);
            continue;
        }
        // In a territory that runs nothing there is nothing to raise.
        let runs = |id| profile.targets.iter().any(|target| target.territory == Some(id));
        if origin.territory.is_none_or(runs) {
            let (_, places) = silent.entry(origin.span).or_insert((origin.occasion.0, BTreeSet::new()));
            places.extend(origin.territory.map(|id| profile.territories[id.0].code.as_str()));
        }
    }
    for (span, (occasion, places)) in silent {
        let name = resolved.occasions[occasion].name.as_str();
        let places: Vec<&str> = places.into_iter().collect();
        problems.push(match heard.contains(&occasion) && !places.is_empty() {
            true => diags::floor_missing_there(name, &places, span),
            false => diags::floor_missing(name, span),
        });
    }
}

/// What the policy wishes for at one target.
struct Wish<'a> {
    policy: &'a Policy,
    target: &'a Target,
    problems: &'a mut Vec<Diagnostic>,
}

impl Wish<'_> {
    /// The season's own floor; what is wrong with it is said only where `report` asks for it.
    fn season(&mut self, terms: &Terms, report: bool) -> Option<(Replicas, Basis)> {
        let wanted = match terms.floors.of(self.target.workload) {
            Some(floor) => self.written(floor, report)?,
            None if terms.floors_written => return None,
            None if report => self.derived(terms.load)?,
            None => self.needed(terms.load?)?,
        };
        if report {
            self.check(wanted, terms.load);
        }
        Some(wanted)
    }

    /// A floor as it is written; a part of a minimum of 0 is nothing, which is said where `report` asks for it.
    fn written(&mut self, floor: Located<FloorSize>, report: bool) -> Option<(Replicas, Basis)> {
        let share = match floor.value {
            FloorSize::Replicas(replicas) => return Some((replicas, Basis::Written(floor.span))),
            FloorSize::Share(share) => share,
        };
        let (target, replicas) = (self.target, share.at(self.target));
        if replicas == Replicas(0) {
            if report {
                self.problems.push(diags::share_of_zero(target.name.as_str(), floor.span, target.minimum()));
            }
            return None;
        }
        Some((replicas, Basis::Share { share, span: floor.span }))
    }

    /// The floor for an expected load; a load whose base is unknown is a problem, for then nothing could be derived. What a
    /// replica of somebody's own object carries is never known: it has the floors that are written.
    fn derived(&mut self, load: Option<Located<f64>>) -> Option<(Replicas, Basis)> {
        let load = load?;
        let needed = self.needed(load);
        if needed.is_none() && self.target.kept.is_none() {
            self.problems.push(diags::load_without_base(
                self.target.name.as_str(),
                load.span,
                self.target.span,
            ));
        }
        needed
    }

    /// ceil(base x load x (1 + headroom) / what a replica carries), where the base is known.
    fn needed(&self, load: Located<f64>) -> Option<(Replicas, Basis)> {
        let (base, per_replica) = (self.target.base_load?, self.target.per_replica?);
        let headroom = self.policy.calendar.headroom;
        let carried = base.value.0 * load.value * (1.0 + headroom.0);
        // Half a thousandth of a replica is float noise, not load.
        let replicas = (carried / per_replica.0 - 0.0005).ceil().max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 1; `as` saturates, and too much is out of range anyway"
        )]
        let replicas = Replicas(replicas as u32);
        Some((replicas, Basis::Load { load, base, headroom, per_replica }))
    }

    /// The range, and the arithmetic where floor and load are both written.
    fn check(&mut self, (floor, basis): (Replicas, Basis), load: Option<Located<f64>>) {
        let target = self.target;
        let floor = Located::new(floor, basis.span());
        if floor.value > target.max.value {
            self.problems.push(diags::above_maximum(target.name.as_str(), floor, target.max));
        } else if floor.value < target.least().value {
            self.problems.push(diags::below_minimum(target.name.as_str(), floor, target.least()));
        } else if floor.value == target.min.value {
            self.problems.push(diags::without_effect(target.name.as_str(), floor, target.min));
        }
        let (Basis::Written(_) | Basis::Share { .. }, Some(load)) = (basis, load) else { return };
        if let Some((needed, Basis::Load { base, headroom, .. })) = self.needed(load)
            && needed != floor.value
        {
            self.problems.push(diags::load_mismatch(target, floor, load, needed, base, headroom));
        }
    }
}

/// The floor of a lead-in to a season's floor; none where it would not exceed the minimum.
fn lead_in(target: &Target, season: Replicas, lead_in: &Located<LeadIn>) -> Option<(Replicas, Basis)> {
    let size = lead_in.value.size;
    let exact = match size {
        LeadInSize::ShareOfFloor(share) => f64::from(season.0) * share.0,
        LeadInSize::TimesMinimum(times) => f64::from(target.minimum().value.0) * times,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and cut to the season's floor"
    )]
    let replicas = Replicas((exact - 0.0005).ceil().max(0.0) as u32).min(season);
    let basis = Basis::LeadIn { size, span: lead_in.span, season };
    // What rests below its least jumps over what lies between.
    let replicas = if replicas > target.min.value { replicas.max(target.least().value) } else { replicas };
    (replicas > target.min.value).then_some((replicas, basis))
}
