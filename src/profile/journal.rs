//! `[journal]`: the event journal, and who removes what is delivered.

use crate::name::{KubeName, Slug, SqlName};
use crate::quantity::{Ratio, Seconds};
use crate::source::Located;
use crate::time::TimeOfDay;

/// The event journal in PostgreSQL.
#[derive(Clone, Debug)]
pub struct Journal {
    /// Flyway version: `226`.
    pub version: Located<u32>,
    /// Flyway description, the part after the two underscores.
    pub description: SqlName,
    /// Versions that have been applied anywhere: their files are kept as they are. None is above `version`.
    pub released: Vec<u32>,
    /// PostgreSQL schema.
    pub schema: SqlName,
    /// Prefix of the database roles and of the exported metrics.
    pub prefix: SqlName,
    /// Session setting that names the territory, `app.territory`.
    pub territory_setting: String,
    /// NOTIFY queue usage from which wake-ups are left out.
    pub spill_ratio: Ratio,
    /// NOTIFY queue usage up to which critical events are still notified.
    pub critical_ratio: Ratio,
    /// Delivered events are kept this long.
    pub retention: Seconds,
    /// Failures after which an event is parked.
    pub max_attempts: u32,
    /// Who removes delivered events; absent: somebody else does.
    pub purge: Option<Purge>,
}

/// The job that removes events that were delivered longer ago than the retention: `[journal.purge]`.
#[derive(Clone, Debug)]
pub struct Purge {
    /// Its name in the cluster.
    pub name: Slug,
    /// An image with psql.
    pub image: String,
    /// The Secret with the file `pg_service.conf`.
    pub secret: KubeName,
    /// When it begins, each day, on the platform's clock.
    pub at: TimeOfDay,
}

impl Journal {
    /// `V226__scaling_event_journal.sql`: two underscores, or Flyway does not see it.
    pub fn migration_file(&self) -> String {
        format!("V{}__{}.sql", self.version.value, self.description)
    }

    /// Whether its version has been applied anywhere.
    pub fn is_released(&self) -> bool {
        self.released.contains(&self.version.value)
    }

    /// The released version that the next one changes; none where nothing is released, or nothing is to be made.
    pub fn changes(&self) -> Option<u32> {
        self.released.iter().copied().filter(|_| !self.is_released()).max()
    }

    /// `U226__scaling_event_journal.sql`
    pub fn undo_file(&self) -> String {
        format!("U{}__{}.sql", self.version.value, self.description)
    }
}
