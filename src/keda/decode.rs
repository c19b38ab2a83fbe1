//! Trees of YAML become ScaledObjects and ScaledJobs, field by field as their CRDs have them (KEDA:
//! `config/crd/bases/keda.sh_scaledobjects.yaml`, `keda.sh_scaledjobs.yaml`), with everything that the API server would
//! refuse or drop.

use super::fields::{self, Fields, Flaw, Flaws, Route};
use super::neighbour::Neighbour;
use super::scaledobject::{
    Advanced, AuthenticationKind, AuthenticationRef, Behavior, Fallback, FallbackBehavior, HpaConfig, Kind,
    Meta, Policy, PolicyKind, Rules, ScaleTargetRef, ScaledObject, ScalingModifiers, SelectPolicy, Spec,
    Trigger,
};
use crate::finding::Rule;
use crate::parallel;
use crate::yaml::{self, Document, Mark, Marked, Node, Problem, Tree, Value};

/// An object as far as it can be read, and what is wrong with the rest.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The object; what is missing in it is empty.
    pub object: ScaledObject,
    /// In the order in which they were met.
    pub flaws: Vec<Flaw>,
}

/// What a document holds.
#[derive(Clone, Debug, Default)]
pub struct Contents<'t> {
    /// Objects with triggers, those inside a `List` included, to be read by [`object`].
    pub objects: Vec<(Kind, &'t Node)>,
    /// The kinds of all others, `?` for what has none.
    pub others: Vec<&'t str>,
    /// Those of them that have a say in what an object scales.
    pub neighbours: Vec<Neighbour>,
}

/// All ScaledObjects of a text, each document on its own and strictly: one flaw and it cannot be read.
pub fn read(text: &str) -> Vec<Document<ScaledObject>> {
    yaml::each_document(text, |part| strict(&yaml::tree(part)?))
}

/// The same, each with its text and the tree that it was read from.
pub fn read_with_trees(text: &str) -> Vec<(Document<ScaledObject>, &str, Option<Tree>)> {
    let parts: Vec<(usize, &str)> = yaml::cut(text).collect();
    parallel::map(&parts, |(line, part)| {
        let (content, tree) = match yaml::tree(part) {
            Ok(tree) => (strict(&tree), Some(tree)),
            Err(problem) => (Err(problem), None),
        };
        (Document { line: *line, content }, *part, tree)
    })
}

fn strict(tree: &Tree) -> Result<ScaledObject, Problem> {
    if let Some(key) = tree.doubled.first() {
        return Err(Problem { mark: key.mark, message: format!("`{}` is there twice", key.value) });
    }
    let decoded = match kind_of(&tree.root) {
        Some(Kind::ScaledObject) => object(&tree.root, Kind::ScaledObject),
        Some(Kind::ScaledJob) | None => {
            return Err(Problem { mark: tree.root.mark, message: "is not a ScaledObject".to_owned() });
        }
    };
    match decoded.flaws.into_iter().next() {
        Some(flaw) => Err(Problem { mark: flaw.mark, message: flaw.to_string() }),
        None => Ok(decoded.object),
    }
}

/// Everything in a document that has triggers.
pub fn contents(root: &Node) -> Contents<'_> {
    let mut contents = Contents::default();
    collect(root, &mut contents);
    contents
}

/// The same in a sequence of what the items of a `List` are.
pub fn contents_of_items(root: &Node) -> Contents<'_> {
    let mut contents = Contents::default();
    if let Value::List(items) = &root.value {
        items.iter().for_each(|item| collect(item, &mut contents));
    }
    contents
}

fn collect<'t>(node: &'t Node, into: &mut Contents<'t>) {
    let items = node.get("items").map(|items| &items.value);
    let name = node.get("kind").and_then(Node::text);
    match (kind_of(node), name, items) {
        (Some(kind), _, _) => into.objects.push((kind, node)),
        (None, Some(name), Some(Value::List(items))) if name.ends_with("List") => {
            items.iter().for_each(|item| collect(item, into));
        }
        (None, name, _) => {
            into.others.push(name.unwrap_or("?"));
            into.neighbours.extend(Neighbour::read(node));
        }
    }
}

