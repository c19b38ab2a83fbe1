//! Doing the same to many things on all cores. Results keep their order, so threads never show in the output.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Fewer small things than this are not worth a thread.
const FEWEST: usize = 64;

/// `work` done to each of many small `items`, in order.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if items.len() < FEWEST { items.iter().map(work).collect() } else { each(items, work) }
}

/// `work` done to each of some large `items`, in order, whatever their sizes: a core that is done takes the next one.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    // This thread works too: one more costs about as much as a small file.
    let mut done = thread::scope(|scope| {
        let helpers: Vec<_> = (1..cores.min(items.len())).map(|_| scope.spawn(worker)).collect();
        let mut done = worker();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The same, begun with the last: where the first items share out their own work, they fill the cores at the end.
pub fn from_the_last<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let backwards: Vec<&T> = items.iter().rev().collect();
    let mut done = each(&backwards, |item| work(item));
    done.reverse();
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items_however_long_each_takes() {
        for count in [0, 1, 2, 3, 1000] {
            let items: Vec<u64> = (0..count).collect();
            let work = |n: &u64| {
                thread::sleep(std::time::Duration::from_micros(n * 7 % 5 * 20));
                n * 2
            };
            let doubled: Vec<u64> = items.iter().map(|n| n * 2).collect();
            assert_eq!(each(&items, work), doubled);
            assert_eq!(from_the_last(&items, work), doubled);
        }
    }

    #[test]
    #[should_panic(expected = "of a helper or of this thread")]
    fn a_panic_of_any_item_is_a_panic_of_all() {
        let items: Vec<u32> = (0..100).collect();
        each(&items, |n| assert_ne!(*n, 77, "of a helper or of this thread"));
    }
}
