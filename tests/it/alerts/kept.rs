//! The rules for ScaledObjects of others in Prometheus' own hands: a cluster in which all is well, and one thing at a time that
//! is not.

use std::fmt::Write as _;
use std::fs;

use seasonscale::artifact::{Artifact, ArtifactKind, KEPT_ALERTS_FILE};
use seasonscale::compile::{Compiled, compile};
use seasonscale::emit::Templates;
use seasonscale::report;
use seasonscale::source::{Source, Sources};
use seasonscale::verify::verify;

use super::promtool::{assert_success, assert_tested, promtool};
use crate::design;
use crate::policies::source;

const OBJECTS: &str = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {name: web}
  minReplicaCount: 2
  advanced: {horizontalPodAutoscalerConfig: {name: web-hpa}}
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: ledger, namespace: pay}
spec:
  scaleTargetRef: {kind: StatefulSet, name: ledger-db}
  minReplicaCount: 1
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: thumbs, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: thumbs}
  minReplicaCount: 0
  triggers: [{type: rabbitmq, metadata: {queueName: thumbs, mode: QueueLength, value: \"20\", hostFromEnv: RABBIT}}]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: still, namespace: shop}
spec:
  scaleTargetRef: {name: still}
  minReplicaCount: 2
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]
";

/// A team with nothing but objects of its own, in two namespaces; one of them has no season.
fn sources(more: &str) -> Sources {
    on("team = \"shop\"", more)
}

/// The same with a line of the platform's own.
fn on(platform: &str, more: &str) -> Sources {
    let calendar = "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n\
         [seasons.office]\nfrom = \"01-01\"\nto = \"12-31\"\nhours = \"07:00-19:00\"\n\
         floor = { web = 6, ledger = 4, thumbs = 3 }\n";
    let own = |name: &str| {
        format!("[workloads.{name}]\nscaledobject = {{ file = \"base.yaml\", name = \"{name}\" }}\n")
    };
    let workloads = ["web", "ledger", "thumbs", "still"].map(own).concat();
    let platform =
        format!("[platform]\nzone = \"UTC\"\nprometheus-url = \"http://prometheus:9090\"\n{platform}\n");
    let territories = format!("{platform}{workloads}{more}");
    let objects = Source { name: "policies/base.yaml".to_owned(), text: OBJECTS.to_owned() };
    Sources::new(source("calendar", calendar), source("territories", &territories))
        .with_manifest("base.yaml", objects)
}

fn compiled(sources: &Sources) -> Compiled {
    compile(sources, &Templates::embedded())
        .unwrap_or_else(|found| panic!("{}", report::terminal(&found, sources, false)))
}

fn of_kind(compiled: &Compiled, kind: ArtifactKind) -> &Artifact {
    compiled.artifacts.iter().find(|artifact| artifact.kind == kind).unwrap()
}

/// Inside of a season, with all of it reached; the Rollout rests at none, for its queue is empty and it has no season now.
const WELL: [(&str, &str); 16] = [
    (
        "keda_scaler_active{exported_namespace=\"shop\", scaledObject=\"web\", scaler=\"seasonscale_office\"}",
        "1",
    ),
    (
        "keda_scaler_metrics_value{exported_namespace=\"shop\", scaledObject=\"web\", scaler=\"seasonscale_office\"}",
        "6",
    ),
    ("keda_scaler_active{exported_namespace=\"shop\", scaledObject=\"web\", scaler=\"cpu\"}", "1"),
    ("keda_scaler_metrics_value{exported_namespace=\"shop\", scaledObject=\"web\", scaler=\"cpu\"}", "50"),
    (
        "keda_scaler_active{exported_namespace=\"pay\", scaledObject=\"ledger\", scaler=\"seasonscale_office\"}",
        "1",
    ),
    (
        "keda_scaler_metrics_value{exported_namespace=\"pay\", scaledObject=\"ledger\", scaler=\"seasonscale_office\"}",
        "4",
    ),
    (
        "keda_scaler_active{exported_namespace=\"shop\", scaledObject=\"thumbs\", scaler=\"seasonscale_office\"}",
        "0",
    ),
    (
        "keda_scaler_metrics_value{exported_namespace=\"shop\", scaledObject=\"thumbs\", scaler=\"seasonscale_office\"}",
        "1",
    ),
    ("kube_deployment_status_replicas_ready{namespace=\"shop\", deployment=\"web\"}", "6"),
    ("kube_statefulset_status_replicas_ready{namespace=\"pay\", statefulset=\"ledger-db\"}", "4"),
    (
        "kube_horizontalpodautoscaler_status_current_replicas{namespace=\"shop\", horizontalpodautoscaler=\"keda-hpa-thumbs\"}",
        "0",
    ),
    (
        "kube_horizontalpodautoscaler_spec_max_replicas{namespace=\"shop\", horizontalpodautoscaler=\"web-hpa\"}",
        "100",
    ),
    (
        "kube_horizontalpodautoscaler_spec_max_replicas{namespace=\"pay\", horizontalpodautoscaler=\"keda-hpa-ledger\"}",
        "100",
    ),
    (
        "kube_horizontalpodautoscaler_spec_max_replicas{namespace=\"shop\", horizontalpodautoscaler=\"keda-hpa-thumbs\"}",
        "100",
    ),
    (
        "kube_horizontalpodautoscaler_status_condition{namespace=\"shop\", horizontalpodautoscaler=\"keda-hpa-thumbs\", condition=\"ScalingActive\", status=\"false\"}",
        "1",
    ),
    // Another team's Deployment of the same name, with nothing ready.
    ("kube_deployment_status_replicas_ready{namespace=\"other\", deployment=\"web\"}", "0"),
];

/// What happens: series whose selectors have all of these parts show something else, or nothing; series that are new; and which
/// alerts fire of it.
struct Incident {
    name: &'static str,
    changed: &'static [(&'static [&'static str], Option<&'static str>)],
    new: &'static [(&'static str, &'static str)],
    fires: &'static [&'static str],
}

