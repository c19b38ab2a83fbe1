//! What to write instead of a schedule of another cron that robfig/cron refuses.

use crate::keda::cron::Schedule;

/// Where nothing nearer is known.
const FIVE_FIELDS: &str =
    "write five fields that robfig/cron reads: minute, hour, day of month, month, day of week";
/// Words of Vixie's cron, and what they stand for there (crontab(5)).
const DESCRIPTORS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];
/// Of each field, the words that stand for its numbers, from the second number on.
const NAMES: [(u32, u32, &str); 5] = [
    (0, 59, ""),
    (0, 23, ""),
    (1, 31, ""),
    (1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    (0, 6, "sun mon tue wed thu fri sat"),
];

/// The spelling that works, for the text of a schedule that is refused.
pub(super) fn mend(written: &str) -> String {
    let (prefix, spec) = match written.split_once(' ') {
        Some((zone, spec)) if zone.starts_with("TZ=") || zone.starts_with("CRON_TZ=") => {
            (format!("{zone} "), spec.trim())
        }
        Some(_) | None => (String::new(), written.trim()),
    };
    let reads = |text: &str| Schedule::parse(&format!("{prefix}{text}")).is_ok();
    if let Some((_, plain)) = DESCRIPTORS.iter().find(|(word, _)| spec.eq_ignore_ascii_case(word)) {
        return format!("write `{prefix}{plain}`");
    }
    let fields: Vec<&str> = spec.split_whitespace().collect();
    let count = fields.len();
    for (kept, why) in [
        (1..count, "KEDA's cron has no seconds"),
        (0..count.saturating_sub(1), "KEDA's cron has no year"),
        (1..count.saturating_sub(1), "KEDA's cron has neither seconds nor a year"),
    ] {
        let shorter = fields.get(kept).unwrap_or_default().join(" ");
        if count > 5 && reads(&shorter) {
            return format!("{why}: write `{prefix}{shorter}`");
        }
    }
    let Ok([_, _, dom, _, dow]) = <[&str; 5]>::try_from(fields.as_slice()) else {
        return FIVE_FIELDS.to_owned();
    };
    if is_last(dom, &[]) {
        return "KEDA's cron has no `L`: write a trigger for each length of month (days and months `31 \
                1,3,5,7,8,10,12`, `30 4,6,9,11`, `28 2`), or begin on the 28th and end on the 1st, which every month has"
            .to_owned();
    }
    if is_last(dow, &['0', '1', '2', '3', '4', '5', '6', '7']) {
        return "KEDA's cron has no `L`: a day of the week cannot be the last of its month, so name the dates".to_owned();
    }
    if let Some((day, nth)) = dow.split_once('#') {
        return nth_weekday(&fields, (day, nth)).unwrap_or_else(|| FIVE_FIELDS.to_owned());
    }
    let plain: Vec<String> = fields.iter().zip(NAMES).map(|(field, names)| unrolled(field, names)).collect();
    let plain = plain.join(" ");
    if plain == spec || !reads(&plain) {
        return unread(&fields).unwrap_or_else(|| FIVE_FIELDS.to_owned());
    }
    let why = if dow.contains('7') { "Sunday is 0" } else { "a range may not run over its end" };
    format!("{why}: write `{prefix}{plain}`")
}

/// `1#1`, the first Monday of a month: it is one of seven dates, and with both day fields KEDA takes either.
fn nth_weekday(fields: &[&str], (day, nth): (&str, &str)) -> Option<String> {
    let nth: u32 = nth.parse().ok().filter(|nth| (1..=5).contains(nth))?;
    let [minute, hour, _, month, _] = fields[..] else { return None };
    let days = (7 * nth - 6, (7 * nth).min(31));
    let week = Schedule::parse(&format!("{minute} {hour} * {month} {day}")).is_ok();
    week.then(|| {
        format!(
            "KEDA's cron has no `#`: that day is one of the days {} to {} of its month, and `{minute} {hour} {}-{} {month} {day}` would fire on all of \
             these and on that weekday of every week as well; so name the dates of the year, one trigger for each month",
            days.0, days.1, days.0, days.1
        )
    })
}

/// What each field takes, of those that are not read; none where all five are read by themselves.
fn unread(fields: &[&str]) -> Option<String> {
    const FIELDS: [(&str, &str); 5] = [
        ("a minute", "0 to 59"),
        ("an hour", "0 to 23, and midnight is 0"),
        ("a day of the month", "1 to 31"),
        ("a month", "1 to 12, or jan to dec"),
        ("a day of the week", "0 to 6, or sun to sat"),
    ];
    let is_read = |at: usize, text: &str| {
        let alone: Vec<&str> = (0..FIELDS.len()).map(|place| if place == at { text } else { "*" }).collect();
        Schedule::parse(&alone.join(" ")).is_ok()
    };
    let said = |(at, field): (usize, &&str)| {
        let parts = field.split([',', '-', '/']);
        let part = parts.into_iter().find(|part| !is_read(at, part)).unwrap_or(field);
        let (name, takes) = FIELDS.get(at)?;
        Some(format!("`{part}` is not {name}: {takes}"))
    };
    let wrong = fields.iter().enumerate().filter(|(at, field)| !is_read(*at, field));
    let wrong: Vec<String> = wrong.filter_map(said).collect();
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

/// Whether a field has the `L` of Quartz, by itself or behind one of `before`.
fn is_last(field: &str, before: &[char]) -> bool {
    let parts = field.split(',').map(|part| part.trim_start_matches(before).to_ascii_uppercase());
    parts.into_iter().any(|part| matches!(part.as_str(), "L" | "LW") || part.starts_with("L-"))
}

/// A field with a 7 for Sunday written as 0, and a range over the end of its numbers as two.
fn unrolled(field: &str, (least, most, names): (u32, u32, &str)) -> String {
    let value = |text: &str| {
        let named = names.split(' ').position(|name| name.eq_ignore_ascii_case(text) && !name.is_empty());
        let named = named.and_then(|at| Some(least + u32::try_from(at).ok()?));
        named.or_else(|| text.parse().ok())
    };
    let is_week = most == 6;
    let range = |from: u32, to: u32| if from == to { from.to_string() } else { format!("{from}-{to}") };
    let part = |part: &str| match part.split_once('-') {
        None if is_week && value(part) == Some(7) => "0".to_owned(),
        None => part.to_owned(),
        Some((from, to)) => match (value(from), value(to)) {
            (Some(0), Some(7)) if is_week => "*".to_owned(),
            (Some(7), Some(to)) if is_week && to <= most => range(0, to),
            (Some(from), Some(7)) if is_week && from <= most => format!("{},0", range(from, most)),
            (Some(from), Some(to)) if least <= to && to < from && from <= most => {
                format!("{},{}", range(from, most), range(least, to))
            }
            _ => part.to_owned(),
        },
    };
    field.split(',').map(part).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_of_another_cron_has_one_that_works() {
        for (written, wanted) in [
            ("@daily", "0 0 * * *"),
            ("TZ=UTC @Weekly", "TZ=UTC 0 0 * * 0"),
            ("0 8 * * 7", "Sunday is 0: write `0 8 * * 0`"),
            ("0 8 * * 6,7", "Sunday is 0: write `0 8 * * 6,0`"),
            ("0 8 * * 1-7", "Sunday is 0: write `0 8 * * 1-6,0`"),
            ("0 8 * * 5-7", "Sunday is 0: write `0 8 * * 5-6,0`"),
            ("0 8 * * FRI-MON", "write `0 8 * * 5-6,0-1`"),
            ("0 22-6 * * *", "write `0 22-23,0-6 * * *`"),
            ("0 0 8 * * MON", "no seconds: write `0 8 * * MON`"),
            ("0 8 24 12 * 2027", "no year: write `0 8 24 12 *`"),
            ("0 0 8 24 12 ? 2027", "neither seconds nor a year: write `0 8 24 12 ?`"),
            ("0 8 L * *", "no `L`: write a trigger for each length of month"),
            ("0 8 * * 5L", "no `L`: a day of the week"),
            ("0 8 * * 1#1", "no `#`: that day is one of the days 1 to 7"),
            ("0 8 * * 1#6", FIVE_FIELDS),
            ("0 8 * *", FIVE_FIELDS),
            ("@every 1h", FIVE_FIELDS),
            ("0 8 * * LUNES", "`LUNES` is not a day of the week: 0 to 6, or sun to sat"),
            ("0 8 * JUL-13 *", "`13` is not a month: 1 to 12, or jan to dec"),
            ("0 25 * * 1-5", "`25` is not an hour: 0 to 23, and midnight is 0"),
            ("60 8 32 * *", "`60` is not a minute: 0 to 59; `32` is not a day of the month: 1 to 31"),
            ("0 8 * * 1-8", "`8` is not a day of the week"),
            ("0 8 0 * *", "`0` is not a day of the month: 1 to 31"),
        ] {
            let mend = mend(written);
            assert!(mend.contains(wanted), "{written}: {mend}");
            if let Some(spelling) = mend.split("write `").nth(1) {
                assert!(Schedule::parse(spelling.trim_end_matches('`')).is_ok(), "{mend}");
            }
        }
    }
}
