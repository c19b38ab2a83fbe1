//! What a scaler wants to be set, where one of several ways will do: addresses, credentials, a target (KEDA: `Validate` and
//! the parse functions of the scalers in `pkg/scalers`, v2.20.2).

use super::unbuilt::Refused;
use crate::keda::parameters;
use crate::keda::scaledobject::Trigger;
use crate::quantity::Version;

/// Parameters that belong together.
type Way = &'static [&'static str];

/// One demand of some scalers.
pub(super) struct Demand {
    kinds: &'static [&'static str],
    when: When,
    ways: &'static [Way],
    is_exclusive: bool,
}

/// Where a demand counts.
#[derive(Clone, Copy)]
enum When {
    Always,
    /// Not of a trigger whose value goes into a formula.
    NoFormula,
    /// A setting has this text, or it is missing and this is its default.
    Is(&'static str, &'static str, bool),
    /// A switch is on.
    On(&'static str),
    /// A switch is off, or missing.
    Off(&'static str),
}

const fn one(kinds: &'static [&'static str], when: When, ways: &'static [Way]) -> Demand {
    Demand { kinds, when, ways, is_exclusive: false }
}

const fn exclusive(kinds: &'static [&'static str], ways: &'static [Way]) -> Demand {
    Demand { kinds, when: When::Always, ways, is_exclusive: true }
}

const REDIS: &[&str] = &[
    "redis",
    "redis-cluster",
    "redis-sentinel",
    "redis-streams",
    "redis-cluster-streams",
    "redis-sentinel-streams",
];

const BY_SRV: When = When::Is("scheme", "mongodb+srv", false);

const DEMANDS: &[Demand] = &[
    one(REDIS, When::Always, &[&["address"], &["host", "port"]]),
    one(
        &["postgresql"],
        When::Always,
        &[&["connection"], &["host", "port", "userName", "dbName", "sslmode"]],
    ),
    exclusive(&["azure-servicebus"], &[&["queueName"], &["topicName", "subscriptionName"]]),
    exclusive(&["gcp-pubsub"], &[&["subscriptionName"], &["topicName"]]),
    exclusive(&["elasticsearch", "opensearch"], &[&["searchTemplateName"], &["query"]]),
    one(&["azure-queue", "azure-blob", "azure-servicebus"], When::Always, &[&["connection"]]),
    one(&["azure-eventhub"], When::Always, &[&["connection", "storageConnection"]]),
    one(&["azure-pipelines"], When::Always, &[&["poolName"], &["poolID"]]),
    one(&["azure-pipelines"], When::Always, &[&["personalAccessToken"]]),
    one(&["azure-monitor"], When::Always, &[&["activeDirectoryClientId", "activeDirectoryClientPassword"]]),
    one(
        &["aws-cloudwatch"],
        When::Always,
        &[&["expression"], &["namespace", "metricName", "dimensionName", "dimensionValue"]],
    ),
    one(&["datadog"], When::Off(PROXY), &[&["query"]]),
    one(&["datadog"], When::Off(PROXY), &[&["apiKey", "appKey"]]),
    one(
        &["datadog"],
        When::On(PROXY),
        &[&["datadogMetricName", "datadogMetricNamespace", "datadogMetricsService", "datadogNamespace"]],
    ),
    one(&["datadog"], When::NoFormula, &[&["targetValue"]]),
    one(&["influxdb"], When::Is("influxVersion", "2", true), &[&["organizationName"]]),
    one(&["influxdb"], When::Is("influxVersion", "3", false), &[&["database", "metricKey"]]),
    one(&["influxdb"], When::NoFormula, &[&["thresholdValue"]]),
    one(&["elasticsearch"], When::Always, &[&["cloudID", "apiKey"], &["addresses", "username", "password"]]),
    one(&["opensearch"], When::Off("enableTLS"), &[&["username", "password"]]),
    one(&["opensearch"], When::On("enableTLS"), &[&["clientCert", "clientKey"]]),
    one(&["mongodb"], BY_SRV, &[&["connectionString"], &["host", "username", "password"]]),
    one(
        &["mongodb"],
        When::Is("scheme", "mongodb", true),
        &[&["connectionString"], &["host", "port", "username", "password"]],
    ),
    one(&["mssql"], When::Always, &[&["connectionString"], &["host"]]),
    one(
        &["github-runner"],
        When::Always,
        &[&["personalAccessToken"], &["appKey", "applicationID", "installationID"]],
    ),
    one(&["metrics-api", "azure-app-insights"], When::NoFormula, &[&["targetValue"]]),
    one(&["postgresql"], When::NoFormula, &[&["targetQueryValue"]]),
    one(&["arangodb", "couchdb"], When::NoFormula, &[&["queryValue"]]),
    one(&["predictkube"], When::NoFormula, &[&["threshold"]]),
    one(&["aws-dynamodb"], When::NoFormula, &[&["targetValue"]]),
];

const PROXY: &str = "useClusterAgentProxy";

