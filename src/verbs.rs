//! The verbs: what can be asked, as pure functions from a world and a question to an answer.
//!
//! Each verb is one file with its `Ask`, its `Answer` and a `run`. The command line and the MCP server
//! are both a [`Face`] that walks the one list in [`each`]; neither knows a verb by name, so both speak
//! of the same questions in the same words.
//!
//! Absent on purpose: writing. A verb answers; a person applies.

mod bump;
mod draft;
mod explain;
mod freeze;
mod migrate;
mod needs;
mod query;
mod report;
mod review;
mod reviewers;
mod show;
mod transition;
mod validate;

pub use bump::Bump;
pub use draft::Draft;
pub use explain::Explain;
pub use freeze::CheckFreeze;
pub use migrate::Migrate;
pub use needs::{Compare, Needs, Want};
pub use query::Query;
pub use report::ReleaseReport;
pub use review::Review;
pub use reviewers::Reviewers;
pub use show::Show;
pub use transition::Transition;
pub use validate::Validate;

use crate::corpus::{Corpus, Notice};
use crate::document::Document;
use crate::patch::Patch;
use crate::proposal::{self, Inputs};
use crate::render::Hand;
use crate::report::Report;
use crate::rule::Was;
use crate::rules;
use crate::sheet::{Declaration, Sheet};
use crate::text::{code, one_line};
use crate::vep::{Handle, META_FOLDER, Release};
use crate::world::World;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// One question that both faces can ask.
pub trait Verb {
    /// How it is called, and what its answers can become.
    const CARD: Card;
    /// The question. The `///` of each field is its help on the command line and its description in the
    /// tool's schema.
    type Ask: DeserializeOwned + JsonSchema + clap::Args;
    /// The answer: Markdown for reading, JSON for programs, both from one value.
    type Answer: Serialize + JsonSchema + fmt::Display;

    /// What the question needs of the world; the roof gathers that and nothing else.
    fn needs(ask: &Self::Ask) -> Needs;

    /// Answers. A bad proposal is an answer; trouble is a question that cannot be answered.
    fn run(world: &World, ask: Self::Ask) -> Result<Self::Answer, Trouble>;

    /// The texts of the question that the command line names as files; the roof reads them.
    fn texts(_ask: &mut Self::Ask) -> Vec<&mut Text> {
        vec![]
    }

    /// What the answer leaves to be done, beside being read.
    fn leaves(_answer: &Self::Answer) -> Leaves<'_> {
        Leaves::default()
    }

    /// The answer as one of its own hands tells it; none where that hand cannot tell this answer.
    fn page(_answer: &Self::Answer, _hand: Hand) -> Option<String> {
        None
    }
}

/// A verb as a person or an assistant meets it.
#[derive(Debug, Clone, Copy)]
pub struct Card {
    /// Its name on the command line.
    pub command: &'static str,
    /// Its name as an MCP tool.
    pub tool: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it answers.
    pub about: &'static str,
    /// What an assistant should know about when to use it; not every client passes the server's
    /// instructions on, so each tool says it again.
    pub guidance: &'static str,
    /// What a person at the command line can have written.
    pub writes: Writes,
    /// Whether its answers are reports of verdicts: then many hands can tell them.
    pub judges: bool,
    /// The hands that can tell its answers beside text, Markdown and JSON.
    pub hands: &'static [Hand],
}

impl Card {
    /// A verb that only answers.
    const fn new(
        command: &'static str,
        tool: &'static str,
        title: &'static str,
        about: &'static str,
        guidance: &'static str,
    ) -> Self {
        Self { command, tool, title, about, guidance, writes: Writes::Nothing, judges: false, hands: &[] }
    }
}

