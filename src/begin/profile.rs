//! `territories.toml` of a first policy.

use std::fmt::Write;

use super::Answers;

pub(super) fn text(answers: &Answers) -> String {
    let Answers { namespace, zone, range, .. } = answers;
    let mut text = format!(
        "# Where and how much. Every key: `seasonscale keys workloads`, `seasonscale keys platform`.

[platform]
namespace = \"{namespace}\"
zone      = \"{zone}\"   # the clock of the seasons
# prometheus-url = \"http://prometheus.monitoring.svc:9090\"   # with it: alerts and dashboards, and load beside the seasons
"
    );
    for workload in &answers.workloads {
        let _ = write!(
            text,
            "
[workloads.{workload}]   # the Deployment `{workload}`
replicas = {{ min = {}, max = {} }}
# rps-per-replica = 50   # requests per second that one replica carries: it grows with the load, too
",
            range.min, range.max
        );
    }
    text.push_str(
        "
# Several places, each with its own clock: then `replicas` stands there.
# [territories.EAST]
# zone = \"America/New_York\"
",
    );
    let _ = writeln!(
        text,
        "# {} = {{ replicas = {{ min = {}, max = {} }} }}",
        answers.workloads[0], range.min, range.max
    );
    text
}
