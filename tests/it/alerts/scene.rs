//! What Prometheus sees of an incident: the samples of a time in which everything is well, and what a file of
//! `tests/incidents/` changes in them, as promtool reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

/// Samples and evaluations are this many seconds apart.
const STEP: f64 = 30.0;

/// A file of `tests/incidents/`. Stages are minutes and a value; no value is a sample that was not scraped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Incident {
    /// What the runbook calls it; left out there without.
    pub(super) cause: Option<String>,
    /// Minutes without fault before it.
    #[serde(default = "quiet")]
    pub(super) quiet: f64,
    /// Minutes that it is looked at.
    pub(super) lasts: f64,
    /// What becomes of requests, by labels of theirs; rates are requests in a second.
    #[serde(default)]
    requests: Vec<Requests>,
    /// What becomes of series, by their metric and labels.
    #[serde(default)]
    series: Vec<Change>,
    pub(super) right: Right,
}

/// Enough for every window but those of budgets; for them few good requests are the harder test.
fn quiet() -> f64 {
    12.0
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Requests {
    #[serde(default)]
    of: BTreeMap<String, String>,
    /// Labels that they have from then on, as another series.
    #[serde(default)]
    relabelled: BTreeMap<String, String>,
    stages: Vec<Answered>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    minutes: f64,
    /// Left out: as before.
    rate: Option<f64>,
    /// Shares of them.
    #[serde(default)]
    errors: f64,
    /// Between 0.4 and 1.2 seconds, evenly.
    #[serde(default)]
    slow: f64,
    /// They come, and nobody sees them.
    #[serde(default)]
    unscraped: bool,
    /// Ends of buckets that are no longer there.
    #[serde(default)]
    without: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    metric: String,
    #[serde(default)]
    of: BTreeMap<String, String>,
    /// A series that was not there before.
    #[serde(default)]
    new: bool,
    /// How much a counter grows in a minute, or what a gauge is.
    #[serde(default)]
    counter: bool,
    stages: Vec<(f64, Option<f64>)>,
}

/// Who may be told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Right {
    pub(super) critical: [usize; 2],
    #[serde(default)]
    pub(super) warning: [usize; 2],
    #[serde(default)]
    pub(super) info: [usize; 2],
    /// Minutes in which the first of them is told.
    pub(super) within: Option<f64>,
    /// An alert that must be told and what its text must name.
    #[serde(default)]
    pub(super) names: BTreeMap<String, Vec<String>>,
}

/// A series of the time in which everything is well.
struct Series {
    metric: String,
    labels: BTreeMap<String, String>,
    is_counter: bool,
    /// A counter's growth in a minute.
    value: f64,
}

const TARGETS: &[(&str, &str, f64, f64)] = &[
    // territory, workload, floor and ready replicas, requests in a second
    ("DE", "queries", 6.0, 300.0),
    ("DE", "commands", 4.0, 80.0),
    ("CH", "queries", 4.0, 150.0),
    ("CH", "commands", 3.0, 40.0),
    ("AT", "queries", 3.0, 80.0),
    ("AT", "commands", 2.0, 20.0),
    ("", "outbox-worker", 1.0, 0.0),
];
const BUCKETS: [&str; 7] = ["0.1", "0.3", "0.35", "0.4", "0.6", "1.0", "+Inf"];

fn name(territory: &str, workload: &str) -> String {
    match territory {
        "" => "freshplan-outbox-worker".to_owned(),
        code => format!("freshplan-api-{workload}-{}", code.to_lowercase()),
    }
}

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let present = pairs.iter().filter(|(_, value)| !value.is_empty());
    present.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn of_service(territory: &str, workload: &str) -> BTreeMap<String, String> {
    labels(&[("job", "freshplan"), ("app", "api"), ("territory", territory), ("workload", workload)])
}

fn zone(territory: &str) -> &'static str {
    match territory {
        "CH" => "Europe/Zurich",
        "AT" => "Europe/Vienna",
        _ => "Europe/Berlin",
    }
}

/// What the journal's exporter says of the whole database.
const OF_THE_DATABASE: [(&str, f64); 3] = [
    ("freshplan_scaling_notify_queue_usage_ratio", 0.01),
    ("freshplan_scaling_oldest_delivered_seconds", 86_400.0),
    ("freshplan_scaling_notify_queue_oldest_transaction_seconds", 2.0),
];

