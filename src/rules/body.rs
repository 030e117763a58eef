//! Body: the sections of the template are there, in order, and say something.
//!
//! The sections are those of the checkout's own template; ours where it has none. Advice of the draft writing
//! guide that a machine can see stands at the end of the chapter.
//!
//! Absent on purpose: whether what a section says is good.

use crate::corpus::Corpus;
use crate::document::Document;
use crate::law::{Law, cite, vep282};
use crate::markdown::{Block, Passage, Section, plain};
use crate::rule::{Case, Finding, Gravity, Judge, Judged, NotYet, Rule, Was};
use crate::template::{self, Match, REPLACED_HEADINGS, Role};
use crate::text::{Span, code};
use crate::vep::{Release, Stage, Status};
use crate::world::{Base, World};

pub(super) const RULES: &[Rule] = &[
    SECTIONS_PRESENT,
    SECTIONS_ORDERED,
    SECTIONS_FILLED,
    STAGE_CRITERIA_PRESENT,
    TEMPLATE_COMMENTS_GONE,
    LEGACY_BLOCKS_GONE,
    GOALS_UNPHASED,
    STORIES_SHAPED,
    HISTORY_DATED,
    DESIGN_ABSTRACT,
];

/// The titles that are wanted, in order.
fn wanted(case: &Case<'_>) -> Vec<String> {
    sections(&case.world.head)
}

/// The sections of the template as legacy documents have them: the one that front matter replaces comes first.
pub fn legacy_sections(corpus: &Corpus) -> Vec<String> {
    std::iter::once(Role::StatusMetadata.title().to_owned()).chain(sections(corpus)).collect()
}

/// The sections of a VEP in order: those of the checkout's template, ours where it has none, without the one that
/// front matter replaces.
pub fn sections(corpus: &Corpus) -> Vec<String> {
    template::wanted(corpus.template().map(|template| template.outline()))
}

/// The section of a title, wherever and however a document has it.
fn found<'d>(document: &'d Document, title: &str) -> Option<&'d Section> {
    template::find(document.outline(), title).section()
}

const SECTIONS_PRESENT: Rule = Rule {
    id: "sections-present",
    says: "every section of the template is there",
    why: "Reviewers of every SIG look for their concerns in the same places.",
    fix: "Add the section; where it does not apply, say N/A and why.",
    cites: &[
        cite(Law::Readme, "Process", "each section needs to be filled even if the section doesn't apply"),
        cite(Law::Template, "section set", ""),
    ],
    judge: Judge::Both(sections_present, template_gains),
};

fn sections_present(case: &Case<'_>) -> Judged {
    let document = case.now;
    let wanted = match case.was {
        // What the change adds to the template is said once, for all documents that it leaves as they are.
        Was::Known(was) if was.source == document.source => sections(&case.world.before().head),
        _ => wanted(case),
    };
    let place = document.heading().map_or_else(|| document.first_line(), |heading| heading.span);
    let otherwise = |section: &Section, title: &str, what: String| {
        Some(Finding::should(section.heading, what).fix(format!("Write {}.", code(&format!("## {title}")))))
    };
    let findings = wanted.into_iter().filter_map(|title| match template::find(document.outline(), &title) {
        Match::AsWritten(_) => None,
        Match::OtherLevel(section) => {
            let what = format!("{} is a heading of rank {}, not 2", code(&section.title), section.level);
            otherwise(section, &title, what)
        }
        Match::FormerName(section) => {
            otherwise(section, &title, format!("{} is called {title} now", code(&section.title)))
        }
        Match::Missing => {
            let gravity = missing_gravity(case, &title);
            Some(Finding { gravity, ..Finding::must(place, format!("there is no section {}", code(&title))) })
        }
    });
    Ok(findings.collect())
}

/// How much a missing section matters: it is asked for where the document is new, where the change takes it away, and
/// at the gate.
fn missing_gravity(case: &Case<'_>, title: &str) -> Gravity {
    let is_implementable = |document: &Document| {
        document.facts().status.as_ref().is_some_and(|status| status.value == Status::Implementable)
    };
    match case.was {
        Was::Nothing => Gravity::Migrate,
        Was::Known(was) if found(was, title).is_some() => Gravity::Migrate,
        Was::Known(was) if is_implementable(case.now) && !is_implementable(was) => Gravity::Migrate,
        Was::Known(_) | Was::Unknown => Gravity::Should,
    }
}

