//! A ScaledObject, as it was emitted or as anybody wrote it, becomes what runs in the model; or the model says what it does not
//! know.

use std::fmt;
use std::sync::Arc;

use super::hpa::spec::{Autoscaler, Behavior, Metric, Milli, Target};
use super::keda::executor::{Executor, Pause};
use super::keda::fallback::Substitute;
use super::keda::scaler::Scaler;
use super::keda::value::Writing;
use super::moment::Span;
use super::world::signal::{Signal, Unknown};
use super::world::site::Source;
use crate::keda::activity::Activities;
use crate::keda::scaledobject::{FallbackBehavior, Kind, ScaledObject, SelectPolicy, Trigger};
use crate::keda::trigger::json_number;
use crate::quantity::{Replicas, Version};
use crate::step::StepFn;
use crate::time::Instant;

/// What runs in the model.
#[derive(Clone, Debug)]
pub struct Machine {
    /// What KEDA and the HPA make of the object.
    pub scaler: Scaler,
    /// What each trigger is called: by its name, or by its place and type.
    pub names: Vec<String>,
    /// What each trigger is of.
    pub kinds: Vec<String>,
    /// What each trigger reads.
    pub sources: Vec<Source>,
    /// What its cron triggers and limits ask for.
    pub floor: StepFn<Instant, Replicas>,
}

/// What the model does not know of an object, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The trigger, by its name or place; absent: the object.
    pub trigger: Option<String>,
    /// Why.
    pub why: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.trigger {
            Some(trigger) => write!(f, "trigger `{trigger}`: {}", self.why),
            None => f.write_str(&self.why),
        }
    }
}

/// Reads an object; its cron triggers are walked over the stretch of `activities`.
pub fn machine(
    object: &ScaledObject,
    keda: Version,
    activities: &mut Activities,
) -> Result<Machine, Refusal> {
    let refused = |why: &str| Refusal { trigger: None, why: why.to_owned() };
    if object.kind == Kind::ScaledJob {
        return Err(refused("a ScaledJob has no HPA"));
    }
    let spec = &object.spec;
    let modifiers = spec.advanced.as_ref().and_then(|advanced| advanced.scaling_modifiers.as_ref());
    if modifiers.is_some_and(|modifiers| modifiers.value.is_used) {
        return Err(refused("`scalingModifiers` are not modelled: its HPA has one composite metric"));
    }
    let annotation = |name: &str| object.metadata.annotations.get(&format!("autoscaling.keda.sh/{name}"));
    if annotation("paused-replicas").is_some() || is_set(object, "paused") {
        return Err(refused("it is paused by an annotation: it has no HPA, and stays where it was put"));
    }
    let mut sources = Vec::new();
    let mut metrics = Vec::new();
    let mut activations = Vec::new();
    let (mut names, mut kinds) = (Vec::new(), Vec::new());
    for (index, trigger) in spec.triggers.value.iter().enumerate() {
        let read = Reader { trigger, index, keda };
        names.push(read.name());
        kinds.push(trigger.kind.value.clone());
        sources.push(read.source(activities)?);
        metrics.push(read.metric()?);
        activations.push(read.number("activationThreshold", Some(0.0))?);
    }
    let substitute = spec.fallback.as_ref().map(|fallback| Substitute::of(&fallback.value));
    if substitute.is_some_and(|substitute| substitute.behavior == FallbackBehavior::ScalingModifiers) {
        return Err(refused("`fallback.behavior: scalingModifiers` without a formula is refused by KEDA"));
    }
    let floor = floor(object, &sources, activities.window().from);
    let scaler = scaler(object, keda, metrics, activations, substitute);
    Ok(Machine { scaler, names, kinds, sources, floor })
}

