//! The one table of what may be written in the files of a policy: every table, its keys, what each takes, what holds without
//! it, an example. The decoder reads by it, findings quote it, and `seasonscale keys` and the JSON Schemas are made of it: there
//! is not a second list.
//!
//! It must not know what a key does.

/// A row of a table: name, what it takes, what holds without it; what it is for; an example.
macro_rules! key {
    ($name:literal: $kind:expr, $left_out:expr; $about:literal; $example:literal) => {
        $crate::keys::Key { name: $name, kind: $kind, left_out: $left_out, about: $about, example: $example }
    };
}

mod calendar;
mod profile;
mod project;
mod schema;

pub use calendar::CALENDAR;
pub use profile::PROFILE;
pub use project::{EXPECT, PROJECT};
pub use schema::{schema, schema_of};

/// As many bytes as a title, a note or another text for people may have: the files that are made repeat it, some many times.
pub const LONGEST_TEXT: usize = 4096;

/// A file of the language.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// As a command line calls it: `calendar`.
    pub id: &'static str,
    /// Its usual name.
    pub name: &'static str,
    /// What stands at its top.
    pub root: &'static Section,
}

/// All files, in the order in which people meet them.
pub const FILES: [File; 4] = [
    File { id: "calendar", name: "calendar.toml", root: &CALENDAR },
    File { id: "territories", name: "territories.toml", root: &PROFILE },
    File { id: "project", name: "seasonscale.toml", root: &PROJECT },
    File { id: "expect", name: "expect.toml", root: &EXPECT },
];

