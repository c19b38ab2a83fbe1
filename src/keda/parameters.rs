//! What each scaler reads of a trigger's metadata, and how KEDA reads it: the fields of the scalers' structs with their
//! `keda` tags, and the rules of `pkg/scalers/scalersconfig/typed_config.go`.
//!
//! The table is made by `tests/keda` out of KEDA's source: `keda parameters FOLDER..`. A scaler that a version reads in
//! another way is not in it for that version.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::scaledobject::Trigger;
use super::trigger::{json_integer, json_number};
use crate::features;
use crate::quantity::Version;

/// By type of trigger, each parameter with the versions in which it is read so.
static TABLE: LazyLock<BTreeMap<&'static str, Vec<Parameter>>> = LazyLock::new(|| {
    let mut table: BTreeMap<&str, Vec<Parameter>> = BTreeMap::new();
    for line in include_str!("parameters.tsv").lines() {
        let (kind, parameter) = Parameter::read(line).expect("internal error: a line of KEDA's parameters");
        table.entry(kind).or_default().push(parameter);
    }
    table
});

/// One parameter of a scaler.
pub struct Parameter {
    /// Spellings, the first one preferred.
    pub names: Vec<&'static str>,
    sources: Vec<Source>,
    needed: Needed,
    kind: ValueKind,
    choices: Vec<&'static str>,
    exclusive: Vec<&'static str>,
    from: Version,
    until: Version,
}

/// Where a value can come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The trigger's metadata.
    Metadata,
    /// The environment of the workload, by the setting with `FromEnv` at its end.
    Environment,
    /// A TriggerAuthentication.
    Authentication,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
    Required,
    Optional,
    /// It is an error that it is there.
    Removed,
}

/// How its text is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ValueKind {
    Integer,
    /// A list of integers, or of ranges of them.
    Integers,
    Float,
    Boolean,
    Duration,
    Map,
    /// Any text, or what is not modelled.
    Text,
}

