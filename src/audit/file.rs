//! The bytes of files become objects and findings: cut into parts, each read on its own, so that a broken one spoils no
//! other, and all of them on all cores.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use super::document::{self, Document};
use super::part::{self, Share};
use super::sibling;
use super::{File, Scope};
use crate::parallel;
use crate::rules::claims::Claims;
use crate::rules::finding::Finding;
use crate::rules::halt::{self, Halt};
use crate::source;
use crate::yaml::{self, Comment, Mark, Problem};

/// A file that is text, and the comments at its head.
struct Text<'b> {
    text: Cow<'b, str>,
    head: Vec<Comment>,
}

pub(super) fn read(scope: Scope, claims: &mut Claims, files: &[(&str, &[u8])]) -> Vec<File> {
    let texts: Vec<Result<Text<'_>, File>> = files.iter().map(|(name, bytes)| text(name, bytes)).collect();
    let readable = texts.iter().enumerate().filter_map(|(file, text)| {
        let text = text.as_ref().ok()?;
        Some((file, text.head.as_slice(), &*text.text))
    });
    let shares = part::shares(readable);
    let read = parallel::each(&shares, |share| {
        let mut cache = scope.cache();
        match share {
            Share::Documents(stretches) => {
                let mut read: Vec<(usize, Document)> = Vec::new();
                for stretch in stretches {
                    let mut found = Document::default();
                    stretch.read(|part, tree| document::read(scope, &mut cache, (part, tree), &mut found));
                    read.push((stretch.file, found));
                }
                read
            }
            Share::Run(part) => {
                let mut found = Document::default();
                document::read(scope, &mut cache, (part, yaml::tree(&part.text)), &mut found);
                vec![(part.file, found)]
            }
        }
    });
    drop(shares);
    let mut documents: Vec<Vec<Document>> = files.iter().map(|_| Vec::new()).collect();
    for (file, document) in read.into_iter().flatten() {
        documents[file].push(document);
    }
    // Whatever stands in one of these files, its order does not matter.
    let beside: Vec<Vec<Finding>> = files
        .iter()
        .zip(&mut documents)
        .map(|((name, _), documents)| {
            let neighbours = documents.iter_mut().flat_map(|document| mem::take(&mut document.neighbours));
            neighbours.flat_map(|neighbour| claims.notice(neighbour, name)).collect()
        })
        .collect();
    let mut read = Vec::with_capacity(files.len());
    for ((((name, _), text), documents), beside) in files.iter().zip(texts).zip(documents).zip(beside) {
        read.push(
            text.map_or_else(|unreadable| unreadable, |_| file(scope, (name, beside), claims, documents)),
        );
    }
    read
}

fn text<'b>(name: &str, bytes: &'b [u8]) -> Result<Text<'b>, File> {
    let text = str::from_utf8(bytes).map_err(|error| not_utf8(name, bytes, error.valid_up_to()))?;
    let text = yaml::with_lines(text);
    let head = part::head(&text);
    Ok(Text { text, head })
}

/// A file of what its parts hold.
fn file(
    scope: Scope,
    (name, beside): (&str, Vec<Finding>),
    claims: &mut Claims,
    documents: Vec<Document>,
) -> File {
    let mut file = File { name: name.to_owned(), objects: Vec::new(), findings: beside, others: Vec::new() };
    let (mut siblings, mut others) = (Vec::new(), BTreeMap::<String, usize>::new());
    let mut refused = BTreeSet::new();
    for document in documents {
        file.findings.extend(document.findings);
        siblings.extend(document.siblings.into_iter().map(|mut sibling| {
            sibling.object += file.objects.len();
            sibling
        }));
        for (mut object, claim) in document.objects {
            let met = claims.add(&claim, name).with(claims.beside(&claim, name));
            if !met.refusals.is_empty() {
                object.halt = Some(Halt::Refused);
                refused.insert(object.title.clone());
            }
            file.findings.extend(met.refusals);
            file.findings.extend(met.others);
            file.objects.push(object);
        }
        for (kind, count) in document.others {
            *others.entry(kind).or_default() += count;
        }
    }
    file.others = others.into_iter().collect();
    let is_moot = |one: &Finding| halt::needs_floors(one.rule) && refused.contains(&one.place.object);
    file.findings.retain(|one| !is_moot(one));
    file.findings.extend(sibling::findings(scope, &file.objects, &siblings));
    file.findings.sort_by(Finding::worst_first);
    file
}

fn not_utf8(name: &str, bytes: &[u8], at: usize) -> File {
    let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + bytes[..at].iter().rev().take_while(|byte| **byte != b'\n').count();
    let is_utf16 = source::is_utf16(bytes);
    let message = if is_utf16 {
        source::UTF_16.to_owned()
    } else {
        format!("byte 0x{:02x}, which no UTF-8 text has there", bytes[at])
    };
    let problem = Problem { mark: Mark { line, column }, message };
    let mut broken = document::broken("", &problem, problem.mark);
    if is_utf16 {
        source::FROM_UTF_16.clone_into(&mut broken.mend);
    }
    let findings = vec![broken];
    File { name: name.to_owned(), objects: Vec::new(), findings, others: Vec::new() }
}
