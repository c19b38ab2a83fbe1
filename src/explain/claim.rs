//! Claims: what each season and campaign says about one target at one moment, and where the policy says so.

use crate::plan::{Basis, Holiday, OccasionId, OriginId, Part, Written};
use crate::quantity::Replicas;
use crate::time::{Date, LocalTime};

/// One season's or campaign's say.
#[derive(Clone, Debug)]
pub struct Claim {
    /// What says it.
    pub origin: OriginId,
    /// Whose.
    pub occasion: OccasionId,
    /// The season itself or a lead-in.
    pub part: Part,
    /// What came of it.
    pub verdict: Verdict,
    /// The day whose window the moment lies in, or would: a night belongs to the day on which it begins.
    pub day: Date,
    /// First and last day of this part, both inside, as its rules give them around the moment; absent for a campaign.
    pub dates: Option<(Date, Date)>,
    /// Where the policy says so.
    pub written: Written,
    /// How its floor here comes about, where it asks for one.
    pub basis: Option<Basis>,
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It asks for the floor that holds.
    Decides(Replicas),
    /// It asks for less than another.
    Loses {
        /// What it asks for.
        floor: Replicas,
        /// How much less that is.
        by: Replicas,
    },
    /// Its window is open, but it asks this target for nothing.
    AsksNothing,
    /// The day is one of its days, the hour is not one of its hours.
    OtherHours {
        /// When its window before this moment ended.
        ended: Option<LocalTime>,
        /// When its next window begins.
        begins: Option<LocalTime>,
    },
    /// The day is within its dates, but a weekday that it does not take.
    OtherWeekday,
    /// The day is within its dates, and it takes other days of that weekday.
    OtherDay,
    /// The day would be one of its days, if these were not holidays.
    Holidays(Vec<Holiday>),
    /// The day is within its dates, in other territories.
    Elsewhere,
}
