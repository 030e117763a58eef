//! Drafts: what is given comes back, what is not is never invented, and what is written is what was shown.

use crate::faces::command_line::command;
use crate::golden;
use crate::wild;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use vep_mcp::calendar::Calendar;
use vep_mcp::corpus::Corpus;
use vep_mcp::document::Document;
use vep_mcp::outside::{Outside, Place};
use vep_mcp::rule::Was;
use vep_mcp::sheet::judge;
use vep_mcp::text::{Source, is_plain};
use vep_mcp::verbs::{Draft, Verb};
use vep_mcp::world::{Base, World};

fn example() -> World {
    Outside::new(Place::Example, None).load(None).unwrap_or_else(|failure| panic!("{failure}"))
}

fn bare(documents: Vec<Arc<Document>>) -> World {
    World::unchanged(Corpus::new(documents, vec![]), Calendar::snapshot(), date(2026, 8, 18))
}

fn draft(world: &World, ask: Value) -> Result<Value, String> {
    let answer = Draft::run(world, serde_json::from_value(ask).unwrap()).map_err(|it| it.to_string())?;
    Ok(serde_json::to_value(&answer).unwrap())
}

fn document(answer: &Value) -> Document {
    Document::parse(Source::new(answer["path"].as_str().unwrap(), answer["text"].as_str().unwrap()))
}

fn rules(answer: &Value) -> BTreeSet<&str> {
    answer["findings"].as_array().into_iter().flatten().map(|it| it["rule"].as_str().unwrap()).collect()
}

proptest! {
    #[test]
    fn any_title_is_read_back_as_it_was_given(title in "(\\PC{0,40}|[ -~]{0,40}|([-:#\"'`*_<>&!\\[\\]{}|~\\\\ .,0-9a-zA-Zé—]|no|null|true|1\\.10){0,20})") {
        let plain = title.split_whitespace().collect::<Vec<_>>().join(" ");
        // What a heading has between its number and its title.
        let plain = plain.trim_start_matches([' ', ':', '-', '–', '—']).to_owned();
        let ask = json!({ "title": title, "sig": "compute", "number": 413, "set": ["feature-gate=Usb"] });
        match draft(&bare(vec![]), ask) {
            Err(trouble) => {
                prop_assert!(!plain.contains(char::is_alphanumeric) || !is_plain(&plain), "{plain:?}: {trouble}");
            }
            Ok(answer) => {
                let document = document(&answer);
                prop_assert_eq!(&document.facts().title.as_ref().unwrap().value, &plain);
                prop_assert_eq!(document.number(), Some(413));
                let sheet = judge(&bare(vec![]).after(std::slice::from_ref(&document)), &document, Was::Nothing);
                let known = ["sections-filled", "placeholders-filled"];
                let flaws: Vec<_> = sheet.flaws().into_iter().filter(|(rule, _)| !known.contains(&rule.id)).collect();
                prop_assert!(flaws.is_empty(), "{:?}: {:?}", plain, flaws);
            }
        }
    }
}

/// What nobody gave is told as a question, and nothing in the draft looks like an answer.
#[test]
fn nothing_is_invented() {
    let answer = draft(&example(), json!({ "title": "USB Limits", "sig": "compute" })).unwrap();
    let document = document(&answer);
    let facts = document.facts();
    assert!(facts.reviewers.is_empty() && facts.approvers.is_empty() && facts.gates.is_empty());
    assert!(facts.stage.is_none() && facts.targets.is_empty() && document.number().is_none());
    assert_eq!(rules(&answer), ["feature-gate-named", "path-conventional", "placeholders-filled"].into());
    assert_eq!(answer["asks"].as_array().unwrap().len(), 7);
    assert!(answer.get("near").is_none());
}

#[test]
fn a_checkout_without_a_template_has_ours_and_one_with_its_own_has_that() {
    let ask = || json!({ "title": "USB Limits", "sig": "compute", "number": 413, "authors": ["@a"], "summary": "Fewer devices.", "set": ["feature-gate=UsbLimits"] });
    let ours = draft(&bare(vec![]), ask()).unwrap();
    assert_eq!(ours.get("findings"), None, "{ours:#}");
    assert_eq!(ours["write"].as_array().unwrap().len(), 14);
    let template = "# VEP #NNNN: x\r\n\r\n## VEP Status Metadata\r\n\r\n### Target releases\r\n\r\n- alpha\r\n\r\n## Overview\r\n\r\n<!-- say it -->\r\n\r\n## Risks\r\n\r\n<!-- which? -->\r\n";
    let template = Arc::new(Document::parse(Source::new("veps/NNNN-vep-template/vep.md", template)));
    let own = draft(&bare(vec![template]), ask()).unwrap();
    let text = own["text"].as_str().unwrap();
    assert!(
        text.ends_with(
            "---\n\n# VEP #413: USB Limits\n\n## Overview\n\nFewer devices.\n\n## Risks\n\n<!-- which? -->\n"
        ),
        "{text}"
    );
    assert_eq!(own["write"], json!([{ "section": "Risks" }]));
}

