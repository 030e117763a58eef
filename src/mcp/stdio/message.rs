//! What a line says: a message, nothing, or something that has to be refused.
//!
//! rmcp reads messages too, but says nothing about a line that is no JSON, and takes a request whose
//! parameters do not fit for one of a method that it does not know.

use crate::text::code_up_to;
use rmcp::ErrorData;
use rmcp::model::{
    CallToolRequest, ClientJsonRpcMessage, ClientRequest, CompleteRequest, DiscoverRequest, ErrorCode,
    GetPromptRequest, InitializeRequest, ListPromptsRequest, ListResourceTemplatesRequest,
    ListResourcesRequest, ListToolsRequest, PingRequest, ReadResourceRequest, RequestId,
    ServerJsonRpcMessage, SubscriptionsListenRequest,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Longest cause that is quoted: it may repeat what the client wrote.
const MOST_CAUSE: usize = 400;

/// Most values in a message. A value of two bytes takes a hundred in memory, so the length of a line alone
/// is no bound; no tool has a use for so many.
const MOST_VALUES: usize = 1 << 17;

/// Why a line was refused, to whom it may concern.
///
/// The id is left out where none could be read. JSON-RPC has `null` there, but an id of MCP is never null:
/// `JSONRPCErrorResponse` of the schema declares `id?: RequestId`, a string or a number.
#[derive(Debug, PartialEq)]
pub struct Refusal {
    id: Option<RequestId>,
    why: Box<ErrorData>,
}

impl From<Refusal> for ServerJsonRpcMessage {
    fn from(refusal: Refusal) -> Self {
        Self::error(*refusal.why, refusal.id)
    }
}

impl Refusal {
    fn new(code: ErrorCode, what: impl Into<String>, id: Option<RequestId>) -> Self {
        Self { id, why: Box::new(ErrorData::new(code, what.into(), None)) }
    }

    fn invalid(what: &str, id: Option<RequestId>) -> Self {
        Self::new(ErrorCode::INVALID_REQUEST, format!("Invalid request: {what}"), id)
    }

    /// What is not read to its end cannot be parsed.
    pub fn too_long(most: usize) -> Self {
        let what = format!("Parse error: the line has more than {most} bytes and was not read");
        Self::new(ErrorCode::PARSE_ERROR, what, None)
    }

    fn too_many() -> Self {
        let what = format!("Parse error: the line has more than {MOST_VALUES} values and was not read");
        Self::new(ErrorCode::PARSE_ERROR, what, None)
    }

    pub fn in_use(id: RequestId) -> Self {
        Self::invalid("another request with this id has no answer yet", Some(id))
    }

    pub fn too_many_listens(id: RequestId, most: usize) -> Self {
        let what = format!("{most} subscriptions are open; cancel one of them first");
        Self::new(ErrorCode::INTERNAL_ERROR, what, Some(id))
    }
}

/// Reads a line. Nothing is what needs no answer and leads to nothing: a blank line, a notification that
/// cannot be understood, an answer that is none.
pub fn read(line: &[u8]) -> Result<Option<ClientJsonRpcMessage>, Refusal> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    if values(line) > MOST_VALUES {
        return Err(Refusal::too_many());
    }
    let value: Value = serde_json::from_slice(line).map_err(|error| {
        let what = format!("Parse error: {}", code_up_to(&error.to_string(), MOST_CAUSE));
        Refusal::new(ErrorCode::PARSE_ERROR, what, None)
    })?;
    let Value::Object(members) = value else {
        let what = if value.is_array() { "batches are not spoken" } else { "a message is a JSON object" };
        return Err(Refusal::invalid(what, None));
    };
    let answers = members.contains_key("result") || members.contains_key("error");
    // An answer must not be answered in any case: two sides that refuse each other's refusals would never come to
    // an end.
    if answers && !members.contains_key("method") {
        return Ok(serde_json::from_value(Value::Object(members)).ok());
    }
    let id = id(&members)?;
    if members.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(Refusal::invalid("`jsonrpc` is not \"2.0\"", id));
    }
    match members.get("method") {
        Some(Value::String(_)) if !answers => {}
        Some(Value::String(_)) => return Err(Refusal::invalid("it is a request and an answer at once", id)),
        Some(_) => return Err(Refusal::invalid("`method` is not a string", id)),
        None => return Err(Refusal::invalid("there is no `method`", id)),
    }
    match id {
        Some(id) => request(members, id).map(Some),
        None => Ok(serde_json::from_value(Value::Object(members)).ok()),
    }
}

