//! Mends: everything that needs no thought, made.
//!
//! All mends of a judging are made in one pass over the block, each where no other one is; the result is read and
//! judged again, until nothing is left. What a mend reveals (a state that is read now asks for people) is left to
//! people.

use crate::document::Document;
use crate::edit::{self, Change};
use crate::rule::Was;
use crate::sheet::judge;
use crate::text::Source;
use crate::world::World;

/// Most passes over one document: each makes whatever does not stand in another's way.
const MOST: usize = 20;

/// The document with every mend made that needs no thought; the same where there is none.
pub fn mended(world: &World, document: &Document, was: Was<'_>) -> Document {
    let mut now = document.clone();
    for _ in 0..MOST {
        let sheet = judge(world, &now, was);
        let changes: Vec<&Change> =
            sheet.flaws().into_iter().filter_map(|(_, flaw)| flaw.mend.as_ref()).collect();
        let Some(text) = edit::together(&now, &changes).filter(|text| text != now.source.text()) else {
            break;
        };
        now = Document::parse(Source::new(document.path(), text));
    }
    now
}
