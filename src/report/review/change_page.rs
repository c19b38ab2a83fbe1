//! What a change does, as a page for a browser: tables of floors and facts, and each changed target's year before and after.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::change::{Changed, EQUAL, floor, migration_line, price, totals, when};
use super::html::{END, floors, head, safe};
use super::said::signed;
use super::seasons;
use crate::plan::Plan;

/// More pictures than these would make a page that no browser likes.
const MOST_TARGETS: usize = 100;

/// The whole page.
pub fn change_html(shown: &Changed<'_>) -> String {
    if shown.change.is_none() {
        return format!("{}{END}", head(EQUAL));
    }
    let mut out = head(&totals(shown));
    if let Some(line) = migration_line(shown) {
        let _ = writeln!(out, "<p>{}.</p>", safe(&line));
    }
    shifts(&mut out, shown);
    if !shown.change.seasons.is_empty() {
        out.push_str("<h2>Seasons</h2><ul>\n");
        for season in &shown.change.seasons {
            let _ = writeln!(out, "<li>{}</li>", safe(&seasons::line(season, false)));
        }
        out.push_str("</ul>\n");
    }
    facts(&mut out, shown);
    let changed: BTreeSet<&str> = shown.change.shifts.iter().map(|shift| shift.target.as_str()).collect();
    for name in changed.iter().take(MOST_TARGETS) {
        let _ = writeln!(out, "<section><h2>{}</h2>", safe(name));
        year(&mut out, shown.old, name, "before");
        year(&mut out, shown.new, name, "after");
        out.push_str("</section>\n");
    }
    if changed.len() > MOST_TARGETS {
        let _ = writeln!(out, "<p>{} more targets have other floors.</p>", changed.len() - MOST_TARGETS);
    }
    out.push_str(END);
    out
}

fn shifts(out: &mut String, shown: &Changed<'_>) {
    if shown.change.shifts.is_empty() {
        return;
    }
    let is_priced = shown.new.profile.cost.is_some();
    let cost = if is_priced { "<th scope=\"col\">Cost</th>" } else { "" };
    let _ = writeln!(
        out,
        "<table><caption>Floors</caption><thead><tr><th scope=\"col\">Target</th><th scope=\"col\">When</th>\
         <th scope=\"col\">Before</th><th scope=\"col\">After</th><th scope=\"col\">Pod-hours</th>\
         {cost}</tr></thead><tbody>"
    );
    for shift in &shown.change.shifts {
        let hours = shift.time.hours();
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"words\">{}</td><td>{}</td><td>{}</td><td>{}</td>{}</tr>",
            safe(&shift.target),
            safe(&when(shift)),
            floor(shift.before),
            floor(shift.after),
            signed(hours, 1),
            price(shown, hours).map(|money| format!("<td>{}</td>", safe(&money))).unwrap_or_default()
        );
    }
    out.push_str("</tbody></table>\n");
}

fn facts(out: &mut String, shown: &Changed<'_>) {
    if shown.change.facts.is_empty() {
        return;
    }
    out.push_str(
        "<table class=\"facts\"><caption>Everything else that is said differently</caption><thead><tr>\
         <th scope=\"col\">Of</th><th scope=\"col\">What</th><th scope=\"col\">Before</th>\
         <th scope=\"col\">After</th></tr></thead><tbody>\n",
    );
    for fact in &shown.change.facts {
        let said = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), coded);
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"words\">{}</td><td class=\"words\">{}</td><td class=\"words\">{}</td></tr>",
            coded(&fact.subject),
            safe(fact.fact),
            said(&fact.before),
            said(&fact.after)
        );
    }
    out.push_str("</tbody></table>\n");
}

/// Text with its `code` as code.
fn coded(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let part = |(at, part): (usize, &str)| {
        if at % 2 == 1 { format!("<code>{}</code>", safe(part)) } else { safe(part) }
    };
    parts.map(part).collect()
}

/// A target's year in one of the plans, where it has one.
fn year(out: &mut String, plan: &Plan, name: &str, side: &str) {
    let at = plan.profile.targets.iter().position(|target| target.name.as_str() == name);
    match at {
        Some(at) => {
            let _ = writeln!(out, "<p>{side}</p>");
            floors(out, plan, &plan.schedules[at], &format!("{name}, {side}"));
        }
        None => {
            let _ = writeln!(out, "<p>{side}: there is none</p>");
        }
    }
}
