//! For each check an edit of the good manifest that it must find, and a near miss that it must leave alone.

use seasonscale::finding::Rule;

/// Rule, what breaks it, and what comes close.
pub(super) const CASES: &[(Rule, &str, &str)] = &[
    (
        Rule::KedaReplicaRange,
        "minReplicaCount: 2 => minReplicaCount: 21",
        "minReplicaCount: 2 => minReplicaCount: 5",
    ),
    (
        Rule::KedaReplicaRange,
        "minReplicaCount: 2 => minReplicaCount: -1",
        "minReplicaCount: 2 => minReplicaCount: 0",
    ),
    (
        Rule::KedaReplicaRange,
        "minReplicaCount: 2 => minReplicaCount: 2\n  idleReplicaCount: 2",
        "minReplicaCount: 2 => minReplicaCount: 2\n  idleReplicaCount: 0",
    ),
    (
        Rule::KedaNameTooLong,
        "  name: query => \n  name: a23456789012345678901234567890123456789012345678901234a",
        "  name: query => \n  name: a2345678901234567890123456789012345678901234567890123a",
    ),
    (
        Rule::KedaTargetUnknown,
        "scaleTargetRef: {name: query} => scaleTargetRef: {name: query, kind: DaemonSet}",
        "scaleTargetRef: {name: query} => scaleTargetRef: {name: query, kind: Rollout, apiVersion: argoproj.io/v1alpha1}",
    ),
    (
        Rule::KedaFallbackRefused,
        "failureThreshold: 3 => failureThreshold: -1",
        "failureThreshold: 3 => failureThreshold: 0",
    ),
    (
        Rule::KedaFallbackRefused,
        "behavior: currentReplicasIfHigher => behavior: scalingModifiers",
        "behavior: currentReplicasIfHigher => behavior: scalingModifiers ;;   advanced: => \n  advanced:\n    scalingModifiers: {formula: \"max(rps ?? 0, xmas, oktoberfest)\", target: \"1\"}",
    ),
    (
        Rule::KedaFallbackOff,
        "replicas: 2, behavior => replicas: 9, behavior ;;   advanced: => \n  advanced:\n    scalingModifiers: {formula: \"max(rps, xmas, oktoberfest)\", target: \"1.5\"}",
        "replicas: 2, behavior => replicas: 9, behavior ;;   advanced: => \n  advanced:\n    scalingModifiers: {formula: \"max(rps, xmas, oktoberfest)\", target: \"2\"}",
    ),
    (
        Rule::KedaTriggersRefused,
        "name: oktoberfest => name: oktoberfest\n      useCachedMetrics: true",
        "name: rps => name: rps\n      useCachedMetrics: true",
    ),
    (
        Rule::KedaTriggerNotBuilt,
        "name: rps => name: rps\n      metricType: Utilization",
        "name: rps => name: rps\n      metricType: Value",
    ),
    (Rule::KedaTriggerNames, "name: xmas => name: oktoberfest", "name: xmas => name: Oktoberfest"),
    (
        Rule::KedaTriggerNames,
        "name: xmas => name: x-mas ;;   advanced: => \n  advanced:\n    scalingModifiers: {formula: \"x-mas\", target: \"1\"}",
        "name: xmas => name: x-mas",
    ),
    (Rule::KedaNameRefused, "  name: query => \n  name: Query_1", "  name: query => \n  name: query.1"),
    (Rule::KedaNameRefused, "namespace: shop => namespace: shop.eu", "namespace: shop => namespace: shop-eu"),
    (
        Rule::KedaTypeUnknown,
        "- type: prometheus => - type: sqs\n      metadata: {}\n    - type: prometheus",
        "- type: prometheus => - type: aws-sqs-queue\n      metadata: {}\n    - type: prometheus",
    ),
    (
        Rule::KedaTriggerNotBuilt,
        "- type: prometheus => - type: promtheus\n      metadata: {}\n    - type: prometheus",
        "- type: prometheus => - type: external\n      metadata: {scalerAddress: a}\n    - type: prometheus",
    ),
    (
        Rule::KedaTriggersRefused,
        "- type: prometheus => - type: cron\n      useCachedMetrics: true\n      metadata: {timezone: UTC, start: 0 1 * * *, end: 0 2 * * *, desiredReplicas: \"6\"}\n    - type: prometheus",
        "- type: prometheus => - type: cron\n      useCachedMetrics: false\n      metadata: {timezone: UTC, start: 0 1 * * *, end: 0 2 * * *, desiredReplicas: \"6\"}\n    - type: prometheus",
    ),
    (
        Rule::CronUnknownSetting,
        "end: \"0 20 * 9 *\" => end: \"0 20 * 9 *\", name: x",
        "end: \"0 20 * 9 *\" => end: '0 20 * 9 *'",
    ),
    (
        Rule::KedaModifiersRefused,
        "  advanced: => \n  advanced:\n    scalingModifiers: {formula: \"rps\", target: \"0\"}",
        "  advanced: => \n  advanced:\n    scalingModifiers: {formula: \"rps\", target: \"1\"}",
    ),
    (
        Rule::KedaModifiersFloor,
        "  advanced: => \n  advanced:\n    scalingModifiers: {formula: \"max(xmas, rps)\", target: \"1\"}",
        "  advanced: => \n  advanced:\n    restoreToOriginalReplicaCount: true",
    ),
    (
        Rule::FormulaLeavesOut,
        "  advanced: => \n  advanced:\n    scalingModifiers: {formula: \"rps\", target: \"1\"}",
        "  advanced: => \n  advanced:\n    scalingModifiers: {formula: \"max(xmas, oktoberfest, rps)\", target: \"1\"}",
    ),
    (
        Rule::FormulaNoEffect,
        "  advanced: => \n  advanced:\n    scalingModifiers: {formula: \"min(max(xmas, oktoberfest, rps), 2)\", target: \"1\"}",
        "  advanced: => \n  advanced:\n    scalingModifiers: {formula: \"min(max(xmas, oktoberfest, rps), 3)\", target: \"1\"}",
    ),
    (
        Rule::FormulaAsleep,
        "minReplicaCount: 2 => minReplicaCount: 0 ;;   advanced: => \n  advanced:\n    scalingModifiers: {formula: \"max(xmas, oktoberfest, rps)\", target: \"1\", activationTarget: \"90\"}",
        "minReplicaCount: 2 => minReplicaCount: 0 ;;   advanced: => \n  advanced:\n    scalingModifiers: {formula: \"max(xmas, oktoberfest, rps)\", target: \"1\"}",
    ),
    (
        Rule::FormulaNegative,
        "  advanced: => \n  advanced:\n    scalingModifiers: {formula: \"rps - 10 + 0 * (xmas + oktoberfest)\", target: \"1\"}",
        "  advanced: => \n  advanced:\n    scalingModifiers: {formula: \"max(rps - 10, 0) + 0 * (xmas + oktoberfest)\", target: \"1\"}",
    ),
    (
        Rule::CronNegative,
        "desiredReplicas: \"6\" => desiredReplicas: \"-6\"",
        "desiredReplicas: \"6\" => desiredReplicas: \"-6\" ;; name: oktoberfest => name: oktoberfest\n      metricType: Value",
    ),
    (
        Rule::HpaFloorLate,
        "value: 4, periodSeconds: 60 => value: 1, periodSeconds: 300",
        "value: 4, periodSeconds: 60 => value: 1, periodSeconds: 60",
    ),
    (
        Rule::HpaBehaviorRefused,
        "value: 4, periodSeconds: 60 => value: 4, periodSeconds: 1801",
        "value: 4, periodSeconds: 60 => value: 4, periodSeconds: 1800",
    ),
    (Rule::HpaBehaviorRefused, "Seconds: 300 => Seconds: 3601", "Seconds: 300 => Seconds: 3600"),
    (
        Rule::HpaBehaviorPartial,
        "policies: [{type: Pods, value: 4, periodSeconds: 60}] => policies: []",
        "value: 4 => value: 1",
    ),
    (
        Rule::KedaTriggerNotBuilt,
        "desiredReplicas: \"6\" => desiredReplicas: \"06\"",
        "desiredReplicas: \"6\" => desiredReplicas: \" 6 \"",
    ),
    (
        Rule::KedaTriggerNotBuilt,
        "desiredReplicas: \"6\" => desiredReplicas: \"0\"",
        "desiredReplicas: \"6\" => desiredReplicas: \"10\"",
    ),
    (
        Rule::KedaTriggerNotBuilt,
        "start: \"0 8 * 9 *\" => start: \"0 8 * 9 7\"",
        "start: \"0 8 * 9 *\" => start: \"0 8 * sep *\"",
    ),
    (
        Rule::KedaTriggerNotBuilt,
        "start: \"0 8 * 9 *\" => start: \"0 20 * 9 *\"",
        "start: \"0 8 * 9 *\" => start: \"0  20 * 9 *\"",
    ),
    (
        Rule::KedaTriggerNotBuilt,
        "start: \"0 8 * 9 *\" => start: \" \"",
        "start: \"0 8 * 9 *\" => start: \" 0 8 * 9 * \"",
    ),
    (Rule::CronZoneUnknown, "Europe/Berlin => europe/berlin", "Europe/Berlin => Europe/Vienna"),
    (Rule::CronZoneUnclear, "Europe/Berlin => CET", "Europe/Berlin => UTC"),
    (Rule::CronZoneOld, "Europe/Berlin => US/Pacific", "Europe/Berlin => America/Los_Angeles"),
    (Rule::CronZoneMidnight, "Europe/Berlin => Asia/Beirut", "Europe/Berlin => America/New_York"),
    (
        Rule::CronStartNever,
        "start: \"0 8 * 9 *\" => start: \"0 8 31 9 *\"",
        "start: \"0 8 * 9 *\" => start: \"0 8 30 9 *\"",
    ),
    (
        Rule::CronEndNever,
        "end: \"0 20 * 9 *\" => end: \"0 20 31 9 *\"",
        "end: \"0 20 * 9 *\" => end: \"0 20 30 9 *\"",
    ),
    (
        Rule::CronYearMissed,
        "start: \"0 0 15 11 *\" => start: \"0 0 29 2 *\"",
        "start: \"0 0 15 11 *\" => start: \"0 0 28 2 *\"",
    ),
    (
        Rule::CronTie,
        "end: \"0 20 * 9 *\" => end: \"0 8,20 * 9 *\"",
        "end: \"0 20 * 9 *\" => end: \"1 8,20 * 9 *\"",
    ),
    (
        Rule::CronEndsInARow,
        "start: \"0 8 * 9 *\" => start: \"0 8 * 9 1-5\"",
        "start: \"0 8 * 9 *\" => start: \"0 8 * 9 0-6\"",
    ),
    (
        Rule::CronStartsInARow,
        "end: \"0 20 * 9 *\" => end: \"0 20 * 9 5\"",
        "end: \"0 20 * 9 *\" => end: \"0 20 * 9 0-6\"",
    ),
    (
        Rule::CronEveryMinute,
        "start: \"0 8 * 9 *\" => start: \"* 8 * 9 *\"",
        "start: \"0 8 * 9 *\" => start: \"59 8 * 9 *\"",
    ),
    (
        Rule::CronDstGap,
        "start: \"0 0 15 11 *\" => start: \"30 2 29 3 *\"",
        "start: \"0 0 15 11 *\" => start: \"0 3 29 3 *\"",
    ),
    (
        Rule::CronDstFold,
        "start: \"0 0 15 11 *\" => start: \"30 2 25 10 *\"",
        "start: \"0 0 15 11 *\" => start: \"0 3 25 10 *\"",
    ),
    (
        Rule::CronBothDayFields,
        "start: \"0 0 15 11 *\" => start: \"0 0 */2 11 1\"",
        "start: \"0 0 15 11 *\" => start: \"0 0 */1 11 1\"",
    ),
    (
        Rule::CronZonePrefix,
        "start: \"0 8 * 9 *\" => start: \"CRON_TZ=UTC 0 8 * 9 *\"",
        "start: \"0 8 * 9 *\" => start: \"0 9 * 9 *\"",
    ),
    (
        Rule::CronQuestionMark,
        "start: \"0 8 * 9 *\" => start: \"0 8 ? 9 *\"",
        "start: \"0 8 * 9 *\" => start: \"0 8 1-30 9 *\"",
    ),
    (
        Rule::CronLenientField,
        "start: \"0 8 * 9 *\" => start: \"0 8 * 9,, *\"",
        "start: \"0 8 * 9 *\" => start: \"0 8 * 9-9 *\"",
    ),
    (
        Rule::CronLastMinute,
        "end: \"0 20 * 9 *\" => end: \"59 23 * 9 *\"",
        "end: \"0 20 * 9 *\" => end: \"59 22 * 9 *\"",
    ),
    (
        Rule::CronLastDayLost,
        "end: \"0 0 7 1 *\" => end: \"0 0 31 1 *\"",
        "end: \"0 0 7 1 *\" => end: \"0 0 30 1 *\"",
    ),
    (
        Rule::CronLongTail,
        "start: \"0 8 * 9 *\" => start: \"0 22 * 9 *\" ;; end: \"0 20 * 9 *\" => end: \"0 6 * 9 *\"",
        "start: \"0 8 * 9 *\" => start: \"0 22 * * *\" ;; end: \"0 20 * 9 *\" => end: \"0 6 * * *\"",
    ),
    (
        Rule::CronMetricType,
        "name: oktoberfest => name: oktoberfest\n      metricType: Value",
        "name: oktoberfest => name: oktoberfest\n      metricType: AverageValue",
    ),
    (
        Rule::FloorAboveMax,
        "maxReplicaCount: 20 => maxReplicaCount: 5",
        "maxReplicaCount: 20 => maxReplicaCount: 6",
    ),
    (
        Rule::FloorNoEffect,
        "minReplicaCount: 2 => minReplicaCount: 6",
        "minReplicaCount: 2 => minReplicaCount: 5",
    ),
    (
        Rule::FloorHole,
        "start: \"0 0 15 11 *\", end: \"0 0 7 1 *\" => start: \"1 20 30 9 *\", end: \"0 0 7 1 *\"",
        "start: \"0 0 15 11 *\", end: \"0 0 7 1 *\" => start: \"0 20 30 9 *\", end: \"0 0 7 1 *\"",
    ),
    (
        Rule::HpaDeadBand,
        "desiredReplicas: \"6\" => desiredReplicas: \"11\"",
        "desiredReplicas: \"6\" => desiredReplicas: \"10\"",
    ),
    (
        Rule::HpaDeadBand,
        "desiredReplicas: \"6\" => desiredReplicas: \"20\"",
        "desiredReplicas: \"6\" => desiredReplicas: \"10\" ;; type: Pods, value: 4 => type: Pods, value: 18",
    ),
    (
        Rule::HpaDeadBand,
        "desiredReplicas: \"6\" => desiredReplicas: \"20\" ;; Seconds: 0 => Seconds: 0\n          tolerance: \"0.06\"",
        "desiredReplicas: \"6\" => desiredReplicas: \"20\" ;; Seconds: 0 => Seconds: 0\n          tolerance: \"0\"",
    ),
    (
        Rule::HpaSurgeStays,
        "desiredReplicas: \"6\" => desiredReplicas: \"9\"",
        "desiredReplicas: \"6\" => desiredReplicas: \"8\"",
    ),
    (
        Rule::HpaSurgeStays,
        "desiredReplicas: \"6\" => desiredReplicas: \"9\"",
        "desiredReplicas: \"6\" => desiredReplicas: \"9\" ;; Seconds: 300 => Seconds: 300\n          tolerance: \"0\"",
    ),
    (
        Rule::HpaDisabled,
        "selectPolicy: Max => selectPolicy: Disabled",
        "selectPolicy: Max => selectPolicy: Min",
    ),
    (Rule::HpaBehaviorPartial, "          selectPolicy: Max\n => ", "selectPolicy: Max => selectPolicy: Min"),
    (
        Rule::KedaIdleReplicas,
        "minReplicaCount: 2 => minReplicaCount: 2\n  idleReplicaCount: 1",
        "minReplicaCount: 2 => minReplicaCount: 2\n  idleReplicaCount: 0",
    ),
    (
        Rule::KedaPollingNoEffect,
        "minReplicaCount: 2 => minReplicaCount: 1\n  cooldownPeriod: 60",
        "minReplicaCount: 2 => minReplicaCount: 0\n  cooldownPeriod: 60",
    ),
    (
        Rule::KedaPausedCount,
        "  annotations: { =>   annotations: {autoscaling.keda.sh/paused-replicas: \"-1\", ",
        "  annotations: { =>   annotations: {autoscaling.keda.sh/paused-replicas: \"0\", ",
    ),
    (
        Rule::KedaPaused,
        "  annotations: { =>   annotations: {autoscaling.keda.sh/paused: \"no\", ",
        "  annotations: { =>   annotations: {autoscaling.keda.sh/paused: \"false\", ",
    ),
    (
        Rule::TriggerUnknownSetting,
        "- type: prometheus => - type: cpu\n      metricType: Utilization\n      metadata: {value: \"60\", container: app}\n    - type: prometheus",
        "- type: prometheus => - type: cpu\n      metricType: Utilization\n      metadata: {value: \"60\", containerName: app}\n    - type: prometheus",
    ),
    (
        Rule::KedaAnnotationUnknown,
        "example.com/valid-until => autoscaling.keda.sh/pause: \"true\", example.com/valid-until",
        "example.com/valid-until => autoscaling.keda.sh/paused-scale-in: \"true\", example.com/valid-until",
    ),
    (
        Rule::KedaAnnotationNoEffect,
        "example.com/valid-until => scaledobject.keda.sh/transfer-hpa-ownership: \"true\", example.com/valid-until",
        "example.com/valid-until => scaledobject.keda.sh/transfer-hpa-ownership: \"true\", example.com/valid-until ;; Config: => Config:\n      name: query",
    ),
    (
        Rule::KedaSecondAutoscaler,
        "apiVersion: keda => apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: q, namespace: shop}\nspec: {scaleTargetRef: {kind: Deployment, name: query}}\n---\napiVersion: keda",
        "apiVersion: keda => apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: q, namespace: shop}\nspec: {scaleTargetRef: {kind: Deployment, name: other}}\n---\napiVersion: keda",
    ),
    (
        Rule::WorkloadReplicas,
        "apiVersion: keda => apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: query, namespace: shop}\nspec: {replicas: 2, template: {spec: {}}}\n---\napiVersion: keda",
        "apiVersion: keda => apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: query, namespace: shop}\nspec: {template: {spec: {}}}\n---\napiVersion: keda",
    ),
    (
        Rule::KedaRequestMissing,
        "- type: prometheus => - type: cpu\n      metricType: Utilization\n      metadata: {value: \"60\"}\n    - type: prometheus ;; apiVersion: keda => apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: query, namespace: shop}\nspec: {template: {spec: {containers: [{name: a, resources: {requests: {memory: 1Gi}}}]}}}\n---\napiVersion: keda",
        "- type: prometheus => - type: cpu\n      metricType: Utilization\n      metadata: {value: \"60\"}\n    - type: prometheus ;; apiVersion: keda => apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: query, namespace: shop}\nspec: {template: {spec: {containers: [{name: a, resources: {limits: {cpu: 1}}}]}}}\n---\napiVersion: keda",
    ),
    (
        Rule::ContainerUnknown,
        "- type: prometheus => - type: cpu\n      metricType: Utilization\n      metadata: {value: \"60\", containerName: b}\n    - type: prometheus ;; apiVersion: keda => apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: query, namespace: shop}\nspec: {template: {spec: {containers: [{name: a, resources: {requests: {cpu: 1}}}]}}}\n---\napiVersion: keda",
        "- type: prometheus => - type: cpu\n      metricType: Utilization\n      metadata: {value: \"60\", containerName: a}\n    - type: prometheus ;; apiVersion: keda => apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: query, namespace: shop}\nspec: {template: {spec: {containers: [{name: a, resources: {requests: {cpu: 1}}}]}}}\n---\napiVersion: keda",
    ),
    (Rule::PrometheusEmptyUnderLoad, "[2m])) => [2m])) < 90", "[2m])) => [2m])) > 90"),
    (Rule::PrometheusQuietFails, "[2m])) => [2m])) > 0", "[2m])) => [2m])) > bool 0"),
    (Rule::PrometheusNullIsZero, "        ignoreNullValues: \"false\"\n => ", "[2m] => [5m]"),
    (Rule::PrometheusNullIsZero, "[2m])) => [2m])) or vector(0)", "[2m])) => [2m])) or vector(1)"),
    (
        Rule::PrometheusUnknownSetting,
        "threshold: \"50\" => threshold: \"50\"\n        metricName: x",
        "threshold: \"50\" => threshold: \"50\"\n        namespace: x",
    ),
    (
        Rule::PrometheusThreshold,
        "threshold: \"50\" => threshold: \".5\"",
        "threshold: \"50\" => threshold: \"0.5\"",
    ),
    (
        Rule::PrometheusThreshold,
        "threshold: \"50\" => threshold: \"0.0004\"",
        "threshold: \"50\" => threshold: \"0.001\"",
    ),
    (
        Rule::PrometheusNoFallback,
        "replicas: 2, behavior: currentReplicasIfHigher => replicas: 1, behavior: static",
        "replicas: 2, => replicas: 1,",
    ),
    (Rule::PrometheusQueryRefused, "[2m])) => [2m])", "[2m])) => [2m:30s]))"),
    (Rule::YamlBroken, "  name: query => \tname: query", "name: query => name:   query"),
    (Rule::YamlKeyDoubled, "  name: query => \n  name: a\n  name: query", "  name: query => \n  name: query"),
    (
        Rule::KedaFieldUnknown,
        "maxReplicaCount: 20 => maxReplicas: 20",
        "maxReplicaCount: 20 => maxReplicaCount: 21",
    ),
    (
        Rule::KedaFieldMissing,
        "  scaleTargetRef: {name: query} => ",
        "{name: query} => {kind: StatefulSet, name: query}",
    ),
    (
        Rule::KedaFieldType,
        "desiredReplicas: \"6\" => desiredReplicas: 6",
        "desiredReplicas: \"6\" => desiredReplicas: '6'",
    ),
    (
        Rule::CronInverted,
        "start: \"0 0 15 11 *\", end: \"0 0 7 1 *\" => start: \"0 0 7 1 *\", end: \"0 0 6 1 *\"",
        "start: \"0 0 15 11 *\", end: \"0 0 7 1 *\" => start: \"0 0 1 10 *\", end: \"0 0 1 3 *\"",
    ),
    (Rule::CronMovableFeast, "name: xmas => name: easter", "name: xmas => name: winter"),
    (
        Rule::CronRecurs,
        "  annotations: {example.com/valid-until: \"2028-12-31\"} =>  ;; name: xmas => name: xmas_2026",
        "name: xmas => name: xmas_2026",
    ),
    (
        Rule::CronCommentDiffers,
        "    - type: cron\n      name: xmas =>     # 1 Nov - 31 Dec\n    - type: cron\n      name: xmas",
        "    - type: cron\n      name: xmas =>     # 15 Nov - 6 Jan\n    - type: cron\n      name: xmas",
    ),
    (
        Rule::CronCommentDiffers,
        "    - type: cron\n      name: xmas =>     # every night\n    - type: cron\n      name: xmas ;; \"0 0 15 11 *\" => \"0 22 * * 1-5\" ;; \"0 0 7 1 *\" => \"0 6 * * 2-6\"",
        "    - type: cron\n      name: xmas =>     # every weekday night\n    - type: cron\n      name: xmas ;; \"0 0 15 11 *\" => \"0 22 * * 1-5\" ;; \"0 0 7 1 *\" => \"0 6 * * 2-6\"",
    ),
    (
        Rule::CronNoHorizon,
        "  annotations: {example.com/valid-until: \"2028-12-31\"} => ",
        "  annotations: {example.com/valid-until: \"2028-12-31\"} =>   annotations: {note: \"holds till 2028\"}",
    ),
    (
        Rule::CronCovered,
        "\"0 0 7 1 *\", desiredReplicas: \"6\" => \"0 0 7 1 *\", desiredReplicas: \"6\"}\n    - type: cron\n      metadata: {timezone: \"Europe/Berlin\", start: \"0 8 16 11 *\", end: \"0 9 16 11 *\", desiredReplicas: \"6\"",
        "\"0 0 7 1 *\", desiredReplicas: \"6\" => \"0 0 7 1 *\", desiredReplicas: \"6\"}\n    - type: cron\n      metadata: {timezone: \"Europe/Berlin\", start: \"0 8 16 11 *\", end: \"0 9 16 11 *\", desiredReplicas: \"7\"",
    ),
    (
        Rule::CronContradiction,
        "\"0 0 7 1 *\", desiredReplicas: \"6\" => \"0 0 7 1 *\", desiredReplicas: \"6\"}\n    - type: cron\n      metadata: {timezone: \"Europe/Berlin\", start: \"0 0 15 11 *\", end: \"0 0 7 1 *\", desiredReplicas: \"4\"",
        "\"0 0 7 1 *\", desiredReplicas: \"6\" => \"0 0 7 1 *\", desiredReplicas: \"6\"}\n    - type: cron\n      metadata: {timezone: \"Europe/Berlin\", start: \"0 0 14 11 *\", end: \"0 0 7 1 *\", desiredReplicas: \"4\"",
    ),
    (
        Rule::CronZoneSign,
        "name: oktoberfest\n      metadata: {timezone: \"Europe/Berlin\" => name: oktoberfest\n      metadata: {timezone: \"Etc/GMT-2\"",
        "name: oktoberfest\n      metadata: {timezone: \"Europe/Berlin\" => name: oktoberfest\n      metadata: {timezone: \"Etc/UTC\"",
    ),
    (Rule::CronZoneDiffers, "name: oktoberfest => name: at_9am_pst", "name: oktoberfest => name: at_9am_cet"),
    (
        Rule::CronNextPassed,
        "name: oktoberfest\n      metadata: {timezone: \"Europe/Berlin\", start: \"0 8 * 9 *\", end: \"0 20 * 9 *\" => name: day\n      metadata: {timezone: \"Pacific/Chatham\", start: \"45 3 * * *\", end: \"0 18 * * *\"",
        "name: oktoberfest\n      metadata: {timezone: \"Europe/Berlin\", start: \"0 8 * 9 *\", end: \"0 20 * 9 *\" => name: day\n      metadata: {timezone: \"Pacific/Chatham\", start: \"45 5 * * *\", end: \"0 18 * * *\"",
    ),
    (
        Rule::CronDaysApart,
        "start: \"0 8 * 9 *\", end: \"0 20 * 9 *\" => start: \"0 3 * * 1-5\", end: \"0 15 * * 0-4\"",
        "start: \"0 8 * 9 *\", end: \"0 20 * 9 *\" => start: \"0 3 * * 1-5\", end: \"0 15 * * 1-5\"",
    ),
    (Rule::CronStepBeyond, "\"0 8 * 9 *\" => \"0 0/30 * 9 *\"", "\"0 8 * 9 *\" => \"0 0/12 * 9 *\""),
    (
        Rule::CronCannotLower,
        "name: oktoberfest => name: scale_down ;; \"0 20 * 9 *\", desiredReplicas: \"6\" => \"0 20 * 9 *\", desiredReplicas: \"1\"",
        "name: oktoberfest => name: scale_up ;; \"0 20 * 9 *\", desiredReplicas: \"6\" => \"0 20 * 9 *\", desiredReplicas: \"1\"",
    ),
    (Rule::PrometheusQueryShape, "sum(rate => avg by (pod) (rate", "sum(rate => avg(rate"),
    (
        Rule::PrometheusNegative,
        "sum(rate(http_requests_total[2m])) => sum(jobs_created) - sum(jobs_done)",
        "sum(rate(http_requests_total[2m])) => clamp_min(sum(jobs_created) - sum(jobs_done), 0)",
    ),
    (
        Rule::PrometheusNegative,
        "sum(rate(http_requests_total[2m])) => sum(jobs_created) - sum(jobs_done)",
        "name: rps => name: rps\n      metricType: Value ;; sum(rate(http_requests_total[2m])) => sum(jobs_created) - sum(jobs_done)",
    ),
    (
        Rule::PrometheusRatioAveraged,
        "sum(rate(http_requests_total[2m])) => histogram_quantile(0.95, sum by (le) (rate(x_bucket[2m])))",
        "sum(rate(http_requests_total[2m])) => sum(rate(x_count[2m])) * (histogram_quantile(0.95, sum by (le) (rate(x_bucket[2m]))) > bool 0.2)",
    ),
    (
        Rule::PrometheusRatioAveraged,
        "sum(rate(http_requests_total[2m])) => histogram_quantile(0.95, sum by (le) (rate(x_bucket[2m])))",
        "name: rps => name: rps\n      metricType: Value ;; sum(rate(http_requests_total[2m])) => histogram_quantile(0.95, sum by (le) (rate(x_bucket[2m])))",
    ),
    (
        Rule::PrometheusRatioAveraged,
        "sum(rate(http_requests_total[2m])) => 100 * sum(busy) / sum(size)",
        "sum(rate(http_requests_total[2m])) => sum(100 * busy / size)",
    ),
    (
        Rule::PrometheusQuietFails,
        "sum(rate(http_requests_total[2m])) => sum(rate(x_count[2m])) and on () hour() < 18",
        "sum(rate(http_requests_total[2m])) => sum(rate(x_count[2m])) * on () (hour() < bool 18)",
    ),
    (
        Rule::TriggerAddress,
        "http://prometheus:9090 => prometheus:9090",
        "http://prometheus:9090 => HTTP://prometheus:9090",
    ),
    (
        Rule::TriggerAddressLocal,
        "http://prometheus:9090 => http://localhost:9090",
        "http://prometheus:9090 => http://localhost.monitoring:9090",
    ),
    (
        Rule::FormulaIgnoresTarget,
        "  advanced: =>   advanced:\n    scalingModifiers: {formula: \"max(rps, xmas, oktoberfest)\", target: \"1\"} ;; name: rps => name: rps\n      metricType: Value",
        "  advanced: =>   advanced:\n    scalingModifiers: {formula: \"max(rps, xmas, oktoberfest)\", target: \"1\"} ;; name: rps => name: rps\n      metricType: AverageValue",
    ),
    (
        Rule::TargetWithoutPods,
        "apiVersion: keda => apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\nspec: {group: a.b, names: {kind: Tab}, versions: [{subresources: {scale: {}}}]}\n---\napiVersion: keda ;; scaleTargetRef: { => scaleTargetRef: {apiVersion: a.b/v1, kind: Tab, ",
        "apiVersion: keda => apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\nspec: {group: a.b, names: {kind: Tab}, versions: [{subresources: {scale: {labelSelectorPath: .status.selector}}}]}\n---\napiVersion: keda ;; scaleTargetRef: { => scaleTargetRef: {apiVersion: a.b/v1, kind: Tab, ",
    ),
    (
        Rule::KedaAuthenticationMissed,
        "apiVersion: keda => apiVersion: keda.sh/v1alpha1\nkind: ClusterTriggerAuthentication\nmetadata: {name: x}\nspec: {secretTargetRef: []}\n---\napiVersion: keda ;; name: rps => name: rps\n      authenticationRef: {name: x}",
        "apiVersion: keda => apiVersion: keda.sh/v1alpha1\nkind: TriggerAuthentication\nmetadata: {name: x, namespace: shop}\nspec: {secretTargetRef: []}\n---\napiVersion: keda ;; name: rps => name: rps\n      authenticationRef: {name: x}",
    ),
];
