//! A text of manifests becomes the one ScaledObject in it that a workload names.

use super::object::{Kept, Scaled, token};
use super::{OURS, lift};
use crate::name::KubeName;
use crate::quantity::Replicas;
use crate::source::{Located, Source, SourceId, Span};
use crate::yaml::{self, Mark, Node, Value};

/// Which object of a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chosen<'n> {
    /// Its name, where the policy says it.
    pub name: Option<&'n str>,
    /// Its namespace, where the policy says it.
    pub namespace: Option<&'n str>,
}

/// Why there is no object to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What is wrong, as a clause about the file: "holds no ScaledObject".
    pub what: String,
    /// Where in the file; absent: nowhere in particular.
    pub span: Option<Span>,
    /// The next step.
    pub help: String,
}

impl Flaw {
    fn new(what: impl Into<String>, span: Option<Span>, help: impl Into<String>) -> Self {
        Self { what: what.into(), span, help: help.into() }
    }
}

/// A document of the file.
struct Part<'t> {
    text: &'t str,
    /// Its first byte in the file.
    at: usize,
    id: SourceId,
}

impl Part<'_> {
    /// The token at a place.
    fn span(&self, mark: Mark) -> Span {
        token(self.text, (self.id, self.at), mark)
    }
}

/// An object that may be the one.
struct Candidate<'t> {
    part: usize,
    node: &'t Node,
    /// Its way from the root of its document: the places in `items`.
    way: Vec<usize>,
}

/// The ScaledObject of `source` that is `chosen`; `file` is what the policy calls it.
pub fn read(source: &Source, id: SourceId, file: &str, chosen: Chosen<'_>) -> Result<Kept, Flaw> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let shift = source.text.len() - text.len();
    let mut parts = Vec::new();
    let mut trees = Vec::new();
    for (_, document) in yaml::cut(text) {
        let at = document.as_ptr() as usize - text.as_ptr() as usize + shift;
        let part = Part { text: document, at, id };
        trees.push(yaml::tree(document).map_err(|problem| broken(&part, &problem))?);
        parts.push(part);
    }
    let (mut objects, mut others) = (Vec::new(), Vec::new());
    for (part, tree) in trees.iter().enumerate() {
        collect(&tree.root, part, &mut Vec::new(), &mut objects, &mut others);
    }
    let found = pick(&parts, objects, &others, chosen)?;
    let part = &parts[found.part];
    if let Some(key) = trees[found.part].doubled.first() {
        let what = format!("has `{}` twice in one map", key.value);
        return Err(Flaw::new(what, Some(part.span(key.mark)), "remove one of the two: the last one counts"));
    }
    let own = lift::alone(part.text, (&found.way, found.node)).map_err(|what| {
        Flaw::new(what, Some(part.span(found.node.mark)), "put the object into a file of its own")
    })?;
    let offset = found.way.is_empty().then_some(part.at);
    let kept = facts(part, found.node, file)?;
    Ok(Kept { text: own, offset, line: text_line(text, part, found.node.mark, shift), ..kept })
}

fn text_line(text: &str, part: &Part<'_>, mark: Mark, shift: usize) -> usize {
    let before = &text[..part.at - shift];
    before.matches('\n').count() + mark.line
}

fn broken(part: &Part<'_>, problem: &yaml::Problem) -> Flaw {
    let span = part.span(problem.mark);
    if part.text.contains("{{") {
        let help = "render it first (`helm template . > base.yaml`) and name what comes out; `keda-form = \"patches\"` then adds the triggers to what Helm installs";
        return Flaw::new("is a template, not YAML", Some(span), help);
    }
    Flaw::new(format!("is not YAML: {problem}"), Some(span), "mend the file: nothing in it can be read")
}

