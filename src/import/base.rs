//! The base files of a proposal: the manifests as they were given, less the cron triggers of what becomes a target.

use std::collections::BTreeSet;

use super::Target;
use super::input::{Found, Input};
use super::object::Scaled;
use super::remark::{Kind, Remark};
use crate::kept;
use crate::yaml;

/// What the targets' objects are read from.
pub(super) struct Bases {
    /// Each as the policy writes it, and its text.
    pub(super) files: Vec<(String, String)>,
    /// The file of each target.
    pub(super) of: Vec<usize>,
    /// Whether a file has more than one ScaledObject.
    pub(super) has_several: Vec<bool>,
}

/// Those objects whose cron triggers can be taken out.
pub(super) fn fit<'i>(scaled: Vec<Scaled<'i>>, remarks: &mut Vec<Remark>) -> Vec<Scaled<'i>> {
    let mut fitting = Vec::new();
    for object in scaled {
        let found = object.found;
        let document = document(found);
        let taken = |name: &str, namespace: Option<&str>| {
            is(found, name, namespace).then(|| object.stays.keys().copied().collect())
        };
        match document.map(|text| kept::without_crons(text, &taken)) {
            Some(Err(unfit)) => {
                let text = format!("its schedules cannot be taken out of it: {unfit}");
                remarks.push(found.remark(Kind::LeftOut, found.object.spec.triggers.mark, text));
            }
            Some(Ok(_)) | None => fitting.push(object),
        }
    }
    fitting
}

fn is(found: &Found<'_>, name: &str, namespace: Option<&str>) -> bool {
    found.name() == name && found.namespace() == namespace
}

fn document<'i>(found: &Found<'i>) -> Option<&'i str> {
    yaml::cut(&found.input().text).find(|(line, _)| *line == found.line()).map(|(_, text)| text)
}

impl Bases {
    pub(super) fn of(targets: &[Target<'_>]) -> Self {
        let mut inputs: Vec<&Input> = Vec::new();
        let mut of = Vec::new();
        for target in targets {
            let input = target.scaled.found.input();
            let at = inputs.iter().position(|known| std::ptr::eq(*known, input)).unwrap_or_else(|| {
                inputs.push(input);
                inputs.len() - 1
            });
            of.push(at);
        }
        let names = names(&inputs);
        let texts = inputs.iter().map(|input| text(input, targets));
        let files = names.into_iter().zip(texts).collect();
        let has_several = inputs.iter().map(|input| count(&input.text) > 1).collect();
        Self { files, of, has_several }
    }
}

fn count(text: &str) -> usize {
    text.matches("ScaledObject").count()
}

/// The file without the cron triggers of the targets in it.
fn text(input: &Input, targets: &[Target<'_>]) -> String {
    let own = || {
        let scaled = targets.iter().map(|target| &target.scaled);
        scaled.filter(|scaled| std::ptr::eq(scaled.found.input(), input))
    };
    let mut text = String::new();
    let mut done = 0;
    for (line, document) in yaml::cut(&input.text) {
        let wanted = |name: &str, namespace: Option<&str>| {
            let mut own = own();
            let is_it =
                |scaled: &&Scaled<'_>| scaled.found.line() == line && is(scaled.found, name, namespace);
            own.find(is_it).map(|scaled| scaled.stays.keys().copied().collect())
        };
        let Ok(bare) = kept::without_crons(document, &wanted) else { continue };
        let at = document.as_ptr() as usize - input.text.as_ptr() as usize;
        text.push_str(&input.text[done..at]);
        text.push_str(&bare.text);
        done = at + document.len();
    }
    text.push_str(&input.text[done..]);
    text
}

/// `base/orders/api.yaml`: the way to each file from where all of them are.
fn names(inputs: &[&Input]) -> Vec<String> {
    let parts = |input: &&Input| -> Vec<String> {
        let plain = |part: &&str| !part.is_empty() && *part != "." && *part != "..";
        let parts = input.name.split(['/', '\\']).filter(plain);
        parts
            .map(|part| if part.starts_with('<') { "objects.yaml".to_owned() } else { part.to_owned() })
            .collect()
    };
    let all: Vec<Vec<String>> = inputs.iter().map(parts).collect();
    let shared = (0..).take_while(|at| all.iter().all(|own| own.len() > at + 1 && own[*at] == all[0][*at]));
    let shared = shared.count();
    let mut taken = BTreeSet::new();
    let name = |own: Vec<String>| {
        let plain = format!("base/{}", own[shared.min(own.len())..].join("/"));
        let (stem, end) = plain.rsplit_once('.').unwrap_or((&plain, "yaml"));
        let numbered = (2..).map(|number| format!("{stem}-{number}.{end}"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|name| !taken.contains(name));
        let free = free.expect("internal error: numbers do not end");
        taken.insert(free.clone());
        free
    };
    all.into_iter().map(name).collect()
}
