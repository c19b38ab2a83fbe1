//! Changes of a text that nobody can notice: which, and why.

use super::Mutant;

/// How the change begins, with the reason why it makes no difference.
const UNNOTICED: [(&str, &str); 6] = [
    ("doubled: ALTER TABLE", "a table is switched to what it is already"),
    ("doubled: SET ", "a setting gets the value that it has"),
    ("doubled: EXECUTE pg_catalog.format('COMMENT ON", "a comment gets the words that it has"),
    ("doubled: WHEN duplicate_object", "the handler of an error that the one before it has taken"),
    ("doubled: DELETE FROM << schema >>.journal_delivery", "what is gone cannot be deleted"),
    ("doubled: summaryTrendStats", "a key gets the value that it has"),
];

/// Whether it is one of them.
pub(super) fn is_unnoticed(mutant: &Mutant) -> bool {
    UNNOTICED.iter().any(|(part, _reason)| mutant.what.starts_with(part))
}
