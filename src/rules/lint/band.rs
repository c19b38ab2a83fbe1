//! The HPA's tolerance: within a tenth of what is asked for it does not move, however fast its policies would let it. So a floor
//! may never be reached, or never be left (kedacore/keda#7900, #5820).

use std::collections::BTreeMap;

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;
use crate::keda::limits::Limits;
use crate::keda::ramp::{Arrival, Leave, Way};
use crate::quantity::Replicas;
use crate::time::{Instant, Window};

/// What has not come to rest after this long does not for any calendar.
const LONGEST: i64 = 2 * 86_400;

/// A stretch of one floor, and what runs in it while there is no load.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// When.
    pub window: Window<Instant>,
    /// What the calendar asks for, as far as the maximum lets it.
    pub floor: Replicas,
    /// What the metrics ask for.
    pub asked: Replicas,
    /// What runs before it.
    pub before: Replicas,
    /// What runs at its end, and whether the HPA has come to rest there.
    pub arrival: Arrival,
}

impl Stretch {
    /// Whether the HPA takes fewer replicas for as many as are asked for.
    pub fn is_short(&self) -> bool {
        self.arrival.is_at_rest && self.arrival.at < self.floor
    }

    fn is_over(&self) -> bool {
        self.arrival.is_at_rest && self.arrival.at > self.floor
    }
}

/// All checks.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let course = course(subject);
    let up = short(subject, &course).or_else(|| may_be_short(subject));
    up.into_iter().chain(over(subject, &course)).collect()
}

/// What runs from floor to floor, beginning at the minimum, while no load asks for anything. Where the minimum is all that is
/// asked for, that is what runs in the end.
pub fn course(subject: &Subject<'_>) -> Vec<Stretch> {
    if !has_band(subject) {
        return Vec::new();
    }
    let behavior = subject.object.spec.behavior();
    let tolerance = subject.tolerance();
    let least = least(subject);
    let mut running = least;
    let mut known: BTreeMap<(Way, i64), Arrival> = BTreeMap::new();
    let pieces = subject.floor().pieces(subject.window.from..subject.window.until);
    let stretches = pieces.map(|(from, until, floor)| {
        let to = (*floor).max(least);
        let asked = if to > least { asked(subject, from, to) } else { Replicas(0) };
        let way = Way { from: running, to, asked };
        let at_most = (until.0 - from.0).min(LONGEST);
        let arrival =
            *known.entry((way, at_most)).or_insert_with(|| way.go(behavior, Leave { at_most, tolerance }));
        let before = running;
        running = arrival.at;
        Stretch { window: Window::new(from, until), floor: to, asked, before, arrival }
    });
    stretches.collect()
}

/// A formula of type Value, or one below 0, is not a number of replicas that could be close to those that run; limits the wrong way
/// round are not limits.
fn has_band(subject: &Subject<'_>) -> bool {
    let is_ratio =
        subject.composite().is_some_and(|composite| composite.is_value() || composite.negative().is_some());
    subject.object.spec.min() <= subject.object.spec.max() && !is_ratio
}

/// What runs whatever the metrics say: from zero and from idle KEDA itself sets it.
fn least(subject: &Subject<'_>) -> Replicas {
    Replicas(Limits::of(subject.object, subject.versions.keda).least.max(1))
}

/// What the metrics ask for where the floor is `floor`: one that is cut is asked for as it is written, from which the HPA is
/// further away.
pub(super) fn asked(subject: &Subject<'_>, at: Instant, floor: Replicas) -> Replicas {
    let is_cut = i64::from(floor.0) == i64::from(subject.object.spec.max());
    if !is_cut || subject.composite().is_some() {
        return floor;
    }
    let higher = subject.active.iter().filter(|active| active.trigger.floor() > floor.0);
    let asking = higher.filter(|active| *active.walk.active.at(at));
    asking.map(|active| Replicas(active.trigger.floor())).max().unwrap_or(floor)
}

/// The trigger that asks for most at an instant.
fn asking(subject: &Subject<'_>, at: Instant) -> Option<usize> {
    let active = subject.active.iter().filter(|active| *active.walk.active.at(at));
    Some(active.max_by_key(|active| active.trigger.floor())?.index)
}

/// The highest floor that is never reached, by no policy and without any load.
fn short(subject: &Subject<'_>, course: &[Stretch]) -> Option<Finding> {
    let short = || course.iter().filter(|stretch| stretch.is_short());
    let worst = short().rev().max_by_key(|stretch| stretch.floor)?;
    let Stretch { floor, before, arrival, .. } = worst;
    let fewest = subject.tolerance().fewest_for(worst.asked);
    let effect = format!(
        "floor {floor} is not enforced while {fewest} or more replicas run: within the tolerance; from {before} the way up ends at {}",
        arrival.at
    );
    // What load brings near the floor stays near it, whichever way leads there.
    let rest = if is_alone(subject) { "" } else { "; load may keep it short all the same" };
    let mend = format!("{WITHOUT_BAND}, or {}{rest}", way_out(subject, worst));
    let finding = up(subject, worst.window.from, effect, mend).from(worst.window.from);
    // Beside load triggers nobody knows how many run when the window begins.
    let missing = short().map(|stretch| (stretch.window, stretch.floor.0 - stretch.arrival.at.0));
    let cost = if is_alone(subject) { subject.astray(missing) } else { finding.cost };
    Some(Finding { cost, ..finding })
}

