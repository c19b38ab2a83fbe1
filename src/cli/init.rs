//! `init`: a first policy, from flags, from questions on a terminal, or from ScaledObjects. It never overwrites.

use std::io::{self, BufRead, IsTerminal};
use std::path::{Component, Path};

use anyhow::{Context, bail};

use super::args::{Import, Init, Places};
use super::place::Unnaming;
use super::within::Within;
use super::{Outcome, import, input, language, output, place, today};
use crate::begin::{self, Answers, Preset, Range};
use crate::cluster;
use crate::compile;
use crate::emit::Templates;
use crate::features;
use crate::name::{KubeName, Slug};
use crate::publish::{NewFile, publish};
use crate::time::Zone;

/// The files that have a schema here, each with it.
const FILES: [(&str, &str); 2] =
    [("calendar.toml", "calendar.schema.json"), ("territories.toml", "territories.schema.json")];

pub(super) fn run(arguments: &Init) -> anyhow::Result<Outcome> {
    let folder = &arguments.policies;
    let is_there = FILES.iter().all(|(name, _)| folder.join(name).exists());
    if is_there && arguments.sources.is_empty() && (arguments.hook || arguments.ci) {
        output::remark(&format!("the policy in `{}` stays as it is", folder.display()));
        output::data(&snippets(arguments)?)?;
        return Ok(Outcome::Clean);
    }
    for (name, _) in FILES {
        let path = folder.join(name);
        if path.exists() {
            bail!(
                "nothing was changed: `{}` is there already; `--policies DIR` takes another folder",
                path.display()
            );
        }
    }
    // What cannot be printed behind it is known before anything is written.
    let snippets = snippets(arguments)?;
    let outcome = if arguments.sources.is_empty() { new(arguments)? } else { from_objects(arguments)? };
    if folder.join(FILES[0].0).exists() {
        name(folder)?;
    }
    output::data(&snippets)?;
    Ok(outcome)
}

/// Says what a project file needs that does not name the policy yet.
fn name(folder: &Path) -> anyhow::Result<()> {
    let Some(Unnaming { root, file, names }) = place::unnaming(folder)? else { return Ok(()) };
    let Some(way) = Within::folder(&root)?.path(folder) else { return Ok(()) };
    let parts = way.iter().rev().filter_map(|part| part.to_str());
    let word = parts.filter(|part| *part != "policies").find_map(Slug::parse);
    let word = word.map_or_else(|| "policy".to_owned(), |word| word.to_string());
    let numbered = (2..).map(|number| format!("{word}-{number}"));
    let free = std::iter::once(word.clone()).chain(numbered).find(|name| !names.contains(name));
    let name = free.expect("internal error: numbers do not end");
    output::remark(&format!(
        "`{}` does not name this policy, and `seasonscale generate` and `check` without `-i` leave it out; add to it:",
        root.join(file).display()
    ));
    output::report(&format!(
        "\n[policies.{name}]\nfolder = {}\nout    = \"generated-{name}\"\n\n",
        serde_json::Value::from(way.display().to_string())
    ));
    Ok(())
}

/// What import proposes, with schemas.
fn from_objects(arguments: &Init) -> anyhow::Result<Outcome> {
    let folder = &arguments.policies;
    let outcome = import::run(&Import {
        files: arguments.sources.clone(),
        policy: None,
        policies: Some(folder.clone()),
        out: Some(folder.clone()),
        from: None,
        until: None,
        keda: features::keda::USUAL.into(),
        owned: false,
        as_is: false,
        all: false,
        today: arguments.today,
    })?;
    let mut files = Vec::new();
    for (name, schema) in FILES {
        let path = folder.join(name);
        if let Ok(bytes) = input::read(&path) {
            let text = String::from_utf8(bytes).with_context(|| format!("`{}`", path.display()))?;
            files.push(NewFile {
                name: name.to_owned(),
                bytes: (begin::schema_line(schema) + &text).into_bytes(),
                is_last: false,
            });
        }
    }
    if !files.is_empty() {
        files.extend(schemas(folder));
        publish(folder, &files)?;
        let (sources, problems) = input::policies(folder).context("the files are gone again")?;
        let compiles = problems.is_empty() && compile::compile(&sources, &Templates::embedded()).is_ok();
        let there = there(folder);
        output::remark(&if compiles {
            format!("next: read both files, then `seasonscale generate{there}`")
        } else {
            format!(
                "next: mend what is said above in both files; `seasonscale check{there}` says when they compile"
            )
        });
    }
    Ok(outcome)
}

