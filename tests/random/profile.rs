//! `territories.toml` of a random policy.

use std::fmt::Write as _;

use seasonscale::artifact::ArtifactKind;
use seasonscale::source::Source;
use seasonscale::time::{Date, Instant, LocalTime, Window, Zone};

use super::artifacts::{chosen, with_something_to_say};
use super::choices::Choices;
use super::kept::kept;
use super::words::{duration, list, millis, name, number, string, text};
use super::workload::{Workload, more_of_a_target, replicas, workload};

/// What a calendar must know of the profile to be valid.
pub struct Fleet {
    pub territories: Vec<Territory>,
    pub workloads: Vec<Workload>,
    /// Declared by the calendar.
    pub holiday_sets: Vec<String>,
    /// Whether a load may be written without a floor.
    pub derives: bool,
    pub headroom: f64,
    pub clocks: Clocks,
    /// Whether campaigns may have one clock everywhere.
    pub has_instants: bool,
}

/// Which zones and which boundaries a policy has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clocks {
    /// Every zone, and every minute of a day.
    Any,
    /// Zones that change by whole hours in the night, and boundaries by day and at midnight.
    Steady,
}

pub struct Territory {
    pub code: String,

    /// Its workloads by index.
    pub runs: Vec<usize>,
}

/// The fleet, the text, and the files that it names.
pub fn profile(
    choices: &mut Choices<'_>,
    horizon: Window<Date>,
    clocks: Clocks,
) -> (Fleet, String, Vec<(String, Source)>) {
    let mut toml = String::new();
    let sets: Vec<String> = (0..choices.between(0, 3)).map(|at| name(choices, "set", at as usize)).collect();
    let artifacts = chosen(choices);
    let asks = |kind: ArtifactKind| artifacts.as_ref().is_some_and(|kinds| kinds.contains(&kind));
    let has_operator = asks(ArtifactKind::PrometheusRule) || asks(ArtifactKind::PodMonitor);
    let wants_purge = asks(ArtifactKind::JournalPurge);
    let wants_pods = artifacts.as_ref().is_none_or(|kinds| kinds.contains(&ArtifactKind::Deployments));
    let own_zone = zone(choices, horizon, clocks);
    platform(choices, &mut toml, (&own_zone, &sets), has_operator, wants_pods);
    let mut fleet = Fleet {
        territories: Vec::new(),
        workloads: Vec::new(),
        holiday_sets: sets,
        derives: choices.once_in(3),
        headroom: choices.share(),
        clocks,
        has_instants: choices.once_in(3),
    };
    // What is not made of them needs none of these tables; where it is left open what is made, that follows from them.
    let has = [(); 3].map(|()| artifacts.is_some() || !choices.once_in(4));
    let [has_gates, has_journal, has_cost] = has;
    for at in 0..choices.between(1, 4) as usize {
        let workload = workload(choices, &mut toml, at, &fleet, wants_pods);
        if workload.is_queue && (!has_journal || choices.once_in(3)) {
            let age = choices.one(&["max(age_seconds{queue=\"q\"})", "max(age_seconds)"]);
            writeln!(toml, "pending = \"sum(depth)\"\nlag = {age:?}").unwrap();
        }
        fleet.workloads.push(workload);
    }
    territories(choices, &mut toml, horizon, &mut fleet);
    let kept = if choices.once_in(3) { kept(choices, &mut toml, &mut fleet) } else { Vec::new() };
    if has_gates {
        gates(choices, &mut toml);
    }
    if has_journal {
        journal(choices, &mut toml, wants_purge);
    }
    if has_cost {
        cost(choices, &mut toml, &fleet);
    }
    limits(choices, &mut toml);
    load(choices, &mut toml);
    if let Some(kinds) = artifacts {
        let kinds = with_something_to_say(kinds, &fleet, &toml, kept.is_empty());
        let ids: Vec<&str> = kinds.iter().map(|kind| kind.id()).collect();
        writeln!(toml, "[artifacts]\nmake = {}", list(&ids)).unwrap();
    }
    (fleet, toml, kept)
}

