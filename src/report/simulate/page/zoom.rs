//! The worst day of a season as a picture: what the metric, the wishes and the limits made of it, five minutes by five minutes.

use serde::Serialize;

use super::year::delay_panel;
use super::{Shown, rate};
use crate::report::chart::{Chart, Data, Panel, Scale, Series, Shape, Tick, area, line, thin};
use crate::report::page::{Cell, Table};
use crate::report::simulate::words;
use crate::simulate::closely::Slot;
use crate::simulate::comparison::{Subject, Way};
use crate::simulate::picture::Zoom;

/// One day.
#[derive(Serialize)]
pub(super) struct Close {
    id: String,
    title: String,
    about: String,
    /// What explains one moment of it in words.
    command: String,
    chart: Chart,
    table: Table,
}

impl Shown<'_> {
    pub(super) fn close(&self, zoom: &Zoom) -> Close {
        let subject = self.subject(zoom.target);
        let tally = self.study.outcomes[zoom.target].of(Way::Plan).of(zoom.slice);
        let season = match zoom.slice.0 {
            0 => "Outside of every season".to_owned(),
            number => format!("{number} {}", self.season(zoom.slice)),
        };
        let target = self.short(zoom.target);
        let about = format!(
            "{} at {target}: at this target most requests of the season are late or refused ({} are in time), and on this day most of them. Times are those of {}.",
            zoom.date.long(),
            words::percent(tally.in_time()),
            subject.clock.zone(),
        );
        let command = format!(
            "seasonscale simulate --target {target} --why \"{} {}\"",
            zoom.date,
            slowest(&zoom.slots).map_or_else(|| "12:00".to_owned(), |slot| clock(subject, slot))
        );
        let labels = zoom.slots.iter().map(|slot| clock(subject, slot));
        Close {
            id: format!("season-{}", zoom.slice.0),
            title: season,
            about,
            command,
            chart: Chart {
                label: format!("{} at {target}", zoom.date.long()),
                count: zoom.slots.len(),
                lanes: 0,
                marks: Vec::new(),
                panels: panels(subject, &zoom.slots),
                ticks: ticks(subject, &zoom.slots),
                data: Data { labels: labels.collect(), series: words(subject, &zoom.slots) },
            },
            table: table(subject, &zoom.slots, &target, &zoom.date.long()),
        }
    }
}

/// The first slot with the longest p95.
fn slowest(slots: &[Slot]) -> Option<&Slot> {
    let mut slowest: Option<&Slot> = None;
    for slot in slots {
        if slot.p95 > slowest.and_then(|slowest| slowest.p95) {
            slowest = Some(slot);
        }
    }
    slowest
}

fn clock(subject: &Subject, slot: &Slot) -> String {
    subject.clock.local(slot.from).time_of_day().to_string()
}

/// The trigger that asks for most, as people call it.
fn trigger(subject: &Subject, slot: &Slot) -> String {
    match slot.decided.by {
        None => String::new(),
        Some(_) if subject.machine.formula.is_some() => "formula".to_owned(),
        Some(at) => subject.machine.names.get(at).cloned().unwrap_or_default(),
    }
}

fn count(count: Option<i32>) -> String {
    count.map(|count| count.to_string()).unwrap_or_default()
}

fn words(subject: &Subject, slots: &[Slot]) -> Vec<Series> {
    let series =
        |name: &'static str, said: &dyn Fn(&Slot) -> String| Series::new(name, slots.iter().map(said));
    vec![
        series("floor", &|slot| slot.floor.to_string()),
        series("metric", &|slot| {
            slot.decided.metric.map(|metric| format!("{metric:.1}")).unwrap_or_default()
        }),
        series("raw wish", &|slot| count(slot.decided.wish)),
        series("asked by", &|slot| trigger(subject, slot)),
        series("stabilized", &|slot| count(slot.decided.stabilized)),
        series("replicas", &|slot| slot.decided.replicas.to_string()),
        series("ready", &|slot| slot.ready.to_string()),
        series("requests/s", &|slot| rate(slot.load.0)),
        series("can serve", &|slot| rate(slot.capacity.0)),
        series("p95", &|slot| slot.p95.map(words::delay).unwrap_or_default()),
    ]
}

fn of(slots: &[Slot], value: impl Fn(&Slot) -> Option<f64>) -> Vec<Option<f64>> {
    slots.iter().map(value).collect()
}

fn panels(subject: &Subject, slots: &[Slot]) -> Vec<Panel> {
    let p95 = of(slots, |slot| slot.p95);
    let behind = Shape { class: "band", path: String::new() };
    vec![decided(subject, slots), load(slots), delay_panel(subject, &p95, behind, "p95")]
}

