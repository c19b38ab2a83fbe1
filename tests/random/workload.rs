//! The workloads of a random policy.

use std::fmt::Write as _;

use super::choices::Choices;
use super::profile::Fleet;
use super::words::{duration, list, millis, name, number, string, text, whole};

pub struct Workload {
    pub name: String,
    pub is_queue: bool,
    /// Whether queries of its own ask for its requests.
    pub is_asked: bool,
    /// The highest minimum and the lowest maximum of its targets.
    pub range: (u32, u32),
    /// The least multiple of a minimum that every target has room for.
    pub room: f64,
}

const EDGES: &[&u32] = &[&60, &600, &2_147_483_647];

/// `{ min = 2, max = 12 }`, and both.
pub fn replicas(choices: &mut Choices<'_>) -> (String, (u32, u32)) {
    let min = choices.between(1, 4);
    let most = *choices.one(EDGES);
    let max = if choices.once_in(8) { min } else { choices.between(min, most) };
    (format!("{{ min = {}, max = {} }}", whole(choices, min), whole(choices, max)), (min, max))
}

/// What a target may have besides its range; its least load is `min` replicas' worth.
pub fn more_of_a_target(
    choices: &mut Choices<'_>,
    fleet: &Fleet,
    (min, per_replica): (u32, f64),
) -> Vec<String> {
    let mut keys = Vec::new();
    if choices.once_in(4) {
        keys.push(format!("scale-up-per-minute = {}", choices.between(1, 100)));
    }
    if fleet.derives {
        let base = (per_replica * f64::from(min) / (1.0 + fleet.headroom)).min(1e12);
        keys.push(format!("base-load = {}", number(choices, base.max(0.001))));
    }
    keys
}

fn resources(choices: &mut Choices<'_>) -> String {
    let cpu = choices.between(1, 64_000);
    let limit = choices.between(cpu, 128_000);
    let mut text = format!("resources = {{ cpu = \"{cpu}m\", memory = \"{}Mi\"", choices.between(1, 4096));
    if choices.once_in(2) {
        write!(text, ", cpu-limit = \"{limit}m\", memory-limit = \"{}\"", choices.one(&["8Gi", "1Ti", "5G"]))
            .unwrap();
    }
    text + " }"
}

pub fn workload(
    choices: &mut Choices<'_>,
    toml: &mut String,
    at: usize,
    fleet: &Fleet,
    wants_pods: bool,
) -> Workload {
    let (name, title) = (name(choices, "w", at), text(choices));
    let is_queue = choices.once_in(4);
    writeln!(
        toml,
        "[workloads.{name}]\ntitle = {}\ncooldown = {}",
        string(choices, &title),
        duration(choices)
    )
    .unwrap();
    if choices.once_in(4) {
        writeln!(toml, "service-time = {}", millis(choices)).unwrap();
    }
    if choices.once_in(4) {
        writeln!(toml, "scale-down-window = \"{}s\"", choices.between(300, 600)).unwrap();
    }
    if wants_pods || choices.once_in(2) {
        writeln!(toml, "{}", resources(choices)).unwrap();
    }
    let is_asked = !is_queue && choices.once_in(5);
    let mut workload = Workload { name, is_queue, is_asked, range: (1, u32::MAX), room: f64::MAX };
    if is_queue {
        let (range, ends) = replicas(choices);
        let messages = choices.size(0.001);
        workload.narrow(ends);
        writeln!(
            toml,
            "deployment = \"queue-{at}\"\nreplicas = {range}\nmessages-per-replica = {}",
            number(choices, messages)
        )
        .unwrap();
        writeln!(toml, "dispatch-lag = {}", duration(choices)).unwrap();
        for key in more_of_a_target(choices, fleet, (ends.0, messages)) {
            writeln!(toml, "{key}").unwrap();
        }
    } else {
        let pattern =
            choices.one(&["shop-{territory}", "{territory}", "a-rather-long-name-of-the-shop-{territory}"]);
        let mut methods = choices.some(&["GET", "POST", "PUT", "PATCH", "DELETE", "QUERY"]);
        if methods.is_empty() {
            methods.push("HEAD");
        }
        writeln!(toml, "deployment = \"w{at}-{pattern}\"").unwrap();
        if is_asked {
            own_queries(choices, toml);
        } else {
            writeln!(toml, "methods = {}", list(&methods)).unwrap();
        }
        // An emergency lies above every gate and every target.
        let emergency = choices.between(600_000, 3_600_000);
        writeln!(toml, "p95-gate = {}\np95-emergency = \"{emergency}ms\"", millis(choices)).unwrap();
    }
    workload
}

/// Of one element, of several, and with a comparison in it.
fn own_queries(choices: &mut Choices<'_>, toml: &mut String) {
    let rps = choices.one(&[
        "sum(rate(istio_requests_total{region='{territory}'}[2m]))",
        "rate(a:b_total{of=~\"{territory}|x\", y=\"{{y}}\"}[5m])",
        "sum(one{r='{territory}'}) + (sum(two) > 0 or vector(0))",
    ]);
    let p95 = choices.one(&[
        "histogram_quantile(0.95, sum by (le) (rate(ms_bucket{r='{territory}'}[5m]))) / 1000",
        "max by (pod) (p95_seconds{r='{territory}'})",
    ]);
    writeln!(toml, "rps = {rps:?}\np95 = {p95:?}").unwrap();
}

impl Workload {
    pub fn narrow(&mut self, (min, max): (u32, u32)) {
        self.range = (self.range.0.max(min), self.range.1.min(max));
        self.room = self.room.min(f64::from(max) / f64::from(min));
    }
}
