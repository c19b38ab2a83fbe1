//! `--expect FILE`: a file of assertions, held against a study.

use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

use crate::cli::{Outcome, input, output};
use crate::simulate::expectation::Expectation;
use crate::simulate::study::Study;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    expect: Vec<String>,
}

/// Each line by itself: what is kept, what is not, and what cannot be held against anything.
pub(super) fn hold(path: &Path, study: &Study) -> anyhow::Result<Outcome> {
    let name = path.display();
    let cannot = || format!("cannot read `{name}`");
    let text = String::from_utf8(input::read(path).with_context(cannot)?).with_context(cannot)?;
    let file: File =
        toml::from_str(&text).with_context(|| format!("`{name}` is not a file of assertions"))?;
    anyhow::ensure!(!file.expect.is_empty(), "`{name}` expects nothing");
    let mut failed = 0;
    for line in &file.expect {
        let expectation =
            Expectation::read(line).map_err(|why| anyhow::anyhow!("`{name}`: \"{line}\": {why}"))?;
        let (value, holds) =
            expectation.hold(study).map_err(|why| anyhow::anyhow!("`{name}`: \"{line}\": {why}"))?;
        failed += usize::from(!holds);
        let verdict = if holds { "holds" } else { "FAILS" };
        output::data(&format!("{verdict}: {line} (it is {})\n", (value * 1e4).round() / 1e4))?;
    }
    if failed > 0 {
        output::remark(&format!(
            "seasonscale: {failed} of {} expectations of `{name}` fail",
            file.expect.len()
        ));
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Clean)
}
