//! Accounts that a provider signs in.

use super::accounts::{USER, insert, user};
use super::events::tell;
use crate::db::{Db, args};
use async_trait::async_trait;
use vakhta_domain::event::NewEvent;
use vakhta_domain::ports::{Identities, Linked, StoreError};
use vakhta_domain::user::User;

/// Identities in the database.
pub(crate) struct IdentityRows {
    pub(crate) db: Db,
}

#[async_trait]
impl Identities for IdentityRows {
    async fn account_of(&self, issuer: &str, subject: &str) -> Result<Option<User>, StoreError> {
        let sql = format!(
            "SELECT {USER} FROM identities JOIN users ON users.id = identities.user_id
             WHERE identities.issuer = ? AND identities.subject = ? AND users.deleted_at IS NULL"
        );
        self.db.one(&sql, args![issuer, subject]).await?.as_ref().map(user).transpose()
    }

    async fn add_account(
        &self,
        user: &User,
        issuer: &str,
        subject: &str,
        event: &NewEvent,
    ) -> Result<Linked, StoreError> {
        let mut tx = self.db.begin().await?;
        // An account without its identity is not kept: the transaction is dropped where either is taken.
        if !insert(&mut tx, user).await? {
            return Ok(Linked::NameTaken);
        }
        let sql = "INSERT INTO identities (issuer, subject, user_id, linked_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (issuer, subject) DO NOTHING";
        if tx.run(sql, args![issuer, subject, user.id.as_str(), user.created_at]).await? == 0 {
            return Ok(Linked::Known);
        }
        tell(&mut tx, std::slice::from_ref(event)).await?;
        tx.save().await?;
        Ok(Linked::Done)
    }
}
