//! ScaledObjects that somebody else owns: their facts with places in their own files, and their text with our cron triggers
//! at the end of it, every other byte as it was.
//!
//! It must not know what KEDA does with them: `keda` does, and `verify` asks it.

mod cut;
mod edit;
mod lift;
mod object;
mod read;
pub mod served;

pub use cut::{Bare, without_crons};
pub use edit::{Standing, Unfit, standing, with_triggers};
pub use object::{Kept, Scaled};
pub use read::{Chosen, Flaw, read};

/// Triggers with names that begin so are ours: they are replaced. Nobody else's are touched.
pub const OURS: &str = "seasonscale_";

/// Annotations with names that begin so are ours: they say in a cluster what comments say in a file.
pub const ANNOTATIONS: &str = "seasonscale/";
