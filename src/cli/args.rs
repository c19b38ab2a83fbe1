//! What can be typed: clap's types and their words, nothing else.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::artifact::ArtifactKind;
use crate::diagnostic::Severity;
use crate::explain::When;
use crate::quantity::{self, Version};
use crate::time::Date;

/// Compiles a business's year into KEDA ScaledObjects, Prometheus rules, a Flyway migration and a runbook, and proves
/// that they say the same.
#[derive(Debug, Parser)]
#[command(name = "seasonscale", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 clean, 1 findings or drift, 2 usage or I/O, 3 nothing to read.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Compile, verify, and write what changed, all or nothing.
    #[command(after_help = EXIT_CODES)]
    Generate(Generate),
    /// Compile and verify in memory, and show where the files on disk differ. Never writes.
    #[command(after_help = EXIT_CODES)]
    Check(Check),
    /// Show what anybody's ScaledObjects do over a year, and what is wrong with them.
    #[command(after_help = EXIT_CODES)]
    Audit(Audit),
    /// Say why a floor is what it is at some moment, or what stands behind a finding.
    #[command(after_help = EXIT_CODES)]
    Explain(Explain),
    /// Show a policy's year: floors, peaks, pod-hours, cost; or what a change does to it.
    #[command(after_help = EXIT_CODES)]
    Review(Review),
    /// Propose a policy for hand-written ScaledObjects, with a proof that it says the same, or campaigns for a calendar.
    #[command(after_help = EXIT_CODES)]
    Import(Import),
    /// List the ids of all findings, with what each means.
    Rules,
    /// List the embedded templates, or print one, as a start for `--templates DIR`.
    Templates {
        /// The template to print, for example `scaledobject.yaml.j2`.
        name: Option<String>,
    },
    /// Print completions for a shell, to be put where it looks for them.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

/// Where everything is read from and written to.
#[derive(Clone, Debug, Args)]
pub(super) struct Places {
    /// Folder with `calendar.toml` and `territories.toml`.
    #[arg(short = 'i', long, value_name = "DIR", default_value = "policies")]
    pub(super) policies: PathBuf,
    /// Folder of the generated files; with `generate`, `-` prints them instead.
    #[arg(short = 'o', long, value_name = "DIR", default_value = "generated")]
    pub(super) out: PathBuf,
    /// Folder whose templates replace the embedded ones of the same name.
    #[arg(long, value_name = "DIR")]
    pub(super) templates: Option<PathBuf>,
    /// Folder of the project's Flyway migrations: a version that is already taken there is refused.
    #[arg(long, value_name = "DIR")]
    pub(super) migrations_dir: Option<PathBuf>,
    /// Only these files, separated by commas. All are compiled and verified all the same.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    pub(super) only: Vec<Kind>,
    /// From which severity on findings make the run fail.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub(super) fail_on: FailOn,
}

impl Places {
    /// Whether a file of this kind is wanted.
    pub(super) fn wants(&self, kind: ArtifactKind) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.0 == kind)
    }
}

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub(super) struct Generate {
    #[command(flatten)]
    pub(super) places: Places,
    /// The same as `seasonscale check`.
    #[arg(long)]
    pub(super) check: bool,
    /// Taken as today by `--check`, for tests.
    #[arg(long, value_name = "DATE", value_parser = date, requires = "check")]
    pub(super) today: Option<Date>,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) places: Places,
    /// Taken as today when the plan's end is looked at, for tests.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) today: Option<Date>,
}

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub(super) struct Audit {
    /// Manifests: YAML or JSON, any kinds; a folder stands for all such files below it, `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// First day that is shown, on the clocks of each object (JSON: in UTC); left out: 1 January of this year.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) from: Option<Date>,
    /// First day that is not; left out: a year later.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) until: Option<Date>,
    /// KEDA's version.
    #[arg(long, value_name = "VERSION", default_value = "2.20", value_parser = keda)]
    pub(super) keda: Version,
    /// The cluster's version.
    #[arg(long, value_name = "VERSION", default_value = "1.35", value_parser = kubernetes)]
    pub(super) kubernetes: Version,
    /// How to print; left out: `human`, or `github` inside of GitHub Actions.
    #[arg(long, value_name = "FORMAT")]
    format: Option<AuditFormat>,
    /// From which severity on findings make the run fail.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub(super) fail_on: FailOn,
    /// Name the documents that were passed over, too.
    #[arg(short, long)]
    pub(super) verbose: bool,
}

impl Audit {
    /// The format that was asked for, or that the surroundings ask for.
    pub(super) fn format(&self) -> AuditFormat {
        let in_actions = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        self.format.unwrap_or(if in_actions { AuditFormat::Github } else { AuditFormat::Human })
    }
}

