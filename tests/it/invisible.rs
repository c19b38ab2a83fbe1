//! Characters that nobody sees: each string of a policy with one is one finding at its place, and no finding, no import and no
//! made file has one in it.

use std::fs;

use seasonscale::finding::Rule;
use seasonscale::invisible;
use seasonscale::policy;
use seasonscale::report;
use seasonscale::source::Sources;
use toml_edit::visit_mut::{VisitMut, visit_value_mut};
use toml_edit::{DocumentMut, Formatted, Value};

use crate::cli::Workplace;
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
