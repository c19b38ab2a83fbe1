//! `[platform.container]` and a workload's `resources`: what runs in a pod.

use super::decode::{Problems, Table, Value};
use super::diags;
use crate::profile::{Container, Resources};
use crate::quantity::{Bytes, Millicores};
use crate::source::Located;

/// `[platform.container]`, which deployments cannot do without.
pub(super) fn read(
    platform: &mut Table<'_>,
    deployments: bool,
    problems: &mut Problems,
) -> Option<Container> {
    let value = wanted(platform, "container", deployments, problems)?;
    let mut table = value.table("`[platform.container]`", problems)?;
    let image = table.need("image", problems).and_then(|value| {
        value.parsed("an image such as \"registry.example/shop-{workload}:1.2.3\"", image, problems)
    });
    let port = table.need("port", problems).and_then(|value| port(&value, problems));
    let mut path = |key| {
        let value = table.need(key, problems)?;
        Some(value.parsed("a path such as \"/q/health/live\"", path, problems)?.value)
    };
    let (startup, liveness) = (path("startup"), path("liveness"));
    let (readiness, metrics) = (path("readiness"), path("metrics"));
    table.finish(problems);
    Some(Container {
        image: image?.value,
        port: port?,
        startup: startup?,
        liveness: liveness?,
        readiness: readiness?,
        metrics: metrics?,
    })
}

/// A value that deployments cannot do without; elsewhere it may be left out.
fn wanted<'t>(
    table: &mut Table<'t>,
    key: &'t str,
    deployments: bool,
    problems: &mut Problems,
) -> Option<Value<'t>> {
    if deployments { table.need(key, problems) } else { table.get(key) }
}

/// `resources = { cpu = "250m", memory = "512Mi", memory-limit = "1Gi" }`
pub(super) fn resources(
    workload: &mut Table<'_>,
    deployments: bool,
    problems: &mut Problems,
) -> Option<Resources> {
    let value = wanted(workload, "resources", deployments, problems)?;
    let mut table = value.table("`resources`", problems)?;
    let cores = |value: Value<'_>, problems: &mut Problems| {
        value.parsed("processor time such as \"250m\" or \"2\"", Millicores::parse, problems)
    };
    let bytes = |value: Value<'_>, problems: &mut Problems| {
        value.parsed("memory such as \"512Mi\" or \"2Gi\"", Bytes::parse, problems)
    };
    let cpu = table.need("cpu", problems).and_then(|value| cores(value, problems));
    let memory = table.need("memory", problems).and_then(|value| bytes(value, problems));
    let cpu_limit = table.get("cpu-limit").and_then(|value| cores(value, problems));
    let memory_limit = table.get("memory-limit").and_then(|value| bytes(value, problems));
    table.finish(problems);
    let (cpu, memory) = (cpu?, memory?);
    check_limit("cpu", &cpu, cpu_limit.as_ref(), problems);
    check_limit("memory", &memory, memory_limit.as_ref(), problems);
    Some(Resources {
        cpu: cpu.value,
        memory: memory.value,
        cpu_limit: cpu_limit.map(|limit| limit.value),
        memory_limit: memory_limit.map_or(memory.value, |limit| limit.value),
    })
}

fn check_limit<T: PartialOrd + ToString>(
    key: &str,
    request: &Located<T>,
    limit: Option<&Located<T>>,
    problems: &mut Problems,
) {
    if let Some(limit) = limit.filter(|limit| limit.value < request.value) {
        let (asked, most) = (request.value.to_string(), limit.value.to_string());
        problems.push(diags::limit_below_request(key, (&asked, request.span), (&most, limit.span)));
    }
}

/// A reference to an image, with a tag or a digest: what `latest` means changes from day to day.
pub(super) fn image(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':' | '@');
    let example = text.replace("{workload}", "x");
    let (_, name) = example.rsplit_once('/').unwrap_or(("", &example));
    let tagged = name.contains(':') && !name.ends_with(':') && !name.ends_with(":latest");
    (tagged && example.chars().all(plain) && !example.starts_with(['/', ':'])).then(|| text.to_owned())
}

fn port(value: &Value<'_>, problems: &mut Problems) -> Option<u16> {
    let number = value.whole(problems)?;
    let port = u16::try_from(number.value).ok().filter(|port| *port > 0);
    if port.is_none() {
        problems.push(diags::bad_value(value.key, "a port from 1 to 65535", number.span));
    }
    port
}

/// The path of a URL, without a query.
pub(super) fn path(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~' | '%');
    (text.starts_with('/') && text.chars().all(plain)).then(|| text.to_owned())
}
