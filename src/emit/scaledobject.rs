//! `keda-scalers.yaml`: one ScaledObject per target, in territory order.

use serde::Serialize;

use super::cron_trigger::{Season, season};
use super::schedule::{self, Almanac, Covers, CronTrigger};
use super::{Templates, kept, requests, say};
use crate::artifact::{Artifact, ArtifactKind, KEDA_FILE};
use crate::features;
use crate::finding::Diagnostic;
use crate::parallel;
use crate::plan::{Plan, Schedule, Surge};
use crate::profile::{Guard, HttpWorkload, Target, WorkloadKind};
use crate::quantity::Millis;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    emit_some(plan, templates, |target| plan.profile.writes_whole(target))
}

/// All objects whole, for those who look at what KEDA does.
pub(super) fn emit_all(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    emit_some(plan, templates, |_| true)
}

fn emit_some(
    plan: &Plan,
    templates: &Templates,
    is_meant: impl Fn(&Target) -> bool,
) -> Result<Artifact, Vec<Diagnostic>> {
    let platform = &plan.profile.platform;
    let head = Head {
        holds: say::Holds::of(plan),
        alerts: plan.profile.makes(ArtifactKind::Alerts),
        is_on_assumed_clock: plan.on_assumed_clock().any(&is_meant),
        has_kept: plan.profile.targets.iter().any(|target| target.kept.is_some() && is_meant(target)),
        keda: platform.keda.value.to_string(),
        kubernetes: platform.kubernetes.value.to_string(),
    };
    let mut text = templates.render("scaledobjects.yaml.j2", head)?;
    let almanac = Almanac::around(plan.horizon);
    let covers = Covers::default();
    let whole = plan.schedules.iter().filter(|schedule| is_meant(&plan.profile.targets[schedule.target.0]));
    let whole: Vec<&Schedule> = whole.collect();
    let made = parallel::map(&whole, |schedule| {
        let triggers = schedule::triggers(plan, schedule, &almanac, &covers)?;
        let target = &plan.profile.targets[schedule.target.0];
        if let Some(kept) = &target.kept {
            return kept::object(plan, kept, &triggers, templates);
        }
        let object = object(plan, schedule, &triggers);
        let (namespace, prometheus_url) = (platform.namespace.as_str(), platform.prometheus_url.as_deref());
        templates.render(
            "scaledobject.yaml.j2",
            View {
                plan: plan.name.as_str(),
                holds: say::Holds::of(plan),
                namespace,
                prometheus_url,
                metrics: requests::names(&plan.profile),
                object,
            },
        )
    });
    let mut problems: Vec<Diagnostic> = Vec::new();
    for result in made {
        match result {
            Ok(object) => text.push_str(&object),
            Err(mut found) => {
                // A broken template breaks for every target alike.
                found.retain(|problem| !problems.contains(problem));
                problems.extend(found);
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Artifact { kind: ArtifactKind::Keda, path: KEDA_FILE.to_owned(), text })
}

/// What stands above all objects.
#[derive(Serialize)]
struct Head {
    holds: say::Holds,
    /// Whether alerts watch over it.
    alerts: bool,
    /// Whether nobody has said the clock of some floor.
    is_on_assumed_clock: bool,
    /// Whether any object is its owner's, whatever kind of workload it scales.
    has_kept: bool,
    keda: String,
    kubernetes: String,
}

/// One object.
#[derive(Serialize)]
struct View<'p> {
    plan: &'p str,
    holds: say::Holds,
    namespace: &'p str,
    prometheus_url: Option<&'p str>,
    metrics: requests::Names<'p>,
    object: Object<'p>,
}

#[derive(Serialize)]
struct Object<'p> {
    name: &'p str,
    /// What the plan means for it, in short.
    meaning: String,
    title: String,
    territory: Option<&'p str>,
    workload: &'p str,
    min: u32,
    max: u32,
    peak: u32,
    /// `behavior` of fallback: KEDA has it from 2.17 on.
    fallback_keeps_higher: bool,
    scale_up: ScaleUpView,
    cooldown: String,
    scale_down_window: u32,
    falls_without_tolerance: bool,
    load: Load,
    seasons: Vec<Season>,
}

#[derive(Serialize)]
struct ScaleUpView {
    pods: u32,
    may_double: bool,
    without_tolerance: bool,
}

