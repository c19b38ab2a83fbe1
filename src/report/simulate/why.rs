//! One pass of the controller, in words.

use std::fmt::Write;

use super::words;
use crate::simulate::comparison::Subject;
use crate::simulate::hpa::controller::{Computed, Course};
use crate::simulate::hpa::limit::Limit;
use crate::simulate::hpa::spec::Target;
use crate::simulate::why::{Explained, MetricAnswer};

/// What a pass did, and why.
pub fn why(subject: &Subject, pass: &Explained) -> String {
    let mut out = String::new();
    let (before, after) = (pass.scale.spec, pass.replicas);
    let moved =
        if before == after { format!("stays at {after}") } else { format!("goes from {before} to {after}") };
    let at = words::moment(pass.at, &subject.clock);
    let _ = writeln!(out, "{} {moved} at the pass of {at}:{:02}", subject.name, pass.at.0.rem_euclid(60));
    let (rate, p95) = pass.load;
    let slow = p95.map_or_else(String::new, |p95| format!(", p95 {}", words::delay(p95)));
    let _ = writeln!(
        out,
        "  {:.1} requests/s at {} ready pods of {}{slow}",
        rate.0, pass.pods.ready, pass.pods.all
    );
    let composite = [format!("formula of {}", subject.machine.names.join(", "))];
    let names = if subject.machine.formula.is_some() { &composite[..] } else { &subject.machine.names };
    for (name, metric) in names.iter().zip(&pass.metrics) {
        words::wrap(&mut out, &format!("  {name}: {}", metric_said(metric)), "    ");
    }
    words::wrap(&mut out, &format!("  {}", course(&pass.course, names, before)), "    ");
    if !pass.conditions.is_empty() {
        let _ = writeln!(out, "  conditions of the HPA: {}", pass.conditions.join(", "));
    }
    out
}

fn metric_said(said: &MetricAnswer) -> String {
    let number = |milli: i64| format!("{}", milli as f64 / 1000.0);
    let aim = number(said.metric.aim.0);
    let (Ok(reading), Some(proposal)) = (said.reading, said.proposal) else {
        return "failed: it asks for nothing, and keeps the others from asking for fewer".to_owned();
    };
    let value = number(reading.0);
    if said.is_substituted {
        let asks = proposal.replicas;
        return format!(
            "fails, and KEDA's fallback answers {value}: asks for {asks}{}",
            tolerated(proposal.tolerated)
        );
    }
    if said.is_cron {
        let state = if reading.0 > 0 { "is active" } else { "is not active" };
        return format!("{state}: asks for {}{}", proposal.replicas, tolerated(proposal.tolerated));
    }
    let per = match said.metric.target {
        Target::AverageValue => "a replica",
        Target::Value => "in all",
    };
    let ratio = proposal.ratio;
    format!(
        "reads {value}, aims at {aim} {per} (ratio {ratio:.3}): asks for {}{}",
        proposal.replicas,
        tolerated(proposal.tolerated)
    )
}

fn tolerated(tolerated: bool) -> &'static str {
    if tolerated { ", what runs: the ratio is within the tolerance" } else { "" }
}

fn course(course: &Course, names: &[String], spec: i32) -> String {
    match course {
        Course::Disabled => "the HPA does nothing at 0 replicas: only KEDA's poll leaves 0".to_owned(),
        Course::AboveMax => {
            "more run than the maximum: it goes there without a look at the metrics".to_owned()
        }
        Course::BelowMin => {
            "fewer run than the minimum: it goes there without a look at the metrics".to_owned()
        }
        Course::MetricsFailed => {
            "too many metrics failed: nothing moves, and nothing is remembered".to_owned()
        }
        Course::Computed(computed) => decided(computed, names, spec),
    }
}

fn decided(computed: &Computed, names: &[String], spec: i32) -> String {
    let Computed { metric, wish, stabilized, limited, limit } = computed;
    let name = names.get(*metric).map_or("?", String::as_str);
    let mut said = format!("the most is {wish}, from {name}");
    if stabilized != wish {
        let why = if wish < stabilized {
            "an earlier pass of the window wanted more"
        } else {
            "an earlier pass of the window wanted less"
        };
        let _ = write!(said, "; stabilized it is {stabilized}: {why}");
    }
    if limited != stabilized {
        let why = match limit {
            Limit::DesiredWithinRange => "nothing limits it",
            Limit::TooFewReplicas => "the minimum",
            Limit::TooManyReplicas => "the maximum",
            Limit::ScaleUpLimit => "as fast as it may rise",
            Limit::ScaleDownLimit => "as fast as it may fall",
        };
        let _ = write!(said, "; limited it is {limited}: {why}");
    }
    if limited == &spec {
        said.push_str("; that is what runs")
    }
    said
}
