//! A study as one page for a browser: verdicts, sums, each target's year, and the worst day of each season from close by.

mod sums;
mod year;
mod zoom;

use serde::Serialize;

use super::words;
use crate::report::axis::Axis;
use crate::report::page::{self, Table};
use crate::simulate::comparison::{Subject, Way};
use crate::simulate::picture::{Picture, Zoom};
use crate::simulate::study::{Carried, Study};
use crate::simulate::world::demand::Slice;

/// More pictures than these of a kind would make a page that no browser likes.
const MOST_PICTURES: usize = 60;
/// Sentences about seasons that hold, and about those that do not; the table has them all.
const MOST_VERDICTS: usize = 4;

#[derive(Serialize)]
struct Page {
    title: String,
    about: String,
    verdicts: Vec<Verdict>,
    tables: Vec<Table>,
    /// What the slots of a year are: a day, or some days.
    slot: String,
    labels: Vec<String>,
    years: Vec<year::Year>,
    zooms: Vec<zoom::Close>,
    left_out: Vec<String>,
    notes: Vec<String>,
}

/// A sentence about a season, and whether it is good news.
#[derive(Serialize)]
struct Verdict {
    holds: bool,
    said: String,
}

/// What is shown of a study, and how it is cut.
struct Shown<'s> {
    study: &'s Study,
    picture: &'s Picture,
    axis: Axis,
    /// Places of the targets whose years are shown.
    targets: Vec<usize>,
    zooms: Vec<&'s Zoom>,
}

/// The whole page.
pub fn html(study: &Study, picture: &Picture) -> String {
    let in_time = |at: &usize| study.outcomes[*at].of(Way::Plan).total().in_time();
    let zoom_in_time = |at: &usize| {
        let zoom = &picture.zooms[*at];
        study.outcomes[zoom.target].of(Way::Plan).of(zoom.slice).in_time()
    };
    let shown = Shown {
        study,
        picture,
        axis: Axis::of(picture.dates),
        targets: worst(study.subjects.len(), in_time),
        zooms: worst(picture.zooms.len(), zoom_in_time).into_iter().map(|at| &picture.zooms[at]).collect(),
    };
    page::render("page/simulate.html.j2", shown.page())
}

/// The places of as many as may be shown, in their order: those with the smallest share in time.
fn worst(count: usize, in_time: impl Fn(&usize) -> f64) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|one, other| in_time(one).total_cmp(&in_time(other)));
    places.truncate(MOST_PICTURES);
    places.sort_unstable();
    places
}

impl Shown<'_> {
    fn page(&self) -> Page {
        let study = self.study;
        Page {
            title: "The year on the model".to_owned(),
            about: study.title.clone(),
            verdicts: self.verdicts(),
            tables: vec![sums::ways(study), sums::places(study), self.seasons(), self.by_target()],
            slot: self.axis.slot(),
            labels: self.axis.labels(),
            years: self.targets.iter().map(|target| self.year(*target)).collect(),
            zooms: self.zooms.iter().map(|zoom| self.close(zoom)).collect(),
            left_out: self.left_out(),
            notes: self.notes(),
        }
    }

    fn verdicts(&self) -> Vec<Verdict> {
        let study = self.study;
        let (good, bad): (Vec<Carried>, Vec<Carried>) =
            study.carried().into_iter().partition(|carried| carried.holds);
        let said = |carried: &Carried| Verdict { holds: carried.holds, said: words::carried(study, carried) };
        let mut verdicts: Vec<Verdict> = bad.iter().take(MOST_VERDICTS).map(said).collect();
        verdicts.extend(good.iter().take(MOST_VERDICTS).map(said));
        for (seasons, holds, words) in [(bad, false, "do not hold"), (good, true, "hold")] {
            if let Some(more) = seasons.len().checked_sub(MOST_VERDICTS).filter(|more| *more > 0) {
                let said = format!("{more} more seasons {words}: the table of seasons has them.");
                verdicts.push(Verdict { holds, said });
            }
        }
        let saved = study.saved();
        verdicts.extend(
            saved
                .iter()
                .map(|saved| Verdict { holds: saved.share() > 0.0, said: words::saved(study, saved) }),
        );
        verdicts
    }

    fn left_out(&self) -> Vec<String> {
        let mut said = Vec::new();
        let targets = self.study.subjects.len() - self.targets.len();
        if targets > 0 {
            said.push(format!(
                "The years of {targets} more targets, with fewer late requests, are not drawn; with `--target NAME` each is."
            ));
        }
        let zooms = self.picture.zooms.len() - self.zooms.len();
        if zooms > 0 {
            said.push(format!(
                "The worst days of {zooms} more seasons, with fewer late requests, are not drawn; `--why TIME` explains any moment of them."
            ));
        }
        said
    }

    fn notes(&self) -> Vec<String> {
        let refused = self.study.refused.iter();
        let refused = refused.map(|(name, refusal)| format!("Not in these figures: {name}, {refusal}."));
        let more = [format!("Load: {}.", self.study.load), words::LIMITS.to_owned()];
        refused.chain(words::not_judged(self.study)).chain(more).collect()
    }

    fn season(&self, slice: Slice) -> &str {
        &self.study.slices[slice.0].title
    }

    fn subject(&self, target: usize) -> &Subject {
        &self.study.subjects[target]
    }
}

/// Requests per second: with a decimal where there are few.
fn rate(rate: f64) -> String {
    if rate > 0.0 && rate < 10.0 { format!("{rate:.1}") } else { words::whole(rate) }
}

/// A share of a capacity in words.
fn busy(share: f64) -> String {
    if share.is_finite() { format!("{:.0} %", share * 100.0) } else { "no pod ready".to_owned() }
}

/// Minutes, none left out however short.
fn minutes(seconds: f64) -> String {
    match seconds / 60.0 {
        minutes if minutes > 0.0 && minutes < 1.0 => "< 1".to_owned(),
        minutes => words::whole(minutes),
    }
}
