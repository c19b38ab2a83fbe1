//! `review`: the year that a policy makes, or what a change of policy does to it.

use std::path::Path;

use super::args::{Review, ReviewFormat};
use super::place::{self, Place};
use super::together::{self, Planned, Rest};
use super::{Outcome, input, output, revision, today};
use crate::artifact::ArtifactKind;
use crate::compile;
use crate::emit::{self, Templates};
use crate::finding::{Diagnostic, Rule, any_error};
use crate::parallel;
use crate::plan::Plan;
use crate::report::review as report;
use crate::review::{self, FactChange, Since};
use crate::source::Sources;

/// Columns where nobody says how many there are.
const COLUMNS: u16 = 80;

pub(super) fn run(arguments: &Review) -> anyhow::Result<Outcome> {
    let places = match place::places(&arguments.asked())? {
        Ok(places) => places,
        Err(outcome) => return Ok(outcome),
    };
    let whole = matches!(arguments.format, ReviewFormat::Json | ReviewFormat::Html);
    if let (true, [first, _, ..]) = (whole, places.as_slice()) {
        let name = first.name.as_deref().unwrap_or_default();
        anyhow::bail!("a page or JSON is about one policy: name it, as in `seasonscale review {name}`");
    }
    let rest = Rest::of(&places)?;
    let (mut outcome, mut before) = (Outcome::Clean, Vec::new());
    let are_several = places.len() > 1;
    for (at, place) in places.iter().enumerate() {
        if let Some(name) = place.name.as_deref().filter(|_| are_several) {
            let mark = if arguments.format == ReviewFormat::Markdown { "## " } else { "policy " };
            output::data(&format!("{}{mark}{name}\n\n", if at == 0 { "" } else { "\n" }))?;
        }
        let (plan, sources) = match read(&place.policies)? {
            Ok(both) => both,
            Err(refused) => {
                outcome = outcome.and(refused);
                continue;
            }
        };
        outcome = outcome.and(one(arguments, &place.policies, &plan, &sources)?);
        let others =
            before.iter().map(|(place, plan): &(&Place, Plan)| Planned { place, plan }).chain(rest.planned());
        let clashes = together::clashes(Planned { place, plan: &plan }, others);
        output::findings(&clashes, &sources);
        before.push((place, plan));
    }
    Ok(outcome)
}

/// The plan of the policy in a folder, and what it was read from.
fn read(policies: &Path) -> anyhow::Result<Result<(Plan, Sources), Outcome>> {
    let Some(read) = input::policies(policies) else {
        output::remark(&input::no_policy(policies, ""));
        return Ok(Err(Outcome::NothingToRead));
    };
    planned(read)
}

fn one(arguments: &Review, policies: &Path, plan: &Plan, sources: &Sources) -> anyhow::Result<Outcome> {
    match &arguments.against {
        None => year(arguments, plan, sources),
        Some(against) if revision::is_new(policies, against) => {
            output::remark(&format!("seasonscale: there is no policy in `{against}`: it is reviewed as new"));
            year(arguments, plan, sources)
        }
        Some(against) => match planned(revision::policies(policies, against)?)? {
            Ok((old, _)) => change(arguments, &old, plan, sources),
            Err(outcome) => Ok(outcome),
        },
    }
}

/// The plan of what was read; what forbids one is shown here.
fn planned(
    (sources, problems): (Sources, Vec<Diagnostic>),
) -> anyhow::Result<Result<(Plan, Sources), Outcome>> {
    let (plan, problems) = if problems.is_empty() { compile::plan(&sources) } else { (None, problems) };
    if plan.is_none() {
        output::findings(&problems, &sources);
    }
    Ok(plan.map(|plan| (plan, sources)).ok_or_else(|| Outcome::refused(&problems)))
}

