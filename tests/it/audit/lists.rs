//! Lists as long as a file of many documents: they are cut into runs of items, and nobody may notice.

use super::corpus::audited;

/// One of several objects, some of them with something to find in it, as an item of a list.
fn item(number: usize) -> String {
    let comment = ["# until the end of 2026", "# Easter business", ""][number % 3];
    let start = ["0 8 * * 1-5", "0 0 1 4 *", "30 2 28 3 *", "0 8 * * 8"][number % 4];
    let doubled = if number % 50 == 7 { "\n    minReplicaCount: 3" } else { "" };
    format!(
        "{comment}
- apiVersion: keda.sh/v1alpha1
  kind: ScaledObject
  metadata:
    name: app-{number}
  spec:
    scaleTargetRef: {{name: app-{}}}
    minReplicaCount: 2{doubled}
    triggers:
    # office hours, mon-fri
    - type: cron
      metadata:
        timezone: Europe/Berlin
        start: {start}
        end: 0 18 * * *
        desiredReplicas: \"6\"
",
        number / 2 * 2
    )
}

fn list(head: &str, items: usize) -> String {
    let items: String = (0..items).map(item).collect();
    format!(
        "# {head}\napiVersion: v1\nitems:\n{items}- apiVersion: v1\n  kind: Service\nkind: List\nmetadata: {{}}\n"
    )
}

#[test]
fn a_long_list_is_read_in_runs_as_it_is_read_whole() {
    // Where there could be an anchor nothing is cut.
    let (cut, _) = audited("list.yaml", &list("this and that", 700));
    let (whole, _) = audited("list.yaml", &list("this & that", 700));
    assert_eq!(cut.objects.len(), 700);
    assert_eq!(cut.others, [("Service".to_owned(), 1)]);
    assert!(cut.findings.len() > 1_000, "{}", cut.findings.len());
    assert_eq!(cut.findings, whole.findings);
    let places = |file: &seasonscale::audit::File| {
        file.objects.iter().map(|one| (one.title.clone(), one.mark, one.begins)).collect::<Vec<_>>()
    };
    assert_eq!(places(&cut), places(&whole));
    assert_eq!(cut.others, whole.others);
}

#[test]
fn a_broken_item_of_a_long_list_spoils_its_run_only() {
    let text = list("broken", 700).replace("name: app-400\n", "name: 'app-400\n");
    let (file, _) = audited("list.yaml", &text);
    assert!(file.objects.len() >= 400, "{}", file.objects.len());
    let broken = file.findings.iter().filter(|finding| finding.check.id() == "yaml-broken").count();
    assert_eq!(broken, 1);
}
