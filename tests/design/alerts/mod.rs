//! `alerts-scaling.yml` as it is meant, written a second time: every alert with its expression, limits, waiting time and labels,
//! and the recording rules that they read. The plan and calendar groups are not written down here: verification evaluates them.

mod errors;
mod latency;
mod others;
mod scaling;

use std::collections::{BTreeMap, BTreeSet};

use seasonscale::name::MetricName;
use seasonscale::plan::Plan;
use seasonscale::profile::{Target, WorkloadKind};
use seasonscale::quantity::Seconds;
use serde::Deserialize;

use super::tokens;

#[derive(Deserialize)]
struct File {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    interval: Option<String>,
    rules: Vec<Rule>,
}

/// A rule as it is made.
#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    record: Option<String>,
    #[serde(default)]
    alert: Option<String>,
    expr: String,
    #[serde(default)]
    r#for: Option<String>,
    #[serde(default)]
    keep_firing_for: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Record,
    Alert,
}

/// What of a plan's rules is not as it is meant.
pub(super) fn differences(plan: &Plan, text: &str) -> Vec<String> {
    let own = format!("{{plan=\"{}\"", plan.name);
    let without = |text: &str| text.replace(&format!("{own}}}"), "").replace(&format!("{own}, "), "{");
    let file: File = match serde_yaml::from_str(text) {
        Ok(file) => file,
        Err(error) => return vec![format!("no file of rules: {error}")],
    };
    let mut problems: Vec<String> = file.groups.iter().filter_map(seldom).collect();
    let mut rules: Vec<Rule> = file.groups.into_iter().flat_map(|group| group.rules).collect();
    for rule in &mut rules {
        rule.expr = without(&rule.expr);
        rule.labels.retain(|name, _| name != "plan" && name != "namespace");
        rule.annotations.values_mut().for_each(|text| *text = without(text));
    }
    problems.extend(compare(&self::rules(plan), &rules));
    problems
}

/// Groups that others build on, or that a season begins in, are asked twice a minute, and the one that reads every pod's
/// buckets once; the others as often as the server likes.
fn seldom(group: &Group) -> Option<String> {
    const INTERVALS: [(&str, &str); 4] =
        [("calendar", "30s"), ("http", "1m"), ("plan", "30s"), ("replicas", "30s")];
    let name = group.name.strip_prefix("seasonscale-").unwrap_or(&group.name);
    let wanted = INTERVALS.iter().find(|(group, _)| name.starts_with(group)).map(|(_, interval)| *interval);
    let found = group.interval.as_deref();
    (found != wanted).then(|| format!("group {}: its interval is {found:?}, not {wanted:?}", group.name))
}

/// Every rule that is written down here against the file's, those with the same labels first, so that a difference in one is
/// not blamed on its neighbour.
fn compare(expected: &[Expected], rules: &[Rule]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut found: Vec<Option<usize>> = Vec::new();
    for exactly in [true, false] {
        for (number, wanted) in expected.iter().enumerate() {
            if !exactly && found[number].is_some() {
                continue;
            }
            let is_it = |(at, rule): &(usize, &Rule)| {
                !taken.contains(at)
                    && is_named(rule, wanted)
                    && (!exactly || labels_differ(rule, wanted).is_none())
            };
            let at = rules.iter().enumerate().find(is_it).map(|(at, _)| at);
            taken.extend(at);
            if exactly {
                found.push(at);
            } else {
                found[number] = at;
            }
        }
    }
    let mut problems = Vec::new();
    for (wanted, at) in expected.iter().zip(found) {
        match at {
            Some(at) => problems.extend(differing(wanted, &rules[at])),
            None => problems.push(format!("{}: missing, with {:?}", wanted.name, wanted.labels)),
        }
    }
    let names: BTreeSet<&str> = expected.iter().map(|wanted| wanted.name.as_str()).collect();
    let left = rules.iter().enumerate().filter(|(at, _)| !taken.contains(at));
    let name = |rule: &Rule| rule.record.clone().or(rule.alert.clone()).unwrap_or_default();
    problems.extend(
        left.map(|(_, rule)| name(rule))
            .filter(|name| names.contains(name.as_str()))
            .map(|name| format!("{name}: once more than the profile asks for")),
    );
    problems
}

fn is_named(rule: &Rule, wanted: &Expected) -> bool {
    let name = match wanted.kind {
        Kind::Record => &rule.record,
        Kind::Alert => &rule.alert,
    };
    name.as_deref() == Some(wanted.name.as_str())
}

/// The first label that differs.
fn labels_differ(rule: &Rule, wanted: &Expected) -> Option<String> {
    let has: BTreeMap<&str, &str> =
        rule.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let wanted: BTreeMap<&str, &str> =
        wanted.labels.iter().map(|(name, value)| (*name, value.as_str())).collect();
    (has != wanted).then(|| format!("the labels {has:?}, not {wanted:?}"))
}

