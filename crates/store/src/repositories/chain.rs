//! The history's chain as rows: where an event is linked to the one before it, and read back to be checked.

use crate::db::{Db, Row, Tx, args};
use vakhta_domain::chain::{Entry, Head, Link, Seal, Seals, link};
use vakhta_domain::ids::WorkspaceId;
use vakhta_domain::ports::StoreError;

/// The ends of the chains that a transaction adds to. Nobody else adds to any: whoever writes events holds the
/// event counter's row until it ends.
#[derive(Default)]
pub(super) struct Chains {
    heads: Vec<(WorkspaceId, Head)>,
}

fn head(row: &Row) -> Result<Head, StoreError> {
    Ok(Head { number: row.u64("number")?, hash: row.text("hash")?, older: row.u64("older")? })
}

impl Chains {
    /// Writes an event behind the last one of its workspace.
    pub(super) async fn add(
        &mut self,
        tx: &mut Tx,
        workspace: &WorkspaceId,
        entry: &Entry,
    ) -> Result<(), StoreError> {
        let at = match self.heads.iter().position(|(known, _)| known == workspace) {
            Some(at) => at,
            None => {
                let sql = "SELECT number, hash, older FROM event_chains WHERE workspace = ? {for_update}";
                let found = tx.one(sql, args![workspace.as_str()]).await?;
                let head = found.as_ref().map_or_else(|| Ok(Head::start()), head)?;
                self.heads.push((workspace.clone(), head));
                self.heads.len() - 1
            }
        };
        let salts = [tx.salt(), tx.salt(), tx.salt()];
        let head = &mut self.heads[at].1;
        let link = link(workspace, entry, head, salts);
        insert(tx, workspace, entry, &link).await?;
        (head.number, head.hash) = (link.number, link.hash);
        Ok(())
    }

    /// Keeps the new ends.
    pub(super) async fn save(self, tx: &mut Tx) -> Result<(), StoreError> {
        for (workspace, head) in self.heads {
            tx.run(
                "INSERT INTO event_chains (workspace, number, hash, older) VALUES (?, ?, ?, ?)
                 ON CONFLICT (workspace) DO UPDATE SET number = excluded.number, hash = excluded.hash",
                args![workspace.as_str(), head.number, head.hash, head.older],
            )
            .await?;
        }
        Ok(())
    }
}

async fn insert(tx: &mut Tx, workspace: &WorkspaceId, entry: &Entry, link: &Link) -> Result<(), StoreError> {
    let Seals { actor, origin, data } = &link.seals;
    tx.run(
        "INSERT INTO events (seq, workspace, happened_at, kind, subject_type, subject_id, model, job, user_id, actor,
            source, ip, user_agent, request_id, data, chain_number, chain_hash, actor_salt, actor_digest,
            origin_salt, origin_digest, data_salt, data_digest)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        args![
            entry.seq,
            workspace.as_str(),
            entry.at_micros,
            entry.kind.as_str(),
            entry.subject_type.as_str(),
            entry.subject_id.as_str(),
            entry.model.as_deref(),
            entry.job.as_deref(),
            entry.user.as_deref(),
            entry.actor.as_str(),
            entry.source.as_str(),
            entry.ip.as_deref(),
            entry.user_agent.as_deref(),
            entry.request_id.as_deref(),
            entry.data.as_str(),
            link.number,
            link.hash.as_str(),
            actor.salt.as_deref(),
            actor.digest.as_str(),
            origin.salt.as_deref(),
            origin.digest.as_str(),
            data.salt.as_deref(),
            data.digest.as_str(),
        ],
    )
    .await
    .map(|_| ())
}

pub(super) async fn read_head(db: &Db, workspace: &WorkspaceId) -> Result<Head, StoreError> {
    let sql = "SELECT number, hash, older FROM event_chains WHERE workspace = ?";
    let found = db.one(sql, args![workspace.as_str()]).await?;
    found.as_ref().map_or_else(|| Ok(Head::start()), head)
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        seq: row.int("seq")?,
        at_micros: row.int("happened_at")?,
        kind: row.text("kind")?,
        subject_type: row.text("subject_type")?,
        subject_id: row.text("subject_id")?,
        model: row.maybe_text("model")?,
        job: row.maybe_text("job")?,
        user: row.maybe_text("user_id")?,
        actor: row.text("actor")?,
        source: row.text("source")?,
        ip: row.maybe_text("ip")?,
        user_agent: row.maybe_text("user_agent")?,
        request_id: row.maybe_text("request_id")?,
        data: row.text("data")?,
    })
}

/// What is kept of an event's place; a part that is missing is as good as a wrong one.
fn place(row: &Row) -> Result<Option<Link>, StoreError> {
    let Some(number) = row.maybe_int("chain_number")? else { return Ok(None) };
    let kept = |column| row.maybe_text(column).map(Option::unwrap_or_default);
    let seal =
        |salt, digest| Ok::<_, StoreError>(Seal { salt: row.maybe_text(salt)?, digest: kept(digest)? });
    Ok(Some(Link {
        number: u64::try_from(number).unwrap_or(0),
        hash: kept("chain_hash")?,
        seals: Seals {
            actor: seal("actor_salt", "actor_digest")?,
            origin: seal("origin_salt", "origin_digest")?,
            data: seal("data_salt", "data_digest")?,
        },
    }))
}

pub(super) async fn read(
    db: &Db,
    workspace: &WorkspaceId,
    after: i64,
    limit: u32,
) -> Result<Vec<(Entry, Option<Link>)>, StoreError> {
    let rows = db
        .all(
            "SELECT seq, happened_at, kind, subject_type, subject_id, model, job, user_id, actor, source, ip,
                user_agent, request_id, data, chain_number, chain_hash, actor_salt, actor_digest, origin_salt,
                origin_digest, data_salt, data_digest
             FROM events WHERE workspace = ? AND seq > ? ORDER BY seq LIMIT ?",
            args![workspace.as_str(), after, limit],
        )
        .await?;
    rows.iter().map(|row| Ok((entry(row)?, place(row)?))).collect()
}
