//! `vakhta audit …`: whether the history is as it was written.

use super::admin::with_ports;
use super::settings::Settings;
use crate::exit::{Exit, Failure, Result};
use crate::output::{GOOD, Out, styled};
use clap::Subcommand;
use serde_json::{Value, json};
use vakhta_domain::chain::{Broken, Verified};
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::ports::Ports;
use vakhta_lifecycle::audit::{verify, workspaces};

/// Checks that the history is as it was written.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "With PostgreSQL this works while servers run. With the embedded database stop the server first."
)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check the chain of events: ends with code 1 and names the first event that is altered, missing or out of place.
    Verify {
        /// The workspace; all of them where it is left out.
        #[arg(long, value_name = "KEY")]
        workspace: Option<String>,
        /// A head noted earlier, as `GET /events/chain` gives it: it must still be in the chain of the workspace.
        #[arg(long, value_name = "HASH")]
        expect_head: Option<String>,
        #[command(flatten)]
        settings: Box<Settings>,
    },
}

type Answer = (WorkspaceId, std::result::Result<Verified, Broken>);

/// Runs the command.
pub async fn run(args: Args, out: Out) -> Result<()> {
    let Action::Verify { workspace, expect_head, settings } = args.action;
    let wanted = workspace.map(WorkspaceId::new);
    let (config, _) = settings.load(out)?;
    let answers = with_ports(&config, async |ports| verify_all(&ports, wanted, expect_head).await).await??;
    tell(&answers, out);
    let broken: Vec<String> = answers
        .iter()
        .filter_map(|(workspace, answer)| Some(format!("{workspace}: {}", answer.as_ref().err()?)))
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Exit::Failed, "the history is not as it was written").with_more(broken))
}

/// Checks one workspace, or all. Among several, a head noted earlier must be in one of them.
async fn verify_all(
    ports: &Ports,
    wanted: Option<WorkspaceId>,
    expected: Option<String>,
) -> Result<Vec<Answer>> {
    if let Some(workspace) = wanted {
        if ports.workspaces.workspace(&workspace).await?.is_none() {
            return Err(Failure::new(Exit::Missing, format!("there is no workspace `{workspace}`")));
        }
        let answer = verify(ports, &workspace, expected).await?;
        return Ok(vec![(workspace, answer)]);
    }
    let all = workspaces(ports).await?;
    if expected.is_some() && all.len() > 1 {
        let text = "there are several workspaces: say by --workspace whose head this is";
        return Err(Failure::new(Exit::Usage, text));
    }
    let mut answers = Vec::new();
    for workspace in all {
        let answer = verify(ports, &workspace, expected.clone()).await?;
        answers.push((workspace, answer));
    }
    Ok(answers)
}

fn tell(answers: &[Answer], out: Out) {
    if out.is_json() {
        let told = |(workspace, answer): &Answer| match answer {
            Ok(found) => json!({
                "workspace": workspace, "holds": true, "events": found.events, "older": found.older,
                "erased": found.erased, "head": found.head,
            }),
            Err(broken) => json!({
                "workspace": workspace, "holds": false, "seq": broken.seq, "fault": broken.fault.to_string(),
            }),
        };
        out.json(&answers.iter().map(told).collect::<Vec<Value>>());
        return;
    }
    for (workspace, answer) in answers {
        let Ok(found) = answer else { continue };
        let mut line = format!("{workspace}: {} events {}", found.events, styled(GOOD, "hold"));
        for (n, what) in
            [(found.older, "older than the chain"), (found.erased, "with something personal erased")]
        {
            if n > 0 {
                line.push_str(&format!(", {n} {what}"));
            }
        }
        out.line(line);
        out.line(format!("  head {}", found.head));
    }
}
