//! The examples on the pages, tried: the bad one has its finding, the mended one has not.

use seasonscale::audit::{Audit, Scope};
use seasonscale::emit::{self, Templates};
use seasonscale::explain::page::{self, Example};
use seasonscale::finding::Rule;
use seasonscale::quantity::Version;
use seasonscale::rules::subject::Versions;
use seasonscale::source::Sources;
use seasonscale::time::{Instant, Window};
use seasonscale::verify::verify;
use seasonscale::{compile, yaml};
use serde_json::{Map, Value, json};

use crate::policies::{base, source};

/// Pages whose examples are not a policy and no part of a ScaledObject: what they show needs a file on disk, a template, a
/// second object, another day, an option, a project, a whole year, pages of text, or a zone of the
/// past.
fn is_elsewhere(rule: Rule) -> bool {
    let elsewhere = [
        Rule::NotUtf8,
        Rule::BaseUnreadable,
        Rule::BaseCron,
        Rule::BaseWithoutPlace,
        Rule::BaseRefused,
        Rule::BaseFinding,
        Rule::UnreadableFile,
        Rule::TemplateError,
        Rule::MigrationVersionTaken,
        Rule::ReleasedMigration,
        Rule::OverBudget,
        Rule::TextTooLong,
        Rule::NotMade,
        Rule::SameOutput,
        Rule::SharedObject,
        Rule::SharedPlanName,
        Rule::PlanNotBegun,
        Rule::PlanExpires,
        Rule::PlanExpired,
        Rule::KedaSameTarget,
        Rule::CronSearchEndless,
    ];
    elsewhere.contains(&rule) || rule.id().starts_with("emitted-")
}

#[test]
fn the_bad_example_of_a_page_has_its_finding_and_the_mended_one_has_not() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for rule in Rule::ALL.iter().copied().filter(|rule| !is_elsewhere(*rule)) {
        let page = page::of(rule);
        // No part of an object can show these.
        let whole = [
            Rule::YamlBroken,
            Rule::YamlKeyDoubled,
            Rule::KedaSecondAutoscaler,
            Rule::KedaAuthenticationMissed,
            Rule::TargetWithoutPods,
            Rule::KedaRequestMissing,
            Rule::ContainerUnknown,
            Rule::WorkloadReplicas,
            Rule::ScaledjobRepeats,
            Rule::ScaledjobNoEffect,
        ];
        let found: fn(&Example) -> Vec<Vec<&'static str>> = if rule.is_of_policies() {
            |example| vec![policy_findings(example)]
        } else if whole.contains(&rule) {
            |example| vec![audited(example.text, VERSIONS[0])]
        } else {
            |example| VERSIONS.iter().map(|versions| object_findings(example, *versions)).collect()
        };
        let (bad, good) = (found(&page.bad), found(&page.good));
        // Some are found on old versions only.
        match bad.iter().position(|ids| ids.contains(&rule.id())) {
            None => wrong.push(format!("{}: the bad example has {bad:?}", rule.id())),
            Some(at) if good[at].contains(&rule.id()) => {
                wrong.push(format!("{}: the mended example has it too", rule.id()));
            }
            Some(_) => {}
        }
        tried += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 70, "{tried}");
}

/// What the compiler says of the base policy with the example's tables in it.
fn policy_findings(example: &Example) -> Vec<&'static str> {
    assert_eq!(example.language, "toml", "{}", example.text);
    let mut files = [base("calendar"), base("territories")];
    match example.text.parse::<toml::Table>() {
        Ok(tables) => {
            for (key, value) in tables {
                let calendar = ["plan", "seasons", "campaigns", "holidays"].contains(&key.as_str());
                let file = &mut files[usize::from(!calendar)];
                let mut whole: toml::Table = file.text.parse().unwrap();
                put(&mut whole, key, value, 0);
                file.text = toml::to_string(&whole).unwrap();
            }
        }
        // What is no TOML stays as it is.
        Err(_) => files[0] = source("calendar", example.text),
    }
    let [calendar, territories] = files;
    let (plan, mut found) = compile::plan(&Sources::new(calendar, territories));
    if let Some(plan) = plan {
        found.extend(match emit::emit(&plan, &Templates::embedded()) {
            Ok(artifacts) => verify(&plan, &artifacts),
            Err(more) => more,
        });
    }
    found.iter().map(|finding| finding.rule.id()).collect()
}

/// A season or campaign takes the place of the one of its name, other tables are filled into.
fn put(into: &mut toml::Table, key: String, value: toml::Value, depth: usize) {
    let whole = depth == 1 && value.as_table().is_some_and(|table| table.contains_key("from"));
    match (into.get_mut(&key), value) {
        (Some(toml::Value::Table(old)), toml::Value::Table(new)) if !whole => {
            for (key, value) in new {
                put(old, key, value, depth + 1);
            }
        }
        (_, value) => {
            into.insert(key, value);
        }
    }
}

const VERSIONS: [Versions; 2] = [
    Versions { keda: Version::new(2, 20), keda_patch: None, kubernetes: Version::new(1, 35) },
    Versions { keda: Version::new(2, 16), keda_patch: None, kubernetes: Version::new(1, 30) },
];

/// What the model says of a plain ScaledObject with the example's fields in it.
fn object_findings(example: &Example, versions: Versions) -> Vec<&'static str> {
    assert_eq!(example.language, "yaml", "{}", example.text);
    let mut object = json!({
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "scaleTargetRef": {"name": "web"},
            "minReplicaCount": 2,
            "maxReplicaCount": 20,
            "triggers": [{
                "type": "cron",
                "metadata": {
                    "timezone": "Europe/Berlin", "start": "0 8 * 9 *", "end": "0 20 * 9 *", "desiredReplicas": "6",
                },
            }],
        },
    });
    let fields: Map<String, Value> =
        yaml::lenient(example.text).unwrap_or_else(|why| panic!("{why}: {}", example.text));
    for (key, value) in fields {
        let into = if key == "metadata" { value.as_object().cloned() } else { None };
        match into {
            Some(fields) => object[&key].as_object_mut().unwrap().extend(fields),
            None => object["spec"][&key] = value,
        }
    }
    // JSON is YAML.
    let text = serde_json::to_string(&object).unwrap();
    audited(&text, versions)
}

/// What an audit says of a text, from 2026 to 2028, a leap year among them.
fn audited(text: &str, versions: Versions) -> Vec<&'static str> {
    let window = Window::new(Instant(1_767_225_600), Instant(1_861_920_000));
    let file = Audit::new(Scope { versions, window }).file("example.yaml", text.as_bytes());
    file.findings.iter().map(|finding| finding.rule.id()).collect()
}
