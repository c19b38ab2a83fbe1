//! What a file that is to be made, or a workload, wants of the policy, and what is wrong with the queries that it gives.

use super::suggestion;
use crate::artifact::ArtifactKind;
use crate::finding::{Diagnostic, Rule};
use crate::profile::Territory;
use crate::source::Span;

pub(in super::super) fn prometheus_wanted(platform: Span, workload: &str, measured: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, "`[platform]` has no `prometheus-url`")
        .at(platform, "`prometheus-url` is missing here")
        .against(measured, format!("KEDA asks for the load of `{workload}` there"))
        .help(format!("add `prometheus-url = \"http://prometheus.monitoring.svc:9090\"` to `[platform]`, or take out what measures the load of `{workload}`: then its seasons alone scale it"))
}

pub(in super::super) fn journal_wanted(id: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, "`territories.toml` has no `[journal]`")
        .at(at, format!("`{id}` is made of it"))
        .help(format!("add `[journal]`, or take \"{id}\" out of the list"))
}

pub(in super::super) fn owned_wanted(id: &str, at: Span) -> Diagnostic {
    let title = format!("`make` asks for `{id}`, and every ScaledObject is somebody's own");
    Diagnostic::new(Rule::BadValue, title).at(at, "made of targets that this policy describes itself").help(format!(
        "take \"{id}\" out of the list, or give the policy a workload with `deployment` in place of `scaledobject`"
    ))
}

/// A file of another form than the platform's, or of objects of others where there are none.
pub(in super::super) fn form_wanted(kind: ArtifactKind, keeps: bool, at: Span) -> Diagnostic {
    let id = kind.id();
    let forms = [(ArtifactKind::KedaPatches, "patches"), (ArtifactKind::KedaTriggers, "triggers")];
    let form = forms.iter().find(|(other, _)| *other == kind && keeps).map(|(_, form)| *form);
    let out = format!("take \"{id}\" out of the list");
    let (title, help) = match form {
        Some(form) => (
            format!("`make` asks for `{id}`, and `keda-form` is another one"),
            format!("say `keda-form = \"{form}\"` under `[platform]`, or {out}"),
        ),
        None => (
            format!("`make` asks for `{id}`, and no ScaledObject is somebody's own"),
            format!("give a workload its `scaledobject = \"base/checkout.yaml\"`, or {out}"),
        ),
    };
    Diagnostic::new(Rule::BadValue, title).at(at, "nothing would be made").help(help)
}

pub(in super::super) fn purge_wanted(at: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, "`territories.toml` has no `[journal.purge]`")
        .at(at, "`journal-purge` is made of it")
        .help("add `[journal.purge]` with an image that has psql and the name of a Secret, or take \"journal-purge\" out of the list")
}

pub(in super::super) fn pending_wanted(workload: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, format!("workload `{workload}` has no `pending`"))
        .at(at, "how many messages wait is not known")
        .help("add `pending = \"sum(rabbitmq_queue_messages{queue='orders'})\"`, a query of your own; or `[journal]`, whose views are asked where there is none")
}

pub(in super::super) fn lag_wanted(workload: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, format!("workload `{workload}` has no `lag`"))
        .at(at, "an age is compared with this, and nothing says the age")
        .help("add `lag = \"..\"`, a query for the age of the oldest message in seconds, or take `dispatch-lag` out")
}

pub(in super::super) fn p95_wanted(workload: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, format!("workload `{workload}` has no `p95`"))
        .at(at, "its load is a query of its own, and nothing says how long its answers take")
        .help(
            "add `p95 = \"..\"` beside `rps`, a query that gives seconds, or take the limits of its p95 out",
        )
}

pub(in super::super) fn one_query_for_all(workload: &str, at: Span) -> Diagnostic {
    let title = format!("the queries of `{workload}` are the same in several territories");
    Diagnostic::new(Rule::BadValue, title).at(at, "nothing tells the territories apart").help(
        "put `{territory}` where its name stands, as in `region=\"{territory}\"`, in both `rps` and `p95`",
    )
}

