//! `wirewatch service`: the program as a system service, for those who have no package.

mod plan;
mod state;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};

pub(super) use self::plan::installed_unit;
use self::plan::{Plan, Step};
pub(super) use self::state::properties;
use super::feed::confirm;
use super::print;

/// What a package has installed; then this is none of our business.
const PACKAGED_UNIT: &str = "/usr/lib/systemd/system/wirewatch.service";

#[derive(Debug, Subcommand)]
pub(super) enum ServiceCommand {
    /// Install program, unit, account and a first config, and start the service
    Install(InstallArgs),
    /// Stop the service and remove program and unit; config and data stay
    Uninstall(UninstallArgs),
    /// Whether it is installed and running, as the service manager sees it
    Status {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
Shows what it will write and run, and asks. An existing /etc/wirewatch/config.toml stays as it is.
On Debian the package does the same, and the updates: packaging/deb.sh builds it.")]
pub(super) struct InstallArgs {
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
    /// Write below this folder and run nothing, for images
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Shows what it will stop and remove, and asks.")]
pub(super) struct UninstallArgs {
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
    /// Delete the config and everything that was collected, too
    #[arg(long)]
    purge: bool,
    /// Remove below this folder and run nothing, for images
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

pub(super) fn run(command: ServiceCommand) -> anyhow::Result<ExitCode> {
    match command {
        ServiceCommand::Install(args) => {
            refuse_beside_package(args.root.as_deref())?;
            let program = std::env::current_exe()?;
            let plan = plan::install(&program, args.root.as_deref());
            carry_out(&plan, args.yes, args.dry_run)
        }
        ServiceCommand::Uninstall(args) => {
            refuse_beside_package(args.root.as_deref())?;
            let plan = plan::uninstall(args.purge, args.root.as_deref());
            carry_out(&plan, args.yes, args.dry_run)
        }
        ServiceCommand::Status { json } => state::run(json),
    }
}

fn refuse_beside_package(root: Option<&Path>) -> anyhow::Result<()> {
    let unit = plan::below(root, PACKAGED_UNIT);
    if unit.exists() {
        bail!(
            "{} is there: a package has installed wirewatch. `systemctl enable --now wirewatch` starts it, the package manager \
             removes it",
            unit.display()
        );
    }
    Ok(())
}

fn carry_out(plan: &Plan, yes: bool, dry_run: bool) -> anyhow::Result<ExitCode> {
    if plan.steps.is_empty() {
        print::text("there is nothing to do\n")?;
        return Ok(ExitCode::SUCCESS);
    }
    for step in &plan.steps {
        print::text(&format!("  {step}\n"))?;
    }
    if dry_run {
        return Ok(ExitCode::SUCCESS);
    }
    if !yes && !confirm("Do this?")? {
        print::text("nothing was done\n")?;
        return Ok(ExitCode::from(1));
    }
    plan.steps.iter().try_for_each(Step::carry_out)?;
    print::text(&format!("{}\n", plan.done))?;
    Ok(ExitCode::SUCCESS)
}
