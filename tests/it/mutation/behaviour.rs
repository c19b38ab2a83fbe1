//! What the tools that read a file make of it, where neither verification nor the design sees a change: PostgreSQL runs the
//! journal, an engine for JavaScript the load test.

use std::sync::OnceLock;

use seasonscale::artifact::{Artifact, ArtifactKind};

use super::{load, postgres};

/// What the shipped files do; each is asked for once, and only if some mutant needs it.
pub(super) struct Shipped<'a> {
    artifacts: &'a [Artifact],
    journal: OnceLock<String>,
    load: OnceLock<String>,
}

fn text(artifacts: &[Artifact], kind: ArtifactKind) -> &str {
    artifacts
        .iter()
        .find(|artifact| artifact.kind == kind)
        .map(|artifact| artifact.text.as_str())
        .unwrap_or_default()
}

fn journal(artifacts: &[Artifact]) -> String {
    let [migration, undo] = [ArtifactKind::Journal, ArtifactKind::Undo].map(|kind| text(artifacts, kind));
    postgres::transcript(postgres::Scripts { migration, undo })
}

impl<'a> Shipped<'a> {
    pub(super) fn new(artifacts: &'a [Artifact]) -> Self {
        Self { artifacts, journal: OnceLock::new(), load: OnceLock::new() }
    }

    /// Whether a file of this kind does something else in `mutants` than as it is shipped.
    pub(super) fn differs_from(&self, kind: ArtifactKind, mutants: &[Artifact]) -> bool {
        if [ArtifactKind::Journal, ArtifactKind::Undo].contains(&kind) {
            return *self.journal() != journal(mutants);
        }
        if kind != ArtifactKind::Load {
            return false;
        }
        let shipped = text(self.artifacts, kind);
        let seasons = load::seasons(shipped);
        let record = self.load.get_or_init(|| load::record(shipped, &seasons));
        *record != load::record(text(mutants, kind), &seasons)
    }

    fn journal(&self) -> &String {
        self.journal.get_or_init(|| {
            let said = journal(self.artifacts);
            let again = journal(self.artifacts);
            let differs = said.lines().zip(again.lines()).find(|(one, other)| one != other);
            assert!(said == again, "a transcript that differs from itself proves nothing: {differs:?}");
            said
        })
    }
}
