//! Domain numbers, each with its unit.

use std::fmt;

/// A number of replicas: a floor, a minimum, a maximum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Replicas(pub u32);

impl fmt::Display for Replicas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A latency in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u32);

impl Millis {
    /// In seconds, the unit of Prometheus histograms: `0.3`.
    pub fn seconds(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// A length of time in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub u32);

impl Seconds {
    /// As Prometheus writes it, in the largest unit that is exact: `10m`, `90s`, `2h`, `30d`.
    pub fn prometheus(self) -> String {
        for (size, unit) in [(86_400, "d"), (3600, "h"), (60, "m")] {
            if self.0 > 0 && self.0.is_multiple_of(size) {
                return format!("{}{unit}", self.0 / size);
            }
        }
        format!("{}s", self.0)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self.0 {
            s if s > 0 && s.is_multiple_of(86_400) => (s / 86_400, if s == 86_400 { "day" } else { "days" }),
            s if s > 0 && s.is_multiple_of(3600) => (s / 3600, "h"),
            s if s >= 300 && s.is_multiple_of(60) => (s / 60, "min"),
            s => (s, "s"),
        };
        write!(f, "{count} {unit}")
    }
}

/// A share of a whole, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Ratio(pub f64);

impl Ratio {
    /// In per cent, without a unit: `70`, `12.5`.
    pub fn percent(self) -> f64 {
        (self.0 * 1e6).round() / 1e4
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.percent())
    }
}

/// Requests (or messages) in a unit of time, or per replica.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Rate(pub f64);

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Processor time in thousandths of a core, the finest that Kubernetes knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millicores(pub u32);

impl Millicores {
    /// `250m`, `2` or `0.5`, as Kubernetes reads a quantity of `cpu`; more than nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, thousandths) = match text.strip_suffix('m') {
            Some(digits) => (digits, 1),
            None => (text, 1000),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        if thousandths == 1 && digits.contains('.') || part.is_empty() || part.len() > 3 {
            return None;
        }
        let number =
            |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok())?;
        let part = number(&format!("{part:0<3}"))?;
        let whole = number(whole)?.checked_mul(thousandths)?.checked_add(part)?;
        (whole > 0).then_some(Self(whole))
    }
}

impl fmt::Display for Millicores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1000) { write!(f, "{}", self.0 / 1000) } else { write!(f, "{}m", self.0) }
    }
}

/// An amount of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl Bytes {
    const UNITS: [(&str, u64); 8] = [
        ("Ti", 1 << 40),
        ("Gi", 1 << 30),
        ("Mi", 1 << 20),
        ("Ki", 1 << 10),
        ("T", 1_000_000_000_000),
        ("G", 1_000_000_000),
        ("M", 1_000_000),
        ("k", 1000),
    ];

    /// `512Mi`, `2Gi` or `500M`, as Kubernetes reads a quantity of `memory`, whole; more than nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let unit = Self::UNITS.iter().find_map(|(unit, size)| Some((text.strip_suffix(unit)?, *size)));
        let (digits, size) = unit.unwrap_or((text, 1));
        let count = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u64>().ok())??;
        count.checked_mul(size).filter(|bytes| *bytes > 0).map(Self)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = Self::UNITS.iter().find(|(_, size)| self.0.is_multiple_of(*size));
        let (unit, size) = unit.copied().unwrap_or(("", 1));
        write!(f, "{}{unit}", self.0 / size)
    }
}

/// A version of a system in use, to the minor: `2.20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Before the point.
    pub major: u32,
    /// After the point.
    pub minor: u32,
}

impl Version {
    /// `major.minor`.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// `2.20`; a patch number is allowed and dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse::<u32>().ok());
        let version = Self::new(parts.next()??, parts.next()??);
        match parts.next() {
            None | Some(Some(_)) if parts.next().is_none() => Some(version),
            _ => None,
        }
    }
}

/// A version with its last number, where that is known: `2.20.2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// To the minor.
    pub version: Version,
    /// What is after the second point; absent: nobody said it.
    pub patch: Option<u32>,
}

impl Release {
    /// `2.20` or `2.20.2`.
    pub fn parse(text: &str) -> Option<Self> {
        let patch = text.split('.').nth(2).and_then(|part| part.parse().ok());
        Version::parse(text).map(|version| Self { version, patch })
    }

    /// Whether it is `first` or a later one. Where the last number is not known it is taken for 0.
    pub fn is_from(self, first: Self) -> bool {
        (self.version, self.patch.unwrap_or(0)) >= (first.version, first.patch.unwrap_or(0))
    }
}

impl From<Version> for Release {
    fn from(version: Version) -> Self {
        Self { version, patch: None }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.version)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_in_the_largest_unit_that_is_exact() {
        assert_eq!(Seconds(600).prometheus(), "10m");
        assert_eq!(Seconds(90).prometheus(), "90s");
        assert_eq!(Seconds(30 * 86_400).prometheus(), "30d");
        assert_eq!(Seconds(300).to_string(), "5 min");
        assert_eq!(Seconds(60).to_string(), "60 s");
    }

    #[test]
    fn quantities_of_kubernetes_are_read_and_written_back() {
        for (text, cores) in [("250m", 250), ("2", 2000), ("0.5", 500), ("1.25", 1250), ("0.005", 5)] {
            assert_eq!(Millicores::parse(text), Some(Millicores(cores)), "{text}");
        }
        assert_eq!(Millicores(1500).to_string(), "1500m");
        assert_eq!(Millicores(2000).to_string(), "2");
        for wrong in ["", "m", "0", "0.0001", "1.5m", "-1", "1 ", ".5", "1.", "250M", "99999999999"] {
            assert_eq!(Millicores::parse(wrong), None, "{wrong}");
        }
        for (text, bytes) in [("512Mi", 512 << 20), ("2Gi", 2 << 30), ("500M", 500_000_000), ("1024", 1024)] {
            assert_eq!(Bytes::parse(text), Some(Bytes(bytes)), "{text}");
        }
        assert_eq!(Bytes(512 << 20).to_string(), "512Mi");
        assert_eq!(Bytes(1536 << 20).to_string(), "1536Mi");
        assert_eq!(Bytes(7).to_string(), "7");
        for wrong in ["", "Mi", "0", "1.5Gi", "512mi", "512MB", "99999999999Ti"] {
            assert_eq!(Bytes::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn versions_compare_by_number_not_by_text() {
        assert!(Version::parse("2.9") < Version::parse("2.20.2"));
        for wrong in ["2", "v2.20", "2.x", "2.20.2.1", ""] {
            assert_eq!(Version::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ratios_are_shown_without_float_noise() {
        assert_eq!(Ratio(0.7).to_string(), "70 %");
        assert_eq!(Ratio(0.07).to_string(), "7 %");
    }
}
