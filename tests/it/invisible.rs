//! Characters that nobody sees: each string of a policy with one is one finding at its place, and no finding, no import and no
//! made file has one in it.

use std::fs;

use seasonscale::finding::Rule;
use seasonscale::invisible;
use seasonscale::parallel;
use seasonscale::policy;
use seasonscale::report;
use seasonscale::source::Sources;
use toml_edit::visit_mut::{VisitMut, visit_value_mut};
use toml_edit::{DocumentMut, Formatted, Value};

use crate::cli::{Run, Workplace};
use crate::policies;

const UNSEEN: char = '\u{202e}';

/// Puts the character into one string of a document, counting from 0.
struct Putting {
    into: usize,
    seen: usize,
}

impl VisitMut for Putting {
    fn visit_value_mut(&mut self, value: &mut Value) {
        if let Value::String(text) = value {
            if self.seen == self.into {
                let mut said = text.value().clone();
                said.insert(said.len() / 2, UNSEEN);
                *value = Value::String(Formatted::new(said));
            }
            self.seen += 1;
        } else {
            visit_value_mut(self, value);
        }
    }
}

/// The document with the character in its string of that number; nothing where it has no so many.
fn with_unseen(text: &str, into: usize) -> Option<String> {
    let mut document: DocumentMut = text.parse().unwrap();
    let mut putting = Putting { into, seen: 0 };
    putting.visit_document_mut(&mut document);
    (putting.seen > into).then(|| document.to_string())
}

fn every_key(name: &str) -> String {
    fs::read_to_string(policies::root().join(format!("tests/cases/every-key/{name}.toml"))).unwrap()
}

#[test]
fn each_string_of_a_policy_with_a_character_that_nobody_sees_is_one_finding() {
    let (calendar, territories) = (every_key("calendar"), every_key("territories"));
    let plain = |calendar: &str, territories: &str| {
        Sources::new(policies::source("calendar", calendar), policies::source("territories", territories))
    };
    let changed = |text: &str| -> Vec<String> { (0..).map_while(|into| with_unseen(text, into)).collect() };
    let (dates, places) = (changed(&calendar), changed(&territories));
    assert!(dates.len() > 40 && places.len() > 60, "{} {}", dates.len(), places.len());
    let all = dates.iter().map(|dates| (dates.as_str(), territories.as_str()));
    for (calendar, territories) in all.chain(places.iter().map(|places| (calendar.as_str(), places.as_str())))
    {
        let sources = plain(calendar, territories);
        let (_, found) = policy::read(&sources);
        let own: Vec<_> = found.iter().filter(|finding| finding.rule == Rule::InvisibleCharacter).collect();
        let shown = report::terminal(&found, &sources, false);
        assert_eq!(own.len(), 1, "{shown}");
        assert!(sources.text(own[0].labels[0].span).contains(UNSEEN), "{shown}");
        assert_eq!(invisible::first(&shown), None, "{shown}");
    }
}

#[test]
fn a_project_is_looked_at_too() {
    let mut tried = 0;
    for text in (0..).map_while(|into| with_unseen(&every_key("seasonscale"), into)) {
        let sources = Sources::new(policies::source("seasonscale", &text), policies::source("none", ""));
        let (project, found) = policy::project(&sources);
        let own = found.iter().filter(|finding| finding.rule == Rule::InvisibleCharacter).count();
        assert!(project.is_none() && own == 1, "{text}{found:?}");
        tried += 1;
    }
    assert!(tried >= 7, "{tried}");
}

#[test]
fn no_finding_shows_what_nobody_sees_in_a_key_or_a_comment() {
    for (old, new) in [
        ("title = \"Spring\"", "ti\u{200b}tle = \"Spring\"".to_owned()),
        ("title = \"Spring\"", "\"ti\u{200b}tle\" = \"Spring\"".to_owned()),
        ("[seasons.spring.in.CH]", "[seasons.spring.in.\"C\u{2066}H\"]".to_owned()),
        ("title = \"Spring\"", "unheard-of = 1 # a \u{202e}comment \u{e0041}\u{ad}".to_owned()),
        ("title = \"Spring\"", "\u{feff}title = \"Spring\"".to_owned()),
    ] {
        let text = policies::base("calendar").text.replace(old, &new);
        let sources = Sources::new(policies::source("calendar", &text), policies::base("territories"));
        let (_, found) = policy::read(&sources);
        let shown = report::terminal(&found, &sources, false);
        assert!(!found.is_empty() && invisible::first(&shown).is_none(), "{new}: {shown}");
    }
}

