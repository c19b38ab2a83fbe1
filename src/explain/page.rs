//! The page behind each finding: what it means, what really happens, a bad and a mended example, when it may be ignored.
//!
//! The texts are the Markdown files of `pages/`, one for each family, a `## id` section for each finding; a test holds that
//! every finding has exactly one. A new finding needs a section in the file where it belongs; a new file, a row below.

use crate::finding::Rule;

/// A family of findings: one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// `Cron triggers`
    pub title: &'static str,
    /// What its members have in common.
    pub about: &'static str,
    /// Its members, in the order of the file.
    pub pages: Vec<Page>,
}

/// What is behind one finding. Paragraphs are separated by an empty line and may break anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The finding's id.
    pub id: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What KEDA, the HPA, Flyway, Prometheus or the compiler really does.
    pub happens: &'static str,
    /// What has the finding.
    pub bad: Example,
    /// The same, mended.
    pub good: Example,
    /// When it may be ignored.
    pub ignore: &'static str,
}

/// A few lines of a file or a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// `toml`, `yaml`, `sql`, `sh`, `text`, ..
    pub language: &'static str,
    /// The lines.
    pub text: &'static str,
}

/// The files, in the order of the pipeline.
const FILES: [&str; 11] = [
    include_str!("pages/source.md"),
    include_str!("pages/policy.md"),
    include_str!("pages/resolve.md"),
    include_str!("pages/plan.md"),
    include_str!("pages/emit.md"),
    include_str!("pages/verify.md"),
    include_str!("pages/today.md"),
    include_str!("pages/refused.md"),
    include_str!("pages/cron.md"),
    include_str!("pages/floors.md"),
    include_str!("pages/prometheus.md"),
];

/// All families.
pub fn families() -> Vec<Family> {
    FILES.iter().map(|text| family(text).unwrap_or_else(|why| panic!("internal error: {why}"))).collect()
}

/// The page of a finding.
pub fn of(rule: Rule) -> Page {
    let mut pages = families().into_iter().flat_map(|family| family.pages);
    pages
        .find(|page| page.id == rule.id())
        .expect("internal error: every finding has a page, a test holds it")
}

fn family(text: &'static str) -> Result<Family, String> {
    let mut sections = text.split("\n## ");
    let head = sections.next().and_then(|head| head.strip_prefix("# ")?.split_once("\n\n"));
    let (title, about) = head.ok_or("a file of pages begins with its title and what it is about")?;
    let pages = sections
        .map(|section| page(section).ok_or_else(|| format!("a page lacks one of its parts: {section}")));
    Ok(Family { title, about: about.trim(), pages: pages.collect::<Result<_, _>>()? })
}

/// The parts of a section, each under its own words.
fn page(section: &'static str) -> Option<Page> {
    let (id, rest) = section.split_once("\n\n")?;
    let (meaning, rest) = rest.split_once("\n\nWhat happens: ")?;
    let (happens, rest) = rest.split_once("\n\nInstead of\n\n```")?;
    let (bad, rest) = rest.split_once("\n```\n\nwrite\n\n```")?;
    let (good, ignore) = rest.split_once("\n```\n\nMay be ignored: ")?;
    let example = |text: &'static str| {
        let (language, text) = text.split_once('\n')?;
        Some(Example { language, text })
    };
    Some(Page { id, meaning, happens, bad: example(bad)?, good: example(good)?, ignore: ignore.trim_end() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_one_of_its_parts_is_none() {
        let whole = "an-id\n\nMeans.\n\nWhat happens: this.\n\nInstead of\n\n```yaml\na: 1\n```\n\nwrite\n\n```yaml\na: 2\n```\n\nMay be ignored: never.\n";
        let read = page(whole).unwrap();
        assert_eq!((read.id, read.meaning, read.happens), ("an-id", "Means.", "this."));
        assert_eq!((read.bad.language, read.bad.text, read.good.text), ("yaml", "a: 1", "a: 2"));
        assert_eq!(read.ignore, "never.");
        assert!(page("an-id\n\nMeans.\n\nWhat happens: this.\n").is_none());
    }
}
