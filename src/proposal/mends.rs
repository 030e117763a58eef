//! Mends: everything that needs no thought, made.
//!
//! One mend after the other, each read again and judged before the next, until none is left. What a mend reveals
//! (a state that is read now asks for people) is left to people.

use crate::document::Document;
use crate::edit;
use crate::rule::Was;
use crate::sheet::judge;
use crate::text::Source;
use crate::world::World;

/// Most mends of one document.
const MOST: usize = 100;

/// The document with every mend made that needs no thought; the same where there is none.
pub fn mended(world: &World, document: &Document, was: Was<'_>) -> Document {
    let mut now = document.clone();
    for _ in 0..MOST {
        let Some(text) = next(world, &now, was) else { break };
        now = Document::parse(Source::new(document.path(), text));
    }
    now
}

/// The text with the first mend made that changes it.
fn next(world: &World, now: &Document, was: Was<'_>) -> Option<String> {
    let sheet = judge(world, now, was);
    let changes = sheet.flaws().into_iter().filter_map(|(_, flaw)| flaw.mend.as_ref());
    let mut texts =
        changes.filter_map(|mend| Some(edit::edited(now, std::slice::from_ref(&mend.change)).ok()?.after));
    texts.find(|text| text != now.source.text())
}
