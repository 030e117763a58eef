//! KubeVirt's VEP governance as a library: documents in, exact and cited verdicts out.
//!
//! This page is the map of the house, the bottom floor first. A room may use the rooms of its own floor
//! that stand before it and all floors below; `tests/house.rs` keeps it so. Below the roof there are only
//! values: no file, clock, network, print or protocol.
//!
//! | floor | room | what it is for |
//! |---|---|---|
//! | 1 | [`text`] | a file's words and the places in them |
//! | | [`patch`] | edits of a text, and what they come to as a unified diff |
//! | | [`yaml`] | YAML with places, as much as front matter needs |
//! | | [`markdown`] | headings, sections, comments and passages, with places |
//! | 2 | [`vep`] | the words of the field: states, stages, releases, handles |
//! | | [`law`] | the law's sources, and how they are cited |
//! | | [`lifecycle`] | the state machine as a table |
//! | | [`template`] | the sections of a VEP, and how a document's headings match them |
//! | | [`prose`] | what a document says outside front matter |
//! | | [`document`] | one `vep.md`, read whole and never refused |
//! | | [`edit`] | exact changes to a document's front matter |
//! | 3 | [`calendar`] | releases, freezes and phases; unknown is an answer |
//! | | [`corpus`] | all proposals together: by number and path |
//! | | [`search`] | which proposals speak of some words, and why |
//! | | [`owners`] | OWNERS and aliases as Prow resolves them |
//! | | [`settings`] | what a checkout asks of this tool |
//! | | [`history`] | what git knows of documents beside their text
//! | | [`world`] | everything that a question may be asked about |
//! | | [`matter`] | what a VEP says of its state and its plan, in front matter or in prose |
//! | 4 | [`rule`] | what a rule is and what it can say |
//! | | [`rules`] | the book: every rule, in the chapters of the law |
//! | | [`sheet`] | verdicts on one document |
//! | | [`upstream`] | what upstream's draft checks would say, and why ours differ |
//! | | [`report`] | the sheets of a run together, and what it comes to |
//! | 5 | [`migration`] | a legacy document as front matter, with what is sure and what is not |
//! | | [`proposal`] | what a VEP would be after a step, and whether it may be proposed |
//! | | [`answers`] | what people say where a legacy document's prose does not |
//! | | [`season`] | what targets a release, what is at risk, and whose turn it is |
//! | | [`render`] | how verdicts and the season are told |
//! | | [`book`] | what every rule, state, step, field and term means |
//! | | [`verbs`] | what can be asked, as pure functions |
//! | roof | [`outside`] | the only reading of files and of the clock |
//! | | [`mcp`] | the server; the only room that says `rmcp` |
//! | | [`cli`] | arguments to verbs, answers to the terminal |
//!
//! The library in five lines (`examples/check.rs` has fifteen):
//!
//! ```
//! use vep_mcp::{document::Document, text::Source};
//! let text = "---\ntitle: Clock\nstatus: implementible\n---\n\n# VEP #7: Clock\n";
//! let vep = Document::parse(Source::new("veps/sig-compute/7-clock/vep.md", text));
//! assert_eq!(vep.number(), Some(7));
//! assert!(vep.facts().status.is_none(), "a misspelt state is no state; a rule reports it");
//! ```

pub mod answers;
pub mod book;
pub mod calendar;
pub mod cli;
pub mod corpus;
pub mod document;
pub mod edit;
pub mod history;
pub mod law;
pub mod lifecycle;
pub mod markdown;
pub mod matter;
pub mod mcp;
pub mod migration;
pub mod outside;
pub mod owners;
pub mod patch;
pub mod proposal;
pub mod prose;
pub mod render;
pub mod report;
pub mod rule;
pub mod rules;
pub mod search;
pub mod season;
pub mod settings;
pub mod sheet;
pub mod template;
pub mod text;
pub mod upstream;
pub mod vep;
pub mod verbs;
pub mod world;
pub mod yaml;
