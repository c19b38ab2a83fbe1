//! Feasts that move, by the names that people give them in comments and names of triggers.
//!
//! Those of the moon are a table: who computes them is a council, a rabbinate or an almanac. Sources of the dates:
//! the public holidays of Singapore (Diwali, Lunar New Year, Vesak) and India (Holi), the fixed Hebrew calendar, and the
//! Umm al-Qura calendar of Mecca; what is seen of the moon can shift the latter by a day.

use std::ops::{Range, RangeInclusive};

use super::home::Home;
use super::rule::DateRule;
use super::workdays::Workdays;
use crate::time::Date;

/// A feast that is not on the same day every year.
#[derive(Debug, PartialEq, Eq)]
pub struct Feast {
    /// What it is called.
    pub title: &'static str,
    /// Its names in small letters, apostrophes left out; with a `*` at its end one is the beginning of a word.
    names: &'static [&'static str],
    moves: Moves,
    home: Home,
}

/// How a feast finds its day.
#[derive(Debug, PartialEq, Eq)]
enum Moves {
    /// By a rule of the language of [`DateRule`].
    Rule(&'static str),
    /// By the moon: its first days.
    Days(&'static str),
}

impl Feast {
    /// The feasts that are named among `words`, in small letters and without punctuation. A name inside of a longer one is
    /// none: Easter Monday is not Easter Sunday.
    pub fn named(words: &[String]) -> Vec<&'static Self> {
        let all = FEASTS.iter().flat_map(|feast| feast.names.iter().map(move |name| (feast, *name)));
        let found: Vec<(&Self, usize, Range<usize>)> = all
            .flat_map(|(feast, name)| places(words, name).map(move |place| (feast, name.len(), place)))
            .collect();
        // Of two that begin one word, the longer beginning counts: `pfingstmontag*` beside `pfingst*`.
        let is_longest = |(_, length, place): &&(&Self, usize, Range<usize>)| {
            found.iter().all(|(_, other_length, other)| {
                let is_inside = other.start <= place.start && place.end <= other.end;
                if other == place { other_length <= length } else { !is_inside }
            })
        };
        let mut named: Vec<&Self> = found.iter().filter(is_longest).map(|(feast, ..)| *feast).collect();
        named.dedup();
        named
    }

    /// The feasts that move by a rule and are on a day, those first that are at home in a zone, and those of other countries
    /// last.
    pub fn on(day: Date, zone: &str) -> Vec<&'static Self> {
        let by_rule = FEASTS.iter().filter(|feast| matches!(feast.moves, Moves::Rule(_)));
        let mut on: Vec<&Self> = by_rule.filter(|feast| feast.in_year(day.year()).contains(&day)).collect();
        on.sort_by_key(|feast| feast.home.distance(zone));
        on
    }

    /// How a policy writes it; none of those of the moon, which are dates of each year.
    pub fn rule(&self) -> Option<&'static str> {
        match self.moves {
            Moves::Rule(rule) => Some(rule),
            Moves::Days(_) => None,
        }
    }

    /// Whether it has the same day in all of `years`.
    pub fn is_fixed_in(&self, mut years: RangeInclusive<i32>) -> bool {
        let own =
            |year| self.in_year(year).into_iter().map(|day| (day.month(), day.day())).collect::<Vec<_>>();
        let first = own(*years.start());
        years.all(|year| own(year) == first)
    }

    /// Its days in a year: mostly one; Ramadan begins twice in 2030, and the table of the moon ends with 2040.
    pub fn in_year(&self, year: i32) -> Vec<Date> {
        match self.moves {
            Moves::Rule(rule) => {
                let rule = DateRule::parse(rule).expect("internal error: the rules of this table are rules");
                rule.in_year(year, &Workdays::monday_to_friday())
            }
            Moves::Days(days) => {
                days.split_whitespace().filter_map(Date::parse).filter(|day| day.year() == year).collect()
            }
        }
    }
}

/// The places at which a name stands.
fn places<'w>(words: &'w [String], name: &'static str) -> impl Iterator<Item = Range<usize>> + use<'w> {
    let parts: Vec<&str> = name.split(' ').collect();
    let same = |(word, part): (&String, &&str)| match part.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == part,
    };
    let long = parts.len();
    let starts = (0..words.len())
        .filter(move |at| words.get(*at..at + long).is_some_and(|some| some.iter().zip(&parts).all(same)));
    starts.map(move |at| at..at + long)
}

