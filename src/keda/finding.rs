//! What can be wrong with a ScaledObject, as data: the one table of checks, and the finding that each makes.

use std::cmp::Ordering;

use super::cost::Cost;
use crate::diagnostic::findings;
use crate::time::Instant;
use crate::yaml::Mark;

findings! {
    /// The stable name of a check.
    Check {
        // unreadable, or refused by the API server
        Broken "yaml-broken" Error "a text that is no YAML";
        KeyDoubled "yaml-key-doubled" Error "a key that its map already has";
        FieldUnknown "keda-field-unknown" Error "a field that the CRD does not have";
        FieldMissing "keda-field-missing" Error "a field that the CRD wants";
        FieldType "keda-field-type" Error "a value of another type than the CRD wants";
        // refused: the CRD's schema, the admission webhook, the HPA's API, the scalers
        ReplicaRange "keda-replica-range" Error "replica counts that KEDA or the HPA refuses";
        TargetUnknown "keda-target-unknown" Error "a workload of a kind that its API cannot scale";
        NameRefused "keda-name-refused" Error "a name that Kubernetes does not take";
        NameLength "keda-name-too-long" Error "an object or HPA name over its limit";
        FallbackRefused "keda-fallback-refused" Error "a fallback that KEDA refuses";
        TriggersRefused "keda-triggers-refused" Error "triggers that the webhook refuses";
        TriggerNames "keda-trigger-names" Error "a trigger name that is taken, or that the formula cannot read";
        ModifiersRefused "keda-modifiers-refused" Error "scaling modifiers that KEDA refuses";
        SameTarget "keda-same-target" Error "two ScaledObjects for one workload or one HPA";
        SecondAutoscaler "keda-second-autoscaler" Error "another autoscaler of the same workload or object";
        RequestMissing "keda-request-missing" Error "a cpu or memory trigger of a container without a request of it";
        WorkloadReplicas "workload-replicas" Warning "a workload that sets replicas beside its ScaledObject";
        BehaviorRefused "hpa-behavior-refused" Error "a behavior that the HPA's API refuses";
        TooNew "keda-too-old" Error "a field that this KEDA or Kubernetes does not have";
        TriggerNotBuilt "keda-trigger-not-built" Error "a trigger that KEDA cannot build, which disables the whole object";
        TypeUnknown "keda-type-unknown" Warning "a trigger of a type that no known scaler has";
        OtherSetting "trigger-unknown-setting" Warning "a setting that its scaler does not read, close to one that it reads";
        // cron: one trigger
        ZoneUnknown "cron-zone-unknown" Error "a time zone that KEDA cannot load";
        ZoneUnclear "cron-zone-unclear" Error "a time zone whose name not every database has";
        ZoneSign "cron-zone-sign" Warning "a fixed offset whose sign is that of POSIX";
        ZoneDiffers "cron-zone-differs" Warning "a comment or name that says another zone than the trigger has";
        ZoneMidnight "cron-zone-midnight" Warning "a time zone whose clocks change at midnight";
        SearchEndless "cron-search-endless" Error "a schedule in whose search KEDA hangs";
        NextPassed "cron-next-passed" Warning "minutes after the clocks go back in which KEDA takes a passed firing for the next one";
        StartNever "cron-start-never" Error "a start that never fires: always active";
        EndNever "cron-end-never" Error "an end that never fires: never active";
        YearMissed "cron-year-missed" Error "a side that does not fire in some year";
        Tie "cron-tie" Error "start and end at the same instant";
        EndsInARow "cron-ends-in-a-row" Error "an end after an end: active in between";
        StartsInARow "cron-starts-in-a-row" Error "a start after a start: the first is lost";
        DaysApart "cron-days-apart" Warning "a window that runs over days which neither side names";
        EveryMinute "cron-every-minute" Error "a side that fires minute after minute";
        Skipped "cron-dst-gap" Error "a boundary that the clocks jump over";
        Repeated "cron-dst-fold" Warning "a boundary that the clocks show twice";
        BothDays "cron-both-day-fields" Error "day-of-month and day-of-week both restricted";
        ZonePrefix "cron-zone-prefix" Error "a zone inside a schedule";
        Lenient "cron-lenient-field" Error "a field that KEDA reads otherwise than it looks";
        StepBeyond "cron-step-beyond" Error "a step that leads out of its field at once";
        QuestionMark "cron-question-mark" Warning "a `?`, which is a star here";
        CronSetting "cron-unknown-setting" Warning "a setting that the cron scaler ignores";
        Comma "cron-comma" Error "a comma in a schedule before KEDA 2.20";
        LastMinute "cron-last-minute" Warning "an end at 23:59";
        LastDay "cron-last-day-lost" Warning "an end that leaves out the last day that is meant";
        LongTail "cron-long-tail" Warning "an activity far longer than the others of its trigger";
        Inverted "cron-inverted" Warning "a window that is open longer than it is closed, across the turn of the year or the day";
        FeastFixed "cron-movable-feast" Warning "a movable feast on a fixed date";
        OnceRecurs "cron-recurs" Warning "a window named for one year, which returns every year";
        CommentDiffers "cron-comment-differs" Warning "a comment or name that says other days than the schedule";
        NoHorizon "cron-no-horizon" Warning "yearly dates without a word on until when they hold";
        Covered "cron-covered" Warning "a trigger that others cover entirely";
        Contradiction "cron-contradiction" Warning "two triggers with the same hours and different floors";
        MetricType "cron-metric-type" Error "a cron trigger whose value would be multiplied";
        // floors
        FloorAboveMax "floor-above-max" Error "a floor above maxReplicaCount";
        FloorNoEffect "floor-no-effect" Warning "a floor no higher than minReplicaCount";
        CannotLower "cron-cannot-lower" Warning "a window that is meant to lower, which no cron trigger can";
        FloorHole "floor-hole" Warning "a hole between windows shorter than the scale-down window";
        DeadBand "hpa-dead-band" Warning "a floor that the HPA's tolerance may keep out of reach";
        SurgeStays "hpa-surge-stays" Warning "a floor over which the extra pods of a rollout may stay";
        FloorLate "hpa-floor-late" Warning "a floor that is reached late";
        Disabled "hpa-disabled" Error "a direction in which the HPA may not move";
        BehaviorPartial "hpa-behavior-partial" Warning "a behavior with a direction left out";
        IdleReplicas "keda-idle-replicas" Error "an idleReplicaCount other than zero";
        PollingNoEffect "keda-polling-no-effect" Warning "a setting that has no effect with a minimum of one or more";
        Paused "keda-paused" Warning "an annotation that pauses the object";
        AnnotationUnknown "keda-annotation-unknown" Warning "an annotation of KEDA's domain that KEDA does not read";
        AnnotationNoEffect "keda-annotation-no-effect" Warning "an annotation that takes no HPA over";
        JobRepeats "scaledjob-repeats" Warning "a ScaledJob under cron, which starts Jobs at each poll of the window";
        FormulaLeavesOut "formula-leaves-out" Warning "a trigger that the formula does not use";
        FormulaNoEffect "formula-no-effect" Warning "a formula that never asks for more than minReplicaCount";
        FormulaNegative "formula-negative" Error "a formula that falls below zero, at which the HPA goes to its maximum";
        FallbackFromZero "keda-fallback-from-zero" Warning "a fallback that does not lift from zero";
        ModifiersFloor "keda-modifiers-floor" Error "a formula that an outage of one trigger takes the floors down with";
        // prometheus
        NullIsZero "prometheus-null-is-zero" Warning "an outage that reads as no load";
        UnknownSetting "prometheus-unknown-setting" Warning "a setting that the prometheus scaler ignores";
        Threshold "prometheus-threshold" Error "a threshold that KEDA or the HPA refuses";
        NoFallback "prometheus-no-fallback" Warning "no fallback, or one below the base floor";
        QueryRefused "prometheus-query-refused" Error "a query that is no PromQL";
        QueryShape "prometheus-query-shape" Error "a query that does not give exactly one element";
        QuietFails "prometheus-quiet-fails" Warning "a query without an answer while all is quiet, which counts as a failure";
        QueryNegative "prometheus-negative" Warning "a query that can fall below zero, at which the HPA goes to its maximum";
        RatioAveraged "prometheus-ratio-averaged" Warning "a latency divided by the number of replicas";
    }
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which object: `ScaledObject shop/query`; empty where the text could not be read so far.
    pub object: String,
    /// Its trigger, from 0.
    pub trigger: Option<usize>,
    /// The way from there: `metadata.end`, `spec.fallback`.
    pub field: String,
    /// Line and column inside the object's document.
    pub mark: Mark,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which check.
    pub check: Check,
    /// Where.
    pub place: Place,
    /// What KEDA will really do.
    pub effect: String,
    /// The first instant at which that surprises.
    pub first: Option<Instant>,
    /// What to write instead.
    pub mend: String,
    /// What it costs over the stretch that is looked at, as far as that is worked out.
    pub cost: Cost,
}

impl Finding {
    /// With the first instant at which it surprises.
    pub fn from(mut self, first: Instant) -> Self {
        self.first = Some(first);
        self
    }

    /// With what it costs.
    pub fn costing(mut self, cost: Cost) -> Self {
        self.cost = cost;
        self
    }

    /// By what should be mended first: errors before warnings, what costs more before what costs less, then by place.
    pub fn worst_first(&self, other: &Self) -> Ordering {
        let severity = other.check.severity().cmp(&self.check.severity());
        let cost = other.cost.cmp(&self.cost);
        severity.then(cost).then_with(|| self.place.mark.cmp(&other.place.mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let mut ids: Vec<&str> = Check::ALL.iter().map(|check| check.id()).collect();
        assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Check::ALL.len());
    }
}
