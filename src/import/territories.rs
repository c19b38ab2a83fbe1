//! `territories.toml` of the proposal: what the manifests say of platform, workloads and territories, and an assumption,
//! marked as one, wherever the policy must have a value that no manifest gives.

use std::fmt::Write;

use super::Target;
use super::fleet::{Fleet, Territory, Workload};
use super::load::{self, Labels, Load};
use super::place::Why;
use super::say::{self, ASSUMED};
use super::table::{Table, list, number};
use crate::keda::scaledobject::{PolicyKind, Rules};
use crate::name::SqlName;
use crate::rules::subject::Versions;

/// The HPA's scale-down window: what the policy allows, in seconds.
const SCALE_DOWN_WINDOW: std::ops::RangeInclusive<i32> = 300..=600;

/// The whole file.
pub(super) fn text(targets: &[Target<'_>], fleet: &Fleet, versions: Versions) -> String {
    let mut out = String::new();
    for line in say::TERRITORIES_HEAD {
        let _ = writeln!(out, "# {line}");
    }
    out.push('\n');
    let labels: Vec<Labels> = targets.iter().flat_map(load_labels).collect();
    platform(targets, fleet, versions, &labels).write(&mut out);
    for workload in &fleet.workloads {
        of_workload(workload, targets).write(&mut out);
    }
    for (at, territory) in fleet.territories.iter().enumerate() {
        of_territory(at, territory, targets, fleet).write(&mut out);
    }
    out.push_str(GATES);
    journal(&mut out, fleet, &labels);
    format!("{}\n", out.trim_end())
}

fn load_labels(target: &Target<'_>) -> Vec<Labels> {
    let loads = target.scaled.loads.iter();
    loads.map(|(index, _)| load::labels(target.scaled.found.trigger(*index))).collect()
}

/// A value from the input, or an assumed one.
fn known(table: &mut Table, key: &str, value: Option<String>, otherwise: &str) {
    match value {
        Some(value) => table.text(key, &value),
        None => table.text(key, otherwise).because(ASSUMED),
    };
}

fn platform(targets: &[Target<'_>], fleet: &Fleet, versions: Versions, labels: &[Labels]) -> Table {
    let namespace = fleet.namespace.as_ref().map(ToString::to_string);
    let mut table = Table::new("platform");
    table.text("keda", &versions.release().to_string());
    table.text("kubernetes", &versions.kubernetes.to_string()).because(ASSUMED);
    known(&mut table, "namespace", namespace.clone(), "default");
    let address = targets.iter().flat_map(servers).find(|address| is_url(address));
    known(&mut table, "prometheus-url", address, "http://prometheus.monitoring.svc:9090");
    table.text("runbook-url", "https://runbooks.example/runbook-seasonal.md").because(ASSUMED);
    table.text("team", "platform").because(ASSUMED);
    let app = namespace.unwrap_or_else(|| "app".to_owned());
    known(&mut table, "job", labels.iter().find_map(|labels| labels.job.clone()), &app);
    known(&mut table, "app", labels.iter().find_map(|labels| labels.app.clone()), &app);
    table.text("zone", fleet.zone.name());
    table.text("keda-namespace-label", "exported_namespace").because(ASSUMED);
    table
}

fn servers(target: &Target<'_>) -> Vec<String> {
    let triggers = target.scaled.found.object.spec.triggers.value.iter();
    let load = triggers.filter(|trigger| trigger.kind.value == "prometheus");
    load.filter_map(|trigger| Some(trigger.setting("serverAddress")?.trim_end_matches('/').to_owned()))
        .collect()
}

/// What `prometheus-url` takes: behind it KEDA puts the path of the API.
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_graphic() && !"\"'<>\\`#{}".contains(c);
    let is_whole = |rest: &str| ["/api/v1", "/api/v1/query"].iter().any(|path| rest.ends_with(path));
    rest.is_some_and(|rest| !rest.is_empty() && !is_whole(rest) && rest.chars().all(plain))
}

/// `[workloads.web]`: where its targets disagree, the first decides, and the report says so of the others.
fn of_workload(workload: &Workload, targets: &[Target<'_>]) -> Table {
    let own: Vec<&Target<'_>> =
        targets.iter().filter(|target| target.placed.workload.0 == workload.name).collect();
    let mut table = Table::new(format!("workloads.{}", workload.name));
    table.text("title", &title(workload.name.as_str()));
    table.text("deployment", &workload.deployment);
    if workload.is_queue {
        queue(&mut table, own[0]);
    } else {
        let labels = own.iter().flat_map(|target| load_labels(target));
        let methods = labels.map(|labels| labels.methods).find(|methods| !methods.is_empty());
        let assumed = methods.is_none();
        let methods = methods.unwrap_or_else(|| vec!["GET".to_owned()]);
        table.row("methods", list(methods.iter().map(String::as_str)));
        if assumed {
            table.because(ASSUMED);
        }
        table.text("p95-gate", "300ms").because(ASSUMED);
        table.text("p95-emergency", "600ms").because(ASSUMED);
    }
    let spec = &own[0].scaled.found.object.spec;
    let cooldown = spec.cooldown_period.as_ref().map(|period| period.value.max(1));
    known(&mut table, "cooldown", cooldown.map(|seconds| format!("{seconds}s")), "300s");
    let down = spec.behavior().and_then(|behavior| behavior.scale_down.as_ref());
    let window = down.and_then(|rules| rules.value.stabilization_window_seconds);
    let allowed = |seconds: i32| seconds.clamp(*SCALE_DOWN_WINDOW.start(), *SCALE_DOWN_WINDOW.end());
    // Where it is not written, the compiler takes the cooldown for it.
    let window = window.map(allowed).filter(|window| *window != allowed(cooldown.unwrap_or(300)));
    if let Some(window) = window {
        table.text("scale-down-window", &format!("{window}s"));
    }
    table
}

fn queue(table: &mut Table, target: &Target<'_>) {
    table.row("replicas", replicas(target));
    for (_, load) in &target.scaled.loads {
        if let Load::Backlog(messages) = load {
            table.row("messages-per-replica", number(*messages));
        }
    }
    let lag = target.scaled.loads.iter().find_map(|(_, load)| match load {
        Load::Lag(seconds) => Some(format!("{seconds}s")),
        Load::Requests(_) | Load::Latency(_) | Load::Backlog(_) => None,
    });
    known(table, "dispatch-lag", lag, "60s");
    if let Some(pods) = scale_up(target) {
        table.row("scale-up-per-minute", pods.to_string());
    }
}

fn replicas(target: &Target<'_>) -> String {
    format!("{{ min = {}, max = {} }}", target.scaled.min, target.scaled.max)
}

/// The one policy that the language has a key for: so many replicas a minute.
fn scale_up(target: &Target<'_>) -> Option<i32> {
    let rules: &Rules = &target.scaled.found.object.spec.behavior()?.scale_up.as_ref()?.value;
    match rules.policies.as_deref()? {
        [only] if only.kind == PolicyKind::Pods && only.period_seconds == 60 => Some(only.value.max(1)),
        _ => None,
    }
}

fn of_territory(at: usize, territory: &Territory, targets: &[Target<'_>], fleet: &Fleet) -> Table {
    let mut table = Table::new(format!("territories.{}", territory.code));
    table.text("title", territory.code.as_str());
    match territory.why {
        Why::Label => {}
        Why::Name => {
            table.because("from the last part of the Deployments' names");
        }
        Why::Clock => {
            table.because("nothing names a territory: called after its clock");
        }
        Why::Needed => {
            table.because("assumed: a policy needs a territory");
        }
    }
    table.text("zone", territory.zone.name());
    if territory.zone_assumed {
        table.because(ASSUMED);
    }
    table.row("share", share(at, fleet.territories.len())).because(ASSUMED);
    table.text("p95-target", "300ms").because(ASSUMED);
    for workload in &fleet.workloads {
        let here = |target: &&Target<'_>| {
            target.placed.workload.0 == workload.name
                && target.placed.territory.as_ref().is_some_and(|(code, _)| *code == territory.code)
        };
        if let Some(target) = targets.iter().find(here) {
            of_target(&mut table, target);
        }
    }
    table
}

/// Equal parts of the whole, the last one filling it up.
fn share(at: usize, count: usize) -> String {
    let hundredths = 10_000 / count;
    let own = if at + 1 == count { 10_000 - hundredths * (count - 1) } else { hundredths };
    format!("{}.{:04}", own / 10_000, own % 10_000).trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `web = { replicas = .., rps-per-replica = 80 }`
fn of_target(table: &mut Table, target: &Target<'_>) {
    let loads = || target.scaled.loads.iter().map(|(_, load)| load);
    let requests = loads().find_map(|load| match load {
        Load::Requests(rate) => Some(*rate),
        Load::Latency(_) | Load::Backlog(_) | Load::Lag(_) => None,
    });
    let mut value = format!(
        "{{ replicas = {}, rps-per-replica = {}",
        replicas(target),
        number(requests.unwrap_or(100.0))
    );
    for load in loads() {
        if let Load::Latency(millis) = load {
            let _ = write!(value, ", scale-up-p95 = \"{}ms\"", millis.0);
        }
    }
    if let Some(pods) = scale_up(target) {
        let _ = write!(value, ", scale-up-per-minute = {pods}");
    }
    value.push_str(" }");
    table.row(target.placed.workload.0.as_str(), value);
    let mut remarks = Vec::new();
    if requests.is_none() {
        remarks.push("rps-per-replica: assumed".to_owned());
    }
    let spec = &target.scaled.found.object.spec;
    if spec.min_replica_count.is_none() {
        remarks.push("min: KEDA's default is 0, the policy's least is 1".to_owned());
    } else if spec.min() == 0 {
        remarks.push("min: 0 in the manifest, the policy's least is 1".to_owned());
    }
    if spec.max_replica_count.is_none() {
        remarks.push("max: KEDA's default".to_owned());
    }
    if !remarks.is_empty() {
        table.because(&remarks.join("; "));
    }
}

/// `outbox-worker` is `Outbox worker`.
fn title(slug: &str) -> String {
    let text = slug.replace('-', " ");
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), chars.as_str()))
}

