//! What the services' series are called: `[platform.metrics]`.

use crate::name::MetricName;

/// The names of the series and labels that requests are counted by. Whatever asks for requests asks by these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metrics {
    /// Who names the series.
    pub preset: Preset,
    /// Counts requests.
    pub requests: MetricName,
    /// Counts them by how long they took, in seconds: the buckets of a histogram.
    pub histogram: MetricName,
    /// What a pod reports from its start on, requests or none.
    pub alive: MetricName,
    /// The label of the namespace that requests are told apart by; absent: they are not.
    pub namespace: Option<MetricName>,
    /// The label of the territory; absent: the series have none.
    pub territory: Option<MetricName>,
    /// The label of the workload; absent: the series have none.
    pub workload: Option<MetricName>,
    /// The label of the HTTP method.
    pub method: MetricName,
    /// The label of the answer's status.
    pub status: MetricName,
    /// The label of the path, for people who look.
    pub path: MetricName,
}

/// Who names the series where the policy does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Micrometer, as Quarkus and Spring Boot have it.
    Micrometer,
    /// OpenTelemetry's semantic conventions of HTTP servers 1.23, as Prometheus writes them.
    OpenTelemetry,
}

impl Preset {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Micrometer, Self::OpenTelemetry];

    /// As policies spell it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Micrometer => "micrometer",
            Self::OpenTelemetry => "opentelemetry",
        }
    }

    /// Its names.
    pub fn metrics(self) -> Metrics {
        let name = |text| {
            MetricName::parse(text).unwrap_or_else(|| unreachable!("internal error: {text} is not a name"))
        };
        let [requests, histogram, alive, method, status, path] = match self {
            Self::Micrometer => [
                "http_server_requests_seconds_count",
                "http_server_requests_seconds_bucket",
                "process_uptime_seconds",
                "method",
                "status",
                "uri",
            ],
            Self::OpenTelemetry => [
                "http_server_request_duration_seconds_count",
                "http_server_request_duration_seconds_bucket",
                "target_info",
                "http_request_method",
                "http_response_status_code",
                "http_route",
            ],
        };
        Metrics {
            preset: self,
            requests: name(requests),
            histogram: name(histogram),
            alive: name(alive),
            namespace: None,
            territory: Some(name("territory")),
            workload: Some(name("workload")),
            method: name(method),
            status: name(status),
            path: name(path),
        }
    }
}

impl Metrics {
    /// Whether the series say of what territory or workload they are.
    pub fn has_places(&self) -> bool {
        self.territory.is_some() || self.workload.is_some()
    }

    /// Whether the properties that configure Micrometer make just these series.
    pub fn is_of_micrometer(&self) -> bool {
        let own = Preset::Micrometer.metrics();
        *self == Self { namespace: self.namespace.clone(), ..own }
    }
}
