//! `audit` on arbitrary bytes: it ends, in bounded memory, without a panic, and every finding is in the file.
//!
//! A short run of the same kind, on damaged manifests, is part of the tests (`tests/it/audit/damaged.rs`).

#![no_main]

use libfuzzer_sys::fuzz_target;
use seasonscale::audit::{Audit, Scope};
use seasonscale::rules::subject::Versions;
use seasonscale::quantity::Version;
use seasonscale::report::audit;
use seasonscale::time::{Instant, Window};

fuzz_target!(|bytes: &[u8]| {
    let versions = Versions { keda: Version::new(2, 20), keda_patch: None, kubernetes: Version::new(1, 35) };
    let scope = Scope { versions, window: Window::new(Instant(1_767_225_600), Instant(1_798_761_600)) };
    let file = Audit::new(scope).file("fuzz.yaml", bytes);
    let text = String::from_utf8_lossy(bytes);
    let lines = text.replace('\r', "\n").lines().count().max(1) + 1;
    for finding in &file.findings {
        assert!((1..=lines).contains(&finding.place.mark.line), "{finding:?}");
    }
    let mut human = audit::Human::new(scope.window);
    human.add(&[(&file, &text)]);
    human.text();
    audit::json_files(std::slice::from_ref(&file), scope, true).for_each(drop);
    let mut github = audit::Github::new(scope.window);
    github.add(&file);
    github.text();
});
