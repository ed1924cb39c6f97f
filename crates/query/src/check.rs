//! What is taken: one statement, and only one that reads. The engine is asked the same again after planning.

use crate::told;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};
use vakhta_domain::query::{MAX_SQL_BYTES, QueryError};

/// Words and signs that a statement may hold beside its values, commas and brackets: each may nest what is around it, and
/// what is nested needs room on a stack.
const MOST_WORDS: usize = 2_000;
/// How deep brackets and subqueries may nest.
const DEPTH: usize = 64;
/// What is taken, in words.
const TAKEN: &str = "only SELECT, WITH, EXPLAIN, DESCRIBE, SHOW TABLES and SHOW COLUMNS are taken";
/// `SHOW TABLES` without the engine's own.
const TABLES: &str = "SELECT table_schema, table_name FROM information_schema.tables \
     WHERE table_schema <> 'information_schema' ORDER BY table_schema DESC, table_name";

fn refused(text: impl Into<String>) -> QueryError {
    QueryError::Refused(text.into())
}

/// Looks at the text as such.
pub(crate) fn text(sql: &str) -> Result<(), QueryError> {
    if sql.len() > MAX_SQL_BYTES {
        return Err(refused(format!(
            "the query is {} bytes long, at most {MAX_SQL_BYTES} are taken",
            sql.len()
        )));
    }
    if sql.trim().is_empty() {
        return Err(refused("the query is empty, write one such as SELECT * FROM models"));
    }
    Ok(())
}

/// The one reading statement of a text.
pub(crate) fn statement(sql: &str) -> Result<Statement, QueryError> {
    let mut statements = parse(tokens(sql)?)?;
    let (Some(statement), true) = (statements.pop(), statements.is_empty()) else {
        return Err(refused("one statement is taken at a time, this holds none or several"));
    };
    if !reads(&statement) {
        let text = statement.to_string();
        let first: String =
            text.split_whitespace().take(2).collect::<Vec<_>>().join(" ").chars().take(40).collect();
        return Err(refused(format!("{TAKEN}; this begins with `{first}`")));
    }
    if let Statement::Statement(inner) = &statement
        && matches!(**inner, ast::Statement::ShowTables { .. })
    {
        return Ok(parse(tokens(TABLES)?)?.remove(0));
    }
    Ok(statement)
}

fn tokens(sql: &str) -> Result<Vec<TokenWithSpan>, QueryError> {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location();
    let tokens = tokens.map_err(|error| told::parsing(&error.to_string()))?;
    let words = tokens.iter().filter(|token| nests(&token.token)).count();
    if words > MOST_WORDS {
        return Err(refused(format!(
            "the query holds {words} words and signs beside its values, at most {MOST_WORDS} are taken; \
             a list of values belongs in IN (…)"
        )));
    }
    Ok(tokens)
}

fn nests(token: &Token) -> bool {
    !matches!(
        token,
        Token::Whitespace(_)
            | Token::Comma
            | Token::LParen
            | Token::RParen
            | Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::EOF
    )
}

fn parse(tokens: Vec<TokenWithSpan>) -> Result<Vec<Statement>, QueryError> {
    let dialect = GenericDialect {};
    let parser = DFParserBuilder::new(tokens).with_dialect(&dialect).with_recursion_limit(DEPTH).build();
    let statements = parser.and_then(|mut parser| parser.parse_statements());
    Ok(statements.map_err(|error| told::of(&error, None))?.into())
}

fn reads(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(statement) => only_reads(statement),
        Statement::Explain(explain) => {
            matches!(&*explain.statement, Statement::Statement(inner) if matches!(**inner, ast::Statement::Query(_)))
        }
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => false,
    }
}

fn only_reads(statement: &ast::Statement) -> bool {
    match statement {
        ast::Statement::Query(query) => selects(query),
        ast::Statement::Explain { statement, .. } => matches!(**statement, ast::Statement::Query(_)),
        ast::Statement::ExplainTable { .. }
        | ast::Statement::ShowTables { .. }
        | ast::Statement::ShowColumns { .. } => true,
        _ => false,
    }
}

