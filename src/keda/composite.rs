//! The composite metric of an object with `scalingModifiers`: the one metric of its HPA beside cpu and memory, and what it
//! comes to while the calendar knows the cron triggers and nobody knows the loads.
//!
//! KEDA: `controllers/keda/hpa.go` (the target), `pkg/scaling/modifiers/formula.go` (the value, cut to thousandths),
//! `pkg/scaling/scale_handler.go` (activity).

use std::collections::{BTreeMap, BTreeSet};

use super::floor::Active;
use super::formula::{self, Formula, Value};
use super::limits::{DecidedBy, Held, Limits};
use super::measure::ceiling;
use super::scaledobject::{ScaledObject, ScalingModifiers, Trigger};
use super::trigger::json_number;
use crate::quantity::{Replicas, Version};
use crate::step::StepFn;
use crate::time::Instant;

/// A formula and what it works on.
pub struct Composite<'a> {
    triggers: &'a [Active],
    object: &'a ScaledObject,
    keda: Version,
    modifiers: &'a ScalingModifiers,
    /// None where it is not worked out here, or refused.
    formula: Option<Formula>,
}

/// The triggers that a formula can name: those of external metrics.
pub fn named(object: &ScaledObject) -> BTreeSet<String> {
    let external = object.spec.triggers.value.iter().filter(|trigger| trigger.is_external());
    let names = external.filter_map(|trigger| trigger.name.as_ref());
    names.map(|name| name.value.clone()).filter(|name| !name.is_empty()).collect()
}

impl<'a> Composite<'a> {
    /// Of an object that has a formula.
    pub fn of(object: &'a ScaledObject, triggers: &'a [Active], keda: Version) -> Option<Self> {
        let advanced = object.spec.advanced.as_ref()?;
        let modifiers = &advanced.scaling_modifiers.as_ref()?.value;
        let text = modifiers.formula.as_deref()?;
        // A cron trigger that fails on every poll takes the composite with it.
        let cron = object.spec.triggers.value.iter().filter(|trigger| trigger.kind.value == "cron").count();
        let formula = Formula::compile(text, &named(object), keda).ok().filter(|_| cron == triggers.len());
        Some(Self { triggers, object, keda, modifiers, formula })
    }

    /// The formula, where it is worked out.
    pub fn formula(&self) -> Option<&Formula> {
        self.formula.as_ref()
    }

    /// Whether it is known what it comes to, as far as loads are: it is a formula that can be worked out, over a target.
    pub fn has_value(&self) -> bool {
        let activity = self.activity();
        let mut all = std::iter::once(activity.first()).chain(activity.steps().iter().map(|(_, on)| on));
        let target = self.target().is_some();
        target
            && all.all(|on| {
                let formula = self.formula.as_ref();
                let composite = formula.and_then(|formula| formula.composite(&self.values(on, Value::Load)));
                composite.and_then(|composite| self.bounds(composite)).is_some()
            })
    }

    /// What KEDA holds.
    pub(super) fn held(&self, limits: Limits) -> StepFn<Instant, Held> {
        let activity = self.activity();
        let mut known: BTreeMap<&Vec<bool>, Held> = BTreeMap::new();
        let all = std::iter::once(activity.first()).chain(activity.steps().iter().map(|(_, on)| on));
        for on in all {
            known.entry(on).or_insert_with(|| self.at(on, Value::Load, limits));
        }
        activity.map(|on| known[on])
    }

    /// The floor where loads have failed for long and are nil to the formula; none where one of them makes it an error.
    pub fn floor_in_an_outage(&self) -> Option<StepFn<Instant, Replicas>> {
        let limits = Limits::of(self.object, self.keda);
        let formula = self.formula.as_ref()?;
        let activity = self.activity();
        let mut known: BTreeMap<&Vec<bool>, Replicas> = BTreeMap::new();
        let all = std::iter::once(activity.first()).chain(activity.steps().iter().map(|(_, on)| on));
        for on in all {
            if known.contains_key(on) {
                continue;
            }
            let mut lowest = self.at(on, Value::Nil, limits).floor;
            for load in self.loads() {
                let mut values = self.values(on, Value::Load);
                values.insert(load.clone(), Value::Nil);
                let composite = formula.composite(&values).filter(|composite| !composite.fails)?;
                lowest = lowest.min(self.between(self.bounds(composite)?, limits).floor);
            }
            known.insert(on, lowest);
        }
        Some(activity.map(|on| known[on]))
    }

