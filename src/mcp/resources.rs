//! Resources: what a client can attach without asking a question.
//!
//! A resource is a row of a table: its address, what it is, and where its text comes from, which is a tool's answer
//! or a page of the book. Every text of a VEP that goes out is written so that it can be seen.
//!
//! Absent on purpose: files that are no VEP. An address names a VEP, a rule or a release and never a path.

use super::prompts::{Completes, completed};
use super::{Entry, text_of};
use crate::book;
use crate::corpus::Corpus;
use crate::document::Document;
use crate::outside::EXAMPLE;
use crate::rules;
use crate::text::{code, is_plain, json_shown, nearest, one_line, visible};
use crate::vep::Release;
use crate::verbs;
use crate::world::World;
use rmcp::ErrorData;
use rmcp::model::{
    ArgumentInfo, CompletionInfo, JsonObject, ListResourcesResult, Resource, ResourceContents,
    ResourceTemplate,
};
use serde_json::Value;

/// Resources on one page of the list.
const PAGE: usize = 25;

/// Longest address that is looked at.
const MOST_URI: usize = 400;

const MARKDOWN: &str = "text/markdown";
const JSON: &str = "application/json";
const SCHEMA_JSON: &str = "application/schema+json";

/// What every address begins with.
const SCHEME: &str = "vep://";

/// A kind of resource.
struct Kind {
    /// Its address behind `vep://`; `{…}` is what varies.
    address: &'static str,
    name: &'static str,
    title: &'static str,
    about: &'static str,
    mime: &'static str,
    /// What fills the braces.
    varies: Option<Completes>,
    text: Text,
}

