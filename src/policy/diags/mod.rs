//! All that reading a policy can find fault with, in words.

pub(super) mod dates;
pub(super) mod wanted;
pub(super) mod zones;

use std::fmt::Write;

use crate::dates::DateRule;
use crate::finding::{Diagnostic, Rule};
use crate::invisible;
use crate::kept::{Flaw, Kept, Scaled};
use crate::keys::{self, Key, Section};
use crate::name::{Slug, nearest};
use crate::policy::FloorSize;
use crate::quantity::{Millis, Ratio, Version};
use crate::source::Span;

/// "did you mean `x`?", or the whole list where nothing is near and the list is short.
fn suggestion(word: &str, known: &[&str]) -> String {
    if let Some(near) = nearest(word, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    if known.is_empty() {
        return "none is declared yet".to_owned();
    }
    let mut help = String::from("there are: ");
    for (at, name) in known.iter().enumerate() {
        let _ = write!(help, "{}`{name}`", if at == 0 { "" } else { ", " });
    }
    help
}

/// `written`: what stands there, up to the end of its value.
pub(super) fn syntax(message: &str, written: &str, span: Span) -> Diagnostic {
    let title = message.lines().next().unwrap_or("this is not TOML").to_owned();
    let is_bare = |c: char| c.is_ascii_alphanumeric() || " .+-:_".contains(c);
    let is_rule = !written.is_empty() && written.chars().all(is_bare) && DateRule::parse(written).is_ok();
    let help = if is_rule {
        format!("a date rule stands in quotes: `\"{written}\"`")
    } else {
        "the syntax is TOML 1.1, https://toml.io".to_owned()
    };
    Diagnostic::new(Rule::TomlSyntax, title).at(span, "here the text stops being TOML").help(help)
}

pub(super) fn repeated_key(key: &str, again: Span, first: Option<Span>) -> Diagnostic {
    let title = format!("`{}` stands there twice", key.trim_matches(['"', '\'']));
    let found = Diagnostic::new(Rule::TomlSyntax, title).at(again, "the second one");
    let found = first.into_iter().fold(found, |found, first| found.against(first, "the first one"));
    found.help("TOML takes a key or a table once: remove one, merge both, or give one another name")
}

pub(super) fn unknown_key(
    table: &str,
    (key, at): (&str, Span),
    (section, header): (&'static Section, Span),
    known: &[&str],
) -> Diagnostic {
    Diagnostic::new(Rule::UnknownKey, format!("unknown key `{key}` in {table}"))
        .at(at, "no such key")
        .against(header, "in this table")
        .help(with_all_keys(&meant(key, section, known), section))
}

/// What somebody wants who writes a key that a table does not have: a word of another tool, a key of another table, or a slip.
fn meant(key: &str, section: &'static Section, known: &[&str]) -> String {
    if let Some((_, said)) = section.meant.iter().find(|(word, _)| *word == key.to_ascii_lowercase()) {
        return (*said).to_owned();
    }
    if section.all().any(|own| own.name == key) {
        return format!("`{key}` does not go with the other keys here");
    }
    let elsewhere: Vec<String> =
        keys::places_of(key).iter().map(|section| format!("`{}`", section.header())).collect();
    if nearest(key, known.iter().copied()).is_none() && !elsewhere.is_empty() {
        return format!("`{key}` is a key of {}", elsewhere.join(", "));
    }
    let own: Vec<&str> = section.all().map(|key| key.name).collect();
    let near = nearest(key, known.iter().copied()).is_none().then(|| nearest(key, own.iter().copied()));
    match near.flatten() {
        Some(near) => format!("did you mean `{near}`? It does not go with the other keys here"),
        None => suggestion(key, known),
    }
}

/// What was said, and where all keys of a table stand.
fn with_all_keys(said: &str, section: &Section) -> String {
    let way = if section.path.is_empty() { String::new() } else { format!(" {}", section.path) };
    let (mark, all) = if said.ends_with('?') { ("", "All") } else { (";", "all") };
    format!("{said}{mark} {all} keys: `seasonscale keys{way}`")
}

/// A key of a workload's own table that each place of the workload has for itself where territories run it.
pub(super) fn key_of_a_territory(workload: &str, key: &str, at: Span) -> Diagnostic {
    let title =
        format!("`{key}` stands beside `{workload}`, which territories run: each of them has its own");
    Diagnostic::new(Rule::UnknownKey, title)
        .at(at, "not read here")
        .help(format!("write it in `[territories.TERRITORY.{workload}]`, for each territory that runs it"))
}

pub(super) fn missing_key(
    table: &str,
    (key, row): (&str, &'static Key),
    section: &'static Section,
    header: Span,
) -> Diagnostic {
    let written = match row.kind.section().filter(|_| section.path.is_empty()) {
        Some(below) => format!("`[{}]`", below.path),
        None => format!("`{key} = {}`", row.example),
    };
    Diagnostic::new(Rule::MissingKey, format!("{table} has no `{key}`"))
        .at(header, format!("`{key}` is missing here"))
        .note(format!("it takes {}; {}", row.kind.words(), row.left_out.words()))
        .help(with_all_keys(&format!("add {written}"), section))
}

/// `credit-checks-in-flight` of 0.1, which is a row of `[limits]` now.
pub(super) fn credit_checks_moved(key: Span) -> Diagnostic {
    let title = "`credit-checks-in-flight` is not a gate any more: it is a limit of the business's own";
    Diagnostic::new(Rule::MovedKey, title)
        .at(key, "its place until 0.1")
        .note("`[limits.NAME]` takes a metric, the `most` of it, and the label that it is counted `per`")
        .help(
            "write `[limits.credit-checks-in-flight]` with `metric = \"credit_check_requests_in_flight\"`, `most = ..` and `per = \"provider\"`, and take this line out",
        )
}

pub(super) fn limit_name_taken(name: &str, alert: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::InvalidName, format!("the alert of limit `{name}` would be called like `{alert}`"))
        .at(at, "an alert of that name is there already")
        .help("give the limit another name: its alert is called after it")
}

pub(super) fn shares_of_some(with: Span, without: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, "a territory has no `share`, and another has one")
        .at(without, "`share` is missing here")
        .against(with, "it is there in this one")
        .help("give every territory its `share`, or none: then all carry the same")
}

pub(super) fn workload_nowhere(name: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::MissingKey, format!("no territory runs `{name}`"))
        .at(at, "nothing of it is scaled")
        .help(format!("add a table `{name} = {{ replicas = .., rps-per-replica = .. }}` to a territory, or remove the workload"))
}

