//! The fleet: objects with a place become territories, workloads and targets, as `territories.toml` has them.

use std::collections::BTreeMap;

use super::Target;
use super::clock;
use super::load::{self, Labels, Load};
use super::object::Scaled;
use super::place::{self, Candidate, Placed, Why};
use super::remark::{Kind, Remark};
use crate::name::{KubeName, Slug, TerritoryCode};
use crate::time::{Date, Window, Zone};

/// Where the targets are.
pub(super) struct Fleet {
    /// In the order in which the input names them.
    pub(super) territories: Vec<Territory>,
    /// In the order in which the input names them.
    pub(super) workloads: Vec<Workload>,
    /// The clock of workloads without a territory.
    pub(super) zone: Zone,
    /// The namespace of all objects; none where no object names one.
    pub(super) namespace: Option<KubeName>,
}

/// A territory of the proposal.
pub(super) struct Territory {
    pub(super) code: TerritoryCode,
    pub(super) why: Why,
    pub(super) zone: Zone,
    /// Whether no trigger names the zone.
    pub(super) zone_assumed: bool,
}

/// A workload of the proposal.
pub(super) struct Workload {
    pub(super) name: Slug,
    pub(super) deployment: String,
    pub(super) is_queue: bool,
}

/// Places the objects; those that do not fit beside the others are left out with a remark.
pub(super) fn settle<'i>(
    scaled: Vec<Scaled<'i>>,
    horizon: Window<Date>,
    remarks: &mut Vec<Remark>,
) -> (Vec<Target<'i>>, Fleet) {
    let scaled = alone(scaled, remarks);
    let candidates: Vec<_> = scaled.iter().map(candidate).collect();
    let placed = place::places(&candidates);
    let namespace = scaled.iter().find_map(namespace);
    let mut zones: BTreeMap<Option<TerritoryCode>, Zone> = BTreeMap::new();
    for (object, placed) in scaled.iter().zip(&placed) {
        let code = placed.territory.as_ref().map(|(code, _)| code.clone());
        if let Some(zone) = &object.zone {
            zones.entry(code).or_insert_with(|| zone.clone());
        }
    }
    let usual = scaled.iter().find_map(|object| object.zone.clone());
    let usual =
        usual.unwrap_or_else(|| Zone::parse("UTC").expect("internal error: the bundled database has UTC"));
    let mut targets: Vec<Target<'i>> = Vec::new();
    for (object, placed) in scaled.into_iter().zip(placed) {
        let code = placed.territory.as_ref().map(|(code, _)| code.clone());
        let zone = zones.get(&code).unwrap_or(&usual).clone();
        let known = object.zone.as_ref().filter(|own| !clock::alike(own, &zone, horizon));
        if let Some(own) = known {
            let place = code.map_or("the platform".to_owned(), |code| code.to_string());
            let text = format!("it runs on the clock of {own}, {place} on that of {zone}");
            remarks.push(object.found.remark(Kind::LeftOut, None, text));
            continue;
        }
        targets.push(Target { scaled: object, placed, zone });
    }
    let fleet = fleet(&targets, &zones, usual, namespace);
    (targets, fleet)
}

/// Objects of one namespace, one for each Deployment.
fn alone<'i>(scaled: Vec<Scaled<'i>>, remarks: &mut Vec<Remark>) -> Vec<Scaled<'i>> {
    let wanted = scaled.iter().find_map(namespace);
    let mut kept: Vec<Scaled<'i>> = Vec::new();
    for object in scaled {
        let found = object.found;
        let own = namespace(&object);
        if let (None, Some(wanted)) = (&own, &wanted) {
            let text = format!("it names no namespace: {wanted} is taken, as others name it");
            remarks.push(found.remark(Kind::Changed, None, text));
        }
        let foreign = own.as_ref().filter(|own| wanted.as_ref() != Some(own));
        if let (Some(own), Some(wanted)) = (foreign, &wanted) {
            let text =
                format!("it is in namespace {own}, a policy is for one, here {wanted}: import it by itself");
            remarks.push(found.remark(Kind::LeftOut, None, text));
        } else if let Some(first) = kept.iter().find(|other| other.found.target() == found.target()) {
            let text = format!("`{}` scales `{}` already", first.found.name(), found.target());
            remarks.push(found.remark(Kind::LeftOut, None, text));
        } else {
            kept.push(object);
        }
    }
    kept
}

fn namespace(object: &Scaled<'_>) -> Option<KubeName> {
    KubeName::parse(&object.found.object.metadata.namespace.as_ref()?.value)
}

fn candidate<'o>(object: &'o Scaled<'_>) -> Candidate<'o> {
    let labels = &object.found.object.metadata.labels;
    let asked: Vec<Labels> =
        object.loads.iter().map(|(index, _)| load::labels(object.found.trigger(*index))).collect();
    // What the queries ask for is what the series are labelled with: the compiler's own query finds them under no other.
    let label = |key: &str, asked: Option<String>| labels.get(key).map(|label| label.value.clone()).or(asked);
    let workload = label("workload", asked.iter().find_map(|labels| labels.workload.clone()));
    let territory = label("territory", asked.iter().find_map(|labels| labels.territory.clone()));
    let asks = |wanted: fn(&Load) -> bool| object.loads.iter().any(|(_, load)| wanted(load));
    Candidate {
        target: object.found.target(),
        labels: (territory, workload),
        zone: object.zone.as_ref().map(Zone::name),
        is_queue: asks(|load| matches!(load, Load::Backlog(_)))
            && !asks(|load| matches!(load, Load::Requests(_))),
    }
}

fn fleet(
    targets: &[Target<'_>],
    zones: &BTreeMap<Option<TerritoryCode>, Zone>,
    usual: Zone,
    namespace: Option<KubeName>,
) -> Fleet {
    let mut territories: Vec<Territory> = Vec::new();
    let mut workloads: Vec<Workload> = Vec::new();
    for Target { placed: Placed { territory, workload, deployment }, zone, .. } in targets {
        if workloads.iter().all(|known| known.name != workload.0) {
            let is_queue = territory.is_none();
            let (name, deployment) = (workload.0.clone(), deployment.clone());
            workloads.push(Workload { name, deployment, is_queue });
        }
        let Some((code, why)) = territory else { continue };
        if territories.iter().all(|known| known.code != *code) {
            let zone_assumed = !zones.contains_key(&Some(code.clone()));
            territories.push(Territory { code: code.clone(), why: *why, zone: zone.clone(), zone_assumed });
        }
    }
    let zone = zones.get(&None).cloned().unwrap_or(usual);
    if territories.is_empty() && !workloads.is_empty() {
        let (code, zone_assumed) = (place::after_clock(zone.name()), zones.is_empty());
        territories.push(Territory { code, why: Why::Needed, zone: zone.clone(), zone_assumed });
    }
    Fleet { territories, workloads, zone, namespace }
}

impl Fleet {
    /// Whether the language can have it: it wants a territory.
    pub(super) fn is_empty(&self) -> bool {
        self.workloads.is_empty()
    }
}
