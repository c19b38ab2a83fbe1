//! What the runbook's tables must say, from the plan.

use std::collections::BTreeSet;

use crate::keda::decode;
use crate::keda::scaledobject;
use crate::plan::{Hours, OccasionKind, Origin, Part, Plan};
use crate::profile::{Guard, Territory, TerritoryId, WorkloadKind};
use crate::quantity::Millis;
use crate::source::Span;
use crate::time::{Date, Window};
use crate::yaml;

/// A table and its rows.
pub(super) struct Table {
    /// The heading over it.
    pub(super) section: &'static str,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Row>,
}

/// A row and the policy's bytes behind it.
pub(super) struct Row {
    pub(super) cells: Vec<String>,
    pub(super) span: Span,
}

const NONE: &str = "-";

impl Table {
    /// Without those columns that have nothing to say in any row.
    fn without_empty(mut self, optional: &[&str]) -> Self {
        for at in (0..self.columns.len()).rev() {
            let is_empty = self.rows.iter().all(|row| row.cells[at] == NONE);
            if is_empty && optional.contains(&self.columns[at]) {
                self.columns.remove(at);
                self.rows.iter_mut().for_each(|row| drop(row.cells.remove(at)));
            }
        }
        self
    }
}

pub(super) fn tables(plan: &Plan) -> Vec<Table> {
    let mut tables = vec![year(plan), targets(plan), limits(plan)];
    let optional = [territories(plan), workloads(plan), objects(plan)];
    tables.extend(optional.into_iter().filter(|table| !table.rows.is_empty()));
    tables
}

fn year(plan: &Plan) -> Table {
    let columns = vec![
        "season",
        "part",
        "territory",
        "first day",
        "last day",
        "days",
        "hours",
        "zone",
        "load",
        "floors",
    ];
    let asked = asked(plan);
    // Occasions that ask for a floor somewhere.
    let busy: BTreeSet<&str> = plan
        .origins
        .iter()
        .zip(&asked)
        .filter(|(_, asked)| !asked.is_empty())
        .map(|(origin, _)| plan.occasion(origin).title.as_str())
        .collect();
    let mut rows = Vec::new();
    for (origin, asked) in plan.origins.iter().zip(asked) {
        if (origin.part == Part::Main && !is_idle(plan, origin, &busy)) || !asked.is_empty() {
            let row =
                |dates: &Window<Date>| Row { cells: window(plan, origin, *dates, &asked), span: origin.span };
            let begins = |dates: &&Window<Date>| {
                let mut days = (0..dates.until.days_since(dates.from)).map(|at| dates.from.plus_days(at));
                matches!(origin.hours, Hours::Exact(_)) || days.any(|day| origin.days.contains(&day))
            };
            rows.extend(origin.dates.iter().filter(begins).map(row));
        }
    }
    Table { section: "The year", columns, rows }.without_empty(&["territory", "load"])
}

/// A part of a busy occasion in a territory in which nothing runs: it says nothing but the dates of the others.
fn is_idle(plan: &Plan, origin: &Origin, busy: &BTreeSet<&str>) -> bool {
    let runs = |id: TerritoryId| plan.profile.targets.iter().any(|target| target.territory == Some(id));
    origin.load.is_none()
        && origin.territory.is_some_and(|id| !runs(id))
        && busy.contains(plan.occasion(origin).title.as_str())
}