/// The kind of a document, where it is one of KEDA's with triggers, or is meant to be: whatever version it says, in upper or
/// lower case, without an `apiVersion`, or with the group of KEDA 1.
fn kind_of(node: &Node) -> Option<Kind> {
    let kind = node.get("kind")?.text()?;
    let group = node.get("apiVersion").map(|version| version.text().and_then(|text| text.split('/').next()));
    let keda = matches!(group, None | Some(None | Some("keda.sh" | "keda.k8s.io")));
    [Kind::ScaledObject, Kind::ScaledJob]
        .into_iter()
        .find(|one| keda && one.name().eq_ignore_ascii_case(kind))
}

/// One object.
pub fn object(root: &Node, kind: Kind) -> Decoded {
    let mut flaws = Flaws::new();
    let route = Route::Root;
    let mut fields = Fields::new(root, &route, &mut flaws);
    fields.need("apiVersion", &mut flaws);
    fields.choice("apiVersion", &[("keda.sh/v1alpha1", ())], &mut flaws);
    fields.choice("kind", &[(kind.name(), ())], &mut flaws);
    fields.ignore(&["status"]);
    let metadata = fields.need("metadata", &mut flaws);
    let spec = fields.need("spec", &mut flaws);
    fields.end(&mut flaws);
    let empty = Node { mark: root.mark, value: Value::Map(Vec::new()) };
    let metadata = meta(metadata.unwrap_or(&empty), &Route::Field(&route, "metadata"), &mut flaws);
    let read = match kind {
        Kind::ScaledObject => scaled_object,
        Kind::ScaledJob => scaled_job,
    };
    let spec = read(spec.unwrap_or(&empty), &Route::Field(&route, "spec"), &mut flaws);
    Decoded { object: ScaledObject { mark: root.mark, kind, metadata, spec }, flaws }
}

