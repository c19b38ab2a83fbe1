//! What a finding costs, in words.

use crate::rules::cost::{Cost, Lost};
use crate::time::{Instant, Window};

/// `5.4 % of the year, 1,234 pod-hours`; nothing where nothing is known.
pub(super) fn price(cost: Cost, window: Window<Instant>) -> String {
    prices(cost, window).join(", ")
}

/// The same in parts, what weighs most first.
pub(super) fn prices(cost: Cost, window: Window<Instant>) -> Vec<String> {
    let lost = cost.lost.map(|lost| match lost {
        Lost::Object => "the whole object".to_owned(),
        Lost::Trigger => "the whole trigger".to_owned(),
    });
    let time = cost.seconds.map(|seconds| share(seconds, window));
    let pods = cost.pod_seconds.map(pod_hours);
    lost.into_iter().chain(time).chain(pods).collect()
}

fn share(seconds: i64, window: Window<Instant>) -> String {
    let whole = window.until.0 - window.from.0;
    let days = whole / 86_400;
    let of = if days == 365 || days == 366 { "of the year" } else { "of the time" };
    match part(seconds, window) * 100.0 {
        small if small < 0.1 => format!("under 0.1 % {of}"),
        share => format!("{share:.1} % {of}"),
    }
}

/// From 0 to 1.
pub(super) fn part(seconds: i64, window: Window<Instant>) -> f64 {
    (seconds as f64 / (window.until.0 - window.from.0) as f64).min(1.0)
}

/// Whole ones, unless there are few.
fn pod_hours(pod_seconds: i64) -> String {
    let hours = pod_seconds as f64 / 3600.0;
    if hours < 0.05 {
        return "under 0.1 pod-hours".to_owned();
    }
    if hours < 10.0 {
        return format!("{hours:.1} pod-hours");
    }
    format!("{} pod-hours", thousands(pod_seconds / 3600))
}

fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year() -> Window<Instant> {
        Window::new(Instant(1_767_225_600), Instant(1_798_761_600))
    }

    #[test]
    fn a_cost_says_what_is_lost_then_time_then_replicas_and_of_nothing_nothing() {
        let said = |lost, hours: Option<i64>, pod_hours: Option<i64>| {
            let seconds = |hours: i64| hours * 3600;
            price(Cost { lost, seconds: hours.map(seconds), pod_seconds: pod_hours.map(seconds) }, year())
        };
        assert_eq!(said(None, None, None), "");
        assert_eq!(said(Some(Lost::Trigger), None, None), "the whole trigger");
        assert_eq!(said(None, Some(876), Some(1_234_567)), "10.0 % of the year, 1,234,567 pod-hours");
        assert_eq!(said(None, Some(1), Some(2)), "under 0.1 % of the year, 2.0 pod-hours");
        let whole = said(Some(Lost::Object), Some(8760), Some(999));
        assert_eq!(whole, "the whole object, 100.0 % of the year, 999 pod-hours");
    }
}
