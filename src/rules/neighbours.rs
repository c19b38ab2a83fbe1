//! ScaledObjects against other documents of the same input: who else sets the replicas of a workload, and whether its
//! containers have what a cpu or memory trigger divides by.
//!
//! A document without a namespace is of the same cluster as another only in the same folder: a base and its overlays name
//! the same workloads.

use std::collections::{BTreeMap, BTreeSet};

use super::cost::Cost;
use super::credentials::{self, Reference};
use super::finding::{Finding, Place};
use super::resources::{self, Measured};
use crate::finding::Rule;
use crate::keda::neighbour::{Neighbour, Pods, Role, Target};
use crate::keda::scaledobject::{Kind, ScaledObject};
use crate::quantity::Version;
use crate::yaml::Mark;

/// What a ScaledObject asks of its neighbours.
#[derive(Clone, Debug)]
pub(super) struct Wishes {
    title: String,
    name: String,
    namespace: Option<String>,
    target: Target,
    labels: BTreeMap<String, String>,
    /// The HPA that it wants to take over.
    takes_over: Option<String>,
    /// `transfer-hpa-ownership` is there.
    wants_transfer: bool,
    hpa: String,
    /// Its cpu and memory triggers.
    resources: Vec<Measured>,
    /// Triggers with credentials.
    references: Vec<Reference>,
}

impl Wishes {
    /// Of a ScaledObject with a target; a ScaledJob has none.
    pub(super) fn of(object: &ScaledObject, keda: Version) -> Option<Self> {
        let reference = object.spec.scale_target_ref.target();
        if object.kind == Kind::ScaledJob || reference.2.is_empty() {
            return None;
        }
        let annotation = |key: &str| object.metadata.annotations.get(key).map(|value| value.value.as_str());
        let wants_transfer = annotation("scaledobject.keda.sh/transfer-hpa-ownership") == Some("true");
        let advanced = object.spec.advanced.as_ref();
        let named =
            advanced.and_then(|advanced| advanced.horizontal_pod_autoscaler_config.as_ref()?.name.as_ref());
        let labels = object.metadata.labels.iter();
        Some(Self {
            title: object.title(),
            name: object.metadata.name.value.clone(),
            namespace: object.metadata.namespace.as_ref().map(|namespace| namespace.value.clone()),
            target: Target::new(reference),
            labels: labels.map(|(key, value)| (key.clone(), value.value.clone())).collect(),
            takes_over: named.filter(|_| wants_transfer).map(|name| name.value.clone()),
            wants_transfer,
            hpa: object.hpa_name(),
            resources: resources::measured(object, keda),
            references: credentials::references(object, keda),
        })
    }
}

impl Wishes {
    fn finding(&self, rule: Rule, field: &str, (effect, mend): (String, String), mark: Mark) -> Finding {
        let place = Place { object: self.title.clone(), trigger: None, field: field.to_owned(), mark };
        Finding { rule, place, effect, first: None, mend, cost: Cost::of_kind(rule) }
    }
}

/// What a claim met.
#[derive(Clone, Debug, Default)]
pub struct Met {
    /// What the webhook refuses the object for, because of another one.
    pub refusals: Vec<Finding>,
    /// What else there is to say; of an object that is there twice the last one stays.
    pub others: Vec<Finding>,
}

impl Met {
    /// What both say.
    pub fn with(mut self, more: Self) -> Self {
        self.refusals.extend(more.refusals);
        self.others.extend(more.others);
        self
    }
}

/// Everything that was seen so far.
#[derive(Default)]
pub(super) struct Neighbours {
    objects: BTreeMap<Target, Vec<(Wishes, String)>>,
    workloads: BTreeMap<Target, Vec<(Neighbour, String)>>,
    /// Scalers that choose objects by name or label.
    choosing: Vec<(Neighbour, String)>,
    limits: Vec<(Neighbour, String)>,
    authentications: Vec<(Neighbour, String)>,
    definitions: Vec<(Neighbour, String)>,
    leaves_replicas: bool,
    /// Where what says no namespace is applied, where that is known.
    home: Option<String>,
}

/// Whether the webhook refuses the object for it: another scaler it does not know.
fn is_refusal(finding: &Finding, role: &Role) -> bool {
    let is_hpa = matches!(role, Role::Autoscaler { .. });
    finding.rule == Rule::KedaRequestMissing || finding.rule == Rule::KedaSecondAutoscaler && is_hpa
}

impl Neighbours {
    /// Those of a plan for this namespace.
    pub(super) fn at_home(home: String) -> Self {
        Self { home: Some(home), ..Self::default() }
    }

    /// Whether two documents speak of one namespace.
    fn is_near(&self, one: (&Option<String>, &str), other: (&Option<String>, &str)) -> bool {
        let folder =
            |file: &str| file.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        let is_said = one.0.is_some() && other.0.is_some();
        let placed = |said: &Option<String>| said.as_ref().or(self.home.as_ref()).cloned();
        placed(one.0) == placed(other.0) && (is_said || folder(one.1) == folder(other.1))
    }

