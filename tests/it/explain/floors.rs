//! Reasons of floors: at any moment of any target they say what the plan and the emitted bytes do.

use std::fs;

use proptest::prelude::*;
use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::compile;
use seasonscale::emit::{self, Templates};
use seasonscale::explain::{self, Explanation, Near, NoTarget, Verdict, When};
use seasonscale::plan::Plan;
use seasonscale::profile::TargetId;
use seasonscale::source::Sources;
use seasonscale::time::LocalTime;

use crate::edits::Case;
use crate::policies::{self, reference, root};

/// A policy, compiled.
struct Made {
    plan: Plan,
    manifest: Artifact,
}

impl Made {
    fn of(sources: &Sources) -> Self {
        let (plan, found) = compile::plan(sources);
        let plan = plan.unwrap_or_else(|| panic!("{found:#?}"));
        let artifacts = emit::emit(&plan, &Templates::embedded()).unwrap();
        let manifest = artifacts.into_iter().find(|artifact| artifact.kind == ArtifactKind::Keda);
        Self { plan, manifest: manifest.unwrap() }
    }

    /// A case of `tests/cases/good/`.
    fn case(name: &str) -> Self {
        let path = root().join(format!("tests/cases/good/{name}.txt"));
        Self::of(&policies::edited(&Case::parse(&fs::read_to_string(path).unwrap())))
    }

    fn explain(&self, target: TargetId, local: LocalTime) -> Option<Explanation> {
        let zone = &self.plan.profile.targets[target.0].zone;
        let moment = When::Local(local).on(zone).ok()?;
        let made = explain::Made { manifest: &self.manifest, added: None };
        Some(explain::explain(&self.plan, made, target, moment))
    }

    /// A minute of the plan, and another one near a step, where explanations go wrong first.
    fn moments(&self, target: TargetId, share: f64, step: usize, beside: i32) -> [LocalTime; 2] {
        let horizon = self.plan.local_horizon();
        let minutes = f64::from(horizon.until.minutes_since(horizon.from));
        #[expect(clippy::cast_possible_truncation, reason = "minutes of a few years")]
        let any = horizon.from.plus_minutes((minutes * share) as i32);
        let steps = self.plan.schedule(target).floors.steps();
        let near = steps.get(step % steps.len().max(1)).map_or(any, |(at, _)| at.plus_minutes(beside));
        [any, if horizon.contains(near) { near } else { any }]
    }
}

/// Policies whose seasons overlap, cross midnight and New Year, leave holidays out, follow from loads.
fn policies() -> Vec<Made> {
    let cases = [
        "nights",
        "working-days",
        "overlapping-seasons",
        "over-new-year",
        "two-lead-ins",
        "derived-floors",
        "around-the-clock",
        "seasons-that-merge",
        "movable-feast",
    ];
    let cases = cases.into_iter().map(Made::case);
    std::iter::once(Made::of(&reference())).chain(cases).collect()
}

/// What an explanation must say, worked out from the plan alone.
fn check(made: &Made, target: TargetId, local: LocalTime) {
    let Some(explanation) = made.explain(target, local) else { return };
    let said = format!("{} at {local}", made.plan.profile.targets[target.0].name);
    let planned = explanation.planned.as_ref().expect("inside the horizon");
    assert_eq!(planned.floor, made.plan.schedule(target).floors.at(local).floor, "{said}");
    check_manifest(made, &explanation, &said);
    check_claims(made, &explanation, &said);
    for (change, inside) in [(&planned.since, true), (&planned.next, false)] {
        let Some(change) = change else { continue };
        let floor = |at: LocalTime| made.plan.schedule(target).floors.at(at).floor;
        assert_eq!(change.at <= local, inside, "{said}");
        assert_eq!(change.after.floor, floor(change.at), "{said}");
        assert_eq!(change.before.floor, floor(change.at.plus_minutes(-1)), "{said}");
        assert_ne!(change.before.floor, change.after.floor, "{said}");
        let here = if inside { &change.after } else { &change.before };
        assert_eq!(here.floor, planned.floor, "{said}");
    }
}

/// The model of KEDA has the planned floor, and by active triggers where that is more than the minimum.
fn check_manifest(made: &Made, explanation: &Explanation, said: &str) {
    let planned = explanation.planned.as_ref().unwrap();
    let manifest = explanation.manifest.as_ref().expect("there is an object");
    assert_eq!(manifest.floor, planned.floor, "{said}");
    assert!(explanation.agrees(), "{said}");
    let above = planned.floor > made.plan.profile.targets[explanation.target.0].min.value;
    let deciding = manifest.active.iter().filter(|trigger| trigger.decides);
    assert_eq!(deciding.count() > 0, above, "{said}: {:?}", manifest.active);
    for trigger in &manifest.active {
        assert!(trigger.floor <= planned.floor, "{said}");
        assert_eq!(trigger.decides, above && trigger.floor == planned.floor, "{said}");
        assert!(trigger.since.is_none_or(|since| since <= explanation.moment.at), "{said}");
        assert!(trigger.until.is_none_or(|until| until > explanation.moment.at), "{said}");
    }
}