fn meta(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Meta {
    let mut fields = Fields::new(node, route, flaws);
    let generated = fields.get("generateName").is_some();
    let named = fields.get("name").is_some();
    let generated = generated && !named;
    let name = if generated { fields.text("generateName", flaws) } else { None };
    let meta = Meta {
        name: name.unwrap_or_else(|| fields.need_text("name", flaws)),
        is_generated: generated,
        namespace: fields.text("namespace", flaws),
        labels: fields.texts("labels", flaws).map(|labels| labels.value).unwrap_or_default(),
        annotations: fields.texts("annotations", flaws).map(|texts| texts.value).unwrap_or_default(),
    };
    fields.ignore(&[
        "name",
        "finalizers",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "managedFields",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    ]);
    fields.end(flaws);
    meta
}

fn scaled_object(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Spec {
    let mut fields = Fields::new(node, route, flaws);
    let reference = fields.need("scaleTargetRef", flaws);
    let reference = reference.map(|node| scale_target(node, &Route::Field(route, "scaleTargetRef"), flaws));
    let triggers = triggers(&mut fields, flaws);
    let spec = Spec {
        scale_target_ref: reference.unwrap_or_else(|| no_target(node.mark)),
        polling_interval: fields.integer("pollingInterval", flaws),
        initial_cooldown_period: fields.integer("initialCooldownPeriod", flaws),
        cooldown_period: fields.integer("cooldownPeriod", flaws),
        idle_replica_count: fields.integer("idleReplicaCount", flaws),
        min_replica_count: fields.integer("minReplicaCount", flaws),
        max_replica_count: fields.integer("maxReplicaCount", flaws),
        scaling_strategy: None,
        fallback: fields.map("fallback", flaws, fallback),
        advanced: fields.map("advanced", flaws, advanced).map(|advanced| advanced.value),
        has_triggers: triggers.is_some(),
        triggers: triggers.unwrap_or(Marked { value: Vec::new(), mark: node.mark }),
    };
    fields.end(flaws);
    spec
}

/// A ScaledJob's own settings are read past: of its counts only triggers have anything to do with a calendar.
fn scaled_job(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Spec {
    let mut fields = Fields::new(node, route, flaws);
    fields.need("jobTargetRef", flaws);
    fields.ignore(&[
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
        "envSourceContainerName",
        "rolloutStrategy",
        "rollout",
    ]);
    let triggers = triggers(&mut fields, flaws);
    let spec = Spec {
        scale_target_ref: no_target(node.mark),
        polling_interval: fields.integer("pollingInterval", flaws),
        initial_cooldown_period: None,
        cooldown_period: None,
        idle_replica_count: None,
        min_replica_count: fields.integer("minReplicaCount", flaws),
        max_replica_count: fields.integer("maxReplicaCount", flaws),
        scaling_strategy: fields.map("scalingStrategy", flaws, strategy).and_then(|strategy| strategy.value),
        fallback: None,
        advanced: None,
        has_triggers: triggers.is_some(),
        triggers: triggers.unwrap_or(Marked { value: Vec::new(), mark: node.mark }),
    };
    fields.end(flaws);
    spec
}

fn strategy(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Option<Marked<String>> {
    let mut fields = Fields::new(node, route, flaws);
    fields.ignore(&[
        "customScalingQueueLengthDeduction",
        "customScalingRunningJobPercentage",
        "pendingPodConditions",
        "multipleScalersCalculation",
    ]);
    let strategy = fields.text("strategy", flaws);
    fields.end(flaws);
    strategy
}

/// None where there is no list of them.
fn triggers(fields: &mut Fields<'_>, flaws: &mut Flaws) -> Option<Marked<Vec<Trigger>>> {
    fields.need("triggers", flaws)?;
    fields.list("triggers", flaws, trigger)
}

fn no_target(mark: Mark) -> ScaleTargetRef {
    let name = Marked { value: String::new(), mark };
    ScaleTargetRef { api_version: None, kind: None, name }
}

fn scale_target(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> ScaleTargetRef {
    let mut fields = Fields::new(node, route, flaws);
    let reference = ScaleTargetRef {
        api_version: fields.text("apiVersion", flaws).map(|text| text.value),
        kind: fields.text("kind", flaws).filter(|kind| !kind.value.is_empty()),
        name: fields.need_text("name", flaws),
    };
    fields.ignore(&["envSourceContainerName"]);
    fields.end(flaws);
    reference
}

fn fallback(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Fallback {
    const BEHAVIORS: &[(&str, FallbackBehavior)] = &[
        ("static", FallbackBehavior::Static),
        ("currentReplicas", FallbackBehavior::CurrentReplicas),
        ("currentReplicasIfHigher", FallbackBehavior::CurrentReplicasIfHigher),
        ("currentReplicasIfLower", FallbackBehavior::CurrentReplicasIfLower),
        ("scalingModifiers", FallbackBehavior::ScalingModifiers),
    ];
    let mut fields = Fields::new(node, route, flaws);
    let fallback = Fallback {
        failure_threshold: fields.need_integer("failureThreshold", flaws),
        replicas: fields.need_integer("replicas", flaws),
        behavior: fields.choice("behavior", BEHAVIORS, flaws),
    };
    fields.end(flaws);
    fallback
}

fn advanced(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Advanced {
    let mut fields = Fields::new(node, route, flaws);
    let config = fields.map("horizontalPodAutoscalerConfig", flaws, hpa_config);
    let advanced = Advanced {
        horizontal_pod_autoscaler_config: config.map(|config| config.value),
        restore_to_original_replica_count: fields
            .boolean("restoreToOriginalReplicaCount", flaws)
            .map(|restore| restore.value),
        scaling_modifiers: fields
            .map("scalingModifiers", flaws, scaling_modifiers)
            .filter(|modifiers| modifiers.value.is_used),
    };
    fields.end(flaws);
    advanced
}

fn hpa_config(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> HpaConfig {
    let mut fields = Fields::new(node, route, flaws);
    let config = HpaConfig {
        name: fields.text("name", flaws),
        behavior: fields.map("behavior", flaws, behavior).map(|behavior| behavior.value),
    };
    fields.end(flaws);
    config
}

fn behavior(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Behavior {
    let mut fields = Fields::new(node, route, flaws);
    let behavior = Behavior {
        scale_up: fields.map("scaleUp", flaws, rules),
        scale_down: fields.map("scaleDown", flaws, rules),
    };
    fields.end(flaws);
    behavior
}

fn rules(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Rules {
    const POLICIES: &[(&str, SelectPolicy)] =
        &[("Max", SelectPolicy::Max), ("Min", SelectPolicy::Min), ("Disabled", SelectPolicy::Disabled)];
    let mut fields = Fields::new(node, route, flaws);
    let window = fields.integer("stabilizationWindowSeconds", flaws);
    let policies = fields.list("policies", flaws, policy);
    let rules = Rules {
        stabilization_window_seconds: window.map(|window| window.value),
        select_policy: fields.choice_of_hpa("selectPolicy", POLICIES, flaws).map(|chosen| chosen.value),
        tolerance: fields.quantity("tolerance", flaws),
        policies: policies.map(|policies| policies.value).filter(|policies| !policies.is_empty()),
    };
    fields.end(flaws);
    rules
}

fn policy(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Policy {
    const KINDS: &[(&str, PolicyKind)] = &[("Pods", PolicyKind::Pods), ("Percent", PolicyKind::Percent)];
    let mut fields = Fields::new(node, route, flaws);
    if fields.need("type", flaws).is_none() {
        fields.ignore(&["type"]);
    }
    let policy = Policy {
        kind: fields.choice_of_hpa("type", KINDS, flaws).map_or(PolicyKind::Pods, |chosen| chosen.value),
        value: fields.need_integer("value", flaws),
        period_seconds: fields.need_integer("periodSeconds", flaws),
    };
    if let Some(tolerance) = fields.get("tolerance") {
        flaws.push(Flaw {
            rule: Rule::KedaFieldUnknown,
            route: Route::Field(route, "tolerance").to_string(),
            mark: tolerance.mark,
            effect: "is pruned: KEDA's documentation shows it inside a policy, the HPA has it beside them"
                .to_owned(),
            mend: "move it up, beside `policies`".to_owned(),
        });
    }
    fields.end(flaws);
    policy
}

fn scaling_modifiers(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> ScalingModifiers {
    const TYPES: &[(&str, bool)] = &[("AverageValue", false), ("Value", true)];
    let mut fields = Fields::new(node, route, flaws);
    let mut text = |name| fields.text(name, flaws).map(|text| text.value).filter(|text| !text.is_empty());
    let (formula, target, activation_target) = (text("formula"), text("target"), text("activationTarget"));
    let metric_type = fields.choice("metricType", TYPES, flaws);
    fields.end(flaws);
    let is_used =
        formula.is_some() || target.is_some() || activation_target.is_some() || metric_type.is_some();
    let is_value = metric_type.as_ref().is_some_and(|is_value| is_value.value);
    ScalingModifiers { formula, target, activation_target, is_value, is_used }
}

fn trigger(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> Trigger {
    let mut fields = Fields::new(node, route, flaws);
    fields.need("metadata", flaws);
    let trigger = Trigger {
        mark: node.mark,
        kind: fields.need_text("type", flaws),
        name: fields.text("name", flaws),
        metric_type: fields.text("metricType", flaws),
        use_cached_metrics: fields.boolean("useCachedMetrics", flaws),
        authentication_ref: fields.map("authenticationRef", flaws, authentication).map(|one| one.value),
        metadata: fields.texts("metadata", flaws),
    };
    fields.end(flaws);
    trigger
}

fn authentication(node: &Node, route: &Route<'_>, flaws: &mut Flaws) -> AuthenticationRef {
    const KINDS: &[(&str, AuthenticationKind)] = &[
        ("TriggerAuthentication", AuthenticationKind::TriggerAuthentication),
        ("ClusterTriggerAuthentication", AuthenticationKind::ClusterTriggerAuthentication),
    ];
    let mut fields = Fields::new(node, route, flaws);
    let reference = AuthenticationRef {
        // An empty name is taken, and no authentication is looked for.
        name: fields
            .need("name", flaws)
            .map(|node| fields::text(node, &Route::Field(route, "name"), flaws).value)
            .unwrap_or_default(),
        kind: fields.choice("kind", KINDS, flaws).map(|chosen| chosen.value),
    };
    fields.end(flaws);
    reference
}
