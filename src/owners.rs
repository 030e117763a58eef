//! OWNERS and OWNERS_ALIASES as Prow resolves them.
//!
//! Simple form or filters, aliases one level deep from the root, logins in lower case without their `@`,
//! everything united up the tree, `no_parent_owners` where something was found. `emeritus_approvers` has no
//! effect. Prow reads the base branch; which state these files are of is said by the world they are in.
//!
//! Absent on purpose: who will be asked. Prow draws by chance, and sees who is a collaborator; the pools that it draws
//! from are in [`blunderbuss`].

pub mod blunderbuss;

use crate::text::{code, code_up_to};
use regex::Regex;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes of one file that are read.
const MOST_BYTES: usize = 256 << 10;

/// All OWNERS files of a checkout, and its aliases.
#[derive(Debug, Clone, Default)]
pub struct Owners {
    /// The files by the folder they lie in; the root is the empty name.
    files: BTreeMap<String, File>,
    aliases: BTreeMap<String, Vec<String>>,
    /// The text of every file, by its path.
    texts: BTreeMap<String, String>,
    faults: Vec<Fault>,
}

/// Something that Prow cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub path: String,
    /// The line, where it is known.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// One OWNERS file.
#[derive(Debug, Clone, Default)]
struct File {
    no_parent_owners: bool,
    /// For which paths below the folder each part counts; the simple form counts for all.
    parts: Vec<(Option<Regex>, Part)>,
}

/// Who owns, in one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Part {
    approvers: BTreeSet<String>,
    reviewers: BTreeSet<String>,
    labels: BTreeSet<String>,
}

/// What one folder says about a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// The folder; the root is the empty name.
    pub folder: String,
    /// Who may approve, by login.
    pub approvers: BTreeSet<String>,
    /// Who may review, by login.
    pub reviewers: BTreeSet<String>,
    /// The labels that a change gets.
    pub labels: BTreeSet<String>,
}

#[derive(Deserialize)]
struct RawFile {
    #[serde(flatten)]
    part: RawPart,
    options: Option<RawOptions>,
    filters: Option<BTreeMap<String, Option<RawPart>>>,
}

#[derive(Default, Deserialize)]
struct RawOptions {
    no_parent_owners: Option<bool>,
}

#[derive(Default, Deserialize)]
struct RawPart {
    approvers: Option<Vec<String>>,
    reviewers: Option<Vec<String>>,
    labels: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawAliases {
    aliases: Option<BTreeMap<String, Option<Vec<String>>>>,
}

/// A login as Prow compares it.
pub fn normal(login: &str) -> String {
    let login = login.trim();
    login.strip_prefix('@').unwrap_or(login).to_lowercase()
}

/// The name of the files.
pub const OWNERS: &str = "OWNERS";
/// The name of the one file of aliases, at the root.
pub const ALIASES: &str = "OWNERS_ALIASES";

impl Owners {
    /// Reads all files, given by their paths. One that cannot be read is a fault and counts for nothing.
    pub fn read(texts: BTreeMap<String, String>) -> Self {
        let mut owners = Self::default();
        if let Some(text) = texts.get(ALIASES) {
            match parse::<RawAliases>(text) {
                Ok(raw) => {
                    let lists = raw.aliases.unwrap_or_default().into_iter();
                    owners.aliases =
                        lists.map(|(name, logins)| (normal(&name), logins.unwrap_or_default())).collect();
                }
                Err((line, what)) => owners.faults.push(Fault { path: ALIASES.into(), line, what }),
            }
        }
        for (path, text) in texts.iter().filter(|(path, _)| path.rsplit('/').next() == Some(OWNERS)) {
            let folder = path.strip_suffix(OWNERS).unwrap_or_default().trim_end_matches('/').to_owned();
            match owners.file(text) {
                Ok(file) => {
                    owners.files.insert(folder, file);
                }
                Err((line, what)) => owners.faults.push(Fault { path: path.clone(), line, what }),
            }
        }
        owners.texts = texts;
        owners
    }

