//! Everything that verification says about the rules.

use super::limit::Limit;
use super::rule::{self, Kind};
use crate::artifact::Artifact;
use crate::finding::{Diagnostic, Place, Rule};
use crate::profile::{MetricLimit, Workload};
use crate::quantity::Seconds;
use crate::source::Span;
use crate::verify::promql::Side;

const HELP: &str =
    "the rules are made by `templates/alerts/`: compare a replaced template with `seasonscale templates`";

fn place(artifact: &Artifact, line: Option<usize>, route: impl Into<String>) -> Place {
    Place { artifact: artifact.path.clone(), line, route: route.into() }
}

fn refused(artifact: &Artifact, route: &str, title: String) -> Diagnostic {
    Diagnostic::new(Rule::EmittedRuleRejected, title).inside(place(artifact, None, route)).help(HELP)
}

fn mismatch(artifact: &Artifact, route: &str, title: String) -> Diagnostic {
    Diagnostic::new(Rule::EmittedRuleMismatch, title).inside(place(artifact, None, route)).help(HELP)
}

fn route(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Record => format!("record {name}"),
        Kind::Alert => format!("alert {name}"),
    }
}

pub(super) fn yaml(artifact: &Artifact, error: &str, line: Option<usize>) -> Diagnostic {
    Diagnostic::new(Rule::EmittedRuleRejected, format!("`{}` is not a file of rules: {error}", artifact.path))
        .inside(place(artifact, line, "groups"))
        .help(HELP)
}

pub(super) fn both_kinds(artifact: &Artifact, name: &str) -> Diagnostic {
    refused(artifact, name, format!("rule `{name}` is both a record and an alert"))
}

pub(super) fn no_kind(artifact: &Artifact, group: &str) -> Diagnostic {
    refused(artifact, group, format!("a rule of group `{group}` is neither a record nor an alert"))
}

/// A group whose rules would miss what they wait for.
pub(super) fn seldom(artifact: &Artifact, group: &str, interval: &str) -> Diagnostic {
    let needed = "its rules need a minute or less";
    mismatch(artifact, group, format!("group `{group}` is evaluated every {interval}, where {needed}"))
}

/// A rule that would mix with those of another plan.
pub(super) fn foreign(artifact: &Artifact, name: &str, what: &str) -> Diagnostic {
    refused(artifact, name, format!("`{name}` is not told apart from other plans: {what}"))
}

pub(super) fn record_like_an_alert(artifact: &Artifact, name: &str) -> Diagnostic {
    refused(artifact, name, format!("recording rule `{name}` has a field that only alerts have"))
}

pub(super) fn promql(artifact: &Artifact, name: &str, error: &str) -> Diagnostic {
    refused(artifact, name, format!("the expression of `{name}` is not PromQL: {error}"))
}

pub(super) fn twice(artifact: &Artifact, rule: &rule::Rule) -> Diagnostic {
    let title = format!("rule `{}` stands there twice", rule.name);
    mismatch(artifact, &route(rule.kind, &rule.name), title)
}

pub(super) fn unrecorded(artifact: &Artifact, rule: &str, metric: &str) -> Diagnostic {
    mismatch(artifact, rule, format!("`{rule}` reads `{metric}`, which no rule records"))
}

pub(super) fn without(artifact: &Artifact, alert: &str, what: &str, name: &str) -> Diagnostic {
    refused(artifact, &route(Kind::Alert, alert), format!("alert `{alert}` has no {what} `{name}`"))
}

pub(super) fn severity(artifact: &Artifact, alert: &str, severity: &str) -> Diagnostic {
    let title =
        format!("alert `{alert}` has the severity `{severity}`, which is none of critical, warning, info");
    refused(artifact, &route(Kind::Alert, alert), title)
}

pub(super) fn template(artifact: &Artifact, alert: &str, annotation: &str, wrong: &str) -> Diagnostic {
    let title = format!(
        "the {annotation} of alert `{alert}` has an expansion that Prometheus cannot read: `{wrong}`"
    );
    refused(artifact, &format!("{} / {annotation}", route(Kind::Alert, alert)), title)
}

pub(super) fn label(artifact: &Artifact, alert: &str, label: &str) -> Diagnostic {
    let title = format!("a text of alert `{alert}` names the label `{label}`, which its series do not have");
    mismatch(artifact, &format!("{} / annotations", route(Kind::Alert, alert)), title)
}

pub(super) fn anchor(artifact: &Artifact, alert: &str, anchor: &str) -> Diagnostic {
    Diagnostic::new(
        Rule::EmittedAnchorMissing,
        format!("the runbook has no section `#{anchor}` for alert `{alert}`"),
    )
    .inside(place(artifact, None, format!("{} / runbook_url", route(Kind::Alert, alert))))
    .help(format!("add a heading `### {alert}` to `templates/runbook`"))
}

pub(super) fn not_evaluated(artifact: &Artifact, metric: &str, why: &str) -> Diagnostic {
    mismatch(
        artifact,
        &route(Kind::Record, metric),
        format!("`{metric}` cannot be compared with the plan: it uses {why}"),
    )
}

