//! What the checks need from inside: things that no port offers yet, and a crash.

use crate::Store;
use crate::db::args;
use crate::repositories::deployments;
use jiff::Timestamp;
use vakhta_domain::ids::{DecisionId, ModelKey, VersionId, WorkspaceId};
use vakhta_domain::ports::StoreError;

impl Store {
    /// Adds a workspace.
    pub(super) async fn add_workspace(&self, id: &str) {
        let sql = "INSERT INTO workspaces (id, title, created_at) VALUES (?, ?, 0)";
        self.db.run(sql, args![id, id]).await.expect("a workspace");
    }

    /// Does what somebody at the database's own prompt would.
    pub(super) async fn try_sql(&self, sql: &str) -> Result<u64, StoreError> {
        self.db.run(sql, args![]).await
    }

    /// Takes away what keeps events from being changed, as somebody may who owns the database.
    pub(super) async fn drop_guards_of_events(&self) {
        let on = if self.db.is_postgres() { " ON events" } else { "" };
        for trigger in ["events_stay", "events_keep"] {
            self.try_sql(&format!("DROP TRIGGER {trigger}{on}")).await.expect("it was there");
        }
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
