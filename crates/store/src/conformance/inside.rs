//! What the checks need from inside: things that no port offers yet, and a crash.

use crate::Store;
use crate::db::args;
use crate::repositories::deployments;
use jiff::Timestamp;
use vakhta_domain::ids::{DecisionId, ModelKey, VersionId, WorkspaceId};

impl Store {
    /// Adds a workspace.
    pub(super) async fn add_workspace(&self, id: &str) {
        let sql = "INSERT INTO workspaces (id, title, created_at) VALUES (?, ?, 0)";
        self.db.run(sql, args![id, id]).await.expect("a workspace");
    }

    /// Does everything that a switch does but saving it.
    pub(super) async fn half_a_switch(
        &self,
        workspace: &WorkspaceId,
        model: &ModelKey,
        version: &str,
        at: Timestamp,
    ) {
        let mut tx = self.db.begin().await.expect("a transaction");
        let decision = tx.one("SELECT id FROM decisions LIMIT 1", args![]).await.expect("works");
        let decision = DecisionId::new(decision.expect("a decision").text("id").expect("its id"));
        let version = VersionId::new(version);
        let begun = deployments::begin(&mut tx, workspace, model, &version, &decision, at).await;
        assert_eq!(begun.expect("works").version, version);
    }
}
