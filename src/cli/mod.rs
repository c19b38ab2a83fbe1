//! The command line: the only place with files, the clock, colour and exit codes. No domain arithmetic.

mod args;
mod audit;
mod check;
mod cluster;
mod compiling;
mod explain;
mod foreign;
mod generate;
mod gone;
mod holidays;
mod import;
mod init;
mod input;
mod language;
mod output;
mod place;
mod progress;
mod prometheus;
mod renew;
mod review;
mod revision;
mod simulate;
mod standing;
mod today;
mod together;
mod within;

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use clap_complete::Shell;

use crate::emit::Templates;
use crate::finding::{Diagnostic, Rule};
use crate::name::nearest;
use args::{Check, Cli, Command, Generate};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing to say.
    Clean,
    /// Findings, or files that differ.
    Findings,
    /// A policy file that the world would not hand over; said like a finding, with all that is wrong beside it.
    Unreadable,
    /// No policy where one was looked for.
    NothingToRead,
}

impl Outcome {
    /// The worse of two.
    fn and(self, other: Self) -> Self {
        let weight = |outcome| match outcome {
            Self::Clean => 0,
            Self::NothingToRead => 1,
            Self::Findings => 2,
            Self::Unreadable => 3,
        };
        if weight(other) > weight(self) { other } else { self }
    }

    /// What `problems` make of a run that cannot go on.
    fn refused(problems: &[Diagnostic]) -> Self {
        let unreadable = problems.iter().any(|problem| problem.rule == Rule::UnreadableFile);
        if unreadable { Self::Unreadable } else { Self::Findings }
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let outcome = match Cli::try_parse() {
        Ok(cli) => {
            input::read_at_most(cli.max_size);
            run(cli.command)
        }
        Err(said) => return usage(&with_a_way_out(said)),
    };
    match outcome {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Ok(Outcome::Unreadable) => ExitCode::from(2),
        Ok(Outcome::NothingToRead) => ExitCode::from(3),
        Err(error) => {
            output::failure(&error);
            ExitCode::from(2)
        }
    }
}

/// A value that begins with a dash is taken for an option, and clap's way out, `--`, ends all options.
fn with_a_way_out(mut said: clap::Error) -> clap::Error {
    let Some(ContextValue::String(unknown)) = said.get(ContextKind::InvalidArg) else { return said };
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let program = Cli::command();
    let takes_value = |option: &str| {
        let mut all = program.get_subcommands().flat_map(clap::Command::get_arguments);
        all.any(|argument| {
            let short = argument.get_short().map(|short| format!("-{short}"));
            let long = argument.get_long().map(|long| format!("--{long}"));
            argument.get_action().takes_values()
                && [short, long].into_iter().flatten().any(|own| own == option)
        })
    };
    let is_value = |two: &&[String]| takes_value(&two[0]) && two[1].starts_with(unknown.as_str());
    let before = arguments.windows(2).find(is_value);
    if let (ErrorKind::UnknownArgument, Some([option, value])) = (said.kind(), before) {
        let tip = format!("where '{value}' is the value of '{option}', write '{option}={value}'");
        said.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    said
}

/// Help or version that was asked for, or what is wrong with the arguments.
fn usage(said: &clap::Error) -> ExitCode {
    let text = said.render().ansi().to_string();
    if said.use_stderr() {
        output::report(&text);
        return ExitCode::from(2);
    }
    match output::data(&text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::failure(&error);
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Init(arguments) => init::run(&arguments),
        Command::Generate(generate) if generate.check => {
            let Generate { places, today, .. } = generate;
            check::run(&Check { places, cluster: None, full: false, format: None, today })
        }
        Command::Generate(generate) => generate::run(&generate),
        Command::Check(check) => check::run(&check),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Review(arguments) => review::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Completions { shell } => completions(shell),
        Command::Manual { command } => manual(command.as_deref()),
        Command::Import(import) => import::run(&import),
        Command::Renew(arguments) => renew::run(&arguments),
        Command::Holidays(arguments) => holidays::run(&arguments),
        Command::Rules => rules(),
        Command::Keys { table } => language::keys(table.as_deref()),
        Command::Schema(arguments) => language::schema(&arguments),
        Command::Templates { name } => templates(name.as_deref()),
    }
}

fn rules() -> anyhow::Result<Outcome> {
    let lines = Rule::ALL.iter().copied().map(|rule| {
        let severity = format!("{:?}", rule.severity()).to_lowercase();
        format!("{:<28} {severity:<8} {}\n", rule.id(), rule.summary())
    });
    output::data(&lines.collect::<String>())?;
    Ok(Outcome::Clean)
}

fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "seasonscale", &mut script);
    output::data(&String::from_utf8(script)?)?;
    Ok(Outcome::Clean)
}

fn manual(command: Option<&str>) -> anyhow::Result<Outcome> {
    let mut program = Cli::command();
    program.build();
    let shown = match command {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| no_command(name, &program))?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(shown).render(&mut page)?;
    output::data(&String::from_utf8(page)?)?;
    Ok(Outcome::Clean)
}

fn no_command(name: &str, program: &clap::Command) -> anyhow::Error {
    match nearest(name, program.get_subcommands().map(clap::Command::get_name)) {
        Some(near) => anyhow::anyhow!("no command is called `{name}`; did you mean `{near}`?"),
        None => anyhow::anyhow!("no command is called `{name}`; `--help` lists them"),
    }
}

fn templates(name: Option<&str>) -> anyhow::Result<Outcome> {
    let Some(name) = name else {
        let lines: String = Templates::sources().map(|(name, _)| format!("{name}\n")).collect();
        output::data(&lines)?;
        return Ok(Outcome::Clean);
    };
    let found = Templates::sources().find(|(known, _)| *known == name);
    let (_, text) = found.ok_or_else(|| {
        anyhow::anyhow!("no template is called `{name}`; `seasonscale templates` lists them")
    })?;
    output::data(text)?;
    Ok(Outcome::Clean)
}
