//! The sheets of a run together, and what it comes to.
//!
//! A [`Report`] is one value that many hands tell (see [`crate::render`]): all of them have the same ids
//! and counts.
//!
//! Absent on purpose: how a report looks.

use crate::law::Severity;
use crate::rule::Rule;
use crate::rules;
use crate::sheet::{Age, Bar, Counts, Declaration, Flaw, Outcome, Sheet};
use crate::upstream::Said;
use crate::world::World;
use jiff::civil::Date;

/// A rule that more documents break than this, without an error, is told once and not for each.
const FOLD_ABOVE: usize = 5;

/// Everything that a run found, and what is said beside it.
#[derive(Debug, Clone)]
pub struct Report {
    /// What fails it.
    pub bar: Bar,
    /// The day it is for.
    pub today: Date,
    /// What the documents were compared with.
    pub base: String,
    /// Where the dates come from, and how old that is.
    pub calendar: String,
    /// The checkout or the change as a whole, where something is to be said of it.
    pub whole: Option<Sheet>,
    /// The documents, the gravest first.
    pub sheets: Vec<Sheet>,
    /// What upstream's draft checks would say of each edited file, where that was asked.
    pub upstream: Vec<Said>,
    /// Whether everything is to be told: also what was there before, and each document by itself.
    pub full: bool,
    /// Whether its documents were asked for by name: then all that was there before is told of them, too.
    pub named: bool,
    /// Whether the change is none: nothing differs from the base.
    pub is_empty: bool,
    /// What cannot be merged into the base branch as it is now; told among the notes, too.
    pub conflicts: Vec<String>,
    /// What people owe; no tool can give it for them.
    pub people: Vec<String>,
    /// What else is to be known.
    pub notes: Vec<String>,
}

impl Report {
    /// A report on these sheets, the gravest first.
    pub fn new(world: &World, base: String, whole: Option<Sheet>, mut sheets: Vec<Sheet>, bar: Bar) -> Self {
        sheets.sort_by_key(|sheet| {
            let Counts { errors, warnings, advice } = sheet.counts();
            std::cmp::Reverse((sheet.outcome(bar), errors, warnings, advice))
        });
        Self {
            bar,
            today: world.today,
            base,
            calendar: world.calendar.told(world.today),
            whole,
            sheets,
            upstream: vec![],
            full: false,
            named: false,
            conflicts: vec![],
            is_empty: false,
            people: vec![],
            notes: vec![],
        }
    }

    /// All sheets, that of the whole first.
    pub fn all(&self) -> impl Iterator<Item = &Sheet> {
        self.whole.iter().chain(&self.sheets)
    }

    /// What the run comes to.
    pub fn outcome(&self) -> Outcome {
        self.all().map(|sheet| sheet.outcome(self.bar)).max().unwrap_or(Outcome::Passes)
    }

    /// How many new flaws there are of each severity.
    pub fn counts(&self) -> Counts {
        self.all().map(Sheet::counts).fold(Counts::default(), Counts::plus)
    }

    /// How many flaws were there before.
    pub fn before(&self) -> usize {
        self.all().map(Sheet::before).sum()
    }

    /// How much was there before, in words; by severity where it counts like what is new.
    pub fn told_before(&self) -> String {
        match self.before() {
            before if before > 0 && self.bar.all => {
                let counts = self.all().map(Sheet::counts_before).fold(Counts::default(), Counts::plus);
                format!("there before: {counts}")
            }
            before => format!("{before} there before"),
        }
    }

    /// Whether a flaw is told one by one: what was there before only where it counts, or in full.
    pub fn tells(&self, sheet: &Sheet, flaw: &Flaw) -> bool {
        self.full || self.named || self.bar.all || flaw.age == Age::New || sheet.fails(flaw, self.bar)
    }

    /// That there is no change, where there is none and nothing else fails the run.
    pub fn nothing(&self) -> Option<String> {
        let is_said = self.is_empty && self.outcome() == Outcome::Passes;
        is_said.then(|| format!("nothing differs from {}", self.base))
    }

    /// The broken rules that are told once and not document by document; none in a full report.
    pub fn folded(&self) -> Vec<Tally<'_>> {
        if self.full {
            return vec![];
        }
        let mut tallies = self.tallies();
        // What is not told one by one is not told together either.
        tallies.iter_mut().for_each(|tally| tally.flaws.retain(|(sheet, flaw)| self.tells(sheet, flaw)));
        tallies.into_iter().filter(Tally::is_folded).collect()
    }

    /// Every flaw with its sheet and rule: sheet by sheet, the gravest first.
    pub fn flaws(&self) -> impl Iterator<Item = (&Sheet, &'static Rule, &Flaw)> {
        self.all().flat_map(|sheet| sheet.flaws().into_iter().map(move |(rule, flaw)| (sheet, rule, flaw)))
    }

    /// The broken rules over all documents, in the order of the book.
    pub fn tallies(&self) -> Vec<Tally<'_>> {
        let mut tallies: Vec<Tally<'_>> =
            rules::all().map(|rule| Tally { rule, flaws: vec![], harmless: true }).collect();
        for (sheet, rule, flaw) in self.flaws() {
            if let Some(tally) = tallies.iter_mut().find(|tally| tally.rule.id == rule.id) {
                tally.harmless &= flaw.severity != Severity::Error && !sheet.fails(flaw, self.bar);
                tally.flaws.push((sheet, flaw));
            }
        }
        tallies.retain(|tally| !tally.flaws.is_empty());
        tallies
    }

    /// Lays these declarations on what fails the run: each speaks of its rules.
    pub fn declare(&mut self, declarations: &[(&'static [&'static str], Declaration)]) {
        let bar = self.bar;
        self.whole.iter_mut().chain(&mut self.sheets).for_each(|sheet| sheet.declare(declarations, bar));
    }
}

/// A broken rule over all documents.
#[derive(Debug)]
pub struct Tally<'r> {
    /// The rule.
    pub rule: &'static Rule,
    /// Its flaws, each with its sheet.
    pub flaws: Vec<(&'r Sheet, &'r Flaw)>,
    /// Whether none of them is an error or fails the run.
    harmless: bool,
}

impl Tally<'_> {
    /// Whether it is better told once: many documents break it, and it fails none.
    pub fn is_folded(&self) -> bool {
        let mut paths: Vec<&str> = self.flaws.iter().map(|(sheet, _)| sheet.path.as_str()).collect();
        paths.dedup();
        self.harmless && paths.len() > FOLD_ABOVE
    }
}
