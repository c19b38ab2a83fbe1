//! A query of arbitrary bytes: each reader of PromQL takes or refuses it without a panic, and reads it twice alike.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seasonscale::keda::measure;
use seasonscale::keda::query::Queries;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut queries = Queries::default();
    let read = queries.read(text);
    assert_eq!(queries.read(text), read);
    assert_eq!(Queries::default().read(text), read);
    let is_measured = measure::measure(text).is_ok();
    assert!(!is_measured || read.is_ok(), "measured, and not read: {text}");
    let guard = measure::guard(text);
    assert!(guard.is_none_or(|guard| !guard.steps.is_empty()), "{text}");
    let _ = measure::measure_or_guard(text);
    let _ = (measure::gives_delay(text), measure::below_zero(text));
});
