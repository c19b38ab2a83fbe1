//! Somebody's own ScaledObjects, kept but for our triggers: the team of `tests/kept/own-floor/`, and every kind of object and
//! style of file that a team may have.

use std::fs;
use std::process::Command;

use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::compile::{Compiled, compile};
use seasonscale::emit::Templates;
use seasonscale::finding::Diagnostic;
use seasonscale::plan::Plan;
use seasonscale::profile::TargetId;
use seasonscale::report;
use seasonscale::source::{Source, Sources};
use seasonscale::verify::verify;

use crate::policies::{base, root};

/// A workload with its own object: the object's text, and what the policy says of both.
struct Own<'t> {
    text: &'t str,
    terms: &'t str,
    floor: u32,
}

fn own(text: &str) -> Own<'_> {
    Own { text, terms: "zone = \"Europe/London\"", floor: 6 }
}

/// The base policy with one more workload, on working hours.
fn sources(own: &Own<'_>) -> Sources {
    let (mut calendar, mut territories) = (base("calendar"), base("territories"));
    calendar.text.push_str(&format!(
        "\n[seasons.office]\nfrom = \"01-01\"\nto = \"12-31\"\nhours = \"07:00-19:00\"\ndays = \"mon-fri\"\nfloor = {{ own = {} }}\n",
        own.floor
    ));
    let reference =
        if own.terms.contains("scaledobject") { "" } else { "scaledobject = \"base/own.yaml\"\n" };
    territories.text.push_str(&format!("\n[workloads.own]\n{reference}{}\n", own.terms));
    let manifest = Source { name: "policies/base/own.yaml".to_owned(), text: own.text.to_owned() };
    Sources::new(calendar, territories).with_manifest("base/own.yaml", manifest)
}

fn compiled(own: &Own<'_>) -> Compiled {
    let sources = sources(own);
    compile(&sources, &Templates::embedded())
        .unwrap_or_else(|found| panic!("{}\n{}", own.text, report::terminal(&found, &sources, false)))
}

fn refused(own: &Own<'_>) -> Vec<Diagnostic> {
    compile(&sources(own), &Templates::embedded()).err().expect("it is refused")
}

fn manifest(compiled: &Compiled) -> &Artifact {
    compiled.artifacts.iter().find(|artifact| artifact.kind == ArtifactKind::Keda).unwrap()
}

/// The last document, which is the workload's.
fn emitted(own: &Own<'_>) -> String {
    let compiled = compiled(own);
    let text = &manifest(&compiled).text;
    let at = text.rfind("\n---\n").or_else(|| text.rfind("\n---\r\n")).unwrap();
    text[at + 1..].to_owned()
}

/// An object of a kind, with a list of triggers.
fn object(target: &str, counts: &str, triggers: &str) -> String {
    format!(
        "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  name: own\n  namespace: team\nspec:\n  scaleTargetRef: {target}\n{counts}  triggers:\n{triggers}"
    )
}

const KAFKA: &str = "    - type: kafka\n      metadata: { bootstrapServers: \"kafka:9092\", consumerGroup: g, topic: t, lagThreshold: \"100\" }\n      authenticationRef: { name: kafka-auth }\n";

/// Whether all that was added to `base` is one piece.
fn assert_added(made: &str, base: &str) {
    let made = made.strip_prefix("---\n").unwrap_or(made);
    let same = made.bytes().zip(base.bytes()).take_while(|(made, base)| made == base).count();
    assert!(made.as_bytes().ends_with(&base.as_bytes()[same..]), "{base}\n=====\n{made}");
    assert!(made.contains("seasonscale_office"), "{made}");
}

