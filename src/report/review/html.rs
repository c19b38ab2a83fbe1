//! The year as one page for a browser: no network, light and dark, for print, keyboard and screen reader.

use std::fmt::Write;

use super::said::{self, Row, by_reason, by_territory, hours, money, number};
use super::text::{maxima, months, whole};
use crate::plan::{Plan, Schedule};
use crate::report::page::STYLE;
use crate::review::{DayPeak, PodTime, Review, Slice, slices};
use crate::time::Date;

/// Height of a picture's plot.
const HEIGHT: u32 = 90;
/// Left of the plot.
const LEFT: u32 = 34;
/// A day's width.
const DAY: u32 = 2;
/// More targets than this would make a page that no browser likes.
const MOST_TARGETS: usize = 200;

/// The whole page.
pub fn html(review: &Review<'_>) -> String {
    let plan = review.plan;
    let (from, last) = (plan.horizon.from, plan.horizon.until.plus_days(-1));
    let title = format!("The year, {} to {}", said::day(from), said::day(last));
    let mut out = head(&title);
    for sentence in said::savings(review) {
        let _ = writeln!(out, "<p>{}</p>", safe(&sentence));
    }
    let _ = writeln!(out, "<p>{}.</p>", safe(&maxima(plan)));
    capacity(&mut out, review);
    for at in 0..plan.profile.targets.len().min(MOST_TARGETS) {
        target(&mut out, review, at);
    }
    for (title, lines) in [
        ("Pod-hours by month", months(review)),
        ("Pod-hours by reason", by_reason(review)),
        ("Pod-hours by territory", by_territory(review)),
    ] {
        let _ = writeln!(
            out,
            "<table><caption>{title}</caption><thead><tr><th scope=\"col\">For</th><th scope=\"col\">Pod-hours</th>\
             {}</tr></thead><tbody>",
            cost_head(review)
        );
        for (name, time) in lines {
            let _ = writeln!(
                out,
                "<tr><th scope=\"row\">{}</th><td>{}</td>{}</tr>",
                safe(&name),
                hours(time),
                cost_cell(review, time)
            );
        }
        out.push_str("</tbody></table>\n");
    }
    out.push_str(END);
    out
}

pub(super) const END: &str = "</main>\n</body>\n</html>\n";

/// Up to the heading.
pub(super) fn head(title: &str) -> String {
    let title = safe(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    )
}

/// What all targets together ask for at most, day by day.
fn capacity(out: &mut String, review: &Review<'_>) {
    let plan = review.plan;
    let least = review.days.iter().map(|day| day.floors.replicas).min().unwrap_or(0);
    let count = |replicas: i64| u32::try_from(replicas).unwrap_or(u32::MAX);
    let bar = |day: &DayPeak| Bar {
        day: day.day,
        tall: count(day.floors.replicas),
        raised: day.floors.replicas > least,
        said: format!(
            "up to {} replicas, {} cores, {} GiB requested",
            day.floors.replicas,
            number(whole(day.floors.millicores) / 1000.0, 2),
            number(whole(day.floors.memory) / f64::from(1 << 30), 2)
        ),
    };
    let bars: Vec<Bar> = review.days.iter().map(bar).collect();
    let most = bars.iter().map(|bar| bar.tall).max().unwrap_or(0).max(1);
    out.push_str("<section><h2>All targets together</h2><p>the sum of their floors at its highest moment of each day</p>\n");
    picture(out, plan, &bars, most, "Highest sum of all floors on each day");
    out.push_str("</section>\n");
}

fn target(out: &mut String, review: &Review<'_>, at: usize) {
    let plan = review.plan;
    let target = &plan.profile.targets[at];
    let _ = writeln!(
        out,
        "<section><h2>{}</h2><p>{}, min {}, max {}</p>",
        safe(target.name.as_str()),
        safe(&said::place(plan, at)),
        target.min.value,
        target.max.value
    );
    floors(out, plan, &plan.schedules[at], target.name.as_str());
    let _ = writeln!(
        out,
        "<table><thead><tr><th scope=\"col\">Floor</th><th scope=\"col\">For</th><th scope=\"col\">When</th>\
         <th scope=\"col\">Pod-hours</th>{}</tr></thead><tbody>",
        cost_head(review)
    );
    for layer in &plan.schedules[at].layers {
        let row = Row::of(plan, layer);
        let taken = review.sum(|spent| spent.target.0 == at && spent.origin == Some(layer.origin));
        let when: Vec<String> =
            [Some(row.dates), Some(row.hours), row.without].into_iter().flatten().collect();
        let more =
            if row.more.is_empty() { String::new() } else { format!("<br>{}", safe(&row.more.join("; "))) };
        let _ = writeln!(
            out,
            "<tr><td>{}</td><th scope=\"row\">{}</th><td class=\"words\">{}{more}</td><td>+{}</td>{}</tr>",
            layer.floor,
            safe(&row.title),
            safe(&when.join(", ")),
            hours(taken),
            cost_cell(review, taken)
        );
    }
    let minimum = review.sum(|spent| spent.target.0 == at && spent.origin.is_none());
    let _ = writeln!(
        out,
        "<tr><td>{}</td><th scope=\"row\">minimum</th><td class=\"words\">otherwise</td><td>{}</td>{}</tr>\
         </tbody></table></section>",
        target.min.value,
        hours(minimum),
        cost_cell(review, minimum)
    );
}