fn decided(subject: &Subject, slots: &[Slot]) -> Panel {
    let metric = of(slots, |slot| slot.decided.metric);
    let wish = of(slots, |slot| slot.decided.wish.map(f64::from));
    let stabilized = of(slots, |slot| slot.decided.stabilized.map(f64::from));
    let replicas = of(slots, |slot| Some(f64::from(slot.decided.replicas)));
    let floor: Vec<Option<(f64, f64)>> =
        slots.iter().map(|slot| Some((0.0, f64::from(slot.floor.0)))).collect();
    let lines = [&metric, &wish, &stabilized, &replicas];
    let values = lines.into_iter().flatten().flatten().copied();
    let most = values.chain(slots.iter().map(|slot| f64::from(slot.floor.0))).fold(1.0, f64::max);
    // A wish far above all that may run would leave no room for the rest.
    let room = f64::from(subject.machine.scaler.hpa.max.max(1)) * 2.0;
    let scale = Scale::counts(most.min(room).ceil() as u32);
    let cut = if most > room { " (higher wishes are cut off)" } else { "" };
    let shape = |class, values: &[Option<f64>]| Shape { class, path: line(scale, values) };
    Panel {
        title: format!("What decides the replicas{cut}"),
        height: 190,
        scale: scale.levels(&[], words::whole),
        shapes: vec![
            Shape { class: "under", path: area(scale, &floor) },
            shape("replicas", &replicas),
            shape("stabilized", &stabilized),
            shape("wish", &wish),
            shape("metric", &metric),
        ],
        legend: vec![
            ("metric", "metric over its target, not rounded".to_owned()),
            ("wish", "raw wish".to_owned()),
            ("stabilized", "stabilized wish".to_owned()),
            ("replicas", "replicas, after limits".to_owned()),
            ("under", "floor".to_owned()),
        ],
    }
}

fn load(slots: &[Slot]) -> Panel {
    let load: Vec<Option<(f64, f64)>> = slots.iter().map(|slot| Some((0.0, slot.load.0))).collect();
    let capacity = of(slots, |slot| Some(slot.capacity.0));
    let most = slots.iter().map(|slot| slot.load.0.max(slot.capacity.0)).fold(0.0, f64::max);
    let scale = Scale::linear(most);
    let over: Vec<Option<(f64, f64)>> = slots
        .iter()
        .map(|slot| (slot.load > slot.capacity).then_some((slot.capacity.0, slot.load.0)))
        .collect();
    Panel {
        title: "Requests per second".to_owned(),
        height: 90,
        scale: scale.levels(&[], rate),
        shapes: vec![
            Shape { class: "load", path: area(scale, &load) },
            Shape { class: "beyond", path: area(scale, &over) },
            Shape { class: "capacity", path: line(scale, &capacity) },
        ],
        legend: vec![
            ("load", "load".to_owned()),
            ("beyond", "more than can be served".to_owned()),
            ("capacity", "what the ready pods can serve".to_owned()),
        ],
    }
}

/// Every third hour.
fn ticks(subject: &Subject, slots: &[Slot]) -> Vec<Tick> {
    let mut ticks = Vec::new();
    for (at, slot) in slots.iter().enumerate() {
        let time = subject.clock.local(slot.from).time_of_day();
        if time.minute() == 0 && time.hour().is_multiple_of(3) {
            let at = at as f64 * 100.0 / slots.len() as f64;
            ticks.push(Tick { at, label: time.to_string(), minor: false });
        }
    }
    ticks.retain(|tick| tick.at <= 96.0);
    thin(&mut ticks);
    ticks
}

/// Hour by hour, the highest of each.
fn table(subject: &Subject, slots: &[Slot], target: &str, date: &str) -> Table {
    let hour = |slot: &Slot| subject.clock.wall(slot.from).div_euclid(3600);
    let rows = slots.chunk_by(|one, next| hour(one) == hour(next)).map(|slots| {
        let most = |value: &dyn Fn(&Slot) -> Option<f64>| {
            slots
                .iter()
                .filter_map(value)
                .fold(None, |most: Option<f64>, value| Some(most.map_or(value, |most| most.max(value))))
        };
        let whole = |value: Option<f64>| Cell::text(value.map_or("-".to_owned(), words::whole));
        let metric = most(&|slot| slot.decided.metric);
        let ready = slots.iter().map(|slot| slot.ready).min().unwrap_or_default();
        let p95 = most(&|slot| slot.p95);
        vec![
            Cell::text(clock(subject, &slots[0])),
            whole(most(&|slot| Some(f64::from(slot.floor.0)))),
            Cell::text(metric.map_or("-".to_owned(), |metric| format!("{metric:.1}"))),
            whole(most(&|slot| slot.decided.wish.map(f64::from))),
            whole(most(&|slot| slot.decided.stabilized.map(f64::from))),
            whole(most(&|slot| Some(f64::from(slot.decided.replicas)))),
            Cell::text(ready.to_string()),
            Cell::text(rate(most(&|slot| Some(slot.load.0)).unwrap_or(0.0))),
            Cell::text(p95.map_or("-".to_owned(), words::delay)),
        ]
    });
    let head = vec![
        "From",
        "Floor",
        "Metric",
        "Raw wish",
        "Stabilized",
        "Replicas",
        "Ready, fewest",
        "Requests/s",
        "p95",
    ];
    let caption = format!("{target} on {date}, the highest of each hour");
    Table { caption, head, rows: rows.collect() }
}