    /// Whether the formula names a cron trigger.
    pub fn uses_cron(&self) -> bool {
        self.triggers.iter().any(|active| self.is_used(active))
    }

    /// Whether the formula is what the HPA does without it: the highest of all triggers, each over its own target.
    pub fn is_highest(&self) -> bool {
        let external: Vec<_> =
            self.object.spec.triggers.value.iter().filter(|trigger| trigger.is_external()).collect();
        let named = named(self.object);
        let highest = self.formula.as_ref().and_then(Formula::highest_of);
        let same_target = |trigger: &&Trigger| {
            let own = match trigger.kind.value.as_str() {
                "cron" => Some(1.0),
                "prometheus" => trigger.setting("threshold").and_then(json_number),
                _ => None,
            };
            let average = trigger.metric_type.as_ref().is_none_or(|kind| kind.value == "AverageValue");
            average && own.is_some() && own == self.target()
        };
        !self.modifiers.is_value
            && named.len() == external.len()
            && highest.is_some_and(|names| names == named)
            && external.iter().all(same_target)
    }

    /// Whether the HPA multiplies the pods that run by it, and does not divide it by replicas: `metricType: Value`.
    pub fn is_value(&self) -> bool {
        self.modifiers.is_value
    }

    /// The target as it is written.
    pub fn target_said(&self) -> &str {
        self.modifiers.target.as_deref().unwrap_or_default()
    }

    /// The most that the formula ever is, and the replicas that this comes to; none where nothing keeps it down.
    pub fn most(&self) -> Option<(f64, u32)> {
        let activity = self.activity();
        let all = std::iter::once(activity.first()).chain(activity.steps().iter().map(|(_, on)| on));
        let mut most = f64::NEG_INFINITY;
        for on in all.collect::<BTreeSet<_>>() {
            let composite = self.formula.as_ref()?.composite(&self.values(on, Value::Load))?;
            if composite.nil || composite.fails || !composite.most.is_finite() {
                return None;
            }
            most = most.max(composite.most);
        }
        let replicas = (!self.modifiers.is_value).then_some((most / self.target()?).ceil().max(0.0) as u32);
        Some((most, replicas?))
    }

    /// `activationTarget` as it is written; 0 where it is not.
    pub fn activation_said(&self) -> &str {
        self.modifiers.activation_target.as_deref().unwrap_or("0")
    }

    /// The highest value that the formula surely has while a cron trigger in it is active, where that is above 0.
    pub fn surely(&self) -> Option<f64> {
        let formula = self.formula.as_ref()?;
        let activity = self.activity();
        let all = std::iter::once(activity.first()).chain(activity.steps().iter().map(|(_, on)| on));
        let mut highest = 0.0_f64;
        for on in all.filter(|on| on.contains(&true)).collect::<BTreeSet<_>>() {
            let composite = formula.composite(&self.values(on, Value::Load))?;
            if composite.nil || composite.fails {
                return None;
            }
            highest = highest.max(composite.least);
        }
        (highest > 0.0).then_some(highest)
    }

    /// The same, where it is never above the activation.
    pub fn asleep(&self) -> Option<f64> {
        let activation: f64 = self.activation_said().parse().ok()?;
        self.surely().filter(|highest| *highest <= activation)
    }

    /// How often the target goes into what the formula surely is at most while a cron trigger in it is active.
    pub fn times_target(&self) -> Option<f64> {
        Some(self.surely()? / self.target()?)
    }

