//! Documents that are not KEDA's, as far as they have a say in what a ScaledObject scales: workloads, other autoscalers, and
//! limits of a namespace.

use std::collections::BTreeMap;

use crate::yaml::{Mark, Node, Value};

/// One such document.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// `HorizontalPodAutoscaler shop/query`
    pub title: String,
    /// Its own name.
    pub name: String,
    /// Where the manifest says one.
    pub namespace: Option<String>,
    /// Where its name is, or it begins.
    pub mark: Mark,
    /// What it has a say in.
    pub role: Role,
}

/// What a neighbour does.
#[derive(Clone, Debug)]
pub enum Role {
    /// A HorizontalPodAutoscaler.
    Autoscaler {
        /// Of this workload.
        target: Target,
        /// The ScaledObject whose it is already, or `false` for KEDA's own check of it.
        is_settled: bool,
        /// Names of the ScaledObjects that own it.
        owners: Vec<String>,
    },
    /// Something else that sets replicas, of KEDA's add-ons or of another project.
    Scaler(Reach),
    /// A workload with pods.
    Workload {
        /// Itself.
        target: Target,
        /// Whether it sets `replicas`.
        has_replicas: bool,
        /// What it runs.
        pods: Pods,
    },
    /// A LimitRange: resources that it gives containers by default.
    Limits(Vec<String>),
    /// An Argo CD application that leaves `replicas` alone.
    LeavesReplicas,
    /// A CustomResourceDefinition, whose objects may be scaled.
    Definition(Definition),
    /// A TriggerAuthentication or ClusterTriggerAuthentication.
    Authentication(Authentication),
}

/// A kind of objects, as far as the HPA asks it for pods.
#[derive(Clone, Debug)]
pub struct Definition {
    /// `stable.example.com`
    pub group: String,
    /// `CronTab`
    pub kind: String,
    /// Whether a version that has a scale subresource says where the selector of its pods is; which one is asked is not known.
    pub names_pods: bool,
}

/// Credentials that triggers refer to.
#[derive(Clone, Debug)]
pub struct Authentication {
    /// Whether it is of the whole cluster.
    pub is_of_cluster: bool,
    /// The parameters that it gives; nothing where some come from elsewhere.
    pub parameters: Option<Vec<String>>,
}

/// Which objects a scaler changes.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Workloads.
    pub targets: Vec<Target>,
    /// ScaledObjects by name.
    pub objects: Vec<String>,
    /// ScaledObjects by all of these labels; empty for none.
    pub labels: BTreeMap<String, String>,
}

/// A workload, whatever the version of its API.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// `apps`
    pub group: String,
    /// `Deployment`
    pub kind: String,
    /// Its name.
    pub name: String,
}

impl Target {
    /// By API version, kind and name.
    pub fn new((api_version, kind, name): (&str, &str, &str)) -> Self {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        Self { group: group.to_owned(), kind: kind.to_owned(), name: name.to_owned() }
    }

    /// A reference, which may leave the API version out.
    fn of_reference(node: &Node) -> Option<Self> {
        let kind = text(node, "kind")?;
        let usual = if ["Deployment", "StatefulSet", "ReplicaSet"].contains(&kind) { "apps/v1" } else { "" };
        Some(Self::new((text(node, "apiVersion").unwrap_or(usual), kind, text(node, "name")?)))
    }
}

/// The pods of a workload, as its template has them.
#[derive(Clone, Debug, Default)]
pub struct Pods {
    /// In order.
    pub containers: Vec<Container>,
    /// Names of containers that begin before these and stay beside them.
    pub sidecars: Vec<String>,
    /// Resources of which the pod itself has a request or a limit above 0.
    pub resources: Vec<String>,
    /// Whether its labels or annotations ask for a container that is not in the manifest.
    pub is_injected: bool,
}

/// A container of a workload.
#[derive(Clone, Debug)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Resources of which it has a request or a limit above 0.
    pub resources: Vec<String>,
}

impl Neighbour {
    /// Of a document that is neither ScaledObject nor ScaledJob; nothing where it has no say.
    pub fn read(node: &Node) -> Option<Self> {
        let kind = text(node, "kind")?;
        // A patch of kustomize that takes the object away.
        if text(node, "$patch") == Some("delete") {
            return None;
        }
        let group = text(node, "apiVersion").unwrap_or_default();
        let group = group.split_once('/').map_or("", |(group, _)| group);
        let metadata = node.get("metadata")?;
        let name = text(metadata, "name").unwrap_or_default().to_owned();
        let namespace = text(metadata, "namespace").map(str::to_owned);
        let title = match &namespace {
            Some(namespace) => format!("{kind} {namespace}/{name}"),
            None => format!("{kind} {name}"),
        };
        let mark = metadata.get("name").map_or(node.mark, |name| name.mark);
        Some(Self { title, name, namespace, mark, role: role(node, (group, kind))? })
    }
}

