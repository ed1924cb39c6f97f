//! `cargo xtask dev`: the server from source and the web UI that reloads on change, side by side.

use crate::process::say;
use crate::{place, web};
use anyhow::{Context, Result};
use std::process::{Child, ExitCode, Stdio};
use std::time::Duration;

/// Runs both until one ends; Ctrl-C reaches both, since they share the terminal.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    web::packages()?;
    let mut npm = web::npm();
    npm.args(["run", "--silent", "dev"]).stdin(Stdio::null());
    let mut ui = npm.spawn().context("starting the web UI")?;
    let mut cargo = place::cargo()?;
    cargo.args(["run", "--package", "vakhta-server", "--", "serve"]).args(arguments);
    let server = cargo.stdin(Stdio::null()).spawn().context("starting the server");
    let ended = match server {
        Ok(mut server) => {
            let ended = wait(&mut ui, &mut server);
            stop(&mut server);
            ended
        }
        Err(error) => Err(error),
    };
    stop(&mut ui);
    ended
}

fn wait(ui: &mut Child, server: &mut Child) -> Result<ExitCode> {
    loop {
        if let Some(status) = server.try_wait().context("waiting for the server")? {
            say(&format!("the server ended: {status}"));
            return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        if let Some(status) = ui.try_wait().context("waiting for the web UI")? {
            say(&format!("the web UI ended: {status}"));
            return Ok(ExitCode::FAILURE);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn stop(child: &mut Child) {
    // It may have ended by itself; then there is nothing to stop.
    if child.kill().is_ok() {
        let _ = child.wait();
    }
}
