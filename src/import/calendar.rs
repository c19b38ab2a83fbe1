//! `calendar.toml` of the proposal: the horizon and a table for each season.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::Target;
use super::clock;
use super::fleet::Fleet;
use super::part::Part;
use super::say;
use super::season::Season;
use super::table::{Table, list, readable};
use super::written::Written;
use crate::finding::Rule;
use crate::name::{Slug, TerritoryCode};
use crate::quantity::Replicas;
use crate::time::{Date, Hours, LocalTime, TimeOfDay, Window, Zone};

/// Floors of one place.
type Floors = BTreeMap<Slug, Replicas>;

/// The whole file.
pub(super) fn text(
    seasons: &[Season],
    targets: &[Target<'_>],
    fleet: &Fleet,
    horizon: Window<Date>,
) -> String {
    let mut out = String::new();
    for line in say::CALENDAR_HEAD {
        let _ = writeln!(out, "# {line}");
    }
    out.push('\n');
    let mut plan = Table::new("plan");
    plan.row("from", horizon.from.to_string());
    plan.row("until", horizon.until.to_string()).because("exclusive");
    plan.write(&mut out);
    for season in seasons {
        Sheet::new(season, targets, fleet).write(horizon, &mut out);
    }
    if seasons.is_empty() {
        let _ = writeln!(out, "# {}", say::NO_SEASON);
    }
    format!("{}\n", out.trim_end())
}

/// A season, its floors by place.
struct Sheet<'s> {
    season: &'s Season,
    targets: &'s [Target<'s>],
    fleet: &'s Fleet,
    /// Territories that take part, in the fleet's order, with what holds there.
    territories: Vec<(&'s TerritoryCode, Floors, &'s Part)>,
    platform: Floors,
}

