//! What can be typed: clap's types and their words, nothing else.

use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::artifact::ArtifactKind;
use crate::begin::Preset;
use crate::diagnostic::Severity;
use crate::explain::When;
use crate::keys;
use crate::quantity::{self, Release, Seconds, Version};
use crate::time::{Date, LocalTime};

/// Compiles a business's year into KEDA ScaledObjects, Prometheus rules, a Flyway migration and a runbook, and proves
/// that they say the same.
#[derive(Debug, Parser)]
#[command(name = "seasonscale", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// The largest file, and the most of standard input, that is read: bytes, or `200MiB`, `2GiB`.
    #[arg(long, global = true, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    pub(super) max_size: u64,
}

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
    #[arg(long, value_name = "COUNT", default_value = "2")]
    pub(super) min: u32,
    /// The most replicas of each.
    #[arg(long, value_name = "COUNT", default_value = "20")]
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

/// Where everything is read from and written to.
#[derive(Clone, Debug, Args)]
pub(super) struct Places {
    /// Only these policies of `seasonscale.toml`, which is looked for here and above; left out: all.
    #[arg(value_name = "POLICY")]
    pub(super) names: Vec<String>,
    /// Folder with `calendar.toml` and `territories.toml`; left out: as `seasonscale.toml` says, or `policies`.
    #[arg(short = 'i', long, value_name = "DIR")]
    pub(super) policies: Option<PathBuf>,
    /// Folder of the generated files; with `generate`, `-` prints them instead. Left out: as `seasonscale.toml` says, or `generated`.
    #[arg(short = 'o', long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
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
    /// Say nothing but findings; with `check`, what differs is one.
    #[arg(short, long)]
    pub(super) quiet: bool,
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
    /// Of which file.
    #[arg(value_parser = PossibleValuesParser::new(keys::FILES.map(|file| file.id)), required_unless_present = "out")]
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
        Places {
            names: self.names.clone(),
            policies: self.policies.clone(),
            out: None,
            templates: None,
            migrations_dir: None,
            only: Vec::new(),
            fail_on: FailOn::Error,
            quiet: false,
        }
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

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// Folder with `calendar.toml` and `territories.toml`.
    #[arg(short = 'i', long, value_name = "DIR", default_value = "policies")]
    pub(super) policies: PathBuf,
    /// Folder whose templates replace the embedded ones of the same name.
    #[arg(long, value_name = "DIR")]
    pub(super) templates: Option<PathBuf>,
    /// Run these ScaledObjects instead of those that the policy makes; a folder stands for all such files below it.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) manifest: Vec<PathBuf>,
    /// Run others under the same load, too: a manifest, a folder of manifests, a folder with another policy, or the same folder
    /// in a Git revision.
    #[arg(long, value_name = "FILE|REV|DIR", value_parser = NonEmptyStringValueParser::new())]
    pub(super) against: Option<String>,
    /// Only these targets: a Deployment, or short: `DE/queries`.
    #[arg(long, value_name = "TARGET")]
    pub(super) target: Vec<String>,
    /// Take the load from a file: CSV (`time,target,rps`), or what a Prometheus range query answers, as JSON.
    #[arg(long, value_name = "FILE", group = "recorded")]
    pub(super) load: Option<PathBuf>,
    /// Ask a Prometheus for the load, by the query of each ScaledObject, over the days of the plan. This is the only option that
    /// uses the network. A token is read from the variable SEASONSCALE_PROMETHEUS_TOKEN, authorities from SSL_CERT_FILE.
    #[arg(long, value_name = "URL", group = "recorded")]
    pub(super) prometheus: Option<String>,
    /// How far apart the samples of `--prometheus` are.
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = some_time, requires = "prometheus")]
    pub(super) step: Seconds,
    /// How long to wait for each answer of `--prometheus`.
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = some_time, requires = "prometheus")]
    pub(super) timeout: Seconds,
    /// What fills a stretch of `--load` or `--prometheus` without samples; left out: nothing, it is an error.
    #[arg(long, value_name = "WITH", requires = "recorded")]
    pub(super) fill_holes: Option<FillHoles>,
    /// Times the load.
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = factor)]
    pub(super) growth: f64,
    /// Let the load of each minute differ from the shape by chance: `0.1` for a tenth, up and down.
    #[arg(long, value_name = "SHARE", value_parser = share, conflicts_with = "recorded")]
    pub(super) noise: Option<f64>,
    /// From which number chance begins: the same number, the same noise.
    #[arg(long, value_name = "NUMBER", default_value = "1", requires = "noise")]
    pub(super) seed: u64,
    /// Another load for a season or campaign: `oktoberfest=7`.
    #[arg(long, value_name = "SEASON=LOAD", value_parser = burst, conflicts_with = "recorded")]
    pub(super) burst: Vec<(String, f64)>,
    /// What a pod takes from its creation to its readiness, in place of the gates' `start-up`: `5m`.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) start_up: Option<Seconds>,
    /// The version of KEDA whose model runs, in place of the profile's: `2.20`, `2.20.2`.
    #[arg(long, value_name = "VERSION", value_parser = release)]
    pub(super) keda: Option<Release>,
    /// Triggers of a type or a name fail for a while: `prometheus@2026-09-19T10:00/30m`, on each target's clock.
    #[arg(long, value_name = "TRIGGER@TIME/DURATION", value_parser = outage)]
    pub(super) without: Vec<Broken>,
    /// Explain the pass of the controller at this time, on each target's clock: `2026-10-03 08:10`.
    #[arg(long, value_name = "TIME", value_parser = local)]
    pub(super) why: Option<LocalTime>,
    /// Hold the year against a file of assertions (`expect = [".."]`, in TOML): exit 1 where one fails.
    #[arg(long, value_name = "FILE", conflicts_with = "why")]
    pub(super) expect: Option<PathBuf>,
    /// Find for each season the least floors that do, as TOML to paste.
    #[arg(long, conflicts_with_all = ["why", "expect"])]
    pub(super) find_floors: bool,
    /// With `--find-floors`: keep to so many minutes over the gate in a season, instead of the latency objective.
    #[arg(long, value_name = "MINUTES", requires = "find_floors", value_parser = factor)]
    pub(super) allow_minutes: Option<f64>,
    /// Run the year with several loads, to see where the plan breaks: `load=1..8`, `load=1..2/0.1`.
    #[arg(long, value_name = "load=FROM..TO", value_parser = sweep, conflicts_with_all = ["why", "expect", "find_floors"])]
    pub(super) sweep: Option<Sweep>,
    /// Write the plan's replicas from change to change as CSV, too.
    #[arg(long, value_name = "FILE")]
    pub(super) trace: Option<PathBuf>,
    /// How to say it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: SimulateFormat,
}

