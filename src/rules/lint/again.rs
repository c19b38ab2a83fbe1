//! A side that fires again and again before the other one does: `* 8 * * *` is sixty starts, of which the last one counts.
//! Windows that open and close every hour are none of that.

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::finding::Rule;
use crate::keda::activity::Firing;
use crate::keda::floor::Active;
use crate::time::Offsets;

/// One side of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Start,
    End,
}

impl Side {
    fn key(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }

    /// Whether it fires, and the other side does not.
    fn fires_alone(self, firing: &Firing) -> bool {
        match self {
            Self::Start => firing.start && !firing.end,
            Self::End => firing.end && !firing.start,
        }
    }
}

pub(super) fn check(subject: &Subject<'_>, active: &Active) -> Vec<Finding> {
    let sides = [Side::Start, Side::End].into_iter().filter(|side| fires_again(active, *side));
    let found = sides.map(|side| {
        let effect =
            "each minute or hour that it names is an event of its own: only the last one before the other side counts";
        let mend = "write one minute and the hours at which it happens";
        subject.about(Rule::CronEveryMinute, active.index, side.key(), effect.to_owned(), mend.to_owned())
    });
    found.collect()
}

/// Whether a side that names several minutes, or every hour, fires twice within an hour while the other one does not.
pub(super) fn fires_again(active: &Active, side: Side) -> bool {
    let pair = &active.trigger.pair;
    let (schedule, offsets) = match side {
        Side::Start => (&pair.start, &active.years.clocks.0),
        Side::End => (&pair.end, &active.years.clocks.1),
    };
    if schedule.minute.count() == 1 && schedule.hour.count() < 24 {
        return false;
    }
    let alone = |firing: &Firing| side.fires_alone(firing);
    let mut pairs = active.years.walk.firings.windows(2);
    pairs
        .any(|two| two.iter().all(alone) && two[1].at.0 - two[0].at.0 <= 3600 && !clocks_change(two, offsets))
}

/// Where the clocks go back, what is once an hour comes twice in a row.
fn clocks_change(two: &[Firing], offsets: &Offsets) -> bool {
    offsets.changes().any(|change| two[0].at < change.at && change.at <= two[1].at)
}