fn collect<'t>(
    node: &'t Node,
    part: usize,
    way: &mut Vec<usize>,
    objects: &mut Vec<Candidate<'t>>,
    others: &mut Vec<String>,
) {
    let kind = node.get("kind").and_then(Node::text).unwrap_or("?");
    let group = node.get("apiVersion").and_then(Node::text).unwrap_or_default();
    if kind == "ScaledObject" && group.starts_with("keda.sh/") {
        objects.push(Candidate { part, node, way: way.clone() });
        return;
    }
    match node.get("items").map(|items| &items.value) {
        Some(Value::List(items)) if kind.ends_with("List") => {
            for (at, item) in items.iter().enumerate() {
                way.push(at);
                collect(item, part, way, objects, others);
                way.pop();
            }
        }
        _ => others.push(match name_of(node) {
            Some(name) => format!("{kind} {name}"),
            None => kind.to_owned(),
        }),
    }
}

fn field<'t>(node: &'t Node, key: &str) -> Option<&'t str> {
    node.get("metadata")?.get(key)?.text()
}

fn name_of(node: &Node) -> Option<&str> {
    field(node, "name")
}

fn title(node: &Node) -> String {
    let name = name_of(node).unwrap_or("?");
    match field(node, "namespace") {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    }
}

fn pick<'t>(
    parts: &[Part<'_>],
    objects: Vec<Candidate<'t>>,
    others: &[String],
    chosen: Chosen<'_>,
) -> Result<Candidate<'t>, Flaw> {
    if objects.is_empty() {
        let jobs = others.iter().any(|other| other.starts_with("ScaledJob"));
        let what = match others {
            [] => "holds nothing".to_owned(),
            others => format!("holds no ScaledObject, but {}", others.join(", ")),
        };
        let help = if jobs {
            "a ScaledJob makes Jobs and has no replicas that a floor could hold: name a ScaledObject"
        } else {
            "name a file with a ScaledObject of `keda.sh/v1alpha1`"
        };
        return Err(Flaw::new(what, None, help));
    }
    let titles: Vec<String> = objects.iter().map(|object| title(object.node)).collect();
    let fits = |object: &Candidate<'_>| {
        let same =
            |wanted: Option<&str>, key| wanted.is_none_or(|wanted| field(object.node, key) == Some(wanted));
        same(chosen.name, "name") && same(chosen.namespace, "namespace")
    };
    let mut fitting: Vec<Candidate<'t>> = objects.into_iter().filter(fits).collect();
    match fitting.len() {
        1 => Ok(fitting.remove(0)),
        0 => {
            let what = format!("holds no ScaledObject of that name, but {}", titles.join(", "));
            Err(Flaw::new(what, None, "write one of these names"))
        }
        _ => {
            let (first, second) = (&fitting[0], &fitting[1]);
            let help = match (name_of(first.node), field(second.node, "namespace")) {
                (Some(name), Some(namespace)) if chosen.name.is_some() => {
                    format!("say which: `{{ file = .., name = \"{name}\", namespace = \"{namespace}\" }}`")
                }
                (name, _) => format!("say which: `{{ file = .., name = \"{}\" }}`", name.unwrap_or("..")),
            };
            let all: Vec<String> = fitting.iter().map(|object| title(object.node)).collect();
            let what = format!("holds {} ScaledObjects that this may be: {}", all.len(), all.join(", "));
            Err(Flaw::new(what, Some(parts[second.part].span(second.node.mark)), help))
        }
    }
}

/// An object whose facts are read, with their places.
struct Facts<'p> {
    part: &'p Part<'p>,
    whole: Span,
}

fn facts(part: &Part<'_>, node: &Node, file: &str) -> Result<Kept, Flaw> {
    let facts = Facts { part, whole: part.span(node.mark) };
    let metadata = node.get("metadata").ok_or_else(|| facts.missing("metadata"))?;
    let name = facts.kube(metadata.get("name").ok_or_else(|| facts.missing("metadata.name"))?)?;
    let namespace = metadata.get("namespace").map(|name| facts.kube(name)).transpose()?;
    let spec = node.get("spec").ok_or_else(|| facts.missing("spec"))?;
    let (min, most) = (facts.count(spec, "minReplicaCount", 0)?, facts.count(spec, "maxReplicaCount", 100)?);
    let idle = spec.get("idleReplicaCount").map(|_| facts.count(spec, "idleReplicaCount", 0)).transpose()?;
    let least = min.map(|min| Replicas(min.0.max(1)));
    let forced = metadata.get("annotations").is_some_and(is_forced);
    let idle = idle.filter(|_| !forced);
    let rest = if forced { least } else { idle.unwrap_or(min) };
    let crons = spec.get("triggers").map(|list| crons(part, list)).unwrap_or_default();
    Ok(Kept {
        file: file.to_owned(),
        text: String::new(),
        offset: None,
        span: facts.whole,
        line: 0,
        namespace,
        scaled: facts.scaled(spec)?,
        hpa: hpa(spec, &name),
        name,
        rest,
        min,
        idle: idle.map(|idle| idle.value),
        least,
        most,
        crons,
    })
}