/// The Prometheus triggers of a target.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Load {
    Requests {
        selector: String,
        /// The same without methods: of the pods themselves.
        pods: String,
        threshold: String,
        guard: Option<LatencyGuard>,
    },
    /// By queries of the business's own.
    Asked { rps: String, p95: Option<String>, threshold: String, guard: Option<LatencyGuard> },
    Queue {
        /// How many messages wait, in PromQL.
        pending: String,
        threshold: String,
        lag: Option<Lag>,
        /// Whether the journal's views say it, of all territories.
        of_journal: bool,
    },
    /// Nothing measures it: the seasons alone decide.
    Nothing,
}

#[derive(Serialize)]
struct Lag {
    query: String,
    seconds: String,
}

#[derive(Serialize)]
struct LatencyGuard {
    millis: String,
    seconds: String,
    /// Half above the limit, where it asks for the most.
    far_millis: String,
    far_seconds: String,
}

fn object<'p>(plan: &'p Plan, schedule: &Schedule, triggers: &[CronTrigger]) -> Object<'p> {
    let target = &plan.profile.targets[schedule.target.0];
    let workload = plan.profile.workload(target);
    let territory = plan.profile.territory(target);
    Object {
        name: target.name.as_str(),
        meaning: plan.meaning(schedule),
        title: say::target(plan, target),
        territory: territory.map(|territory| territory.code.as_str()),
        workload: workload.name.as_str(),
        min: target.min.value.0,
        max: target.max.value.0,
        peak: schedule.peak().0,
        fallback_keeps_higher: plan.profile.platform.keda.value >= features::keda::FALLBACK_BEHAVIOR,
        scale_up: ScaleUpView {
            pods: schedule.scale_up.pods_per_minute.0,
            may_double: schedule.scale_up.may_double,
            without_tolerance: schedule.scale_up.without_tolerance,
        },
        cooldown: workload.cooldown.to_string(),
        scale_down_window: workload.scale_down_window.0,
        falls_without_tolerance: schedule.surge == Surge::HeldOff,
        load: load(plan, target),
        seasons: triggers.iter().map(|trigger| season(plan, trigger)).collect(),
    }
}

fn load(plan: &Plan, target: &Target) -> Load {
    let territory: Vec<&str> =
        plan.profile.territory(target).map(|at| at.code.as_str()).into_iter().collect();
    let threshold = target.per_replica.map(|rate| rate.to_string()).unwrap_or_default();
    let guard = match target.guard {
        Some(Guard::Latency(limit)) => Some(latency_guard(limit)),
        Some(Guard::Lag(_)) | None => None,
    };
    match &plan.profile.workload(target).kind {
        WorkloadKind::Http(HttpWorkload { own: Some(own), .. }) => {
            let own = own.of(plan.profile.territory(target));
            Load::Asked { rps: own.rps, p95: own.p95, threshold, guard }
        }
        WorkloadKind::Http(http) => Load::Requests {
            selector: requests::of_trigger(plan, (plan.profile.workload(target), http), &territory),
            pods: requests::pods(plan, plan.profile.workload(target), &territory).join(", "),
            threshold,
            guard,
        },
        WorkloadKind::Queue(queue) => {
            let prefix = plan.profile.journal.as_ref().map_or("", |journal| journal.prefix.as_str());
            let lag = queue.lag.clone().unwrap_or_else(|| format!("max({prefix}_outbox_lag_seconds)"));
            Load::Queue {
                pending: queue.pending.clone().unwrap_or_else(|| say::pending(plan)),
                threshold,
                lag: queue.dispatch_lag.map(|limit| Lag { query: lag, seconds: limit.0.to_string() }),
                of_journal: queue.pending.is_none(),
            }
        }
        WorkloadKind::Scheduled => Load::Nothing,
        WorkloadKind::Kept => unreachable!("internal error: its owner's object has its own load triggers"),
    }
}

fn latency_guard(limit: Millis) -> LatencyGuard {
    let far = f64::from(limit.0) * 1.5;
    LatencyGuard {
        millis: limit.to_string(),
        seconds: limit.seconds().to_string(),
        far_millis: format!("{far} ms"),
        far_seconds: (far / 1000.0).to_string(),
    }
}
