//! `runbook-seasonal.md`: the year, the limits and the alerts for the person who is woken at night.

mod limits;
mod year;

use serde::Serialize;

use super::{Templates, say};
use crate::artifact::{
    ALERTS_FILE, Artifact, ArtifactKind, GUIDE_FILE, KEDA_FILE, PROMETHEUS_RULE_FILE, RUNBOOK_FILE,
};
use crate::diagnostic::Diagnostic;
use crate::plan::{Plan, Schedule};
use crate::profile::Profile;
use limits::{Gates, Journal, Target, Workload};
use year::{Month, SeasonNote, Window};

pub(super) fn emit(plan: &Plan, templates: &Templates) -> Result<Artifact, Vec<Diagnostic>> {
    let windows = year::windows(plan);
    let view = View {
        holds: say::Holds::of(plan),
        platform: Platform {
            namespace: plan.profile.platform.namespace.as_str(),
            team: plan.profile.platform.team.as_str(),
        },
        files: Files {
            keda: KEDA_FILE,
            rules: rules(&plan.profile),
            migration: plan.profile.journal.migration_file(),
            undo: plan.profile.journal.undo_file(),
            guide: plan.profile.makes(ArtifactKind::Guide).then_some(GUIDE_FILE),
        },
        seasons: year::notes(plan),
        holidays: year::holidays(plan),
        months: year::months(plan),
        targets: plan.schedules.iter().map(|schedule| limits::target(plan, schedule)).collect(),
        workloads: plan.profile.workloads.iter().map(limits::workload).collect(),
        territories: territories(plan, &windows),
        gates: limits::gates(plan),
        burns: Burns {
            fast: plan.profile.gates.can_burn(14.4),
            medium: plan.profile.gates.can_burn(6.0),
            slow: plan.profile.gates.can_burn(1.0),
        },
        journal: limits::journal(plan),
        peak_sum: plan.schedules.iter().map(Schedule::peak).map(|peak| u64::from(peak.0)).sum(),
        windows: windows.into_iter().map(|(_, window)| window).collect(),
    };
    let text = templates.render("runbook/runbook.md.j2", view)?;
    Ok(Artifact { kind: ArtifactKind::Runbook, path: RUNBOOK_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct View<'p> {
    holds: say::Holds,
    platform: Platform<'p>,
    files: Files,
    windows: Vec<Window>,
    seasons: Vec<SeasonNote<'p>>,
    holidays: Vec<String>,
    months: Vec<Month>,
    targets: Vec<Target>,
    workloads: Vec<Workload>,
    territories: Vec<Territory<'p>>,
    gates: Gates,
    burns: Burns,
    journal: Journal,
    peak_sum: u64,
}

/// Which alerts on the error budget can fire, and so exist.
#[derive(Serialize)]
struct Burns {
    fast: bool,
    medium: bool,
    slow: bool,
}

#[derive(Serialize)]
struct Platform<'p> {
    namespace: &'p str,
    team: &'p str,
}

#[derive(Serialize)]
struct Files {
    keda: &'static str,
    rules: Rules,
    migration: String,
    undo: String,
    guide: Option<&'static str>,
}

/// Where the rules are, and how they come to Prometheus.
#[derive(Serialize)]
struct Rules {
    file: &'static str,
    /// Whether kubectl applies it, for the Prometheus operator.
    is_object: bool,
}

fn rules(profile: &Profile) -> Rules {
    if profile.makes(ArtifactKind::PrometheusRule) {
        Rules { file: PROMETHEUS_RULE_FILE, is_object: true }
    } else {
        Rules { file: ALERTS_FILE, is_object: false }
    }
}

#[derive(Serialize)]
struct Territory<'p> {
    code: &'p str,
    title: &'p str,
    zone: &'p str,
    share: String,
    p95_target: String,
    note: Option<&'p str>,
    holidays: String,
    targets: Vec<Target>,
    windows: Vec<String>,
}

fn territories<'p>(plan: &'p Plan, windows: &[(Option<usize>, Window)]) -> Vec<Territory<'p>> {
    let mut targets: Vec<Vec<Target>> = plan.profile.territories.iter().map(|_| Vec::new()).collect();
    for schedule in &plan.schedules {
        if let Some(territory) = plan.profile.targets[schedule.target.0].territory {
            targets[territory.0].push(limits::target(plan, schedule));
        }
    }
    let mut own: Vec<Vec<String>> = plan.profile.territories.iter().map(|_| Vec::new()).collect();
    for (territory, window) in windows {
        if let Some(at) = territory {
            own[*at].push(window.line());
        }
    }
    let listed = plan.profile.territories.iter().zip(targets).zip(own);
    listed
        .map(|((territory, targets), windows)| Territory {
            code: territory.code.as_str(),
            title: &territory.title,
            zone: territory.zone.name(),
            share: territory.share.to_string(),
            p95_target: territory.p95_target.to_string(),
            note: territory.note.as_deref(),
            holidays: territory.holidays.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            targets,
            windows,
        })
        .collect()
}