    /// Cron triggers that are a floor in a formula of the highest value, and come to no more than the minimum: place,
    /// demand, replicas.
    pub fn low_floors(&self) -> Vec<(usize, i64, u32)> {
        let Some((highest, target)) = self.formula.as_ref().and_then(Formula::highest_of).zip(self.target())
        else {
            return Vec::new();
        };
        let min = u32::try_from(self.object.spec.min()).unwrap_or(0);
        let low = self
            .triggers
            .iter()
            .filter(|active| self.name(active).is_some_and(|name| highest.contains(name)));
        let low = low.map(|active| {
            let desired = active.trigger.desired;
            (active.index, desired, (desired as f64 / target).ceil().max(0.0) as u32)
        });
        low.filter(|(_, _, replicas)| *replicas <= min && !self.modifiers.is_value).collect()
    }

    /// A value below zero that the formula takes, and the loads with which it does.
    pub fn negative(&self) -> Option<(f64, String)> {
        const SAMPLES: [f64; 9] = [0.0, 0.5, 1.0, 3.0, 8.0, 15.0, 60.0, 300.0, 10_000.0];
        let formula = self.formula.as_ref().filter(|_| !self.modifiers.is_value)?;
        let loads: Vec<&String> = self.loads().collect();
        let activity = self.activity();
        let all = std::iter::once(activity.first()).chain(activity.steps().iter().map(|(_, on)| on));
        let states: BTreeSet<_> = all.take(64).collect();
        for on in states {
            // One load at a time differs from the others.
            for (others, sample) in
                SAMPLES.iter().flat_map(|others| SAMPLES.iter().map(move |one| (*others, *one)))
            {
                for differs in 0..loads.len().max(1) {
                    let mut values = self.values(on, Value::At(others));
                    if let Some(load) = loads.get(differs) {
                        values.insert((*load).clone(), Value::At(sample));
                    }
                    let composite = formula.composite(&values)?;
                    // Cut to thousandths it is below zero.
                    if composite.most * 1000.0 <= -1.0 && !composite.fails {
                        let said = loads.iter().map(|load| match values[*load] {
                            Value::At(value) => format!("{load} at {value}"),
                            Value::Load | Value::UpTo(_) | Value::Nil => (*load).clone(),
                        });
                        return Some((composite.most, said.collect::<Vec<String>>().join(", ")));
                    }
                }
            }
        }
        None
    }

    /// Names of triggers whose value is a load.
    fn loads(&self) -> impl Iterator<Item = &'a String> + use<'a> {
        let others = self.object.spec.triggers.value.iter();
        let others = others.filter(|trigger| trigger.is_external() && trigger.kind.value != "cron");
        others.filter_map(|trigger| Some(&trigger.name.as_ref()?.value))
    }

