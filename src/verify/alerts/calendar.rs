//! The plan and calendar groups, evaluated and compared with the plan over the whole horizon and a day around it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::curve::{Curve, Line};
use super::diags::{self, SeriesDifference};
use super::evaluate::Evaluator;
use super::facts;
use super::labels::Labels;
use super::rule::{Kind, Rule};
use super::series::Series;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::{Hours, Origin, Part, Plan, Schedule, Whose};
use crate::source::Span;
use crate::time::{Date, Instant, LocalTime, Window, Zone};

const GROUPS: [&str; 2] = ["seasonscale-plan", "seasonscale-calendar"];
const FLOOR: &str = "scaledobject:seasonscale_floor_replicas:max";
const ACTIVE: &str = "territory_season:seasonscale_active:calendar";
/// Around the horizon nothing may be planned either.
const MARGIN: i64 = 2 * 86_400;
/// One wrong clock is wrong for every target: these many are shown.
const MOST_SHOWN: usize = 4;

pub(super) fn verify(plan: &Plan, artifact: &Artifact, rules: &[Rule]) -> Vec<Diagnostic> {
    let walls = walls(plan);
    let start = walls.values().map(|wall| wall.horizon.from).min().unwrap_or_default() - MARGIN;
    let end = walls.values().map(|wall| wall.horizon.until).max().unwrap_or_default() + MARGIN;
    let mut evaluator = Evaluator::over(start, end);
    let mut problems = Vec::new();
    for rule in rules.iter().filter(|rule| is_evaluated(rule)) {
        if let Err(why) = evaluator.record(&rule.name, &rule.labels, &rule.expr) {
            problems.push(diags::not_evaluated(artifact, &rule.name, &why));
        }
    }
    if !problems.is_empty() {
        return problems;
    }
    // A territory without a target has no clock in the rules.
    let ends = plan.profile.targets.iter().map(|target| walls[target.zone.name()].horizon.until);
    let first_end = ends.min().unwrap_or_default();
    problems.extend(facts::verify(plan, artifact, &evaluator, first_end));
    let comparison = Comparison { plan, artifact, evaluator: &evaluator, walls: &walls, start, end };
    problems.extend(comparison.active());
    problems.extend(comparison.floors());
    problems
}

/// Whether what a rule records is compared with the plan at every second.
pub(super) fn is_evaluated(rule: &Rule) -> bool {
    rule.kind == Kind::Record && GROUPS.contains(&&*rule.group)
}

/// A zone's clock, as stretches of instants with one offset: much faster than asking the database each time.
struct Wall<'p> {
    zone: &'p Zone,
    /// Beginning and seconds east of UTC, in order.
    offsets: Vec<(i64, i64)>,
    horizon: Window<i64>,
}

impl Wall<'_> {
    /// The first second whose wall clock shows `local` or later.
    fn first(&self, local: LocalTime) -> i64 {
        let wall = local.wall_seconds();
        let ends = self.offsets[1..].iter().map(|(at, _)| *at).chain([i64::MAX]);
        let mut stretches = self.offsets.iter().zip(ends);
        let holds = stretches.find(|((_, offset), until)| *until == i64::MAX || wall < until + offset);
        let ((from, offset), _) = holds.expect("internal error: the last stretch does not end");
        (*from).max(wall - offset)
    }

    fn say(&self, second: i64) -> String {
        let at = Instant(second);
        format!("at {} {} ({at})", self.zone.local(at), self.zone)
    }
}

fn walls(plan: &Plan) -> BTreeMap<&str, Wall<'_>> {
    let zones = plan.profile.targets.iter().map(|target| &target.zone);
    let zones = zones.chain(plan.profile.territories.iter().map(|territory| &territory.zone));
    let zones = zones.chain(plan.origins.iter().map(|origin| &origin.zone));
    let mut walls = BTreeMap::new();
    for zone in zones.chain([&plan.profile.platform.zone]) {
        walls.entry(zone.name()).or_insert_with(|| wall(plan, zone));
    }
    walls
}

fn wall<'p>(plan: &Plan, zone: &'p Zone) -> Wall<'p> {
    let local = plan.local_horizon();
    let horizon = Window::new(zone.first_instant(local.from).0, zone.first_instant(local.until).0);
    let from = Instant(horizon.from - 2 * MARGIN);
    let mut offsets = vec![(i64::MIN / 2, zone.offset(from))];
    offsets.extend(
        zone.changes(Window::new(from, Instant(horizon.until + 2 * MARGIN)))
            .iter()
            .map(|(at, offset)| (at.0, *offset)),
    );
    Wall { zone, offsets, horizon }
}

struct Comparison<'a> {
    plan: &'a Plan,
    artifact: &'a Artifact,
    evaluator: &'a Evaluator,
    walls: &'a BTreeMap<&'a str, Wall<'a>>,
    start: i64,
    end: i64,
}

/// Zone, and the days of each of its clock times: parts that are equal in it have one curve.
type When<'a> = (&'a str, Vec<(&'a str, Hours, &'a [Date])>);

/// What a series must be over time, and where the policy says so.
struct Planned<'a> {
    labels: Labels,
    of: String,
    curve: Rc<Curve>,
    wall: &'a Wall<'a>,
    span: Box<dyn Fn(Instant) -> Span + 'a>,
}

