//! Resources as a client attaches them: listed in pages, read, completed, listened to; and what a call tells and asks
//! on its way.

use super::stdio::{call, connect, text};
use crate::golden;
use rmcp::ErrorData;
use rmcp::handler::client::ClientHandler;
use rmcp::model::{
    ArgumentInfo, CallToolRequestParams, ClientCapabilities, ClientConfig, CompleteRequestParams,
    ElicitRequestParams, ElicitResult, ElicitationAction, Implementation, PaginatedRequestParams,
    ProgressNotificationParam, ProtocolVersion, ReadResourceRequestParams, Reference, ResourceContents,
    ServerNotification, SubscriptionFilter,
};
use rmcp::service::{
    ClientLifecycleMode, ClientServiceExt as _, NotificationContext, RequestContext, RoleClient,
    RunningService,
};
use rmcp::transport::TokioChildProcess;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const DEMO: [&str; 2] = ["serve", "--demo"];

async fn read<H: ClientHandler>(client: &RunningService<RoleClient, H>, uri: &str) -> Result<String, String> {
    let read = client.read_resource(ReadResourceRequestParams::new(uri)).await;
    let read = read.map_err(|error| error.to_string())?;
    match read.contents.as_slice() {
        [ResourceContents::TextResourceContents { uri: own, text, mime_type, .. }] => {
            assert_eq!(own, uri);
            assert!(mime_type.is_some(), "{uri}");
            Ok(text.clone())
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn resources_are_listed_in_pages_and_each_can_be_read() {
    let client = connect(Path::new("/"), &DEMO).await;
    let all = client.list_all_resources().await.unwrap();
    golden::check("tests/faces/resources.json", &format!("{:#}\n", serde_json::to_value(&all).unwrap()));
    let templates = client.list_all_resource_templates().await.unwrap();
    golden::check(
        "tests/faces/resource-templates.json",
        &format!("{:#}\n", serde_json::to_value(&templates).unwrap()),
    );
    for resource in &all {
        let text = read(&client, &resource.uri).await.unwrap();
        assert!(!text.trim().is_empty(), "{}", resource.uri);
        if let Some(size) = resource.size {
            assert_eq!(size as usize, text.len(), "{}", resource.uri);
        }
    }
    for (uri, golden) in [
        ("vep://guide/authoring", "guide-authoring.md"),
        ("vep://guide/agents", "guide-agents.md"),
        ("vep://lifecycle", "lifecycle.md"),
        ("vep://calendar/v1.10", "calendar-v1.10.md"),
        ("vep://rules/reviewers-named", "rule-reviewers-named.md"),
        ("vep://proposals/402/front-matter", "front-matter-402.json"),
        ("vep://proposals/410/report", "report-410.md"),
    ] {
        let text = read(&client, uri).await.unwrap();
        golden::check(&format!("tests/faces/resources/{golden}"), &format!("{}\n", text.trim_end()));
    }
    // The published schema is the one that is served.
    golden::check(
        "schemas/front-matter.schema.json",
        &read(&client, "vep://schema/front-matter").await.unwrap(),
    );
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn what_is_no_resource_is_told_with_the_way_out() {
    let client = connect(Path::new("/"), &DEMO).await;
    for (uri, says) in [
        ("vep://proposals/450", "Did you mean VEP-405"),
        ("vep://proposals/../../etc/passwd", "there is no resource"),
        ("vep://proposals/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "no VEP answers to"),
        ("vep://proposals/402?x=1", "there is no resource"),
        ("vep://proposals/\u{663}\u{661}", "no VEP answers to"),
        ("vep://proposals/402/repor", "there is no resource"),
        ("vep://rules/reviewer-named", "did you mean reviewers-named?"),
        ("vep://rules/implementable", "there is no rule"),
        ("vep://calendar/soon", "is no release like v1.11"),
        ("vep://calender", "did you mean vep://calendar?"),
        ("file:///etc/passwd", "all begin with vep://"),
        ("vep://x\u{202e}", "`vep://x\\u{202e}`"),
        ("", "all begin with vep://"),
    ] {
        let refused = read(&client, uri).await.unwrap_err();
        assert!(refused.contains(says) && refused.contains("-32602"), "{uri}: {refused}");
        assert!(!refused.contains('\u{202e}'));
    }
    let long = format!("vep://proposals/{}", "9".repeat(100_000));
    assert!(read(&client, &long).await.unwrap_err().len() < 600);
    let cursor = PaginatedRequestParams::default().with_cursor(Some("page 2".into()));
    let refused = client.list_resources(Some(cursor)).await.unwrap_err().to_string();
    assert!(refused.contains("unknown cursor `page 2`"), "{refused}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn what_varies_in_an_address_completes() {
    let client = connect(Path::new("/"), &DEMO).await;
    let complete = async |template: &str, argument: &str, written: &str| {
        let wanted = ArgumentInfo::new(argument, written);
        let asked = CompleteRequestParams::new(Reference::for_resource(template), wanted);
        client.complete(asked).await.map(|result| result.completion.values).map_err(|error| error.to_string())
    };
    assert_eq!(complete("vep://proposals/{number}", "number", "40").await.unwrap().len(), 9);
    assert_eq!(
        complete("vep://proposals/{number}/report", "number", "boot").await.unwrap(),
        ["402-boot-time-budget"]
    );
    assert_eq!(complete("vep://rules/{id}", "id", "before").await.unwrap(), ["before-freeze"]);
    assert_eq!(complete("vep://calendar/{release}", "release", "v1.1").await.unwrap(), ["v1.10"]);
    assert!(complete("vep://rules/{id}", "rule", "").await.unwrap_err().contains("id is"));
    assert!(complete("vep://nothing/{x}", "x", "").await.unwrap_err().contains("unknown template"));
    // What is completed is an address.
    assert!(read(&client, "vep://proposals/402-boot-time-budget").await.unwrap().contains("# VEP #402"));
    client.cancel().await.unwrap();
}

fn vep(number: usize, title: &str) -> String {
    format!(
        "---\ntitle: \"{title}\"\nvep-number: {number}\nstatus: provisional\n---\n\n# VEP #{number}: {title}\n"
    )
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

#[tokio::test]
async fn pages_hold_every_vep_once_and_stay_small() {
    let folder = tempfile::tempdir().unwrap();
    for number in 1..=130 {
        let title = format!("A feature with a title as long as titles of real features often are {number}");
        write(folder.path(), &format!("veps/sig-compute/{number}-feature/vep.md"), &vep(number, &title));
    }
    // Two with one number, one without any, one whose folder is a trap.
    write(folder.path(), "veps/sig-network/7-other/vep.md", &vep(7, "Other"));
    write(folder.path(), "veps/sig-network/a b?c/vep.md", "# VEP: Nameless\n");
    let client = connect(folder.path(), &["serve"]).await;
    let mut cursor = None;
    let mut uris = Vec::new();
    loop {
        let page = PaginatedRequestParams::default().with_cursor(cursor);
        let page = client.list_resources(Some(page)).await.unwrap();
        assert!(serde_json::to_string(&page).unwrap().len() < 8 << 10);
        uris.extend(page.resources.into_iter().map(|resource| resource.uri));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
        // Nothing is skipped and nothing comes twice where a VEP goes in between.
        fs::remove_dir_all(folder.path().join("veps/sig-compute/1-feature")).ok();
    }
    let distinct: std::collections::BTreeSet<&String> = uris.iter().collect();
    assert_eq!((distinct.len(), uris.len()), (132 + 7, 132 + 7));
    for uri in ["vep://proposals/7-other", "vep://proposals/7-feature", "vep://proposals/a%20b%3Fc"] {
        assert!(uris.iter().any(|it| it == uri), "{uri}: {uris:?}");
        read(&client, uri).await.unwrap();
    }
    let several = read(&client, "vep://proposals/7").await.unwrap_err();
    assert!(several.contains("2 proposals answer to"), "{several}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn who_listens_is_told_within_a_second_what_changed_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    for number in [7, 8] {
        write(folder.path(), &format!("veps/sig-compute/{number}-feature/vep.md"), &vep(number, "Feature"));
    }
    let client = connect(folder.path(), &["serve"]).await;
    let filter = SubscriptionFilter::builder()
        .resource_subscriptions([
            "vep://proposals/7",
            "vep://proposals/7/report",
            "vep://proposals/8",
            "vep://proposals/9",
        ])
        .resources_list_changed()
        .build();
    let mut listening = client.listen(filter).await.unwrap();
    let mut heard = async |most: Duration| {
        let mut all = Vec::new();
        let end = tokio::time::Instant::now() + most;
        while let Ok(Ok(Some(message))) = tokio::time::timeout_at(end, listening.next()).await {
            all.push(match message {
                ServerNotification::ResourceUpdatedNotification(it) => it.params.uri,
                ServerNotification::ResourceListChangedNotification(_) => "the list".into(),
                other => panic!("{other:?}"),
            });
        }
        all.sort();
        all
    };
    let second = Duration::from_millis(1000);
    // Right behind the acknowledgment, and again.
    write(
        folder.path(),
        "veps/sig-compute/7-feature/vep.md",
        &vep(7, "Feature").replace("provisional", "parked"),
    );
    assert_eq!(heard(second).await, ["vep://proposals/7", "vep://proposals/7/report"]);
    write(folder.path(), "veps/sig-compute/9-feature/vep.md", &vep(9, "Feature"));
    assert_eq!(heard(second).await, ["the list", "vep://proposals/9"]);
    fs::remove_dir_all(folder.path().join("veps/sig-compute/8-feature")).unwrap();
    assert_eq!(heard(second).await, ["the list", "vep://proposals/8"]);
    // Nothing is told where nothing changed.
    assert!(heard(second).await.is_empty());
    client.cancel().await.unwrap();
}

/// How much is done, of how much.
type Told = (f64, Option<f64>);

/// A person behind a client: what is answered, what was asked, and what was told on the way.
#[derive(Clone, Default)]
struct Person {
    answers: Option<Value>,
    asked: Arc<Mutex<Vec<String>>>,
    told: Arc<Mutex<Vec<Told>>>,
}

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        let capabilities = ClientCapabilities::builder().enable_elicitation().build();
        ClientConfig::new(capabilities, Implementation::new("person", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { requested_schema, .. } = request else { panic!() };
        self.asked.lock().unwrap().push(serde_json::to_string(&requested_schema.properties).unwrap());
        Ok(match &self.answers {
            Some(answers) => ElicitResult::new(ElicitationAction::Accept).with_content(answers.clone()),
            None => ElicitResult::new(ElicitationAction::Decline),
        })
    }

    async fn on_progress(&self, progress: ProgressNotificationParam, _: NotificationContext<RoleClient>) {
        self.told.lock().unwrap().push((progress.progress, progress.total));
    }
}

async fn person(
    folder: &Path,
    args: &[&str],
    person: Person,
    newest: bool,
) -> RunningService<RoleClient, Person> {
    let mut command = tokio::process::Command::new(super::command_line::BINARY);
    command.args(args).current_dir(folder).env_remove("VEP_REPO");
    let child = TokioChildProcess::new(command).unwrap();
    let mode = match newest {
        true => ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] },
        false => ClientLifecycleMode::Initialize,
    };
    person.serve_with_lifecycle(child, mode).await.unwrap()
}

#[tokio::test]
async fn what_a_bump_lacks_is_asked_of_the_person_who_can_give_it() {
    let bump = || {
        let arguments = json!({ "vep": 402, "to": "implementable" });
        let Value::Object(arguments) = arguments else { unreachable!() };
        CallToolRequestParams::new("prepare_status_bump").with_arguments(arguments)
    };
    for newest in [true, false] {
        for (answers, outcome, says) in [
            (Some(json!({ "reviewers": "@rei-okafor", "approvers": "@jo-lindqvist" })), "ready", "```diff"),
            (
                Some(json!({ "reviewers": "@rei-okafor", "approvers": " " })),
                "lacks something",
                "Which SIG chairs",
            ),
            (Some(json!({ "status": "implemented" })), "", "cannot be set here"),
            (None, "lacks something", "to be given as `reviewers`"),
        ] {
            let someone = Person { answers, ..Person::default() };
            let client = person(Path::new("/"), &DEMO, someone.clone(), newest).await;
            let result = client.call_tool(bump()).await.unwrap();
            let told = text(&result);
            assert!(told.contains(says) && told.contains(outcome), "{newest}: {told}");
            let asked = someone.asked.lock().unwrap().clone();
            assert_eq!(asked.len(), 1, "a person is asked once");
            assert!(asked[0].contains("Who has agreed to review it?"), "{}", asked[0]);
            client.cancel().await.unwrap();
        }
    }
    // Where nobody can be asked the questions stand in the result.
    let client = connect(Path::new("/"), &DEMO).await;
    let result = call(&client, "prepare_status_bump", json!({ "vep": 402, "to": "implementable" })).await;
    assert!(text(&result).contains("to be given as `approvers`"));
    client.cancel().await.unwrap();
}

/// Writes so many VEPs that differ in their number only.
pub fn alike(folder: &Path, count: u64) {
    let text = fs::read_to_string(
        golden::root().join("examples/enhancements/veps/sig-compute/402-boot-time-budget/vep.md"),
    );
    let text = text.unwrap();
    for number in 1..=count {
        write(
            folder,
            &format!("veps/sig-compute/{number}-feature/vep.md"),
            &text.replace("402", &number.to_string()),
        );
    }
}

#[tokio::test]
async fn long_work_says_how_far_it_is() {
    let folder = tempfile::tempdir().unwrap();
    alike(folder.path(), 4000);
    for newest in [true, false] {
        let someone = Person::default();
        let client = person(folder.path(), &["serve"], someone.clone(), newest).await;
        client.call_tool(CallToolRequestParams::new("validate_vep")).await.unwrap();
        let told = someone.told.lock().unwrap().clone();
        assert!(!told.is_empty(), "{newest}");
        assert!(told.windows(2).all(|pair| pair[0].0 < pair[1].0), "it only grows: {told:?}");
        assert!(told.iter().all(|(done, total)| *total == Some(4000.0) && *done <= 4000.0), "{told:?}");
        client.cancel().await.unwrap();
    }
}
