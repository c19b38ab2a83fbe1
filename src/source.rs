//! Names and texts of the policy files, and the byte spans that point into them.
//!
//! Every fact of a policy carries the [`Span`] it was read from, through all stages, so that a finding made on an
//! emitted file can still name the line of the policy that asked for it.

use std::ops::Range;
use std::sync::OnceLock;

/// The holiday sets that are built in, as TOML of the policy language, one file after the other.
pub const HOLIDAYS: &str = concat!(
    include_str!("holidays/national.toml"),
    "\n",
    include_str!("holidays/de.toml"),
    "\n",
    include_str!("holidays/ch.toml"),
    "\n",
    include_str!("holidays/gb.toml"),
    "\n",
    include_str!("holidays/ca.toml"),
    "\n",
    include_str!("holidays/au.toml"),
);

/// What is said of a file that is UTF-16.
pub const UTF_16: &str = "its first two bytes are the mark of UTF-16, which `>` of Windows PowerShell writes";

/// How such a file becomes one that can be read.
pub const FROM_UTF_16: &str =
    "save it as UTF-8: `iconv -f UTF-16 -t UTF-8`, or `Out-File -Encoding utf8` in place of `>`";

/// Whether bytes begin with the mark of UTF-16.
pub fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

/// Which file a span points into: its index in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceId(u16);

/// A half-open range of bytes of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// A span over `bytes` of `source`.
    pub fn new(source: SourceId, bytes: Range<usize>) -> Self {
        Self { source, start: bytes.start, end: bytes.end }
    }

    /// The part of this span given by `within`, counted from its start; clamped to the span.
    pub fn part(self, within: Range<usize>) -> Self {
        let end = (self.start + within.end).min(self.end);
        Self { source: self.source, start: (self.start + within.start).min(end), end }
    }
}

/// A value and where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the policy.
    pub span: Span,
}

impl<T> Located<T> {
    /// `value`, written at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place, another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Located<U> {
        Located { value: f(self.value), span: self.span }
    }
}

/// One file of a policy.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path as the user wrote it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The two files of a policy, in reading order, and the manifests that it names.
#[derive(Clone, Debug)]
pub struct Sources {
    files: Vec<Source>,
    /// The manifests, as the policy writes them: the first is the fourth of `files`.
    manifests: Vec<String>,
    /// What else lies in the folders of the manifests.
    neighbours: Vec<Source>,
    /// Where the lines of each file begin, once somebody has asked.
    starts: Vec<OnceLock<Vec<usize>>>,
}

impl Sources {
    /// The calendar: when.
    pub const CALENDAR: SourceId = SourceId(0);
    /// The territories: where, how much, how it is guarded.
    pub const TERRITORIES: SourceId = SourceId(1);
    /// The holiday sets that are built in.
    pub const HOLIDAYS: SourceId = SourceId(2);
    /// Files of the policy itself, and the built-in sets.
    const OWN: usize = 3;

    /// Both files.
    pub fn new(calendar: Source, territories: Source) -> Self {
        let holidays = Source { name: "built-in holidays".to_owned(), text: HOLIDAYS.to_owned() };
        let files = vec![calendar, territories, holidays];
        let starts = files.iter().map(|_| OnceLock::new()).collect();
        Self { files, manifests: Vec::new(), neighbours: Vec::new(), starts }
    }

    /// With the text of a manifest that the policy calls `written`.
    pub fn with_manifest(mut self, written: &str, manifest: Source) -> Self {
        self.manifests.push(written.to_owned());
        self.files.push(manifest);
        self.starts.push(OnceLock::new());
        self
    }

    /// With other files of the manifests' folders.
    pub fn with_neighbours(self, neighbours: Vec<Source>) -> Self {
        Self { neighbours, ..self }
    }

    /// Other files of the manifests' folders, where they were read from a disk.
    pub fn neighbours(&self) -> &[Source] {
        &self.neighbours
    }

    /// The same manifests beside another calendar.
    pub fn with_calendar(mut self, text: String) -> Self {
        self.files[0].text = text;
        self.starts[0] = OnceLock::new();
        self
    }

    /// The manifests, each as the policy writes it and with its text.
    pub fn manifests(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.manifests.iter().map(String::as_str).zip(&self.files[Self::OWN..])
    }

    /// The manifest that the policy calls `written`, where it could be read.
    pub fn manifest(&self, written: &str) -> Option<SourceId> {
        let at = self.manifests.iter().position(|known| known == written)?;
        Some(SourceId(u16::try_from(Self::OWN + at).expect("internal error: few manifests")))
    }

    /// The file behind an id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[usize::from(id.0)]
    }

    /// The bytes under `span`; empty where the span does not fit the text.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.start..span.end).unwrap_or_default()
    }

    /// `policies/calendar.toml:12` for the start of `span`: how operator texts name a policy line.
    pub fn line(&self, span: Span) -> PolicyLine {
        let line = self.lines(span.source).partition_point(|start| *start <= span.start);
        PolicyLine { file: self.get(span.source).name.clone(), line }
    }

    /// The lines from two before `begin` to two after `end`, both bytes of a file: the number of the first one, counted from 1,
    /// and the byte at which it begins.
    pub fn around(&self, id: SourceId, (begin, end): (usize, usize)) -> (usize, usize, &str) {
        const MORE: usize = 2;
        let (text, starts) = (self.get(id).text.as_str(), self.lines(id));
        let line_of = |at: usize| starts.partition_point(|start| *start <= at).max(1) - 1;
        let first = line_of(begin).saturating_sub(MORE);
        let until = starts.get(line_of(end) + MORE + 1).copied().unwrap_or(text.len());
        (first + 1, starts[first], &text[starts[first]..until])
    }

    fn lines(&self, id: SourceId) -> &[usize] {
        let at = usize::from(id.0);
        self.starts[at].get_or_init(|| {
            let ends = self.files[at].text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            [0].into_iter().chain(ends.map(|(at, _)| at + 1)).collect()
        })
    }
}

/// A line of a policy file, as a person would say it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyLine {
    /// The file's name.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
}

impl std::fmt::Display for PolicyLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