impl<'a> Comparison<'a> {
    fn compare(&self, metric: &str, planned: Vec<Planned<'a>>) -> Vec<Diagnostic> {
        let found: BTreeMap<&Labels, &Series> =
            self.evaluator.series(metric).iter().map(|series| (&series.labels, series)).collect();
        if found.len() < self.evaluator.series(metric).len() {
            return vec![diags::doubled(self.artifact, metric)];
        }
        let mut wanted = BTreeSet::new();
        let mut problems = Vec::new();
        let mut hidden = 0;
        for one in planned {
            let absent = Curve::steps(self.start, self.end, std::iter::empty());
            let curve =
                found.get(&one.labels).map_or(&absent, |series| self.evaluator.curves.get(series.node));
            if let Some((at, planned, found)) = one.curve.first_difference(curve) {
                let difference = SeriesDifference {
                    metric,
                    of: one.of,
                    when: Some(one.wall.say(at)),
                    planned: planned.and_then(Line::value),
                    found: found
                        .map(|line| line.value().map_or("a clock".to_owned(), |value| value.to_string())),
                    span: (one.span)(Instant(at)),
                };
                if problems.len() < MOST_SHOWN {
                    problems.push(diags::series(self.artifact, &difference));
                } else {
                    hidden += 1;
                }
            }
            wanted.insert(one.labels);
        }
        if hidden > 0 {
            problems.push(diags::more(self.artifact, metric, hidden));
        }
        let extra = found.keys().filter(|labels| !wanted.contains(**labels)).take(MOST_SHOWN);
        problems.extend(extra.map(|labels| diags::unplanned(self.artifact, metric, &facts::say(labels))));
        problems
    }

    /// Floors of every target.
    fn floors(&self) -> Vec<Diagnostic> {
        let planned = self.plan.schedules.iter().map(|schedule| self.floor(schedule)).collect();
        self.compare(FLOOR, planned)
    }

    fn floor(&self, schedule: &'a Schedule) -> Planned<'a> {
        let target = &self.plan.profile.targets[schedule.target.0];
        let wall = &self.walls[target.zone.name()];
        let Window { from, until } = wall.horizon;
        let first = schedule.held.at(Instant(from)).floor;
        let inside = schedule.held.steps().iter().filter(|(at, _)| from < at.0 && at.0 < until);
        let steps = inside.map(|(at, step)| (at.0, Some(f64::from(step.floor.0))));
        let steps = [(from, Some(f64::from(first.0)))].into_iter().chain(steps).chain([(until, None)]);
        let span = move |at: Instant| {
            let decides = schedule.applying(schedule.held.at(at)).first();
            decides.map_or(target.min.span, |layer| schedule.layer(*layer).basis.span())
        };
        Planned {
            labels: facts::object(self.plan, target),
            of: format!("`{}`", target.name),
            curve: Rc::new(Curve::steps(self.start, self.end, steps)),
            wall,
            span: Box::new(span),
        }
    }

    /// Activity of every part of an occasion in every territory that has a target.
    fn active(&self) -> Vec<Diagnostic> {
        let mut known: BTreeMap<When<'_>, Rc<Curve>> = BTreeMap::new();
        let served: BTreeSet<_> = self.plan.profile.targets.iter().map(|target| target.territory).collect();
        let has_target = |origin: &&Origin| served.contains(&origin.territory) && origin.whose != Whose::Own;
        let mut planned = Vec::new();
        let key = |origin: &Origin| (origin.occasion, origin.territory, origin.part);
        for origins in self.plan.origins.chunk_by(|one, other| key(one) == key(other)) {
            let origins: Vec<&Origin> = origins.iter().filter(has_target).collect();
            let Some(origin) = origins.first().copied() else { continue };
            let territory = origin.territory.map(|at| &self.plan.profile.territories[at.0]);
            let zone = territory.map_or(&self.plan.profile.platform.zone, |territory| &territory.zone);
            let wall = &self.walls[zone.name()];
            let windows =
                origins.iter().map(|origin| (origin.zone.name(), origin.hours, origin.days.as_slice()));
            let windows = windows.collect();
            let curve =
                known.entry((zone.name(), windows)).or_insert_with(|| Rc::new(self.windows(&origins, wall)));
            let curve = Rc::clone(curve);
            let season = self.plan.occasion(origin).name.as_str();
            let part = match origin.part {
                Part::Main => "main".to_owned(),
                Part::LeadIn(number) => format!("lead-in-{number}"),
            };
            let mut labels =
                Labels::from([("season".into(), season.into()), ("part".into(), part.as_str().into())]);
            if let Some(territory) = territory {
                labels.insert("territory".into(), territory.code.as_str().into());
            }
            let of = facts::say(&labels);
            let span = origin.span;
            planned.push(Planned { labels, of, curve, wall, span: Box::new(move |_| span) });
        }
        self.compare(ACTIVE, planned)
    }

    fn windows(&self, origins: &[&Origin], wall: &Wall<'_>) -> Curve {
        let mut edges: Vec<(i64, i32)> = Vec::new();
        for origin in origins {
            let own = &self.walls[origin.zone.name()];
            let windows = origin.windows();
            edges.extend(
                windows.flat_map(|window| [(own.first(window.from), 1), (own.first(window.until), -1)]),
            );
        }
        edges.sort_unstable();
        let Window { from, until } = wall.horizon;
        // A season on another clock can begin before this clock's plan does, and end after it.
        let begun = edges.partition_point(|(at, _)| *at <= from);
        let mut open: i32 = edges[..begun].iter().map(|(_, change)| change).sum();
        let active = |open: i32| Some(if open > 0 { 1.0 } else { 0.0 });
        let mut steps = vec![(from, active(open))];
        for (at, change) in edges[begun..].iter().take_while(|(at, _)| *at < until) {
            open += change;
            steps.push((*at, active(open)));
        }
        steps.push((until, None));
        Curve::steps(self.start, self.end, steps.into_iter())
    }
}
