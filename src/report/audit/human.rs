//! An audit for a terminal: what is worst in three lines, then everything that is wrong, the worst first and what repeats
//! itself once, then each object with the year of its floor.

use std::collections::{BTreeMap, BTreeSet};

use super::group::{Group, Groups};
use super::lines::COLUMNS;
use super::object::{self, BOLD};
use super::snippet::Shown;
use crate::audit::{File, Object};
use crate::parallel;
use crate::rules::finding::Finding;
use crate::time::{Instant, Window, Zone};
use crate::yaml;

/// How many are named at the head, where there are more.
const WORST: usize = 3;

/// Gathered file by file, since the worst can be in the last one. Only text is kept of what was read.
pub struct Human {
    window: Window<Instant>,
    groups: Groups,
    objects: String,
}

impl Human {
    /// Of an audit over `window`.
    pub fn new(window: Window<Instant>) -> Self {
        Self { window, groups: Groups::default(), objects: String::new() }
    }

    /// Adds files, each with its text.
    pub fn add(&mut self, files: &[(&File, &str)]) {
        let window = self.window;
        for (objects, findings) in parallel::map(files, |(file, text)| seen(file, text, window)) {
            self.objects.push_str(&objects);
            findings.into_iter().for_each(|shown| self.groups.add(shown));
        }
    }

    /// All of it. Colours are always in it; the terminal's writer takes them out where nobody wants them.
    pub fn text(self) -> String {
        let window = self.window;
        let groups = self.groups.worst_first();
        let mut text = worst(&groups, window);
        for group in parallel::map(&groups, |group| group.text(window)) {
            text.push_str(&group);
            text.push_str("\n\n");
        }
        text.push_str(&self.objects);
        text
    }
}

/// The worst in one line each, where there are more than these.
fn worst(groups: &[Group], window: Window<Instant>) -> String {
    if groups.len() <= WORST {
        return String::new();
    }
    let mut text = format!("{BOLD}worst:{BOLD:#}\n");
    for group in &groups[..WORST] {
        text.push_str(&line(group, window));
    }
    text.push('\n');
    text
}

/// `  cron-comment-differs (3 times): 4.7 % of the year, 1,632 pod-hours, shop.yaml:18`, or as much of it as fits.
fn line(group: &Group, window: Window<Instant>) -> String {
    let finding = &group.worst.finding;
    let times = if group.count == 1 { String::new() } else { format!(" ({} times)", group.count) };
    let code = format!("  {}{times}: ", finding.rule.id());
    let mut what = group.prices(window);
    if what.is_empty() {
        what.push(finding.rule.summary().to_owned());
    }
    let place = format!("{}:{}", group.worst.file, finding.place.mark.line);
    let name = place.rsplit('/').next().unwrap_or_default();
    let length = |what: &[String]| {
        code.chars().count() + what.iter().map(|said| said.chars().count() + 2).sum::<usize>()
    };
    while !what.is_empty() && length(&what) + name.chars().count() > COLUMNS {
        what.pop();
    }
    let left = COLUMNS.saturating_sub(length(&what));
    what.push(spot(&place, left));
    format!("{code}{}\n", what.join(", "))
}

/// A file and a line in so many columns: without its folders, or only its end, where it has to be.
fn spot(place: &str, columns: usize) -> String {
    let length = |text: &str| text.chars().count();
    if length(place) <= columns {
        return place.to_owned();
    }
    let name = place.rsplit('/').next().unwrap_or_default();
    let cut = length(name).saturating_sub(columns.saturating_sub(2));
    if length(name) <= columns {
        name.to_owned()
    } else {
        format!("..{}", name.chars().skip(cut).collect::<String>())
    }
}

/// The text of a file's objects, and its findings.
fn seen(file: &File, text: &str, window: Window<Instant>) -> (String, Vec<Shown>) {
    let text = yaml::with_lines(text);
    let lines = lines(&text, file);
    let objects = parallel::map(&file.objects, |object| object::text(file, object, window)).concat();
    let mut titles: BTreeMap<&str, Vec<&Object>> = BTreeMap::new();
    for object in &file.objects {
        titles.entry(&object.title).or_default().push(object);
    }
    let shown = |finding: &Finding| {
        let owner = titles.get(finding.place.object.as_str()).map(|all| owner(all, finding));
        let line = lines.get(&finding.place.mark.line.max(1)).copied().unwrap_or_default();
        let first = owner.and_then(|object| first_at(finding, object, window));
        Shown::new(&file.name, finding, line, first)
    };
    (objects, file.findings.iter().map(shown).collect())
}

/// The lines that findings are on, each by its number. Few of millions have any.
fn lines<'t>(text: &'t str, file: &File) -> BTreeMap<usize, &'t str> {
    let wanted: BTreeSet<usize> =
        file.findings.iter().map(|finding| finding.place.mark.line.max(1)).collect();
    let last = wanted.last().copied().unwrap_or(0);
    let numbered = text.lines().take(last).zip(1..).map(|(line, number)| (number, line));
    numbered.filter(|(number, _)| wanted.contains(number)).collect()
}

/// Of several objects with one title the last that begins above the finding.
fn owner<'o>(objects: &[&'o Object], finding: &Finding) -> &'o Object {
    objects.iter().rfind(|object| object.begins <= finding.place.mark).unwrap_or(&objects[0])
}

/// When it first surprises, in local time, unless the effect says it already or it was so from the beginning.
fn first_at(finding: &Finding, object: &Object, window: Window<Instant>) -> Option<String> {
    let first = finding.first.filter(|first| *first > window.from)?;
    let zone = clock(object, finding)?;
    let local = zone.local(first).to_string();
    (!finding.effect.contains(&local)).then(|| format!("first at {local} {zone} ({first})"))
}

/// The clock of the finding's trigger, or of the object's first one.
fn clock<'o>(object: &'o Object, finding: &Finding) -> Option<&'o Zone> {
    let own = finding.place.trigger.and_then(|index| object.triggers.get(index)?.cron.as_ref());
    own.or_else(|| object.triggers.iter().find_map(|trigger| trigger.cron.as_ref())).map(|cron| &cron.zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_loses_its_folders_and_then_its_beginning() {
        assert_eq!(spot("k8s/shop/web.yaml:7", 40), "k8s/shop/web.yaml:7");
        assert_eq!(spot("k8s/shop/web.yaml:7", 12), "web.yaml:7");
        assert_eq!(spot("k8s/shop/web.yaml:7", 8), "..yaml:7");
    }
}
