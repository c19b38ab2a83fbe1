//! What `simulate` takes, and how its values are written.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::value::{no_such_day, release};
use crate::quantity::{Release, Seconds};
use crate::time::LocalTime;

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Simulate {
    /// Which policy of `seasonscale.toml`, which is looked for here and above; left out: the only one.
    #[arg(value_name = "POLICY")]
    pub(in crate::cli) policy: Option<String>,
    /// Folder with `calendar.toml` and `territories.toml`; left out: as `seasonscale.toml` says, or `policies`.
    #[arg(short = 'i', long, value_name = "DIR")]
    pub(in crate::cli) policies: Option<PathBuf>,
    /// Folder whose templates replace the embedded ones of the same name.
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) templates: Option<PathBuf>,
    /// Run these ScaledObjects instead of those that the policy makes; a folder stands for all such files below it.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(in crate::cli) manifest: Vec<PathBuf>,
    /// Run others under the same load, too: a manifest, a folder of manifests, a folder with another policy, or the same folder
    /// in a Git revision.
    #[arg(long, value_name = "FILE|REV|DIR", value_parser = NonEmptyStringValueParser::new())]
    pub(in crate::cli) against: Option<String>,
    /// Only these targets: a Deployment, or short: `DE/queries`.
    #[arg(long, value_name = "TARGET")]
    pub(in crate::cli) target: Vec<String>,
    /// Take the load from a file: CSV (`time,target,rps`), or what a Prometheus range query answers, as JSON.
    #[arg(long, value_name = "FILE", group = "recorded")]
    pub(in crate::cli) load: Option<PathBuf>,
    /// Ask a Prometheus for the load, by the query of each ScaledObject, over the days of the plan. This is the only option that
    /// uses the network. A token is read from the variable SEASONSCALE_PROMETHEUS_TOKEN, authorities from SSL_CERT_FILE.
    #[arg(long, value_name = "URL", group = "recorded")]
    pub(in crate::cli) prometheus: Option<String>,
    /// How far apart the samples of `--prometheus` are.
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = some_time, requires = "prometheus")]
    pub(in crate::cli) step: Seconds,
    /// How long to wait for each answer of `--prometheus`.
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = some_time, requires = "prometheus")]
    pub(in crate::cli) timeout: Seconds,
    /// What fills a stretch of `--load` or `--prometheus` without samples; left out: nothing, it is an error.
    #[arg(long, value_name = "WITH", requires = "recorded")]
    pub(in crate::cli) fill_holes: Option<FillHoles>,
    /// Times the load.
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = factor, allow_negative_numbers = true)]
    pub(in crate::cli) growth: f64,
    /// Let the load of each minute differ from the shape by chance: `0.1` for a tenth, up and down.
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true, conflicts_with = "recorded")]
    pub(in crate::cli) noise: Option<f64>,
    /// From which number chance begins: the same number, the same noise.
    #[arg(long, value_name = "NUMBER", default_value = "1", requires = "noise")]
    pub(in crate::cli) seed: u64,
    /// Another load for a season or campaign: `oktoberfest=7`.
    #[arg(long, value_name = "SEASON=LOAD", value_parser = burst, conflicts_with = "recorded")]
    pub(in crate::cli) burst: Vec<(String, f64)>,
    /// What a pod takes from its creation to its readiness, in place of the gates' `start-up`: `5m`.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(in crate::cli) start_up: Option<Seconds>,
    /// The version of KEDA whose model runs, in place of the policy's: `2.20`, `2.20.2`.
    #[arg(long, value_name = "VERSION", value_parser = release)]
    pub(in crate::cli) keda: Option<Release>,
    /// Triggers of a type or a name fail for a while: `prometheus@2026-09-19T10:00/30m`, on each target's clock.
    #[arg(long, value_name = "TRIGGER@TIME/DURATION", value_parser = outage)]
    pub(in crate::cli) without: Vec<Broken>,
    /// Explain the pass of the controller at this time, on each target's clock: `2026-10-03 08:10`.
    #[arg(long, value_name = "TIME", value_parser = local)]
    pub(in crate::cli) why: Option<LocalTime>,
    /// Hold the year against a file of assertions (`expect = [".."]`, in TOML): exit 1 where one fails.
    #[arg(long, value_name = "FILE", conflicts_with = "why")]
    pub(in crate::cli) expect: Option<PathBuf>,
    /// Find for each season the least floors that do, as TOML to paste.
    #[arg(long, conflicts_with_all = ["why", "expect"])]
    pub(in crate::cli) find_floors: bool,
    /// With `--find-floors`: keep to so many minutes over the gate in a season, instead of the latency objective.
    #[arg(long, value_name = "MINUTES", requires = "find_floors", value_parser = factor, allow_negative_numbers = true)]
    pub(in crate::cli) allow_minutes: Option<f64>,
    /// Run the year with several loads, to see where the plan breaks: `load=1..8`, `load=1..2/0.1`.
    #[arg(long, value_name = "load=FROM..TO", value_parser = sweep, conflicts_with_all = ["why", "expect", "find_floors"])]
    pub(in crate::cli) sweep: Option<Sweep>,
    /// Write the plan's replicas from change to change as CSV, too.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) trace: Option<PathBuf>,
    /// How to say it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(in crate::cli) format: SimulateFormat,
}

/// What fills a stretch without samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FillHoles {
    /// No requests
    Zero,
    /// The sample before it
    Last,
}

/// Triggers that fail for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Broken {
    /// A type or a name.
    pub(in crate::cli) trigger: String,
    /// From when on.
    pub(in crate::cli) from: LocalTime,
    /// For how long.
    pub(in crate::cli) lasts: Seconds,
}

/// Factors of the load, from the first to the last.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cli) struct Sweep(pub(in crate::cli) Vec<f64>);

/// How a study is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum SimulateFormat {
    /// For the terminal
    Text,
    /// For programs; `.docs/simulate-json.md` has its fields
    Json,
    /// One page for a browser: each target's year, and the worst day of each season
    Html,
}

fn factor(text: &str) -> Result<f64, String> {
    let factor = text.parse::<f64>().ok().filter(|factor| (0.0..=1000.0).contains(factor));
    factor.ok_or_else(|| "a factor is a number from 0 to 1000, such as 1.2".to_owned())
}

fn duration(text: &str) -> Result<Seconds, String> {
    let units = [("h", 3600), ("m", 60), ("s", 1)];
    let split = units.into_iter().find_map(|(unit, size)| text.strip_suffix(unit).map(|count| (count, size)));
    let (count, size) = split.ok_or_else(duration_said)?;
    let seconds = count.parse::<u32>().ok().and_then(|count| count.checked_mul(size));
    let is_whole = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    seconds.map(Seconds).ok_or_else(|| {
        if is_whole { format!("a duration is {}h at most", u32::MAX / 3600) } else { duration_said() }
    })
}

fn duration_said() -> String {
    "a duration is written as 90s, 5m or 2h".to_owned()
}

fn some_time(text: &str) -> Result<Seconds, String> {
    let time = duration(text)?;
    if time.0 > 0 { Ok(time) } else { Err("it must be longer than nothing".to_owned()) }
}

fn local(text: &str) -> Result<LocalTime, String> {
    let time = LocalTime::parse(&text.replacen('T', " ", 1));
    time.ok_or_else(|| {
        no_such_day(text).unwrap_or_else(|| "a time is written as \"2026-10-03 08:10\"".to_owned())
    })
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