/// The same with cron triggers that are never active: what the plain HPA does.
pub fn without_calendar(machine: &Machine) -> Machine {
    let mut plain = machine.clone();
    for source in &mut plain.sources {
        match source {
            Source::Cron { active, on: _, off: _ } => *active = Arc::new(StepFn::constant(false)),
            Source::Floors(_) | Source::Query { .. } => {}
        }
    }
    plain.floor = StepFn::constant(Replicas(u32::try_from(plain.scaler.executor.min).unwrap_or(0)));
    plain
}

/// The same with other floors in place of all cron triggers.
pub fn with_floors(machine: &Machine, floors: StepFn<Instant, Replicas>) -> Machine {
    let mut tried = without_calendar(machine);
    let metric = Metric { target: Target::AverageValue, aim: Milli(1000) };
    tried.scaler.hpa.metrics.push(metric);
    tried.scaler.activations.push(0.0);
    tried.names.push("floors".to_owned());
    tried.kinds.push("cron".to_owned());
    tried.sources.push(Source::Floors(Arc::new(floors.clone())));
    tried.floor = floors;
    tried
}

/// Any text but a boolean's counts as true.
fn is_set(object: &ScaledObject, name: &str) -> bool {
    let value = object.metadata.annotations.get(&format!("autoscaling.keda.sh/{name}"));
    value.is_some_and(|value| !["false", "0", "f", "F", "FALSE", "False"].contains(&value.value.as_str()))
}

fn scaler(
    object: &ScaledObject,
    keda: Version,
    metrics: Vec<Metric>,
    activations: Vec<f64>,
    substitute: Option<Substitute>,
) -> Scaler {
    let spec = &object.spec;
    let seconds = |field: &Option<crate::yaml::Marked<i32>>, default| {
        Span::seconds(field.as_ref().map_or(default, |value| i64::from(value.value)))
    };
    let pause = Pause {
        all: false,
        scale_in: is_set(object, "paused-scale-in"),
        scale_out: is_set(object, "paused-scale-out"),
    };
    // 2.20.2 began with it; a version here has no third number.
    let writing = match keda {
        keda if keda >= Version::new(2, 21) => Writing::NotNegative,
        keda if keda >= Version::new(2, 20) => Writing::Decimal,
        _ => Writing::Truncated,
    };
    Scaler {
        hpa: Autoscaler {
            min: Some(spec.min().max(1)),
            max: spec.max(),
            metrics,
            behavior: behavior(object, pause),
        },
        activations,
        writing,
        executor: Executor {
            min: spec.min(),
            idle: spec.idle_replica_count.as_ref().map(|idle| idle.value),
            cooldown: seconds(&spec.cooldown_period, 300),
            initial_cooldown: seconds(&spec.initial_cooldown_period, 0),
            fallback: substitute.map(|substitute| substitute.replicas),
            pause,
            forced: is_set(object, "force-activation"),
        },
        polling: seconds(&spec.polling_interval, 30),
        substitute,
        polls_count: keda >= Version::new(2, 19),
    }
}

/// The HPA's behavior. An annotation that pauses a direction disables it there, and so makes one where there was none.
fn behavior(object: &ScaledObject, pause: Pause) -> Option<Behavior> {
    let given = object.spec.behavior().map(Behavior::of);
    if !pause.scale_in && !pause.scale_out {
        return given;
    }
    let none = crate::keda::scaledobject::Behavior { scale_up: None, scale_down: None };
    let mut behavior = given.unwrap_or_else(|| Behavior::of(&none));
    if pause.scale_in {
        behavior.down.select = SelectPolicy::Disabled;
    }
    if pause.scale_out {
        behavior.up.select = SelectPolicy::Disabled;
    }
    Some(behavior)
}

