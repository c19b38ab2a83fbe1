//! A script as its statements: tokens joined by one blank, keywords in lower case, comments gone. Function bodies are
//! parsed in their own language and kept beside the statement that holds them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode, SyntaxToken};

/// A parsed script.
pub(super) struct Script {
    /// In order.
    pub(super) statements: Vec<Statement>,
    /// What the grammar refuses: line and message.
    pub(super) errors: Vec<(usize, String)>,
}

/// One statement.
pub(super) struct Statement {
    /// Where it begins, counted from 1.
    pub(super) line: usize,
    /// Its tokens, a blank before, between and after them.
    text: String,
    /// The tokens of the function body inside it, written likewise, if there is one.
    body: Option<String>,
    /// The columns of the table that it creates.
    pub(super) columns: Vec<String>,
}

impl Script {
    pub(super) fn parse(text: &str) -> Self {
        let parsed = SourceFile::parse(text);
        let lines = Lines::of(text);
        let mut errors: Vec<_> = parsed
            .errors()
            .iter()
            .map(|error| (lines.at(error.range().start().into()), error.message().to_owned()))
            .collect();
        let mut statements = Vec::new();
        for node in parsed.tree().syntax().children() {
            let start =
                meant(&node).next().map_or(node.text_range().start(), |token| token.text_range().start());
            let body = body(&node, &lines, &mut errors);
            let columns = columns(&node);
            let text = made_anew(&tokens(&node));
            statements.push(Statement { line: lines.at(start.into()), text, body, columns });
        }
        Self { statements, errors }
    }

    /// The first statement that begins with `fragment`.
    pub(super) fn find(&self, fragment: &str) -> Option<&Statement> {
        self.all(fragment).next()
    }

    /// All statements that begin with `fragment`, in order.
    pub(super) fn all(&self, fragment: &str) -> impl Iterator<Item = &Statement> {
        let wanted = tokens_of(fragment);
        self.statements.iter().filter(move |statement| statement.text.starts_with(&*wanted))
    }

    /// The place of the first statement that begins with `fragment`.
    pub(super) fn place(&self, fragment: &str) -> Option<usize> {
        let wanted = tokens_of(fragment);
        self.statements.iter().position(|statement| statement.text.starts_with(&*wanted))
    }

    /// The definition of a function, by its qualified name.
    pub(super) fn function(&self, name: &str) -> Option<&Statement> {
        self.find(&format!("create function {name} ("))
    }
}

impl Statement {
    /// Whether it contains `fragment`, token by token.
    pub(super) fn says(&self, fragment: &str) -> bool {
        self.text.contains(&*tokens_of(fragment))
    }

    /// Whether it is `whole`, token by token.
    pub(super) fn is(&self, whole: &str) -> bool {
        self.text == *tokens_of(whole)
    }

    /// Whether it begins with the word `command`.
    pub(super) fn is_command(&self, command: &str) -> bool {
        self.text.starts_with(&*tokens_of(command))
    }

    /// Where the body contains `fragment`, token by token.
    pub(super) fn does(&self, fragment: &str) -> Option<usize> {
        self.body.as_deref()?.find(&*tokens_of(fragment))
    }

    /// How often the body contains `fragment`.
    pub(super) fn times(&self, fragment: &str) -> usize {
        let wanted = tokens_of(fragment);
        let mut rest = self.body.as_deref().unwrap_or_default();
        let mut times = 0;
        while let Some(at) = rest.find(&*wanted) {
            times += 1;
            // Neighbours share the blank between them.
            rest = &rest[at + wanted.len() - 1..];
        }
        times
    }

    /// Its tokens, semicolon excepted.
    pub(super) fn words(&self) -> Vec<&str> {
        self.text.split(' ').filter(|word| !word.is_empty() && *word != ";").collect()
    }
}

thread_local! {
    /// Fragments read before: each is asked of many statements, and reading it is most of the work.
    static FRAGMENTS: RefCell<BTreeMap<String, Rc<str>>> = const { RefCell::new(BTreeMap::new()) };
}

/// A fragment of SQL, written as [`tokens`] writes statements.
fn tokens_of(fragment: &str) -> Rc<str> {
    FRAGMENTS.with_borrow_mut(|known| {
        if let Some(tokens) = known.get(fragment) {
            return Rc::clone(tokens);
        }
        let tokens: Rc<str> = tokens(SourceFile::parse(fragment).tree().syntax()).into();
        known.insert(fragment.to_owned(), Rc::clone(&tokens));
        tokens
    })
}

/// What a later version makes, it makes over what is there: the same words without that remark.
fn made_anew(text: &str) -> String {
    let text = text.replacen(" create or replace ", " create ", 1);
    let rest = text.strip_prefix(" create ").map(|rest| rest.replacen("if not exists ", "", 1));
    rest.map_or(text, |rest| format!(" create {rest}"))
}

fn tokens(node: &SyntaxNode) -> String {
    let mut text = String::from(" ");
    for token in meant(node) {
        let word = token.text();
        if word.starts_with(['\'', '$', '"']) {
            text.push_str(word);
        } else {
            text.push_str(&word.to_lowercase());
        }
        text.push(' ');
    }
    // Inside an expression the grammar keeps these as one token, in a fragment by itself as two.
    text.replace(" > = ", " >= ").replace(" < = ", " <= ").replace(" < > ", " <> ").replace(" : = ", " := ")
}

fn meant(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    let tokens = node.descendants_with_tokens().filter_map(|element| element.into_token());
    tokens.filter(|token| !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT))
}