impl When {
    fn counts(self, trigger: &Trigger, (keda, has_formula): (Version, bool)) -> bool {
        let is_on = |key| trigger.setting(key).and_then(|text| parameters::boolean(text, keda)) == Some(true);
        match self {
            Self::Always => true,
            Self::NoFormula => !has_formula,
            Self::Is(key, text, by_default) => match trigger.setting(key) {
                Some(written) => written == text,
                None => by_default && is_given(trigger, key, keda) == Some(false),
            },
            Self::On(key) => is_on(key),
            Self::Off(key) => !is_on(key) && is_given(trigger, key, keda).is_some(),
        }
    }
}

impl Demand {
    fn counts(&self, trigger: &Trigger, (keda, has_formula): (Version, bool)) -> bool {
        let is_said = |name: &&str| parameters::is_required(&trigger.kind.value, name, keda);
        self.kinds.contains(&trigger.kind.value.as_str())
            && self.when.counts(trigger, (keda, has_formula))
            && !self.ways.iter().any(|way| way.iter().any(&is_said))
    }

    /// What each way still wants of a TriggerAuthentication, where the manifest alone does not say that it is met; nothing of
    /// a way that it cannot complete.
    fn wanted(&self, trigger: &Trigger, keda: Version) -> Option<Vec<Vec<&'static str>>> {
        let mut wanted = Vec::new();
        for way in self.ways {
            let given: Vec<(&str, Option<bool>)> =
                way.iter().map(|name| (*name, is_given(trigger, name, keda))).collect();
            if given.iter().all(|(_, given)| *given == Some(true)) {
                return None;
            }
            if given.iter().all(|(_, given)| *given != Some(false)) {
                let open = given.iter().filter(|(_, given)| given.is_none());
                wanted.push(open.map(|(name, _)| *name).collect());
            }
        }
        Some(wanted)
    }

    fn refused(&self, trigger: &Trigger, keda: Version) -> Refused {
        let is_set = |name: &str| is_given(trigger, name, keda) == Some(true);
        let names = || self.ways.iter().flat_map(|way| way.iter().copied());
        if names().any(|name| !parameters::reads(&trigger.kind.value, name, keda)) {
            return None;
        }
        let set: Vec<&str> = names().filter(|name| is_set(name)).collect();
        let all: Vec<String> = self.ways.iter().map(|way| listed(way)).collect();
        match self.wanted(trigger, keda) {
            Some(wanted) if wanted.is_empty() => {
                let begun = self.ways.iter().find(|way| way.iter().any(|name| is_set(name)));
                let begun = begun.or(self.ways.first().filter(|_| self.ways.len() == 1));
                let lacking = begun.map(|way| way.iter().copied().filter(|name| !is_set(name)));
                let why = match lacking.map(Iterator::collect::<Vec<_>>) {
                    Some(one) if one.len() == 1 => format!("{} is not set", one[0]),
                    Some(several) => format!("{} are not set", listed(&several)),
                    None => format!("neither {} is set", all.join(" nor ")),
                };
                let at = set.first().copied().unwrap_or(self.ways[0][0]);
                Some((at, why, format!("set {}{}", all.join(", or "), self.place(trigger, keda))))
            }
            Some(_) => None,
            None if self.is_exclusive && !self.ways.iter().any(|way| **way == *set) => Some((
                set[set.len() - 1],
                format!("{} exclude each other", set.join(" and ")),
                format!("keep {}", all.join(", or ")),
            )),
            None => None,
        }
    }

    /// Where what is wanted is read, if not in the metadata.
    fn place(&self, trigger: &Trigger, keda: Version) -> &'static str {
        let mut names = self.ways.iter().flat_map(|way| way.iter());
        let is_secret = names.any(|name| parameters::is_of_authentication(&trigger.kind.value, name, keda));
        match is_secret && trigger.authentication_ref.is_none() {
            true => ": in the TriggerAuthentication of an authenticationRef, or as the scaler's page has it",
            false => "",
        }
    }
}

fn is_given(trigger: &Trigger, name: &str, keda: Version) -> Option<bool> {
    parameters::is_given(trigger, name, keda)
}

/// The first demand that is not met.
pub(super) fn refused(trigger: &Trigger, keda: Version, has_formula: bool) -> Refused {
    let demands = DEMANDS.iter().filter(|demand| demand.counts(trigger, (keda, has_formula)));
    demands.into_iter().find_map(|demand| demand.refused(trigger, keda))
}

/// `host, port and sslmode`
pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// What a TriggerAuthentication has to give, demand by demand: for each the ways of which one will do.
pub(super) fn wanted(trigger: &Trigger, keda: Version, has_formula: bool) -> Vec<Vec<Vec<&'static str>>> {
    let demands = DEMANDS.iter().filter(|demand| demand.counts(trigger, (keda, has_formula)));
    let wanted = demands.filter_map(|demand| demand.wanted(trigger, keda));
    wanted.filter(|ways| !ways.is_empty()).collect()
}
