//! What is wrong with whose clock counts.

use crate::finding::{Diagnostic, Rule};
use crate::source::Span;
use crate::time::{cities_all_year, is_shown, nearest_zone, posix_offset, utc, zone_of_place, zone_said};

pub(in super::super) fn bad_zone(name: &str, at: Span) -> Diagnostic {
    let near = zone_of_place(name).or_else(|| nearest_zone(name));
    let help = match (zone_said(name), near) {
        (Some(said), _) => said,
        (None, Some(near)) => {
            format!("did you mean `{near}`? KEDA wants the exact name, upper and lower case included")
        }
        (None, None) => {
            "names are those of the IANA database, such as `Europe/Berlin`, upper and lower case included"
                .to_owned()
        }
    };
    Diagnostic::new(Rule::UnknownZone, format!("there is no time zone `{}`", name.escape_debug()))
        .at(at, "not in the IANA time-zone database")
        .help(help)
}

/// `Etc/GMT-8`, which is eight hours ahead of UTC.
pub(in super::super) fn zone_sign(name: &str, at: Span) -> Diagnostic {
    let minutes = posix_offset(name).unwrap_or(0);
    let title = format!("`{name}` is {}: its sign is that of POSIX", utc(minutes));
    let city = |minutes: i32| match cities_all_year(minutes) {
        Some(cities) => format!("for {} write {cities}", utc(minutes)),
        None if is_shown(minutes) => format!("no city has {}", utc(minutes)),
        None => format!("no clock shows {}", utc(minutes)),
    };
    Diagnostic::new(Rule::ZoneSign, title).at(at, "hours behind UTC are positive in this name").help(format!(
        "{}, {}",
        city(minutes),
        city(-minutes)
    ))
}

/// `US/Pacific`, which is called by its city today.
pub(in super::super) fn old_zone(name: &str, present: &str, at: Span) -> Diagnostic {
    let title = format!("`{name}` is an old name of {present}");
    Diagnostic::new(Rule::ZoneOldName, title)
        .at(at, "not every database has it")
        .help(format!("write `{present}`, which is the same clock"))
}

pub(in super::super) fn unclear_zone(name: &str, at: Span) -> Diagnostic {
    let title = format!("`zone` takes an area and a city: not every database has `{name}`");
    Diagnostic::new(Rule::BadValue, title).at(at, "what this means depends on KEDA's container").help(
        zone_said(name).unwrap_or_else(|| "write an area and a city, as in Europe/Berlin, or UTC".to_owned()),
    )
}

pub(in super::super) fn zone_and_territory(zone: Span, territory: Span) -> Diagnostic {
    Diagnostic::new(Rule::BadValue, "both `zone` and `territory` say whose clock counts")
        .at(zone, "one clock")
        .against(territory, "another")
        .help("keep one of the two: a territory brings its zone, its holidays and what seasons say of it")
}
