//! A pipeline as bytes: what is short as JSON in the head of the model, the pieces of texts behind it.

use super::{Categories, Encoder, Kind, Pipeline, Scale};
use crate::artifact::{ArtifactError, Reader, Writer, unsound};
use crate::records::table::Role;
use crate::records::text::TextSpace;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The newest training date that is believed: ten thousand years after 1970, in days.
const FARTHEST_DAY: i64 = 4_000_000;

/// What the head says of a column.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadColumn {
    name: String,
    kind: HeadKind,
    example: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum HeadKind {
    Text,
    Category { names: Vec<Arc<str>> },
    Number(Scale),
    Plain,
    Flag(Scale),
    Date { newest: i64, ages: Scale },
}

impl Pipeline {
    /// The part for the head.
    pub fn head(&self) -> Vec<HeadColumn> {
        let column = |encoder: &Encoder| HeadColumn {
            name: encoder.name.clone(),
            example: encoder.example.clone(),
            kind: match &encoder.kind {
                Kind::Text(_) => HeadKind::Text,
                Kind::Category(categories) => HeadKind::Category { names: categories.names().to_vec() },
                Kind::Number(scale) => HeadKind::Number(*scale),
                Kind::Plain => HeadKind::Plain,
                Kind::Flag(scale) => HeadKind::Flag(*scale),
                Kind::Date { newest, ages } => HeadKind::Date { newest: *newest, ages: *ages },
            },
        };
        self.encoders.iter().map(column).collect()
    }

    /// Appends the part behind the head.
    pub fn write(&self, out: &mut Writer) {
        for encoder in &self.encoders {
            if let Kind::Text(space) = &encoder.kind {
                space.write(out);
            }
        }
    }

    /// Reads what [`Pipeline::head`] and [`Pipeline::write`] wrote.
    pub fn read(head: Vec<HeadColumn>, body: &mut Reader<'_>) -> Result<Self, ArtifactError> {
        let mut pipeline = Self::default();
        for column in head {
            let kind = match column.kind {
                HeadKind::Text => Kind::Text(TextSpace::read(body)?),
                HeadKind::Category { names } => Kind::Category(Categories::from_names(names)),
                HeadKind::Number(scale) => Kind::Number(scale),
                HeadKind::Plain => Kind::Plain,
                HeadKind::Flag(scale) => Kind::Flag(scale),
                HeadKind::Date { newest, ages } => Kind::Date { newest, ages },
            };
            let sound = match &kind {
                Kind::Text(_) | Kind::Plain => true,
                Kind::Category(categories) => categories.is_sound(),
                Kind::Number(scale) | Kind::Flag(scale) => scale.is_sound(),
                Kind::Date { newest, ages } => newest.abs() <= FARTHEST_DAY && ages.is_sound(),
            };
            if !sound {
                return unsound(format!("column `{}` is encoded in an impossible way", column.name));
            }
            if pipeline.encoders.iter().any(|encoder| encoder.name == column.name) {
                return unsound(format!("column `{}` is there twice", column.name));
            }
            pipeline.add(column.name, kind, column.example);
        }
        Ok(pipeline)
    }
}

impl Kind {
    /// What the column holds.
    pub fn role(&self) -> Role {
        match self {
            Self::Text(_) => Role::Text,
            Self::Category(_) => Role::Category,
            Self::Number(_) | Self::Plain => Role::Number,
            Self::Flag(_) => Role::Flag,
            Self::Date { .. } => Role::Date,
        }
    }
}
