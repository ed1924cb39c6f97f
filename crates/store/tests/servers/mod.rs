//! The servers that the tests start themselves, each on a free loopback port, ended when dropped.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod mariadb;
pub mod moto;
pub mod postgres;

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// A command that ends with the thread that started it, even when that is killed; as another account
/// where one is given.
fn tethered(program: &std::path::Path, account: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(account) = account {
        command.args(["--reuid", account, "--regid", account, "--init-groups"]);
    }
    command.args(["--pdeathsig", "KILL"]).arg(program);
    command
}

/// A server's process.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // SIGINT lets PostgreSQL give back its shared memory.
        let asked = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        let end = Instant::now() + Duration::from_secs(10);
        while asked.is_ok() && Instant::now() < end {
            if matches!(self.0.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
