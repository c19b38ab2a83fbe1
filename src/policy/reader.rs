//! Values that several tables have: texts, zones, sets of holidays, shares, replicas.

use super::days;
use super::decode::{Problems, Table, Value};
use super::diags;
use crate::keys;
use crate::name::SetName;
use crate::quantity::{Rate, Ratio, Replicas};
use crate::source::Located;
use crate::time::{Zone, posix_offset, present_name};

/// A zone by its exact name.
pub(super) fn zone(value: Value<'_>, problems: &mut Problems) -> Option<Zone> {
    let name = value.text(problems)?;
    let zone = Zone::parse(name.value);
    match &zone {
        None => problems.push(diags::zones::bad_zone(name.value, name.span)),
        Some(zone) if !zone.is_of_a_place() => {
            problems.push(diags::zones::unclear_zone(name.value, name.span));
        }
        Some(zone) if posix_offset(zone.name()).is_some() => {
            problems.push(diags::zones::zone_sign(name.value, name.span));
        }
        Some(zone) => {
            let present = present_name(zone.name());
            problems.extend(present.map(|present| diags::zones::old_zone(name.value, present, name.span)));
        }
    }
    zone
}

/// The weekdays on which people work, Monday first.
pub(super) fn workweek(value: Value<'_>, problems: &mut Problems) -> Option<[bool; 7]> {
    let text = value.text(problems)?;
    match days::weekdays(text.value) {
        Ok(week) => Some(week),
        Err(flaw) => {
            problems.push(diags::dates::bad_days(&flaw.what, text.span.part(flaw.at)));
            None
        }
    }
}

/// Names of holiday sets.
pub(super) fn sets(value: Value<'_>, problems: &mut Problems) -> Vec<Located<SetName>> {
    let elements = value.list(problems).unwrap_or_default();
    elements.iter().filter_map(|element| element.name(SetName::RULE, SetName::parse, problems)).collect()
}

/// Text for people, of a few lines at most.
pub(super) fn text(value: Value<'_>, problems: &mut Problems) -> Option<String> {
    let text = clean(value, problems)?;
    if text.value.len() > keys::LONGEST_TEXT {
        problems.push(diags::text_too_long(value.key, keys::LONGEST_TEXT, &text.value, value.span));
        return None;
    }
    Some(text.value)
}

/// Text that is not empty and has no control characters, of any length.
pub(super) fn clean(value: Value<'_>, problems: &mut Problems) -> Option<Located<String>> {
    let parse =
        |text: &str| (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned());
    value.parsed("text without line breaks, not empty", parse, problems)
}

/// What one replica carries.
pub(super) fn per_replica(value: &Value<'_>, problems: &mut Problems) -> Option<Rate> {
    let rate = value.number(problems)?;
    // KEDA writes thresholds with three decimals, and the HPA wants them positive.
    if rate.value < 0.001 {
        problems.push(diags::bad_value(value.key, "a rate of at least 0.001", rate.span));
    }
    Some(Rate(rate.value))
}

/// A number from 0 to 1.
pub(super) fn ratio(value: Value<'_>, problems: &mut Problems) -> Option<Ratio> {
    let number = value.number(problems)?;
    if number.value > 1.0 {
        problems.push(diags::bad_value(value.key, "a share from 0 to 1, such as 0.7", number.span));
        return None;
    }
    Some(Ratio(number.value))
}

/// A number of replicas: Kubernetes keeps one in 32 bits, the sign among them.
pub(super) fn replicas(value: &Value<'_>, problems: &mut Problems) -> Option<Located<Replicas>> {
    let count = value.whole(problems)?;
    if i32::try_from(count.value).is_err() {
        problems.push(diags::bad_value(value.key, "a whole number up to 2147483647", count.span));
        return None;
    }
    Some(count.map(Replicas))
}

/// A range of replicas with both ends located.
pub(super) type Range = (Located<Replicas>, Located<Replicas>);

/// `replicas = { min = 2, max = 12 }`
pub(super) fn range(table: &mut Table<'_>, problems: &mut Problems) -> Option<Range> {
    let mut range = table.need("replicas", problems)?.table("`replicas`", problems)?;
    let mut end = |key| replicas(&range.need(key, problems)?, problems);
    let (min, max) = (end("min"), end("max"));
    range.finish(problems);
    let (min, max) = (min?, max?);
    if min.value.0 == 0 {
        problems.push(diags::minimum_of_zero(min.span));
    } else if min.value > max.value {
        problems.push(diags::replica_range((min.value.0, min.span), (max.value.0, max.span)));
    }
    Some((min, max))
}

/// `zone = "America/Los_Angeles"`: one clock for every place.
pub(super) fn one_clock(table: &mut Table<'_>, problems: &mut Problems) -> Option<Located<Zone>> {
    let value = table.get("zone")?;
    Some(Located::new(zone(value, problems)?, value.span))
}
