//! The sections of a document beside those of the template: missing, renamed, empty, and of its own.

use crate::markdown::{Outline, Section, plain};
use crate::template::Role;
use crate::text::Span;

/// The heading of a checklist that front matter replaces; no section of its own.
const CHECKLIST: &str = "release signoff checklist";

/// What a document has of the template's sections, and what beside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sections {
    /// The template's sections that are no heading of the first or second rank, in the template's order; those that
    /// are there under another name among them.
    pub missing: Vec<String>,
    /// Which of the missing ones are there under an older name, and that name as it is written.
    pub renamed: Vec<(String, String)>,
    /// The sections with nothing under them but comments, with their headings.
    pub empty: Vec<(String, Span)>,
    /// The sections that the template does not have, as they are written.
    pub extra: Vec<String>,
}

/// The sections of a document beside those that are wanted.
pub fn sections(outline: &Outline, wanted: &[String]) -> Sections {
    let own = |section: &&Section| section.level <= 2;
    let named = |name: &str| {
        outline.sections.iter().filter(own).filter(move |it| it.name == name).collect::<Vec<_>>()
    };
    let mut sections = Sections::default();
    for title in wanted {
        let there = named(&plain(title));
        if there.is_empty() {
            sections.missing.push(title.clone());
        }
        let former = Role::of_title(title).filter(|_| there.is_empty()).map(|role| role.section().former);
        let old = former.into_iter().flatten().find_map(|name| named(name).first().copied());
        sections.renamed.extend(old.map(|old| (title.clone(), old.title.clone())));
        let empty = there.into_iter().chain(old).filter(|section| is_empty(outline, section));
        let empty: Vec<_> = empty.map(|section| (section.title.clone(), section.heading)).collect();
        sections.empty.extend(empty.into_iter().next());
    }
    let extra = outline.sections.iter().filter(|section| section.level == 2);
    let extra =
        extra.filter(|it| it.name != CHECKLIST && !wanted.iter().any(|title| plain(title) == it.name));
    sections.extra = extra.map(|section| section.title.clone()).collect();
    sections
}

/// Whether nothing stands under a heading: no text, and no heading of a lower rank.
fn is_empty(outline: &Outline, section: &Section) -> bool {
    let inside = |other: &&Section| section.span.holds(other.heading) && other.level > section.level;
    !section.filled && !outline.sections.iter().any(|other| inside(&other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::outline;

    #[test]
    fn what_is_missing_renamed_empty_or_its_own_is_told() {
        let text = "# VEP #7: Clock\n\n## Release Signoff Checklist\n\n- x\n\n## **Goals**\n\n<!-- none yet -->\n\n\
            ## Implementation Phases\n\nOne.\n\n# Design\n\ntext\n\n### Alternatives\n\ntext\n\n## Security\n\n## Non-Goals\n\n### a\n";
        let wanted =
            ["Goals", "Non Goals", "Design", "Alternatives", "Implementation History"].map(str::to_owned);
        let read = sections(&outline(text, 0), &wanted);
        assert_eq!(read.missing, ["Alternatives", "Implementation History"]);
        assert_eq!(read.renamed, [("Implementation History".to_owned(), "Implementation Phases".to_owned())]);
        assert_eq!(read.empty.iter().map(|(title, _)| title.as_str()).collect::<Vec<_>>(), ["Goals"]);
        assert_eq!(read.extra, ["Implementation Phases", "Security"]);
    }
}
