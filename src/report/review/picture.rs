//! Floors over a year as a picture: the highest of each slot, above what always holds, under a strip of numbered seasons.

use serde::Serialize;

use crate::plan::{Layer, Plan, Schedule};
use crate::report::axis::Axis;
use crate::report::chart::{Chart, Data, Panel, Scale, Series, Shape, Stretch, area, line, marks};
use crate::review::{DayPeak, slices};
use crate::time::{Date, Hours, Window};

use super::words::{number, occasion_number, whole};
use crate::review::requesting;

/// Seasons that are named below a picture; where there are more, the table has them.
const MOST_NAMED: usize = 12;
/// A maximum that is so many times the highest floor would press the floors to the ground.
const FAR: u32 = 4;

/// A picture, and what the numbers of its strip stand for.
#[derive(Serialize)]
pub(super) struct Picture {
    chart: Chart,
    key: Vec<String>,
}

/// What stands in a picture's one panel.
struct Heights<'a> {
    /// Slot by slot.
    highest: &'a [u32],
    /// What always holds.
    least: u32,
    /// Of the target.
    max: Option<u32>,
}

/// The year of one target.
pub(super) fn target(plan: &Plan, schedule: &Schedule, labels: Vec<String>) -> Picture {
    let target = &plan.profile.targets[schedule.target.0];
    let axis = Axis::of(plan.horizon);
    let each = i32::try_from(axis.each()).unwrap_or(1);
    let highest: Vec<u32> = slices(plan, schedule, each).iter().map(|slice| slice.highest.0).collect();
    let stretches = stretches(plan, axis, schedule.layers.iter());
    let heights = Heights { highest: &highest, least: target.min.value.0, max: Some(target.max.value.0) };
    let mut named: Vec<(usize, u32)> = Vec::new();
    for layer in &schedule.layers {
        let number = occasion_number(plan, layer);
        match named.iter_mut().find(|(old, _)| *old == number) {
            Some((_, floor)) => *floor = layer.floor.0.max(*floor),
            None => named.push((number, layer.floor.0)),
        }
    }
    let key = named.iter().map(|(number, floor)| format!("{number} {}: {floor}", title(plan, *number)));
    Picture {
        key: if named.len() <= MOST_NAMED { key.collect() } else { Vec::new() },
        chart: Chart {
            panels: vec![heights.panel()],
            data: Data {
                labels,
                series: vec![
                    seasons(plan, &stretches, highest.len()),
                    Series::new("floor", highest.iter().map(u32::to_string)),
                ],
            },
            ..frame(plan, axis, &stretches, format!("The floors of {}", plan.profile.full_name(target)))
        },
    }
}

/// What all targets together ask for at most.
pub(super) fn all(plan: &Plan, days: &[DayPeak]) -> Picture {
    let axis = Axis::of(plan.horizon);
    let count = |replicas: i64| u32::try_from(replicas).unwrap_or(u32::MAX);
    let highest: Vec<u32> = days
        .chunks(axis.each())
        .map(|days| days.iter().map(|day| count(day.floors.replicas)).max().unwrap_or(0))
        .collect();
    let stretches = stretches(plan, axis, plan.schedules.iter().flat_map(|schedule| &schedule.layers));
    let least = days.iter().map(|day| count(day.floors.replicas)).min().unwrap_or(0);
    let heights = Heights { highest: &highest, least, max: None };
    let most = |value: fn(&DayPeak) -> f64| {
        let slots = days.chunks(axis.each()).map(move |days| days.iter().map(value).fold(0.0, f64::max));
        slots.map(|value| number(value, 2))
    };
    let mut series = vec![
        seasons(plan, &stretches, highest.len()),
        Series::new("replicas", highest.iter().map(u32::to_string)),
    ];
    if requesting(plan) > 0 {
        series.push(Series::new("cores", most(|day| whole(day.floors.millicores) / 1000.0)));
        series.push(Series::new("GiB", most(|day| whole(day.floors.memory) / f64::from(1 << 30))));
    }
    let mut named: Vec<usize> = stretches.iter().map(|stretch| stretch.number).collect();
    named.sort_unstable();
    named.dedup();
    let key = named.iter().map(|number| format!("{number} {}", title(plan, *number)));
    Picture {
        key: if named.len() <= MOST_NAMED { key.collect() } else { Vec::new() },
        chart: Chart {
            panels: vec![heights.panel()],
            data: Data { labels: Vec::new(), series },
            ..frame(plan, axis, &stretches, "The floors of all targets together".to_owned())
        },
    }
}

