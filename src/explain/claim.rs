//! Claims: what each season and campaign says about one target at one moment, and where the policy says so.

use crate::plan::{OccasionId, Part};
use crate::policy::LeadInSize;
use crate::quantity::{Rate, Ratio, Replicas};
use crate::source::{Located, Span};
use crate::time::{Date, LocalTime};

/// One season's or campaign's say.
#[derive(Clone, Debug)]
pub struct Claim {
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
    /// The day would be one of its days, if these were not holidays.
    Holidays(Vec<Holiday>),
    /// The day is within its dates, in other territories.
    Elsewhere,
}

/// A holiday that takes a day out of `workdays`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// `bavaria`
    pub set: String,
    /// `good-friday`
    pub name: String,
    /// Its rule.
    pub span: Span,
}

/// Where the policy writes what a claim rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The table.
    pub table: Span,
    /// The first day's rule, or a campaign's first minute.
    pub from: Span,
    /// The last day's rule, or the first minute after a campaign.
    pub to: Span,
    /// `hours`, where written.
    pub hours: Option<Span>,
    /// `days`, where written.
    pub days: Option<Span>,
    /// How the floor comes about, where one is asked for.
    pub basis: Option<Basis>,
}

/// How a floor comes about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Basis {
    /// It is written.
    Floor(Span),
    /// It follows from the expected load: ceil(base x load x (1 + headroom) / what a replica carries).
    Load {
        /// The multiple.
        load: Located<f64>,
        /// The load at no season.
        base: Located<Rate>,
        /// What is added.
        headroom: Ratio,
        /// What a replica carries.
        per_replica: Rate,
    },
    /// It is the lead-in's part of the season's floor, or a multiple of the minimum.
    LeadIn {
        /// How high.
        size: LeadInSize,
        /// The lead-in.
        span: Span,
        /// The season's own floor here.
        season: Replicas,
    },
}
