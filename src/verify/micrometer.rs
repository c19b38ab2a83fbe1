//! The metrics' settings read back: every bucket and label that a rule or a scaler asks for is one that they record.

use std::collections::BTreeMap;

use super::report::Report;
use crate::artifact::{Artifact, ArtifactKind};
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::{Guard, HttpWorkload, WorkloadKind};

/// Where a dialect keeps what.
struct Dialect {
    template: &'static str,
    buckets: &'static str,
    tags: &'static str,
    /// Reads one bucket, in seconds.
    read: fn(&str) -> Option<f64>,
    /// Where it answers scrapes.
    path: fn(&BTreeMap<&str, &str>) -> Option<String>,
}

const QUARKUS: Dialect = Dialect {
    template: "micrometer/quarkus.properties.j2",
    buckets: "seasonscale.metrics.buckets-seconds",
    tags: "seasonscale.metrics.tags.",
    read: |text| text.parse().ok(),
    path: |settings| settings.get("quarkus.micrometer.export.prometheus.path").map(|path| (*path).to_owned()),
};

const SPRING: Dialect = Dialect {
    template: "micrometer/spring.properties.j2",
    buckets: "management.metrics.distribution.slo[http.server.requests]",
    tags: "management.metrics.tags.",
    read: |text| Some(text.strip_suffix("ms")?.parse::<f64>().ok()? / 1000.0),
    path: |settings| {
        let folder = settings.get("management.endpoints.web.base-path")?.trim_end_matches('/');
        Some(format!("{folder}/{}", settings.get("management.endpoints.web.path-mapping.prometheus")?))
    },
};

pub(super) fn verify(plan: &Plan, artifact: &Artifact, all: &[Artifact]) -> Vec<Diagnostic> {
    let dialect = if artifact.kind == ArtifactKind::MicrometerSpring { SPRING } else { QUARKUS };
    let mut report = Report::new(artifact, dialect.template);
    match settings(&artifact.text) {
        Ok(settings) => check(plan, &dialect, &settings, all, &mut report),
        Err(line) => {
            report.rejected(Some(line), format!("line {line} of `{}` is not a property", artifact.path));
        }
    }
    report.found
}

fn check(
    plan: &Plan,
    dialect: &Dialect,
    settings: &BTreeMap<&str, &str>,
    all: &[Artifact],
    report: &mut Report<'_>,
) {
    for (tag, variable) in [("territory", "${TERRITORY:}"), ("workload", "${WORKLOAD}")] {
        if settings.get(format!("{}{tag}", dialect.tags).as_str()) != Some(&variable) {
            report.mismatch(None, format!("the label `{tag}` is not taken from {variable}"));
        }
    }
    if let Some(container) = &plan.profile.platform.container
        && (dialect.path)(settings).as_ref() != Some(&container.metrics)
    {
        report.mismatch(None, format!("it does not answer at {}, where pods are scraped", container.metrics));
    }
    let limits = limits(plan);
    let listed = settings.get(dialect.buckets).copied().unwrap_or_default();
    let Some(buckets) = listed.split(',').map(dialect.read).collect::<Option<Vec<f64>>>() else {
        report.rejected(None, format!("`{listed}` are not buckets"));
        return;
    };
    let recorded = |limit: f64| buckets.iter().any(|bucket| (bucket - limit).abs() < 1e-9);
    let read = all.iter().filter(|other| other.kind == ArtifactKind::Alerts).flat_map(asked);
    let mut wanted: Vec<f64> = limits.iter().copied().chain(read).collect();
    wanted.sort_by(f64::total_cmp);
    wanted.dedup();
    for limit in wanted.iter().filter(|limit| !recorded(**limit)) {
        let title = format!("no bucket ends at {limit} s, which a limit of the profile or a rule asks for");
        report.mismatch(None, title);
    }
    let highest = limits.iter().copied().fold(0.0, f64::max);
    if !buckets.iter().any(|bucket| *bucket > highest) {
        let title =
            format!("no bucket lies above {highest} s: a quantile could never be seen beyond that limit");
        report.mismatch(None, title);
    }
}

/// Keys and values; or the number of the first line that is neither that nor a comment.
fn settings(text: &str) -> Result<BTreeMap<&str, &str>, usize> {
    let lines = text.lines().enumerate();
    let meant = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    meant.map(|(at, line)| line.split_once('=').ok_or(at + 1)).collect()
}

/// All latencies of the profile, in seconds.
fn limits(plan: &Plan) -> Vec<f64> {
    let profile = &plan.profile;
    let mut limits: Vec<f64> =
        profile.territories.iter().filter_map(|territory| Some(territory.p95_target?.seconds())).collect();
    for workload in &profile.workloads {
        if let WorkloadKind::Http(http @ HttpWorkload { own: None, .. }) = &workload.kind {
            limits.extend(
                [http.p95_gate, http.p95_emergency].into_iter().flatten().map(|limit| limit.seconds()),
            );
        }
    }
    for target in &profile.targets {
        let is_asked =
            matches!(&profile.workload(target).kind, WorkloadKind::Http(http) if http.own.is_some());
        if let (Some(Guard::Latency(limit)), false) = (target.guard, is_asked) {
            limits.push(limit.seconds());
        }
    }
    limits
}

/// The ends of buckets that the rules select by: `le="0.3"`, `le=~"1|1[.]0"`.
fn asked(rules: &Artifact) -> Vec<f64> {
    let matchers = rules.text.split("le=").skip(1);
    let values =
        matchers.filter_map(|rest| rest.trim_start_matches('~').strip_prefix('"')?.split('"').next());
    values
        .flat_map(|value| value.split('|'))
        .filter_map(|value| value.replace("[.]", ".").parse().ok())
        .collect()
}