/// Why a scaler is not built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A parameter is nowhere.
    Missing(&'static str),
    /// A setting is there that this KEDA has no more.
    Removed(&'static str),
    /// A value that cannot be read, and what it is to be.
    Value {
        /// The setting.
        key: &'static str,
        /// What is wanted.
        wanted: String,
    },
}

impl Parameter {
    fn read(line: &'static str) -> Option<(&'static str, Self)> {
        let columns: Vec<&str> = line.split('\t').collect();
        let [kind, names, sources, needed, value, extras @ .., versions] = columns.as_slice() else {
            return None;
        };
        let (from, until) = versions.split_once('-')?;
        let extra = |key: &str| -> Vec<&'static str> {
            let values = extras.iter().find_map(|extra| extra.strip_prefix(key)?.strip_prefix('='));
            values.map(|values| values.split(';').collect()).unwrap_or_default()
        };
        let source = |name: &str| match name {
            "env" => Source::Environment,
            "auth" => Source::Authentication,
            _ => Source::Metadata,
        };
        let parameter = Self {
            names: names.split(';').collect(),
            sources: sources.split(';').map(source).collect(),
            needed: match *needed {
                "required" => Needed::Required,
                "removed" => Needed::Removed,
                _ => Needed::Optional,
            },
            kind: match *value {
                "int" => ValueKind::Integer,
                "list int" => ValueKind::Integers,
                "float" => ValueKind::Float,
                "bool" => ValueKind::Boolean,
                "duration" => ValueKind::Duration,
                "map" => ValueKind::Map,
                _ => ValueKind::Text,
            },
            choices: extra("enum"),
            exclusive: extra("exclusiveSet"),
            from: Version::parse(from)?,
            until: Version::parse(until)?,
        };
        Some((*kind, parameter))
    }

    /// The setting that holds it; nothing where it may come from elsewhere first.
    fn written<'t>(&self, trigger: &'t Trigger) -> Result<Option<(&'static str, &'t str)>, Elsewhere> {
        for source in &self.sources {
            let found = match source {
                Source::Metadata => self.names.iter().find_map(|name| Some((*name, trigger.setting(name)?))),
                Source::Environment => {
                    let is_named = |name: &&str| trigger.setting(&format!("{name}FromEnv")).is_some();
                    if self.names.iter().any(is_named) {
                        return Err(Elsewhere);
                    }
                    None
                }
                Source::Authentication if has_authentication(trigger) => return Err(Elsewhere),
                Source::Authentication => None,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Whether a trigger has it, in its metadata or in the workload's environment; nothing where it may be in a
    /// TriggerAuthentication.
    fn is_given(&self, trigger: &Trigger) -> Option<bool> {
        let is_there = |source: &Source| match source {
            Source::Metadata => self.names.iter().any(|name| trigger.setting(name).is_some()),
            Source::Environment => {
                self.names.iter().any(|name| trigger.setting(&format!("{name}FromEnv")).is_some())
            }
            Source::Authentication => false,
        };
        let may_be_elsewhere =
            || self.sources.contains(&Source::Authentication) && has_authentication(trigger);
        if self.sources.iter().any(is_there) { Some(true) } else { (!may_be_elsewhere()).then_some(false) }
    }

    /// Whether it is in the metadata; nothing where it may come from elsewhere.
    pub fn is_written(&self, trigger: &Trigger) -> Option<bool> {
        self.written(trigger).ok().map(|written| written.is_some())
    }

    /// Whether some of its values exclude each other.
    pub fn is_exclusive(&self) -> bool {
        !self.exclusive.is_empty()
    }

    fn refusal(&self, trigger: &Trigger, keda: Version) -> Option<Refusal> {
        let (key, text) = match (self.written(trigger), self.needed) {
            (Err(Elsewhere), _) | (Ok(None), Needed::Optional | Needed::Removed) => return None,
            (Ok(None), Needed::Required) => return Some(Refusal::Missing(self.names[0])),
            (Ok(Some((key, _))), Needed::Removed) => return Some(Refusal::Removed(key)),
            (Ok(Some(written)), Needed::Required | Needed::Optional) => written,
        };
        let parts = || text.split(',').map(str::trim);
        if !self.choices.is_empty() && !parts().all(|part| self.choices.contains(&part)) {
            return Some(Refusal::Value { key, wanted: one_of(&self.choices) });
        }
        if parts().filter(|part| self.exclusive.contains(part)).count() > 1 {
            return Some(Refusal::Value { key, wanted: format!("only {}", one_of(&self.exclusive)) });
        }
        let wanted = match self.kind {
            ValueKind::Integer if json_integer(text).is_none() => "a whole number, as in \"5\"",
            ValueKind::Float if json_number(text).is_none() => {
                "a number as JSON has them, as in \"5\" or \"0.25\""
            }
            ValueKind::Boolean if boolean(text, keda).is_none() => "\"true\" or \"false\", in small letters",
            ValueKind::Duration if !is_duration(text) => "milliseconds, or a duration such as \"5s\"",
            ValueKind::Map if parts().any(|pair| pair.matches('=').count() > 1) => {
                "pairs, as in \"a=b,c=d\"; a value with a `=` of its own, as base64 has it, belongs into a TriggerAuthentication (authModes basic, bearer or custom)"
            }
            ValueKind::Map if parts().any(|pair| pair.matches('=').count() != 1) => {
                "pairs, as in \"a=b,c=d\""
            }
            ValueKind::Integers if !parts().all(is_integer_or_range) => "whole numbers, as in \"1,2,5-9\"",
            ValueKind::Integer
            | ValueKind::Integers
            | ValueKind::Float
            | ValueKind::Boolean
            | ValueKind::Duration
            | ValueKind::Map
            | ValueKind::Text => return None,
        };
        Some(Refusal::Value { key, wanted: wanted.to_owned() })
    }
}

/// `5`, `5-9`
fn is_integer_or_range(text: &str) -> bool {
    let sides: Vec<&str> = text.split('-').collect();
    sides.len() <= 2 && sides.iter().all(|side| json_integer(side).is_some())
}

/// A value may come from where a manifest does not show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Elsewhere;

fn one_of(words: &[&str]) -> String {
    format!("{}{}", if words.len() > 1 { "one of " } else { "" }, words.join(", "))
}

/// Whether credentials, and with them any parameter that may stand there, come from a TriggerAuthentication.
pub fn has_authentication(trigger: &Trigger) -> bool {
    trigger.authentication_ref.as_ref().is_some_and(|reference| !reference.name.is_empty())
}

/// What a type of trigger reads; nothing where this KEDA's scaler is not in the table.
pub fn of(kind: &str, keda: Version) -> impl Iterator<Item = &'static Parameter> {
    let keda = keda.min(features::keda::PARAMETERS);
    let all = TABLE.get(kind).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(move |one| (one.from..=one.until).contains(&keda))
}

fn named(kind: &str, name: &str, keda: Version) -> Option<&'static Parameter> {
    of(kind, keda).find(|one| one.names.contains(&name))
}

