//! Elicitation: what only a person can give is asked of that person, where the client offers it.
//!
//! A client of the newest revision gets the questions as its result and calls again with the answers; an older one is
//! asked in the middle of the call. Who declines, and whoever has no client that offers it, gets the plain result,
//! in which the same questions stand.
//!
//! Absent on purpose: state. The call is made again with what was given, and judged again.

use rmcp::model::{
    ClientResult, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema,
    InputRequest, InputRequests, InputRequiredResult, InputResponses, JsonObject, PrimitiveSchemaDefinition,
    ProtocolVersion, ServerRequest, StringSchema,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::Value;
use std::time::Duration;

/// The name under which the answers come back.
const INPUTS: &str = "inputs";

/// Longest answer.
const MOST_TEXT: u32 = 300;

/// How long a person may think, where the call waits for it.
const MOST_THOUGHT: Duration = Duration::from_secs(300);

/// The questions that a tool's answer leaves: the input of `set`, and the question.
pub(super) type Asks = [(String, &'static str)];

/// What became of the questions.
pub(super) enum Asked {
    /// The client is to ask, and to call again.
    Later(InputRequiredResult),
    /// A person has answered: `key=value`.
    Given(Vec<String>),
    /// Nobody is there to ask, or nobody wants to answer.
    Nobody,
}

/// Asks the person behind a client, in the way of its revision.
pub(super) async fn ask(asks: &Asks, what: &str, context: &RequestContext<RoleServer>) -> Asked {
    let offers = context.client_capabilities().and_then(|client| client.elicitation);
    // A capability without kinds means forms, as it was when there was one kind.
    if asks.is_empty() || !offers.is_some_and(|it| it.form.is_some() || it.url.is_none()) {
        return Asked::Nobody;
    }
    let Some(request) = request(asks, what) else { return Asked::Nobody };
    if context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28) {
        let requests = InputRequests::from([(INPUTS.to_owned(), InputRequest::Elicitation(request))]);
        return Asked::Later(InputRequiredResult::from_input_requests(requests));
    }
    let asked = context.peer.send_request(ServerRequest::ElicitRequest(request));
    match tokio::time::timeout(MOST_THOUGHT, asked).await {
        Ok(Ok(ClientResult::ElicitResult(result))) => given(result),
        _ => Asked::Nobody,
    }
}

/// The answers that a client brings when it calls again; none where they are no answers to our questions.
pub(super) fn brought(responses: &InputResponses) -> Asked {
    let result = responses.get(INPUTS).cloned().map(serde_json::from_value::<ElicitResult>);
    result.and_then(Result::ok).map_or(Asked::Nobody, given)
}

fn given(result: ElicitResult) -> Asked {
    let (ElicitationAction::Accept, Some(Value::Object(content))) = (result.action, result.content) else {
        return Asked::Nobody;
    };
    let texts = content.iter().filter_map(|(key, value)| Some((key, value.as_str()?.trim())));
    let given: Vec<String> =
        texts.filter(|(_, text)| !text.is_empty()).map(|(key, text)| format!("{key}={text}")).collect();
    if given.is_empty() { Asked::Nobody } else { Asked::Given(given) }
}

/// The arguments with what was given added to `set`.
pub(super) fn with_given(mut arguments: JsonObject, given: Vec<String>) -> JsonObject {
    let mut set = match arguments.remove("set") {
        Some(Value::Array(set)) => set,
        Some(Value::Null) | None => vec![],
        Some(one) => vec![one],
    };
    set.extend(given.into_iter().map(Value::from));
    arguments.insert("set".into(), set.into());
    arguments
}

fn request(asks: &Asks, what: &str) -> Option<ElicitRequest> {
    let mut schema = ElicitationSchema::builder();
    for (input, question) in asks {
        let text = StringSchema::new().title(input.clone()).description(*question).max_length(MOST_TEXT);
        schema = schema.property(input.clone(), PrimitiveSchemaDefinition::String(text));
    }
    let message = format!(
        "{what} lacks what only a person can give. Leave open what is not agreed yet; a name is a promise that this person made."
    );
    Some(ElicitRequest::new(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message,
        requested_schema: schema.build().ok()?,
    }))
}
