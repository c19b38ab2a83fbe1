//! Which zone may be meant by a name that is none of the IANA database, or not of every one: an abbreviation, an offset, a
//! name of Windows, a city, a country.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use super::Zone;
use crate::name::Candidates;

/// What to write instead of an abbreviation or an offset: `write America/Los_Angeles`.
pub fn zone_said(written: &str) -> Option<String> {
    abbreviation(written).or_else(|| {
        let minutes = offset_named(written)?;
        Some(if OFFSETS.contains(&minutes) {
            by_offset(minutes)
        } else {
            format!("no clock shows {}: write the zone of a city", utc(minutes))
        })
    })
}

/// Minutes east of UTC that some clock shows, from Baker Island to the Line Islands.
const OFFSETS: RangeInclusive<i32> = -12 * 60..=14 * 60;

/// Short names of one zone or of several, and those that they may be, each with what tells it from the others.
type Said = (&'static [&'static str], &'static [(&'static str, &'static str)]);

/// Abbreviations that are said of zones.
const ABBREVIATIONS: [Said; 32] = [
    (&["PST", "PDT", "PT", "PST8PDT", "US/PACIFIC", "PACIFIC"], &[("America/Los_Angeles", "")]),
    (&["MDT", "MT", "MST7MDT", "US/MOUNTAIN", "MOUNTAIN"], &[("America/Denver", "")]),
    (
        &["MST"],
        &[
            ("America/Denver", "with summer time"),
            ("America/Phoenix", "UTC-7 all year"),
            ("Asia/Kuala_Lumpur", "Malaysia"),
        ],
    ),
    (&["CDT", "CT", "CST6CDT", "US/CENTRAL", "CENTRAL"], &[("America/Chicago", "")]),
    (
        &["CST"],
        &[
            ("America/Chicago", "Central Standard Time"),
            ("Asia/Shanghai", "China"),
            ("America/Havana", "Cuba"),
        ],
    ),
    (&["EDT", "ET", "EST5EDT", "US/EASTERN", "EASTERN"], &[("America/New_York", "")]),
    (
        &["EST"],
        &[
            ("America/New_York", "with summer time"),
            ("America/Panama", "UTC-5 all year"),
            ("Australia/Brisbane", "Australia's east"),
        ],
    ),
    (
        &["HST", "US/HAWAII"],
        &[("Pacific/Honolulu", "Hawaii"), ("America/Adak", "the Aleutians, with summer time")],
    ),
    (&["AKST", "AKDT", "US/ALASKA"], &[("America/Anchorage", "")]),
    (
        &["AST"],
        &[
            ("America/Halifax", "Atlantic Canada"),
            ("America/Puerto_Rico", "all year"),
            ("Asia/Riyadh", "Arabia"),
        ],
    ),
    (&["ADT"], &[("America/Halifax", "")]),
    (&["NST", "NDT"], &[("America/St_Johns", "")]),
    (&["IST"], &[("Asia/Kolkata", "India"), ("Europe/Dublin", "Ireland"), ("Asia/Jerusalem", "Israel")]),
    (
        &["BST"],
        &[
            ("Europe/London", "British Summer Time"),
            ("Asia/Dhaka", "Bangladesh"),
            ("Pacific/Bougainville", "Bougainville"),
        ],
    ),
    (&["GST"], &[("Asia/Dubai", "the Gulf"), ("Atlantic/South_Georgia", "South Georgia")]),
    (&["CET", "CEST", "MEZ", "MESZ", "MET", "MEST"], &[("Europe/Berlin", "or the capital of your country")]),
    (&["EET", "EEST", "OEZ"], &[("Europe/Athens", "or the capital of your country")]),
    (&["WET", "WEST", "WEZ"], &[("Europe/Lisbon", "or the capital of your country")]),
    (&["MSK", "MSD"], &[("Europe/Moscow", "")]),
    (&["TRT"], &[("Europe/Istanbul", "")]),
    (&["JST"], &[("Asia/Tokyo", "")]),
    (&["KST"], &[("Asia/Seoul", "")]),
    (&["SGT"], &[("Asia/Singapore", "")]),
    (&["HKT"], &[("Asia/Hong_Kong", "")]),
    (&["PKT"], &[("Asia/Karachi", "")]),
    (&["WIB"], &[("Asia/Jakarta", "")]),
    (
        &["AEST", "AEDT", "AET"],
        &[("Australia/Sydney", "with summer time"), ("Australia/Brisbane", "without")],
    ),
    (&["AWST"], &[("Australia/Perth", "")]),
    (&["NZST", "NZDT", "NZT"], &[("Pacific/Auckland", "")]),
    (&["BRT", "BRST"], &[("America/Sao_Paulo", "")]),
    (&["SAST"], &[("Africa/Johannesburg", "")]),
    (&["Z", "ZULU", "LOCAL", "GMT", "UCT"], &[("UTC", "or the zone of a city")]),
];

