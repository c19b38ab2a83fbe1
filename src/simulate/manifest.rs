//! A ScaledObject, as it was emitted or as anybody wrote it, becomes what runs in the model; or the model says what it does not
//! know.

use std::fmt;
use std::sync::Arc;

use super::hpa::metric::Unavailable;
use super::hpa::spec::{Autoscaler, Behavior, Metric, Milli, Target};
use super::keda::executor::{Executor, Pause};
use super::keda::fallback::Substitute;
use super::keda::scaler::Scaler;
use super::keda::value::Writing;
use super::moment::Span;
use super::world::signal::{Signal, Unknown};
use super::world::site::{Named, Source};
use crate::features;
use crate::keda::activity::Activities;
use crate::keda::formula::Formula;
use crate::keda::limits::Limits;
use crate::keda::pause::{self, pauses};
use crate::keda::scaledobject::{FallbackBehavior, Kind, ScaledObject, SelectPolicy, Trigger};
use crate::keda::trigger::json_number;
use crate::quantity::{Ratio, Release, Replicas};
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
    /// What makes one value of all of them, in place of a metric for each.
    pub formula: Option<Arc<Named>>,
    /// What its cron triggers and limits ask for.
    pub floor: StepFn<Instant, Replicas>,
}

impl Machine {
    /// Whether any trigger reads a queue.
    pub fn reads_queue(&self) -> bool {
        self.sources.iter().any(|source| match source {
            Source::Query { signal, .. } => signal.reads_queue(),
            Source::Cron { .. } | Source::Floors(_) => false,
        })
    }
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
    keda: Release,
    activities: &mut Activities,
) -> Result<Machine, Refusal> {
    let refused = |why: &str| Refusal { trigger: None, why: why.to_owned() };
    if object.kind == Kind::ScaledJob {
        return Err(refused("a ScaledJob has no HPA"));
    }
    let spec = &object.spec;
    let paused =
        |found: &[pause::Pause]| pauses(object, keda.version).any(|(one, _, _)| found.contains(&one));
    if paused(&[pause::Pause::Whole, pause::Pause::At, pause::Pause::AtNothing]) {
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
    let substitute = spec.fallback_in_force().map(|fallback| Substitute::of(&fallback.value, keda.version));
    let composite = composite(object, keda)?;
    if substitute.is_some_and(|substitute| substitute.behavior == FallbackBehavior::ScalingModifiers) {
        return Err(refused(match composite {
            Some(_) => "`fallback.behavior: scalingModifiers` is not worked out by the model",
            None => "`fallback.behavior: scalingModifiers` without a formula is refused by KEDA",
        }));
    }
    let limits = Limits::of(object, keda.version);
    let floor = floor((object, limits), &sources, composite.as_ref(), activities.window().from);
    if let Some(composite) = &composite {
        // One metric in place of all.
        (metrics, activations) = (vec![composite.metric], vec![composite.activation]);
    }
    let mut scaler = scaler(object, keda, metrics, activations, substitute);
    if composite.is_some() {
        // `resource.NewMilliQuantity(int64(value * 1000))`, whatever the version.
        scaler.writing = Writing::Truncated;
    }
    let formula = composite.map(|composite| Arc::new(composite.formula));
    Ok(Machine { scaler, names, kinds, sources, formula, floor })
}

/// The one metric of an object with `scalingModifiers`.
struct Composite {
    formula: Named,
    metric: Metric,
    activation: f64,
}

fn composite(object: &ScaledObject, keda: Release) -> Result<Option<Composite>, Refusal> {
    let refused = |why: String| Refusal { trigger: None, why };
    let modifiers = object.spec.advanced.as_ref().and_then(|advanced| advanced.scaling_modifiers.as_ref());
    let Some(modifiers) = modifiers.map(|modifiers| &modifiers.value).filter(|modifiers| modifiers.is_used)
    else {
        return Ok(None);
    };
    let text = modifiers.formula.as_deref().unwrap_or_default();
    let triggers = &object.spec.triggers.value;
    let names = triggers.iter().map(|trigger| trigger.name.as_ref().map(|name| name.value.clone()));
    let names: Vec<String> = names.map(Option::unwrap_or_default).collect();
    let known = names.iter().filter(|name| !name.is_empty()).cloned().collect();
    let formula = Formula::compile(text, &known, keda.version)
        .map_err(|_| refused(format!("its formula `{text}` is not worked out by the model")))?;
    let number = |text: Option<&str>| text.and_then(json_number);
    let target = number(modifiers.target.as_deref()).filter(|target| *target >= 0.001);
    let target =
        target.ok_or_else(|| refused("the target of its formula is not a number above 0".to_owned()))?;
    let kind = if modifiers.is_value { Target::Value } else { Target::AverageValue };
    Ok(Some(Composite {
        formula: Named { formula, names },
        metric: Metric { target: kind, aim: Milli((target * 1000.0) as i64) },
        activation: number(modifiers.activation_target.as_deref()).unwrap_or(0.0),
    }))
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

/// The same with a part of the requests per replica from which on the request rate adds one; none where nothing reads it so.
pub fn with_rate(machine: &Machine, share: Ratio) -> Option<Machine> {
    let mut other = machine.clone();
    let mut is_other = false;
    if machine.formula.is_some() {
        return None;
    }
    for (source, metric) in machine.sources.iter().zip(&mut other.scaler.hpa.metrics) {
        match source {
            Source::Query { signal, .. } if signal.reads_rate() && metric.target == Target::AverageValue => {
                metric.aim = Milli(((metric.aim.0 as f64 * share.0) as i64).max(1));
                is_other = true;
            }
            Source::Query { .. } | Source::Cron { .. } | Source::Floors(_) => {}
        }
    }
    is_other.then_some(other)
}

fn scaler(
    object: &ScaledObject,
    keda: Release,
    metrics: Vec<Metric>,
    activations: Vec<f64>,
    substitute: Option<Substitute>,
) -> Scaler {
    let spec = &object.spec;
    let seconds = |field: &Option<crate::yaml::Marked<i32>>, default| {
        Span::seconds(field.as_ref().map_or(default, |value| i64::from(value.value)))
    };
    let paused = |pause| pauses(object, keda.version).any(|(found, _, _)| found == pause);
    let pause =
        Pause { all: false, scale_in: paused(pause::Pause::Down), scale_out: paused(pause::Pause::Up) };
    let writing = match keda {
        keda if keda.is_from(features::keda::NEGATIVE_IS_ZERO) => Writing::NotNegative,
        keda if keda.version >= features::keda::DECIMALS => Writing::Decimal,
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
            forced: pause::forces(object, keda.version),
        },
        polling: seconds(&spec.polling_interval, 30),
        substitute,
        polls_count: keda.version >= features::keda::FALLBACK_IS_ACTIVE,
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

/// What is asked for while there is no load: the highest cron trigger, or the idle count where none is active; or what the formula
/// makes of them all.
fn floor(
    (object, limits): (&ScaledObject, Limits),
    sources: &[Source],
    composite: Option<&Composite>,
    from: Instant,
) -> StepFn<Instant, Replicas> {
    let bounded = |wanted: f64| {
        let wanted = wanted.clamp(f64::from(object.spec.min()), f64::from(object.spec.max().max(0)));
        Replicas(wanted as u32)
    };
    let at = |at: Instant| {
        let values = sources.iter().map(|source| match source {
            Source::Cron { active, on, off } => Ok(if *active.at(at) { *on } else { *off }),
            Source::Floors(_) | Source::Query { .. } => Ok(0.0),
        });
        let values: Vec<Result<f64, Unavailable>> = values.collect();
        let is_active = |source: &Source| match source {
            Source::Cron { active, .. } => *active.at(at),
            Source::Floors(_) | Source::Query { .. } => false,
        };
        match composite {
            None if !sources.iter().any(is_active) => Replicas(limits.idle),
            None => bounded(values.into_iter().flatten().fold(0.0, f64::max)),
            Some(composite) => {
                let aim = composite.metric.aim.0 as f64 / 1000.0;
                bounded(composite.formula.of(&values).map_or(0.0, |value| (value / aim).ceil()))
            }
        }
    };
    let crons = sources.iter().filter_map(|source| match source {
        Source::Cron { active, .. } => Some(active.steps()),
        Source::Floors(_) | Source::Query { .. } => None,
    });
    let mut changes: Vec<Instant> = crons.flatten().map(|(at, _)| *at).collect();
    changes.sort_unstable();
    changes.dedup();
    let mut floor = StepFn::constant(at(from));
    changes.into_iter().for_each(|change| floor.push(change, at(change)));
    floor
}

struct Reader<'t> {
    trigger: &'t Trigger,
    index: usize,
    keda: Release,
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
        let value = |active| trigger.metric(active, self.keda.version) as f64;
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
