//! Doing the same to many things on all cores. Results keep their order, so threads never show in the output.

use std::num::NonZero;
use std::thread;

/// Fewer things than this are not worth a thread.
const FEWEST: usize = 64;

/// `work` done to each of `items`, in order.
///
/// Each is small: few of them are not worth a thread.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if items.len() < FEWEST { items.iter().map(work).collect() } else { map_large(items, work) }
}

/// The same where each item is worth a thread.
pub fn map_large<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if items.len() < 2 || cores == 1 {
        return items.iter().map(work).collect();
    }
    let share = items.len().div_ceil(cores);
    let work = &work;
    thread::scope(|scope| {
        let mut handles = Vec::with_capacity(cores);
        for chunk in items.chunks(share) {
            handles.push(scope.spawn(move || chunk.iter().map(work).collect::<Vec<R>>()));
        }
        let join = |handle: thread::ScopedJoinHandle<'_, Vec<R>>| {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        handles.into_iter().flat_map(join).collect()
    })
}

/// `work` done to each of a few large `items` at the same time, in order.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let work = &work;
    thread::scope(|scope| {
        let mut handles = Vec::with_capacity(items.len());
        for item in items {
            handles.push(scope.spawn(move || work(item)));
        }
        let join = |handle: thread::ScopedJoinHandle<'_, R>| {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        handles.into_iter().map(join).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        assert_eq!(map(&items, |n| n * 2), items.iter().map(|n| n * 2).collect::<Vec<_>>());
    }
}