/// Zones whose clocks change at midnight, by half an hour, by two, or where the day is cut in two by no whole hour.
const ODD: &[&str] = &[
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Atlantic/Azores",
    "America/Santiago",
    "America/Havana",
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Asuncion",
    "Antarctica/Troll",
    "America/St_Johns",
    "Africa/Casablanca",
];

/// Changes of a zone's clocks in the plan and some days around it.
fn changes(zone: &Zone, horizon: Window<Date>) -> Vec<(Instant, i64)> {
    let (from, until) = (horizon.from.plus_days(-3), horizon.until.plus_days(3));
    zone.changes(Window::new(zone.start_of(from), zone.start_of(until)))
}

/// A zone; a steady one is steady at midnight and by day for as long as the plan holds.
fn zone(choices: &mut Choices<'_>, horizon: Window<Date>, clocks: Clocks) -> Zone {
    let clear = |name: &String| name == "UTC" || name.contains('/') && !name.starts_with("US/");
    let names: Vec<String> = Zone::names().iter().filter(|name| clear(name)).cloned().collect();
    let name = match choices.between(0, 3) {
        0 | 1 if clocks == Clocks::Any => choices.one(ODD),
        0 => choices.one(&[
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kolkata",
            "Pacific/Chatham",
            "UTC",
        ]),
        _ => names[choices.between(0, names.len() as u32 - 1) as usize].as_str(),
    };
    let zone = Zone::parse(name).unwrap();
    if clocks == Clocks::Any {
        return zone;
    }
    let mut before = zone.offset(zone.start_of(horizon.from.plus_days(-3)));
    for (at, after) in changes(&zone, horizon) {
        let stretch = [before, after].map(|offset| LocalTime::from_wall_seconds(at.0 + offset));
        let minute = |local: LocalTime| local.time_of_day().minutes();
        let by_night = stretch.iter().all(|local| (1..=240).contains(&minute(*local)));
        // A shift of half an hour makes KEDA miss whole windows of that day, whatever their times.
        let whole = (after - before) % 3600 == 0;
        if !by_night || !whole || stretch[0].date() != stretch[1].date() {
            return Zone::parse("Etc/GMT-3").unwrap();
        }
        before = after;
    }
    zone
}

fn platform(
    choices: &mut Choices<'_>,
    toml: &mut String,
    (zone, sets): (&Zone, &[String]),
    has_operator: bool,
    wants_pods: bool,
) {
    let keda = choices.one(&["2.20", "2.19", "2.18", "2.17", "2.16", "2.20.1"]);
    let kubernetes = choices.one(&["1.35", "1.34", "1.33", "1.32", "1.31", "1.30", "1.29"]);
    let namespace = name(choices, "ns", 1);
    let team = name(choices, "team", 1);
    let (job, app) = (text(choices), text(choices));
    writeln!(toml, "[platform]\nkeda = {keda:?}\nkubernetes = {kubernetes:?}\nnamespace = {namespace:?}")
        .unwrap();
    let url =
        choices.one(&["http://prometheus:9090", "https://a.example/x?y=1&z=%20", "http://[::1]:9/api/prom"]);
    writeln!(
        toml,
        "prometheus-url = {url:?}\nrunbook-url = \"https://runbooks.example/a_b/r.md\"\nteam = {team:?}"
    )
    .unwrap();
    writeln!(
        toml,
        "job = {}\napp = {}\nzone = \"{}\"",
        string(choices, &job),
        string(choices, &app),
        zone.name()
    )
    .unwrap();
    writeln!(toml, "keda-namespace-label = {:?}", choices.one(&["namespace", "exported_namespace", "_ns"]))
        .unwrap();
    let some: Vec<&str> = sets.iter().map(String::as_str).collect();
    let own = choices.some(&some);
    if !own.is_empty() {
        writeln!(toml, "holidays = {}", list(&own)).unwrap();
    }
    if choices.once_in(4) {
        writeln!(toml, "node-start-up = {}\nspare-replicas = {}", duration(choices), choices.between(0, 9))
            .unwrap();
    }
    if choices.once_in(3) {
        writeln!(toml, "keda-form = {:?}", choices.one(&["objects", "patches", "triggers"])).unwrap();
    }
    if has_operator || choices.once_in(3) {
        writeln!(toml, "rules = \"prometheus-rule\"").unwrap();
    }
    if wants_pods || choices.once_in(2) {
        let image =
            choices.one(&["r.example/shop-{workload}:1", "shop@sha256:0123", "localhost:5000/a/b_c:x-1.2"]);
        let port = choices.between(1, 65535);
        writeln!(toml, "[platform.container]\nimage = {image:?}\nport = {port}").unwrap();
        for path in ["startup", "liveness", "readiness", "metrics"] {
            writeln!(toml, "{path} = {:?}", choices.one(&["/", "/q/health/live", "/a~b/%20"])).unwrap();
        }
    }
}

