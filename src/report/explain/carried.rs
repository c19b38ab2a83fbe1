//! What carries a floor out: the triggers of the manifest, their lines, and whether KEDA does with them what is planned.

use std::fmt::Write;

use super::Shown;
use super::origin::replicas;
use super::words::{BAD, BOLD, moment, target};
use crate::explain::{CronTrigger, Manifest, OtherTrigger, Spot};
use crate::report::audit::halted;
use crate::time::Instant;

/// The triggers that carry the floor out, and what else moves replicas.
pub(super) fn carried(shown: Shown<'_>, manifest: &Manifest, text: &mut String) {
    let _ = writeln!(text, "\n{BOLD}In the manifest{BOLD:#}:");
    let deciding = manifest.active.iter().filter(|trigger| trigger.decides);
    let count = deciding.clone().count();
    deciding.for_each(|trigger| cron(shown, manifest, trigger, text));
    if count == 0 {
        let line = said(shown, manifest, manifest.min_at);
        let _ = writeln!(text, "  minReplicaCount {}, {line}", manifest.floor);
        if manifest.active.is_empty() {
            let _ = match manifest.cron_triggers {
                0 => writeln!(text, "  there is no cron trigger"),
                1 => writeln!(text, "  its cron trigger is not active"),
                many => writeln!(text, "  none of its {many} cron triggers is active"),
            };
        }
    }
    for trigger in manifest.active.iter().filter(|trigger| !trigger.decides) {
        let (name, line) = (&trigger.name, trigger.line);
        let _ = writeln!(text, "  active too: `{name}` (line {line}), {}", replicas(trigger.floor));
    }
    if let Some(halt) = &manifest.halt {
        let floor = manifest.floor;
        let _ = writeln!(text, "  {BAD}Not in force: {}; it would hold {floor}.{BAD:#}", halted(halt));
        others(shown, manifest, text);
        return;
    }
    match &shown.explanation.planned {
        Some(planned) if planned.floor == manifest.floor && manifest.climb.is_some() => {
            let _ = writeln!(text, "  {}", climbing(shown, manifest));
        }
        Some(planned) if planned.floor == manifest.floor => {
            let _ =
                writeln!(text, "  KEDA, modelled on these bytes, holds {} now, as planned.", manifest.floor);
        }
        Some(planned) => {
            let _ = writeln!(
                text,
                "  {BAD}KEDA, modelled on these bytes, holds {} now: the plan says {}.{BAD:#}",
                manifest.floor, planned.floor
            );
        }
        None => {
            let _ = writeln!(text, "  KEDA, modelled on these bytes, would hold {} then.", manifest.floor);
        }
    }
    others(shown, manifest, text);
}

/// That the floor is asked for, as planned, and not there yet.
fn climbing(shown: Shown<'_>, manifest: &Manifest) -> String {
    let zone = &target(shown).zone;
    let (since, reached) = manifest.climb.map_or((None, None), |climb| (Some(climb.since), climb.reached));
    let since = since.map_or_else(String::new, |at| moment(zone.local(at)));
    let reached = match reached {
        Some(at) => format!("it is there on {}", moment(zone.local(at))),
        None => "it is not there before it ends".to_owned(),
    };
    let floor = manifest.floor;
    format!(
        "KEDA, modelled on these bytes, asks for {floor} since {since}, as planned; as fast as its scaleUp lets the HPA add replicas, {reached}."
    )
}

/// The file and the line.
fn said(shown: Shown<'_>, manifest: &Manifest, at: Spot) -> String {
    match at {
        Spot::Made(line) => format!("{}:{line}", manifest.path),
        Spot::Owners(span) => shown.sources.line(span).to_string(),
    }
}

fn cron(shown: Shown<'_>, manifest: &Manifest, trigger: &CronTrigger, text: &mut String) {
    let CronTrigger { index, name, line, start, end, timezone, floor, .. } = trigger;
    let _ = writeln!(text, "  {BOLD}`{name}`{BOLD:#}, {}:{line}, triggers[{index}]", manifest.path);
    let _ = writeln!(text, "    start \"{start}\"\n    end   \"{end}\"");
    let _ = writeln!(text, "    desiredReplicas \"{floor}\", timezone {timezone}");
    let said = |at: Option<Instant>, otherwise: &str| {
        at.map_or(otherwise.to_owned(), |at| moment(target(shown).zone.local(at)))
    };
    let since = said(trigger.since, "before the plan");
    let until = said(trigger.until, "after the plan's end");
    let _ = writeln!(text, "    active since {since}, until {until}");
    let _ = writeln!(text, "    the HPA's metric for it begins with s{index}-cron-");
}

fn others(shown: Shown<'_>, manifest: &Manifest, text: &mut String) {
    if manifest.others.is_empty() {
        return;
    }
    let max = target(shown).max.value;
    let _ = writeln!(text, "\nOnly these can ask for more (the highest wins, up to {max}):");
    for trigger in &manifest.others {
        let OtherTrigger { index, name, kind, at, metric_type, threshold, above } = trigger;
        let place = match at {
            Spot::Made(line) => format!("line {line}"),
            Spot::Owners(span) => shown.sources.line(*span).to_string(),
        };
        let asks = match (metric_type.as_str(), threshold, above) {
            (_, _, Some(limit)) => format!("{kind}, more than the load needs above {limit}"),
            (_, None, None) => kind.clone(),
            ("Value", Some(limit), None) => format!("{kind}, more while it is above {limit}"),
            (_, Some(limit), None) => format!("{kind}, one replica for each {limit}"),
        };
        let _ = writeln!(text, "  `{name}`, {place}, triggers[{index}]: {asks}");
    }
}
