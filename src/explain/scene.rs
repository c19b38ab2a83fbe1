//! One target at one moment: which seasons and campaigns apply, which could have, and where the policy says so.

use super::claim::{Basis, Claim, Holiday, Verdict, Written};
use crate::dates::DateRule;
use crate::plan::{
    Hours, LayerId, Occasion, OccasionId, OccasionKind, Origin, OriginId, Part, Plan, Schedule,
};
use crate::policy::{LeadIn, Policy, Terms};
use crate::profile::Target;
use crate::quantity::Replicas;
use crate::source::Located;
use crate::time::{Date, LocalTime};

/// One target at one moment.
pub(super) struct Scene<'a> {
    pub(super) plan: &'a Plan,
    pub(super) policy: &'a Policy,
    pub(super) target: &'a Target,
    pub(super) schedule: &'a Schedule,
    pub(super) at: LocalTime,
}

/// Every claim at that moment: those that apply, the highest first, then those that could have.
pub(super) fn claims(scene: &Scene<'_>) -> Vec<Claim> {
    let step = scene.schedule.floors.at(scene.at);
    let applying = scene.schedule.applying(step);
    let mut claims: Vec<Claim> = applying.iter().map(|id| scene.applies(*id, step.floor)).collect();
    let applies = |id: OriginId| applying.iter().any(|layer| scene.schedule.layer(*layer).origin == id);
    let here = |origin: &Origin| origin.territory == scene.target.territory;
    for (at, origin) in scene.plan.origins.iter().enumerate() {
        if here(origin) && !applies(OriginId(at)) {
            claims.extend(scene.passed_over(origin));
        }
    }
    for at in 0..scene.plan.occasions.len() {
        let of = |origin: &&Origin| origin.occasion == OccasionId(at);
        let mut all = scene.plan.origins.iter().filter(of);
        if all.clone().any(here) {
            continue;
        }
        let today = scene.at.date();
        let elsewhere = all.find(|origin| {
            origin.part == Part::Main && origin.dates.iter().any(|dates| dates.contains(today))
        });
        claims.extend(elsewhere.map(|origin| scene.claim(origin, today, Verdict::Elsewhere)));
    }
    claims
}