/// Whether a query is one to its top: it may hold INSERT and the like where a SELECT stands.
fn selects(query: &ast::Query) -> bool {
    match &*query.body {
        ast::SetExpr::Select(select) => select.into.is_none(),
        ast::SetExpr::Query(query) => selects(query),
        // The planner looks into them; what writes is refused there.
        ast::SetExpr::SetOperation { .. } | ast::SetExpr::Values(_) | ast::SetExpr::Table(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_is_taken() {
        for sql in [
            "SELECT 1",
            "select * from models;",
            "WITH a AS (SELECT 1 AS x) SELECT * FROM a",
            "EXPLAIN SELECT 1",
            "EXPLAIN ANALYZE SELECT 1",
            "DESCRIBE predictions",
            "SHOW TABLES",
            "SHOW COLUMNS FROM predictions",
            "VALUES (1), (2)",
            "(SELECT 1) UNION ALL (SELECT 2)",
        ] {
            assert!(statement(sql).is_ok(), "{sql}: {:?}", statement(sql).err());
        }
        let long = format!("SELECT 1 WHERE 1 IN ({})", vec!["12345"; 9_000].join(","));
        assert!(text(&long).is_ok() && statement(&long).is_ok(), "a long list is flat");
    }

    #[test]
    fn what_does_more_is_refused() {
        for sql in [
            "INSERT INTO models VALUES (1)",
            "UPDATE models SET model = 'x'",
            "DELETE FROM models",
            "MERGE INTO models USING versions ON true WHEN MATCHED THEN DELETE",
            "CREATE TABLE t AS SELECT 1",
            "CREATE VIEW v AS SELECT 1",
            "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
            "CREATE SCHEMA s",
            "CREATE DATABASE d",
            "CREATE FUNCTION f() RETURNS INT RETURN 1",
            "DROP TABLE models",
            "ALTER TABLE models ADD COLUMN x INT",
            "TRUNCATE TABLE models",
            "COPY models TO '/tmp/x.csv'",
            "COPY (SELECT 1) TO '/tmp/x.csv'",
            "SET datafusion.execution.batch_size = 1",
            "RESET datafusion.execution.batch_size",
            "SHOW ALL",
            "SHOW datafusion.execution.batch_size",
            "SHOW FUNCTIONS",
            "SELECT * INTO t FROM models",
            "BEGIN",
            "COMMIT",
            "PREPARE p AS SELECT 1",
            "EXECUTE p",
            "EXPLAIN COPY models TO '/tmp/x.csv'",
            "EXPLAIN INSERT INTO models VALUES (1)",
            "EXPLAIN EXPLAIN SELECT 1",
            "SELECT 1; SELECT 2",
            "SELECT 1; DROP TABLE models",
            "",
            ";",
            "-- nothing",
        ] {
            let found = text(sql).and_then(|()| statement(sql));
            let Err(error) = found else { panic!("{sql} is taken") };
            assert!(matches!(error, QueryError::Refused(_) | QueryError::Wrong { .. }), "{sql}: {error:?}");
        }
    }

    #[test]
    fn what_nests_too_deep_is_refused_without_a_crash() {
        let brackets = format!("SELECT {}1{}", "(".repeat(10_000), ")".repeat(10_000));
        let sums = format!("SELECT 1{}", "+1".repeat(10_000));
        let casts = format!("SELECT 1{}", "::int".repeat(9_000));
        let minus = format!("SELECT {}1", "- ".repeat(9_000));
        let nots = format!("SELECT {}true", "NOT ".repeat(9_000));
        let unions = vec!["SELECT 1"; 3_000].join(" UNION ALL ");
        for sql in [brackets, sums, casts, minus, nots, unions] {
            assert!(text(&sql).is_ok(), "short enough");
            assert!(statement(&sql).is_err(), "{}…", &sql[..60]);
        }
        assert!(text(&"x".repeat(MAX_SQL_BYTES + 1)).is_err());
    }
}
