//! The command line of seasonscale.

use std::process::ExitCode;

/// Files are made and proven on all cores, out of many small strings and trees: the system's allocator costs a tenth more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    seasonscale::cli::main()
}