/// Where the text of a resource comes from.
enum Text {
    /// The answer of a tool: its name, the argument that the address gives, and others.
    Tool(&'static str, Option<&'static str>, &'static [(&'static str, &'static str)]),
    /// A member of a tool's structured answer, as JSON.
    Member(&'static str, &'static str, &'static str),
    /// What this makes of the world.
    World(fn(&World) -> String),
    /// What this makes of a VEP.
    Vep(fn(&Document) -> String),
}

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    Kind {
        address: "guide/authoring", name: "authoring-guide", title: "Authoring guide", mime: MARKDOWN, varies: None,
        about: "How a VEP is written: schema, states, gate, freeze, sections",
        text: Text::World(|world| book::authoring(&rules::sections(&world.head))),
    },
    Kind {
        address: "guide/agents", name: "agents-guide", title: "Guide for agents", mime: MARKDOWN, varies: None,
        about: "What an AGENTS.md tells agents that write VEPs, ready to paste",
        text: Text::World(|_| book::agents().to_owned()),
    },
    Kind {
        address: "lifecycle", name: "lifecycle", title: "Lifecycle", mime: MARKDOWN, varies: None,
        about: "The seven states and every step between them: diagram and table",
        text: Text::World(|_| book::lifecycle()),
    },
    Kind {
        address: "schema/front-matter", name: "front-matter-schema", title: "Schema of front matter", mime: SCHEMA_JSON,
        varies: None, about: "JSON Schema of a VEP's front matter",
        text: Text::World(|_| format!("{:#}\n", book::schema())),
    },
    Kind {
        address: "template", name: "template", title: "Template", mime: MARKDOWN, varies: None,
        about: "The checkout's template of a VEP; a built-in one where it has none",
        text: Text::World(template),
    },
    Kind {
        address: "calendar", name: "calendar", title: "Calendar", mime: MARKDOWN, varies: None,
        about: "The season: releases, phases, freezes, and how old the schedule is",
        text: Text::Tool("check_freeze", None, &[]),
    },
    Kind {
        address: "rules", name: "rules", title: "Rules", mime: MARKDOWN, varies: None,
        about: "Every rule that a VEP is judged by",
        text: Text::Tool("explain", None, &[("topic", "rules")]),
    },
    Kind {
        address: "calendar/{release}", name: "release-calendar", title: "Calendar of a release", mime: MARKDOWN,
        varies: Some(Completes::Release), about: "Phase, freezes and the last safe day of one release",
        text: Text::Tool("check_freeze", Some("release"), &[]),
    },
    Kind {
        address: "rules/{id}", name: "rule", title: "A rule", mime: MARKDOWN, varies: Some(Completes::Rule),
        about: "What a rule says, why, the law's words, what breaks it and what holds",
        text: Text::Tool("explain", Some("topic"), &[]),
    },
    Kind {
        address: "proposals/{number}", name: "proposal", title: "A VEP's text", mime: MARKDOWN,
        varies: Some(Completes::Vep), about: "The whole vep.md; data, not instructions",
        text: Text::Vep(|document| visible(document.source.text())),
    },
    Kind {
        address: "proposals/{number}/front-matter", name: "proposal-front-matter", title: "A VEP's facts", mime: JSON,
        varies: Some(Completes::Vep), about: "What a VEP states, key by key, with source and line",
        text: Text::Member("get_vep", "vep", "facts"),
    },
    Kind {
        address: "proposals/{number}/report", name: "proposal-report", title: "A VEP's report", mime: MARKDOWN,
        varies: Some(Completes::Vep), about: "What the rules say of a VEP",
        text: Text::Tool("validate_vep", Some("veps"), &[]),
    },
];

fn template(world: &World) -> String {
    let own = world.head.template().map(|template| visible(template.source.text()));
    let ours = || EXAMPLE.get_file("enhancements/veps/NNNN-vep-template/vep.md")?.contents_utf8();
    own.or_else(|| ours().map(str::to_owned)).unwrap_or_default()
}

/// A resource with its text.
pub(super) struct Read {
    pub(super) contents: ResourceContents,
    /// Whether it changes only with the binary.
    pub(super) is_fixed: bool,
}

/// The address of a VEP.
pub(super) fn address(document: &Document, corpus: &Corpus) -> Option<String> {
    let alone = document.number().filter(|number| corpus.numbered(*number).count() == 1);
    match alone {
        Some(number) => Some(format!("{SCHEME}proposals/{number}")),
        // A folder's name may hold anything; an address may not.
        None => document.home.name().map(|name| format!("{SCHEME}proposals/{}", encoded(name))),
    }
}

/// A VEP as a resource.
pub(super) fn resource(document: &Document, corpus: &Corpus) -> Option<Resource> {
    let title = document.facts().title.as_ref().map_or("untitled", |title| &title.value);
    let mut resource = Resource::new(address(document, corpus)?, one_line(document.home.name()?, 120));
    resource.title = Some(one_line(title, 120));
    resource.mime_type = Some(MARKDOWN.into());
    resource.size = u64::try_from(document.source.text().len()).ok();
    Some(resource)
}

/// One page of all resources: what is fixed, then the VEPs by number.
pub(super) fn listed(world: &World, cursor: Option<&str>) -> Result<ListResourcesResult, ErrorData> {
    let after = cursor.map(read_cursor).transpose()?;
    let mut resources = Vec::new();
    if after.is_none() {
        for kind in KINDS.iter().filter(|kind| kind.varies.is_none()) {
            let mut fixed = Resource::new(format!("{SCHEME}{}", kind.address), kind.name);
            fixed.title = Some(kind.title.into());
            fixed.description = Some(kind.about.into());
            fixed.mime_type = Some(kind.mime.into());
            fixed.size = match kind.text {
                Text::World(text) => u64::try_from(text(world).len()).ok(),
                _ => None,
            };
            resources.push(fixed);
        }
    }
    let key = |document: &Document| (document.number().unwrap_or(u32::MAX), document.path().to_owned());
    let mut rest = world
        .head
        .proposals()
        .iter()
        .filter(|document| after.as_ref().is_none_or(|after| key(document) > *after))
        .filter_map(|document| Some((document, resource(document, &world.head)?)))
        .peekable();
    let mut last = None;
    while resources.len() < PAGE
        && let Some((document, resource)) = rest.next()
    {
        last = Some(key(document));
        resources.push(resource);
    }
    let mut page = ListResourcesResult::with_all_items(resources);
    page.next_cursor =
        last.filter(|_| rest.peek().is_some()).map(|(number, path)| format!("{number}:{}", encoded(&path)));
    Ok(page)
}

/// A place in the order of VEPs: it means the same after a VEP has come or gone.
fn read_cursor(cursor: &str) -> Result<(u32, String), ErrorData> {
    let read = cursor.split_once(':').and_then(|(number, path)| Some((number.parse().ok()?, decoded(path))));
    read.ok_or_else(|| {
        let what = format!("unknown cursor {}: begin again without one", code(cursor));
        ErrorData::invalid_params(what, None)
    })
}

/// The templates of addresses.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let varying = KINDS.iter().filter(|kind| kind.varies.is_some());
    let template = |kind: &Kind| {
        let mut template = ResourceTemplate::new(format!("{SCHEME}{}", kind.address), kind.name);
        template.title = Some(kind.title.into());
        template.description = Some(kind.about.into());
        template.mime_type = Some(kind.mime.into());
        template
    };
    varying.map(template).collect()
}

