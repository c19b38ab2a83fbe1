//! `audit`: anybody's manifests, file by file, under KEDA's semantics.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::args::{self, AuditFormat};
use super::{Outcome, output, today};
use crate::audit::{Audit, File, Scope};
use crate::keda::subject::Versions;
use crate::report::audit as report;
use crate::time::{Date, Instant, Window};

pub(super) fn run(arguments: &args::Audit) -> anyhow::Result<Outcome> {
    let scope = Scope {
        versions: Versions { keda: arguments.keda, kubernetes: arguments.kubernetes },
        window: window(arguments)?,
    };
    let mut audit = Audit::new(scope);
    let mut printer = Printer::new(arguments.format(), scope);
    let mut failed = false;
    output::data(&printer.begin())?;
    for path in expanded(&arguments.files)? {
        let (name, bytes) = read(&path)?;
        let file = audit.file(&name, &bytes);
        let fails = |finding: &crate::keda::finding::Finding| {
            finding.check.severity() >= arguments.fail_on.severity()
        };
        failed |= file.findings.iter().any(fails);
        printer.file(&file, &bytes)?;
        for (kind, count) in &file.others {
            if arguments.verbose {
                output::remark(&format!("{name}: passed over {count} of kind {kind}"))?;
            }
        }
    }
    let tally = printer.tally;
    output::data(&printer.end())?;
    output::remark(&format!("seasonscale: {}", tally.say()))?;
    Ok(match (failed, tally.objects) {
        (true, _) => Outcome::Findings,
        (false, 0) => Outcome::NothingToRead,
        (false, _) => Outcome::Clean,
    })
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

/// Files as they were given; a folder stands for every YAML and JSON file below it, in order.
fn expanded(files: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for file in files {
        if file.is_dir() {
            let mut below = BTreeSet::new();
            collect(file, &mut below)?;
            all.extend(below);
        } else {
            all.push(file.clone());
        }
    }
    Ok(all)
}

fn collect(folder: &Path, into: &mut BTreeSet<PathBuf>) -> anyhow::Result<()> {
    let cannot = || format!("cannot list `{}`", folder.display());
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        let path = entry.path();
        // A link could lead back up.
        let kind = entry.file_type().with_context(cannot)?;
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if kind.is_dir() {
            collect(&path, into)?;
        } else if ["yaml", "yml", "json"].contains(&extension) {
            into.insert(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
        return Ok(("<stdin>".to_owned(), bytes));
    }
    let name = path.display().to_string();
    let bytes = fs::read(path).with_context(|| format!("cannot read `{name}`"))?;
    Ok((name, bytes))
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

    fn begin(&self) -> String {
        match self.format {
            AuditFormat::Json => report::json_begin(self.scope),
            AuditFormat::Human | AuditFormat::Github | AuditFormat::Sarif => String::new(),
        }
    }

    fn file(&mut self, file: &File, bytes: &[u8]) -> anyhow::Result<()> {
        let first = self.tally.files == 0;
        self.tally.add(file);
        match self.format {
            AuditFormat::Human => {
                output::data(&report::human(file, &String::from_utf8_lossy(bytes), self.scope.window))
            }
            AuditFormat::Json => {
                report::json_file(file, self.scope, first).try_for_each(|piece| output::data(&piece))
            }
            AuditFormat::Github => output::data(&report::github(file)),
            AuditFormat::Sarif => {
                self.sarif.add(file);
                Ok(())
            }
        }
    }

    fn end(self) -> String {
        match self.format {
            AuditFormat::Human | AuditFormat::Github => String::new(),
            AuditFormat::Json => report::json_end(self.tally),
            AuditFormat::Sarif => self.sarif.text(),
        }
    }
}