    /// Notes a document of `file`; findings about ScaledObjects that were seen in files before it.
    pub(super) fn notice(&mut self, neighbour: Neighbour, file: &str) -> Vec<Finding> {
        let mut found = Vec::new();
        for target in targets(&neighbour.role) {
            for (wishes, other) in self.objects.get(target).into_iter().flatten() {
                if self.is_near((&wishes.namespace, other), (&neighbour.namespace, file)) {
                    found.extend(self.between(wishes, (&neighbour, file), neighbour.mark));
                }
            }
        }
        match &neighbour.role {
            Role::Limits(_) => self.limits.push((neighbour, file.to_owned())),
            Role::LeavesReplicas => self.leaves_replicas = true,
            Role::Definition(_) => self.definitions.push((neighbour, file.to_owned())),
            Role::Authentication(_) => self.authentications.push((neighbour, file.to_owned())),
            Role::Scaler(reach) if reach.targets.is_empty() => {
                self.choosing.push((neighbour, file.to_owned()))
            }
            Role::Scaler(_) | Role::Autoscaler { .. } | Role::Workload { .. } => {
                for target in targets(&neighbour.role) {
                    let all = self.workloads.entry(target.clone()).or_default();
                    all.push((neighbour.clone(), file.to_owned()));
                }
            }
        }
        found
    }

    /// Notes a ScaledObject of `file` whose name is at `mark`.
    pub(super) fn add(&mut self, wishes: &Wishes, file: &str, mark: Mark) -> Met {
        let all = self.workloads.get(&wishes.target).into_iter().flatten();
        let near = all.chain(&self.choosing).filter(|(neighbour, other)| {
            self.is_near((&wishes.namespace, file), (&neighbour.namespace, other))
        });
        let mut said = BTreeSet::new();
        let mut met = Met::default();
        for (neighbour, other) in near {
            let found = self.between(wishes, (neighbour, other), mark).into_iter();
            for finding in found.filter(|finding| said.insert(finding.effect.clone())) {
                let is_refusal = is_refusal(&finding, &neighbour.role);
                if is_refusal { &mut met.refusals } else { &mut met.others }.push(finding);
            }
        }
        met.others.extend(self.without_pods(wishes, mark));
        met.others.extend(self.without_credentials(wishes, file, mark));
        self.objects.entry(wishes.target.clone()).or_default().push((wishes.clone(), file.to_owned()));
        met
    }

    /// A kind whose definition says nowhere which pods its objects have (Kubernetes: `validateAndParseSelector`).
    fn without_pods(&self, wishes: &Wishes, mark: Mark) -> Option<Finding> {
        let is_of = |(neighbour, _): &&(Neighbour, String)| {
            let Role::Definition(one) = &neighbour.role else { return false };
            !one.names_pods && one.group == wishes.target.group && one.kind == wishes.target.kind
        };
        let (definition, file) = self.definitions.iter().find(is_of)?;
        let effect = format!(
            "{} ({file}:{}) has a scale subresource without labelSelectorPath: the HPA knows no pods of {} {}, and changes nothing, for any metric",
            definition.title, definition.mark.line, wishes.target.kind, wishes.target.name
        );
        let mend = "add `labelSelectorPath` to subresources.scale, and let the controller write the selector of its pods there".to_owned();
        Some(wishes.finding(Rule::TargetWithoutPods, "spec.scaleTargetRef", (effect, mend), mark))
    }

    fn without_credentials(&self, wishes: &Wishes, file: &str, mark: Mark) -> Vec<Finding> {
        let known = self.authentications.iter().map(|(neighbour, other)| credentials::Known {
            neighbour,
            is_near: self.is_near((&wishes.namespace, file), (&neighbour.namespace, other)),
            is_here: file == other,
        });
        let known: Vec<credentials::Known<'_>> = known.collect();
        let missed = wishes.references.iter().filter_map(|reference| {
            let (effect, mend) = credentials::missed(wishes.namespace.as_deref(), reference, &known)?;
            let rule = Rule::KedaAuthenticationMissed;
            let mut finding = wishes.finding(rule, "authenticationRef", (effect, mend), mark);
            finding.place.trigger = Some(reference.index);
            finding.cost.lost = Some(reference.lost());
            Some(finding)
        });
        missed.collect()
    }