fn role(node: &Node, (group, kind): (&str, &str)) -> Option<Role> {
    let spec = node.get("spec")?;
    match (group, kind) {
        ("autoscaling", "HorizontalPodAutoscaler") => autoscaler(node, spec),
        ("", "LimitRange") => Some(Role::Limits(limits(spec))),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => definition(spec).map(Role::Definition),
        ("keda.sh", "TriggerAuthentication") => Some(Role::Authentication(authentication(spec, false))),
        ("keda.sh", "ClusterTriggerAuthentication") => Some(Role::Authentication(authentication(spec, true))),
        ("argoproj.io", "Application" | "ApplicationSet") if names_replicas(spec) => {
            Some(Role::LeavesReplicas)
        }
        _ if spec.get("template").is_some_and(|template| template.get("spec").is_some()) => {
            workload(node, spec)
        }
        // A Rollout that takes its pods from a Deployment, an object of an operator.
        _ => scaler(node, spec, (group, kind)).or_else(|| workload(node, spec).filter(sets_replicas)),
    }
}

fn autoscaler(node: &Node, spec: &Node) -> Option<Role> {
    let target = Target::of_reference(spec.get("scaleTargetRef")?)?;
    let metadata = node.get("metadata")?;
    let annotation = |key| metadata.get("annotations").and_then(|all| text(all, key));
    let label = |key| metadata.get("labels").and_then(|all| text(all, key));
    // KEDA's own, as kubectl prints it, and one that its user took out of the check.
    let is_settled = annotation("validations.keda.sh/hpa-ownership") == Some("false")
        || label("app.kubernetes.io/managed-by") == Some("keda-operator");
    let owners = items(metadata.get("ownerReferences"));
    let owners = owners.filter(|owner| text(owner, "kind") == Some("ScaledObject"));
    let owners = owners.filter_map(|owner| text(owner, "name").map(str::to_owned)).collect();
    Some(Role::Autoscaler { target, is_settled, owners })
}

fn definition(spec: &Node) -> Option<Definition> {
    let kind = text(spec.get("names")?, "kind")?;
    let scales: Vec<&Node> = items(spec.get("versions")).filter_map(scale_of).collect();
    let names_pods =
        scales.is_empty() || scales.iter().any(|scale| text(scale, "labelSelectorPath").is_some());
    Some(Definition { group: text(spec, "group")?.to_owned(), kind: kind.to_owned(), names_pods })
}

fn scale_of(version: &Node) -> Option<&Node> {
    version.get("subresources")?.get("scale")
}

fn authentication(spec: &Node, is_of_cluster: bool) -> Authentication {
    const LISTS: [&str; 3] = ["secretTargetRef", "configMapTargetRef", "env"];
    let Value::Map(entries) = &spec.value else { return Authentication { is_of_cluster, parameters: None } };
    let all = entries.iter().all(|(key, _)| LISTS.contains(&key.value.as_str()));
    let given = LISTS.iter().flat_map(|key| items(spec.get(key)));
    let parameters = given.filter_map(|one| text(one, "parameter").map(str::to_owned)).collect();
    Authentication { is_of_cluster, parameters: all.then_some(parameters) }
}

/// Kinds that scale, by the words in their names; VerticalPodAutoscalers change no replicas.
fn scaler(node: &Node, spec: &Node, (group, kind): (&str, &str)) -> Option<Role> {
    let is_kedify = group.ends_with("kedify.io");
    let is_scaler = ["Autoscaler", "AutoScaler", "ScaledObject", "ScalingPolicy", "ScalingGroup", "Scaler"]
        .iter()
        .any(|word| kind.contains(word));
    if !(is_kedify || is_scaler) || kind.starts_with("Vertical") || leaves_object(node) {
        return None;
    }
    let mut reach = Reach::default();
    for key in ["scaleTargetRef", "targetRef", "target"] {
        let named = spec.get(key).and_then(Target::of_reference);
        // The HTTP add-on takes a Deployment where nothing is said.
        let short = || {
            let name =
                (group == "http.keda.sh").then(|| spec.get(key).and_then(|node| text(node, "name")))??;
            Some(Target::new(("apps/v1", "Deployment", name)))
        };
        reach.targets.extend(named.or_else(short));
    }
    for target in items(spec.get("targets")) {
        match text(target, "kind") {
            Some("ScaledObject") | None => reach.objects.extend(text(target, "name").map(str::to_owned)),
            Some(_) => reach.targets.extend(Target::of_reference(target)),
        }
    }
    if is_kedify
        && let Some(Value::Map(labels)) =
            spec.get("selector").and_then(|selector| selector.get("matchLabels")).map(|labels| &labels.value)
    {
        let pairs =
            labels.iter().filter_map(|(key, value)| Some((key.value.clone(), value.text()?.to_owned())));
        reach.labels = pairs.collect();
    }
    let reaches = !reach.targets.is_empty() || !reach.objects.is_empty() || !reach.labels.is_empty();
    reaches.then_some(Role::Scaler(reach))
}

