//! The formats for programs, and the command as it is run.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::corpus::{audited, manifest};
use crate::cli::{Run, Workplace};

const SHOP: &str = "weekend-spill.yaml";

fn place() -> Workplace {
    let place = Workplace::reference();
    place.write("k8s/shop.yaml", manifest(SHOP).as_bytes());
    place
        .write("k8s/deep/control.yml", manifest("control-office-hours.yaml").replace("web", "db").as_bytes());
    place.write("k8s/notes.txt", b"not: [yaml");
    place
}

fn audit(place: &Workplace, arguments: &[&str]) -> Run {
    place.run(&[&["audit", "--from", "2026-01-01"], arguments].concat())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"))
}

#[test]
fn json_has_windows_as_instants_floors_as_steps_and_findings_with_their_place() {
    let run = audit(&place(), &["--format", "json", "--until", "2026-01-08", "k8s/shop.yaml"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(serde_json::to_string_pretty(&json(&run.stdout)).unwrap());
}

#[test]
fn json_stays_json_whatever_the_files_hold() {
    let place = place();
    place.write("k8s/empty.yaml", b"");
    place.write("k8s/broken \"name\".yaml", b"a: 'x\n\x01");
    place.write("k8s/latin1.yaml", b"name: M\xfcnchen\n");
    let run = audit(&place, &["--format", "json", "k8s"]);
    let audit = json(&run.stdout);
    let names: Vec<&str> =
        audit["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "k8s/broken \"name\".yaml",
            "k8s/deep/control.yml",
            "k8s/empty.yaml",
            "k8s/latin1.yaml",
            "k8s/shop.yaml"
        ]
    );
    assert_eq!(audit["files"][3]["findings"][0]["column"], 8);
    assert_eq!(audit["summary"]["files"], 5);
}

#[test]
fn the_page_about_json_names_every_field_and_no_other() {
    let mut fields = std::collections::BTreeSet::new();
    let mut collect = |text: &str| names(&json(text), &mut fields);
    let place = place();
    place.write("k8s/job.yaml", manifest("scaledjob-night.yaml").as_bytes());
    place.write("k8s/other.yaml", manifest("control-other-kinds.yaml").as_bytes());
    collect(&audit(&place, &["--format", "json", "k8s"]).stdout);
    let page = include_str!("../../../.docs/audit-json.md");
    let told: std::collections::BTreeSet<String> = page
        .lines()
        .filter(|line| line.starts_with("| `") || line.starts_with("| `cron`"))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(|word| {
            word.chars().all(char::is_alphanumeric) && word.starts_with(|c: char| c.is_lowercase())
        })
        .map(str::to_owned)
        .collect();
    let missing: Vec<&String> = fields.iter().filter(|field| !told.contains(*field)).collect();
    assert!(missing.is_empty(), ".docs/audit-json.md lacks {missing:?}");
    let values = ["error", "warning"];
    let gone: Vec<&String> =
        told.iter().filter(|field| !fields.contains(*field) && !values.contains(&field.as_str())).collect();
    assert!(gone.is_empty(), ".docs/audit-json.md tells of {gone:?}");
}

fn names(value: &Value, into: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            into.insert(name.clone());
            names(value, into);
        }),
        Value::Array(items) => items.iter().for_each(|item| names(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn sarif_has_what_code_scanning_wants() {
    let place = place();
    place.write("k8s/broken.yaml", b"a: 'x\n");
    let run = audit(&place, &["--format", "sarif", "k8s"]);
    let log = json(&run.stdout);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.starts_with("k8s/"), "{uri}");
        assert_eq!(result["partialFingerprints"]["seasonscale/v1"].as_str().unwrap().len(), 32);
    }
    let moved = format!("# a line more\n{}", manifest(SHOP));
    place.write("k8s/shop.yaml", moved.as_bytes());
    let again = json(&audit(&place, &["--format", "sarif", "k8s"]).stdout);
    let print = |log: &Value| log["runs"][0]["results"][1]["partialFingerprints"].clone();
    assert_eq!(print(&log), print(&again), "a finding is the same when its line moves");
}