/// The sections that a change adds to the template, with how many documents lack them: said once for all.
fn template_gains(world: &World, base: &Base) -> Judged {
    let (Some(template), Some(before)) = (world.head.template(), base.world.head.template()) else {
        return Err(NotYet::because("the checkout has no template"));
    };
    if template.source == before.source {
        return Err(NotYet::because("the template stays as it is"));
    }
    let before = sections(&base.world.head);
    let gained = sections(&world.head).into_iter().filter(|title| !before.contains(title));
    let findings = gained.filter_map(|title| {
        let all = world.head.proposals();
        let lacking = all.iter().filter(|document| found(document, &title).is_none()).count();
        let span = template::find(template.outline(), &title).section()?.heading;
        let what = format!("the template gains {}; {lacking} of {} VEPs lack it", code(&title), all.len());
        let fix = "VEPs that were there before need not have it; each gets it when it enters implementable.";
        (lacking > 0).then(|| Finding::may(span, what).fix(fix).within(template))
    });
    Ok(findings.collect())
}

const SECTIONS_ORDERED: Rule = Rule {
    id: "sections-ordered",
    says: "the sections stand in the template's order",
    why: "A reader goes from the problem to the solution.",
    fix: "Move the section to its place.",
    cites: &[cite(Law::Guide, "section order", ""), cite(Law::Template, "section order", "")],
    judge: Judge::Proposal(sections_ordered),
};

fn sections_ordered(case: &Case<'_>) -> Judged {
    let there: Vec<(String, &Section)> = wanted(case)
        .into_iter()
        .filter_map(|title| Some((title.clone(), found(case.now, &title)?)))
        .collect();
    let early = there.windows(2).find_map(|pair| match pair {
        [(before, first), (after, second)] if second.heading.start < first.heading.start => {
            Some((before, after, second))
        }
        _ => None,
    });
    Ok(early
        .map(|(before, after, section)| {
            Finding::should(section.heading, format!("{} stands before {}", code(after), code(before)))
        })
        .into_iter()
        .collect())
}

const SECTIONS_FILLED: Rule = Rule {
    id: "sections-filled",
    says: "every section says something, or N/A with a reason",
    why: "A heading alone hides that nobody has thought about it.",
    fix: "Write it; where it does not apply, say N/A and why.",
    cites: &[
        cite(Law::Readme, "Process", "each section needs to be filled even if the section doesn't apply"),
        vep282("Open Discussion", "are sufficiently agreed upon before the provisional merge"),
    ],
    judge: Judge::Proposal(sections_filled),
};

fn sections_filled(case: &Case<'_>) -> Judged {
    let status = match case.status() {
        Ok(status) if status.value.is_live() || status.value == Status::Implemented => Some(status.value),
        Ok(status) => return Err(NotYet::because(format!("the status is {}", status.value))),
        // A legacy document has no status; it is read as one that is still discussed.
        Err(_) if case.now.is_legacy() => None,
        Err(not_yet) => return Err(not_yet),
    };
    let findings = wanted(case).into_iter().filter_map(|title| {
        let section = found(case.now, &title)?;
        let what = emptiness(case.now, section)?;
        let gravity = match status {
            _ if title == Role::History.title() && status != Some(Status::Implemented) => Gravity::May,
            Some(Status::Implementable) => Gravity::Migrate,
            Some(Status::Implemented) => Gravity::Should,
            _ if Role::of_title(&title).is_some_and(|role| role.section().early) => Gravity::Should,
            _ => Gravity::May,
        };
        let what = format!("{} {what}", code(&section.title));
        Some(Finding { gravity, ..Finding::must(section.heading, what) })
    });
    Ok(findings.collect())
}

/// What makes a section empty, in words; none where it says something.
fn emptiness(document: &Document, section: &Section) -> Option<&'static str> {
    template::emptiness(document.outline(), section).map(template::Emptiness::as_str)
}