/// The zones that a short name may be said of.
pub fn zones_meant(written: &str) -> impl Iterator<Item = Zone> {
    let known = named(written).unwrap_or_default();
    known.iter().filter_map(|(zone, _)| Zone::parse(zone))
}

fn named(written: &str) -> Option<&'static [(&'static str, &'static str)]> {
    let upper = written.to_uppercase();
    let (_, zones) = ABBREVIATIONS.iter().find(|(names, _)| names.contains(&upper.as_str()))?;
    Some(zones)
}

fn abbreviation(written: &str) -> Option<String> {
    let zones = named(written)?;
    let said: Vec<String> = zones
        .iter()
        .map(|(zone, what)| if what.is_empty() { (*zone).to_owned() } else { format!("{zone} ({what})") })
        .collect();
    Some(match said.len() {
        1 => format!("write {}", said[0]),
        _ => format!("{written} is said of several zones: write {}", said.join(", or ")),
    })
}

/// Minutes east of UTC as they are said: of `GMT+2`, `UTC-3`, `+01:00`, `UTC+5:30`; of `Etc/UTC+2`, which is not a name of the
/// database, as well.
fn offset_named(written: &str) -> Option<i32> {
    let plain: String = written.to_uppercase().chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.strip_prefix("ETC/").unwrap_or(&plain);
    let rest = ["UTC", "GMT"].iter().find_map(|word| plain.strip_prefix(word)).unwrap_or(plain);
    let rest = rest.replace(['−', '–'], "-");
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=24).contains(&hours) && [0, 30, 45].contains(&minutes)).then_some(sign * (60 * hours + minutes))
}

/// The name of a fixed offset in minutes, whose sign is that of POSIX: the hours that clocks there are behind.
fn fixed(minutes: i32) -> Option<String> {
    match minutes {
        0 => Some("UTC".to_owned()),
        _ if minutes % 60 == 0 && OFFSETS.contains(&minutes) => Some(format!("Etc/GMT{:+}", -minutes / 60)),
        _ => None,
    }
}