#[test]
fn two_findings_of_a_kind_in_one_place_are_two_for_code_scanning() {
    let place = place();
    place.write("k8s/calendar.yaml", manifest("predecessor-calendar.yaml").as_bytes());
    let log = json(&audit(&place, &["--format", "sarif", "k8s/calendar.yaml"]).stdout);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let differs = results.iter().filter(|result| result["ruleId"] == "cron-comment-differs").count();
    assert_eq!(differs, 2, "dates and weekend");
    let prints: std::collections::BTreeSet<&str> = results
        .iter()
        .map(|result| result["partialFingerprints"]["seasonscale/v1"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), results.len());
}

#[test]
fn annotations_come_by_themselves_inside_of_actions_only() {
    let place = place();
    let run = |value: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seasonscale"));
        command
            .args(["audit", "--from", "2026-01-01", "k8s/shop.yaml"])
            .current_dir(place.path(""))
            .env_clear();
        if let Some(value) = value {
            command.env("GITHUB_ACTIONS", value);
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    insta::assert_snapshot!(run(Some("true")));
    assert!(!run(None).contains("::error"));
}

#[test]
fn exit_codes_are_those_of_the_readme() {
    let place = place();
    let status = |arguments: &[&str]| audit(&place, arguments).status;
    assert_eq!(status(&["k8s/deep"]), 0);
    assert_eq!(status(&["k8s"]), 1);
    assert_eq!(status(&["k8s/missing.yaml"]), 2);
    assert_eq!(status(&["--until", "2025-01-01", "k8s"]), 2);
    assert_eq!(status(&["--keda", "new", "k8s"]), 2);
    for (system, version) in [("--keda", "9.9"), ("--keda", "2.15"), ("--kubernetes", "9.9")] {
        assert_eq!(status(&[system, version, "k8s"]), 2, "{version}");
    }
    place.write("other/service.yaml", b"kind: Service\napiVersion: v1\n");
    assert_eq!(status(&["other"]), 3);
    place.write("warn/hole.yaml", manifest("one-minute-hole.yaml").as_bytes());
    assert_eq!(status(&["warn"]), 0);
    assert_eq!(status(&["--fail-on", "warning", "warn"]), 1);
    place.write("old/comma.yaml", manifest("comma-before-2-20.yaml").as_bytes());
    assert_eq!((status(&["old"]), status(&["--keda", "2.19", "old"])), (0, 1));
}

#[test]
fn two_files_are_held_against_each_other() {
    let place = place();
    place.write("k8s/again.yaml", manifest("control-office-hours.yaml").as_bytes());
    let run = audit(&place, &["--format", "github", "k8s"]);
    assert!(run.stdout.contains("keda-same-target"), "{}", run.stdout);
    assert!(run.stdout.contains("it is at k8s/again.yaml:5 already"), "{}", run.stdout);
}

#[test]
fn one_name_without_a_namespace_in_two_files_is_a_base_and_its_overlay() {
    let place = place();
    let bare = manifest("control-office-hours.yaml").replace("  namespace: shop\n", "");
    place.write("kustomize/base/web.yaml", bare.as_bytes());
    place.write("kustomize/overlays/production/web.yaml", bare.as_bytes());
    let found = |folder: &str| audit(&place, &["--format", "github", folder]).stdout;
    assert!(!found("kustomize").contains("keda-same-target"));
    place.write("kustomize/base/web.yaml", format!("{bare}---\n{bare}").as_bytes());
    assert_eq!(found("kustomize").matches("keda-same-target").count(), 1, "twice in one file");
    place.write(
        "other/web.yaml",
        bare.replace("metadata:\n  name: web", "metadata:\n  name: web2").as_bytes(),
    );
    place.write("other/base.yaml", bare.as_bytes());
    assert_eq!(found("other").matches("keda-same-target").count(), 1, "two names for one workload");
}

#[test]
fn what_is_paused_or_cannot_be_built_says_so_beside_its_calendar() {
    let place = place();
    let cases = [
        ("control-office-hours.yaml", Value::Null),
        ("near-miss-not-paused.yaml", Value::Null),
        ("paused-no.yaml", "paused".into()),
        ("paused-at-three.yaml", "paused-replicas".into()),
        ("desired-zero.yaml", "not-built".into()),
        ("scale-up-disabled.yaml", "scale-up-disabled".into()),
        ("scale-down-disabled.yaml", Value::Null),
        ("fallback-by-a-formula-of-nobody.yaml", "refused".into()),
    ];
    for (name, halted) in cases {
        place.write("k8s/one.yaml", manifest(name).as_bytes());
        let run = audit(&place, &["--format", "json", "k8s/one.yaml"]);
        assert_eq!(json(&run.stdout)["files"][0]["objects"][0]["halted"], halted, "{name}");
        let shown = audit(&place, &["k8s/one.yaml"]).stdout;
        assert_eq!(shown.contains("  not in force: "), !halted.is_null(), "{shown}");
    }
    place.write("k8s/one.yaml", manifest("two-objects-one-workload.yaml").as_bytes());
    let run = audit(&place, &["--format", "json", "k8s/one.yaml"]);
    let objects = json(&run.stdout)["files"][0]["objects"].clone();
    assert_eq!(
        [&objects[0]["halted"], &objects[1]["halted"]],
        [&Value::Null, &"refused".into()],
        "the second one"
    );
    place.write("k8s/one.yaml", manifest("the-same-object-twice.yaml").as_bytes());
    let shown = audit(&place, &["k8s/one.yaml"]).stdout;
    assert!(
        shown.contains("keda-same-target") && !shown.contains("not in force: "),
        "the last one stays: {shown}"
    );
    let up = manifest("paused-no.yaml").replace("sh/paused:", "sh/paused-scale-out:");
    place.write("k8s/one.yaml", up.as_bytes());
    let run = audit(&place, &["--format", "json", "k8s/one.yaml"]);
    assert_eq!(json(&run.stdout)["files"][0]["objects"][0]["halted"], "paused-scale-out");
}

#[test]
fn the_year_is_cut_at_midnight_of_each_object_s_clocks_and_json_at_that_of_utc() {
    let place = place();
    for zone in ["Pacific/Kiritimati", "Europe/Berlin", "America/New_York", "Pacific/Pago_Pago"] {
        let text = manifest("control-office-hours.yaml").replace("Europe/Berlin", zone);
        place.write("k8s/one.yaml", text.as_bytes());
        let shown = audit(&place, &["k8s/one.yaml"]).stdout;
        assert!(shown.contains("Thu 1 Jan 2026 - Thu 31 Dec 2026, daily"), "{zone}: {shown}");
        let run = audit(&place, &["--format", "json", "k8s/one.yaml"]);
        let floor = &json(&run.stdout)["files"][0]["objects"][0]["floor"];
        assert_eq!(floor[0]["from"], "2026-01-01T00:00:00Z", "{zone}");
    }
}

#[test]
fn standard_input_is_a_file_too() {
    let place = place();
    let mut child = Command::new(env!("CARGO_BIN_EXE_seasonscale"))
        .args(["audit", "--from", "2026-01-01", "-"])
        .current_dir(place.path(""))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(manifest(SHOP).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("--> <stdin>:"), "{text}");
}

#[test]
fn our_own_manifest_has_no_finding() {
    let text = std::fs::read_to_string(crate::policies::root().join("generated/keda-scalers.yaml")).unwrap();
    let (file, _) = audited("keda-scalers.yaml", &text);
    assert_eq!(file.findings, []);
    assert_eq!(file.objects.len(), 7);
}

#[test]
fn the_document_on_audit_shows_one_as_it_is() {
    let place = place();
    let text = manifest(SHOP);
    let bare: Vec<&str> = text.lines().skip_while(|line| line.starts_with('#')).collect();
    place.write("shop.yaml", format!("{}\n", bare.join("\n")).as_bytes());
    let shown = audit(&place, &["shop.yaml"]).stdout;
    let document = std::fs::read_to_string(crate::policies::root().join(".docs/audit.md")).unwrap();
    assert!(document.contains(shown.trim_end()), "put this into .docs/audit.md:\n{shown}");
}
