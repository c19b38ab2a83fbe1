//! The ScaledObject as its CRD defines it (KEDA: `config/crd/bases/keda.sh_scaledobjects.yaml`), strictly typed: an
//! unknown field is an error, since the API server would drop it without a word.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::yaml::{self, Document, Marked};

/// All ScaledObjects of a text, each document on its own.
pub fn read(text: &str) -> Vec<Document<ScaledObject>> {
    yaml::documents(text)
}

/// One ScaledObject.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ScaledObject {
    /// `keda.sh/v1alpha1`
    pub api_version: ApiVersion,
    /// `ScaledObject`
    pub kind: Kind,
    /// Name, namespace, labels, annotations.
    pub metadata: Meta,
    /// What it asks for.
    pub spec: Spec,
    /// Present in what a cluster hands out; says nothing about what was asked for.
    pub status: Option<IgnoredAny>,
}

/// The one API version there is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum ApiVersion {
    /// `keda.sh/v1alpha1`
    #[serde(rename = "keda.sh/v1alpha1")]
    V1Alpha1,
}

/// The one kind there is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Kind {
    /// `ScaledObject`
    ScaledObject,
}

/// The part of an object's metadata that a manifest sets; what only a cluster sets is read past.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Meta {
    /// The object's name.
    pub name: Marked<String>,
    /// Absent: the namespace that it is applied to.
    pub namespace: Option<Marked<String>>,
    /// KEDA copies them to the HPA.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Some pause the object.
    #[serde(default)]
    pub annotations: BTreeMap<String, Marked<String>>,
    /// Set by KEDA.
    pub finalizers: Option<IgnoredAny>,
    /// Set by the cluster.
    pub creation_timestamp: Option<IgnoredAny>,
    /// Set by the cluster.
    pub generation: Option<IgnoredAny>,
    /// Set by the cluster.
    pub managed_fields: Option<IgnoredAny>,
    /// Set by other controllers.
    pub owner_references: Option<IgnoredAny>,
    /// Set by the cluster.
    pub resource_version: Option<IgnoredAny>,
    /// Set by the cluster.
    pub uid: Option<IgnoredAny>,
}

/// `spec`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
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
    /// What holds while triggers fail.
    pub fallback: Option<Marked<Fallback>>,
    /// The HPA's behavior and formulas.
    pub advanced: Option<Advanced>,
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

    /// The HPA's behavior, where any is set.
    pub fn behavior(&self) -> Option<&Behavior> {
        self.advanced.as_ref()?.horizontal_pod_autoscaler_config.as_ref()?.behavior.as_ref()
    }
}

/// `scaleTargetRef`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ScaleTargetRef {
    /// Default `apps/v1`.
    pub api_version: Option<String>,
    /// Default `Deployment`.
    pub kind: Option<String>,
    /// The workload.
    pub name: Marked<String>,
    /// Container whose environment triggers may read.
    pub env_source_container_name: Option<String>,
}

impl ScaleTargetRef {
    /// API version, kind and name, the defaults filled in.
    pub fn target(&self) -> (&str, &str, &str) {
        let api_version = self.api_version.as_deref().unwrap_or("apps/v1");
        (api_version, self.kind.as_deref().unwrap_or("Deployment"), &self.name.value)
    }
}

/// `fallback`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Fallback {
    /// Failures in a row after which it holds.
    pub failure_threshold: i32,
    /// How many replicas.
    pub replicas: i32,
    /// From KEDA 2.17 on; default `static`.
    #[serde(default)]
    pub behavior: Option<FallbackBehavior>,
}

/// `fallback.behavior`
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
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
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Advanced {
    /// The HPA's name and behavior.
    pub horizontal_pod_autoscaler_config: Option<HpaConfig>,
    /// Whether deletion restores the replicas from before.
    pub restore_to_original_replica_count: Option<bool>,
    /// One formula instead of all external metrics.
    pub scaling_modifiers: Option<Marked<ScalingModifiers>>,
}

/// `advanced.horizontalPodAutoscalerConfig`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HpaConfig {
    /// Default `keda-hpa-` and the object's name.
    pub name: Option<Marked<String>>,
    /// `autoscaling/v2` behavior, verbatim.
    pub behavior: Option<Behavior>,
}

/// How fast the HPA moves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Behavior {
    /// Upwards.
    pub scale_up: Option<Marked<Rules>>,
    /// Downwards.
    pub scale_down: Option<Marked<Rules>>,
}

/// One direction of [`Behavior`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rules {
    /// Seconds.
    pub stabilization_window_seconds: Option<i32>,
    /// Default `Max`.
    pub select_policy: Option<SelectPolicy>,
    /// A quantity; from KEDA 2.18 on, in force from Kubernetes 1.35 on.
    pub tolerance: Option<Marked<String>>,
    /// At least one, or the defaults.
    pub policies: Option<Vec<Policy>>,
}

/// Which policy wins.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum SelectPolicy {
    /// The one that moves most.
    Max,
    /// The one that moves least.
    Min,
    /// No movement in this direction.
    Disabled,
}

/// One limit on the speed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Policy {
    /// Of what.
    #[serde(rename = "type")]
    pub kind: PolicyKind,
    /// How many or how many per cent.
    pub value: i32,
    /// In how many seconds.
    pub period_seconds: i32,
}

/// What a policy counts.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum PolicyKind {
    /// Replicas.
    Pods,
    /// Per cent of the replicas that run.
    Percent,
}

/// `advanced.scalingModifiers`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ScalingModifiers {
    /// An expression over trigger names.
    pub formula: Option<String>,
    /// A float as text.
    pub target: Option<String>,
    /// A float as text.
    pub activation_target: Option<String>,
    /// `AverageValue` or `Value`.
    pub metric_type: Option<String>,
}

/// One trigger.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Trigger {
    /// `cron`, `prometheus`
    #[serde(rename = "type")]
    pub kind: Marked<String>,
    /// Unique in its object where it is set.
    pub name: Option<Marked<String>>,
    /// Default `AverageValue`.
    pub metric_type: Option<Marked<String>>,
    /// Whether the HPA is answered from the last poll.
    pub use_cached_metrics: Option<bool>,
    /// Where credentials are.
    pub authentication_ref: Option<AuthenticationRef>,
    /// The scaler's own settings.
    pub metadata: Marked<BTreeMap<String, Marked<String>>>,
}

impl Trigger {
    /// Its name, or its type where it has none.
    pub fn label(&self) -> &str {
        self.name.as_ref().map_or(&self.kind.value, |name| &name.value)
    }

    /// A setting as KEDA reads it: trimmed, and absent if blank (`scalersconfig/typed_config.go`).
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.metadata.value.get(key).map(|value| value.value.trim()).filter(|value| !value.is_empty())
    }

    /// Where a setting stands, or the settings, or the trigger.
    pub fn mark(&self, key: &str) -> yaml::Mark {
        self.metadata.value.get(key).map_or(self.kind.mark, |value| value.mark)
    }
}

/// `authenticationRef`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthenticationRef {
    /// Of the TriggerAuthentication.
    pub name: String,
    /// Default `TriggerAuthentication`.
    pub kind: Option<AuthenticationKind>,
}

/// `authenticationRef.kind`
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum AuthenticationKind {
    /// In the same namespace.
    TriggerAuthentication,
    /// Of the whole cluster.
    ClusterTriggerAuthentication,
}
