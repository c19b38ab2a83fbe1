//! A target's year as a picture: a slot is a day, or some days where the plan is longer than a year.

use serde::Serialize;

use super::{Shown, busy, minutes, rate};
use crate::report::chart::{Chart, Data, Level, Panel, Scale, Series, Shape, Stretch, area, line, marks};
use crate::report::page::Table;
use crate::report::simulate::words;
use crate::simulate::comparison::Subject;
use crate::simulate::world::demand::Slice;
use crate::simulate::year::{Day, Tightest};

/// One target.
#[derive(Serialize)]
pub(super) struct Year {
    id: String,
    title: String,
    about: String,
    chart: Chart,
    /// What the numbers of the strip stand for; empty where they are too many to repeat.
    key: Vec<String>,
    table: Table,
}

/// Seasons that are named below each picture; more are in the table of seasons only.
const MOST_NAMED: usize = 12;

impl Shown<'_> {
    pub(super) fn year(&self, target: usize) -> Year {
        let subject = self.subject(target);
        let slots = self.days(target);
        let (stretches, named) = seasons(&slots);
        let title = |number: usize| self.season(Slice(number)).to_owned();
        let (marks, lanes) = marks(&stretches, slots.len(), title);
        let key = named.iter().map(|number| format!("{number} {}", self.season(Slice(*number))));
        let hpa = &subject.machine.scaler.hpa;
        let about = format!(
            "{}, {}; gate {}, {} to {} replicas",
            self.short(target),
            subject.clock.zone(),
            subject.gate,
            subject.machine.scaler.executor.min,
            hpa.max
        );
        Year {
            id: format!("target-{target}"),
            title: subject.name.clone(),
            about,
            chart: Chart {
                label: format!("The year of {}", self.short(target)),
                count: slots.len(),
                lanes,
                marks,
                panels: panels(subject, &slots),
                ticks: self.axis.ticks(),
                data: Data { labels: Vec::new(), series: self.words(subject, &slots) },
            },
            key: if named.len() <= MOST_NAMED { key.collect() } else { Vec::new() },
            table: self.target_by_season(target),
        }
    }

    fn days(&self, target: usize) -> Vec<Option<Day>> {
        let each = self.axis.each();
        let slots = self.picture.years[target].chunks(each);
        slots.map(|days| days.iter().flatten().cloned().reduce(|one, other| one.and(&other))).collect()
    }

    fn words(&self, subject: &Subject, slots: &[Option<Day>]) -> Vec<Series> {
        let series = |name: &'static str, said: &dyn Fn(&Day) -> String| {
            Series::new(name, slots.iter().map(|day| day.as_ref().map(said).unwrap_or_default()))
        };
        let seasons = |day: &Day| {
            let titles = day.slices.iter().filter(|slice| slice.0 > 0).map(|slice| self.season(*slice));
            titles.collect::<Vec<_>>().join(", ")
        };
        let range = |least: String, most: String| {
            if least == most { least } else { format!("{least} to {most}") }
        };
        let tightest = |day: &Day| {
            let said = |tight: Tightest| {
                let at = subject.clock.local(tight.at).time_of_day();
                format!("{} at {at}", busy(tight.share()))
            };
            day.tightest.map(said).unwrap_or_default()
        };
        let over = |day: &Day| match day.tally.felt.over_gate {
            0.0 => String::new(),
            seconds => format!("{} min", minutes(seconds)),
        };
        vec![
            series("season", &seasons),
            series("floor", &|day| day.floor.to_string()),
            series("replicas", &|day| range(day.replicas.least.to_string(), day.replicas.most.to_string())),
            series("requests/s", &|day| range(rate(day.load.least.0), rate(day.load.most.0))),
            series("load of capacity", &tightest),
            series("worst p95", &|day| words::delay(day.tally.felt.worst)),
            series("over the gate", &over),
            series("late or refused", &|day| words::missed(&day.tally)),
        ]
    }
}

/// Where each season stands, and which there are.
fn seasons(slots: &[Option<Day>]) -> (Vec<Stretch>, Vec<usize>) {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (at, day) in slots.iter().enumerate() {
        let numbers =
            day.iter().flat_map(|day| &day.slices).map(|slice| slice.0).filter(|number| *number > 0);
        for number in numbers {
            let open = stretches.iter_mut().rev().find(|old| old.number == number && old.until == at);
            match open {
                Some(stretch) => stretch.until = at + 1,
                None => stretches.push(Stretch { number, from: at, until: at + 1 }),
            }
        }
    }
    let mut named: Vec<usize> = stretches.iter().map(|stretch| stretch.number).collect();
    named.sort_unstable();
    named.dedup();
    (stretches, named)
}

/// The background of slots that have a season.
fn band(slots: &[Option<Day>]) -> Shape {
    let has = |day: &Option<Day>| {
        day.as_ref().is_some_and(|day| day.slices.iter().any(|slice| slice.0 > 0)).then_some((0.0, 1.0))
    };
    let values: Vec<Option<(f64, f64)>> = slots.iter().map(has).collect();
    Shape { class: "band", path: area(Scale::Linear(1.0), &values) }
}

fn panels(subject: &Subject, slots: &[Option<Day>]) -> Vec<Panel> {
    vec![replicas(subject, slots), load(slots), tightness(slots), delays(subject, slots)]
}

