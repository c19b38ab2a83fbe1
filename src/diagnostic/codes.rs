//! The one table of finding codes. An id never changes its meaning; a row is never reused.

/// Declares a table of findings as an enum: variant, id, severity, what it means in a few words.
macro_rules! findings {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $id:literal $severity:ident $summary:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = $summary] $variant,)*
        }

        impl $name {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The kebab-case id.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// How bad it is.
            pub fn severity(self) -> $crate::diagnostic::Severity {
                match self { $(Self::$variant => $crate::diagnostic::Severity::$severity,)* }
            }

            /// What it means, in a few words.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$variant => $summary,)* }
            }
        }
    };
}

pub(crate) use findings;

findings! {
    /// The stable name of a finding, in the order of the pipeline.
    Code {
        // source: the files themselves
        NotUtf8 "not-utf8" Error "a policy file is not UTF-8 text";
        Unreadable "unreadable-file" Error "a policy file cannot be read";
        TomlSyntax "toml-syntax" Error "a policy file is not TOML";
        // policy: shape and values
        UnknownKey "unknown-key" Error "a key that the policy language does not have";
        MissingKey "missing-key" Error "a key that the policy language needs";
        MovedKey "moved-key" Error "a key of an earlier version that is written elsewhere now";
        WrongType "wrong-type" Error "a value of another kind than the key wants";
        BadValue "bad-value" Error "a value that the key cannot take";
        BadName "invalid-name" Error "a name that Kubernetes, PostgreSQL or Prometheus would refuse";
        Invisible "invisible-character" Error "text with a character that nobody sees";
        TextTooLong "text-too-long" Error "a text for people of more than 4 KB";
        BadZone "unknown-zone" Error "a time zone that the IANA database does not have";
        UnknownTerritory "unknown-territory" Error "a territory that the profile does not declare";
        UnknownWorkload "unknown-workload" Error "a workload that the profile does not declare";
        UnknownHolidays "unknown-holiday-set" Error "a holiday set that the calendar does not declare";
        NameTooLong "name-too-long" Error "a ScaledObject whose HPA would have a name over 63 characters";
        DuplicateTarget "duplicate-target" Error "two workloads that scale the same Deployment";
        ReplicaRange "replica-range" Error "a minimum above its maximum, or of zero";
        ShareSum "share-sum" Warning "territory shares that do not add up to the whole";
        UnsupportedVersion "unsupported-version" Error "a KEDA or Kubernetes version whose behaviour is not modelled";
        UnknownArtifact "unknown-artifact" Error "an artifact that the compiler does not make";
        ArtifactWithout "artifact-without-base" Error "an artifact that is made of another one, which is not made";
        EmergencyBelowLimit "emergency-below-limit" Error "an emergency that begins below the limit whose breach it is to be";
        BurnNeverFires "burn-never-fires" Warning "an error budget so large that an alert on it could never fire";
        BaseUnreadable "base-unreadable" Error "somebody's own ScaledObject that cannot be found or read";
        BaseCron "base-cron" Error "somebody's own ScaledObject with schedules of its own";
        LimitBelowRequest "limit-below-request" Error "a replica that may use less than is kept for it";
        LastDayLeftOut "last-day-left-out" Warning "a plan that ends just before the last day of a year or a month";
        SameOutput "same-output" Error "two policies of a project that would write the same files";
        // resolve: dates and hours
        BadDateRule "bad-date-rule" Error "a date rule that cannot be read";
        NoSuchDay "no-such-day" Error "a date rule that has no day in any year of the plan";
        NotEveryYear "day-not-every-year" Warning "a date rule that has no day in some years of the plan";
        UnknownSeason "unknown-season" Error "a date that counts from a season that the calendar does not declare";
        SeasonCircle "season-circle" Error "seasons whose dates count from each other, or from one with several stretches";
        HolidayCircle "holiday-circle" Error "a holiday set that includes itself";
        WindowKeys "window-keys" Error "keys of a season that cannot stand beside each other";
        BadHours "bad-hours" Error "daily hours that cannot be read";
        BadDays "bad-days" Error "a day selection that cannot be read";
        EmptyWindow "empty-window" Error "a window that contains no instant";
        OutsideHorizon "outside-horizon" Warning "a window that lies outside the plan's horizon";
        OverlappingLeadIns "overlapping-lead-ins" Error "two lead-ins of one season with the same length";
        SkippedHour "skipped-hour" Error "a window boundary that the clocks jump over";
        RepeatedHour "repeated-hour" Error "a window boundary that the clocks show twice";
        HorizonTooLong "horizon-too-long" Error "a horizon over more years than cron's dates hold for";
        // plan: floors
        FloorOutOfRange "floor-out-of-range" Error "a floor outside the replica range of its target";
        FloorWithoutEffect "floor-without-effect" Warning "a floor that is no higher than the minimum";
        FloorMissing "floor-missing" Warning "a season that sets no floor for any workload of a territory";
        FloorLoadMismatch "floor-load-mismatch" Warning "a floor that disagrees with the expected load";
        NothingToScale "nothing-to-scale" Error "a target whose load is not measured and that no season raises";
        LoadWithoutBase "load-without-base" Error "a floor to be derived from a load whose base is unknown";
        HpaDeadband "hpa-deadband" Warning "a floor that the HPA's tolerance may keep the workload from reaching";
        // emit: schedules and templates
        InexpressibleDays "inexpressible-days" Error "a set of days that no cron schedule expresses exactly";
        DuplicateTrigger "duplicate-trigger-name" Error "two triggers of one ScaledObject with the same name";
        TemplateError "template-error" Error "a template that does not render";
        VersionTaken "migration-version-taken" Error "a Flyway version that another file already has";
        ReleasedMigration "released-migration" Error "a migration that has been released and would change";
        BaseWithoutPlace "base-without-place" Error "somebody's own ScaledObject to which no trigger can be added";
        // verify: files read back
        BaseRefused "base-refused" Error "somebody's own ScaledObject in which floors cannot hold";
        BaseFinding "base-finding" Warning "what audit has to say of somebody's own ScaledObject";
        YamlRejected "emitted-yaml-rejected" Error "an emitted manifest that is not the YAML that Kubernetes wants";
        ManifestRejected "emitted-manifest-rejected" Error "an emitted ScaledObject that KEDA would refuse";
        ClockChange "clock-change" Error "a floor that KEDA does not hold because of a change of the clocks";
        TargetMismatch "emitted-target-mismatch" Error "an emitted ScaledObject that does not match its target";
        FloorMismatch "emitted-floor-mismatch" Error "an emitted schedule that differs from the plan at some instant";
        RuleRejected "emitted-rule-rejected" Error "an emitted rule that Prometheus would refuse";
        RuleMismatch "emitted-rule-mismatch" Error "an emitted rule that disagrees with the plan";
        AnchorMissing "emitted-anchor-missing" Error "an alert whose runbook section does not exist";
        SqlRejected "emitted-sql-rejected" Error "an emitted migration that PostgreSQL or Flyway would refuse";
        SqlMismatch "emitted-sql-mismatch" Error "an emitted migration that lost one of its guarantees";
        RunbookMismatch "emitted-runbook-mismatch" Error "an emitted runbook that disagrees with the plan";
        FileRejected "emitted-file-rejected" Error "an emitted file that its reader would refuse";
        FileMismatch "emitted-file-mismatch" Error "an emitted file that disagrees with the plan, or with another file";
        ObjectTooLarge "emitted-object-too-large" Warning "an emitted object that is larger than its reader takes";
        // review: budgets
        OverBudget "over-budget" Error "floors that take more than the budget allows";
        // cli: the command line, today
        NotMade "not-made" Error "a file that the command line asks for and that the policy does not make";
        PlanNotBegun "plan-not-begun" Warning "a plan that has not begun";
        PlanExpires "plan-expires" Warning "a plan that ends within 30 days";
        PlanExpired "plan-expired" Error "a plan that has ended";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let mut ids: Vec<&str> = Code::ALL.iter().map(|code| code.id()).collect();
        assert!(
            ids.iter()
                .all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b.is_ascii_digit()))
        );
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Code::ALL.len());
    }
}
