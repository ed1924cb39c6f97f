//! Running other programs and talking to the terminal.
//!
//! Children get no standard input unless a command says so: in CI nobody is there to answer.

use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// Prints a line.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A closed pipe is no reason to stop half-way.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// Prints a line where errors go.
pub fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// The cargo that started this program, else the one on the path.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs to the end and fails where the program fails. The command line is printed first.
pub fn run(command: &mut Command) -> Result<()> {
    say(&format!("$ {}", shown(command)));
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("`{}` could not be started", program(command)))?;
    if !status.success() {
        bail!("`{}` failed: {status}", shown(command));
    }
    Ok(())
}

/// Runs to the end and hands over each line of the output as it comes. The command line is printed first.
pub fn each_line(command: &mut Command, mut take: impl FnMut(&str)) -> Result<ExitStatus> {
    say(&format!("$ {}", shown(command)));
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child =
        command.spawn().with_context(|| format!("`{}` could not be started", program(command)))?;
    let output = BufReader::new(child.stdout.take().expect("it is piped"));
    for line in output.split(b'\n') {
        let line = line.with_context(|| format!("reading what `{}` says", program(command)))?;
        take(&String::from_utf8_lossy(&line));
    }
    child.wait().with_context(|| format!("waiting for `{}`", program(command)))
}

/// Runs quietly and gives what was printed; an error holds what the program complained of.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{}` could not be started", program(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed: {}: {}", shown(command), output.status, complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether the program starts and ends well; nothing is printed.
pub fn works(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Where a program is found on the path.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_executable(file))
}

/// Whether a file is there and may be run.
#[cfg(unix)]
pub fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Whether a file is there.
#[cfg(not(unix))]
pub fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// Hands this process over to another program, so that signals and the exit code are its own.
#[cfg(unix)]
pub fn become_program(command: &mut Command) -> Result<std::process::ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).with_context(|| format!("`{}` could not be started", program(command)))
}

/// Runs another program with this one's terminal and passes its exit code on.
#[cfg(not(unix))]
pub fn become_program(command: &mut Command) -> Result<std::process::ExitCode> {
    let status = command.status().with_context(|| format!("`{}` could not be started", program(command)))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(std::process::ExitCode::from(code))
}

fn program(command: &Command) -> String {
    let path = Path::new(command.get_program());
    path.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned()
}

/// The command as one could type it.
pub fn shown(command: &Command) -> String {
    let mut line = program(command);
    for argument in command.get_args() {
        line.push(' ');
        let argument = argument.to_string_lossy();
        if argument.is_empty() || argument.contains([' ', '\'', '"', '$', '*', '(']) {
            let _ = write!(line, "'{argument}'");
        } else {
            line.push_str(&argument);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_could_type_it() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["test", "--", "two words"]);
        assert_eq!(shown(&command), "cargo test -- 'two words'");
    }

    #[test]
    fn lines_come_one_by_one() {
        let mut command = Command::new("sh");
        let mut lines = Vec::new();
        let status =
            each_line(command.args(["-c", "echo one; echo two; exit 3"]), |l| lines.push(l.to_owned()));
        assert_eq!(status.expect("it was started").code(), Some(3));
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = output(&mut Command::new("no-such-program-here")).expect_err("it does not exist");
        assert!(format!("{error:#}").contains("`no-such-program-here` could not be started"), "{error:#}");
    }

    #[test]
    fn a_failure_carries_the_complaint() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo broken >&2; exit 3"]);
        let error = output(&mut command).expect_err("it exits with 3");
        assert!(error.to_string().contains("broken"), "{error}");
        assert!(!works(&mut command));
    }
}
