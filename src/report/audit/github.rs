//! Findings as annotations of a pull request: workflow commands of GitHub Actions
//! (docs.github.com: "Workflow commands for GitHub Actions", setting an error message).

use std::fmt::Write;

use super::severity;
use crate::audit::File;

/// One command for each finding.
pub fn github(file: &File) -> String {
    let mut out = String::new();
    for finding in &file.findings {
        let place = &finding.place;
        let _ = writeln!(
            out,
            "::{} file={},line={},col={},title={}::{}",
            severity(finding),
            property(&file.name),
            place.mark.line.max(1),
            place.mark.column.max(1),
            property(&format!("{} ({})", finding.check.summary(), finding.check.id())),
            message(&format!("{}\n{}\nhelp: {}", place.object, finding.effect, finding.mend)),
        );
    }
    out
}

fn message(text: &str) -> String {
    text.trim_start().replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
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