/// `wanted`: of the key, or of each element of its list.
pub(super) fn wrong_type(
    key: &str,
    (wanted, row): (&str, &'static Key),
    found: &str,
    at: Span,
) -> Diagnostic {
    let found = article(found);
    let written = if row.is_named_by_user() && key.contains(|c: char| !c.is_ascii_alphanumeric() && c != '-')
    {
        format!("\"{key}\"")
    } else {
        key.to_owned()
    };
    Diagnostic::new(Rule::WrongType, format!("`{key}` takes {wanted}, not {found}"))
        .at(at, format!("this is {found}"))
        .help(format!("for example `{written} = {}`", row.example))
}

/// What to write in place of a value of another kind.
pub(super) fn spelled(key: &str, value: &str) -> String {
    format!("write `{key} = {value}`")
}

/// The spelling of a floor that is written without a workload.
pub(super) fn floor_of_all(names: &[&str], size: FloorSize) -> String {
    let size = match size {
        FloorSize::Replicas(count) => count.to_string(),
        FloorSize::Share(share) => format!("\"{share}\""),
    };
    let one = match names {
        [only] => format!("`floor = {{ {only} = {size} }}`, or "),
        _ => String::new(),
    };
    format!("write {one}`floor = {{ \"*\" = {size} }}` for every workload")
}

/// The spelling of a share that is a number: `"50%"` is `0.5`.
pub(super) fn share_of_one(key: &str, text: &str) -> Option<String> {
    let percent: f64 = text.trim().strip_suffix('%')?.trim_end().parse().ok()?;
    Some(format!("write `{key} = {}`", percent / 100.0))
}

/// The spelling of a date where a string is wanted: `2026-09-01T08:00:00` is `"2026-09-01 08:00"`.
pub(super) fn quoted_date(key: &str, date: &str, row: &'static Key) -> String {
    let plain = date.replace('T', " ");
    let plain = plain.strip_suffix(":00").filter(|plain| plain.contains(':')).unwrap_or(&plain);
    let every_year = plain.split_once('-').map(|(_, rest)| rest);
    match every_year.filter(|_| row.kind.words().contains("date rule")) {
        Some(rest) => format!("write `{key} = \"{plain}\"`, or `{key} = \"{rest}\"` for every year"),
        None => format!("write `{key} = \"{plain}\"`"),
    }
}

/// What stands where a moment is wanted, and the moment that it may be meant to be.
pub(super) fn wrong_moment(key: &str, (found, meant): (&str, Option<String>), at: Span) -> Diagnostic {
    let found = if found.starts_with("a ") { found.to_owned() } else { article(found) };
    let help = match meant {
        Some(moment) => {
            format!("write `{key} = {moment}`, to the minute; a season and not a campaign has whole days")
        }
        None => format!(
            "for example `{key} = 2026-09-28T09:00` on each clock, or `{key} = 2026-09-28T07:00:00Z` at one instant for everybody"
        ),
    };
    Diagnostic::new(Rule::WrongType, format!("`{key}` takes a date and a time without quotes, not {found}"))
        .at(at, format!("this is {found}"))
        .help(help)
}

fn article(noun: &str) -> String {
    format!("{} {noun}", if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })
}