/// `UTC-3`
pub fn utc(minutes: i32) -> String {
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let sign = if minutes < 0 { '-' } else { '+' };
    if rest == 0 { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{rest:02}") }
}

/// Cities whose clocks are so many minutes ahead of UTC in winter.
const CITIES: [(i32, &[&str]); 34] = [
    (-660, &["Pacific/Pago_Pago"]),
    (-600, &["Pacific/Honolulu"]),
    (-540, &["America/Anchorage"]),
    (-480, &["America/Los_Angeles"]),
    (-420, &["America/Denver", "America/Phoenix"]),
    (-360, &["America/Chicago", "America/Mexico_City"]),
    (-300, &["America/New_York", "America/Bogota"]),
    (-240, &["America/Halifax", "America/La_Paz"]),
    (-210, &["America/St_Johns"]),
    (-180, &["America/Sao_Paulo (Brasilia)", "America/Argentina/Buenos_Aires"]),
    (-120, &["America/Noronha", "Atlantic/South_Georgia"]),
    (-60, &["Atlantic/Cape_Verde", "Atlantic/Azores"]),
    (0, &["Europe/London"]),
    (60, &["Europe/Berlin", "Africa/Lagos"]),
    (120, &["Europe/Athens", "Africa/Johannesburg"]),
    (180, &["Europe/Moscow", "Africa/Nairobi", "Europe/Istanbul"]),
    (210, &["Asia/Tehran"]),
    (240, &["Asia/Dubai"]),
    (270, &["Asia/Kabul"]),
    (300, &["Asia/Karachi", "Asia/Tashkent"]),
    (330, &["Asia/Kolkata"]),
    (345, &["Asia/Kathmandu"]),
    (360, &["Asia/Dhaka"]),
    (390, &["Asia/Yangon"]),
    (420, &["Asia/Bangkok", "Asia/Jakarta"]),
    (480, &["Asia/Singapore", "Asia/Shanghai", "Australia/Perth"]),
    (540, &["Asia/Tokyo", "Asia/Seoul"]),
    (570, &["Australia/Adelaide"]),
    (600, &["Australia/Sydney", "Australia/Brisbane"]),
    (630, &["Australia/Lord_Howe"]),
    (660, &["Pacific/Noumea", "Pacific/Guadalcanal"]),
    (720, &["Pacific/Auckland"]),
    (780, &["Pacific/Tongatapu"]),
    (840, &["Pacific/Kiritimati"]),
];

/// Cities whose clocks show these minutes ahead of UTC all year.
const STEADY: [(i32, &[&str]); 25] = [
    (-660, &["Pacific/Pago_Pago"]),
    (-600, &["Pacific/Honolulu"]),
    (-540, &["Pacific/Gambier"]),
    (-480, &["Pacific/Pitcairn"]),
    (-420, &["America/Phoenix"]),
    (-360, &["America/Costa_Rica", "America/Mexico_City"]),
    (-300, &["America/Bogota", "America/Panama"]),
    (-240, &["America/La_Paz", "America/Puerto_Rico"]),
    (-180, &["America/Sao_Paulo", "America/Argentina/Buenos_Aires"]),
    (-120, &["America/Noronha", "Atlantic/South_Georgia"]),
    (-60, &["Atlantic/Cape_Verde"]),
    (60, &["Africa/Lagos"]),
    (120, &["Africa/Johannesburg"]),
    (180, &["Europe/Moscow", "Africa/Nairobi", "Europe/Istanbul"]),
    (240, &["Asia/Dubai"]),
    (300, &["Asia/Karachi", "Asia/Tashkent"]),
    (360, &["Asia/Dhaka"]),
    (420, &["Asia/Bangkok", "Asia/Jakarta"]),
    (480, &["Asia/Singapore", "Asia/Shanghai", "Australia/Perth"]),
    (540, &["Asia/Tokyo", "Asia/Seoul"]),
    (600, &["Australia/Brisbane"]),
    (660, &["Pacific/Noumea", "Pacific/Guadalcanal"]),
    (720, &["Pacific/Tarawa", "Pacific/Majuro"]),
    (780, &["Pacific/Tongatapu"]),
    (840, &["Pacific/Kiritimati"]),
];

/// The zones of cities that have an offset in summer as in winter, as one without a city has it.
pub fn cities_all_year(minutes: i32) -> Option<String> {
    STEADY.iter().find(|(offset, _)| *offset == minutes).map(|(_, cities)| cities.join(" or "))
}

/// Whether any clock shows so many minutes ahead of UTC.
pub fn is_shown(minutes: i32) -> bool {
    OFFSETS.contains(&minutes)
}

/// The zones of cities with an offset: `Asia/Tokyo or Asia/Seoul`.
fn cities(minutes: i32) -> Option<String> {
    CITIES.iter().find(|(offset, _)| *offset == minutes).map(|(_, cities)| cities.join(" or "))
}

/// A city's zone first, since it knows summer time; then the offset itself.
pub fn by_offset(minutes: i32) -> String {
    let cities = cities(minutes);
    // Clocks of Berlin are two hours ahead in summer.
    let summer = if minutes == 120 { " (Europe/Berlin, if its summer is meant)" } else { "" };
    let fixed = fixed(minutes);
    match (cities, fixed) {
        (Some(cities), Some(fixed)) if minutes != 0 => format!(
            "for {} write the zone of a city, as {cities}{summer}, or {fixed}: signs there are those of POSIX",
            utc(minutes)
        ),
        (Some(cities), _) => format!("for {} write UTC or the zone of a city, as {cities}", utc(minutes)),
        (None, Some(fixed)) => format!("for {} write {fixed}: signs there are those of POSIX", utc(minutes)),
        (None, None) => format!("for {} write the zone of a city", utc(minutes)),
    }
}

/// Minutes east of UTC of a name such as `Etc/GMT-3`, whose sign is that of POSIX: UTC+3. None without a sign.
pub fn posix_offset(name: &str) -> Option<i32> {
    let hours: i32 = name.strip_prefix("Etc/GMT")?.parse().ok()?;
    (hours != 0).then_some(-60 * hours)
}

/// Places without a zone of their own name: cities, countries, and the zones of Windows (CLDR: `windowsZones.xml`).
const PLACES: [(&str, &str); 29] = [
    (
        "Europe/Berlin",
        "bonn cologne köln koeln munich münchen muenchen hamburg frankfurt stuttgart düsseldorf duesseldorf leipzig dresden hannover nuremberg nürnberg bremen germany deutschland w._europe_standard_time",
    ),
    ("Europe/Zurich", "zürich zuerich bern basel geneva genf genève lausanne switzerland schweiz"),
    ("Europe/Vienna", "wien graz linz salzburg innsbruck austria österreich"),
    ("Europe/Paris", "lyon marseille toulouse lille nice france romance_standard_time"),
    ("Europe/London", "manchester edinburgh glasgow birmingham leeds cardiff england uk gmt_standard_time"),
    ("Europe/Madrid", "barcelona valencia seville sevilla spain españa"),
    ("Europe/Rome", "milan milano mailand turin torino naples napoli roma italy italia"),
    ("Europe/Amsterdam", "rotterdam hague utrecht eindhoven netherlands holland"),
    ("Europe/Warsaw", "krakow kraków gdansk wroclaw poland central_european_standard_time"),
    ("Europe/Budapest", "hungary central_europe_standard_time"),
    ("Europe/Athens", "greece gtb_standard_time"),
    ("Europe/Moscow", "saint_petersburg russia russian_standard_time"),
    (
        "America/New_York",
        "boston washington washington_dc miami atlanta philadelphia orlando charlotte eastern_standard_time eastern_time",
    ),
    (
        "America/Chicago",
        "dallas houston austin minneapolis nashville new_orleans st._louis central_standard_time central_time",
    ),
    ("America/Denver", "salt_lake_city boulder mountain_standard_time mountain_time"),
    (
        "America/Los_Angeles",
        "san_francisco seattle portland san_diego las_vegas california pacific_standard_time pacific_time",
    ),
    ("America/Toronto", "ottawa montreal quebec"),
    (
        "America/Sao_Paulo",
        "brasilia brasília rio rio_de_janeiro brazil brasil e._south_america_standard_time",
    ),
    ("America/Argentina/Buenos_Aires", "argentina argentina_standard_time"),
    (
        "Asia/Kolkata",
        "mumbai delhi new_delhi bangalore bengaluru chennai hyderabad pune calcutta india india_standard_time",
    ),
    ("Asia/Shanghai", "beijing peking shenzhen guangzhou china china_standard_time"),
    ("Asia/Tokyo", "osaka kyoto nagoya tokyo_standard_time"),
    ("Asia/Seoul", "busan korea korea_standard_time"),
    ("Asia/Jerusalem", "tel_aviv haifa israel_standard_time"),
    ("Asia/Dubai", "abu_dhabi uae arabian_standard_time"),
    ("Asia/Ho_Chi_Minh", "hanoi saigon vietnam"),
    ("Australia/Sydney", "canberra aus_eastern_standard_time"),
    ("Pacific/Auckland", "wellington new_zealand_standard_time"),
    ("Africa/Johannesburg", "cape_town pretoria durban south_africa_standard_time"),
];

/// Zones by what people write for them in small letters; a manifest can have thousands of names that are none.
struct Meant {
    /// By the whole name.
    names: BTreeMap<String, &'static str>,
    /// By its last part, where it has an area before that.
    cities: BTreeMap<String, &'static str>,
    /// By places of [`PLACES`], each with its row.
    places: BTreeMap<&'static str, usize>,
}

impl Meant {
    fn all() -> &'static Self {
        static MEANT: OnceLock<Meant> = OnceLock::new();
        MEANT.get_or_init(|| {
            let (mut names, mut cities, mut places) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
            for name in Zone::names() {
                let plain = name.to_lowercase();
                if let Some((_, city)) = plain.rsplit_once('/') {
                    cities.entry(city.to_owned()).or_insert(name.as_str());
                }
                names.entry(plain).or_insert(name.as_str());
            }
            for (row, (_, all)) in PLACES.iter().enumerate() {
                all.split(' ').for_each(|place| {
                    places.entry(place).or_insert(row);
                });
            }
            Self { names, cities, places }
        })
    }
}

