//! An ONNX file as nodes, constants, inputs and outputs.

use super::super::protobuf::{Fields, Value};
use super::super::{ExchangeError, unsound, unsupported};
use std::collections::HashMap;

/// A computation.
#[derive(Debug, Default)]
pub(super) struct Graph<'a> {
    pub nodes: Vec<Node<'a>>,
    pub constants: HashMap<&'a str, Constant<'a>>,
    pub inputs: Vec<Input<'a>>,
}

/// What the computation is given.
#[derive(Debug, Default)]
pub(super) struct Input<'a> {
    pub name: &'a str,
    /// Numbers a row, where the file says it.
    pub width: Option<usize>,
}

/// A step of a computation.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    pub operator: &'a str,
    pub inputs: Vec<&'a str>,
    pub outputs: Vec<&'a str>,
    attributes: HashMap<&'a str, Attribute<'a>>,
}

/// A setting of a step.
#[derive(Debug, Default)]
struct Attribute<'a> {
    int: Option<i64>,
    float: Option<f64>,
    text: Option<&'a str>,
    ints: Vec<i64>,
    floats: Vec<f64>,
    texts: Vec<&'a str>,
    tensor: Option<Constant<'a>>,
}

/// A constant tensor.
#[derive(Debug, Clone, Default)]
pub(super) struct Constant<'a> {
    pub shape: Vec<usize>,
    /// Its numbers; empty for texts.
    pub numbers: Vec<f64>,
    /// Its texts; empty for numbers.
    pub texts: Vec<&'a str>,
}

/// The most nodes and constants of a graph, and settings of a node: each takes far more memory than the two
/// bytes that it can be in a file.
const MOST_PARTS: usize = 4096;

fn few(parts: usize) -> Result<(), ExchangeError> {
    if parts < MOST_PARTS {
        Ok(())
    } else {
        unsupported(format!("over {MOST_PARTS} parts of a graph or node"))
    }
}

impl<'a> Graph<'a> {
    /// Reads a file.
    pub fn read(bytes: &'a [u8]) -> Result<Self, ExchangeError> {
        let mut graph = None;
        for field in Fields(bytes) {
            match field? {
                (7, value) => graph = Some(value.bytes("graph")?),
                (1, value) => drop(value.int("ir_version")?),
                _ => {}
            }
        }
        let Some(graph) = graph else {
            return Err(ExchangeError::Unreadable { format: "ONNX", what: "it has no graph".into() });
        };
        let mut read = Self::default();
        for field in Fields(graph) {
            match field? {
                (1, value) => {
                    few(read.nodes.len())?;
                    read.nodes.push(Node::read(value.bytes("node")?)?);
                }
                (5, value) => {
                    few(read.constants.len())?;
                    let (name, constant) = Constant::read(value.bytes("initializer")?)?;
                    read.constants.insert(name, constant);
                }
                (11, value) => read.inputs.push(Input::read(value.bytes("input")?)?),
                _ => {}
            }
        }
        // Old files name constants among the inputs.
        read.inputs.retain(|input| !read.constants.contains_key(input.name));
        let constants = read.nodes.iter_mut().filter(|node| node.operator == "Constant");
        for node in constants {
            let tensor = node.attributes.get_mut("value").and_then(|attribute| attribute.tensor.take());
            if let (Some(tensor), [name]) = (tensor, &node.outputs[..]) {
                read.constants.insert(*name, tensor);
            }
        }
        read.nodes.retain(|node| node.operator != "Constant");
        Ok(read)
    }

    /// The constant of that name, if it is one.
    pub fn constant(&self, name: &str) -> Option<&Constant<'a>> {
        self.constants.get(name)
    }
}

/// The bytes of the messages in a message that stand in this field.
fn parts<'a>(bytes: &'a [u8], number: u64, field: &str) -> Result<Vec<&'a [u8]>, ExchangeError> {
    let mut parts = Vec::new();
    for found in Fields(bytes) {
        let (at, value) = found?;
        if at == number {
            few(parts.len())?;
            parts.push(value.bytes(field)?);
        }
    }
    Ok(parts)
}

impl<'a> Input<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ExchangeError> {
        let name = parts(bytes, 1, "name")?.last().map_or(Ok(""), |name| Value::Bytes(name).text("name"))?;
        // type → tensor_type → shape → dim: the last but one level of the message.
        let mut inside = bytes;
        for (number, field) in [(2, "type"), (1, "tensor_type"), (2, "shape")] {
            let Some(&part) = parts(inside, number, field)?.last() else {
                return Ok(Self { name, width: None });
            };
            inside = part;
        }
        let mut width = None;
        if let [_, columns] = parts(inside, 1, "dim")?[..] {
            for found in Fields(columns) {
                if let (1, value) = found? {
                    width = usize::try_from(value.int("dim_value")?).ok();
                }
            }
        }
        Ok(Self { name, width })
    }
}

