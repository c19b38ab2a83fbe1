//! Pictures over time: figures of equal slots become lines and areas in a plot of 100 units of height, one unit of width a slot.
//!
//! Text is never part of the drawing, so the drawing may be stretched to any width: the page places labels by percent.

use std::fmt::Write;

use serde::Serialize;

/// One picture: a strip of seasons, panels below each other over one axis of time, and what is said of each slot.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Chart {
    /// For those who do not see it.
    pub(super) label: String,
    /// How many slots.
    pub(super) count: usize,
    /// Lanes of the strip.
    pub(super) lanes: usize,
    pub(super) marks: Vec<Mark>,
    pub(super) panels: Vec<Panel>,
    pub(super) ticks: Vec<Tick>,
    pub(super) data: Data,
}

/// A season in the strip above the panels. Places are percents of the width.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Mark {
    pub(super) number: usize,
    pub(super) title: String,
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) lane: usize,
    /// Whether there is room for its title, too.
    pub(super) titled: bool,
    /// Whether it stands at the right edge, its label to the left.
    pub(super) at_end: bool,
}

/// A label of the axis of time.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: String,
    /// Left out where there is little room.
    pub(super) minor: bool,
}

/// One scale and what is drawn on it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Panel {
    pub(super) title: String,
    /// In pixels.
    pub(super) height: u32,
    pub(super) scale: Vec<Level>,
    pub(super) shapes: Vec<Shape>,
    /// What the shapes are: class and words.
    pub(super) legend: Vec<(&'static str, String)>,
}

/// A label of a panel's scale, from the top in percent.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Level {
    pub(super) top: f64,
    pub(super) label: String,
}

/// A path, and its look.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Shape {
    pub(super) class: &'static str,
    pub(super) path: String,
}

/// What is said of each slot.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Data {
    /// A label for each slot; empty: those of the page.
    pub(super) labels: Vec<String>,
    pub(super) series: Vec<Series>,
}

/// One figure in words, slot by slot; empty where there is none.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Series {
    pub(super) name: &'static str,
    /// How many slots have the same words, and the words.
    pub(super) runs: Vec<(usize, String)>,
}

impl Series {
    pub(super) fn new(name: &'static str, values: impl IntoIterator<Item = String>) -> Self {
        let mut runs: Vec<(usize, String)> = Vec::new();
        for value in values {
            match runs.last_mut().filter(|(_, last)| *last == value) {
                Some((count, _)) => *count += 1,
                None => runs.push((1, value)),
            }
        }
        Self { name, runs }
    }
}

/// From a figure to its height: 0 is the top, 100 the bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scale {
    /// From 0 to a most.
    Linear(f64),
    /// From a least to a most, each power of ten as tall as any other.
    Powers(f64, f64),
}

impl Scale {
    /// A round most that leaves some air over `most`.
    pub(super) fn linear(most: f64) -> Self {
        let most = if most > 0.0 { most } else { 1.0 };
        let power = 10_f64.powf(most.log10().floor());
        let steps = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0];
        let round = steps.into_iter().map(|step| step * power).find(|round| *round >= most * 1.04);
        Self::Linear(round.unwrap_or(most * 1.1))
    }

    /// Whole counts: the most is an even one, so that its half is one too.
    pub(super) fn counts(most: u32) -> Self {
        let most = most.max(1);
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].into_iter().find(|step| most / step <= 12);
        let pair = step.unwrap_or(most / 10) * 2;
        Self::Linear(f64::from(most / pair * pair + pair))
    }

    /// From a power of ten under `least` to some air over `most`.
    pub(super) fn powers(least: f64, most: f64) -> Self {
        Self::Powers(10_f64.powf((least * 0.9).log10().floor()), most * 1.3)
    }

    pub(super) fn top(self, value: f64) -> f64 {
        let share = match self {
            Self::Linear(most) => value / most,
            Self::Powers(least, most) => (value / least).ln() / (most / least).ln(),
        };
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        ((1.0 - share) * 1000.0).round() / 10.0
    }

    /// Labels, none nearer to one of `taken` than a line of text.
    pub(super) fn levels(self, taken: &[f64], said: impl Fn(f64) -> String) -> Vec<Level> {
        let values = match self {
            Self::Linear(most) => vec![0.0, most / 2.0, most],
            Self::Powers(least, most) => {
                let steps = (most / least).log10().floor() as i32;
                (0..=steps).map(|step| least * 10_f64.powi(step)).collect()
            }
        };
        let tops = values.into_iter().map(|value| (self.top(value), value));
        let free = tops.filter(|(top, _)| taken.iter().all(|other| (other - top).abs() >= 20.0));
        free.map(|(top, value)| Level { top, label: said(value) }).collect()
    }
}