#[test]
fn every_kind_of_object_stays_as_it_is_and_gets_its_floors() {
    let rabbit = "    - type: rabbitmq\n      metadata: { queueName: q, mode: QueueLength, value: \"50\", hostFromEnv: RABBIT_URL }\n";
    let sqs = "    - type: aws-sqs-queue\n      metadata: { queueURL: \"https://sqs.example/1/q\", queueLength: \"5\", awsRegion: eu-west-1 }\n      authenticationRef: { name: aws }\n";
    let cpu = "    - type: cpu\n      metricType: Utilization\n      metadata: { value: \"60\" }\n";
    for (target, counts, triggers) in [
        ("{ name: own }", "  minReplicaCount: 2\n  maxReplicaCount: 10\n", KAFKA),
        ("{ name: own }", "", KAFKA),
        ("{ name: own }", "  minReplicaCount: 0\n", rabbit),
        ("{ name: own }", "  idleReplicaCount: 0\n  minReplicaCount: 2\n", sqs),
        ("{ name: own, kind: StatefulSet }", "  minReplicaCount: 2\n  maxReplicaCount: 6\n", cpu),
        (
            "{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: own }",
            "  minReplicaCount: 2\n  fallback: { failureThreshold: 3, replicas: 4 }\n",
            KAFKA,
        ),
    ] {
        let text = object(target, counts, triggers);
        assert_added(&emitted(&own(&text)), &text);
    }
}

#[test]
fn every_style_of_file_is_kept() {
    let plain = object("{ name: own }", "  minReplicaCount: 2\n", KAFKA);
    let auth = "apiVersion: keda.sh/v1alpha1\nkind: TriggerAuthentication\nmetadata: { name: kafka-auth, namespace: team }\nspec: { podIdentity: { provider: aws } }\n";
    assert_added(&emitted(&own(&plain.replace('\n', "\r\n"))), &plain.replace('\n', "\r\n"));
    assert_added(&emitted(&own(plain.trim_end())), plain.trim_end());
    assert_added(
        &emitted(&own(&format!("{plain}    # the last word\n"))),
        &format!("{plain}    # the last word\n"),
    );
    // Other documents of the file are not ours to write.
    let several = emitted(&own(&format!("{auth}---\n# mine\n{plain}---\n{auth}")));
    assert_added(&several, &format!("# mine\n{plain}"));
    assert!(!several.contains("TriggerAuthentication"), "{several}");
    let empty =
        object("{ name: own }", "  minReplicaCount: 2\n", "").replace("triggers:\n", "triggers: []\n");
    assert!(
        emitted(&own(&empty)).contains("triggers: [{\"type\": \"cron\", \"name\": \"seasonscale_office\"")
    );
    let json = "{\"apiVersion\": \"keda.sh/v1alpha1\", \"kind\": \"ScaledObject\", \"metadata\": {\"name\": \"own\"}, \"spec\": {\"scaleTargetRef\": {\"name\": \"own\"}, \"triggers\": [{\"type\": \"kafka\", \"metadata\": {\"topic\": \"t\", \"consumerGroup\": \"g\", \"bootstrapServers\": \"k:1\"}}]}}\n";
    assert_added(&emitted(&own(json)), json);
}

#[test]
fn an_object_of_a_list_stands_alone() {
    let plain = object("{ name: own }", "  minReplicaCount: 2\n", KAFKA);
    let indented: String = plain.lines().map(|line| format!("    {line}\n")).collect();
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n  - {}  - apiVersion: v1\n    kind: Secret\n    metadata: {{ name: s }}\n",
        indented.trim_start()
    );
    let made = emitted(&own(&list));
    assert_added(&made, &plain);
    assert!(!made.contains("Secret"), "{made}");
}

#[test]
fn an_earlier_output_is_taken_as_a_base() {
    let plain = object("{ name: own }", "  minReplicaCount: 2\n", KAFKA);
    let first = emitted(&own(&plain));
    assert_eq!(emitted(&own(&first)), first);
    let other = emitted(&Own { floor: 8, ..own(&first) });
    assert_eq!(other, emitted(&Own { floor: 8, ..own(&plain) }));
}