const fn by_rule(title: &'static str, rule: &'static str, names: &'static [&'static str]) -> Feast {
    Feast { title, names, moves: Moves::Rule(rule), home: Home::Anywhere }
}

const fn of(home: Home, feast: Feast) -> Feast {
    Feast { home, ..feast }
}

const fn by_moon(title: &'static str, names: &'static [&'static str], days: &'static str) -> Feast {
    Feast { title, names, moves: Moves::Days(days), home: Home::Anywhere }
}

static FEASTS: &[Feast] = &[
    by_rule(
        "Easter Sunday",
        "easter",
        &[
            "easter",
            "eastertide",
            "eastertime",
            "easterweekend",
            "ostern",
            "osterferien",
            "osterwoch*",
            "ostersonntag*",
            "osterzeit*",
            "osteraktion*",
            "ostergeschäft*",
            "osterverkauf*",
            "ostersale*",
            "pâques",
            "paques",
            "pascua",
            "semana santa",
            "pasqua",
            "páscoa",
            "pascoa",
            "wielkanoc",
            "pasen",
            "påsk",
            "påske",
            "holy week",
        ],
    ),
    by_rule(
        "Good Friday",
        "easter - 2d",
        &["good friday", "goodfriday", "karfreitag*", "vendredi saint", "viernes santo"],
    ),
    by_rule("Easter Monday", "easter + 1d", &["easter monday", "ostermontag*", "lundi de pâques"]),
    by_rule(
        "Ascension Day",
        "easter + 39d",
        &["ascension", "himmelfahrt*", "christi himmelfahrt*", "vatertag*", "hemelvaart*"],
    ),
    by_rule(
        "Whit Sunday",
        "easter + 49d",
        &[
            "whitsun*",
            "whit sunday",
            "pentecost*",
            "pfingst*",
            "pentecôte",
            "pentecoste",
            "pinksteren",
            "pentecostés",
        ],
    ),
    by_rule(
        "Whit Monday",
        "easter + 50d",
        &["whit monday", "whitmonday*", "pfingstmontag*", "lundi de pentecôte", "pentecost monday"],
    ),
    of(
        Home::Orthodox,
        by_rule(
            "Orthodox Easter",
            "orthodox-easter",
            &["orthodox easter", "greek easter", "orthodoxes ostern", "orthodoxe ostern", "πάσχα", "пасха"],
        ),
    ),
    by_rule("Corpus Christi", "easter + 60d", &["corpus christi", "fronleichnam*", "fête dieu"]),
    by_rule(
        "Carnival Monday",
        "easter - 48d",
        &[
            "carnival",
            "karneval*",
            "fasching*",
            "fasnacht*",
            "rosenmontag*",
            "carnaval",
            "carnevale",
            "mardi gras",
            "shrove tuesday",
            "fastnacht*",
        ],
    ),
    by_rule("Ash Wednesday", "easter - 46d", &["ash wednesday", "aschermittwoch*", "miércoles de ceniza"]),
    of(Home::UnitedKingdom, by_rule("Mothering Sunday", "mothers-day-gb", &["mothering sunday"])),
    by_rule(
        "the first Sunday of Advent",
        "advent",
        &["advent", "advents*", "adventsunday", "adventsale", "adviento"],
    ),
    by_rule(
        "Thanksgiving",
        "thanksgiving-us",
        &["thanksgiving", "thanksgiving day", "thanksgivingday", "turkey day", "acción de gracias"],
    ),
    of(
        Home::Canada,
        by_rule("Canadian Thanksgiving", "2nd mon of 10", &["canadian thanksgiving", "thanksgiving canada"]),
    ),
    by_rule(
        "Black Friday",
        "black-friday",
        &["black friday", "blackfriday*", "bfcm", "vendredi noir", "viernes negro"],
    ),
    by_rule("Cyber Monday", "cyber-monday", &["cyber monday", "cybermonday*", "cyber week", "cyberweek*"]),
    of(Home::UnitedStates, by_rule("the Super Bowl", "super-bowl", &["super bowl", "superbowl*"])),
    of(Home::UnitedStates, by_rule("Memorial Day", "last mon of 05", &["memorial day", "memorialday"])),
    of(
        Home::UnitedKingdom,
        by_rule(
            "the Spring Bank Holiday",
            "last mon of 05",
            &["spring bank holiday", "late may bank holiday"],
        ),
    ),
    of(
        Home::German,
        by_rule("Buss- und Bettag", "wed <= 11-22", &["bettag*", "buß und bettag", "buss und bettag"]),
    ),
    of(Home::German, by_rule("Totensonntag", "advent - 1w", &["totensonntag*", "ewigkeitssonntag*"])),
    of(Home::German, by_rule("Erntedank", "1st sun of 10", &["erntedank*"])),
    of(Home::German, by_rule("Mother's Day", "mothers-day-de", &["muttertag*"])),
    // The same rule under its own words, for countries that have no name of theirs for it.
    by_rule("Mother's Day", "2nd sun of 05", &["moederdag*", "festa della mamma", "dia das mães"]),
    of(Home::UnitedStates, by_rule("Mother's Day", "mothers-day-us", &["mothers day", "mothersday*"])),
    of(
        Home::France,
        by_rule("Mother's Day in France", "mothers-day-fr", &["fête des mères", "fete des meres"]),
    ),
    by_rule("Father's Day", "3rd sun of 06", &["fathers day", "fathersday*", "fête des pères"]),
    of(Home::Nordic, by_rule("Midsummer", "fri >= 06-19", &["midsommar*", "juhannus*"])),
    by_rule("the opening of the Oktoberfest", "oktoberfest-munich", &["oktoberfest*", "wiesn*"]),
    by_moon(
        "Diwali",
        &["diwali*", "deepavali*", "divali*", "dipavali*"],
        "2024-10-31 2025-10-20 2026-11-08 2027-10-28 2028-11-15 2029-11-05 2030-10-26 2031-11-14 2032-11-02 \
         2033-10-22 2034-11-10 2035-10-30 2036-11-17 2037-11-06 2038-10-27 2039-11-15 2040-11-04",
    ),
    by_moon(
        "Holi",
        &["holi"],
        "2024-03-25 2025-03-14 2026-03-03 2027-03-22 2028-03-11 2029-03-28 2030-03-19 2031-03-09 2032-03-27 \
         2033-03-16 2034-03-05 2035-03-24",
    ),
    by_moon(
        "Lunar New Year",
        &[
            "lunar new year",
            "chinese new year",
            "lunarnewyear*",
            "chinesenewyear*",
            "spring festival",
            "seollal",
            "tết",
            "tet holiday",
            "chinesisches neujahr*",
            "chinesisch neujahr*",
            "nouvel an chinois",
            "año nuevo chino",
            "春节",
        ],
        "2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03 2031-01-23 2032-02-11 \
         2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24 2040-02-12",
    ),
    by_moon(
        "Vesak",
        &["vesak*", "wesak*", "buddha purnima", "buddhas birthday"],
        "2024-05-22 2025-05-12 2026-05-31 2027-05-20 2028-05-09 2029-05-27 2030-05-16 2031-06-04 2032-05-23 \
         2033-05-13 2034-06-01 2035-05-22 2036-05-10 2037-05-29 2038-05-18 2039-05-07 2040-05-25",
    ),
    by_moon(
        "the first day of Ramadan",
        &["ramadan*", "ramadhan*", "ramzan*", "ramazan*"],
        "2024-03-11 2025-03-01 2026-02-18 2027-02-08 2028-01-28 2029-01-16 2030-01-05 2030-12-26 2031-12-15 \
         2032-12-04 2033-11-23 2034-11-12 2035-11-01 2036-10-20 2037-10-10 2038-09-30 2039-09-19 2040-09-07",
    ),
    by_moon(
        "Eid al-Fitr",
        &[
            "eid",
            "eid al fitr",
            "eid ul fitr",
            "id ul fitr",
            "aid el fitr",
            "idul fitri",
            "lebaran",
            "zuckerfest*",
            "hari raya",
        ],
        "2024-04-10 2025-03-30 2026-03-20 2027-03-09 2028-02-26 2029-02-14 2030-02-04 2031-01-24 2032-01-14 \
         2033-01-02 2033-12-23 2034-12-12 2035-12-01 2036-11-19 2037-11-08 2038-10-29 2039-10-19 2040-10-07",
    ),
    by_moon(
        "Eid al-Adha",
        &["eid al adha", "eid ul adha", "aid el adha", "idul adha", "bakrid", "opferfest*", "kurban bayram*"],
        "2024-06-16 2025-06-06 2026-05-27 2027-05-16 2028-05-05 2029-04-24 2030-04-13 2031-04-02 2032-03-22 \
         2033-03-11 2034-03-01 2035-02-18 2036-02-07 2037-01-26 2038-01-16 2039-01-05 2039-12-26 2040-12-14",
    ),
    by_moon(
        "the first day of Passover",
        &["passover", "pesach", "pessach*", "passah*"],
        "2024-04-23 2025-04-13 2026-04-02 2027-04-22 2028-04-11 2029-03-31 2030-04-18 2031-04-08 2032-03-27 \
         2033-04-14 2034-04-04 2035-04-24 2036-04-12 2037-03-31 2038-04-20 2039-04-09 2040-03-29",
    ),
    by_moon(
        "Rosh Hashanah",
        &["rosh hashanah", "rosh hashana", "rosch haschana"],
        "2024-10-03 2025-09-23 2026-09-12 2027-10-02 2028-09-21 2029-09-10 2030-09-28 2031-09-18 2032-09-06 \
         2033-09-24 2034-09-14 2035-10-04 2036-09-22 2037-09-10 2038-09-30 2039-09-19 2040-09-08",
    ),
    by_moon(
        "Yom Kippur",
        &["yom kippur", "jom kippur"],
        "2024-10-12 2025-10-02 2026-09-21 2027-10-11 2028-09-30 2029-09-19 2030-10-07 2031-09-27 2032-09-15 \
         2033-10-03 2034-09-23 2035-10-13 2036-10-01 2037-09-19 2038-10-09 2039-09-28 2040-09-17",
    ),
    by_moon(
        "the first day of Hanukkah",
        &["hanukkah", "hanukah", "chanukah", "chanukka*", "hanuka"],
        "2024-12-26 2025-12-15 2026-12-05 2027-12-25 2028-12-13 2029-12-02 2030-12-21 2031-12-10 2032-11-28 \
         2033-12-17 2034-12-07 2035-12-26 2036-12-14 2037-12-03 2038-12-22 2039-12-12 2040-11-30",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<&'static str> {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        Feast::named(&words).into_iter().map(|feast| feast.title).collect()
    }

    #[test]
    fn every_feast_has_its_days_and_they_move() {
        for feast in FEASTS {
            let years = 2024..=2035;
            let days: Vec<Date> = years.clone().flat_map(|year| feast.in_year(year)).collect();
            assert!(days.len() >= years.count(), "{}", feast.title);
            let first = (days[0].month(), days[0].day());
            assert!(days.iter().any(|day| (day.month(), day.day()) != first), "{}", feast.title);
        }
    }

    #[test]
    fn of_several_on_one_day_the_nearest_is_first() {
        let nearest = |day: &str, zone: &str| {
            let on = Feast::on(Date::parse(day).unwrap(), zone);
            on.first().map(|feast| feast.rule().unwrap())
        };
        // 25 May 2026 is Whit Monday, Memorial Day and the Spring Bank Holiday.
        assert_eq!(nearest("2026-05-25", "Europe/Berlin"), Some("easter + 50d"));
        assert_eq!(nearest("2026-05-25", "America/New_York"), Some("last mon of 05"));
        assert_eq!(nearest("2026-05-10", "Europe/Berlin"), Some("mothers-day-de"));
        assert_eq!(nearest("2026-05-10", "America/Indiana/Knox"), Some("mothers-day-us"));
        assert_eq!(nearest("2026-05-10", "Europe/Rome"), Some("2nd sun of 05"));
        assert_eq!(nearest("2026-05-31", "Europe/Paris"), Some("mothers-day-fr"));
        assert_eq!(nearest("2026-04-12", "Europe/Athens"), Some("orthodox-easter"));
        // Both Easters are on one day in 2025.
        assert_eq!(nearest("2025-04-20", "Europe/Athens"), Some("orthodox-easter"));
        assert_eq!(nearest("2025-04-20", "Europe/Berlin"), Some("easter"));
        assert_eq!(nearest("2026-05-11", "Europe/Berlin"), None);
    }

    #[test]
    fn words_are_whole_and_the_longest_name_counts() {
        assert_eq!(named("the easter sale"), ["Easter Sunday"]);
        assert_eq!(named("easter monday"), ["Easter Monday"]);
        assert_eq!(named("eid al adha"), ["Eid al-Adha"]);
        assert_eq!(named("advent after black friday").len(), 2);
        assert_eq!(named("pfingstferien"), ["Whit Sunday"]);
        assert_eq!(named("pfingstmontag"), ["Whit Monday"]);
        assert_eq!(named("orthodox easter"), ["Orthodox Easter"]);
        assert_eq!(named("fête des mères"), ["Mother's Day in France"]);
        for other in
            ["eidelstedt", "holiday", "holistic", "adventure", "eastern", "lunar", "golden week", "songkran"]
        {
            assert_eq!(named(other), Vec::<&str>::new(), "{other}");
        }
    }
}
