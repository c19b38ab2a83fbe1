//! The target that a person means: its Deployment's name, or territory and workload in either order.

use crate::name::nearest;
use crate::plan::Plan;
use crate::profile::{Target, TargetId};

/// Why a text names no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTarget {
    /// It could be any of these.
    Ambiguous(Vec<String>),
    /// None is called so; the nearest name, if any is near.
    Unknown(Option<Near>),
}

/// A target's name near to what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// What was written, in the spelling of `name`.
    pub written: String,
    /// The one of the target's names that is near: `de-queries`.
    pub name: String,
    /// Its Deployment.
    pub target: String,
}

/// The target called `text`: `freshplan-api-queries-de`, `DE/queries`, `queries-de`, or any part of a name that only one has.
pub fn find(plan: &Plan, text: &str) -> Result<TargetId, NoTarget> {
    if let Some(only) = spelled(plan, text.trim()) {
        return Ok(only);
    }
    let wanted = plain(text);
    let names: Vec<Vec<String>> =
        (0..plan.profile.targets.len()).map(|at| names(plan, TargetId(at))).collect();
    let having = |named: &dyn Fn(&String) -> bool| -> Vec<usize> {
        (0..names.len()).filter(|at| names[*at].iter().any(named)).collect()
    };
    let exact = having(&|name| *name == wanted);
    let found = if exact.is_empty() { having(&|name| has_part(name, &wanted)) } else { exact };
    match found.as_slice() {
        [one] => Ok(TargetId(*one)),
        [] => {
            let all = names.iter().flatten().map(String::as_str);
            let near = nearest(&wanted, all).and_then(|near| {
                let at = names.iter().position(|own| own.iter().any(|name| name == near))?;
                let target = plan.profile.full_name(&plan.profile.targets[at]);
                Some(Near { written: wanted.clone(), name: near.to_owned(), target })
            });
            Err(NoTarget::Unknown(near))
        }
        several => {
            let name = |at: &usize| plan.profile.full_name(&plan.profile.targets[*at]);
            Err(NoTarget::Ambiguous(several.iter().map(name).collect()))
        }
    }
}

/// The only target that is called so to the letter, after its namespace or without it: `dev/web` is not `dev-web`.
fn spelled(plan: &Plan, text: &str) -> Option<TargetId> {
    let targets = || plan.profile.targets.iter().enumerate();
    let in_namespace = |(_, target): &(usize, &Target)| {
        target.kept.is_some()
            && text == format!("{}/{}", target.namespace(&plan.profile.platform), target.name)
    };
    let mut called = targets().filter(|one| one.1.name.as_str() == text || in_namespace(one));
    let first = called.next()?;
    called.next().is_none().then_some(TargetId(first.0))
}

/// The names of a target, its Deployment's first.
fn names(plan: &Plan, id: TargetId) -> Vec<String> {
    let target = &plan.profile.targets[id.0];
    let workload = plan.profile.workload(target).name.as_str();
    let mut names = vec![target.name.to_string()];
    match plan.profile.territory(target) {
        Some(territory) => {
            let code = territory.code.lower();
            names.extend([format!("{code}-{workload}"), format!("{workload}-{code}")]);
        }
        None => names.push(workload.to_owned()),
    }
    if target.kept.is_some() {
        names.push(plain(&format!("{}/{}", target.namespace(&plan.profile.platform), target.name)));
    }
    names
}

/// One spelling of separators and case.
fn plain(text: &str) -> String {
    text.trim().to_lowercase().replace(['/', ' ', '_'], "-")
}

/// Whether `part` is whole words of `name`: `queries-de`, but not `ries-d`.
fn has_part(name: &str, part: &str) -> bool {
    !part.is_empty() && format!("-{name}-").contains(&format!("-{part}-"))
}
