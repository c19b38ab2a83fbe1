//! `alerts-calendar/*.test.yml`: what Prometheus must see at one instant of the plan each: the first second of a season
//! and the first after it, both sides of a change of clocks, the plan's own ends. What falls on one instant shares a file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::artifact::{ALERT_TESTS_FOLDER, ALERTS_FILE, Artifact, ArtifactKind};
use crate::emit::scope::{self, Quotes};
use crate::emit::{Templates, escape, say};
use crate::finding::Diagnostic;
use crate::parallel;
use crate::plan::{OccasionId, OccasionKind, Origin, Part, Plan};
use crate::profile::TargetId;
use crate::time::{Instant, Window, Zone};

/// More targets than these are not looked at in one file.
const MOST_TARGETS: usize = 12;

pub(super) fn emit(
    plan: &Plan,
    groups: &[String],
    templates: &Templates,
) -> Result<Vec<Artifact>, Vec<Diagnostic>> {
    let made = parallel::map(&shared(moments(plan)), |shared| {
        let view = view(plan, groups, shared);
        let text = templates.render("alert-tests/calendar.test.yml.j2", view)?;
        let text = scope::queries(plan, &text, Quotes::Plain);
        let path = format!("{ALERT_TESTS_FOLDER}/{}.test.yml", shared[0].name);
        Ok(Artifact { kind: ArtifactKind::AlertTests, path, text })
    });
    made.into_iter().collect()
}

/// An instant worth a look.
struct Moment {
    /// The file's name: `season.oktoberfest.begins`.
    name: String,
    kind: &'static str,
    about: String,
    at: Instant,
    targets: Vec<TargetId>,
}

fn moments(plan: &Plan) -> Vec<Moment> {
    let everybody: Vec<TargetId> = (0..plan.schedules.len().min(MOST_TARGETS)).map(TargetId).collect();
    let mut moments = occasions(plan, &everybody);
    let local = plan.local_horizon();
    let zones: BTreeMap<&str, &Zone> =
        plan.profile.targets.iter().map(|target| (target.zone.name(), &target.zone)).collect();
    let mut changes: BTreeSet<(Instant, String)> = BTreeSet::new();
    for zone in zones.values() {
        let (from, until) = (zone.first_instant(local.from), zone.first_instant(local.until));
        let dated = |at: Instant| (at, zone.local(Instant(at.0 - 1)).date().to_string());
        changes.extend(zone.changes(Window::new(from, until)).into_iter().map(|(at, _)| dated(at)));
    }
    // Zones that change at one instant may write different dates.
    let by_instant: BTreeMap<Instant, String> = changes.into_iter().rev().collect();
    let mut named = BTreeSet::new();
    for (at, date) in by_instant {
        let name = if named.insert(date.clone()) { date.clone() } else { format!("{date}.{}", at.0) };
        for (kind, at) in [("before", Instant(at.0 - 1)), ("after", at)] {
            let (name, about) = (format!("clocks.{name}.{kind}"), date.clone());
            moments.push(Moment { name, kind, about, at, targets: everybody.clone() });
        }
    }
    let ends = zones.values().map(|zone| (zone.first_instant(local.until), zone.first_instant(local.from)));
    let (last, first) = ends
        .fold((i64::MIN, i64::MAX), |(last, first), (until, from)| (last.max(until.0), first.min(from.0)));
    for (kind, at) in [("unbegun", first - 1), ("ended", last)] {
        let name = format!("plan.{kind}");
        let targets = everybody.clone();
        moments.push(Moment { name, kind, about: String::new(), at: Instant(at), targets });
    }
    // promtool's clock begins in 1970.
    moments.retain(|moment| moment.at.0 > 0);
    moments
}

/// Those of one instant together, in the order in which they were: the first one names the file.
fn shared(moments: Vec<Moment>) -> Vec<Vec<Moment>> {
    let mut places: BTreeMap<Instant, usize> = BTreeMap::new();
    let mut shared: Vec<Vec<Moment>> = Vec::new();
    for moment in moments {
        let place = *places.entry(moment.at).or_insert(shared.len());
        match shared.get_mut(place) {
            Some(same) => same.push(moment),
            None => shared.push(vec![moment]),
        }
    }
    shared
}

