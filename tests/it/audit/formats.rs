//! The other formats, and the command as it is run.