/// A line that keeps each slot's value; a gap where there is none.
pub(super) fn line(scale: Scale, values: &[Option<f64>]) -> String {
    let mut path = String::new();
    let mut before: Option<f64> = None;
    for (at, value) in values.iter().enumerate() {
        let top = value.map(|value| scale.top(value));
        match (before, top) {
            (None, Some(top)) => {
                let _ = write!(path, "M{at} {top}");
            }
            (Some(old), Some(top)) if (old - top).abs() > 1e-9 => {
                let _ = write!(path, "H{at}V{top}");
            }
            (Some(_), None) => {
                let _ = write!(path, "H{at}");
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
        before = top;
    }
    if before.is_some() {
        let _ = write!(path, "H{}", values.len());
    }
    path
}

/// The area between two figures of each slot: a box for each stretch of equal ones. One that is flat gets a little height.
pub(super) fn area(scale: Scale, values: &[Option<(f64, f64)>]) -> String {
    let tops = values.iter().map(|value| {
        value.map(|(least, most)| {
            let (top, bottom) = (scale.top(most), scale.top(least));
            (top, bottom.max((top + 1.0).min(100.0)))
        })
    });
    let tops: Vec<Option<(f64, f64)>> = tops.collect();
    let mut path = String::new();
    let mut at = 0;
    for same in tops.chunk_by(|one, next| one == next) {
        let ends = at + same.len();
        if let Some((top, bottom)) = same[0] {
            let _ = write!(path, "M{at} {top}H{ends}V{bottom}H{at}Z");
        }
        at = ends;
    }
    path
}

/// Where a season stands in the strip: slots from the first to the one after the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) number: usize,
    pub(super) from: usize,
    pub(super) until: usize,
}

/// Percent of the width that the longest of the numbers takes where the page is 390 pixels wide.
fn number_width(stretches: &[Stretch]) -> f64 {
    let longest = stretches.iter().map(|stretch| stretch.number.to_string().len()).max().unwrap_or(1);
    3.0 + 2.0 * longest as f64
}

/// Percent of the width that some letters take there.
const TITLE: f64 = 12.0;

/// Puts seasons into lanes, so that no number stands on another at any width. Lanes are as few as they can be in order of time.
pub(super) fn marks(
    stretches: &[Stretch],
    count: usize,
    title: impl Fn(usize) -> String,
) -> (Vec<Mark>, usize) {
    let percent = |slot: usize| slot as f64 * 100.0 / count.max(1) as f64;
    let number_width = number_width(stretches);
    let mut lanes: Vec<f64> = Vec::new();
    let mut marks = Vec::new();
    for stretch in stretches {
        let (left, right) = (percent(stretch.from), percent(stretch.until));
        let at_end = left + number_width > 100.0;
        let from = if at_end { left.min(100.0 - number_width) } else { left };
        let lane = lanes.iter().position(|taken| *taken <= from + 1e-9).unwrap_or(lanes.len());
        let taken = right.max(from + number_width);
        if lane == lanes.len() {
            lanes.push(taken);
        } else {
            lanes[lane] = taken;
        }
        let width = right - left;
        let number = stretch.number;
        let titled = width >= TITLE;
        marks.push(Mark { number, title: title(number), left, width, lane, titled, at_end });
    }
    (marks, lanes.len())
}

/// Labels at 390 pixels: six at most.
pub(super) fn thin(ticks: &mut [Tick]) {
    let every = ticks.len().div_ceil(6);
    for (at, tick) in ticks.iter_mut().enumerate() {
        tick.minor = at % every.max(1) != 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_gaps_and_says_nothing_twice() {
        let scale = Scale::Linear(10.0);
        let values = [Some(5.0), Some(5.0), Some(10.0), None, Some(0.0)];
        assert_eq!(line(scale, &values), "M0 50H2V0H3M4 100H5");
        assert_eq!(line(scale, &[]), "");
        assert_eq!(area(scale, &[Some((0.0, 5.0)), Some((0.0, 5.0)), None]), "M0 50H2V100H0Z");
    }

    #[test]
    fn a_scale_holds_what_is_drawn_on_it() {
        for most in [0.0, 0.3, 1.0, 7.0, 12.0, 99.0, 12_345.0] {
            let Scale::Linear(top) = Scale::linear(most) else { panic!("{most}") };
            assert!(top >= most && top <= most.max(1.0) * 2.1, "{most} {top}");
        }
        assert_eq!(Scale::counts(12), Scale::Linear(14.0));
        assert_eq!(Scale::powers(0.05, 10.0), Scale::Powers(0.01, 13.0));
        assert!((Scale::Powers(0.01, 100.0).top(1.0) - 50.0).abs() < 1e-9);
        assert!((Scale::Linear(10.0).top(f64::INFINITY)).abs() < 1e-9);
    }

    /// Forty seasons in a row, three that meet in one week, and one on the last day.
    #[test]
    fn no_number_of_the_strip_stands_on_another() {
        let year: Vec<Stretch> =
            (0..40).map(|n| Stretch { number: n + 1, from: n * 9, until: n * 9 + 9 }).collect();
        let week = [(200, 203), (201, 206), (202, 207)];
        let week = week.iter().map(|(from, until)| Stretch { number: 9, from: *from, until: *until });
        let last = Stretch { number: 3, from: 364, until: 365 };
        for stretches in [year, week.chain([last]).collect()] {
            let wide = number_width(&stretches);
            let (marks, lanes) = marks(&stretches, 365, |number| number.to_string());
            // Two digits need the width of 17 days at 390 pixels, and a season has 9.
            assert!(lanes <= 5, "{lanes}");
            let room = |mark: &Mark| {
                let right = mark.left + mark.width;
                if mark.at_end {
                    (mark.left.min(100.0 - wide), right.max(100.0))
                } else {
                    (mark.left, right.max(mark.left + wide))
                }
            };
            for (at, one) in marks.iter().enumerate() {
                assert!(room(one).1 <= 100.0 + 1e-9, "{one:?}");
                for other in marks[at + 1..].iter().filter(|other| other.lane == one.lane) {
                    let ((from, until), (begins, ends)) = (room(one), room(other));
                    assert!(until <= begins + 1e-9 || ends <= from + 1e-9, "{one:?} {other:?}");
                }
            }
        }
    }
}
