//! Verdicts on one document: every rule's answer about it, with places and severities.
//!
//! Absent on purpose: several documents together (see [`crate::report`]), and how a verdict looks.

mod event;

pub use event::{Event, conditions};

use crate::document::Document;
use crate::edit::{self, Change};
use crate::law::Severity;
use crate::patch::Edit;
use crate::rule::{Case, Class, Finding, JUDGES_PROSE, Judge, Judged, Rule, Was, severity};
use crate::rules;
use crate::settings::Settings;
use crate::text::{Place, Source, Spot, code_up_to, sentence};
use crate::vep::Number;
use crate::world::{Base, World};

/// Most characters of what a flaw says.
const MOST_WORDS: usize = 600;

/// What the whole book says about one document.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The document's path.
    pub path: String,
    /// The number that the document goes by.
    pub number: Option<Number>,
    /// What it is to the law.
    pub class: Class,
    /// The text that was judged; none for a checkout or a change as a whole.
    pub source: Option<Source>,
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
    /// Where.
    pub spot: Spot,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub fix: String,
    /// It speaks of what was read from prose: it never fails a run.
    pub from_prose: bool,
    /// Why it is meant all the same, by somebody's word.
    pub declared: Option<Declaration>,
    /// The mend, where it needs no thought. What it comes to in bytes is worked out where somebody asks for it.
    pub mend: Option<Change>,
}

/// Replacements of a document's text as it is: from where, to where, and by what.
pub type Replacements = Vec<(Place, Place, String)>;

/// Somebody's word that an error is meant. It makes nothing lawful; a person must decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// `correction`, `retroactive`, `backfill` or `exception`.
    pub kind: &'static str,
    /// Why.
    pub reason: String,
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

    /// Those of some flaws.
    fn of<'f>(flaws: impl Iterator<Item = &'f Flaw>) -> Self {
        let mut counts = Self::default();
        flaws.for_each(|flaw| counts.add(flaw.severity));
        counts
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

/// What fails a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// From this severity on.
    pub from: Severity,
    /// Whether also by what was there before.
    pub all: bool,
}

impl Bar {
    /// The bar that the settings in force and the person asking set.
    pub fn of(world: &World, all: bool) -> Self {
        let from = world.selection.fail_on.unwrap_or(world.in_force().fail_on);
        Self { from, all }
    }

    fn fails(self, flaw: &Flaw) -> bool {
        !flaw.from_prose && flaw.severity <= self.from && (self.all || flaw.age == Age::New)
    }
}

/// What a run comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing fails it.
    Passes,
    /// All that fails it is declared to be meant.
    Undecided,
    /// Something fails it.
    Fails,
}

impl Outcome {
    /// As an answer says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::Undecided => "a person must decide",
            Self::Fails => "fails",
        }
    }
}

/// Asks the whole book about one document. Where it is known what it was, each broken rule is asked about that,
/// too: a flaw that was there before is no news, and only new ones fail a run. Where nobody waits for the answer any
/// more the sheet stays empty.
pub fn judge(world: &World, now: &Document, was: Was<'_>) -> Sheet {
    let case = Case::new(now, was, world);
    let before = match was {
        Was::Known(before) => Some(case.before(before)),
        Was::Unknown | Was::Nothing => None,
    };
    let event = Event::of(world, now, was);
    let settings = world.in_force();
    let waits = !world.work.is_stopped();
    let checks = asked(world).filter(|_| waits).filter_map(|rule| {
        let (mut verdict, blocked_by) = verdict_on(rule, &case, case.class(), settings)?;
        if let (Verdict::Broken(flaws), Some(before)) = (&mut verdict, &before) {
            age(flaws, rule, before, &case, &event);
        }
        Some((Check { rule, verdict }, blocked_by))
    });
    let mut checks: Vec<_> = checks.collect();
    unmet(&mut checks, &case, before.as_ref(), &event);
    let checks = checks.into_iter().map(|(check, _)| check).collect();
    world.work.step();
    let source = Some(now.source.clone());
    Sheet { path: now.path().into(), number: now.number(), class: case.class(), source, checks }
}

/// The rules that a person wants to hear of.
fn asked(world: &World) -> impl Iterator<Item = &'static Rule> {
    rules::all().filter(|rule| world.selection.wants(rule.id))
}