/// `[journal]` and `[cost]`
fn journal(out: &mut String, fleet: &Fleet, labels: &[Labels]) {
    let named = labels.iter().find_map(|labels| labels.prefix.clone());
    let ours = fleet.namespace.as_ref().map(|name| format!("{}_scaling", name.as_str().replace('-', "_")));
    let prefix = named.or(ours).filter(|prefix| SqlName::parse(prefix).is_some());
    let prefix = prefix.unwrap_or_else(|| "seasonscale".to_owned());
    let _ = writeln!(
        out,
        "# {}\n[journal]\nversion           = 1   # the next one that is free",
        say::NOTHING_SAID
    );
    let _ = writeln!(out, "description       = \"scaling_event_journal\"\nschema            = \"scaling\"");
    let _ = writeln!(out, "prefix            = \"{prefix}\"   # of roles and metrics");
    out.push_str(JOURNAL);
}

const GATES: &str = "# assumed, all of it: no ScaledObject says anything of it
[gates]
latency-objective       = 0.95
minimal-rps             = 0.2
outbox-lag              = \"60s\"
outbox-depth            = 500
prescale-idle-for       = \"30m\"
prescale-idle-share     = 0.25
start-up                = \"2m\"

";

const JOURNAL: &str = "territory-setting = \"app.territory\"
spill-ratio       = 0.70
critical-ratio    = 0.95
retention         = \"30d\"
max-attempts      = 10

# assumed, all of it: no ScaledObject says anything of it
[cost]
pod-hour = 0.05
currency = \"EUR\"

# the other files need facts that no ScaledObject says, `[platform.container]` for one; left out, all are made
[artifacts]
make = [\"keda\", \"alerts\", \"journal\", \"undo\", \"runbook\"]
";