/// What an answer leaves to be done, beside being read.
#[derive(Debug, Default)]
pub struct Leaves<'a> {
    /// Whether it makes a command-line run fail; that of a report is its outcome.
    pub fails: bool,
    /// The report that it tells of, where the verb judges.
    pub report: Option<&'a Report>,
    /// The files that it would change; the command line's `--write` writes them.
    pub patches: &'a [Patch],
    /// Whether it has no file that it should have: then nothing can be written, and that is no success.
    pub lacks_a_file: bool,
    /// How the files are committed, where it says so.
    pub commits: Commits<'a>,
    /// Why it is not to be committed as it is, a line each: a review would fail what is committed.
    pub stops: Vec<String>,
    /// The file that it is, where it is one; the command line prints it as it is.
    pub file: Option<&'a str>,
    /// What only a person can give and it lacks: the input of `set`, and the question.
    pub questions: Vec<(String, &'static str)>,
    /// The documents that it is about and whose text it leaves out, by path.
    pub documents: Vec<&'a str>,
}

/// How the files of an answer are committed.
#[derive(Debug, Clone, Copy, Default)]
pub enum Commits<'a> {
    /// Not.
    #[default]
    None,
    /// All of them as one.
    One(&'a Commit),
    /// Each on a branch of its own.
    Each(&'a [Commit]),
}

impl<'a> Commits<'a> {
    /// The commits of an answer about one change, or of one about several.
    fn of(commits: &'a [Commit], is_batch: bool) -> Self {
        match commits {
            all if is_batch => Self::Each(all),
            [first, ..] => Self::One(first),
            [] => Self::None,
        }
    }
}

/// A local commit that a person can have made: a branch of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The branch's name.
    pub branch: String,
    /// The message.
    pub message: String,
    /// The files.
    pub patches: Vec<Patch>,
}

/// What a person at the command line can have written of an answer. A server never writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// Nothing.
    Nothing,
    /// Files.
    Files,
    /// Files, and a local commit of them.
    Commits,
}

/// Something that offers verbs to somebody.
pub trait Face {
    /// Takes one verb in.
    fn add<V: Verb>(&mut self);
}

/// The one list of verbs, in the order in which they are shown.
pub fn each(face: &mut impl Face) {
    face.add::<Query>();
    face.add::<Show>();
    face.add::<Validate>();
    face.add::<Transition>();
    face.add::<CheckFreeze>();
    face.add::<Review>();
    face.add::<Explain>();
    face.add::<Bump>();
    face.add::<Draft>();
    face.add::<Migrate>();
    face.add::<Reviewers>();
    face.add::<ReleaseReport>();
}

/// The declarations that a question makes.
fn declared(said: &[String]) -> Result<Vec<(&'static [&'static str], Declaration)>, Trouble> {
    let read = |said: &String| {
        proposal::declaration(said).map_err(|what| Trouble::new(what, "A reason says why the step is meant."))
    };
    said.iter().map(read).collect()
}

/// What a question gives a step.
fn inputs(set: &[String], declare: &[String]) -> Result<Inputs, Trouble> {
    let mut inputs = Inputs { declared: declared(declare)?, ..Inputs::default() };
    for said in set {
        let way = "Give it as key=value, such as milestone.beta=v1.11 or reviewers=@login,@login.";
        proposal::set(&mut inputs, said).map_err(|what| Trouble::new(what, way))?;
    }
    Ok(inputs)
}

/// The rules of these ids, or which of them is none and which was meant.
pub fn rules_named(ids: &[String]) -> Result<BTreeSet<&'static str>, Trouble> {
    let known = |id: &String| {
        let id = id.trim();
        rules::named(id).map(|rule| rule.id).ok_or_else(|| {
            let near = crate::text::nearest(id, rules::all().map(|rule| rule.id));
            let near = near.map(|near| format!("Did you mean `{near}`?"));
            let way = near.unwrap_or_else(|| "`vep-mcp explain rules` lists the rules.".into());
            Trouble::new(format!("there is no rule {}", crate::text::code(id)), way)
        })
    };
    ids.iter().map(known).collect()
}

/// A question that cannot be answered, and what to ask instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong with it.
    pub what: String,
    /// Ways out, the likeliest first.
    pub ways: Vec<String>,
}