/// A series that is there or not, or says another number, against the profile or the plan.
pub(super) struct SeriesDifference<'d> {
    pub(super) metric: &'d str,
    /// `freshplan-api-queries-de`, `{territory="DE"}`
    pub(super) of: String,
    /// `at 2026-09-01 08:00 Europe/Berlin (2026-09-01T06:00:00Z)`; nothing for what does not depend on time.
    pub(super) when: Option<String>,
    pub(super) planned: Option<f64>,
    pub(super) found: Option<String>,
    pub(super) span: Span,
}

pub(super) fn series(artifact: &Artifact, difference: &SeriesDifference<'_>) -> Diagnostic {
    let said = |value: Option<&str>| value.unwrap_or("nothing").to_owned();
    let planned = difference.planned.map(|value| value.to_string());
    let when = difference.when.as_ref().map(|when| format!(" {when}")).unwrap_or_default();
    let title = format!(
        "`{}` of {} is {}{when}, planned is {}",
        difference.metric,
        difference.of,
        said(difference.found.as_deref()),
        said(planned.as_deref()),
    );
    mismatch(artifact, &route(Kind::Record, difference.metric), title).at(difference.span, "planned here")
}

pub(super) fn unplanned(artifact: &Artifact, metric: &str, of: &str) -> Diagnostic {
    mismatch(
        artifact,
        &route(Kind::Record, metric),
        format!("`{metric}` has a series {of} that nothing in the plan asks for"),
    )
}

pub(super) fn doubled(artifact: &Artifact, metric: &str) -> Diagnostic {
    mismatch(
        artifact,
        &route(Kind::Record, metric),
        format!("`{metric}` is recorded twice with the same labels"),
    )
}

pub(super) fn more(artifact: &Artifact, metric: &str, count: usize) -> Diagnostic {
    mismatch(artifact, &route(Kind::Record, metric), format!("`{metric}` differs for {count} more series"))
}

/// A series that the rules must have, and have not.
pub(super) fn nobody(artifact: &Artifact, metric: &str, of: &str) -> Diagnostic {
    mismatch(artifact, metric, format!("`{metric}` is missing: {of}"))
}

/// Series of somebody else would count.
pub(super) fn elsewhere(artifact: &Artifact, rule: &str, metric: &str, label: &str) -> Diagnostic {
    let title = format!(
        "`{rule}` asks for `{metric}` of others too, or not of all: its matcher of `{label}` is not the plan's"
    );
    mismatch(artifact, rule, title)
}

/// Somebody would be woken for what heals by itself.
pub(super) fn hasty(artifact: &Artifact, alert: &str, least: Seconds) -> Diagnostic {
    let title = format!("`{alert}` wakes somebody before replicas can be ready, which takes {least}");
    mismatch(artifact, alert, title)
}

/// A limit of the policy that nobody is told of.
pub(super) fn unwatched(artifact: &Artifact, limit: &Limit) -> Diagnostic {
    let side = match limit.side {
        Side::Above => "above",
        Side::Below => "below",
        Side::At => "at",
    };
    let Limit { what, series, value, .. } = limit;
    let title = format!("no alert tells that `{series}` is {side} {value}: {what}");
    mismatch(artifact, series, title).at(limit.span, "the policy's limit")
}

/// A promise that nobody is told of.
pub(super) fn untold(artifact: &Artifact, series: &str, what: &str) -> Diagnostic {
    mismatch(artifact, series, format!("no alert looks at `{series}`: {what}"))
}

/// A p95 of hardly any requests would be told.
pub(super) fn quiet(artifact: &Artifact, rule: &str, least: f64) -> Diagnostic {
    let title = format!(
        "`{rule}` holds a p95 against a limit although fewer than {least} requests per second may come: there a p95 says nothing"
    );
    mismatch(artifact, rule, title)
}

pub(super) fn business(artifact: &Artifact, limit: &MetricLimit, wanted: &str) -> Diagnostic {
    let severity = limit.severity.as_str();
    let title = format!("no alert `{}` with the severity `{severity}` asks for `{wanted}`", limit.alert());
    mismatch(artifact, &route(Kind::Alert, &limit.alert()), title).at(limit.span, "the policy's limit")
}

/// A query of the policy that no rule asks as it is.
pub(super) fn unasked(artifact: &Artifact, (rule, query): (&str, &str), span: Span) -> Diagnostic {
    let title = format!("no rule `{rule}` asks what the policy does: `{query}`");
    mismatch(artifact, &route(Kind::Record, rule), title).at(span, "this workload's query")
}

/// A place of a workload of which the rules know no requests.
pub(super) fn uncounted(artifact: &Artifact, workload: &Workload, place: Option<&str>) -> Diagnostic {
    let at = place.map(|place| format!(" in {place}")).unwrap_or_default();
    let title = format!("no rule counts the requests to `{}`{at}", workload.name);
    mismatch(artifact, "groups", title).at(workload.span, "this workload")
}
