//! The guide read back: it names every file that is made and none that is not, and its table says what the plan says.

use super::report::Report;
use super::runbook::markdown::Document;
use crate::artifact::{Artifact, ArtifactKind};
use crate::finding::Diagnostic;
use crate::plan::Plan;

/// How the names of files end that a guide may speak of.
const ENDINGS: [&str; 8] = [".yaml", ".yml", ".sql", ".properties", ".md", ".ics", ".json", ".js"];

pub(super) fn verify(plan: &Plan, artifact: &Artifact, all: &[Artifact]) -> Vec<Diagnostic> {
    let mut report = Report::new(artifact, "guide.md.j2");
    let document = Document::read(&artifact.text);
    if !document.fences_balance() {
        report.mismatch(None, "a block of code does not end".to_owned());
    }
    check_names(plan, &document, artifact, all, &mut report);
    for schedule in &plan.schedules {
        let target = &plan.profile.targets[schedule.target.0];
        let (min, max) = (target.min.value, target.max.value);
        let name = plan.profile.full_name(target);
        let row = format!("| `{name}` | {min} to {max} | {} |", schedule.peak());
        if !document.lines.contains(&row.as_str()) {
            report.mismatch(None, format!("the guide has no row `{row}`"));
        }
    }
    let (from, last) = (plan.horizon.from, plan.horizon.until.plus_days(-1));
    if !artifact.text.contains(&format!("from {from} to {last}")) {
        report.mismatch(None, format!("the guide does not say that it holds from {from} to {last}"));
    }
    report.found
}

/// Every file that is made is named, and no other but those of a released migration.
fn check_names(
    plan: &Plan,
    document: &Document<'_>,
    artifact: &Artifact,
    all: &[Artifact],
    report: &mut Report<'_>,
) {
    let lines = document.lines.iter().enumerate();
    let named: Vec<(usize, &str)> =
        lines.flat_map(|(at, line)| names(line).map(move |name| (at + 1, name))).collect();
    let released = plan.profile.journal.as_ref().filter(|journal| journal.is_released());
    let is_kept = |name: &str| {
        released.is_some_and(|journal| {
            [journal.migration_file(), journal.undo_file()].iter().any(|file| file == name)
        })
    };
    let is_made = |name: &str| all.iter().any(|other| means(name, &other.path)) || is_kept(name);
    for (line, name) in named.iter().filter(|(_, name)| !is_made(name)) {
        report.mismatch(Some(*line), format!("the guide speaks of `{name}`, which is not made"));
    }
    for other in all.iter().filter(|other| other.kind != artifact.kind) {
        // A folder of Kubernetes files is applied by its kustomization, without its name.
        let is_meant = other.kind == ArtifactKind::Kustomization && artifact.text.contains("-k .");
        if !is_meant && !named.iter().any(|(_, name)| means(name, &other.path)) {
            report.mismatch(None, format!("the guide does not speak of `{}`, which is made", other.path));
        }
    }
}

/// Whether `name` is that path, or a pattern that takes it in: `alerts-calendar/*.test.yml`.
fn means(name: &str, path: &str) -> bool {
    name.split_once('*').map_or(name == path, |(before, after)| {
        path.strip_prefix(before).is_some_and(|rest| rest.len() > after.len() && rest.ends_with(after))
    })
}

/// Code spans of a line that are the name of a file, `*.toml` aside, which is the user's.
fn names(line: &str) -> impl Iterator<Item = &str> {
    let spans = line.split('`').skip(1).step_by(2);
    let words = spans.flat_map(|span| span.split(' '));
    words.filter(|word| ENDINGS.iter().any(|ending| word.ends_with(ending)) && !word.contains("://"))
}