pub(super) fn bad_value(key: &str, wanted: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::BadValue, format!("`{key}` takes {wanted}"))
        .at(at, "not this")
        .help(format!("write {wanted}"))
}

pub(super) fn invisible(key: &str, text: &str, at: Span) -> Diagnostic {
    let mut unseen = invisible::unseen(text).map(|(_, c)| c);
    let first = unseen.next().map(invisible::name).unwrap_or_default();
    let found = Diagnostic::new(Rule::InvisibleCharacter, format!("`{key}` has {first}, which nobody sees"))
        .at(at, "here");
    let found = match unseen.count() {
        0 => found,
        more => found.note(format!("and {more} more in this text")),
    };
    found.help("delete it; where it was pasted in with the text, write the text anew")
}

pub(super) fn text_too_long(key: &str, most: usize, text: &str, at: Span) -> Diagnostic {
    let title = format!("`{key}` has {} bytes, and {most} are the most", text.len());
    Diagnostic::new(Rule::TextTooLong, title)
        .at(at, "this text")
        .help("say it in a sentence or two, and link to the rest")
}

pub(super) fn bad_name(name: &str, rule: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::InvalidName, format!("`{}` is not a valid name here", name.escape_debug()))
        .at(at, "not a valid name")
        .help(format!("a name here has {rule}"))
}

/// Requests of two places that nothing tells apart.
pub(super) fn not_told_apart(key: &str, [first, second]: [Span; 2]) -> Diagnostic {
    Diagnostic::new(
        Rule::BadValue,
        format!("`{key} = \"none\"` is for one alone: nothing tells its requests from others"),
    )
    .at(second, "requests of this")
    .against(first, "and of this are counted")
    .help(format!("give `{key}` the name of a label that differs between them, in `[platform.metrics]`"))
}

/// Requests that no label finds among everything else that Prometheus has.
pub(super) fn not_found_by_anything(platform: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::BadValue,
        "`workload-label = \"none\"` needs another label that finds the service's series",
    )
    .at(platform, "`[platform]` has neither `job` nor `app`")
    .help("add `job = \"..\"` or `app = \"..\"`: the value of that label on the service's series")
}

/// A territory that would have a valid name in upper case.
pub(super) fn lower_territory(name: &str, at: Span) -> Diagnostic {
    let upper = name.to_ascii_uppercase();
    Diagnostic::new(Rule::InvalidName, format!("the name of a territory is in upper case: `{upper}`"))
        .at(at, "not in upper case")
        .help(format!("write `[territories.{upper}]`, and `{upper}` wherever a season names it"))
}

pub(super) fn unknown_territory(name: &str, at: Span, known: &[&str]) -> Diagnostic {
    Diagnostic::new(Rule::UnknownTerritory, format!("there is no territory `{}`", name.escape_debug()))
        .at(at, "not declared in territories.toml")
        .help(match known {
            [] => {
                let upper = name.escape_debug().to_string().to_ascii_uppercase();
                let here = if upper == name { String::new() } else { format!(" and `{upper}` here") };
                format!("none is declared yet: write `[territories.{upper}]` in territories.toml{here}, or leave it out here")
            }
            _ => suggestion(name, known),
        })
}

