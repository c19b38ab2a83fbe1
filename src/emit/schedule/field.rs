//! Cron fields: sets of numbers as ranges and lists.

use std::fmt::Write;

/// `1-9,13-30` for the bits of `set`, bit 0 standing for `first`.
pub(super) fn numbers(set: u64, first: u32) -> String {
    let mut text = String::new();
    let mut rest = set;
    while rest != 0 {
        let from = rest.trailing_zeros();
        let length = (rest >> from).trailing_ones();
        if !text.is_empty() {
            text.push(',');
        }
        let _ = match length {
            1 => write!(text, "{}", from + first),
            _ => write!(text, "{}-{}", from + first, from + length - 1 + first),
        };
        rest &= !(((1_u64 << length) - 1) << from);
    }
    text
}

/// How many runs of neighbouring bits `set` has.
pub(super) fn runs(set: u64) -> u32 {
    (set & !(set << 1)).count_ones()
}

/// Each run of neighbouring bits by itself.
pub(super) fn split(set: u64) -> Vec<u64> {
    let mut parts = Vec::new();
    let mut rest = set;
    while rest != 0 {
        let from = rest.trailing_zeros();
        let length = (rest >> from).trailing_ones();
        let run = ((1_u64 << length) - 1) << from;
        parts.push(run);
        rest &= !run;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_ranges_and_the_rest_a_list() {
        assert_eq!(numbers(0b1_1110_0111, 1), "1-3,6-9");
        assert_eq!(numbers(0b11, 1), "1-2");
        assert_eq!(numbers(1 << 30, 1), "31");
        assert_eq!(runs(0b1_1110_0111), 2);
        assert_eq!(split(0b1011), vec![0b11, 0b1000]);
    }
}
