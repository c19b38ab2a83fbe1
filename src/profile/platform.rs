//! The systems that the files are for: `[platform]`.

use super::Metrics;
use crate::name::{KubeName, MetricName, Slug};
use crate::quantity::{Seconds, Version};
use crate::source::Located;
use crate::time::Zone;

/// The systems that the files are for.
#[derive(Clone, Debug)]
pub struct Platform {
    /// KEDA's version: what it lacks is not emitted.
    pub keda: Located<Version>,
    /// The last number of KEDA's version, where it is said.
    pub keda_patch: Option<u32>,
    /// The cluster's version.
    pub kubernetes: Located<Version>,
    /// Namespace of all objects.
    pub namespace: KubeName,
    /// Prometheus as KEDA reaches it, without a trailing slash; there wherever a load is measured.
    pub prometheus_url: Option<String>,
    /// Where the runbook is published; alerts add `#anchor`.
    pub runbook_url: Option<String>,
    /// Label `team` of every alert.
    pub team: Option<Slug>,
    /// Label `job` of the services' series.
    pub job: Option<String>,
    /// Label `app` of the services' series.
    pub app: Option<String>,
    /// What the services' series are called.
    pub metrics: Metrics,
    /// Zone of what has no territory.
    pub zone: Zone,
    /// Whether the policy says that zone; else it is UTC.
    pub says_zone: bool,
    /// The weekdays on which people work where a territory does not say otherwise, Monday first.
    pub workweek: [bool; 7],
    /// Which label carries a ScaledObject's namespace on KEDA's own series.
    pub keda_namespace_label: MetricName,
    /// How Prometheus gets its rules.
    pub rules: RulesForm,
    /// How our triggers reach objects of others.
    pub keda_form: KedaForm,
    /// How nodes come when the cluster is full; absent: there is always room.
    pub nodes: Option<Nodes>,
    /// How the workloads' containers are reached; there wherever deployments are made.
    pub container: Option<Container>,
}

impl Platform {
    /// The working week where nothing is said.
    pub const MONDAY_TO_FRIDAY: [bool; 7] = [true, true, true, true, true, false, false];
}

/// How our triggers reach ScaledObjects that somebody else owns: `[platform] keda-form`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KedaForm {
    /// As whole objects: `"objects"`, which is what is taken where nothing is said.
    Objects,
    /// As a kustomize component of JSON patches: `"patches"`.
    Patches,
    /// As lists of triggers for the values of a chart: `"triggers"`.
    Triggers,
}

impl KedaForm {
    /// As policies spell it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Objects => "objects",
            Self::Patches => "patches",
            Self::Triggers => "triggers",
        }
    }
}

/// How the cluster finds room for more replicas: `[platform] node-start-up`, `spare-replicas`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nodes {
    /// What a node takes from the first pod that waits for it to the pod's start.
    pub start_up: Seconds,
    /// More replicas of each target that find room on the nodes that run.
    pub spare: u32,
}

/// How Prometheus gets its rules: `[platform] rules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RulesForm {
    /// As a file that it reads: `"file"`, which is what is taken where nothing is said.
    File,
    /// As an object of the Prometheus operator: `"prometheus-rule"`.
    PrometheusRule,
}

/// How the workloads' containers are reached and asked for their health: `[platform.container]`.
#[derive(Clone, Debug)]
pub struct Container {
    /// The image, `{workload}` standing for the workload's name.
    pub image: String,
    /// The port that answers requests, probes and scrapes.
    pub port: u16,
    /// Path of the startup probe.
    pub startup: String,
    /// Path of the liveness probe.
    pub liveness: String,
    /// Path of the readiness probe.
    pub readiness: String,
    /// Path of the metrics.
    pub metrics: String,
}

impl Container {
    /// The image of a workload.
    pub fn image_of(&self, workload: &Slug) -> String {
        self.image.replace("{workload}", workload.as_str())
    }
}