/// As KEDA names it (`controllers/keda/hpa.go`, `getHPAName`).
fn hpa(spec: &Node, name: &KubeName) -> String {
    let advanced = spec.get("advanced").and_then(|advanced| advanced.get("horizontalPodAutoscalerConfig"));
    let own = advanced.and_then(|config| config.get("name")).and_then(Node::text);
    own.filter(|own| !own.is_empty()).map_or_else(|| format!("keda-hpa-{name}"), str::to_owned)
}

impl Facts<'_> {
    fn missing(&self, what: &str) -> Flaw {
        let what = format!("has a ScaledObject without `{what}`");
        Flaw::new(what, Some(self.whole), "add it: KEDA would refuse the object")
    }

    fn kube(&self, node: &Node) -> Result<KubeName, Flaw> {
        let name = node.text().and_then(KubeName::parse);
        let span = self.part.span(node.mark);
        let what = "has a name that Kubernetes does not take, or that this compiler does not";
        name.ok_or_else(|| Flaw::new(what, Some(span), format!("a name is {}", KubeName::RULE)))
    }

    fn scaled(&self, spec: &Node) -> Result<Scaled, Flaw> {
        let target = spec.get("scaleTargetRef").ok_or_else(|| self.missing("spec.scaleTargetRef"))?;
        let reference = |key: &str, default: &str| match target.get(key) {
            Some(value) => value.text().unwrap_or_default().to_owned(),
            None => default.to_owned(),
        };
        let scaled = Scaled {
            api_version: reference("apiVersion", "apps/v1"),
            kind: reference("kind", "Deployment"),
            name: reference("name", ""),
        };
        if scaled.name.is_empty() { Err(self.missing("spec.scaleTargetRef.name")) } else { Ok(scaled) }
    }

    fn count(&self, spec: &Node, key: &str, default: u32) -> Result<Located<Replicas>, Flaw> {
        let Some(node) = spec.get(key) else { return Ok(Located::new(Replicas(default), self.whole)) };
        let span = self.part.span(node.mark);
        let number = if let Value::Integer(number) = node.value { i32::try_from(number).ok() } else { None };
        let number = number.and_then(|number| u32::try_from(number).ok());
        let flaw = || {
            let what = format!("has a `{key}` that is not a number of replicas");
            Flaw::new(what, Some(span), "write a whole number from 0 on, without quotes")
        };
        Ok(Located::new(Replicas(number.ok_or_else(flaw)?), span))
    }
}

/// Whether an annotation keeps the object active: any value that Go does not take for false.
fn is_forced(annotations: &Node) -> bool {
    let off = ["false", "0", "f", "F", "FALSE", "False"];
    let forced = annotations.get("autoscaling.keda.sh/force-activation").and_then(Node::text);
    forced.is_some_and(|value| !off.contains(&value))
}

fn crons(part: &Part<'_>, list: &Node) -> Vec<(String, Span)> {
    let Value::List(items) = &list.value else { return Vec::new() };
    let own = items.iter().enumerate().filter_map(|(at, item)| {
        let kind = item.get("type").filter(|kind| kind.text() == Some("cron"))?;
        let name = item.get("name").and_then(Node::text);
        if name.is_some_and(|name| name.starts_with(OURS)) {
            return None;
        }
        let label = name.map_or_else(|| format!("triggers[{at}]"), ToOwned::to_owned);
        Some((label, part.span(kind.mark)))
    });
    own.collect()
}
