//! The command line of seasonscale.

use std::process::ExitCode;

fn main() -> ExitCode {
    seasonscale::cli::main()
}
