//! Second factors, recovery codes, and the server's own keys.

use super::events::tell;
use crate::db::{Db, Tx, args};
use async_trait::async_trait;
use jiff::Timestamp;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ids::UserId;
use vakhta_domain::ports::{SecondFactors, StoreError};
use vakhta_domain::user::{ConfirmedFactor, Proof, SecondFactor};

/// Second factors in the database.
pub(crate) struct FactorRows {
    pub(crate) db: Db,
}

/// Takes what was shown, once. False where it was used before, or nothing was shown though there is a factor.
pub(super) async fn take(
    tx: &mut Tx,
    user: &UserId,
    proof: &Proof,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let id = user.as_str();
    match proof {
        Proof::FirstFactorAlone => {
            let sql = "SELECT user_id FROM second_factors WHERE user_id = ? AND confirmed_at IS NOT NULL";
            Ok(tx.one(sql, args![id]).await?.is_none())
        }
        Proof::Code(step) => {
            let sql = "UPDATE second_factors SET last_step = ?
                 WHERE user_id = ? AND confirmed_at IS NOT NULL AND (last_step IS NULL OR last_step < ?)";
            Ok(tx.run(sql, args![*step, id, *step]).await? > 0)
        }
        Proof::Recovery(hash) => {
            let sql = "UPDATE recovery_codes SET used_at = ?
                 WHERE user_id = ? AND code_hash = ? AND used_at IS NULL";
            Ok(tx.run(sql, args![at, id, hash.as_str()]).await? > 0)
        }
    }
}

/// Locks the account, so that nobody signs in to it or changes it until the transaction ends. False where there is none.
async fn locked(tx: &mut Tx, user: &UserId) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM users WHERE id = ? AND deleted_at IS NULL {for_update}";
    Ok(tx.one(sql, args![user.as_str()]).await?.is_some())
}

async fn put_codes(tx: &mut Tx, user: &UserId, codes: &[String]) -> Result<(), StoreError> {
    tx.run("DELETE FROM recovery_codes WHERE user_id = ?", args![user.as_str()]).await?;
    for code in codes {
        let sql = "INSERT INTO recovery_codes (user_id, code_hash) VALUES (?, ?)";
        tx.run(sql, args![user.as_str(), code.as_str()]).await?;
    }
    Ok(())
}

/// Removes all that is kept of an account's second factor.
pub(super) async fn forget(tx: &mut Tx, user: &UserId) -> Result<u64, StoreError> {
    tx.run("DELETE FROM recovery_codes WHERE user_id = ?", args![user.as_str()]).await?;
    tx.run("DELETE FROM second_factors WHERE user_id = ?", args![user.as_str()]).await
}

#[async_trait]
impl SecondFactors for FactorRows {
    async fn second_factor(&self, user: &UserId) -> Result<Option<SecondFactor>, StoreError> {
        let sql = "SELECT secret, made_at, confirmed_at, last_step,
                (SELECT COUNT(*) FROM recovery_codes
                 WHERE recovery_codes.user_id = second_factors.user_id AND used_at IS NULL) AS codes_left
             FROM second_factors WHERE user_id = ?";
        let Some(row) = self.db.one(sql, args![user.as_str()]).await? else { return Ok(None) };
        Ok(Some(SecondFactor {
            user: user.clone(),
            secret: row.text("secret")?,
            made_at: row.time("made_at")?,
            confirmed_at: row.maybe_time("confirmed_at")?,
            last_step: row.maybe_int("last_step")?,
            codes_left: row.u64("codes_left")?,
        }))
    }

    async fn begin_factor(&self, user: &UserId, secret: &str, at: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let provided = "SELECT user_id FROM identities WHERE user_id = ?";
        if !locked(&mut tx, user).await? || tx.one(provided, args![user.as_str()]).await?.is_some() {
            return Ok(false);
        }
        let begun = tx
            .run(
                "INSERT INTO second_factors (user_id, secret, made_at) VALUES (?, ?, ?)
                 ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, made_at = excluded.made_at
                 WHERE second_factors.confirmed_at IS NULL",
                args![user.as_str(), secret, at],
            )
            .await?;
        tx.save().await?;
        Ok(begun > 0)
    }

    async fn confirm_factor(&self, factor: &ConfirmedFactor, event: &NewEvent) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        if !locked(&mut tx, &factor.user).await? {
            return Ok(false);
        }
        let id = factor.user.as_str();
        let sql = "UPDATE second_factors SET confirmed_at = ?, last_step = ?
             WHERE user_id = ? AND secret = ? AND confirmed_at IS NULL";
        if tx.run(sql, args![event.at, factor.step, id, factor.secret.as_str()]).await? == 0 {
            return Ok(false);
        }
        put_codes(&mut tx, &factor.user, &factor.codes).await?;
        // No session has an empty hash, so without one to keep all of them end.
        let keep = factor.keep.as_deref().unwrap_or_default();
        tx.run("DELETE FROM sessions WHERE user_id = ? AND secret_hash <> ?", args![id, keep]).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn replace_recovery_codes(
        &self,
        user: &UserId,
        proof: &Proof,
        codes: &[String],
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let with_proof = *proof != Proof::FirstFactorAlone;
        if !with_proof || !locked(&mut tx, user).await? || !take(&mut tx, user, proof, event.at).await? {
            return Ok(false);
        }
        put_codes(&mut tx, user, codes).await?;
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn remove_factor(
        &self,
        user: &UserId,
        proof: Option<&Proof>,
        event: &NewEvent,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        if !locked(&mut tx, user).await? {
            return Ok(false);
        }
        if let Some(proof) = proof
            && !take(&mut tx, user, proof, event.at).await?
        {
            return Ok(false);
        }
        if forget(&mut tx, user).await? == 0 {
            return Ok(false);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(true)
    }

    async fn server_key(&self, name: &str, fresh: &str, at: Timestamp) -> Result<String, StoreError> {
        let mut tx = self.db.begin().await?;
        let sql =
            "INSERT INTO server_keys (name, secret, made_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING";
        tx.run(sql, args![name, fresh, at]).await?;
        let row = tx.one("SELECT secret FROM server_keys WHERE name = ?", args![name]).await?;
        let kept = row.map_or_else(|| Ok(fresh.to_owned()), |row| row.text("secret"))?;
        tx.save().await?;
        Ok(kept)
    }
}
