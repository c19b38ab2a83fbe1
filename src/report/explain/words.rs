//! Words and marks that more than one part of an explanation has.

use anstyle::{AnsiColor, Style};

use super::Shown;
use crate::profile::Target;
use crate::time::LocalTime;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();

pub(super) fn target(shown: Shown<'_>) -> &Target {
    &shown.plan.profile.targets[shown.explanation.target.0]
}

/// `Sat 3 Oct 2026 12:00`
pub(super) fn moment(local: LocalTime) -> String {
    format!("{} {}", local.date().long(), local.time_of_day())
}
