//! `scalingModifiers`: the formula as the webhook compiles and runs it.

use std::collections::BTreeSet;

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;
use crate::keda::composite;
use crate::keda::formula::{Formula, Refusal};
use crate::keda::scaledobject::Trigger;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let advanced = subject.object.spec.advanced.as_ref();
    let Some(modifiers) = advanced.and_then(|advanced| advanced.scaling_modifiers.as_ref()) else {
        return Vec::new();
    };
    let field = "spec.advanced.scalingModifiers";
    let mut found = Vec::new();
    let target = modifiers.value.target.as_deref().and_then(|text| text.trim().parse::<f64>().ok());
    let formula = modifiers.value.formula.as_deref().unwrap_or_default();
    if formula.is_empty() || target.is_none_or(|target| target <= 0.0) {
        let effect = "scalingModifiers need a formula and a target above 0".to_owned();
        let mend = "write both, or remove scalingModifiers".to_owned();
        found.push(subject.finding(Rule::KedaModifiersRefused, field, modifiers.mark, effect, mend));
    } else if let Some((effect, mend)) = refused_formula(subject, formula) {
        found.push(subject.finding(Rule::KedaModifiersRefused, field, modifiers.mark, effect, mend));
    }
    found
}

/// Why the webhook does not compile or run a formula: it gives each trigger but cpu and memory the value -1.
fn refused_formula(subject: &Subject<'_>, formula: &str) -> Option<(String, String)> {
    let names = composite::named(subject.object);
    let unnamed_said = |name: &str| {
        if let Some(kind) = resource_named(subject, name) {
            let effect =
                format!("the formula names {name}, a {kind} trigger: it reads external metrics alone");
            let mend = format!(
                "take {name} out of the formula: the HPA looks at {kind} beside it, and follows the higher of the two"
            );
            return (effect, mend);
        }
        let effect = format!("the formula names {name}, and no trigger but cpu and memory is called that");
        (effect, "name the trigger, or mend the formula".to_owned())
    };
    let refused = |why: &str| {
        let mend = "mend the formula: it is one of expr-lang.org, over trigger names".to_owned();
        (format!("the webhook refuses the formula: {why}"), mend)
    };
    match Formula::compile(formula, &names, subject.versions.keda) {
        Ok(formula) => {
            let values = names.into_iter().map(|name| (name, -1.0)).collect();
            formula.surely_fails(&values).then(|| refused("with -1 for every trigger it ends in an error"))
        }
        // Where a name that is not an identifier is the fault, that is said already.
        Err(Refusal::Unnamed(_) | Refusal::Refused(_)) if names_in_parts(&names, formula) => None,
        Err(Refusal::Unnamed(name)) => Some(unnamed_said(&name)),
        Err(Refusal::Refused(why)) => Some(refused(&why)),
        Err(Refusal::Beyond(_)) => unnamed(subject, formula).map(unnamed_said),
    }
}

/// The type of the cpu or memory trigger that is called so.
fn resource_named<'s>(subject: &Subject<'s>, name: &str) -> Option<&'s str> {
    let mut triggers = subject.triggers().map(|(_, trigger)| trigger);
    let is_meant = |trigger: &&Trigger| {
        let has_name = trigger.name.as_ref().is_some_and(|one| one.value == name);
        has_name && ["cpu", "memory"].contains(&trigger.kind.value.as_str())
    };
    triggers.find(is_meant).map(|trigger| trigger.kind.value.as_str())
}

/// Whether a formula has a name that it cannot read as one: `office-hours`.
fn names_in_parts(names: &BTreeSet<String>, formula: &str) -> bool {
    names.iter().any(|name| name.contains(|c: char| !is_letter(c)) && formula.contains(name.as_str()))
}

/// A name in a formula that no trigger has; nothing where a name that is not an identifier is the fault, or where the formula
/// has names of its own. The language is that of expr-lang/expr, with which the webhook compiles it.
fn unnamed<'f>(subject: &Subject<'_>, formula: &'f str) -> Option<&'f str> {
    const WORDS: [&str; 13] = [
        "true",
        "false",
        "nil",
        "and",
        "or",
        "not",
        "in",
        "if",
        "else",
        "matches",
        "contains",
        "startsWith",
        "endsWith",
    ];
    let named = subject.triggers().filter(|(_, trigger)| !["cpu", "memory"].contains(&&*trigger.kind.value));
    let names: Vec<&str> =
        named.filter_map(|(_, trigger)| Some(trigger.name.as_ref()?.value.as_str())).collect();
    let in_parts = |name: &&str| name.contains(|c: char| !is_letter(c)) && formula.contains(*name);
    let is_member =
        |(at, _): (usize, &str)| formula[..at].ends_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let has_own = formula.contains(['"', '\'', '`', '#', '|', '{']) || formula.contains("let ");
    if names.iter().any(in_parts) || has_own || formula.match_indices('.').any(is_member) {
        return None;
    }
    let pieces = formula.match_indices(is_letter);
    let starts = pieces.filter(|(at, _)| !formula[..*at].ends_with(is_letter));
    let mut words = starts.map(|(at, _)| {
        let rest = &formula[at..];
        rest.split_at(rest.find(|c| !is_letter(c)).unwrap_or(rest.len()))
    });
    let is_name = |(word, after): &(&str, &str)| {
        let calls = after.trim_start().starts_with('(');
        !calls && !word.starts_with(|c: char| c.is_ascii_digit()) && !WORDS.contains(word)
    };
    words.find(|word| is_name(word) && !names.contains(&word.0)).map(|(word, _)| word)
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