/// The HTTP add-on makes no ScaledObject of its own where this says so.
fn leaves_object(node: &Node) -> bool {
    let annotations = node.get("metadata").and_then(|metadata| metadata.get("annotations"));
    annotations.and_then(|all| text(all, "httpscaledobject.keda.sh/skip-scaledobject-creation"))
        == Some("true")
}

fn sets_replicas(role: &Role) -> bool {
    matches!(role, Role::Workload { has_replicas: true, .. })
}

fn workload(node: &Node, spec: &Node) -> Option<Role> {
    let name = node.get("metadata").and_then(|metadata| text(metadata, "name"))?;
    let target = Target::new((text(node, "apiVersion")?, text(node, "kind")?, name));
    let has_replicas = spec.get("replicas").is_some_and(|replicas| replicas.value != Value::Null);
    Some(Role::Workload { target, has_replicas, pods: spec.get("template").map(pods).unwrap_or_default() })
}

fn pods(template: &Node) -> Pods {
    let pod = template.get("spec");
    let listed = |key: &str| items(pod.and_then(|pod| pod.get(key)));
    let name = |container: &Node| text(container, "name").unwrap_or_default().to_owned();
    let resources = |node: &Node| {
        let both = ["requests", "limits"].into_iter().filter_map(|key| node.get("resources")?.get(key));
        both.flat_map(set_resources).collect()
    };
    let containers =
        listed("containers").map(|one| Container { name: name(one), resources: resources(one) }).collect();
    let stays = |one: &&Node| text(one, "restartPolicy") == Some("Always");
    let asks = |key: &str| match template.get("metadata").and_then(|metadata| metadata.get(key)) {
        Some(Node { value: Value::Map(entries), .. }) => {
            entries.iter().any(|(key, _)| key.value.contains("inject"))
        }
        _ => false,
    };
    Pods {
        containers,
        sidecars: listed("initContainers").filter(stays).map(name).collect(),
        resources: pod.map(resources).unwrap_or_default(),
        is_injected: asks("labels") || asks("annotations"),
    }
}

fn limits(spec: &Node) -> Vec<String> {
    let containers = items(spec.get("limits")).filter(|limit| text(limit, "type") == Some("Container"));
    let defaults = containers.flat_map(|limit| {
        ["default", "defaultRequest"].into_iter().filter_map(|key| limit.get(key)).collect::<Vec<_>>()
    });
    defaults.flat_map(set_resources).collect()
}

/// The resources of a map of quantities that are above 0.
fn set_resources(quantities: &Node) -> Vec<String> {
    let Value::Map(entries) = &quantities.value else { return Vec::new() };
    let is_set = |value: &Node| match &value.value {
        Value::Null => false,
        Value::Integer(number) => *number > 0,
        Value::Text(text) => !text.trim_start_matches(['0', '.']).is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => true,
    };
    entries.iter().filter(|(_, value)| is_set(value)).map(|(key, _)| key.value.clone()).collect()
}

/// Whether `ignoreDifferences` names the replicas.
fn names_replicas(spec: &Node) -> bool {
    fn says(node: &Node) -> bool {
        match &node.value {
            Value::Text(text) => text.contains("spec/replicas") || text.contains("spec.replicas"),
            Value::List(items) => items.iter().any(says),
            Value::Map(entries) => entries.iter().any(|(_, value)| says(value)),
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Number(_) => false,
        }
    }
    let of_set = || spec.get("template").and_then(|template| template.get("spec"));
    [Some(spec), of_set()].into_iter().flatten().filter_map(|spec| spec.get("ignoreDifferences")).any(says)
}

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key)?.text()
}

fn items(node: Option<&Node>) -> impl Iterator<Item = &Node> {
    let items = node.and_then(|node| if let Value::List(items) = &node.value { Some(items) } else { None });
    items.into_iter().flatten()
}
