//! Workloads and territories as far as they are read, before they make targets together.

use std::sync::Arc;

use super::share::{Measure, Share};
use crate::name::SetName;
use crate::profile::{KeptTarget, Territory, TerritoryId, Workload, WorkloadId, WorkloadKind};
use crate::source::Located;
use crate::time::Zone;

/// A workload and what its targets still need from the policy.
pub(super) struct WorkloadDraft {
    pub(super) workload: Workload,
    pub(super) deployment: Located<String>,
    /// Of one Deployment that serves everybody.
    pub(super) own: Option<Share>,
    /// For one whose ScaledObject is somebody's own: where it is.
    pub(super) kept: Option<KeptDraft>,
    /// Whether its table says that one Deployment serves everybody, even if the rest of that cannot be read.
    pub(super) is_own: bool,
}

impl WorkloadDraft {
    /// Of somebody's own object.
    pub(super) fn of_kept(workload: Workload, deployment: Located<String>, kept: KeptDraft) -> Self {
        Self { workload, deployment, own: None, kept: Some(kept), is_own: true }
    }

    /// Whether each territory runs its own.
    pub(super) fn per_territory(&self) -> bool {
        !self.is_own
    }

    pub(super) fn measure(&self) -> Measure {
        match self.workload.kind {
            WorkloadKind::Http(_) => Measure::Requests,
            WorkloadKind::Queue(_) => Measure::Queue,
            WorkloadKind::Scheduled | WorkloadKind::Kept => Measure::Nothing,
        }
    }
}

/// A territory and its part of each workload.
pub(super) struct TerritoryDraft {
    pub(super) territory: Territory,
    pub(super) shares: Vec<(WorkloadId, Share)>,
    pub(super) holidays: Vec<Located<SetName>>,
}

/// An object and the clock of its windows.
pub(super) struct KeptDraft {
    pub(super) object: Arc<KeptTarget>,
    pub(super) zone: Option<Zone>,
    pub(super) territory: Option<Located<String>>,
}

impl KeptDraft {
    /// Its territory, where it names one that exists.
    pub(super) fn territory(&self, territories: &[TerritoryDraft]) -> Option<TerritoryId> {
        let wanted = &self.territory.as_ref()?.value;
        territories.iter().position(|draft| draft.territory.code.as_str() == wanted).map(TerritoryId)
    }
}
