//! The ScaledObject as its CRD defines it (KEDA: `config/crd/bases/keda.sh_scaledobjects.yaml`), with the place of what
//! findings point at. `decode` reads it.

use std::collections::BTreeMap;

use crate::yaml::{self, Marked};

/// One ScaledObject; or one ScaledJob, as far as its triggers go.
#[derive(Clone, Debug)]
pub struct ScaledObject {
    /// Where it begins.
    pub mark: yaml::Mark,
    /// Which of the two.
    pub kind: Kind,
    /// Name, namespace, labels, annotations.
    pub metadata: Meta,
    /// What it asks for.
    pub spec: Spec,
}

impl ScaledObject {
    /// `ScaledObject shop/query`
    pub fn title(&self) -> String {
        let (kind, name) = (self.kind.name(), &self.metadata.name.value);
        match &self.metadata.namespace {
            Some(namespace) if name.is_empty() => format!("{kind} without a name in {}", namespace.value),
            None if name.is_empty() => format!("{kind} without a name"),
            Some(namespace) => format!("{kind} {}/{name}", namespace.value),
            None => format!("{kind} {name}"),
        }
    }

    /// What its HPA is called.
    pub fn hpa_name(&self) -> String {
        match self.hpa_name_set() {
            Some(name) => name.value.clone(),
            None => format!("keda-hpa-{}", self.metadata.name.value),
        }
    }

    /// What it asks its HPA to be called.
    pub fn hpa_name_set(&self) -> Option<&Marked<String>> {
        let config = self.spec.advanced.as_ref()?.horizontal_pod_autoscaler_config.as_ref()?;
        config.name.as_ref().filter(|name| !name.value.is_empty())
    }
}

/// The kinds of KEDA that have triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Scales a workload through an HPA.
    ScaledObject,
    /// Makes Jobs: its triggers count what waits, there is no HPA, no floor and no target.
    ScaledJob,
}

impl Kind {
    /// As manifests spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ScaledObject => "ScaledObject",
            Self::ScaledJob => "ScaledJob",
        }
    }
}

/// The part of an object's metadata that a manifest sets; what only a cluster sets is read past.
#[derive(Clone, Debug)]
pub struct Meta {
    /// The object's name.
    pub name: Marked<String>,
    /// Whether the name is only the beginning of one that the API server makes (`generateName`).
    pub is_generated: bool,
    /// Absent: the namespace that it is applied to.
    pub namespace: Option<Marked<String>>,
    /// KEDA copies them to the HPA.
    pub labels: BTreeMap<String, Marked<String>>,
    /// Some pause the object.
    pub annotations: BTreeMap<String, Marked<String>>,
}

/// `spec`
#[derive(Clone, Debug)]
pub struct Spec {
    /// What is scaled.
    pub scale_target_ref: ScaleTargetRef,
    /// Seconds between polls; default 30.
    pub polling_interval: Option<Marked<i32>>,
    /// Seconds after creation before a scale to zero; default 0.
    pub initial_cooldown_period: Option<Marked<i32>>,
    /// Seconds before a scale to zero; default 300.
    pub cooldown_period: Option<Marked<i32>>,
    /// Replicas while nothing is active.
    pub idle_replica_count: Option<Marked<i32>>,
    /// Default 0.
    pub min_replica_count: Option<Marked<i32>>,
    /// Default 100.
    pub max_replica_count: Option<Marked<i32>>,
    /// Of a ScaledJob: how many Jobs a poll starts.
    pub scaling_strategy: Option<Marked<String>>,
    /// What holds while triggers fail.
    pub fallback: Option<Marked<Fallback>>,
    /// The HPA's behavior and formulas.
    pub advanced: Option<Advanced>,
    /// Whether there is a list of triggers.
    pub has_triggers: bool,
    /// In order: the index is part of the metric's name.
    pub triggers: Marked<Vec<Trigger>>,
}

impl Spec {
    /// `minReplicaCount` or its default.
    pub fn min(&self) -> i32 {
        self.min_replica_count.as_ref().map_or(0, |min| min.value)
    }

    /// `maxReplicaCount` or its default.
    pub fn max(&self) -> i32 {
        self.max_replica_count.as_ref().map_or(100, |max| max.value)
    }

