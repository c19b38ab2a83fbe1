//! The runbook as it is meant: a whole section for every alert, and what the tables say said again where somebody reads only the
//! part on a territory.

use std::collections::BTreeSet;

use seasonscale::artifact::ArtifactKind;
use seasonscale::plan::Plan;

use super::document::{self, Section};

/// What every section of an alert has.
const PARTS: [&str; 6] = ["Means", "Hurt", "First look", "Act", "Way back", "Escalate"];

const YEAR: [&str; 10] =
    ["season", "part", "territory", "first day", "last day", "days", "hours", "zone", "load", "floors"];
const TARGETS: [&str; 7] =
    ["target", "replicas", "highest floor", "one replica carries", "guard", "cooldown", "scale-down window"];
const NONE: &str = "-";

/// What of a plan's runbook is not as it is meant; `rules` are the files of rules that link into it.
pub(super) fn differences(plan: &Plan, text: &str, rules: &[&str]) -> Vec<String> {
    let sections = document::sections(text);
    let lines = rules.iter().flat_map(|text| text.lines());
    let names = lines.filter_map(|line| line.trim_start().strip_prefix("- alert: ")).collect();
    let mut problems = alerts(&names, &sections);
    problems.extend(territories(plan, &sections));
    problems.extend(emergencies(plan, &sections));
    let room: u64 = plan.schedules.iter().map(|schedule| u64::from(schedule.peak().0)).sum();
    let room = format!(
        "[ ] the cluster has room for the highest floors: {room} replicas, if each target were at its own at the same time"
    );
    if !says(&sections, "Checklist of a season", &room) {
        problems.push(format!("the checklist does not say {room:?}"));
    }
    problems
}

fn section<'s>(sections: &'s [Section], title: &str) -> Option<&'s Section> {
    sections.iter().find(|section| section.title == title)
}

fn says(sections: &[Section], title: &str, line: &str) -> bool {
    section(sections, title).is_some_and(|section| section.lines.iter().any(|found| found == line))
}

/// The part on a territory says each of its rows of the year and of the limits once more.
fn territories(plan: &Plan, sections: &[Section]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut must_say = |code: &str, line: String| {
        let title = plan.profile.territories.iter().find(|territory| territory.code.as_str() == code);
        let title = title.map(|territory| format!("{} ({code})", territory.title)).unwrap_or_default();
        if !says(sections, &title, &line) {
            problems.push(format!("{title:?} does not say {line:?}"));
        }
    };
    let year = section(sections, "The year").into_iter().flat_map(|year| year.below(&YEAR, NONE));
    for row in year {
        let [title, part, territory, first, last, days, hours, _, _, floors] = &row[..] else { continue };
        if territory != NONE {
            let part = if part == "lead-in" { ", lead-in" } else { "" };
            must_say(territory, format!("{title}{part}: {first} - {last}, {days} {hours}: {floors}"));
        }
    }
    let limits = section(sections, "Limits").into_iter().flat_map(|limits| limits.below(&TARGETS, NONE));
    for row in limits {
        let [name, replicas, highest, carries, guard, ..] = &row[..] else { continue };
        let own = plan.profile.targets.iter().filter(|target| target.name.as_str() == name);
        let territory = own.filter_map(|target| plan.profile.territory(target)).next();
        let Some(territory) = territory else { continue };
        let carries = if carries == NONE { "by the calendar alone" } else { &format!("{carries} a replica") };
        let guard = if guard == NONE { String::new() } else { format!("; more replicas from {guard}") };
        let (min, max) = replicas.split_once("..").unwrap_or_default();
        let line = format!("{name}: {min} to {max} replicas, floor up to {highest}; {carries}{guard}");
        must_say(territory.code.as_str(), line);
    }
    problems
}

/// The table of emergencies has each limit that is one, with its alert.
fn emergencies(plan: &Plan, sections: &[Section]) -> Vec<String> {
    if !plan.profile.makes(ArtifactKind::Alerts) {
        return Vec::new();
    }
    let mut wanted = Vec::new();
    for (workload, http) in plan.profile.http_workloads() {
        let Some(limit) = http.p95_emergency else { continue };
        let limit = format!("{} ms", limit.0);
        wanted.push([format!("p95 of {}", workload.name), limit, "LatencyEmergency".to_owned()]);
    }
    if let Some(journal) = &plan.profile.journal {
        let full = format!("{} %", journal.critical_ratio.percent());
        let lag = plan.profile.gates.outbox_lag.to_string();
        wanted.push(["NOTIFY queue".to_owned(), full, "NotifyQueueCritical".to_owned()]);
        wanted.push(["outbox lag".to_owned(), lag, "OutboxLagHigh".to_owned()]);
    }
    let rows = section(sections, "Emergencies").map(|section| &section.rows[..]).unwrap_or_default();
    let is_missing = |wanted: &[String; 3]| !rows.iter().any(|row| row.starts_with(wanted));
    wanted.into_iter().filter(is_missing).map(|row| format!("no emergency {row:?}")).collect()
}

/// Every alert has one section with all of its parts, and there is none about another.
fn alerts(names: &BTreeSet<&str>, sections: &[Section]) -> Vec<String> {
    let mut problems = Vec::new();
    for name in names {
        let found: Vec<&Section> = sections.iter().filter(|section| section.title == **name).collect();
        match found[..] {
            [section] => problems.extend(missing(section)),
            _ => problems.push(format!("{name} has {} sections", found.len())),
        }
    }
    let about = |section: &&Section| section.lines.iter().any(|line| line.starts_with(PARTS[0]));
    let strange = sections.iter().filter(about).filter(|section| !names.contains(section.title.as_str()));
    problems.extend(strange.map(|section| format!("a section on {}, which is not an alert", section.title)));
    problems
}

fn missing(section: &Section) -> Vec<String> {
    let has = |part: &&str| section.lines.iter().any(|line| line.starts_with(*part));
    let decides = section.rows.iter().any(|row| row.last().is_some_and(|cell| cell == "decide"));
    let missing = PARTS.into_iter().filter(|part| !has(part)).chain((!decides).then_some("decide"));
    missing.map(|part| format!("the section of {} does not say: {part}", section.title)).collect()
}
