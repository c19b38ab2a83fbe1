//! Tests of the latency alerts: a p95 just inside a limit, then just beyond it, then inside again; and budgets that burn.

use super::expand::Member;
use super::labels;
use super::rules::{Alert, Rules};
use super::scene::{Firing, Scene, counter, gauge, member, told};
use crate::plan::Plan;
use crate::profile::{Guard, HttpWorkload, Territory, Workload, WorkloadKind};
use crate::quantity::Millis;

/// Minutes before the answers become slow.
const FAST: u32 = 10;
/// Minutes for a rate over five minutes to cross a limit after the change.
const CROSSES: u32 = 3;
/// Minutes in each of which requests must fail before somebody is woken.
const LASTS: u32 = 3;
/// Minutes of a test of budgets: the slowest burn is held for an hour.
const LONGEST: u32 = 75;

/// A limit that the traffic of one place crosses.
struct Case<'p> {
    alert: &'p Alert,
    traffic: Traffic<'p>,
    limit: Millis,
    labels: Vec<(&'p str, &'p str)>,
}

/// Requests to one workload in one territory, some of them slow.
struct Traffic<'p> {
    plan: &'p Plan,
    /// Absent where one Deployment serves everybody.
    territory: Option<&'p Territory>,
    workload: &'p Workload,
    http: &'p HttpWorkload,
    /// Each minute.
    requests: f64,
    /// How all of them are answered.
    status: &'static str,
}

pub(super) fn scenes(plan: &Plan, rules: &Rules) -> Result<Vec<Scene>, String> {
    let crossed = [
        targets(plan, rules),
        workloads(plan, rules, "WorkloadLatencyHigh"),
        workloads(plan, rules, "LatencyEmergency"),
        guards(plan, rules),
    ];
    let cases = crossed.iter().filter(|cases| !cases.is_empty());
    let mut scenes = cases.map(|cases| crossing(cases)).collect::<Result<Vec<_>, _>>()?;
    scenes.extend(burns(plan, rules)?);
    scenes.extend(burst(plan, rules)?);
    scenes.extend(failing(plan, rules)?);
    scenes.extend(blip(plan, rules));
    scenes.extend(ended(plan, rules)?);
    Ok(scenes)
}

/// Each different target of a territory, in the first one that has it.
fn targets<'p>(plan: &'p Plan, rules: &'p Rules) -> Vec<Case<'p>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let Some(alert) = rules.alert("TerritoryLatencyHigh", &[]) else { return cases };
    for (workload, http, territory) in promised(plan) {
        let Some(limit) = territory.p95_target else { continue };
        if cases.iter().any(|case| case.limit == limit) {
            continue;
        }
        let traffic = Traffic::of(plan, Some(territory), workload, http).few();
        cases.push(Case { alert, traffic, limit, labels: vec![("territory", territory.code.as_str())] });
    }
    cases
}

/// Each workload's gate over all territories, or what is an emergency of one of them.
fn workloads<'p>(plan: &'p Plan, rules: &'p Rules, name: &str) -> Vec<Case<'p>> {
    let case = |(workload, http): (&'p Workload, &'p HttpWorkload)| {
        let own = ("workload", workload.name.as_str());
        let first =
            plan.profile.targets.iter().find(|target| plan.profile.workload(target).name == workload.name);
        let first = plan.profile.territory(first?);
        let (limit, labels) = match name {
            "WorkloadLatencyHigh" => (http.p95_gate?, vec![own]),
            _ => (http.p95_emergency?, labels::place(workload, first).collect()),
        };
        let alert = rules.alert(name, &[])?;
        let traffic = Traffic::of(plan, first, workload, http);
        let traffic = if name == "LatencyEmergency" { traffic } else { traffic.few() };
        Some(Case { alert, traffic, limit, labels })
    };
    plan.profile.http_workloads().filter_map(case).collect()
}

/// What answers requests that are counted in a territory with a promise, in the order of workloads.
fn promised(plan: &Plan) -> impl Iterator<Item = (&Workload, &HttpWorkload, &Territory)> {
    let profile = &plan.profile;
    profile.targets.iter().filter_map(|target| {
        let workload = profile.workload(target);
        let WorkloadKind::Http(http @ HttpWorkload { own: None, .. }) = &workload.kind else { return None };
        let territory = profile.territory(target).filter(|territory| territory.p95_target.is_some())?;
        Some((workload, http, territory))
    })
}

