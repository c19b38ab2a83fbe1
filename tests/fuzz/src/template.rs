//! A template of arbitrary bytes in the place of one of ours: it is refused, or makes a file that is read back, without a panic.

#![no_main]

use std::collections::BTreeMap;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use seasonscale::artifact::ArtifactKind;
use seasonscale::compile;
use seasonscale::emit::{self, Templates};
use seasonscale::plan::Plan;
use seasonscale::source::{Source, Sources};
use seasonscale::verify;

const CALENDAR: &str = include_str!("../../cases/base/calendar.toml");
const TERRITORIES: &str = include_str!("../../cases/base/territories.toml");

fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let source = |name: &str, text: &str| Source { name: name.to_owned(), text: text.to_owned() };
        let sources = Sources::new(source("calendar", CALENDAR), source("territories", TERRITORIES));
        compile::plan(&sources).0.expect("the base policy compiles")
    })
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let name = "scaledobject.yaml.j2";
    match Templates::with(BTreeMap::from([(name.to_owned(), text)])) {
        Ok(templates) => {
            if let Ok(made) = emit::emit_one(plan(), ArtifactKind::Keda, &templates) {
                assert!(made.text.ends_with('\n'));
                verify::verify(plan(), &[made]);
            }
        }
        Err(found) => assert!(found.iter().all(|finding| finding.place.is_some()), "{found:?}"),
    }
});
