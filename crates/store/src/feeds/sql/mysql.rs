//! MySQL and MariaDB, asked in the protocol whose values are texts: each type then reads as it is shown.

use super::{Dialect, Lines, bytes_in, connected, failed};
use futures::StreamExt as _;
use serde_json::{Map, Number, Value};
use sqlx::mysql::{MySqlConnectOptions, MySqlRow};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _, Executor as _, Row as _, TypeInfo as _,
    ValueRef as _,
};
use std::str::FromStr as _;
use vakhta_domain::ports::FeedError;
use vakhta_domain::source::{Seen, SqlPlace};

/// Absent values come first by themselves.
const SQL: Dialect = Dialect { quote: '`', ascending: "ASC", escapes: true };
/// How long a query may run; MariaDB knows the first, MySQL the second.
const LIMITS: [&str; 2] = ["SET SESSION max_statement_time = 900", "SET SESSION max_execution_time = 900000"];

/// Reads the rows.
pub(super) async fn rows(
    url: &str,
    place: &SqlPlace,
    seen: &Seen,
    lines: &mut Lines<'_>,
) -> Result<(), FeedError> {
    let options = MySqlConnectOptions::from_str(url).map_err(failed)?.timezone(String::from("+00:00"));
    let mut connection = connected(options.disable_statement_logging().connect()).await?;
    connection.execute("SET SESSION TRANSACTION READ ONLY").await.map_err(failed)?;
    for limit in LIMITS {
        // The other one is not known here.
        let _ = connection.execute(limit).await;
    }
    let sql = format!("SELECT q.* {}", SQL.body(place, seen));
    {
        let mut rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch(&mut connection);
        while let Some(row) = rows.next().await {
            lines.add_object(json(&row.map_err(failed)?)?, place).await?;
        }
    }
    let _ = connection.close().await;
    Ok(())
}

fn json(row: &MySqlRow) -> Result<Map<String, Value>, FeedError> {
    let mut object = Map::new();
    for (at, column) in row.columns().iter().enumerate() {
        let kind = column.type_info().name();
        let absent = row.try_get_raw(at).map_err(failed)?.is_null();
        let value = if absent {
            Value::Null
        } else if ["BINARY", "VARBINARY", "BLOB", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB", "BIT", "GEOMETRY"]
            .contains(&kind)
        {
            return Err(bytes_in(column.name()));
        } else {
            of_type(kind, row.try_get_unchecked(at).map_err(failed)?)
        };
        object.insert(column.name().to_owned(), value);
    }
    Ok(object)
}

/// A value of a type, from its text.
fn of_type(kind: &str, text: String) -> Value {
    let numeric =
        ["INT", "DECIMAL", "FLOAT", "DOUBLE", "BOOLEAN", "YEAR"].iter().any(|part| kind.contains(part));
    match text.parse::<Number>() {
        Ok(number) if numeric => Value::Number(number),
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_what_their_type_says() {
        for (kind, text, value) in [
            ("BIGINT UNSIGNED", "18446744073709551615", json!(u64::MAX)),
            ("DECIMAL", "12.50", json!(12.5)),
            ("VARCHAR", "007", json!("007")),
            ("DATE", "2026-01-02", json!("2026-01-02")),
            ("BOOLEAN", "1", json!(1)),
            ("DOUBLE", "1e300", json!(1e300)),
        ] {
            assert_eq!(of_type(kind, text.into()), value, "{kind}");
        }
    }

    #[test]
    fn a_watermark_cannot_leave_its_text() {
        assert_eq!(SQL.literal(&json!("a\\' OR 1=1 -- ")), "'a\\\\'' OR 1=1 -- '");
        assert_eq!(SQL.literal(&json!(7)), "7");
    }
}
