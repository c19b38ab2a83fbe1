//! A ScaledObject against its target: names, limits, fallback, and how fast the HPA may move.

use super::{Pairing, diags};
use crate::finding::Diagnostic;
use crate::keda::scaledobject::Rules;
use crate::kept::ANNOTATIONS;
use crate::yaml::{Mark, Marked};

pub(super) fn check(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    [
        place(pairing),
        limits(pairing),
        fallback(pairing),
        speed(pairing),
        labels(pairing),
        annotations(pairing),
        zones(pairing),
    ]
    .concat()
}

/// One fact: its field, where it stands, what it must be, what it is.
pub(super) fn fact(
    pairing: &Pairing<'_>,
    (field, mark): (&str, impl Into<Option<Mark>>),
    wanted: impl ToString,
    found: impl ToString,
) -> Option<Diagnostic> {
    let (wanted, found) = (wanted.to_string(), found.to_string());
    (wanted != found).then(|| diags::differs(pairing, field, mark, &wanted, &found))
}

fn place(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    let (object, target) = (pairing.object, pairing.target);
    let namespace = object.metadata.namespace.as_ref();
    let reference = &object.spec.scale_target_ref;
    let (api_version, kind, name) = reference.target();
    let facts = [
        fact(
            pairing,
            ("metadata.namespace", namespace.map(|text| text.mark)),
            &pairing.plan.profile.platform.namespace,
            namespace.map_or("", |text| &text.value),
        ),
        fact(
            pairing,
            ("spec.scaleTargetRef", reference.name.mark),
            format!("apps/v1 Deployment {}", target.name),
            format!("{api_version} {kind} {name}"),
        ),
    ];
    facts.into_iter().flatten().collect()
}

fn limits(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    let (spec, target) = (&pairing.object.spec, pairing.target);
    let mark = |field: &Option<Marked<i32>>| field.as_ref().map(|field| field.mark);
    let facts = [
        fact(pairing, ("spec.minReplicaCount", mark(&spec.min_replica_count)), target.min.value, spec.min()),
        fact(pairing, ("spec.maxReplicaCount", mark(&spec.max_replica_count)), target.max.value, spec.max()),
        spec.idle_replica_count.as_ref().and_then(|idle| {
            fact(pairing, ("spec.idleReplicaCount", idle.mark), "no such field", idle.value)
        }),
    ];
    facts.into_iter().flatten().collect()
}

/// While a trigger fails, at least the base floor must hold, and no more than may ever run.
fn fallback(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    let (base, most) = (i64::from(pairing.target.min.value.0), i64::from(pairing.target.max.value.0));
    let fallback = pairing.object.spec.fallback.as_ref();
    let replicas = fallback.map(|fallback| i64::from(fallback.value.replicas));
    if replicas.is_some_and(|replicas| (base..=most).contains(&replicas)) {
        return Vec::new();
    }
    let mark = fallback.map(|fallback| fallback.mark);
    let found = replicas.map_or("no fallback".to_owned(), |replicas| replicas.to_string());
    vec![diags::differs(pairing, "spec.fallback.replicas", mark, &format!("{base} to {most}"), &found)]
}

fn speed(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    let behavior = pairing.object.spec.behavior();
    let up = behavior.and_then(|behavior| behavior.scale_up.as_ref());
    let down = behavior.and_then(|behavior| behavior.scale_down.as_ref());
    let window = pairing.plan.profile.workload(pairing.target).scale_down_window.0;
    let mut problems =
        [direction(pairing, "scaleUp", up, 0), direction(pairing, "scaleDown", down, window)].concat();
    problems.extend(up.and_then(|rules| pace(pairing, rules)));
    let tolerance = up.and_then(|rules| rules.value.tolerance.as_ref());
    let wanted = if pairing.schedule.scale_up.without_tolerance { "0" } else { "none" };
    problems.extend(fact(
        pairing,
        ("scaleUp.tolerance", tolerance.map(|text| text.mark)),
        wanted,
        tolerance.map_or("none", |text| &text.value),
    ));
    problems
}

