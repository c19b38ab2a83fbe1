//! Which policies a command is about, and where their files lie: as the command line says, else as `seasonscale.toml` does, else
//! `policies` and `generated`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::args::{FailOn, Kind, Places};
use super::{Outcome, input, output, within};
use crate::artifact::ArtifactKind;
use crate::name::nearest;
use crate::policy::{self, Project, ProjectPolicy};
use crate::source::{Source, Sources};

/// The names of a project file; the first one that is there counts.
const NAMES: [&str; 2] = ["seasonscale.toml", ".seasonscale.toml"];

/// A policy and its files.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Its name in the project file.
    pub(super) name: Option<String>,
    /// The folder with both files.
    pub(super) policies: PathBuf,
    /// The folder of what is made.
    pub(super) out: PathBuf,
    pub(super) templates: Option<PathBuf>,
    pub(super) migrations_dir: Option<PathBuf>,
    /// Patterns of what lies in `out` and is the team's own.
    pub(super) own: Vec<String>,
    /// The cluster that its files are for, where a project names it.
    pub(super) cluster: Option<String>,
    pub(super) only: Vec<Kind>,
    pub(super) fail_on: FailOn,
}

impl Place {
    /// Whether a file of this kind is wanted.
    pub(super) fn wants(&self, kind: ArtifactKind) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.0 == kind)
    }

    /// Whether a file or folder of `out` is the team's own.
    pub(super) fn is_own(&self, name: &str) -> bool {
        let name = name.trim_end_matches('/');
        self.own.iter().any(|pattern| matches(pattern.trim_end_matches('/'), name))
    }
}

/// Whether `*` in a pattern can stand for what makes it `name`.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.into_iter().any(|at| matches(after, &rest[at..]))
        }),
    }
}

/// The policies that are asked for.
pub(super) fn places(asked: &Places) -> anyhow::Result<Result<Vec<Place>, Outcome>> {
    let places = all_places(asked)?;
    let among = |place: &&Place| is_same(&place.policies, &place.out);
    if let Some(place) = places.iter().flatten().find(among) {
        bail!(
            "`{}` is the folder of the policy itself: its files would lie among the two that they are made of; write another one, as in `--out generated`",
            place.out.display()
        );
    }
    Ok(places)
}

