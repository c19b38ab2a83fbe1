//! What is proven of each kind of file, whoever wrote its template, and what is only the design of our own templates, which the
//! tests hold. `.docs/proofs.md` is written from this table.

use crate::artifact::ArtifactKind;

/// Both kinds of claims about a kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// What a run refuses to write otherwise.
    pub proven: &'static [&'static str],
    /// What a replaced template may change; empty where it may change nothing.
    pub designed: &'static [&'static str],
}

/// The claims about a kind.
///
/// # Panics
///
/// If a kind has none: a test asks for all of them.
pub fn claims(kind: ArtifactKind) -> Claims {
    let row = CLAIMS.iter().find(|(of, _)| *of == kind);
    row.expect("internal error: every kind has claims").1
}

const CLAIMS: [(ArtifactKind, Claims); 23] = [
    (
        ArtifactKind::Keda,
        Claims {
            proven: &[
                "the floors that KEDA computes from the cron triggers, at every instant of the plan, in each zone",
                "minimum, maximum, target, scale-down window, replicas that may be added a minute",
                "load queries, parsed: metrics, matchers, thresholds, the limits of the latency guard",
                "a fallback between minimum and maximum, no pause, no annotation that KEDA would read",
                "labels of territory and workload, and until when the object holds",
            ],
            designed: &[
                "labels and annotations of your own",
                "how fast replicas leave",
                "failures before the fallback holds",
            ],
        },
    ),
    (
        ArtifactKind::KedaPatches,
        Claims {
            proven: &[
                "put into the owner's object, our triggers give the floors of the plan at every instant",
                "everything else of the owner's object stays as it is",
            ],
            designed: &["comments"],
        },
    ),
    (
        ArtifactKind::KedaTriggers,
        Claims {
            proven: &[
                "put into the owner's object, our triggers give the floors of the plan at every instant",
                "everything else of the owner's object stays as it is",
            ],
            designed: &["comments"],
        },
    ),
    (
        ArtifactKind::Alerts,
        Claims {
            proven: &[
                "floors and seasons as series: evaluated and compared with the plan at every second; a group that says its interval says a minute or less",
                "each limit of the policy is watched, from the side that it is a limit of",
                "queries of the policy are asked as they are; requests, replicas and scalers are those of the plan alone",
                "a floor that is missed, the plan's end and each promised p95 reach somebody; nobody is woken before a replica can have started",
                "severity, category, cause and team on every alert; texts that Prometheus can expand, with labels that the series have; links into the runbook that lead somewhere",
            ],
            designed: &[
                "alerts, records and labels of your own",
                "limits of no key of the policy, `for` and `keep_firing_for`",
                "which other alert keeps one back, and all wording",
            ],
        },
    ),
    (
        ArtifactKind::KeptAlerts,
        Claims {
            proven: &[
                "every ScaledObject of others with triggers of ours, by its names, namespace and HPA",
                "series of those namespaces and of our triggers alone; the plan's end",
                "somebody is woken for a missed floor, not before pods and nodes can have started",
            ],
            designed: &["alerts of your own, `for`, and all wording"],
        },
    ),
    (
        ArtifactKind::Journal,
        Claims {
            proven: &[
                "PostgreSQL's grammar and Flyway's rules",
                "isolation of territories, no event lost or delivered twice, NOTIFY that cannot hurt a commit, who may do what",
                "settings, territories and limits of the policy",
            ],
            designed: &["indexes, views and functions of your own, each with a comment", "comments"],
        },
    ),
    (
        ArtifactKind::Undo,
        Claims {
            proven: &["it looks before it drops, drops only what is the journal's, and cannot stop half-way"],
            designed: &["comments"],
        },
    ),
    (
        ArtifactKind::JournalPurge,
        Claims {
            proven: &["schedule, zone, image, login and statement", "the restricted Pod Security Standard"],
            designed: &["resources, retries, deadlines"],
        },
    ),
    (
        ArtifactKind::SqlExporter,
        Claims {
            proven: &["every metric is a column of a view; whatever rules and scalers ask for is there"],
            designed: &["metrics of your own"],
        },
    ),
    (
        ArtifactKind::Runbook,
        Claims {
            proven: &[
                "the tables of the year, of targets, territories, workloads, limits and objects of others, cell by cell",
                "until when it holds; links that lead somewhere",
            ],
            designed: &["sections of your own, and all other wording"],
        },
    ),
    (
        ArtifactKind::Deployments,
        Claims {
            proven: &[
                "three objects of each target and no other; names, labels, image, ports, probes' paths, resources of the policy",
                "no count of replicas; a rollout that costs no capacity; a budget that lets a drain go on",
                "the restricted Pod Security Standard",
            ],
            designed: &["variables, volumes, containers behind the first, periods of probes, grace"],
        },
    ),
    (
        ArtifactKind::PrometheusRule,
        Claims {
            proven: &["the rules of the other file, group by group, and until when they hold"],
            designed: &["labels and annotations of your own"],
        },
    ),
    (
        ArtifactKind::KeptPrometheusRule,
        Claims {
            proven: &["the rules of the other file, group by group, and until when they hold"],
            designed: &["labels and annotations of your own"],
        },
    ),
    (
        ArtifactKind::PodMonitor,
        Claims {
            proven: &[
                "the pods of every target and no others, port, path, and the labels that rules ask for",
            ],
            designed: &["interval and time-out of a scrape"],
        },
    ),
    (
        ArtifactKind::AlertmanagerInhibit,
        Claims {
            proven: &[
                "an alert is kept back only by one of the same cause and territory, a foreign one by nothing",
            ],
            designed: &["rules about alerts of your own"],
        },
    ),
    (
        ArtifactKind::AlertTests,
        Claims {
            proven: &[
                "every alert is silent once and fires once; what the calendar expects is what the plan says",
            ],
            designed: &["further tests"],
        },
    ),
    (
        ArtifactKind::Kustomization,
        Claims {
            proven: &["every Kubernetes file that is made and no other; nothing is renamed"],
            designed: &["comments"],
        },
    ),
    (
        ArtifactKind::Dashboards,
        Claims {
            proven: &[
                "panels that do not overlap, with units; queries that Prometheus reads",
                "series of the plan that somebody records; lines at the policy's limits; the policy's price",
            ],
            designed: &["panels, queries and wording of your own"],
        },
    ),
    (
        ArtifactKind::Micrometer,
        Claims {
            proven: &["every bucket and label that rules and scalers ask for; the path of the scrape"],
            designed: &["properties of your own"],
        },
    ),
    (
        ArtifactKind::MicrometerSpring,
        Claims {
            proven: &["every bucket and label that rules and scalers ask for; the path of the scrape"],
            designed: &["properties of your own"],
        },
    ),
    (
        ArtifactKind::Load,
        Claims {
            proven: &["shares, rates, methods, gates and seasons that the script reads"],
            designed: &["what the script does with them"],
        },
    ),
    (
        ArtifactKind::Seasons,
        Claims {
            proven: &["the events, expanded, are the windows of the plan; clocks and floors"],
            designed: &["what is said around the floors"],
        },
    ),
    (
        ArtifactKind::Guide,
        Claims {
            proven: &[
                "every file that is made and no other; minimum, maximum and highest floor of each target; until when it holds",
            ],
            designed: &["all other wording and commands"],
        },
    ),
];
