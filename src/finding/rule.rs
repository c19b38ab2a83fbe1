//! The one table of findings, about a policy, its files and a ScaledObject alike. An id never changes its meaning; a row is
//! never reused.

use super::Severity;

/// Declares the table as an enum: name, severity, what it means in a few words. The id is the name in kebab case.
macro_rules! findings {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $severity:ident $summary:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $summary] $variant,)*
        }

        impl $name {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The kebab-case id.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => {
                        const ID: [u8; kebab_length(stringify!($variant))] = kebab(stringify!($variant));
                        const TEXT: &str = match str::from_utf8(&ID) {
                            Ok(text) => text,
                            Err(_) => panic!("internal error: a name of letters and digits"),
                        };
                        TEXT
                    })*
                }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// What it means, in a few words.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }
        }
    };
}

findings! {
    /// A kind of finding.
    Rule {
        // --- about a policy and the files that are made of it, in the order of the pipeline ---
        // source: the files themselves
        NotUtf8 Error "a policy file is not UTF-8 text";
        UnreadableFile Error "a policy file cannot be read";
        TomlSyntax Error "a policy file is not TOML";
        // policy: shape and values
        UnknownKey Error "a key that the policy language does not have";
        MissingKey Error "a key that the policy language needs";
        MovedKey Error "a key of an earlier version that is written elsewhere now";
        WrongType Error "a value of another kind than the key wants";
        BadValue Error "a value that the key cannot take";
        InvalidName Error "a name that Kubernetes, PostgreSQL or Prometheus would refuse";
        InvisibleCharacter Error "text with a character that nobody sees";
        TextTooLong Error "a text for people of more than 4 KB";
        UnknownZone Error "a time zone that the IANA database does not have";
        ZoneOldName Warning "an old name of a time zone, which not every database has";
        ZoneSign Warning "a time zone by its offset, whose sign is that of POSIX";
        UnknownTerritory Error "a territory that `territories.toml` does not declare";
        UnknownWorkload Error "a workload that `territories.toml` does not declare";
        UnknownHolidaySet Error "a holiday set that the calendar does not declare";
        NameTooLong Error "a ScaledObject whose HPA would have a name over 63 characters";
        DuplicateTarget Error "two workloads that scale the same Deployment";
        ReplicaRange Error "a minimum above its maximum, or of zero";
        ShareSum Warning "territory shares that do not add up to the whole";
        UnsupportedVersion Error "a KEDA or Kubernetes version whose behaviour is not modelled";
        UnknownArtifact Error "an artifact that the compiler does not make";
        ArtifactWithoutBase Error "an artifact that is made of another one, which is not made";
        EmergencyBelowLimit Error "an emergency that begins below the limit whose breach it is to be";
        PromiseUnmeasured Warning "a p95 that a territory promises and nothing measures";
        BurnNeverFires Warning "an error budget so large that an alert on it could never fire";
        BaseUnreadable Error "somebody's own ScaledObject that cannot be found or read";
        BaseCron Error "somebody's own ScaledObject with schedules of its own";
        LimitBelowRequest Error "a replica that may use less than is kept for it";
        LastDayLeftOut Warning "a plan that ends just before the last day of a year or a month";
        SameOutput Error "two policies of a project that would write the same files";
        SharedObject Warning "an object that two policies of a project would scale";
        SharedPlanName Warning "two policies of a project whose series and alerts nobody can tell apart";
        // resolve: dates and hours
        BadDateRule Error "a date rule that cannot be read";
        NoSuchDay Error "a date rule that has no day in any year of the plan";
        DayNotEveryYear Warning "a date rule that has no day in some years of the plan";
        UnknownSeason Error "a date that counts from a season that the calendar does not declare";
        SeasonCircle Error "seasons whose dates count from each other, or from one with several stretches";
        HolidayCircle Error "a holiday set that includes itself";
        WindowKeys Error "keys of a season that cannot stand beside each other";
        BadHours Error "daily hours that cannot be read";
        BadDays Error "a day selection that cannot be read";
        EmptyWindow Error "a window that contains no instant";
        LastMinuteLeftOut Warning "hours that end at 23:59";
        OutsideHorizon Warning "a window that lies outside the plan's horizon";
        CutByPlan Warning "a window of one year that the plan's first or last minute cuts";
        TakesNoDay Warning "hours of a date, or a lead-in, for which the season takes no day";
        OverlappingLeadIns Error "two lead-ins of one season with the same length";
        SkippedHour Error "a window boundary that the clocks jump over";
        RepeatedHour Error "a window boundary that the clocks show twice";
        HorizonTooLong Error "a horizon over more years than cron's dates hold for";
        // plan: floors
        FloorOutOfRange Error "a floor outside the replica range of its target";
        FloorWithoutEffect Warning "a floor that is no higher than the minimum";
        FloorMissing Warning "a season that sets no floor for any workload of a territory";
        FloorLoadMismatch Warning "a floor that disagrees with the expected load";
        NothingToScale Error "a target whose load is not measured and that no season raises";
        LoadWithoutBase Error "a floor to be derived from a load whose base is unknown";
        HpaDeadband Warning "a floor that the HPA's tolerance may keep the workload from reaching";
        // emit: schedules and templates
        InexpressibleDays Error "a set of days that no cron schedule expresses exactly";
        DuplicateTriggerName Error "two triggers of one ScaledObject with the same name";
        TemplateError Error "a template that does not render";
        MigrationVersionTaken Error "a Flyway version that another file already has";
        ReleasedMigration Error "a migration that has been released and would change";
        BaseWithoutPlace Error "somebody's own ScaledObject to which no trigger can be added";
        // verify: files read back
        BaseRefused Error "somebody's own ScaledObject in which floors cannot hold";
        BaseFinding Warning "what audit has to say of somebody's own ScaledObject";
        EmittedYamlRejected Error "an emitted manifest that is not the YAML that Kubernetes wants";
        EmittedManifestRejected Error "an emitted ScaledObject that KEDA would refuse";
        ClockChange Error "a floor that KEDA does not hold because of a change of the clocks";
        EmittedTargetMismatch Error "an emitted ScaledObject that does not match its target";
        EmittedFloorMismatch Error "an emitted schedule that differs from the plan at some instant";
        FloorWithinTolerance Error "a floor so near to what runs before it that the HPA never goes there";
        EmittedRuleRejected Error "an emitted rule that Prometheus would refuse";
        EmittedRuleMismatch Error "an emitted rule that disagrees with the plan";
        EmittedAnchorMissing Error "an alert whose runbook section does not exist";
        EmittedSqlRejected Error "an emitted migration that PostgreSQL or Flyway would refuse";
        EmittedSqlMismatch Error "an emitted migration that lost one of its guarantees";
        EmittedRunbookMismatch Error "an emitted runbook that disagrees with the plan";
        EmittedFileRejected Error "an emitted file that its reader would refuse";
        EmittedFileMismatch Error "an emitted file that disagrees with the plan, or with another file";
        EmittedObjectTooLarge Warning "an emitted object that is larger than its reader takes";
        // review: budgets
        OverBudget Error "floors that take more than the budget allows";
        // cli: the command line, today
        NotMade Error "a file that the command line asks for and that the policy does not make";
        PlanNotBegun Warning "a plan that has not begun";
        PlanExpires Warning "a plan that ends within 30 days";
        PlanExpired Error "a plan that has ended";
        // --- about a ScaledObject, whoever wrote it ---
        // unreadable, or refused by the API server
        YamlBroken Error "a text that is not YAML";
        YamlKeyDoubled Error "a key that its map already has";
        KedaFieldUnknown Error "a field that the CRD does not have";
        KedaFieldMissing Error "a field that the CRD wants";
        KedaFieldType Error "a value of another type than the CRD wants";
        // refused: the CRD's schema, the admission webhook, the HPA's API, the scalers
        KedaReplicaRange Error "replica counts that KEDA or the HPA refuses";
        KedaTargetUnknown Error "a workload of a kind that its API cannot scale";
        KedaNameRefused Error "a name that Kubernetes does not take";
        KedaNameTooLong Error "an object or HPA name over its limit";
        KedaFallbackRefused Error "a fallback that KEDA refuses";
        KedaTriggersRefused Error "triggers that the webhook refuses";
        KedaTriggerNames Error "a trigger name that is taken, or that the formula cannot read";
        KedaModifiersRefused Error "scaling modifiers that KEDA refuses";
        KedaSameTarget Error "two ScaledObjects for one workload or one HPA";
        KedaSecondAutoscaler Error "another autoscaler of the same workload or object";
        KedaAuthenticationMissed Error "an authenticationRef that does not lead to what the trigger needs";
        TargetWithoutPods Error "a workload of a kind that says nowhere which pods it has";
        KedaRequestMissing Error "a cpu or memory trigger of a container without a request of it";
        ContainerUnknown Warning "a containerName that no container of the workload has";
        WorkloadReplicas Warning "a workload that sets replicas beside its ScaledObject";
        HpaBehaviorRefused Error "a behavior that the HPA's API refuses";
        KedaTooOld Error "a field that this KEDA or Kubernetes does not have";
        KedaTriggerNotBuilt Error "a trigger that KEDA cannot build, which disables the whole object";
        KedaTypeUnknown Warning "a trigger of a type that no known scaler has";
        TriggerUnknownSetting Warning "a setting that its scaler does not read, close to one that it reads";
        TriggerAddress Error "an address at which KEDA reads nothing";
        TriggerAddressLocal Warning "an address that is KEDA's own pod";
        // cron: one trigger
        CronZoneUnknown Error "a time zone that KEDA cannot load";
        CronZoneUnclear Error "a time zone whose name not every database has";
        CronZoneOld Warning "an old name of a time zone";
        CronZoneSign Warning "a fixed offset whose sign is that of POSIX";
        CronZoneDiffers Warning "a comment or name that says another zone than the trigger has";
        CronZoneMidnight Warning "a time zone whose clocks change at midnight";
        CronSearchEndless Error "a schedule in whose search KEDA hangs";
        CronNextPassed Warning "minutes after the clocks go back in which KEDA takes a passed firing for the next one";
        CronStartNever Error "a start that never fires: always active";
        CronEndNever Error "an end that never fires: never active";
        CronYearMissed Error "a side that does not fire in some year";
        CronTie Error "start and end at the same instant";
        CronEndsInARow Error "an end after an end: active in between";
        CronStartsInARow Error "a start after a start: the first is lost";
        CronDaysApart Warning "a window that runs over days which neither side names";
        CronEveryMinute Error "a side that fires minute after minute";
        CronDstGap Error "a boundary that the clocks jump over";
        CronDstFold Warning "a boundary that the clocks show twice";
        CronBothDayFields Error "day-of-month and day-of-week both restricted";
        CronZonePrefix Error "a zone inside a schedule";
        CronLenientField Error "a field that KEDA reads otherwise than it looks";
        CronStepBeyond Error "a step that leads out of its field at once";
        CronQuestionMark Warning "a `?`, which is a star here";
        CronUnknownSetting Warning "a setting that the cron scaler ignores";
        CronNegative Error "a cron trigger that asks for less than nothing, at which the HPA goes to its maximum";
        CronComma Error "a comma in a schedule before KEDA 2.20";
        CronLastMinute Warning "an end at 23:59, or at minute 59 of every hour";
        CronLastDayLost Warning "an end that leaves out the last day that is meant";
        CronLongTail Warning "an activity far longer than the others of its trigger";
        CronInverted Warning "a window that is open longer than it is closed, across the turn of the year or the day";
        CronMovableFeast Warning "a movable feast on a fixed date";
        CronRecurs Warning "a window named for one year, which returns every year";
        CronCommentDiffers Warning "a comment or name that says other days than the schedule";
        CronNoHorizon Warning "yearly dates without a word on until when they hold";
        CronCovered Warning "a trigger that others cover entirely";
        CronContradiction Warning "two triggers with the same hours and different floors";
        CronMetricType Error "a cron trigger whose value would be multiplied";
        // floors
        FloorAboveMax Error "a floor above maxReplicaCount";
        FloorNoEffect Warning "a floor no higher than minReplicaCount";
        CronCannotLower Warning "a window that is meant to lower, which no cron trigger can";
        FloorHole Warning "a hole between windows shorter than the scale-down window";
        HpaDeadBand Warning "a floor that the HPA's tolerance may keep out of reach";
        HpaSurgeStays Warning "a floor over which the extra pods of a rollout may stay";
        HpaFloorLate Warning "a floor that is reached late";
        HpaDisabled Error "a direction in which the HPA may not move";
        HpaBehaviorPartial Warning "a behavior with a direction left out";
        KedaIdleReplicas Error "an idleReplicaCount other than zero";
        KedaPollingNoEffect Warning "a setting that has no effect with a minimum of one or more";
        KedaPaused Warning "an annotation that pauses the object";
        KedaPausedCount Error "a `paused-replicas` that is not a number of replicas: KEDA makes no HPA";
        KedaAnnotationUnknown Warning "an annotation of KEDA's domain that KEDA does not read";
        KedaAnnotationNoEffect Warning "an annotation that takes no HPA over";
        ScaledjobRepeats Warning "a ScaledJob under cron, which starts Jobs at each poll of the window";
        ScaledjobNoEffect Warning "a trigger or number of a ScaledJob that does nothing";
        FormulaLeavesOut Warning "a trigger that the formula does not use";
        FormulaIgnoresTarget Warning "a trigger whose metricType the formula makes nothing of";
        FormulaNoEffect Warning "a formula that never asks for more than minReplicaCount";
        FormulaAsleep Warning "a formula whose activation no floor passes";
        FormulaNegative Error "a formula that falls below zero, at which the HPA goes to its maximum";
        KedaFallbackFromZero Warning "a fallback that does not lift from zero";
        KedaFallbackOff Error "a fallback that the target of the formula switches off";
        KedaFallbackOfValue Warning "a trigger of type Value, for which no fallback stands in before KEDA 2.18";
        KedaModifiersFloor Error "a formula that an outage of one trigger takes the floors down with";
        // prometheus
        PrometheusNullIsZero Warning "an outage that reads as no load";
        PrometheusUnknownSetting Warning "a setting that the prometheus scaler ignores";
        PrometheusThreshold Error "a threshold that KEDA or the HPA refuses";
        PrometheusNoFallback Warning "no fallback, or one below the base floor";
        PrometheusQueryRefused Error "a query that is not PromQL";
        PrometheusQueryShape Error "a query that does not give exactly one element";
        PrometheusQuietFails Warning "a query without an answer while all is quiet or outside of its hours, which counts as a failure";
        PrometheusEmptyUnderLoad Warning "a query without an answer while there is load";
        PrometheusNegative Warning "a query that can fall below zero, at which the HPA goes to its maximum";
        PrometheusRatioAveraged Warning "a latency, a share or an average divided by the number of replicas";
    }
}

