//! Commands on a policy of nothing but ScaledObjects of others, two of which have one name in two namespaces.

use crate::cli::Workplace;

const OBJECTS: &str = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: checkout, namespace: shop}
spec:
  scaleTargetRef: {name: checkout}
  minReplicaCount: 2
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: checkout, namespace: search}
spec:
  scaleTargetRef: {name: checkout}
  minReplicaCount: 1
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]
";

const CALENDAR: &str = "[plan]
from = 2026-01-01
until = 2027-01-01

[seasons.sale]
from = \"11-20\"
to = \"11-30\"
floor = { of-shop = 12, of-search = 3 }
";

const TERRITORIES: &str = "[platform]
zone = \"UTC\"
prometheus-url = \"http://prometheus:9090\"

[workloads.of-shop]
scaledobject = { file = \"base.yaml\", name = \"checkout\", namespace = \"shop\" }

[workloads.of-search]
scaledobject = { file = \"base.yaml\", name = \"checkout\", namespace = \"search\" }
";

fn place(objects: &str) -> Workplace {
    let place = Workplace::empty();
    place.write("policies/calendar.toml", CALENDAR.as_bytes());
    place.write("policies/territories.toml", TERRITORIES.as_bytes());
    place.write("policies/base.yaml", objects.as_bytes());
    place
}

#[test]
fn each_is_explained_by_its_own_object() {
    let place = place(OBJECTS);
    assert_eq!(place.run(&["generate"]).status, 0);
    for (name, floor) in
        [("of-shop", "12"), ("shop/checkout", "12"), ("of-search", "3"), ("search/checkout", "3")]
    {
        let run = place.run(&["explain", name, "--at", "2026-11-24 12:00"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stdout.contains(&format!("holds {floor} now, as planned")), "{name}: {}", run.stdout);
    }
    let both = place.run(&["explain", "checkout", "--at", "2026-11-24 12:00"]);
    assert_eq!(both.status, 2);
    assert!(both.stderr.contains("shop/checkout, search/checkout"), "{}", both.stderr);
}

#[test]
fn a_change_of_one_is_reviewed() {
    let place = place(OBJECTS);
    let before = CALENDAR.replace("of-shop = 12", "of-shop = 9");
    place.write("before/calendar.toml", before.as_bytes());
    place.write("before/territories.toml", TERRITORIES.as_bytes());
    place.write("before/base.yaml", OBJECTS.as_bytes());
    for format in ["text", "markdown", "json", "html"] {
        let run = place.run(&["review", "--against", "before", "--format", format]);
        assert_eq!(run.status, 0, "{format}: {}", run.stderr);
        assert!(run.stdout.contains("12"), "{format}: {}", run.stdout);
    }
}

#[test]
fn two_that_would_share_an_hpa_are_refused() {
    let named = |minimum: &str| {
        let own = format!(
            "  minReplicaCount: {minimum}\n  advanced: {{horizontalPodAutoscalerConfig: {{name: one}}}}\n"
        );
        OBJECTS.replace(&format!("  minReplicaCount: {minimum}\n"), &own)
    };
    // The same name in two namespaces is two HPAs.
    let apart = place(&named("2").replace(
        "  minReplicaCount: 1\n",
        "  minReplicaCount: 1\n  advanced: {horizontalPodAutoscalerConfig: {name: one}}\n",
    ));
    assert_eq!(apart.run(&["generate"]).status, 0);
    let together = named("2")
        .replace("namespace: search", "namespace: shop")
        .replacen("name: checkout, namespace: shop}\nspec:\n  scaleTargetRef: {name: checkout}\n  minReplicaCount: 1", "name: other, namespace: shop}\nspec:\n  scaleTargetRef: {name: other}\n  minReplicaCount: 1\n  advanced: {horizontalPodAutoscalerConfig: {name: one}}", 1);
    let place = place(&together);
    let territories = TERRITORIES
        .replace("name = \"checkout\", namespace = \"search\"", "name = \"other\", namespace = \"shop\"");
    place.write("policies/territories.toml", territories.as_bytes());
    let run = place.run(&["generate"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("two targets would have the HPA `one`"), "{}", run.stderr);
}

#[test]
fn another_form_takes_no_floors_away() {
    let place = place(OBJECTS);
    assert_eq!(place.run(&["generate"]).status, 0);
    let patches = TERRITORIES.replace("[platform]\n", "[platform]\nkeda-form = \"patches\"\n");
    place.write("policies/territories.toml", patches.as_bytes());
    let run = place.run(&["generate", "--prune"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(!run.stderr.contains("gone from the plan"), "{}", run.stderr);
    // What the plan no longer has is still told.
    let fewer = TERRITORIES.replace(&TERRITORIES[TERRITORIES.find("[workloads.of-search]").unwrap()..], "");
    place.write("policies/territories.toml", TERRITORIES.as_bytes());
    assert_eq!(place.run(&["generate"]).status, 0);
    place.write("policies/territories.toml", fewer.as_bytes());
    place.write("policies/calendar.toml", CALENDAR.replace(", of-search = 3", "").as_bytes());
    let run = place.run(&["generate"]);
    assert!(run.stderr.contains("gone from the plan: kubectl -n search"), "{}", run.stderr);
}

#[test]
fn simulate_asks_which_of_two_is_meant() {
    let place = place(OBJECTS);
    let both = place.run(&["simulate", "--target", "checkout"]);
    assert_eq!(both.status, 2);
    assert!(both.stderr.contains("shop/checkout, search/checkout"), "{}", both.stderr);
    let one = place.run(&["simulate", "--target", "search/checkout"]);
    assert!(!one.stderr.contains("could be"), "{}", one.stderr);
    assert_eq!(one.stderr.matches("checkout:").count(), 1, "{}", one.stderr);
}

#[test]
fn what_is_paused_is_explained_as_not_in_force() {
    let annotation =
        "metadata: {name: checkout, namespace: shop, annotations: {autoscaling.keda.sh/paused: \"true\"}}";
    let place = place(&OBJECTS.replace("metadata: {name: checkout, namespace: shop}", annotation));
    let run = place.run(&["explain", "of-shop", "--at", "2026-11-24 12:00"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(
        run.stdout.contains("Not in force: an annotation pauses it; it would hold 12."),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("as planned"), "{}", run.stdout);
    let json = place.run(&["explain", "of-shop", "--at", "2026-11-24 12:00", "--format", "json"]);
    assert!(
        json.stdout.contains("\"halted\": \"paused\"") && json.stdout.contains("\"agrees\": false"),
        "{}",
        json.stdout
    );
    let other = place.run(&["explain", "of-search", "--at", "2026-11-24 12:00"]);
    assert_eq!(other.status, 0, "{}", other.stdout);
    assert!(other.stdout.contains("holds 3 now, as planned"), "{}", other.stdout);
}