/// Each different guard of a workload, at the first target that has it.
fn guards<'p>(plan: &'p Plan, rules: &'p Rules) -> Vec<Case<'p>> {
    let (mut cases, mut seen) = (Vec::new(), Vec::new());
    let Some(alert) = rules.alert("LatencyAboveScalerGuard", &[]) else { return cases };
    for target in &plan.profile.targets {
        let Some(Guard::Latency(limit)) = target.guard else { continue };
        let workload = plan.profile.workload(target);
        let WorkloadKind::Http(http) = &workload.kind else { continue };
        let territory = plan.profile.territory(target);
        if seen.contains(&(target.workload, limit)) {
            continue;
        }
        seen.push((target.workload, limit));
        let traffic = Traffic::of(plan, territory, workload, http).few();
        let labels = labels::place(workload, territory).collect();
        cases.push(Case { alert, traffic, limit, labels });
    }
    cases
}

/// Alerts of one name, each at its own place: all inside, all 10 ms beyond, all inside again.
fn crossing(cases: &[Case<'_>]) -> Result<Scene, String> {
    let alert = cases[0].alert;
    let (waits, stays) = (alert.waits()?, alert.stays()?);
    let (slow, last) = (waits + 10, CROSSES + stays + 4);
    let mut scene = Scene::new("latency", alert.name());
    for case in cases {
        case.traffic.crosses(&mut scene, case.limit, [FAST, slow, last]);
    }
    scene.silent(FAST, alert);
    if waits > 0 {
        scene.silent(FAST + waits, alert);
    }
    let members: Vec<Member> = cases.iter().map(Case::member).collect();
    let firing: Vec<Firing<'_>> = match alert.name() {
        "WorkloadLatencyHigh" => cases.iter().map(Case::firing).collect(),
        _ => vec![told(alert, &members)],
    };
    scene.all_fire(FAST + waits + CROSSES + 3, alert, &firing)?;
    let recovers = FAST + slow + CROSSES;
    if stays > 0 {
        scene.fire_still(recovers + stays - 1, alert, firing.len());
    }
    scene.silent(recovers + stays + 1, alert);
    Ok(scene)
}

/// Shares of requests beyond the target between the budgets' limits, each at its own place: it fires those below it and no
/// other. Where there are fewer places than shares, in several tests.
fn burns(plan: &Plan, rules: &Rules) -> Result<Vec<Scene>, String> {
    let budget = plan.profile.gates.error_budget().0;
    let names = ["LatencyBudgetSlowBurn", "LatencyBudgetMediumBurn", "LatencyBudgetFastBurn"];
    let limits = [budget, 6.0 * budget, 14.4 * budget];
    let edges: Vec<f64> = [0.0].into_iter().chain(limits).chain([1.0]).collect();
    // Where a budget is so large that its fast burn cannot happen, no share lies above.
    let between = edges.windows(2).map(|pair| (pair[0], pair[1].min(1.0))).filter(|(low, high)| low < high);
    let shares: Vec<f64> = between.map(|(low, high)| (low + high) / 2.0).collect();
    let places: Vec<Traffic<'_>> = promised(plan)
        .map(|(workload, http, territory)| Traffic::of(plan, Some(territory), workload, http))
        .take(shares.len())
        .collect();
    let mut scenes = Vec::new();
    if places.is_empty() {
        return Ok(scenes);
    }
    for shares in shares.chunks(places.len()) {
        let mut scene = Scene::new("burn", "");
        let mut burning = Vec::new();
        for (traffic, share) in places.iter().zip(shares) {
            // A whole number of requests is beyond the target.
            let beyond = (share * traffic.requests).round();
            let inside = [(LONGEST, traffic.requests - beyond)];
            traffic.histogram(&mut scene, &[(traffic.promise(), &inside)], LONGEST);
            burning.push((traffic, beyond / traffic.requests));
        }
        for (name, limit) in names.iter().zip(limits) {
            let Some(alert) = rules.alert(name, &[]) else { continue };
            // The first share is known after two minutes.
            scene.silent(alert.waits()?, alert);
            // What burns faster is told as that.
            let faster = limits.iter().copied().find(|other| *other > limit && *other < 1.0);
            let is_it = |share: f64| share > limit && faster.is_none_or(|faster| share <= faster);
            let over = burning.iter().filter(|(_, share)| is_it(*share));
            let members: Vec<Member> =
                over.map(|(traffic, value)| member(&traffic.place(), *value)).collect();
            if members.is_empty() {
                scene.silent(alert.waits()? + 5, alert);
            } else {
                scene.tells(alert.waits()? + 5, alert, &members)?;
            }
        }
        scenes.push(scene);
    }
    Ok(scenes)
}

