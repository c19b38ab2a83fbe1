//! A script as its statements: tokens joined by one blank, keywords in lower case, comments gone. Function bodies are
//! parsed in their own language and kept beside the statement that holds them.

use squawk_syntax::ast::{self, AstNode};
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

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
    /// Its tokens.
    pub(super) text: String,
    /// The tokens of the function body inside it, if there is one.
    pub(super) body: Option<String>,
}

impl Script {
    pub(super) fn parse(text: &str) -> Self {
        let parsed = SourceFile::parse(text);
        let line_of =
            |at: usize| 1 + text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count();
        let mut errors: Vec<(usize, String)> = parsed
            .errors()
            .iter()
            .map(|error| (line_of(usize::from(error.range().start())), error.message().to_owned()))
            .collect();
        let mut statements = Vec::new();
        for node in parsed.tree().syntax().children() {
            let line = line_of(first_token(&node));
            let body = body(&node, line, &mut errors);
            statements.push(Statement { line, text: tokens(&node), body });
        }
        Self { statements, errors }
    }

    /// The first statement that contains `fragment`.
    pub(super) fn find(&self, fragment: &str) -> Option<&Statement> {
        let wanted = normal(fragment);
        self.statements.iter().find(|statement| contains(&statement.text, &wanted))
    }

    /// The definition of a function, by its qualified name.
    pub(super) fn function(&self, name: &str) -> Option<&Statement> {
        self.find(&format!("create function {name} ("))
    }
}

impl Statement {
    /// Whether the statement itself contains `fragment`, token by token.
    pub(super) fn says(&self, fragment: &str) -> bool {
        contains(&self.text, &normal(fragment))
    }

    /// Where the body contains `fragment`, token by token.
    pub(super) fn does(&self, fragment: &str) -> Option<usize> {
        let body = self.body.as_deref()?;
        format!(" {body} ").find(&format!(" {} ", normal(fragment)))
    }
}

fn contains(text: &str, wanted: &str) -> bool {
    format!(" {text} ").contains(&format!(" {wanted} "))
}

/// A fragment of SQL, written as [`tokens`] writes statements.
fn normal(fragment: &str) -> String {
    tokens(SourceFile::parse(fragment).tree().syntax())
}

fn tokens(node: &SyntaxNode) -> String {
    let tokens = node.descendants_with_tokens().filter_map(|element| element.into_token());
    let meant = tokens.filter(|token| !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT));
    let words: Vec<String> = meant
        .map(|token| {
            let text = token.text();
            let is_literal = text.starts_with(['\'', '$', '"']);
            if is_literal { text.to_owned() } else { text.to_lowercase() }
        })
        .collect();
    // Inside an expression the grammar keeps `>=` as one token, in a fragment by itself as two.
    words.join(" ").replace("> =", ">=").replace("< =", "<=")
}

fn first_token(node: &SyntaxNode) -> usize {
    let tokens = node.descendants_with_tokens().filter_map(|element| element.into_token());
    let mut meant =
        tokens.filter(|token| !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT));
    meant.next().map_or(node.text_range().start(), |token| token.text_range().start()).into()
}

/// The tokens of a function's body or of a DO block, its errors added to `errors` under the statement's line.
fn body(node: &SyntaxNode, line: usize, errors: &mut Vec<(usize, String)>) -> Option<String> {
    let function = ast::CreateFunction::cast(node.clone());
    let block = ast::Do::cast(node.clone());
    let procedural = function
        .as_ref()
        .and_then(ast::CreateFunction::plpgsql)
        .or_else(|| block.and_then(|block| block.plpgsql()));
    if let Some(body) = procedural {
        let refused = body.errors().into_iter().filter(|error| !is_embedded_sql(error.message()));
        errors.extend(refused.map(|error| (line, error.message().to_owned())));
        return Some(tokens(body.tree().syntax()));
    }
    let plain = function.and_then(|function| function.sql_body())?;
    Some(tokens(plain.tree().syntax()))
}

/// squawk 2.68 reads PL/pgSQL's own statements and says this of the SQL statements among them, after which it goes on.
/// What stands in those is looked at by PostgreSQL itself, in the tests.
fn is_embedded_sql(message: &str) -> bool {
    ["SELECT_KW", "INSERT_KW", "UPDATE_KW", "DELETE_KW"]
        .iter()
        .any(|keyword| message == format!("expected a statement, got {keyword}"))
}