/// A picture with its axis and its strip, and nothing on it.
fn frame(plan: &Plan, axis: Axis, stretches: &[Stretch], label: String) -> Chart {
    let count = axis.labels().len();
    let (marks, lanes) = marks(stretches, count, |number| title(plan, number).to_owned());
    let data = Data { labels: Vec::new(), series: Vec::new() };
    Chart { label, count, lanes, marks, panels: Vec::new(), ticks: axis.ticks(), data }
}

impl Heights<'_> {
    fn panel(&self) -> Panel {
        let most = self.highest.iter().copied().max().unwrap_or(0).max(self.least);
        let shown = self.max.filter(|max| *max <= most.saturating_mul(FAR));
        let scale = Scale::counts(shown.unwrap_or(0).max(most));
        let value = |count: u32| f64::from(count);
        let base = self.highest.iter().map(|floor| Some((0.0, value((*floor).min(self.least)))));
        let raised = self.highest.iter();
        let raised = raised.map(|floor| (*floor > self.least).then(|| (value(self.least), value(*floor))));
        let mut shapes = vec![
            Shape { class: "running", path: area(scale, &base.collect::<Vec<_>>()) },
            Shape { class: "beyond", path: area(scale, &raised.collect::<Vec<_>>()) },
        ];
        let mut legend = vec![
            ("running", format!("always, {}", self.least)),
            ("beyond", "highest floor of a season or campaign".to_owned()),
        ];
        let mut title = "Replicas".to_owned();
        match (shown, self.max) {
            (Some(max), _) => {
                let all: Vec<Option<f64>> = self.highest.iter().map(|_| Some(value(max))).collect();
                shapes.push(Shape { class: "limit", path: line(scale, &all) });
                legend.push(("limit", format!("maximum, {max}")));
            }
            (None, Some(max)) => title = format!("Replicas (the maximum, {max}, is above the picture)"),
            (None, None) => {}
        }
        let scale = scale.levels(&[], |level| number(level, 0));
        Panel { title, height: 110, scale, shapes, legend }
    }
}

fn title(plan: &Plan, number: usize) -> &str {
    &plan.occasions[number - 1].title
}

/// Which seasons have a day in each slot.
fn seasons(plan: &Plan, stretches: &[Stretch], count: usize) -> Series {
    Series::new(
        "season",
        (0..count).map(|at| {
            let here = stretches.iter().filter(|stretch| stretch.from <= at && at < stretch.until);
            here.map(|stretch| title(plan, stretch.number)).collect::<Vec<_>>().join(", ")
        }),
    )
}

/// Where each season stands, its lead-ins with it.
fn stretches<'p>(plan: &Plan, axis: Axis, layers: impl Iterator<Item = &'p Layer>) -> Vec<Stretch> {
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for layer in layers {
        let origin = plan.origin(layer.origin);
        let number = occasion_number(plan, layer);
        let windows: Vec<Window<Date>> = match origin.hours {
            Hours::Exact(window) => {
                let last = if window.until == window.until.date().start() {
                    window.until.date()
                } else {
                    window.until.date().next()
                };
                vec![Window::new(window.from.date(), last)]
            }
            Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } => origin.dates.clone(),
        };
        let slots = windows.into_iter().filter_map(|dates| axis.within(dates));
        found.extend(slots.map(|slots| (number, slots.from, slots.until)));
    }
    found.sort_unstable();
    let mut merged: Vec<Stretch> = Vec::new();
    for (number, from, until) in found {
        match merged.last_mut().filter(|last| last.number == number && from <= last.until) {
            Some(last) => last.until = last.until.max(until),
            None => merged.push(Stretch { number, from, until }),
        }
    }
    merged.sort_by_key(|stretch| (stretch.from, stretch.number));
    merged
}
