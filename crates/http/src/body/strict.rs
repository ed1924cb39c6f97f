//! A JSON reader that refuses what others let pass: a key twice, and nesting without end.

use crate::problem::Problem;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};
use std::cell::RefCell;
use std::fmt;

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;

/// Reads one JSON document. 400 where it is not JSON or too deep, 422 where a key comes twice.
pub fn parse_json(bytes: &[u8]) -> Result<Value, Problem> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::bad_request("bad_json", "the body is empty, send a JSON document"));
    }
    let place = RefCell::new(Place { path: Vec::new(), wrong: None });
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Node { place: &place }.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|e| {
        if let Some((pointer, message)) = place.into_inner().wrong {
            return Problem::invalid_field(pointer, message);
        }
        let what = match e.classify() {
            Category::Eof => "the body ends too early".to_owned(),
            _ => e.to_string(),
        };
        Problem::bad_request(
            "bad_json",
            format!("not JSON: {what} (line {}, column {})", e.line(), e.column()),
        )
    })
}

struct Place {
    path: Vec<String>,
    /// What JSON leaves open and is refused here, and where.
    wrong: Option<(String, &'static str)>,
}

const TWICE: &str = "the key is there twice, which of them is meant?";
const NUL: &str = "the text holds a NUL, which cannot be stored";

impl Place {
    fn here(&self) -> String {
        Self::joined(self.path.iter().map(String::as_str))
    }

    fn pointer(&self, last: &str) -> String {
        Self::joined(self.path.iter().map(String::as_str).chain([last]))
    }

    fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
        parts.fold(String::new(), |text, part| text + "/" + &part.replace('~', "~0").replace('/', "~1"))
    }
}

#[derive(Clone, Copy)]
struct Node<'a> {
    place: &'a RefCell<Place>,
}

impl Node<'_> {
    fn inside<T, E: serde::de::Error>(
        self,
        name: String,
        read: impl FnOnce(Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.place.borrow().path.len() >= MAX_DEPTH {
            return Err(E::custom(format!("nested over {MAX_DEPTH} levels deep")));
        }
        self.place.borrow_mut().path.push(name);
        let value = read(self)?;
        self.place.borrow_mut().path.pop();
        Ok(value)
    }
}

impl Node<'_> {
    /// PostgreSQL stores no NUL, and no name or text of a business has one.
    fn without_nul<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if !text.contains('\0') {
            return Ok(());
        }
        let pointer = self.place.borrow().here();
        self.place.borrow_mut().wrong = Some((pointer, NUL));
        Err(E::custom(NUL))
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.without_nul(value)?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.without_nul(&value)?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = self.inside(items.len().to_string(), |node| seq.next_element_seed(node))? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if fields.contains_key(&name) {
                let pointer = self.place.borrow().pointer(&name);
                self.place.borrow_mut().wrong = Some((pointer, TWICE));
                return Err(A::Error::custom(TWICE));
            }
            self.without_nul(&name)?;
            let value = self.inside(name.clone(), |node| map.next_value_seed(node))?;
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}
