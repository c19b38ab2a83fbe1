//! What our ScaledObjects ask for as load: every trigger but those of the calendar, with its whole query.

use seasonscale::plan::Plan;
use seasonscale::profile::{Guard, HttpWorkload, OwnQueries, QueueWorkload, Target, Workload, WorkloadKind};
use seasonscale::quantity::Millis;
use serde_yaml::Value;

use super::tokens;

/// A trigger as it is meant.
struct Trigger {
    name: &'static str,
    metric_type: &'static str,
    query: String,
    threshold: String,
}

/// What of a target's load triggers is not as it is meant.
pub(super) fn differences(plan: &Plan, target: &Target, triggers: &Value) -> Vec<String> {
    let triggers = triggers.as_sequence().map(Vec::as_slice).unwrap_or_default();
    let found: Vec<&Value> = triggers.iter().filter(|trigger| trigger["type"] != "cron").collect();
    let wanted = wanted(plan, target);
    let mut problems: Vec<String> =
        wanted.iter().zip(&found).flat_map(|(wanted, found)| differing(wanted, found)).collect();
    if wanted.len() != found.len() {
        problems.push(format!("{} load triggers, not {}", found.len(), wanted.len()));
    }
    problems.iter().map(|problem| format!("{}: {problem}", target.name)).collect()
}

fn differing(wanted: &Trigger, found: &Value) -> Vec<String> {
    let metadata = &found["metadata"];
    let fields = [
        ("type", &found["type"], "prometheus"),
        ("name", &found["name"], wanted.name),
        ("metricType", &found["metricType"], wanted.metric_type),
        ("threshold", &metadata["threshold"], &wanted.threshold),
        ("ignoreNullValues", &metadata["ignoreNullValues"], "false"),
    ];
    let differs = fields.into_iter().filter(|(_, found, wanted)| *found != wanted);
    let mut problems: Vec<String> = differs
        .map(|(field, found, meant)| format!("{field} of {} is {found:?}, not {meant}", wanted.name))
        .collect();
    let query = metadata["query"].as_str().unwrap_or_default();
    if let Some(difference) = tokens::difference(&wanted.query, query) {
        problems.push(format!("the query {}: {difference:?}", wanted.name));
    }
    problems
}

fn wanted(plan: &Plan, target: &Target) -> Vec<Trigger> {
    let threshold = target.per_replica.map(|rate| rate.to_string()).unwrap_or_default();
    let guard = match target.guard {
        Some(Guard::Latency(limit)) => Some(limit),
        Some(Guard::Lag(_)) | None => None,
    };
    let workload = plan.profile.workload(target);
    let (load, guard) = match &workload.kind {
        WorkloadKind::Http(HttpWorkload { own: Some(own), .. }) => {
            let own = own.of(plan.profile.territory(target));
            let guard = guard.map(|limit| guard_of_own(&own, limit));
            (own.rps, guard)
        }
        WorkloadKind::Http(http) => requests(plan, target, (workload, http), guard),
        WorkloadKind::Queue(queue) => return backlog(plan, queue, threshold),
        WorkloadKind::Scheduled | WorkloadKind::Kept => return Vec::new(),
    };
    let trigger =
        |name, query| Trigger { name, metric_type: "AverageValue", query, threshold: threshold.clone() };
    std::iter::once(trigger("rps", load)).chain(guard.map(|query| trigger("p95", query))).collect()
}

/// Half as much again as the load above the limit, twice as much above one and a half times the limit.
fn more(p95: &str, limit: Millis) -> String {
    let [near, far] = [1.0, 1.5].map(|times| f64::from(limit.0) * times / 1000.0);
    format!("(1.5 * ({p95} > bool {near}) + 0.5 * ({p95} > bool {far}))")
}

/// Where nothing says how slow the answers are, it asks for nothing.
fn guard_of_own(own: &OwnQueries, limit: Millis) -> String {
    let p95 = format!("({})", own.p95.as_deref().unwrap_or_default());
    format!("({rps}) * {} or 0 * ({rps})", more(&p95, limit), rps = own.rps)
}

/// Pods that are up and have no requests count as no load, and where there are none there is no answer.
fn requests(
    plan: &Plan,
    target: &Target,
    (workload, http): (&Workload, &HttpWorkload),
    guard: Option<Millis>,
) -> (String, Option<String>) {
    let metrics = &plan.profile.platform.metrics;
    let pods = pods(plan, target, workload);
    let mut asked = pods.clone();
    if !http.methods.is_empty() {
        asked.push(format!("{}=~\"{}\"", metrics.method, http.methods.join("|")));
    }
    let (pods, asked) = (pods.join(", "), asked.join(", "));
    let rate = format!("sum(rate({}{{{asked}}}[2m]))", metrics.requests);
    let none = format!("or 0 * sum({}{{{pods}}})", metrics.alive);
    let p95 = format!("histogram_quantile(0.95, sum by (le) (rate({}{{{asked}}}[5m])))", metrics.histogram);
    let guard = guard.map(|limit| format!("{rate} * {} {none}", more(&p95, limit)));
    (format!("{rate} {none}"), guard)
}

/// The matchers of a target's own pods.
fn pods(plan: &Plan, target: &Target, workload: &Workload) -> Vec<String> {
    let metrics = &plan.profile.platform.metrics;
    let mut matchers = super::alerts::service(plan);
    matchers.extend(metrics.workload.as_ref().map(|label| format!("{label}=\"{}\"", workload.name)));
    let territory = metrics.territory.as_ref().zip(plan.profile.territory(target));
    matchers.extend(territory.map(|(label, territory)| format!("{label}=\"{}\"", territory.code)));
    matchers
}

/// What waits is shared among the replicas; how long the oldest has waited is not.
fn backlog(plan: &Plan, queue: &QueueWorkload, threshold: String) -> Vec<Trigger> {
    let prefix = plan.profile.journal.as_ref().map(|journal| journal.prefix.as_str()).unwrap_or_default();
    let waiting = format!("sum(max by (territory) ({prefix}_outbox_pending_events))");
    let waiting = queue.pending.clone().unwrap_or(waiting);
    let oldest = queue.lag.clone().unwrap_or_else(|| format!("max({prefix}_outbox_lag_seconds)"));
    let backlog = Trigger { name: "backlog", metric_type: "AverageValue", query: waiting, threshold };
    let lag = queue.dispatch_lag.map(|limit| Trigger {
        name: "lag",
        metric_type: "Value",
        query: oldest,
        threshold: limit.0.to_string(),
    });
    std::iter::once(backlog).chain(lag).collect()
}