/// The running text within a stretch, headings left out. Passages stand in the order of the file.
fn passages(document: &Document, within: Span) -> impl Iterator<Item = &Passage> {
    let all = &document.outline().passages;
    let first = all.partition_point(|passage| passage.span.start < within.start);
    all.iter()
        .skip(first)
        .take_while(move |passage| passage.span.start < within.end)
        .filter(|passage| !matches!(passage.kind, Block::Heading(_)))
}

const STAGE_CRITERIA_PRESENT: Rule = Rule {
    id: "stage-criteria-present",
    says: "the stage in flight has its graduation criteria, and Beta its on-by-default readiness",
    why: "Without criteria nobody can say when a stage is reached; Beta is on by default from v1.9.",
    fix: "Add a heading for the stage under Graduation Requirements, with what has to be done.",
    cites: &[
        cite(Law::Template, "Graduation Requirements", "ready to be enabled by default"),
        cite(Law::Vep229, "beta features on by default", ""),
    ],
    judge: Judge::Proposal(stage_criteria_present),
};

/// Since this release Beta features are on by default (VEP-229).
const ON_BY_DEFAULT_SINCE: Release = Release { major: 1, minor: 9 };

fn stage_criteria_present(case: &Case<'_>) -> Judged {
    let stage = case.stage()?.ok_or_else(|| NotYet::because("no stage is named"))?;
    let document = case.now;
    let Some(section) = found(document, Role::Graduation.title()) else {
        return Err(NotYet::see("there is no section Graduation Requirements", "sections-present"));
    };
    let headings =
        || document.outline().sections.iter().filter(|part| part.heading.start > section.heading.start);
    let of_stage: Vec<_> = headings().filter(|part| begins_with(&part.name, stage.value)).collect();
    let is_headed = of_stage.iter().any(|part| template::emptiness_below(document.outline(), part).is_none());
    if !is_headed && !has_items(document, section, stage.value) {
        let (place, what) = match of_stage.first() {
            Some(part) => (part.heading, format!("{} has no criteria under it", code(&part.title))),
            None => {
                (section.heading, format!("{} has no criteria for {}", code(&section.title), stage.value))
            }
        };
        return Ok(vec![Finding::should(place, what)]);
    }
    let release = document.facts().targets.get(&Stage::Beta).map(|target| target.value);
    let concerned =
        stage.value == Stage::Beta && release.is_none_or(|release| release >= ON_BY_DEFAULT_SINCE);
    let readiness: Vec<_> = headings().filter(|part| part.name.contains("on by default")).collect();
    let is_ready = readiness.iter().any(|part| template::emptiness_below(document.outline(), part).is_none());
    if concerned && !is_ready {
        let (place, what) = match readiness.first() {
            Some(part) => (part.heading, format!("{} says nothing", code(&part.title))),
            None => (section.heading, "Beta has no On-By-Default Readiness".into()),
        };
        let fix = "Say under `#### On-By-Default Readiness`, below Beta, what must be done before it is on by default.";
        return Ok(vec![Finding::should(place, what).fix(fix)]);
    }
    Ok(vec![])
}

