//! Pairs of several clocks: each clock holds its own part, and what another one holds for as long needs no trigger. Windows of
//! Berlin and New York overlap for all but six hours.

use super::CronPair;
use crate::quantity::Replicas;
use crate::time::{Instant, Window, Zone};

/// A pair with its clock and its floor.
type Unnamed = (Zone, Replicas, CronPair);

/// The pairs without those whose windows are held by others of at least their floor, the lowest looked at first.
pub(super) fn needed(pairs: Vec<Unnamed>) -> Vec<Unnamed> {
    if pairs.iter().all(|(zone, ..)| *zone == pairs[0].0) {
        return pairs;
    }
    let held: Vec<Vec<Window<Instant>>> = pairs.iter().map(instants).collect();
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by_key(|at| (pairs[*at].1, std::cmp::Reverse(*at)));
    let mut stays = vec![true; pairs.len()];
    for at in order {
        let others =
            (0..pairs.len()).filter(|other| *other != at && stays[*other] && pairs[*other].1 >= pairs[at].1);
        let others = union(others.flat_map(|other| held[other].iter().copied()).collect());
        let is_held = |window: &Window<Instant>| {
            let after = others.partition_point(|other| other.until <= window.from);
            others.get(after).is_some_and(|other| other.covers(*window))
        };
        stays[at] = !held[at].iter().all(is_held);
    }
    pairs.into_iter().zip(stays).filter_map(|(pair, stays)| stays.then_some(pair)).collect()
}

fn instants((zone, _, pair): &Unnamed) -> Vec<Window<Instant>> {
    let windows = pair.windows.iter();
    let windows =
        windows.map(|window| Window::new(zone.first_instant(window.from), zone.first_instant(window.until)));
    windows.filter(|window| window.from < window.until).collect()
}

/// Windows that touch become one.
fn union(mut windows: Vec<Window<Instant>>) -> Vec<Window<Instant>> {
    windows.sort_unstable();
    let mut joined: Vec<Window<Instant>> = Vec::with_capacity(windows.len());
    for window in windows {
        match joined.last_mut() {
            Some(last) if window.from <= last.until => last.until = last.until.max(window.until),
            Some(_) | None => joined.push(window),
        }
    }
    joined
}