/// One rule's answer about a proposal, and which rule reports what keeps it from an answer; none where the rule is not
/// about proposals.
fn verdict_on(
    rule: &'static Rule,
    case: &Case<'_>,
    class: Class,
    settings: &Settings,
) -> Option<(Verdict, Option<&'static str>)> {
    let judge = rule.judge.of_proposal()?;
    let at = |finding: &Finding| case.now.source.spot(finding.span);
    let mut blocked_by = None;
    let judged = || {
        let judged = judge(case);
        blocked_by = judged.as_ref().err().and_then(|not_yet| not_yet.blocked_by);
        judged
    };
    let mut verdict = verdict(rule, judged, class, settings, at);
    if let (Verdict::Broken(flaws), true) = (&mut verdict, case.is_prose() && JUDGES_PROSE.contains(&rule.id))
    {
        let infers = rule.id != "feature-gate-named" && case.infers_targets();
        let most = if infers { Severity::Advice } else { Severity::Warning };
        flaws.iter_mut().for_each(|flaw| read_from_prose(flaw, most));
    }
    Some((verdict, blocked_by))
}

/// What prose says weighs at most a warning, and advice where it is inferred, whatever the settings want; it says where
/// it was read.
fn read_from_prose(flaw: &mut Flaw, most: Severity) {
    flaw.severity = flaw.severity.max(most);
    flaw.from_prose = true;
    flaw.what = format!("{} (read from prose)", flaw.what.trim_end_matches('.'));
}

/// Says of each flaw since when it has been there. What was there is weighed as the document is now, so that a finding
/// that the change made graver is new.
fn age(flaws: &mut [Flaw], rule: &'static Rule, before: &Case<'_>, now: &Case<'_>, event: &Event) {
    let settings = now.world.in_force();
    let Some((Verdict::Broken(mut known), _)) = verdict_on(rule, before, now.class(), settings) else {
        return;
    };
    let age = if before.now.source == now.now.source { Age::Old } else { Age::Touched };
    for flaw in flaws.iter_mut().filter(|flaw| !event.asks(rule.id, flaw.severity)) {
        // Each old flaw excuses one: a second of the same kind is new.
        if let Some(twin) = known.iter().position(|it| it.what == flaw.what && it.severity <= flaw.severity) {
            known.swap_remove(twin);
            flaw.age = age;
        }
    }
}

