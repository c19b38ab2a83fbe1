//! A file of an audit for a terminal: each object with its year and, below it, what is wrong with it.

use std::collections::BTreeMap;
use std::fmt::Write;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use anstyle::Style;

use super::calendar;
use super::route;
use crate::audit::{File, Object, calendar as calendar_of, on_clocks_of};
use crate::diagnostic::Severity;
use crate::keda::finding::Finding;
use crate::keda::halt::Halt;
use crate::parallel;
use crate::time::{Instant, Window, Zone};
use crate::yaml::{self, Mark};

const BOLD: Style = Style::new().bold();

/// Bytes of a line that is still shown.
const LONGEST: usize = 2_000;

/// Colours are always in it; the terminal's writer takes them out where nobody wants them. `text` is the file's.
pub fn human(file: &File, text: &str, window: Window<Instant>) -> String {
    let text = yaml::with_lines(text);
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    let (of_objects, of_none) = by_object(file);
    let objects: Vec<(&Object, Vec<&Finding>)> = file.objects.iter().zip(of_objects).collect();
    out.extend(parallel::map(&objects, |(object, findings)| {
        let mut out = format!("{BOLD}{}{BOLD:#}  {}:{}\n", object.title, file.name, object.mark.line);
        out.push_str(&year(object, window));
        out.push('\n');
        for finding in findings {
            let clock =
                clock(object, finding).filter(|_| finding.first.is_some_and(|first| first > window.from));
            out.push_str(&snippet(file, &lines, finding, clock));
            out.push_str("\n\n");
        }
        out
    }));
    for finding in of_none {
        out.push_str(&snippet(file, &lines, finding, None));
        out.push_str("\n\n");
    }
    out
}

/// The findings of each object, and those that are about none. Of several objects with one title the last that begins
/// above the finding has it.
fn by_object(file: &File) -> (Vec<Vec<&Finding>>, Vec<&Finding>) {
    let mut titles: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, object) in file.objects.iter().enumerate() {
        titles.entry(&object.title).or_default().push(place);
    }
    let (mut of_objects, mut of_none) = (vec![Vec::new(); file.objects.len()], Vec::new());
    for finding in &file.findings {
        match titles.get(finding.place.object.as_str()) {
            Some(places) => {
                let above = |place: &&usize| file.objects[**place].begins <= finding.place.mark;
                let place = places.iter().rfind(above).unwrap_or(&places[0]);
                of_objects[*place].push(finding);
            }
            None => of_none.push(finding),
        }
    }
    (of_objects, of_none)
}

/// The clock of the finding's trigger, or of the object's first one.
fn clock<'o>(object: &'o Object, finding: &Finding) -> Option<&'o Zone> {
    let own = finding.place.trigger.and_then(|index| object.triggers.get(index)?.cron.as_ref());
    own.or_else(|| object.triggers.iter().find_map(|trigger| trigger.cron.as_ref())).map(|cron| &cron.zone)
}

/// What its cron triggers ask for.
fn year(object: &Object, window: Window<Instant>) -> String {
    let zone = object.triggers.iter().find_map(|trigger| Some(&trigger.cron.as_ref()?.zone));
    let halt =
        object.halt.as_ref().map_or(String::new(), |halt| format!("  not in force: {}\n", halted(halt)));
    let comma = if object.halt.is_some() { " would be, " } else { ", " };
    match (&object.scales, zone) {
        (Some(scales), Some(zone)) => {
            let (target, min, max) = (&scales.target, scales.min, scales.max);
            let floor = calendar::text(&calendar_of(&scales.floor, window, zone));
            format!(
                "{halt}  scales {target} between {min} and {max} replicas; its floor{comma}on the clocks of {zone}:\n{floor}"
            )
        }
        (Some(scales), None) => {
            let (target, min, max) = (&scales.target, scales.min, scales.max);
            format!(
                "{halt}  scales {target} between {min} and {max} replicas; no cron trigger raises its floor\n"
            )
        }
        (None, _) => format!("{halt}{}", jobs(object, window)),
    }
}

fn halted(halt: &Halt) -> String {
    match halt {
        Halt::Paused => "an annotation pauses it".to_owned(),
        Halt::PausedAt(replicas) => format!("an annotation keeps it at {replicas} replicas"),
        Halt::PausedUp => "an annotation keeps it from scaling up".to_owned(),
        Halt::NotBuilt => "KEDA cannot build it as it is".to_owned(),
    }
}

fn jobs(object: &Object, window: Window<Instant>) -> String {
    let mut text = String::from("  makes Jobs: its triggers count what waits, there is no floor\n");
    for trigger in &object.triggers {
        let Some(cron) = &trigger.cron else { continue };
        let window = on_clocks_of(&cron.zone, window);
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

/// One finding as rustc would show it. Only its own line is handed to the renderer, which else would look through the whole
/// file for each; and of a line that nobody reads, a whole List in JSON maybe, only the place is named.
fn snippet(file: &File, lines: &[&str], finding: &Finding, clock: Option<&Zone>) -> String {
    let level = match finding.check.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let place = &finding.place;
    let line = lines.get(place.mark.line.saturating_sub(1)).copied().unwrap_or_default();
    let label = match (place.object.is_empty(), route(finding)) {
        (true, _) => String::new(),
        (false, route) if route.is_empty() => place.object.clone(),
        (false, route) => format!("{}: {route}", place.object),
    };
    let title = level.primary_title(finding.check.summary()).id(finding.check.id());
    let group = Group::with_title(title);
    let group = if line.len() > LONGEST {
        let origin = Origin::path(&file.name).line(place.mark.line).char_column(place.mark.column);
        let group = group.element(origin);
        if label.is_empty() { group } else { group.element(Level::NOTE.message(label)) }
    } else {
        group.element(excerpt(file, line, place.mark, label))
    };
    let mut group = group.element(Level::NOTE.message(&finding.effect));
    if let Some(first) = first_at(finding, clock) {
        group = group.element(Level::NOTE.message(first));
    }
    let group = group.element(Level::HELP.message(&finding.mend));
    Renderer::styled().decor_style(DecorStyle::Ascii).render(&[group])
}

fn excerpt<'f>(file: &'f File, line: &'f str, mark: Mark, label: String) -> Snippet<'f, Annotation<'f>> {
    let start = line.char_indices().nth(mark.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    Snippet::source(line)
        .line_start(mark.line.max(1))
        .path(&file.name)
        .annotation(AnnotationKind::Primary.span(start..end_of_value(line, start)).label(label))
}

/// When it first surprises, in local time, unless the effect says it already.
fn first_at(finding: &Finding, clock: Option<&Zone>) -> Option<String> {
    let (first, zone) = (finding.first?, clock?);
    let local = zone.local(first).to_string();
    (!finding.effect.contains(&local)).then(|| format!("first at {local} {zone} ({first})"))
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
