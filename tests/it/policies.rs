//! Policies for tests: the reference case, and a small base that cases edit.

use std::fs;
use std::path::{Path, PathBuf};

use seasonscale::source::{Source, Sources};

use crate::edits::{self, Case};

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

/// The policy of `tests/cases/base/`, with the edits of a case. Beside it lies `base/kept.yaml`, a ScaledObject that a
/// workload may name.
pub fn edited(case: &Case) -> Sources {
    let manifest = fs::read_to_string(root().join("tests/cases/base/kept.yaml")).unwrap();
    let manifest = Source { name: "policies/base/kept.yaml".to_owned(), text: manifest };
    let mut files = [base("calendar"), base("territories"), manifest];
    for edit in &case.edits {
        let at = ["calendar", "territories", "base/kept.yaml"].iter().position(|name| *name == edit.file);
        let file = &mut files[at.unwrap_or(0)];
        file.text = edits::apply(&file.text, edit);
    }
    let [calendar, territories, manifest] = files;
    Sources::new(calendar, territories).with_manifest("base/kept.yaml", manifest)
}

/// The policy in `policies/`.
pub fn reference() -> Sources {
    let read =
        |name: &str| source(name, &fs::read_to_string(root().join(format!("policies/{name}.toml"))).unwrap());
    Sources::new(read("calendar"), read("territories"))
}