/// What fills a stretch without samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FillHoles {
    /// No requests
    Zero,
    /// The sample before it
    Last,
}

/// Triggers that fail for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// A type or a name.
    pub(super) trigger: String,
    /// From when on.
    pub(super) from: LocalTime,
    /// For how long.
    pub(super) lasts: Seconds,
}

/// Factors of the load, from the first to the last.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sweep(pub(super) Vec<f64>);

/// How a study is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SimulateFormat {
    /// For the terminal
    Text,
    /// For programs; `.docs/simulate-json.md` has its fields
    Json,
    /// One page for a browser: each target's year, and the worst day of each season
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
    /// Propose targets whose objects the compiler writes whole, in its own way; left out: the objects stay their owners',
    /// and only their schedules are taken over.
    #[arg(long)]
    pub(super) owned: bool,
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

#[derive(Debug, Args)]
pub(super) struct Renew {
    /// Folder with `calendar.toml` and `territories.toml`.
    #[arg(short = 'i', long, value_name = "DIR", default_value = "policies")]
    pub(super) policies: PathBuf,
    /// First day of the new plan; left out: the first one after the plan that is there.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) from: Option<Date>,
    /// The day after its last one; left out: a year after the first.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) until: Option<Date>,
}

/// A kind of file, as the command line calls it: the same words as in `[artifacts]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind(pub(super) ArtifactKind);

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

