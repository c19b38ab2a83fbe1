//! One ScaledObject: what of it can be carried over, and what is said about the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::clock;
use super::input::Found;
use super::load::{self, Load};
use super::months;
use super::reading::{Reader, Reading};
use super::remark::{Kind, Remark};
use super::slot;
use super::strand::{self, Request, Stretch};
use crate::finding::Rule;
use crate::keda::floor::{Active, Inactive};
use crate::keda::trigger::{CronTrigger, Fault};
use crate::name::KubeName;
use crate::quantity::Replicas;
use crate::rules::finding::Finding;
use crate::rules::halt::{Halt, keeps_out};
use crate::rules::subject::{Cache, Subject, Versions};
use crate::rules::{admission, lint};
use crate::step::StepFn;
use crate::time::{Date, Instant, Window, Zone};
use crate::yaml::Mark;

/// An object that is carried over.
pub(super) struct Scaled<'i> {
    pub(super) found: &'i Found<'i>,
    /// The clock of its cron triggers, where it has any.
    pub(super) zone: Option<Zone>,
    /// What the policy can have: at least 1.
    pub(super) min: Replicas,
    pub(super) max: Replicas,
    /// Its seasons.
    pub(super) stretches: Vec<Stretch>,
    /// Cron triggers that no season says and that somebody's own object keeps, each with why.
    pub(super) stays: Stays,
    /// Load triggers that the language has a key for.
    pub(super) loads: Vec<(usize, Load)>,
    /// What KEDA does with it.
    pub(super) truth: Truth,
}

/// By trigger.
pub(super) type Stays = BTreeMap<usize, String>;

/// What KEDA does with an object, over the horizon.
pub(super) struct Truth {
    /// Its floor.
    pub(super) floor: StepFn<Instant, Replicas>,
    /// Its cron triggers and when they are active.
    pub(super) active: Vec<Active>,
    /// Whether KEDA builds the object: one trigger that it cannot build takes all others with it.
    pub(super) built: bool,
    /// Why nothing of it holds as it is, by what audit says; the triggers that are left out aside.
    pub(super) refusal: Option<Finding>,
    /// What is wrong with them.
    pub(super) findings: Vec<Finding>,
    /// How its triggers were read, by trigger.
    pub(super) readings: BTreeMap<usize, Reading>,
}

impl Truth {
    /// Triggers beside which other days are written than they are carried over with, and what they do.
    pub(super) fn misled<'t>(&'t self, clock: &'t Zone) -> impl Iterator<Item = (usize, &'t str)> {
        let differ = self.findings.iter().filter(|finding| finding.rule == Rule::CronCommentDiffers);
        differ.filter_map(|finding| {
            let (index, first) = (finding.place.trigger?, clock.local(finding.first?));
            // Where the reading mends the schedule, it may well do what is written.
            let windows = &self.readings.get(&index)?.windows;
            windows.iter().any(|window| window.contains(first)).then_some((index, finding.effect.as_str()))
        })
    }
}

/// Over what, and how, objects are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The days that the proposal plans, and that are compared.
    pub horizon: Window<Date>,
    /// The systems that the objects meet.
    pub versions: Versions,
    /// Whether windows are carried over with all their faults.
    pub as_is: bool,
    /// What the proposal makes of the objects.
    pub form: Form,
}

/// What a proposal makes of the objects that it is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// They stay their owners': only their schedules become seasons.
    Kept,
    /// They become targets whose objects the compiler writes whole.
    Owned,
}

/// Reads objects one after the other; what is worked out for one serves the next.
pub(super) struct ObjectReader<'r> {
    terms: Terms,
    reader: Reader,
    caches: BTreeMap<String, Cache>,
    remarks: &'r mut Vec<Remark>,
}

/// Faults that leave nothing to carry over: no windows can be read from such a trigger.
const HOPELESS: [Rule; 5] = [
    Rule::CronStartNever,
    Rule::CronEndNever,
    Rule::CronBothDayFields,
    Rule::CronEveryMinute,
    Rule::CronMetricType,
];

