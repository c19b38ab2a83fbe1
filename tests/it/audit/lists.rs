//! Lists as long as a file of many documents: they are cut into runs of items, and nobody may notice.

use seasonscale::audit::{Audit, File};
use seasonscale::yaml::{self, Mark};

use super::corpus::{audited, human};

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

/// Both are read alike, to the place of everything.
fn same(cut: &File, whole: &File) {
    let places = |file: &File| {
        file.objects.iter().map(|one| (one.title.clone(), one.mark, one.begins)).collect::<Vec<_>>()
    };
    assert_eq!(places(cut), places(whole));
    assert_eq!(cut.findings, whole.findings);
    assert_eq!(cut.others, whole.others);
}

/// How many runs a text is cut into.
fn runs(text: &str) -> usize {
    yaml::items(text, 128).map_or(1, |cut| cut.runs.len())
}

#[test]
fn a_long_list_is_read_in_runs_as_it_is_read_whole() {
    // Where there could be an anchor nothing is cut.
    let texts = [list("this and that", 700), list("this &that", 700)];
    assert_eq!(texts.each_ref().map(|text| runs(text)), [6, 1]);
    let [(cut, _), (whole, _)] = texts.map(|text| audited("list.yaml", &text));
    assert_eq!(cut.objects.len(), 700);
    assert_eq!(cut.others, [("Service".to_owned(), 1)]);
    assert!(cut.findings.len() > 1_000, "{}", cut.findings.len());
    same(&cut, &whole);
}

/// The same list as `kubectl get -o json` prints it; a doubled key cannot be told that way.
fn json_list(items: usize) -> serde_json::Value {
    let list = list("json", items).replace("\n    minReplicaCount: 3", "");
    serde_yaml::from_str(&list).unwrap()
}

#[test]
fn a_long_list_in_json_is_read_in_runs_as_it_is_read_whole() {
    let list = json_list(700);
    for text in [serde_json::to_string_pretty(&list).unwrap(), list.to_string()] {
        // JSON knows no comments: with one it is a flow of YAML, of which nothing is cut.
        let texts = [format!("{text}\n"), format!("{text} # end\n")];
        assert_eq!(texts.each_ref().map(|text| runs(text)), [6, 1]);
        let [(cut, _), (whole, _)] = texts.map(|text| audited("list.json", &text));
        assert_eq!(cut.objects.len(), 700);
        assert!(cut.findings.len() > 500, "{}", cut.findings.len());
        same(&cut, &whole);
    }
}

#[test]
fn a_list_on_one_line_is_shown_by_its_places_and_not_by_that_line() {
    let text = json_list(700).to_string();
    let (file, scope) = audited("list.json", &text);
    let shown = human(&file, &text, scope);
    let longest = shown.lines().map(str::len).max().unwrap();
    assert!(longest < 1_000, "{longest}");
    let finding = &file.findings[0];
    let Mark { line, column } = finding.place.mark;
    assert!(shown.contains(&format!("list.json:{line}:{column}")), "{finding:?}");
    let place = format!("{}: {}", finding.place.object, finding.place.field);
    assert!(shown.contains(&place), "{finding:?}");
}

#[test]
fn files_that_are_read_together_are_read_as_one_after_the_other() {
    let files: Vec<(String, String)> = (0..300)
        .map(|number| match number {
            40 => ("list.yaml".to_owned(), list("long", 300)),
            41 => ("broken.yaml".to_owned(), "a: 'x".to_owned()),
            _ => (format!("{number}.yaml"), list("short", number % 3)),
        })
        .chain([("latin1.yaml".to_owned(), String::new())])
        .collect();
    let bytes = |text: &str| if text.is_empty() { b"M\xfcnchen".to_vec() } else { text.as_bytes().to_vec() };
    let inputs: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, text)| (name.as_str(), bytes(text))).collect();
    let inputs: Vec<(&str, &[u8])> = inputs.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let scope = audited("empty.yaml", "").1;
    let (mut alone, together) = (Audit::new(scope), Audit::new(scope).files(&inputs));
    let alone: Vec<File> = inputs.iter().map(|(name, bytes)| alone.file(name, bytes)).collect();
    assert_eq!(together.len(), alone.len());
    for (together, alone) in together.iter().zip(&alone) {
        assert_eq!(together.name, alone.name);
        same(together, alone);
    }
    let told = together.iter().flat_map(|file| &file.findings);
    assert!(told.filter(|finding| finding.rule.id() == "keda-same-target").count() > 100);
}

#[test]
fn a_broken_item_of_a_long_list_spoils_its_run_only() {
    let text = list("broken", 700).replace("name: app-400\n", "name: 'app-400\n");
    let (file, _) = audited("list.yaml", &text);
    assert!(file.objects.len() >= 400, "{}", file.objects.len());
    let broken = file.findings.iter().filter(|finding| finding.rule.id() == "yaml-broken").count();
    assert_eq!(broken, 1);
}
