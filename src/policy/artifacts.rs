//! `[artifacts]`: which files are made. Left out: all.

use super::decode::{Problems, Table, Value};
use super::diags;
use crate::artifact::ArtifactKind;
use crate::source::Span;

/// The kinds to make, in the order of [`ArtifactKind::ALL`].
pub(super) fn read(root: &mut Table<'_>, problems: &mut Problems) -> Vec<ArtifactKind> {
    let all = || ArtifactKind::ALL.to_vec();
    let Some(mut table) = root.get("artifacts").and_then(|value| value.table("`[artifacts]`", problems))
    else {
        return all();
    };
    let make = table.need("make", problems).and_then(|value| value.list(problems));
    table.finish(problems);
    make.map_or_else(all, |elements| chosen(&elements, problems))
}

fn chosen(elements: &[Value<'_>], problems: &mut Problems) -> Vec<ArtifactKind> {
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
    ArtifactKind::ALL.iter().copied().filter(|kind| made(*kind)).collect()
}
