//! Reading TOML tables key by key, with the span of everything and all problems in one run. Every table is read by its
//! section of [`crate::keys`]: what that has no row for cannot be asked for, and findings quote its examples.

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::{Datetime, Offset};

use super::diags;
use crate::finding::Diagnostic;
use crate::invisible;
use crate::keys::{Key, Section};
use crate::source::{Located, SourceId, Span};
use crate::time::{Date, Instant, LocalTime, TimeOfDay};

/// The largest number: KEDA keeps a thousand times a threshold in 64 bits, and sums of many such numbers stay exact to the
/// thousandth here.
const MOST: f64 = 1e12;

/// When a campaign begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// On the clock of each territory, or on the campaign's own.
    Local(LocalTime),
    /// At one instant for everybody.
    At(Instant),
}

/// Where problems go.
pub(super) type Problems = Vec<Diagnostic>;

/// A table being read.
pub(super) struct Table<'t> {
    /// How messages call it: ``season `spargel` ``.
    pub(super) title: String,
    /// Its header, or the inline table.
    pub(super) span: Span,
    /// None where the table is left out.
    entries: Option<&'t DeTable<'t>>,
    section: &'static Section,
    known: Vec<&'t str>,
    moved: Vec<&'t str>,
}

impl<'t> Table<'t> {
    /// A whole file, at its first byte.
    pub(super) fn root(
        title: impl Into<String>,
        source: SourceId,
        entries: &'t DeTable<'t>,
        section: &'static Section,
    ) -> Self {
        Self::new(title, Span::new(source, 0..0), Some(entries), section)
    }

    fn new(
        title: impl Into<String>,
        span: Span,
        entries: Option<&'t DeTable<'t>>,
        section: &'static Section,
    ) -> Self {
        Self { title: title.into(), span, entries, section, known: Vec::new(), moved: Vec::new() }
    }

