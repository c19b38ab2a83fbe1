//! `tombi lint --offline`, as an editor would: it takes every good case and refuses every mistyped one.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use seasonscale::keys::{self, FILES};
use toml::Value;

use super::cases::{self, Document, every_key, with};
use super::takes;

/// The names of the files in which it finds errors.
fn refused(folder: &Path) -> BTreeSet<String> {
    let run = Command::new("tombi")
        .args([
            "lint",
            "--offline",
            "--quiet",
            "--diagnostics-format",
            "json",
            "--diagnostics-file",
            "found.json",
            ".",
        ])
        .current_dir(folder)
        .output()
        .expect("tombi, which tests/run.sh installs");
    let found = fs::read_to_string(folder.join("found.json"))
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&run.stderr)));
    let found: Vec<serde_json::Value> = serde_json::from_str(&found).unwrap();
    let errors = found.iter().filter(|finding| finding.to_string().to_lowercase().contains("error"));
    let name = |finding: &serde_json::Value| {
        let text = finding.to_string();
        let end = text.find(".toml").unwrap_or_else(|| panic!("{text}"));
        text[..end].rsplit(['/', '"']).next().unwrap().to_owned()
    };
    errors.map(name).collect()
}

fn write(folder: &Path, name: &str, document: &Document, text: &str) {
    let schema = format!("#:schema ./{}.schema.json\n", document.file().id);
    fs::write(folder.join(format!("{name}.toml")), schema + text).unwrap();
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in &FILES {
        let path = folder.path().join(format!("{}.schema.json", file.id));
        fs::write(path, keys::schema(file).to_string()).unwrap();
    }
    // Without it, tombi looks for a project above the folder.
    fs::write(folder.path().join("tombi.toml"), "").unwrap();
    folder
}

#[test]
fn it_takes_every_good_case_and_no_date_in_quotes() {
    let folder = folder();
    let good = cases::good();
    for (at, document) in good.iter().enumerate() {
        write(folder.path(), &format!("good-{at}"), document, &document.text);
    }
    let quoted = |document: &Document, way: &[&str], date: &str| {
        let way: Vec<String> = way.iter().map(|part| (*part).to_owned()).collect();
        with(document, &way, Some(Value::String(date.to_owned()))).text
    };
    let calendar = every_key().remove(0);
    write(folder.path(), "date", &calendar, &quoted(&calendar, &["plan", "from"], "2027-01-01"));
    let moment = ["campaigns", "mailing", "from"];
    write(folder.path(), "moment", &calendar, &quoted(&calendar, &moment, "2027-09-28T09:00:00"));
    let wanted: BTreeSet<String> = ["date", "moment"].map(str::to_owned).into();
    assert_eq!(refused(folder.path()), wanted);
}

#[test]
fn it_refuses_what_the_schema_refuses_of_each_key_mistyped() {
    let folder = folder();
    let mut wrong = BTreeSet::new();
    for document in every_key() {
        for (at, (way, ..)) in document.keys().iter().enumerate() {
            for (number, value) in cases::values().into_iter().enumerate() {
                let mistyped = with(&document, way, Some(value));
                let name = format!("{}-{at}-{number}", document.file().id);
                write(folder.path(), &name, &mistyped, &mistyped.text);
                if !takes(&mistyped) {
                    wrong.insert(name);
                }
            }
        }
    }
    assert!(wrong.len() > 1000, "{}", wrong.len());
    let found = refused(folder.path());
    let lost: Vec<&String> = wrong.symmetric_difference(&found).take(10).collect();
    let shown = |name: &String| fs::read_to_string(folder.path().join(format!("{name}.toml"))).unwrap();
    assert!(lost.is_empty(), "{lost:?}\n{}", shown(lost[0]));
}