impl Scene<'_> {
    fn applies(&self, id: LayerId, floor: Replicas) -> Claim {
        let layer = self.schedule.layer(id);
        let origin = self.plan.origin(layer.origin);
        let verdict = if layer.floor == floor {
            Verdict::Decides(floor)
        } else {
            Verdict::Loses { floor: layer.floor, by: Replicas(floor.0.saturating_sub(layer.floor.0)) }
        };
        self.claim(origin, self.day_of(origin.hours), verdict)
    }

    /// What an origin of this territory that is no reason here says of the day.
    fn passed_over(&self, origin: &Origin) -> Option<Claim> {
        let day = self.day_of(origin.hours);
        let windows = || origin.windows(self.plan.local_horizon());
        let verdict = if windows().any(|window| window.contains(self.at)) {
            Verdict::AsksNothing
        } else if !origin.dates.iter().any(|dates| dates.contains(day)) {
            return None;
        } else if matches!(origin.hours, Hours::Exact(_)) || origin.days.contains(&day) {
            Verdict::OtherHours {
                ended: windows().map(|window| window.until).filter(|until| *until <= self.at).last(),
                begins: windows().map(|window| window.from).find(|from| *from > self.at),
            }
        } else {
            self.left_out(origin, day)
        };
        Some(self.claim(origin, day, verdict))
    }

    fn left_out(&self, origin: &Origin, day: Date) -> Verdict {
        let terms = self.terms(self.plan.occasion(origin), origin);
        let taken = terms.is_some_and(|terms| terms.days.value.weekdays[day.weekday().index()]);
        if taken { Verdict::Holidays(self.holidays(day)) } else { Verdict::OtherWeekday }
    }

    /// The day whose window the moment could lie in.
    fn day_of(&self, hours: Hours) -> Date {
        let today = self.at.date();
        match hours {
            Hours::Daily { from, until } if until <= from && self.at.time_of_day() < until => {
                today.plus_days(-1)
            }
            Hours::AllDay | Hours::Daily { .. } | Hours::Exact(_) => today,
        }
    }

    fn holidays(&self, day: Date) -> Vec<Holiday> {
        let kept: Vec<&str> = match self.plan.profile.territory(self.target) {
            Some(territory) => territory.holidays.iter().map(|set| set.as_str()).collect(),
            None => self.policy.platform_holidays.iter().map(|set| set.value.as_str()).collect(),
        };
        let sets = self.policy.calendar.holidays.iter().filter(|set| kept.contains(&set.name.as_str()));
        let days = sets.flat_map(|set| set.days.iter().map(move |(name, rule)| (set, name, rule)));
        // `01-01 - 1d` and `12-31 + 1d` lie in a neighbour of their anchor's year.
        let falls =
            |year: i32, rule: DateRule| (year - 1..=year + 1).any(|year| rule.in_year(year) == Some(day));
        days.filter(|(_, _, rule)| falls(day.year(), rule.value))
            .map(|(set, name, rule)| Holiday {
                set: set.name.to_string(),
                name: name.to_string(),
                span: rule.span,
            })
            .collect()
    }

    fn claim(&self, origin: &Origin, day: Date, verdict: Verdict) -> Claim {
        let occasion = self.plan.occasion(origin);
        let (written, dates) = match self.terms(occasion, origin) {
            Some(terms) => {
                let lead_in = lead_in(terms, origin.part);
                let dates = dates(terms, lead_in, day);
                (self.season(terms, lead_in.map(|(lead_in, _)| lead_in), origin), dates)
            }
            None => (self.campaign(occasion), None),
        };
        Claim { occasion: origin.occasion, part: origin.part, verdict, day, dates, written }
    }

    /// The terms of a season where the origin is; none for a campaign.
    fn terms(&self, occasion: &Occasion, origin: &Origin) -> Option<&Terms> {
        match occasion.kind {
            OccasionKind::Season => {
                let season =
                    self.policy.calendar.seasons.iter().find(|season| season.name == occasion.name)?;
                let own = origin.territory.and_then(|id| season.territories.get(&id));
                Some(own.unwrap_or(&season.general))
            }
            OccasionKind::Campaign => None,
        }
    }

    fn season(&self, terms: &Terms, lead_in: Option<&Located<LeadIn>>, origin: &Origin) -> Written {
        let basis = match lead_in {
            None => self.floor(terms),
            Some(lead_in) => self.main_floor(origin).map(|season| Basis::LeadIn {
                size: lead_in.value.size,
                span: lead_in.span,
                season,
            }),
        };
        Written {
            table: terms.span,
            from: terms.from.span,
            to: terms.to.span,
            hours: terms.hours.map(|hours| hours.span),
            // What is not written has the table's span.
            days: Some(terms.days.span).filter(|span| *span != terms.span),
            basis,
        }
    }

    fn floor(&self, terms: &Terms) -> Option<Basis> {
        match terms.floors.get(&self.target.workload) {
            Some(floor) => Some(Basis::Floor(floor.span)),
            None if terms.floors_written => None,
            None => self.derived(terms.load?),
        }
    }

    fn derived(&self, load: Located<f64>) -> Option<Basis> {
        let headroom = self.policy.calendar.headroom;
        Some(Basis::Load {
            load,
            base: self.target.base_load?,
            headroom,
            per_replica: self.target.per_replica,
        })
    }

    /// What the season itself asks for here, of which a lead-in is a part.
    fn main_floor(&self, lead_in: &Origin) -> Option<Replicas> {
        let main = |id: OriginId| {
            let origin = self.plan.origin(id);
            origin.occasion == lead_in.occasion && origin.part == Part::Main
        };
        self.schedule.layers.iter().find(|layer| main(layer.origin)).map(|layer| layer.floor)
    }

    fn campaign(&self, occasion: &Occasion) -> Written {
        let campaign = self.policy.calendar.campaigns.iter().find(|campaign| campaign.name == occasion.name);
        let Some(campaign) = campaign else {
            let table = occasion.span;
            return Written { table, from: table, to: table, hours: None, days: None, basis: None };
        };
        let written = campaign.floors.get(&self.target.workload).map(|floor| Basis::Floor(floor.span));
        let derived =
            || campaign.load.filter(|_| campaign.floors.is_empty()).and_then(|load| self.derived(load));
        Written {
            table: occasion.span,
            from: campaign.from.span,
            to: campaign.to.span,
            hours: None,
            days: None,
            basis: written.or_else(derived),
        }
    }
}

/// The lead-in behind its number, the longest being the first, and how long before the season it ends.
fn lead_in(terms: &Terms, part: Part) -> Option<(&Located<LeadIn>, u32)> {
    let Part::LeadIn(number) = part else { return None };
    let mut order: Vec<&Located<LeadIn>> = terms.lead_ins.iter().collect();
    order.sort_by_key(|lead_in| std::cmp::Reverse(lead_in.value.days));
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    Some((order.get(at)?, order.get(at + 1).map_or(0, |next| next.value.days)))
}

/// The dates around `day` as the rules give them, not cut to any horizon; first and last, both inside.
pub(super) fn dates(
    terms: &Terms,
    lead_in: Option<(&Located<LeadIn>, u32)>,
    day: Date,
) -> Option<(Date, Date)> {
    let back = |date: Date, days: u32| date.plus_days(-i32::try_from(days).unwrap_or(0));
    let (from, to) = (terms.from.value, terms.to.value);
    let seasons = (day.year() - 2..=day.year() + 2).filter_map(|year| {
        let first = from.in_year(year)?;
        let last = to.in_year(year).filter(|last| *last >= first).or_else(|| to.in_year(year + 1))?;
        Some((first, last))
    });
    let mut parts = seasons.map(|(first, last)| match lead_in {
        None => (first, last),
        Some((lead_in, ends)) => (back(first, lead_in.value.days), back(first, ends).plus_days(-1)),
    });
    parts.find(|(first, last)| *first <= day && day <= *last)
}
