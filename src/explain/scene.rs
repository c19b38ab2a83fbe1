//! One target at one moment: which seasons and campaigns apply, which could have, and where the policy says so.

use super::claim::{Claim, Verdict};
use crate::plan::{
    Hours, LayerId, Occasion, OccasionId, Origin, OriginId, Part, Plan, Schedule, SwitchedOff,
};
use crate::profile::Target;
use crate::quantity::Replicas;
use crate::time::{Date, Instant};

/// One target at one moment.
pub(super) struct Scene<'a> {
    pub(super) plan: &'a Plan,
    pub(super) target: &'a Target,
    pub(super) schedule: &'a Schedule,
    pub(super) at: Instant,
}

/// Every claim at that moment: those that apply, the highest first, then those that could have.
pub(super) fn claims(scene: &Scene<'_>) -> Vec<Claim> {
    let step = scene.schedule.held.at(scene.at);
    let applying = scene.schedule.applying(step);
    let mut claims: Vec<Claim> = applying.iter().map(|id| scene.applies(*id, step.floor)).collect();
    let applies = |id: OriginId| applying.iter().any(|layer| scene.schedule.layer(*layer).origin == id);
    let here = |origin: &Origin| origin.serves(scene.target);
    let origins = || (0..).map(OriginId).zip(&scene.plan.origins);
    for (id, origin) in origins() {
        if !here(origin) || applies(id) {
            continue;
        }
        if let Some(claim) = scene.passed_over(id, origin) {
            scene.add(claim, &mut claims);
        }
    }
    let today = scene.target.zone.local(scene.at).date();
    for at in 0..scene.plan.occasions.len() {
        let mut parts = origins().filter(|(_, origin)| origin.occasion == OccasionId(at));
        if parts.clone().any(|(_, origin)| here(origin)) {
            continue;
        }
        let elsewhere = parts.find(|(_, origin)| {
            origin.part == Part::Main && origin.dates.iter().any(|dates| dates.contains(today))
        });
        claims.extend(elsewhere.map(|(id, _)| scene.claim(id, today, Verdict::Elsewhere)));
    }
    claims
}

/// How much a verdict says of the day of a part of a season: what says less adds nothing to it. Hours of the day stand
/// beside each other.
fn weight(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Decides(_) | Verdict::Loses { .. } | Verdict::AsksNothing | Verdict::OtherHours { .. } => 3,
        Verdict::Holidays(_) => 2,
        Verdict::OtherDay => 1,
        Verdict::OtherWeekday | Verdict::Elsewhere => 0,
    }
}

impl Scene<'_> {
    /// Adds what a part of a season says of a day that it passes over. A part is several origins where its days have several
    /// hours, and takes a day where one of them does.
    fn add(&self, claim: Claim, claims: &mut Vec<Claim>) {
        const OF_HOURS: u8 = 3;
        let zone = |id: OriginId| &self.plan.origin(id).zone;
        let is_same = |other: &Claim| {
            let part = |claim: &Claim| (claim.occasion, claim.part);
            part(other) == part(&claim) && zone(other.origin) == zone(claim.origin)
        };
        let new = weight(&claim.verdict);
        let known = claims.iter().filter(|other| is_same(other)).map(|other| weight(&other.verdict)).max();
        if new < OF_HOURS && known.is_some_and(|known| known >= new) {
            return;
        }
        claims.retain(|other| !is_same(other) || weight(&other.verdict) >= new);
        claims.push(claim);
    }

    fn applies(&self, id: LayerId, floor: Replicas) -> Claim {
        let layer = self.schedule.layer(id);
        let origin = self.plan.origin(layer.origin);
        let verdict = if layer.floor == floor {
            Verdict::Decides(floor)
        } else {
            Verdict::Loses { floor: layer.floor, by: Replicas(floor.0.saturating_sub(layer.floor.0)) }
        };
        self.claim(layer.origin, self.day_of(origin), verdict)
    }

    /// What an origin of this territory that is not a reason here says of the day.
    fn passed_over(&self, id: OriginId, origin: &Origin) -> Option<Claim> {
        let day = self.day_of(origin);
        let there = origin.zone.local(self.at);
        let shown = |window| origin.shown(window, &self.target.zone);
        let verdict = if origin.windows().any(|window| window.contains(there)) {
            Verdict::AsksNothing
        } else if !origin.dates.iter().any(|dates| dates.contains(day)) {
            return None;
        } else if matches!(origin.hours, Hours::Exact(_)) || origin.days.contains(&day) {
            Verdict::OtherHours {
                ended: origin
                    .windows()
                    .filter(|window| window.until <= there)
                    .last()
                    .map(|window| shown(window).until),
                begins: origin.windows().find(|window| window.from > there).map(|window| shown(window).from),
            }
        } else if let Some(holidays) = origin.holidays_on(day) {
            Verdict::Holidays(holidays.to_vec())
        } else if origin.days.iter().any(|other| other.weekday() == day.weekday()) {
            Verdict::OtherDay
        } else {
            Verdict::OtherWeekday
        };
        Some(self.claim(id, day, verdict))
    }

    /// The day whose window the moment could lie in.
    fn day_of(&self, origin: &Origin) -> Date {
        // On the clock of its windows.
        let at = origin.zone.local(self.at);
        let today = at.date();
        match origin.hours {
            Hours::Span { .. } => {
                let open = origin.days.iter().find(|day| origin.hours.on(**day).contains(at));
                open.copied().unwrap_or(today)
            }
            Hours::Daily { from, until } if until <= from && at.time_of_day() < until => today.plus_days(-1),
            Hours::AllDay | Hours::Daily { .. } | Hours::Exact(_) => today,
        }
    }

    fn claim(&self, id: OriginId, day: Date, verdict: Verdict) -> Claim {
        let origin = self.plan.origin(id);
        let dates = origin.uncut.iter().find(|dates| dates.contains(day));
        let layer = self.schedule.layers.iter().find(|layer| layer.origin == id);
        Claim {
            origin: id,
            occasion: origin.occasion,
            part: origin.part,
            verdict,
            day,
            dates: dates.map(|dates| (dates.from, dates.until.plus_days(-1))),
            written: origin.written,
            basis: layer.map(|layer| layer.basis),
        }
    }
}

/// What would be among the claims if it were not switched off: the day is one of its days here, whatever the hour and the
/// weekday. In file order, seasons first.
pub(super) fn switched_off(scene: &Scene<'_>) -> Vec<Occasion> {
    let (day, here) = (scene.target.zone.local(scene.at).date(), scene.target.territory);
    let runs = |off: &&SwitchedOff| {
        off.dates.iter().any(|(territory, dates)| *territory == here && dates.contains(day))
    };
    scene.plan.switched_off.iter().filter(runs).map(|off| off.occasion.clone()).collect()
}
