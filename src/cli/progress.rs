//! How far a long run is, on a terminal only: in a file it would be noise.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

const WIDTH: usize = 24;

/// A bar on standard error. It is gone when it is dropped.
pub(super) struct Progress {
    what: &'static str,
    total: usize,
    done: AtomicUsize,
    is_shown: bool,
}

impl Progress {
    /// Of `total` steps, none is done.
    pub(super) fn of(what: &'static str, total: usize) -> Self {
        let progress = Self { what, total, done: AtomicUsize::new(0), is_shown: io::stderr().is_terminal() };
        progress.show();
        progress
    }

    /// One more is done.
    pub(super) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.show();
    }

    fn show(&self) {
        if self.is_shown {
            // Whether anybody sees it changes nothing.
            let _ =
                write!(io::stderr(), "\r{}", bar(self.what, self.done.load(Ordering::Relaxed), self.total));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

fn bar(what: &str, done: usize, total: usize) -> String {
    let full = (done * WIDTH).checked_div(total).unwrap_or(WIDTH).min(WIDTH);
    format!("{what} [{}{}] {done} of {total}", "#".repeat(full), ".".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_fills_and_never_overflows() {
        assert_eq!(bar("asking", 0, 77), "asking [........................] 0 of 77");
        assert_eq!(bar("asking", 33, 66), "asking [############............] 33 of 66");
        assert_eq!(bar("asking", 66, 66), "asking [########################] 66 of 66");
        assert_eq!(bar("asking", 1, 0), "asking [########################] 1 of 0");
    }
}
