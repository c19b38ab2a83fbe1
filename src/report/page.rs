//! Pages for a browser: one file each that asks no network, made of the templates below `templates/page/`, every text escaped
//! where it is put.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

/// The style of all pages.
pub(super) const STYLE: &str = include_str!("../../templates/page/style.css.j2");

/// Every template of pages: its name and its text. A test holds this list, with that of the files, against `templates/`.
pub const SOURCES: [(&str, &str); 6] = [
    ("page/page.html.j2", include_str!("../../templates/page/page.html.j2")),
    ("page/style.css.j2", STYLE),
    ("page/table.html.j2", include_str!("../../templates/page/table.html.j2")),
    ("page/chart.html.j2", include_str!("../../templates/page/chart.html.j2")),
    ("page/chart.js.j2", include_str!("../../templates/page/chart.js.j2")),
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
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), to: None }
    }

    pub(super) fn link(text: impl Into<String>, to: impl Into<String>) -> Self {
        Self { text: text.into(), to: Some(to.into()) }
    }
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
    for (name, text) in SOURCES {
        environment.add_template(name, text).expect("internal error: a template of a page does not parse");
    }
    let template = environment.get_template(name).expect("internal error: no page has that name");
    let mut page =
        template.render(Serde(view)).expect("internal error: a page asks for what it is not given");
    page.push('\n');
    page
}