    fn file(&self, text: &str) -> Result<File, (usize, String)> {
        let raw: RawFile = parse(text)?;
        let no_parent_owners = raw.options.unwrap_or_default().no_parent_owners.unwrap_or_default();
        let simple = self.part(raw.part);
        // Prow looks at filters only where the simple form says nothing.
        if simple != Part::default() || raw.filters.is_none() {
            return Ok(File { no_parent_owners, parts: vec![(None, simple)] });
        }
        let mut parts = Vec::new();
        for (pattern, part) in raw.filters.unwrap_or_default() {
            let regex = Regex::new(&pattern)
                .map_err(|_| (1, format!("the filter {} is no regular expression", code(&pattern))))?;
            parts.push((Some(regex), self.part(part.unwrap_or_default())));
        }
        Ok(File { no_parent_owners, parts })
    }

    fn part(&self, raw: RawPart) -> Part {
        let expand = |names: Option<Vec<String>>| -> BTreeSet<String> {
            let names = names.unwrap_or_default().into_iter().map(|name| normal(&name));
            names
                .flat_map(|name| match self.aliases.get(&name) {
                    // One level: an alias within an alias is a login that nobody has.
                    Some(logins) => logins.iter().map(|login| normal(login)).collect(),
                    None => vec![name],
                })
                .collect()
        };
        Part {
            approvers: expand(raw.approvers),
            reviewers: expand(raw.reviewers),
            labels: raw.labels.unwrap_or_default().into_iter().collect(),
        }
    }

    /// What Prow cannot read.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The text of every file, by its path.
    pub fn texts(&self) -> &BTreeMap<String, String> {
        &self.texts
    }

