//! From which version on KEDA and Kubernetes do what: the one table of thresholds, each with its source.

/// KEDA: rows in the order of versions.
pub mod keda {
    use crate::quantity::{Release, Version};

    /// The first version that is modelled: the cron scaler decides otherwise before it (kedacore/keda#6166).
    pub const FIRST: Version = Version::new(2, 16);
    /// The last one: nobody has read what comes after it.
    pub const LAST: Version = Version::new(2, 21);
    /// Taken where nothing says which one runs.
    pub const USUAL: Version = Version::new(2, 20);

    /// Annotations that every modelled version reads.
    pub const ALWAYS: Version = FIRST;
    /// `fallback.behavior` with counts of replicas (CRD; `pkg/fallback/fallback.go`).
    pub const FALLBACK_BEHAVIOR: Version = Version::new(2, 17);
    /// `fallback.behavior: scalingModifiers`: its webhook wants a formula, and the CRD before it refuses the word (an enum).
    pub const FALLBACK_BY_FORMULA: Version = Version::new(2, 20);
    /// The webhook refuses a fallback that can stand in for nothing; before, it writes that into its log and takes the object
    /// (kedacore/keda#6407; seen on 2.16.1 by the phase `webhook` of `tests/cluster/`).
    pub const FALLBACK_REFUSED: Version = Version::new(2, 17);
    /// Booleans of a trigger are read like Go's `strconv.ParseBool`, as JSON before (`pkg/scalers/scalersconfig`).
    pub const GO_BOOLEANS: Version = Version::new(2, 17);
    /// An inactive cron trigger reports 0, and 1 before (kedacore/keda#6888).
    pub const INACTIVE_IS_ZERO: Version = Version::new(2, 18);
    /// A `type` in the metadata of a cpu or memory trigger is refused; before it wins over `metricType`
    /// (`pkg/scalers/cpu_memory_scaler.go`).
    pub const RESOURCE_TYPE_REFUSED: Version = Version::new(2, 18);
    /// Annotations `paused-scale-in`, `paused-scale-out` and `force-activation`.
    pub const PAUSE_BY_DIRECTION: Version = Version::new(2, 18);
    /// Modes of the rabbitmq scaler for rates and ratios of deliveries (kedacore/keda#7071).
    pub const RABBITMQ_DELIVERIES: Version = Version::new(2, 18);
    /// Annotations with labels that the HPA or the Job does not get.
    pub const EXCLUDED_LABELS: Version = Version::new(2, 18);
    /// `tolerance` in a behavior (CRD).
    pub const TOLERANCE: Version = Version::new(2, 18);
    /// A fallback stands in for a metric of type Value as well (kedacore/keda#6655).
    pub const FALLBACK_OF_VALUE: Version = Version::new(2, 18);
    /// A poll counts failures, too, and a fallback counts as active: it lifts from zero (kedacore/keda#7239).
    pub const FALLBACK_IS_ACTIVE: Version = Version::new(2, 19);
    /// The HPA's behavior is compared with what the API server has filled in, at every reconcile.
    pub const BEHAVIOR_COMPARED: Version = Version::new(2, 19);
    /// A comma in a schedule does not end up in the metric's name any more (kedacore/keda#7448).
    pub const COMMA_IN_SCHEDULE: Version = Version::new(2, 20);
    /// Nil stays nil where `??` is in a formula (`castToFloatIfNecessary`).
    pub const NIL_IN_FORMULA: Version = Version::new(2, 20);
    /// Numbers are written with three decimals, and cut off before (`pkg/scalers/scaler.go`).
    pub const DECIMALS: Version = Version::new(2, 20);
    /// NaN in an answer of Prometheus is what infinity is: 0, or a failure (`pkg/scalers/prometheus_scaler.go`).
    pub const NAN_IS_NO_ANSWER: Version = Version::new(2, 20);
    /// The metric `keda_scaler_empty_upstream_responses_total`.
    pub const EMPTY_RESPONSES: Version = Version::new(2, 20);
    /// The last version whose parameters the table of scalers has; what it says of them holds for later ones, too.
    pub const PARAMETERS: Version = Version::new(2, 20);
    /// Scalers that earlier versions do not have (`CHANGELOG.md`; `pkg/scaling/scalers_builder.go` of 2.20.2 and 2.21).
    pub const SCALERS_SINCE: [(&str, Version); 12] = [
        ("nsq", Version::new(2, 17)),
        ("temporal", Version::new(2, 17)),
        ("forgejo-runner", Version::new(2, 18)),
        ("solace-direct-messaging", Version::new(2, 18)),
        ("solarwinds", Version::new(2, 18)),
        ("splunk-observability", Version::new(2, 18)),
        ("sumologic", Version::new(2, 18)),
        ("kubernetes-resource", Version::new(2, 19)),
        ("elastic-forecast", Version::new(2, 20)),
        ("opensearch", Version::new(2, 20)),
        ("azure-cosmosdb", Version::new(2, 21)),
        ("gitlab-runner", Version::new(2, 21)),
    ];
    /// Scalers that a version does not have any more (kedacore/keda#6366).
    pub const SCALERS_GONE: [(&str, Version); 1] = [("stan", Version::new(2, 19))];
    /// A negative value of a metric is 0 (kedacore/keda#7880).
    pub const NEGATIVE_IS_ZERO: Release = Release { version: Version::new(2, 20), patch: Some(2) };
    /// A request of the pod is one of its containers to the webhook (`verifyCPUMemoryScalers`).
    pub const POD_REQUESTS: Version = Version::new(2, 21);
}

/// Kubernetes: rows in the order of versions.
pub mod kubernetes {
    use crate::quantity::Version;

    /// The first version that is modelled: KEDA 2.16 runs on none before it.
    pub const FIRST: Version = Version::new(1, 29);
    /// The last one.
    pub const LAST: Version = Version::new(1, 37);
    /// Taken where nothing says which one runs.
    pub const USUAL: Version = Version::new(1, 35);

    /// `preStop.sleep` (gate `PodLifecycleSleepAction`, on by default).
    pub const SLEEP_BEFORE_STOP: Version = Version::new(1, 30);
    /// The HPA compares a ratio with both bounds of the tolerance, and its distance from 1 before (`replica_calculator.go`).
    pub const TOLERANCE_BY_BOUNDS: Version = Version::new(1, 33);
    /// The HPA takes an average below zero for an overflow and goes to its maximum (`GetExternalPerPodMetricReplicas`).
    pub const NEGATIVE_IS_OVERFLOW: Version = Version::new(1, 34);
    /// `tolerance` in a behavior counts (gate `HPAConfigurableTolerance`, on by default).
    pub const TOLERANCE: Version = Version::new(1, 35);
    /// An HPA at 0 replicas works only if the controller itself scaled there.
    pub const REMEMBERS_ZERO: Version = Version::new(1, 36);
    /// The HPA may scale to zero (gate `HPAScaleToZero`, on by default).
    pub const SCALE_TO_ZERO: Version = Version::new(1, 37);
    /// The HPA looks at its creation and at edits at once (gate `HPAGeneration`, on by default).
    pub const LOOKS_AT_EDITS: Version = Version::new(1, 37);
}
