//! The command line of seasonscale.

fn main() {}
