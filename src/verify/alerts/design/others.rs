//! The journal, the business, and the health of the plan itself.

use super::{Expected, OBJECT, any_of, service};
use crate::plan::Plan;
use crate::profile::{Journal, MetricLimit};

pub(super) fn journal(plan: &Plan, journal: &Journal) -> Vec<Expected> {
    let gates = &plan.profile.gates;
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

pub(super) fn business(plan: &Plan, limit: &MetricLimit) -> Expected {
    let MetricLimit { metric, most, per, .. } = limit;
    let sum = per.as_ref().map_or_else(|| "sum".to_owned(), |label| format!("sum by ({label})"));
    let expr = format!("{sum} ({metric}) > {most}");
    let alert = Expected::alert(plan, limit.alert(), [limit.severity.as_str(), "business"], expr);
    let by = per.iter().map(ToString::to_string).collect();
    Expected {
        series_of_policy: by,
        ..alert.held("5m").keeps("5m").says(most.to_string()).set_at(limit.span)
    }
}

pub(super) fn health(plan: &Plan) -> Vec<Expected> {
    let platform = &plan.profile.platform;
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
    ];
    if let Some(Journal { prefix, .. }) = &plan.profile.journal {
        let metrics =
            ["notify_queue_usage_ratio", "outbox_lag_seconds", "outbox_pending_events", "listeners"];
        let metrics = metrics.map(|metric| format!("{prefix}_{metric}"));
        rules.push(absent("JournalMetricsAbsent", "10m", &metrics));
    }
    if plan.profile.http_workloads().next().is_some() {
        rules.extend(services(plan));
    }
    rules
}

/// Whether the services report as they should.
fn services(plan: &Plan) -> Vec<Expected> {
    let info = "scaledobject:seasonscale_target_info:config";
    let names: Vec<&str> =
        plan.profile.http_workloads().map(|(workload, _)| workload.name.as_str()).collect();
    let workloads = any_of("workload", &names);
    let mut own = service(plan);
    if own.is_empty() {
        own.push(workloads.clone());
    }
    let alive = format!("process_uptime_seconds{{{}}}", own.join(", "));
    let minimal = plan.profile.gates.minimal_rate;
    let alert = |name: &str, expr: String| Expected::alert(plan, name, ["warning", "health"], expr);
    let pair = "on (territory, workload)";
    let mut rules = vec![
        alert("TerritoryMetricsAbsent", format!("{info}{{{workloads}}} unless {pair} {alive}"))
            .held("10m")
            .by(OBJECT),
        alert(
            "TerritoryLabelMissing",
            format!("count by (territory, workload) ({alive}) unless {pair} {info}"),
        )
        .held("10m")
        .by(&["territory", "workload"]),
    ];
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
        let matcher =
            if not.is_empty() { String::new() } else { format!("{{{}}}", any_of("territory", &codes)) };
        let expr = format!(
            "territory_workload:http_server_requests_seconds_count:rate5m{matcher} > {minimal} \
             unless {pair} territory_workload:http_server_requests_within_target:rate5m"
        );
        let missing = alert("LatencyBucketMissing", expr).held("15m").by(&["territory", "workload"]);
        rules.push(missing.says(minimal.to_string()));
    }
    rules
}
