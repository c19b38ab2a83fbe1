//! The load triggers against the profile: which there are, their thresholds and metric types, and whether the queries,
//! parsed, look at the target's own series.

use super::target::fact;
use super::{Pairing, diags};
use crate::finding::Diagnostic;
use crate::keda::measure::{Signal, Step, guard};
use crate::keda::query::Query;
use crate::keda::scaledobject::Trigger;
use crate::keda::trigger::json_number;
use crate::profile::{Guard, HttpWorkload, OwnQueries, WorkloadKind};
use crate::quantity::Millis;
use crate::yaml::Mark;

/// A load trigger as the profile wants it.
struct Wanted {
    name: &'static str,
    /// A delay is not shared among replicas: only `Value` means what it says. What the load needs is.
    metric_type: &'static str,
    threshold: f64,
    /// The limits of a latency guard, with what is asked for above each beside the lower ones.
    steps: Vec<Step>,
    /// The business's own query, which must stand there as it is.
    own: Option<String>,
    /// Of a query of ours: what it must select.
    metrics: Vec<String>,
    matchers: Vec<String>,
}

pub(super) fn check(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    let wanted = wanted(pairing);
    let triggers = pairing.object.spec.triggers.value.iter().enumerate();
    let load: Vec<(usize, &Trigger)> = triggers.filter(|(_, trigger)| trigger.kind.value != "cron").collect();
    let names: Vec<&str> = load.iter().map(|(_, trigger)| trigger.label()).collect();
    let expected: Vec<&str> = wanted.iter().map(|wanted| wanted.name).collect();
    if names != expected {
        let mark = pairing.object.spec.triggers.mark;
        return vec![diags::differs(pairing, "load triggers", mark, &expected.join(", "), &names.join(", "))];
    }
    load.into_iter().zip(wanted).flat_map(|(found, wanted)| check_one(pairing, found, &wanted)).collect()
}

fn wanted(pairing: &Pairing<'_>) -> Vec<Wanted> {
    let (plan, target) = (pairing.plan, pairing.target);
    let replica = target.per_replica.map_or(f64::NAN, |rate| rate.0);
    match &plan.profile.workload(target).kind {
        // Its triggers are its owner's.
        WorkloadKind::Kept => Vec::new(),
        WorkloadKind::Http(HttpWorkload { own: Some(own), .. }) => by_own_queries(pairing, own, replica),
        WorkloadKind::Http(http) => {
            let matchers = request_matchers(pairing, &http.methods);
            let series = &plan.profile.platform.metrics;
            let [count, bucket, alive] =
                [&series.requests, &series.histogram, &series.alive].map(ToString::to_string);
            let rps = Wanted {
                name: "rps",
                metric_type: "AverageValue",
                threshold: replica,
                steps: Vec::new(),
                own: None,
                metrics: vec![count.clone(), alive.clone()],
                matchers: matchers.clone(),
            };
            let p95 = target.guard.and_then(|guard| match guard {
                Guard::Latency(limit) => Some(Wanted {
                    name: "p95",
                    metric_type: "AverageValue",
                    threshold: replica,
                    steps: steps(limit),
                    own: None,
                    metrics: vec![bucket, count, alive],
                    matchers,
                }),
                Guard::Lag(_) => None,
            });
            std::iter::once(rps).chain(p95).collect()
        }
        WorkloadKind::Queue(queue) => {
            let views = |name: &str| {
                plan.profile
                    .journal
                    .as_ref()
                    .map(|journal| format!("{}_{name}", journal.prefix))
                    .into_iter()
                    .collect()
            };
            let trigger = |name, metric_type, threshold, own: &Option<String>, view| Wanted {
                name,
                metric_type,
                threshold,
                steps: Vec::new(),
                own: own.clone(),
                metrics: views(view),
                matchers: Vec::new(),
            };
            let backlog =
                trigger("backlog", "AverageValue", replica, &queue.pending, "outbox_pending_events");
            let lag = queue
                .dispatch_lag
                .map(|limit| trigger("lag", "Value", f64::from(limit.0), &queue.lag, "outbox_lag_seconds"));
            std::iter::once(backlog).chain(lag).collect()
        }
        WorkloadKind::Scheduled => Vec::new(),
    }
}