    /// The fallback, where it stands in for anything: beside a formula KEDA reads its target as a whole number, and has no
    /// fallback where that fails (`HasValidFallback` of `pkg/fallback/fallback.go`).
    pub fn fallback_in_force(&self) -> Option<&Marked<Fallback>> {
        let modifiers = self.advanced.as_ref().and_then(|advanced| advanced.scaling_modifiers.as_ref());
        let is_whole = |modifiers: &Marked<ScalingModifiers>| {
            let target = modifiers.value.target.as_deref().unwrap_or_default();
            target.parse::<i64>().is_ok_and(|target| target > 0)
        };
        self.fallback.as_ref().filter(|_| modifiers.is_none_or(is_whole))
    }

    /// The HPA's behavior, where any is set.
    pub fn behavior(&self) -> Option<&Behavior> {
        self.advanced.as_ref()?.horizontal_pod_autoscaler_config.as_ref()?.behavior.as_ref()
    }
}

/// `scaleTargetRef`
#[derive(Clone, Debug)]
pub struct ScaleTargetRef {
    /// Default `apps/v1`.
    pub api_version: Option<String>,
    /// Default `Deployment`.
    pub kind: Option<Marked<String>>,
    /// The workload.
    pub name: Marked<String>,
}

impl ScaleTargetRef {
    /// API version, kind and name, the defaults filled in.
    pub fn target(&self) -> (&str, &str, &str) {
        let api_version = self.api_version.as_deref().unwrap_or("apps/v1");
        let kind = self.kind.as_ref().map_or("Deployment", |kind| &kind.value);
        (api_version, kind, &self.name.value)
    }
}

/// `fallback`
#[derive(Clone, Debug)]
pub struct Fallback {
    /// Failures in a row after which it holds.
    pub failure_threshold: i32,
    /// How many replicas.
    pub replicas: i32,
    /// From KEDA 2.17 on; default `static`.
    pub behavior: Option<Marked<FallbackBehavior>>,
}

/// `fallback.behavior`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FallbackBehavior {
    /// `replicas`, whatever runs.
    Static,
    /// What runs.
    CurrentReplicas,
    /// What runs, if that is more than `replicas`.
    CurrentReplicasIfHigher,
    /// What runs, if that is less than `replicas`.
    CurrentReplicasIfLower,
    /// The formula decides; from KEDA 2.20 on.
    ScalingModifiers,
}

/// `advanced`
#[derive(Clone, Debug)]
pub struct Advanced {
    /// The HPA's name and behavior.
    pub horizontal_pod_autoscaler_config: Option<HpaConfig>,
    /// Whether deletion restores the replicas from before.
    pub restore_to_original_replica_count: Option<bool>,
    /// One formula instead of all external metrics.
    pub scaling_modifiers: Option<Marked<ScalingModifiers>>,
}

/// `advanced.horizontalPodAutoscalerConfig`
#[derive(Clone, Debug)]
pub struct HpaConfig {
    /// Default `keda-hpa-` and the object's name.
    pub name: Option<Marked<String>>,
    /// `autoscaling/v2` behavior, verbatim.
    pub behavior: Option<Behavior>,
}

/// How fast the HPA moves.
#[derive(Clone, Debug)]
pub struct Behavior {
    /// Upwards.
    pub scale_up: Option<Marked<Rules>>,
    /// Downwards.
    pub scale_down: Option<Marked<Rules>>,
}

impl Behavior {
    /// Both directions with their names.
    pub fn directions(&self) -> [(&'static str, Option<&Marked<Rules>>); 2] {
        [("scaleUp", self.scale_up.as_ref()), ("scaleDown", self.scale_down.as_ref())]
    }
}

/// One direction of [`Behavior`].
#[derive(Clone, Debug)]
pub struct Rules {
    /// Seconds.
    pub stabilization_window_seconds: Option<i32>,
    /// Default `Max`.
    pub select_policy: Option<SelectPolicy>,
    /// A quantity; from KEDA 2.18 on, in force from Kubernetes 1.35 on.
    pub tolerance: Option<Marked<String>>,
    /// Never empty: a list of nothing does not reach the API server (`omitempty`), which fills in the defaults.
    pub policies: Option<Vec<Policy>>,
}

impl Rules {
    /// How many replicas these let an HPA of `from` replicas add in a minute (`calculateScaleUpLimitWithScalingRules` of
    /// `horizontal.go`), averaged where a period is not one.
    pub fn added_per_minute(&self, from: u32) -> f64 {
        let of = |policy: &Policy| {
            let added = match policy.kind {
                PolicyKind::Pods => f64::from(policy.value),
                PolicyKind::Percent => (f64::from(from) * f64::from(policy.value) / 100.0).ceil(),
            };
            added * 60.0 / f64::from(policy.period_seconds.max(1))
        };
        let paces = self.policies.iter().flatten().map(of);
        match self.select_policy.unwrap_or(SelectPolicy::Max) {
            SelectPolicy::Max => paces.fold(0.0, f64::max),
            SelectPolicy::Min => paces.reduce(f64::min).unwrap_or(0.0),
            SelectPolicy::Disabled => 0.0,
        }
    }
}

/// Which policy wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectPolicy {
    /// The one that moves most.
    Max,
    /// The one that moves least.
    Min,
    /// No movement in this direction.
    Disabled,
}

