//! On how many random cases a property is tried.

use proptest::prelude::ProptestConfig;

/// So many cases, or `SAMPLE_TIMES` times as many: the test command has minutes, a night has more.
pub fn of(cases: u32) -> ProptestConfig {
    let times =
        std::env::var("SAMPLE_TIMES").map_or(1, |times| times.parse().expect("SAMPLE_TIMES is a number"));
    ProptestConfig { cases: cases * times, failure_persistence: None, ..ProptestConfig::default() }
}
