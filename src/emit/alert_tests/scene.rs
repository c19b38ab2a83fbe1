//! One test: what is measured, minute by minute, and which alerts fire when.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::expand::{Found, Member, expand};
use super::rules::Alert;
use crate::emit::{escape, scope};
use crate::plan::Plan;

/// A test of its own: promtool begins each anew.
#[derive(Serialize)]
pub(super) struct Scene {
    /// Which one, for the words of the template.
    kind: &'static str,
    /// What it is about: an alert, a place.
    about: String,
    series: Vec<Samples>,
    checks: Vec<Check>,
    counts: Vec<Count>,
}

#[derive(Serialize)]
struct Samples {
    series: String,
    values: String,
    #[serde(skip)]
    metric: String,
}

/// What promtool expects of an alert at a minute.
#[derive(Serialize)]
struct Check {
    at: u32,
    alert: String,
    fires: Vec<Fires>,
}

#[derive(Serialize)]
struct Fires {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

/// How many alerts of a name fire at a minute, whatever they say.
#[derive(Serialize)]
struct Count {
    at: u32,
    alert: String,
    many: usize,
}

/// An alert of the expression's result `labels`, with its value.
pub(super) struct Firing<'a> {
    pub(super) alert: &'a Alert,
    pub(super) labels: Vec<(&'a str, &'a str)>,
    pub(super) value: f64,
    /// Of the set that its texts list.
    pub(super) members: Vec<Member>,
}

/// A series of a set that an alert tells of.
pub(super) fn member(labels: &[(&str, &str)], value: f64) -> Member {
    let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Member { labels, value }
}

/// One alert for all of a set, labelled with their territory where it is one.
pub(super) fn told<'a>(alert: &'a Alert, members: &'a [Member]) -> Firing<'a> {
    let territory = |member: &'a Member| member.labels.get("territory").map_or("", String::as_str);
    let first = members.first().map_or("", territory);
    let is_one = !first.is_empty() && members.iter().all(|member| territory(member) == first);
    let labels = if is_one { vec![("territory", first)] } else { Vec::new() };
    let value = f64::from(u32::try_from(members.len()).unwrap_or(u32::MAX));
    Firing { alert, labels, value, members: members.to_vec() }
}

impl Scene {
    pub(super) fn new(kind: &'static str, about: impl Into<String>) -> Self {
        Self { kind, about: about.into(), series: Vec::new(), checks: Vec::new(), counts: Vec::new() }
    }

    /// Whether it tests anything.
    pub(super) fn tests(&self) -> bool {
        !self.checks.is_empty()
    }

    pub(super) fn series(&mut self, metric: &str, labels: &[(&str, &str)], values: impl Into<String>) {
        let (series, metric) = (selector(metric, labels), metric.to_owned());
        self.series.push(Samples { series, values: values.into(), metric });
    }

    /// Recorded series are the plan's, and have its labels.
    pub(super) fn belongs_to(&mut self, plan: &Plan) {
        for samples in &mut self.series {
            let own = scope::series(plan, &samples.metric);
            let own = own.iter().map(|(name, value)| format!("{name}={}", escape::promql(value)));
            let own: Vec<String> = own.collect();
            let inside = samples.series.strip_prefix(&*samples.metric).unwrap_or_default();
            let inside = inside.trim_start_matches('{').trim_end_matches('}');
            let all = own.join(", ") + if own.is_empty() || inside.is_empty() { "" } else { ", " } + inside;
            samples.series = format!("{}{{{all}}}", samples.metric);
        }
    }

    pub(super) fn silent(&mut self, at: u32, alert: &Alert) {
        self.checks.push(Check { at, alert: alert.name().to_owned(), fires: Vec::new() });
    }