/// The triggers of a workload with queries of its own, which must stand there as they are.
fn by_own_queries(pairing: &Pairing<'_>, own: &OwnQueries, replica: f64) -> Vec<Wanted> {
    let (plan, target) = (pairing.plan, pairing.target);
    let code = plan.profile.territory(target).map_or("", |territory| territory.code.as_str());
    let here = |query: &str| query.replace("{territory}", code);
    let rps = here(&own.rps);
    let trigger = |name, query: String| Wanted {
        name,
        metric_type: "AverageValue",
        threshold: replica,
        steps: Vec::new(),
        own: Some(query),
        metrics: Vec::new(),
        matchers: Vec::new(),
    };
    let mut wanted = vec![trigger("rps", rps.clone())];
    if let (Some(Guard::Latency(limit)), Some(p95)) = (target.guard, &own.p95) {
        let p95 = here(p95);
        let above = |step: &Step| format!("{} * (({p95}) > bool {})", step.share, step.above);
        let shares: Vec<String> = steps(limit).iter().map(above).collect();
        wanted.push(trigger("p95", format!("({rps}) * ({}) or 0 * ({rps})", shares.join(" + "))));
    }
    wanted
}

/// Half of the load more above the limit, all of it half above the limit.
fn steps(limit: Millis) -> Vec<Step> {
    let far = f64::from(limit.0) * 3.0 / 2000.0;
    vec![Step { above: limit.seconds(), share: 1.5 }, Step { above: far, share: 0.5 }]
}

fn request_matchers(pairing: &Pairing<'_>, methods: &[String]) -> Vec<String> {
    let (profile, target) = (&pairing.plan.profile, pairing.target);
    let metrics = &profile.platform.metrics;
    let mut matchers = Vec::new();
    matchers
        .extend(metrics.workload.as_ref().map(|label| format!("{label}={}", profile.workload(target).name)));
    matchers.extend(profile.platform.app.as_ref().map(|app| format!("app={app}")));
    matchers.extend(profile.platform.job.as_ref().map(|job| format!("job={job}")));
    matchers.extend((!methods.is_empty()).then(|| format!("{}=~{}", metrics.method, methods.join("|"))));
    let territory = metrics.territory.as_ref().zip(profile.territory(target));
    matchers.extend(territory.map(|(label, territory)| format!("{label}={}", territory.code)));
    let namespace = metrics.namespace.as_ref();
    matchers.extend(namespace.map(|label| format!("{label}={}", profile.platform.namespace)));
    matchers.sort();
    matchers
}

