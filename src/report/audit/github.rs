//! Findings as annotations of a pull request: workflow commands of GitHub Actions
//! (docs.github.com: "Workflow commands for GitHub Actions", setting an error message).

use std::cmp::Reverse;

use super::price::price;
use super::severity;
use crate::audit::File;
use crate::finding::Severity;
use crate::rules::cost::Cost;
use crate::rules::finding::Finding;
use crate::time::{Instant, Window};

/// Commands gathered from file to file: GitHub shows only the first ten errors and the first ten warnings of a step, so
/// the worst of all files come first.
pub struct Github {
    window: Window<Instant>,
    commands: Vec<(Severity, Cost, String)>,
}

impl Github {
    /// Of an audit over `window`.
    pub fn new(window: Window<Instant>) -> Self {
        Self { window, commands: Vec::new() }
    }

    /// Adds a file's findings.
    pub fn add(&mut self, file: &File) {
        let window = self.window;
        let commands = file.findings.iter();
        self.commands.extend(
            commands.map(|finding| (finding.rule.severity(), finding.cost, command(file, finding, window))),
        );
    }

    /// One line for each finding.
    pub fn text(mut self) -> String {
        self.commands.sort_by_key(|(severity, cost, _)| Reverse((*severity, *cost)));
        self.commands.into_iter().map(|(_, _, command)| command).collect()
    }
}

fn command(file: &File, finding: &Finding, window: Window<Instant>) -> String {
    let place = &finding.place;
    let cost = match price(finding.cost, window) {
        unknown if unknown.is_empty() => unknown,
        price => format!("cost: {price}\n"),
    };
    format!(
        "::{} file={},line={},col={},title={}::{}\n",
        severity(finding),
        property(&file.name),
        place.mark.line.max(1),
        place.mark.column.max(1),
        property(&format!("{} ({})", finding.rule.summary(), finding.rule.id())),
        message(&format!("{}\n{}\n{cost}help: {}", place.object, finding.effect, finding.mend)),
    )
}

pub(in crate::report) fn message(text: &str) -> String {
    text.trim_start().replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

pub(in crate::report) fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_a_command_or_a_property() {
        assert_eq!(message("50 %\nof: all, or so"), "50 %25%0Aof: all, or so");
        assert_eq!(property("a:b,c%\r\n"), "a%3Ab%2Cc%25%0D%0A");
    }
}