/// Twenty quiet minutes, then every request beyond the target: the short window is over its limit at once, the long one
/// only when enough of it was slow.
fn burst(plan: &Plan, rules: &Rules) -> Result<Option<Scene>, String> {
    const QUIET: f64 = 20.0;
    const HOUR: f64 = 60.0;
    let budget = plan.profile.gates.error_budget().0;
    let (limit, lower) = (14.4 * budget, 6.0 * budget);
    let (Some(alert), Some((workload, http, territory))) =
        (rules.alert("LatencyBudgetFastBurn", &[]), promised(plan).next())
    else {
        return Ok(None);
    };
    if limit >= 0.9 {
        return Ok(None);
    }
    let halfway = (lower + limit) / 2.0;
    let below = (QUIET * halfway / (1.0 - halfway)).min(HOUR * halfway);
    // A rate over five minutes lags behind; ten minutes more are enough for it and for the alert's own waiting.
    let beyond = (QUIET * limit / (1.0 - limit)).max(HOUR * limit).min(HOUR) + 10.0;
    let minute = |after: f64| after.floor() as u32;
    let (quiet, last) = (minute(QUIET), minute(beyond) + alert.waits()?);
    let mut scene = Scene::new("burst", "");
    let traffic = Traffic::of(plan, Some(territory), workload, http);
    let inside = [(quiet, traffic.requests), (last, 0.0)];
    traffic.histogram(&mut scene, &[(traffic.promise(), &inside)], quiet + last);
    scene.silent(quiet + minute(below), alert);
    scene.fire_still(quiet + last, alert, 1);
    Ok(Some(scene))
}

/// A release that answers fast, and with nothing but server errors: they are told at once where many requests come, later
/// where few do, and as nothing else.
fn failing(plan: &Plan, rules: &Rules) -> Result<Vec<Scene>, String> {
    let Some((workload, http, territory)) = answering(plan).next() else { return Ok(Vec::new()) };
    let mut scenes = Vec::new();
    for severity in ["critical", "warning"] {
        let Some(alert) = rules.alert("RequestsFailing", &[("severity", severity)]) else { continue };
        let others = [rules.alert("LatencyBudgetFastBurn", &[]), rules.alert("LatencyBucketMissing", &[])];
        let others: Vec<&Alert> = others.into_iter().flatten().collect();
        let traffic = Traffic { status: "500", ..Traffic::of(plan, territory, workload, http) };
        let traffic = if severity == "warning" { traffic.few() } else { traffic };
        let waits = others.iter().map(|other| other.waits()).collect::<Result<Vec<_>, _>>()?;
        let longest = waits.into_iter().chain([alert.waits()?]).max().unwrap_or(0);
        let minutes = longest + 10;
        let all = [(minutes, traffic.requests)];
        let mut scene = Scene::new("failing", severity);
        traffic.histogram(&mut scene, &[(traffic.promise(), &all)], minutes);
        scene.silent(if severity == "critical" { LASTS } else { alert.waits()? }, alert);
        scene.tells(alert.waits()? + 5, alert, &[member(&traffic.place(), 1.0)])?;
        for other in others {
            scene.silent(other.waits()? + 5, other);
        }
        scenes.push(scene);
    }
    Ok(scenes)
}

/// A failover: nothing but server errors for a minute, among minutes in which all is well. The five minutes that a rate spans
/// count them long after.
fn blip(plan: &Plan, rules: &Rules) -> Option<Scene> {
    let (workload, http, territory) = answering(plan).next()?;
    let alert = rules.alert("RequestsFailing", &[("severity", "critical")])?;
    let well = Traffic::of(plan, territory, workload, http);
    let failed = Traffic { status: "500", ..Traffic::of(plan, territory, workload, http) };
    let metric = plan.profile.platform.metrics.requests.as_str();
    let mut scene = Scene::new("blip", "");
    let (requests, after) = (well.requests, 15);
    let good = counter(&[(FAST, requests), (1, 0.0), (after, requests)]);
    scene.series(metric, &well.labels(None), good);
    scene.series(metric, &failed.labels(None), counter(&[(FAST, 0.0), (1, requests), (after, 0.0)]));
    for minute in FAST..FAST + after {
        scene.silent(minute, alert);
    }
    Some(scene)
}

/// Requests come for more than an hour, and then none at all.
fn ended(plan: &Plan, rules: &Rules) -> Result<Option<Scene>, String> {
    // Minutes of requests, of the window of a rate, and after it.
    const BUSY: u32 = 70;
    const WINDOW: u32 = 5;
    let Some(((workload, http, territory), alert)) =
        answering(plan).next().zip(rules.alert("RequestsGone", &[]))
    else {
        return Ok(None);
    };
    let traffic = Traffic::of(plan, territory, workload, http);
    let requests = plan.profile.platform.metrics.requests.as_str();
    let counted = counter(&[(BUSY, traffic.requests), (WINDOW + alert.waits()? + 5, 0.0)]);
    let mut scene = Scene::new("ended", "");
    scene.series(requests, &traffic.labels(None), counted);
    scene.waits(BUSY + WINDOW, alert, &[], 0.0)?;
    Ok(Some(scene))
}