/// The zone of this name in other letters, of this city, or that has the time of this city.
pub fn zone_of_place(written: &str) -> Option<&'static str> {
    let plain = written.trim().to_lowercase().replace([' ', '-'], "_");
    let city = plain.rsplit('/').next().unwrap_or(&plain);
    let Meant { names, cities, places } = Meant::all();
    let of_place = || {
        let rows = [city, plain.as_str()].into_iter().filter_map(|place| places.get(place));
        rows.min().map(|row| PLACES[*row].0)
    };
    names.get(&plain).or_else(|| cities.get(city)).copied().or_else(of_place)
}

/// The zone with the most similar name.
pub fn nearest_zone(written: &str) -> Option<&'static str> {
    static NAMES: OnceLock<Candidates<'static>> = OnceLock::new();
    let names = NAMES.get_or_init(|| Candidates::new(Zone::names().iter().map(String::as_str)));
    names.nearest(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_that_is_proposed_exists() {
        let abbreviated = ABBREVIATIONS.iter().flat_map(|(_, zones)| zones.iter().map(|(zone, _)| *zone));
        let cities =
            CITIES.iter().flat_map(|(_, cities)| cities.iter().map(|city| city.split(' ').next().unwrap()));
        let fixed = (-12..=14).filter_map(|hours| fixed(60 * hours));
        let all = abbreviated.chain(cities).chain(PLACES.iter().map(|(zone, _)| *zone)).map(str::to_owned);
        for zone in all.chain(fixed) {
            assert!(Zone::parse(&zone).is_some(), "{zone}");
        }
    }

    #[test]
    fn a_city_has_the_offset_under_which_it_stands() {
        // 15 January 2026 in the north, 15 July in the south.
        let winters = [super::super::Instant(1_768_435_200), super::super::Instant(1_784_073_600)];
        for (minutes, cities) in CITIES {
            for city in cities {
                let zone = Zone::parse(city.split(' ').next().unwrap()).unwrap();
                let least = winters.iter().map(|at| zone.offset(*at)).min();
                assert_eq!(least, Some(i64::from(minutes) * 60), "{city}");
            }
        }
    }

    #[test]
    fn signs_of_fixed_offsets_are_those_of_posix() {
        assert_eq!(fixed(120).as_deref(), Some("Etc/GMT-2"));
        assert_eq!(posix_offset("Etc/GMT-3"), Some(180));
        assert_eq!(
            (posix_offset("Etc/GMT0"), posix_offset("Etc/UTC"), posix_offset("GMT+2")),
            (None, None, None)
        );
        for (written, minutes) in
            [("GMT+2", 120), ("UTC-3", -180), ("+01:00", 60), ("utc +5:30", 330), ("GMT-0800", -480)]
        {
            assert_eq!(offset_named(written), Some(minutes), "{written}");
        }
        for other in ["GMT", "+", "+25", "Europe/Berlin", "+1:17", "é"] {
            assert_eq!(offset_named(other), None, "{other}");
        }
    }

    #[test]
    fn a_city_for_a_fixed_offset_has_it_all_year() {
        let date = |year| crate::time::Date::ymd(year, 1, 1).unwrap();
        for (minutes, cities) in STEADY {
            for city in cities {
                let zone = Zone::parse(city).unwrap();
                let years = crate::time::Window::new(zone.start_of(date(2025)), zone.start_of(date(2031)));
                assert_eq!(zone.offset(years.from), i64::from(60 * minutes), "{city}");
                assert_eq!(zone.changes(years).len(), 0, "{city}");
            }
        }
        // Of each name that is refused for its sign the database has the offset, and there is a city or none has it.
        for hours in (-14..=12).filter(|hours| *hours != 0) {
            let name = format!("Etc/GMT{hours:+}");
            let (zone, minutes) = (Zone::parse(&name).unwrap(), posix_offset(&name).unwrap());
            assert_eq!(zone.offset(zone.start_of(date(2027))), i64::from(60 * minutes), "{name}");
            let without_a_city = minutes == -720;
            assert_eq!(cities_all_year(minutes).is_none(), without_a_city, "{name}");
        }
    }

    #[test]
    fn what_people_write_leads_to_the_zone_that_they_mean() {
        for (written, zone) in [
            ("PST", "America/Los_Angeles"),
            ("GMT+2", "Etc/GMT-2"),
            ("UTC-3", "America/Sao_Paulo"),
            ("Etc/UTC+2", "Etc/GMT-2"),
            ("Etc/GMT+13", "Pacific/Tongatapu"),
            ("Etc/GMT+5:30", "Asia/Kolkata"),
            ("Etc/GMT-15", "no clock shows UTC-15"),
            ("UTC-13", "no clock shows UTC-13"),
            ("IST", "Europe/Dublin"),
            ("Brasilia", "America/Sao_Paulo"),
            ("Berlin", "Europe/Berlin"),
            ("Europe/Bonn", "Europe/Berlin"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("europe/berlin", "Europe/Berlin"),
            ("New York", "America/New_York"),
        ] {
            let meant =
                zone_said(written).or_else(|| zone_of_place(written).map(str::to_owned)).unwrap_or_default();
            assert!(meant.contains(zone), "{written}: {meant}");
        }
        assert_eq!((zone_said("Mars/Base"), zone_of_place("Mars/Base")), (None, None));
    }
}
