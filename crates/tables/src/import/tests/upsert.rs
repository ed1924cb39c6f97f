//! New rows into a table that is there.

use super::super::upsert::{Part, Upserted, upsert};
use crate::error::ImportError;
use crate::{Since, Values, import, preview};
use jiff::civil::{Date, date};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::ops::ControlFlow;
use vakhta_domain::dataset::{ColumnKind, OnError, ReadOptions, TableFacts};

struct Table {
    file: File,
    facts: TableFacts,
}

impl Table {
    fn part(&self) -> Part<'_> {
        Part { file: &self.file, table: &self.facts }
    }

    fn rows(&self) -> Vec<Vec<Value>> {
        let rows = preview(self.file.try_clone().expect("a file"), 10_000, 0).expect("readable");
        rows.into_iter().map(|row| row.into_iter().map(|(_, value)| value).collect()).collect()
    }
}

fn on(_: u64, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn table(csv: &str) -> Table {
    let mut text = tempfile::tempfile().expect("a file");
    text.write_all(csv.as_bytes()).expect("written");
    text.rewind().expect("rewound");
    let file = tempfile::tempfile().expect("a file");
    let facts = import(&text, "x.csv", &ReadOptions::default(), &file, &mut on).expect("a table");
    Table { file, facts }
}

fn merged(
    old: Option<&Table>,
    new: &[&Table],
    keys: &[&str],
    on_error: OnError,
) -> Result<(Upserted, Option<Table>), ImportError> {
    let file = tempfile::tempfile().expect("a file");
    let parts: Vec<Part<'_>> = new.iter().map(|table| table.part()).collect();
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let result = upsert(old.map(Table::part), &parts, &keys, on_error, &file, &mut on)?;
    let table = result.table.clone().map(|facts| Table { file, facts });
    Ok((result, table))
}

fn counts(result: &Upserted) -> (u64, u64, u64, u64) {
    (result.rows_in, result.added, result.changed, result.unchanged)
}

#[test]
fn changed_rows_are_replaced_and_new_ones_added() {
    let old = table("date,branch,y\n2026-01-01,A,1\n2026-01-01,B,2\n2026-01-02,A,3\n");
    let new = table("branch,date,y\nA,2026-01-02,3\nB,2026-01-01,2.5\nA,2026-01-03,4\n");
    let (result, whole) = merged(Some(&old), &[&new], &["branch", "date"], OnError::Refuse).expect("fits");
    assert_eq!((counts(&result), result.rows), ((3, 1, 1, 1), 4));
    let whole = whole.expect("a table");
    let expected = serde_json::json!([
        ["2026-01-01", "A", 1.0],
        ["2026-01-02", "A", 3.0],
        ["2026-01-01", "B", 2.5],
        ["2026-01-03", "A", 4.0]
    ]);
    assert_eq!(serde_json::to_value(whole.rows()).expect("plain"), expected);
    assert_eq!(whole.facts.columns[2].kind, ColumnKind::Float, "whole numbers widen");
    assert_eq!(whole.facts.columns[0].profile.max.as_deref(), Some("2026-01-03"));
    // The same again is nothing new, whatever the order of its rows.
    let (again, none) = merged(Some(&whole), &[&new], &["branch", "date"], OnError::Refuse).expect("fits");
    assert_eq!((counts(&again), none.is_none()), ((3, 0, 0, 3), true));
}

/// Days of a hundred branches, from one day to another.
fn days(from: u32, to: u32, y: impl Fn(u32, u32) -> u32) -> String {
    let mut csv = "date,branch,y\n".to_owned();
    for day in from..to {
        let date = jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(day));
        (0..100).for_each(|branch| csv.push_str(&format!("{date},b{branch},{}\n", y(day, branch))));
    }
    csv
}

fn groups(table: &Table) -> Vec<i64> {
    let reader = SerializedFileReader::new(table.file.try_clone().expect("a file")).expect("Parquet");
    reader.metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect()
}

#[test]
fn a_table_that_grows_is_what_it_would_be_in_one_piece() {
    let keys = ["branch", "date"];
    let put =
        |old: &Table, csv: &str| merged(Some(old), &[&table(csv)], &keys, OnError::Refuse).expect("fits");
    let plain = |day: u32, branch: u32| day * 7 + branch;
    let all = |table: &Table| (table.facts.columns.clone(), columns_of(table));
    let mut grown = table(&days(0, 340, plain));
    assert_eq!(groups(&grown), [16_384, 16_384, 1_232]);
    for day in 340..345 {
        let (result, next) = put(&grown, &days(day, day + 1, plain));
        assert_eq!(counts(&result), (100, 100, 0, 0));
        grown = next.expect("a table");
    }
    assert_eq!(all(&grown), all(&table(&days(0, 345, plain))));
    assert_eq!(groups(&grown), [16_384, 16_384, 1_732], "small groups are put together");

    // A correction of an early day, and a row that is there, with a new day.
    let corrected = |day: u32, branch: u32| if (day, branch) == (3, 4) { 9 } else { plain(day, branch) };
    let late = format!("{}2026-01-04,b4,9\n2026-01-04,b5,26\n", days(345, 346, plain));
    let (result, next) = put(&grown, &late);
    assert_eq!((counts(&result), result.rows), ((102, 100, 1, 1), 34_600));
    let next = next.expect("a table");
    assert_eq!(groups(&next), [16_383, 16_384, 1_833], "only the corrected group is written anew");
    let sorted = |table: &Table| {
        let mut rows = columns_of(table);
        rows.sort_unstable();
        rows
    };
    let whole = table(&days(0, 346, corrected));
    assert_eq!((sorted(&next), &next.facts.columns), (sorted(&whole), &whole.facts.columns));
}

