//! Everything that a question may be asked about, as values.
//!
//! The roof gathers a [`World`] once for each question; below the roof nothing else is known.
//!
//! Absent on purpose, until their issues come: a calendar, a base to compare with, OWNERS.

use crate::corpus::Corpus;
use jiff::civil::Date;

/// A checkout and the day on which it is looked at.
#[derive(Debug, Clone)]
pub struct World {
    /// The documents as they are.
    pub head: Corpus,
    /// The day for which every answer holds, in UTC.
    pub today: Date,
}
