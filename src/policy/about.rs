//! What people say about a season or campaign.

use super::decode::{Problems, Table};
use super::reader;
use crate::name::Slug;
use crate::source::Span;

/// What people say about a season or campaign.
#[derive(Clone, Debug)]
pub struct About {
    /// For people.
    pub title: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where it was asked for.
    pub ticket: Option<String>,
    /// Focus, expectations.
    pub note: Option<String>,
    /// Its header.
    pub span: Span,
}

/// `title`, `owner`, `ticket`, `note`; the title defaults to the key.
pub(super) fn about(name: Option<&Slug>, table: &mut Table<'_>, problems: &mut Problems) -> About {
    let title = table.get("title").and_then(|value| reader::text(value, problems));
    let mut text = |key| table.get(key).and_then(|value| reader::text(value, problems));
    let (owner, ticket, note) = (text("owner"), text("ticket"), text("note"));
    let title = title.or_else(|| name.map(ToString::to_string)).unwrap_or_default();
    About { title, owner, ticket, note, span: table.span }
}
