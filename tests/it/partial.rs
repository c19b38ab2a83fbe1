//! Policies that leave out what they do not use (`tests/cases/partial/`): each compiles, proves itself and passes the real
//! tools, and what is absent leaves no trace in any file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::report;
use seasonscale::source::Sources;

use crate::alerts::promtool::{assert_success, assert_tested, promtool};
use crate::policies::{self, source};

fn sources(name: &str) -> Sources {
    let folder = policies::root().join("tests/cases/partial").join(name);
    let read = |file: &str| source(file, &fs::read_to_string(folder.join(format!("{file}.toml"))).unwrap());
    Sources::new(read("calendar"), read("territories"))
}

fn made(name: &str) -> Vec<Artifact> {
    let sources = sources(name);
    let compiled = compile(&sources, &Templates::embedded())
        .unwrap_or_else(|found| panic!("{name}: {}", report::terminal(&found, &sources, false)));
    compiled.artifacts
}

fn names() -> Vec<String> {
    let folders = fs::read_dir(policies::root().join("tests/cases/partial")).unwrap();
    let mut names: Vec<String> =
        folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 6, "{names:?}");
    names
}

fn write(folder: &Path, artifacts: &[Artifact]) -> Vec<PathBuf> {
    let mut tests = Vec::new();
    for artifact in artifacts {
        let path = folder.join(&artifact.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &artifact.text).unwrap();
        if artifact.kind == ArtifactKind::AlertTests {
            tests.push(PathBuf::from(&artifact.path));
        }
    }
    tests
}

#[test]
fn the_smallest_policy_is_a_target_a_season_and_a_plan() {
    let sources = sources("smallest");
    let text = |id| sources.get(id).text.clone();
    let both = text(Sources::CALENDAR) + &text(Sources::TERRITORIES);
    let lines = both.lines().filter(|line| !line.trim().is_empty()).count();
    assert!(lines <= 12, "{lines} lines");
    let kinds: Vec<ArtifactKind> = made("smallest").iter().map(|artifact| artifact.kind).collect();
    let wanted = [
        ArtifactKind::Keda,
        ArtifactKind::Runbook,
        ArtifactKind::Kustomization,
        ArtifactKind::Seasons,
        ArtifactKind::Guide,
    ];
    assert_eq!(kinds, wanted);
}

/// As a cell of a table in Markdown shows it.
fn cell(text: &str) -> String {
    format!("<pre>{}</pre>", text.trim_end().replace('\n', "<br>"))
}

#[test]
fn the_readme_shows_the_smallest_policy_beside_what_comes_out() {
    let readme = fs::read_to_string(policies::root().join("README.md")).unwrap();
    let sources = sources("smallest");
    let [calendar, territories] =
        [Sources::CALENDAR, Sources::TERRITORIES].map(|id| sources.get(id).text.clone());
    let policy = cell(&format!("{calendar}\n{territories}"));
    let made = made("smallest");
    let manifest = made.iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
    let triggers: Vec<&str> = manifest
        .text
        .lines()
        .skip_while(|line| *line != "  triggers:")
        .map(|line| line.strip_prefix("  ").unwrap_or(line))
        .collect();
    let row = format!("| {policy} | {} |", cell(&triggers.join("\n")));
    assert!(readme.contains(&row), "put this into README.md:\n{row}");
}

#[test]
fn the_language_begins_with_the_smallest_policy() {
    let language = fs::read_to_string(policies::root().join(".docs/language.md")).unwrap();
    let shown: Vec<&str> =
        language.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    let sources = sources("smallest");
    for (shown, file) in shown.into_iter().zip([Sources::CALENDAR, Sources::TERRITORIES]) {
        assert_eq!(shown, sources.get(file).text);
    }
}

