//! `[artifacts]`: which files are made. Left out: all that the platform has a use for.

use super::decode::{Problems, Table, Value};
use super::diags;
use crate::artifact::ArtifactKind;
use crate::source::Span;

/// What `[artifacts]` says.
pub(super) struct Chosen {
    /// The kinds to make, in the order of [`ArtifactKind::ALL`].
    pub(super) kinds: Vec<ArtifactKind>,
    /// Where the operator's object is asked for by name.
    pub(super) operator: Option<Span>,
}

pub(super) fn read(root: &mut Table<'_>, problems: &mut Problems) -> Chosen {
    let all = || Chosen { kinds: ArtifactKind::ALL.to_vec(), operator: None };
    let Some(mut table) = root.get("artifacts").and_then(|value| value.table("`[artifacts]`", problems))
    else {
        return all();
    };
    let make = table.need("make", problems).and_then(|value| value.list(problems));
    table.finish(problems);
    make.map_or_else(all, |elements| chosen(&elements, problems))
}

fn chosen(elements: &[Value<'_>], problems: &mut Problems) -> Chosen {
    let mut chosen: Vec<(ArtifactKind, Span)> = Vec::new();
    for element in elements {
        let Some(id) = element.text(problems) else { continue };
        match ArtifactKind::from_id(id.value) {
            Some(kind) => chosen.push((kind, id.span)),
            None => problems.push(diags::unknown_artifact(id.value, id.span)),
        }
    }
    let made = |kind: ArtifactKind| chosen.iter().any(|(chosen, _)| *chosen == kind);
    for (kind, span) in &chosen {
        if let Some(needed) = kind.needs().filter(|needed| !made(*needed)) {
            problems.push(diags::artifact_without(kind.id(), needed.id(), *span));
        }
    }
    let operator = chosen.iter().find(|(kind, _)| *kind == ArtifactKind::PrometheusRule);
    Chosen {
        kinds: ArtifactKind::ALL
            .iter()
            .copied()
            .filter(|kind| made(*kind) || made(kind.asked_as()))
            .collect(),
        operator: operator.map(|(_, span)| *span),
    }
}
