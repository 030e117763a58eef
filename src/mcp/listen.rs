//! Subscriptions: a client that listens is told within a second what changed on disk.
//!
//! As long as somebody listens the checkout is looked at again and again. That costs a look at each file's stamp;
//! only where a document did change the resources that are listened to are made again and compared. A watcher of
//! the operating system would be quicker and would miss what it is not told (network file systems, containers).

use super::{Server, resources};
use crate::document::Document;
use crate::world::World;
use rmcp::ErrorData;
use rmcp::service::SubscriptionContext;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Between two looks, at least; a checkout that takes longer to look at is looked at less often.
const PAUSE: Duration = Duration::from_millis(300);
/// The same for a checkout that is fetched, which is refreshed every few minutes anyway.
const REMOTE_PAUSE: Duration = Duration::from_secs(10);

/// How many addresses one client may listen to.
pub(super) const MOST_ADDRESSES: usize = 200;

/// What was there when it was last looked at.
#[derive(Default)]
struct Seen {
    documents: Vec<Arc<Document>>,
    /// What the world says beside its documents, as far as a resource shows it.
    beside: String,
    /// The addresses with their texts; none where there is no such resource.
    texts: BTreeMap<String, Option<String>>,
    /// What the list of resources is made of.
    list: String,
}

/// Tells a client what changes, until it stops listening.
pub(super) async fn listen(server: &Server, subscription: SubscriptionContext) -> Result<(), ErrorData> {
    let filter = subscription.accepted().clone();
    let addresses = filter.resource_subscriptions.clone().unwrap_or_default();
    let wants_list = filter.resources_list_changed == Some(true);
    let noticed = server.noticed.lock().unwrap_or_else(PoisonError::into_inner).take();
    let mut seen = match noticed {
        Some(world) => {
            let addresses = addresses.clone();
            server.apart(move |server| Ok(compared(server, &world, &addresses, Seen::default()).0)).await?
        }
        None => Seen::default(),
    };
    loop {
        let begun = Instant::now();
        let looked = look(server, addresses.clone(), seen).await;
        let changes;
        // A checkout that cannot be read for a moment (a rebase, an editor) has not changed.
        (seen, changes) = looked.unwrap_or_default();
        for address in changes.addresses {
            let _ = subscription.sink().notify_resource_updated(address).await;
        }
        if changes.list && wants_list {
            let _ = subscription.sink().notify_resource_list_changed().await;
        }
        let is_far = server.outside.is_remote() || server.outside.reaches_out();
        let pause = if is_far { REMOTE_PAUSE } else { PAUSE }.max(begun.elapsed());
        tokio::select! {
            () = subscription.cancelled() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

#[derive(Default)]
struct Changes {
    addresses: Vec<String>,
    list: bool,
}

async fn look(server: &Server, addresses: Vec<String>, seen: Seen) -> Result<(Seen, Changes), ErrorData> {
    server
        .apart(move |server| {
            let Ok(world) = server.outside.load(None) else { return Ok((seen, Changes::default())) };
            Ok(compared(server, &world, &addresses, seen))
        })
        .await
}

fn compared(server: &Server, world: &World, addresses: &[String], seen: Seen) -> (Seen, Changes) {
    let documents: Vec<Arc<Document>> = world.head.documents().cloned().collect();
    let beside = format!("{} {:?}", world.today, world.calendar);
    // What was not read again is the same document.
    let same = documents.len() == seen.documents.len()
        && documents.iter().zip(&seen.documents).all(|(now, was)| Arc::ptr_eq(now, was));
    if same && beside == seen.beside && !seen.documents.is_empty() {
        return (seen, Changes::default());
    }
    let text = |address: &String| {
        let read = resources::read(&server.tools, world, address).ok();
        (address.clone(), read.map(|read| format!("{:?}", read.contents)))
    };
    let texts: BTreeMap<String, Option<String>> = addresses.iter().map(text).collect();
    let list: Vec<String> = world
        .head
        .proposals()
        .iter()
        .filter_map(|document| resources::resource(document, &world.head))
        .map(|resource| format!("{} {:?}", resource.uri, resource.title))
        .collect();
    let now = Seen { documents, beside, texts, list: list.join("\n") };
    // The first look has nothing to compare with.
    let first = seen.beside.is_empty();
    let is_other = |(address, text): &(&String, &Option<String>)| seen.texts.get(*address) != Some(*text);
    let changed = now.texts.iter().filter(is_other).map(|(address, _)| address.clone());
    let changes = match first {
        true => Changes::default(),
        false => Changes { addresses: changed.collect(), list: now.list != seen.list },
    };
    (now, changes)
}
