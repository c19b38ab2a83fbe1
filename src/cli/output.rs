//! Writing to the terminal: data to stdout, everything else to stderr, colour only where a terminal wants it, and nothing that
//! nobody sees, wherever it comes from: names of files, texts of manifests, what Git says.

use std::io::{self, Write};

use anyhow::Context;

use crate::finding::Diagnostic;
use crate::invisible;
use crate::report;
use crate::source::Sources;

/// Data: what the command was run for.
pub(super) fn data(text: &str) -> anyhow::Result<()> {
    written(&mut anstream::stdout().lock(), &invisible::coloured(text))
}

/// A file that is made, byte for byte.
pub(super) fn file(text: &str) -> anyhow::Result<()> {
    written(&mut io::stdout().lock(), text)
}

/// Data without colours in it, which need not be looked for: it can be hundreds of megabytes.
pub(super) fn plain(text: &str) -> anyhow::Result<()> {
    written(&mut io::stdout().lock(), &invisible::printable(text))
}

/// Who closes the pipe has read enough, and still wants to know how it ends: the exit code. A full disk is a failure.
fn written(out: &mut impl Write, text: &str) -> anyhow::Result<()> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to stdout"),
    }
}

/// A remark for the person at the terminal.
pub(super) fn remark(text: &str) {
    report(&format!("{}\n", invisible::printable(text)));
}

/// Remarks of several lines. Whether anybody hears them changes nothing about how the command ends.
pub(super) fn report(text: &str) {
    let _ = anstream::stderr().lock().write_all(invisible::coloured(text).as_bytes());
}

/// Findings, how many there are, and where to read more of them.
pub(super) fn findings(diagnostics: &[Diagnostic], sources: &Sources) {
    report(&report::terminal(diagnostics, sources, true));
    if let Some((summary, first)) = report::summary(diagnostics).zip(diagnostics.first()) {
        remark(&format!("seasonscale: {summary}; more: `seasonscale explain {}`", first.rule.id()));
    }
}

/// What the world refused.
pub(super) fn failure(error: &anyhow::Error) {
    remark(&format!("seasonscale: {error:#}"));
}