const INCIDENTS: [Incident; 16] = [
    Incident { name: "all is well", changed: &[], new: &[], fires: &[] },
    Incident {
        name: "a Deployment has too few ready",
        changed: &[(&["kube_deployment", "shop"], Some("4"))],
        new: &[],
        fires: &["KeptFloorMissed"],
    },
    Incident {
        name: "a StatefulSet has too few ready",
        changed: &[(&["kube_statefulset"], Some("3"))],
        new: &[],
        fires: &["KeptFloorMissed"],
    },
    Incident {
        name: "a StatefulSet starts one pod after the other, and the last one was ready seven minutes ago",
        changed: &[(&["kube_statefulset"], Some("1x200 2x24 3"))],
        new: &[],
        fires: &[],
    },
    Incident {
        name: "a StatefulSet started one pod after the other, and none for twelve minutes",
        changed: &[(&["kube_statefulset"], Some("1x180 2x30 3"))],
        new: &[],
        fires: &["KeptFloorMissed"],
    },
    Incident {
        name: "the Rollout's season comes and it stays at none",
        changed: &[(&["active", "thumbs"], Some("1")), (&["metrics_value", "thumbs"], Some("3"))],
        new: &[],
        fires: &["KeptFloorMissed"],
    },
    Incident {
        name: "more run than the floor asks for",
        changed: &[(&["kube_deployment", "shop"], Some("30"))],
        new: &[],
        fires: &[],
    },
    Incident {
        name: "nobody counts ready replicas of the Deployment, and the HPA counts too few",
        changed: &[(&["kube_deployment", "shop"], None)],
        new: &[(
            "kube_horizontalpodautoscaler_status_current_replicas{namespace=\"shop\", horizontalpodautoscaler=\"web-hpa\"}",
            "4",
        )],
        fires: &["KeptFloorMissed"],
    },
    Incident {
        name: "each in its turn misses its floor for ten minutes, and none for twelve",
        changed: &[
            (
                &["kube_deployment", "shop"],
                Some("6x19 4x19 6x19 4x19 6x19 4x19 6x19 4x19 6x19 4x19 6x19 4x19 6"),
            ),
            (&["kube_statefulset"], Some("3x19 4x19 3x19 4x19 3x19 4x19 3x19 4x19 3x19 4x19 3x19 4x19 3")),
        ],
        new: &[],
        fires: &[],
    },
    Incident {
        name: "a floor is missed at the first look of Prometheus",
        changed: &[(&["kube_deployment", "shop"], Some("_x218 4"))],
        new: &[],
        fires: &[],
    },
    Incident {
        name: "its owner applied a file without the floors",
        changed: &[(&["keda_", "ledger", "seasonscale_"], None)],
        new: &[],
        fires: &["KeptFloorsNotApplied"],
    },
    Incident {
        name: "one is paused: KEDA says nothing of its triggers any more",
        changed: &[(&["keda_", "ledger", "seasonscale_"], None)],
        new: &[("keda_scaled_object_paused{exported_namespace=\"pay\", scaledObject=\"ledger\"}", "1")],
        fires: &["KeptObjectPaused"],
    },
    Incident {
        name: "an HPA with a name of its own is gone",
        changed: &[(&["spec_max", "web-hpa"], None)],
        new: &[],
        fires: &["KeptTargetNotScaled"],
    },
    Incident {
        name: "KEDA cannot read a trigger",
        changed: &[],
        new: &[("keda_scaled_object_errors_total{exported_namespace=\"shop\", scaledObject=\"web\"}", "0+2")],
        fires: &["KeptScalerErrors"],
    },
    Incident {
        name: "KEDA is away",
        changed: &[(&["keda_"], None)],
        new: &[],
        fires: &["KeptMetricsAbsent"],
    },
    Incident {
        name: "kube-state-metrics is away",
        changed: &[(&["kube_"], None)],
        new: &[],
        fires: &["KeptMetricsAbsent"],
    },
];