#[test]
fn own_schedules_may_stay_and_hold_beside_the_plan() {
    let cron = "    - type: cron\n      name: nights\n      metadata: { timezone: Europe/London, start: \"0 22 * * *\", end: \"0 6 * * *\", desiredReplicas: \"7\" }\n";
    let text = object("{ name: own }", "  minReplicaCount: 2\n", &format!("{KAFKA}{cron}"));
    let codes: Vec<&str> = refused(&own(&text)).iter().map(|found| found.rule.id()).collect();
    assert!(codes.contains(&"base-cron"), "{codes:?}");
    assert_added(&emitted(&Own { terms: "keep-cron = true\nzone = \"Europe/London\"", ..own(&text) }), &text);
}

#[test]
fn where_no_zone_is_said_the_territory_s_or_the_platform_s_counts() {
    let text = object("{ name: own }", "  minReplicaCount: 2\n", KAFKA);
    for (terms, zone) in [
        ("zone = \"America/New_York\"", "America/New_York"),
        ("territory = \"CH\"", "Europe/Zurich"),
        ("", "Europe/Berlin"),
    ] {
        let made = emitted(&Own { terms, ..own(&text) });
        assert!(made.contains(&format!("timezone: \"{zone}\"")), "{made}");
    }
}

#[test]
fn what_is_changed_beside_our_triggers_is_refused() {
    let text = format!("# head\n{}", object("{ name: own }", "  minReplicaCount: 2\n", KAFKA));
    let mut compiled = compiled(&own(&text));
    let at = compiled.artifacts.iter().position(|artifact| artifact.kind == ArtifactKind::Keda).unwrap();
    let whole = compiled.artifacts[at].text.clone();
    for (from, to, code) in [
        ("topic: t", "topic: u", "emitted-target-mismatch"),
        ("# head", "# hand", "emitted-target-mismatch"),
        (
            "  minReplicaCount: 2\n  triggers:\n    - type: kafka",
            "  minReplicaCount: 3\n  triggers:\n    - type: kafka",
            "emitted-target-mismatch",
        ),
        ("name: seasonscale_office", "name: office", "emitted-target-mismatch"),
        ("start: \"0 7 * * 1-5\"", "start: \"0 8 * * 1-5\"", "emitted-floor-mismatch"),
        ("desiredReplicas: \"6\"", "desiredReplicas: \"5\"", "emitted-floor-mismatch"),
        ("namespace: team", "namespace: crew", "emitted-target-mismatch"),
    ] {
        let at_text = whole.rfind(from).unwrap_or_else(|| panic!("{from}\n{whole}"));
        compiled.artifacts[at].text = format!("{}{to}{}", &whole[..at_text], &whole[at_text + from.len()..]);
        let found = verify(&compiled.plan, &compiled.artifacts[at..=at]);
        assert!(found.iter().any(|one| one.rule.id() == code), "{from}: {found:#?}");
    }
}

#[test]
fn the_eight_objects_of_a_team_are_kept_byte_for_byte() {
    let (mut calendar, mut territories) = (base("calendar"), base("territories"));
    calendar.text.push_str(
        "\n[seasons.office]\nfrom = \"01-01\"\nto = \"12-31\"\nhours = \"07:00-19:00\"\ndays = \"mon-fri\"\nfloor = { order-consumer = 6, ledger = 4, thumbs = 6, search = 25, order-api = 12, payment-worker = 8, indexer = 5, transcoder = 1 }\n",
    );
    let mut manifests = Vec::new();
    let folder = root().join("tests/kept/own-floor");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        territories.text.push_str(&format!(
            "\n[workloads.{name}]\nscaledobject = \"base/{name}.yaml\"\nkeep-cron = true\nzone = \"Europe/London\"\n"
        ));
        manifests.push((format!("base/{name}.yaml"), text));
    }
    assert_eq!(manifests.len(), 8);
    let mut sources = Sources::new(calendar, territories);
    for (file, text) in &manifests {
        sources = sources.with_manifest(file, Source { name: file.clone(), text: text.clone() });
    }
    let compiled = compile(&sources, &Templates::embedded())
        .unwrap_or_else(|found| panic!("{}", report::terminal(&found, &sources, false)));
    let documents: Vec<&str> = manifest(&compiled).text.split("\n---\n").collect();
    for (file, text) in &manifests {
        let name = text.lines().find_map(|line| line.strip_prefix("  name: ")).unwrap();
        let named = |document: &&&str| document.lines().any(|line| line == format!("  name: {name}"));
        let made = documents.iter().find(named).unwrap_or_else(|| panic!("{file} is missing"));
        assert_added(&format!("{}\n", made.trim_end()), text);
    }
}

