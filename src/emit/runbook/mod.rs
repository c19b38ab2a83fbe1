//! `runbook-seasonal.md`: the year, the limits and the alerts for the person who is woken at night.

mod limits;
mod objects;
mod year;

use serde::Serialize;

use super::rule_files::{self, RuleFiles};
use super::{Templates, requests, say};
use crate::artifact::{
    ALERTS_FILE, Artifact, ArtifactKind, GUIDE_FILE, KEDA_FILE, KEDA_PATCHES_FILE, KEDA_TRIGGERS_FILE,
    KEPT_ALERTS_FILE, KEPT_PROMETHEUS_RULE_FILE, PROMETHEUS_RULE_FILE, RUNBOOK_FILE,
};
use crate::finding::Diagnostic;
use crate::name::Slug;
use crate::plan::{Plan, Schedule};
use crate::profile::{self, Profile};
use limits::{Gates, Journal, Metric, Surge, Target, Workload};
use objects::{Object, Resting};
use year::{Month, SeasonNote, Window};

pub(super) fn emit(
    plan: &Plan,
    templates: &Templates,
    made: &RuleFiles,
) -> Result<Artifact, Vec<Diagnostic>> {
    let is_made = |kind| plan.profile.makes(kind);
    let own_rules = is_made(ArtifactKind::Alerts).then(|| made.own()).transpose()?;
    let kept_rules = is_made(ArtifactKind::KeptAlerts).then(|| made.kept()).transpose()?;
    let windows = year::windows(plan);
    let (keda, form) = floors_file(&plan.profile);
    let of_journal = |kind| plan.profile.journal.as_ref().filter(|_| is_made(kind));
    let view = View {
        title: plan.title.as_deref(),
        holds: say::Holds::of(plan),
        metrics: requests::names(&plan.profile),
        platform: Platform {
            namespace: plan.profile.platform.namespace.as_str(),
            team: plan.profile.platform.team.as_ref().map(Slug::as_str),
        },
        files: Files {
            keda,
            form,
            rules: rules(&plan.profile),
            migration: of_journal(ArtifactKind::Journal).map(profile::Journal::migration_file),
            undo: of_journal(ArtifactKind::Undo).map(profile::Journal::undo_file),
            guide: plan.profile.makes(ArtifactKind::Guide).then_some(GUIDE_FILE),
        },
        seasons: year::notes(plan),
        holidays: year::holidays(plan),
        bridges: year::bridges(plan),
        months: year::months(plan),
        surges: plan.schedules.iter().filter_map(|schedule| limits::surge(plan, schedule)).collect(),
        targets: plan.schedules.iter().map(|schedule| limits::target(plan, schedule)).collect(),
        owns: objects::owns(&plan.profile),
        objects: objects::of(plan),
        resting: objects::resting(plan),
        workloads: plan.profile.workloads.iter().map(limits::workload).collect(),
        territories: territories(plan, &windows),
        gates: limits::gates(plan),
        owner: say::owner(plan),
        has_owners: plan.occasions.iter().any(|occasion| occasion.owner.is_some()),
        plain_owner: say::owner(plan).filter(|owner| is_plain(owner)),
        floors: floors(&plan.profile),
        measured: plan.profile.targets.iter().any(|target| target.per_replica.is_some()),
        queues: queues(&plan.profile),
        answers: plan.profile.http_workloads().next().is_some(),
        counted: plan.profile.counted_workloads().next().is_some(),
        alerts: own_rules.map(rule_files::alerts).unwrap_or_default(),
        kept_alerts: kept_rules.map(rule_files::alerts).unwrap_or_default(),
        limits: plan.profile.limits.iter().map(limits::metric).collect(),
        journal: limits::journal(plan),
        peak_sum: plan.schedules.iter().map(Schedule::peak).map(|peak| u64::from(peak.0)).sum(),
        windows: windows.into_iter().map(|(_, window)| window).collect(),
    };
    let mut text = templates.render("runbook/runbook.md.j2", view)?;
    // Sections that are not there leave their distance behind.
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    Ok(Artifact { kind: ArtifactKind::Runbook, path: RUNBOOK_FILE.to_owned(), text })
}