impl<'a> Node<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ExchangeError> {
        let mut node = Self::default();
        for field in Fields(bytes) {
            match field? {
                (1, value) => node.inputs.push(value.text("input")?),
                (2, value) => node.outputs.push(value.text("output")?),
                (4, value) => node.operator = value.text("op_type")?,
                (5, value) => {
                    few(node.attributes.len())?;
                    let (name, attribute) = Attribute::read(value.bytes("attribute")?)?;
                    node.attributes.insert(name, attribute);
                }
                _ => {}
            }
        }
        Ok(node)
    }

    /// A whole number among the settings.
    pub fn int(&self, name: &str, default: i64) -> i64 {
        self.attributes.get(name).and_then(|attribute| attribute.int).unwrap_or(default)
    }

    /// A number among the settings.
    pub fn float(&self, name: &str, default: f64) -> f64 {
        self.attributes.get(name).and_then(|attribute| attribute.float).unwrap_or(default)
    }

    /// A text among the settings.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.attributes.get(name).and_then(|attribute| attribute.text)
    }

    /// Whole numbers among the settings; empty where there are none.
    pub fn ints(&self, name: &str) -> &[i64] {
        self.attributes.get(name).map_or(&[], |attribute| &attribute.ints)
    }

    /// Numbers among the settings, of either width; empty where there are none.
    pub fn floats(&self, name: &str) -> &[f64] {
        let attribute = self.attributes.get(name);
        let wide = || {
            let tensor = self.attributes.get(&*format!("{name}_as_tensor"))?.tensor.as_ref()?;
            Some(&tensor.numbers[..])
        };
        attribute.map(|attribute| &attribute.floats[..]).or_else(wide).unwrap_or(&[])
    }

    /// Texts among the settings; empty where there are none.
    pub fn texts(&self, name: &str) -> &[&'a str] {
        self.attributes.get(name).map_or(&[], |attribute| &attribute.texts)
    }
}

impl<'a> Attribute<'a> {
    fn read(bytes: &'a [u8]) -> Result<(&'a str, Self), ExchangeError> {
        let (mut name, mut attribute) = ("", Self::default());
        for field in Fields(bytes) {
            match field? {
                (1, value) => name = value.text("name")?,
                (2, Value::Fixed32(bytes)) => attribute.float = Some(f64::from(f32::from_le_bytes(bytes))),
                (3, value) => attribute.int = Some(value.int("i")?),
                // Texts that are not UTF-8 matter to no operator that is known here.
                (4, value) => attribute.text = value.text("s").ok(),
                (5, value) => attribute.tensor = Some(Constant::read(value.bytes("t")?)?.1),
                (7, value) => value.floats("floats", &mut attribute.floats)?,
                (8, value) => value.ints("ints", &mut attribute.ints)?,
                (9, value) => attribute.texts.push(value.text("strings")?),
                _ => {}
            }
        }
        Ok((name, attribute))
    }
}

/// Element types of tensors.
const FLOAT: i64 = 1;
const INT32: i64 = 6;
const INT64: i64 = 7;
const STRING: i64 = 8;
const DOUBLE: i64 = 11;

impl<'a> Constant<'a> {
    fn read(bytes: &'a [u8]) -> Result<(&'a str, Self), ExchangeError> {
        let (mut name, mut kind, mut raw) = ("", 0, None);
        let (mut shape, mut whole, mut constant) = (Vec::new(), Vec::new(), Self::default());
        for field in Fields(bytes) {
            match field? {
                (1, value) => value.ints("dims", &mut shape)?,
                (2, value) => kind = value.int("data_type")?,
                (4, value) => value.floats("float_data", &mut constant.numbers)?,
                (5 | 7, value) => value.ints("int_data", &mut whole)?,
                (6, value) => constant.texts.push(value.text("string_data")?),
                (8, value) => name = value.text("name")?,
                (9, value) => raw = Some(value.bytes("raw_data")?),
                (10, value) => value.doubles("double_data", &mut constant.numbers)?,
                (13 | 14, _) => return unsupported("a tensor that lies in another file"),
                _ => {}
            }
        }
        match (kind, raw) {
            (FLOAT, Some(raw)) => Value::Bytes(raw).floats("raw_data", &mut constant.numbers)?,
            (DOUBLE, Some(raw)) => Value::Bytes(raw).doubles("raw_data", &mut constant.numbers)?,
            (INT64, Some(raw)) => {
                constant.numbers.extend(raw.as_chunks().0.iter().map(|c| i64::from_le_bytes(*c) as f64));
            }
            (INT32, Some(raw)) => {
                constant.numbers.extend(raw.as_chunks().0.iter().map(|c| f64::from(i32::from_le_bytes(*c))));
            }
            (FLOAT | DOUBLE | INT32 | INT64 | STRING, None) => {
                constant.numbers.extend(whole.into_iter().map(|value| value as f64));
            }
            // Of another type: no operator that is known here asks for it.
            _ => return Ok((name, Self::default())),
        }
        let count = shape.iter().try_fold(1usize, |count, &extent| {
            usize::try_from(extent).ok().and_then(|extent| count.checked_mul(extent))
        });
        if count != Some(constant.numbers.len() + constant.texts.len()) {
            let found = constant.numbers.len() + constant.texts.len();
            return unsound(format!("tensor `{name}` has {found} elements for the shape {shape:?}"));
        }
        constant.shape = shape.into_iter().map(|extent| extent as usize).collect();
        Ok((name, constant))
    }
}
