//! Prompts: what the server knows, and the judgement that it asks of a model.
//!
//! A prompt is a Markdown file with front matter: its arguments, and the facts that it brings, each the answer of
//! a tool. It is filled by minijinja, where an undefined name is an error unless it is only asked for; what is put in is never read again as a
//! template. Arguments complete.
//!
//! Absent on purpose: knowledge. All of it is the tools'.

use super::{Entry, text_of};
use crate::rules;
use crate::text::{code, fenced, nearest, one_line};
use crate::vep::{Release, Status};
use crate::verbs;
use crate::world::World;
use minijinja::{Environment, UndefinedBehavior};
use rmcp::ErrorData;
use rmcp::model::{
    ArgumentInfo, CompletionInfo, GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The files.
const FILES: [&str; 6] = [
    include_str!("../../prompts/bump-status.md"),
    include_str!("../../prompts/draft-vep.md"),
    include_str!("../../prompts/migrate-vep.md"),
    include_str!("../../prompts/prepare-freeze.md"),
    include_str!("../../prompts/review-vep.md"),
    include_str!("../../prompts/triage-release.md"),
];

/// Longest argument that is put in.
const MOST_ARGUMENT: usize = 500;

/// A prompt as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    name: String,
    title: String,
    description: String,
    arguments: Vec<Argument>,
    facts: Vec<Fact>,
    #[serde(skip)]
    body: &'static str,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Argument {
    name: String,
    about: String,
    #[serde(default)]
    required: bool,
    completes: Completes,
}

/// What an argument's values are.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Completes {
    Vep,
    State,
    Release,
    Rule,
    Sig,
    /// Free text, for which nothing is known.
    Text,
}

/// The answer of a tool that a prompt brings along.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    name: String,
    tool: String,
    /// The tool's arguments, each by the prompt's argument that it is.
    #[serde(default)]
    with: BTreeMap<String, String>,
    /// The tool's arguments that are always the same.
    #[serde(default)]
    given: BTreeMap<String, serde_json::Value>,
    /// The prompt's arguments without which it is left out.
    #[serde(default)]
    needs: Vec<String>,
    /// The prompt's arguments with which it is left out.
    #[serde(default)]
    without: Vec<String>,
}

/// All prompts, by name. A file that is no prompt is a mistake of ours, which a test finds.
pub(super) fn forms() -> Vec<Form> {
    let mut forms: Vec<Form> = FILES.into_iter().filter_map(form).collect();
    forms.sort_by(|a, b| a.name.cmp(&b.name));
    forms
}

fn form(file: &'static str) -> Option<Form> {
    let (head, body) = file.strip_prefix("---\n")?.split_once("\n---\n")?;
    let form: Form = serde_yaml::from_str(head).ok()?;
    Some(Form { body, ..form })
}

impl Form {
    /// Its name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// As a client sees it.
    pub(super) fn listed(&self) -> Prompt {
        let arguments = self.arguments.iter().map(|argument| {
            PromptArgument::new(&argument.name)
                .with_description(&argument.about)
                .with_required(argument.required)
        });
        let mut prompt = Prompt::new(&self.name, Some(&self.description), Some(arguments.collect()));
        prompt.title = Some(self.title.clone());
        prompt
    }