fn floor(object: &ScaledObject, sources: &[Source], from: Instant) -> StepFn<Instant, Replicas> {
    let bounded = |wanted: f64| {
        let wanted = wanted.clamp(f64::from(object.spec.min()), f64::from(object.spec.max().max(0)));
        Replicas(wanted as u32)
    };
    let crons = sources.iter().filter_map(|source| match source {
        Source::Cron { active, on, .. } => Some(active.map(|active| if *active { *on } else { 0.0 })),
        Source::Floors(_) | Source::Query { .. } => None,
    });
    let highest = crons.reduce(|left, right| left.zip(&right, |a, b| a.max(*b)));
    let mut floor = StepFn::constant(bounded(0.0));
    if let Some(highest) = highest {
        floor.push(from, bounded(*highest.at(from)));
        highest.steps().iter().for_each(|(at, wanted)| floor.push(*at, bounded(*wanted)));
    }
    floor
}

struct Reader<'t> {
    trigger: &'t Trigger,
    index: usize,
    keda: Version,
}

impl Reader<'_> {
    fn refused(&self, why: impl Into<String>) -> Refusal {
        Refusal { trigger: Some(self.name()), why: why.into() }
    }

    fn name(&self) -> String {
        let name = self.trigger.name.as_ref().map(|name| name.value.clone());
        name.unwrap_or_else(|| format!("triggers[{}] ({})", self.index, self.trigger.kind.value))
    }

    fn number(&self, key: &str, default: Option<f64>) -> Result<f64, Refusal> {
        match self.trigger.setting(key) {
            None => default.ok_or_else(|| self.refused(format!("`{key}` is missing"))),
            Some(text) => json_number(text)
                .ok_or_else(|| self.refused(format!("`{key}: {text}` is not a number of JSON"))),
        }
    }

    fn source(&self, activities: &mut Activities) -> Result<Source, Refusal> {
        if self.trigger.use_cached_metrics.as_ref().is_some_and(|cached| cached.value) {
            return Err(self.refused("`useCachedMetrics` is not modelled"));
        }
        match self.trigger.kind.value.as_str() {
            "cron" => self.cron(activities),
            "prometheus" => self.query(),
            other => Err(self.refused(format!("what `{other}` measures is not modelled"))),
        }
    }

    fn cron(&self, activities: &mut Activities) -> Result<Source, Refusal> {
        let trigger = activities.trigger(self.trigger).map_err(|fault| {
            let setting = fault.setting();
            self.refused(format!("KEDA cannot use its `{setting}`; `seasonscale audit` says why"))
        })?;
        let texts = (trigger.texts.0.as_str(), trigger.texts.1.as_str());
        let walk = activities.walk(texts, &trigger.pair);
        let walk = walk.map_err(|_| self.refused("KEDA's search for its next start or end never ends"))?;
        let value = |active| trigger.metric(active, self.keda) as f64;
        Ok(Source::Cron { active: walk.active.clone(), on: value(true), off: value(false) })
    }

    fn query(&self) -> Result<Source, Refusal> {
        let text = self.trigger.setting("query").ok_or_else(|| self.refused("`query` is missing"))?;
        let signal = Signal::read(text).map_err(|Unknown { part }| {
            let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
            self.refused(format!("the model has no number for `{part}`"))
        })?;
        let none_is_zero = match self.trigger.setting("ignoreNullValues") {
            None => true,
            Some(text) => !["false", "0", "f", "F", "FALSE", "False"].contains(&text),
        };
        Ok(Source::Query { signal, none_is_zero })
    }

    fn metric(&self) -> Result<Metric, Refusal> {
        let target = match self.trigger.metric_type.as_ref().map(|given| given.value.as_str()) {
            None | Some("AverageValue") => Target::AverageValue,
            Some("Value") => Target::Value,
            Some(other) => {
                return Err(self.refused(format!("`metricType: {other}` is not one of an external metric")));
            }
        };
        if self.trigger.kind.value == "cron" {
            return Ok(Metric { target, aim: Milli(1000) });
        }
        // A threshold is written as any other number.
        let aim = Writing::Decimal.milli(self.number("threshold", None)?);
        if aim.0 <= 0 {
            return Err(self.refused("its `threshold` comes to nothing: the API server refuses the HPA"));
        }
        Ok(Metric { target, aim })
    }
}