#[test]
fn promtool_and_kubectl_take_what_every_partial_policy_makes() {
    for name in names() {
        let artifacts = made(&name);
        let folder = tempfile::tempdir().unwrap();
        let tests = write(folder.path(), &artifacts);
        let makes = |kind| artifacts.iter().any(|artifact| artifact.kind == kind);
        if makes(ArtifactKind::Alerts) {
            let check = ["check", "rules", "--lint=all", "--lint-fatal"];
            assert_success(&promtool(folder.path(), &check, &["alerts-scaling.yml".into()]));
            assert!(tests.len() >= 4, "{name}");
            assert_tested(folder.path(), &tests);
        }
        if makes(ArtifactKind::Kustomization) {
            let kubectl =
                Command::new("kubectl").args(["kustomize", "."]).current_dir(folder.path()).output();
            let kubectl =
                kubectl.expect("kubectl is missing: install the Debian package `kubernetes-client`");
            assert!(kubectl.status.success(), "{name}: {}", String::from_utf8_lossy(&kubectl.stderr));
        }
    }
}

#[test]
fn a_share_of_a_limit_is_rounded_up_at_each_target_and_a_star_is_every_other_workload() {
    let artifacts = made("floors-as-shares");
    let manifests = artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
    let floors: Vec<&str> =
        manifests.text.lines().filter_map(|line| line.trim().strip_prefix("desiredReplicas: ")).collect();
    // checkout 4 to 60, search 3 to 41, mail 2 to 9; Black Friday, then the launch at 150 % of each minimum.
    assert_eq!(floors, ["\"36\"", "\"6\"", "\"4\"", "\"5\"", "\"5\"", "\"3\""]);
}

/// Words that belong to one part of a policy, and the policies that have that part.
const TRACES: [(&str, &[&str]); 7] = [
    ("utbox", &[]),
    ("NotifyQueue", &[]),
    ("_journal", &[]),
    ("USD", &["latency-without-a-journal"]),
    (
        "WorkloadLatencyHigh",
        &[
            "latency-without-a-journal",
            "one-service-without-labels",
            "opentelemetry",
            "own-queries-beside-counted-ones",
            "own-queries-of-two-territories",
        ],
    ),
    ("LatencyBudget", &["one-promise-of-two", "one-service-without-labels", "opentelemetry"]),
    ("runbook_url", &["latency-without-a-journal"]),
];

#[test]
fn what_is_absent_leaves_no_trace() {
    for name in names() {
        for artifact in made(&name) {
            for (word, owners) in TRACES {
                let is_there = artifact.text.contains(word);
                assert!(!is_there || owners.contains(&&*name), "{name}: `{word}` in {}", artifact.path);
            }
        }
    }
    for (word, owners) in TRACES {
        for owner in owners {
            assert!(made(owner).iter().any(|artifact| artifact.text.contains(word)), "{owner}: no `{word}`");
        }
    }
}

/// What Micrometer calls things, as a query or a person asks for it: the names of recorded series are ours.
const OF_MICROMETER: [&str; 7] = [
    "_seconds_count{",
    "_seconds_count[",
    "process_uptime_seconds",
    "`status`",
    " status=",
    "uri`",
    "Micrometer",
];

#[test]
fn whatever_asks_for_requests_asks_by_the_names_of_the_policy() {
    for name in ["opentelemetry", "one-service-without-labels"] {
        for artifact in made(name) {
            let asks = artifact.text.replace("request_duration_seconds_count", "");
            for word in OF_MICROMETER {
                let is_there = asks.lines().find(|line| line.contains(word) && !line.contains("kube_"));
                assert_eq!(is_there, None, "{name}: `{word}` in {}", artifact.path);
            }
        }
    }
    let text = |name: &str, kind| made(name).into_iter().find(|made| made.kind == kind).unwrap().text;
    let east = r#"http_server_request_duration_seconds_count{job="shop/otel", k8s_namespace_name="shop", service_name="checkout", region="EAST", http_request_method=~"POST|PUT"}[2m]"#;
    assert!(text("opentelemetry", ArtifactKind::Keda).contains(east));
    let rules = text("opentelemetry", ArtifactKind::Alerts);
    assert!(rules.contains(
        r#"http_response_status_code=~"5.."}[5m]), "territory", "$1", "region", "(.+)"), "workload""#
    ));
    let alone = "sum(rate(http_requests_total{app=\"api\"}[2m]))\n          or 0 * sum(up{app=\"api\"})";
    assert!(text("one-service-without-labels", ArtifactKind::Keda).contains(alone));
}