/// What a step asks and nobody can judge, because something else is broken, is not met. Where the change itself broke
/// that, it fails for it, and no more is said; else what was broken there all along is new now, and the first condition
/// that it keeps from an answer is broken, too.
fn unmet(
    checks: &mut [(Check, Option<&'static str>)],
    case: &Case<'_>,
    before: Option<&Case<'_>>,
    event: &Event,
) {
    let was_broken = |rule: &Rule| {
        let judged = before.zip(rule.judge.of_proposal()).map(|(before, judge)| judge(before));
        judged.is_some_and(|judged| judged.is_ok_and(|findings| !findings.is_empty()))
    };
    let is_new = |check: &Check| match &check.verdict {
        Verdict::Broken(flaws) => {
            flaws.iter().any(|flaw| flaw.severity == Severity::Error && flaw.age == Age::New)
                && !was_broken(check.rule)
        }
        Verdict::Holds | Verdict::NotYet(_) => false,
    };
    let failing: Vec<&'static str> =
        checks.iter().filter(|(check, _)| is_new(check)).map(|(check, _)| check.rule.id).collect();
    let mut blockers: Vec<&'static str> = Vec::new();
    for (check, blocked_by) in checks.iter_mut() {
        let is_condition = event.conditions().any(|id| id == check.rule.id);
        let (Verdict::NotYet(why), Some(blocker), true) = (&check.verdict, *blocked_by, is_condition) else {
            continue;
        };
        if blockers.contains(&blocker) || failing.contains(&blocker) {
            continue;
        }
        blockers.push(blocker);
        let what = format!("the change asks for it, and it cannot be checked: {why}");
        let finding =
            Finding::must(case.key_or_top("status"), what).fix(format!("Fix what `{blocker}` reports."));
        let spot = case.now.source.spot(finding.span);
        let broken = flaw(check.rule, finding, spot, case.class(), case.world.in_force());
        check.verdict = Verdict::Broken(vec![broken]);
    }
    let blocking = checks.iter_mut().filter(|(check, _)| blockers.contains(&check.rule.id));
    for (check, _) in blocking {
        let Verdict::Broken(flaws) = &mut check.verdict else { continue };
        flaws.iter_mut().for_each(|flaw| flaw.age = Age::New);
    }
}

/// Asks the book about a change as a whole, and about the checkout that it leaves.
pub fn judge_change(world: &World, base: &Base) -> Sheet {
    whole(world, WHOLE_CHANGE, |rule| {
        let of_change = rule.judge.of_change().map(|judge| judge(world, base));
        of_change.or_else(|| rule.judge.of_checkout().map(|judge| judge(world)))
    })
}

/// Asks the book about the checkout as a whole.
pub fn judge_checkout(world: &World) -> Sheet {
    whole(world, WHOLE_CHECKOUT, |rule| rule.judge.of_checkout().map(|judge| judge(world)))
}

fn whole(world: &World, name: &str, judged: impl Fn(&Rule) -> Option<Judged>) -> Sheet {
    let settings = world.in_force();
    let checks = asked(world).filter_map(|rule| {
        let judged = judged(rule)?;
        let verdict = verdict(rule, || judged, Class::New, settings, |_| Spot::top());
        // A rule about proposals speaks of what lies around them only where something is wrong.
        let is_said = !matches!(rule.judge, Judge::Around(..)) || matches!(verdict, Verdict::Broken(_));
        is_said.then_some(Check { rule, verdict })
    });
    Sheet { path: name.into(), number: None, class: Class::New, source: None, checks: checks.collect() }
}

/// How the sheet of a whole change is called.
pub const WHOLE_CHANGE: &str = "the change as a whole";
/// How the sheet of a whole checkout is called.
pub const WHOLE_CHECKOUT: &str = "the checkout as a whole";

fn verdict(
    rule: &'static Rule,
    judged: impl FnOnce() -> Judged,
    class: Class,
    settings: &Settings,
    at: impl Fn(&Finding) -> Spot,
) -> Verdict {
    if let Some(reason) = settings.off(rule.id).filter(|_| !rule.judge.is_of_checkout_alone()) {
        return Verdict::NotYet(format!(
            "switched off by {}: {}",
            crate::settings::FILE,
            code_up_to(reason, 160)
        ));
    }
    match judged() {
        Err(reason) => Verdict::NotYet(reason.why.into_owned()),
        Ok(findings) if findings.is_empty() => Verdict::Holds,
        Ok(mut findings) => {
            findings.sort_by_key(|finding| finding.span.start);
            let flaws = findings.into_iter().map(|finding| {
                let spot = at(&finding);
                flaw(rule, finding, spot, class, settings)
            });
            Verdict::Broken(flaws.collect())
        }
    }
}

fn flaw(rule: &Rule, finding: Finding, at: Spot, class: Class, settings: &Settings) -> Flaw {
    // What is wrong in another file is mended there.
    let mend = finding.mend.filter(|_| finding.elsewhere.is_none());
    let (elsewhere, spot) = match finding.elsewhere {
        Some((path, spot)) => (Some(path), spot),
        None => (None, at),
    };
    Flaw {
        severity: severity(
            finding.gravity,
            class,
            settings.severity(rule.id).filter(|_| !rule.judge.is_of_checkout_alone()),
        ),
        age: if finding.was_there { Age::Touched } else { Age::New },
        elsewhere,
        spot,
        // A second line of defence: whatever a rule puts into its words stays one readable line.
        what: sentence(&finding.what, MOST_WORDS),
        fix: sentence(finding.fix.as_deref().unwrap_or(rule.fix), MOST_WORDS),
        from_prose: false,
        declared: None,
        mend,
    }
}

impl Sheet {
    /// All flaws with their rules, the gravest first, then by place.
    pub fn flaws(&self) -> Vec<(&'static Rule, &Flaw)> {
        let mut flaws: Vec<_> = self.found().collect();
        flaws.sort_by_key(|(_, flaw)| (flaw.age, flaw.severity, flaw.spot.start));
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

    /// What the mends of these flaws come to, in the text that was judged; none where one cannot be made exactly.
    pub fn replacements(&self, flaws: &[&Flaw]) -> Vec<Option<Replacements>> {
        let mends: Vec<Option<&Change>> = flaws.iter().map(|flaw| flaw.mend.as_ref()).collect();
        let Some(source) = self.source.as_ref().filter(|_| mends.iter().any(Option::is_some)) else {
            return vec![None; flaws.len()];
        };
        let document = Document::parse(source.clone());
        let place = |at| source.place(at);
        let placed = |edit: Edit| (place(edit.span.start), place(edit.span.end), edit.put);
        let changes: Vec<&Change> = mends.iter().flatten().copied().collect();
        let mut planned = edit::each(&document, &changes).into_iter();
        let edits = mends.iter().map(|mend| mend.and_then(|_| planned.next().flatten()));
        edits.map(|edits| Some(edits?.into_iter().map(placed).collect())).collect()
    }

    /// The flaws that are new.
    fn news(&self) -> impl Iterator<Item = &Flaw> {
        self.found().map(|(_, flaw)| flaw).filter(|flaw| flaw.age == Age::New)
    }

    /// The flaws that were there before.
    fn olds(&self) -> impl Iterator<Item = &Flaw> {
        self.found().map(|(_, flaw)| flaw).filter(|flaw| flaw.age != Age::New)
    }

    /// The same with some of the flaws only.
    pub fn only(mut self, told: impl Fn(&Flaw) -> bool) -> Self {
        for check in &mut self.checks {
            if let Verdict::Broken(flaws) = &mut check.verdict {
                flaws.retain(&told);
            }
            if matches!(&check.verdict, Verdict::Broken(flaws) if flaws.is_empty()) {
                check.verdict = Verdict::Holds;
            }
        }
        self
    }

    /// Whether anything in it is new.
    pub fn has_news(&self) -> bool {
        self.news().next().is_some()
    }

    /// Lays declarations on what fails the run: each speaks of its rules.
    pub fn declare(&mut self, declarations: &[(&'static [&'static str], Declaration)], bar: Bar) {
        let legacy = self.class == Class::Legacy;
        for check in self.checks.iter_mut().filter(|_| !legacy) {
            let Verdict::Broken(flaws) = &mut check.verdict else { continue };
            let Some((_, meant)) = declarations.iter().find(|(rules, _)| rules.contains(&check.rule.id))
            else {
                continue;
            };
            let failing = flaws.iter_mut().filter(|flaw| bar.fails(flaw));
            failing.for_each(|flaw| flaw.declared = Some(meant.clone()));
        }
    }

    /// Whether it is about a document, and not about a checkout or a change as a whole.
    pub fn is_document(&self) -> bool {
        ![WHOLE_CHANGE, WHOLE_CHECKOUT].contains(&self.path.as_str())
    }

    /// The file in which a flaw of this sheet is; none for what is wrong with a change itself.
    pub fn file_of<'s>(&'s self, flaw: &'s Flaw) -> Option<&'s str> {
        flaw.elsewhere.as_deref().or(self.is_document().then_some(self.path.as_str()))
    }

    /// Whether a flaw of this sheet fails the run. A legacy document that nobody touches never does.
    pub fn fails(&self, flaw: &Flaw, bar: Bar) -> bool {
        self.class != Class::Legacy && bar.fails(flaw)
    }

    /// What it comes to.
    pub fn outcome(&self, bar: Bar) -> Outcome {
        let failing = self.found().map(|(_, flaw)| flaw).filter(|flaw| self.fails(flaw, bar));
        let outcome = |flaw: &Flaw| if flaw.declared.is_some() { Outcome::Undecided } else { Outcome::Fails };
        failing.map(outcome).max().unwrap_or(Outcome::Passes)
    }

    /// How many flaws were there before.
    pub fn before(&self) -> usize {
        self.olds().count()
    }

    /// How many flaws of each severity were there before.
    pub fn counts_before(&self) -> Counts {
        Counts::of(self.olds())
    }

    /// How many new flaws there are of each severity.
    pub fn counts(&self) -> Counts {
        Counts::of(self.news())
    }

    /// How many rules hold.
    pub fn holding(&self) -> usize {
        self.checks.iter().filter(|check| check.verdict == Verdict::Holds).count()
    }

    /// How many rules do not apply yet.
    pub fn pending(&self) -> usize {
        self.checks.iter().filter(|check| matches!(check.verdict, Verdict::NotYet(_))).count()
    }
}
