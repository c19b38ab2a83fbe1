//! Formulas as KEDA's own compiler and machine work them out: those of `tests/vectors/keda-formula*.jsonl`, made by
//! `keda formulas` of `tests/keda`, and those of the file that `KEDA_FORMULAS` names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::{env, fs};

use seasonscale::keda::formula::{Composite, Formula, Machine, Refusal, Value};
use seasonscale::quantity::Version;
use serde_json::Value as Json;

use crate::policies::root;

fn files() -> Vec<PathBuf> {
    let beside = fs::read_dir(root().join("tests/vectors")).unwrap().map(|entry| entry.unwrap().path());
    let is_one = |path: &PathBuf| {
        path.file_name().is_some_and(|name| {
            let name = name.to_str().unwrap();
            name.starts_with("keda-formula") && name.ends_with(".jsonl")
        })
    };
    let mut files: Vec<PathBuf> = beside.filter(is_one).collect();
    files.sort();
    files.extend(env::var_os("KEDA_FORMULAS").map(PathBuf::from));
    files
}

fn keda() -> Version {
    Version::new(2, 20)
}

/// On which the committed answers were made; the step of `tests/keda` asks on the one that it has.
const MACHINE: Machine = if cfg!(target_arch = "aarch64") { Machine::Arm64 } else { Machine::Amd64 };

/// Nothing where both sides are the same, or what differs; the form that is not read where the formula has one.
fn compared(line: &Json) -> Result<Option<&'static str>, String> {
    let text = line["formula"].as_str().unwrap();
    let values: BTreeMap<String, Option<f64>> = line["values"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_f64()))
        .collect();
    let names: BTreeSet<String> = values.keys().cloned().collect();
    let compiled = Formula::compile(text, &names, keda());
    if let Err(Refusal::Beyond(form)) = compiled {
        return Ok(Some(form));
    }
    let minus_one = names.iter().map(|name| (name.clone(), -1.0)).collect();
    let formula = compiled.as_ref().ok().filter(|formula| !formula.surely_fails(&minus_one));
    let taken = line["taken"].as_bool().unwrap();
    if formula.is_some() != taken {
        return Err(format!("KEDA takes it: {taken}; we: {compiled:?}").chars().take(400).collect());
    }
    let Some(formula) = formula else { return Ok(None) };
    let said = line["result"].as_str().unwrap();
    let known = |name: &String, value: &Option<f64>| (name.clone(), value.map_or(Value::Nil, Value::At));
    let exact = values.iter().map(|(name, value)| known(name, value)).collect();
    // A root or another power of a fraction is known but for its last digits, and so is what depends on it.
    let rough = text.contains("**") || text.contains('^');
    holds(said, formula.composite_on(&exact, MACHINE), !rough)?;
    holds(said, formula.composite(&exact), false)?;
    // Whatever the loads are, the result lies within what is said of all loads.
    let loads = values.iter().map(|(name, value)| match (name.as_str(), value) {
        ("load" | "queue", Some(_)) => (name.clone(), Value::Load),
        _ => known(name, value),
    });
    holds(said, formula.composite(&loads.collect()), false).map(|()| None)
}

fn holds(said: &str, composite: Option<Composite>, exact: bool) -> Result<(), String> {
    let Some(composite) = composite else {
        return if exact { Err("not worked out".to_owned()) } else { Ok(()) };
    };
    let wrong = || Err(format!("KEDA: {said}; we, exact {exact}: {composite:?}"));
    let fits = match said {
        "error" => composite.fails,
        "nil" => composite.nil,
        _ => {
            let value: f64 = said.parse().unwrap();
            // A number of a division by zero, or one too large for a whole number: said to be any.
            let any = composite.least == f64::NEG_INFINITY && composite.most == f64::INFINITY;
            let near = value.abs() * 1e-12;
            let within = composite.least - near <= value && value <= composite.most + near;
            let alone = !composite.nil && !composite.fails && composite.most - composite.least <= 2.0 * near;
            any || within && (!exact || alone || value.abs() > 1e15)
        }
    };
    if fits { Ok(()) } else { wrong() }
}