fn of(slots: &[Option<Day>], value: impl Fn(&Day) -> Option<f64>) -> Vec<Option<f64>> {
    slots.iter().map(|day| day.as_ref().and_then(&value)).collect()
}

fn most(values: &[Option<f64>]) -> f64 {
    values.iter().flatten().copied().filter(|value| value.is_finite()).fold(0.0, f64::max)
}

fn replicas(subject: &Subject, slots: &[Option<Day>]) -> Panel {
    let floor = of(slots, |day| Some(f64::from(day.floor.0)));
    let running = slots.iter().flatten().map(|day| day.replicas.most.0.max(day.floor.0)).max().unwrap_or(0);
    let scale = Scale::counts(running);
    let bands = slots
        .iter()
        .map(|day| day.as_ref().map(|day| (f64::from(day.replicas.least.0), f64::from(day.replicas.most.0))));
    let bands: Vec<Option<(f64, f64)>> = bands.collect();
    let max = f64::from(subject.machine.scaler.hpa.max);
    let mut panel = Panel {
        title: "Replicas".to_owned(),
        height: 110,
        scale: scale.levels(&[], words::whole),
        shapes: vec![
            band(slots),
            Shape { class: "running", path: area(scale, &bands) },
            Shape { class: "floor", path: line(scale, &floor) },
        ],
        legend: vec![("running", "running, least to most".to_owned()), ("floor", "highest floor".to_owned())],
    };
    let Scale::Linear(top) = scale else { return panel };
    if max <= top {
        let all: Vec<Option<f64>> = slots.iter().map(|_| Some(max)).collect();
        panel.shapes.push(Shape { class: "limit", path: line(scale, &all) });
        panel.legend.push(("limit", format!("maximum, {max}")));
    } else {
        panel.title = format!("Replicas (the maximum, {max}, is above the picture)");
    }
    panel
}

fn load(slots: &[Option<Day>]) -> Panel {
    let bands = slots.iter().map(|day| day.as_ref().map(|day| (day.load.least.0, day.load.most.0)));
    let bands: Vec<Option<(f64, f64)>> = bands.collect();
    let scale = Scale::linear(most(&of(slots, |day| Some(day.load.most.0))));
    Panel {
        title: "Requests per second".to_owned(),
        height: 70,
        scale: scale.levels(&[], rate),
        shapes: vec![band(slots), Shape { class: "load", path: area(scale, &bands) }],
        legend: vec![("load", "least to most".to_owned())],
    }
}

fn tightness(slots: &[Option<Day>]) -> Panel {
    let shares = of(slots, |day| day.tightest.map(|tight| tight.share()));
    let scale = Scale::Linear((most(&shares) * 1.1).clamp(1.25, 2.0));
    let boxes: Vec<Option<(f64, f64)>> = shares.iter().map(|share| share.map(|share| (0.0, share))).collect();
    let beyond: Vec<Option<(f64, f64)>> =
        shares.iter().map(|share| share.filter(|share| *share > 1.0).map(|share| (1.0, share))).collect();
    let all: Vec<Option<f64>> = shares.iter().map(|_| Some(1.0)).collect();
    Panel {
        title: "Load of capacity, at the tightest moment".to_owned(),
        height: 70,
        scale: [0.0, 1.0].map(|at| Level { top: scale.top(at), label: busy(at) }).into(),
        shapes: vec![
            band(slots),
            Shape { class: "share", path: area(scale, &boxes) },
            Shape { class: "beyond", path: area(scale, &beyond) },
            Shape { class: "gate", path: line(scale, &all) },
        ],
        legend: vec![
            ("share", "load as a share of what the ready pods can serve".to_owned()),
            ("beyond", "more than that".to_owned()),
        ],
    }
}

fn delays(subject: &Subject, slots: &[Option<Day>]) -> Panel {
    let worst = of(slots, |day| Some(day.tally.felt.worst).filter(|worst| *worst > 0.0));
    delay_panel(subject, &worst, band(slots), "Worst p95")
}

/// p95 against its gate: what is over it stands out as boxes. The scale is one of powers.
pub(super) fn delay_panel(subject: &Subject, p95: &[Option<f64>], behind: Shape, title: &str) -> Panel {
    let gate = subject.gate.seconds();
    let least = p95.iter().flatten().copied().fold(gate, f64::min);
    let scale = Scale::powers(least, most(p95).max(gate));
    let over: Vec<Option<(f64, f64)>> =
        p95.iter().map(|p95| p95.filter(|p95| *p95 > gate).map(|p95| (gate, p95))).collect();
    let all: Vec<Option<f64>> = p95.iter().map(|_| Some(gate)).collect();
    let gate_top = scale.top(gate);
    let mut levels = scale.levels(&[gate_top], words::delay);
    levels.push(Level { top: gate_top, label: words::delay(gate) });
    Panel {
        title: title.to_owned(),
        height: 80,
        scale: levels,
        shapes: vec![
            behind,
            Shape { class: "beyond", path: area(scale, &over) },
            Shape { class: "delay", path: line(scale, p95) },
            Shape { class: "gate", path: line(scale, &all) },
        ],
        legend: vec![
            ("delay", "p95".to_owned()),
            ("beyond", "over the gate".to_owned()),
            ("gate", format!("gate, {}", subject.gate)),
        ],
    }
}
