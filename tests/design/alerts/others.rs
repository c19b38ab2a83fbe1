//! The journal, the business, and the health of the plan itself.

use super::{Expected, any_of, lately, waited};
use seasonscale::plan::Plan;
use seasonscale::profile::{Journal, MetricLimit, Workload, WorkloadKind};

const FLOOR: &str = "scaledobject:seasonscale_floor_replicas:max";
const UNASKED: &str = "scaledobject:seasonscale_floor_replicas:unasked";

pub(super) fn journal(plan: &Plan, journal: &Journal) -> Vec<Expected> {
    let gates = &plan.profile.gates;
    let prefix = &journal.prefix;
    let about = |severity| [severity, "journal", "journal"];
    let alert = |name: &str, severity, expr: String| Expected::alert(plan, name, about(severity), expr);
    let usage =
        |limit: f64| format!("max({}) > {limit}", lately(&format!("{prefix}_notify_queue_usage_ratio")));
    let (spill, critical) = (journal.spill_ratio, journal.critical_ratio);
    let unless_down = unless_down(plan);
    let (late, parked) =
        ("territory:seasonscale_outbox_lag_seconds:late", "territory:seasonscale_outbox_parked_events:some");
    let by_territory =
        |metric: &str| format!("max by (territory) ({})", lately(&format!("{prefix}_outbox_{metric}")));
    let mut rules = vec![
        alert("NotifyQueueHigh", "warning", format!("{} <= {}", usage(spill.0), critical.0))
            .held("5m")
            .keeps("10m")
            .says(spill.to_string()),
        alert("NotifyQueueCritical", "critical", usage(critical.0))
            .held("1m")
            .keeps("10m")
            .says(critical.to_string()),
        Expected::record(
            late,
            format!("{} > {}{unless_down}", by_territory("lag_seconds"), gates.outbox_lag.0),
        ),
        Expected::waiting(late, 2),
        Expected::told(plan, "OutboxLagHigh", about("critical"), &waited(late, 2))
            .keeps("5m")
            .says(gates.outbox_lag.to_string()),
        alert(
            "OutboxDepthHigh",
            "warning",
            format!("sum({}) > {}{unless_down}", by_territory("pending_events"), gates.outbox_depth),
        )
        .held("5m")
        .keeps("5m")
        .says(gates.outbox_depth.to_string()),
        Expected::record(parked, format!("{} > 0", by_territory("parked_events"))),
        Expected::waiting(parked, 15),
        Expected::told(plan, "OutboxEventsParked", about("warning"), &waited(parked, 15))
            .says(journal.max_attempts.to_string()),
        alert(
            "JournalListenerAbsent",
            "warning",
            format!("max by (channel) ({}) < 1{unless_down}", lately(&format!("{prefix}_listeners"))),
        )
        .held("5m")
        .by(&["channel"])
        .says("1"),
    ];
    rules.extend(ages(plan, journal));
    rules
}

/// What has been there for too long.
fn ages(plan: &Plan, journal: &Journal) -> [Expected; 2] {
    let kept = u64::from(journal.retention.0) + 172_800;
    [
        ("JournalRetentionBehind", "oldest_delivered_seconds", kept, journal.retention.to_string()),
        ("JournalTransactionOld", "notify_queue_oldest_transaction_seconds", 3600, "1 hour".to_owned()),
    ]
    .map(|(name, metric, limit, said)| {
        let oldest = lately(&format!("{}_{metric}", journal.prefix));
        let expr = format!("max({oldest}) > {limit}");
        Expected::alert(plan, name, ["warning", "journal", "journal"], expr).held("15m").says(said)
    })
}

/// A worker without a ready replica is told as that.
fn unless_down(plan: &Plan) -> String {
    let delivers = |workload: &&Workload| matches!(&workload.kind, WorkloadKind::Queue(queue) if queue.pending.is_none());
    let workers: Vec<&str> =
        plan.profile.workloads.iter().filter(delivers).map(|workload| workload.name.as_str()).collect();
    if workers.is_empty() {
        String::new()
    } else {
        let worker = any_of("workload", &workers);
        format!(" unless on () scaledobject:seasonscale_no_replica_ready:lately{{{worker}}}")
    }
}

pub(super) fn business(plan: &Plan, limit: &MetricLimit) -> Expected {
    let MetricLimit { metric, most, per, .. } = limit;
    let sum = per.as_ref().map_or_else(|| "sum".to_owned(), |label| format!("sum by ({label})"));
    let expr = format!("{sum} ({metric}) > {most}");
    let alert = Expected::alert(
        plan,
        limit.alert(),
        [limit.severity.as_str(), "business", limit.name.as_str()],
        expr,
    );
    let by = per.iter().map(ToString::to_string).collect();
    Expected { series_of_policy: by, ..alert.held("5m").keeps("5m").says(most.to_string()) }
}