fn territories(choices: &mut Choices<'_>, toml: &mut String, horizon: Window<Date>, fleet: &mut Fleet) {
    let count = choices.between(1, 6) as usize;
    for at in 0..count {
        let code = format!("{}{at}", choices.one(&["T", "DE", "US-WEST-"]));
        let (title, share) = (text(choices), choices.share());
        let own = zone(choices, horizon, fleet.clocks);
        writeln!(
            toml,
            "[territories.{code}]\ntitle = {}\nzone = \"{}\"",
            string(choices, &title),
            own.name()
        )
        .unwrap();
        writeln!(toml, "share = {}\np95-target = {}", number(choices, share), millis(choices)).unwrap();
        let sets: Vec<&str> = fleet.holiday_sets.iter().map(String::as_str).collect();
        let sets = choices.some(&sets);
        if !sets.is_empty() {
            writeln!(toml, "holidays = {}", list(&sets)).unwrap();
        }
        if choices.once_in(4) {
            let week = choices.one(&["sun-thu", "mon-sat", "mon-fri", "sat-wed"]);
            writeln!(toml, "workweek = {week:?}").unwrap();
        }
        if choices.once_in(3) {
            let note = text(choices);
            writeln!(toml, "note = {}", string(choices, &note)).unwrap();
        }
        let mut runs = Vec::new();
        for (workload, name) in
            fleet.workloads.iter().map(|workload| workload.name.clone()).enumerate().collect::<Vec<_>>()
        {
            let needed =
                at + 1 == count && fleet.territories.iter().all(|other| !other.runs.contains(&workload));
            if fleet.workloads[workload].is_queue || !needed && choices.once_in(6) {
                continue;
            }
            let (range, ends) = replicas(choices);
            fleet.workloads[workload].narrow(ends);
            let rate = choices.size(0.001);
            let mut keys =
                vec![format!("replicas = {range}"), format!("rps-per-replica = {}", number(choices, rate))];
            if choices.once_in(3) {
                keys.push(format!("scale-up-p95 = {}", millis(choices)));
            }
            keys.extend(more_of_a_target(choices, fleet, (ends.0, rate)));
            writeln!(toml, "{name} = {{ {} }}", keys.join(", ")).unwrap();
            runs.push(workload);
        }
        fleet.territories.push(Territory { code, runs });
    }
}

fn gates(choices: &mut Choices<'_>, toml: &mut String) {
    // One without an error budget is refused.
    let (objective, rate) = (choices.share().min(0.999), choices.size(0.0));
    let idle = choices.share().max(0.001);
    writeln!(
        toml,
        "[gates]\nlatency-objective = {}\nminimal-rps = {}",
        number(choices, objective),
        number(choices, rate)
    )
    .unwrap();
    writeln!(toml, "outbox-lag = {}\noutbox-depth = {}", duration(choices), choices.between(0, u32::MAX))
        .unwrap();
    writeln!(
        toml,
        "prescale-idle-for = {}\nprescale-idle-share = {}",
        duration(choices),
        number(choices, idle)
    )
    .unwrap();
    writeln!(toml, "start-up = {}", duration(choices)).unwrap();
}