fn check_one(pairing: &Pairing<'_>, (index, trigger): (usize, &Trigger), wanted: &Wanted) -> Vec<Diagnostic> {
    let field = |key: &str| format!("triggers[{index}] ({}) {key}", wanted.name);
    let setting = |key: &str| trigger.setting(key).unwrap_or_default();
    let at = |key: &str| trigger.mark(key);
    let threshold = json_number(setting("threshold")).unwrap_or(f64::NAN);
    let keys: Vec<&str> = trigger.settings().keys().map(String::as_str).collect();
    let server = pairing.plan.profile.platform.prometheus_url.as_deref().unwrap_or_default();
    let metric_type = trigger.metric_type.as_ref();
    let facts = [
        fact(pairing, (&field("type"), trigger.kind.mark), "prometheus", &trigger.kind.value),
        fact(
            pairing,
            (&field("metricType"), metric_type.map_or(trigger.kind.mark, |text| text.mark)),
            wanted.metric_type,
            metric_type.map_or("AverageValue", |text| &text.value),
        ),
        fact(pairing, (&field("threshold"), at("threshold")), wanted.threshold, threshold),
        fact(pairing, (&field("serverAddress"), at("serverAddress")), server, setting("serverAddress")),
        fact(
            pairing,
            (&field("ignoreNullValues"), at("ignoreNullValues")),
            "false",
            setting("ignoreNullValues"),
        ),
        fact(
            pairing,
            (
                &field("metadata"),
                trigger.metadata.as_ref().map_or(trigger.kind.mark, |settings| settings.mark),
            ),
            "ignoreNullValues, query, serverAddress, threshold",
            keys.join(", "),
        ),
    ];
    if let Some(own) = &wanted.own {
        let query = fact(pairing, (&field("query"), at("query")), own, setting("query"));
        return facts.into_iter().flatten().chain(query).collect();
    }
    let bounds = bounds(pairing, (&field("query"), at("query")), setting("query"), wanted);
    // That it parses is a check of the model.
    let query = pairing.subject.queries.get(&index).and_then(|query| query.as_ref().ok());
    let selectors = query.and_then(|query| selectors(pairing, (&field("query"), at("query")), query, wanted));
    facts.into_iter().flatten().chain(bounds).chain(selectors).collect()
}

/// A latency guard asks for a multiple of the load above each limit, and for nothing else.
fn bounds(
    pairing: &Pairing<'_>,
    (field, mark): (&str, Mark),
    query: &str,
    wanted: &Wanted,
) -> Option<Diagnostic> {
    if wanted.steps.is_empty() {
        return None;
    }
    let found = guard(query).map(|guard| (said(&guard.steps), guard.delay.signal));
    let expected = (said(&wanted.steps), Signal::Quantile(0.95));
    if found.as_ref() == Some(&expected) {
        return None;
    }
    let found = match found {
        Some((steps, Signal::Quantile(level))) => format!("p{} {steps}", level * 100.0),
        Some((_, Signal::Rate | Signal::Gauge)) | None => {
            "a query that is not bounded by the load".to_owned()
        }
    };
    Some(diags::differs(pairing, field, mark, &format!("p95 {}", expected.0), &found))
}

/// `above 0.2: 1.5 of the load, above 0.3: 2`
fn said(steps: &[Step]) -> String {
    let mut sum = 0.0;
    let each = steps.iter().map(|step| {
        sum += step.share;
        format!("above {}: {sum} of the load", step.above)
    });
    each.collect::<Vec<_>>().join(", ")
}

/// Every selector of the query names a metric that it may, with exactly the target's matchers.
fn selectors(
    pairing: &Pairing<'_>,
    (field, mark): (&str, Mark),
    query: &Query,
    wanted: &Wanted,
) -> Option<Diagnostic> {
    let metrics: Vec<&str> =
        query.selectors.iter().filter_map(|selector| selector.metric.as_deref()).collect();
    let known = |metric: &&str| wanted.metrics.iter().any(|wanted| wanted == metric);
    if !metrics.iter().all(known) || !wanted.metrics.iter().all(|wanted| metrics.contains(&wanted.as_str())) {
        let metrics = metrics.join(", ");
        return Some(diags::differs(pairing, field, mark, &wanted.metrics.join(", "), &metrics));
    }
    let series = &pairing.plan.profile.platform.metrics;
    let method = format!("{}=~", series.method);
    // Pods have no method.
    let of_pods: Vec<String> =
        wanted.matchers.iter().filter(|matcher| !matcher.starts_with(&method)).cloned().collect();
    let alive = Some(series.alive.as_str());
    let expected = |metric: Option<&str>| if metric == alive { &of_pods } else { &wanted.matchers };
    let differs =
        query.selectors.iter().find(|selector| selector.matchers != *expected(selector.metric.as_deref()))?;
    let wanted = expected(differs.metric.as_deref()).join(", ");
    let found = differs.matchers.join(", ");
    Some(diags::differs(pairing, field, mark, &wanted, &found))
}
