//! The template: the sections of a VEP as data, and the one way in which a document's headings are matched with them.
//!
//! Which sections are wanted is the checkout's own template to say; ours, of June 2026, counts where there is none.
//! What a section is for is told by its [`Role`]: readers of prose ask for roles and never for titles.
//!
//! Absent on purpose: judgement. Whether a missing or empty section matters is said by the rules.

use crate::markdown::{Block, Outline, Passage, Section, plain};
use crate::text::Span;

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Target releases and checklist, which front matter replaces.
    StatusMetadata,
    /// What will be possible.
    Overview,
    /// Why it is worth doing.
    Motivation,
    /// The desired outcome.
    Goals,
    /// What is left out.
    NonGoals,
    /// Who the stories are about.
    Users,
    /// Who wants what.
    UserStories,
    /// Which repositories change.
    Repos,
    /// How it works.
    Design,
    /// What users write and see.
    ApiExamples,
    /// What was not chosen.
    Alternatives,
    /// What grows.
    Scalability,
    /// Old and new side by side.
    UpdateCompatibility,
    /// How it is tested.
    Testing,
    /// What has happened.
    History,
    /// What each stage asks for.
    Graduation,
}

/// A section of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectionKind {
    /// What it is for.
    pub role: Role,
    /// Its title in the template of June 2026.
    pub title: &'static str,
    /// Names under which real documents have it, most of them from older templates, as titles are compared.
    pub former: &'static [&'static str],
    /// It defines the problem, and should stand before the first merge (VEP-282, Open Discussion).
    pub early: bool,
}

const fn kind(role: Role, title: &'static str, former: &'static [&'static str], early: bool) -> SectionKind {
    SectionKind { role, title, former, early }
}

/// The section that front matter replaces.
const STATUS_METADATA: SectionKind = kind(Role::StatusMetadata, "VEP Status Metadata", &[], false);

/// The sections in the order of the template.
#[rustfmt::skip]
pub const SECTIONS: &[SectionKind] = &[
    STATUS_METADATA,
    kind(Role::Overview, "Overview", &[], true),
    kind(Role::Motivation, "Motivation", &[], true),
    kind(Role::Goals, "Goals", &[], true),
    kind(Role::NonGoals, "Non Goals", &[], true),
    kind(Role::Users, "Definition of Users", &[], true),
    kind(Role::UserStories, "User Stories", &[], true),
    kind(Role::Repos, "Repos", &["repositories affected", "repositories impacted", "repositories"], false),
    kind(Role::Design, "Design", &["proposed design"], false),
    kind(Role::ApiExamples, "API Examples", &["api changes", "api example", "api usage example", "api examples full version"], false),
    kind(Role::Alternatives, "Alternatives", &["alternatives considered", "alternative designs considered", "undesired alternatives"], false),
    kind(Role::Scalability, "Scalability", &[], false),
    kind(Role::UpdateCompatibility, "Update/Rollback Compatibility", &["update compatibility", "upgrade rollback compatibility"], false),
    kind(Role::Testing, "Functional Testing Approach", &["functional testing", "testing", "testing approach"], false),
    kind(Role::History, "Implementation History", &["implementation phases"], false),
    kind(Role::Graduation, "Graduation Requirements", &["feature lifecycle phases", "feature lifecycle", "graduation", "graduation criteria"], false),
];

impl Role {
    /// The section of this role.
    pub fn section(self) -> &'static SectionKind {
        let found = SECTIONS.iter().find(|section| section.role == self);
        // Every role has its row; a test walks them all.
        found.unwrap_or(&STATUS_METADATA)
    }

    /// The title of its section.
    pub fn title(self) -> &'static str {
        self.section().title
    }

    /// The role of a section of the template, by its title.
    pub fn of_title(title: &str) -> Option<Self> {
        let name = plain(title);
        SECTIONS.iter().find(|section| plain(section.title) == name).map(|section| section.role)
    }
}

/// The headings of the lists that front matter replaces, as titles are compared; each may go on.
pub const REPLACED_HEADINGS: [&str; 2] = ["target release", "release signoff checklist"];

/// Whether front matter replaces what stands under a heading of this name.
pub fn is_replaced(name: &str) -> bool {
    name == plain(Role::StatusMetadata.title())
        || REPLACED_HEADINGS.iter().any(|known| name.starts_with(known))
}