impl<'r> ObjectReader<'r> {
    pub(super) fn new(terms: Terms, remarks: &'r mut Vec<Remark>) -> Self {
        let reader = Reader::new(terms.horizon);
        Self { terms, reader, caches: BTreeMap::new(), remarks }
    }

    fn say(&mut self, remark: Remark) {
        self.remarks.push(remark);
    }

    /// The object, or a remark on why it is left out.
    pub(super) fn sift<'i>(&mut self, found: &'i Found<'i>) -> Option<Scaled<'i>> {
        if self.terms.form == Form::Kept && is_without_schedule(found) {
            let text = "it has no schedule: nothing of it is ours to keep, it stays as and where it is";
            self.say(found.remark(Kind::LeftAlone, None, text));
            return None;
        }
        if let Some(refusal) = found.met.refusals.first() {
            self.say(found.remark(Kind::LeftOut, None, said(refusal)));
            return None;
        }
        if let Some((mark, why)) = refused(found, self.terms.form) {
            self.say(found.remark(Kind::LeftOut, mark, why));
            return None;
        }
        let zone = self.zone(found);
        let loads = self.loads(found)?;
        let spec = &found.object.spec;
        let number = |count: i32| Replicas(u32::try_from(count).unwrap_or(0));
        let (least, max) = (number(spec.min().max(1)), number(spec.max()));
        // Somebody's own object may rest below that: then whatever is active lifts it.
        let rest = spec.idle_replica_count.as_ref().map_or(spec.min(), |idle| idle.value);
        let min = if self.terms.form == Form::Kept { least.min(number(rest)) } else { least };
        let clock = zone.clone().unwrap_or_else(utc);
        let (horizon, versions) = (self.terms.horizon, self.terms.versions);
        let window = Window::new(clock.start_of(horizon.from), clock.start_of(horizon.until));
        let cache = self.caches.entry(clock.name().to_owned()).or_insert_with(|| Cache::new(window));
        let subject = Subject::new(&found.object, versions, cache).with_comments(found.comments());
        let (floor, findings) = (subject.floor().clone(), lint::lint(&subject));
        let admitted = admission::admit(&subject);
        let is_left_out = |finding: &Finding| {
            subject.inactive.iter().any(|(index, _)| finding.place.trigger == Some(*index))
        };
        // The API server and KEDA's own reader of a query refuse what the webhook lets through.
        let mut all = admitted.iter().chain(&findings);
        let keeps_out = |finding: &Finding| keeps_out(finding.rule) || halts(found, finding, versions);
        let refusal = all.find(|finding| keeps_out(finding) && !is_left_out(finding)).cloned();
        let (active, inactive) = (subject.active, subject.inactive);
        let runs = |why: &Inactive| matches!(why, Inactive::Endless(_) | Inactive::Fault(Fault::Zone));
        let built = inactive.iter().all(|(_, why)| runs(why));
        for (index, why) in inactive {
            self.say(found.about(Kind::LeftOut, index, "start", &super::say::inactive(&why)));
        }
        let mut truth = Truth { floor, active, built, refusal, findings, readings: BTreeMap::new() };
        let mut stays = Stays::new();
        let asked = self.windows(found, (min, max), &clock, (&mut truth, &mut stays));
        let stretches = strand::stretches(&asked, horizon);
        for (index, effect) in truth.misled(&clock) {
            let text = format!("{}: {effect}. The proposal follows the schedule", super::say::MISLED);
            self.say(found.about(Kind::Changed, index, "start", &text));
        }
        for finding in &found.met.others {
            self.say(found.remark(Kind::AsItRuns, None, said(finding)));
        }
        Some(Scaled { found, zone, min, max, stretches, stays, loads, truth })
    }

    /// Its load triggers, where the compiler writes them; none where it is left out for want of one.
    fn loads(&mut self, found: &Found<'_>) -> Option<Vec<(usize, Load)>> {
        if self.terms.form == Form::Kept {
            return Some(Vec::new());
        }
        let (loads, unread) = loads(found);
        if let Some(why) = foreign(found, &loads) {
            self.say(found.remark(Kind::LeftOut, found.object.spec.triggers.mark, why));
            return None;
        }
        unread.into_iter().for_each(|remark| self.say(remark));
        Some(loads)
    }