impl Incident {
    /// A case for promtool: two hours of it, and what fires then.
    fn case(&self) -> String {
        let mut case = format!("  - name: {:?}\n    interval: 30s\n    input_series:\n", self.name);
        let changed = |selector: &str| {
            let meant =
                |parts: &&(&[&str], Option<&'static str>)| parts.0.iter().all(|part| selector.contains(part));
            self.changed.iter().find(meant).map(|(_, value)| *value)
        };
        let well = WELL
            .iter()
            .filter_map(|(selector, value)| Some((selector, changed(selector).unwrap_or(Some(value))?)));
        for (selector, value) in well.chain(self.new.iter().map(|(selector, value)| (selector, *value))) {
            writeln!(case, "      - {{series: '{selector}', values: '{value}x240'}}").unwrap();
        }
        let samples: Vec<String> = self
            .fires
            .iter()
            .map(|alert| format!("{{labels: '{{alertname=\"{alert}\"}}', value: 1}}"))
            .collect();
        // The plan of 2026 ends long after promtool's 1970.
        writeln!(
            case,
            "    promql_expr_test:\n      - expr: count by (alertname) (ALERTS{{alertstate=\"firing\"}})\n        eval_time: 2h\n        exp_samples: [{}]",
            samples.join(", ")
        )
        .unwrap();
        case
    }
}

#[test]
fn each_loss_of_a_floor_is_told_and_nothing_else() {
    let compiled = compiled(&sources(""));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(KEPT_ALERTS_FILE), &of_kind(&compiled, ArtifactKind::KeptAlerts).text)
        .unwrap();
    let cases: String = INCIDENTS.iter().map(Incident::case).collect();
    let text = format!("rule_files: [{KEPT_ALERTS_FILE}]\nevaluation_interval: 30s\ntests:\n{cases}");
    fs::write(folder.path().join("kept.test.yml"), text).unwrap();
    let check = ["check", "rules", "--lint=all", "--lint-fatal"];
    assert_success(&promtool(folder.path(), &check, &[KEPT_ALERTS_FILE.into()]));
    assert_tested(folder.path(), &["kept.test.yml".into()]);
}

#[test]
fn the_alert_names_the_objects_by_their_own_namespaces() {
    let rules = compiled(&sources(""));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(KEPT_ALERTS_FILE), &of_kind(&rules, ArtifactKind::KeptAlerts).text).unwrap();
    let told = Incident {
        name: "two at once",
        changed: &[(&["kube_deployment", "shop"], Some("4")), (&["kube_statefulset"], Some("3"))],
        new: &[],
        fires: &["KeptFloorMissed"],
    };
    let text = format!(
        "rule_files: [{KEPT_ALERTS_FILE}]\nevaluation_interval: 30s\ntests:\n{}    alert_rule_test:\n      - eval_time: 1h\n        alertname: KeptFloorMissed\n        exp_alerts:\n          - exp_labels: {{plan: default, namespace: default, severity: critical, team: shop, category: scaling, cause: serving}}\n            exp_annotations:\n              summary: 'A season lacks replicas: pay/ledger (floor 4), shop/web (floor 6)'\n              description: \"For 12m 2 of the objects of others has had fewer replicas than its floor: pay/ledger (floor 4), shop/web (floor 6). Look for pods that are Pending or crash; the HPA's events say why it asks for fewer.\"\n",
        told.case()
    );
    fs::write(folder.path().join("told.test.yml"), text).unwrap();
    assert_tested(folder.path(), &["told.test.yml".into()]);
}

