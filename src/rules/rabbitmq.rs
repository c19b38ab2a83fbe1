//! What the rabbitmq scaler wants of its settings together (KEDA: `pkg/scalers/rabbitmq_scaler.go`, `Validate`).

use super::unbuilt::{Refused, is_set};
use crate::features;
use crate::keda::parameters;
use crate::keda::scaledobject::Trigger;
use crate::keda::trigger::json_number;
use crate::name::nearest;
use crate::quantity::Version;

/// How it asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Amqp,
    Http,
}

const PROTOCOLS: [&str; 3] = ["auto", "amqp", "http"];

/// What is counted; all but the first are read from the management API alone.
const MODES: [&str; 5] = [
    "QueueLength",
    "MessageRate",
    "DeliverGetRate",
    "PublishedToDeliveredRatio",
    "ExpectedQueueConsumptionTime",
];

/// The first thing for which the scaler is not built.
pub(super) fn refused(trigger: &Trigger, keda: Version) -> Refused {
    if trigger.kind.value != "rabbitmq" {
        return None;
    }
    of_protocol(trigger).or_else(|| of_amqp(trigger, keda)).or_else(|| of_mode(trigger, keda))
}

fn of_protocol(trigger: &Trigger) -> Refused {
    if let Some(written) = trigger.setting("protocol").filter(|one| !PROTOCOLS.contains(one)) {
        let why = format!("protocol {written:?} is none of {}", PROTOCOLS.join(", "));
        let plain = written.to_lowercase();
        let near = PROTOCOLS.into_iter().find(|one| plain == *one || plain == format!("{one}s"));
        let mend = match near {
            Some(near) => format!("write {near}"),
            None => "remove it: the scheme of host says which one it is".to_owned(),
        };
        return Some(("protocol", why, mend));
    }
    let host = host(trigger)?;
    let is_auto = matches!(trigger.setting("protocol"), Some("auto") | None);
    let reads_scheme =
        is_auto && !(trigger.setting("protocol").is_none() && parameters::has_authentication(trigger));
    (reads_scheme && protocol_of(host).is_none()).then(|| {
        let why = "host has no scheme that says the protocol".to_owned();
        ("host", why, "begin it with amqp://, amqps://, http:// or https://".to_owned())
    })
}

/// The host, where it stands in the metadata as it is.
fn host(trigger: &Trigger) -> Option<&str> {
    trigger.setting("host").filter(|host| !host.is_empty() && !host.contains(['$', '{', '<']))
}

fn protocol_of(host: &str) -> Option<Protocol> {
    match host.split_once(':')?.0.to_lowercase().as_str() {
        "amqp" | "amqps" => Some(Protocol::Amqp),
        "http" | "https" => Some(Protocol::Http),
        _ => None,
    }
}

/// Which one is asked by, where the manifest says it.
fn protocol(trigger: &Trigger) -> Option<Protocol> {
    match trigger.setting("protocol") {
        Some("amqp") => Some(Protocol::Amqp),
        Some("http") => Some(Protocol::Http),
        None if parameters::has_authentication(trigger) => None,
        Some(_) | None => protocol_of(host(trigger)?),
    }
}

/// What AMQP cannot tell.
fn of_amqp(trigger: &Trigger, keda: Version) -> Refused {
    if protocol(trigger) != Some(Protocol::Amqp) {
        return None;
    }
    let is_on =
        |key: &str| trigger.setting(key).and_then(|text| parameters::boolean(text, keda)) == Some(true);
    let switched = ["useRegex", "excludeUnacknowledged"].into_iter().find(|key| is_on(key));
    if let Some(key) = switched {
        let why = format!("{key} needs the protocol http");
        return Some((key, why, format!("{OVER_HTTP}, or remove {key}")));
    }
    let mode = trigger.setting("mode").filter(|mode| MODES[1..].contains(mode))?;
    let why = format!("mode {mode} needs the protocol http");
    Some(("mode", why, format!("{OVER_HTTP}, or write QueueLength")))
}

const OVER_HTTP: &str =
    "give the address of the management API, as in http://rabbitmq:15672, with the protocol http";

/// `mode` and `value`, or the older `queueLength`, or none of them (`validateTrigger`).
fn of_mode(trigger: &Trigger, keda: Version) -> Refused {
    // A number that is 0 is none to it.
    let is_zero = |name| trigger.setting(name).and_then(json_number) == Some(0.0);
    let set = |name| is_set(trigger, name, keda).map(|is_set| is_set && !is_zero(name));
    match (set("queueLength")?, set("mode")?, set("value")?) {
        (true, true, _) | (true, _, true) => Some((
            "queueLength",
            "queueLength is set beside mode and value".to_owned(),
            "remove queueLength".to_owned(),
        )),
        (false, true, false) => {
            let is = if is_zero("value") { "0, which is none" } else { "missing" };
            Some(("mode", format!("value is {is}"), "set value to a number above 0".to_owned()))
        }
        (false, false, true) => {
            Some(("value", "mode is missing".to_owned(), "set mode, as in QueueLength".to_owned()))
        }
        (false, true, true) => unknown_mode(trigger.setting("mode")?, keda).or_else(|| of_timeout(trigger)),
        (_, false, false) => None,
    }
}

/// Only what is asked over HTTP has a timeout of its own.
fn of_timeout(trigger: &Trigger) -> Refused {
    let is_nothing = |text: &str| !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    let timeout = trigger.setting("timeout").filter(|timeout| !is_nothing(timeout))?;
    (protocol(trigger) == Some(Protocol::Amqp)).then(|| {
        let why = format!("timeout {timeout} needs the protocol http");
        ("timeout", why, format!("{OVER_HTTP}, or remove timeout"))
    })
}

fn unknown_mode(written: &str, keda: Version) -> Refused {
    let modes = if keda >= features::keda::RABBITMQ_DELIVERIES { &MODES[..] } else { &MODES[..2] };
    if modes.contains(&written) {
        return None;
    }
    let same = modes.iter().copied().find(|one| one.eq_ignore_ascii_case(written));
    let mend = match same.or_else(|| nearest(written, modes.iter().copied())) {
        Some(near) => format!("write {near}"),
        None => format!("write one of {}", modes.join(", ")),
    };
    Some(("mode", format!("mode {written:?} is none that KEDA {keda} has"), mend))
}
