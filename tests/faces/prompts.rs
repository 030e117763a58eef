//! The prompts as a client gets them: listed, filled, completed, and refused with the way out.

use super::stdio::connect;
use crate::golden;
use rmcp::model::{
    ArgumentInfo, CompleteRequestParams, ContentBlock, GetPromptRequestParams, GetPromptResult, Reference,
};
use serde_json::{Value, json};
use std::path::Path;

const DEMO: [&str; 2] = ["serve", "--demo"];

fn asked(name: &str, arguments: Value) -> GetPromptRequestParams {
    let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
    GetPromptRequestParams::new(name).with_arguments(arguments)
}

fn text(result: &GetPromptResult) -> &str {
    match result.messages.as_slice() {
        [message] => match &message.content {
            ContentBlock::Text(text) => &text.text,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn prompts_are_listed_and_filled_with_what_the_server_knows() {
    let client = connect(Path::new("/"), &DEMO).await;
    let prompts = client.list_all_prompts().await.unwrap();
    golden::check("tests/faces/prompts.json", &format!("{:#}\n", serde_json::to_value(&prompts).unwrap()));
    for (golden, name, arguments) in [
        ("bump-status", "bump-status", json!({ "vep": "402", "to": "implementable", "release": "v1.10" })),
        ("bump-status-unsaid", "bump-status", json!({ "vep": "406" })),
        ("review-vep", "review-vep", json!({ "vep": "405", "release": "v1.10" })),
        (
            "draft-vep",
            "draft-vep",
            json!({ "title": "Budgets for `boot` ``` {{ title }}", "summary": "Machines start in time.", "sig": "sig-compute", "release": "v1.10" }),
        ),
        ("draft-vep-unsaid", "draft-vep", json!({ "title": "Boot time budgets" })),
        ("migrate-vep", "migrate-vep", json!({ "vep": "410" })),
        ("prepare-freeze", "prepare-freeze", json!({ "release": "v1.10", "sig": "sig-compute" })),
        ("triage-release", "triage-release", json!({ "release": "v1.10" })),
    ] {
        let filled = client.get_prompt(asked(name, arguments)).await.unwrap();
        golden::check(&format!("tests/faces/prompt-{golden}.md"), text(&filled));
    }
    for (name, arguments, says) in [
        ("bump-status", json!({}), "the prompt bump-status needs vep"),
        ("bump-status", json!({ "vep": "402", "state": "deferred" }), "`state` is no argument"),
        ("review-vep", json!({ "vep": "999" }), "no VEP answers to `999`"),
        ("review-vep", json!({ "vep": "402", "release": "soon" }), "`soon` is no release like v1.11"),
        ("triage-release", json!({ "release": "v1.10", "sig": "netwrk" }), "did you mean `sig-network`?"),
        ("bump-status", json!({ "vep": "402", "to": "defered" }), "did you mean deferred?"),
        ("bump", json!({}), "unknown prompt `bump`; there are: bump-status, draft-vep"),
    ] {
        let refused = client.get_prompt(asked(name, arguments)).await.unwrap_err().to_string();
        assert!(refused.contains(says), "{refused}");
    }
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn every_argument_completes() {
    let client = connect(Path::new("/"), &DEMO).await;
    let complete = async |prompt: &str, argument: &str, written: &str| {
        let wanted = ArgumentInfo::new(argument, written);
        let asked = CompleteRequestParams::new(Reference::for_prompt(prompt), wanted);
        client.complete(asked).await.map(|result| result.completion.values)
    };
    assert_eq!(complete("bump-status", "to", "imp").await.unwrap(), ["implementable", "implemented"]);
    assert_eq!(complete("bump-status", "release", "1.1").await.unwrap(), ["v1.10"]);
    assert_eq!(complete("bump-status", "vep", "402").await.unwrap(), ["402-boot-time-budget"]);
    assert_eq!(complete("review-vep", "vep", "boot").await.unwrap(), ["402-boot-time-budget"]);
    assert_eq!(complete("review-vep", "vep", "").await.unwrap().len(), 12);
    assert_eq!(complete("prepare-freeze", "sig", "net").await.unwrap(), ["sig-network"]);
    assert!(complete("review-vep", "vep", "zebra").await.unwrap().is_empty());
    assert!(complete("review-vep", "vap", "").await.unwrap_err().to_string().contains("did you mean vep?"));
    assert!(complete("revue", "vep", "").await.unwrap_err().to_string().contains("unknown prompt"));
    client.cancel().await.unwrap();
}
