//! `audit`: anybody's manifests, file by file, under KEDA's semantics.

use std::path::PathBuf;

use super::args::{self, AuditFormat};
use super::{Outcome, input, output, today};
use crate::audit::{Audit, File, Scope};
use crate::keda::subject::Versions;
use crate::parallel;
use crate::report::audit as report;
use crate::time::{Date, Instant, Window};

/// Bytes of files that are read together: enough for all cores, and little beside one long file.
const BATCH: usize = 256 << 10;

pub(super) fn run(arguments: &args::Audit) -> anyhow::Result<Outcome> {
    let scope = Scope {
        versions: Versions { keda: arguments.keda, kubernetes: arguments.kubernetes },
        window: window(arguments)?,
    };
    let mut audit = Audit::new(scope);
    let mut printer = Printer::new(arguments.format(), scope);
    let mut failed = false;
    printer.begin()?;
    let mut paths = input::manifests(&arguments.files)?.into_iter();
    loop {
        let (batch, refusal) = batch(&mut paths);
        let inputs: Vec<(&str, &[u8])> =
            batch.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let files = audit.files(&inputs);
        let mut findings = files.iter().flat_map(|file| &file.findings);
        failed |= findings.any(|finding| finding.check.severity() >= arguments.fail_on.severity());
        printer.files(&files, &inputs)?;
        if arguments.verbose {
            passed_over(&files)?;
        }
        // What was read before it has been shown.
        refusal.map_or(Ok(()), Err)?;
        if batch.is_empty() {
            break;
        }
    }
    let tally = printer.tally;
    printer.end()?;
    output::remark(&format!("seasonscale: {}", tally.say()))?;
    Ok(match (failed, tally.objects) {
        (true, _) => Outcome::Findings,
        (false, 0) => Outcome::NothingToRead,
        (false, _) => Outcome::Clean,
    })
}

/// Says what was in the files beside objects with triggers.
fn passed_over(files: &[File]) -> anyhow::Result<()> {
    for file in files {
        for (kind, count) in &file.others {
            output::remark(&format!("{}: passed over {count} of kind {kind}", file.name))?;
        }
    }
    Ok(())
}

/// The next files, as many as are worth reading together, and what kept one from being read.
fn batch(paths: &mut impl Iterator<Item = PathBuf>) -> (Vec<(String, Vec<u8>)>, Option<anyhow::Error>) {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while bytes < BATCH {
        match paths.next().map(|path| input::bytes(&path)) {
            None => break,
            Some(Err(refusal)) => return (batch, Some(refusal)),
            Some(Ok(file)) => {
                bytes += file.1.len();
                batch.push(file);
            }
        }
    }
    (batch, None)
}

/// From the first day of this year, or of the day that was given, on for a year.
fn window(arguments: &args::Audit) -> anyhow::Result<Window<Instant>> {
    let year = || Date::ymd(today::today().year(), 1, 1).expect("internal error: 1 January is a date");
    let from = arguments.from.unwrap_or_else(year);
    let next = Date::ymd(from.year() + 1, from.month().number(), from.day());
    let until = arguments.until.unwrap_or_else(|| next.unwrap_or_else(|| from.plus_days(365)));
    let midnight = |date: Date| Instant(i64::from(date.epoch_day()) * 86_400);
    anyhow::ensure!(from < until, "--until {until} is not after --from {from}");
    anyhow::ensure!(until.days_since(from) <= 3700, "ten years are the most that can be looked at in one go");
    Ok(Window::new(midnight(from), midnight(until)))
}

/// Text in one of the formats, file by file.
struct Printer {
    format: AuditFormat,
    scope: Scope,
    tally: report::Tally,
    sarif: report::Sarif,
}

impl Printer {
    fn new(format: AuditFormat, scope: Scope) -> Self {
        Self { format, scope, tally: report::Tally::default(), sarif: report::Sarif::default() }
    }

    fn begin(&self) -> anyhow::Result<()> {
        match self.format {
            AuditFormat::Json => output::plain(&report::json_begin(self.scope)),
            AuditFormat::Human | AuditFormat::Github | AuditFormat::Sarif => Ok(()),
        }
    }

    /// Shows `files`, whose bytes are `inputs`.
    fn files(&mut self, files: &[File], inputs: &[(&str, &[u8])]) -> anyhow::Result<()> {
        let none_before = self.tally.files == 0;
        files.iter().for_each(|file| self.tally.add(file));
        match self.format {
            AuditFormat::Human => {
                let both: Vec<(&File, &[u8])> =
                    files.iter().zip(inputs.iter().map(|(_, bytes)| *bytes)).collect();
                let human = |(file, bytes): &(&File, &[u8])| {
                    report::human(file, &String::from_utf8_lossy(bytes), self.scope.window)
                };
                parallel::map(&both, human).iter().try_for_each(|text| output::data(text))
            }
            AuditFormat::Json => {
                report::json_files(files, self.scope, none_before).try_for_each(|piece| output::plain(&piece))
            }
            AuditFormat::Github => files.iter().try_for_each(|file| output::plain(&report::github(file))),
            AuditFormat::Sarif => {
                files.iter().for_each(|file| self.sarif.add(file));
                Ok(())
            }
        }
    }

    fn end(self) -> anyhow::Result<()> {
        match self.format {
            AuditFormat::Human | AuditFormat::Github => Ok(()),
            AuditFormat::Json => output::plain(&report::json_end(self.tally)),
            AuditFormat::Sarif => output::plain(&self.sarif.text()),
        }
    }
}