#[test]
fn a_queue_is_asked_for_by_the_query_of_its_owner() {
    let keda =
        |name: &str| made(name).into_iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
    assert!(keda("rabbitmq-alone").text.contains(r#"query: "sum(rabbitmq_queue_messages{queue='orders'})""#));
    assert!(keda("shop-in-two-regions").text.contains(r#"query: "max(orders_queue_oldest_seconds)""#));
}

/// Words of a query for the platform's series.
const OF_THE_PLATFORM: [&str; 4] =
    ["_seconds_bucket{", "_seconds_count{", "process_uptime_seconds", "reporting_pods"];

#[test]
fn what_has_queries_of_its_own_is_asked_by_them_alone() {
    let made = made("own-queries-of-two-territories");
    for artifact in &made {
        for word in OF_THE_PLATFORM {
            let is_there = artifact.text.lines().find(|line| line.contains(word));
            assert_eq!(is_there, None, "`{word}` in {}", artifact.path);
        }
    }
    let text = |kind| &made.iter().find(|made| made.kind == kind).unwrap().text;
    let rps = "sum(rate(envoy_requests_total{cluster='checkout', region='EAST'}[2m]))";
    let p95 = "max(envoy_p95_seconds{cluster='checkout', region='EAST'})";
    let guard = format!(
        "query: \"({rps}) * (1.5 * (({p95}) > bool 0.2) + 0.5 * (({p95}) > bool 0.3)) or 0 * ({rps})\""
    );
    let manifest = text(ArtifactKind::Keda);
    assert!(manifest.contains(&format!("query: \"{rps}\"")) && manifest.contains(&guard), "{manifest}");
    let rules = text(ArtifactKind::Alerts);
    let alerts: Vec<&str> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    for alert in
        ["WorkloadLatencyHigh", "LatencyAboveScalerGuard", "ScalerAtMaxReplicas", "PreScaleWithoutLoad"]
    {
        assert!(alerts.contains(&alert), "{alert}: {alerts:?}");
    }
    for alert in ["RequestsFailing", "TerritoryLatencyHigh", "PodsNotScraped", "LatencyBudgetFastBurn"] {
        assert!(!alerts.contains(&alert), "{alert}");
    }
    assert!(rules.contains(rps) && rules.contains(&rps.replace("EAST", "WEST")), "{rules}");
}

#[test]
fn a_journal_that_is_not_made_here_and_scales_nothing_is_not_watched() {
    let alerts = |make: &str| {
        let reference = policies::reference();
        let worker = "[workloads.outbox-worker]";
        let mut territories = reference.get(Sources::TERRITORIES).text.clone();
        assert!(territories.contains("[journal]") && territories.contains(worker));
        territories.push_str(&format!("\n[artifacts]\nmake = [{make}]\n"));
        // The worker has queries of its own: nothing is scaled by the journal's views.
        let own = format!("{worker}\npending = \"sum(depth)\"\nlag = \"max(age)\"");
        let territories = territories.replacen(worker, &own, 1);
        let calendar = reference.get(Sources::CALENDAR).clone();
        let sources = Sources::new(calendar, source("territories", &territories));
        let compiled = compile(&sources, &Templates::embedded())
            .unwrap_or_else(|found| panic!("{}", report::terminal(&found, &sources, false)));
        compiled.artifacts.into_iter().find(|made| made.kind == ArtifactKind::Alerts).unwrap().text
    };
    let watched = ["JournalMetricsAbsent", "OutboxLagHigh", "_listeners"];
    let (without, with) = (alerts("\"keda\", \"alerts\""), alerts("\"keda\", \"alerts\", \"journal\""));
    for word in watched {
        assert!(!without.contains(word) && with.contains(word), "{word}");
    }
}