    fn between(&self, wishes: &Wishes, (neighbour, file): (&Neighbour, &str), mark: Mark) -> Vec<Finding> {
        let finding = |check, field: &str, effect: String, mend: String| {
            wishes.finding(check, field, (effect, mend), mark)
        };
        let seen = format!("{} ({file}:{})", neighbour.title, neighbour.mark.line);
        match &neighbour.role {
            Role::Autoscaler { is_settled, owners, .. } => {
                let is_taken = *is_settled
                    || owners.contains(&wishes.name)
                    || wishes.takes_over.as_ref() == Some(&neighbour.name);
                let said = (!is_taken).then(|| second_autoscaler(wishes, neighbour, &seen));
                said.map(|(effect, mend)| {
                    finding(Rule::KedaSecondAutoscaler, "spec.scaleTargetRef", effect, mend)
                })
                .into_iter()
                .collect()
            }
            Role::Scaler(reach) => {
                let named = reach.objects.contains(&wishes.name);
                let has = |(key, value): (&String, &String)| wishes.labels.get(key) == Some(value);
                let chosen = !reach.labels.is_empty() && reach.labels.iter().all(has);
                let scales = reach.targets.contains(&wishes.target);
                if !(named || chosen || scales) {
                    return Vec::new();
                }
                let what = if scales { "its workload" } else { "its limits" };
                let effect = format!(
                    "{seen} changes {what} as well, and is not read here: the floors that are shown need not hold"
                );
                let mend = if neighbour.title.starts_with("HTTPScaledObject ") {
                    "annotate the HTTPScaledObject with `httpscaledobject.keda.sh/skip-scaledobject-creation: \"true\"`, and give this object the external-push trigger of the add-on"
                } else {
                    "let one of the two set the replicas, or add what the other one does to the floors by hand"
                };
                vec![finding(Rule::KedaSecondAutoscaler, "spec.scaleTargetRef", effect, mend.to_owned())]
            }
            Role::Workload { has_replicas, pods, .. } => {
                let replicas = (*has_replicas && !self.leaves_replicas).then(|| {
                    let effect = format!(
                        "{seen} sets replicas: each time it is applied the workload jumps to that number, below the floor too"
                    );
                    let mend = "remove `replicas` from the workload; the HPA owns that field".to_owned();
                    finding(Rule::WorkloadReplicas, "spec.scaleTargetRef", effect, mend)
                });
                let of_pods = self.of_resources(wishes, pods, file).map(|(rule, index, said)| {
                    let field =
                        if rule == Rule::KedaRequestMissing { "type" } else { "metadata.containerName" };
                    let mut finding = wishes.finding(rule, field, said, mark);
                    finding.place.trigger = Some(index);
                    finding
                });
                replicas.into_iter().chain(of_pods).collect()
            }
            Role::Limits(_) | Role::LeavesReplicas | Role::Definition(_) | Role::Authentication(_) => {
                Vec::new()
            }
        }
    }

    /// What its containers lack that a cpu or memory trigger asks for: the first of such triggers.
    fn of_resources(
        &self,
        wishes: &Wishes,
        pods: &Pods,
        file: &str,
    ) -> Option<(Rule, usize, (String, String))> {
        let target = &wishes.target;
        let is_core = target.group == "apps" && ["Deployment", "StatefulSet"].contains(&&*target.kind);
        let has_default = |resource: &str| {
            self.limits.iter().any(|(limits, other)| {
                let gives = |resources: &[String]| resources.iter().any(|one| one == resource);
                let gives = matches!(&limits.role, Role::Limits(resources) if gives(resources));
                gives && self.is_near((&wishes.namespace, file), (&limits.namespace, other))
            })
        };
        let bare = wishes.resources.iter().filter(|measured| is_core && !has_default(&measured.resource));
        let bare = bare.filter_map(|measured| {
            let said = measured.without_request(target, pods)?;
            Some((Rule::KedaRequestMissing, measured.index, said))
        });
        let astray = wishes.resources.iter().filter_map(|measured| {
            let said = measured.without_container(target, pods)?;
            Some((Rule::ContainerUnknown, measured.index, said))
        });
        bare.chain(astray).next()
    }
}

fn second_autoscaler(wishes: &Wishes, neighbour: &Neighbour, seen: &str) -> (String, String) {
    let effect = format!(
        "{seen} scales {} {} too: KEDA's webhook refuses the object, and without it the two HPAs overwrite each other",
        wishes.target.kind, wishes.target.name
    );
    let transfer = "`scaledobject.keda.sh/transfer-hpa-ownership: \"true\"`";
    let mend = if wishes.wants_transfer {
        format!(
            "name it in advanced.horizontalPodAutoscalerConfig.name: `{}` instead of `{}`",
            neighbour.name, wishes.hpa
        )
    } else if wishes.hpa == neighbour.name {
        let said = "advanced.horizontalPodAutoscalerConfig.name names it already";
        format!("remove the HPA, or take it over: annotate the object with {transfer}; {said}")
    } else {
        format!(
            "remove the HPA, or take it over: {transfer} and advanced.horizontalPodAutoscalerConfig.name `{}`",
            neighbour.name
        )
    };
    (effect, mend)
}

fn targets(role: &Role) -> &[Target] {
    match role {
        Role::Autoscaler { target, .. } | Role::Workload { target, .. } => std::slice::from_ref(target),
        Role::Scaler(reach) => &reach.targets,
        Role::Limits(_) | Role::LeavesReplicas | Role::Definition(_) | Role::Authentication(_) => &[],
    }
}
