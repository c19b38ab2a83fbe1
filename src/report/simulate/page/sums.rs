//! The tables of a study's page.

use super::{Shown, minutes, rate};
use crate::report::page::{Cell, Table};
use crate::report::simulate::words;
use crate::simulate::comparison::Way;
use crate::simulate::study::Study;
use crate::simulate::world::demand::Slice;
use crate::simulate::world::tally::Tally;

const SUMS: [&str; 6] =
    ["Pod-hours", "Cost", "Minutes over the gate", "Minutes full", "Late or refused", "Worst p95"];

fn sums(study: &Study, tally: &Tally) -> [Cell; 6] {
    let price = study.terms.pod_hour.zip(study.terms.currency.as_ref());
    let cost =
        price.map(|(price, currency)| format!("{} {currency}", words::whole(tally.pod_hours() * price)));
    [
        Cell::text(words::whole(tally.pod_hours())),
        Cell::text(cost.unwrap_or_else(|| "-".to_owned())),
        Cell::text(minutes(tally.felt.over_gate)),
        Cell::text(minutes(tally.felt.saturated)),
        Cell::text(words::missed(tally)),
        Cell::text(words::delay(tally.felt.worst)),
    ]
}

fn row(study: &Study, name: &str, tally: &Tally) -> Vec<Cell> {
    std::iter::once(Cell::text(name)).chain(sums(study, tally)).collect()
}

fn named(way: Way) -> &'static str {
    match way {
        Way::Plan => "this plan",
        Way::PeakFloor => "highest floor always",
        Way::Maximum => "maximum always",
        Way::PlainHpa => "plain HPA, no calendar",
    }
}

/// The plan beside other ways to run the year.
pub(super) fn ways(study: &Study) -> Table {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for way in Way::ALL {
        rows.push(row(study, named(way), &study.sum(way, |_| true)));
    }
    if let Some(against) = &study.against {
        rows.push(row(study, &against.name, &against.total()));
    }
    Table { caption: "Ways to run the year".to_owned(), head: [&["Way"], &SUMS[..]].concat(), rows }
}

/// The plan by territory.
pub(super) fn places(study: &Study) -> Table {
    let places = study.places();
    let rows = places
        .iter()
        .map(|place| row(study, place, &study.sum(Way::Plan, |subject| subject.place == *place)));
    let head = [&["Territory"], &SUMS[..]].concat();
    Table { caption: "This plan, by territory".to_owned(), head, rows: rows.collect() }
}

impl Shown<'_> {
    /// The plan by season, with the numbers that the pictures use.
    pub(super) fn seasons(&self) -> Table {
        let study = self.study;
        let carried = study.carried();
        let rows = study.slices.iter().enumerate().map(|(number, season)| {
            let slice = Slice(number);
            let name = if number == 0 { season.title.clone() } else { format!("{number} {}", season.title) };
            let load = if season.times > 0.0 { words::times(season.times) } else { "-".to_owned() };
            let tally = study.season(Way::Plan, slice);
            let worst = match study.worst_target(slice) {
                Some((target, share)) => {
                    Cell::text(format!("{} at {}", words::percent(share), self.short(target)))
                }
                None => Cell::text("no request of its own"),
            };
            let holds = match carried.iter().find(|carried| carried.slice == slice) {
                Some(carried) if carried.holds => "holds",
                Some(_) => "does not hold",
                None => "-",
            };
            let day = self.zooms.iter().find(|zoom| zoom.slice == slice);
            let day = day.map_or_else(
                || Cell::text("-"),
                |zoom| Cell::link(zoom.date.long(), format!("season-{number}")),
            );
            let [hours, _, over, full, _, p95] = sums(study, &tally);
            vec![Cell::text(name), Cell::text(load), Cell::text(holds), worst, day, over, full, p95, hours]
        });
        let head = vec![
            "Season",
            "Load",
            "Verdict",
            "Fewest in time",
            "Worst day",
            "Minutes over the gate",
            "Minutes full",
            "Worst p95",
            "Pod-hours",
        ];
        Table { caption: "This plan, by season".to_owned(), head, rows: rows.collect() }
    }

    /// The plan by target, each with a link to its year.
    pub(super) fn by_target(&self) -> Table {
        let study = self.study;
        let rows = study.subjects.iter().enumerate().map(|(at, subject)| {
            let tally = study.outcomes[at].of(Way::Plan).total();
            let name = self.short(at);
            let name = if self.targets.contains(&at) {
                Cell::link(name, format!("target-{at}"))
            } else {
                Cell::text(name)
            };
            let when = tally.worst_at.map_or("-".to_owned(), |at| words::moment(at, &subject.clock));
            vec![
                name,
                Cell::text(tally.most.to_string()),
                Cell::text(words::whole(f64::from(tally.scale_events))),
                Cell::text(minutes(tally.below_floor)),
                Cell::text(minutes(tally.felt.over_gate)),
                Cell::text(words::missed(&tally)),
                Cell::text(words::delay(tally.felt.worst)),
                Cell::text(when),
            ]
        });
        let head = vec![
            "Target",
            "Most replicas",
            "Changes",
            "Minutes under the floor",
            "Minutes over the gate",
            "Late or refused",
            "Worst p95",
            "When",
        ];
        Table { caption: "This plan, by target".to_owned(), head, rows: rows.collect() }
    }

    /// One target by season: the year of its picture for those who do not see it.
    pub(super) fn target_by_season(&self, target: usize) -> Table {
        let study = self.study;
        let of = |number: usize| study.outcomes[target].of(Way::Plan).of(Slice(number));
        let there = (0..study.slices.len()).filter(|number| of(*number).seconds > 0.0);
        let rows = there.map(|number| {
            let (title, tally) = (&study.slices[number].title, of(number));
            let when = tally.worst_at;
            let when = when.map_or("-".to_owned(), |at| words::moment(at, &self.subject(target).clock));
            vec![
                Cell::text(if number == 0 { title.clone() } else { format!("{number} {title}") }),
                Cell::text(words::whole(tally.seconds / 3600.0)),
                Cell::text(tally.most.to_string()),
                Cell::text(rate(tally.busiest)),
                Cell::text(minutes(tally.below_floor)),
                Cell::text(minutes(tally.felt.over_gate)),
                Cell::text(words::missed(&tally)),
                Cell::text(words::delay(tally.felt.worst)),
                Cell::text(when),
            ]
        });
        let head = vec![
            "Season",
            "Hours",
            "Most replicas",
            "Most requests/s",
            "Minutes under the floor",
            "Minutes over the gate",
            "Late or refused",
            "Worst p95",
            "When",
        ];
        Table { caption: format!("{} by season", self.short(target)), head, rows: rows.collect() }
    }

    /// A target as people say it.
    pub(super) fn short(&self, target: usize) -> String {
        let subject = self.subject(target);
        format!("{}/{}", subject.place, subject.workload)
    }
}
