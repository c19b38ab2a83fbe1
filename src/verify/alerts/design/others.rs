//! The journal, the business, and the health of the plan itself.

use super::{Expected, OBJECT, any_of, quote};
use crate::plan::Plan;

pub(super) fn journal(plan: &Plan) -> Vec<Expected> {
    let (journal, gates) = (&plan.profile.journal, &plan.profile.gates);
    let prefix = &journal.prefix;
    let alert = |name: &str, severity, expr: String| Expected::alert(plan, name, [severity, "journal"], expr);
    let usage = |limit: f64| format!("max({prefix}_notify_queue_usage_ratio) > {limit}");
    let (spill, critical) = (journal.spill_ratio, journal.critical_ratio);
    let by_territory = |metric: &str| format!("max by (territory) ({prefix}_outbox_{metric})");
    vec![
        alert("NotifyQueueHigh", "warning", usage(spill.0)).held("5m").keeps("10m").says(spill.to_string()),
        alert("NotifyQueueCritical", "critical", usage(critical.0))
            .held("1m")
            .keeps("10m")
            .says(critical.to_string()),
        alert(
            "OutboxLagHigh",
            "critical",
            format!("{} > {}", by_territory("lag_seconds"), gates.outbox_lag.0),
        )
        .held("2m")
        .keeps("5m")
        .by(&["territory"])
        .says(gates.outbox_lag.to_string()),
        alert(
            "OutboxDepthHigh",
            "warning",
            format!("sum({}) > {}", by_territory("pending_events"), gates.outbox_depth),
        )
        .held("5m")
        .keeps("5m")
        .says(gates.outbox_depth.to_string()),
        alert("OutboxEventsParked", "warning", format!("{} > 0", by_territory("parked_events")))
            .held("15m")
            .by(&["territory"])
            .says(journal.max_attempts.to_string()),
        alert("JournalListenerAbsent", "warning", format!("max by (channel) ({prefix}_listeners) < 1"))
            .held("5m")
            .by(&["channel"])
            .says("1"),
        alert(
            "JournalRetentionBehind",
            "warning",
            format!("max({prefix}_oldest_delivered_seconds) > {}", u64::from(journal.retention.0) + 172_800),
        )
        .held("15m")
        .says(journal.retention.to_string()),
    ]
}

pub(super) fn business(plan: &Plan) -> Vec<Expected> {
    let limit = plan.profile.gates.credit_checks_in_flight;
    let expr = format!("sum by (provider) (credit_check_requests_in_flight) > {limit}");
    let alert = Expected::alert(plan, "CreditChecksInFlightHigh", ["warning", "business"], expr);
    vec![alert.held("5m").keeps("5m").by(&["provider"]).says(limit.to_string())]
}

pub(super) fn health(plan: &Plan) -> Vec<Expected> {
    let platform = &plan.profile.platform;
    let prefix = &plan.profile.journal.prefix;
    let alert = |name: &str, severity, category, expr: String| {
        Expected::alert(plan, name, [severity, category], expr)
    };
    let absent = |name: &str, held: &str, metrics: &[String]| {
        let each: Vec<String> = metrics.iter().map(|metric| format!("absent({metric})")).collect();
        alert(name, "warning", "health", each.join(" or ")).held(held)
    };
    let end = "plan:seasonscale_horizon_end_timestamp_seconds:calendar";
    let keda = format!("{}=\"{}\"", platform.keda_namespace_label, platform.namespace);
    let kube = |metric: &str| format!("kube_{metric}{{namespace=\"{}\"}}", platform.namespace);
    let of_journal = |metric: &str| format!("{prefix}_{metric}");
    let last = plan.horizon.until.plus_days(-1).to_string();
    let mut rules = vec![
        alert("SeasonalPlanExpiresSoon", "warning", "plan", format!("0 < {end} - time() < 30 * 86400"))
            .held("1h")
            .says("30 days")
            .set_at(plan.horizon_span),
        alert(
            "SeasonalPlanNotBegun",
            "warning",
            "plan",
            format!("{end} - time() > 0 unless on () zone:seasonscale_local_time_seconds:calendar"),
        )
        .held("15m")
        .says(plan.horizon.from.to_string())
        .set_at(plan.horizon_span),
        alert("SeasonalPlanExpired", "critical", "plan", format!("time() - {end} >= 0"))
            .held("5m")
            .says(last)
            .set_at(plan.horizon_span),
        absent("KedaMetricsAbsent", "15m", &[format!("keda_scaler_active{{{keda}}}")]),
        absent(
            "KubeStateMetricsAbsent",
            "10m",
            &[kube("deployment_status_replicas_ready"), kube("horizontalpodautoscaler_spec_max_replicas")],
        ),
        absent(
            "JournalMetricsAbsent",
            "10m",
            &["notify_queue_usage_ratio", "outbox_lag_seconds", "outbox_pending_events", "listeners"]
                .map(of_journal),
        ),
    ];
    if plan.profile.http_workloads().next().is_some() {
        rules.extend(services(plan));
    }
    rules
}

/// Whether the services report as they should.
fn services(plan: &Plan) -> Vec<Expected> {
    let platform = &plan.profile.platform;
    let alive =
        format!("process_uptime_seconds{{job={}, app={}}}", quote(&platform.job), quote(&platform.app));
    let info = "scaledobject:seasonscale_target_info:config";
    let names: Vec<&str> =
        plan.profile.http_workloads().map(|(workload, _)| workload.name.as_str()).collect();
    let workloads = any_of("workload", &names);
    let minimal = plan.profile.gates.minimal_rate;
    let alert = |name: &str, expr: String| Expected::alert(plan, name, ["warning", "health"], expr);
    let pair = "on (territory, workload)";
    vec![
        alert("TerritoryMetricsAbsent", format!("{info}{{{workloads}}} unless {pair} {alive}"))
            .held("10m")
            .by(OBJECT),
        alert(
            "TerritoryLabelMissing",
            format!("count by (territory, workload) ({alive}) unless {pair} {info}"),
        )
        .held("10m")
        .by(&["territory", "workload"]),
        alert(
            "LatencyBucketMissing",
            format!(
                "territory_workload:http_server_requests_seconds_count:rate5m > {minimal} \
                 unless {pair} territory_workload:http_server_requests_within_target:rate5m"
            ),
        )
        .held("15m")
        .by(&["territory", "workload"])
        .says(minimal.to_string()),
    ]
}