fn columns(node: &SyntaxNode) -> Vec<String> {
    let table = ast::CreateTable::cast(node.clone()).and_then(|table| table.table_arg_list());
    let arguments = table.into_iter().flat_map(|list| list.args().collect::<Vec<_>>());
    arguments
        .filter_map(|argument| match argument {
            ast::TableArg::Column(column) => column.name().map(|name| name.syntax().text().to_string()),
            ast::TableArg::LikeClause(_) | ast::TableArg::TableConstraint(_) => None,
        })
        .collect()
}

/// The tokens of a function's body or of a DO block; what the grammar refuses in it is added to `errors`.
fn body(node: &SyntaxNode, lines: &Lines, errors: &mut Vec<(usize, String)>) -> Option<String> {
    let function = ast::CreateFunction::cast(node.clone());
    let block = ast::Do::cast(node.clone());
    let procedural = function
        .as_ref()
        .and_then(ast::CreateFunction::plpgsql)
        .or_else(|| block.and_then(|block| block.plpgsql()));
    if let Some(body) = procedural {
        let start = usize::from(body.source_range(body.syntax().text_range()).start());
        let embedded = Embedded::of(&body.syntax(), start);
        for error in body.errors() {
            let at = usize::from(error.range().start());
            if !embedded.starts.contains(&at) {
                errors.push((lines.at(at), error.message().to_owned()));
            }
        }
        errors.extend(embedded.refused.iter().map(|(at, message)| (lines.at(*at), message.clone())));
        return Some(tokens(&body.syntax()));
    }
    // Errors of plain SQL bodies are among those of the file.
    let plain = function.and_then(|function| function.sql_body())?;
    Some(tokens(&plain.syntax()))
}

/// The SQL statements of a PL/pgSQL body that have an INTO of PL/pgSQL's. squawk 2.68 reads all others, and leaves these
/// as error nodes "expected a statement". They are read here as PostgreSQL does it (PL/pgSQL manual, "Executing a Command
/// with a Single-Row Result"): the INTO clause is taken out, the rest is plain SQL.
struct Embedded {
    /// Where they begin in the file.
    starts: Vec<usize>,
    /// What plain SQL's grammar refuses in them.
    refused: Vec<(usize, String)>,
}

impl Embedded {
    fn of(body: &SyntaxNode, offset: usize) -> Self {
        let mut embedded = Self { starts: Vec::new(), refused: Vec::new() };
        for node in body.descendants().filter(|node| node.kind() == SyntaxKind::ERROR) {
            let Some(sql) = without_into(&node) else { continue };
            let start = offset + usize::from(node.text_range().start());
            embedded.starts.push(start);
            let errors = SourceFile::parse(&sql).errors();
            let refused = errors
                .iter()
                .map(|error| (start + usize::from(error.range().start()), error.message().to_owned()));
            embedded.refused.extend(refused);
        }
        embedded
    }
}

/// The text of a statement with blanks for its PL/pgSQL INTO clause; `None` where it has none.
fn without_into(statement: &SyntaxNode) -> Option<String> {
    let words: Vec<SyntaxToken> = meant(statement).collect();
    let first = words.first()?.kind();
    let is_sql = [SyntaxKind::SELECT_KW, SyntaxKind::INSERT_KW, SyntaxKind::UPDATE_KW, SyntaxKind::DELETE_KW];
    let skipped = usize::from(first == SyntaxKind::INSERT_KW) * 2;
    let into = skipped + words.iter().skip(skipped).position(|word| word.kind() == SyntaxKind::INTO_KW)?;
    let strict = words.get(into + 1).is_some_and(|word| word.text().eq_ignore_ascii_case("strict"));
    let mut last = into + 1 + usize::from(strict);
    while words.get(last + 1).is_some_and(|word| matches!(word.kind(), SyntaxKind::COMMA | SyntaxKind::DOT)) {
        last += 2;
    }
    let base = usize::from(statement.text_range().start());
    let from = usize::from(words[into].text_range().start()) - base;
    let until = usize::from(words.get(last)?.text_range().end()) - base;
    let mut text = statement.to_string();
    text.replace_range(from..until, &" ".repeat(until - from));
    is_sql.contains(&first).then_some(text)
}

/// Finds lines, counted from 1.
struct Lines {
    /// Where each line but the first begins.
    starts: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Self {
        Self { starts: text.match_indices('\n').map(|(at, _)| at + 1).collect() }
    }

    fn at(&self, offset: usize) -> usize {
        1 + self.starts.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(body: &str) -> Vec<usize> {
        let script = Script::parse(&format!("-- one\nDO $x$\nBEGIN\n{body}\nEND\n$x$;\n"));
        script.errors.into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn the_sql_inside_a_body_is_parsed_too_and_errors_name_its_line() {
        assert!(errors("SELECT a, b INTO STRICT v, w FROM t;").is_empty());
        assert!(errors("INSERT INTO t (a) VALUES (1) RETURNING a INTO v;").is_empty());
        assert_eq!(errors("NULL;\nSELECT a INTO v FORM t WERE a = 1;").first(), Some(&5));
        assert_eq!(errors("NULL;\nINSERT INTO t (a) VALUE (1) RETURNING a INTO v;").first(), Some(&5));
        assert_eq!(errors("NULL;\nUPDATE t SETT a = 1;").first(), Some(&5));
    }

    #[test]
    fn no_comment_counts_as_a_statement() {
        let script = Script::parse("-- create table a ();\n/* create table a (); */ create table b ();");
        assert!(script.find("create table a").is_none());
        assert!(script.find("CREATE TABLE b").is_some());
    }

    #[test]
    fn a_fragment_matches_whole_tokens_only() {
        let script = Script::parse("grant select on a to public_reader;");
        assert!(!script.statements[0].says("to public"));
        assert!(script.statements[0].says("to public_reader"));
    }
}