/// The titles that are wanted of a VEP with front matter, in order: those of a checkout's own template, ours where
/// there is none, without the section that front matter replaces.
pub fn wanted(template: Option<&Outline>) -> Vec<String> {
    let replaced = plain(Role::StatusMetadata.title());
    let own: Vec<String> = template
        .into_iter()
        .flat_map(|outline| &outline.sections)
        .filter(|section| section.level == 2 && section.name != replaced)
        .map(|section| section.title.clone())
        .collect();
    if own.is_empty() {
        SECTIONS.iter().skip(1).map(|section| section.title.to_owned()).collect()
    } else {
        own
    }
}

/// How a document has a wanted section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match<'d> {
    /// As it should be.
    AsWritten(&'d Section),
    /// As a heading of another level.
    OtherLevel(&'d Section),
    /// Under a name that older templates have.
    FormerName(&'d Section),
    /// Not at all.
    Missing,
}

impl<'d> Match<'d> {
    /// The section, wherever and however it is called.
    pub fn section(self) -> Option<&'d Section> {
        match self {
            Self::AsWritten(section) | Self::OtherLevel(section) | Self::FormerName(section) => Some(section),
            Self::Missing => None,
        }
    }
}

/// The section of this title: first by its name at the second level, then at any level, then by a former name.
pub fn find<'d>(outline: &'d Outline, title: &str) -> Match<'d> {
    let name = plain(title);
    if let Some(section) = best(outline, |section| section.name == name) {
        return if section.level == 2 { Match::AsWritten(section) } else { Match::OtherLevel(section) };
    }
    let former = Role::of_title(title).map_or(&[][..], |role| role.section().former);
    match best(outline, |section| former.contains(&section.name.as_str())) {
        Some(section) => Match::FormerName(section),
        None => Match::Missing,
    }
}

/// The section of this role, under its title in the template of June 2026 or a former name.
pub fn of_role(outline: &Outline, role: Role) -> Option<&Section> {
    find(outline, role.title()).section()
}

/// The first of the sections at the second level that fit, else the first that fits.
fn best(outline: &Outline, fits: impl Fn(&Section) -> bool) -> Option<&Section> {
    let mut all = outline.sections.iter().filter(|section| fits(section)).peekable();
    let first = all.peek().copied();
    all.find(|section| section.level == 2).or(first)
}

/// What stands beside what a VEP proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// What was not chosen.
    Rejected,
    /// What is left out.
    Excluded,
    /// What has happened.
    Past,
    /// What others do.
    Elsewhere,
}

/// What a section of this name says beside the proposal; none where it speaks of the proposal itself.
pub fn aside(name: &str) -> Option<Aside> {
    let is_alternative = |word: &str| matches!(word, "alternative" | "alternatives");
    let begins =
        |words: &str| name == words || name.strip_prefix(words).is_some_and(|more| more.starts_with(' '));
    match name {
        _ if name.split(' ').any(is_alternative) => Some(Aside::Rejected),
        _ if begins("rejected") || begins("discarded") => Some(Aside::Rejected),
        _ if begins("non goals") || begins("nongoals") || begins("out of scope") => Some(Aside::Excluded),
        _ if begins("implementation history") => Some(Aside::Past),
        _ if begins("related veps") || begins("related work") || begins("references") => {
            Some(Aside::Elsewhere)
        }
        _ => None,
    }
}

/// The stretches of a document that say something beside the proposal, of the kinds that are asked for, with their
/// subsections: in the order of the file, and none within another.
pub fn asides(outline: &Outline, kinds: &[Aside]) -> Vec<Span> {
    let mut stretches: Vec<Span> = Vec::new();
    for section in &outline.sections {
        let within = stretches.last().is_some_and(|last| last.holds(section.span));
        if !within && aside(&section.name).is_some_and(|kind| kinds.contains(&kind)) {
            stretches.push(section.span);
        }
    }
    stretches
}

/// The passages that do not stand in stretches of these kinds, in the order of the file.
pub fn besides<'o>(outline: &'o Outline, kinds: &[Aside]) -> impl Iterator<Item = &'o Passage> + use<'o> {
    let mut aside = asides(outline, kinds).into_iter().peekable();
    outline.passages.iter().filter(move |passage| {
        while aside.next_if(|span| span.end <= passage.span.start).is_some() {}
        aside.peek().is_none_or(|span| passage.span.start < span.start)
    })
}