fn new(arguments: &Init) -> anyhow::Result<Outcome> {
    let asks = io::stdin().is_terminal() && arguments.preset.is_none() && arguments.workload.is_empty();
    let answers = if asks { ask(&mut io::stdin().lock(), arguments)? } else { answers(arguments)? };
    let texts = begin::files(&answers).map(|(name, text)| {
        let schema = FILES.iter().find(|(file, _)| *file == name).map(|(_, schema)| *schema);
        (name, schema.map(begin::schema_line).unwrap_or_default() + &text)
    });
    let folder = &arguments.policies;
    let mut files: Vec<NewFile> = texts
        .map(|(name, text)| NewFile { name: name.to_owned(), bytes: text.into_bytes(), is_last: false })
        .into();
    files.extend(schemas(folder));
    for (name, change) in publish(folder, &files)?.files() {
        output::remark(&format!("{:<9} {}", change.word(), folder.join(name).display()));
    }
    let (sources, problems) = input::policies(folder).context("the files are gone again")?;
    let compiled = compile::compile(&sources, &Templates::embedded());
    match compiled {
        Ok(compiled) if problems.is_empty() => {
            output::findings(&compiled.warnings, &sources);
            let next = there(folder);
            output::remark(&format!(
                "they compile; next: look through both files, then `seasonscale generate{next}`, `seasonscale review{next}`"
            ));
            Ok(Outcome::Clean)
        }
        Ok(_) => Ok(Outcome::Findings),
        Err(found) => {
            output::findings(&found, &sources);
            Ok(Outcome::Findings)
        }
    }
}

/// The option by which the next command finds a folder that it does not look for by itself.
fn there(folder: &Path) -> String {
    if folder == Path::new("policies") {
        return String::new();
    }
    format!(" -i {}", cluster::shell_word(&folder.display().to_string()))
}

/// The schemas that are not there yet.
fn schemas(folder: &Path) -> Vec<NewFile> {
    let all =
        language::schemas().into_iter().filter(|file| FILES.iter().any(|(_, schema)| *schema == file.name));
    let inside = all.map(|file| NewFile { name: format!(".schema/{}", file.name), ..file });
    inside.filter(|file| !folder.join(&file.name).exists()).collect()
}

/// What the flags say, and defaults.
fn answers(arguments: &Init) -> anyhow::Result<Answers> {
    let workloads =
        if arguments.workload.is_empty() { vec!["web".to_owned()] } else { arguments.workload.clone() };
    let (min, max) = (arguments.min, arguments.max);
    if min == 0 {
        bail!("`--min 0`: a workload keeps at least 1 replica");
    }
    if max <= min {
        bail!("`--max {max}` is not above `--min {min}`");
    }
    if let Some(twice) = (1..workloads.len()).find(|at| workloads[..*at].contains(&workloads[*at])) {
        bail!("`{}` is there twice: each workload is named once", workloads[twice]);
    }
    Ok(Answers {
        preset: arguments.preset.map_or(Preset::BusinessHours, |preset| preset.0),
        workloads: workloads.iter().map(|name| workload(name)).collect::<anyhow::Result<_>>()?,
        namespace: namespace(&arguments.namespace)?,
        zone: zone(&arguments.zone)?,
        range: Range { min, max },
        today: arguments.today.unwrap_or_else(today::today),
    })
}

fn workload(name: &str) -> anyhow::Result<Slug> {
    let found = Slug::parse(name).filter(|_| KubeName::parse(name).is_some());
    found.with_context(|| format!("`{name}` is not the name of a Deployment here: a name has {}", Slug::RULE))
}

fn namespace(name: &str) -> anyhow::Result<KubeName> {
    KubeName::parse(name)
        .with_context(|| format!("`{name}` is not the name of a namespace: it has {}", KubeName::RULE))
}

fn zone(name: &str) -> anyhow::Result<Zone> {
    Zone::parse(name).with_context(|| {
        format!("there is no time zone `{name}`: write an area and a city, as in America/New_York")
    })
}