/// An occasion applies exactly if a window of it is open here.
fn check_claims(made: &Made, explanation: &Explanation, said: &str) {
    let (planned, local) = (explanation.planned.as_ref().unwrap(), explanation.moment.local);
    let about = &made.plan.profile.targets[explanation.target.0];
    let here = made.plan.origins.iter().filter(|origin| origin.serves(about));
    let open = here.filter(|origin| origin.windows_on(&about.zone).any(|window| window.contains(local)));
    let mut open: Vec<_> = open.map(|origin| (origin.occasion, origin.part)).collect();
    let mut applying = Vec::new();
    for claim in &planned.claims {
        let applies = match &claim.verdict {
            Verdict::Decides(floor) => *floor == planned.floor && claim.basis.is_some(),
            Verdict::Loses { floor, by } => floor.0 + by.0 == planned.floor.0 && by.0 > 0,
            Verdict::AsksNothing => true,
            Verdict::OtherHours { ended, begins } => {
                let before = ended.is_none_or(|ended| ended <= local);
                assert!(before && begins.is_none_or(|begins| begins > local), "{said}");
                continue;
            }
            Verdict::Holidays(holidays) => {
                assert!(!holidays.is_empty(), "{said}: a day was left out for no holiday");
                continue;
            }
            Verdict::OtherWeekday | Verdict::OtherDay | Verdict::Elsewhere => continue,
        };
        assert!(applies, "{said}: {claim:?}");
        let dated = claim.dates.is_none_or(|(first, last)| first <= claim.day && claim.day <= last);
        assert!(dated, "{said}: {claim:?}");
        applying.push((claim.occasion, claim.part));
    }
    open.sort_unstable();
    applying.sort_unstable();
    assert_eq!(applying, open, "{said}");
    let decided = planned.claims.iter().any(|claim| matches!(claim.verdict, Verdict::Decides(_)));
    assert_eq!(decided, planned.floor > about.min.value, "{said}");
}

#[test]
fn at_any_moment_the_explained_floor_is_the_plan_s_and_the_model_s() {
    let policies = policies();
    let choice = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0.0..1.0, any::<u16>(), -1..=1);
    proptest!(crate::sample::of(150), |((policy, target, share, step, beside) in choice)| {
        let made = policy.get(&policies);
        let target = TargetId(target.index(made.plan.profile.targets.len()));
        for local in made.moments(target, share, usize::from(step), beside) {
            check(made, target, local);
        }
    });
}

#[test]
fn a_manifest_that_does_something_else_is_not_said_to_agree() {
    let mut made = Made::of(&reference());
    made.manifest.text = made.manifest.text.replace("\"0 20 1-15 10 *\"", "\"0 19 1-15 10 *\"");
    let target = explain::find(&made.plan, "DE/queries").unwrap();
    let at = |text: &str| made.explain(target, LocalTime::parse(text).unwrap()).unwrap();
    assert!(at("2026-10-03 18:59").agrees());
    let late = at("2026-10-03 19:00");
    assert_eq!((late.planned.unwrap().floor.0, late.manifest.unwrap().floor.0), (6, 2));
    made.manifest.text = made.manifest.text.replace("name: freshplan-api-queries-de", "name: another");
    let gone = made.explain(target, LocalTime::parse("2026-10-03 12:00").unwrap()).unwrap();
    assert!(gone.manifest.is_none() && !gone.agrees());
}

#[test]
fn a_target_is_found_by_any_name_that_only_it_has() {
    let plan = Made::of(&reference()).plan;
    let name = |text: &str| explain::find(&plan, text).map(|id| plan.profile.targets[id.0].name.to_string());
    for text in
        ["freshplan-api-queries-de", "DE/queries", "queries-de", "de-queries", "queries DE", "api-queries-de"]
    {
        assert_eq!(name(text).as_deref(), Ok("freshplan-api-queries-de"), "{text}");
    }
    for text in ["outbox-worker", "outbox", "freshplan-outbox-worker"] {
        assert_eq!(name(text).as_deref(), Ok("freshplan-outbox-worker"), "{text}");
    }
    assert!(matches!(name("queries"), Err(NoTarget::Ambiguous(names)) if names.len() == 3));
    assert!(matches!(name("DE"), Err(NoTarget::Ambiguous(names)) if names.len() == 2));
    let near = |written: &str, name: &str, target: &str| {
        let [written, name, target] = [written, name, target].map(str::to_owned);
        Err(NoTarget::Unknown(Some(Near { written, name, target })))
    };
    let (comands, commands) = ("freshplan-api-comands-ch", "freshplan-api-commands-ch");
    assert_eq!(name(comands), near(comands, commands, commands));
    assert_eq!(name("DE/querys"), near("de-querys", "de-queries", "freshplan-api-queries-de"));
    assert_eq!(name("zzz"), Err(NoTarget::Unknown(None)));
    assert!(matches!(name(""), Err(NoTarget::Unknown(_))), "nothing is a part of everything");
}
