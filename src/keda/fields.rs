//! Reading the maps of a manifest field by field, with the place of everything and all flaws in one pass: the fields that
//! a reader asks for are the fields there are, so there is no second list of them.
//!
//! It goes on after a flaw: a number where a string is wanted is taken for that string, an unknown field is left out.

use std::collections::BTreeMap;
use std::fmt;

use super::trigger::CronTrigger;
use crate::finding::Rule;
use crate::name::nearest;
use crate::yaml::{Mark, Marked, Node, Value};

/// What the API server would refuse or drop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Which rule.
    pub rule: Rule,
    /// The way to it: `spec.triggers[2].metadata.start`.
    pub route: String,
    /// Where, in its document.
    pub mark: Mark,
    /// What is wrong, and what comes of it.
    pub effect: String,
    /// What to write instead.
    pub mend: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.route, self.effect)
    }
}

/// The way from the document's root to a node; spelled out for flaws only.
#[derive(Clone, Copy)]
pub(super) enum Route<'r> {
    Root,
    Field(&'r Route<'r>, &'r str),
    Item(&'r Route<'r>, usize),
}

impl fmt::Display for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Self::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Where flaws go.
pub(super) type Flaws = Vec<Flaw>;

/// Fields that people write a level too high or too low, and where they belong.
const HOMES: &[(&str, &str)] = &[
    ("scaleTargetRef", "spec"),
    ("minReplicaCount", "spec"),
    ("maxReplicaCount", "spec"),
    ("idleReplicaCount", "spec"),
    ("pollingInterval", "spec"),
    ("cooldownPeriod", "spec"),
    ("fallback", "spec"),
    ("advanced", "spec"),
    ("triggers", "spec"),
    ("horizontalPodAutoscalerConfig", "spec.advanced"),
    ("scalingModifiers", "spec.advanced"),
    ("restoreToOriginalReplicaCount", "spec.advanced"),
    ("behavior", "spec.advanced.horizontalPodAutoscalerConfig"),
    ("scaleUp", "spec.advanced.horizontalPodAutoscalerConfig.behavior"),
    ("scaleDown", "spec.advanced.horizontalPodAutoscalerConfig.behavior"),
    ("annotations", "metadata"),
    ("labels", "metadata"),
    ("namespace", "metadata"),
];

/// Whether a text is a quantity of Kubernetes (`apimachinery/pkg/api/resource`): a number, and maybe a suffix.
pub fn is_quantity(text: &str) -> bool {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &text[number.len()..];
    let known = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let parses = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    parses(number) && known.contains(&suffix)
}

