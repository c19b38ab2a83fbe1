//! From when until when the objects say themselves that they hold: those that a plan of ours has written whole do, in annotations.

use super::input::{self, Found, Input};
use crate::time::{Date, Window};

/// What every such annotation begins with: most texts have none, and are not read for it.
const OURS: &str = "seasonscale/valid-";

/// The days of the plan that all objects with such annotations name; none where two of them name others.
pub fn stated_horizon(inputs: &[Input]) -> Option<Window<Date>> {
    let mut said: Option<Window<Date>> = None;
    for input in inputs.iter().filter(|input| input.text.contains(OURS)) {
        let found = input::read(std::slice::from_ref(input), &mut Vec::new());
        for horizon in found.iter().filter_map(of) {
            if said.is_some_and(|said| said != horizon) {
                return None;
            }
            said = Some(horizon);
        }
    }
    said
}

fn of(found: &Found<'_>) -> Option<Window<Date>> {
    let annotations = &found.object.metadata.annotations;
    let day = |key: &str| Date::parse(&annotations.get(key)?.value);
    let (from, last) = (day("seasonscale/valid-from")?, day("seasonscale/valid-until")?);
    (from <= last).then(|| Window::new(from, last.next()))
}