#[test]
fn what_is_ours_is_found_wherever_it_stands_among_the_targets() {
    let text = object("{ name: own }", "  minReplicaCount: 2\n", KAFKA);
    let mut plan = compiled(&own(&text)).plan;
    let ours = |plan: &Plan| -> Vec<(String, Vec<u32>)> {
        let plan = plan.owned();
        let peaks = plan.schedules.iter().map(|schedule| {
            let target = &plan.profile.targets[schedule.target.0];
            let floors = schedule.floors.steps().iter().map(|(_, step)| step.floor.0);
            (target.name.to_string(), floors.collect())
        });
        peaks.collect()
    };
    let before = ours(&plan);
    assert_eq!(before.len() + 1, plan.profile.targets.len());
    plan.profile.targets.rotate_right(1);
    plan.schedules.rotate_right(1);
    for (at, schedule) in plan.schedules.iter_mut().enumerate() {
        schedule.target = TargetId(at);
    }
    assert!(plan.profile.targets[0].kept.is_some());
    assert_eq!(ours(&plan), before);
}

/// What a form makes of an object on working hours, and of the same with triggers of an earlier run.
fn formed(form: &str, text: &str) -> Compiled {
    let mut sources = sources(&own(text));
    let mut territories = sources.get(Sources::TERRITORIES).clone();
    let platform = format!("keda-form            = \"{form}\"\nnamespace            =");
    territories.text = territories.text.replacen("namespace            =", &platform, 1);
    territories.text =
        territories.text.replacen("\"runbook\"]", "\"runbook\", \"guide\", \"kustomization\"]", 1);
    let manifest = Source { name: "policies/base/own.yaml".to_owned(), text: text.to_owned() };
    sources = Sources::new(sources.get(Sources::CALENDAR).clone(), territories)
        .with_manifest("base/own.yaml", manifest);
    compile(&sources, &Templates::embedded())
        .unwrap_or_else(|found| panic!("{}", report::terminal(&found, &sources, false)))
}

#[test]
fn the_guide_says_where_an_object_without_a_namespace_lands() {
    let guide = |text: &str| {
        let compiled = formed("objects", text);
        compiled.artifacts.into_iter().find(|one| one.kind == ArtifactKind::Guide).unwrap().text
    };
    let placed = object("{ name: own }", "  minReplicaCount: 2\n", KAFKA);
    assert!(!guide(&placed).contains("kubectl config"), "its namespace is written in it");
    crate::guide::assert_short_text(&guide(&placed));
    let nowhere = placed.replace("  namespace: team\n", "");
    let row = "these objects of others name none, so that they land in it: `own`";
    assert!(guide(&nowhere).contains(row));
}

#[test]
fn patches_applied_by_kubectl_give_the_whole_object() {
    let plain = object("{ name: own }", "  minReplicaCount: 2\n", KAFKA);
    let earlier = emitted(&Own { floor: 8, ..own(&plain) });
    let null = object("{ name: own }", "  minReplicaCount: 2\n", "");
    let empty = null.replace("triggers:\n", "triggers: []\n");
    for text in [plain, earlier, empty, null] {
        let compiled = formed("patches", &text);
        assert!(!manifest(&compiled).text.contains("name: own"), "the object is somebody else's to write");
        let made = patched(&compiled, &text).unwrap();
        let whole: serde_yaml::Value = serde_yaml::from_str(&emitted(&own(&text))).unwrap();
        assert_eq!(made, whole);
    }
}