/// A map being read.
pub(super) struct Fields<'n> {
    pub(super) mark: Mark,
    pub(super) route: &'n Route<'n>,
    entries: &'n [(Marked<String>, Node)],
    known: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// The entries of a map; those of nothing, with a flaw, where it is none.
    pub(super) fn new(node: &'n Node, route: &'n Route<'n>, flaws: &mut Flaws) -> Self {
        let entries: &[(Marked<String>, Node)] = match &node.value {
            Value::Map(entries) => entries,
            Value::Null
            | Value::Bool(_)
            | Value::Integer(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_) => {
                flaws.push(wrong_type(node, route, "a map"));
                &[]
            }
        };
        Self { mark: node.mark, route, entries, known: Vec::new() }
    }

    /// The value of a field, which counts as known from now on. `null` is as good as nothing, as for the API server.
    pub(super) fn get(&mut self, name: &'static str) -> Option<&'n Node> {
        self.known.push(name);
        let (_, node) = self.entries.iter().find(|(key, _)| key.value == name)?;
        (node.value != Value::Null).then_some(node)
    }

    /// Fields that are read past.
    pub(super) fn ignore(&mut self, names: &[&'static str]) {
        self.known.extend(names);
    }

    /// The same, where its absence is a flaw.
    pub(super) fn need(&mut self, name: &'static str, flaws: &mut Flaws) -> Option<&'n Node> {
        let node = self.get(name);
        if node.is_none() {
            flaws.push(Flaw {
                rule: Rule::KedaFieldMissing,
                route: Route::Field(self.route, name).to_string(),
                mark: self.mark,
                effect: "is missing, and the API server refuses the object".to_owned(),
                mend: format!("write `{name}`"),
            });
        }
        node
    }

    pub(super) fn text(&mut self, name: &'static str, flaws: &mut Flaws) -> Option<Marked<String>> {
        let node = self.get(name)?;
        Some(text(node, &Route::Field(self.route, name), flaws))
    }

    pub(super) fn need_text(&mut self, name: &'static str, flaws: &mut Flaws) -> Marked<String> {
        let nothing = Marked { value: String::new(), mark: self.mark };
        let Some(node) = self.need(name, flaws) else { return nothing };
        let route = Route::Field(self.route, name);
        if node.text().is_some_and(str::is_empty) {
            flaws.push(Flaw {
                rule: Rule::KedaFieldMissing,
                route: route.to_string(),
                mark: node.mark,
                effect: "is empty, and the API server refuses the object".to_owned(),
                mend: format!("write `{name}`"),
            });
        }
        text(node, &route, flaws)
    }

    pub(super) fn integer(&mut self, name: &'static str, flaws: &mut Flaws) -> Option<Marked<i32>> {
        let node = self.get(name)?;
        integer(node, &Route::Field(self.route, name), flaws)
    }

    pub(super) fn need_integer(&mut self, name: &'static str, flaws: &mut Flaws) -> i32 {
        let node = self.need(name, flaws);
        let value = node.and_then(|node| integer(node, &Route::Field(self.route, name), flaws));
        value.map_or(0, |value| value.value)
    }

    /// A quantity of Kubernetes': a number, or one in quotes.
    pub(super) fn quantity(&mut self, name: &'static str, flaws: &mut Flaws) -> Option<Marked<String>> {
        let node = self.get(name)?;
        // The CRD takes an integer or a string, and no other number: `0.05` only in quotes.
        let value = match &node.value {
            Value::Integer(value) => Some(value.to_string()),
            Value::Text(text) if is_quantity(text) => Some(text.clone()),
            Value::Text(_)
            | Value::Number(_)
            | Value::Null
            | Value::Bool(_)
            | Value::List(_)
            | Value::Map(_) => None,
        };
        if value.is_none() {
            let wanted = "a whole number, or a quantity in quotes such as \"0.05\"";
            flaws.push(wrong_type(node, &Route::Field(self.route, name), wanted));
        }
        Some(Marked { value: value?, mark: node.mark })
    }

    pub(super) fn boolean(&mut self, name: &'static str, flaws: &mut Flaws) -> Option<Marked<bool>> {
        let node = self.get(name)?;
        if let Value::Bool(value) = node.value {
            return Some(Marked { value, mark: node.mark });
        }
        flaws.push(wrong_type(node, &Route::Field(self.route, name), "true or false"));
        None
    }

    /// One of a few words that the CRD lists.
    pub(super) fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&'static str, T)],
        flaws: &mut Flaws,
    ) -> Option<Marked<T>> {
        self.one_of(name, words, (Rule::KedaFieldType, "which the API server refuses"), flaws)
    }

    /// One of a few words that only the API of the HPA knows: the object is taken, and KEDA's HPA is not.
    pub(super) fn choice_of_hpa<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&'static str, T)],
        flaws: &mut Flaws,
    ) -> Option<Marked<T>> {
        let refused = "which the API server takes here and refuses in the HPA: KEDA cannot make it";
        self.one_of(name, words, (Rule::HpaBehaviorRefused, refused), flaws)
    }

    fn one_of<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&'static str, T)],
        (rule, refused): (Rule, &str),
        flaws: &mut Flaws,
    ) -> Option<Marked<T>> {
        let written = self.text(name, flaws)?;
        let chosen = words.iter().find(|(word, _)| *word == written.value).map(|(_, value)| *value);
        if chosen.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            flaws.push(Flaw {
                rule,
                route: Route::Field(self.route, name).to_string(),
                mark: written.mark,
                effect: format!("is {:?}, {refused}", written.value),
                mend: format!("write {}{}", if all.len() > 1 { "one of " } else { "" }, all.join(", ")),
            });
        }
        chosen.map(|value| Marked { value, mark: written.mark })
    }

    /// A map of the user's own keys to strings; a key with nothing is left out, as by the API server.
    pub(super) fn texts(
        &mut self,
        name: &'static str,
        flaws: &mut Flaws,
    ) -> Option<Marked<BTreeMap<String, Marked<String>>>> {
        let node = self.get(name)?;
        let route = Route::Field(self.route, name);
        let entries = Fields::new(node, &route, flaws).entries;
        let value = entries
            .iter()
            .filter(|(_, node)| node.value != Value::Null)
            .map(|(key, node)| (key.value.clone(), text(node, &Route::Field(&route, &key.value), flaws)))
            .collect();
        Some(Marked { value, mark: node.mark })
    }

    /// The items of a list, each read by `one`.
    pub(super) fn list<T>(
        &mut self,
        name: &'static str,
        flaws: &mut Flaws,
        one: impl Fn(&Node, &Route<'_>, &mut Flaws) -> T,
    ) -> Option<Marked<Vec<T>>> {
        let node = self.get(name)?;
        let route = Route::Field(self.route, name);
        let Value::List(items) = &node.value else {
            flaws.push(wrong_type(node, &route, "a list"));
            return None;
        };
        let items = items.iter().enumerate();
        let value = items.map(|(index, item)| one(item, &Route::Item(&route, index), flaws)).collect();
        Some(Marked { value, mark: node.mark })
    }

    /// A map of fixed fields, read by `one`.
    pub(super) fn map<T>(
        &mut self,
        name: &'static str,
        flaws: &mut Flaws,
        one: impl Fn(&Node, &Route<'_>, &mut Flaws) -> T,
    ) -> Option<Marked<T>> {
        let node = self.get(name)?;
        Some(Marked { value: one(node, &Route::Field(self.route, name), flaws), mark: node.mark })
    }

    /// Notes every field that nobody asked for.
    pub(super) fn end(self, flaws: &mut Flaws) {
        let unknown = self.entries.iter().filter(|(key, _)| !self.known.contains(&key.value.as_str()));
        for (key, _) in unknown {
            let here = self.route.to_string();
            let home = HOMES.iter().find(|(name, home)| *name == key.value && *home != here);
            let mend = match (home, nearest(&key.value, self.known.iter().copied())) {
                (Some((_, home)), _) => format!("move it into `{home}`"),
                (None, _) if CronTrigger::SETTINGS.contains(&key.value.as_str()) => {
                    "move it into the trigger's `metadata`".to_owned()
                }
                (None, Some(near)) => format!("write `{near}`, or remove it"),
                (None, None) => "remove it".to_owned(),
            };
            flaws.push(Flaw {
                rule: Rule::KedaFieldUnknown,
                route: Route::Field(self.route, &key.value).to_string(),
                mark: key.mark,
                effect: "is not a field there: kubectl refuses it, other clients drop it without a word"
                    .to_owned(),
                mend,
            });
        }
    }
}

/// A string; what is none is taken for one all the same.
pub(super) fn text(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Marked<String> {
    let value = match &node.value {
        Value::Text(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Number(text) => text.clone(),
        Value::Null | Value::List(_) | Value::Map(_) => String::new(),
    };
    if node.text().is_none() {
        flaws.push(wrong_type(node, route, "a string"));
    }
    Marked { value, mark: node.mark }
}

fn integer(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Option<Marked<i32>> {
    let value = match &node.value {
        Value::Integer(value) => i32::try_from(*value).ok(),
        // What was meant is plain, so the other checks go on with it.
        Value::Text(text) => {
            flaws.push(wrong_type(node, route, "a whole number"));
            return text.trim().parse().ok().map(|value| Marked { value, mark: node.mark });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => None,
    };
    if value.is_none() {
        flaws.push(wrong_type(node, route, "a whole number of 32 bits"));
    }
    value.map(|value| Marked { value, mark: node.mark })
}

fn wrong_type(node: &Node, route: &Route<'_>, wanted: &str) -> Flaw {
    let (found, mend) = match &node.value {
        Value::Null => ("nothing".to_owned(), format!("write {wanted}")),
        Value::Bool(value) => (format!("the boolean {value}"), quoted(wanted, &value.to_string())),
        Value::Integer(value) => (format!("the number {value}"), quoted(wanted, &value.to_string())),
        Value::Number(text) => (format!("the number {text}"), quoted(wanted, text)),
        Value::Text(text) => (format!("the string {text:?}"), format!("write {wanted}")),
        Value::List(_) => ("a list".to_owned(), format!("write {wanted}")),
        Value::Map(_) => ("a map".to_owned(), format!("write {wanted}")),
    };
    Flaw {
        rule: Rule::KedaFieldType,
        route: route.to_string(),
        mark: node.mark,
        effect: format!("is {found} where Kubernetes wants {wanted}: the API server refuses the object"),
        mend,
    }
}

fn quoted(wanted: &str, value: &str) -> String {
    if wanted == "a string" { format!("quote it: \"{value}\"") } else { format!("write {wanted}") }
}
