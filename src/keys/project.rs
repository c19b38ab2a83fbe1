//! `seasonscale.toml`: which policies there are; and files of expectations.

use super::{Kind, LeftOut, Section};

/// The file's top.
pub static PROJECT: Section = Section {
    path: "",
    about: "Which policies there are. It is looked for in the folder and in those above it; paths are relative to it.",
    keys: &[&[key!("policies": Kind::Named(&POLICY), LeftOut::Never;
        "The policies, each under a name.";
        "{ shop = { folder = \"policies\", out = \"generated\" } }")]],
    meant: &[
        ("policy", "write `[policies.NAME]`, with a name"),
        ("out", "`out` stands in `[policies.NAME]`"),
    ],
};

static POLICY: Section = Section {
    path: "policies.NAME",
    about: "A policy and its files.",
    keys: &[&[
        key!("folder": Kind::Text("a path in quotes"), LeftOut::Is("\"policies\"");
            "The folder with calendar.toml and territories.toml.";
            "\"teams/shop/policies\""),
        key!("out": Kind::Text("a path in quotes"), LeftOut::Is("\"generated\"");
            "The folder of the files that are made.";
            "\"teams/shop/generated\""),
        key!("templates": Kind::Text("a path in quotes"), LeftOut::Nothing;
            "A folder whose templates replace the embedded ones.";
            "\"templates\""),
        key!("migrations": Kind::Text("a path in quotes"), LeftOut::Nothing;
            "The folder of the project's Flyway migrations.";
            "\"src/main/resources/db/migration\""),
        key!("own": Kind::Texts("a list of patterns in quotes"), LeftOut::Nothing;
            "What lies in the output folder and is the team's own: `*` stands for any characters of a name.";
            "[\"overlays/\", \"*.local.yaml\"]"),
        key!("cluster": Kind::Text("a name in quotes"), LeftOut::Nothing;
            "The cluster that the files are for, where policies of a project are for several: those of two clusters are not held against each other. One that names none may be for any.";
            "\"production\""),
    ]],
    meant: &[
        ("policies", "write `folder = \"policies\"`"),
        ("output", "write `out = \"generated\"`"),
        ("allow", "write `own = [\"overlays/\"]`"),
        ("ignore", "write `own = [\"overlays/\"]`"),
    ],
};

/// The file's top.
pub static EXPECT: Section = Section {
    path: "",
    about: "What `simulate --expect` holds a plan to.",
    keys: &[&[key!("expect": Kind::Texts("a list of lines in quotes"), LeftOut::Never;
        "Each a figure, how it compares, and with what.";
        "[\"minutes-over-gate < 30\"]")]],
    meant: &[],
};