impl Trouble {
    /// Trouble with one way out.
    pub fn new(what: impl Into<String>, way: impl Into<String>) -> Self {
        Self { what: what.into(), ways: vec![way.into()] }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        self.ways.iter().try_for_each(|way| write!(f, "\n- {way}"))
    }
}

/// A text that a question brings along: inline over MCP, a file's name on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// The text itself, as bytes: a file may hold anything.
    Given(Vec<u8>),
    /// A file that has still to be read; `-` is the standard input.
    Named(PathBuf),
}

impl std::str::FromStr for Text {
    type Err = std::convert::Infallible;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(Self::Named(name.into()))
    }
}

impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::Given(String::deserialize(deserializer)?.into_bytes()))
    }
}

impl JsonSchema for Text {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }

    fn inline_schema() -> bool {
        true
    }
}

/// A VEP as a question names it: a number, a path or a folder's name. Models write numbers as numbers,
/// so JSON may have either; the schema shows the one form that every client can send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl std::str::FromStr for Name {
    type Err = std::convert::Infallible;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(Self(name.into()))
    }
}

impl<'de> serde::Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl serde::de::Visitor<'_> for Either {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a VEP's number or path")
            }

            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(Name(name.into()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Name, E> {
                Ok(Name(number.to_string()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A list as models write it: a list, a single value, or nothing. The schema shows the one form that every
/// client can send.
fn one_or_many<'de, D: serde::Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    use serde::Deserialize as _;
    use serde::de::Error as _;
    let values = match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => vec![],
        serde_json::Value::Array(values) => values,
        one => vec![one],
    };
    values.into_iter().map(|value| serde_json::from_value(value).map_err(D::Error::custom)).collect()
}

impl JsonSchema for Name {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }

    fn inline_schema() -> bool {
        true
    }
}

/// Longest name that is looked for.
const MOST_NAME: usize = 300;

/// The one proposal that `name` means, or what else may have been meant.
pub(crate) fn one<'w>(corpus: &'w Corpus, name: &str) -> Result<&'w Arc<Document>, Trouble> {
    const MOST: usize = 10;
    if name.chars().nth(MOST_NAME).is_some() {
        return Err(Trouble::new(
            format!("a VEP is not named with more than {MOST_NAME} characters"),
            "Give its number, its path or the name of its folder.",
        ));
    }
    let found = corpus.named(name);
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(unknown(corpus, name)),
        several => Err(Trouble {
            what: format!("{} proposals answer to {}", several.len(), crate::text::code(name)),
            ways: several
                .iter()
                .take(MOST)
                .map(|it| format!("Ask by path: {}", crate::text::code(it.path())))
                .chain((several.len() > MOST).then(|| format!("and {} more", several.len() - MOST)))
                .collect(),
        }),
    }
}

fn unknown(corpus: &Corpus, name: &str) -> Trouble {
    if corpus.proposals().is_empty() {
        return Trouble::new(
            "the checkout has no VEP",
            "A VEP is a file `veps/<folder>/<number>-<name>/vep.md`; draft one, or point --repo elsewhere.",
        );
    }
    let mut ways: Vec<String> = corpus
        .resembling(name, 5)
        .into_iter()
        .map(|document| format!("Did you mean {}?", label(document)))
        .collect();
    let numbers = corpus.proposals().iter().filter_map(|it| it.number());
    if let (Some(least), Some(most)) = (numbers.clone().min(), numbers.max()) {
        let count = corpus.proposals().len();
        ways.push(format!("There are {count} VEPs, numbered {least} to {most}; query lists them."));
    }
    Trouble { what: format!("no VEP answers to {}", crate::text::code(name)), ways }
}

