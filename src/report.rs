//! Verdicts to a report: every rule's answer about a document, with places and severities.
//!
//! Absent on purpose: how a report looks. The verbs say that, for now each for itself.

use crate::document::Document;
use crate::rule::{Case, Class, Finding, Judged, Rule, Severity, Was, severity};
use crate::rules;
use crate::text::{Place, one_line};
use crate::world::{Base, World};

/// Most characters of what a flaw says.
const MOST_WORDS: usize = 600;

/// What the whole book says about one document.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The document's path.
    pub path: String,
    /// What it is to the law.
    pub class: Class,
    /// Every rule's answer, in the order of the book.
    pub checks: Vec<Check>,
}

/// One rule's answer.
#[derive(Debug, Clone)]
pub struct Check {
    /// The rule.
    pub rule: &'static Rule,
    /// Its verdict.
    pub verdict: Verdict,
}

/// The three verdicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All is well.
    Holds,
    /// Something breaks the rule; at least one flaw.
    Broken(Vec<Flaw>),
    /// The rule does not apply yet, and why.
    NotYet(String),
}

/// A finding at its place, weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// How much it matters.
    pub severity: Severity,
    /// Since when it is there.
    pub age: Age,
    /// The file, where it is not the document that was judged.
    pub elsewhere: Option<String>,
    /// Where it begins.
    pub place: Place,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub fix: String,
}

/// Since when a flaw has been there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// The change made it, or nobody knows what was before.
    New,
    /// It was there before, and the change touched its document.
    Touched,
    /// It was there before, and the change does not touch its document.
    Old,
}

impl Age {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Touched => "touched",
            Self::Old => "old",
        }
    }
}

/// How many flaws there are of each severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Advice.
    pub advice: usize,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Advice => self.advice += 1,
        }
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            errors: self.errors + other.errors,
            warnings: self.warnings + other.warnings,
            advice: self.advice + other.advice,
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let s = |count: usize| if count == 1 { "" } else { "s" };
        let Self { errors, warnings, advice } = self;
        write!(f, "{errors} error{}, {warnings} warning{}, {advice} advice", s(*errors), s(*warnings))
    }
}

/// Asks the whole book about one document. Where it is known what it was, each broken rule is asked about that,
/// too: a flaw that was there before is no news, and only new ones fail a run.
pub fn judge(world: &World, now: &Document, was: Was<'_>) -> Sheet {
    let case = Case { now, was, world };
    let before = match was {
        Was::Known(before) => Some(Case { now: before, was: Was::Unknown, world: world.before() }),
        Was::Unknown | Was::Nothing => None,
    };
    let checks = rules::all().filter_map(|rule| {
        let mut verdict = verdict_on(rule, &case)?;
        if let (Verdict::Broken(flaws), Some(before)) = (&mut verdict, &before) {
            age(flaws, rule, before, now);
        }
        Some(Check { rule, verdict })
    });
    Sheet { path: now.path().into(), class: case.class(), checks: checks.collect() }
}

/// One rule's answer about a proposal; none where the rule is not about proposals.
fn verdict_on(rule: &'static Rule, case: &Case<'_>) -> Option<Verdict> {
    let judged = rule.judge.of_proposal()?(case);
    let place = |finding: &Finding| case.now.source.place(finding.span.start);
    Some(verdict(rule, judged, case.class(), place))
}

/// Says of each flaw since when it has been there.
fn age(flaws: &mut [Flaw], rule: &'static Rule, before: &Case<'_>, now: &Document) {
    let Some(Verdict::Broken(mut known)) = verdict_on(rule, before) else { return };
    let age = if before.now.source == now.source { Age::Old } else { Age::Touched };
    for flaw in flaws {
        // Each old flaw excuses one: a second of the same kind is new.
        if let Some(twin) = known.iter().position(|it| it.what == flaw.what) {
            known.swap_remove(twin);
            flaw.age = age;
        }
    }
}

/// Asks the book about a change as a whole.
pub fn judge_change(world: &World, base: &Base) -> Sheet {
    let checks = rules::all().filter_map(|rule| {
        let judged = rule.judge.of_change()?(world, base);
        Some(Check { rule, verdict: verdict(rule, judged, Class::New, |_| Place { line: 1, column: 1 }) })
    });
    Sheet { path: WHOLE_CHANGE.into(), class: Class::New, checks: checks.collect() }
}

/// How the sheet of a whole change is called.
pub const WHOLE_CHANGE: &str = "the change as a whole";

fn verdict(rule: &'static Rule, judged: Judged, class: Class, place: impl Fn(&Finding) -> Place) -> Verdict {
    match judged {
        Err(reason) => Verdict::NotYet(reason.0.into_owned()),
        Ok(findings) if findings.is_empty() => Verdict::Holds,
        Ok(mut findings) => {
            findings.sort_by_key(|finding| finding.span.start);
            let flaws = findings.into_iter().map(|finding| {
                let at = place(&finding);
                flaw(rule, finding, at, class)
            });
            Verdict::Broken(flaws.collect())
        }
    }
}

fn flaw(rule: &Rule, finding: Finding, at: Place, class: Class) -> Flaw {
    let (elsewhere, place) = match finding.elsewhere {
        Some((path, place)) => (Some(path), place),
        None => (None, at),
    };
    Flaw {
        severity: severity(finding.gravity, class),
        age: if finding.was_there { Age::Touched } else { Age::New },
        elsewhere,
        place,
        // A second line of defence: whatever a rule puts into its words stays one readable line.
        what: one_line(&finding.what, MOST_WORDS),
        fix: one_line(finding.fix.as_deref().unwrap_or(rule.fix), MOST_WORDS),
    }
}

impl Sheet {
    /// All flaws with their rules, the gravest first, then by place.
    pub fn flaws(&self) -> Vec<(&'static Rule, &Flaw)> {
        let mut flaws: Vec<_> = self.found().collect();
        flaws.sort_by_key(|(_, flaw)| (flaw.age, flaw.severity, flaw.place));
        flaws
    }

    /// All flaws with their rules, in the order of the book.
    fn found(&self) -> impl Iterator<Item = (&'static Rule, &Flaw)> {
        self.checks.iter().flat_map(|check| {
            let flaws = match &check.verdict {
                Verdict::Broken(flaws) => flaws.as_slice(),
                Verdict::Holds | Verdict::NotYet(_) => &[],
            };
            flaws.iter().map(|flaw| (check.rule, flaw))
        })
    }

    /// The flaws that are new.
    fn news(&self) -> impl Iterator<Item = &Flaw> {
        self.found().map(|(_, flaw)| flaw).filter(|flaw| flaw.age == Age::New)
    }

    /// Whether anything in it is new.
    pub fn has_news(&self) -> bool {
        self.news().next().is_some()
    }

    /// Whether nothing in it fails a run: no error that is new.
    pub fn passes(&self) -> bool {
        self.news().all(|flaw| flaw.severity != Severity::Error)
    }

    /// How many flaws were there before.
    pub fn before(&self) -> usize {
        self.found().filter(|(_, flaw)| flaw.age != Age::New).count()
    }

    /// Whether nothing in it is an error, new or not.
    pub fn is_free_of_errors(&self) -> bool {
        self.found().all(|(_, flaw)| flaw.severity != Severity::Error)
    }

    /// How many new flaws there are of each severity.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.news().for_each(|flaw| counts.add(flaw.severity));
        counts
    }
}