pub(super) fn health(plan: &Plan) -> Vec<Expected> {
    let alert = |name: &str, about: [&str; 3], expr: String| Expected::alert(plan, name, about, expr);
    let end = "plan:seasonscale_horizon_end_timestamp_seconds:calendar";
    let last = plan.horizon.until.plus_days(-1).to_string();
    let mut rules = vec![
        alert(
            "SeasonalPlanExpiresSoon",
            ["warning", "plan", "plan"],
            format!("0 < {end} - time() < 30 * 86400"),
        )
        .held("1h")
        .says("30 days"),
        alert(
            "SeasonalPlanNotBegun",
            ["warning", "plan", "plan"],
            format!("{end} - time() > 0 unless on () zone:seasonscale_local_time_seconds:calendar"),
        )
        .held("15m")
        .says(plan.horizon.from.to_string()),
        alert("SeasonalPlanExpired", ["critical", "plan", "plan"], format!("time() - {end} >= 0"))
            .held("5m")
            .says(last),
    ];
    rules.extend(silence(plan));
    if let Some(Journal { prefix, .. }) = &plan.profile.journal {
        // `listeners` has no series until somebody listens or publishes.
        let metrics = ["notify_queue_usage_ratio", "outbox_lag_seconds", "outbox_pending_events"];
        let expr = metrics.map(|metric| format!("absent({prefix}_{metric})")).join(" or ");
        rules.push(alert("JournalMetricsAbsent", ["warning", "health", "journal"], expr).held("10m"));
    }
    rules.extend(buckets(plan));
    rules
}

/// What is told where KEDA, or kube-state-metrics, says nothing.
fn silence(plan: &Plan) -> Vec<Expected> {
    let platform = &plan.profile.platform;
    let active =
        format!("keda_scaler_active{{{}=\"{}\"}}", platform.keda_namespace_label, platform.namespace);
    let kube = |metric: &str| format!("kube_{metric}{{namespace=\"{}\"}}", platform.namespace);
    let most = kube("horizontalpodautoscaler_spec_max_replicas");
    let desired = kube("horizontalpodautoscaler_status_desired_replicas");
    let unasked = format!(
        "{FLOOR} > on (horizontalpodautoscaler) group_left () max by (horizontalpodautoscaler) ({}) \
         and on () absent({active})",
        lately(&desired)
    );
    let about = |severity| [severity, "health", "scaling"];
    let alert = |name: &str, expr: String| Expected::alert(plan, name, about("warning"), expr);
    let told = waited(UNASKED, 3);
    vec![
        Expected::record(UNASKED, unasked),
        Expected::waiting(UNASKED, 3),
        Expected::told(plan, "KedaMetricsAbsent", about("critical"), &told),
        alert(
            "KedaMetricsAbsent",
            format!("absent({active}) unless on () absent({most}) unless on () {told}"),
        )
        .held("15m"),
        alert(
            "KubeStateMetricsAbsent",
            format!(
                "absent({}) or absent({most}) and on () count({active})",
                kube("deployment_status_replicas_ready")
            ),
        )
        .held("10m"),
    ]
}

/// Whether the services have the buckets that the budget is reckoned with.
fn buckets(plan: &Plan) -> Vec<Expected> {
    let counted = plan.profile.http_workloads().filter(|(_, http)| http.own.is_none());
    let names: Vec<&str> = counted.map(|(workload, _)| workload.name.as_str()).collect();
    let minimal = plan.profile.gates.minimal_rate;
    let answering = plan.profile.targets.iter().filter(|target| target.per_replica.is_some());
    let answering = answering.filter(|target| names.contains(&plan.profile.workload(target).name.as_str()));
    let (promised, not): (Vec<_>, Vec<_>) = answering
        .partition(|target| plan.profile.territory(target).is_some_and(|at| at.p95_target.is_some()));
    if !promised.is_empty() {
        let mut codes: Vec<&str> = promised
            .iter()
            .filter_map(|target| Some(plan.profile.territory(target)?.code.as_str()))
            .collect();
        codes.dedup();
        let others = plan.profile.http_workloads().count() - names.len();
        let places = (!not.is_empty()).then(|| any_of("territory", &codes));
        let only = (others > 0).then(|| any_of("workload", &names));
        let matchers: Vec<String> = places.into_iter().chain(only).collect();
        let matcher =
            if matchers.is_empty() { String::new() } else { format!("{{{}}}", matchers.join(", ")) };
        let set = "territory_workload:http_server_requests_within_target:missing";
        let expr = format!(
            "territory_workload:http_server_requests_seconds_count:rate5m{matcher} > {minimal} \
             unless on (territory, workload) territory_workload:http_server_requests_within_target:rate5m"
        );
        let alert = Expected::alert(
            plan,
            "LatencyBucketMissing",
            ["warning", "health", "reporting"],
            format!("count by (workload) ({set})"),
        );
        let alert = alert.held("15m").by(&["workload"]).says(minimal.to_string());
        return vec![Expected::record(set, expr), Expected { lists: Some(set.to_owned()), ..alert }];
    }
    Vec::new()
}
