//! One JSON object as cells, read without building a tree: known keys cost no allocation.

use super::raw::Raw;
use hashbrown::HashMap;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::ops::Range;

/// The keys met so far, in order.
#[derive(Debug, Default)]
pub struct Names {
    list: Vec<String>,
    places: HashMap<String, usize>,
}

impl Names {
    /// All of them.
    pub fn list(&self) -> &[String] {
        &self.list
    }

    fn place(&mut self, name: &str) -> usize {
        if let Some(at) = self.places.get(name) {
            return *at;
        }
        let at = self.list.len();
        self.list.push(name.to_owned());
        self.places.insert(name.to_owned(), at);
        at
    }

    fn forget_from(&mut self, count: usize) {
        for name in self.list.drain(count..) {
            self.places.remove(&name);
        }
    }
}

/// Why a line is no row.
#[derive(Debug)]
pub struct Fault {
    /// What is wrong.
    pub reason: &'static str,
    /// The key at fault.
    pub column: Option<String>,
}

#[derive(Debug, Clone)]
enum Value {
    Null,
    Text(Range<usize>),
    Integer(i64),
    Natural(u64),
    Float(f64),
    Boolean(bool),
}

/// An object's values; kept from line to line for its memory.
#[derive(Debug, Default)]
pub struct Object {
    arena: String,
    cells: Vec<(usize, Value)>,
    /// For each column the place of its cell plus one, or zero.
    places: Vec<usize>,
    fault: Option<Fault>,
}

impl Object {
    /// Reads a line. Keys of a line that is no row are not remembered.
    pub fn read(&mut self, line: &str, names: &mut Names) -> Result<(), Fault> {
        for (column, _) in self.cells.drain(..) {
            self.places[column] = 0;
        }
        self.arena.clear();
        self.fault = None;
        let known = names.list.len();
        let mut source = serde_json::Deserializer::from_str(line);
        let end = WholeObject { object: self, names }.deserialize(&mut source).and_then(|()| source.end());
        let fault = match (end, self.fault.take()) {
            (_, Some(fault)) => fault,
            (Ok(()), None) => return Ok(()),
            (Err(error), None) => {
                let object = error.classify() != serde_json::error::Category::Data;
                Fault { reason: if object { "not valid JSON" } else { "not a JSON object" }, column: None }
            }
        };
        names.forget_from(known);
        Err(fault)
    }

    /// The columns that have a value, null included.
    pub fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.cells.iter().map(|(column, _)| *column)
    }

    /// The cell of a column.
    pub fn raw(&self, column: usize) -> Raw<'_> {
        let place = self.places.get(column).copied().unwrap_or(0);
        match place.checked_sub(1).and_then(|at| self.cells.get(at)).map(|(_, value)| value) {
            None | Some(Value::Null) => Raw::Missing,
            Some(Value::Text(range)) => Raw::String(&self.arena[range.clone()]),
            Some(Value::Integer(value)) => Raw::Integer(*value),
            Some(Value::Natural(value)) => Raw::Natural(*value),
            Some(Value::Float(value)) => Raw::Float(*value),
            Some(Value::Boolean(value)) => Raw::Boolean(*value),
        }
    }
}

struct WholeObject<'o> {
    object: &'o mut Object,
    names: &'o mut Names,
}

impl<'de> DeserializeSeed<'de> for WholeObject<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for WholeObject<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(column) = map.next_key_seed(Key { names: self.names })? {
            let value = map.next_value_seed(Scalar { arena: &mut self.object.arena })?;
            if self.object.places.len() <= column {
                self.object.places.resize(column + 1, 0);
            }
            let fault = match value {
                None => "value is an object or a list",
                Some(_) if self.object.places[column] != 0 => "key appears twice",
                Some(value) => {
                    self.object.cells.push((column, value));
                    self.object.places[column] = self.object.cells.len();
                    continue;
                }
            };
            self.object.fault = Some(Fault { reason: fault, column: self.names.list.get(column).cloned() });
            return Err(A::Error::custom(fault));
        }
        Ok(())
    }
}

struct Key<'o> {
    names: &'o mut Names,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<usize, D::Error> {
        source.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = usize;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        Ok(self.names.place(name))
    }
}

/// Reads a scalar; none stands for an object or a list.
struct Scalar<'o> {
    arena: &'o mut String,
}

impl<'de> DeserializeSeed<'de> for Scalar<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Self::Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar<'_> {
    type Value = Option<Value>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let start = self.arena.len();
        self.arena.push_str(text);
        Ok(Some(Value::Text(start..self.arena.len())))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Value::Integer(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(i64::try_from(value).map_or(Value::Natural(value), Value::Integer)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Value::Float(value)))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(Value::Boolean(value)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Some(Value::Null))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_and_faults() {
        let (mut object, mut names) = (Object::default(), Names::default());
        object.read(r#"{"a":1,"b":"x\"y","c":null,"d":1.5,"e":true}"#, &mut names).expect("an object");
        let cells: Vec<Raw<'_>> = (0..6).map(|at| object.raw(at)).collect();
        assert_eq!(
            cells,
            [
                Raw::Integer(1),
                Raw::String("x\"y"),
                Raw::Missing,
                Raw::Float(1.5),
                Raw::Boolean(true),
                Raw::Missing
            ]
        );
        let cases = [
            (r#"{"z":{"q":1}}"#, "value is an object or a list", Some("z")),
            (r#"{"z":[1,2]}"#, "value is an object or a list", Some("z")),
            (r#"{"a":1,"a":2}"#, "key appears twice", Some("a")),
            (r#"{"a":1"#, "not valid JSON", None),
            (r#"{"a":1} x"#, "not valid JSON", None),
            ("[1]", "not a JSON object", None),
            ("5", "not a JSON object", None),
        ];
        for (line, reason, column) in cases {
            let fault = object.read(line, &mut names).expect_err("a fault");
            assert_eq!((fault.reason, fault.column.as_deref()), (reason, column), "{line}");
        }
        assert_eq!(names.list(), ["a", "b", "c", "d", "e"]);
        object.read(r#"{"b":"z"}"#, &mut names).expect("an object");
        assert_eq!((object.raw(0), object.raw(1)), (Raw::Missing, Raw::String("z")));
    }
}