/// Whether the running text of a section has criteria for a stage: an item or a paragraph that begins with the stage and
/// says more than its name and release, or behind which more is said.
fn has_items(document: &Document, section: &Section, stage: Stage) -> bool {
    let texts: Vec<&Passage> = passages(document, section.span).collect();
    let is_any_stage = |text: &str| Stage::ALL.iter().any(|stage| begins_with(text, *stage));
    texts.iter().enumerate().filter(|(_, text)| begins_with(&text.text, stage)).any(|(at, text)| {
        let words = plain(&text.text);
        let mut words = words.split(' ').filter(|word| !word.starts_with('v') && !is_number(word));
        let says_more =
            words.by_ref().nth(1).is_some_and(|word| word != "availability") || words.next().is_some();
        says_more || texts.get(at + 1).is_some_and(|next| !is_any_stage(&next.text))
    })
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a heading or item begins with a stage: `Beta (SEV-SNP, v1.9)`, `GA v1.10`.
fn begins_with(text: &str, stage: Stage) -> bool {
    let text = plain(text);
    let names: &[&str] = if stage == Stage::Ga { &["ga", "general availability"] } else { &[stage.as_str()] };
    names.iter().any(|name| text == *name || text.starts_with(&format!("{name} ")))
}

const TEMPLATE_COMMENTS_GONE: Rule = Rule {
    id: "template-comments-gone",
    says: "no instruction comment of the template is left in a filled section",
    why: "An instruction that was followed is noise for whoever edits next.",
    fix: "Remove the template's comments where the section is written.",
    cites: &[cite(Law::Guide, "comments", "")],
    judge: Judge::Proposal(template_comments_gone),
};

fn template_comments_gone(case: &Case<'_>) -> Judged {
    let Some(template) = case.world.head.template() else {
        return Err(NotYet::because("the checkout has no template"));
    };
    let instructions: Vec<String> = comments(template).map(|(_, text)| text).collect();
    let filled: Vec<Span> = case
        .now
        .outline()
        .sections
        .iter()
        .filter(|part| part.level >= 2 && part.filled)
        .map(|part| part.span)
        .collect();
    let left: Vec<Span> = comments(case.now)
        .filter(|(span, text)| instructions.contains(text) && filled.iter().any(|part| part.holds(*span)))
        .map(|(span, _)| span)
        .collect();
    let Some(first) = left.first() else { return Ok(vec![]) };
    let more = if left.len() > 1 { format!(", and {} more", left.len() - 1) } else { String::new() };
    Ok(vec![Finding::may(*first, format!("an instruction of the template is left{more}"))])
}

/// The comments of a document, as they are compared.
fn comments(document: &Document) -> impl Iterator<Item = (Span, String)> {
    document.outline().comments.iter().map(|span| (*span, plain(document.source.slice(*span))))
}

const LEGACY_BLOCKS_GONE: Rule = Rule {
    id: "legacy-blocks-gone",
    says: "Target releases and Release Signoff Checklist went with the front matter",
    why: "Two places that say the same will one day not say the same.",
    fix: "Remove the prose; front matter says it now.",
    cites: &[vep282("VEP Front Matter", "This replaces the existing \"Target releases\" prose section")],
    judge: Judge::Proposal(legacy_blocks_gone),
};

fn legacy_blocks_gone(case: &Case<'_>) -> Judged {
    case.matter()?;
    let document = case.now;
    let mut findings: Vec<Finding> = document
        .claimed_targets()
        .iter()
        .filter_map(|(stage, told)| {
            let says = match document.facts().targets.get(stage) {
                Some(fact) if fact.value == told.value => return None,
                Some(fact) => format!("says {}", fact.value),
                None => "does not name one".into(),
            };
            let what = format!("the prose targets {stage} for {}, front matter {says}", told.value);
            Some(Finding::should(told.span, what))
        })
        .collect();
    let left = document
        .outline()
        .sections
        .iter()
        .find(|part| REPLACED_HEADINGS.iter().any(|name| part.name.starts_with(name)));
    if let Some(part) = left.filter(|_| findings.is_empty()) {
        findings.push(Finding::may(part.heading, format!("{} is still there", code(&part.title))));
    }
    Ok(findings)
}

const GOALS_UNPHASED: Rule = Rule {
    id: "goals-unphased",
    says: "goals are not divided into phases or stages",
    why: "A goal is the desired outcome; what comes when belongs to the graduation requirements.",
    fix: "Move the phases to Graduation Requirements.",
    cites: &[cite(Law::Guide, "goals", "")],
    judge: Judge::Proposal(goals_unphased),
};

fn goals_unphased(case: &Case<'_>) -> Judged {
    let section = section_to_judge(case, Role::Goals)?;
    let phased = |text: &str| {
        let text = plain(text);
        ["phase 1", "phase 2", "phase 3", "phase one", "phase two", "alpha", "beta", "ga"]
            .iter()
            .any(|word| text == *word || text.starts_with(&format!("{word} ")))
    };
    let parts = case.now.outline().sections.iter().filter(|part| section.span.holds(part.heading));
    let heading = parts.skip(1).find(|part| phased(&part.name)).map(|part| part.heading);
    let item =
        passages(case.now, section.span).find(|passage| phased(&passage.text)).map(|passage| passage.span);
    Ok(heading
        .or(item)
        .map(|span| Finding::may(span, "a goal is told by phase or stage"))
        .into_iter()
        .collect())
}

/// A section that is there and says something.
fn section_to_judge<'w>(case: &Case<'w>, role: Role) -> Result<&'w Section, NotYet> {
    let title = role.title();
    match found(case.now, title) {
        None => Err(NotYet::see(&format!("there is no section {title}"), "sections-present")),
        Some(section) if emptiness(case.now, section).is_some() => {
            Err(NotYet::see(&format!("{title} says nothing"), "sections-filled"))
        }
        Some(section) => Ok(section),
    }
}