/// One limit on the speed.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Of what.
    pub kind: PolicyKind,
    /// How many or how many per cent.
    pub value: i32,
    /// In how many seconds.
    pub period_seconds: i32,
}

/// What a policy counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// Replicas.
    Pods,
    /// Per cent of the replicas that run.
    Percent,
}

/// `advanced.scalingModifiers`
#[derive(Clone, Debug)]
pub struct ScalingModifiers {
    /// An expression over trigger names.
    pub formula: Option<String>,
    /// A float as text.
    pub target: Option<String>,
    /// A float as text; the composite must be above it for the object to be active. Default 0.
    pub activation_target: Option<String>,
    /// Whether `metricType` is `Value`; default `AverageValue`.
    pub is_value: bool,
    /// Whether anything is said in it: KEDA takes an empty one for none.
    pub is_used: bool,
}

/// What a scaler is told, by key.
pub type Settings = BTreeMap<String, Marked<String>>;

/// One trigger.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// Where it begins.
    pub mark: yaml::Mark,
    /// `cron`, `prometheus`
    pub kind: Marked<String>,
    /// Unique in its object where it is set.
    pub name: Option<Marked<String>>,
    /// Default `AverageValue`.
    pub metric_type: Option<Marked<String>>,
    /// Whether the HPA is answered from the last poll.
    pub use_cached_metrics: Option<Marked<bool>>,
    /// Where credentials are.
    pub authentication_ref: Option<AuthenticationRef>,
    /// The scaler's own settings; none where the field is missing.
    pub metadata: Option<Marked<Settings>>,
}

impl Trigger {
    /// Its name, or its type where it has none.
    pub fn label(&self) -> &str {
        self.name.as_ref().map_or(&self.kind.value, |name| &name.value)
    }

    /// Whether its metric is external: cpu and memory are the HPA's own.
    pub fn is_external(&self) -> bool {
        !["cpu", "memory"].contains(&self.kind.value.as_str())
    }

    /// The settings as they are written.
    pub fn settings(&self) -> &Settings {
        static NONE: Settings = Settings::new();
        self.metadata.as_ref().map_or(&NONE, |metadata| &metadata.value)
    }

    /// A setting as KEDA reads it: trimmed, and absent if blank (`scalersconfig/typed_config.go`).
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings().get(key).map(|value| value.value.trim()).filter(|value| !value.is_empty())
    }

    /// The last line on which it is known to say something.
    pub fn last_line(&self) -> usize {
        let settings = self.settings().values().map(|value| value.mark.line);
        let fields = [Some(self.kind.mark.line), self.name.as_ref().map(|name| name.mark.line)];
        settings.chain(fields.into_iter().flatten()).max().unwrap_or(self.mark.line)
    }

    /// Where a setting stands, or the settings, or the trigger.
    pub fn mark(&self, key: &str) -> yaml::Mark {
        self.settings().get(key).map_or(self.kind.mark, |value| value.mark)
    }
}

/// `authenticationRef`
#[derive(Clone, Debug)]
pub struct AuthenticationRef {
    /// Of the TriggerAuthentication.
    pub name: String,
    /// Default `TriggerAuthentication`.
    pub kind: Option<AuthenticationKind>,
}

/// `authenticationRef.kind`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticationKind {
    /// In the same namespace.
    TriggerAuthentication,
    /// Of the whole cluster.
    ClusterTriggerAuthentication,
}
