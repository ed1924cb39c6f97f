//! The `data` of a tensor in JSON: a list, or lists in lists, read straight into one row of scalars.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;
use std::sync::Arc;
use vakhta_lifecycle::serve::Elements;

use super::datatype::Datatype;

/// The most elements of one tensor: ten thousand records of two hundred columns.
pub(super) const MAX_ELEMENTS: usize = 1 << 21;

/// One element before its type is known: `datatype` may stand behind `data`.
#[derive(Debug, Clone, PartialEq)]
enum Scalar {
    Null,
    Flag(bool),
    Integer(i64),
    Float(f64),
    Text(Arc<str>),
}

/// All elements in order, and how deep they lay.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Flat {
    scalars: Vec<Scalar>,
    /// The length of the lists of each depth, the outermost first.
    lengths: Vec<Option<usize>>,
    /// The depth of the lists that hold the scalars.
    depth: Option<usize>,
    ragged: bool,
}

impl Flat {
    /// The elements as a tensor of this type and shape, whose product is `count`.
    pub(super) fn into_elements(
        self,
        datatype: Datatype,
        shape: &[usize],
        count: usize,
    ) -> Result<Elements, String> {
        if self.scalars.len() != count {
            return Err(format!("{} elements came, the shape {shape:?} has {count}", self.scalars.len()));
        }
        let nested = self.lengths.len() > 1;
        let lies = || self.lengths.iter().map(|length| length.unwrap_or(0)).eq(shape.iter().copied());
        if self.ragged || (nested && count > 0 && !lies()) {
            return Err(format!("the lists in lists are not of the shape {shape:?}"));
        }
        elements(self.scalars, datatype)
    }

    fn push<E: Error>(&mut self, depth: usize, scalar: Scalar) -> Result<(), E> {
        if self.scalars.len() >= MAX_ELEMENTS {
            return Err(E::custom(format_args!("a tensor has over {MAX_ELEMENTS} elements")));
        }
        self.ragged |= self.depth.is_some_and(|known| known != depth);
        self.depth = Some(depth);
        self.scalars.push(scalar);
        Ok(())
    }

    fn close(&mut self, depth: usize, length: usize) {
        if self.lengths.len() < depth {
            self.lengths.resize(depth, None);
        }
        let known = &mut self.lengths[depth - 1];
        self.ragged |= known.is_some_and(|known| known != length);
        *known = Some(length);
    }
}

fn elements(scalars: Vec<Scalar>, datatype: Datatype) -> Result<Elements, String> {
    match datatype {
        Datatype::Bool => read(scalars, datatype, |scalar| match scalar {
            Scalar::Flag(yes) => Ok(yes),
            Scalar::Integer(number @ (0 | 1)) => Ok(number == 1),
            other => Err(other),
        })
        .map(Elements::Flags),
        Datatype::Bytes => read(scalars, datatype, |scalar| match scalar {
            Scalar::Text(text) => Ok(Some(text)),
            Scalar::Null => Ok(None),
            other => Err(other),
        })
        .map(Elements::Texts),
        _ => match datatype.range() {
            Some((low, high)) => read(scalars, datatype, |scalar| match scalar {
                Scalar::Integer(number) if (low..=high).contains(&number) => Ok(number),
                other => Err(other),
            })
            .map(Elements::Integers),
            None => read(scalars, datatype, |scalar| match scalar {
                Scalar::Float(number) => Ok(datatype.rounded(number)),
                Scalar::Integer(number) => Ok(datatype.rounded(number as f64)),
                Scalar::Null => Ok(f64::NAN),
                other => Err(other),
            })
            .map(Elements::Floats),
        },
    }
}

/// Reads each scalar; the error names the first that is not of the type.
fn read<T>(
    scalars: Vec<Scalar>,
    datatype: Datatype,
    of: impl Fn(Scalar) -> Result<T, Scalar>,
) -> Result<Vec<T>, String> {
    let wrong = |at, scalar| format!("element {at}, {scalar}, is not {}", datatype.word());
    let read = |(at, scalar)| of(scalar).map_err(|scalar| wrong(at, scalar));
    scalars.into_iter().enumerate().map(read).collect()
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Flag(yes) => write!(f, "{yes}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "`{}`", text.chars().take(40).collect::<String>()),
        }
    }
}