/// What answers requests that are counted, and where.
fn answering(plan: &Plan) -> impl Iterator<Item = (&Workload, &HttpWorkload, Option<&Territory>)> {
    plan.profile.targets.iter().filter_map(|target| {
        let workload = plan.profile.workload(target);
        let WorkloadKind::Http(http @ HttpWorkload { own: None, .. }) = &workload.kind else { return None };
        Some((workload, http, plan.profile.territory(target)))
    })
}

impl<'p> Case<'p> {
    fn firing(&self) -> Firing<'p> {
        let value = self.limit.seconds() + 0.01;
        Firing { alert: self.alert, labels: self.labels.clone(), value, members: Vec::new() }
    }

    fn member(&self) -> Member {
        member(&self.labels, self.limit.seconds() + 0.01)
    }
}

impl<'p> Traffic<'p> {
    fn of(
        plan: &'p Plan,
        territory: Option<&'p Territory>,
        workload: &'p Workload,
        http: &'p HttpWorkload,
    ) -> Self {
        // Well above the rate under which a p95 says nothing.
        let enough = (plan.profile.gates.minimal_rate.0 * 60.0 * 10.0).ceil();
        let requests = if enough > 6000.0 { (enough / 100.0).ceil() * 100.0 } else { 6000.0 };
        Self { plan, territory, workload, http, requests, status: "200" }
    }

    /// So few requests that nobody is woken for them, and enough to be told.
    fn few(self) -> Self {
        let requests = self.plan.profile.gates.minimal_rate.0 * 60.0 * 3.0;
        Self { requests, ..self }
    }

    fn place(&self) -> Vec<(&'p str, &'p str)> {
        labels::place(self.workload, self.territory).collect()
    }

    /// What the territory was promised; 0 where nothing was.
    fn promise(&self) -> Millis {
        self.territory.and_then(|territory| territory.p95_target).unwrap_or(Millis(0))
    }

    /// 96 of 100 requests inside the limit, then 94, then 96; the others end within 60 ms more, so that the p95 of the
    /// slow ones lies a sixth of that beyond.
    fn crosses(&self, scene: &mut Scene, limit: Millis, [fast, slow, last]: [u32; 3]) {
        if self.http.own.is_some() {
            return self.given(scene, limit, [fast, slow, last]);
        }
        let (inside, beyond) = (0.96 * self.requests, 0.94 * self.requests);
        let minutes = fast + slow + last;
        let stages = [(fast, inside), (slow, beyond), (last, inside)];
        let all = [(minutes, self.requests)];
        self.histogram(scene, &[(limit, &stages), (Millis(limit.0 + 60), &all)], minutes);
    }

    /// The same of a workload that is asked by queries of its own: what they select is their own affair, what comes of them is
    /// given, as late as a rate over five minutes would be.
    fn given(&self, scene: &mut Scene, limit: Millis, [fast, slow, last]: [u32; 3]) {
        let (inside, beyond) = (limit.seconds() - 0.01, limit.seconds() + 0.01);
        let p95 = gauge(&[(fast + CROSSES, inside), (slow, beyond), (last, inside)]);
        let rate = gauge(&[(fast + CROSSES + slow + last, self.requests / 60.0)]);
        let place = self.place();
        scene.series("territory_workload:http_server_requests_seconds:p95_5m", &place, p95);
        scene.series("territory_workload:http_server_requests_seconds_count:rate5m", &place, rate);
    }

    /// Buckets that end at limits, with what falls into them minute by minute, and one that takes all.
    fn histogram(&self, scene: &mut Scene, buckets: &[(Millis, &[(u32, f64)])], minutes: u32) {
        let all = [(minutes, self.requests)];
        for (limit, stages) in buckets {
            self.bucket(scene, &limit.seconds().to_string(), stages);
        }
        self.bucket(scene, "+Inf", &all);
        let requests = self.plan.profile.platform.metrics.requests.as_str();
        scene.series(requests, &self.labels(None), counter(&all));
    }

    fn bucket(&self, scene: &mut Scene, end: &str, stages: &[(u32, f64)]) {
        let histogram = self.plan.profile.platform.metrics.histogram.as_str();
        scene.series(histogram, &self.labels(Some(end)), counter(stages));
    }

    fn labels<'a>(&'a self, end: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
        let mut labels = labels::requests(self.plan, (self.workload, self.http), self.territory);
        labels.extend(end.map(|end| ("le", end)));
        labels.push((self.plan.profile.platform.metrics.status.as_str(), self.status));
        labels
    }
}
