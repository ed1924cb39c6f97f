//! An ONNX graph in the making: nodes, constants, inputs and outputs as messages.

use super::super::protobuf::Message;

/// A graph in the making. Each step answers the name of what it makes.
#[derive(Debug, Default)]
pub(super) struct Build {
    nodes: Vec<Message>,
    constants: Vec<Message>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
}

/// A setting of a node.
pub(super) enum Setting<'a> {
    Int(i64),
    Text(&'a str),
    Ints(&'a [i64]),
    Floats(&'a [f32]),
    Texts(&'a [&'a str]),
}

/// Element types.
pub(super) const FLOAT: i64 = 1;
pub(super) const STRING: i64 = 8;
const INT64: i64 = 7;

/// The operators' version that we write: the first in which all of ours have the meaning they keep.
const OPSET: i64 = 17;
/// The version of the operators for trees.
const OPSET_ML: i64 = 3;
/// The version of the file's layout that goes with [`OPSET`].
const LAYOUT: i64 = 8;

impl Build {
    /// A step that makes one thing.
    pub fn node(&mut self, operator: &str, inputs: &[&str], settings: &[(&str, Setting<'_>)]) -> String {
        self.node_of("", operator, inputs, settings)
    }

    /// A step of another domain than ONNX's own.
    pub fn node_of(
        &mut self,
        domain: &str,
        operator: &str,
        inputs: &[&str],
        settings: &[(&str, Setting<'_>)],
    ) -> String {
        let output = format!("{}_{}", operator.to_lowercase(), self.nodes.len());
        let mut node = Message::default();
        for input in inputs {
            node = node.text(1, input);
        }
        node = node.text(2, &output).text(3, &output).text(4, operator);
        for (name, setting) in settings {
            node = node.message(5, &attribute(name, setting));
        }
        if !domain.is_empty() {
            node = node.text(7, domain);
        }
        self.nodes.push(node);
        output
    }

    /// Gives what was made under one name the name that callers ask for.
    pub fn name(&mut self, made: &str, name: &str) {
        let node = Message::default().text(1, made).text(2, name).text(3, name).text(4, "Identity");
        self.nodes.push(node);
    }

    fn constant(&mut self, kind: i64, shape: &[usize], fill: impl FnOnce(Message) -> Message) -> String {
        let name = format!("constant_{}", self.constants.len());
        let shape = shape.iter().fold(Message::default(), |tensor, &extent| tensor.int(1, extent as i64));
        self.constants.push(fill(shape.int(2, kind).text(8, &name)));
        name
    }

    /// Constant numbers.
    pub fn floats(&mut self, shape: &[usize], values: &[f32]) -> String {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(FLOAT, shape, |tensor| tensor.bytes(9, &raw))
    }

    /// Constant whole numbers.
    pub fn ints(&mut self, values: &[i64]) -> String {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(INT64, &[values.len()], |tensor| tensor.bytes(9, &raw))
    }

    /// Constant texts.
    pub fn texts(&mut self, values: &[&str]) -> String {
        let shape = [values.len()];
        self.constant(STRING, &shape, |tensor| {
            values.iter().fold(tensor, |tensor, text| tensor.text(6, text))
        })
    }

    /// An input: rows of `width` numbers.
    pub fn input(&mut self, name: &str, width: usize) {
        self.inputs.push(value(name, FLOAT, Some(width)));
    }

    /// An output: a number or text a row, or `width` of them.
    pub fn output(&mut self, name: &str, kind: i64, width: Option<usize>) {
        self.outputs.push(value(name, kind, width));
    }

    /// The file.
    pub fn finish(self, name: &str, producer: &str, properties: &[(&str, &str)]) -> Vec<u8> {
        let mut graph = self.nodes.iter().fold(Message::default(), |graph, node| graph.message(1, node));
        graph = graph.text(2, name);
        for (field, parts) in [(5, &self.constants), (11, &self.inputs), (12, &self.outputs)] {
            graph = parts.iter().fold(graph, |graph, part| graph.message(field, part));
        }
        let mut model = Message::default().int(1, LAYOUT).text(2, producer).message(7, &graph);
        for (domain, version) in [("", OPSET), ("ai.onnx.ml", OPSET_ML)] {
            model = model.message(8, &Message::default().text(1, domain).int(2, version));
        }
        for (key, value) in properties {
            model = model.message(14, &Message::default().text(1, key).text(2, value));
        }
        model.0
    }
}

fn attribute(name: &str, setting: &Setting<'_>) -> Message {
    let message = Message::default().text(1, name);
    match setting {
        Setting::Int(value) => message.int(3, *value).int(20, 2),
        Setting::Text(value) => message.text(4, value).int(20, 3),
        Setting::Floats(values) => message.floats(7, values).int(20, 6),
        Setting::Ints(values) => message.ints(8, values).int(20, 7),
        Setting::Texts(values) => values.iter().fold(message, |m, value| m.text(9, value)).int(20, 8),
    }
}

/// A tensor with any number of rows.
fn value(name: &str, kind: i64, width: Option<usize>) -> Message {
    let rows = Message::default().text(2, "rows");
    let mut shape = Message::default().message(1, &rows);
    if let Some(width) = width {
        shape = shape.message(1, &Message::default().int(1, width as i64));
    }
    let tensor = Message::default().int(1, kind).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}
