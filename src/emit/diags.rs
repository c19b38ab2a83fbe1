//! What emission can say of templates; findings about schedules are worded in `schedule/diags.rs`.

use minijinja::{Error, ErrorKind};

use super::Templates;
use crate::finding::{Diagnostic, Place, Rule};
use crate::kept::{Kept, Unfit};

/// What minijinja says of a template.
pub(super) fn template_error(name: &str, error: &Error) -> Diagnostic {
    let place = Place {
        artifact: format!("templates/{}", error.name().unwrap_or(name)),
        line: error.line(),
        route: error.kind().to_string(),
    };
    let detail = if error.kind() == ErrorKind::OutOfFuel {
        "it does not end, or works far longer than any file of ours".to_owned()
    } else {
        error.detail().map(str::to_owned).unwrap_or_else(|| error.to_string())
    };
    Diagnostic::new(Rule::TemplateError, format!("template `{name}` does not render: {detail}"))
        .inside(place)
        .help("the embedded templates are the reference: compare with `seasonscale templates`")
}

/// A replacement for a template that is not there.
pub(super) fn unknown_template(name: &str) -> Diagnostic {
    let known: Vec<&str> = Templates::sources().map(|(name, _)| name).collect();
    Diagnostic::new(Rule::TemplateError, format!("no template is called `{name}`"))
        .help(format!("a replacement has the name of an embedded template: {}", known.join(", ")))
}

/// What the rules' tests cannot be computed for: an expression of a template of the user's own.
pub(super) fn untestable(problem: &str) -> Diagnostic {
    Diagnostic::new(Rule::TemplateError, format!("the rules cannot be tested: {problem} is not understood"))
        .help("write it as the embedded templates do, or leave `alert-tests` out of `[artifacts] make`")
}

/// What a template rendered is no JSON.
pub(super) fn no_json(name: &str, error: &serde_json::Error) -> Diagnostic {
    Diagnostic::new(Rule::TemplateError, format!("template `{name}` does not render to JSON: {error}"))
        .help("the embedded templates are the reference: compare with `seasonscale templates`")
}

pub(super) fn without_place(object: &Kept, unfit: Unfit) -> Diagnostic {
    let title = format!("nothing can be added to the ScaledObject `{}`: {unfit}", object.name);
    let help = match unfit {
        Unfit::NoList => {
            "write `triggers: []` under `spec`, or the list itself where an alias or a merge brings it"
        }
        Unfit::NotAList => "write the list out, or `triggers: []` where there is none",
        Unfit::NoPlace => "where the list has an anchor that something else repeats, write that out",
    };
    Diagnostic::new(Rule::BaseWithoutPlace, title).at(object.span, "this object").help(help)
}
