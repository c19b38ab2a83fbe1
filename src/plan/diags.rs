//! All that planning floors can find fault with, in words.

use crate::finding::{Diagnostic, Rule};
use crate::profile::{Platform, Target};
use crate::quantity::{Rate, Ratio, Replicas};
use crate::source::{Located, Span};

pub(super) fn above_maximum(target: &str, floor: Located<Replicas>, max: Located<Replicas>) -> Diagnostic {
    Diagnostic::new(
        Rule::FloorOutOfRange,
        format!("floor {} of `{target}` is above its maximum of {}", floor.value, max.value),
    )
    .at(floor.span, format!("floor {} from here", floor.value))
    .against(max.span, format!("maximum {} from here", max.value))
    .help("the HPA would silently stop at the maximum: raise it or lower the floor")
}

pub(super) fn below_minimum(target: &str, floor: Located<Replicas>, min: Located<Replicas>) -> Diagnostic {
    Diagnostic::new(
        Rule::FloorOutOfRange,
        format!("floor {} of `{target}` is below its minimum of {}", floor.value, min.value),
    )
    .at(floor.span, format!("floor {} from here", floor.value))
    .against(min.span, format!("minimum {} from here", min.value))
    .help(
        "a cron trigger can only raise replicas: lower the minimum, or leave the floor out with `floor = {}`",
    )
}

pub(super) fn without_effect(target: &str, floor: Located<Replicas>, min: Located<Replicas>) -> Diagnostic {
    Diagnostic::new(Rule::FloorWithoutEffect, format!("floor {} of `{target}` changes nothing", floor.value))
        .at(floor.span, "this many always run")
        .against(min.span, "the minimum")
        .help("leave the floor out, or raise it")
}

pub(super) fn share_of_zero(target: &str, floor: Span, min: Located<Replicas>) -> Diagnostic {
    Diagnostic::new(Rule::FloorWithoutEffect, format!("a part of the minimum of `{target}` is nothing"))
        .at(floor, "of a minimum of 0")
        .against(min.span, "the minimum")
        .help("write a number, or a part of the maximum: `\"30% of max\"`")
}

pub(super) fn floor_missing(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Rule::FloorMissing, format!("`{name}` sets neither `floor` nor `load`"))
        .at(span, "has no effect")
        .help("add `floor = { .. }`, or `floor = {}` if nothing is meant to happen here")
}

/// Somewhere else it sets some.
pub(super) fn floor_missing_there(name: &str, places: &[&str], span: Span) -> Diagnostic {
    let (all, first) = (places.join(", "), places[0]);
    Diagnostic::new(Rule::FloorMissing, format!("`{name}` sets neither `floor` nor `load` in {all}"))
        .at(span, format!("has no effect in {all}"))
        .help(format!("write a floor for `{name}` in {first}, too, or `floor = {{}}` here if nothing is meant to happen there"))
}

pub(super) fn load_without_base(target: &str, load: Span, header: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::LoadWithoutBase,
        format!("no floor can be derived for `{target}`: its base load is unknown"),
    )
    .at(load, "a multiple of what?")
    .against(header, "no `base-load` here")
    .help("add `base-load` (in the unit of what a replica carries), or write the floor")
}

pub(super) fn load_mismatch(
    target: &Target,
    floor: Located<Replicas>,
    load: Located<f64>,
    needed: Replicas,
    base: Located<Rate>,
    headroom: Ratio,
) -> Diagnostic {
    let title = format!(
        "floor {} of `{}` does not carry the expected load: it takes {needed}",
        floor.value, target.name
    );
    let title = if needed < floor.value {
        format!("floor {} of `{}` is more than the expected load takes: {needed}", floor.value, target.name)
    } else {
        title
    };
    Diagnostic::new(Rule::FloorLoadMismatch, title)
        .at(floor.span, format!("floor {}", floor.value))
        .against(load.span, format!("load x {}", load.value))
        .against(base.span, format!("base load {}", base.value))
        .note(format!(
            "ceil({} x {} x {} / {}) = {needed}: base load x season's multiple x headroom / load per replica",
            base.value,
            load.value,
            1.0 + headroom.0,
            target.per_replica.map_or_else(String::new, |rate| rate.to_string())
        ))
        .help(format!("write {needed}, leave the floor out to have it derived, or correct the load"))
}

pub(super) fn nothing_to_scale(target: &Target) -> Diagnostic {
    let title =
        format!("nothing would scale `{}`: its load is not measured, and no season raises it", target.name);
    Diagnostic::new(Rule::NothingToScale, title)
        .at(target.span, "KEDA refuses an object without a trigger")
        .help("let a season give it a `floor` above its minimum, say what one replica carries (`rps-per-replica`), or take it out")
}

pub(super) fn deadband(
    target: &Target,
    (fewest, peak): (Replicas, Replicas),
    limit: Located<Replicas>,
    platform: &Platform,
) -> Diagnostic {
    let climb = peak.0 - target.min.value.0;
    let counts =
        if fewest.0 == peak.0 - 1 { fewest.to_string() } else { format!("{fewest} to {}", peak.0 - 1) };
    let title = format!("`{}` may stay at {counts} replicas where the floor is {peak}", target.name);
    Diagnostic::new(Rule::HpaDeadband, title)
        .at(limit.span, format!("at most {} more per minute", limit.value))
        .against(platform.kubernetes.span, "no configurable tolerance in this version")
        .note("the HPA ignores a difference of up to 10 % (kedacore/keda#7900), and a limited step can land inside it")
        .help(format!("allow {climb} per minute, so that the floor is reached in one step; or use Kubernetes 1.35 with KEDA 2.18"))
}