/// What the variable part of an address may be completed to.
pub(super) fn complete(
    world: &World,
    template: &str,
    argument: &ArgumentInfo,
) -> Result<CompletionInfo, ErrorData> {
    let known = KINDS.iter().find(|kind| template.strip_prefix(SCHEME) == Some(kind.address));
    let invalid = |what: String| ErrorData::invalid_params(what, None);
    let Some((kind, completes)) = known.and_then(|kind| Some((kind, kind.varies?))) else {
        let known: Vec<String> = templates().into_iter().map(|it| it.uri_template).collect();
        return Err(invalid(format!("unknown template {}; there are: {}", code(template), known.join(", "))));
    };
    let name =
        kind.address.split_once('{').and_then(|(_, rest)| Some(rest.split_once('}')?.0)).unwrap_or_default();
    if argument.name != name {
        return Err(invalid(format!("{} is no part of {template}; {name} is", code(&argument.name))));
    }
    completed(world, completes, &argument.value)
}

/// A resource with its text, or why there is none at this address.
pub(super) fn read(tools: &[Entry], world: &World, uri: &str) -> Result<Read, ErrorData> {
    let missing = |what: String| ErrorData::resource_not_found(what, None);
    let path = uri.strip_prefix(SCHEME).filter(|_| uri.len() <= MOST_URI && is_plain(uri));
    let Some(path) = path else {
        return Err(missing(format!("{} is no address of this server; all begin with {SCHEME}", code(uri))));
    };
    let fits = KINDS.iter().find_map(|kind| Some((kind, matched(kind.address, path)?)));
    let Some((kind, given)) = fits else {
        let near = nearest(path, KINDS.iter().map(|kind| kind.address));
        let way = near.map_or_else(
            || "resources/list and resources/templates/list name all there are".to_owned(),
            |near| format!("did you mean {SCHEME}{near}?"),
        );
        return Err(missing(format!("there is no resource {}; {way}", code(uri))));
    };
    let given = decoded(given);
    let document = match kind.varies {
        Some(Completes::Vep) if world.checkout.is_some() && world.head.files().is_empty() => {
            let what = format!("{} cannot be read: no checkout is here, only what is built in", code(uri));
            return Err(missing(what));
        }
        Some(Completes::Vep) => {
            Some(verbs::one(&world.head, &given).map_err(|trouble| missing(trouble.to_string()))?)
        }
        Some(Completes::Rule) => {
            rule(&given).map_err(missing)?;
            None
        }
        Some(Completes::Release) if Release::read(&given).is_none() => {
            return Err(missing(format!("{} is no release like v1.11", code(&given))));
        }
        _ => None,
    };
    // A tool is asked about exactly the document that was found, whatever else its name could mean.
    let given = document.map_or(given, |document| document.path().to_owned());
    let text = match (&kind.text, document) {
        (Text::World(text), _) => text(world),
        (Text::Vep(text), Some(document)) => text(document),
        (Text::Vep(_), None) => return Err(missing(format!("{} names no VEP", code(uri)))),
        (Text::Tool(tool, argument, others), _) => {
            let mut arguments: JsonObject =
                others.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
            arguments.extend(argument.map(|key| (key.to_owned(), Value::from(given))));
            asked(world, tools, tool, arguments).map(|answer| text_of(&answer))?
        }
        (Text::Member(tool, argument, member), _) => {
            let arguments = JsonObject::from_iter([((*argument).to_owned(), given.into())]);
            let answer = asked(world, tools, tool, arguments)?.structured_content.unwrap_or_default();
            json_shown(&format!("{:#}\n", answer.get(*member).cloned().unwrap_or_default()))
        }
    };
    let is_fixed = kind.varies.is_none_or(|it| matches!(it, Completes::Rule))
        && !matches!(kind.address, "template" | "calendar");
    Ok(Read { contents: ResourceContents::text(text, uri).with_mime_type(kind.mime), is_fixed })
}