pub(super) fn unknown_workload(name: &str, at: Span, known: &[&str]) -> Diagnostic {
    Diagnostic::new(Rule::UnknownWorkload, format!("there is no workload `{}`", name.escape_debug()))
        .at(at, "not declared in territories.toml")
        .help(suggestion(name, known))
}

pub(super) fn workload_not_there(workload: &str, territory: &str, at: Span, header: Span) -> Diagnostic {
    Diagnostic::new(Rule::UnknownWorkload, format!("territory `{territory}` runs no `{workload}`"))
        .at(at, "a floor for it")
        .against(header, format!("no `[territories.{territory}.{workload}]`"))
        .help(format!("add `[territories.{territory}.{workload}]`, or leave the floor out there"))
}

pub(super) fn emergency_below_gate(workload: &str, [emergency, gate]: [Millis; 2], at: Span) -> Diagnostic {
    let title =
        format!("workload `{workload}`: `p95-emergency` is {emergency}, below its `p95-gate` of {gate}");
    Diagnostic::new(Rule::EmergencyBelowLimit, title)
        .at(at, "an emergency comes before its warning")
        .help(format!("write a `p95-emergency` of {gate} or more, or leave it out"))
}

pub(super) fn emergency_below_target(
    workload: &str,
    territory: &str,
    [emergency, target]: [Millis; 2],
    [at, promised]: [Span; 2],
) -> Diagnostic {
    let title = format!(
        "workload `{workload}`: `p95-emergency` is {emergency}, below the `p95-target` of {target} in {territory}"
    );
    Diagnostic::new(Rule::EmergencyBelowLimit, title)
        .at(at, "an emergency comes while the promise is kept")
        .against(promised, "the promise")
        .help(format!("write a `p95-emergency` of {target} or more, or leave it out"))
}

pub(super) fn burn_never_fires(alerts: &[&str], budget: Ratio, at: Span) -> Diagnostic {
    const ALL: usize = 3;
    let (verb, they) = if alerts.len() == 1 { ("is", "it") } else { ("are", "they") };
    let title = format!("{} {verb} left out: {they} could never fire", alerts.join(" and "));
    Diagnostic::new(Rule::BurnNeverFires, title)
        .at(at, format!("an error budget of {budget} of the requests"))
        .note(
            "these alerts ask for 14.4, 6 and 1 times the budget: above 100 % that is more than all requests",
        )
        .help(if alerts.len() == ALL {
            "write an objective above 0.9306 for all three alerts, or leave it: then none watches the error budget"
        } else {
            "write an objective above 0.9306 for all three alerts, or leave it: the other alerts stand"
        })
}

pub(super) fn limit_below_request(key: &str, request: (&str, Span), limit: (&str, Span)) -> Diagnostic {
    let title = format!("`{key}-limit` is {}, less than the {} that are asked for", limit.0, request.0);
    Diagnostic::new(Rule::LimitBelowRequest, title)
        .at(limit.1, "the most that may be used")
        .against(request.1, "what is kept for the replica")
        .help("Kubernetes refuses such a container: raise the limit, or ask for less")
}

pub(super) fn replica_range(min: (u32, Span), max: (u32, Span)) -> Diagnostic {
    Diagnostic::new(Rule::ReplicaRange, format!("minimum {} is above maximum {}", min.0, max.0))
        .at(min.1, format!("at least {} replicas from here", min.0))
        .against(max.1, format!("at most {} from here", max.0))
        .help("lower the minimum or raise the maximum")
}

pub(super) fn minimum_of_zero(at: Span) -> Diagnostic {
    Diagnostic::new(Rule::ReplicaRange, "a minimum of zero replicas is not supported")
        .at(at, "at least 1")
        .help("write `min = 1`: at zero KEDA bypasses the HPA's scale-down window (kedacore/keda#7770) and the service's own metrics vanish")
}

