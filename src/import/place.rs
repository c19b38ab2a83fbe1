//! Where an object belongs: its territory and its workload, from labels, else from the parts of its target's name, else
//! one territory for each clock.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::{Slug, TerritoryCode};

/// What is known of an object before it has a place.
pub(super) struct Candidate<'o> {
    /// The Deployment's name.
    pub(super) target: &'o str,
    /// `territory` and `workload`: its labels, or what its queries ask for.
    pub(super) labels: (Option<String>, Option<String>),
    /// The zone's name, where a trigger names one.
    pub(super) zone: Option<&'o str>,
    /// Works off a queue: such a workload has no territory.
    pub(super) is_queue: bool,
}

/// An object's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    /// None: a workload of the platform.
    pub(super) territory: Option<(TerritoryCode, Why)>,
    pub(super) workload: (Slug, Why),
    /// `web-{territory}`, or the plain name.
    pub(super) deployment: String,
}

/// How a place was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// A label says so.
    Label,
    /// A part of the target's name.
    Name,
    /// The clock of its triggers.
    Clock,
    /// A policy needs one, though no object has any.
    Needed,
}

/// Keys of a territory's own, which no workload may be called.
const KEYS: [&str; 6] = ["title", "zone", "share", "p95-target", "holidays", "note"];

/// ISO 3166-1 alpha-2: a suffix that is one of these may be a territory, `db` or `ui` may not.
const COUNTRIES: &str = "ad ae af ag ai al am ao ar at au aw az ba bb bd be bf bg bh bi bj bn bo br bs bt bw by bz ca cd \
    cf cg ch ci cl cm cn co cr cu cv cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fm fr ga gb gd ge gh gl gm gn gq \
    gr gt gw gy hk hn hr ht hu id ie il in iq ir is it jm jo jp ke kg kh km kn kp kr kw kz la lb lc li lk lr ls lt lu lv \
    ly ma mc md me mg mk ml mm mn mo mr mt mu mv mw mx my mz na ne ng ni nl no np nz om pa pe pg ph pk pl pr pt py qa ro \
    rs ru rw sa sb sc sd se sg si sk sl sm sn so sr ss st sv sy sz td tg th tj tl tm tn to tr tt tv tw tz ua ug uk us uy \
    uz va vc ve vn vu ye za zm zw";

