//! The files that the compiler makes: which kinds there are, what they are called, and their text.

/// Declares the kinds: variant, id, what it is.
macro_rules! kinds {
    ($($variant:ident $id:literal $about:literal;)*) => {
        /// A kind of file. The order is the order in which files are made, verified and reported.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ArtifactKind {
            $(#[doc = $about] $variant,)*
        }

        impl ArtifactKind {
            /// All kinds, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word for it in `[artifacts]` and on the command line.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// What it is, in a few words.
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => $about,)* }
            }
        }
    };
}

kinds! {
    Keda "keda" "KEDA ScaledObjects";
    KedaPatches "keda-patches" "Cron triggers as a kustomize component";
    KedaTriggers "keda-triggers" "Cron triggers as values of a chart";
    Alerts "alerts" "Prometheus rules";
    KeptAlerts "kept-alerts" "Prometheus rules for ScaledObjects of others";
    Journal "journal" "The Flyway migration";
    Undo "undo" "The script that takes the migration back";
    JournalPurge "journal-purge" "A CronJob that removes delivered events from the journal";
    SqlExporter "sql-exporter" "What sql_exporter asks of the journal";
    Runbook "runbook" "The runbook";
    Deployments "deployments" "Deployments, Services and disruption budgets";
    PrometheusRule "prometheus-rule" "The rules as an object of the Prometheus operator";
    KeptPrometheusRule "kept-prometheus-rule" "The rules for ScaledObjects of others as an object of the Prometheus operator";
    PodMonitor "pod-monitor" "How the Prometheus operator finds the services";
    AlertmanagerInhibit "alertmanager-inhibit" "What Alertmanager keeps back while somebody is woken";
    AlertTests "alert-tests" "Tests of the rules, for promtool";
    Kustomization "kustomization" "The Kubernetes files as one";
    Dashboards "dashboards" "Grafana dashboards";
    Micrometer "micrometer" "What Quarkus measures, and in which buckets";
    MicrometerSpring "micrometer-spring" "The same for Spring Boot";
    Load "load" "A load test for k6";
    Seasons "seasons" "The seasons as a feed for people's calendars";
    Guide "guide" "How to apply the files, check them and take them back";
}

impl ArtifactKind {
    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.id() == id)
    }

    /// Whether it is made of targets alone whose ScaledObjects are ours.
    pub fn is_about_owned(self) -> bool {
        match self {
            Self::Alerts
            | Self::Deployments
            | Self::PrometheusRule
            | Self::PodMonitor
            | Self::AlertmanagerInhibit
            | Self::AlertTests
            | Self::Dashboards
            | Self::Micrometer
            | Self::MicrometerSpring
            | Self::Load => true,
            Self::Keda
            | Self::KedaPatches
            | Self::KedaTriggers
            | Self::KeptAlerts
            | Self::KeptPrometheusRule
            | Self::Journal
            | Self::Undo
            | Self::JournalPurge
            | Self::SqlExporter
            | Self::Kustomization
            | Self::Runbook
            | Self::Seasons
            | Self::Guide => false,
        }
    }

    /// The kind by which this one is asked for: whose objects there are, and how triggers reach them, is said elsewhere.
    pub fn asked_as(self) -> Self {
        if matches!(self, Self::KedaPatches | Self::KedaTriggers) {
            return Self::Keda;
        }
        if self == Self::KeptAlerts {
            return Self::Alerts;
        }
        if self == Self::KeptPrometheusRule { Self::PrometheusRule } else { self }
    }

    /// The kind without which this one says nothing.
    pub fn needs(self) -> Option<Self> {
        match self {
            Self::Undo => Some(Self::Journal),
            Self::PrometheusRule | Self::AlertmanagerInhibit | Self::AlertTests | Self::Dashboards => {
                Some(Self::Alerts)
            }
            Self::Kustomization => Some(Self::Keda),
            Self::PodMonitor => Some(Self::Deployments),
            Self::KeptPrometheusRule => Some(Self::KeptAlerts),
            Self::Keda
            | Self::KedaPatches
            | Self::KedaTriggers
            | Self::Alerts
            | Self::KeptAlerts
            | Self::Journal
            | Self::JournalPurge
            | Self::SqlExporter
            | Self::Runbook
            | Self::Deployments
            | Self::Micrometer
            | Self::MicrometerSpring
            | Self::Load
            | Self::Seasons
            | Self::Guide => None,
        }
    }
}