    /// Filled with arguments and facts.
    pub(super) fn filled(
        &self,
        world: &World,
        tools: &[Entry],
        given: &JsonObject,
    ) -> Result<GetPromptResult, ErrorData> {
        let invalid = |what: String| Err(ErrorData::invalid_params(what, None));
        let mut arguments: BTreeMap<&str, String> = BTreeMap::new();
        for argument in &self.arguments {
            let value = given.get(&argument.name);
            let text = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            let text = one_line(text.as_deref().unwrap_or_default(), MOST_ARGUMENT);
            if argument.required && text.is_empty() {
                return invalid(format!(
                    "the prompt {} needs {}: {}",
                    self.name, argument.name, argument.about
                ));
            }
            arguments.insert(&argument.name, text);
        }
        if let Some(stranger) = given.keys().find(|name| !arguments.contains_key(name.as_str())) {
            let known = arguments.keys().copied().collect::<Vec<_>>().join(", ");
            return invalid(format!(
                "{} is no argument of the prompt {}; it takes {known}",
                code(stranger),
                self.name
            ));
        }
        for argument in &self.arguments {
            let text = arguments.get(argument.name.as_str()).map_or("", String::as_str);
            if let Some(why) =
                (!text.is_empty()).then(|| names_nothing(world, argument.completes, text)).flatten()
            {
                return invalid(format!("the argument {} of the prompt {}: {why}", argument.name, self.name));
            }
        }
        let facts = self.facts(world, tools, &arguments);
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        // Free text is put in as data that it cannot leave.
        environment.add_filter("data", |text: String| fenced(&text, "text"));
        // A VEP or a SIG may be named by its folder, and a folder may be called anything.
        environment.add_filter("name", |text: String| named(&text));
        let values: BTreeMap<&str, minijinja::Value> = arguments
            .iter()
            .map(|(name, value)| (*name, minijinja::Value::from(value.as_str())))
            .chain([("facts", minijinja::Value::from_pairs(facts))])
            .collect();
        match environment.render_str(self.body, values) {
            Ok(text) => Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)])
                .with_description(&self.description)),
            Err(error) => {
                Err(ErrorData::internal_error(format!("the prompt cannot be filled: {error}"), None))
            }
        }
    }

    fn facts<'a>(
        &'a self,
        world: &World,
        tools: &[Entry],
        arguments: &BTreeMap<&str, String>,
    ) -> BTreeMap<&'a str, String> {
        let given = |name: &str| arguments.get(name).filter(|value| !value.is_empty());
        let wanted = |fact: &&Fact| {
            fact.needs.iter().all(|name| given(name).is_some())
                && fact.without.iter().all(|name| given(name).is_none())
        };
        let facts = self.facts.iter().filter(wanted);
        let told = facts.filter_map(|fact| {
            let entry = tools.iter().find(|entry| entry.tool.name == fact.tool)?;
            let with = fact.with.iter();
            let with = with.filter_map(|(key, name)| Some((key.clone(), given(name)?.as_str().into())));
            let always = fact.given.iter().map(|(key, value)| (key.clone(), value.clone()));
            Some((fact.name.as_str(), text_of(&(entry.on)(world, with.chain(always).collect()))))
        });
        told.collect()
    }

    /// What an argument may be completed to.
    pub(super) fn completed(
        &self,
        world: &World,
        argument: &ArgumentInfo,
    ) -> Result<CompletionInfo, ErrorData> {
        let Some(known) = self.arguments.iter().find(|known| known.name == argument.name) else {
            let names: Vec<&str> = self.arguments.iter().map(|known| known.name.as_str()).collect();
            let near = nearest(&argument.name, names.iter().copied());
            let way = near.map_or_else(
                || format!("it takes {}", names.join(", ")),
                |near| format!("did you mean {near}?"),
            );
            let what = format!("{} is no argument of the prompt {}; {way}", code(&argument.name), self.name);
            return Err(ErrorData::invalid_params(what, None));
        };
        completed(world, known.completes, &argument.value)
    }
}

/// A name inside a sentence: a number as it is, everything else as code.
fn named(text: &str) -> String {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.to_owned() } else { code(text) }
}

/// What is written may be completed to these.
pub(super) fn completed(
    world: &World,
    completes: Completes,
    written: &str,
) -> Result<CompletionInfo, ErrorData> {
    let mut values = candidates(world, completes, written);
    let total = u32::try_from(values.len()).ok();
    let more = values.len() > CompletionInfo::MAX_VALUES;
    values.truncate(CompletionInfo::MAX_VALUES);
    CompletionInfo::with_pagination(values, total, more)
        .map_err(|error| ErrorData::internal_error(error, None))
}

