//! Writing to the terminal: data to stdout, everything else to stderr, colour only where a terminal wants it.

use std::io::{self, Write};

use crate::diagnostic::Diagnostic;
use crate::report;
use crate::source::Sources;

/// Data: what the command was run for.
pub(super) fn data(text: &str) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    read_enough(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Data without colours in it, which need not be looked for: it can be hundreds of megabytes.
pub(super) fn plain(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    read_enough(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Who closes the pipe has read enough, and still wants to know how it ends: the exit code.
fn read_enough(written: io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// A remark for the person at the terminal.
pub(super) fn remark(text: &str) -> anyhow::Result<()> {
    let mut err = anstream::stderr().lock();
    writeln!(err, "{text}")?;
    Ok(())
}

/// Remarks of several lines.
pub(super) fn report(text: &str) -> anyhow::Result<()> {
    let mut err = anstream::stderr().lock();
    err.write_all(text.as_bytes())?;
    Ok(())
}

/// Findings, how many there are, and where to read more of them.
pub(super) fn findings(diagnostics: &[Diagnostic], sources: &Sources) -> anyhow::Result<()> {
    let mut err = anstream::stderr().lock();
    err.write_all(report::terminal(diagnostics, sources, true).as_bytes())?;
    if let Some((summary, first)) = report::summary(diagnostics).zip(diagnostics.first()) {
        writeln!(err, "seasonscale: {summary}; more: `seasonscale explain {}`", first.code.id())?;
    }
    Ok(())
}

/// What the world refused. Nothing more can be done if even that cannot be written.
pub(super) fn failure(error: &anyhow::Error) {
    let _ = writeln!(anstream::stderr().lock(), "seasonscale: {error:#}");
}