impl<'de> Deserialize<'de> for Flat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut flat = Self::default();
        deserializer.deserialize_seq(List { flat: &mut flat, depth: 1 })?;
        Ok(flat)
    }
}

/// Reads one list.
struct List<'a> {
    flat: &'a mut Flat,
    depth: usize,
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of elements, or lists in lists")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut length = 0;
        while list.next_element_seed(Item { flat: self.flat, depth: self.depth })?.is_some() {
            length += 1;
        }
        self.flat.close(self.depth, length);
        Ok(())
    }
}

/// Reads what stands in a list of this depth: a scalar or another list.
struct Item<'a> {
    flat: &'a mut Flat,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, true, false, null or a list of them")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.flat.push(self.depth, Scalar::Null)
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<(), E> {
        self.flat.push(self.depth, Scalar::Flag(yes))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.flat.push(self.depth, Scalar::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        let scalar = i64::try_from(number).map_or(Scalar::Float(number as f64), Scalar::Integer);
        self.flat.push(self.depth, scalar)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.flat.push(self.depth, Scalar::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.flat.push(self.depth, Scalar::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        List { flat: self.flat, depth: self.depth + 1 }.visit_seq(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str, datatype: Datatype, shape: &[usize]) -> Result<Elements, String> {
        let flat: Flat = serde_json::from_str(json).map_err(|e| e.to_string())?;
        flat.into_elements(datatype, shape, shape.iter().product())
    }

    #[test]
    fn flat_and_nested_lists_mean_the_same() {
        let expected = Ok(Elements::Floats(vec![1.0, 2.5, 3.0, 4.0]));
        for (json, shape) in [
            ("[1,2.5,3,4]", &[2, 2][..]),
            ("[[1,2.5],[3,4]]", &[2, 2]),
            ("[[[1],[2.5]],[[3],[4]]]", &[2, 2, 1]),
            ("[1,2.5,3,4]", &[4]),
        ] {
            assert_eq!(read(json, Datatype::Fp64, shape), expected, "{json}");
        }
        assert_eq!(read("[0.1]", Datatype::Fp32, &[1]), Ok(Elements::Floats(vec![f64::from(0.1f32)])));
        assert_eq!(
            read("[[\"a\",null]]", Datatype::Bytes, &[1, 2]),
            Ok(Elements::Texts(vec![Some("a".into()), None]))
        );
        assert_eq!(read("[true,0]", Datatype::Bool, &[2]), Ok(Elements::Flags(vec![true, false])));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (json, datatype, shape) in [
            ("[1,2,3]", Datatype::Fp64, &[2, 2][..]),
            ("[[1,2],[3]]", Datatype::Fp64, &[3]),
            ("[[1,2,3],[4,5,6]]", Datatype::Fp64, &[3, 2]),
            ("[1,[2]]", Datatype::Fp64, &[2]),
            ("[[],1]", Datatype::Fp64, &[1]),
            ("[\"1\"]", Datatype::Fp64, &[1]),
            ("[1.5]", Datatype::Int64, &[1]),
            ("[300]", Datatype::Uint8, &[1]),
            ("[-1]", Datatype::Uint64, &[1]),
            ("[2]", Datatype::Bool, &[1]),
            ("[1]", Datatype::Bytes, &[1]),
            ("[null]", Datatype::Int8, &[1]),
            ("7", Datatype::Int8, &[1]),
            ("[{}]", Datatype::Int8, &[1]),
            ("[NaN]", Datatype::Fp64, &[1]),
        ] {
            assert!(read(json, datatype, shape).is_err(), "{json} {datatype:?} {shape:?}");
        }
        assert!(serde_json::from_str::<Flat>(&"[".repeat(100_000)).is_err());
        let many = format!("[{}0]", "0,".repeat(MAX_ELEMENTS));
        assert!(serde_json::from_str::<Flat>(&many).is_err());
    }
}
