//! A study for programs; `.docs/simulate-json.md` has its fields.

use serde_json::{Value, json};

use super::words;
use crate::simulate::comparison::Way;
use crate::simulate::study::Study;
use crate::simulate::world::demand::Slice;
use crate::simulate::world::tally::Tally;
use crate::time::Instant;

/// The whole study.
pub fn json(study: &Study) -> String {
    let territories = study.places().into_iter().map(|place| {
        let ways = ways(study, |way| study.sum(way, |subject| subject.place == place));
        let against = study.against.as_ref().map(|against| sums(study, &against.place(place)));
        json!({ "territory": place, "ways": ways, "against": against })
    });
    let seasons = study.slices.iter().enumerate().map(|(slice, season)| {
        let ways = ways(study, |way| study.season(way, Slice(slice)));
        json!({ "season": season.name, "title": season.title, "load": season.times, "ways": ways })
    });
    let carried = study.carried().into_iter().map(|carried| {
        json!({
            "season": study.slices[carried.slice.0].name,
            "load": study.slices[carried.slice.0].times,
            "holds": carried.holds,
            "worst_target": study.subjects[carried.worst].name,
            "share_in_time": round(carried.in_time),
            "said": words::carried(study, &carried),
        })
    });
    let saved = study.saved().map(|saved| {
        json!({
            "against": saved.against.id(),
            "pod_hours_plan": round(saved.plan),
            "pod_hours_peak": round(saved.peak),
            "share": round(saved.share()),
            "said": words::saved(study, &saved),
        })
    });
    let refused = study
        .refused
        .iter()
        .map(|(name, refusal)| json!({ "object": name, "trigger": refusal.trigger, "why": refusal.why }));
    let against = study.against.as_ref().map(|against| {
        let seasons = study.slices.iter().enumerate().map(|(slice, season)| {
            json!({ "season": season.name, "sums": sums(study, &against.season(Slice(slice))) })
        });
        let seasons: Vec<Value> = seasons.collect();
        json!({ "name": against.name, "total": sums(study, &against.total()), "seasons": seasons })
    });
    let document = json!({
        "schema": 1,
        "load": study.load,
        "assumed": study.assumed,
        "currency": study.terms.currency,
        "pod_hour": study.terms.pod_hour,
        "latency_objective": study.terms.objective.0,
        "against": against,
        "total": ways(study, |way| study.sum(way, |_| true)),
        "territories": territories.collect::<Vec<_>>(),
        "seasons": seasons.collect::<Vec<_>>(),
        "targets": targets(study),
        "carried": carried.collect::<Vec<_>>(),
        "saved": saved,
        "not_modelled": refused.collect::<Vec<_>>(),
        "limits": words::LIMITS,
    });
    let mut text = serde_json::to_string_pretty(&document).expect("internal error: a study is JSON");
    text.push('\n');
    text
}

fn targets(study: &Study) -> Vec<Value> {
    let targets = study.subjects.iter().zip(&study.outcomes).map(|(subject, outcome)| {
        let seasons = study.slices.iter().enumerate().map(|(slice, season)| {
            json!({ "season": season.name, "sums": sums(study, &outcome.of(Way::Plan).of(Slice(slice))) })
        });
        json!({
            "name": subject.name,
            "territory": subject.place,
            "workload": subject.workload,
            "p95_gate_ms": subject.gate.0,
            "service_time_ms": round(subject.service.service_time() * 1000.0),
            "ways": ways(study, |way| outcome.of(way).total()),
            "seasons": seasons.collect::<Vec<_>>(),
        })
    });
    targets.collect()
}

fn ways(study: &Study, tally: impl Fn(Way) -> Tally) -> Value {
    Way::ALL.into_iter().map(|way| (way.id().to_owned(), sums(study, &tally(way)))).collect()
}

fn sums(study: &Study, tally: &Tally) -> Value {
    json!({
        "pod_hours": round(tally.pod_hours()),
        "cost": study.terms.pod_hour.map(|price| round(tally.pod_hours() * price)),
        "minutes_over_gate": round(tally.felt.over_gate / 60.0),
        "minutes_saturated": round(tally.felt.saturated / 60.0),
        "minutes_below_floor": round(tally.below_floor / 60.0),
        "requests": round(tally.felt.requests),
        "late": round(tally.felt.late),
        "refused": round(tally.felt.refused),
        "worst_p95_ms": round(tally.felt.worst * 1000.0),
        "worst_p95_at": tally.worst_at.map(utc),
        "scale_events": tally.scale_events,
        "most_replicas": tally.most,
        "busiest_rps": round(tally.busiest),
    })
}

/// To a thousandth: the same on every machine.
fn round(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

fn utc(at: Instant) -> String {
    at.to_string()
}
