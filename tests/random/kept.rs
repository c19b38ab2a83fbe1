//! Somebody's own ScaledObjects of a random policy: what they scale, and by what.

use std::fmt::Write as _;

use seasonscale::source::Source;

use super::choices::Choices;
use super::profile::Fleet;
use super::workload::Workload;

/// Objects that stay as they are, each in a file of its own beside the policy.
pub fn kept(choices: &mut Choices<'_>, toml: &mut String, fleet: &mut Fleet) -> Vec<(String, Source)> {
    let mut files = Vec::new();
    for at in 0..choices.between(0, 2) {
        let (name, file) = (format!("kept-{at}"), format!("base/kept-{at}.yaml"));
        writeln!(toml, "[workloads.{name}]\nscaledobject = {file:?}").unwrap();
        match choices.between(0, 2) {
            0 => writeln!(toml, "territory = {:?}", fleet.territories[0].code).unwrap(),
            1 => {
                let zone = choices.one(&["Asia/Kolkata", "UTC", "Africa/Nairobi"]);
                writeln!(toml, "zone = {zone:?}").unwrap();
            }
            _ => {}
        }
        // Few replicas: from each to the next it is more than the tolerance of an HPA.
        let min = choices.between(1, 3);
        let max = choices.between(min + 1, 9);
        let text = object(choices, &name, (min, max));
        files.push((file.clone(), Source { name: file, text }));
        let room = f64::from(max) / f64::from(min);
        fleet.workloads.push(Workload { name, is_queue: true, is_asked: false, range: (min, max), room });
    }
    files
}

fn object(choices: &mut Choices<'_>, name: &str, (min, max): (u32, u32)) -> String {
    let target = choices.one(&[
        "name: shop",
        "kind: StatefulSet\n    name: shop",
        "apiVersion: argoproj.io/v1alpha1\n    kind: Rollout\n    name: shop",
    ]);
    let trigger = choices.one(&[
        "type: cpu\n      metricType: Utilization\n      metadata: {value: \"60\"}",
        "type: kafka\n      metadata: {bootstrapServers: \"kafka:9092\", consumerGroup: g, topic: t, lagThreshold: \"50\"}",
        "type: prometheus\n      metadata:\n        serverAddress: http://prometheus:9090\n        query: sum(depth)\n        threshold: \"100\"",
    ]);
    let about = choices.one(&["", "# whose it is\n", "---\n"]);
    let labels = choices.one(&[
        "",
        "  labels: {team: \"é, a\"}\n",
        "  annotations:\n    note: |\n      two\n      lines\n",
    ]);
    format!(
        "{about}apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata:\n  name: {name}\n{labels}spec:\n  scaleTargetRef:\n    {}\n  minReplicaCount: {min}\n  maxReplicaCount: {max}\n  triggers:\n    - {trigger}\n",
        target.replace("name: shop", &format!("name: {name}"))
    )
}
