//! Flyway's rules: the name of the file, one transaction that is Flyway's own, no placeholders, a version nobody else has.
//! (Flyway documentation, "Migrations": naming, transactions, placeholders.)

use super::diags::{self, Report};
use super::statements::Script;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::profile::Journal;

/// What ends a transaction, begins one or divides it.
const CONTROL: [&str; 8] =
    ["begin", "start transaction", "commit", "rollback", "abort", "end", "savepoint", "prepare transaction"];

pub(super) fn check(expected: &str, artifact: &Artifact, script: &Script, report: &mut Report<'_>) {
    if artifact.path != expected {
        report.flyway(&format!("the file is called `{}`, not `{expected}`", artifact.path), None);
    }
    if let Some(at) = artifact.text.find("${") {
        let line = 1 + artifact.text[..at].matches('\n').count();
        report.flyway("`${` would be taken for a placeholder", Some(line));
    }
    for statement in &script.statements {
        for control in CONTROL {
            // In a body BEGIN and END hold blocks together; the other two end the transaction there as well.
            let inside = ["commit", "rollback"].contains(&control) && statement.times(control) > 0;
            if inside || statement.is_command(control) {
                let what = format!("`{control}` would interfere with Flyway's own transaction");
                report.flyway(&what, Some(statement.line));
            }
        }
        if statement.says("concurrently") {
            report.flyway("CONCURRENTLY does not run inside a transaction", Some(statement.line));
        }
    }
}

/// Whether another file among `existing`, the names in a folder of migrations, has the journal's version: an SQL
/// migration, or one in a language of the Java machine, which counts as well.
pub fn taken(journal: &Journal, existing: &[String]) -> Option<Diagnostic> {
    let (version, span) = (journal.version.value, journal.version.span);
    let ours = journal.migration_file();
    existing.iter().filter(|name| **name != ours).find_map(|name| {
        let stem = LANGUAGES.iter().find_map(|language| name.strip_suffix(language))?;
        let rest = stem.strip_prefix('V')?;
        if let Some((found, _)) = rest.split_once("__") {
            return is_version(found, version).then(|| diags::version_taken(version, name, &ours, span));
        }
        if is_version(rest, version) {
            return Some(diags::version_taken(version, name, &ours, span));
        }
        let (found, _) = rest.split_once('_')?;
        is_version(found, version).then(|| diags::one_underscore(name, span))
    })
}

const LANGUAGES: [&str; 5] = [".sql", ".java", ".kt", ".groovy", ".class"];

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
