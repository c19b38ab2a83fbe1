//! Words and numbers that every form of a review shares.

use crate::plan::{Layer, OccasionKind, Origin, Part, Plan};
use crate::review::{Demand, MonthOf, NextChange, PodTime, Review, requesting};
use crate::time::{Date, Hours, LocalTime};

/// More days than this are counted, not listed.
const MOST_DAYS: usize = 6;

/// `12,345.6`
pub(super) fn number(value: f64, decimals: usize) -> String {
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let zero = plain.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !zero { "-" } else { "" };
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{part}")
}

/// Pod-hours.
pub(super) fn hours(time: PodTime) -> String {
    number(time.hours(), 1)
}

/// With the sign of a difference.
pub(super) fn signed(value: f64, decimals: usize) -> String {
    let number = number(value, decimals);
    if number.starts_with('-') { number } else { format!("+{number}") }
}

/// `72.90 EUR`, where a pod-hour has a price.
pub(super) fn money(review: &Review<'_>, time: PodTime) -> Option<String> {
    let cost = review.plan.profile.cost.as_ref()?;
    Some(format!("{} {}", number(review.cost(time)?, 2), cost.currency))
}

/// `1,620.0 pod-hours, 72.90 EUR`
pub(super) fn taken(review: &Review<'_>, time: PodTime) -> String {
    let price = money(review, time).map(|money| format!(", {money}"));
    format!("{} pod-hours{}", hours(time), price.unwrap_or_default())
}

/// `DE, Europe/Berlin`
pub(super) fn place(plan: &Plan, target: usize) -> String {
    let target = &plan.profile.targets[target];
    let territory = plan.profile.territory(target).map(|territory| territory.code.as_str());
    format!("{}, {}", territory.unwrap_or("platform"), target.zone)
}

/// `1 target`, `7 targets`
pub(super) fn targets(count: usize) -> String {
    format!("{count} target{}", if count == 1 { "" } else { "s" })
}

/// `1 Sep 2026`
pub(super) fn day(date: Date) -> String {
    format!("{} {} {}", date.day(), date.month().short(), date.year())
}

/// `Jan 2026`
pub(super) fn month(month: MonthOf) -> String {
    format!("{} {}", month.month.short(), month.year)
}

/// `Sat 3 Oct 2026 08:00`
pub(super) fn moment(at: LocalTime) -> String {
    format!("{} {}", at.date().long(), at.time_of_day())
}

/// What asks for a floor from then on.
pub(super) fn reason(plan: &Plan, next: NextChange) -> &str {
    next.origin.map_or("minimum", |origin| &plan.occasion(plan.origin(origin)).title)
}

/// The number of a layer's season, in the order of the plan.
pub(super) fn occasion_number(plan: &Plan, layer: &Layer) -> usize {
    plan.origin(layer.origin).occasion.0 + 1
}

#[expect(clippy::cast_precision_loss, reason = "shown with two decimals")]
pub(super) fn whole(value: i64) -> f64 {
    value as f64
}

/// `20 replicas, 9.00 cores, 14.00 GiB requested`; replicas alone, where nothing is known of the rest.
pub(super) fn requested(plan: &Plan, demand: Demand) -> String {
    let replicas = format!("{} replicas", number(whole(demand.replicas), 0));
    let known = requesting(plan);
    if known == 0 {
        return replicas;
    }
    let of = if known < plan.profile.targets.len() { " by targets with `resources`" } else { "" };
    let (cores, memory) = (whole(demand.millicores) / 1000.0, whole(demand.memory) / f64::from(1 << 30));
    format!("{replicas}, {} cores, {} GiB requested{of}", number(cores, 2), number(memory, 2))
}

/// One line for what a layer does.
pub(super) struct Row {
    /// `Oktoberfest`, `Oktoberfest, lead-in 1`
    pub(super) title: String,
    /// `Tue 1 Sep - Thu 15 Oct 2026`
    pub(super) dates: String,
    /// `daily 08:00-20:00`
    pub(super) hours: String,
    /// Holidays left out.
    pub(super) without: Option<String>,
    /// Load, owner, ticket, note.
    pub(super) more: Vec<String>,
}

impl Row {
    pub(super) fn of(plan: &Plan, layer: &Layer) -> Self {
        let origin = plan.origin(layer.origin);
        let occasion = plan.occasion(origin);
        let part = match (origin.part, occasion.kind) {
            (Part::LeadIn(number), _) => format!(", lead-in {number}"),
            (Part::Main, OccasionKind::Campaign) => " (campaign)".to_owned(),
            (Part::Main, OccasionKind::Season) => String::new(),
        };
        let free: Vec<Date> = origin.left_out.iter().map(|left_out| left_out.day).collect();
        let mut more: Vec<String> = Vec::new();
        more.extend(origin.load.filter(|_| origin.part == Part::Main).map(|load| format!("load x{load}")));
        more.extend(occasion.owner.as_ref().map(|owner| format!("owner {owner}")));
        more.extend(occasion.ticket.clone());
        more.extend(occasion.note.clone());
        Self {
            title: format!("{}{part}", occasion.title),
            dates: dates(origin),
            hours: format!("{}{}", daily(origin), clock(plan, origin)),
            without: (!free.is_empty()).then(|| format!("without {}", days(&free))),
            more,
        }
    }
}