/// The real template brings a status section that front matter replaces, and instructions that guide.
#[test]
fn the_real_template_is_filled_in() {
    let Some(world) = wild::world() else { return };
    let ask = json!({ "title": "Audible Alarms", "sig": "compute", "number": 9999, "authors": ["@a"], "summary": "A sound.", "set": ["feature-gate=Alarms"] });
    let answer = draft(&world, ask).unwrap();
    assert_eq!(answer.get("findings"), None, "{answer:#}");
    assert_eq!(answer.get("near"), None);
    let text = answer["text"].as_str().unwrap();
    assert!(!text.contains("Status Metadata") && !text.contains("Signoff") && text.contains("<!--"));
    let unadvised = answer["write"].as_array().unwrap().iter().filter(|it| it.get("advice").is_none());
    assert_eq!(unadvised.count(), 0, "every section of the real template has its advice");
}

#[test]
fn a_number_is_taken_by_a_document_by_a_folder_and_on_the_base() {
    let ask = || json!({ "title": "USB Limits", "sig": "compute", "number": 7 });
    let clock =
        || Arc::new(Document::parse(Source::new("veps/sig-network/7-clock/vep.md", "# VEP #7: Clock\n")));
    let here = draft(&bare(vec![clock()]), ask()).unwrap_err();
    assert!(
        here.starts_with("the number 7 is taken: VEP-7 `Clock` in `veps/sig-network/7-clock/vep.md`"),
        "{here}"
    );
    let head = bare(vec![]);
    let base = Base::new("main".into(), bare(vec![clock()]), &head.head);
    let world = World { base: Some(Arc::new(base)), ..head };
    assert!(draft(&world, ask()).unwrap_err().starts_with("the number 7 is taken"));
    let files = BTreeSet::from(["veps/sig-storage/0007-disk/picture.png".to_owned()]);
    let corpus = Corpus::new(vec![], vec![]).with_files(files);
    let world = World::unchanged(corpus, Calendar::snapshot(), date(2026, 8, 18));
    assert!(draft(&world, ask()).unwrap_err().contains("is there already"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn what_is_written_is_what_was_shown_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    copy(&golden::root().join("examples/enhancements"), folder.path());
    let run = |args: &[&str]| {
        let args = [args, &["--today", "2026-08-18"]].concat();
        let output = command(folder.path(), &args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let path = "veps/sig-compute/413-usb-limits-now/vep.md";
    let file = folder.path().join(path);
    let ask =
        ["draft", "USB limits: \"now\"", "--sig", "compute", "--number", "413", "--author", "juno-ashgrove"];
    let (code, out, err) = run(&ask);
    assert!(code == Some(0) && err.is_empty() && out.contains(path) && !file.exists(), "{out}{err}");
    let (code, out, err) = run(&[&ask[..], &["--write", "--format", "json"]].concat());
    assert!(code == Some(0) && err.contains(&format!("wrote {path}")), "{out}{err}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), answer["text"]);
    // The checkout's own verdict is the one that the draft told.
    let (_, out, _) = run(&["validate", "413", "--format", "json", "--detail", "full"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["documents"][0]["path"], path, "{report:#}");
    assert_eq!(rules(&answer), ["feature-gate-named"].into());
    let (_, out, _) = run(&["validate", "413"]);
    assert!(out.contains("error[feature-gate-named]") && out.matches("error[").count() == 1, "{out}");
    let (code, _, err) = run(&[&ask[..], &["--write"]].concat());
    assert!(code == Some(2) && err.contains("the number 413 is taken"), "{err}");
    // Without a number there is no folder to write to.
    let (code, _, err) = run(&["draft", "Other limits", "--sig", "compute", "--write"]);
    assert!(code == Some(1) && err.contains("nothing is written"), "{err}");
}