    /// It fires for each of these and for no other.
    pub(super) fn all_fire(&mut self, at: u32, alert: &Alert, firing: &[Firing<'_>]) -> Result<(), String> {
        let fires = firing.iter().map(fires).collect::<Result<_, String>>()?;
        self.checks.push(Check { at, alert: alert.name().to_owned(), fires });
        Ok(())
    }

    pub(super) fn fires(
        &mut self,
        at: u32,
        alert: &Alert,
        labels: &[(&str, &str)],
        value: f64,
    ) -> Result<(), String> {
        let firing = Firing { alert, labels: labels.to_vec(), value, members: Vec::new() };
        self.all_fire(at, alert, &[firing])
    }

    /// One alert tells of all of these.
    pub(super) fn tells(&mut self, at: u32, alert: &Alert, members: &[Member]) -> Result<(), String> {
        self.all_fire(at, alert, &[told(alert, members)])
    }

    /// So many fire still, with the words of an earlier minute.
    pub(super) fn fire_still(&mut self, at: u32, alert: &Alert, many: usize) {
        self.counts.push(Count { at, alert: alert.name().to_owned(), many });
    }

    /// Silent to the last minute of its waiting, which begins at `from`; then it fires.
    pub(super) fn waits(
        &mut self,
        from: u32,
        alert: &Alert,
        labels: &[(&str, &str)],
        value: f64,
    ) -> Result<(), String> {
        let waits = alert.waits()?;
        self.silent_until(from, waits, alert);
        self.fires(from + waits + 1, alert, labels, value)
    }

    /// The same of an alert that tells of a set.
    pub(super) fn waits_to_tell(
        &mut self,
        [from, waits]: [u32; 2],
        alert: &Alert,
        members: &[Member],
    ) -> Result<(), String> {
        self.silent_until(from, waits, alert);
        self.tells(from + waits + 1, alert, members)
    }

    fn silent_until(&mut self, from: u32, waits: u32, alert: &Alert) {
        self.silent(from - 1, alert);
        if waits > 0 {
            self.silent(from + waits - 1, alert);
        }
    }
}

/// The rule adds its own labels to those of the result, and its texts do not know them (`rules/alerting.go`, `Eval`).
fn fires(firing: &Firing<'_>) -> Result<Fires, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let result: BTreeMap<String, String> = firing.labels.iter().map(owned).collect();
    let summary =
        firing.alert.annotations.get("summary").into_iter().chain(firing.alert.annotations.values());
    // The first set that its texts ask for is the alert's own.
    let set = summary.filter_map(|text| text.split_once("query `")?.1.split('`').next()).next();
    let found = Found { labels: &result, value: firing.value, set, members: &firing.members };
    let said = |(name, text): (&String, &String)| Ok((name.clone(), expand(text, &found)?));
    let annotations = firing.alert.annotations.iter().map(said).collect::<Result<_, String>>()?;
    let mut labels = result.clone();
    labels.extend(firing.alert.labels.clone());
    Ok(Fires { labels, annotations })
}

/// `metric{label="value"}`
fn selector(metric: &str, labels: &[(&str, &str)]) -> String {
    let labels: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}={}", escape::promql(value))).collect();
    format!("{metric}{{{}}}", labels.join(", "))
}

/// A gauge that stands at each value for so many minutes, as promtool writes it.
pub(super) fn gauge(stages: &[(u32, f64)]) -> String {
    let parts: Vec<String> =
        stages.iter().map(|(minutes, value)| format!("{value}x{}", minutes - 1)).collect();
    parts.join(" ")
}

/// A counter that begins at zero and grows by each amount for so many minutes.
pub(super) fn counter(stages: &[(u32, f64)]) -> String {
    let (mut text, mut at) = ("0".to_owned(), 0.0);
    for (minutes, growth) in stages {
        let next = at + growth;
        let _ = write!(text, " {next}+{growth}x{}", minutes - 1);
        at += growth * f64::from(*minutes);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_become_promtool_s_notation() {
        assert_eq!(gauge(&[(20, 1.0), (10, 0.0)]), "1x19 0x9");
        assert_eq!(counter(&[(10, 6.0), (5, 2.5)]), "0 6+6x9 62.5+2.5x4");
    }
}