/// A table of a file, with a header of its own or in one line.
#[derive(Debug)]
pub struct Section {
    /// The way to it, capitals where a name is the user's own: `seasons.NAME.in.TERRITORY`; empty for a file's top.
    pub path: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its keys, in groups that tables share.
    pub keys: &'static [&'static [Key]],
    /// Words that people write here and that are called otherwise, with what to write.
    pub meant: &'static [(&'static str, &'static str)],
}

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// As it is written; in capitals, whatever the user calls it.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What holds where it is left out.
    pub left_out: LeftOut,
    /// What it is for.
    pub about: &'static str,
    /// A value that it takes, as TOML.
    pub example: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string; the text says of what, as in "a duration in quotes".
    Text(&'static str),
    /// One of some strings.
    OneOf(&'static [&'static str]),
    /// A list of strings.
    Texts(&'static str),
    /// A list of some strings.
    SomeOf(fn() -> Vec<&'static str>),
    /// A whole number from 0 on.
    Whole,
    /// A list of whole numbers.
    Wholes,
    /// A whole number from 0 on, or a string that says a part of a limit.
    Floor,
    /// A number from 0 on.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A date without quotes.
    Date,
    /// A date and time without quotes, local or with an offset.
    Moment,
    /// A string or a list of strings.
    Either(&'static str),
    /// A string, a list of strings, or a table; the text says of what.
    Any(&'static str, &'static Section),
    /// A string or a table.
    TextOr(&'static Section),
    /// A table.
    Table(&'static Section),
    /// A table of such tables, each under a name of the user's own.
    Named(&'static Section),
    /// A list of tables.
    Tables(&'static Section),
}

impl Kind {
    /// In words: "a whole number".
    pub fn words(self) -> String {
        match self {
            Self::Text(what) | Self::Texts(what) | Self::Either(what) | Self::Any(what, _) => what.to_owned(),
            Self::OneOf(words) => one_of(words),
            Self::SomeOf(_) => "a list of names in quotes".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Wholes => "a list of whole numbers".to_owned(),
            Self::Floor => "a whole number or a part in quotes".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Boolean => "true or false".to_owned(),
            Self::Date => "a date without quotes".to_owned(),
            Self::Moment => "a date and time without quotes".to_owned(),
            Self::TextOr(_) => "a path in quotes, or a table".to_owned(),
            Self::Table(_) | Self::Named(_) => "a table".to_owned(),
            Self::Tables(_) => "a list of tables".to_owned(),
        }
    }

    /// Whether a string is one of the things that it takes.
    pub fn takes_text(self) -> bool {
        match self {
            Self::Text(_)
            | Self::OneOf(_)
            | Self::Floor
            | Self::Either(_)
            | Self::Any(..)
            | Self::TextOr(_) => true,
            Self::Texts(_)
            | Self::SomeOf(_)
            | Self::Whole
            | Self::Wholes
            | Self::Number
            | Self::Boolean
            | Self::Date
            | Self::Moment
            | Self::Table(_)
            | Self::Named(_)
            | Self::Tables(_) => false,
        }
    }

    /// The table that it takes, or of which it takes several.
    pub fn section(self) -> Option<&'static Section> {
        match self {
            Self::Any(_, section)
            | Self::TextOr(section)
            | Self::Table(section)
            | Self::Named(section)
            | Self::Tables(section) => Some(section),
            Self::Text(_)
            | Self::OneOf(_)
            | Self::Texts(_)
            | Self::SomeOf(_)
            | Self::Whole
            | Self::Wholes
            | Self::Floor
            | Self::Number
            | Self::Boolean
            | Self::Date
            | Self::Moment
            | Self::Either(_) => None,
        }
    }
}

/// `"a", "b" or "c"`
fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// What holds where a key is left out.
#[derive(Clone, Copy, Debug)]
pub enum LeftOut {
    /// It may not be left out.
    Never,
    /// It may, except for what the words say.
    NeverWhere(&'static str),
    /// This value holds, as TOML.
    Is(&'static str),
    /// This holds, in words.
    Means(&'static str),
    /// Nothing is made of it.
    Nothing,
}

impl LeftOut {
    /// In words: "needed", "left out: ..".
    pub fn words(self) -> String {
        match self {
            Self::Never => "needed".to_owned(),
            Self::NeverWhere(place) => format!("needed {place}"),
            Self::Is(value) => format!("left out: {value}"),
            Self::Means(what) => format!("left out: {what}"),
            Self::Nothing => "may be left out".to_owned(),
        }
    }
}

impl Key {
    /// Whether its name is the user's own.
    pub fn is_named_by_user(&self) -> bool {
        self.name.bytes().all(|byte| byte.is_ascii_uppercase())
    }
}

impl Section {
    /// All its keys.
    pub fn all(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.keys.iter().copied().flatten()
    }

    /// The key of this name, or that which stands for every name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        let written = self.all().find(|key| key.name == name && !key.is_named_by_user());
        written.or_else(|| self.all().find(|key| key.is_named_by_user()))
    }

    /// `[seasons.NAME]`, or a file's top.
    pub fn header(&self) -> String {
        if self.path.is_empty() { "the top of the file".to_owned() } else { format!("[{}]", self.path) }
    }

    /// This table and all below it, each once, in the order in which keys name them.
    pub fn with_all_below(&'static self) -> Vec<&'static Self> {
        let mut found: Vec<&'static Self> = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect(&'static self, found: &mut Vec<&'static Self>) {
        if found.iter().any(|known| std::ptr::eq(*known, self)) {
            return;
        }
        found.push(self);
        for below in self.all().filter_map(|key| key.kind.section()) {
            below.collect(found);
        }
    }

    /// Whether a way with names of the user's own, such as `workloads.queries`, leads to this table or to one above it.
    pub fn is_at_or_below(&self, way: &str) -> bool {
        let own: Vec<&str> = self.path.split('.').collect();
        let wanted: Vec<&str> = way.split('.').collect();
        let is_name = |part: &str| part.bytes().all(|byte| byte.is_ascii_uppercase());
        wanted.len() <= own.len()
            && wanted.iter().zip(&own).all(|(wanted, own)| wanted == own || is_name(own))
    }
}

/// The tables with a key of this very name.
pub fn places_of(name: &str) -> Vec<&'static Section> {
    let sections = FILES.iter().flat_map(|file| file.root.with_all_below());
    sections.filter(|section| section.all().any(|key| key.name == name)).collect()
}
