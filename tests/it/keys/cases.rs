//! The documents that decoder and schema are held against.

use std::fs;

use seasonscale::finding::Diagnostic;
use seasonscale::keys::{FILES, File, Key, Section};
use seasonscale::policy;
use seasonscale::source::{Source, SourceId, Sources};
use toml::Value;

use crate::edits::Case;
use crate::policies;

/// One file of a policy, and what stands beside it.
#[derive(Clone)]
pub struct Document {
    pub name: String,
    pub text: String,
    file: &'static str,
    beside: Sources,
}

impl Document {
    pub fn file(&self) -> File {
        *FILES.iter().find(|file| file.id == self.file).unwrap()
    }

    pub fn id(&self) -> SourceId {
        if self.file == "territories" { Sources::TERRITORIES } else { Sources::CALENDAR }
    }

    pub fn table(&self) -> toml::Table {
        toml::from_str(&self.text).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    pub fn saying(&self, text: String) -> Self {
        Self { text, ..self.clone() }
    }

    /// Every key of the document, with the way to it, its row and the table that it stands in.
    pub fn keys(&self) -> Vec<(Vec<String>, &'static Key, &'static Section)> {
        let mut keys = Vec::new();
        collect(&Value::Table(self.table()), self.file().root, &mut Vec::new(), &mut keys);
        keys
    }

    fn sources(&self) -> Sources {
        let source = Source { name: self.name.clone(), text: self.text.clone() };
        match self.file {
            "calendar" => self.beside.clone().with_calendar(self.text.clone()),
            _ => with_manifests(Sources::new(self.beside.get(Sources::CALENDAR).clone(), source)),
        }
    }
}

type Found = (Vec<String>, &'static Key, &'static Section);

fn collect(value: &Value, section: &'static Section, way: &mut Vec<String>, into: &mut Vec<Found>) {
    let Value::Table(table) = value else { return };
    for (name, value) in table {
        let key = section.key(name).unwrap_or_else(|| panic!("no row for {name} in {}", section.header()));
        way.push(name.clone());
        into.push((way.clone(), key, section));
        match (key.kind, value) {
            (seasonscale::keys::Kind::Named(below), Value::Table(named)) => {
                for (name, value) in named {
                    way.push(name.clone());
                    collect(value, below, way, into);
                    way.pop();
                }
            }
            (kind, Value::Table(_)) => collect(value, kind.section().unwrap(), way, into),
            (kind, Value::Array(elements)) => {
                for (at, element) in elements.iter().enumerate().filter(|(_, element)| element.is_table()) {
                    way.push(at.to_string());
                    collect(element, kind.section().unwrap(), way, into);
                    way.pop();
                }
            }
            _ => {}
        }
        way.pop();
    }
}

/// The document with another value, or none, at the end of a way.
pub fn with(document: &Document, way: &[String], value: Option<Value>) -> Document {
    let mut table = Value::Table(document.table());
    let (last, parents) = way.split_last().unwrap();
    let mut at = &mut table;
    for part in parents {
        at = match part.parse::<usize>() {
            Ok(number) => &mut at.as_array_mut().unwrap()[number],
            Err(_) => at.get_mut(part).unwrap(),
        };
    }
    let parent = at.as_table_mut().unwrap();
    match value {
        Some(value) => parent.insert(last.clone(), value),
        None => parent.remove(last),
    };
    document.saying(toml::to_string(&table).unwrap())
}

/// A value of each type.
pub fn values() -> Vec<Value> {
    let table: toml::Table = toml::from_str(
        "all = [\"x\", 3, 3.5, true, 2027-01-01, 2027-01-01T09:00:00, 2027-01-01T09:00:00Z, 09:00:00, [], [\"x\"], [1], [{}], {}, { mon = 1 }]",
    )
    .unwrap();
    table["all"].as_array().unwrap().clone()
}

pub fn findings(document: &Document) -> Vec<Diagnostic> {
    if document.file == "project" {
        let source = |text: &str| policies::source("seasonscale", text);
        return policy::project(&Sources::new(source(&document.text), source(""))).1;
    }
    if document.file == "expect" {
        let source = |text: &str| policies::source("expect", text);
        return policy::expectations(&Sources::new(source(&document.text), source(""))).1;
    }
    policy::read(&document.sources()).1
}

fn with_manifests(sources: Sources) -> Sources {
    let text = fs::read_to_string(policies::root().join("tests/cases/base/kept.yaml")).unwrap();
    let other = text.replace("name: checkout", "name: importer");
    let source = |name: &str, text: String| Source { name: name.to_owned(), text };
    let sources = sources.with_manifest("base/kept.yaml", source("base/kept.yaml", text));
    sources.with_manifest("base/other.yaml", source("base/other.yaml", other))
}

fn both(name: &str, sources: &Sources) -> [Document; 2] {
    let document = |file: &'static str, id| Document {
        name: format!("{name}/{file}"),
        text: sources.get(id).text.clone(),
        file,
        beside: sources.clone(),
    };
    [document("calendar", Sources::CALENDAR), document("territories", Sources::TERRITORIES)]
}

fn folder(name: &str) -> Sources {
    let read = |file: &str| {
        let path = policies::root().join(name).join(format!("{file}.toml"));
        policies::source(file, &fs::read_to_string(path).unwrap())
    };
    with_manifests(Sources::new(read("calendar"), read("territories")))
}

/// The policy with every key, the project file, and a file of expectations.
pub fn every_key() -> Vec<Document> {
    let sources = folder("tests/cases/every-key");
    let mut all: Vec<Document> = both("every-key", &sources).into();
    for (file, path) in
        [("project", "tests/cases/every-key/seasonscale.toml"), ("expect", "policies/expect.toml")]
    {
        all.push(Document {
            name: format!("every-key/{file}"),
            text: fs::read_to_string(policies::root().join(path)).unwrap(),
            file,
            beside: sources.clone(),
        });
    }
    all
}

/// Policies that are right.
pub fn good() -> Vec<Document> {
    let mut all: Vec<Document> = every_key();
    all.extend(both("reference", &folder("policies")));
    for entry in fs::read_dir(policies::root().join("tests/cases/partial")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        all.extend(both(&name, &folder(&format!("tests/cases/partial/{name}"))));
    }
    all.extend(edited("good"));
    all
}

/// Every case of `tests/cases`.
pub fn all() -> Vec<Document> {
    let mut all = good();
    all.extend(edited("bad"));
    assert!(all.len() > 250, "{}", all.len());
    all
}

fn edited(folder: &str) -> Vec<Document> {
    let entries = fs::read_dir(policies::root().join("tests/cases").join(folder)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "txt"));
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let case = Case::parse(&fs::read_to_string(&path).unwrap());
        let name = path.file_stem().unwrap().to_str().unwrap();
        all.extend(both(&format!("{folder}/{name}"), &policies::edited(&case)));
    }
    all
}
