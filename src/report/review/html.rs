//! The year as one page for a browser: no network, light and dark, for print, keyboard and screen reader.

use std::fmt::Write;

use super::said::{self, Row, by_reason, by_territory, hours, money};
use super::text::{maxima, months};
use crate::plan::{Plan, Schedule};
use crate::review::{Review, slices};
use crate::time::Date;

/// Height of a picture's plot.
const HEIGHT: u32 = 90;
/// Left of the plot.
const LEFT: u32 = 34;
/// A day's width.
const DAY: u32 = 2;
/// More targets than this would make a page that no browser likes.
const MOST_TARGETS: usize = 200;

const STYLE: &str = include_str!("page.css");

/// The whole page.
pub fn html(review: &Review<'_>) -> String {
    let plan = review.plan;
    let (from, last) = (plan.horizon.from, plan.horizon.until.plus_days(-1));
    let title = format!("The year, {} to {}", said::day(from), said::day(last));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    for sentence in said::savings(review) {
        let _ = writeln!(out, "<p>{}</p>", safe(&sentence));
    }
    let _ = writeln!(out, "<p>{}.</p>", safe(&maxima(plan)));
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
             <th scope=\"col\">Cost</th></tr></thead><tbody>"
        );
        for (name, time) in lines {
            let _ = writeln!(
                out,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
                safe(&name),
                hours(time),
                safe(&money(review, time))
            );
        }
        out.push_str("</tbody></table>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
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
    picture(out, plan, &plan.schedules[at], target.name.as_str());
    out.push_str(
        "<table><thead><tr><th scope=\"col\">Floor</th><th scope=\"col\">For</th><th scope=\"col\">When</th>\
         <th scope=\"col\">Pod-hours</th><th scope=\"col\">Cost</th></tr></thead><tbody>\n",
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
            "<tr><td>{}</td><th scope=\"row\">{}</th><td class=\"words\">{}{more}</td><td>+{}</td><td>{}</td></tr>",
            layer.floor,
            safe(&row.title),
            safe(&when.join(", ")),
            hours(taken),
            safe(&money(review, taken))
        );
    }
    let minimum = review.sum(|spent| spent.target.0 == at && spent.origin.is_none());
    let _ = writeln!(
        out,
        "<tr><td>{}</td><th scope=\"row\">minimum</th><td class=\"words\">otherwise</td><td>{}</td><td>{}</td></tr>\
         </tbody></table></section>",
        target.min.value,
        hours(minimum),
        safe(&money(review, minimum))
    );
}

/// The highest floor of each day, as bars; equal days are one bar. Each bar can be pointed at and reached by keyboard.
fn picture(out: &mut String, plan: &Plan, schedule: &Schedule, name: &str) {
    let max = plan.profile.targets[schedule.target.0].max.value.0.max(1);
    let min = plan.profile.targets[schedule.target.0].min.value.0;
    let span = place(plan, plan.horizon.until);
    let _ = writeln!(
        out,
        "<svg viewBox=\"0 0 {} {}\" role=\"group\" aria-label=\"Highest floor of each day of {}\">",
        span + 8,
        HEIGHT + 34,
        safe(name)
    );
    months_axis(out, plan);
    let days = slices(plan, schedule, 1);
    let mut from = 0;
    while from < days.len() {
        let until =
            (from..days.len()).find(|at| days[*at].highest != days[from].highest).unwrap_or(days.len());
        let floor = days[from].highest.0;
        let (left, right) = (place(plan, days[from].from), place(plan, days[until - 1].from.next()));
        let tall = (HEIGHT * floor.min(max)).div_ceil(max);
        let last = days[until - 1].from;
        let said = format!("{} to {}: up to {floor} replicas", days[from].from.long(), last.long());
        let class = if floor > min { "season" } else { "base" };
        let _ = writeln!(
            out,
            "<rect class=\"{class}\" tabindex=\"0\" role=\"img\" aria-label=\"{said}\" x=\"{left}\" y=\"{}\" width=\"{}\" \
             height=\"{tall}\"><title>{said}</title></rect>",
            10 + HEIGHT - tall,
            right - left
        );
        if floor > min {
            let _ = writeln!(
                out,
                "<text class=\"value\" aria-hidden=\"true\" x=\"{}\" y=\"{}\">{floor}</text>",
                u32::midpoint(left, right),
                8 + HEIGHT - tall
            );
        }
        from = until;
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
fn safe(text: &str) -> String {
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
