//! Manifests damaged at random: whatever the bytes are, an audit ends, says where, and does not panic. The fuzz target
//! `tests/fuzz` does the same for as long as one likes.

use proptest::prelude::*;
use seasonscale::audit::{Audit, File, Scope};
use seasonscale::quantity::Version;
use seasonscale::report;
use seasonscale::rules::subject::Versions;

use super::corpus::{human, year};

const SEED: &str = include_str!("../keda/good.yaml");

/// Pieces that mean something to YAML or to KEDA.
const PIECES: [&str; 24] = [
    "---\n",
    "\t",
    "- ",
    "? ",
    ": ",
    "&a ",
    "*a",
    "<<: *a",
    "[",
    "]",
    "{",
    "}",
    "|\n",
    ">-\n",
    "\"",
    "'",
    "#",
    "!!str ",
    "\u{feff}",
    "\r\n",
    "0 0 29 2 *",
    "*/0",
    "99999999999999999999",
    "Pacific/Apia",
];

fn audited(bytes: &[u8]) -> File {
    let versions = Versions { keda: Version::new(2, 20), keda_patch: None, kubernetes: Version::new(1, 35) };
    let scope = Scope { versions, window: year() };
    let file = Audit::new(scope).file("damaged.yaml", bytes);
    let text = String::from_utf8_lossy(bytes);
    human(&file, &text, scope);
    report::audit::json_files(std::slice::from_ref(&file), scope, true).for_each(drop);
    file
}

/// What is done at a place of the text.
#[derive(Clone, Debug)]
enum Damage {
    Byte(u8),
    Cut(usize),
    Insert(usize),
    Repeat(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<u8>().prop_map(Damage::Byte),
        (1..40_usize).prop_map(Damage::Cut),
        (0..PIECES.len()).prop_map(Damage::Insert),
        (1..200_usize).prop_map(Damage::Repeat),
    ]
}

fn damaged(damages: &[(usize, Damage)]) -> Vec<u8> {
    let mut bytes = SEED.as_bytes().to_vec();
    for (at, damage) in damages {
        let at = at % bytes.len().max(1);
        let end = |length: usize| (at + length).min(bytes.len());
        match damage {
            Damage::Byte(byte) => bytes.splice(at..end(1), [*byte]).for_each(drop),
            Damage::Cut(length) => bytes.drain(at..end(*length)).for_each(drop),
            Damage::Insert(piece) => bytes.splice(at..at, PIECES[*piece].bytes()).for_each(drop),
            Damage::Repeat(length) => {
                let part = bytes[at..end(*length)].to_vec();
                bytes.splice(at..at, part).for_each(drop);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(crate::sample::of(1_500))]
    #[test]
    fn whatever_the_bytes_are_every_finding_is_in_the_file(
        damages in prop::collection::vec((any::<usize>(), damage()), 1..8)
    ) {
        let bytes = damaged(&damages);
        let lines = String::from_utf8_lossy(&bytes).replace('\r', "\n").lines().count().max(1) + 1;
        for finding in audited(&bytes).findings {
            prop_assert!((1..=lines).contains(&finding.place.mark.line), "{:?}", finding);
            prop_assert!(!finding.effect.is_empty() && !finding.mend.is_empty());
        }
    }
}

#[test]
fn what_is_large_deep_or_repeats_itself_costs_no_more_than_its_size() {
    let scalar = format!("{}\nnote: {}\n", SEED, "x".repeat(8 << 20));
    assert_eq!(audited(scalar.as_bytes()).objects.len(), 1);
    let deep = format!("a: {}{}\n", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(audited(deep.as_bytes()).findings.len(), 1);
    let laughs: String = (1..60).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1)).collect();
    assert_eq!(audited(format!("a0: &a0 lol\n{laughs}").as_bytes()).findings.len(), 1);
    let many = "---\na: 1\n".repeat(50_000);
    assert_eq!(audited(many.as_bytes()).others, [("?".to_owned(), 50_000)]);
}
