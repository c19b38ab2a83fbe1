//! The shape of the load: how a day goes in steps of 15 minutes, and how the days of a week differ.
//!
//! 1 is the busiest quarter of an hour of a weekday: what the business calls its load at that time of the year.

use super::demand::{Part, Parts, Slice};
use crate::step::StepFn;
use crate::time::{Instant, LocalTime, Offsets, Window};

/// Quarters of an hour of a day.
pub const QUARTERS: usize = 96;

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The part of the load at each quarter of an hour of a day, from midnight on.
    pub day: [f64; QUARTERS],
    /// The part on each day of the week, from Monday on.
    pub week: [f64; 7],
}

impl Shape {
    /// Business between businesses: a tenth at night, up from 06:00, full from 09:00 to 17:00, down until 22:00; Saturdays at 60 %,
    /// Sundays at 40 %.
    pub fn office() -> Self {
        const KNOTS: [(usize, f64); 6] = [(0, 0.1), (24, 0.1), (36, 1.0), (68, 1.0), (88, 0.1), (96, 0.1)];
        let mut day = [0.0; QUARTERS];
        for (quarter, part) in day.iter_mut().enumerate() {
            let knots = KNOTS.windows(2).find(|knots| quarter < knots[1].0);
            let [(from, low), (until, high)] =
                knots.map_or([(0, 0.1), (1, 0.1)], |knots| [knots[0], knots[1]]);
            let way = (quarter - from) as f64 / (until - from) as f64;
            // In hundredths: what is said is what is used.
            *part = ((low + (high - low) * way) * 100.0).round() / 100.0;
        }
        Self { day, week: [1.0, 1.0, 1.0, 1.0, 1.0, 0.6, 0.4] }
    }

    /// In a sentence, for whoever reads what comes of it.
    pub const OFFICE: &str = "a tenth at night, rising from 06:00, full from 09:00 to 17:00, falling until 22:00; Saturdays at 60 %, Sundays at 40 %";

    fn at(&self, local: LocalTime) -> f64 {
        let quarter = usize::try_from(local.time_of_day().minutes() / 15).unwrap_or(0);
        self.day[quarter.min(QUARTERS - 1)] * self.week[local.date().weekday().index()]
    }
}

/// The parts of a base load over local days: the multiple of the moment, and the shape.
pub fn parts(
    multiples: &StepFn<LocalTime, (f64, Slice)>,
    shape: &Shape,
    (horizon, clock): (Window<LocalTime>, &Offsets),
) -> Parts {
    let mut parts: Option<Parts> = None;
    let mut last = Instant(i64::MIN);
    for (from, until, (times, slice)) in multiples.pieces(horizon.from..horizon.until) {
        let mut local = from;
        while local < until {
            // At a clock change a wall time may lie before the last one.
            last = clock.at_wall(local.wall_seconds()).max(last);
            let part = Part { times: *times, shape: shape.at(local), slice: *slice };
            match &mut parts {
                None => parts = Some(StepFn::constant(part)),
                Some(parts) => parts.push(last, part),
            }
            let into = local.time_of_day().minutes().rem_euclid(15);
            local = local.plus_minutes(15 - into).min(until);
        }
    }
    parts.unwrap_or_else(|| StepFn::constant(Part { times: 0.0, shape: 0.0, slice: Slice(0) }))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::quantity::Rate;
    use crate::simulate::world::demand::Demands;
    use crate::time::{Date, Zone};

    #[test]
    fn a_campaign_begins_to_the_minute_and_a_sunday_is_quiet() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let day = Date::ymd(2026, 9, 28).unwrap();
        let local = |text: &str| LocalTime::parse(text).unwrap();
        let mut multiples = StepFn::constant((1.0, Slice(0)));
        multiples.push(local("2026-09-28 09:07"), (3.0, Slice(1)));
        multiples.push(local("2026-09-28 12:00"), (1.0, Slice(0)));
        let horizon = Window::new(day.plus_days(-1).start(), day.next().start());
        let instant = |text: &str| zone.first_instant(local(text));
        let clock =
            Offsets::new(&zone, Window::new(instant("2026-09-20 00:00"), instant("2026-10-20 00:00")));
        let parts = parts(&multiples, &Shape::office(), (horizon, &clock));
        let demands = Demands::new(Rate(100.0), Arc::new(parts)).steps();
        let rate = |text: &str| demands.at(instant(text)).rate.0;
        assert_eq!([rate("2026-09-28 09:06"), rate("2026-09-28 09:07")], [100.0, 300.0]);
        assert_eq!([rate("2026-09-28 11:59"), rate("2026-09-28 12:00")], [300.0, 100.0]);
        assert_eq!([rate("2026-09-27 12:00"), rate("2026-09-28 03:00")], [40.0, 10.0]);
        assert_eq!(demands.at(instant("2026-09-28 10:00")).slice, Slice(1));
    }
}