const STORIES_SHAPED: Rule = Rule {
    id: "stories-shaped",
    says: "user stories say who wants what",
    why: "A story without a user cannot be weighed against another.",
    fix: "Write it as: As a <user>, I want <what>, so that <why>.",
    cites: &[cite(Law::Guide, "user stories", "")],
    judge: Judge::Proposal(stories_shaped),
};

fn stories_shaped(case: &Case<'_>) -> Judged {
    let section = section_to_judge(case, Role::UserStories)?;
    let shaped = |passage: &Passage| {
        let text = plain(&passage.text);
        text.starts_with("as a")
            || text.contains(" as a ")
            || text.contains(" as an ")
            || text.contains("want")
    };
    let any = passages(case.now, section.span).any(shaped);
    Ok(if any { vec![] } else { vec![Finding::may(section.heading, "no story says who wants what")] })
}

const HISTORY_DATED: Rule = Rule {
    id: "history-dated",
    says: "every entry of the implementation history has a date or a release",
    why: "A history without dates is no history.",
    fix: "Begin the entry with a date: 2026-05-04.",
    cites: &[
        cite(Law::Guide, "implementation history", ""),
        cite(Law::Template, "Implementation History", "01-02-1921: Implemented mechanism"),
    ],
    judge: Judge::Proposal(history_dated),
};

fn history_dated(case: &Case<'_>) -> Judged {
    let section = section_to_judge(case, Role::History)?;
    // A year, or a release: `2026-05-04`, `04-05-2026`, `v1.9`.
    let dated = |text: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '.');
        let is_year = |word: &str| {
            word.len() == 4 && word.starts_with("20") && word.bytes().all(|byte| byte.is_ascii_digit())
        };
        words.any(|word| {
            // A sentence ends behind it, or its parts are joined by dots: `04.05.2026.`.
            let whole = word.trim_matches('.');
            whole.split('.').any(is_year) || (whole.starts_with(['v', 'V']) && Release::read(whole).is_some())
        })
    };
    let headed =
        case.now.outline().sections.iter().any(|part| section.span.holds(part.heading) && dated(&part.title));
    let mut items =
        passages(case.now, section.span).filter(|passage| matches!(passage.kind, Block::Item { .. }));
    let undated = if headed { None } else { items.find(|passage| !dated(&passage.text)) };
    Ok(undated.map(|passage| Finding::may(passage.span, "this entry has no date")).into_iter().collect())
}

const DESIGN_ABSTRACT: Rule = Rule {
    id: "design-abstract",
    says: "the design shows no long listing",
    why: "The template asks for just enough to get the point across; code is reviewed as code.",
    fix: "Keep the part that makes the point, and link the rest.",
    cites: &[
        cite(Law::Guide, "design", ""),
        cite(Law::Template, "Design", "This should be brief and concise."),
    ],
    judge: Judge::Proposal(design_abstract),
};

/// Lines from which on a listing is long.
const LONG_LISTING: usize = 80;

fn design_abstract(case: &Case<'_>) -> Judged {
    let section = section_to_judge(case, Role::Design)?;
    let lines = |span: &Span| case.now.source.slice(*span).lines().count();
    let listings = case.now.outline().code.iter().filter(|span| section.span.holds(**span));
    let mut long = listings.filter(|span| lines(span) > LONG_LISTING);
    let what = format!("a listing of more than {LONG_LISTING} lines");
    Ok(long.next().map(|span| Finding::may(*span, what)).into_iter().collect())
}
