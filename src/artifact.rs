//! The files that the compiler makes: which kinds there are, what they are called, and their text.

/// A kind of file. The order is the order in which files are made, verified and reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArtifactKind {
    /// KEDA ScaledObjects: `keda-scalers.yaml`
    Keda,
    /// Prometheus recording and alerting rules: `alerts-scaling.yml`
    Alerts,
    /// The Flyway migration: `V226__scaling_event_journal.sql`
    Journal,
    /// The script that takes the migration back: `U226__scaling_event_journal.sql`
    Undo,
    /// The seasonal runbook: `runbook-seasonal.md`
    Runbook,
}

impl ArtifactKind {
    /// All kinds, in order.
    pub const ALL: [Self; 5] = [Self::Keda, Self::Alerts, Self::Journal, Self::Undo, Self::Runbook];

    /// The word for it on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Keda => "keda",
            Self::Alerts => "alerts",
            Self::Journal => "journal",
            Self::Undo => "undo",
            Self::Runbook => "runbook",
        }
    }
}

/// The manifest's file name.
pub const KEDA_FILE: &str = "keda-scalers.yaml";
/// The rules' file name.
pub const ALERTS_FILE: &str = "alerts-scaling.yml";
/// The runbook's file name.
pub const RUNBOOK_FILE: &str = "runbook-seasonal.md";

/// One made file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// What it is.
    pub kind: ArtifactKind,
    /// Its name inside the output folder.
    pub path: String,
    /// Its whole content: UTF-8, ending in a line feed.
    pub text: String,
}