impl ArtifactKind {
    /// Whether it is among what `kubectl apply` is given.
    pub fn is_for_the_cluster(self) -> bool {
        match self {
            Self::Keda
            | Self::JournalPurge
            | Self::Deployments
            | Self::PrometheusRule
            | Self::KeptPrometheusRule
            | Self::PodMonitor
            | Self::Kustomization => true,
            Self::KedaPatches
            | Self::KedaTriggers
            | Self::Alerts
            | Self::KeptAlerts
            | Self::Journal
            | Self::Undo
            | Self::SqlExporter
            | Self::Runbook
            | Self::AlertmanagerInhibit
            | Self::AlertTests
            | Self::Dashboards
            | Self::Micrometer
            | Self::MicrometerSpring
            | Self::Load
            | Self::Seasons
            | Self::Guide => false,
        }
    }
}

/// The manifest's file name.
pub const KEDA_FILE: &str = "keda-scalers.yaml";
/// The kustomize component that adds our triggers to objects of others.
pub const KEDA_PATCHES_FILE: &str = "keda-patches/kustomization.yaml";
/// Our triggers as values for charts.
pub const KEDA_TRIGGERS_FILE: &str = "keda-triggers.yaml";
/// The rules' file name.
pub const ALERTS_FILE: &str = "alerts-scaling.yml";
/// The file name of the rules for ScaledObjects of others.
pub const KEPT_ALERTS_FILE: &str = "alerts-kept.yml";
/// The file name of the same as an object.
pub const KEPT_PROMETHEUS_RULE_FILE: &str = "prometheus-rule-kept.yaml";
/// The Deployments' file name.
pub const DEPLOYMENTS_FILE: &str = "deployments.yaml";
/// The file name of what removes delivered events.
pub const JOURNAL_PURGE_FILE: &str = "journal-purge.yaml";
/// The file name of the exporter's queries, as its `collector_files` look for it.
pub const SQL_EXPORTER_FILE: &str = "journal.collector.yml";
/// The file name of what finds the services.
pub const POD_MONITOR_FILE: &str = "pod-monitor.yaml";
/// The file name of the rules as an object.
pub const PROMETHEUS_RULE_FILE: &str = "prometheus-rule.yaml";
/// The file name of Alertmanager's inhibition rules.
pub const ALERTMANAGER_INHIBIT_FILE: &str = "alertmanager-inhibit.yml";
/// The file name of the rules' tests, which promtool reads.
pub const ALERT_TESTS_FILE: &str = "alerts-scaling.test.yml";
/// The folder of the tests that each look at one instant of the plan.
pub const ALERT_TESTS_FOLDER: &str = "alerts-calendar";
/// The file name that kustomize looks for.
pub const KUSTOMIZATION_FILE: &str = "kustomization.yaml";
/// The path of the dashboard that shows territories.
pub const PERFORMANCE_DASHBOARD_FILE: &str = "dashboards/territory-performance.json";
/// The path of the dashboard that shows money.
pub const COST_DASHBOARD_FILE: &str = "dashboards/cost-roi.json";
/// The file name of the metrics' settings for Quarkus.
pub const MICROMETER_FILE: &str = "micrometer.properties";
/// The file name of the metrics' settings for Spring Boot.
pub const MICROMETER_SPRING_FILE: &str = "micrometer-spring.properties";
/// The path of the load test.
pub const LOAD_FILE: &str = "load/seasonal-load.js";
/// The feed's file name.
pub const SEASONS_FILE: &str = "seasons.ics";
/// The guide's file name.
pub const GUIDE_FILE: &str = "README.md";
/// The runbook's file name.
pub const RUNBOOK_FILE: &str = "runbook-seasonal.md";

/// One made file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// What it is.
    pub kind: ArtifactKind,
    /// Its path inside the output folder, with slashes: `alerts-scaling.yml`.
    pub path: String,
    /// Its whole content: UTF-8, ending in a line feed.
    pub text: String,
}