    fn row(&self, key: &str) -> &'static Key {
        let row = self.section.key(key);
        row.unwrap_or_else(|| panic!("internal error: no row for `{key}` in {}", self.section.header()))
    }

    /// The value of `key`, if it is there. The key counts as known from now on.
    pub(super) fn get(&mut self, key: &'t str) -> Option<Value<'t>> {
        let row = self.row(key);
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        let (name, value) = self.entries?.get_key_value(key)?;
        Some(Value::new(self.span.source, name, value, row))
    }

    /// The place of a key that stood here in an earlier version, if it is there.
    pub(super) fn moved(&mut self, key: &'t str) -> Option<Span> {
        self.moved.push(key);
        let (name, _) = self.entries?.get_key_value(key)?;
        Some(Span::new(self.span.source, name.span()))
    }

    /// The value of `key`, whose absence is a problem.
    pub(super) fn need(&mut self, key: &'t str, problems: &mut Problems) -> Option<Value<'t>> {
        let value = self.get(key);
        if value.is_none() {
            problems.push(self.missing(key));
        }
        value
    }

    /// That `key` is not there.
    pub(super) fn missing(&self, key: &str) -> Diagnostic {
        diags::missing_key(&self.title, (key, self.row(key)), self.section, self.span)
    }

    /// A sub-table under a fixed key; its absence is a problem.
    pub(super) fn need_table(&mut self, key: &'t str, problems: &mut Problems) -> Option<Table<'t>> {
        let title = format!("`[{key}]`");
        self.need(key, problems)?.table(title, problems)
    }

    /// A sub-table under a fixed key, if it is there.
    pub(super) fn get_table(&mut self, key: &'t str, problems: &mut Problems) -> Option<Table<'t>> {
        self.get(key).and_then(|value| value.table(format!("`[{key}]`"), problems))
    }

    /// A sub-table under a fixed key; one that is left out is like one without keys.
    pub(super) fn table_or_empty(&mut self, key: &'t str, problems: &mut Problems) -> Table<'t> {
        let section = self.row(key).kind.section().expect("internal error: a key that takes a table");
        let empty = Table::new(format!("`[{key}]`"), self.span, None, section);
        self.get_table(key, problems).unwrap_or(empty)
    }

    /// Whether the table under `key` has a `child`; no key counts as known by that.
    pub(super) fn child_has(&self, key: &str, child: &str) -> bool {
        let parent = self.entries.and_then(|entries| entries.get(key)?.get_ref().as_table());
        parent.is_some_and(|parent| parent.contains_key(child))
    }

    /// Whether one of the tables under `key` has a table `child` with one of `keys`; no key counts as known by that.
    pub(super) fn any_child_has(&self, key: &str, child: &str, keys: &[&str]) -> bool {
        let table = |value: &'t Spanned<DeValue<'t>>| value.get_ref().as_table();
        let parent = self.entries.and_then(|entries| table(entries.get(key)?));
        let children = parent.into_iter().flat_map(|parent| parent.values()).filter_map(table);
        children
            .filter_map(|own| table(own.get(child)?))
            .any(|own| keys.iter().any(|key| own.contains_key(*key)))
    }

    /// The tables under `key`, each with its own key: `[seasons.spargel]`.
    pub(super) fn children(
        &mut self,
        key: &'t str,
        one: &str,
        problems: &mut Problems,
    ) -> Vec<(Value<'t>, Table<'t>)> {
        let Some(parent) = self.get(key).and_then(|value| value.table(format!("`[{key}]`"), problems)) else {
            return Vec::new();
        };
        let mut children = Vec::new();
        let row = self.row(key);
        for (name, value) in parent.entries.into_iter().flatten() {
            let value = Value::new(self.span.source, name, value, row);
            let title = format!("{one} `{}`", value.key);
            if let Some(table) = value.table(title, problems) {
                children.push((value, table));
            }
        }
        children
    }

    /// All entries, in the order of the file; for tables whose keys are the user's own.
    pub(super) fn values(&self) -> impl Iterator<Item = Value<'t>> + use<'t> {
        let (source, section) = (self.span.source, self.section);
        let entries = self.entries.into_iter().flatten();
        entries
            .filter_map(move |(key, value)| Some(Value::new(source, key, value, section.key(key.get_ref())?)))
    }

    /// Whether there is a `key`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.is_some_and(|entries| entries.contains_key(key))
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self, problems: &mut Problems) {
        for name in self.entries.into_iter().flat_map(|entries| entries.keys()) {
            let key: &str = name.get_ref();
            if !self.known.contains(&key) && !self.moved.contains(&key) {
                let at = Span::new(self.span.source, name.span());
                problems.push(diags::unknown_key(
                    &self.title,
                    (key, at),
                    (self.section, self.span),
                    &self.known,
                ));
            }
        }
    }
}

/// One entry of a table (or one element of an array) being read.
#[derive(Clone, Copy)]
pub(super) struct Value<'t> {
    pub(super) key: &'t str,
    pub(super) key_span: Span,
    pub(super) span: Span,
    value: &'t DeValue<'t>,
    row: &'static Key,
    /// Whether it is an element of the key's list.
    is_element: bool,
}

impl<'t> Value<'t> {
    fn new(
        source: SourceId,
        key: &'t Spanned<std::borrow::Cow<'t, str>>,
        value: &'t Spanned<DeValue<'t>>,
        row: &'static Key,
    ) -> Self {
        Self {
            key: key.get_ref(),
            key_span: Span::new(source, key.span()),
            span: Span::new(source, value.span()),
            value: value.get_ref(),
            row,
            is_element: false,
        }
    }

    /// Says what is taken instead: the whole key's kind, or that of one element of its list.
    fn wrong(&self, element: &str, problems: &mut Problems) {
        let kind = self.row.kind.words();
        let wanted = if self.is_element { element } else { kind.as_str() };
        let date = self.value.as_datetime().map(ToString::to_string);
        let date = date
            .filter(|_| self.row.kind.takes_text())
            .map(|date| diags::quoted_date(self.key, &date, self.row));
        let found = match &date {
            Some(_) => "date without quotes",
            None => self.value.type_str(),
        };
        let mut problem = diags::wrong_type(self.key, (wanted, self.row), found, self.span);
        problem.help = date.or_else(|| self.spelled()).or(problem.help);
        problems.push(problem);
    }

    /// A text, whatever is wrong with it.
    pub(super) fn written(&self) -> Option<&'t str> {
        self.value.as_str()
    }

    /// What is written, as the key takes it: a list of days as one text, a number with a part as the next whole one.
    fn spelled(&self) -> Option<String> {
        let words = self.row.kind.words();
        if let Some(number) = self.value.as_float().filter(|_| words.starts_with("a whole number")) {
            let number: f64 = number.as_str().replace('_', "").parse().ok()?;
            let is_replicas = number.is_finite() && (0.0..1e9).contains(&number);
            return is_replicas.then(|| diags::spelled(self.key, &format!("{:.0}", number.ceil().max(1.0))));
        }
        let items = self.value.as_array().filter(|_| self.key == "days")?;
        let days: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
        let text = days.filter(|days| !days.is_empty())?.join(",");
        text.bytes()
            .all(|byte| byte.is_ascii_lowercase() || b",-".contains(&byte))
            .then(|| diags::spelled(self.key, &format!("\"{text}\"")))
    }

    /// A string that people can see all of; the span is of its content where that is written plainly, so that parts of it can
    /// be pointed at.
    pub(super) fn text(&self, problems: &mut Problems) -> Option<Located<&'t str>> {
        let Some(text) = self.value.as_str() else {
            self.wrong("a string", problems);
            return None;
        };
        let plain = self.span.end - self.span.start == text.len() + 2;
        let content = if plain { self.span.part(1..text.len() + 1) } else { self.span };
        if let Some((at, c)) = invisible::first(text) {
            let place = if plain { content.part(at..at + c.len_utf8()) } else { content };
            problems.push(diags::invisible(self.key, text, place));
            return None;
        }
        Some(Located::new(text, content))
    }

    /// Whether it is a string.
    pub(super) fn is_text(&self) -> bool {
        self.value.is_str()
    }

    /// Whether it is a number without a fraction.
    pub(super) fn is_whole(&self) -> bool {
        self.value.is_integer()
    }

    /// A whole number in `0..=u32::MAX`.
    pub(super) fn whole(&self, problems: &mut Problems) -> Option<Located<u32>> {
        let number = self.value.as_integer().map(|n| u32::from_str_radix(n.as_str(), n.radix()));
        match number {
            Some(Ok(number)) => Some(Located::new(number, self.span)),
            Some(Err(_)) => {
                problems.push(diags::bad_value(self.key, "a whole number from 0 to 4294967295", self.span));
                None
            }
            None => {
                self.wrong("a whole number", problems);
                None
            }
        }
    }

    /// A number from 0 to [`MOST`], whole or not.
    pub(super) fn number(&self, problems: &mut Problems) -> Option<Located<f64>> {
        let float = self.value.as_float().map(|n| n.as_str().replace('_', "").parse::<f64>());
        let whole = self.value.as_integer().map(|n| i64::from_str_radix(n.as_str(), n.radix()));
        let number = match (float, whole) {
            (Some(number), _) => number.ok(),
            #[expect(clippy::cast_precision_loss, reason = "policy numbers are far below 2^53")]
            (None, Some(number)) => number.ok().map(|number| number as f64),
            (None, None) => {
                self.wrong("a number", problems);
                let share = self.value.as_str().and_then(|text| diags::share_of_one(self.key, text));
                if let (Some(share), Some(problem)) = (share, problems.last_mut()) {
                    problem.help = Some(share);
                }
                return None;
            }
        };
        match number.filter(|number| (0.0..=MOST).contains(number)) {
            // Minus nothing is nothing.
            Some(number) => Some(Located::new(number.abs(), self.span)),
            None => {
                problems.push(diags::bad_value(self.key, "a number from 0 to 1000000000000", self.span));
                None
            }
        }
    }

    pub(super) fn boolean(&self, problems: &mut Problems) -> Option<bool> {
        let value = self.value.as_bool();
        if value.is_none() {
            self.wrong("true or false", problems);
        }
        value
    }

    /// A local date, as in `2026-01-01`.
    pub(super) fn date(&self, problems: &mut Problems) -> Option<Located<Date>> {
        let date = self
            .value
            .as_datetime()
            .filter(|at| at.time.is_none() && at.offset.is_none())
            .and_then(|at| at.date);
        let date =
            date.and_then(|date| Date::ymd(i32::from(date.year), u32::from(date.month), u32::from(date.day)));
        if date.is_none() {
            self.wrong("a date without quotes", problems);
        }
        date.map(|date| Located::new(date, self.span))
    }

    /// A date and time to the minute: on a local clock, as in `2026-09-28T09:00`, or one instant for everybody, as in
    /// `2026-09-28T07:00:00Z` and `2026-09-28T09:00:00+02:00`.
    pub(super) fn moment(&self, problems: &mut Problems) -> Option<Located<Moment>> {
        let moment = self.value.as_datetime().and_then(|at| {
            let (date, time) = (at.date?, at.time?);
            let to_the_minute = time.second.unwrap_or(0) == 0 && time.nanosecond.unwrap_or(0) == 0;
            let date = Date::ymd(i32::from(date.year), u32::from(date.month), u32::from(date.day))?;
            let clock = TimeOfDay::new(u32::from(time.hour), u32::from(time.minute))?;
            let wall = to_the_minute.then(|| date.at(clock))?;
            Some(match at.offset {
                None => Moment::Local(wall),
                Some(Offset::Z) => Moment::At(Instant(wall.wall_seconds())),
                Some(Offset::Custom { minutes }) => {
                    Moment::At(Instant(wall.wall_seconds() - 60 * i64::from(minutes)))
                }
            })
        });
        if moment.is_none() {
            problems.push(diags::wrong_moment(self.key, self.moment_meant(), self.span));
        }
        moment.map(|moment| Located::new(moment, self.span))
    }

    /// What stands where a moment is wanted, and the moment that it may be meant to be.
    fn moment_meant(&self) -> (&'static str, Option<String>) {
        let day = |date: &dyn std::fmt::Display| Some(format!("{date}T00:00"));
        match self.value.as_datetime() {
            Some(Datetime { date: Some(date), time: None, .. }) => ("a date without a time", day(date)),
            Some(Datetime { date: None, .. }) => ("a time without a date", None),
            Some(Datetime { date: Some(date), time: Some(time), .. }) => {
                let minute = format!("{date}T{:02}:{:02}", time.hour, time.minute);
                ("a time with seconds", Some(minute))
            }
            None => {
                let text = self.value.as_str().unwrap_or_default();
                let at = LocalTime::parse(&text.replace('T', " "));
                let at = at.map(|at| format!("{}T{}", at.date(), at.time_of_day()));
                (self.value.type_str(), at.or_else(|| day(&Date::parse(text)?)))
            }
        }
    }

    pub(super) fn table(&self, title: impl Into<String>, problems: &mut Problems) -> Option<Table<'t>> {
        let Some(entries) = self.value.as_table() else {
            self.wrong("a table", problems);
            return None;
        };
        Some(Table::new(title, self.span, Some(entries), self.section()))
    }

    /// The table, where it is one.
    pub(super) fn as_table(&self, title: &str) -> Option<Table<'t>> {
        self.value.as_table().map(|entries| Table::new(title, self.span, Some(entries), self.section()))
    }

    fn section(&self) -> &'static Section {
        self.row.kind.section().expect("internal error: a key that takes a table")
    }

    /// Whether it is an array.
    pub(super) fn is_list(&self) -> bool {
        self.value.as_array().is_some()
    }

    /// The elements of an array; each keeps the array's key for messages.
    pub(super) fn list(&self, problems: &mut Problems) -> Option<Vec<Value<'t>>> {
        let Some(elements) = self.value.as_array() else {
            self.wrong("a list", problems);
            return None;
        };
        let source = self.span.source;
        let element = |value: &'t Spanned<DeValue<'t>>| Self {
            span: Span::new(source, value.span()),
            value: value.get_ref(),
            is_element: true,
            ..*self
        };
        Some(elements.iter().map(element).collect())
    }

    /// A list of strings; elements that are none are reported and left out.
    pub(super) fn texts(&self, problems: &mut Problems) -> Option<Vec<Located<&'t str>>> {
        let elements = self.list(problems)?;
        Some(elements.iter().filter_map(|element| element.text(problems)).collect())
    }

    /// A string that `parse` understands, or a problem that names what is `wanted`.
    pub(super) fn parsed<T>(
        &self,
        wanted: &str,
        parse: impl FnOnce(&str) -> Option<T>,
        problems: &mut Problems,
    ) -> Option<Located<T>> {
        let text = self.text(problems)?;
        let parsed = parse(text.value);
        if parsed.is_none() {
            problems.push(diags::bad_value(self.key, wanted, text.span));
        }
        parsed.map(|parsed| Located::new(parsed, text.span))
    }

    /// A string that must be a name of some system.
    pub(super) fn name<T>(
        &self,
        rule: &str,
        parse: impl FnOnce(&str) -> Option<T>,
        problems: &mut Problems,
    ) -> Option<Located<T>> {
        let text = self.text(problems)?;
        let parsed = parse(text.value);
        if parsed.is_none() {
            problems.push(diags::bad_name(text.value, rule, text.span));
        }
        parsed.map(|parsed| Located::new(parsed, text.span))
    }

    /// The key itself as a name of some system.
    pub(super) fn key_name<T>(
        &self,
        rule: &str,
        parse: impl FnOnce(&str) -> Option<T>,
        problems: &mut Problems,
    ) -> Option<T> {
        let parsed = parse(self.key);
        if parsed.is_none() {
            problems.push(diags::bad_name(self.key, rule, self.key_span));
        }
        parsed
    }
}