    /// What the queries themselves keep loads down to.
    fn ceilings(&self) -> BTreeMap<&'a String, f64> {
        let prometheus = self.object.spec.triggers.value.iter();
        let prometheus = prometheus.filter(|trigger| trigger.kind.value == "prometheus");
        let most = prometheus
            .filter_map(|trigger| Some((&trigger.name.as_ref()?.value, ceiling(trigger.setting("query")?)?)));
        most.collect()
    }

    fn is_used(&self, active: &Active) -> bool {
        let formula = self.formula.as_ref();
        self.name(active).zip(formula).is_some_and(|(name, formula)| formula.names(name))
    }

    /// Which of the cron triggers that the formula names are active.
    fn activity(&self) -> StepFn<Instant, Vec<bool>> {
        let mut activity = StepFn::constant(Vec::new());
        for active in self.triggers {
            let used = self
                .name(active)
                .is_some_and(|name| self.formula.as_ref().is_some_and(|formula| formula.names(name)));
            activity = if used {
                activity.zip(&active.walk.active, |before, on| [before.as_slice(), &[*on]].concat())
            } else {
                activity.map(|before| [before.as_slice(), &[false]].concat())
            };
        }
        activity
    }

    fn name(&self, active: &Active) -> Option<&'a String> {
        self.object.spec.triggers.value[active.index].name.as_ref().map(|name| &name.value)
    }

    fn values(&self, on: &[bool], load: Value) -> BTreeMap<String, Value> {
        let most = self.ceilings();
        let at = |name: &String| match most.get(name) {
            Some(most) if load == Value::Load => Value::UpTo(*most),
            _ => load,
        };
        let loads = self.loads().map(|name| (name.clone(), at(name)));
        let cron = self.triggers.iter().zip(on).filter_map(|(active, on)| {
            let value = active.trigger.metric(*on, self.keda).max(0);
            Some((self.name(active)?.clone(), Value::At(value as f64)))
        });
        loads.chain(cron).collect()
    }

    fn at(&self, on: &[bool], load: Value, limits: Limits) -> Held {
        let undecided = Held {
            floor: Replicas(limits.idle.min(limits.least)),
            ceiling: Replicas(limits.most),
            by: DecidedBy::Formula,
        };
        let composite = self.formula.as_ref().and_then(|formula| formula.composite(&self.values(on, load)));
        let bounds = composite.and_then(|composite| self.bounds(composite));
        let Some((least, most)) = bounds else { return undecided };
        self.between((least, most), limits)
    }

    /// The least and the most thousandths of the metric. None where it may be no number at all.
    fn bounds(&self, composite: formula::Composite) -> Option<(f64, f64)> {
        if composite.fails {
            return None;
        }
        let thousandths = |value: f64| (value * 1000.0).trunc();
        let number =
            (!composite.least.is_nan()).then(|| (thousandths(composite.least), thousandths(composite.most)));
        if !composite.nil {
            return number;
        }
        let replicas = self.object.spec.fallback_in_force()?.value.replicas;
        let fallback = thousandths(f64::from(replicas) * self.target()?);
        let (least, most) = number.unwrap_or((fallback, fallback));
        Some((least.min(fallback), most.max(fallback)))
    }

    fn target(&self) -> Option<f64> {
        self.modifiers.target.as_deref().and_then(|text| text.parse().ok()).filter(|target| *target > 0.0)
    }

    /// Replicas that a metric between two others comes to.
    fn between(&self, (least, most): (f64, f64), limits: Limits) -> Held {
        let undecided = (limits.idle.min(limits.least), limits.most);
        let (floor, ceiling) = self.replicas((least, most), limits).unwrap_or(undecided);
        // Beside the composite, cpu and memory can ask for more.
        let alone = self.object.spec.triggers.value.iter().all(Trigger::is_external);
        let ceiling = if alone { ceiling } else { limits.most };
        let by = if floor == ceiling { DecidedBy::Calendar } else { DecidedBy::Formula };
        Held { floor: Replicas(floor), ceiling: Replicas(ceiling), by }
    }

    fn replicas(&self, (least, most): (f64, f64), limits: Limits) -> Option<(u32, u32)> {
        let target = (self.target()? * 1000.0).trunc();
        let activation: f64 = self.activation_said().parse().ok()?;
        if target < 1.0 {
            return None;
        }
        let wanted = |thousandths: f64| {
            ((thousandths / target).ceil().max(0.0) as u32).clamp(limits.least, limits.most)
        };
        let (mut floor, mut ceiling) = match self.modifiers.is_value {
            // A sum below zero is read as an overflow: the HPA goes to its maximum.
            false if most < 0.0 => (limits.most, limits.most),
            false if least < 0.0 => (limits.least, limits.most),
            false => (wanted(least), wanted(most)),
            // The ratio is multiplied by the pods that run: it grows, shrinks or rests.
            true if least / target > 1.1 => (limits.most, limits.most),
            true if most <= 0.0 => (limits.least, limits.least),
            true => (limits.least, limits.most),
        };
        if limits.idle < limits.least {
            let active = |thousandths: f64| thousandths / 1000.0 > activation;
            if !active(least) {
                floor = limits.idle;
            }
            if !active(most) {
                ceiling = limits.idle;
            }
        }
        Some((floor, ceiling))
    }
}