pub(in super::super) fn no_territory_in_query(key: &str, at: Span) -> Diagnostic {
    let title = format!("`{key}` names a territory, and one Deployment serves them all");
    Diagnostic::new(Rule::BadValue, title)
        .at(at, "there is no name to put in")
        .help("take `{territory}` out of the query")
}

pub(in super::super) fn bad_query(key: &str, error: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::BadValue, format!("`{key}` is not PromQL: {error}"))
        .at(at, "Prometheus would refuse it")
        .help("write a query that gives one number, such as \"sum(orders_queue_depth)\"")
}

pub(in super::super) fn circular_query(key: &str, series: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::BadValue, format!("`{key}` asks for `{series}`, which the rules record from it"))
        .at(at, "it would be made of itself")
        .help("ask for the series that your services or your mesh measure")
}

pub(in super::super) fn promise_unmeasured(territory: &Territory) -> Diagnostic {
    let title = format!("nothing measures the p95 that territory `{}` promises", territory.code);
    Diagnostic::new(Rule::PromiseUnmeasured, title)
        .at(territory.span, "its `p95-target` reaches no alert and no load test")
        .help("take `p95-target` out; or let a workload there be counted by the histogram of `[platform.metrics]` and not by `rps` alone; `p95-gate` beside `p95` watches a query of your own")
}

pub(in super::super) fn always_answering_query(key: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::BadValue, format!("`{key}` gives a number even where nothing is measured"))
        .at(at, "an outage of the metrics would look like this number")
        .help("leave out `or vector(0)`, `absent(..)` and the like: where no series answers, the fallback holds the replicas")
}

pub(in super::super) fn territories_wanted(at: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, "`territories.toml` has no `[territories]`")
        .at(at, "each row of the journal belongs to one of them")
        .help("add `[territories.EU]`, one table for each part whose events are kept apart, or take `[journal]` out")
}

pub(in super::super) fn latency_wanted(id: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, format!("`{id}` is made of the limits of p95, and there is none"))
        .at(at, "which buckets?")
        .help(format!("give a workload its `p95-gate`, or a territory its `p95-target`, or take \"{id}\" out of the list"))
}

pub(in super::super) fn load_wanted(at: Span, lacks: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::MissingKey,
        "a load test needs a `p95-gate` of each workload and a `p95-target` of each territory",
    )
    .at(at, "asked for here")
    .against(lacks, "this has none, or answers no requests in a territory")
    .help("add what is missing, or take \"load\" out of the list")
}

pub(in super::super) fn cost_wanted(at: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, "`territories.toml` has no `[cost]`")
        .at(at, "a budget in money")
        .help("add `[cost]` with `pod-hour = ..` and `currency = ..`, or give the budget in `pod-hours`")
}

pub(in super::super) fn micrometer_wanted(id: &str, at: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::BadValue,
        format!("`{id}` sets up Micrometer, and `[platform.metrics]` names other series"),
    )
    .at(at, "made for Micrometer's names")
    .help(format!("take \"{id}\" out of the list"))
}

pub(in super::super) fn unknown_artifact(id: &str, at: Span) -> Diagnostic {
    let known: Vec<&str> = ArtifactKind::ALL.iter().map(|kind| kind.id()).collect();
    Diagnostic::new(Rule::UnknownArtifact, format!("there is no artifact `{}`", id.escape_debug()))
        .at(at, "nothing of that name is made")
        .help(suggestion(id, &known))
}

pub(in super::super) fn artifact_without(id: &str, needed: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::ArtifactWithoutBase, format!("`{id}` is made of `{needed}`, which is not made"))
        .at(at, format!("needs `{needed}`"))
        .help(format!("add \"{needed}\" to the list, or take \"{id}\" out"))
}

pub(in super::super) fn object_without_operator(id: &str, at: Span) -> Diagnostic {
    let title = format!("`make` asks for `{id}`, and the platform's rules are a file");
    Diagnostic::new(Rule::BadValue, title)
        .at(at, "an object of an operator that is not there")
        .help("say `rules = \"prometheus-rule\"` under `[platform]`, or take it out of the list")
}
