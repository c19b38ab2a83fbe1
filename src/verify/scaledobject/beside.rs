//! Somebody's own objects against what else stands in the files that the policy names: another autoscaler of the same workload,
//! containers without what a trigger divides by. What audit says of these files is said of the objects here.
//!
//! Other files of their folders are looked into for autoscalers alone, and only warned of: a base has patches and the variants of
//! other clusters beside it, and nothing says which of them are applied together.

use std::collections::BTreeSet;

use super::diags;
use crate::finding::Diagnostic;
use crate::keda::decode;
use crate::keda::neighbour::{Neighbour, Role};
use crate::keda::scaledobject::ScaledObject;
use crate::kept::Kept;
use crate::plan::Plan;
use crate::rules::claims::{Claim, Claims, Met};
use crate::rules::finding::Finding;
use crate::source::{SourceId, Sources, Span};
use crate::yaml::{self, Document, Mark, Marked};

/// An object of a file.
struct Standing<'s> {
    file: &'s str,
    source: SourceId,
    object: ScaledObject,
    /// The namespace that its file says.
    namespace: Option<String>,
    /// Where its name is in the file; the object has the place in its document.
    name: Mark,
}

/// What the other documents of the named files say to the objects of the plan.
pub fn beside(plan: &Plan, sources: &Sources) -> Vec<Diagnostic> {
    let mut claims = Claims::default();
    let objects = read(plan, sources, &mut claims);
    let mut folder = autoscalers(plan, sources);
    let mut found = Vec::new();
    for one in &objects {
        let claim = Claim::of(&one.object, one.name, plan.profile.platform.keda.value);
        let met = claims.add(&claim, one.file).with(claims.beside(&claim, one.file));
        let Some(kept) = kept(plan, one) else { continue };
        let at = kept.at(one.object.metadata.name.mark);
        found.extend(met.refusals.iter().map(|finding| diags::of_base(kept, finding, at)));
        let others: Vec<(Finding, Span)> = met.others.into_iter().map(|finding| (finding, at)).collect();
        found.extend(diags::said_by_audit(kept, &others, &[]));
        let Met { refusals, others } = folder.beside(&claim, one.file);
        found.extend(refusals.iter().chain(&others).map(|finding| diags::in_folder(kept, finding, at)));
    }
    found
}

/// All objects of the named files; what else is in them is noted in `claims`.
fn read<'s>(plan: &Plan, sources: &'s Sources, claims: &mut Claims) -> Vec<Standing<'s>> {
    let kept = plan.profile.targets.iter().filter_map(|target| target.kept.as_ref());
    let named: BTreeSet<SourceId> = kept.map(|kept| kept.object.span.source).collect();
    // A file that is written in two ways is there once.
    let mut seen = BTreeSet::new();
    let mut objects = Vec::new();
    for source in named {
        let file = sources.get(source);
        if !seen.insert(file.text.as_str()) {
            continue;
        }
        let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
        for document in yaml::each_document(text, yaml::tree) {
            let Ok(tree) = &document.content else { continue };
            let contents = decode::contents(&tree.root);
            for one in contents.neighbours {
                claims.notice(in_place(one, &document, plan), &file.name);
            }
            for (kind, node) in contents.objects {
                let mut object = decode::object(node, kind).object;
                let (mark, said) = (object.metadata.name.mark, object.metadata.namespace.take());
                let namespace = said.as_ref().map(|said| said.value.clone());
                let value = namespace.clone().or_else(|| Some(home(plan)));
                object.metadata.namespace = said.or(value.map(|value| Marked { mark, value }));
                objects.push(Standing {
                    file: &file.name,
                    source,
                    object,
                    namespace,
                    name: document.at(mark),
                });
            }
        }
    }
    objects
}

/// The autoscalers in other files of the folders.
fn autoscalers(plan: &Plan, sources: &Sources) -> Claims {
    let mut claims = Claims::default();
    for file in sources.neighbours() {
        for document in yaml::each_document(file.text.trim_start_matches('\u{feff}'), yaml::tree) {
            let Ok(tree) = &document.content else { continue };
            let others = decode::contents(&tree.root).neighbours.into_iter();
            for one in others.filter(|one| matches!(one.role, Role::Autoscaler { .. } | Role::Scaler(_))) {
                claims.notice(in_place(one, &document, plan), &file.name);
            }
        }
    }
    claims
}

/// A neighbour with its place in the file, and its namespace.
fn in_place<T>(one: Neighbour, document: &Document<T>, plan: &Plan) -> Neighbour {
    let namespace = one.namespace.clone().or_else(|| Some(home(plan)));
    Neighbour { mark: document.at(one.mark), namespace, ..one }
}

/// What says no namespace goes where the plan is applied.
fn home(plan: &Plan) -> String {
    plan.profile.platform.namespace.to_string()
}

/// The target's object that this one is.
fn kept<'p>(plan: &'p Plan, one: &Standing<'_>) -> Option<&'p Kept> {
    let mut objects =
        plan.profile.targets.iter().filter_map(|target| target.kept.as_ref().map(|kept| &kept.object));
    objects.find(|kept| {
        kept.span.source == one.source
            && kept.name.as_str() == one.object.metadata.name.value
            && kept.namespace.as_ref().map(|namespace| namespace.as_str()) == one.namespace.as_deref()
    })
}
