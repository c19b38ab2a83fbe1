//! What a study's page shows besides its sums: each target's year, and the worst day of each season from close by.

use super::closely::{Slot, closely, worst_day};
use super::comparison::Way;
use super::hpa::kubernetes::Kubernetes;
use super::study::Study;
use super::world::demand::Slice;
use super::year::{Day, dates, year};
use crate::parallel;
use crate::time::{Date, Window};

/// All of it.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The days that the years have places for.
    pub dates: Window<Date>,
    /// Each target's year, in the order of the study; a day is absent where the target is not run.
    pub years: Vec<Vec<Option<Day>>>,
    /// The worst day of each season with requests, in the order of the seasons; of what belongs to no season last.
    pub zooms: Vec<Zoom>,
}

/// The worst day of a season, at the target where most of its requests are late or not answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Zoom {
    /// Which season.
    pub slice: Slice,
    /// The target, by its place in the study.
    pub target: usize,
    /// The day on the target's clock.
    pub date: Date,
    /// The day.
    pub slots: Vec<Slot>,
}

/// Where most requests of a season are late or not answered, the first of equals; none where it has no request.
fn worst_target(study: &Study, slice: Slice) -> Option<usize> {
    let mut worst: Option<(usize, f64)> = None;
    for (at, outcome) in study.outcomes.iter().enumerate() {
        let felt = outcome.of(Way::Plan).of(slice).felt;
        let missed = felt.late + felt.refused;
        if felt.requests > 0.0 && worst.is_none_or(|(_, most)| missed > most) {
            worst = Some((at, missed));
        }
    }
    worst.map(|(at, _)| at)
}

/// Runs everything again, this time day by day; nothing where nothing was run.
pub fn picture(study: &Study, kubernetes: Kubernetes) -> Option<Picture> {
    let dates = dates(&study.subjects)?;
    let years = parallel::each(&study.subjects, |subject| year(subject, kubernetes, dates));
    let seasons: Vec<usize> = (1..study.slices.len()).chain([0]).collect();
    let zooms = parallel::each(&seasons, |season| {
        let slice = Slice(*season);
        let target = worst_target(study, slice)?;
        let day = worst_day(&years[target], slice)?;
        let date = dates.from.plus_days(i32::try_from(day).ok()?);
        Some(Zoom { slice, target, date, slots: closely(&study.subjects[target], kubernetes, date) })
    });
    Some(Picture { dates, years, zooms: zooms.into_iter().flatten().collect() })
}