/// What is measured while everything is well, but for requests.
fn well() -> Vec<Series> {
    let mut all = Vec::new();
    let mut add = |metric: &str, mut labels: BTreeMap<String, String>, value, is_counter| {
        if metric.contains(':') {
            labels.extend(self::labels(&[("plan", "freshplan"), ("namespace", "freshplan")]));
        }
        all.push(Series { metric: metric.to_owned(), labels, is_counter, value });
    };
    for (territory, workload, floor, _) in TARGETS {
        let name = name(territory, workload);
        let hpa = format!("keda-hpa-{name}");
        let object = labels(&[
            ("scaledObject", &name),
            ("deployment", &name),
            ("horizontalpodautoscaler", &hpa),
            ("territory", territory),
            ("workload", workload),
            ("zone", zone(territory)),
        ]);
        add("scaledobject:seasonscale_floor_replicas:max", object, *floor, false);
        let kube = |label: &str, value: &str| labels(&[("namespace", "freshplan"), (label, value)]);
        add("kube_deployment_status_replicas_ready", kube("deployment", &name), *floor, false);
        let by_hpa = || kube("horizontalpodautoscaler", &hpa);
        let max = if *territory == "DE" { 12.0 } else { 10.0 };
        add("kube_horizontalpodautoscaler_spec_max_replicas", by_hpa(), max, false);
        add("kube_horizontalpodautoscaler_status_desired_replicas", by_hpa(), *floor, false);
        let mut condition = by_hpa();
        condition.extend(labels(&[("condition", "ScalingActive"), ("status", "false")]));
        add("kube_horizontalpodautoscaler_status_condition", condition, 0.0, false);
        let keda = labels(&[("exported_namespace", "freshplan"), ("scaledObject", &name)]);
        add("keda_scaled_object_paused", keda.clone(), 0.0, false);
        add("keda_scaled_object_errors_total", keda.clone(), 0.0, true);
        let mut scaler = keda;
        scaler.extend(labels(&[("scaler", "season")]));
        add("keda_scaler_active", scaler.clone(), 1.0, false);
        add("keda_scaler_metrics_value", scaler, *floor, false);
        if !territory.is_empty() {
            for pod in 0..(*floor as u32) {
                let mut own = of_service(territory, workload);
                own.insert("pod".to_owned(), format!("{name}-{pod}"));
                add("process_uptime_seconds", own, 1.0, false);
            }
        }
    }
    for territory in ["DE", "CH", "AT"] {
        let own = || labels(&[("territory", territory)]);
        add("freshplan_scaling_outbox_lag_seconds", own(), 1.0, false);
        add("freshplan_scaling_outbox_pending_events", own(), 3.0, false);
        add("freshplan_scaling_outbox_parked_events", own(), 0.0, false);
    }
    for (metric, value) in OF_THE_DATABASE {
        add(metric, BTreeMap::new(), value, false);
    }
    add("freshplan_scaling_listeners", labels(&[("channel", "scaling_events")]), 1.0, false);
    add("credit_check_requests_in_flight", labels(&[("provider", "schufa")]), 5.0, false);
    // promtool's time is before the plan, so that the plan's clock and floors are given.
    add("zone:seasonscale_local_time_seconds:calendar", labels(&[("zone", "of-this-test")]), 1.0, false);
    all
}

fn steps(minutes: f64) -> u32 {
    (minutes * 60.0 / STEP).round() as u32
}

/// What a series shows over the whole test, as promtool writes it.
fn values(series: &Series, incident: &Incident, stages: &[(f64, Option<f64>)]) -> String {
    let mut text = String::new();
    let mut last = 0.0;
    let quiet = [(incident.quiet, Some(series.value))];
    let looked_at: f64 = stages.iter().map(|(minutes, _)| minutes).sum();
    let after = [((incident.lasts - looked_at).max(0.0), Some(series.value))];
    for (minutes, value) in quiet.iter().chain(stages).chain(&after) {
        let steps = steps(*minutes);
        if steps == 0 {
            continue;
        }
        match (value, series.is_counter) {
            (None, _) => write!(text, "stale _x{} ", steps - 1).unwrap(),
            (Some(value), false) => write!(text, "{value}x{} ", steps - 1).unwrap(),
            (Some(growth), true) => {
                let each = growth * STEP / 60.0;
                write!(text, "{}+{each}x{} ", last + each, steps - 1).unwrap();
                last += each * f64::from(steps);
            }
        }
    }
    text.trim_end().to_owned()
}

fn is_of(labels: &BTreeMap<String, String>, of: &BTreeMap<String, String>) -> bool {
    of.iter().all(|(name, value)| {
        let own = labels.get(name).map_or("", String::as_str);
        value.split('|').any(|value| value == own)
    })
}

fn selector(metric: &str, labels: &BTreeMap<String, String>) -> String {
    let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    format!("{metric}{{{}}}", labels.join(", "))
}

/// All series of a test.
fn input(incident: &Incident) -> Vec<(String, String)> {
    let mut made = Vec::new();
    for series in well() {
        let change = incident.series.iter().find(|change| {
            !change.new && change.metric == series.metric && is_of(&series.labels, &change.of)
        });
        let stages = change.map_or(&[][..], |change| &change.stages);
        made.push((selector(&series.metric, &series.labels), values(&series, incident, stages)));
    }
    for change in incident.series.iter().filter(|change| change.new) {
        let series = Series {
            metric: change.metric.clone(),
            labels: change.of.clone(),
            is_counter: change.counter,
            value: 0.0,
        };
        let mut stages = vec![(incident.quiet, None)];
        stages.extend(&change.stages);
        let all = Incident {
            cause: None,
            quiet: 0.0,
            lasts: 0.0,
            requests: Vec::new(),
            series: Vec::new(),
            right: none(),
        };
        made.push((selector(&series.metric, &series.labels), values(&series, &all, &stages)));
    }
    for (territory, workload, _, rate) in TARGETS.iter().filter(|target| !target.0.is_empty()) {
        made.extend(answered(incident, (territory, workload), *rate));
    }
    made
}