#[test]
fn an_import_leaves_them_out() {
    let place = Workplace::reference();
    let feed = fs::read_to_string(policies::root().join("tests/feed/campaigns.ics")).unwrap();
    let hostile = feed.replace("SUMMARY:", "SUMMARY:\u{202e}\u{200b}").replace("owner: ", "owner: \u{2066}");
    assert!(hostile.matches(UNSEEN).count() > 1);
    place.write("sales.ics", hostile.as_bytes());
    let run = place.run(&["import", "sales.ics"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("title") && invisible::first(&run.stdout).is_none(), "{}", run.stdout);

    let manifest = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  name: web\nspec:\n  scaleTargetRef: {name: web}\n  minReplicaCount: 1\n  triggers:\n    # Sp\u{202e}ring\u{200b} rush: for Sales\u{feff}\n    - {type: cron, metadata: {timezone: Europe/Berlin, start: \"0 8 * * *\", end: \"0 18 * * *\", desiredReplicas: \"5\"}}\n";
    place.write("web.yaml", manifest.as_bytes());
    for form in [
        &["import", "web.yaml", "--owned", "--today", "2026-06-01"][..],
        &["import", "web.yaml", "--today", "2026-06-01"],
    ] {
        let run = place.run(form);
        assert!(run.stdout.contains("Spring rush"), "{form:?}: {}{}", run.stdout, run.stderr);
        assert_eq!(invisible::first(&(run.stdout + &run.stderr)), None, "{form:?}");
    }
}

#[test]
fn a_manifest_of_somebody_else_keeps_them() {
    let written = "    # \u{200b}seen by nobody\u{202e}\n";
    let manifest = fs::read_to_string(policies::root().join("tests/cases/base/kept.yaml")).unwrap();
    let manifest = manifest.replacen("  triggers:\n", &format!("  triggers:\n{written}"), 1);
    assert!(manifest.contains(written));
    let place = Workplace::empty();
    place.write("policies/base/kept.yaml", manifest.as_bytes());
    place.write("policies/calendar.toml", b"[plan]\nfrom = 2026-01-01\nuntil = 2027-01-01\n\n[seasons.spring]\nfrom = \"04-01\"\nto = \"06-30\"\nhours = \"08:00-18:00\"\nfloor = { indexer = 4 }\n");
    place.write("policies/territories.toml", b"[workloads.indexer]\nscaledobject = \"base/kept.yaml\"\n");
    let run = place.run(&["generate", "--only", "keda"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(place.read("generated/keda-scalers.yaml").contains(written));
}

/// What an author of a manifest can write into any text of it: as escapes, and some of them as they are.
const ESCAPED: &str = "Qq\u{1b}[31mqQ\u{1b}[8m\u{202e}\u{2066}\u{200b}\u{200f}\u{feff}\u{2028}\u{2029}\u{9b}31m\u{7}\u{7f}\u{85}\r";
const RAW: &str = "\u{202e}\u{2066}\u{200b}\u{feff}";

/// Puts the characters into one string of a document, counting from 0: a value or a key of annotations and labels.
fn put(value: &mut serde_yaml::Value, into: &mut usize) {
    match value {
        serde_yaml::Value::String(text) => {
            if *into == 0 {
                text.push_str(ESCAPED);
            }
            *into = into.wrapping_sub(1);
        }
        serde_yaml::Value::Sequence(all) => all.iter_mut().for_each(|one| put(one, into)),
        serde_yaml::Value::Mapping(all) => all.iter_mut().for_each(|(_, one)| put(one, into)),
        serde_yaml::Value::Null
        | serde_yaml::Value::Bool(_)
        | serde_yaml::Value::Number(_)
        | serde_yaml::Value::Tagged(_) => {}
    }
}

/// Manifests, each with the characters in one of its strings or at the end of one of its lines.
fn hostile_manifests() -> Vec<String> {
    let names = ["control-full", "black-friday-in-a-comment", "prometheus-authentication", "paused-at-three"];
    let read = |name: &str| fs::read_to_string(policies::root().join(format!("tests/audit/{name}.yaml")));
    let mut all = Vec::new();
    for text in names.iter().map(|name| read(name).unwrap()) {
        let documents = text.split("\n---\n").count();
        for at in (0..text.lines().count()).filter(|at| !text.lines().nth(*at).unwrap().trim().is_empty()) {
            let lines = text.lines().enumerate();
            all.push(
                lines.map(|(line, text)| format!("{text}{}\n", if line == at { RAW } else { "" })).collect(),
            );
        }
        if documents > 1 {
            continue;
        }
        let whole: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        for into in 0.. {
            let (mut value, mut left) = (whole.clone(), into);
            put(&mut value, &mut left);
            if left < usize::MAX / 2 {
                break;
            }
            all.push(serde_yaml::to_string(&value).unwrap());
        }
    }
    assert!(all.len() > 80, "{}", all.len());
    all
}

/// Nothing of them is in what a run says, colours of our own aside.
fn is_printable(run: &Run, what: &str) {
    for said in [&run.stdout, &run.stderr] {
        assert_eq!(invisible::coloured(said), said.as_str(), "{what}");
        assert!(!said.contains("Qq\u{1b}"), "{what}: {said}");
    }
}

#[test]
fn an_audit_says_nothing_that_nobody_sees_in_any_form() {
    let place = Workplace::empty();
    for (at, text) in hostile_manifests().iter().enumerate() {
        place.write(&format!("k8s/{at:03}.yaml"), text.as_bytes());
    }
    for format in ["human", "json", "github", "sarif"] {
        let arguments = ["audit", "--from", "2026-01-01", "--verbose", "--format", format, "k8s"];
        for colour in ["0", "1"] {
            let run = place.run_with(&[("CLICOLOR_FORCE", colour)], &arguments);
            assert_eq!(run.status, 1, "{}", run.stderr);
            is_printable(&run, format);
            assert!(run.stdout.contains("\\u202e"), "{format} no longer shows any");
            if ["json", "sarif"].contains(&format) {
                let value: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
                assert!(value.to_string().contains(UNSEEN), "a program reads what was written");
            }
        }
    }
}

#[test]
fn an_import_says_nothing_that_nobody_sees() {
    let place = Workplace::empty();
    let all: Vec<String> = hostile_manifests();
    let names: Vec<String> = (0..all.len()).map(|at| format!("{at:03}.yaml")).collect();
    for (name, text) in names.iter().zip(&all) {
        place.write(name, text.as_bytes());
    }
    parallel::each(&names, |name| {
        for form in [&["--owned"][..], &[]] {
            let run = place.run(&[&["import", "--today", "2026-06-01", name], form].concat());
            is_printable(&run, name);
        }
    });
}

#[test]
fn a_cluster_s_objects_say_nothing_that_nobody_sees() {
    let place = Workplace::reference();
    assert_eq!(place.run(&["generate"]).status, 0);
    let made = place.read("generated/keda-scalers.yaml");
    let mut objects: Vec<serde_yaml::Value> = serde_yaml::Deserializer::from_str(&made)
        .map(|document| serde::Deserialize::deserialize(document).unwrap())
        .collect();
    for (at, object) in objects.iter_mut().filter(|object| !object.is_null()).enumerate() {
        match at {
            0 => object["metadata"]["name"] = format!("gone{ESCAPED}").into(),
            1 => object["metadata"]["annotations"][format!("x{ESCAPED}")] = ESCAPED.into(),
            _ => {
                let mut into = 8 + at;
                put(&mut object["spec"], &mut into);
            }
        }
    }
    let texts: Vec<String> = objects.iter().map(|object| serde_yaml::to_string(object).unwrap()).collect();
    place.write("cluster.yaml", texts.join("---\n").as_bytes());
    for format in ["human", "json", "github", "sarif"] {
        let run =
            place.run(&["check", "--today", "2026-06-01", "--format", format, "--cluster", "cluster.yaml"]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        is_printable(&run, format);
        assert!(run.stdout.contains("gone"), "{}", run.stdout);
    }
}

#[test]
fn names_of_files_and_revisions_say_nothing_that_nobody_sees() {
    let place = Workplace::empty();
    let name = "pol\u{202e}icies\u{1b}[8m";
    for file in ["calendar", "territories"] {
        let text = fs::read(policies::root().join(format!("policies/{file}.toml"))).unwrap();
        place.write(&format!("{name}/{file}.toml"), &text);
    }
    for arguments in [
        &["generate", "-i", name, "-o", name][..],
        &["check", "-i", name, "-o", "nowhere\u{202e}", "--today", "2026-06-01"],
        &["review", "-i", name, "--against", "HEAD\u{202e}"],
        &["audit", "no\u{202e}.yaml"],
        &["explain", "DE/que\u{202e}ries", "-i", name],
        &["simulate", "-i", name, "--target", "\u{202e}"],
        &["gen\u{202e}erate"],
    ] {
        let run = place.run(arguments);
        is_printable(&run, arguments[0]);
        assert!((run.stdout + &run.stderr).contains("\\u202e"), "{arguments:?}");
    }
}