/// A SIG as it is asked for, with or without `sig-`; the meta folder counts as one here.
fn known_sig(world: &World, name: &str) -> Result<String, Trouble> {
    let name = name.trim();
    let prefixed = format!("sig-{}", name.to_lowercase());
    if name.eq_ignore_ascii_case(META_FOLDER) {
        return Ok(META_FOLDER.into());
    }
    if let Some(sig) = [name.to_lowercase(), prefixed].into_iter().find(|sig| world.knows_sig(sig)) {
        return Ok(sig);
    }
    let near = world.nearest_sig(name);
    let here: Vec<String> = world.head.sig_folders().take(20).chain([META_FOLDER]).map(code).collect();
    let mut ways: Vec<String> = near.into_iter().map(|sig| format!("Did you mean {}?", code(sig))).collect();
    ways.push(format!("Folders here: {}.", here.join(", ")));
    Err(Trouble { what: format!("{} is no SIG that is known here", code(name)), ways })
}

/// A release as it is asked for.
fn release(text: &str) -> Result<Release, Trouble> {
    Release::read(text)
        .ok_or_else(|| Trouble::new(format!("{} is no release", code(text)), "Write it as v1.10."))
}

/// What a document was, as far as the world knows it.
fn was<'w>(world: &'w World, path: &str) -> Was<'w> {
    match &world.base {
        None => Was::Unknown,
        Some(base) => base.was(path).map_or(Was::Nothing, |was| Was::Known(was)),
    }
}

/// How an answer names a proposal: number and title.
fn label(document: &Document) -> String {
    let title = document.facts().title.as_ref().map_or("untitled", |fact| &fact.value);
    let title = crate::text::one_line(title, 80);
    match &document.facts().number {
        Some(number) => format!("VEP-{} {}", number.value, crate::text::code(&title)),
        None => format!("{} {}", crate::text::code(document.path()), crate::text::code(&title)),
    }
}

/// Most documents for which it is said what people owe.
const MOST_OWED: usize = 20;

/// What people owe: no tool can give it for them.
fn owed(touched: &[&Arc<Document>], author: Option<&str>) -> Vec<String> {
    if touched.is_empty() {
        return vec![];
    }
    let mut owed =
        vec!["An LGTM from each of SIG compute, network and storage (README, SIG Review).".to_owned()];
    for document in touched.iter().take(MOST_OWED) {
        let sigs: Vec<String> =
            document.facts().participating.iter().map(|sig| code(&one_line(&sig.value, 40))).collect();
        if !sigs.is_empty() {
            owed.push(format!(
                "{}: an LGTM from each participating SIG: {}.",
                label(document),
                sigs.join(", ")
            ));
        }
        let own = author.map(Handle::new);
        let judges_it = |author: &Handle| {
            document.facts().people().any(|(part, it)| part != "author" && it.value.is(author))
        };
        if let Some(author) = own.filter(judges_it) {
            let login = code(&format!("@{}", one_line(author.login(), 40)));
            owed.push(format!(
                "{}: {login} opens it and is named to judge it; somebody else should, too.",
                label(document)
            ));
        }
    }
    owed.push("Whether named reviewers and approvers have agreed is theirs to say.".into());
    owed
}

/// The notices that no finding of a sheet tells.
fn untold<'n>(of: impl IntoIterator<Item = &'n Notice>, whole: Option<&Sheet>) -> Vec<&'n Notice> {
    let flaws = whole.map(Sheet::flaws).unwrap_or_default();
    let is_told = |it: &Notice| flaws.iter().any(|(_, flaw)| flaw.elsewhere.as_ref() == Some(&it.path));
    of.into_iter().filter(|it| !is_told(it)).collect()
}

/// What an answer says about files that were not read as they stand.
fn notices<'n>(of: impl IntoIterator<Item = &'n Notice>) -> Vec<String> {
    const MOST: usize = 3;
    let all: Vec<&Notice> = of.into_iter().collect();
    let more = all.len().saturating_sub(MOST);
    all.iter()
        .take(MOST)
        .map(|it| said(it))
        .chain((more > 0).then(|| format!("and {more} more files")))
        .collect()
}

fn said(notice: &Notice) -> String {
    format!("{}: {}", crate::text::code(&notice.path), crate::text::sentence(&notice.what, 160))
}