pub(super) fn name_too_long(name: &str, at: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::NameTooLong,
        format!("ScaledObject `{name}` has {} characters, KEDA allows 54", name.len()),
    )
    .at(at, "this pattern gives it")
    .help("KEDA names the HPA `keda-hpa-<name>`, and a label holds 63 characters: shorten `deployment`")
}

pub(super) fn duplicate_target(scaled: &Scaled, is_kept: bool, [first, second]: [Span; 2]) -> Diagnostic {
    let Scaled { kind, name, .. } = scaled;
    let mend =
        if is_kept { "take one of the two workloads out" } else { "give them different `deployment` names" };
    Diagnostic::new(Rule::DuplicateTarget, format!("two targets would scale {kind} `{name}`"))
        .at(second, "the second one")
        .against(first, "the first one")
        .help(format!("KEDA refuses a second ScaledObject for one workload: {mend}"))
}

pub(super) fn duplicate_hpa(hpa: &str, [first, second]: [Span; 2]) -> Diagnostic {
    Diagnostic::new(Rule::DuplicateTarget, format!("two targets would have the HPA `{hpa}`"))
        .at(second, "the second one")
        .against(first, "the first one")
        .help("KEDA lets the two overwrite each other: give one of them another `horizontalPodAutoscalerConfig.name`")
}

pub(super) fn share_sum(sum: f64, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::ShareSum, format!("the territories' shares add up to {sum:.3}, not 1"))
        .at(at, "the last of them")
        .help("shares are parts of the whole load: 0.70 + 0.20 + 0.10")
}

pub(super) fn unmodelled_version(system: &str, (least, last): (Version, Version), at: Span) -> Diagnostic {
    Diagnostic::new(Rule::UnsupportedVersion, format!("{system} after {last} is not modelled"))
        .at(at, "newer than what is modelled")
        .help(format!("write a version from {least} to {last}: nobody has read here what a later one does"))
}

pub(super) fn unsupported_version(system: &str, least: &str, why: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Rule::UnsupportedVersion, format!("{system} before {least} is not supported"))
        .at(at, "older than what is modelled")
        .help(format!("{why}: upgrade, or stay with hand-written manifests"))
}

pub(super) fn base_unreadable(file: &str, flaw: &Flaw, at: Span) -> Diagnostic {
    let found = Diagnostic::new(Rule::BaseUnreadable, format!("`{file}` {}", flaw.what));
    let found = match flaw.span {
        Some(span) => found.at(span, "here").against(at, "named here"),
        None => found.at(at, "named here"),
    };
    found.help(&flaw.help)
}

/// `file` is the object's file as who runs the command would write it.
pub(super) fn base_cron(object: &Kept, file: &str, at: Span) -> Diagnostic {
    let count = object.crons.len();
    let names: Vec<&str> = object.crons.iter().map(|(name, _)| name.as_str()).collect();
    let title = format!(
        "the ScaledObject `{}` has {count} cron trigger{} of its own: {}",
        object.name,
        if count == 1 { "" } else { "s" },
        names.join(", ")
    );
    let found = Diagnostic::new(Rule::BaseCron, title).at(at, "named here");
    let found =
        object.crons.iter().fold(found, |found, (_, span)| found.against(*span, "a schedule of its own"));
    found.note("a trigger of its own holds beside the plan, and no season explains it").help(format!(
        "`seasonscale import {file}` makes seasons of it: take the triggers out of the file then; or write `keep-cron = true`"
    ))
}

pub(super) fn out_among_policies(policy: &Slug, out: Span) -> Diagnostic {
    let title = format!("the files of policy `{policy}` would lie among its own two");
    Diagnostic::new(Rule::BadValue, title)
        .at(out, "the folder of the policy itself")
        .help(format!("give it a folder of its own, as `out = \"generated/{policy}\"`"))
}

/// The policies by name, each with where its output is written.
pub(super) fn same_output([(one, first), (other, second)]: [(&Slug, Span); 2]) -> Diagnostic {
    let title = format!("the policies `{one}` and `{other}` would write the same files");
    Diagnostic::new(Rule::SameOutput, title)
        .at(second, "the same folder, or one inside of the other")
        .against(first, "the first one")
        .help(format!(
            "give each its own folder, as `out = \"generated/{one}\"` and `out = \"generated/{other}\"`"
        ))
}
