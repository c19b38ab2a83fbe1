//! What each rule must be, derived from the profile a second time: every alert of the agreed list with its expression,
//! limits, waiting time and labels, and the recording rules they read. The plan and calendar groups are not written down
//! here: they are evaluated.

mod errors;
mod latency;
mod others;
mod scaling;

use crate::name::MetricName;
use crate::plan::Plan;
use crate::profile::{Target, WorkloadKind};
use crate::quantity::Seconds;
use crate::source::Span;

use super::read::Kind;

/// A rule as it must be.
pub(super) struct Expected {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) expr: String,
    pub(super) held: Option<String>,
    pub(super) keeps: Option<&'static str>,
    pub(super) labels: Vec<(&'static str, String)>,
    /// Labels that its series have.
    pub(super) series: &'static [&'static str],
    /// Labels that its series have because the policy names them.
    pub(super) series_of_policy: Vec<String>,
    /// Whether its description must say the value.
    pub(super) says_value: bool,
    /// What the description must say besides: the limit.
    pub(super) says: Option<String>,
    /// The recorded set whose members its description lists.
    pub(super) lists: Option<String>,
    /// The policy that sets its limit.
    pub(super) span: Option<Span>,
}

impl Expected {
    fn record(name: impl Into<String>, expr: impl Into<String>) -> Self {
        Self {
            kind: Kind::Record,
            name: name.into(),
            expr: expr.into(),
            held: None,
            keeps: None,
            labels: Vec::new(),
            series: &[],
            series_of_policy: Vec::new(),
            says_value: false,
            says: None,
            lists: None,
            span: None,
        }
    }

    fn alert(
        plan: &Plan,
        name: impl Into<String>,
        [severity, category, cause]: [&str; 3],
        expr: impl Into<String>,
    ) -> Self {
        let mut labels = vec![
            ("severity", severity.to_owned()),
            ("category", category.to_owned()),
            ("cause", cause.to_owned()),
        ];
        labels.extend(plan.profile.platform.team.as_ref().map(|team| ("team", team.to_string())));
        Self { kind: Kind::Alert, labels, ..Self::record(name, expr) }
    }

    /// One alert for all members of a recorded set, which has a territory where they are of one.
    fn told(plan: &Plan, name: &str, about: [&str; 3], set: &str) -> Self {
        let many = format!("count(count by (territory) ({set})) > 1");
        let expr =
            format!("count by (territory) ({set}) unless on () {many} or count({set}) and on () {many}");
        Self {
            lists: Some(set.to_owned()),
            says_value: true,
            series: &["territory"],
            ..Self::alert(plan, name, about, expr)
        }
    }

    fn held(mut self, time: impl Into<String>) -> Self {
        self.held = Some(time.into());
        self
    }

    fn keeps(mut self, time: &'static str) -> Self {
        self.keeps = Some(time);
        self
    }

    fn label(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.labels.push((name, value.into()));
        self
    }

    fn by(mut self, labels: &'static [&'static str]) -> Self {
        self.series = labels;
        self
    }

    /// The description says the value and the limit.
    fn says(mut self, limit: impl Into<String>) -> Self {
        self.says_value = true;
        self.says = Some(limit.into());
        self
    }

    fn set_at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }
}

/// Labels of every `scaledobject:` series.
const OBJECT: &[&str] =
    &["scaledObject", "deployment", "horizontalpodautoscaler", "territory", "workload", "zone"];

/// All rules that are written down.
pub(super) fn rules(plan: &Plan) -> Vec<Expected> {
    let mut rules = scaling::replicas(plan);
    if plan.profile.http_workloads().next().is_some() {
        rules.extend(latency::measured(plan));
        if is_counted(plan) {
            rules.extend(errors::rules(plan));
        }
        rules.extend(latency::alerts(plan));
    }
    rules.extend(scaling::rules(plan));
    rules.extend(
        plan.profile.journal.as_ref().map(|journal| others::journal(plan, journal)).into_iter().flatten(),
    );
    rules.extend(plan.profile.limits.iter().map(|limit| others::business(plan, limit)));
    rules.extend(others::health(plan));
    rules
}

/// Whether any requests are counted by the series of the platform.
fn is_counted(plan: &Plan) -> bool {
    plan.profile.http_workloads().any(|(_, http)| http.own.is_none())
}

/// A vector of the services' with the labels `territory` and `workload`, whatever the series themselves call them.
fn placed(plan: &Plan, vector: &str) -> String {
    let metrics = &plan.profile.platform.metrics;
    let answers = |target: &&Target| matches!(&plan.profile.workload(target).kind, WorkloadKind::Http(http) if http.own.is_none());
    let Some(one) = plan.profile.targets.iter().find(answers) else { return vector.to_owned() };
    let territory = plan.profile.territory(one).map(|territory| territory.code.as_str());
    let workload = Some(plan.profile.workload(one).name.as_str());
    let mut placed = vector.to_owned();
    for (ours, theirs, only) in
        [("territory", &metrics.territory, territory), ("workload", &metrics.workload, workload)]
    {
        placed = match (theirs.as_ref().map(MetricName::as_str), only) {
            (_, None) => placed,
            (Some(theirs), Some(_)) if theirs == ours => placed,
            (Some(theirs), Some(_)) => {
                format!("label_replace({placed}, \"{ours}\", \"$1\", \"{theirs}\", \"(.+)\")")
            }
            (None, Some(only)) => format!("label_replace({placed}, \"{ours}\", \"{only}\", \"\", \"\")"),
        };
    }
    placed
}

/// The matchers that find the services among everything else, as far as the profile has them.
fn service(plan: &Plan) -> Vec<String> {
    let platform = &plan.profile.platform;
    let named = [("job", &platform.job), ("app", &platform.app)];
    named
        .into_iter()
        .filter_map(|(label, value)| Some(format!("{label}={}", quote(value.as_ref()?))))
        .chain(platform.metrics.namespace.as_ref().map(|label| format!("{label}=\"{}\"", platform.namespace)))
        .collect()
}

/// `label="a"` or `label=~"a|b"`.
fn any_of(label: &str, values: &[&str]) -> String {
    match values {
        [one] => format!("{label}=\"{one}\""),
        _ => format!("{label}=~\"{}\"", values.join("|")),
    }
}

/// As Prometheus writes a time.
fn time(seconds: Seconds) -> String {
    seconds.prometheus()
}

/// A PromQL string.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            // These end a line of YAML, or are not allowed there.
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') =>
            {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c if u32::from(c) & 0xfffe == 0xfffe => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