/// What `kubectl kustomize` makes of an object and the patches; or what it says.
fn patched(compiled: &Compiled, text: &str) -> Result<serde_yaml::Value, String> {
    let patches = compiled.artifacts.iter().find(|one| one.kind == ArtifactKind::KedaPatches).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("patches")).unwrap();
    let overlay = "resources: [own.yaml]\ncomponents: [patches]\n";
    for (name, text) in
        [("patches/kustomization.yaml", &*patches.text), ("kustomization.yaml", overlay), ("own.yaml", text)]
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let run = Command::new("kubectl").arg("kustomize").arg(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    if run.status.success() { Ok(serde_yaml::from_slice(&run.stdout).unwrap()) } else { Err(said) }
}

#[test]
fn patches_never_take_triggers_of_others_away() {
    let null = object("{ name: own }", "  minReplicaCount: 2\n", "");
    let empty = null.replace("triggers:\n", "triggers: []\n");
    let theirs = format!("{null}{KAFKA}");
    // What a chart or an overlay has added since stays.
    let made = patched(&formed("patches", &empty), &theirs).unwrap();
    let kinds: Vec<&str> = made["spec"]["triggers"]
        .as_sequence()
        .unwrap()
        .iter()
        .map(|trigger| trigger["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["kafka", "cron"]);
    // Where a list has to be begun, one that is there by now stops kustomize.
    let said = patched(&formed("patches", &null), &theirs).unwrap_err();
    assert!(said.contains("testing value /spec/triggers failed"), "{said}");
    // A trigger of an earlier run is removed by its place, and only if it is still the one that stands there.
    let earlier = emitted(&Own { floor: 8, ..own(&empty) });
    let said = patched(&formed("patches", &earlier), &theirs).unwrap_err();
    assert!(said.contains("testing value /spec/triggers/0/name failed"), "{said}");
}

#[test]
fn values_are_a_list_for_each_workload() {
    let plain = object("{ name: own }", "  minReplicaCount: 2\n", KAFKA);
    let compiled = formed("triggers", &plain);
    let values = compiled.artifacts.iter().find(|one| one.kind == ArtifactKind::KedaTriggers).unwrap();
    let lists: serde_yaml::Value = serde_yaml::from_str(&values.text).unwrap();
    let whole: serde_yaml::Value = serde_yaml::from_str(&emitted(&own(&plain))).unwrap();
    assert_eq!(lists["own"][0], whole["spec"]["triggers"][1]);
}

#[test]
fn a_broken_patch_or_list_is_refused() {
    let plain = object("{ name: own }", "  minReplicaCount: 2\n", KAFKA);
    for (form, kind, from, to) in [
        ("patches", ArtifactKind::KedaPatches, "/spec/triggers/-", "/spec/minReplicaCount"),
        ("patches", ArtifactKind::KedaPatches, "start: \"0 7 * * 1-5\"", "start: \"0 8 * * 1-5\""),
        ("patches", ArtifactKind::KedaPatches, "      name: own", "      name: other"),
        (
            "patches",
            ArtifactKind::KedaPatches,
            "op: add\n        path: /spec/triggers/-\n        value:",
            "op: add\n        path: /spec/triggers\n        value: []\n      - op: add\n        path: /spec/triggers/-\n        value:",
        ),
        ("triggers", ArtifactKind::KedaTriggers, "start: \"0 7 * * 1-5\"", "start: \"0 8 * * 1-5\""),
        ("triggers", ArtifactKind::KedaTriggers, "\nown:", "\nother:"),
    ] {
        let mut compiled = formed(form, &plain);
        let at = compiled.artifacts.iter().position(|one| one.kind == kind).unwrap();
        assert!(
            verify(&compiled.plan, &compiled.artifacts[at..=at])
                .iter()
                .all(|one| one.severity() < seasonscale::finding::Severity::Error)
        );
        let text = compiled.artifacts[at].text.replacen(from, to, 1);
        assert_ne!(text, compiled.artifacts[at].text, "{from}");
        compiled.artifacts[at].text = text;
        let found = verify(&compiled.plan, &compiled.artifacts[at..=at]);
        assert!(found.iter().any(|one| one.rule.id().starts_with("emitted-")), "{from}: {found:#?}");
    }
}

#[test]
fn a_season_by_load_leaves_a_kept_object_at_its_own_minimum() {
    let text = object("{ name: own }", "  minReplicaCount: 2\n", KAFKA);
    let sources = sources(&own(&text));
    let (mut calendar, mut territories) =
        (sources.get(Sources::CALENDAR).clone(), sources.get(Sources::TERRITORIES).clone());
    calendar.text = calendar.text.replace("floor = { own = 6 }", "load = 2.0");
    territories.text = territories.text.replace("rps-per-replica =", "base-load = 100, rps-per-replica =");
    let manifest = Source { name: "base/own.yaml".to_owned(), text };
    let sources = Sources::new(calendar, territories).with_manifest("base/own.yaml", manifest);
    let compiled = compile(&sources, &Templates::embedded())
        .unwrap_or_else(|found| panic!("{}", report::terminal(&found, &sources, false)));
    let layers = |kept: bool| {
        let targets = compiled.plan.profile.targets.iter().zip(&compiled.plan.schedules);
        let some = targets.filter(|(target, _)| target.kept.is_some() == kept);
        some.map(|(_, schedule)| schedule.layers.len()).collect::<Vec<_>>()
    };
    assert_eq!(layers(true), [0]);
    assert!(layers(false).iter().all(|layers| *layers > 0), "{:?}", layers(false));
}

const ALONE: &str = "apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: own
  annotations: {team: checkout}
spec:
  scaleTargetRef: {name: own}
  minReplicaCount: 1
  maxReplicaCount: 20
  triggers: []
";

/// What an owner's object is before our triggers are in it says little of what comes of it: without a trigger of its own it is
/// nothing yet, and a cpu trigger alone may not rest at none.
#[test]
fn whether_floors_hold_is_asked_of_the_object_with_our_triggers_in_it() {
    compiled(&own(ALONE));
    let cpu = "triggers: [{type: cpu, metricType: Utilization, metadata: {value: \"60\"}}]";
    let with_cpu = ALONE.replace("triggers: []", cpu);
    compiled(&own(&with_cpu));
    compiled(&own(&with_cpu.replace("minReplicaCount: 1", "minReplicaCount: 0")));
    for (from, to, rule) in [
        ("{team: checkout}", "{autoscaling.keda.sh/paused: \"true\"}", "keda-paused"),
        ("{team: checkout}", "{autoscaling.keda.sh/paused-replicas: \"2\"}", "keda-paused"),
        ("{team: checkout}", "{autoscaling.keda.sh/paused-scale-out: \"true\"}", "keda-paused"),
        (
            "  minReplicaCount: 1\n",
            "  minReplicaCount: 1\n  advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleUp: {selectPolicy: Disabled}}}}\n",
            "hpa-disabled",
        ),
        ("  minReplicaCount: 1\n", "  minReplicaCount: 4\n  idleReplicaCount: 2\n", "keda-idle-replicas"),
    ] {
        for text in [ALONE, &with_cpu] {
            let text = text.replacen(from, to, 1);
            let found = refused(&own(&text));
            assert!(found.iter().any(|found| found.title.contains(rule)), "{text}\n{found:#?}");
        }
    }
}
