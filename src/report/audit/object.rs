//! An object with the year of its floor.

use std::fmt::Write;

use anstyle::Style;

use super::calendar;
use super::lines::COLUMNS;
use crate::audit::{File, Object, Scales, calendar as calendar_of, has_formula, on_clocks_of};
use crate::invisible;
use crate::keda::limits::Held;
use crate::rules::halt::Halt;
use crate::step::StepFn;
use crate::time::{Instant, Window};

pub(super) const BOLD: Style = Style::new().bold();

/// Its name and place, and what its triggers ask for.
pub(super) fn text(file: &File, object: &Object, window: Window<Instant>) -> String {
    let year = year(object, window);
    let place = format!("{}:{}", file.name, object.mark.line);
    let title = invisible::shown(&object.title);
    let fits = title.chars().count() + 2 + place.chars().count() <= COLUMNS;
    let between = if fits { "  " } else { "\n  " };
    format!("{BOLD}{title}{BOLD:#}{between}{place}\n{year}\n")
}

/// What its cron triggers ask for.
fn year(object: &Object, window: Window<Instant>) -> String {
    let zone = object.triggers.iter().find_map(|trigger| Some(&trigger.cron.as_ref()?.zone));
    let halt =
        object.halt.as_ref().map_or(String::new(), |halt| format!("  not in force: {}\n", halted(halt)));
    let Some(scales) = &object.scales else { return format!("{halt}{}", jobs(object, window)) };
    let (target, min, max) = (invisible::shown(&scales.target), scales.min, scales.max);
    let floor = match (&scales.held, zone) {
        (None, _) => "what its floor would be is not known: its formula has no value\n".to_owned(),
        (Some(held), Some(zone)) => {
            let floor = calendar::text(&calendar_of(&scales.heights(held), window, zone));
            let what = match (has_formula(held), object.halt.is_some()) {
                (true, true) => "a formula would decide above its floor",
                (true, false) => "a formula decides above its floor",
                (false, true) => "its floor would be",
                (false, false) => "its floor",
            };
            format!("{what}, on the clocks of {zone}:\n{floor}")
        }
        (Some(held), None) => format!("no cron trigger raises its floor{}\n", formula(held, scales.max)),
    };
    let rest = at_rest(object, scales);
    format!("{halt}  scales {target} between {min} and {max} replicas\n  {floor}{rest}")
}

/// Where cron triggers alone keep an object from zero: what measures cpu or memory is never active to KEDA (KEDA:
/// `pkg/scaling/scale_handler.go`).
fn at_rest(object: &Object, scales: &Scales) -> String {
    let kinds = || object.triggers.iter().map(|trigger| trigger.kind.as_str());
    let resources: Vec<&str> =
        ["cpu", "memory"].into_iter().filter(|one| kinds().any(|kind| kind == *one)).collect();
    let others = kinds().any(|kind| kind != "cron" && !resources.contains(&kind));
    let Some(held) = &scales.held else { return String::new() };
    let rests = || held.steps().iter().any(|(_, held)| held.floor.0 == 0);
    if object.halt.is_some() || resources.is_empty() || others || has_formula(held) || !rests() {
        return String::new();
    }
    let s = if resources.len() == 1 { "s" } else { "" };
    format!(
        "  at 0 outside of its windows, however busy: {} never count{s} as active\n",
        resources.join(" and ")
    )
}

/// What a formula without a cron trigger comes to.
fn formula(held: &StepFn<Instant, Held>, max: i32) -> String {
    match held.first().below(max) {
        Some(most) => format!(", and a formula never asks for more than {most}"),
        None if has_formula(held) => ", and a formula decides".to_owned(),
        None => String::new(),
    }
}

/// In words why nothing of an object is in force.
pub(in crate::report) fn halted(halt: &Halt) -> String {
    match halt {
        Halt::Paused => "an annotation pauses it".to_owned(),
        Halt::PausedAt(replicas) => {
            format!("an annotation keeps it at {} replicas", invisible::shown(replicas))
        }
        Halt::PausedUp => "an annotation keeps it from scaling up".to_owned(),
        Halt::UpDisabled => "its behavior keeps it from scaling up".to_owned(),
        Halt::NotBuilt => "KEDA cannot build it as it is".to_owned(),
        Halt::Refused => "it is refused as it is".to_owned(),
    }
}

fn jobs(object: &Object, window: Window<Instant>) -> String {
    let mut text = String::from("  makes Jobs: its triggers count what waits, there is no floor\n");
    for trigger in &object.triggers {
        let Some(cron) = &trigger.cron else { continue };
        let window = on_clocks_of(&cron.zone, window);
        let pieces = cron.active.pieces(window.from..window.until).filter(|(_, _, on)| **on);
        let seconds: i64 = pieces.map(|(from, until, _)| until.0 - from.0).sum();
        let share = 100.0 * seconds as f64 / (window.until.0 - window.from.0) as f64;
        let _ = writeln!(
            text,
            "  trigger {} asks for {} in {share:.1} % of the time",
            trigger.index, cron.desired
        );
    }
    text
}