/// The places of all objects, in the same order.
pub(super) fn places(candidates: &[Candidate<'_>]) -> Vec<Placed> {
    let suffixes = suffixes(candidates);
    let drafts: Vec<_> = candidates.iter().map(|candidate| draft(candidate, &suffixes)).collect();
    let names = names(candidates, &drafts);
    let placed = candidates.iter().zip(drafts).map(|(candidate, (territory, deployment))| {
        let why = if labelled(candidate, &names[&deployment]) { Why::Label } else { Why::Name };
        Placed { territory, workload: (names[&deployment].clone(), why), deployment }
    });
    placed.collect()
}

fn labelled(candidate: &Candidate<'_>, name: &Slug) -> bool {
    candidate.labels.1.as_deref() == Some(name.as_str())
}

/// Two-letter codes at the end of names that several objects share, or that tell apart two of one name.
fn suffixes(candidates: &[Candidate<'_>]) -> BTreeSet<String> {
    let split = |candidate: &Candidate<'_>| {
        let (stem, code) = candidate.target.rsplit_once('-')?;
        let known = code.len() == 2 && COUNTRIES.split_whitespace().any(|country| country == code);
        known.then(|| (stem.to_owned(), code.to_owned()))
    };
    let pairs: BTreeSet<(String, String)> = candidates.iter().filter_map(split).collect();
    let told = |(stem, code): &&(String, String)| {
        let others = pairs.iter().filter(|(other, own)| (other == stem) != (own == code));
        others.count() > 0
    };
    pairs.iter().filter(told).map(|(_, code)| code.clone()).collect()
}

type Draft = (Option<(TerritoryCode, Why)>, String);

fn draft(candidate: &Candidate<'_>, suffixes: &BTreeSet<String>) -> Draft {
    let name = candidate.target;
    if candidate.is_queue {
        return (None, name.to_owned());
    }
    let label =
        candidate.labels.0.as_deref().and_then(|label| TerritoryCode::parse(&label.to_ascii_uppercase()));
    if let Some(code) = label {
        let deployment = pattern(name, &code.lower());
        return (Some((code, Why::Label)), deployment);
    }
    let code = name.rsplit_once('-').map(|(_, code)| code).filter(|code| suffixes.contains(*code));
    if let Some(code) = code.and_then(|code| TerritoryCode::parse(&code.to_ascii_uppercase())) {
        let deployment = pattern(name, &code.lower());
        return (Some((code, Why::Name)), deployment);
    }
    (Some((after_clock(candidate.zone.unwrap_or("UTC")), Why::Clock)), name.to_owned())
}

/// `BERLIN` for `Europe/Berlin`.
pub(super) fn after_clock(zone: &str) -> TerritoryCode {
    let city = zone.rsplit('/').next().unwrap_or(zone).to_ascii_uppercase().replace('_', "-");
    let plain: String = city.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(16).collect();
    TerritoryCode::parse(plain.trim_matches('-'))
        .or_else(|| TerritoryCode::parse("MAIN"))
        .expect("internal error: MAIN is a code")
}

/// The name with the territory taken out of it, where it is a part of its own.
fn pattern(name: &str, code: &str) -> String {
    const PLACE: &str = "{territory}";
    if let Some(stem) = name.strip_suffix(code).filter(|stem| stem.ends_with('-')) {
        return format!("{stem}{PLACE}");
    }
    if let Some(rest) = name.strip_prefix(code).filter(|rest| rest.starts_with('-')) {
        return format!("{PLACE}{rest}");
    }
    name.replacen(&format!("-{code}-"), &format!("-{PLACE}-"), 1)
}

/// A workload for each pattern of names: as labelled, else the pattern without what all of them begin with.
fn names(candidates: &[Candidate<'_>], drafts: &[Draft]) -> BTreeMap<String, Slug> {
    let stem = |deployment: &str| {
        let parts = deployment.split('-').filter(|part| *part != "{territory}");
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    let stems: BTreeSet<Vec<String>> = drafts.iter().map(|(_, deployment)| stem(deployment)).collect();
    let shared = shared(&stems);
    let mut names: BTreeMap<String, Slug> = BTreeMap::new();
    for (candidate, (territory, deployment)) in candidates.iter().zip(drafts) {
        if names.contains_key(deployment) {
            continue;
        }
        let parts = stem(deployment);
        let label =
            candidate.labels.1.as_deref().and_then(Slug::parse).filter(|slug| !KEYS.contains(&slug.as_str()));
        let short = slug(&parts[shared..].join("-"));
        // One label over Deployments of two patterns: the territory tells them apart.
        let told = label.as_ref().zip(territory.as_ref());
        let told = told.map(|(label, (code, _))| slug(&format!("{label}-{}", code.lower())));
        let wanted = label.into_iter().chain(told).chain([short, slug(&parts.join("-"))]);
        let numbered = (2..).map(|n| slug(&format!("{}-{n}", parts.join("-"))));
        let free = wanted.chain(numbered).find(|name| names.values().all(|other| other != name));
        names.insert(deployment.clone(), free.expect("internal error: numbers do not end"));
    }
    names
}

/// How many first parts all stems have in common, one part of each being left.
fn shared(stems: &BTreeSet<Vec<String>>) -> usize {
    let Some(first) = stems.first().filter(|_| stems.len() > 1) else { return 0 };
    let same = |at: &usize| stems.iter().all(|stem| stem.len() > at + 1 && stem[*at] == first[*at]);
    (0..).take_while(same).count()
}

/// A key of the policy for `text`.
pub(super) fn slug(text: &str) -> Slug {
    let plain = text.trim_matches('-');
    let key = if KEYS.contains(&plain) || !plain.starts_with(|c: char| c.is_ascii_lowercase()) {
        format!("w-{plain}")
    } else {
        plain.to_owned()
    };
    // Numbers stand at the end: a long name is cut at its beginning.
    let cut = key.len().saturating_sub(40);
    let short = key[cut..].trim_start_matches(|c: char| !c.is_ascii_lowercase()).trim_end_matches('-');
    Slug::parse(short).or_else(|| Slug::parse("workload")).expect("internal error: the word is a slug")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(targets: &[&str]) -> Vec<String> {
        let zone = Some("Europe/Berlin");
        let candidates: Vec<_> = targets
            .iter()
            .map(|target| Candidate {
                target,
                labels: (None, None),
                zone,
                is_queue: target.contains("worker"),
            })
            .collect();
        let said = places(&candidates).into_iter().map(|placed| {
            let territory = placed.territory.map_or("-".to_owned(), |(code, _)| code.to_string());
            format!("{territory} {} {}", placed.workload.0, placed.deployment)
        });
        said.collect()
    }

    #[test]
    fn a_country_at_the_end_of_several_names_is_a_territory() {
        assert_eq!(
            said(&["shop-api-queries-de", "shop-api-commands-de", "shop-worker"]),
            [
                "DE api-queries shop-api-queries-{territory}",
                "DE api-commands shop-api-commands-{territory}",
                "- worker shop-worker"
            ]
        );
        assert_eq!(said(&["web-de", "web-ch"]), ["DE web web-{territory}", "CH web web-{territory}"]);
    }

    #[test]
    fn letters_that_are_no_country_or_stand_alone_are_a_part_of_the_name() {
        assert_eq!(
            said(&["orders-db", "users-db"]),
            ["BERLIN orders-db orders-db", "BERLIN users-db users-db"]
        );
        assert_eq!(said(&["web-de"]), ["BERLIN web-de web-de"]);
        assert_eq!(said(&["checkout"]), ["BERLIN checkout checkout"]);
    }
}
