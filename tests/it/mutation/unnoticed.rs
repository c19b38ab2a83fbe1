//! Changes of a text that nobody can notice: which, and why.

use super::Mutant;

/// How the change begins, with the reason why it makes no difference.
const UNNOTICED: [(&str, &str); 12] = [
    ("doubled: ALTER TABLE", "a table is switched to what it is already"),
    ("doubled: AND ", "what is asked twice is answered alike"),
    ("doubled: GRANT ", "a right is given that is there already"),
    ("doubled: << schema >>.", "a list of functions names one twice"),
    ("50000 to 50001", "the largest batch: none here is as large"),
    ("1000 to 1001", "the same of a smaller one"),
    ("doubled: RETURN ", "behind a return nothing is done"),
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