#[derive(Default)]
struct Tally {
    count: usize,
    taken: usize,
    numbers: usize,
    unread: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

#[test]
fn formulas_are_taken_and_worked_out_as_by_keda() {
    for file in files() {
        let mut tally = Tally::default();
        for line in fs::read_to_string(&file).unwrap().lines() {
            tally.add(&serde_json::from_str(line).unwrap());
        }
        let first: Vec<&String> = tally.wrong.iter().take(60).collect();
        let Tally { count, taken, numbers, wrong, .. } = &tally;
        assert!(wrong.is_empty(), "{} of {count} differ:\n{first:#?}", wrong.len());
        let beyond: usize = tally.unread.values().sum();
        println!("{count} formulas, {taken} taken, {numbers} with a number, {beyond} not read, none differs");
        if *count >= 1000 {
            assert!(taken * 2 > *count && numbers * 3 > *count, "too few cases say anything");
            assert!(beyond * 25 < *count, "{beyond} are not read: {:?}", tally.unread);
        }
    }
}

impl Tally {
    fn add(&mut self, line: &Json) {
        self.count += 1;
        self.taken += usize::from(line["taken"] == true);
        let is_number = line["result"].as_str().is_some_and(|said| said.parse::<f64>().is_ok());
        self.numbers += usize::from(is_number);
        match compared(line) {
            Ok(None) => {}
            Ok(Some(form)) => *self.unread.entry(form).or_default() += 1,
            Err(why) => self.wrong.push(format!("{}\n  {} {why}", line["formula"], line["values"])),
        }
    }
}

#[test]
fn what_is_not_read_says_nothing_and_what_keda_refuses_is_refused() {
    let names: BTreeSet<String> = ["load", "day"].map(str::to_owned).into();
    for text in
        ["load > 1 ? \"a\" : 2", "{\"a\": 1}.a", "now().Hour()", "first([load])", "filter([load], # > 1)[-1]"]
    {
        let compiled = Formula::compile(text, &names, keda());
        assert!(matches!(compiled, Err(Refusal::Beyond(_))), "{text}: {compiled:?}");
    }
    for text in [
        "",
        "load +",
        "load % 2",
        "max()",
        "lod",
        "load // a note",
        "let day = 1; day",
        "not load",
        "5load",
        "load ?: 2",
    ] {
        let compiled = Formula::compile(text, &names, keda());
        assert!(matches!(compiled, Err(Refusal::Refused(_) | Refusal::Unnamed(_))), "{text}: {compiled:?}");
    }
    let deep = format!("{}load{}", "(".repeat(5000), ")".repeat(5000));
    assert!(matches!(Formula::compile(&deep, &names, keda()), Err(Refusal::Beyond(_))));
}

#[test]
fn a_ceiling_is_found_however_it_is_written() {
    let names: BTreeSet<String> = ["load", "day"].map(str::to_owned).into();
    let bounds = |text: &str, day: f64| {
        let values = [("load".to_owned(), Value::Load), ("day".to_owned(), Value::At(day))].into();
        let composite = Formula::compile(text, &names, keda()).unwrap().composite(&values).unwrap();
        (composite.least, composite.most)
    };
    let forms = [
        "min(load, 5)",
        "load > 5 ? 5 : load",
        "load < 5 ? load : 5",
        "if load >= 5 { 5 } else { load }",
        "min([load, 5])",
        "not (load > 5) ? load : 5.0",
        "let wanted = load; wanted > 5 ? 5 : wanted",
        "min(load * 2, 10) / 2",
        "load > 5 and day > 0 ? 5 : (day > 0 ? load : 5)",
        "floor(min(load, 5))",
        "(load ?? 0) | min(5)",
        "[5, load][load > 5 ? 0 : 1] | min(5)",
    ];
    for form in forms {
        let (least, most) = bounds(form, 3.0);
        assert!((0.0..=5.0).contains(&least) && most == 5.0, "{form}: {least} to {most}");
    }
    assert_eq!(bounds("min(max(load, day), 12)", 3.0), (3.0, 12.0));
    assert_eq!(bounds("max(load, day)", 3.0), (3.0, f64::INFINITY));
    assert_eq!(bounds("load * day", 0.0), (0.0, 0.0));
    assert_eq!(bounds("load > 0 ? day / load : day", 3.0).0, 0.0);
    assert_eq!(bounds("day / load", 3.0), (f64::NEG_INFINITY, f64::INFINITY));
    assert_eq!(bounds("median([load, day, 9])", 3.0), (3.0, 9.0));
    assert_eq!(bounds("day + (load > 10 ? 2 : 0)", 3.0), (3.0, 5.0));
    assert_eq!(bounds("sum(filter([load, day, 4], # > 3.5))", 3.0).0, 4.0);
    assert_eq!(bounds("count([load, day], # > 2) * 4", 3.0), (4.0, 8.0));
}