/// How an audit is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum AuditFormat {
    /// Each object with its year, and findings like a compiler's
    Human,
    /// Everything, for programs
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A Deployment (`freshplan-api-queries-de`, or short: `DE/queries`), or the id of a finding (`cron-dst-gap`).
    #[arg(value_name = "TARGET|ID")]
    pub(super) subject: String,
    /// The moment, on the target's own clocks: `2026-10-03 12:00`, or a date for its midnight; with `Z` or `+02:00` at its
    /// end one instant. Left out: now.
    #[arg(long, value_name = "TIME", value_parser = when)]
    pub(super) at: Option<When>,
    /// Folder with `calendar.toml` and `territories.toml`.
    #[arg(short = 'i', long, value_name = "DIR", default_value = "policies")]
    pub(super) policies: PathBuf,
    /// Folder of the generated files: what is there is not read, only compared.
    #[arg(short = 'o', long, value_name = "DIR", default_value = "generated")]
    pub(super) out: PathBuf,
    /// Folder whose templates replace the embedded ones of the same name.
    #[arg(long, value_name = "DIR")]
    pub(super) templates: Option<PathBuf>,
    /// How to say it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: ExplainFormat,
}

/// How an explanation is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainFormat {
    /// For people
    Text,
    /// For programs; `.docs/explain-json.md` has its fields
    Json,
}

/// Arguments of `review`.
#[derive(Debug, Args)]
pub(super) struct Review {
    /// Folder with `calendar.toml` and `territories.toml`.
    #[arg(short = 'i', long, value_name = "DIR", default_value = "policies")]
    pub(super) policies: PathBuf,
    /// Show what differs from another folder, or from the same folder in a Git revision (`main`, `HEAD~1`).
    #[arg(long, value_name = "REV|DIR")]
    pub(super) against: Option<String>,
    /// With `--against`: exit 1 where anything differs.
    #[arg(long, requires = "against")]
    pub(super) fail_on_change: bool,
    /// How to say it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: ReviewFormat,
    /// Columns of the text; left out: those of the terminal, or 80.
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(60..=400))]
    pub(super) width: Option<u16>,
    /// Taken as today where it says what comes next; left out: the clock's.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) today: Option<Date>,
}

/// How a review is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReviewFormat {
    /// For the terminal
    Text,
    /// For a comment on a pull request
    Markdown,
    /// For programs; `.docs/review-json.md` has its fields
    Json,
    /// One page for a browser
    Html,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// Files with ScaledObjects, in YAML or JSON, a folder for all such files below it, or calendars with campaigns (.ics);
    /// `-` reads stdin.
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// The policy that a calendar's campaigns are for; manifests need none.
    #[arg(short = 'i', long, value_name = "DIR", default_value = "policies")]
    pub(super) policies: PathBuf,
    /// Folder for the proposal, which must have no policy yet; left out: it is printed.
    #[arg(short = 'o', long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// First day of the proposal, and of the proof; left out: 1 January of this year.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) from: Option<Date>,
    /// The day after the last one; left out: 1 January of the year after `--from`.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) until: Option<Date>,
    /// The KEDA that runs the manifests.
    #[arg(long, value_name = "VERSION", default_value = "2.20", value_parser = keda)]
    pub(super) keda: Version,
    /// Carry over what KEDA does, faults included, instead of what the schedules say.
    #[arg(long)]
    pub(super) as_is: bool,
    /// List every stretch that differs, also where there are hundreds.
    #[arg(long)]
    pub(super) all: bool,
    /// Taken as today, for tests.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) today: Option<Date>,
}

/// A kind of file, as the command line calls it: the same words as in `[artifacts]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind(ArtifactKind);

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
pub(super) enum FailOn {
    /// Only what forbids writing
    Error,
    /// Warnings too
    Warning,
}

impl FailOn {
    /// The least severity that fails.
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
        }
    }
}

fn keda(text: &str) -> Result<Version, String> {
    version(text, quantity::KEDA)
}

fn kubernetes(text: &str) -> Result<Version, String> {
    version(text, quantity::KUBERNETES)
}

fn version(text: &str, (least, last): (Version, Version)) -> Result<Version, String> {
    let version = Version::parse(text).ok_or_else(|| format!("a version is written as {last}"))?;
    if (least..=last).contains(&version) {
        Ok(version)
    } else {
        Err(format!("what is modelled is {least} to {last}"))
    }
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "a date is written as 2026-12-24".to_owned())
}

fn when(text: &str) -> Result<When, String> {
    When::parse(text).ok_or_else(|| {
        "a moment is written as \"2026-10-03 12:00\", 2026-10-03, or 2026-10-03T10:00Z, in the years from 1970 to 2100"
            .to_owned()
    })
}
