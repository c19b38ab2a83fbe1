//! Where policies and made files are, which of them are meant, and when a run fails: what most commands have in common.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::artifact::ArtifactKind;
use crate::finding::Severity;

/// Where everything is read from and written to.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct Places {
    /// Only these policies of `seasonscale.toml`, which is looked for here and above; left out: all.
    #[arg(value_name = "POLICY")]
    pub(in crate::cli) names: Vec<String>,
    /// Folder with `calendar.toml` and `territories.toml`; left out: as `seasonscale.toml` says, or `policies`.
    #[arg(short = 'i', long, value_name = "DIR")]
    pub(in crate::cli) policies: Option<PathBuf>,
    /// Folder of the generated files. `generate -o -` prints them instead of writing them. Left out: as `seasonscale.toml` says, or
    /// `generated`.
    #[arg(short = 'o', long, value_name = "DIR")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Folder whose templates replace the embedded ones of the same name.
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) templates: Option<PathBuf>,
    /// Folder of the project's Flyway migrations: a version that is already taken there is refused.
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) migrations_dir: Option<PathBuf>,
    /// Only these files, separated by commas. All are compiled and verified all the same.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub(in crate::cli) only: Vec<Kind>,
    /// Exit 1 on findings of this severity, and of a worse one.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub(in crate::cli) fail_on: FailOn,
    /// Print findings only. For `check`, a file that differs is a finding, too.
    #[arg(short, long)]
    pub(in crate::cli) quiet: bool,
}

impl Places {
    /// Those of these names, or that in this folder.
    pub(in crate::cli) fn of(names: &[String], policies: Option<&Path>) -> Self {
        Self {
            names: names.to_vec(),
            policies: policies.map(Path::to_owned),
            out: None,
            templates: None,
            migrations_dir: None,
            only: Vec::new(),
            fail_on: FailOn::Error,
            quiet: false,
        }
    }

    /// With another folder of generated files, or of templates.
    pub(in crate::cli) fn with(self, out: Option<&PathBuf>, templates: Option<&Path>) -> Self {
        Self { out: out.cloned(), templates: templates.map(Path::to_owned), ..self }
    }
}

/// A kind of file, as the command line calls it: the same words as in `[artifacts]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Kind(pub(in crate::cli) ArtifactKind);

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Kind; ArtifactKind::ALL.len()] = {
            let mut all = [Kind(ArtifactKind::Keda); ArtifactKind::ALL.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = Kind(ArtifactKind::ALL[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.id()).help(self.0.about()))
    }
}

/// A severity, as the command line calls it.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum FailOn {
    /// Only what forbids writing
    Error,
    /// Warnings too
    Warning,
}

impl FailOn {
    /// The least severity that fails.
    pub(in crate::cli) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
        }
    }
}
