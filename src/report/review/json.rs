//! A review as JSON. Its shape is an interface: `.docs/review-json.md` describes every field, keys are only added.

use serde::Serialize;

use super::words::Row;
use crate::review::{Demand, Review, of_maxima};

/// The whole review, indented, with a line feed at the end.
pub fn json(review: &Review<'_>) -> String {
    pretty(&view(review))
}

pub(super) fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("internal error: plain data becomes JSON");
    format!("{text}\n")
}

#[derive(Serialize)]
struct View<'a> {
    from: String,
    until: String,
    currency: Option<&'a str>,
    pod_hour: Option<f64>,
    pod_hours: f64,
    cost: Option<f64>,
    minimum_pod_hours: f64,
    always_peak_pod_hours: f64,
    maxima: DemandView,
    targets: Vec<TargetView<'a>>,
    spent: Vec<SpentView<'a>>,
    days: Vec<DayView>,
}

#[derive(Serialize)]
struct DemandView {
    replicas: i64,
    cpu_millicores: i64,
    memory_bytes: i64,
}

impl DemandView {
    fn of(demand: Demand) -> Self {
        Self { replicas: demand.replicas, cpu_millicores: demand.millicores, memory_bytes: demand.memory }
    }
}

#[derive(Serialize)]
struct TargetView<'a> {
    name: String,
    territory: Option<&'a str>,
    workload: &'a str,
    zone: &'a str,
    min: u32,
    max: u32,
    layers: Vec<LayerView<'a>>,
    steps: Vec<StepView>,
}

#[derive(Serialize)]
struct LayerView<'a> {
    occasion: &'a str,
    title: String,
    floor: u32,
    dates: String,
    hours: String,
    without: Option<String>,
}

#[derive(Serialize)]
struct StepView {
    local: String,
    floor: u32,
}

#[derive(Serialize)]
struct SpentView<'a> {
    target: String,
    month: String,
    occasion: Option<&'a str>,
    pod_hours: f64,
    cost: Option<f64>,
}

#[derive(Serialize)]
struct DayView {
    day: String,
    #[serde(flatten)]
    floors: DemandView,
}

fn view<'a>(review: &'a Review<'a>) -> View<'a> {
    let plan = review.plan;
    let profile = &plan.profile;
    let total = review.total();
    let spent = review.spent.iter().map(|row| SpentView {
        target: profile.full_name(&profile.targets[row.target.0]),
        month: row.month.to_string(),
        occasion: row.origin.map(|origin| plan.occasion(plan.origin(origin)).name.as_str()),
        pod_hours: row.time.hours(),
        cost: review.cost(row.time),
    });
    let days = review.days.iter();
    View {
        from: plan.horizon.from.to_string(),
        until: plan.horizon.until.to_string(),
        currency: profile.cost.as_ref().map(|cost| cost.currency.as_str()),
        pod_hour: profile.cost.as_ref().map(|cost| cost.pod_hour),
        pod_hours: total.hours(),
        cost: review.cost(total),
        minimum_pod_hours: review.minimum().hours(),
        always_peak_pod_hours: review.always_peak.hours(),
        maxima: DemandView::of(of_maxima(plan)),
        targets: (0..profile.targets.len()).map(|at| target(review, at)).collect(),
        spent: spent.collect(),
        days: days
            .map(|day| DayView { day: day.day.to_string(), floors: DemandView::of(day.floors) })
            .collect(),
    }
}

fn target<'a>(review: &'a Review<'a>, at: usize) -> TargetView<'a> {
    let plan = review.plan;
    let (target, schedule) = (&plan.profile.targets[at], &plan.schedules[at]);
    let layers = schedule.layers.iter().map(|layer| {
        let row = Row::of(plan, layer);
        let name = plan.occasion(plan.origin(layer.origin)).name.as_str();
        LayerView {
            occasion: name,
            title: row.title,
            floor: layer.floor.0,
            dates: row.dates,
            hours: row.hours,
            without: row.without,
        }
    });
    let horizon = plan.local_horizon();
    let mut steps: Vec<StepView> = Vec::new();
    for (from, _, step) in schedule.floors.pieces(horizon.from..horizon.until) {
        if steps.last().is_none_or(|last| last.floor != step.floor.0) {
            steps.push(StepView { local: from.to_string(), floor: step.floor.0 });
        }
    }
    TargetView {
        name: plan.profile.full_name(target),
        territory: plan.profile.territory(target).map(|territory| territory.code.as_str()),
        workload: plan.profile.workload(target).name.as_str(),
        zone: target.zone.name(),
        min: target.min.value.0,
        max: target.max.value.0,
        layers: layers.collect(),
        steps,
    }
}