/// Each change to the file, and the words by which it is refused.
#[test]
fn rules_that_look_elsewhere_are_refused() {
    let compiled = compiled(&sources(""));
    let rules = of_kind(&compiled, ArtifactKind::KeptAlerts);
    assert_eq!(verify(&compiled.plan, std::slice::from_ref(rules)), []);
    for (from, to, wanted) in [
        ("horizontalpodautoscaler: \"web-hpa\"", "horizontalpodautoscaler: \"keda-hpa-web\"", "is missing"),
        ("object_namespace: pay", "object_namespace: shop", "is missing"),
        ("kind: \"StatefulSet\"", "kind: \"Deployment\"", "is missing"),
        ("exported_namespace=~\"pay|shop\"", "exported_namespace=~\"shop\"", "of others too, or not of all"),
        (
            "namespace=~\"pay|shop\", condition",
            "namespace!=\"pay\", condition",
            "of others too, or not of all",
        ),
        ("scaler=~\"seasonscale_.+\"", "scaler=~\".+\"", "of others too, or not of all"),
        ("bool{plan=\"default\"}[12m]", "bool{plan=\"default\"}[2m]", "wakes somebody before"),
        ("vector(1798761600)", "vector(1830297600)", "is missing"),
        (
            "scaledobject:seasonscale_kept_paused:now\n",
            "scaledobject:seasonscale_kept_paused:then\n",
            "kept_paused",
        ),
        ("- alert: KeptFloorMissed", "- alert: [", "is not a file of rules"),
    ] {
        let text = rules.text.replacen(from, to, 1);
        assert_ne!(text, rules.text, "{from}");
        let found = verify(&compiled.plan, &[Artifact { text, ..rules.clone() }]);
        assert!(found.iter().any(|found| found.title.contains(wanted)), "{from}: {found:#?}");
    }
}

#[test]
fn for_the_operator_they_are_an_object_and_in_the_kustomization() {
    let compiled = compiled(&on("rules = \"prometheus-rule\"", ""));
    let object = of_kind(&compiled, ArtifactKind::KeptPrometheusRule);
    assert!(of_kind(&compiled, ArtifactKind::Kustomization).text.contains(&format!("- {}\n", object.path)));
    let broken = Artifact { text: object.text.replacen("for: 15m", "for: 16m", 1), ..object.clone() };
    let found = verify(&compiled.plan, &[of_kind(&compiled, ArtifactKind::KeptAlerts).clone(), broken]);
    assert!(
        found.iter().any(|found| found.title.contains("is another than in `alerts-kept.yml`")),
        "{found:#?}"
    );
}

#[test]
fn files_about_objects_of_ones_own_are_not_silently_left_out() {
    let sources = sources("[artifacts]\nmake = [\"keda\", \"alerts\", \"alert-tests\", \"runbook\"]\n");
    let found = compile(&sources, &Templates::embedded()).err().expect("it is refused");
    let titles: Vec<&str> = found
        .iter()
        .map(|found| found.title.as_str())
        .filter(|title| title.contains("`make` asks"))
        .collect();
    assert_eq!(titles.len(), 1, "{found:#?}");
    assert!(titles[0].contains("`alert-tests`"), "{titles:?}");
}

/// Whoever is woken for an object of others finds a section to the alert's link, whatever form our triggers have.
#[test]
fn a_runbook_has_a_section_for_each_alert_and_says_nothing_of_objects_of_our_own() {
    let url = "runbook-url = \"https://runbooks.example/shop\"";
    for (form, file) in [
        ("objects", "apply `keda-scalers.yaml`"),
        ("patches", "apply the overlays with the component `keda-patches/kustomization.yaml`"),
        ("triggers", "release the charts with `keda-triggers.yaml`"),
    ] {
        let compiled = compiled(&on(&format!("{url}\nkeda-form = \"{form}\""), ""));
        let runbook = &of_kind(&compiled, ArtifactKind::Runbook).text;
        assert_eq!(design::differences(&compiled.plan, &compiled.artifacts), [""; 0], "{form}");
        let rules = &of_kind(&compiled, ArtifactKind::KeptAlerts).text;
        let links = rules.lines().filter_map(|line| line.trim().strip_prefix("runbook_url: "));
        let links: Vec<&str> = links
            .filter_map(|link| link.trim_matches('"').rsplit_once('#'))
            .map(|(_, anchor)| anchor)
            .collect();
        assert_eq!(links.len(), 8, "{links:?}");
        for anchor in links {
            assert!(runbook.lines().any(|line| line.to_lowercase() == format!("### {anchor}")), "{anchor}");
        }
        assert!(runbook.contains(file), "{form}: {runbook}");
        for wrong in ["-n default", "rollout undo", "ReplicasBelowFloor", "the database", "keda-hpa-<name>"] {
            assert!(!runbook.contains(wrong), "{form}: {wrong}");
        }
        let guide = &of_kind(&compiled, ArtifactKind::Guide).text;
        assert!(guide.contains("publish `runbook-seasonal.md` at https://runbooks.example/shop"), "{guide}");
    }
    let compiled = compiled(&sources(""));
    insta::assert_snapshot!(of_kind(&compiled, ArtifactKind::Runbook).text);
}