/// What leaves no band.
const WITHOUT_BAND: &str = "set scaleUp.tolerance \"0\" (Kubernetes 1.35)";

/// What reaches a floor without a tolerance of one's own.
fn way_out(subject: &Subject<'_>, stretch: &Stretch) -> String {
    let tolerance = subject.tolerance();
    let Stretch { before, asked, floor, .. } = *stretch;
    if !tolerance.keeps((before, asked)) {
        return format!("a policy that reaches the floor from {before} in one step");
    }
    let enough = tolerance.next_above(before);
    let way = Way { from: before, to: enough, asked: enough };
    let arrival = way.go(subject.object.spec.behavior(), Leave { at_most: LONGEST, tolerance });
    let most = subject.object.spec.max();
    let higher = match arrival.at == enough && i64::from(enough.0) <= i64::from(most) {
        true => format!("ask for {enough} or more, or "),
        false => String::new(),
    };
    let fewer = tolerance.fewest_for(asked).0 - 1;
    format!("{higher}let no more than {fewer} run before: no policy leads from {before} to {floor}")
}

/// Load may have brought the workload near a floor: there it stays.
fn may_be_short(subject: &Subject<'_>) -> Option<Finding> {
    if is_alone(subject) || !has_band(subject) {
        return None;
    }
    let highest = subject.active.iter().max_by_key(|active| active.trigger.floor())?;
    let pieces = || subject.floor().pieces(subject.window.from..subject.window.until);
    let peak = *pieces().map(|(_, _, floor)| floor).max()?;
    let is_formula = subject.composite().is_some();
    let asked = if is_formula { peak } else { peak.max(Replicas(highest.trigger.floor())) };
    let tolerance = subject.tolerance();
    let fewest = tolerance.fewest_for(asked);
    if fewest >= peak || peak <= least(subject) {
        return None;
    }
    let effect = format!(
        "floor {peak} is not enforced while {fewest} or more replicas run: within the tolerance; where load asks for {fewest}, {fewest} stay"
    );
    // A higher floor has a band of its own.
    let mend = format!("{WITHOUT_BAND}, or take {fewest} for enough");
    let (at, ..) = pieces().find(|(_, _, floor)| **floor == peak)?;
    Some(up(subject, at, effect, mend))
}

fn is_alone(subject: &Subject<'_>) -> bool {
    subject.triggers().all(|(_, trigger)| trigger.kind.value == "cron")
}

/// At the behavior of the way up, else at the trigger that asks for the floor.
fn up(subject: &Subject<'_>, at: Instant, effect: String, mend: String) -> Finding {
    let rules = subject.object.spec.behavior().and_then(|behavior| behavior.scale_up.as_ref());
    match (rules, asking(subject, at)) {
        (None, Some(index)) => subject.about(Rule::HpaDeadBand, index, "desiredReplicas", effect, mend),
        (rules, _) => {
            subject.finding(Rule::HpaDeadBand, "scaleUp", rules.map(|rules| rules.mark), effect, mend)
        }
    }
}

/// The first floor over which more stay than it asks for. Where no trigger asks for anything the way goes down to the minimum.
fn over(subject: &Subject<'_>, course: &[Stretch]) -> Option<Finding> {
    // What else a formula reads may ask for as many as stay.
    if subject.composite().is_some() && !is_alone(subject) {
        return None;
    }
    let first = course.iter().find(|stretch| stretch.is_over())?;
    let Stretch { floor, before, arrival, .. } = first;
    let effect = format!("{} stay over floor {floor}, down from {before}: within the tolerance", arrival.at);
    let tolerance = subject.tolerance();
    let other = if arrival.at < *before {
        format!("a scaleDown policy that reaches the floor from {before} in one step")
    } else {
        format!("ask for {} or fewer then", tolerance.next_below(*before))
    };
    let mend = format!("set scaleDown.tolerance \"0\" (Kubernetes 1.35), or {other}");
    let down = subject.object.spec.behavior().and_then(|behavior| behavior.scale_down.as_ref());
    let trigger = asking(subject, first.window.from);
    let asking = trigger.map(|index| subject.object.spec.triggers.value[index].mark("desiredReplicas"));
    let mark = down.map(|rules| rules.mark).or(asking);
    let finding = subject.finding(Rule::HpaDeadBand, "scaleDown", mark, effect, mend);
    Some(finding.from(first.window.from))
}