    /// The clock of most cron triggers. The others are seasons that name theirs.
    fn zone(&mut self, found: &Found<'_>) -> Option<Zone> {
        let mut zones: Vec<(Zone, Mark, usize)> = Vec::new();
        for trigger in found.object.spec.triggers.value.iter().filter(|trigger| trigger.kind.value == "cron")
        {
            let Ok(read) = CronTrigger::read(trigger) else { continue };
            let key = if read.pair.start.zone.is_some() { "start" } else { "timezone" };
            let written = own_zone(&read);
            let zone = clock::named(&written, self.terms.horizon);
            if zone != written {
                self.say(found.remark(Kind::Changed, trigger.mark(key), taken_for(&written, &zone)));
            }
            match zones.iter_mut().find(|(known, ..)| *known == zone) {
                Some((.., count)) => *count += 1,
                None => zones.push((zone, trigger.mark(key), 1)),
            }
        }
        // Of two that are as common, the first.
        let (most, ..) = zones.iter().rev().max_by_key(|(.., count)| *count)?.clone();
        for (other, mark, _) in zones.iter().filter(|(zone, ..)| *zone != most) {
            if clock::alike(&most, other, self.terms.horizon) {
                self.say(found.remark(Kind::Changed, *mark, taken_for(other, &most)));
            }
        }
        Some(most)
    }

    /// What each cron trigger asks for.
    fn windows(
        &mut self,
        found: &Found<'_>,
        (min, max): (Replicas, Replicas),
        zone: &Zone,
        (truth, stays): (&mut Truth, &mut Stays),
    ) -> Vec<Request> {
        let as_is = self.terms.as_is || found.is_ours();
        let mut asked = Vec::new();
        for active in &truth.active {
            let (index, wanted) = (active.index, Replicas(active.trigger.floor()));
            let hopeless = || hopeless(active, &truth.findings).filter(|_| !as_is);
            if let Some(why) = two_clocks(active, self.terms.horizon).or_else(hopeless) {
                if self.terms.form == Form::Kept {
                    stays.insert(index, why);
                } else {
                    self.say(found.about(Kind::LeftOut, index, "start", &why));
                }
                continue;
            }
            if wanted <= min {
                let (kind, text) = idle_lift(found, active.trigger.desired, min);
                self.say(found.about(kind, index, "desiredReplicas", &text));
                continue;
            }
            if wanted > max {
                let text = over_the_maximum(active.trigger.desired, max);
                self.say(found.about(Kind::Changed, index, "desiredReplicas", &text));
            }
            let Ok(reading) = self.reader.read(&active.trigger, as_is) else {
                self.say(found.about(
                    Kind::LeftOut,
                    index,
                    "start",
                    "KEDA's search for its next firing never ends",
                ));
                continue;
            };
            let clock = clock::named(&own_zone(&active.trigger), self.terms.horizon);
            let months = months::unbroken(&reading.windows);
            let months = months.filter(|_| clock::are_regular(&reading.windows, &clock, self.terms.horizon));
            let windows = if months.is_some() { &[] } else { reading.windows.as_slice() };
            let slots = clock::regular(slot::slots(windows), &clock, self.terms.horizon);
            let own = Some(clock).filter(|clock| !clock::alike(zone, clock, self.terms.horizon));
            truth.readings.insert(index, reading);
            if months.is_none() && !clock::reaches(&slots, self.terms.horizon) {
                let text = super::say::without_window(self.terms.horizon, held_on(active, truth));
                self.say(found.about(Kind::LeftOut, index, "start", &text));
                continue;
            }
            // What is active holds the minimum at least.
            let floor = wanted.max(Replicas(u32::try_from(found.object.spec.min()).unwrap_or(0))).min(max);
            asked.push(Request { trigger: index, floor, slots, months, zone: own });
        }
        asked
    }
}