fn journal(choices: &mut Choices<'_>, toml: &mut String, wants_purge: bool) {
    let spill = choices.share().min(0.999);
    let critical = (spill + (1.0 - spill) * choices.share()).min(0.999);
    writeln!(toml, "[journal]\nversion = {}\ndescription = \"event_journal\"", choices.between(1, u32::MAX))
        .unwrap();
    writeln!(
        toml,
        "schema = {:?}\nprefix = {:?}",
        choices.one(&["scaling", "_s", "s9"]),
        choices.one(&["shop", "_p", "p_9"])
    )
    .unwrap();
    writeln!(toml, "territory-setting = {:?}", choices.one(&["app.territory", "_a._b"])).unwrap();
    writeln!(
        toml,
        "spill-ratio = {}\ncritical-ratio = {}",
        number(choices, spill),
        number(choices, critical)
    )
    .unwrap();
    writeln!(toml, "retention = {}\nmax-attempts = {}", duration(choices), choices.between(1, u32::MAX))
        .unwrap();
    if choices.once_in(3) {
        writeln!(toml, "released = [226]").unwrap();
    }
    if wants_purge || choices.once_in(3) {
        writeln!(toml, "[journal.purge]\nimage = \"postgres:18\"\nsecret = \"janitor\"").unwrap();
        if choices.once_in(2) {
            let at = choices.one(&["00:00", "23:59", "02:30"]);
            writeln!(toml, "at = {at:?}\nname = {:?}", name(choices, "purge", 0)).unwrap();
        }
    }
}

/// How the load goes over a day and a week.
fn load(choices: &mut Choices<'_>, toml: &mut String) {
    if choices.once_in(4) {
        let day = choices.one(&["[\"06:00 0.1\", \"09:00 1\", \"18:15 1.5\"]", "[\"00:00 0\", \"12:00 1\"]"]);
        writeln!(toml, "[load]\nday = {day}").unwrap();
        if choices.once_in(2) {
            writeln!(toml, "week = {{ sat = {}, sun = 0.4 }}", choices.share()).unwrap();
        }
    }
}

fn limits(choices: &mut Choices<'_>, toml: &mut String) {
    for at in 0..choices.between(0, 2) as usize {
        let title = text(choices);
        let (name, most) = (name(choices, "limit", at), choices.size(0.0));
        writeln!(toml, "[limits.{name}]\nmetric = \"of_business_{at}\"\nmost = {}", number(choices, most))
            .unwrap();
        if choices.once_in(2) {
            writeln!(toml, "per = \"provider\"\ntitle = {}", string(choices, &title)).unwrap();
        }
        if choices.once_in(2) {
            writeln!(toml, "severity = {:?}", choices.one(&["critical", "warning"])).unwrap();
        }
    }
}

fn cost(choices: &mut Choices<'_>, toml: &mut String, fleet: &Fleet) {
    let price = if choices.once_in(3) { 0.0 } else { choices.size(0.0) };
    let currency = if choices.once_in(2) { "EUR".to_owned() } else { text(choices) };
    writeln!(
        toml,
        "[cost]\npod-hour = {}\ncurrency = {}",
        number(choices, price),
        string(choices, &currency)
    )
    .unwrap();
    if choices.once_in(3) {
        let (month, whole) = (choices.size(0.5), choices.size(0.5));
        writeln!(
            toml,
            "[budget]\nmonth = {{ pod-hours = {} }}\nhorizon = {{ cost = {} }}",
            number(choices, month),
            number(choices, whole)
        )
        .unwrap();
        writeln!(toml, "[budget.in.{}]\nmonth = {{ cost = 1 }}", fleet.territories[0].code).unwrap();
    }
}
