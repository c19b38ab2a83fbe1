//! What the checks look at: one ScaledObject, the versions it meets, and its activity over a stretch of time.

use std::collections::BTreeMap;

use super::cost::Cost;
use super::finding::{Finding, Place};
use crate::features;
use crate::finding::Rule;
use crate::keda::activity::Activities;
use crate::keda::composite::Composite;
use crate::keda::floor::{self, Active, Inactive};
use crate::keda::held;
use crate::keda::limits::{Held, Limits};
use crate::keda::query::{Queries, Query};
use crate::keda::scaledobject::{Rules, ScaledObject, Trigger};
use crate::quantity::{Release, Replicas, Version};
use crate::step::StepFn;
use crate::time::{Instant, Window};
use crate::tolerance::{Tolerance, approximate};
use crate::yaml::{Comment, Mark, Marked};

/// The systems that an object meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// KEDA's.
    pub keda: Version,
    /// Its last number, where that is known.
    pub keda_patch: Option<u32>,
    /// The cluster's.
    pub kubernetes: Version,
}

impl Versions {
    /// KEDA's, as exactly as it is known.
    pub fn release(self) -> Release {
        Release { version: self.keda, patch: self.keda_patch }
    }

    /// Whether a negative value of a metric gets to the HPA, which takes an average below 0 for an overflow.
    pub fn overflow_below_zero(self) -> bool {
        !self.release().is_from(features::keda::NEGATIVE_IS_ZERO)
            && self.kubernetes >= features::kubernetes::NEGATIVE_IS_OVERFLOW
    }

    /// Whether a `tolerance` in a behavior gets through to the HPA and counts there.
    pub fn have_tolerance(self) -> bool {
        self.kubernetes >= features::kubernetes::TOLERANCE && self.keda >= features::keda::TOLERANCE
    }
}

/// What is worked out once for all objects.
pub struct Cache {
    /// The stretch that is looked at.
    window: Window<Instant>,
    /// Walks of cron triggers.
    pub activities: Activities,
    /// The same over the years that they are judged by.
    years: Activities,
    /// Parsed queries.
    pub queries: Queries,
}

impl Cache {
    /// For a look at `window`.
    pub fn new(window: Window<Instant>) -> Self {
        Self::over_years(window, window, window)
    }

    /// For a look at `window` that walks triggers over all of `walked`, and judges what is seldom over all of `years`.
    pub fn over_years(window: Window<Instant>, walked: Window<Instant>, years: Window<Instant>) -> Self {
        Self {
            window,
            activities: Activities::new(walked),
            years: Activities::new(years),
            queries: Queries::default(),
        }
    }
}

/// A ScaledObject and what KEDA makes of its cron triggers.
pub struct Subject<'a> {
    /// The object.
    pub object: &'a ScaledObject,
    /// What it meets.
    pub versions: Versions,
    /// The stretch over which it is looked at.
    pub window: Window<Instant>,
    /// Cron triggers that run.
    pub active: Vec<Active>,
    /// Cron triggers that do not.
    pub inactive: Vec<(usize, Inactive)>,
    /// Queries of its prometheus triggers, or what the parser says against them.
    pub queries: BTreeMap<usize, Result<Query, String>>,
    /// Comments of its document, and those at the head of its file.
    pub comments: &'a [Comment],
    held: StepFn<Instant, Held>,
    floor: StepFn<Instant, Replicas>,
}

impl<'a> Subject<'a> {
    /// Walks the object's cron triggers and reads its queries.
    pub fn new(object: &'a ScaledObject, versions: Versions, cache: &mut Cache) -> Self {
        let (active, inactive) = floor::cron_triggers(object, (&mut cache.activities, &mut cache.years));
        let triggers = object.spec.triggers.value.iter().enumerate();
        let load = triggers.filter(|(_, trigger)| trigger.kind.value == "prometheus");
        let queries = load
            .map(|(index, trigger)| (index, cache.queries.read(trigger.setting("query").unwrap_or_default())))
            .collect();
        let window = cache.window;
        let held = held::held(object, &active, versions.keda);
        let floor = held.map(|held| held.floor);
        Self { object, versions, window, active, inactive, queries, comments: &[], held, floor }
    }