fn window(plan: &Plan, origin: &Origin, dates: Window<Date>, asked: &[String]) -> Vec<String> {
    let occasion = plan.occasion(origin);
    let part = match (occasion.kind, origin.part) {
        (_, Part::LeadIn(_)) => "lead-in",
        (OccasionKind::Season, Part::Main) => "season",
        (OccasionKind::Campaign, Part::Main) => "campaign",
    };
    let code = |id: TerritoryId| plan.profile.territories[id.0].code.to_string();
    let place = origin.territory.map_or_else(|| NONE.to_owned(), code);
    let hours = match origin.hours {
        Hours::AllDay => "all day".to_owned(),
        Hours::Daily { from, until } => format!("{from}-{until}"),
        Hours::Span { from, until, .. } => format!("{from} .. {until}"),
        Hours::Exact(exact) => format!("{}-{}", exact.from.time_of_day(), exact.until.time_of_day()),
    };
    let load = match (origin.part, origin.load) {
        (Part::Main, Some(load)) => format!("x {load}"),
        (Part::Main, None) | (Part::LeadIn(_), _) => NONE.to_owned(),
    };
    let counts = |workload: &crate::profile::Workload| matches!(workload.kind, WorkloadKind::Http(_));
    let floors = match asked {
        [] if plan.profile.workloads.iter().any(counts) => "by request rate".to_owned(),
        [] => NONE.to_owned(),
        asked => asked.join(", "),
    };
    let day = |date: Date| {
        format!("{} {} {} {}", date.weekday().title(), date.day(), date.month().short(), date.year())
    };
    let (first, last) = (day(dates.from), day(dates.until.plus_days(-1)));
    vec![
        occasion.title.clone(),
        part.to_owned(),
        place,
        first,
        last,
        if matches!(origin.hours, Hours::Span { .. }) {
            "unbroken".to_owned()
        } else {
            origin.days_rule.clone()
        },
        hours,
        origin.zone.name().to_owned(),
        load,
        floors,
    ]
}

/// Per origin, in target order: workload, replicas outside, replicas inside.
fn asked(plan: &Plan) -> Vec<Vec<String>> {
    let mut asked = vec![Vec::new(); plan.origins.len()];
    for schedule in &plan.schedules {
        let target = &plan.profile.targets[schedule.target.0];
        for layer in &schedule.layers {
            let workload = &plan.profile.workload(target).name;
            asked[layer.origin.0].push(format!("{workload} {} to {}", target.min.value, layer.floor));
        }
    }
    asked
}

fn targets(plan: &Plan) -> Table {
    let columns = vec![
        "target",
        "replicas",
        "highest floor",
        "one replica carries",
        "guard",
        "cooldown",
        "scale-down window",
    ];
    let rows = plan.schedules.iter().map(|schedule| {
        let target = &plan.profile.targets[schedule.target.0];
        let workload = plan.profile.workload(target);
        let said =
            |unit: &str| target.per_replica.map_or_else(|| NONE.to_owned(), |rate| format!("{rate} {unit}"));
        let carries = match workload.kind {
            WorkloadKind::Http(_) => said("requests/s"),
            WorkloadKind::Queue(_) => said("messages"),
            WorkloadKind::Scheduled | WorkloadKind::Kept => NONE.to_owned(),
        };
        let (cooldown, window) = match &target.kept {
            Some(_) => (NONE.to_owned(), NONE.to_owned()),
            None => (workload.cooldown.to_string(), workload.scale_down_window.to_string()),
        };
        let guard = match target.guard {
            None => NONE.to_owned(),
            Some(Guard::Latency(limit)) => format!("p95 {} ms", limit.0),
            Some(Guard::Lag(limit)) => format!("lag {limit}"),
        };
        let highest = schedule.floors.steps().iter().map(|(_, step)| step.floor).max();
        let highest = highest.unwrap_or(target.min.value).max(target.min.value);
        let cells = vec![
            plan.profile.full_name(target),
            format!("{}..{}", target.min.value, target.max.value),
            highest.to_string(),
            carries,
            guard,
            cooldown,
            window,
        ];
        Row { cells, span: target.span }
    });
    let table = Table { section: "Limits", columns, rows: rows.collect() };
    table.without_empty(&["one replica carries", "guard", "cooldown", "scale-down window"])
}

fn territories(plan: &Plan) -> Table {
    let says = |territory: &&Territory| territory.says_share || territory.p95_target.is_some();
    let rows = plan.profile.territories.iter().filter(says).map(|territory| {
        let share = format!("{} %", territory.share.percent());
        let share = if territory.says_share { share } else { NONE.to_owned() };
        let cells = vec![territory.code.to_string(), millis(territory.p95_target), share];
        Row { cells, span: territory.span }
    });
    Table {
        section: "Limits",
        columns: vec!["territory", "p95 target", "share of the load"],
        rows: rows.collect(),
    }
}

