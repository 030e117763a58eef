//! The book: every rule, in the chapters of the law.
//!
//! A new rule is a `const` in one of the chapters and a folder of cases under `tests/rules/<id>/`;
//! nothing else knows its name. `tests/rules/README.md` is this book, generated.

mod body;
mod freeze;
mod identity;
mod ownership;
mod people;
mod place;
mod plan;
mod pull_request;
mod settings;
mod shape;
mod steps;
mod succession;
mod unread;

pub use body::{legacy_sections, sections};

use crate::rule::Rule;

/// A chapter of the book.
#[derive(Debug)]
pub struct Chapter {
    /// Its name.
    pub name: &'static str,
    /// What its rules are about.
    pub about: &'static str,
    /// Its rules, in order.
    pub rules: &'static [Rule],
}

/// All chapters.
pub const BOOK: &[Chapter] = &[
    Chapter { name: "shape", about: "the front matter is there and can be read", rules: shape::RULES },
    Chapter { name: "place", about: "where the files of a VEP lie", rules: place::RULES },
    Chapter { name: "identity", about: "which VEP it is, and whose", rules: identity::RULES },
    Chapter {
        name: "people",
        about: "who has promised to read it, and who may say yes",
        rules: people::RULES,
    },
    Chapter { name: "plan", about: "what is to be in which release", rules: plan::RULES },
    Chapter { name: "steps", about: "what a change does to the state", rules: steps::RULES },
    Chapter { name: "freeze", about: "until when a VEP may be approved for a release", rules: freeze::RULES },
    Chapter { name: "succession", about: "which VEP takes the place of which", rules: succession::RULES },
    Chapter { name: "body", about: "the sections of the template say something", rules: body::RULES },
    Chapter { name: "pull request", about: "how a change is presented", rules: pull_request::RULES },
    Chapter { name: "ownership", about: "OWNERS files that a change touches", rules: ownership::RULES },
    Chapter { name: "settings", about: "what the checkout asks of this tool", rules: settings::RULES },
];

/// The rule of this id.
pub fn named(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// All rules in the order of the book.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    BOOK.iter().flat_map(|chapter| chapter.rules)
}
