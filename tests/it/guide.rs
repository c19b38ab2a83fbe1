//! The guide's order: what must exist first can be true before the first step, and what a step makes is looked for after it.

use seasonscale::artifact::ArtifactKind;
use seasonscale::compile::compile;
use seasonscale::emit::Templates;
use seasonscale::source::{Source, Sources};

use crate::policies;

fn guide(sources: &Sources) -> String {
    let compiled = compile(sources, &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    compiled.artifacts.into_iter().find(|artifact| artifact.kind == ArtifactKind::Guide).unwrap().text
}

/// The part under a heading.
fn part<'g>(guide: &'g str, heading: &str) -> &'g str {
    let (_, rest) = guide.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    rest.split("\n## ").next().unwrap()
}

#[test]
fn what_must_exist_first_can_be_true_by_then() {
    let guide = guide(&policies::reference());
    let seen: String = part(&guide, "What must exist first")
        .lines()
        .filter_map(|row| row.trim_matches('|').rsplit_once('|'))
        .map(|(_, seen)| format!("{seen}\n"))
        .collect();
    assert!(seen.contains("kubectl get crd scaledobjects.keda.sh"), "{seen}");
    // Series of ScaledObjects, of services with our labels and of the journal come with the steps.
    for later in ["keda_scaler_active", "process_uptime_seconds", "freshplan_scaling_", "seasonscale_"] {
        assert!(!seen.contains(later), "{later} cannot be there yet:\n{seen}");
    }
}

#[test]
fn each_step_is_seen_after_what_it_needs() {
    let guide = guide(&policies::reference());
    let steps: Vec<&str> = guide.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let at =
        |step: &str| steps.iter().position(|other| *other == step).unwrap_or_else(|| panic!("{steps:?}"));
    assert!(at("Database") < at("Exporter") && at("Exporter") < at("Cluster"));
    assert!(part(&guide, "Exporter").contains("`freshplan_scaling_oldest_delivered_seconds`"));
    assert!(part(&guide, "Cluster").contains("`count by (territory, workload) (process_uptime_seconds{"));
    assert!(part(&guide, "Cluster").contains("create job --from=cronjob/journal-purge"));
    assert!(
        part(&guide, "Database").contains("Events of one drained batch come in the order of their numbers")
    );
}

#[test]
fn the_short_text_names_the_steps_of_the_long_one_in_their_order() {
    let guide = guide(&policies::reference());
    assert_short_text(&guide);
    assert!(part(&guide, "Every year").contains("`seasonscale renew --from DATE`"));
}

/// Triggers of the plan that others take into their objects are looked for after they have, and not before.
#[test]
fn nothing_asks_for_triggers_before_their_owners_have_them() {
    const OBJECT: &str = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: web, namespace: shop}\nspec:\n  scaleTargetRef: {name: web}\n  minReplicaCount: 2\n  triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]\n";
    let calendar = "[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n[seasons.office]\nfrom = \"01-01\"\nto = \"12-31\"\nhours = \"07:00-19:00\"\nfloor = { web = 6 }\n";
    for (form, is_later) in [("patches", true), ("triggers", true), ("objects", false)] {
        let territories = format!(
            "[platform]\nzone = \"UTC\"\nprometheus-url = \"http://prometheus:9090\"\nkeda-form = \"{form}\"\n[workloads.web]\nscaledobject = {{ file = \"base.yaml\" }}\n"
        );
        let object = Source { name: "policies/base.yaml".to_owned(), text: OBJECT.to_owned() };
        let sources = Sources::new(
            policies::source("calendar", calendar),
            policies::source("territories", &territories),
        );
        let guide = guide(&sources.with_manifest("base.yaml", object));
        let (cluster, owners) = (part(&guide, "Cluster"), part(&guide, "Objects that others own"));
        for asked in ["check --cluster -", "kubectl get scaledobjects"] {
            assert_eq!(!cluster.contains(asked), is_later, "{form}: {cluster}");
        }
        assert_eq!(owners.contains("check --cluster -"), is_later, "{form}: {owners}");
        if is_later {
            assert!(cluster.contains("makes the ConfigMap of the rules"), "{form}: {cluster}");
            assert!(cluster.contains("`kubectl get -k .`"), "{form}: {cluster}");
        }
    }
}

#[test]
fn every_heading_has_an_empty_line_before_it() {
    let compiled = compile(&policies::reference(), &Templates::embedded()).unwrap();
    for kind in [ArtifactKind::Guide, ArtifactKind::Runbook] {
        let text = &compiled.artifacts.iter().find(|artifact| artifact.kind == kind).unwrap().text;
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2).filter(|pair| pair[1].starts_with("##")) {
            assert_eq!(pair[0], "", "before {}", pair[1]);
        }
    }
}

/// The line at the top has every heading between what must exist first and what comes every year.
pub fn assert_short_text(guide: &str) {
    let headings = guide.lines().filter_map(|line| line.strip_prefix("## "));
    let steps: Vec<String> = headings.map(str::to_lowercase).collect();
    let [first, steps @ .., last] = steps.as_slice() else { panic!("{steps:?}") };
    assert_eq!((&**first, &**last), ("what must exist first", "every year"));
    let (_, short) = guide.split_once("In short: what must exist, then ").unwrap();
    let (short, _) = short.split_once(", in this order").unwrap();
    assert_eq!(short.split(", ").collect::<Vec<_>>(), steps);
}