/// Why an argument names nothing that is there, with what was meant.
fn names_nothing(world: &World, completes: Completes, written: &str) -> Option<String> {
    match completes {
        Completes::State if Status::read(written).is_none() => {
            let states = Status::ALL.map(Status::as_str);
            let near = nearest(written, states).map(|near| format!("did you mean {near}? "));
            Some(format!(
                "{} is no state; {}there are {}",
                code(written),
                near.unwrap_or_default(),
                states.join(", ")
            ))
        }
        Completes::Release if Release::read(written).is_none() => {
            Some(format!("{} is no release like v1.11", code(written)))
        }
        Completes::Vep => verbs::one(&world.head, written).err().map(|trouble| trouble.to_string()),
        Completes::Sig if !world.knows_sig(written) => {
            let near = world.head.nearest_sig(written).map(|near| format!("; did you mean {}?", code(near)));
            Some(format!("{} is no SIG that is known{}", code(written), near.unwrap_or_default()))
        }
        Completes::State | Completes::Release | Completes::Rule | Completes::Sig | Completes::Text => None,
    }
}

/// The values that begin with what is written, or whose words do.
fn candidates(world: &World, completes: Completes, written: &str) -> Vec<String> {
    let written = written.trim().to_lowercase();
    let fits = |text: &str| {
        let text = text.to_lowercase();
        text.starts_with(&written) || text.split([' ', '-']).any(|word| word.starts_with(&written))
    };
    match completes {
        Completes::State => {
            let states = Status::ALL.into_iter().map(Status::as_str);
            states.filter(|state| fits(state)).map(str::to_owned).collect()
        }
        Completes::Rule => {
            rules::all().map(|rule| rule.id).filter(|id| fits(id)).map(str::to_owned).collect()
        }
        Completes::Sig => {
            let sigs: BTreeSet<&str> = world.head.known_sigs().collect();
            sigs.into_iter().filter(|sig| fits(sig)).map(|sig| one_line(sig, 60)).collect()
        }
        Completes::Text => vec![],
        Completes::Release => {
            let mut releases: Vec<String> = world
                .calendar
                .releases()
                .map(|(release, _)| release.to_string())
                .filter(|release| fits(release) || fits(release.trim_start_matches('v')))
                .collect();
            // The latest is what is planned for.
            releases.reverse();
            releases
        }
        // The folder's name has number and words, and every verb takes it for the VEP.
        Completes::Vep => world
            .head
            .proposals()
            .iter()
            .filter(|document| {
                let title = document.facts().title.as_ref().map_or("", |title| &title.value);
                fits(document.home.name().unwrap_or_default()) || fits(title)
            })
            .filter_map(|document| Some(one_line(document.home.name()?, 120)))
            .collect(),
    }
}

/// What each prompt asks for, as the tests look at it.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::Tools;
    use crate::outside::{Outside, Place};

    #[test]
    fn every_file_is_a_prompt_whose_facts_are_tools() {
        let forms = forms();
        assert_eq!(forms.len(), FILES.len());
        let tools = Tools::all();
        for form in &forms {
            for fact in &form.facts {
                let entry = tools.iter().find(|entry| entry.tool.name == fact.tool);
                let entry = entry.unwrap_or_else(|| panic!("{}: no tool {}", form.name, fact.tool));
                let properties = entry.tool.input_schema["properties"].as_object().unwrap();
                let mut keys = fact.with.keys().chain(fact.given.keys());
                assert!(keys.all(|key| properties.contains_key(key)), "{}: {fact:?}", form.name);
                let names = fact.with.values().chain(&fact.needs).chain(&fact.without);
                assert!(
                    names.clone().all(|name| form.arguments.iter().any(|it| it.name == *name)),
                    "{fact:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_put_in_is_no_template() {
        let folder = tempfile::tempdir().unwrap();
        let vep = folder.path().join("veps/sig-compute/7-clock");
        std::fs::create_dir_all(&vep).unwrap();
        let text = "---\ntitle: \"{{ 7 * 7 }}{% raw %}\"\nstatus: provisional\n---\n\n# VEP #7: Clock\n";
        std::fs::write(vep.join("vep.md"), text).unwrap();
        let outside = Outside::new(Place::Given(folder.path().to_owned()), None);
        let forms = forms();
        let given = serde_json::json!({ "vep": "7" });
        let filled =
            forms[0].filled(&outside.load(None).unwrap(), &Tools::all(), given.as_object().unwrap()).unwrap();
        let text = format!("{:?}", filled.messages[0].content);
        assert!(text.contains("{{ 7 * 7 }}{% raw %}"), "{text}");
    }
}