fn none() -> Right {
    Right { critical: [0, 0], warning: [0, 0], info: [0, 0], within: None, names: BTreeMap::new() }
}

/// The requests of one place, fast and well unless the incident says something else.
fn answered(incident: &Incident, (territory, workload): (&str, &str), rate: f64) -> Vec<(String, String)> {
    let method = if workload == "queries" { "GET" } else { "POST" };
    let mut own = of_service(territory, workload);
    own.insert("method".to_owned(), method.to_owned());
    let change = incident.requests.iter().find(|change| is_of(&own, &change.of));
    let stages: Vec<Answered> = change.map_or(Vec::new(), |change| change.stages.clone());
    let moved = change.map(|change| &change.relabelled).filter(|moved| !moved.is_empty());
    let mut made = Vec::new();
    let mut add = |metric: &str, labels: BTreeMap<String, String>, quiet: f64, growth: Vec<Option<f64>>| {
        let pairs: Vec<_> = stages.iter().map(|stage| stage.minutes).zip(growth).collect();
        let series = Series { metric: metric.to_owned(), labels, is_counter: true, value: quiet * 60.0 };
        let shown = |stages: &[(f64, Option<f64>)], series: &Series| {
            (selector(metric, &series.labels), values(series, incident, stages))
        };
        match moved {
            None => made.push(shown(&pairs, &series)),
            Some(moved) => {
                let gone: Vec<_> = pairs.iter().map(|(minutes, _)| (*minutes, None)).collect();
                made.push(shown(&gone, &series));
                let mut labels = series.labels.clone();
                labels.extend(moved.clone());
                made.push(shown(&pairs, &Series { labels, value: 0.0, ..series }));
            }
        }
    };
    for status in ["200", "500"] {
        let mut labels = own.clone();
        labels.insert("status".to_owned(), status.to_owned());
        let part = |stage: &Answered| {
            let rate = stage.rate.unwrap_or(rate);
            let share = if status == "200" { 1.0 - stage.errors } else { stage.errors };
            (!stage.unscraped).then_some(rate * share * 60.0)
        };
        let quiet = if status == "200" { rate } else { 0.0 };
        add("http_server_requests_seconds_count", labels.clone(), quiet, stages.iter().map(part).collect());
        for end in BUCKETS {
            let seconds: f64 = if end == "+Inf" { 9.0 } else { end.parse().unwrap() };
            let within = |stage: &Answered| {
                let slow_within = ((seconds - 0.4) / 0.8).clamp(0.0, 1.0);
                let share = if status == "200" { 1.0 - stage.slow + stage.slow * slow_within } else { 1.0 };
                let is_there = !stage.without.iter().any(|gone| gone == end);
                part(stage).filter(|_| is_there).map(|growth| growth * share)
            };
            let mut labels = labels.clone();
            labels.insert("le".to_owned(), end.to_owned());
            add("http_server_requests_seconds_bucket", labels, quiet, stages.iter().map(within).collect());
        }
    }
    made
}

/// The file that promtool gets.
pub(super) fn test(incident: &Incident) -> String {
    let groups = [
        "plan", "calendar", "replicas", "http", "errors", "latency", "scaling", "cost", "journal",
        "business", "health",
    ];
    let groups: Vec<String> = groups.iter().map(|group| format!("seasonscale-{group}")).collect();
    let mut text = format!(
        "rule_files: [alerts-scaling.yml]\nevaluation_interval: 30s\ngroup_eval_order: [{}]\ntests:\n  - interval: 30s\n    input_series:\n",
        groups.join(", ")
    );
    for (series, values) in input(incident) {
        writeln!(text, "      - {{series: '{series}', values: '{values}'}}").unwrap();
    }
    let end = steps(incident.quiet + incident.lasts) * STEP as u32;
    let window = steps(incident.lasts + 0.5) * STEP as u32;
    let before = steps(incident.quiet) * STEP as u32;
    text.push_str("    promql_expr_test:\n");
    for (expr, at) in [
        ("ALERTS{alertstate=\"firing\"}".to_owned(), before),
        (format!("min_over_time(timestamp(ALERTS{{alertstate=\"firing\"}})[{window}s:30s])"), end),
    ] {
        writeln!(text, "      - {{expr: '{expr}', eval_time: {at}s, exp_samples: [{{labels: '{{asked=\"at {at}\"}}', value: 0}}]}}").unwrap();
    }
    if !incident.right.names.is_empty() {
        text.push_str("    alert_rule_test:\n");
    }
    for alert in incident.right.names.keys() {
        let at = before + steps(incident.lasts * 0.8) * STEP as u32;
        writeln!(text, "      - {{alertname: {alert}, eval_time: {at}s, exp_alerts: []}}").unwrap();
    }
    text
}
