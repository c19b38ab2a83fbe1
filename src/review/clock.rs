//! Local clocks on the real line: which instant a local time is, quickly.

use crate::plan::Plan;
use crate::time::{Instant, LocalTime, Offsets, Window, Zone};

/// Further than this from a change of clocks a local time exists once.
const FAR: i64 = 86_400;

/// One zone's clock over a plan.
pub(super) struct Clock {
    offsets: Offsets,
}

impl Clock {
    pub(super) fn new(zone: &Zone, plan: &Plan) -> Self {
        let horizon = plan.local_horizon();
        let margin = 4 * FAR;
        let covered = Window::new(
            Instant(horizon.from.wall_seconds() - margin),
            Instant(horizon.until.wall_seconds() + margin),
        );
        Self { offsets: Offsets::new(zone, covered) }
    }

    /// The first instant whose wall clock reads `local` or later: [`Zone::first_instant`].
    pub(super) fn instant(&self, local: LocalTime) -> Instant {
        let wall = local.wall_seconds();
        let guess = Instant(wall - self.offsets.offset(Instant(wall)));
        let steady = self.offsets.steady(guess);
        let holds = |at| steady.whole.contains(Instant(at));
        let far = holds(guess.0 - FAR) && holds(guess.0 + FAR);
        if far { Instant(wall - steady.offset) } else { self.offsets.zone().first_instant(local) }
    }

    /// The plan's horizon.
    pub(super) fn horizon(&self, plan: &Plan) -> Window<Instant> {
        let local = plan.local_horizon();
        Window::new(self.instant(local.from), self.instant(local.until))
    }

    /// What the wall shows.
    pub(super) fn local(&self, at: Instant) -> LocalTime {
        self.offsets.local(at)
    }
}
