//! Compiling what the arguments name, for `generate` and `check`: read, compile, and see what is already out there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::place::Place;
use super::together::Planned;
use super::{Outcome, input, output};
use crate::artifact::ArtifactKind;
use crate::compile::{self, Compiled};
use crate::finding::{Diagnostic, Rule};
use crate::profile::Journal;
use crate::source::{Sources, Span};
use crate::verify;

/// What was compiled, and where it belongs.
pub(super) struct Compilation {
    pub(super) place: Place,
    pub(super) compiled: Compiled,
    pub(super) sources: Sources,
    /// The templates that are the user's.
    theirs: Vec<(&'static str, ArtifactKind)>,
}

impl Compilation {
    /// It beside others.
    pub(super) fn planned(&self) -> Planned<'_> {
        Planned { place: &self.place, plan: &self.compiled.plan }
    }

    /// Says in a line for each replaced template what is not proven of it.
    pub(super) fn say_theirs(&self) {
        for (name, kind) in &self.theirs {
            let designed = verify::claims(*kind).designed.join("; ");
            output::remark(&format!(
                "{name} is yours: what the policy says is still proven of it, but not {designed}"
            ));
        }
        self.say_alerts(
            true,
            "yours: the embedded templates do not make it, and when it fires is not proven",
        );
        self.say_alerts(false, "another than the embedded templates make: its labels or its expression");
    }

    /// Alerts of their templates, in a line for each file.
    fn say_alerts(&self, added: bool, what: &str) {
        let own = || self.compiled.own_alerts.iter().filter(|alert| alert.is_added == added);
        let files: BTreeSet<&str> = own().map(|alert| alert.file.as_str()).collect();
        for file in files {
            let names: Vec<String> =
                own().filter(|alert| alert.file == file).map(ToString::to_string).collect();
            let each = if names.len() == 1 { "is" } else { "are each" };
            output::remark(&format!("{file}: {} {each} {what}", names.join(", ")));
        }
    }
}

/// Why a policy was not compiled.
pub(super) struct Refused {
    pub(super) outcome: Outcome,
    pub(super) problems: Vec<Diagnostic>,
    /// None where there is no policy.
    pub(super) sources: Option<Sources>,
}

impl Refused {
    /// Shows the findings.
    pub(super) fn show(&self) -> Outcome {
        if let Some(sources) = &self.sources {
            output::findings(&self.problems, sources);
        }
        self.outcome
    }
}

/// Reads and compiles a policy.
pub(super) fn compiled(place: Place) -> anyhow::Result<Result<Compilation, Refused>> {
    let Some((sources, problems)) = input::policies(&place.policies) else {
        output::remark(&input::no_policy(&place.policies, ""));
        return Ok(Err(Refused { outcome: Outcome::NothingToRead, problems: Vec::new(), sources: None }));
    };
    let refused = |problems: Vec<Diagnostic>, sources| {
        let outcome = Outcome::refused(&problems);
        Ok(Err(Refused { outcome, problems, sources: Some(sources) }))
    };
    if !problems.is_empty() {
        return refused(problems, sources);
    }
    let templates = match input::templates(place.templates.as_deref())? {
        Ok(templates) => templates,
        Err(problems) => return refused(problems, sources),
    };
    let compiled = match compile::compile(&sources, &templates) {
        Ok(compiled) => compiled,
        Err(problems) => return refused(problems, sources),
    };
    let theirs = templates.replaced().to_vec();
    let mut problems: Vec<Diagnostic> = taken(&place, &compiled)?.into_iter().collect();
    problems.extend(not_made(&place, &compiled));
    if problems.is_empty() {
        Ok(Ok(Compilation { place, compiled, sources, theirs }))
    } else {
        refused(problems, sources)
    }
}

/// Every kind that `--only` names and the policy does not make.
fn not_made<'p>(place: &'p Place, compiled: &'p Compiled) -> impl Iterator<Item = Diagnostic> + use<'p> {
    let made = |kind: ArtifactKind| compiled.artifacts.iter().any(|artifact| artifact.kind == kind);
    let lost = place.only.iter().filter(move |only| !made(only.0));
    lost.map(|only| {
        let id = only.0.id();
        Diagnostic::new(Rule::NotMade, format!("`--only {id}` asks for a file that this policy does not make"))
            .at(Span::new(Sources::TERRITORIES, 0..0), format!("nothing here asks for `{id}`"))
            .help(format!("add \"{id}\" to `make` in `[artifacts]`, or what it is made of; `seasonscale keys artifacts` has the words"))
    })
}

/// Whether the migration's version is taken in the project's own folder.
fn taken(place: &Place, compiled: &Compiled) -> anyhow::Result<Option<Diagnostic>> {
    let Some(folder) = &place.migrations_dir else { return Ok(None) };
    let Some(journal) = &compiled.plan.profile.journal else { return Ok(None) };
    let existing = input::file_names(folder)?;
    Ok(verify::version_taken(journal, &existing))
}

/// A migration that has been applied somewhere keeps its bytes, for Flyway compares checksums: where the policy says
/// something else than the last released file, it needs a next version.
pub(super) fn rewritten_release(compiled: &Compiled, out: &Path) -> Option<Diagnostic> {
    let profile = &compiled.plan.profile;
    let journal = profile.journal.as_ref()?;
    if !journal.is_released() {
        return None;
    }
    let version = journal.version.value;
    let name = released_files(journal, out).into_iter().find(|(of, _)| *of == version)?.1;
    let text = String::from_utf8(input::read(&out.join(&name)).ok()?).ok()?;
    let others = verify::released_differently(profile, &text);
    (!others.is_empty()).then(|| {
        let mut finding =
            Diagnostic::new(Rule::ReleasedMigration, format!("`{name}` has been released and would change"))
                .at(journal.version.span, "databases have applied this version");
        for other in others {
            finding = finding.note(other);
        }
        finding.help(format!("set `version = {}` for the next migration; `released` stays", version + 1))
    })
}

/// The released migrations in `out`, each with its version: the name tells which, whatever its description says.
pub(super) fn released_files(journal: &Journal, out: &Path) -> Vec<(u32, String)> {
    let entries = fs::read_dir(out).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let found = names.into_iter().filter_map(|name| Some((released_version(journal, &name)?, name)));
    found.filter(|(_, name)| name.starts_with('V')).collect()
}

/// The released version that a file of this name belongs to, as its migration or as the script that takes it back.
pub(super) fn released_version(journal: &Journal, name: &str) -> Option<u32> {
    let stem = name.strip_suffix(".sql")?;
    let (version, _) = stem.strip_prefix(['V', 'U'])?.split_once("__")?;
    version.parse().ok().filter(|version| journal.released.contains(version))
}
