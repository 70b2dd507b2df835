//! `wirewatch host`: what was learnt of a host's pages.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::{Global, open, print};
use crate::extract::{HostMemory, Summary, host_of};
use crate::model::{StoredHost, rfc3339};
use crate::store::{Queries, Store};

#[derive(Debug, Subcommand)]
pub(super) enum HostCommand {
    /// Show which lines are left out because they recur, and how much is known
    Show {
        /// Host, or the address of one of its pages
        host: String,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Forget what was learnt, to learn it anew
    Forget {
        /// Host, or the address of one of its pages
        host: String,
    },
}

pub(super) fn run(global: &Global, command: HostCommand) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    match command {
        HostCommand::Show { host, json } => {
            let host = name(&host);
            let store = open::store_to_read(&config)?;
            let found = open::block_on(async { Ok(store.host_memory(&host, None).await?) })?;
            let Some(stored) = found else {
                anyhow::bail!("nothing was learnt of {host} yet");
            };
            show(&host, &stored, json)?;
        }
        HostCommand::Forget { host } => {
            let host = name(&host);
            let store = open::store(&config)?;
            if !open::block_on(async { Ok(store.forget_host(&host).await?) })? {
                anyhow::bail!("nothing was learnt of {host} yet");
            }
            print::text(&format!("forgotten: what was learnt of {host}\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The name that a host's memory is kept under.
fn name(host: &str) -> String {
    let address = if host.contains("://") {
        host.to_owned()
    } else {
        format!("http://{host}/")
    };
    host_of(&address).unwrap_or_else(|| host.to_owned())
}

fn show(host: &str, stored: &StoredHost, as_json: bool) -> anyhow::Result<()> {
    let text = stored.memory.as_deref().unwrap_or_default();
    let summary = HostMemory::decode(text).summary();
    if as_json {
        return print::json(&json!({
            "host": host,
            "updated_at": rfc3339(stored.updated_at),
            "bytes": text.len(),
            "memory": summary,
        }));
    }
    print::text(&page(host, stored, &summary))
}

fn page(host: &str, stored: &StoredHost, summary: &Summary) -> String {
    let mut out = format!(
        "host       {}\nlearnt     from {} articles, last {}\nlines      {} watched, {} of them recur and are left out\n\
         paths      {} carry the body, {} never do\n",
        print::safe(host),
        summary.pages,
        print::time(stored.updated_at),
        summary.lines,
        summary.recurring.len(),
        summary.trusted_paths,
        summary.distrusted_paths,
    );
    if summary.passed_over {
        out.push_str("state      passed over: too few articles, or the pages have changed\n");
    }
    for (articles, text) in &summary.recurring {
        out.push_str(&format!("{articles:>4} x     {}\n", print::safe(text)));
    }
    out
}
