//! PromQL of Prometheus 2, read as that of Prometheus 3.

use std::borrow::Cow;

/// What `double_exponential_smoothing` is called in Prometheus 2.
pub(super) const OLD_SMOOTHING: &str = "holt_winters";
/// What it is called from Prometheus 3 on, and by the parser.
pub(super) const SMOOTHING: &str = "double_exponential_smoothing";

/// The query with the names of Prometheus 3.
pub(super) fn in_version_3(text: &str) -> Cow<'_, str> {
    // Every second part lies between quotes.
    let parts = text.split('"').enumerate();
    if !text.contains(OLD_SMOOTHING) {
        return Cow::Borrowed(text);
    }
    let renamed =
        parts.map(
            |(number, part)| {
                if number % 2 == 0 { part.replace(OLD_SMOOTHING, SMOOTHING) } else { part.to_owned() }
            },
        );
    Cow::Owned(renamed.collect::<Vec<_>>().join("\""))
}