#[test]
fn where_nobody_reads_rules_the_runbook_of_others_objects_links_to_no_alert() {
    let all = sources("");
    let mut territories = all.get(Sources::TERRITORIES).clone();
    territories.text = territories.text.replace("prometheus-url = \"http://prometheus:9090\"\n", "");
    let objects = Source { name: "policies/base.yaml".to_owned(), text: OBJECTS.to_owned() };
    let calendar = all.get(Sources::CALENDAR).clone();
    let compiled = compiled(&Sources::new(calendar, territories).with_manifest("base.yaml", objects));
    assert!(compiled.artifacts.iter().all(|made| made.kind != ArtifactKind::KeptAlerts));
    let runbook = &of_kind(&compiled, ArtifactKind::Runbook).text;
    assert!(runbook.contains("## Objects that others own") && !runbook.contains("Kept"), "{runbook}");
    assert_eq!(design::differences(&compiled.plan, &compiled.artifacts), [""; 0]);
}

/// kubectl refuses a kustomization of nothing; with rules to mount it has something.
#[test]
fn where_nothing_is_applied_there_is_no_kustomization_and_the_guide_names_no_apply() {
    for form in ["patches", "triggers"] {
        let all = on(&format!("keda-form = \"{form}\""), "");
        let mut territories = all.get(Sources::TERRITORIES).clone();
        let with_rules = compiled(&all);
        territories.text = territories.text.replace("prometheus-url = \"http://prometheus:9090\"\n", "");
        let objects = Source { name: "policies/base.yaml".to_owned(), text: OBJECTS.to_owned() };
        let calendar = all.get(Sources::CALENDAR).clone();
        let without = compiled(&Sources::new(calendar, territories).with_manifest("base.yaml", objects));
        for (compiled, is_applied) in [(with_rules, true), (without, false)] {
            let has = compiled.artifacts.iter().any(|made| made.kind == ArtifactKind::Kustomization);
            let guide = &of_kind(&compiled, ArtifactKind::Guide).text;
            assert_eq!((has, guide.contains("kubectl apply")), (is_applied, is_applied), "{form}: {guide}");
            assert!(!guide.contains("shows 0 object") && !guide.contains("files: ."), "{guide}");
        }
    }
}

/// Each change to the runbook's table of objects, and the words by which it is refused.
#[test]
fn a_runbook_that_shows_another_object_is_refused() {
    let compiled = compiled(&sources(""));
    let runbook = of_kind(&compiled, ArtifactKind::Runbook);
    assert_eq!(verify(&compiled.plan, std::slice::from_ref(runbook)), []);
    for (from, to, wanted) in [
        ("| `ledger` | `pay` |", "| `ledger` | `shop` |", "namespace of ledger"),
        ("`StatefulSet ledger-db`", "`Deployment ledger-db`", "scales of ledger"),
        ("`web-hpa`", "`keda-hpa-web`", "HPA of web"),
        ("| `thumbs` | `shop` |", "| `thumb` | `shop` |", "has no row for thumbs"),
        ("## Objects that others own", "## Others", "has no table of object, namespace"),
        ("### KeptFloorMissed", "### FloorMissed", "which is not a section"),
    ] {
        let text = runbook.text.replacen(from, to, 1);
        assert_ne!(text, runbook.text, "{from}");
        let found = verify(&compiled.plan, &[Artifact { text, ..runbook.clone() }]);
        assert!(found.iter().any(|found| found.title.contains(wanted)), "{from}: {found:#?}");
    }
}