    /// With what people wrote beside it.
    pub fn with_comments(self, comments: &'a [Comment]) -> Self {
        Self { comments, ..self }
    }

    /// What KEDA holds over the stretch: floor, ceiling, and what decides between them.
    pub fn held(&self) -> &StepFn<Instant, Held> {
        &self.held
    }

    /// The floor alone.
    pub fn floor(&self) -> &StepFn<Instant, Replicas> {
        &self.floor
    }

    /// How far a metric may be off before the HPA moves.
    pub fn tolerance(&self) -> Tolerance {
        let behavior = self.object.spec.behavior().filter(|_| self.versions.have_tolerance());
        let own = |rules: Option<&Marked<Rules>>| {
            let quantity = rules.and_then(|rules| rules.value.tolerance.as_ref());
            quantity.and_then(|quantity| approximate(quantity.value.trim()))
        };
        let usual = Tolerance::usual(self.versions.kubernetes);
        Tolerance {
            up: own(behavior.and_then(|behavior| behavior.scale_up.as_ref())).unwrap_or(usual.up),
            down: own(behavior.and_then(|behavior| behavior.scale_down.as_ref())).unwrap_or(usual.down),
            ..usual
        }
    }

    /// Its formula, where it has one.
    pub fn composite(&self) -> Option<Composite<'_>> {
        Composite::of(self.object, &self.active, self.versions.keda)
    }

    /// Whether a cron trigger asks for more than runs without it: than the minimum, or than the idle count, from which any
    /// active trigger lifts to the minimum.
    pub fn lifts(&self, active: &Active) -> bool {
        let limits = Limits::of(self.object, self.versions.keda);
        limits.idle < limits.least || active.trigger.floor() > limits.least
    }

    /// The triggers with their places, from 0.
    pub fn triggers(&self) -> impl Iterator<Item = (usize, &'a Trigger)> {
        self.object.spec.triggers.value.iter().enumerate()
    }

    /// The same for one type of trigger.
    pub fn triggers_of(&self, kind: &'static str) -> impl Iterator<Item = (usize, &'a Trigger)> {
        self.triggers().filter(move |(_, trigger)| trigger.kind.value == kind)
    }

    /// A finding about the object, at its name where it has no place of its own.
    pub fn finding(
        &self,
        rule: Rule,
        field: &str,
        mark: impl Into<Option<Mark>>,
        effect: String,
        mend: String,
    ) -> Finding {
        let object = self.object.title();
        let mark = mark.into().unwrap_or(self.object.metadata.name.mark);
        Finding {
            rule,
            place: Place { object, trigger: None, field: field.to_owned(), mark },
            effect,
            first: None,
            mend,
            cost: Cost::default(),
        }
    }

    /// A finding about what one of its triggers has beside its settings: `name`, `metricType`, the `type` itself.
    pub fn beside(
        &self,
        rule: Rule,
        index: usize,
        (field, mark): (&str, Option<Mark>),
        effect: String,
        mend: String,
    ) -> Finding {
        let mark = mark.unwrap_or(self.object.spec.triggers.value[index].kind.mark);
        let mut finding = self.finding(rule, field, mark, effect, mend);
        finding.place.trigger = Some(index);
        finding
    }

    /// A finding about a setting of one of its triggers.
    pub fn about(&self, rule: Rule, index: usize, key: &str, effect: String, mend: String) -> Finding {
        let mark = self.object.spec.triggers.value[index].mark(key);
        self.beside(rule, index, (&format!("metadata.{key}"), Some(mark)), effect, mend)
    }
}