/// Whether an annotation or a behavior keeps the object from every floor, though it is there.
fn halts(found: &Found<'_>, finding: &Finding, versions: Versions) -> bool {
    let is_of_the_object = [Rule::KedaPaused, Rule::HpaDisabled].contains(&finding.rule);
    is_of_the_object && Halt::of(&found.object, std::slice::from_ref(finding), versions.keda).is_some()
}

/// Faults that keep a trigger active outside of the windows that it reads as.
const HELD_ON: [Rule; 3] = [Rule::CronEndsInARow, Rule::CronLongTail, Rule::CronYearMissed];

/// Whether a trigger is active in the stretch that is looked at, and the fault that audit has for it.
fn held_on<'t>(active: &Active, truth: &'t Truth) -> Option<Option<&'t Finding>> {
    let is_active = *active.walk.active.first() || active.walk.active.steps().iter().any(|(_, on)| *on);
    let own = |rule: Rule| {
        let mut findings = truth.findings.iter();
        findings.find(|finding| finding.rule == rule && finding.place.trigger == Some(active.index))
    };
    is_active.then(|| HELD_ON.into_iter().find_map(own))
}

/// The load triggers that the language has a key for, and a remark on each of the others.
fn loads(found: &Found<'_>) -> (Vec<(usize, Load)>, Vec<Remark>) {
    let mut loads: Vec<(usize, Load)> = Vec::new();
    let mut unread = Vec::new();
    for (index, trigger) in found.object.spec.triggers.value.iter().enumerate() {
        let read = match trigger.kind.value.as_str() {
            "cron" => continue,
            "prometheus" => load::read(trigger),
            other => Err(format!("the language has no key for a trigger of type {other}")),
        };
        let same = |load: &Load| {
            loads.iter().any(|(_, other)| std::mem::discriminant(other) == std::mem::discriminant(load))
        };
        let read = read.and_then(|load| {
            if same(&load) {
                Err("a target has one such trigger, this is the second".to_owned())
            } else {
                Ok(load)
            }
        });
        match read {
            Ok(load) => loads.push((index, load)),
            Err(why) => unread.push(found.about(Kind::LeftOut, index, "query", &why)),
        }
    }
    (loads, unread)
}

/// Why an object is left alone that is scaled by what a policy cannot say, such as a queue of Kafka: every target of a
/// policy is asked for requests or for the outbox, and no series would ever answer for this one.
fn foreign(found: &Found<'_>, loads: &[(usize, Load)]) -> Option<String> {
    let main = |(_, load): &(usize, Load)| matches!(load, Load::Requests(_) | Load::Backlog(_));
    if loads.iter().any(main) {
        return None;
    }
    let kinds = found.object.spec.triggers.value.iter().map(|trigger| trigger.kind.value.as_str());
    let foreign: BTreeSet<&str> =
        kinds.clone().filter(|kind| !["cron", "prometheus", "cpu", "memory"].contains(kind)).collect();
    if foreign.is_empty() {
        return None;
    }
    let by = foreign.into_iter().collect::<Vec<_>>().join(", ");
    let schedules = if kinds.into_iter().any(|kind| kind == "cron") {
        "its schedule stays where it is: KEDA takes one ScaledObject for a Deployment"
    } else {
        "it has no schedule either"
    };
    Some(format!(
        "{by} scales it, which the language has no key for, and files of a policy would ask for HTTP requests in its \
         place, which nothing answers: leave the object as it is; {schedules}"
    ))
}

/// The clock of a trigger: its start's.
fn own_zone(trigger: &CronTrigger) -> Zone {
    trigger.pair.start.zone.clone().unwrap_or_else(|| trigger.pair.zone.clone())
}

fn taken_for(written: &Zone, zone: &Zone) -> String {
    format!("{written} is taken for {zone}: both show the same time all along")
}