fn dates(origin: &Origin) -> String {
    if let Hours::Exact(window) = origin.hours {
        let same = window.from.date() == window.until.date();
        let until = if same { window.until.time_of_day().to_string() } else { moment(window.until) };
        return format!("{} - {until}", moment(window.from));
    }
    /// More stretches than these are counted, not listed.
    const MOST: usize = 4;
    if let ([first, .., last], true) = (origin.dates.as_slice(), origin.dates.len() > MOST) {
        let (first, last) = (first.from.long(), last.until.plus_days(-1).long());
        return format!("{first} - {last}, {} times", origin.dates.len());
    }
    let said: Vec<String> = origin
        .dates
        .iter()
        .map(|dates| {
            let last = dates.until.plus_days(-1);
            if dates.from == last { last.long() } else { format!("{} - {}", dates.from.long(), last.long()) }
        })
        .collect();
    said.join("; ")
}

/// The clock of windows that come on that of another territory.
fn clock(plan: &Plan, origin: &Origin) -> String {
    if plan.is_elsewhere(origin) { format!(" {}", origin.zone) } else { String::new() }
}

fn daily(origin: &Origin) -> String {
    let rule = if origin.days_rule == "mon-sun" { "daily" } else { &origin.days_rule };
    match origin.hours {
        Hours::AllDay => format!("{rule}, all day"),
        Hours::Daily { from, until } if until <= from => format!("{rule} {from}-{until} of the day after"),
        Hours::Daily { from, until } => format!("{rule} {from}-{until}"),
        Hours::Span { .. } => format!("{rule}, without a break"),
        Hours::Exact(_) => "once".to_owned(),
    }
}

fn days(days: &[Date]) -> String {
    let said: Vec<String> =
        days.iter().take(MOST_DAYS).map(|day| format!("{} {}", day.day(), day.month().short())).collect();
    let more = days.len() - said.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", said.join(", "))
}

/// A row of the tables of pod-hours: what, pod-hours, money.
pub(super) type Line = (String, PodTime);

/// By season: the minimum first, then occasions that take anything.
pub(super) fn by_reason(review: &Review<'_>) -> Vec<Line> {
    let occasions = review.plan.occasions.iter().enumerate();
    let taken = occasions
        .map(|(at, occasion)| (occasion.title.clone(), review.sum(|row| review.is_for(row, at))))
        .filter(|(_, time)| time.0 > 0);
    std::iter::once(("Minimum".to_owned(), review.minimum())).chain(taken).collect()
}

/// By territory, the platform last.
pub(super) fn by_territory(review: &Review<'_>) -> Vec<Line> {
    let territories = review.plan.profile.territories.iter().enumerate().map(|(at, territory)| {
        let at = crate::profile::TerritoryId(at);
        (territory.code.to_string(), review.sum(|row| review.is_in(row, Some(at))))
    });
    let platform = ("platform".to_owned(), review.sum(|row| review.is_in(row, None)));
    territories.chain(Some(platform).filter(|(_, time)| time.0 > 0)).collect()
}

/// The arithmetic of what the plan saves, in sentences.
pub(super) fn savings(review: &Review<'_>) -> Vec<String> {
    let (total, peak, minimum) = (review.total(), review.always_peak, review.minimum());
    let price = review.plan.profile.cost.as_ref().zip(money(review, total));
    let price = price.map(|(cost, money)| format!(" x {} {} = {money}", cost.pod_hour, cost.currency));
    let in_money = |time| money(review, time).map(|money| format!(", {money}")).unwrap_or_default();
    let in_short = |time| money(review, time).unwrap_or_else(|| format!("{} pod-hours", hours(time)));
    let saved = if peak.0 == 0 { 0.0 } else { 100.0 * (1.0 - total.hours() / peak.hours()) };
    vec![
        format!("The floors take {} pod-hours{}.", hours(total), price.unwrap_or_default()),
        format!(
            "Always at each target's highest floor: {} pod-hours{}. The calendar saves {} of it: 1 - {} / {} = {saved:.1} %.",
            hours(peak),
            in_money(peak),
            in_short(peak - total),
            hours(total),
            hours(peak)
        ),
        format!(
            "The minimum alone: {} pod-hours{}. The seasons add {}.",
            hours(minimum),
            in_money(minimum),
            in_short(total - minimum)
        ),
        "What load adds above the floors is not in these figures.".to_owned(),
    ]
}
