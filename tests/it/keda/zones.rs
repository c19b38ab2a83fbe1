//! Walks in every zone of the database: each ends, in time, and goes forward only.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use seasonscale::keda::activity::Activities;
use seasonscale::keda::cron::Schedule;
use seasonscale::keda::pair::Pair;
use seasonscale::time::{Instant, Offsets, Window, Zone};

const YEAR: i64 = 366 * 86_400;
const YEAR_2000: i64 = 946_684_800;
const YEAR_2040: i64 = 2_208_988_800;
/// No walk of the longest stretch takes a tenth of that, on a slow machine and without optimization.
const WATCHDOG: Duration = Duration::from_secs(60);

struct Walked {
    zone: Zone,
    start: String,
    end: String,
    window: Window<Instant>,
}

/// Numbers that look like chance, and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn pick<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len() as u64) as usize]
    }

    fn side(&mut self) -> String {
        let minute = self.pick(&["0", "0", "15", "30", "45", "59", "1"]);
        let hour = self.pick(&["0", "1", "2", "3", "4", "23", "7", "18", "*/6"]);
        let day = self.pick(&["*", "*", "*", "1", "28-31", "*/2"]);
        let month = self.pick(&["*", "*", "*", "4", "3,10", "9-11"]);
        let weekday = self.pick(&["*", "*", "*", "0", "1-5", "6"]);
        format!("{minute} {hour} {day} {month} {weekday}")
    }

    /// A window of so many years, half of them around a change of the zone's clocks.
    fn window(&mut self, zone: &Zone, years: i64) -> Window<Instant> {
        let all = Offsets::new(zone, Window::new(Instant(YEAR_2000), Instant(YEAR_2040)));
        let changes: Vec<i64> = all.changes().map(|change| change.at.0).collect();
        let room = (YEAR_2040 - YEAR_2000 - years * YEAR).max(1);
        let middle = match changes.len() as u64 {
            changed @ 1.. if self.below(2) == 0 => changes[self.below(changed) as usize] - 40 * 86_400,
            _ => YEAR_2000 + self.below(room as u64) as i64,
        };
        let from = middle.clamp(YEAR_2000, YEAR_2000 + room);
        Window::new(Instant(from), Instant(from + years * YEAR))
    }
}

/// Walks through all zones `rounds` times, each over `years`.
fn walk_all(rounds: u64, years: i64) {
    let (to_walk, walks) = mpsc::channel::<Walked>();
    let (to_us, results) = mpsc::channel();
    thread::spawn(move || {
        for walked in walks {
            let pair = Pair {
                start: Schedule::parse(&walked.start).unwrap(),
                end: Schedule::parse(&walked.end).unwrap(),
                zone: walked.zone.clone(),
            };
            let walk = Activities::new(walked.window).walk((&walked.start, &walked.end), &pair);
            if to_us.send(walk).is_err() {
                break;
            }
        }
    });
    let mut chance = Chance(20_260_405);
    let names = Zone::names();
    assert!(names.len() > 500);
    for name in (0..rounds).flat_map(|_| names) {
        let zone = Zone::parse(name).unwrap();
        let window = chance.window(&zone, years);
        let (start, end) = (chance.side(), chance.side());
        let said = format!("{start} -> {end} {name} from {}", window.from);
        to_walk.send(Walked { zone: zone.clone(), start, end, window }).unwrap();
        let walk = results.recv_timeout(WATCHDOG).unwrap_or_else(|_| panic!("it does not end: {said}"));
        let Ok(walk) = walk else {
            assert!(leaves_a_day_out(&zone, window), "the search does not end: {said}");
            continue;
        };
        assert!(walk.firings.windows(2).all(|pair| pair[0].at < pair[1].at), "not forward: {said}");
        let inside = |at: Instant| window.from < at && at < window.until;
        assert!(walk.active.steps().iter().all(|(at, _)| inside(*at)), "outside: {said}");
        assert!(walk.passed.iter().all(|one| one.firing <= one.from && one.from < one.until), "{said}");
    }
}

/// Whether a search from the window can meet a day that the zone left out.
fn leaves_a_day_out(zone: &Zone, window: Window<Instant>) -> bool {
    let reach = Window::new(Instant(window.from.0 - YEAR), Instant(window.until.0 + 6 * YEAR));
    Offsets::new(zone, reach).changes().any(|change| change.after - change.before >= 86_400)
}

#[test]
fn a_walk_ends_in_every_zone_of_the_database() {
    walk_all(2, 1);
}

#[test]
#[ignore = "by hand, some minutes: cargo test --release --test it -- --ignored forty_years"]
fn walks_over_forty_years_end_in_every_zone_of_the_database() {
    walk_all(20, 40);
}