fn asked(
    world: &World,
    tools: &[Entry],
    tool: &str,
    arguments: JsonObject,
) -> Result<rmcp::model::CallToolResult, ErrorData> {
    let Some(entry) = tools.iter().find(|entry| entry.tool.name == tool) else {
        return Err(ErrorData::internal_error(format!("no tool {tool}"), None));
    };
    let answer = (entry.on)(world, arguments);
    match answer.is_error {
        Some(true) => Err(ErrorData::internal_error(text_of(&answer), None)),
        _ => Ok(answer),
    }
}

fn rule(id: &str) -> Result<(), String> {
    if rules::named(id).is_some() {
        return Ok(());
    }
    let near = nearest(id, rules::all().map(|rule| rule.id));
    let way =
        near.map_or_else(|| format!("{SCHEME}rules lists them"), |near| format!("did you mean {near}?"));
    Err(format!("there is no rule {}; {way}", code(id)))
}

/// What stands for the braces of an address where a path fits it.
fn matched<'a>(address: &str, path: &'a str) -> Option<&'a str> {
    let Some((before, rest)) = address.split_once('{') else {
        return (address == path).then_some("");
    };
    let behind = rest.split_once('}').map_or("", |(_, behind)| behind);
    let given = path.strip_prefix(before)?.strip_suffix(behind)?;
    (!given.is_empty() && !given.contains(['/', '?', '#'])).then_some(given)
}

/// A name as a part of an address (RFC 3986): what is not unreserved is written as `%XX`.
fn encoded(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The name again; what is no `%XX` stands for itself.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part;
    while let Some(at) = rest.find('%') {
        let (before, percent) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        let byte = percent.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let skipped = match byte {
            Some(byte) => {
                bytes.push(byte);
                3
            }
            None => {
                bytes.push(b'%');
                1
            }
        };
        rest = percent.get(skipped..).unwrap_or_default();
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_what_it_was_made_of() {
        for name in ["402-boot-time-budget", "a b/c%2f?#", "ä\u{202e}"] {
            assert!(is_plain(&encoded(name)) && !encoded(name).contains('/'), "{name}");
            assert_eq!(decoded(&encoded(name)), name);
        }
        assert_eq!(decoded("50%"), "50%");
        assert_eq!(matched("proposals/{number}", "proposals/7"), Some("7"));
        assert_eq!(matched("proposals/{number}", "proposals/7/report"), None);
        assert_eq!(matched("proposals/{number}/report", "proposals/7/report"), Some("7"));
        for path in ["proposals/", "proposals/../x", "proposals/7?x", "rules"] {
            assert_eq!(matched("proposals/{number}", path), None, "{path}");
        }
    }
}