/// How many values a line has at most: each but the first comes after one of three characters.
fn values(line: &[u8]) -> usize {
    let (mut count, mut quoted, mut escaped) = (1, false, false);
    for byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b',' | b'[' | b'{' if !quoted => count += 1,
            _ => {}
        }
    }
    count
}

/// The id, if there is one; only a string or an integer is one.
fn id(members: &Map<String, Value>) -> Result<Option<RequestId>, Refusal> {
    let Some(id) = members.get("id") else { return Ok(None) };
    RequestId::deserialize(id)
        .map(Some)
        .map_err(|_| Refusal::invalid("`id` is neither a string nor an integer of 64 bits", None))
}

fn request(members: Map<String, Value>, id: RequestId) -> Result<ClientJsonRpcMessage, Refusal> {
    let invalid = |why: &str| {
        let what = format!("Invalid params: {}", code_up_to(why, MOST_CAUSE));
        Refusal::new(ErrorCode::INVALID_PARAMS, what, Some(id.clone()))
    };
    let object = |value: Option<&Value>| value.is_none_or(|value| value.is_object() || value.is_null());
    let params = members.get("params");
    if !object(params) {
        return Err(invalid("`params` is not an object"));
    }
    if !object(params.and_then(|params| params.get("_meta"))) {
        return Err(invalid("`_meta` is not an object"));
    }
    // rmcp takes the parameters of a list for none at all where they do not fit.
    let listing =
        members.get("method").and_then(Value::as_str).is_some_and(|method| method.ends_with("/list"));
    let cursor = params.and_then(|params| params.get("cursor"));
    if listing && cursor.is_some_and(|cursor| !cursor.is_string() && !cursor.is_null()) {
        return Err(invalid("`cursor` is not a string"));
    }
    let message: ClientJsonRpcMessage =
        serde_json::from_value(Value::Object(members)).map_err(|error| invalid(&error.to_string()))?;
    if let ClientJsonRpcMessage::Request(request) = &message
        && let ClientRequest::CustomRequest(custom) = &request.request
        && let Some((_, misfit)) = METHODS.iter().find(|(method, _)| *method == custom.method)
    {
        let mut body = json!({ "method": custom.method });
        if let (Some(body), Some(params)) = (body.as_object_mut(), &custom.params) {
            body.insert("params".into(), params.clone());
        }
        return Err(invalid(&misfit(&body)));
    }
    Ok(message)
}

/// Why a request is not one of its method.
type Misfit = fn(&Value) -> String;

fn misfit<R: DeserializeOwned>(body: &Value) -> String {
    match R::deserialize(body) {
        Ok(_) => "they do not fit the method".into(),
        Err(why) => why.to_string(),
    }
}

/// The methods that a client can ask for; those that the protocol has given up are absent on purpose. A request that rmcp reads as none of its own although its method
/// is here has parameters that do not fit.
const METHODS: &[(&str, Misfit)] = &[
    ("completion/complete", misfit::<CompleteRequest>),
    ("initialize", misfit::<InitializeRequest>),
    ("ping", misfit::<PingRequest>),
    ("prompts/get", misfit::<GetPromptRequest>),
    ("prompts/list", misfit::<ListPromptsRequest>),
    ("resources/list", misfit::<ListResourcesRequest>),
    ("resources/read", misfit::<ReadResourceRequest>),
    ("resources/templates/list", misfit::<ListResourceTemplatesRequest>),
    ("server/discover", misfit::<DiscoverRequest>),
    ("subscriptions/listen", misfit::<SubscriptionsListenRequest>),
    ("tools/call", misfit::<CallToolRequest>),
    ("tools/list", misfit::<ListToolsRequest>),
];