/// The answers of a person; an empty line takes what stands in brackets.
fn ask(from: &mut impl BufRead, arguments: &Init) -> anyhow::Result<Answers> {
    let mut with = Init { ..arguments.clone() };
    let presets: Vec<String> =
        Preset::ALL.iter().map(|preset| format!("  {:<15} {}", preset.id(), preset.about())).collect();
    output::report(&format!("Which year does the business have?\n{}\n", presets.join("\n")));
    let preset = question(from, "preset", "business-hours", |word| {
        Preset::ALL.into_iter().find(|preset| preset.id() == word).context("one of the three words")
    })?;
    with.preset = Some(super::args::PresetWord(preset));
    let words = |text: &str| {
        text.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    with.workload = question(from, "Deployments, separated by blanks", "web", |text| {
        let names = words(text);
        names.iter().try_for_each(|name| workload(name).map(drop))?;
        match (1..names.len()).find(|at| names[..*at].contains(&names[*at])) {
            Some(twice) => bail!("`{}` is there twice", names[twice]),
            None => Ok(names),
        }
    })?;
    with.namespace = question(from, "namespace", &arguments.namespace, |text| {
        namespace(text).map(|name| name.to_string())
    })?;
    with.zone = question(from, "time zone", &arguments.zone, |text| zone(text).map(|_| text.to_owned()))?;
    let number = |text: &str| text.parse::<u32>().context("a whole number");
    with.min = question(from, "least replicas of each", &arguments.min.to_string(), number)?;
    with.max = question(from, "most replicas of each", &arguments.max.to_string(), number)?;
    answers(&with)
}

/// Asks until there is an answer that can be read.
fn question<T>(
    from: &mut impl BufRead,
    what: &str,
    default: &str,
    read: impl Fn(&str) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    loop {
        output::report(&format!("{what} [{default}]: "));
        let mut line = String::new();
        let more = from.read_line(&mut line).context("cannot read the answer")?;
        let answer = if line.trim().is_empty() { default } else { line.trim() };
        match read(answer) {
            Ok(answer) => return Ok(answer),
            Err(error) if more == 0 => return Err(error),
            Err(error) => output::remark(&format!("{error:#}")),
        }
    }
}

/// What was asked for beside the policy, to be put in its place.
fn snippets(arguments: &Init) -> anyhow::Result<String> {
    let mut made = String::new();
    if !arguments.hook && !arguments.ci {
        return Ok(made);
    }
    let name = arguments.policies.display().to_string();
    if name.contains("${{") || name.chars().any(char::is_control) {
        bail!("`{}` cannot stand in a workflow: call the folder otherwise", name.escape_debug());
    }
    let repository = Within::repository()?;
    let folder = cluster::shell_word(&if name.starts_with('-') { format!("./{name}") } else { name });
    // Both run at the root of the repository, and the project file is looked for upwards.
    let there = repository.way().map(|way| cluster::shell_word(&way.display().to_string()));
    let there = |command: String| match &there {
        Some(way) => format!("cd {way} && {command}"),
        None => command,
    };
    let check = there(format!("seasonscale check -i {folder}"));
    let entry = if repository.way().is_some() {
        format!("sh -c {}", cluster::shell_word(&check))
    } else {
        check.clone()
    };
    let review = there(format!(
        "seasonscale review -i {folder} --against \"origin/$BASE\" --format markdown >> \"$GITHUB_STEP_SUMMARY\""
    ));
    let files = yaml_text(&format!("^({})", folders(&arguments.policies, &repository)?.join("|")));
    for (is_wanted, snippet) in [(arguments.hook, begin::HOOK), (arguments.ci, begin::WORKFLOW)] {
        if is_wanted {
            let texts = [
                ("{entry}", yaml_text(&entry)),
                ("{check}", yaml_text(&check)),
                ("{review}", yaml_text(&review)),
                ("{files}", files.clone()),
            ];
            made += &texts.iter().fold(snippet.to_owned(), |made, (at, text)| made.replace(at, text));
        }
    }
    Ok(made)
}

/// A text as a value of YAML, plain where that is safe.
fn yaml_text(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " ^()/._-=$\">|".contains(c);
    if text.chars().all(is_plain) { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// The policy's files, those that are made of it, and templates of its own, where a project file names these.
fn folders(policies: &Path, repository: &Within) -> anyhow::Result<Vec<String>> {
    let places = place::places(&Places::of(&[], Some(policies)))?.unwrap_or_default();
    let watched = |folder: &Path| {
        repository.path(folder).map(|folder| watched(&folder)).with_context(|| {
            format!("`{}` is not in this repository, and no hook can watch it", folder.display())
        })
    };
    let mut found = vec![watched(policies)?];
    for place in places {
        for folder in [Some(place.out), place.templates].into_iter().flatten() {
            found.push(watched(&folder)?);
        }
    }
    Ok(found)
}

/// A folder's files as git names them, in a regular expression.
fn watched(folder: &Path) -> String {
    let parts = folder.components().filter_map(|part| match part {
        Component::Normal(name) => Some(escaped(&name.to_string_lossy())),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
    });
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { r"[^/]+\.toml$".to_owned() } else { parts.join("/") + "/" }
}

/// A name in a regular expression.
fn escaped(name: &str) -> String {
    let special = |c: char| r"\.+*?()|[]{}^$#&-~".contains(c);
    name.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn asked(lines: &str) -> anyhow::Result<Answers> {
        let arguments = Init {
            sources: Vec::new(),
            policies: PathBuf::from("policies"),
            preset: None,
            workload: Vec::new(),
            namespace: "default".to_owned(),
            zone: "UTC".to_owned(),
            min: 2,
            max: 20,
            hook: false,
            ci: false,
            today: crate::time::Date::parse("2027-03-04"),
        };
        ask(&mut lines.as_bytes(), &arguments)
    }

    #[test]
    fn what_is_left_empty_is_as_in_brackets_and_what_cannot_be_read_is_asked_again() {
        let answers = asked("\n\n\n\n\n\n").unwrap();
        assert_eq!((answers.preset, answers.range), (Preset::BusinessHours, Range { min: 2, max: 20 }));
        let answers =
            asked("shop\nweb-shop\ncheckout, search\nshop\nPST\nAmerica/New_York\n3\n30\n").unwrap();
        assert_eq!(answers.preset, Preset::WebShop);
        assert_eq!(answers.workloads.len(), 2);
        assert_eq!(answers.zone.to_string(), "America/New_York");
        assert_eq!(answers.range, Range { min: 3, max: 30 });
        assert!(asked("\nweb\n\n\n5\n5\n").is_err());
    }
}
