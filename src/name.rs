//! Validated names. Each type is one alphabet of one system; a value of it needs no escaping there.

use std::fmt;

/// Where `kubectl` puts what names no namespace.
pub const DEFAULT_NAMESPACE: &str = "default";

/// Defines a name type: a string that satisfies `valid`.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $rule:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// What this name must look like, for people.
            pub const RULE: &'static str = $rule;

            /// The name, if it is one.
            pub fn parse(text: &str) -> Option<Self> {
                let valid: fn(&str) -> bool = $valid;
                valid(text).then(|| Self(text.to_owned()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// A territory: `DE`. A label value as it stands, and part of a Kubernetes name in lower case.
    TerritoryCode, "an upper-case letter, then up to 15 upper-case letters, digits or inner hyphens",
    |text| starts(text, 16, |b| b.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && !text.ends_with('-')
}

impl TerritoryCode {
    /// `de`, for Kubernetes names.
    pub fn lower(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

name! {
    /// A workload, season, campaign or owner-chosen key: `outbox-worker`.
    Slug, "a lower-case letter, then up to 39 lower-case letters, digits or inner hyphens",
    |text| starts(text, 40, |b| b.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.ends_with('-')
}

name! {
    /// A holiday set: one of the calendar's own, `bavaria`, or the code of one that is built in, `DE-BY`.
    SetName, "a name as `bavaria`, or a code in upper case as `DE-BY`",
    |text| Slug::parse(text).is_some() || TerritoryCode::parse(text).is_some()
}

impl Slug {
    /// With `_` for `-`: an identifier in KEDA formulas, PromQL and SQL.
    pub fn identifier(&self) -> String {
        self.0.replace('-', "_")
    }
}

name! {
    /// A Kubernetes object name as the API server wants it for labels of DNS (RFC 1123).
    KubeName, "lower-case letters, digits and inner hyphens, at most 63 characters (RFC 1123)",
    |text| starts(text, 63, |b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.ends_with('-')
}

name! {
    /// An unquoted PostgreSQL identifier.
    SqlName, "a lower-case letter or `_`, then lower-case letters, digits or `_`, at most 63 characters, no keyword",
    |text| starts(text, 63, |b| b.is_ascii_lowercase() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !SQL_KEYWORDS.contains(&text)
}

name! {
    /// A Prometheus metric or label name part.
    MetricName, "a letter or `_`, then letters, digits or `_`",
    |text| starts(text, 100, |b| b.is_ascii_alphabetic() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The reserved words of PostgreSQL 15 (appendix C of its manual) that a schema or role might be called.
const SQL_KEYWORDS: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "current_role",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "intersect",
    "into",
    "lateral",
    "leading",
    "limit",
    "localtime",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "placing",
    "primary",
    "references",
    "returning",
    "select",
    "session_user",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "when",
    "where",
    "window",
    "with",
];

fn starts(text: &str, longest: usize, first: impl Fn(u8) -> bool) -> bool {
    text.len() <= longest && text.bytes().next().is_some_and(first)
}

/// Whether our rules record a series of this name: `level:metric:operations`, the level made of our labels. A business has
/// recorded series of its own, which have no plan.
pub fn is_recorded_series(name: &str) -> bool {
    let mut parts = name.split(':');
    let (Some(level), Some(metric), Some(operations), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let known = ["scaledobject", "territory", "workload", "season", "zone", "plan", "le"];
    level.split('_').all(|label| known.contains(&label))
        && ["seasonscale_", "http_server_requests_"].iter().any(|stem| metric.starts_with(stem))
        && !operations.is_empty()
}

/// The candidate nearest to `word`, if one is near enough to be meant: first of all the same word in other letters.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    Candidates::new(candidates).nearest(word)
}

/// Words of which one may be meant, with what is counted of each once for all words that are compared with them.
pub struct Candidates<'a> {
    all: Vec<(&'a str, Letters)>,
    longest: usize,
}

impl<'a> Candidates<'a> {
    /// In order: of two that are equally near the later one is meant.
    pub fn new(words: impl IntoIterator<Item = &'a str>) -> Self {
        let all: Vec<(&str, Letters)> = words.into_iter().map(|word| (word, letters(word))).collect();
        let longest = all.iter().map(|(word, _)| word.len()).max().unwrap_or(0);
        Self { all, longest }
    }

    /// The one nearest to `word`, as [`nearest`] says.
    pub fn nearest(&self, word: &str) -> Option<&'a str> {
        if let Some((same, _)) = self.all.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(word)) {
            return Some(same);
        }
        // Nothing is near to a word of another length, and to compare one of 200 KB would take seconds.
        if word.len() > 2 * self.longest + 8 {
            return None;
        }
        let own = (word, letters(word));
        let most: Vec<f64> = self.all.iter().map(|candidate| at_most(&own, candidate)).collect();
        // Who has most letters in common is near already: few others can be nearer.
        let likely = most.iter().zip(&self.all).max_by(|one, other| one.0.total_cmp(other.0));
        let likely = likely.map_or(LEAST, |(_, (candidate, _))| strsim::jaro_winkler(word, candidate));
        let (mut best, mut score) = (None, LEAST);
        for ((candidate, _), most) in self.all.iter().zip(most) {
            if most < score.max(likely) {
                continue;
            }
            let own = strsim::jaro_winkler(word, candidate);
            if own > LEAST && own >= score {
                (best, score) = (Some(*candidate), own);
            }
        }
        best
    }
}

/// What is not nearer is not meant.
const LEAST: f64 = 0.75;

/// How often each letter occurs. Some letters are counted together, so that many words are compared at once.
type Letters = [u8; 64];

fn letters(word: &str) -> Letters {
    let mut letters = [0_u8; 64];
    for byte in word.bytes() {
        let letter = &mut letters[usize::from(byte % 64)];
        *letter = letter.saturating_add(1);
    }
    letters
}

/// As near as two words can be by the letters that both have, whatever their order: of 600 names of zones few are looked at.
fn at_most((word, own): &(&str, Letters), (candidate, theirs): &(&str, Letters)) -> f64 {
    let counted = |text: &str| (1..=usize::from(u8::MAX)).contains(&text.len()) && text.is_ascii();
    if !counted(word) || !counted(candidate) {
        return 1.0;
    }
    // No sum is above the length of either.
    let both = own.iter().zip(theirs).fold(0_u8, |sum, (one, other)| sum + one.min(other));
    let same = word.bytes().zip(candidate.bytes()).take(4).take_while(|(one, other)| one == other).count();
    let (both, length) = (f64::from(both), |text: &str| text.len() as f64);
    let jaro = (both / length(word) + both / length(candidate) + 1.0) / 3.0;
    jaro + 0.1 * same as f64 * (1.0 - jaro) + 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_the_one_that_a_look_at_all_of_them_finds() {
        let names = [
            "Africa/Cairo",
            "America/New_York",
            "America/North_Dakota/Center",
            "Asia/Tokyo",
            "Europe/Berlin",
            "Europe/Jersey",
            "Europe/Dublin",
            "Pacific/Norfolk",
            "UTC",
            "berlin",
            "x",
        ];
        let words =
            ["Europe/Berln", "Europe/Nowhere", "Amercia/New_York", "berlin", "Asia/Tokio", "x", "", "Zürich"];
        for word in words {
            let scored = names.iter().map(|name| (strsim::jaro_winkler(word, name), *name));
            let best = scored.filter(|(score, _)| *score > LEAST).max_by(|a, b| a.0.total_cmp(&b.0));
            let best = best.map(|(_, name)| name);
            let same = names.iter().find(|name| name.eq_ignore_ascii_case(word)).copied();
            assert_eq!(nearest(word, names), same.or(best), "{word}");
        }
    }

    #[test]
    fn each_alphabet_refuses_what_its_system_would_misread() {
        assert!(TerritoryCode::parse("DE").is_some());
        assert!(Slug::parse("outbox-worker").is_some());
        assert!(TerritoryCode::parse("de").is_none() && TerritoryCode::parse("DE-").is_none());
        assert!(Slug::parse("").is_none() && Slug::parse("a_b").is_none() && Slug::parse("9a").is_none());
        assert!(KubeName::parse(&"a".repeat(64)).is_none() && KubeName::parse("a.b").is_none());
        assert!(SqlName::parse("user").is_none() && SqlName::parse("a\"b").is_none());
    }
}