fn workloads(plan: &Plan) -> Table {
    let of = |workload: &crate::profile::Workload| match &workload.kind {
        WorkloadKind::Http(http) => (http.p95_gate, http.p95_emergency),
        WorkloadKind::Queue(_) | WorkloadKind::Scheduled | WorkloadKind::Kept => (None, None),
    };
    let mut rows = Vec::new();
    // Without a single limit the table says nothing.
    if plan.profile.workloads.iter().any(|workload| of(workload) != (None, None)) {
        rows.extend(plan.profile.workloads.iter().map(|workload| {
            let (gate, emergency) = of(workload);
            Row {
                cells: vec![workload.name.to_string(), millis(gate), millis(emergency)],
                span: workload.span,
            }
        }));
    }
    Table { section: "Limits", columns: vec!["workload", "p95 gate", "p95 emergency"], rows }
}

/// Objects of others, as their owners' texts have them.
fn objects(plan: &Plan) -> Table {
    let rows = plan.profile.targets.iter().filter_map(|target| {
        let kept = &target.kept.as_ref()?.object;
        let root = yaml::tree(&kept.text).expect("internal error: the policy read it").root;
        let object = decode::object(&root, scaledobject::Kind::ScaledObject).object;
        let (_, kind, name) = object.spec.scale_target_ref.target();
        let own = object.metadata.namespace.as_ref().map(|namespace| namespace.value.as_str());
        let cells = vec![
            object.metadata.name.value.clone(),
            own.unwrap_or(plan.profile.platform.namespace.as_str()).to_owned(),
            format!("{kind} {name}"),
            object.hpa_name(),
            kept.file.clone(),
        ];
        Some(Row { cells, span: target.span })
    });
    let columns = vec!["object", "namespace", "scales", "HPA", "its owner's file"];
    Table { section: "Objects that others own", columns, rows: rows.collect() }
}

fn millis(limit: Option<Millis>) -> String {
    limit.map_or_else(|| NONE.to_owned(), |limit| format!("{} ms", limit.0))
}

fn limits(plan: &Plan) -> Table {
    let (profile, gates) = (&plan.profile, &plan.profile.gates);
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String, span: Span| {
        rows.push(Row { cells: vec![name.to_owned(), value], span });
    };
    let at = plan.horizon_span;
    if profile.promises_latency() {
        row("requests answered inside the target", format!("{} %", gates.latency_objective.percent()), at);
    }
    if profile.limits_latency() {
        row("request rate below which a p95 says nothing", format!("{}/s", gates.minimal_rate), at);
    }
    for limit in &profile.limits {
        let per = limit.per.as_ref().map(|label| format!(" per {label}")).unwrap_or_default();
        row(&format!("{}{per}", limit.title), limit.most.to_string(), limit.span);
    }
    if profile.http_workloads().next().is_some() {
        row("pre-scaled and idle for", gates.idle_for.to_string(), at);
        row("idle means load per replica below", format!("{} %", gates.idle_share.percent()), at);
    }
    row("start-up of a replica", gates.start_up.to_string(), at);
    if let Some(journal) = &profile.journal {
        let (spill, critical) = (journal.spill_ratio.percent(), journal.critical_ratio.percent());
        let at = journal.version.span;
        row("outbox lag", gates.outbox_lag.to_string(), at);
        row("outbox depth", format!("{} events", gates.outbox_depth), at);
        row("NOTIFY queue: wake-ups are left out from", format!("{spill} %"), at);
        row("NOTIFY queue: critical events are notified below", format!("{critical} %"), at);
        row("attempts before an event is parked", journal.max_attempts.to_string(), at);
        row("delivered events are kept for", journal.retention.to_string(), at);
    }
    Table { section: "Limits", columns: vec!["limit", "value"], rows }
}
