//! Pages for a browser: one file each that asks no network, made of the templates below `templates/page/`, every text escaped
//! where it is put.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, HtmlEscape, UndefinedBehavior};
use serde::Serialize;

/// Every template of pages: its name and its text. A test holds this list, with that of the files, against `templates/`.
pub const SOURCES: [(&str, &str); 8] = [
    ("page/page.html.j2", include_str!("../../templates/page/page.html.j2")),
    ("page/style.css.j2", include_str!("../../templates/page/style.css.j2")),
    ("page/table.html.j2", include_str!("../../templates/page/table.html.j2")),
    ("page/chart.html.j2", include_str!("../../templates/page/chart.html.j2")),
    ("page/chart.js.j2", include_str!("../../templates/page/chart.js.j2")),
    ("page/review.html.j2", include_str!("../../templates/page/review.html.j2")),
    ("page/change.html.j2", include_str!("../../templates/page/change.html.j2")),
    ("page/simulate.html.j2", include_str!("../../templates/page/simulate.html.j2")),
];

/// A table. The first cell of each row names it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) head: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// One cell; with `to`, a link to a part of the page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) to: Option<String>,
    look: CellStyle,
}

/// How a cell is set.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum CellStyle {
    /// Short, to the right.
    Figure,
    /// A sentence or some lines, to the left.
    Words,
    /// The same, with its `code` as code.
    Quoted,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), to: None, look: CellStyle::Figure }
    }

    pub(super) fn words(text: impl Into<String>) -> Self {
        Self { look: CellStyle::Words, ..Self::text(text) }
    }

    pub(super) fn quoted(text: impl Into<String>) -> Self {
        Self { look: CellStyle::Quoted, ..Self::text(text) }
    }

    pub(super) fn link(text: impl Into<String>, to: impl Into<String>) -> Self {
        Self { to: Some(to.into()), ..Self::text(text) }
    }
}

/// Text with its `code` as code, every other character as it is.
fn quoted(text: &str) -> Value {
    let parts = text.split('`').enumerate().map(|(at, part)| {
        let part = HtmlEscape(part);
        if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_string() }
    });
    Value::from_safe_string(parts.collect())
}

/// Makes a page of the template `name`.
pub(super) fn render(name: &str, view: impl Serialize) -> String {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .block_delimiters("<%", "%>")
        .variable_delimiters("<<", ">>")
        .comment_delimiters("<#", "#>")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .expect("internal error: the delimiters are distinct");
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html.j2") { AutoEscape::Html } else { AutoEscape::None }
    });
    environment.add_filter("quoted", quoted);
    for (name, text) in SOURCES {
        environment.add_template(name, text).expect("internal error: a template of a page does not parse");
    }
    let template = environment.get_template(name).expect("internal error: no page has that name");
    let mut page =
        template.render(Serde(view)).expect("internal error: a page asks for what it is not given");
    page.push('\n');
    page
}
