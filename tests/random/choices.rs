//! A row of numbers that a generator takes its decisions from, one after the other. Where the row ends, every decision is
//! the first one: a shorter row with smaller numbers is a simpler policy, and that is how a failing one is made small.

/// The numbers that are left.
pub struct Choices<'n> {
    numbers: std::slice::Iter<'n, u32>,
}

impl<'n> Choices<'n> {
    pub fn new(numbers: &'n [u32]) -> Self {
        Self { numbers: numbers.iter() }
    }

    fn next(&mut self) -> u32 {
        self.numbers.next().copied().unwrap_or(0)
    }

    /// A number from `least` to `most`, both taken.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        least + (u64::from(self.next()) % (u64::from(most - least) + 1)) as u32
    }

    /// As [`Self::between`], for days.
    pub fn days(&mut self, least: i32, most: i32) -> i32 {
        least + self.between(0, u32::try_from(most - least).unwrap()) as i32
    }

    /// Once in `often`.
    pub fn once_in(&mut self, often: u32) -> bool {
        self.between(1, often) == often
    }

    /// One of them.
    pub fn one<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.between(0, from.len() as u32 - 1) as usize]
    }

    /// Each of them or not.
    pub fn some<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> Vec<&'a T> {
        from.iter().copied().filter(|_| self.once_in(2)).collect()
    }

    /// A share of `whole` thousandths as TOML writes it.
    pub fn share(&mut self) -> f64 {
        match self.between(0, 6) {
            0 => 0.0,
            1 => 1.0,
            _ => f64::from(self.between(0, 1000)) / 1000.0,
        }
    }

    /// A number of any size from `least` on.
    pub fn size(&mut self, least: f64) -> f64 {
        let most = *self.one(&[&10.0, &1000.0, &1e6, &1e11]);
        (f64::from(self.next()) / f64::from(u32::MAX) * most).max(least)
    }
}
