//! Policies for tests: the reference case, and a small base that cases edit.

use std::fs;
use std::path::{Path, PathBuf};

use seasonscale::source::{Source, Sources};

/// The checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A policy file with this text.
pub fn source(name: &str, text: &str) -> Source {
    Source { name: format!("policies/{name}.toml"), text: text.to_owned() }
}

/// A file of `tests/cases/base/`.
pub fn base(name: &str) -> Source {
    source(name, &fs::read_to_string(root().join(format!("tests/cases/base/{name}.toml"))).unwrap())
}

/// The policy in `policies/`.
pub fn reference() -> Sources {
    let read =
        |name: &str| source(name, &fs::read_to_string(root().join(format!("policies/{name}.toml"))).unwrap());
    Sources::new(read("calendar"), read("territories"))
}