/// Why a section says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emptiness {
    /// Nothing stands there but headings, comments and empty code blocks.
    Nothing,
    /// Only what stands in for a text that is still to come.
    Placeholder,
    /// Only that it does not apply, and not why.
    NoReason,
}

impl Emptiness {
    /// As an answer says it of the section.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "is empty",
            Self::Placeholder => "has only a placeholder",
            Self::NoReason => "says N/A without a reason",
        }
    }
}

/// What makes a section empty; none where it says something or has subsections. Of two sections of one title one that
/// is filled is enough.
pub fn emptiness(outline: &Outline, section: &Section) -> Option<Emptiness> {
    let mut why = None;
    for (at, twin) in outline.sections.iter().enumerate().filter(|(_, twin)| twin.name == section.name) {
        // Its first part, if it has any, is the heading that comes next.
        if outline.sections.get(at + 1).is_some_and(|next| next.level > twin.level) {
            return None;
        }
        why = Some(emptiness_below(outline, twin)?);
    }
    why
}

/// What makes a section empty, with all that stands below it: subsections say something only by their text.
pub fn emptiness_below(outline: &Outline, section: &Section) -> Option<Emptiness> {
    if !section.filled {
        return Some(Emptiness::Nothing);
    }
    let shown = outline.shown.partition_point(|at| *at < section.heading.end);
    if outline.shown.get(shown).is_some_and(|at| *at < section.span.end) {
        return None;
    }
    let mut why = Emptiness::Placeholder;
    for passage in outline.within(section.span).iter().filter(|it| !matches!(it.kind, Block::Heading(_))) {
        match placeholder(passage)? {
            Emptiness::NoReason => why = Emptiness::NoReason,
            Emptiness::Nothing | Emptiness::Placeholder => {}
        }
    }
    Some(why)
}

/// Why a passage says nothing; none where it says something.
pub fn placeholder(passage: &Passage) -> Option<Emptiness> {
    let text = passage.unstruck();
    let name = plain(&text);
    if matches!(name.as_str(), "n a" | "na" | "not applicable" | "none") {
        return Some(Emptiness::NoReason);
    }
    if name.is_empty() || is_instruction(&text) {
        return Some(Emptiness::Placeholder);
    }
    let sentences = passage.sentences();
    let all = sentences.iter().all(|sentence| {
        let words: Vec<&str> = sentence.words.iter().map(|word| word.lower.as_ref()).collect();
        is_to_come(&words)
    });
    all.then_some(Emptiness::Placeholder)
}

/// Longest sentence that can only stand in for a text, in words.
const MAX_PLACEHOLDER: usize = 12;

/// Whether a sentence only says that a text is still to come: `TBD later`, `To be filled in during Beta`, `Will be
/// updated as implementation proceeds`.
fn is_to_come(words: &[&str]) -> bool {
    #[rustfmt::skip]
    const VERBS: [&str; 18] = [
        "filled", "done", "defined", "determined", "added", "written", "updated", "decided", "completed", "provided", "discussed",
        "documented", "announced", "described", "specified", "expanded", "clarified", "detailed",
    ];
    const LATER: [&str; 14] = [
        "later", "as", "when", "once", "after", "during", "soon", "while", "before", "in", "with", "here",
        "by", "upon",
    ];
    if words.len() > MAX_PLACEHOLDER {
        return false;
    }
    let ends = |rest: &[&str]| rest.first().is_none_or(|word| LATER.contains(word));
    match words {
        ["tbd" | "tba" | "todo" | "wip" | "fixme" | "placeholder" | "xxx", rest @ ..] => rest.len() <= 5,
        ["coming", "soon"] | ["work", "in", "progress"] | ["fill", "in" | "me", ..] | ["to", "follow"] => {
            true
        }
        ["to", "be", verb, rest @ ..] if VERBS.contains(verb) => {
            ends(rest.strip_prefix(&["in"]).or_else(|| rest.strip_prefix(&["out"])).unwrap_or(rest))
                || ends(rest)
        }
        ["will", "be", verb, rest @ ..]
        | ["this" | "it" | "details", "will", "be", verb, rest @ ..]
        | ["this", "section", "will", "be", verb, rest @ ..] => {
            let named = rest.iter().any(|word| crate::vep::Release::read(word).is_some());
            VERBS.contains(verb) && ends(rest) && !named
        }
        _ => false,
    }
}