/// As many replicas a minute as the policy wants, from one replica and from the most; so many as the highest floor needs, where
/// it does not say.
fn pace(pairing: &Pairing<'_>, rules: &Marked<Rules>) -> Option<Diagnostic> {
    let wanted = f64::from(pairing.schedule.scale_up.pods_per_minute.0);
    let paces = [1, pairing.target.max.value.0].map(|from| rules.value.added_per_minute(from));
    let (is_right, said) = match pairing.target.scale_up {
        Some(_) => (paces.iter().all(|pace| (pace - wanted).abs() < 0.5), format!("{wanted}")),
        None => (paces.iter().all(|pace| *pace >= wanted), format!("{wanted} or more")),
    };
    let found = format!("{} from one replica, {} from the most", paces[0], paces[1]);
    (!is_right).then(|| diags::differs(pairing, "scaleUp, replicas a minute", rules.mark, &said, &found))
}

/// Written in full, with the window that the plan wants; a part left out is filled in by the API server and fought over.
fn direction(
    pairing: &Pairing<'_>,
    field: &str,
    rules: Option<&Marked<Rules>>,
    window: u32,
) -> Vec<Diagnostic> {
    let Some(rules) = rules else {
        return vec![diags::differs(pairing, field, None, "written in full", "left out")];
    };
    let seconds = rules.value.stabilization_window_seconds;
    let facts = [
        fact(
            pairing,
            (&format!("{field}.stabilizationWindowSeconds"), rules.mark),
            window,
            seconds.map_or("left out".to_owned(), |seconds| seconds.to_string()),
        ),
        fact(
            pairing,
            (field, rules.mark),
            "selectPolicy and policies written out",
            if rules.value.select_policy.is_some() && rules.value.policies.is_some() {
                "selectPolicy and policies written out"
            } else {
                "selectPolicy or policies left out"
            },
        ),
    ];
    facts.into_iter().flatten().collect()
}

/// Those by which people, dashboards and `check --cluster` find the objects of a territory, of a workload, and ours.
fn labels(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    let (all, profile) = (&pairing.object.metadata.labels, &pairing.plan.profile);
    let territory = profile.territory(pairing.target).map(|territory| territory.code.to_string());
    let wanted = [
        ("app.kubernetes.io/managed-by", Some("seasonscale".to_owned())),
        ("workload", Some(profile.workload(pairing.target).name.to_string())),
        ("territory", territory),
    ];
    let facts = wanted.into_iter().filter_map(|(key, wanted)| {
        let (found, none) = (all.get(key), || "no such label".to_owned());
        let said = found.map_or_else(none, |label| label.value.clone());
        fact(pairing, (key, found.map(|label| label.mark)), wanted.unwrap_or_else(none), said)
    });
    facts.collect()
}

/// None that KEDA reads, for they pause an object or override it, and those by which the cluster knows until when the object holds.
fn annotations(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    let (all, plan) = (&pairing.object.metadata.annotations, pairing.plan);
    let keda = all.iter().filter(|(key, _)| key.contains("keda.sh/"));
    let mut problems: Vec<Diagnostic> = keda
        .map(|(key, value)| diags::differs(pairing, key, value.mark, "no such annotation", &value.value))
        .collect();
    let wanted = [
        ("plan", plan.name.to_string()),
        ("valid-from", plan.horizon.from.to_string()),
        ("valid-until", plan.horizon.until.plus_days(-1).to_string()),
        ("meaning", plan.meaning(pairing.schedule)),
    ];
    problems.extend(wanted.into_iter().filter_map(|(name, wanted)| {
        let key = format!("{ANNOTATIONS}{name}");
        let found = all.get(&key);
        let mark = found.map(|text| text.mark);
        fact(pairing, (&key, mark), wanted, found.map_or("no such annotation", |text| &text.value))
    }));
    problems
}

/// Zones with equal offsets today part with the next law, so the name counts.
fn zones(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    let triggers = pairing.object.spec.triggers.value.iter().enumerate();
    let cron = triggers.filter(|(_, trigger)| trigger.kind.value == "cron");
    cron.filter_map(|(index, trigger)| {
        let field = format!("triggers[{index}] ({}) timezone", trigger.label());
        let zone = trigger.setting("timezone").unwrap_or_default();
        let mut clocks = pairing.schedule.layers.iter().map(|layer| &pairing.plan.origin(layer.origin).zone);
        let is_planned = clocks.any(|clock| clock.name() == zone);
        let wanted = if is_planned { zone } else { pairing.target.zone.name() };
        fact(pairing, (&field, trigger.mark("timezone")), wanted, zone)
    })
    .collect()
}
