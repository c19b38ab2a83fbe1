//! Whether the HPA goes to the floors that KEDA asks for: within its tolerance it does not move, whatever the policies of its
//! behavior allow.

use std::collections::BTreeSet;

use super::{Pairing, diags};
use crate::finding::Diagnostic;
use crate::rules::lint::{self, Stretch};
use crate::time::Window;

/// The floors that are never reached, even without any load, one of each kind.
pub(super) fn check(pairing: &Pairing<'_>) -> Vec<Diagnostic> {
    let mut said = BTreeSet::new();
    let short = never_reached(pairing).into_iter();
    let new = short.filter(|stretch| said.insert((stretch.floor, stretch.before)));
    new.map(|stretch| diags::never_reached(pairing, &stretch)).collect()
}

/// The stretches of the plan in which a floor is not reached.
pub(super) fn never_reached(pairing: &Pairing<'_>) -> Vec<Stretch> {
    let (zone, days) = (&pairing.target.zone, pairing.plan.horizon);
    let horizon = Window::new(zone.start_of(days.from), zone.start_of(days.until));
    let course = lint::course(&pairing.subject).into_iter();
    course.filter(|stretch| stretch.is_short() && horizon.contains(stretch.window.from)).collect()
}