fn differing(wanted: &Expected, rule: &Rule) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(difference) = tokens::difference(&wanted.expr, &rule.expr) {
        problems.push(format!("{difference:?}"));
    }
    problems.extend(labels_differ(rule, wanted));
    for (field, expected, found) in [
        ("for", wanted.held.as_deref(), &rule.r#for),
        ("keep_firing_for", wanted.keeps, &rule.keep_firing_for),
    ] {
        if expected != found.as_deref() {
            problems.push(format!("`{field}` is {found:?}, not {expected:?}"));
        }
    }
    if wanted.kind == Kind::Alert {
        problems.extend(unsaid(wanted, rule));
    }
    problems.iter().map(|problem| format!("{}: {problem}", wanted.name)).collect()
}

/// What the description of an alert must say, and which labels its texts may name.
fn unsaid(wanted: &Expected, rule: &Rule) -> Vec<String> {
    let description = rule.annotations.get("description").map_or("", String::as_str);
    let value = wanted.says_value.then(|| "$value".to_owned());
    let query = wanted.lists.as_ref().map(|set| format!("query `{set}`"));
    let says = [value, wanted.says.clone(), query].into_iter().flatten();
    let mut problems: Vec<String> = says
        .filter(|said| !description.contains(said.as_str()))
        .map(|said| format!("its description does not say `{said}`"))
        .collect();
    problems.extend(wanted.keeps.into_iter().flat_map(|time| stale(time, rule)));
    let own = format!("#{}", wanted.name.to_lowercase());
    if let Some(link) = rule.annotations.get("runbook_url").filter(|link| !link.ends_with(&own)) {
        problems.push(format!("it links to {link}"));
    }
    let has = |label: &str| {
        wanted.series.contains(&label) || wanted.series_of_policy.iter().any(|own| own == label)
    };
    for text in rule.annotations.values() {
        let names = text.split("$labels.").skip(1).map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
        });
        problems.extend(names.filter(|label| !has(label)).map(|label| format!("a text names `{label}`")));
    }
    problems
}

/// While an alert is kept after its last true evaluation, so are its texts: none of them may speak of now, and the
/// description says for how long it stays.
fn stale(keeps: &str, rule: &Rule) -> Vec<String> {
    let stays = format!("stays for {} minutes after", keeps.trim_end_matches('m'));
    let description = rule.annotations.get("description").map_or("", String::as_str);
    let unsaid = (!description.contains(&stays)).then(|| format!("its description does not say `{stays}`"));
    let speaks = |text: &&String| {
        text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "now")
            || text.contains("is {{ $value")
    };
    let of_now = rule.annotations.values().filter(speaks).map(|text| format!("it is kept, and says: {text}"));
    unsaid.into_iter().chain(of_now).collect()
}

/// A rule as it must be.
struct Expected {
    kind: Kind,
    name: String,
    expr: String,
    held: Option<String>,
    keeps: Option<&'static str>,
    labels: Vec<(&'static str, String)>,
    /// Labels that its series have.
    series: &'static [&'static str],
    /// Labels that its series have because the policy names them.
    series_of_policy: Vec<String>,
    /// Whether its description must say the value.
    says_value: bool,
    /// What the description must say besides: the limit.
    says: Option<String>,
    /// The recorded set whose members its description lists.
    lists: Option<String>,
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

    /// The members of a set that have been in it at each look for so long, and the alert that tells them.
    fn lasting(plan: &Plan, name: &str, about: [&str; 3], (set, minutes): (&str, u32)) -> [Self; 2] {
        let lasting = waited(set, minutes);
        [Self::waiting(set, minutes), Self::told(plan, name, about, &lasting)]
    }

    /// The record of the members that have waited.
    fn waiting(set: &str, minutes: u32) -> Self {
        let looks = 2 * minutes + 1;
        Self::record(
            waited(set, minutes),
            format!("{set} and count_over_time({set}[{minutes}m30s:30s]) >= {looks}"),
        )
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
}

fn waited(set: &str, minutes: u32) -> String {
    format!("{set}_for{minutes}m")
}

/// A gauge as it was seen last.
fn lately(series: &str) -> String {
    format!("last_over_time({series}[2m])")
}

/// Labels of every `scaledobject:` series.
const OBJECT: &[&str] =
    &["scaledObject", "deployment", "horizontalpodautoscaler", "territory", "workload", "zone"];

/// All rules that are written down.
fn rules(plan: &Plan) -> Vec<Expected> {
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
pub(super) fn service(plan: &Plan) -> Vec<String> {
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