/// The first second of each part of each season and campaign, and the first after it.
fn occasions(plan: &Plan, everybody: &[TargetId]) -> Vec<Moment> {
    let mut parts: BTreeMap<(OccasionId, Part), Vec<(usize, &Origin)>> = BTreeMap::new();
    for (at, origin) in plan.origins.iter().enumerate() {
        parts.entry((origin.occasion, origin.part)).or_default().push((at, origin));
    }
    let mut raised: BTreeMap<usize, BTreeSet<TargetId>> = BTreeMap::new();
    for target in (0..plan.schedules.len()).map(TargetId) {
        for layer in &plan.schedule(target).layers {
            raised.entry(layer.origin.0).or_default().insert(target);
        }
    }
    let mut moments = Vec::new();
    for origins in parts.values() {
        let (mut first, mut last): (Option<i64>, Option<i64>) = (None, None);
        for (_, origin) in origins {
            let zone = &origin.zone;
            let windows: Vec<_> = origin.windows().collect();
            let ends = windows.first().zip(windows.last());
            let Some((begins, ends)) = ends else { continue };
            let (from, until) = (zone.first_instant(begins.from).0, zone.first_instant(ends.until).0);
            (first, last) = (Some(first.map_or(from, |at| at.min(from))), last.max(Some(until)));
        }
        let (Some(first), Some(last)) = (first, last) else { continue };
        let own: BTreeSet<TargetId> =
            origins.iter().filter_map(|(at, _)| raised.get(at)).flatten().copied().collect();
        let mut targets: Vec<TargetId> = own.into_iter().take(MOST_TARGETS).collect();
        if targets.is_empty() {
            targets = everybody.to_vec();
        }
        let origin = origins[0].1;
        for (kind, at) in [("begins", first), ("over", last)] {
            let name = format!("{}.{kind}", name(plan, origin));
            let about = say::wall(plan, origin);
            moments.push(Moment { name, kind, about, at: Instant(at), targets: targets.clone() });
        }
    }
    moments
}

/// `season.oktoberfest.lead-in-1`; names of the policy have no dots.
fn name(plan: &Plan, origin: &Origin) -> String {
    let occasion = plan.occasion(origin);
    let kind = match occasion.kind {
        OccasionKind::Season => "season",
        OccasionKind::Campaign => "campaign",
    };
    match origin.part {
        Part::Main => format!("{kind}.{}", occasion.name),
        Part::LeadIn(number) => format!("{kind}.{}.lead-in-{number}", occasion.name),
    }
}

#[derive(Serialize)]
struct View<'a> {
    rules: &'static str,
    groups: &'a [String],
    moments: Vec<Reason<'a>>,
    at: i64,
    utc: String,
    clocks: Vec<Clock<'a>>,
    floors: Vec<Floor>,
}

/// Why the instant is worth a look.
#[derive(Serialize)]
struct Reason<'a> {
    kind: &'static str,
    about: &'a str,
}

/// What a zone's clock shows, none outside the plan.
#[derive(Serialize)]
struct Clock<'a> {
    selector: String,
    zone: &'a str,
    shows: Option<i64>,
    about: String,
}

#[derive(Serialize)]
struct Floor {
    selector: String,
    floor: Option<u32>,
}

fn view<'a>(plan: &'a Plan, groups: &'a [String], moments: &'a [Moment]) -> View<'a> {
    let at = moments[0].at;
    let targets: BTreeSet<TargetId> = moments.iter().flat_map(|moment| &moment.targets).copied().collect();
    let local = plan.local_horizon();
    let mut zones: BTreeMap<&str, &Zone> = BTreeMap::new();
    let mut floors = Vec::new();
    for id in targets {
        let target = &plan.profile.targets[id.0];
        zones.insert(target.zone.name(), &target.zone);
        let shown = target.zone.local(at);
        let floor = local.contains(shown).then(|| plan.schedule(id).held.at(at).floor.0);
        let selector = format!("{{scaledObject={}}}", escape::promql(target.name.as_str()));
        floors.push(Floor { selector, floor });
    }
    let clock = |(name, zone): (&'a str, &Zone)| {
        let shown = zone.local(at);
        Clock {
            selector: format!("{{zone={}}}", escape::promql(name)),
            zone: name,
            shows: local.contains(shown).then(|| at.0 + zone.offset(at)),
            about: format!("{} {}", shown.date().long(), shown.time_of_day()),
        }
    };
    View {
        rules: ALERTS_FILE,
        groups,
        moments: moments.iter().map(|moment| Reason { kind: moment.kind, about: &moment.about }).collect(),
        at: at.0,
        utc: at.to_string(),
        clocks: zones.into_iter().map(clock).collect(),
        floors,
    }
}
