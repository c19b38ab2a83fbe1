//! `audit`: anybody's manifests, file by file, under KEDA's semantics.

use std::borrow::Cow;
use std::path::PathBuf;

use super::args::{self, AuditFormat};
use super::{Outcome, input, output, today};
use crate::audit::{Audit, File, Scope};
use crate::report::audit as report;
use crate::rules::subject::Versions;
use crate::time::{Date, Instant, Window};

/// Bytes of files that are read together: enough for all cores, and little beside one long file.
const BATCH: usize = 256 << 10;

pub(super) fn run(arguments: &args::Audit) -> anyhow::Result<Outcome> {
    let scope = Scope {
        versions: Versions {
            keda: arguments.keda.version,
            keda_patch: arguments.keda.patch,
            kubernetes: arguments.kubernetes,
        },
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
        failed |= findings.any(|finding| finding.rule.severity() >= arguments.fail_on.severity());
        printer.files(&files, &inputs)?;
        if arguments.verbose {
            passed_over(&files);
        }
        if let Some(refusal) = refusal {
            printer.shown_so_far()?;
            return Err(refusal);
        }
        if batch.is_empty() {
            break;
        }
    }
    let tally = printer.tally;
    printer.end()?;
    output::remark(&format!("seasonscale: {}", tally.say()));
    Ok(match (failed, tally.objects) {
        (true, _) => Outcome::Findings,
        (false, 0) => Outcome::NothingToRead,
        (false, _) => Outcome::Clean,
    })
}

/// Says what was in the files beside objects with triggers.
fn passed_over(files: &[File]) {
    for file in files {
        for (kind, count) in &file.others {
            output::remark(&format!("{}: passed over {count} of kind {kind}", file.name));
        }
    }
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

/// Text in one of the formats: of `Json` file by file, of the others when all have been read.
struct Printer {
    scope: Scope,
    tally: report::Tally,
    format: Format,
}

enum Format {
    Human(report::Human),
    Json,
    Github(report::Github),
    Sarif(report::Sarif),
}

impl Printer {
    fn new(format: AuditFormat, scope: Scope) -> Self {
        let format = match format {
            AuditFormat::Human => Format::Human(report::Human::new(scope.window)),
            AuditFormat::Json => Format::Json,
            AuditFormat::Github => Format::Github(report::Github::new(scope.window)),
            AuditFormat::Sarif => Format::Sarif(report::Sarif::new(scope.window)),
        };
        Self { scope, tally: report::Tally::default(), format }
    }

    fn begin(&self) -> anyhow::Result<()> {
        match self.format {
            Format::Json => output::plain(&report::json_begin(self.scope)),
            Format::Human(_) | Format::Github(_) | Format::Sarif(_) => Ok(()),
        }
    }

    /// Takes `files`, whose bytes are `inputs`.
    fn files(&mut self, files: &[File], inputs: &[(&str, &[u8])]) -> anyhow::Result<()> {
        let none_before = self.tally.files == 0;
        files.iter().for_each(|file| self.tally.add(file));
        match &mut self.format {
            Format::Human(human) => {
                let texts: Vec<Cow<'_, str>> =
                    inputs.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
                let both: Vec<(&File, &str)> = files.iter().zip(texts.iter().map(AsRef::as_ref)).collect();
                human.add(&both);
                Ok(())
            }
            Format::Json => {
                report::json_files(files, self.scope, none_before).try_for_each(|piece| output::plain(&piece))
            }
            Format::Github(github) => {
                files.iter().for_each(|file| github.add(file));
                Ok(())
            }
            Format::Sarif(sarif) => {
                files.iter().for_each(|file| sarif.add(file));
                Ok(())
            }
        }
    }

    /// What was read before something could not be: a log or an object of half of the files would look like a whole one.
    fn shown_so_far(self) -> anyhow::Result<()> {
        match self.format {
            Format::Human(human) => output::data(&human.text()),
            Format::Github(github) => output::plain(&github.text()),
            Format::Json | Format::Sarif(_) => Ok(()),
        }
    }

    fn end(self) -> anyhow::Result<()> {
        match self.format {
            Format::Human(human) => output::data(&human.text()),
            Format::Json => output::plain(&report::json_end(self.tally)),
            Format::Github(github) => output::plain(&github.text()),
            Format::Sarif(sarif) => output::plain(&sarif.text()),
        }
    }
}