fn release(text: &str) -> Result<Release, String> {
    let version = keda(text)?;
    Release::parse(text)
        .filter(|release| release.version == version)
        .ok_or_else(|| "a version is written as 2.20 or 2.20.2".to_owned())
}

fn kubernetes(text: &str) -> Result<Version, String> {
    version(text, quantity::KUBERNETES)
}

fn version(text: &str, (least, last): (Version, Version)) -> Result<Version, String> {
    let version = Version::parse(text).ok_or_else(|| format!("a version is written as {last}"))?;
    let is_modelled = (least..=last).contains(&version);
    is_modelled.then_some(version).ok_or_else(|| format!("what is modelled is {least} to {last}"))
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

fn factor(text: &str) -> Result<f64, String> {
    let factor = text.parse::<f64>().ok().filter(|factor| (0.0..=1000.0).contains(factor));
    factor.ok_or_else(|| "a factor is a number such as 1.2, up to 1000".to_owned())
}

fn duration(text: &str) -> Result<Seconds, String> {
    let units = [("h", 3600), ("m", 60), ("s", 1)];
    let split = units.into_iter().find_map(|(unit, size)| text.strip_suffix(unit).map(|count| (count, size)));
    let seconds = split.and_then(|(count, size)| count.parse::<u32>().ok()?.checked_mul(size));
    seconds.map(Seconds).ok_or_else(|| "a duration is written as 90s, 5m or 2h".to_owned())
}

fn some_time(text: &str) -> Result<Seconds, String> {
    let time = duration(text)?;
    if time.0 > 0 { Ok(time) } else { Err("it must be longer than nothing".to_owned()) }
}

fn local(text: &str) -> Result<LocalTime, String> {
    let time = LocalTime::parse(&text.replacen('T', " ", 1));
    time.ok_or_else(|| "a time is written as \"2026-10-03 08:10\"".to_owned())
}

fn burst(text: &str) -> Result<(String, f64), String> {
    let (season, load) = text.split_once('=').ok_or("a burst is written as oktoberfest=7")?;
    Ok((season.to_owned(), factor(load)?))
}

fn outage(text: &str) -> Result<Broken, String> {
    let parts = text.split_once('@').and_then(|(trigger, when)| Some((trigger, when.rsplit_once('/')?)));
    let (trigger, (from, lasts)) = parts.ok_or("an outage is written as prometheus@2026-09-19T10:00/30m")?;
    Ok(Broken { trigger: trigger.to_owned(), from: local(from)?, lasts: duration(lasts)? })
}

fn sweep(text: &str) -> Result<Sweep, String> {
    let said = || "a sweep is written as load=1..8, or load=1..2/0.1".to_owned();
    let range = text.strip_prefix("load=").ok_or_else(said)?;
    let (range, step) = match range.split_once('/') {
        Some((range, step)) => (range, factor(step)?),
        None => (range, 1.0),
    };
    let (from, to) = range.split_once("..").ok_or_else(said)?;
    let (from, to) = (factor(from)?, factor(to)?);
    let steps = ((to - from) / step + 1e-9).floor();
    if step.is_nan() || !(0.0..=200.0).contains(&steps) {
        return Err("a sweep goes up, in 200 steps at most".to_owned());
    }
    // Counted, so that no rounding adds up.
    Ok(Sweep((0..=steps as u32).map(|number| from + f64::from(number) * step).collect()))
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|share| (0.0..1.0).contains(share));
    share.ok_or_else(|| "a share is a number from 0 to below 1, such as 0.1".to_owned())
}

/// `67108864`, `64MiB`
fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let scale = match &text[digits.len()..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        unit => return Err(format!("`{unit}` is not a unit; write bytes, or KiB, MiB, GiB")),
    };
    let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(scale));
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| "write a number above 0, as in `64MiB`".to_owned())
}
