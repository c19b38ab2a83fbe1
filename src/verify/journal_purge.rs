//! `journal-purge.yaml` read back: one CronJob that calls the journal's own clean-up as a login of its owner's choice, once a day,
//! and takes no right that the restricted Pod Security Standard forbids.

use super::node::{at, said};
use super::pod_security;
use super::report::Report;
use crate::artifact::Artifact;
use crate::finding::Diagnostic;
use crate::plan::Plan;
use crate::profile::{Journal, Purge};
use crate::yaml::{self, Node, Value};

const POD: [&str; 5] = ["spec", "jobTemplate", "spec", "template", "spec"];

pub(super) fn verify(plan: &Plan, artifact: &Artifact) -> Vec<Diagnostic> {
    let mut report = Report::new(artifact, "journal-purge.yaml.j2");
    let journal = plan.profile.journal.as_ref();
    let Some((journal, purge)) = journal.and_then(|journal| Some((journal, journal.purge.as_ref()?))) else {
        report.mismatch(None, "the policy does not say who purges".to_owned());
        return report.found;
    };
    let mut documents = yaml::each_document(&artifact.text, yaml::tree).into_iter();
    let (Some(document), None) = (documents.next(), documents.next()) else {
        report.mismatch(None, format!("`{}` is not one object", artifact.path));
        return report.found;
    };
    let tree = match &document.content {
        Ok(tree) => tree,
        Err(problem) => {
            let line = document.at(problem.mark).line;
            report.rejected(Some(line), format!("`{}` is not YAML: {}", artifact.path, problem.message));
            return report.found;
        }
    };
    for doubled in &tree.doubled {
        let line = document.at(doubled.mark).line;
        report.rejected(Some(line), format!("the key `{}` stands twice in one map", doubled.value));
    }
    for (way, wanted) in expected(plan, purge) {
        let node = at(&tree.root, &way);
        if node.and_then(said).as_ref() != Some(&wanted) {
            let line = document.at(node.unwrap_or(&tree.root).mark).line;
            report.mismatch(Some(line), format!("{} is not {wanted}", way.join(".")));
        }
    }
    check_command(journal, &tree.root, &mut report);
    for flaw in pod_security::flaws(&tree.root, &POD) {
        let what = format!("the CronJob breaks the restricted Pod Security Standard: {}", flaw.what);
        report.mismatch(Some(document.at(flaw.mark).line), what);
    }
    report.found
}

/// Ways to scalars and their values; texts in quotes.
fn expected(plan: &Plan, purge: &Purge) -> Vec<(Vec<&'static str>, String)> {
    let text = |text: &str| format!("\"{text}\"");
    let pod = |way: &[&'static str]| [&POD[..], way].concat();
    let source =
        |way: &[&'static str]| pod(&[&["volumes", "name=service", "projected", "sources"], way].concat());
    let schedule = format!("{} {} * * *", purge.at.minute(), purge.at.hour());
    let platform = &plan.profile.platform;
    vec![
        (vec!["apiVersion"], text("batch/v1")),
        (vec!["kind"], text("CronJob")),
        (vec!["metadata", "name"], text(purge.name.as_str())),
        (vec!["metadata", "namespace"], text(platform.namespace.as_str())),
        (vec!["spec", "schedule"], text(&schedule)),
        (vec!["spec", "timeZone"], text(platform.zone.name())),
        (vec!["spec", "concurrencyPolicy"], text("Forbid")),
        (pod(&["restartPolicy"]), text("Never")),
        (pod(&["automountServiceAccountToken"]), "false".to_owned()),
        (pod(&["containers", "0", "image"]), text(&purge.image)),
        (pod(&["containers", "0", "securityContext", "readOnlyRootFilesystem"]), "true".to_owned()),
        (
            pod(&["containers", "0", "env", "name=PGSERVICEFILE", "value"]),
            text("/etc/journal/pg_service.conf"),
        ),
        (pod(&["containers", "0", "env", "name=PGSERVICE", "value"]), text("journal")),
        (pod(&["containers", "0", "volumeMounts", "name=service", "mountPath"]), text("/etc/journal")),
        (pod(&["volumes", "name=service", "projected", "defaultMode"]), "288".to_owned()),
        (pod(&["containers", "0", "env", "name=PGSSLROOTCERT", "value"]), text("/etc/journal/ca.crt")),
        (source(&["0", "secret", "name"]), text(purge.secret.as_str())),
        (source(&["0", "secret", "items", "key=pg_service.conf", "path"]), text("pg_service.conf")),
        // A CA of one's own is not there everywhere.
        (source(&["1", "secret", "name"]), text(purge.secret.as_str())),
        (source(&["1", "secret", "optional"]), "true".to_owned()),
        (source(&["1", "secret", "items", "key=ca.crt", "path"]), text("ca.crt")),
    ]
}

/// Batch by batch, each with a commit of its own, until nothing is left; an error ends the run, so that somebody sees it.
fn check_command(journal: &Journal, root: &Node, report: &mut Report<'_>) {
    let command = at(root, &[&POD[..], &["containers", "0", "command"]].concat());
    let Some(Value::List(words)) = command.map(|node| &node.value) else {
        report.mismatch(None, "the CronJob has no command".to_owned());
        return;
    };
    let words: Vec<&str> = words.iter().filter_map(Node::text).collect();
    let schema = &journal.schema;
    let statement =
        format!("--command=DO 'BEGIN WHILE {schema}.purge_delivered() > 0 LOOP COMMIT; END LOOP; END'");
    for wanted in ["--no-psqlrc", "--set=ON_ERROR_STOP=1", &statement] {
        if words.first() != Some(&"psql") || !words.contains(&wanted) {
            report.mismatch(None, format!("the CronJob does not run psql with `{wanted}`"));
        }
    }
}