#[derive(Serialize)]
struct View<'p> {
    /// What people call the plan.
    title: Option<&'p str>,
    holds: say::Holds,
    metrics: requests::Names<'p>,
    platform: Platform<'p>,
    files: Files,
    windows: Vec<Window>,
    seasons: Vec<SeasonNote<'p>>,
    holidays: Vec<String>,
    bridges: Vec<String>,
    months: Vec<Month>,
    /// Where the extra pods of a rollout may stay.
    surges: Vec<Surge>,
    targets: Vec<Target>,
    /// Whether any ScaledObject is ours.
    owns: bool,
    /// Those that others own.
    objects: Vec<Object<'p>>,
    /// Those of them of which nothing runs at times.
    resting: Vec<Resting<'p>>,
    workloads: Vec<Workload>,
    territories: Vec<Territory<'p>>,
    gates: Gates,
    /// Who answers for the seasons, where it is one.
    owner: Option<&'p str>,
    /// Whether any season names one.
    has_owners: bool,
    /// The same where it can stand in a block of code as it is.
    plain_owner: Option<&'p str>,
    /// `queries = <n>, commands = <n>`
    floors: String,
    /// Whether any workload answers requests.
    answers: bool,
    /// Whether the platform's metrics count the requests of any of them.
    counted: bool,
    /// Whether any load is measured.
    measured: bool,
    /// Titles of the workloads that drain a queue: `The outbox worker`.
    queues: String,
    /// Names of the alerts that there are.
    alerts: Vec<&'p str>,
    /// The same of those about ScaledObjects of others.
    kept_alerts: Vec<&'p str>,
    limits: Vec<Metric<'p>>,
    journal: Option<Journal>,
    peak_sum: u64,
}

#[derive(Serialize)]
struct Platform<'p> {
    namespace: &'p str,
    team: Option<&'p str>,
}

#[derive(Serialize)]
struct Files {
    /// What holds the floors.
    keda: &'static str,
    /// `objects`, `patches` or `triggers`.
    form: &'static str,
    rules: Vec<Rules>,
    migration: Option<String>,
    undo: Option<String>,
    guide: Option<&'static str>,
}

/// What a campaign's floors look like: two of them are enough.
fn floors(profile: &Profile) -> String {
    let floor = |workload: &profile::Workload| format!("{} = <n>", workload.name);
    profile.workloads.iter().take(2).map(floor).collect::<Vec<_>>().join(", ")
}

fn queues(profile: &Profile) -> String {
    let is_queue = |workload: &&profile::Workload| matches!(workload.kind, profile::WorkloadKind::Queue(_));
    let titles = profile.workloads.iter().filter(is_queue).map(|workload| workload.title.as_str());
    titles.collect::<Vec<_>>().join(", ")
}

/// Where the rules are, and how they come to Prometheus.
#[derive(Serialize)]
struct Rules {
    file: &'static str,
    /// Whether kubectl applies it, for the Prometheus operator.
    is_object: bool,
}

fn rules(profile: &Profile) -> Vec<Rules> {
    // The object has the same groups as the file.
    let files = [
        [
            (ArtifactKind::PrometheusRule, PROMETHEUS_RULE_FILE, true),
            (ArtifactKind::Alerts, ALERTS_FILE, false),
        ],
        [
            (ArtifactKind::KeptPrometheusRule, KEPT_PROMETHEUS_RULE_FILE, true),
            (ArtifactKind::KeptAlerts, KEPT_ALERTS_FILE, false),
        ],
    ];
    let made =
        files.into_iter().filter_map(|forms| forms.into_iter().find(|(kind, ..)| profile.makes(*kind)));
    made.map(|(_, file, is_object)| Rules { file, is_object }).collect()
}

/// The file with the floors, and the form in which they reach the cluster.
fn floors_file(profile: &Profile) -> (&'static str, &'static str) {
    let forms = [
        (ArtifactKind::Keda, KEDA_FILE, "objects"),
        (ArtifactKind::KedaPatches, KEDA_PATCHES_FILE, "patches"),
        (ArtifactKind::KedaTriggers, KEDA_TRIGGERS_FILE, "triggers"),
    ];
    let made = forms.into_iter().find(|(kind, ..)| profile.makes(*kind)).unwrap_or(forms[0]);
    (made.1, made.2)
}

#[derive(Serialize)]
struct Territory<'p> {
    code: &'p str,
    title: &'p str,
    zone: &'p str,
    share: Option<String>,
    p95_target: Option<String>,
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
            share: territory.says_share.then(|| territory.share.to_string()),
            p95_target: territory.p95_target.map(|limit| limit.to_string()),
            note: territory.note.as_deref(),
            holidays: territory.holidays.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            targets,
            windows,
        })
        .collect()
}

/// Letters, digits and a few marks: nothing that ends a string or a block.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || " -_.".contains(c))
}