fn all_places(asked: &Places) -> anyhow::Result<Result<Vec<Place>, Outcome>> {
    let Some((root, file)) = project_file()? else {
        if let Some(name) = asked.names.first() {
            bail!("there is no `seasonscale.toml` here or above that would name a policy `{name}`");
        }
        return Ok(Ok(vec![alone(asked)]));
    };
    let project = match read(&root.join(file))? {
        Ok(project) => project,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let chosen = match &asked.policies {
        Some(folder) => {
            if let Some(name) = asked.names.first() {
                bail!("`--policies` and `{name}` both say which policy: leave one out");
            }
            let same = |policy: &&ProjectPolicy| is_same(&root.join(&policy.folder), folder);
            match project.policies.iter().find(same) {
                Some(policy) => vec![policy],
                None => return Ok(Ok(vec![alone(asked)])),
            }
        }
        None => named(&project, &asked.names)?,
    };
    if let (Some(_), [_, _, ..]) = (&asked.out, chosen.as_slice()) {
        bail!(
            "`--out` is the folder of one policy: name it, as in `seasonscale generate {}`",
            chosen[0].name
        );
    }
    Ok(Ok(chosen.into_iter().map(|policy| in_project(&root, policy, asked)).collect()))
}

/// A project file that does not name a policy.
pub(super) struct Unnaming {
    /// The way to its folder.
    pub(super) root: PathBuf,
    pub(super) file: &'static str,
    /// What the policies that it names are called.
    pub(super) names: Vec<String>,
}

/// The project file that commands here go by, where it does not name the policy in `folder`.
pub(super) fn unnaming(folder: &Path) -> anyhow::Result<Option<Unnaming>> {
    let Some((root, file)) = project_file()? else { return Ok(None) };
    let Ok(project) = read(&root.join(file))? else { return Ok(None) };
    let is_named = project.policies.iter().any(|policy| is_same(&root.join(&policy.folder), folder));
    let names = project.policies.iter().map(|policy| policy.name.to_string()).collect();
    Ok((!is_named).then_some(Unnaming { root, file, names }))
}

/// The policies of the project that are not asked for; none where those that are have no project.
pub(super) fn others(chosen: &[Place]) -> anyhow::Result<Vec<Place>> {
    let names: Vec<&str> = chosen.iter().filter_map(|place| place.name.as_deref()).collect();
    let (false, Some((root, file))) = (names.is_empty(), project_file()?) else { return Ok(Vec::new()) };
    let Ok(project) = read(&root.join(file))? else { return Ok(Vec::new()) };
    let rest = project.policies.iter().filter(|policy| !names.contains(&policy.name.as_str()));
    let nothing = Places::of(&[], None);
    Ok(rest.map(|policy| in_project(&root, policy, &nothing)).collect())
}

/// A policy of the project at `root`, where the command line says nothing else.
fn in_project(root: &Path, policy: &ProjectPolicy, asked: &Places) -> Place {
    let path = |path: &String| root.join(path);
    Place {
        name: Some(policy.name.to_string()),
        policies: root.join(&policy.folder),
        out: asked.out.clone().unwrap_or_else(|| root.join(&policy.out.value)),
        templates: asked.templates.clone().or_else(|| policy.templates.as_ref().map(path)),
        migrations_dir: asked.migrations_dir.clone().or_else(|| policy.migrations.as_ref().map(path)),
        own: policy.own.clone(),
        cluster: policy.cluster.clone(),
        ..alone(asked)
    }
}

/// The one policy that a command is about: that of the folder, or of the name, or the only one that there is.
pub(super) fn only(asked: &Places, command: &str) -> anyhow::Result<Result<Place, Outcome>> {
    let places = match places(asked)? {
        Ok(places) => places,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let names: Vec<&str> = places.iter().filter_map(|place| place.name.as_deref()).collect();
    if let [first, _, ..] = names.as_slice() {
        bail!(
            "`seasonscale.toml` has several policies, and this is about one: name it, as in `{}`; there are: {}",
            command.replace("{}", first),
            names.join(", ")
        );
    }
    Ok(Ok(places.into_iter().next().expect("internal error: a project has a policy")))
}

fn alone(asked: &Places) -> Place {
    Place {
        name: None,
        policies: asked.policies.clone().unwrap_or_else(|| "policies".into()),
        out: asked.out.clone().unwrap_or_else(|| "generated".into()),
        templates: asked.templates.clone(),
        migrations_dir: asked.migrations_dir.clone(),
        own: Vec::new(),
        cluster: None,
        only: asked.only.clone(),
        fail_on: asked.fail_on,
    }
}

fn named<'p>(project: &'p Project, names: &[String]) -> anyhow::Result<Vec<&'p ProjectPolicy>> {
    if names.is_empty() {
        return Ok(project.policies.iter().collect());
    }
    let known = || project.policies.iter().map(|policy| policy.name.as_str());
    let one = |name: &String| {
        let found = project.policies.iter().find(|policy| policy.name.as_str() == name);
        found.with_context(|| match nearest(name, known()) {
            Some(near) => format!("`seasonscale.toml` has no policy `{name}`; did you mean `{near}`?"),
            None => format!(
                "`seasonscale.toml` has no policy `{name}`; there are: {}",
                known().collect::<Vec<_>>().join(", ")
            ),
        })
    };
    names.iter().map(one).collect()
}

/// The way up to the nearest project file, and its name.
fn project_file() -> anyhow::Result<Option<(PathBuf, &'static str)>> {
    let here = std::env::current_dir().context("cannot tell which folder this is")?;
    let mut up = PathBuf::new();
    for folder in here.ancestors() {
        if let Some(name) = NAMES.into_iter().find(|name| folder.join(name).exists()) {
            return Ok(Some((up, name)));
        }
        up.push("..");
    }
    Ok(None)
}

fn read(path: &Path) -> anyhow::Result<Result<Project, Outcome>> {
    let name = path.display().to_string();
    let text = input::read(path).with_context(|| format!("cannot read `{name}`"))?;
    let text = String::from_utf8(text).with_context(|| format!("`{name}` is not UTF-8 text"))?;
    let none = Source { name: String::new(), text: String::new() };
    let sources = Sources::new(Source { name, text }, none);
    let (project, problems) = policy::project(&sources);
    output::findings(&problems, &sources);
    Ok(project.ok_or(Outcome::Findings))
}

/// Whether two paths name one folder; of one that is not there yet as far as their letters tell.
fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => within::whole(one) == within::whole(other),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_characters() {
        assert!(matches("*.local.yaml", "shop.local.yaml"));
        assert!(matches("overlays", "overlays"));
        assert!(matches("a*b*", "a-b"));
        assert!(!matches("*.local.yaml", "shop.yaml"));
        assert!(!matches("overlay", "overlays"));
    }
}
