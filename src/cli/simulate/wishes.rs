//! What a simulation is asked for beside the policy, and the load that was recorded for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cli::args::Broken;
use crate::quantity::{Release, Seconds};
use crate::simulate::world::noise::Noise;
use crate::simulate::world::recorded::Recorded;

/// What was asked for beside the policy.
#[derive(Clone)]
pub(super) struct Wishes {
    /// Times the load.
    pub(super) growth: f64,
    /// In place of the gates' own.
    pub(super) start_up: Option<Seconds>,
    /// Only these targets; empty: all.
    pub(super) only: Vec<String>,
    /// Other loads of seasons.
    pub(super) bursts: Vec<(String, f64)>,
    /// By chance.
    pub(super) noise: Option<Noise>,
    /// Triggers that fail.
    pub(super) broken: Vec<Broken>,
    /// In place of the calendar's load.
    pub(super) load: Option<Arc<Load>>,
    /// In place of the profile's own.
    pub(super) keda: Option<Release>,
}

impl Wishes {
    /// The load that a season or campaign is asked to bring in place of its own.
    pub(super) fn burst(&self, name: &str) -> Option<f64> {
        self.bursts.iter().find(|(season, _)| season == name).map(|(_, times)| *times)
    }
}

/// What was recorded.
pub(super) struct Load {
    /// By target of the profile.
    pub(super) recorded: BTreeMap<usize, Recorded>,
    /// Where it is from, in words.
    pub(super) said: String,
    /// Why a target has none.
    pub(super) absent: &'static str,
}
