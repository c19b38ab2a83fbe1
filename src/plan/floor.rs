//! Floors: what a season, lead-in or campaign asks for at one target, written or derived from the expected load.

use super::diags;
use crate::diagnostic::Diagnostic;
use crate::policy::{LeadInSize, Policy, Terms};
use crate::profile::{Target, TerritoryId};
use crate::quantity::{Rate, Replicas};
use crate::resolve::{Occurrence, Of};
use crate::source::{Located, Span};

/// The terms of a season in a territory; the general ones for the platform.
pub(super) fn terms(policy: &Policy, season: usize, territory: Option<TerritoryId>) -> &Terms {
    let season = &policy.calendar.seasons[season];
    territory.and_then(|id| season.territories.get(&id)).unwrap_or(&season.general)
}

/// The floor that `occurrence` asks for at `target`, and the bytes that say so; none where it asks for nothing.
pub(super) fn of(
    policy: &Policy,
    target: &Target,
    occurrence: &Occurrence,
    problems: &mut Vec<Diagnostic>,
) -> Option<(Replicas, Span)> {
    let mut asked = Asked { policy, target, problems };
    match occurrence.of {
        Of::Season(at) => {
            let terms = terms(policy, at, occurrence.territory);
            let floor = asked.season(terms, occurrence.lead_in == 0)?;
            match occurrence.lead_in_index {
                None => Some((floor.value, floor.span)),
                Some(index) => {
                    lead_in(target, floor.value, terms.lead_ins[index].value.size, terms.lead_ins[index].span)
                }
            }
        }
        Of::Campaign(at) => {
            let campaign = &policy.calendar.campaigns[at];
            let written = campaign.floors.get(&target.workload).copied();
            let floor =
                written.or_else(|| asked.derived(campaign.load.filter(|_| campaign.floors.is_empty())))?;
            asked.check(floor, campaign.load);
            Some((floor.value, floor.span))
        }
    }
}

/// Warns of a season that does nothing in a territory although nobody said so with `floor = {}`.
pub(super) fn check_presence(policy: &Policy, occurrences: &[Occurrence], problems: &mut Vec<Diagnostic>) {
    let mut warned = std::collections::BTreeSet::new();
    for occurrence in occurrences.iter().filter(|occurrence| occurrence.lead_in == 0) {
        let (name, span, silent) = match occurrence.of {
            Of::Season(at) => {
                let terms = terms(policy, at, occurrence.territory);
                (&policy.calendar.seasons[at].name, terms.span, !terms.floors_written && terms.load.is_none())
            }
            Of::Campaign(at) => {
                let campaign = &policy.calendar.campaigns[at];
                (&campaign.name, campaign.about.span, campaign.floors.is_empty() && campaign.load.is_none())
            }
        };
        if silent && warned.insert(span) {
            problems.push(diags::floor_missing(name.as_str(), span));
        }
    }
}

struct Asked<'a> {
    policy: &'a Policy,
    target: &'a Target,
    problems: &'a mut Vec<Diagnostic>,
}

impl Asked<'_> {
    fn season(&mut self, terms: &Terms, report: bool) -> Option<Located<Replicas>> {
        let written = terms.floors.get(&self.target.workload).copied();
        let floor = match written {
            Some(floor) => floor,
            None if terms.floors_written => return None,
            None if report => self.derived(terms.load)?,
            None => self.needed(terms.load?)?.0,
        };
        if report {
            self.check(floor, terms.load.filter(|_| written.is_some()));
        }
        Some(floor)
    }

    /// The floor for an expected load; a load whose base is unknown is a problem, for then nothing could be derived.
    fn derived(&mut self, load: Option<Located<f64>>) -> Option<Located<Replicas>> {
        let load = load?;
        let needed = self.needed(load);
        if needed.is_none() {
            self.problems.push(diags::load_without_base(
                self.target.name.as_str(),
                load.span,
                self.target.span,
            ));
        }
        Some(needed?.0)
    }

    /// ceil(base x load x (1 + headroom) / what a replica carries), and the base.
    fn needed(&self, load: Located<f64>) -> Option<(Located<Replicas>, Located<Rate>)> {
        let base = self.target.base_load?;
        let carried = base.value.0 * load.value * (1.0 + self.policy.calendar.headroom.0);
        // Half a thousandth of a replica is float noise, not load.
        let replicas = (carried / self.target.per_replica.0 - 0.0005).ceil().max(1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 1; `as` saturates, and too much is out of range anyway"
        )]
        let replicas = Replicas(replicas as u32);
        Some((Located::new(replicas, load.span), base))
    }

    /// The range, and the arithmetic where floor and load both stand.
    fn check(&mut self, floor: Located<Replicas>, load: Option<Located<f64>>) {
        let target = self.target;
        if floor.value > target.max.value {
            self.problems.push(diags::above_maximum(target.name.as_str(), floor, target.max));
        } else if floor.value < target.min.value {
            self.problems.push(diags::below_minimum(target.name.as_str(), floor, target.min));
        } else if floor.value == target.min.value {
            self.problems.push(diags::without_effect(target.name.as_str(), floor, target.min));
        }
        let Some(load) = load else { return };
        if let Some((needed, base)) = self.needed(load).filter(|(needed, _)| needed.value != floor.value) {
            let headroom = self.policy.calendar.headroom;
            self.problems.push(diags::load_mismatch(target, floor, load, needed.value, base, headroom));
        }
    }
}

/// The floor of a lead-in to a season's `floor`; none where it would not exceed the minimum.
fn lead_in(target: &Target, floor: Replicas, size: LeadInSize, span: Span) -> Option<(Replicas, Span)> {
    let exact = match size {
        LeadInSize::ShareOfFloor(share) => f64::from(floor.0) * share.0,
        LeadInSize::TimesMinimum(times) => f64::from(target.min.value.0) * times,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative, and cut to the season's floor"
    )]
    let replicas = Replicas((exact - 0.0005).ceil().max(0.0) as u32).min(floor);
    (replicas > target.min.value).then_some((replicas, span))
}
