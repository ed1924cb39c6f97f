//! `vakhta serve`.

use super::settings::Settings;
use crate::config::Config;
use crate::exit::Result;
use crate::logs;
use crate::output::{GOOD, Out, STRONG, styled};
use crate::wiring::{self, CODE_VERSION, Running};
use serde_json::json;

/// Runs the server.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Every setting may also stand in the configuration file or the environment: `vakhta config`."
)]
pub struct Args {
    #[command(flatten)]
    settings: Settings,
}

/// Runs the command until it is asked to stop.
pub fn run(args: Args, out: Out) -> Result<()> {
    let (config, _) = args.settings.load(out)?;
    let _logging = logs::start(&config)?;
    runtime()?.block_on(async {
        let mut running = wiring::start(&config).await?;
        announce(&running, &config, out);
        let asked = running.until_asked().await;
        tracing::info!("stopping");
        running.stop().await?;
        tracing::info!("stopped");
        asked
    })
}

/// The runtime of a server.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn announce(running: &Running, config: &Config, out: Out) {
    if out.is_json() {
        let first = running.first_sign_in.as_ref().map(|f| json!({"username": f.username, "file": f.file}));
        out.json(&json!({"ready": true, "url": running.url(), "data_dir": config.data_dir, "first_sign_in": first}));
    } else {
        match running.url() {
            Some(url) => out.line(format!(
                "{} {}",
                styled(GOOD, format!("Vakhta {CODE_VERSION} is ready:")),
                styled(STRONG, format!("{url}/ui/"))
            )),
            None => out.line(styled(GOOD, format!("Vakhta {CODE_VERSION} is ready, it works on the queue"))),
        }
        out.line(format!("data in {}", config.data_dir.display()));
    }
    first_sign_in(running, out);
}

/// Tells how to sign in for the first time. The password itself is shown by the start that made it only.
pub fn first_sign_in(running: &Running, out: Out) {
    let Some(first) = &running.first_sign_in else { return };
    let file = first.file.display();
    if first.is_new {
        let (name, password) = (styled(STRONG, &first.username), styled(STRONG, &first.password));
        out.note(format!("sign in as {name} with the one-time password {password}"));
        out.note(format!("it is kept in {file} until it is changed"));
    } else {
        out.note(format!("sign in as {} with the one-time password in {file}", first.username));
    }
}
