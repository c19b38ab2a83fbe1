//! The files beside a policy: `seasonscale.toml`, which policies there are and where; files of expectations.

use super::decode::{Problems, Table};
use super::diags;
use super::{reader, syntax};
use crate::finding::Diagnostic;
use crate::keys;
use crate::name::Slug;
use crate::source::{Located, Sources};

/// What the file says.
#[derive(Clone, Debug)]
pub struct Project {
    /// In the order of the file; at least one.
    pub policies: Vec<ProjectPolicy>,
}

/// One policy; paths are relative to the file.
#[derive(Clone, Debug)]
pub struct ProjectPolicy {
    /// As the command line calls it.
    pub name: Slug,
    /// The folder with both files.
    pub folder: String,
    /// The folder of what is made.
    pub out: Located<String>,
    /// A folder with templates.
    pub templates: Option<String>,
    /// The folder of the project's Flyway migrations.
    pub migrations: Option<String>,
    /// Patterns of what lies in `out` and is the team's own.
    pub own: Vec<String>,
    /// The cluster that its files are for.
    pub cluster: Option<String>,
}

/// Reads the file, which stands in the place of the calendar in `sources`.
pub fn project(sources: &Sources) -> (Option<Project>, Vec<Diagnostic>) {
    let (table, flaws) = syntax::parse(&sources.get(Sources::CALENDAR).text, Sources::CALENDAR);
    if !flaws.is_empty() {
        return (None, flaws);
    }
    let mut problems = Problems::new();
    let mut root = Table::root("`seasonscale.toml`", Sources::CALENDAR, &table, &keys::PROJECT);
    let children = root.children("policies", "policy", &mut problems);
    if children.is_empty() && problems.is_empty() {
        problems.push(root.missing("policies"));
    }
    let mut policies: Vec<ProjectPolicy> = Vec::new();
    for (value, mut table) in children {
        let name = value.key_name(Slug::RULE, Slug::parse, &mut problems);
        let mut text = |key| {
            let value = table.get(key)?;
            Some(Located::new(reader::text(value, &mut problems)?, value.span))
        };
        let (folder, out) = (text("folder"), text("out"));
        let (templates, migrations, cluster) = (text("templates"), text("migrations"), text("cluster"));
        let own = table.get("own").and_then(|value| value.texts(&mut problems)).unwrap_or_default();
        let policy = name.map(|name| ProjectPolicy {
            name,
            folder: folder.map_or_else(|| "policies".to_owned(), |folder| folder.value),
            out: out.unwrap_or_else(|| Located::new("generated".to_owned(), table.span)),
            templates: templates.map(|path| path.value),
            migrations: migrations.map(|path| path.value),
            own: own.iter().map(|pattern| pattern.value.to_owned()).collect(),
            cluster: cluster.map(|name| name.value),
        });
        table.finish(&mut problems);
        let Some(policy) = policy else { continue };
        if parts(&policy.folder) == parts(&policy.out.value) {
            problems.push(diags::out_among_policies(&policy.name, policy.out.span));
        }
        if let Some(other) = policies.iter().find(|other| meet(&other.out.value, &policy.out.value)) {
            let both = [(&other.name, other.out.span), (&policy.name, policy.out.span)];
            problems.push(diags::same_output(both));
        }
        policies.push(policy);
    }
    root.finish(&mut problems);
    (Some(Project { policies }).filter(|_| problems.is_empty()), problems)
}

/// The lines of a file of expectations, which stands in the place of the calendar in `sources`.
pub fn expectations(sources: &Sources) -> (Vec<Located<String>>, Vec<Diagnostic>) {
    let (table, mut problems) = syntax::parse(&sources.get(Sources::CALENDAR).text, Sources::CALENDAR);
    if !problems.is_empty() {
        return (Vec::new(), problems);
    }
    let mut root = Table::root("`expect.toml`", Sources::CALENDAR, &table, &keys::EXPECT);
    let lines = root.need("expect", &mut problems).and_then(|value| value.texts(&mut problems));
    root.finish(&mut problems);
    let lines = lines.unwrap_or_default().into_iter().map(|line| line.map(str::to_owned)).collect();
    (lines, problems)
}

/// Whether one of two folders is or holds the other.
fn meet(one: &str, other: &str) -> bool {
    let (one, other) = (parts(one), parts(other));
    one.starts_with(&other) || other.starts_with(&one)
}

fn parts(path: &str) -> Vec<String> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
}