/// Why a trigger is not a season: its sides run on two clocks.
fn two_clocks(active: &Active, horizon: Window<Date>) -> Option<String> {
    let pair = &active.trigger.pair;
    let [start, end] = [&pair.start, &pair.end].map(|side| side.zone.as_ref().unwrap_or(&pair.zone));
    let differ = !clock::alike(start, end, horizon);
    differ.then(|| format!("it starts on the clock of {start} and ends on that of {end}, a season has one"))
}

/// A finding of audit in one line.
pub(super) fn said(finding: &Finding) -> String {
    format!("{}: {}", finding.rule.id(), finding.effect)
}

/// Whether no cron trigger is among its triggers.
fn is_without_schedule(found: &Found<'_>) -> bool {
    found.object.spec.triggers.value.iter().all(|trigger| trigger.kind.value != "cron")
}

/// The clock of what names none.
fn utc() -> Zone {
    Zone::parse("UTC").expect("internal error: the bundled database has UTC")
}

/// Why no target can be made of an object.
fn refused(found: &Found<'_>, form: Form) -> Option<(Mark, String)> {
    /// `keda-hpa-` and the name must fit a label of 63 characters.
    const LONGEST: usize = 54;
    let spec = &found.object.spec;
    let name = &spec.scale_target_ref.name;
    let (_, kind, target) = spec.scale_target_ref.target();
    let owned = form == Form::Owned;
    if owned && kind != "Deployment" {
        return Some((name.mark, format!("it scales a {kind}, a target is a Deployment")));
    }
    if owned && (KubeName::parse(target).is_none() || target.len() > LONGEST) {
        return Some((name.mark, format!("`{target}` is not a name of at most {LONGEST} plain characters")));
    }
    if spec.min() < 0 || spec.max() < 1 || spec.min() > spec.max() {
        let mark = spec.min_replica_count.as_ref().map_or(name.mark, |min| min.mark);
        return Some((mark, format!("{} to {} replicas are not a range", spec.min(), spec.max())));
    }
    if spec.triggers.value.is_empty() {
        return Some((spec.triggers.mark, "it has no trigger".to_owned()));
    }
    let modifiers = spec.advanced.as_ref().and_then(|advanced| advanced.scaling_modifiers.as_ref());
    let formula = modifiers.filter(|modifiers| modifiers.value.formula.is_some())?;
    Some((formula.mark, "a formula decides, not the highest trigger".to_owned()))
}

/// What is said of a trigger that asks for more than the maximum.
fn over_the_maximum(desired: i64, max: Replicas) -> String {
    let most = CronTrigger::MOST_COUNTED;
    if desired > most {
        format!(
            "{desired} becomes the maximum, {max}: it is above {most}, the most that the HPA can count, and what it makes of more is left to its processor"
        )
    } else {
        format!("{desired} becomes the maximum, {max}: KEDA goes no higher")
    }
}

/// What is said of a trigger that asks for no more than the minimum: over a minimum of 0 or an idle count it is what keeps
/// the object from it, and that a policy cannot say.
fn idle_lift(found: &Found<'_>, desired: i64, min: Replicas) -> (Kind, String) {
    let spec = &found.object.spec;
    let idle = spec.idle_replica_count.as_ref().map(|idle| idle.value).or((spec.min() == 0).then_some(0));
    match idle {
        Some(idle) => {
            let text = format!(
                "it lifts the object from {idle} replicas, and a policy's target never goes below its minimum of {min}"
            );
            (Kind::LeftOut, text)
        }
        None => {
            let text =
                format!("dropped, as it has no effect: {desired} is no more than the minimum of {min}");
            (Kind::Changed, text)
        }
    }
}

/// Why no windows can be read from a trigger.
fn hopeless(active: &Active, findings: &[Finding]) -> Option<String> {
    let own = || findings.iter().filter(|finding| finding.place.trigger == Some(active.index));
    let always = active.walk.active.steps().is_empty() && *active.walk.active.first();
    let found = own().find(|finding| HOPELESS.contains(&finding.rule));
    let found = found.or_else(|| own().find(|finding| finding.rule == Rule::CronTie && always))?;
    Some(format!("{}: {}", found.rule.id(), found.effect))
}
