//! Everything that a question may be asked about, as values.
//!
//! The roof gathers a [`World`] once for each question; below the roof nothing else is known.
//!
//! Absent on purpose, until its issue comes: OWNERS.

use crate::calendar::Calendar;
use crate::corpus::Corpus;
use crate::document::Document;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A checkout, a calendar, and the day on which they are looked at.
#[derive(Debug, Clone)]
pub struct World {
    /// The documents as they are.
    pub head: Corpus,
    /// What a change is compared with; none where nobody knows.
    pub base: Option<Arc<Base>>,
    /// The releases and their dates.
    pub calendar: Calendar,
    /// The day for which every answer holds, in UTC.
    pub today: Date,
}

/// The checkout before the change.
#[derive(Debug, Clone)]
pub struct Base {
    /// What it is, in words: `merge base of HEAD and origin/main, 6a3bb23`.
    pub name: String,
    /// The world as it was.
    pub world: World,
    /// Documents that lie elsewhere now: the path now, and the path they had.
    pub renamed: BTreeMap<String, String>,
}

impl World {
    /// The world before the change; where nobody knows it, the one that is.
    pub fn before(&self) -> &Self {
        self.base.as_ref().map_or(self, |base| &base.world)
    }

    /// A world without a change.
    pub fn unchanged(head: Corpus, calendar: Calendar, today: Date) -> Self {
        Self { head, base: None, calendar, today }
    }
}

impl Base {
    /// What a document was, whatever it is called now.
    pub fn was(&self, path: &str) -> Option<&Arc<Document>> {
        let path = self.renamed.get(path).map_or(path, String::as_str);
        self.world.head.at(path)
    }
}