fn columns_of(table: &Table) -> Vec<(String, String, i64)> {
    let read =
        crate::columns(table.file.try_clone().expect("a file"), &["date", "branch", "y"]).expect("there");
    let [(_, date), (_, branch), (_, y)] = read.columns.try_into().expect("three columns");
    let Values::Integers(y) = y else { panic!("not whole numbers") };
    let rows = date.into_texts().to_rows().into_iter().zip(branch.into_texts().to_rows()).zip(y);
    rows.map(|((d, b), y)| (d.expect("a day").to_string(), b.expect("a branch").to_string(), y.expect("y")))
        .collect()
}

#[test]
fn the_latest_days_are_read_without_the_earlier_ones() {
    let grown = table(&days(0, 340, |_, _| 1));
    let read = |day: Date| {
        let since = Since { column: "date", day };
        let file = grown.file.try_clone().expect("a file");
        crate::columns_since(file, &["branch"], since).expect("there").rows()
    };
    assert_eq!((read(Date::MIN), read(date(2026, 1, 2))), (34_000, 34_000));
    assert_eq!(read(date(2026, 11, 30)), 1_232, "the last row group");
    assert_eq!(read(date(2027, 2, 1)), 0);
}

#[test]
fn the_last_of_several_rows_of_one_identity_counts() {
    let (first, second) = (table("id,y\n1,10\n1,11\n2,20\n"), table("id,y\n2,21\n"));
    let (result, whole) = merged(None, &[&first, &second], &["id"], OnError::Refuse).expect("fits");
    assert_eq!(counts(&result), (4, 2, 0, 2));
    assert_eq!(
        serde_json::to_value(whole.expect("a table").rows()).expect("plain"),
        serde_json::json!([[1, 11], [2, 21]])
    );
}

#[test]
fn rows_without_identity_are_refused_with_a_reason() {
    let new = table("id,y\n1,10\n,11\n");
    let error = merged(None, &[&new], &["id"], OnError::Refuse).err().expect("refused");
    assert!(matches!(&error, ImportError::BadRows(refused) if refused.rows == 1), "{error}");
    let (result, _) = merged(None, &[&new], &["id"], OnError::Skip).expect("fits");
    assert_eq!((counts(&result), result.refused.rows), ((2, 1, 0, 0), 1));
    assert_eq!(result.refused.first[0].column.as_deref(), Some("id"));
}

#[test]
fn a_broken_feed_changes_nothing() {
    let old = table("id,y,z\n1,10,a\n");
    for (csv, words) in [
        ("id,y,z\n1,many,a\n", "column `y` holds texts"),
        ("id,y\n1,10\n", "column `z`"),
        ("id,y,z\n2026-01-01,10,a\n", "column `id` holds dates"),
    ] {
        let error =
            merged(Some(&old), &[&table(csv)], &["id"], OnError::Skip).err().expect("refused").to_string();
        assert!(error.contains(words), "{error}");
    }
    let error = merged(Some(&old), &[&old], &["no"], OnError::Skip).err().expect("refused").to_string();
    assert!(error.contains("no column `no`"), "{error}");
    // A new column is none of that: older rows have no value in it. One without values has no kind yet.
    let more = table("id,y,z,new\n2,,b,5\n");
    let (result, whole) = merged(Some(&old), &[&more], &["id"], OnError::Refuse).expect("fits");
    assert_eq!(result.added, 1);
    let expected = serde_json::json!([[1, 10, "a", null], [2, null, "b", 5]]);
    assert_eq!(serde_json::to_value(whole.expect("a table").rows()).expect("plain"), expected);
}

#[test]
fn a_stop_is_heard() {
    let old = table("id,y\n1,10\n");
    let sink = tempfile::tempfile().expect("a file");
    let mut stop = |_: u64, _: u64| ControlFlow::Break(());
    let result = upsert(Some(old.part()), &[old.part()], &["id".into()], OnError::Refuse, &sink, &mut stop);
    assert!(matches!(result, Err(ImportError::Cancelled)));
}

fn csv_of(rows: &[(u8, u8)]) -> String {
    rows.iter().fold("id,y\n".to_owned(), |text, (id, y)| text + &format!("{id},{y}\n"))
}

proptest! {
    /// Any loads one after another leave what a map would hold, and their counts add up.
    #[test]
    fn loads_agree_with_a_map(loads in prop::collection::vec(prop::collection::vec((0_u8..12, 0_u8..4), 1..20), 1..5)) {
        let mut map = BTreeMap::new();
        let mut whole: Option<Table> = None;
        for load in &loads {
            let before = map.clone();
            map.extend(load.iter().copied());
            let new = table(&csv_of(load));
            let (result, next) = merged(whole.as_ref(), &[&new], &["id"], OnError::Refuse).expect("fits");
            prop_assert_eq!(result.added as usize, map.len() - before.len());
            let changed = before.iter().filter(|(id, y)| map[*id] != **y).count();
            prop_assert_eq!(result.changed as usize, changed);
            prop_assert_eq!(result.rows_in, result.added + result.changed + result.unchanged);
            prop_assert_eq!(next.is_some(), map != before);
            whole = next.or(whole);
            let rows = whole.as_ref().expect("a table").rows();
            let held: BTreeMap<u8, u8> = rows.iter().map(|row| {
                (row[0].as_u64().expect("a number") as u8, row[1].as_u64().expect("a number") as u8)
            }).collect();
            prop_assert_eq!(rows.len(), held.len(), "no identity twice");
            prop_assert_eq!(&held, &map);
        }
    }
}
