//! Flyway's rules: the name of the file, one transaction that is Flyway's own, no placeholders, a version nobody else has.
//! (Flyway documentation, "Migrations": naming, transactions, placeholders.)

use super::diags::{self, Report};
use super::statements::Script;
use crate::artifact::Artifact;
use crate::diagnostic::Diagnostic;
use crate::profile::Journal;

pub(super) fn check(
    path: &str,
    expected: &str,
    artifact: &Artifact,
    script: &Script,
    report: &mut Report<'_>,
) {
    if path != expected {
        report.flyway(&format!("the migration is called `{path}`, not `{expected}`"), None);
    }
    if let Some(at) = artifact.text.find("${") {
        let line = 1 + artifact.text[..at].matches('\n').count();
        report.flyway("`${` would be taken for a placeholder", Some(line));
    }
    for statement in &script.statements {
        let first = statement.text.split(' ').next().unwrap_or_default();
        if matches!(first, "begin" | "commit" | "rollback" | "start" | "end" | "abort") {
            report.flyway(&format!("`{first}` would end Flyway's own transaction"), Some(statement.line));
        }
        if statement.says("concurrently") {
            report.flyway("CONCURRENTLY does not run inside a transaction", Some(statement.line));
        }
    }
}

/// Whether another file among `existing`, the names in a folder of migrations, has the journal's version.
pub fn taken(journal: &Journal, existing: &[String]) -> Option<Diagnostic> {
    let (version, span) = (journal.version.value, journal.version.span);
    let ours = journal.migration_file();
    existing.iter().filter(|name| **name != ours && name.ends_with(".sql")).find_map(|name| {
        let rest = name.strip_prefix(['V', 'v'])?;
        if let Some((found, _)) = rest.split_once("__") {
            return is_version(found, version).then(|| diags::version_taken(version, name, &ours, span));
        }
        let (found, _) = rest.split_once('_')?;
        is_version(found, version).then(|| diags::one_underscore(name, span))
    })
}

/// Flyway compares versions number by number, and zeros at the end do not count: 226, 0226, 226.0, 226_0.
fn is_version(text: &str, version: u32) -> bool {
    let mut parts = text.split(['.', '_']).map(str::parse::<u32>);
    parts.next() == Some(Ok(version)) && parts.all(|part| part == Ok(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_versions_are_recognized_in_any_spelling() {
        for same in ["226", "0226", "226.0", "226.0.0"] {
            assert!(is_version(same, 226), "{same}");
        }
        for other in ["227", "226.1", "22", "x226", "226a", ""] {
            assert!(!is_version(other, 226), "{other}");
        }
    }
}
