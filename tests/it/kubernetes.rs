//! The Kubernetes objects that are made, read by the API's own types (k8s-openapi, Kubernetes 1.34), strictly: what they do
//! not write back, the API server would not know.

use std::fs;
use std::process::Command;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::serde::Serialize;
use k8s_openapi::serde::de::DeserializeOwned;
use seasonscale::artifact::{Artifact, ArtifactKind};
use seasonscale::compile::{self, compile};
use seasonscale::emit::{self, Templates};
use seasonscale::finding::Rule;
use seasonscale::source::Sources;
use seasonscale::{verify, yaml};
use serde_json::Value;

use crate::policies;

/// The documents of a made file.
fn documents(kind: ArtifactKind) -> Vec<Value> {
    let compiled =
        compile(&policies::reference(), &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    let artifact = compiled.artifacts.iter().find(|artifact| artifact.kind == kind).expect("it is made");
    yaml::cut(&artifact.text).map(|(_, text)| yaml::lenient(text).unwrap()).collect()
}

/// What `object` says and the type does not know.
fn unknown<T: DeserializeOwned + Serialize>(object: &Value) -> Vec<String> {
    let typed: T =
        serde_json::from_value(object.clone()).unwrap_or_else(|error| panic!("{error}: {object:#}"));
    let mut lost = Vec::new();
    compare("", object, &serde_json::to_value(typed).unwrap(), &mut lost);
    lost
}

fn compare(way: &str, said: &Value, kept: &Value, lost: &mut Vec<String>) {
    match (said, kept) {
        (Value::Object(said), Value::Object(kept)) => {
            for (key, value) in said {
                let way = format!("{way}/{key}");
                match kept.get(key) {
                    Some(kept) => compare(&way, value, kept, lost),
                    None => lost.push(way),
                }
            }
        }
        (Value::Array(said), Value::Array(kept)) if said.len() == kept.len() => {
            for (at, (said, kept)) in said.iter().zip(kept).enumerate() {
                compare(&format!("{way}/{at}"), said, kept, lost);
            }
        }
        (said, kept) if said == kept => {}
        (said, _) => lost.push(format!("{way}={said}")),
    }
}

fn strictly(object: &Value) -> Vec<String> {
    match object["kind"].as_str() {
        Some("CronJob") => unknown::<CronJob>(object),
        Some("Deployment") => unknown::<Deployment>(object),
        Some("Service") => unknown::<Service>(object),
        Some("PodDisruptionBudget") => unknown::<PodDisruptionBudget>(object),
        other => panic!("no type for {other:?}"),
    }
}

#[test]
fn every_object_is_one_that_the_api_knows_field_by_field() {
    let mut objects = documents(ArtifactKind::Deployments);
    assert_eq!(objects.len(), 3 * 7, "three for each target");
    objects.extend(documents(ArtifactKind::JournalPurge));
    for object in &objects {
        assert_eq!(strictly(object), Vec::<String>::new(), "{object:#}");
    }
}

#[test]
fn a_field_that_the_api_does_not_know_is_seen() {
    let mut object = documents(ArtifactKind::Deployments).remove(0);
    object["spec"]["template"]["spec"]["containers"][0]["livenessProbes"] = serde_json::json!({});
    assert_eq!(strictly(&object), ["/spec/template/spec/containers/0/livenessProbes"]);
}

/// What kustomize makes of the Kubernetes files of a policy.
fn kustomized(sources: &Sources) -> Vec<Value> {
    let compiled = compile(sources, &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    let folder = tempfile::tempdir().unwrap();
    for artifact in &compiled.artifacts {
        let path = folder.path().join(&artifact.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &artifact.text).unwrap();
    }
    let run = Command::new("kubectl").arg("kustomize").arg(folder.path()).output();
    let run = run.unwrap_or_else(|error| {
        panic!("kubectl is missing ({error}): install the Debian package `kubernetes-client`")
    });
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = String::from_utf8(run.stdout).unwrap();
    yaml::cut(&text).map(|(_, text)| yaml::lenient(text).unwrap()).collect()
}

/// The same objects in the same words, in any order.
fn sorted(mut objects: Vec<Value>) -> Vec<String> {
    objects.sort_by_key(|object| object["kind"].to_string() + &object["metadata"]["name"].to_string());
    objects.iter().map(ToString::to_string).collect()
}

/// What ties the others together, and what the reference policy has nothing for.
const IS_OTHER: [ArtifactKind; 2] = [ArtifactKind::Kustomization, ArtifactKind::KeptPrometheusRule];

#[test]
fn kubectl_ties_the_files_together_and_changes_nothing_in_them() {
    let kinds = ArtifactKind::ALL.iter().copied();
    let kinds = kinds.filter(|kind| kind.is_for_the_cluster() && !IS_OTHER.contains(kind));
    let made: Vec<Value> = kinds.into_iter().flat_map(documents).collect();
    assert_eq!(made.len(), 7 + 3 * 7 + 3);
    assert_eq!(sorted(kustomized(&policies::reference())), sorted(made));
}

/// The reference policy for a Prometheus that has no operator.
fn without_an_operator() -> Sources {
    let [calendar, territories] = ["calendar", "territories"].map(|name| {
        let text = fs::read_to_string(policies::root().join(format!("policies/{name}.toml"))).unwrap();
        policies::source(name, &text.replace("= \"prometheus-rule\"", "= \"file\""))
    });
    Sources::new(calendar, territories)
}

#[test]
fn without_an_operator_the_rules_become_a_config_map() {
    let objects = kustomized(&without_an_operator());
    let map = objects.iter().find(|object| object["kind"] == *"ConfigMap").expect("a ConfigMap");
    assert!(map["data"]["alerts-scaling.yml"].as_str().unwrap().contains("seasonscale-calendar"));
    assert!(!objects.iter().any(|object| object["kind"] == *"PrometheusRule"));
}

/// The titles of what verification says of a policy's files, one of them edited.
fn refused(sources: &Sources, kind: ArtifactKind, edit: impl Fn(&str) -> String) -> Vec<String> {
    let mut compiled = compile(sources, &Templates::embedded()).unwrap_or_else(|found| panic!("{found:#?}"));
    let artifact = compiled.artifacts.iter_mut().find(|artifact| artifact.kind == kind).expect("it is made");
    let text = edit(&artifact.text);
    assert_ne!(artifact.text, text, "nothing was edited");
    artifact.text = text;
    let found = verify::verify(&compiled.plan, &compiled.artifacts);
    found.into_iter().map(|found| found.title).collect()
}

#[test]
fn each_way_to_break_the_config_map_is_named() {
    let sources = without_an_operator();
    for (good, bad, title) in [
        ("NameSuffixHash: true", "NameSuffixHash: false", "the ConfigMap gets a new name with every change"),
        ("namespace: freshplan", "namespace: other", "the ConfigMap is for another namespace"),
        ("- alerts-scaling.yml", "- alerts.yml", "`alerts.yml` is to be in a ConfigMap, and not made"),
    ] {
        let found = refused(&sources, ArtifactKind::Kustomization, |text| text.replace(good, bad));
        assert_eq!(found, [title]);
    }
}

#[test]
fn a_group_that_is_missing_or_one_too_many_is_named() {
    let without = refused(&policies::reference(), ArtifactKind::PrometheusRule, |text| {
        text.split("    - name: seasonscale-health").next().expect("a head").to_owned()
    });
    assert!(without.contains(&"the group `seasonscale-health` is missing".to_owned()), "{without:?}");
    let more = refused(&policies::reference(), ArtifactKind::PrometheusRule, |text| {
        format!("{text}    - name: own\n      rules: []\n")
    });
    assert_eq!(more, ["the group `own` is one too many"]);
}

#[test]
fn a_scaled_object_scales_a_deployment_that_is_made() {
    let of_kind = |objects: Vec<Value>, kind: &str| -> Vec<Value> {
        objects.into_iter().filter(|object| object["kind"] == *kind).collect()
    };
    let names = |objects: &[Value], way: &str| -> Vec<String> {
        objects.iter().map(|object| object.pointer(way).unwrap().as_str().unwrap().to_owned()).collect()
    };
    let scaled = of_kind(documents(ArtifactKind::Keda), "ScaledObject");
    let deployed = of_kind(documents(ArtifactKind::Deployments), "Deployment");
    assert_eq!(names(&scaled, "/spec/scaleTargetRef/name"), names(&deployed, "/metadata/name"));
    let selectors = names(&deployed, "/spec/selector/matchLabels/app.kubernetes.io~1name");
    assert_eq!(selectors, names(&deployed, "/spec/template/metadata/labels/app.kubernetes.io~1name"));
}

/// The base policy with as many territories more.
fn fleet(territories: usize, form: &str) -> Sources {
    let mut profile = policies::base("territories");
    let of = |number: usize| {
        format!(
            "[territories.T{number:04}]\ntitle = \"T{number}\"\nzone = \"Europe/Berlin\"\nshare = 0.0001\np95-target = \"300ms\"\n\
             web = {{ replicas = {{ min = 1, max = 8 }}, rps-per-replica = 40 }}\n"
        )
    };
    profile.text.push_str(&(0..territories).map(of).collect::<String>());
    let object = if form == "file" { "" } else { "\"prometheus-rule\", " };
    profile.text = profile.text.replace("make = [", &format!("make = [\"kustomization\", {object}"));
    profile.text = profile.text.replace("[platform]\n", &format!("[platform]\nrules = \"{form}\"\n"));
    Sources::new(policies::base("calendar"), profile)
}

#[test]
fn rules_that_are_too_large_for_one_object_are_said_to_be() {
    let titles = |territories: usize, form: &str| -> Vec<String> {
        let plan = compile::plan(&fleet(territories, form)).0.expect("a plan");
        let make = |kind| emit::emit_one(&plan, kind, &Templates::embedded()).unwrap();
        let kinds = match form {
            "file" => vec![ArtifactKind::Alerts, ArtifactKind::Kustomization],
            _ => vec![ArtifactKind::PrometheusRule],
        };
        let made: Vec<Artifact> = kinds.into_iter().map(make).collect();
        let found = verify::verify(&plan, &made).into_iter();
        found.filter(|one| one.rule == Rule::EmittedObjectTooLarge).map(|one| one.title).collect()
    };
    assert_eq!(titles(10, "prometheus-rule"), Vec::<String>::new());
    let operator = "the Prometheus operator takes 512 KiB in one object";
    assert!(titles(1_700, "prometheus-rule")[0].ends_with(operator));
    assert_eq!(titles(1_700, "file"), Vec::<String>::new());
    assert!(titles(3_500, "file")[0].ends_with("a ConfigMap takes 1024 KiB in one object"));
}