/// Whether a scaler reads a parameter of that name, as far as this KEDA's is known.
pub fn reads(kind: &str, name: &str, keda: Version) -> bool {
    named(kind, name, keda).is_some()
}

/// Whether it is an error of the reader itself that a parameter is nowhere.
pub fn is_required(kind: &str, name: &str, keda: Version) -> bool {
    named(kind, name, keda).is_some_and(|one| one.needed == Needed::Required)
}

/// Whether a TriggerAuthentication can give it.
pub fn is_of_authentication(kind: &str, name: &str, keda: Version) -> bool {
    named(kind, name, keda).is_some_and(|one| one.sources.contains(&Source::Authentication))
}

/// Whether a trigger has a parameter; nothing where a TriggerAuthentication may have it, or this KEDA's scaler is not known.
pub fn is_given(trigger: &Trigger, name: &str, keda: Version) -> Option<bool> {
    named(&trigger.kind.value, name, keda)?.is_given(trigger)
}

/// Why KEDA cannot read the metadata of a trigger, all of it.
pub fn refusals(trigger: &Trigger, keda: Version) -> Vec<Refusal> {
    of(&trigger.kind.value, keda).filter_map(|parameter| parameter.refusal(trigger, keda)).collect()
}

/// A boolean as KEDA reads it: like Go's `strconv.ParseBool` from 2.17 on, as JSON before.
pub fn boolean(text: &str, keda: Version) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ if keda < features::keda::GO_BOOLEANS => None,
        "1" | "t" | "T" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Go's `time.ParseDuration`, or a number of milliseconds; not below 0.
fn is_duration(text: &str) -> bool {
    const UNITS: [&str; 8] = ["ns", "us", "\u{b5}s", "\u{3bc}s", "ms", "s", "m", "h"];
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if digits(rest) {
        return true;
    }
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (whole, unit) = rest.split_at(number);
        let end = unit.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(unit.len());
        let is_number = whole.bytes().any(|byte| byte.is_ascii_digit()) && whole.matches('.').count() <= 1;
        if !is_number || !UNITS.contains(&&unit[..end]) {
            return false;
        }
        rest = &unit[end..];
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_scaler_of_the_last_keda() {
        assert!(TABLE.len() >= 74, "{}", TABLE.len());
        let required = |kind: &str, keda| -> Vec<&str> {
            let needed = of(kind, keda).filter(|one| one.needed == Needed::Required);
            needed.map(|one| one.names[0]).collect()
        };
        let (new, old) = (Version::new(2, 20), Version::new(2, 16));
        assert_eq!(required("kafka", new), ["bootstrapServers", "consumerGroup"]);
        assert_eq!(required("kafka", old), Vec::<&str>::new(), "read by hand there");
        assert_eq!(required("aws-sqs-queue", Version::new(2, 21)), ["awsRegion", "queueURL"]);
        assert_eq!(required("prometheus", old), ["query", "serverAddress", "threshold"]);
    }

    #[test]
    fn booleans_and_durations_are_those_of_go() {
        let (new, old) = (Version::new(2, 17), Version::new(2, 16));
        for (text, read) in [("False", Some(false)), ("1", Some(true)), ("true", Some(true)), ("yes", None)] {
            assert_eq!(boolean(text, new), read, "{text}");
        }
        assert_eq!((boolean("False", old), boolean("false", old)), (None, Some(false)));
        for text in ["5000", "5s", "1m30s", "1.5h", "0", "100ms", ".5s", "+5s"] {
            assert!(is_duration(text), "{text}");
        }
        for text in ["5 seconds", "5sec", "-5s", "-1", "s", "1.5", "", "5S", "1..5s"] {
            assert!(!is_duration(text), "{text}");
        }
    }
}
