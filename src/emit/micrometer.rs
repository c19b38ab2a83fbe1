//! `micrometer.properties` and its Spring form: the labels and buckets that rules and scalers read, as the services' settings.
//!
//! It must not look at the calendar: a service is not built anew for a season.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Templates;
use crate::artifact::{Artifact, ArtifactKind, MICROMETER_FILE, MICROMETER_SPRING_FILE};
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::{Guard, Profile, WorkloadKind};
use crate::quantity::Millis;

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let text = templates.render("micrometer/quarkus.properties.j2", view(&plan.profile))?;
    Ok(Artifact { kind: ArtifactKind::Micrometer, path: MICROMETER_FILE.to_owned(), text })
}

pub(super) fn emit_spring(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let text = templates.render("micrometer/spring.properties.j2", view(&plan.profile))?;
    Ok(Artifact { kind: ArtifactKind::MicrometerSpring, path: MICROMETER_SPRING_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct View<'p> {
    path: Option<&'p str>,
    actuator: Actuator<'p>,
    limits: String,
    buckets: Buckets,
}

/// Where Spring Boot answers probes and scrapes: it puts a folder together with a name in it.
#[derive(Serialize)]
struct Actuator<'p> {
    folder: &'p str,
    metrics: &'p str,
    /// What the paths of such requests begin with.
    requests: Vec<String>,
}

#[derive(Serialize)]
struct Buckets {
    seconds: String,
    millis: String,
}

fn view(profile: &Profile) -> View<'_> {
    let limits = limits(profile);
    let buckets = buckets(&limits);
    let joined = |values: &BTreeSet<Millis>, separator: &str, say: &dyn Fn(Millis) -> String| {
        values.iter().map(|value| say(*value)).collect::<Vec<_>>().join(separator)
    };
    let path = profile.platform.container.as_ref().map(|container| container.metrics.as_str());
    View {
        path,
        actuator: actuator(path.unwrap_or("/actuator/prometheus")),
        limits: joined(&limits, ", ", &|value| value.to_string()),
        buckets: Buckets {
            seconds: joined(&buckets, ",", &|value| value.seconds().to_string()),
            millis: joined(&buckets, ",", &|value| format!("{}ms", value.0)),
        },
    }
}

fn actuator(path: &str) -> Actuator<'_> {
    let (folder, metrics) = path.rsplit_once('/').unwrap_or(("", path));
    // At the root, the business has its paths too.
    let requests = match folder {
        "" => vec!["/health".to_owned(), path.to_owned()],
        folder => vec![format!("{folder}/")],
    };
    Actuator { folder: if folder.is_empty() { "/" } else { folder }, metrics, requests }
}

/// Every latency that something is compared with.
fn limits(profile: &Profile) -> BTreeSet<Millis> {
    let mut limits: BTreeSet<Millis> =
        profile.territories.iter().filter_map(|territory| territory.p95_target).collect();
    for workload in &profile.workloads {
        match &workload.kind {
            // What is asked by queries of its own is measured by others.
            WorkloadKind::Http(http) if http.own.is_some() => {}
            WorkloadKind::Http(http) => {
                limits.extend([http.p95_gate, http.p95_emergency].into_iter().flatten())
            }
            WorkloadKind::Queue(_) | WorkloadKind::Scheduled | WorkloadKind::Kept => {}
        }
    }
    limits.extend(profile.counted_targets().filter_map(|target| match target.guard? {
        Guard::Latency(limit) => Some(limit),
        Guard::Lag(_) => None,
    }));
    limits
}

/// The limits, two below and two above.
fn buckets(limits: &BTreeSet<Millis>) -> BTreeSet<Millis> {
    let around = limits.first().zip(limits.last()).into_iter().flat_map(|(least, most)| {
        let below = [least.0 / 4, least.0 / 2].map(|value| Millis(value.max(1)));
        let above = [2, 4].map(|times| Millis(most.0.saturating_mul(times)));
        below.into_iter().chain(above)
    });
    limits.iter().copied().chain(around).collect()
}
