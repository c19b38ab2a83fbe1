//! A step that leads out of its field at once: `0/30` in the hours is 0 alone, and not twice an hour.

/// The fields in order: how each is called, its least and its greatest value.
const FIELDS: [(&str, u32, u32); 5] = [
    ("minutes", 0, 59),
    ("hours", 0, 23),
    ("days of the month", 1, 31),
    ("months", 1, 12),
    ("weekdays", 0, 6),
];

/// The effect of such a step, and what to write.
pub(super) fn beyond(text: &str) -> Option<(String, String)> {
    let spec = match text.strip_prefix("CRON_TZ=").or_else(|| text.strip_prefix("TZ=")) {
        Some(prefixed) => prefixed.split_once(' ')?.1,
        None => text,
    };
    spec.split_whitespace().zip(FIELDS).find_map(|(field, (name, least, most))| {
        field.split(',').find_map(|part| of_part(part, name, (least, most)))
    })
}

fn of_part(part: &str, name: &str, (least, most): (u32, u32)) -> Option<(String, String)> {
    let (range, step) = part.split_once('/')?;
    let step: u32 = step.parse().ok()?;
    let (from, to) = match range.split_once('-') {
        _ if range.starts_with(['*', '?']) => (least, most),
        Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
        None => (range.parse().ok()?, most),
    };
    // Every 60 minutes and every 24 hours are once in each hour and day, which is what it says.
    let whole = step == most - least + 1;
    if whole || from + step <= to {
        return None;
    }
    let effect = format!("the step of {step} leads beyond the {name} at once: {part} is {from} alone");
    let mend = match name {
        "hours" if step <= 59 => {
            format!("write {from}, or move the step to the minutes, if every {step} minutes are meant")
        }
        "minutes" => {
            format!("write {from}, or the hours at which it happens: a step never leads into the next hour")
        }
        _ => format!("write {from}, or the numbers that are meant"),
    };
    Some((effect, mend))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_within_its_field_or_as_long_as_it_is_none_of_these() {
        for wrong in [
            "0 0/30 * * *",
            "*/90 * * * *",
            "0 */25 * * *",
            "0 8-18/12 * * *",
            "30/45 * * * *",
            "TZ=UTC 0 10/20 * * *",
        ] {
            assert!(beyond(wrong).is_some(), "{wrong}");
        }
        for right in [
            "*/30 * * * *",
            "0 */6 * * *",
            "0 */24 * * *",
            "*/60 * * * *",
            "0 8-18/10 * * *",
            "0 0/12 * * *",
            "0 0 1 */12 *",
            "0 0 */7 * *",
            "0 8 * * 1-5",
        ] {
            assert_eq!(beyond(right), None, "{right}");
        }
    }
}
