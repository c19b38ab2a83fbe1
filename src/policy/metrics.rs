//! `[platform.metrics]`: what the services' series are called.

use super::decode::{Problems, Table, Value};
use super::diags;
use crate::name::MetricName;
use crate::profile::{Metrics, Preset, Profile};
use crate::source::{Located, Span};

const PRESETS: &str = "\"micrometer\" or \"opentelemetry\"";

/// What stands in place of a label that the series do not have.
const NONE: &str = "none";

/// `[platform.metrics]`; Micrometer's names where it is left out.
pub(super) fn read(platform: &mut Table<'_>, problems: &mut Problems) -> Metrics {
    let Some(mut table) = platform.get_table("metrics", problems) else {
        return Preset::Micrometer.metrics();
    };
    let by_id = |text: &str| Preset::ALL.into_iter().find(|preset| preset.id() == text);
    let preset = table.get("preset").and_then(|value| value.parsed(PRESETS, by_id, problems));
    let mut metrics = preset.map_or(Preset::Micrometer, |preset| preset.value).metrics();
    let names = [
        ("requests", &mut metrics.requests),
        ("histogram", &mut metrics.histogram),
        ("alive", &mut metrics.alive),
        ("method-label", &mut metrics.method),
        ("status-label", &mut metrics.status),
        ("path-label", &mut metrics.path),
    ];
    for (key, name) in names {
        let said = table.get(key).and_then(|value| value.name(MetricName::RULE, MetricName::parse, problems));
        *name = said.map_or_else(|| name.clone(), |said| said.value);
    }
    metrics.namespace = table
        .get("namespace-label")
        .and_then(|value| value.name(MetricName::RULE, MetricName::parse, problems))
        .map(|said| said.value);
    for (key, name) in
        [("territory-label", &mut metrics.territory), ("workload-label", &mut metrics.workload)]
    {
        let said = table.get(key).and_then(|value| label(&value, problems));
        *name = said.map_or_else(|| name.clone(), |said| said.value);
    }
    if metrics.territory.is_some() && metrics.territory == metrics.workload {
        let wanted = "another label than `territory-label`";
        problems.push(diags::bad_value("workload-label", wanted, table.span));
    }
    table.finish(problems);
    metrics
}

fn label(value: &Value<'_>, problems: &mut Problems) -> Option<Located<Option<MetricName>>> {
    match value.text(problems)? {
        text if text.value == NONE => Some(text.map(|_| None)),
        _ => Some(value.name(MetricName::RULE, MetricName::parse, problems)?.map(Some)),
    }
}

/// Whether the labels that there are tell all requests that are counted apart.
pub(super) fn check(profile: &Profile, platform: Span, problems: &mut Problems) {
    let metrics = &profile.platform.metrics;
    let counted: Vec<_> = profile.counted_targets().collect();
    let Some(first) = counted.first() else { return };
    if metrics.workload.is_none() {
        if let Some(other) = counted.iter().find(|target| target.workload != first.workload) {
            let spans = [profile.workload(first).span, profile.workload(other).span];
            problems.push(diags::not_told_apart("workload-label", spans));
        } else if profile.platform.job.is_none() && profile.platform.app.is_none() {
            problems.push(diags::not_found_by_anything(platform));
        }
    }
    if let Some(other) = counted.iter().find(|target| target.territory != first.territory)
        && metrics.territory.is_none()
    {
        problems.push(diags::not_told_apart("territory-label", [first.span, other.span]));
    }
}
