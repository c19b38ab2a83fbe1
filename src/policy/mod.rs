//! The policy: two TOML texts become one [`Policy`], valid by construction, or a list of everything wrong with them.
//!
//! `calendar.toml` says when, `territories.toml` where, how much and how it is guarded. It must not know years (dates are
//! still rules here), YAML or KEDA.

mod about;
mod artifacts;
mod budget;
mod built_in;
mod calendar;
mod clock;
mod container;
mod dates;
mod days;
mod decode;
mod diags;
mod draft;
mod flaw;
mod floors;
mod guards;
mod kept;
mod known;
mod limits;
mod load_shape;
mod metrics;
mod platform;
mod project;
mod query;
mod reader;
mod scalar;
mod season;
mod share;
mod syntax;
mod territory;
mod wanted;
mod workload;

use toml::de::DeTable;

pub use kept::manifests;

pub use about::About;
pub use built_in::{BuiltIn, built_in, built_in_sets};
pub use calendar::{Calendar, Campaign, SwitchedOff};
pub use clock::{DayHours, HoursOn};
pub use days::{DayRule, Taken};
pub use decode::Moment;
pub use floors::{FloorShare, FloorSize, Floors, TargetLimit};
pub use known::HolidaySet;
pub use project::{Project, ProjectPolicy, expectations, project};
pub use season::{LeadIn, LeadInSize, Season, Terms};

use crate::artifact::ArtifactKind;
use crate::finding::{Diagnostic, Rule};
use crate::keys;
use crate::name::SetName;
use crate::profile::Profile;
use crate::source::{Located, SourceId, Sources};
use crate::time::Zone;
use decode::{Problems, Table};
use known::Known;

/// Both files, read.
#[derive(Clone, Debug)]
pub struct Policy {
    /// When.
    pub calendar: Calendar,
    /// Where, how much, how guarded.
    pub profile: Profile,
    /// Holiday sets that `workdays` leaves out for targets without a territory.
    pub platform_holidays: Vec<Located<SetName>>,
}

/// Reads both files. All problems of both are returned; a policy wherever there is enough for one, what cannot be read left
/// out, so that later stages can report what else is wrong; none where a file is not TOML.
pub fn read(sources: &Sources) -> (Option<Policy>, Vec<Diagnostic>) {
    let mut problems = Problems::new();
    let ((calendar, calendar_flaws), (territories, territory_flaws)) =
        (parsed(sources, Sources::CALENDAR), parsed(sources, Sources::TERRITORIES));
    let policy = read_tables(sources, (&calendar, &territories), &mut problems);
    // What a broken file seems to say, or to lack, is not worth a finding, in this file or in the other.
    if !calendar_flaws.is_empty() {
        problems
            .retain(|problem| !is_in(problem, Sources::CALENDAR) && problem.rule != Rule::UnknownHolidaySet);
    }
    if !territory_flaws.is_empty() {
        problems.retain(|problem| {
            !is_in(problem, Sources::TERRITORIES)
                && !matches!(problem.rule, Rule::UnknownTerritory | Rule::UnknownWorkload)
        });
    }
    let is_whole = calendar_flaws.is_empty() && territory_flaws.is_empty();
    problems.extend(calendar_flaws);
    problems.extend(territory_flaws);
    problems.sort_by_key(|problem| problem.labels.first().map(|label| label.span));
    (policy.filter(|_| is_whole), problems)
}

fn parsed(sources: &Sources, id: SourceId) -> (DeTable<'_>, Problems) {
    syntax::parse(&sources.get(id).text, id)
}

fn is_in(problem: &Diagnostic, file: SourceId) -> bool {
    problem.labels.iter().any(|label| label.span.source == file)
}

fn read_tables(
    sources: &Sources,
    (calendar, territories): (&DeTable<'_>, &DeTable<'_>),
    problems: &mut Problems,
) -> Option<Policy> {
    let mut root = Table::root("`territories.toml`", Sources::TERRITORIES, territories, &keys::PROFILE);
    let chosen = artifacts::read(&mut root, problems);
    let platform = platform::read(&mut root, chosen.deployments(), problems);
    let (workloads, workload_names) = workload::read(&mut root, (sources, chosen.deployments()), problems);
    let clock = platform.as_ref().map(|read| read.platform.zone.clone()).unwrap_or_else(Zone::utc);
    let (fleet, territory_names) = territory::read(&mut root, &workloads, &workload_names, &clock, problems);
    let gates = guards::gates(&mut root, problems);
    let journal = guards::journal(&mut root, problems);
    let cost = guards::cost(&mut root, problems);
    let limits = limits::read(&mut root, problems);
    let budgets = budget::read(&mut root, &fleet, &territory_names, problems);
    let load = load_shape::read(&mut root, problems);
    root.finish(problems);
    kept::check_territories(&workloads, &fleet, &territory_names, problems);

    let mut root = Table::root("`calendar.toml`", Sources::CALENDAR, calendar, &keys::CALENDAR);
    let holidays = calendar::holidays(&mut root, built_in::sets(sources), problems);
    let known = Known {
        territories: &fleet,
        territory_names: &territory_names,
        workloads: &workloads,
        workload_names: &workload_names,
        holidays: &holidays,
    };
    let calendar = calendar::read(&mut root, &known, holidays.clone(), problems);
    root.finish(problems);

    territory::check_holidays(&fleet, &holidays, problems);
    let platform::Read { platform, span, holidays: platform_holidays } = platform?;
    known::check_sets(&platform_holidays, &holidays, problems);
    let targets = workload::targets(&platform, &workloads, &fleet, problems);
    let mut profile = Profile {
        platform,
        workloads: workloads.into_iter().map(|draft| draft.workload).collect(),
        territories: fleet.into_iter().map(|draft| draft.territory).collect(),
        targets,
        gates: gates?,
        load,
        journal: journal?,
        cost: cost?,
        limits,
        budgets,
        artifacts: Vec::new(),
    };
    profile.artifacts = chosen.kinds(&profile, problems);
    wanted::check(&profile, span, problems);
    metrics::check(&profile, span, problems);
    // Of a journal that is not made here, cleaned up or asked, and that nothing is scaled by, nothing is known.
    let of_journal = [ArtifactKind::Journal, ArtifactKind::JournalPurge, ArtifactKind::SqlExporter];
    let is_used = of_journal.into_iter().any(|kind| profile.makes(kind)) || profile.scales_by_journal();
    profile.journal = profile.journal.filter(|_| is_used);
    let mut policy = Policy { calendar: calendar?, profile, platform_holidays };
    built_in::keep_used(&mut policy);
    Some(policy)
}