impl Rule {
    /// The finding with this id.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.id() == id)
    }

    /// Whether it is about a policy and its files; else it is about a ScaledObject.
    pub fn is_of_policies(self) -> bool {
        self < Self::YamlBroken
    }

    /// Those about a policy and its files.
    pub fn of_policies() -> impl Iterator<Item = Self> + Clone {
        Self::ALL.iter().copied().filter(|rule| rule.is_of_policies())
    }

    /// Those about a ScaledObject.
    pub fn of_manifests() -> impl Iterator<Item = Self> + Clone {
        Self::ALL.iter().copied().filter(|rule| !rule.is_of_policies())
    }
}

/// `CronDstGap` has the id `cron-dst-gap`.
const fn kebab<const LENGTH: usize>(name: &str) -> [u8; LENGTH] {
    let (name, mut id) = (name.as_bytes(), [0; LENGTH]);
    let (mut from, mut to) = (0, 0);
    while from < name.len() {
        if name[from].is_ascii_uppercase() && from > 0 {
            id[to] = b'-';
            to += 1;
        }
        id[to] = name[from].to_ascii_lowercase();
        (from, to) = (from + 1, to + 1);
    }
    id
}

const fn kebab_length(name: &str) -> usize {
    let (name, mut length, mut at) = (name.as_bytes(), name.len(), 1);
    while at < name.len() {
        length += name[at].is_ascii_uppercase() as usize;
        at += 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_name_in_kebab_case_and_leads_back_to_it() {
        assert_eq!(Rule::NotUtf8.id(), "not-utf8");
        assert_eq!(Rule::CronBothDayFields.id(), "cron-both-day-fields");
        for rule in Rule::ALL {
            assert_eq!(Rule::parse(rule.id()), Some(*rule));
        }
        assert_eq!(Rule::parse("cron-both"), None);
    }

    #[test]
    fn every_rule_is_about_a_policy_or_about_a_manifest() {
        let all: Vec<Rule> = Rule::of_policies().chain(Rule::of_manifests()).collect();
        assert_eq!(all, Rule::ALL);
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
