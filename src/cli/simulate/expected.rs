//! `--expect FILE`: a file of assertions, held against a study.

use std::path::Path;

use anyhow::Context;

use crate::cli::{Outcome, input, output};
use crate::policy;
use crate::simulate::expectation::Expectation;
use crate::simulate::study::Study;
use crate::source::{Source, Sources};

/// Each line by itself: what is kept, what is not, and what cannot be held against anything.
pub(super) fn hold(path: &Path, study: &Study) -> anyhow::Result<Outcome> {
    let name = path.display();
    let cannot = || format!("cannot read `{name}`");
    let text = String::from_utf8(input::read(path).with_context(cannot)?).with_context(cannot)?;
    let none = Source { name: String::new(), text: String::new() };
    let sources = Sources::new(Source { name: name.to_string(), text }, none);
    let (lines, problems) = policy::expectations(&sources);
    if !problems.is_empty() {
        output::findings(&problems, &sources);
        anyhow::bail!("`{name}` is not a file of expectations");
    }
    anyhow::ensure!(!lines.is_empty(), "`{name}` expects nothing");
    let mut failed = 0;
    for line in lines.iter().map(|line| line.value.as_str()) {
        let expectation =
            Expectation::read(line).map_err(|why| anyhow::anyhow!("`{name}`: \"{line}\": {why}"))?;
        let (value, holds) =
            expectation.hold(study).map_err(|why| anyhow::anyhow!("`{name}`: \"{line}\": {why}"))?;
        failed += usize::from(!holds);
        let verdict = if holds { "holds" } else { "FAILS" };
        output::data(&format!("{verdict}: {line} (it is {})\n", (value * 1e4).round() / 1e4))?;
    }
    if failed > 0 {
        output::remark(&format!("seasonscale: {failed} of {} expectations of `{name}` fail", lines.len()));
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Clean)
}