fn year(arguments: &Review, plan: &Plan, sources: &Sources) -> anyhow::Result<Outcome> {
    let review = review::review(plan);
    let now = || Since::Now(today::today(), today::now());
    let since = arguments.today.map_or_else(now, Since::Day);
    output::data(&match arguments.format {
        ReviewFormat::Text => report::text(&review, since, usize::from(columns(arguments))),
        ReviewFormat::Markdown => report::markdown(&review, since),
        ReviewFormat::Json => report::json(&review),
        ReviewFormat::Html => report::html(&review, since),
    })?;
    let over = review::overspent(&review);
    output::findings(&over, sources);
    Ok(if over.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

fn columns(arguments: &Review) -> u16 {
    let terminal = || terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| columns);
    arguments.width.or_else(terminal).unwrap_or(COLUMNS).max(60)
}

fn change(arguments: &Review, old: &Plan, new: &Plan, sources: &Sources) -> anyhow::Result<Outcome> {
    let mut change = review::compare((old, new));
    if !change.is_none() && !change.moves() {
        change.facts.extend(named(old, new));
    }
    let migration = migration(old, new);
    let shown = report::Changed { change: &change, old, new, migration: migration.is_some() };
    output::data(&match arguments.format {
        ReviewFormat::Text => report::change_text(&shown),
        ReviewFormat::Markdown => report::change_markdown(&shown),
        ReviewFormat::Json => report::change_json(&shown),
        ReviewFormat::Html => report::change_html(&shown),
    })?;
    let mut findings: Vec<Diagnostic> = migration.into_iter().flatten().collect();
    findings.extend(review::overspent(&review::review(new)));
    output::findings(&findings, sources);
    let changed = arguments.fail_on_change && !change.is_none();
    Ok(if changed || any_error(&findings) { Outcome::Findings } else { Outcome::Clean })
}

/// Triggers and alerts that are others in the files of both; nothing where one of them cannot be made.
fn named(old: &Plan, new: &Plan) -> Vec<FactChange> {
    let texts = |plan: &Plan| {
        let made =
            |kind| emit::emit_one(plan, kind, &Templates::embedded()).ok().map(|artifact| artifact.text);
        let targets = &plan.profile.targets;
        let owns = targets.is_empty() || targets.iter().any(|target| target.kept.is_none());
        let rules = [
            (ArtifactKind::Alerts, owns),
            (ArtifactKind::KeptAlerts, plan.profile.makes(ArtifactKind::KeptAlerts)),
        ];
        let rules = rules.into_iter().filter(|(_, is_there)| *is_there).map(|(kind, _)| made(kind));
        made(ArtifactKind::Keda).zip(rules.collect::<Option<Vec<String>>>())
    };
    let mut made = parallel::each(&[old, new], |plan| texts(plan)).into_iter().flatten();
    let (Some((was, rules_were)), Some((is, rules_are))) = (made.next(), made.next()) else {
        return Vec::new();
    };
    let before = review::NamedFiles { manifest: &was, rules: &rules_were };
    review::file_changes((before, review::NamedFiles { manifest: &is, rules: &rules_are }))
}

/// Whether the journal is another one under the same version; and the finding, if that version is released.
fn migration(old: &Plan, new: &Plan) -> Option<Option<Diagnostic>> {
    // As if nothing were released: what is asked is whether the policy says something else.
    let text = |plan: &Plan| {
        let mut plan = plan.clone();
        plan.profile.journal.as_mut()?.released.clear();
        let made = plan.profile.makes(ArtifactKind::Journal);
        made.then(|| emit::emit_one(&plan, ArtifactKind::Journal, &Templates::embedded()).ok()).flatten()
    };
    let (before, after) = (text(old)?, text(new)?);
    let (was, journal) = (old.profile.journal.as_ref()?, new.profile.journal.as_ref()?);
    if was.version.value != journal.version.value || before.text == after.text {
        return None;
    }
    let released = was.is_released() || journal.is_released();
    Some(released.then(|| {
        let version = journal.version.value;
        Diagnostic::new(Rule::ReleasedMigration, format!("V{version} has been released and would change"))
            .at(journal.version.span, "databases have applied this version")
            .help(format!("set `version = {}` for the next migration; `released` stays", version + 1))
    }))
}
