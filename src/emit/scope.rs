//! Two plans on one Prometheus: what a plan's rules record and raise carries its name and its namespace, and what they ask for
//! of recorded series is asked of its own alone.
//!
//! It is done to the text that the templates make, in one place, so that no rule can forget it.

use std::fmt::Write as _;

use super::escape;
use crate::name::is_recorded_series;
use crate::plan::Plan;

/// How a text writes double quotes inside of a query.
#[derive(Clone, Copy)]
pub(super) enum Quotes {
    /// As they are.
    Plain,
    /// Behind a backslash: JSON, or YAML in double quotes.
    Escaped,
}

/// The labels `plan` and `namespace` as YAML.
fn labels(plan: &Plan) -> String {
    let quoted = [plan.name.as_str(), plan.profile.platform.namespace.as_str()].map(escape::yaml);
    format!("plan: {}, namespace: {}", quoted[0], quoted[1])
}

/// Rules: every rule gets the labels, every recorded series that is asked for a matcher.
pub(super) fn rules(plan: &Plan, text: &str) -> String {
    let (own, labels) = (matchers(plan, Quotes::Plain), labels(plan));
    let mut scoped = String::with_capacity(text.len() * 2);
    // How far a rule is indented whose labels are still to come.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let inner = line.trim_start();
        let depth = line.len() - inner.len();
        if let Some(at) = open.filter(|at| !inner.is_empty() && depth <= *at) {
            let _ = writeln!(scoped, "{}labels: {{{labels}}}", " ".repeat(at + 2));
            open = None;
        }
        let begins = inner.starts_with("- record: ") || inner.starts_with("- alert: ");
        if begins {
            open = Some(depth);
        }
        if inner.starts_with('#') || begins {
            scoped.push_str(line);
        } else if let Some(rest) = inner.strip_prefix("labels: {").filter(|_| open.is_some()) {
            let _ = write!(scoped, "{}labels: {{{labels}, {rest}", &line[..depth]);
            open = None;
        } else {
            scoped.push_str(&asked(line, &own));
        }
        scoped.push('\n');
    }
    if let Some(at) = open {
        let _ = writeln!(scoped, "{}labels: {{{labels}}}", " ".repeat(at + 2));
    }
    scoped
}

/// Queries in another file: of the recorded series that each line asks for, the plan's own.
pub(super) fn queries(plan: &Plan, text: &str, quotes: Quotes) -> String {
    let own = matchers(plan, quotes);
    let scoped: Vec<String> = text
        .lines()
        .map(|line| if line.trim_start().starts_with('#') { line.to_owned() } else { asked(line, &own) })
        .collect();
    scoped.join("\n") + "\n"
}

/// A series that a test gives, with the labels that a rule would give it.
pub(super) fn series<'p>(plan: &'p Plan, metric: &str) -> Vec<(&'p str, &'p str)> {
    if !is_recorded_series(metric) {
        return Vec::new();
    }
    vec![("plan", plan.name.as_str()), ("namespace", plan.profile.platform.namespace.as_str())]
}

fn matchers(plan: &Plan, quotes: Quotes) -> String {
    match quotes {
        Quotes::Plain => format!("plan=\"{}\"", plan.name),
        Quotes::Escaped => format!("plan=\\\"{}\\\"", plan.name),
    }
}

fn is_ours(word: &str) -> bool {
    is_recorded_series(word) || word == "ALERTS"
}

/// A line in which every recorded series is asked for with a matcher more.
fn asked(line: &str, matcher: &str) -> String {
    let mut scoped = String::with_capacity(line.len() * 2);
    let mut rest = line;
    while !rest.is_empty() {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        scoped.push_str(word);
        rest = after;
        if is_ours(word) {
            match rest.strip_prefix('{') {
                Some(inside) => {
                    let _ = write!(scoped, "{{{matcher}, ");
                    rest = inside;
                }
                None => {
                    let _ = write!(scoped, "{{{matcher}}}");
                }
            }
            continue;
        }
        let mut letters = rest.chars();
        if let Some(other) = letters.next() {
            scoped.push(other);
            rest = letters.as_str();
        }
    }
    scoped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_recorded_series_are_asked_of_a_plan() {
        let scoped = |line: &str| asked(line, "plan=\"shop\"");
        let recorded = "zone:seasonscale_local_time_seconds:calendar";
        assert_eq!(scoped(&format!("{recorded} > 0")), format!("{recorded}{{plan=\"shop\"}} > 0"));
        assert_eq!(
            scoped(&format!("sum({recorded}{{x=\"1\"}}[5m])")),
            format!("sum({recorded}{{plan=\"shop\", x=\"1\"}}[5m])")
        );
        for line in [
            "labels: {season: x}",
            "sum(job:orders:rate5m)",
            "https://runbooks.example/a:b",
            "up{x=\"1\"}",
            "10:20",
        ] {
            assert_eq!(scoped(line), line);
        }
    }
}
