//! From when until when the objects say themselves that they hold: those that a plan of ours has written whole do, in annotations.

use std::fmt;

use super::input::{self, Found, Input};
use super::remark::Place;
use crate::time::{Date, Window};

/// What every such annotation begins with: most texts have none, and are not read for it.
const OURS: &str = "seasonscale/valid-";

/// The days of one plan, by the annotations of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The plan's horizon.
    pub horizon: Window<Date>,
    /// The object.
    place: Place,
}

impl fmt::Display for Stated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Window { from, until } = self.horizon;
        write!(f, "{}: {from} to {}", self.place, until.plus_days(-1))
    }
}

/// Each horizon that objects with such annotations name, with the first of them: more than one where they are not of one plan.
pub fn stated_horizons(inputs: &[Input]) -> Vec<Stated> {
    let mut said: Vec<Stated> = Vec::new();
    for input in inputs.iter().filter(|input| input.text.contains(OURS)) {
        let found = input::read(std::slice::from_ref(input), &mut Vec::new());
        for stated in found.iter().filter_map(of) {
            if said.iter().all(|other| other.horizon != stated.horizon) {
                said.push(stated);
            }
        }
    }
    said
}

fn of(found: &Found<'_>) -> Option<Stated> {
    let annotations = &found.object.metadata.annotations;
    let day = |key: &str| Date::parse(&annotations.get(key)?.value);
    let (from, last) = (day("seasonscale/valid-from")?, day("seasonscale/valid-until")?);
    (from <= last).then(|| Stated { horizon: Window::new(from, last.next()), place: found.place() })
}
