//! What dates come to: seasons and campaigns as occasions, and their parts in territories as origins. An origin remembers
//! where the policy wrote it and which days it left out and why, so that nobody has to work that out again.

use crate::name::{SetName, Slug};
use crate::profile::{Target, TerritoryId};
use crate::source::Span;
use crate::time::{Date, Hours, LocalTime, Window, Zone};

/// Index into the occasions of a [`super::Resolved`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OccasionId(pub usize);

/// A season or a campaign: a reason for more replicas.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// Which of the two.
    pub kind: OccasionKind,
    /// `oktoberfest`
    pub name: Slug,
    /// `Oktoberfest`
    pub title: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where it was asked for.
    pub ticket: Option<String>,
    /// What the business says about it: focus, expectations.
    pub note: Option<String>,
    /// Its table in the policy.
    pub span: Span,
}

/// Season or campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OccasionKind {
    /// Comes back every year by its rule.
    Season,
    /// A SalesOps burst: once, to the minute.
    Campaign,
}

/// A part of an occasion in one territory, or those of its windows that have the same clock times: the thing that a step of
/// a schedule is there for.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Of which season or campaign.
    pub occasion: OccasionId,
    /// The season itself or one of its lead-ins.
    pub part: Part,
    /// Absent: the platform, for targets without a territory.
    pub territory: Option<TerritoryId>,
    /// For which of the targets there.
    pub whose: Whose,
    /// The clock of its windows.
    pub zone: Zone,
    /// Whether nobody has said that clock, so that UTC holds.
    pub is_assumed: bool,
    /// What of them is planned, on that clock: the horizon of those whose windows they are.
    pub planned: Window<LocalTime>,
    /// Expected load as a multiple of the base load.
    pub load: Option<f64>,
    /// The dates, half-open, as the rules give them; cut to the horizon.
    pub dates: Vec<Window<Date>>,
    /// The same dates and those of the years around the horizon, not cut; empty for a campaign.
    pub uncut: Vec<Window<Date>>,
    /// Daily hours, or the exact window of a campaign.
    pub hours: Hours,
    /// Which days of `dates` are taken, in words of the policy: `mon-sun`, `workdays`, `sat,sun`.
    pub days_rule: String,
    /// Local dates on which a daily window begins that reaches into the horizon; empty for a campaign.
    pub days: Vec<Date>,
    /// Days of the horizon that would be taken, if they were not holidays; in order.
    pub left_out: Vec<LeftOut>,
    /// Whether any of its dates moves from year to year, or belongs to one year only.
    pub moves: bool,
    /// The policy's bytes that set the window.
    pub span: Span,
    /// Where the policy writes its parts.
    pub written: Written,
}

impl Origin {
    /// Whether it is for `target`.
    pub fn serves(&self, target: &Target) -> bool {
        let is_own = match self.whose {
            Whose::Territory => true,
            Whose::Shared => !target.has_own_zone,
            Whose::Everybody => true,
            Whose::Own => target.has_own_zone && target.zone == self.zone,
        };
        self.territory == target.territory && is_own
    }

    /// The windows on its own clock in order, cut to what is planned; consecutive whole days come as one window each day.
    pub fn windows(&self) -> impl Iterator<Item = Window<LocalTime>> {
        let planned = self.planned;
        let exact = match self.hours {
            Hours::Exact(window) => Some(window),
            Hours::AllDay | Hours::Daily { .. } | Hours::Span { .. } => None,
        };
        let daily = self.days.iter().map(|day| self.hours.on(*day));
        exact.into_iter().chain(daily).filter_map(move |window| window.intersection(planned))
    }

    /// The same on the clock of `zone`.
    pub fn windows_on(&self, zone: &Zone) -> impl Iterator<Item = Window<LocalTime>> {
        self.windows().map(move |window| self.shown(window, zone))
    }

    /// A window of its clock as the clock of `zone` shows it.
    pub fn shown(&self, window: Window<LocalTime>, zone: &Zone) -> Window<LocalTime> {
        if self.zone == *zone {
            return window;
        }
        let there = |at: LocalTime| zone.local(self.zone.first_instant(at));
        Window::new(there(window.from), there(window.until))
    }

    /// The holidays that take `day` out of it, if any do.
    pub fn holidays_on(&self, day: Date) -> Option<&[Holiday]> {
        let at = self.left_out.binary_search_by_key(&day, |left_out| left_out.day).ok()?;
        Some(&self.left_out[at].holidays)
    }
}

/// For which targets of a place an origin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// All of a territory.
    Territory,
    /// Those without a territory: it is there on the clock of each territory that the season touches.
    Shared,
    /// Those without a territory that have this clock of their own.
    Own,
    /// All without a territory: the season says the clock for every place.
    Everybody,
}

/// Which part of an occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The whole of it.
    Main,
    /// The lead-in with this number, from 1, the longest first.
    LeadIn(u32),
}

/// A day that a rule would take and holidays take out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Which day.
    pub day: Date,
    /// What falls on it, in the order of the territory's sets; never empty.
    pub holidays: Vec<Holiday>,
}

/// A holiday on a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// `bavaria`
    pub set: SetName,
    /// `good-friday`
    pub name: Slug,
    /// Its rule.
    pub span: Span,
}

/// Where the policy writes an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

/// A season or campaign with `enabled = false`.
#[derive(Clone, Debug)]
pub struct SwitchedOff {
    /// Which.
    pub occasion: Occasion,
    /// Where and on which dates it would run, its lead-ins included; half-open. No territory: the platform.
    pub dates: Vec<(Option<TerritoryId>, Window<Date>)>,
}