    /// What the folders say about a path, from its own folder up to the root. Folders that say nothing are
    /// left out.
    pub fn layers(&self, path: &str) -> Vec<Layer> {
        let mut layers = Vec::new();
        let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        loop {
            if let Some(layer) = self.layer(folder, path) {
                layers.push(layer);
            }
            let stops =
                self.files.get(folder).is_some_and(|file| file.no_parent_owners) && !layers.is_empty();
            if stops || folder.is_empty() {
                return layers;
            }
            folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
    }

    fn layer(&self, folder: &str, path: &str) -> Option<Layer> {
        let file = self.files.get(folder)?;
        let relative = path.strip_prefix(folder)?.trim_start_matches('/');
        let mut layer = Layer {
            folder: folder.into(),
            approvers: BTreeSet::new(),
            reviewers: BTreeSet::new(),
            labels: BTreeSet::new(),
        };
        for (regex, part) in &file.parts {
            if regex.as_ref().is_none_or(|regex| regex.is_match(relative)) {
                layer.approvers.extend(part.approvers.iter().cloned());
                layer.reviewers.extend(part.reviewers.iter().cloned());
                layer.labels.extend(part.labels.iter().cloned());
            }
        }
        let says = !layer.approvers.is_empty() || !layer.reviewers.is_empty() || !layer.labels.is_empty();
        says.then_some(layer)
    }

    /// Everybody who may approve a change to a path.
    pub fn approvers(&self, path: &str) -> BTreeSet<String> {
        self.layers(path).into_iter().flat_map(|layer| layer.approvers).collect()
    }

    /// Everybody who may review a change to a path.
    pub fn reviewers(&self, path: &str) -> BTreeSet<String> {
        self.layers(path).into_iter().flat_map(|layer| layer.reviewers).collect()
    }

    /// The reviewers of the nearest folder that has any: Prow's leaf reviewers.
    pub fn leaf_reviewers(&self, path: &str) -> BTreeSet<String> {
        let layers = self.layers(path).into_iter();
        layers.map(|layer| layer.reviewers).find(|reviewers| !reviewers.is_empty()).unwrap_or_default()
    }

    /// What one file says by itself: approvers and reviewers, in any of its filters.
    pub fn said_in(&self, folder: &str) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
        let parts = &self.files.get(folder)?.parts;
        let of = |list: fn(&Part) -> &BTreeSet<String>| {
            parts.iter().flat_map(|(_, part)| list(part).iter().cloned()).collect()
        };
        Some((of(|part| &part.approvers), of(|part| &part.reviewers)))
    }
}

/// Typed YAML within limits, or the line and what is wrong.
fn parse<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, (usize, String)> {
    if text.len() > MOST_BYTES {
        return Err((1, format!("{} bytes; at most {MOST_BYTES} are read", text.len())));
    }
    // An empty file says nothing, and so does one with comments alone.
    let says = text.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! { max_depth: 8, max_nodes: 20_000, max_aliases: 0, max_total_scalar_bytes: 1 << 18 },
    };
    serde_yaml::from_str_with_options(if says { text } else { "{}" }, options).map_err(|error| {
        let line = error.location().map_or(1, |place| usize::try_from(place.line()).unwrap_or(1));
        let said = error.without_snippet().to_string();
        let what = if said.contains("expected a sequence") {
            "a list of logins is expected".to_owned()
        } else {
            code_up_to(said.split(';').next().unwrap_or_default(), 160)
        };
        (line, what)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(files: &[(&str, &str)]) -> Owners {
        Owners::read(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    fn names(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    #[test]
    fn owners_are_united_up_the_tree_and_logins_are_normal() {
        let owners = owners(&[
            ("OWNERS", "approvers: [\"@Ada\", bo]\nreviewers:\n- Cy\n"),
            (
                "veps/sig-compute/OWNERS",
                "reviewers: [\"@DI\"]\nlabels: [sig/compute]\nemeritus_approvers: [old]\n",
            ),
        ]);
        let path = "veps/sig-compute/7-clock/vep.md";
        assert_eq!(names(&owners.approvers(path)), ["ada", "bo"]);
        assert_eq!(names(&owners.reviewers(path)), ["cy", "di"]);
        assert_eq!(names(&owners.leaf_reviewers(path)), ["di"]);
        assert_eq!(names(&owners.leaf_reviewers("veps/sig-network/8-x/vep.md")), ["cy"]);
        let layers = owners.layers(path);
        assert_eq!(
            layers.iter().map(|layer| layer.folder.as_str()).collect::<Vec<_>>(),
            ["veps/sig-compute", ""]
        );
    }

    #[test]
    fn aliases_go_one_level_deep() {
        let owners = owners(&[
            ("OWNERS_ALIASES", "aliases:\n  Chairs: [\"@Ada\", inner]\n  inner: [bo]\n  nobody:\n"),
            ("OWNERS", "approvers: [chairs, nobody]\n"),
        ]);
        assert_eq!(names(&owners.approvers("x")), ["ada", "inner"]);
    }

    #[test]
    fn filters_match_the_path_below_their_folder_and_count_only_without_the_simple_form() {
        let filters = "filters:\n  \".*\":\n    reviewers: [all]\n  \"\\\\.md$\":\n    approvers: [docs]\n  \"^vep\":\n    approvers: [top]\n";
        let one = owners(&[("veps/OWNERS", filters)]);
        assert_eq!(names(&one.approvers("veps/a/vep.md")), ["docs"]);
        assert_eq!(names(&one.approvers("veps/vep.md")), ["docs", "top"]);
        assert_eq!(names(&one.reviewers("veps/a.png")), ["all"]);
        let both = owners(&[("veps/OWNERS", &format!("approvers: [simple]\n{filters}"))]);
        assert_eq!(names(&both.approvers("veps/a/vep.md")), ["simple"]);
        assert_eq!(names(&both.reviewers("veps/a/vep.md")), [""; 0]);
    }

    #[test]
    fn no_parent_owners_stops_only_where_something_was_found() {
        let root = ("OWNERS", "approvers: [root]\n");
        let stops = "options: {no_parent_owners: true}\n";
        let with = owners(&[root, ("veps/OWNERS", &format!("{stops}approvers: [own]\n"))]);
        assert_eq!(names(&with.approvers("veps/x")), ["own"]);
        let without = owners(&[root, ("veps/OWNERS", stops)]);
        assert_eq!(names(&without.approvers("veps/x")), ["root"]);
    }

    #[test]
    fn what_prow_cannot_read_is_a_fault_and_spoils_nothing_else() {
        let owners = owners(&[
            ("OWNERS", "approvers: [root]\n"),
            ("a/OWNERS", "approvers: root\n"),
            ("b/OWNERS", "filters:\n  \"[\":\n    approvers: [x]\n"),
            ("c/OWNERS", "approvers:\n- a\n  - b: c\n"),
            ("d/OWNERS", ""),
            ("e/OWNERS", "# nothing yet\n"),
        ]);
        let faulty: Vec<&str> = owners.faults().iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(faulty, ["a/OWNERS", "b/OWNERS", "c/OWNERS"], "{:?}", owners.faults());
        assert_eq!(names(&owners.approvers("d/x")), ["root"]);
    }
}