impl<'s> Sheet<'s> {
    fn new(season: &'s Season, targets: &'s [Target<'s>], fleet: &'s Fleet) -> Self {
        let mut floors: BTreeMap<Option<&TerritoryCode>, (Floors, &Part)> = BTreeMap::new();
        for part in season.parts() {
            for (at, floor) in &part.floors {
                let placed = &targets[*at].placed;
                let code = placed.territory.as_ref().map(|(code, _)| code);
                let own = floors.entry(code).or_insert_with(|| (Floors::new(), part));
                own.0.insert(placed.workload.0.clone(), *floor);
            }
        }
        let platform = floors.remove(&None).map(|(floors, _)| floors).unwrap_or_default();
        let codes = fleet.territories.iter().map(|territory| &territory.code);
        let territories = codes
            .filter_map(|code| {
                let (floors, part) = floors.remove(&Some(code))?;
                Some((code, floors, part))
            })
            .collect();
        Self { season, targets, fleet, territories, platform }
    }

    /// The workloads that run in a territory.
    fn run_in(&self, code: &TerritoryCode) -> BTreeSet<&Slug> {
        let here = self
            .targets
            .iter()
            .filter(|target| target.placed.territory.as_ref().is_some_and(|(own, _)| own == code));
        here.map(|target| &target.placed.workload.0).collect()
    }

    /// Whether `general` says what `own` says of this territory.
    fn covers(&self, general: &Floors, code: &TerritoryCode, own: &Floors) -> bool {
        let there = self.run_in(code);
        let effective = general.iter().filter(|(workload, _)| there.contains(workload));
        effective.eq(own.iter())
    }

    /// The floors that need the fewest exceptions.
    fn general(&self) -> Floors {
        let is_general = |part: &Part| std::ptr::eq(part, &self.season.general);
        let here = || self.territories.iter().filter(|(_, _, part)| is_general(part));
        let all = here().flat_map(|(_, floors, _)| floors.clone()).collect::<Floors>();
        let own = here().map(|(_, floors, _)| floors.clone());
        let exceptions = |general: &Floors| {
            self.territories.iter().filter(|(code, floors, _)| !self.covers(general, code, floors)).count()
        };
        own.chain([all]).min_by_key(exceptions).unwrap_or_default()
    }

    fn write(&self, horizon: Window<Date>, out: &mut String) {
        let Season { key, title, general, .. } = self.season;
        let mut table = Table::new(format!("seasons.{key}"));
        for line in self.sources() {
            table.above(line);
        }
        let notes = self.notes(horizon);
        let note = self.comment().filter(|_| self.misled().is_empty());
        let words = self.words(notes.iter().chain(&note));
        for line in notes.into_iter().chain(words) {
            table.above(line);
        }
        table.text("title", title);
        if let Some(zone) = &general.zone {
            table.text("zone", zone.name());
        }
        let Written { from, to, hours, days } = Written::of(general, horizon);
        table.text("from", &from);
        table.text("to", &to).because("inclusive");
        if let Some(hours) = hours {
            table.row("hours", hours);
        }
        if let Some(days) = days {
            table.text("days", &days);
        }
        if self.territories.len() < self.fleet.territories.len() {
            table.row("territories", list(self.territories.iter().map(|(code, ..)| code.as_str())));
        }
        let general = self.general();
        let mut floors = general.clone();
        floors.extend(self.platform.clone());
        table.row("floor", self.floors(&floors));
        if let Some(note) = note {
            table.text("note", &note);
        }
        table.write(out);
        for (code, floors, part) in &self.territories {
            let mut table = Table::new(format!("seasons.{key}.in.{code}"));
            self.different_window(part, horizon, &mut table);
            if !self.covers(&general, code, floors) {
                table.row("floor", self.floors(floors));
            }
            if !table.is_empty() {
                table.write(out);
            }
        }
    }

    /// The keys whose values are not those of the season in general.
    fn different_window(&self, part: &Part, horizon: Window<Date>, table: &mut Table) {
        let general = &self.season.general;
        let general = Written::of(general, horizon);
        let own = Written::of(part, horizon);
        if own.from != general.from {
            table.text("from", &own.from);
        }
        if own.to != general.to {
            table.text("to", &own.to);
        }
        if own.hours != general.hours {
            table.row("hours", own.hours.unwrap_or_else(|| "\"00:00-24:00\"".to_owned()));
        }
        if own.days != general.days {
            table.text("days", own.days.as_deref().unwrap_or("mon-sun"));
        }
    }

    /// What a person wrote above the first of its triggers, where that is more than the title.
    fn comment(&self) -> Option<String> {
        let (target, trigger) = self.season.general.triggers.first()?;
        let note = self.targets[*target].scaled.found.note(*trigger)?;
        let plain = readable(&note);
        (plain != self.season.title).then_some(plain)
    }

    /// What else people wrote above its triggers and in them: it goes nowhere else. `said` is what they find again anyhow.
    fn words<'t>(&self, said: impl Iterator<Item = &'t String> + Clone) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for (target, trigger) in self.season.parts().flat_map(|part| &part.triggers) {
            for line in self.targets[*target].scaled.found.words(*trigger).into_iter().map(str::to_owned) {
                let is_said = line == self.season.title || said.clone().any(|text| text.contains(&line));
                if !is_said && !words.contains(&line) {
                    words.push(line);
                }
            }
        }
        words
    }

    /// A line for each thing that people wrote beside its triggers and that is not so. As a note of the season it would
    /// mislead the runbook's readers.
    fn misled(&self) -> Vec<String> {
        let mut said: BTreeMap<Option<&str>, BTreeSet<&str>> = BTreeMap::new();
        for (at, trigger) in self.season.parts().flat_map(|part| &part.triggers) {
            let target = &self.targets[*at];
            let own = target.scaled.truth.misled(&target.zone).filter(|(index, _)| index == trigger);
            for (_, effect) in own {
                said.entry(target.scaled.found.comment(*trigger)).or_default().insert(effect);
            }
        }
        said.into_iter().map(|(comment, effects)| say::misled(comment, &effects)).collect()
    }

    /// In the order of workloads.
    fn floors(&self, floors: &Floors) -> String {
        let order = self.fleet.workloads.iter().map(|workload| &workload.name);
        let said: Vec<String> =
            order.filter_map(|name| Some(format!("{name} = {}", floors.get(name)?))).collect();
        format!("{{ {} }}", said.join(", "))
    }

    /// `from shop.yaml, lines 12, 40`
    fn sources(&self) -> Vec<String> {
        let mut lines: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for (target, trigger) in self.season.parts().flat_map(|part| &part.triggers) {
            let found = self.targets[*target].scaled.found;
            let place = found.at(found.trigger(*trigger).kind.mark);
            lines.entry(place.file).or_default().insert(place.mark.line);
        }
        lines.iter().map(|(file, lines)| say::source(file, lines)).collect()
    }

    /// The clock of the season, or of the first of its targets.
    fn clock(&self) -> &'s Zone {
        let part = &self.season.general;
        let of_target = || part.floors.keys().next().map(|target| &self.targets[*target].zone);
        part.zone.as_ref().or_else(of_target).unwrap_or(&self.fleet.zone)
    }

    /// The clock that changes on the season's only day just where its hours begin or end.
    fn changed_clock(&self, horizon: Window<Date>) -> Option<&'s Zone> {
        let part = &self.season.general;
        let Hours::Daily { from, until } = part.hours else { return None };
        let day = *part.dates.days(horizon).first()?;
        let zone = self.clock();
        let edge = |at: LocalTime| at.date() == day && [from, until].contains(&at.time_of_day());
        clock::irregular(zone, horizon).iter().any(|stretch| edge(stretch.until)).then_some(zone)
    }

    /// What a person should know before keeping it.
    fn notes(&self, horizon: Window<Date>) -> Vec<String> {
        let season = self.season;
        let mended: BTreeSet<Rule> = season
            .parts()
            .flat_map(|part| &part.triggers)
            .filter_map(|(target, trigger)| self.targets[*target].scaled.truth.readings.get(trigger))
            .flat_map(|reading| &reading.mended)
            .copied()
            .collect();
        let mut notes: Vec<String> = mended.iter().map(|rule| say::mended(*rule).to_owned()).collect();
        notes.extend(self.misled());
        notes.extend(season.nameless.map(str::to_owned));
        if season.parts().any(|part| !part.dates.yearly) {
            notes.push(say::only_in(horizon));
        }
        notes.extend(
            say::feasts(&season.title, &season.general.dates.days(horizon), self.clock())
                .filter(|_| season.general.dates.yearly),
        );
        let Part { dates, hours, .. } = &season.general;
        let is_long = matches!(hours, Hours::Span { .. });
        let one = dates.from == dates.to && dates.yearly && !dates.from.is_monthly() && !is_long;
        if let Some(zone) = self.changed_clock(horizon).filter(|_| one) {
            notes.push(say::clock_change(zone.name(), horizon));
            return notes;
        }
        let parts = matches!(
            hours,
            Hours::Daily { until: TimeOfDay::END_OF_DAY, .. }
                | Hours::Daily { from: TimeOfDay::MIDNIGHT, .. }
        );
        if one && !parts {
            notes.push(say::ONE_DAY.to_owned());
        }
        notes
    }
}
