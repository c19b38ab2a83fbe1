//! A file of an audit for a terminal: each object with its year and, below it, what is wrong with it.

use std::fmt::Write;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::Style;

use super::calendar;
use super::route;
use crate::audit::{File, Object, calendar as calendar_of};
use crate::diagnostic::Severity;
use crate::keda::finding::Finding;
use crate::time::{Instant, Window};
use crate::yaml;

const BOLD: Style = Style::new().bold();

/// Colours are always in it; the terminal's writer takes them out where nobody wants them. `text` is the file's.
pub fn human(file: &File, text: &str, window: Window<Instant>) -> String {
    let text = yaml::with_lines(text);
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    let mut shown = vec![false; file.findings.len()];
    let mut show = |of: Option<&Object>, out: &mut String| {
        for (finding, shown) in file.findings.iter().zip(&mut shown) {
            if !*shown && of.is_none_or(|object| object.title == finding.place.object) {
                *shown = true;
                out.push_str(&snippet(file, &lines, finding));
                out.push_str("\n\n");
            }
        }
    };
    for object in &file.objects {
        let _ = writeln!(out, "{BOLD}{}{BOLD:#}  {}:{}", object.title, file.name, object.mark.line);
        out.push_str(&year(object, window));
        out.push('\n');
        show(Some(object), &mut out);
    }
    show(None, &mut out);
    out
}

/// What its cron triggers ask for.
fn year(object: &Object, window: Window<Instant>) -> String {
    let zone = object.triggers.iter().find_map(|trigger| Some(&trigger.cron.as_ref()?.zone));
    match (&object.scales, zone) {
        (Some(scales), Some(zone)) => {
            let range =
                format!("  scales {} between {} and {} replicas", scales.target, scales.min, scales.max);
            let floor = calendar_of(&scales.floor, window, zone);
            format!("{range}; its floor, on the clocks of {zone}:\n{}", calendar::text(&floor))
        }
        (Some(scales), None) => {
            let (target, min, max) = (&scales.target, scales.min, scales.max);
            format!("  scales {target} between {min} and {max} replicas; no cron trigger raises its floor\n")
        }
        (None, _) => {
            let mut text = String::from("  makes Jobs: its triggers count what waits, there is no floor\n");
            for trigger in &object.triggers {
                let Some(cron) = &trigger.cron else { continue };
                let pieces = cron.active.pieces(window.from, window.until).filter(|(_, _, on)| **on);
                let seconds: i64 = pieces.map(|(from, until, _)| until.0 - from.0).sum();
                let share = 100.0 * seconds as f64 / (window.until.0 - window.from.0) as f64;
                let _ = writeln!(
                    text,
                    "  trigger {} asks for {} in {share:.1} % of the time",
                    trigger.index, cron.desired
                );
            }
            text
        }
    }
}

/// One finding as rustc would show it. Only its own line is handed to the renderer, which else would look through the whole
/// file for each.
fn snippet(file: &File, lines: &[&str], finding: &Finding) -> String {
    let level = match finding.check.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let place = &finding.place;
    let line = lines.get(place.mark.line.saturating_sub(1)).copied().unwrap_or_default();
    let start = line.char_indices().nth(place.mark.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    let label = match (place.object.is_empty(), route(finding)) {
        (true, _) => String::new(),
        (false, route) if route.is_empty() => place.object.clone(),
        (false, route) => format!("{}: {route}", place.object),
    };
    let excerpt = Snippet::source(line)
        .line_start(place.mark.line.max(1))
        .path(&file.name)
        .annotation(AnnotationKind::Primary.span(start..end_of_value(line, start)).label(label));
    let title = level.primary_title(finding.check.summary()).id(finding.check.id());
    let mut group = Group::with_title(title).element(excerpt).element(Level::NOTE.message(&finding.effect));
    if let Some(first) = finding.first {
        group = group.element(Level::NOTE.message(format!("first at {first}")));
    }
    let group = group.element(Level::HELP.message(&finding.mend));
    Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group])
}

/// The end of the value or key that begins at `start`: of its quotes, of its part of a flow, or of the line before a
/// comment.
fn end_of_value(line: &str, start: usize) -> usize {
    let rest = &line[start..];
    let quoted = rest.starts_with(['"', '\'']).then(|| rest[1..].find(&rest[..1])).flatten();
    if let Some(length) = quoted {
        return start + length + 2;
    }
    let in_flow = line[..start].contains(['{', '[']);
    let end = |at: &(usize, char)| {
        let (at, sign) = *at;
        sign == '#' && rest[..at].ends_with(' ') || in_flow && matches!(sign, ',' | '}' | ']')
    };
    let end = rest.char_indices().find(end).map_or(rest.len(), |(at, _)| at);
    start + rest[..end].trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_with_its_quotes_its_part_of_a_flow_or_before_a_comment() {
        let value = |line: &str, start: &str| {
            let at = line.find(start).unwrap();
            line[at..end_of_value(line, at)].to_owned()
        };
        assert_eq!(value("a: {b: \"0 8 * * *\", c: 6}", "\"0"), "\"0 8 * * *\"");
        assert_eq!(value("a: {b: x y, c: 6}", "x"), "x y");
        assert_eq!(value("a: 0 8 1,2 * *  # nightly", "0"), "0 8 1,2 * *");
        assert_eq!(value("a: 'it", "'"), "'it");
    }
}