/// The head of a column of prices, where a pod-hour has one.
fn cost_head(review: &Review<'_>) -> &'static str {
    if review.plan.profile.cost.is_some() { "<th scope=\"col\">Cost</th>" } else { "" }
}

fn cost_cell(review: &Review<'_>, time: PodTime) -> String {
    money(review, time).map(|money| format!("<td>{}</td>", safe(&money))).unwrap_or_default()
}

/// A day of a picture.
struct Bar {
    day: Date,
    tall: u32,
    /// Whether it stands above what always holds.
    raised: bool,
    said: String,
}

/// The highest floor of each day of a target.
pub(super) fn floors(out: &mut String, plan: &Plan, schedule: &Schedule, name: &str) {
    let target = &plan.profile.targets[schedule.target.0];
    let bar = |slice: &Slice| Bar {
        day: slice.from,
        tall: slice.highest.0,
        raised: slice.highest > target.min.value,
        said: format!("up to {} replicas", slice.highest),
    };
    let bars: Vec<Bar> = slices(plan, schedule, 1).iter().map(bar).collect();
    picture(out, plan, &bars, target.max.value.0.max(1), &format!("Highest floor of each day of {name}"));
}

/// Days as bars up to `max`; equal days are one bar. Each can be pointed at and reached by keyboard.
fn picture(out: &mut String, plan: &Plan, days: &[Bar], max: u32, label: &str) {
    let span = place(plan, plan.horizon.until);
    let _ = writeln!(
        out,
        "<svg viewBox=\"0 0 {} {}\" role=\"group\" aria-label=\"{}\">",
        span + 8,
        HEIGHT + 34,
        safe(label)
    );
    months_axis(out, plan);
    for same in days.chunk_by(|one, next| one.said == next.said) {
        let (first, last) = (&same[0], &same[same.len() - 1]);
        let (left, right) = (place(plan, first.day), place(plan, last.day.next()));
        let tall =
            u32::try_from((u64::from(HEIGHT) * u64::from(first.tall.min(max))).div_ceil(u64::from(max)));
        let tall = tall.unwrap_or(HEIGHT);
        let dates = if first.day == last.day {
            first.day.long()
        } else {
            format!("{} to {}", first.day.long(), last.day.long())
        };
        let said = format!("{dates}: {}", first.said);
        let class = if first.raised { "season" } else { "base" };
        let _ = writeln!(
            out,
            "<rect class=\"{class}\" tabindex=\"0\" role=\"img\" aria-label=\"{said}\" x=\"{left}\" y=\"{}\" width=\"{}\" \
             height=\"{tall}\"><title>{said}</title></rect>",
            10 + HEIGHT - tall,
            right - left
        );
        if first.raised {
            let _ = writeln!(
                out,
                "<text class=\"value\" aria-hidden=\"true\" x=\"{}\" y=\"{}\">{}</text>",
                u32::midpoint(left, right),
                8 + HEIGHT - tall,
                first.tall
            );
        }
    }
    let _ = writeln!(
        out,
        "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{span}\" y1=\"{0}\" y2=\"{0}\"/><text class=\"scale\" x=\"{1}\" y=\"16\">{max}</text>\
         <text class=\"scale\" x=\"{1}\" y=\"{0}\">0</text></svg>",
        10 + HEIGHT,
        LEFT - 4
    );
}

fn place(plan: &Plan, day: Date) -> u32 {
    LEFT + DAY * u32::try_from(day.days_since(plan.horizon.from)).unwrap_or(0)
}

fn months_axis(out: &mut String, plan: &Plan) {
    let days = plan.horizon.until.days_since(plan.horizon.from);
    let starts = (0..days).map(|day| plan.horizon.from.plus_days(day)).filter(|day| day.day() == 1);
    for day in starts {
        let x = place(plan, day);
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"10\" y2=\"{}\"/><text class=\"month\" x=\"{}\" y=\"{}\">{}</text>",
            14 + HEIGHT,
            x + 3,
            26 + HEIGHT,
            day.month().short()
        );
    }
}

/// Text of the policy as HTML shows it and nothing else.
pub(super) fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            _ => safe.push(character),
        }
    }
    safe
}