/// Whether all of a text is an instruction in parentheses: `(list of user stories this design aims to solve)`.
fn is_instruction(text: &str) -> bool {
    const ASKS: [&str; 14] = [
        "list", "describe", "explain", "add", "fill", "write", "provide", "insert", "what", "how", "why",
        "who", "optional", "to",
    ];
    let text = text.trim();
    let open = [('(', ')'), ('[', ']'), ('<', '>'), ('{', '}')];
    let inside = open
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.trim_end_matches('.').strip_suffix(*close));
    let Some(inside) = inside.filter(|inside| !inside.contains(['(', ')'])) else { return false };
    let name = plain(inside);
    let mut words = name.split(' ').filter(|word| !matches!(*word, "a" | "the" | "please"));
    words.next().is_some_and(|first| ASKS.contains(&first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::outline;

    #[test]
    fn every_role_has_its_section() {
        for section in SECTIONS {
            assert_eq!(section.role.title(), section.title);
            assert_eq!(Role::of_title(&section.title.to_uppercase()), Some(section.role));
            assert!(section.former.iter().all(|name| plain(name) == *name), "{}", section.title);
        }
    }

    #[test]
    fn a_section_is_found_by_name_then_at_any_level_then_by_a_former_name() {
        let outline = outline("## **Goals**\n\n# Design\n\n## Testing\n\n### Testing Approach\n", 0);
        let found = |title| match find(&outline, title) {
            Match::AsWritten(section) => format!("as written {}", section.title),
            Match::OtherLevel(section) => format!("level {}", section.level),
            Match::FormerName(section) => format!("formerly {}", section.title),
            Match::Missing => "missing".to_owned(),
        };
        assert_eq!(found("Goals"), "as written Goals");
        assert_eq!(found("Design"), "level 1");
        assert_eq!(found("Functional Testing Approach"), "formerly Testing");
        assert_eq!(found("Scalability"), "missing");
    }

    #[test]
    fn what_stands_beside_the_proposal_is_known_with_its_parts() {
        let text =
            "## Design\n\n## Alternatives Considered:\n\n### One\n\n## Non-Goals\n\n## Alternativeness\n";
        let outline = outline(text, 0);
        let spans = asides(&outline, &[Aside::Rejected, Aside::Excluded]);
        let titles: Vec<&str> =
            spans.iter().map(|span| text[span.start..span.end].lines().next().unwrap()).collect();
        assert_eq!(titles, ["## Alternatives Considered:", "## Non-Goals"]);
    }

    #[test]
    fn placeholders_and_empty_code_fill_no_section() {
        let of = |text: &str| {
            let outline = outline(&format!("## Design\n\n{text}\n"), 0);
            emptiness(&outline, &outline.sections[0])
        };
        for text in ["", "<!-- x -->", "```yaml\n```", "```\n\n \n```", "<!-- a --> <!-- b -->"] {
            assert_eq!(of(text), Some(Emptiness::Nothing), "{text}");
        }
        for text in [
            "_To be filled in after Alpha_",
            "...",
            "…",
            "TBD later",
            "TBD.",
            "Will be updated as implementation proceeds.",
            "(list of user stories this design aims to solve)",
            "To be determined",
            "- TODO\n- ...",
            "This section will be completed once the design is agreed.",
            "TBD\n\n```\n```",
        ] {
            assert_eq!(of(text), Some(Emptiness::Placeholder), "{text}");
        }
        for text in ["N/A", "None.", "Not applicable"] {
            assert_eq!(of(text), Some(Emptiness::NoReason), "{text}");
        }
        for text in [
            "N/A: it has no API",
            "None: all clients go through the API.",
            "TBD\n\n```\ncode\n```",
            "TBD\n\n![](a.png)",
            "The field will be added to the spec.",
            "To be filled is a queue of events, which the controller drains in order and one by one, each minute.",
            "(see VEP 12)",
            "<!-- c --> A text behind a comment.",
            "### Part",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
