//! One field of a cron text as a set of numbers and the star bit: `getField`, `getRange` and `getBits` of robfig/cron
//! v3.0.1's `parser.go`, leniency included.

use super::Refused;

/// The set of values that a field names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field(u64);

/// Set where a field contains `*` or `?` without a step above 1.
const STAR: u64 = 1 << 63;

impl Field {
    /// Its value, if it has just one.
    pub fn only(self) -> Option<u32> {
        (self.count() == 1).then(|| (0..60).find(|value| self.contains(*value))).flatten()
    }

    /// Whether `value` is named.
    pub fn contains(self, value: u32) -> bool {
        self.0 >> value & 1 == 1
    }

    /// The least value from `least` on that is named.
    pub fn from(self, least: u32) -> Option<u32> {
        let rest = (self.0 & !STAR) >> least;
        (rest != 0).then(|| least + rest.trailing_zeros())
    }

    /// Whether it carries the star bit; `*/2` does not, `*/1` does.
    pub fn is_star(self) -> bool {
        self.0 & STAR != 0
    }

    /// How many values are named.
    pub fn count(self) -> u32 {
        (self.0 & !STAR).count_ones()
    }

    /// Whether no value is named, as by a lone comma: such a schedule never fires.
    pub fn is_empty(self) -> bool {
        self.count() == 0
    }
}

/// Which of the five fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// 0-59
    Minute,
    /// 0-23
    Hour,
    /// 1-31
    Dom,
    /// 1-12 or `jan`-`dec`
    Month,
    /// 0-6 or `sun`-`sat`
    Dow,
}

impl FieldKind {
    /// Smallest and largest value.
    fn bounds(self) -> (u64, u64) {
        match self {
            Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::Dom => (1, 31),
            Self::Month => (1, 12),
            Self::Dow => (0, 6),
        }
    }

    /// Names of values, from the smallest on.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Minute | Self::Hour | Self::Dom => &[],
            Self::Month => {
                &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
            }
            Self::Dow => &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
        }
    }

    /// `getField`: a list of ranges. Empty parts are dropped, so `1,,2` passes and `,` is the empty set.
    pub(super) fn parse(self, text: &str) -> Result<Field, Refused> {
        let parts = text.split(',').filter(|part| !part.is_empty());
        parts.map(|part| self.range(part)).try_fold(Field(0), |all, range| Ok(Field(all.0 | range?)))
    }

    /// `getRange`: `number | number-number`, either with `/step`.
    fn range(self, text: &str) -> Result<u64, Refused> {
        let (least, most) = self.bounds();
        let slashes: Vec<&str> = text.split('/').collect();
        let hyphens: Vec<&str> = slashes[0].split('-').collect();
        let (start, mut end, mut star) = match hyphens[..] {
            // Whatever follows the hyphen is not even looked at: `*-15` is the whole range.
            ["*" | "?", ..] => (least, most, STAR),
            [only] => {
                let value = self.value(only)?;
                (value, value, 0)
            }
            [low, high] => (self.value(low)?, self.value(high)?, 0),
            _ => return Err(Refused(format!("too many hyphens: {text}"))),
        };
        let step = match slashes[..] {
            [_] => 1,
            [_, step] => {
                let step = number(step)?;
                if hyphens.len() == 1 {
                    end = most;
                }
                if step > 1 {
                    star = 0;
                }
                step
            }
            _ => return Err(Refused(format!("too many slashes: {text}"))),
        };
        if start < least {
            return Err(Refused(format!("beginning of range ({start}) below minimum ({least}): {text}")));
        }
        if end > most {
            return Err(Refused(format!("end of range ({end}) above maximum ({most}): {text}")));
        }
        if start > end {
            return Err(Refused(format!("beginning of range ({start}) beyond end of range ({end}): {text}")));
        }
        if step == 0 {
            return Err(Refused(format!("step of range should be a positive number: {text}")));
        }
        let named = (start..=end).filter(|value| (value - start).is_multiple_of(step));
        Ok(named.fold(star, |bits, value| bits | 1 << value))
    }

    /// `parseIntOrName`: a number or a name, upper and lower case alike.
    fn value(self, text: &str) -> Result<u64, Refused> {
        let lower = text.to_ascii_lowercase();
        let (least, _) = self.bounds();
        match self.names().iter().zip(least..).find(|(name, _)| **name == lower) {
            Some((_, value)) => Ok(value),
            None => number(text),
        }
    }
}

/// `mustParseInt`: Go's `strconv.Atoi`, so leading zeros and a plus pass.
fn number(text: &str) -> Result<u64, Refused> {
    let value: i64 = text.parse().map_err(|_| Refused(format!("failed to parse int from {text}")))?;
    u64::try_from(value).map_err(|_| Refused(format!("negative number ({value}) not allowed: {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_star_bit_survives_a_step_of_one_and_no_greater() {
        let star = |text| FieldKind::Dom.parse(text).unwrap().is_star();
        assert!(star("*") && star("?") && star("*/1") && star("1,*"));
        assert!(!star("*/2") && !star("1-31") && !star("1"));
    }

    #[test]
    fn lenient_spellings_mean_what_robfig_makes_of_them() {
        let count = |text| FieldKind::Minute.parse(text).map(Field::count);
        assert_eq!(count("1,,2"), Ok(2));
        assert_eq!(count(","), Ok(0));
        assert_eq!(count("*-15"), Ok(60));
        assert_eq!(count("*-foo"), Ok(60));
        assert_eq!(count("05"), Ok(1));
        assert_eq!(count("+5"), Ok(1));
        assert_eq!(count("50/5"), Ok(2));
        assert_eq!(count("10-30/10"), Ok(3));
    }

    #[test]
    fn names_belong_to_their_own_field_and_seven_is_no_weekday() {
        assert!(FieldKind::Dow.parse("MON-fri").is_ok());
        assert!(FieldKind::Month.parse("Jan,sep").is_ok());
        for (kind, text) in [
            (FieldKind::Dow, "7"),
            (FieldKind::Dow, "FRI-MON"),
            (FieldKind::Dow, "jan"),
            (FieldKind::Month, "sept"),
            (FieldKind::Month, "0"),
            (FieldKind::Dom, "32"),
            (FieldKind::Dom, "L"),
            (FieldKind::Hour, "24"),
            (FieldKind::Hour, "22-6"),
            (FieldKind::Minute, "*/0"),
            (FieldKind::Minute, "1/2/3"),
            (FieldKind::Minute, "1-2-3"),
            (FieldKind::Minute, "99999999999999999999"),
        ] {
            assert!(kind.parse(text).is_err(), "{kind:?} {text}");
        }
    }
}
