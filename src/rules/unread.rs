//! Files that were not read, or not as they stand: what nobody has read has not passed.
//!
//! Absent on purpose: the proposals that were read; each answers for itself.

use crate::corpus::Notice;
use crate::document::Home;
use crate::rule::{Finding, Judged};
use crate::text::Span;
use crate::world::World;

/// What is said of a text that cannot be read as it stands.
pub(super) const NOT_UTF8: &str = "this file is not UTF-8, so it is not read as it stands";

/// A finding for each Markdown file below `veps/` that was not read, and for each companion that is not UTF-8.
pub(super) fn unread(world: &World) -> Judged {
    let notices = world.head.notices().iter().filter(|notice| hides(&notice.path));
    let unread = notices.filter_map(|notice| Some(finding(world, notice, notice.why_unread()?)));
    let others = world.head.documents().filter(|document| !document.home.is_proposal());
    let odd = others.filter_map(|document| {
        let at = document.source.not_utf8()?;
        let before = world.base.as_ref().and_then(|base| base.was(document.path()));
        let was_there = before.is_some_and(|was| was.source.not_utf8().is_some());
        let finding = weighed(world, document.path(), Span::new(at, at), NOT_UTF8.into());
        Some(Finding { was_there, ..finding.fix("Save it as UTF-8.").within(document) })
    });
    Ok(unread.chain(odd).collect())
}

/// Whether a path that was not read may have been a document: Markdown, or a folder of documents.
fn hides(path: &str) -> bool {
    (path.starts_with("veps/") && Home::is_markdown(path)) || Home::is_folder(path)
}

fn finding(world: &World, notice: &Notice, why: &str) -> Finding {
    let was_there = world.base.as_ref().is_some_and(|base| {
        let mut before = base.world.head.notices().iter().filter(|it| it.why_unread().is_some());
        before.any(|it| it.path == notice.path)
    });
    let what = format!("this file was not read, so it is not checked: {why}");
    let fix = "Make it a plain file of UTF-8 text, with a vep.md that is not too large; images and data belong beside it.";
    Finding { was_there, ..weighed(world, &notice.path, Span::default(), what).fix(fix).about(&notice.path) }
}

/// A main document has to be read. Of other files only those that a change brings have to be, and what it brings is not
/// known without a base.
fn weighed(world: &World, path: &str, span: Span, what: String) -> Finding {
    let is_main = path.ends_with("/vep.md") || !Home::is_markdown(path);
    if is_main || world.base.is_some() { Finding::must(span, what) } else { Finding::should(span, what) }
}
