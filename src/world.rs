//! Everything that a question may be asked about, as values.
//!
//! The roof gathers a [`World`] once for each question; below the roof nothing else is known.
//!
//! Absent on purpose, until their issues come: the base of a whole change, and OWNERS.

use crate::calendar::Calendar;
use crate::corpus::Corpus;
use jiff::civil::Date;

/// A checkout, a calendar, and the day on which they are looked at.
#[derive(Debug, Clone)]
pub struct World {
    /// The documents as they are.
    pub head: Corpus,
    /// The releases and their dates.
    pub calendar: Calendar,
    /// The day for which every answer holds, in UTC.
    pub today: Date,
}
