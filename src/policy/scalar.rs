//! The small languages inside strings: durations.

use crate::quantity::{Millis, Seconds};

/// An hour: nobody waits for an answer longer, and twice and four times of it still have buckets.
const LONGEST_LATENCY: u32 = 3_600_000;

/// `250ms` or `2s`
pub(super) fn millis(text: &str) -> Option<Millis> {
    let value = match text.strip_suffix("ms") {
        Some(count) => digits(count)?,
        None => digits(text.strip_suffix('s')?)?.checked_mul(1000)?,
    };
    (1..=LONGEST_LATENCY).contains(&value).then_some(Millis(value))
}

/// `180s`, `30m`, `2h` or `14d`
pub(super) fn seconds(text: &str) -> Option<Seconds> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let count = digits(&text[..text.len() - 1])?;
    count.checked_mul(unit).filter(|seconds| *seconds > 0).map(Seconds)
}

/// `14d` or `2w`, in days
pub(super) fn days(text: &str) -> Option<u32> {
    let (count, unit) = match text.chars().next_back()? {
        'd' => (&text[..text.len() - 1], 1),
        'w' => (&text[..text.len() - 1], 7),
        _ => return None,
    };
    digits(count)?.checked_mul(unit).filter(|days| (1..=366).contains(days))
}

fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_a_unit_and_are_never_zero() {
        assert_eq!(millis("250ms"), Some(Millis(250)));
        assert_eq!(millis("2s"), Some(Millis(2000)));
        assert_eq!(seconds("30m"), Some(Seconds(1800)));
        assert_eq!(days("2w"), Some(14));
        for wrong in ["", "5", "0s", "-5s", "1.5h", "5 s", "ms", "99999999999s", "9999999h"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
            assert_eq!(millis(wrong), None, "{wrong}");
        }
    }
}
