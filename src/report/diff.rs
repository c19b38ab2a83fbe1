//! Differences between texts, as unified diffs with colour.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();
const HUNK: Style = AnsiColor::Cyan.on_default();
const HEADER: Style = Style::new().bold();

/// The way from `old` (on disk) to `new` (what the policy says), three lines of context around each change. Colours are
/// always in it; the terminal's writer takes them out where nobody wants them.
pub fn unified(name: &str, (old, new): (&str, &str)) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut text = format!("{HEADER}--- a/{name}\n+++ b/{name}{HEADER:#}\n");
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        let _ = writeln!(text, "{HUNK}{}{HUNK:#}", hunk.header());
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', REMOVED),
                ChangeTag::Insert => ('+', ADDED),
                ChangeTag::Equal => (' ', Style::new()),
            };
            let line = change.to_string_lossy();
            let _ = writeln!(text, "{style}{sign}{}{style:#}", line.trim_end_matches('\n'));
            if change.missing_newline() {
                text.push_str("\\ No newline at end of file\n");
            }
        }
    }
    text
}
