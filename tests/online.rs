//! Schedules over the network, against servers that behave and servers that do not. Whatever they do the answer comes
//! in time, says where its dates are from, and leaves the cache as a cache should be.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longer than the limit of a question, shorter than anybody's patience; a loaded machine is slow.
const LIMIT: Duration = Duration::from_secs(15);

/// A schedule with one freeze.
fn schedule(freeze: &str, ga: &str) -> String {
    format!(
        "- when: {freeze}\n  what: Virtualization Enhancement Proposal (VEP) Freeze\n- when: {ga}\n  milestone: '**KubeVirt GA**'\n  who: KubeVirt\n"
    )
}

type Asked = Arc<Mutex<Vec<String>>>;

/// A server on this machine that answers each request as it is told.
struct Server {
    url: String,
    asked: Asked,
}

impl Server {
    fn new(answer: impl Fn(&str, &mut dyn Write) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Asked = Arc::default();
        let (heard, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (heard, answer) = (Arc::clone(&heard), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let request = request(&mut stream);
                    heard.lock().unwrap().push(request.clone());
                    answer(&request, &mut stream);
                });
            }
        });
        Self { url, asked }
    }

    /// A server that has the schedules of some releases.
    fn with(releases: &'static [(&'static str, &'static str, &'static str)]) -> Self {
        Self::new(move |request, stream| {
            let found =
                releases.iter().find(|(release, ..)| request.contains(&format!("/releases/{release}/")));
            match found {
                None => send(stream, "404 Not Found", "", "not here"),
                Some(_) if request.to_lowercase().contains("if-none-match: \"e1\"") => {
                    send(stream, "304 Not Modified", "", "");
                }
                Some((_, freeze, ga)) => send(stream, "200 OK", "ETag: \"e1\"\r\n", &schedule(freeze, ga)),
            }
        })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// The head of a request.
fn request(stream: &mut impl Read) -> String {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 1024]);
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(read) => bytes.extend(&buffer[..read]),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn send(stream: &mut (impl Write + ?Sized), status: &str, headers: &str, body: &str) {
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
}

/// A person with a cache and an empty checkout of their own.
struct Person {
    home: tempfile::TempDir,
}

struct Answer {
    json: Value,
    took: Duration,
}

impl Answer {
    fn calendar(&self) -> &str {
        self.json["calendar"].as_str().unwrap()
    }

    fn freeze(&self) -> &Value {
        &self.json["releases"][0]["vep_freeze"]
    }
}

impl Person {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("enhancements/veps")).unwrap();
        Self { home }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vep-mcp"));
        for proxy in [
            "ALL_PROXY",
            "HTTPS_PROXY",
            "HTTP_PROXY",
            "NO_PROXY",
            "all_proxy",
            "https_proxy",
            "http_proxy",
            "no_proxy",
        ] {
            command.env_remove(proxy);
        }
        command.env("XDG_CACHE_HOME", self.home.path().join("cache")).env_remove("VEP_ONLINE");
        command.current_dir(self.home.path().join("enhancements"));
        command
    }

    fn freeze(&self, release: &str, url: &str, args: &[&str]) -> Answer {
        self.freeze_with(self.command(), release, url, args)
    }

    fn freeze_with(&self, mut command: Command, release: &str, url: &str, args: &[&str]) -> Answer {
        let begun = Instant::now();
        let out = command
            .args(["freeze", release, "--format", "json", "--schedules-url", url])
            .args(args)
            .output()
            .unwrap();
        let took = begun.elapsed();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        assert!(took < LIMIT, "it took {took:?}");
        Answer { json: serde_json::from_slice(&out.stdout).unwrap(), took }
    }

    /// The files that are kept.
    fn kept(&self) -> Vec<PathBuf> {
        let folder = self.home.path().join("cache/vep-mcp/schedules");
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// Makes everything that is kept so many days older.
    fn age(&self, days: i64) {
        for file in self.kept() {
            let mut sealed: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
            let checked: jiff::Timestamp = sealed["kept"]["checked"].as_str().unwrap().parse().unwrap();
            let then = checked - jiff::SignedDuration::from_hours(24 * days);
            sealed["kept"]["checked"] = json!(then.to_string());
            let digest = Sha256::digest(serde_json::to_vec(&sealed["kept"]).unwrap());
            sealed["sha256"] = json!(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
            fs::write(file, serde_json::to_vec(&sealed).unwrap()).unwrap();
        }
    }
}

const NEXT: &[(&str, &str, &str)] = &[
    ("v1.9", "2026/04/30", "2026/07/22"),
    ("v1.10", "2026/09/02", "2026/11/18"),
    ("v1.11", "2027/01/13", "2027/03/31"),
];

#[test]
fn what_the_network_has_is_fetched_kept_and_asked_for_again_only_when_it_changed() {
    let (server, person) = (Server::with(NEXT), Person::new());
    let answer = person.freeze("v1.11", &server.url, &["--online"]);
    assert_eq!(answer.freeze(), "2027-01-13");
    let host = server.url.trim_start_matches("http://");
    assert!(
        answer.calendar().starts_with(&format!("the schedules at http://{host}, recorded today; v1.6 to "))
    );
    let first = server.asked();
    assert!(first.last().unwrap().starts_with("GET /releases/v1.12/schedule.yaml "), "{first:?}");
    assert!(first[0].to_lowercase().contains("user-agent: vep-mcp/"), "{first:?}");
    // For a few minutes nothing is asked again, not even what was not there.
    assert_eq!(person.freeze("v1.11", &server.url, &["--online"]).freeze(), "2027-01-13");
    assert_eq!(server.asked().len(), first.len());
    // Then only whether it changed.
    person.age(3);
    let answer = person.freeze("v1.11", &server.url, &["--online"]);
    assert_eq!(answer.freeze(), "2027-01-13");
    assert!(answer.calendar().contains(", recorded today;"), "{}", answer.calendar());
    let again = server.asked().split_off(first.len());
    assert_eq!(again.len(), first.len());
    let asks = |request: &&String| request.to_lowercase().contains("if-none-match: \"e1\"");
    assert_eq!(
        again.iter().filter(asks).count(),
        first.len() - 1,
        "what was there is asked for by its tag: {again:?}"
    );
}

#[test]
fn a_release_that_nobody_has_is_unknown() {
    let (server, person) = (Server::with(&NEXT[..2]), Person::new());
    let answer = person.freeze("v1.11", &server.url, &["--online"]);
    assert_eq!(*answer.freeze(), Value::Null);
    assert_eq!(answer.json["releases"][0]["unknown"], "there is no schedule of it");
    assert!(answer.json["releases"][0]["rhythm"].as_str().unwrap().contains("That is no date"));
}

#[test]
fn a_newer_source_that_disagrees_is_told() {
    let moved: &[(&str, &str, &str)] =
        &[("v1.9", "2026/04/30", "2026/07/22"), ("v1.10", "2026/09/16", "2026/11/18")];
    let (server, person) = (Server::with(moved), Person::new());
    let answer = person.freeze("v1.10", &server.url, &["--online"]);
    assert_eq!(
        answer.freeze(),
        "2026-09-16",
        "what is newer comes first where nothing lies beside the checkout"
    );
    assert!(
        answer.calendar().contains("but v1.10: VEP Freeze 2026-09-02, not 2026-09-16 according to built-in")
    );
    assert!(answer.calendar().contains("which is older (2026-07-23)"));
    // A checkout of sig-release that lies beside comes first, and what is newer says otherwise.
    let beside = person.home.path().join("sig-release/releases/v1.10");
    fs::create_dir_all(&beside).unwrap();
    fs::write(beside.join("schedule.yaml"), schedule("2026-09-09", "2026-11-18")).unwrap();
    let old = std::time::SystemTime::now() - Duration::from_secs(40 * 24 * 3600);
    fs::File::options().write(true).open(beside.join("schedule.yaml")).unwrap().set_modified(old).unwrap();
    for args in [&["--online"][..], &["--offline"]] {
        let answer = person.freeze("v1.10", &server.url, args);
        assert_eq!(answer.freeze(), "2026-09-09");
        let told = answer.calendar();
        assert!(
            told.starts_with(
                "the checkout of sig-release beside this one (last changed on this disk), recorded"
            ),
            "{told}"
        );
        assert!(
            told.contains("VEP Freeze 2026-09-16, not 2026-09-09 according to")
                && told.contains("which is newer"),
            "{told}"
        );
    }
    // Without being asked for, the network has no say.
    let told = person.freeze("v1.10", &server.url, &[]);
    assert!(told.calendar().contains("according to built-in") && !told.calendar().contains("newer"));
}

/// How a server goes wrong, and what is then said of it.
type Wrong = (&'static str, fn(&str, &mut dyn Write), &'static str);

const WRONG: &[Wrong] = &[
    ("500", |_, stream| send(stream, "500 Internal Server Error", "", "oh"), "status 500"),
    ("forbidden", |_, stream| send(stream, "403 Forbidden", "", "no"), "status 403"),
    ("not HTTP", |_, stream| drop(stream.write_all(b"SSH-2.0-OpenSSH\r\n")), "did not answer"),
    ("nothing at all", |_, _| {}, "did not answer"),
    (
        "a slow head",
        |_, stream| {
            std::thread::sleep(LIMIT);
            send(stream, "200 OK", "", "late");
        },
        "it took over 5 s",
    ),
    (
        "a slow body",
        |_, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n");
            while stream.write_all(b"-").and_then(|()| stream.flush()).is_ok() {
                std::thread::sleep(Duration::from_millis(100));
            }
        },
        "it took over 5 s",
    ),
    (
        "a cut body",
        |_, stream| {
            let body = schedule("2027/02/02", "2027/04/04");
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n{body}");
        },
        "did not answer",
    ),
    (
        "a redirect loop",
        |_, stream| send(stream, "302 Found", "Location: /releases/v1.10/schedule.yaml\r\n", ""),
        "it leads on more than 3 times",
    ),
    ("a 304 that nobody asked for", |_, stream| send(stream, "304 Not Modified", "", ""), "nothing"),
    (
        "not UTF-8",
        |_, stream| {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n\xff\xfe");
        },
        "is not UTF-8",
    ),
    (
        "garbage",
        |_, stream| send(stream, "200 OK", "", "<html>rate limited</html>"),
        "cannot be used: no list of rows",
    ),
    ("an empty list", |_, stream| send(stream, "200 OK", "", "[]\n"), "it has no row that could be used"),
    (
        "a YAML bomb",
        |_, stream| send(stream, "200 OK", "", "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
        "cannot be used",
    ),
    ("deep YAML", |_, stream| send(stream, "200 OK", "", &"[".repeat(100_000)), "cannot be used"),
];

#[test]
fn whatever_a_server_does_the_answer_is_honest_and_in_time() {
    std::thread::scope(|scope| {
        for (name, answer, says) in WRONG {
            scope.spawn(move || {
                // With nothing kept the snapshot counts.
                let (server, person) = (Server::new(answer), Person::new());
                let told = person.freeze("v1.10", &server.url, &["--online"]);
                assert_eq!(told.freeze(), "2026-09-02", "{name}");
                assert!(told.calendar().contains(says), "{name}: {}", told.calendar());
                assert!(told.calendar().starts_with("built-in snapshot"), "{name}: {}", told.calendar());
                assert_eq!(
                    person.kept(),
                    [""; 0].map(PathBuf::from),
                    "{name}: nothing that is wrong is kept"
                );
                let told = person.freeze("v1.11", &server.url, &["--online"]);
                assert_eq!(*told.freeze(), Value::Null, "{name}");
            });
        }
    });
}

#[test]
fn what_was_kept_counts_with_its_age_where_the_network_does_not_answer() {
    std::thread::scope(|scope| {
        for (name, answer, says) in WRONG.iter().filter(|(name, ..)| !name.starts_with("a 304")) {
            scope.spawn(move || {
                let is_well = Arc::new(AtomicUsize::new(1));
                let (well, good) = (Arc::clone(&is_well), Server::with(NEXT));
                let server = Server::new(move |request, stream| match well.load(Ordering::Relaxed) {
                    1 => {
                        // What the good one says, through the bad one.
                        let mut to = TcpStream::connect(good.url.trim_start_matches("http://")).unwrap();
                        to.write_all(request.as_bytes()).unwrap();
                        let _ = std::io::copy(&mut to, stream);
                    }
                    _ => answer(request, stream),
                });
                let person = Person::new();
                assert_eq!(
                    person.freeze("v1.11", &server.url, &["--online"]).freeze(),
                    "2027-01-13",
                    "{name}"
                );
                person.age(4);
                let before: Vec<Vec<u8>> = person.kept().iter().map(|file| fs::read(file).unwrap()).collect();
                is_well.store(0, Ordering::Relaxed);
                let told = person.freeze("v1.11", &server.url, &["--online"]);
                assert_eq!(told.freeze(), "2027-01-13", "{name}");
                assert!(
                    told.calendar().contains("4 days ago") && told.calendar().contains(says),
                    "{name}: {}",
                    told.calendar()
                );
                let after: Vec<Vec<u8>> = person.kept().iter().map(|file| fs::read(file).unwrap()).collect();
                assert_eq!(before, after, "{name}: what is kept stays as it was");
                // And where nobody may ask, nobody is asked.
                let asked = server.asked().len();
                let told = person.freeze("v1.11", &server.url, &["--offline"]);
                assert_eq!((told.freeze(), server.asked().len()), (&json!("2027-01-13"), asked), "{name}");
                assert!(
                    told.calendar().starts_with("what was kept of the schedules at http://127"),
                    "{name}"
                );
            });
        }
    });
}

#[test]
fn a_hundred_megabytes_are_not_read() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let server = Server::new(move |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
        let chunk = vec![b'#'; 1 << 16];
        while count.load(Ordering::Relaxed) < 100_000_000 && stream.write_all(&chunk).is_ok() {
            count.fetch_add(chunk.len(), Ordering::Relaxed);
        }
    });
    let person = Person::new();
    let told = person.freeze("v1.10", &server.url, &["--online"]);
    assert!(told.calendar().contains("more than 262144 bytes"), "{}", told.calendar());
    assert!(told.took < LIMIT, "{:?}", told.took);
    assert!(sent.load(Ordering::Relaxed) < 50_000_000, "{sent:?} bytes were taken");
}

#[test]
fn without_a_network_the_disk_answers() {
    let person = Person::new();
    for url in
        ["http://127.0.0.1:1", "http://no-such-host.invalid", "https://127.0.0.1:1", "no address", "ftp://x"]
    {
        let told = person.freeze("v1.10", url, &["--online"]);
        assert_eq!(told.freeze(), "2026-09-02", "{url}");
        assert!(told.calendar().contains("did not answer"), "{url}: {}", told.calendar());
    }
    let told = person.freeze("v1.10", "http://127.0.0.1:1", &["--offline"]);
    assert!(
        told.calendar().ends_with(" days ago"),
        "where nothing was kept the snapshot is all: {}",
        told.calendar()
    );
}

#[test]
fn an_address_that_has_nothing_is_told() {
    let (server, person) = (Server::with(&[]), Person::new());
    let told = person.freeze("v1.10", &server.url, &["--online"]);
    assert_eq!(told.freeze(), "2026-09-02");
    assert!(
        told.calendar().contains("has no schedule of what comes; is it the right address?"),
        "{}",
        told.calendar()
    );
}

#[test]
fn nothing_is_asked_unless_that_is_asked_for() {
    let (server, person) = (Server::with(NEXT), Person::new());
    let told = person.freeze("v1.11", &server.url, &[]);
    assert_eq!((told.freeze(), server.asked().len()), (&Value::Null, 0));
    let mut command = person.command();
    command.env("VEP_ONLINE", "1");
    let told = person.freeze_with(command, "v1.11", &server.url, &[]);
    assert_eq!(told.freeze(), "2027-01-13", "a variable asks for it, too");
    let asked = server.asked().len();
    person.age(1);
    let mut command = person.command();
    command.env("VEP_ONLINE", "1");
    let told = person.freeze_with(command, "v1.11", &server.url, &["--offline"]);
    assert_eq!((told.freeze(), server.asked().len()), (&json!("2027-01-13"), asked), "--offline is stronger");
}

#[test]
fn a_proxy_is_used_where_one_is_named() {
    let person = Person::new();
    let proxy = Server::with(NEXT);
    for (variable, except, reached) in
        [("HTTP_PROXY", "", true), ("ALL_PROXY", "", true), ("HTTP_PROXY", "*", false)]
    {
        let before = proxy.asked().len();
        let mut command = person.command();
        command.env(variable, &proxy.url).env("NO_PROXY", except);
        person.freeze_with(command, "v1.10", "http://sig-release.invalid", &["--online"]);
        let asked = proxy.asked().split_off(before);
        assert_eq!(!asked.is_empty(), reached, "{variable} {except}: {asked:?}");
        assert!(asked.iter().all(|request| request.contains("sig-release.invalid")), "{asked:?}");
        let _ = fs::remove_dir_all(person.home.path().join("cache"));
    }
}

/// What may have happened to a file.
type Spoil = fn(&[u8]) -> Vec<u8>;

#[test]
fn a_cache_that_is_cut_or_changed_is_replaced() {
    let (server, person) = (Server::with(NEXT), Person::new());
    person.freeze("v1.11", &server.url, &["--online"]);
    let files = person.kept();
    let whole: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let changed =
        |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("2027/01/13", "2027/12/13").into_bytes();
    let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    let spoil: [Spoil; 5] = [half, |_| vec![], |_| b"\xff\x00".to_vec(), changed, |_| b"{}".to_vec()];
    for spoil in spoil {
        for (file, bytes) in files.iter().zip(&whole) {
            fs::write(file, spoil(bytes)).unwrap();
        }
        let asked = server.asked().len();
        assert_eq!(person.freeze("v1.11", &server.url, &["--online"]).freeze(), "2027-01-13");
        assert!(server.asked().len() > asked, "what is not whole counts as none");
        assert!(files.iter().all(|file| serde_json::from_slice::<Value>(&fs::read(file).unwrap()).is_ok()));
    }
    assert_eq!(person.kept(), files, "nothing half-written is left behind");
}

#[test]
fn many_at_once_share_a_cache() {
    let (server, person) = (Server::with(NEXT), Person::new());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                assert_eq!(person.freeze("v1.11", &server.url, &["--online"]).freeze(), "2027-01-13");
            });
        }
    });
    for file in person.kept() {
        let kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        assert!(kept["sha256"].is_string(), "{}", file.display());
    }
}

#[test]
fn a_cache_that_cannot_be_written_keeps_nobody_from_an_answer() {
    let (server, person) = (Server::with(NEXT), Person::new());
    let file = person.home.path().join("no-folder");
    fs::write(&file, "").unwrap();
    let mut command = person.command();
    command.env("XDG_CACHE_HOME", &file);
    assert_eq!(person.freeze_with(command, "v1.11", &server.url, &["--online"]).freeze(), "2027-01-13");
}

/// Nor does it make a server ask again and again.
#[tokio::test]
async fn a_server_without_a_cache_remembers_what_it_asked() {
    use crate::faces::{call, connect_with};
    let (server, person) = (Server::with(NEXT), Person::new());
    let file = person.home.path().join("no-folder");
    fs::write(&file, "").unwrap();
    let args = ["serve", "--online", "--schedules-url", &server.url];
    let folder = person.home.path().join("enhancements");
    let client = connect_with(&folder, &args, &[("XDG_CACHE_HOME", file.as_path())]).await;
    for _ in 0..5 {
        let answer = call(&client, "check_freeze", json!({ "release": "v1.11" })).await;
        assert_eq!(answer.structured_content.unwrap()["releases"][0]["vep_freeze"], "2027-01-13");
    }
    client.cancel().await.unwrap();
    assert!(server.asked().len() <= 4, "{:?}", server.asked());
}

/// A server that speaks TLS with a certificate for `localhost`; gives back its address and the certificate's file.
fn safe(folder: &Path, answer: impl Fn(&str, &mut dyn Write) + Send + Sync + 'static) -> (String, PathBuf) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let file = folder.join("certificate.pem");
    fs::write(&file, made.cert.pem()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let (listener, config) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(config));
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, answer) = (Arc::clone(&config), Arc::clone(&answer));
            std::thread::spawn(move || {
                let connection = rustls::ServerConnection::new(config).unwrap();
                let mut stream = rustls::StreamOwned::new(connection, stream);
                let request = request(&mut stream);
                answer(&request, &mut stream);
                stream.conn.send_close_notify();
                let _ = stream.flush();
            });
        }
    });
    (url, file)
}

#[test]
fn a_safe_address_needs_a_trusted_certificate_and_leads_to_no_plain_one() {
    let (plain, person) = (Server::with(NEXT), Person::new());
    let (url, certificate) =
        safe(person.home.path(), |request, stream| match request.contains("/releases/v1.12/") {
            true => send(stream, "404 Not Found", "", ""),
            false => send(stream, "200 OK", "", &schedule("2027/01/13", "2027/03/31")),
        });
    let trusting = |certificate: &Path| {
        let mut command = person.command();
        command.env("SSL_CERT_FILE", certificate);
        command
    };
    let told = person.freeze("v1.11", &url, &["--online"]);
    assert_eq!(*told.freeze(), Value::Null, "a certificate that nobody trusts");
    assert!(told.calendar().contains("did not answer"), "{}", told.calendar());
    let told = person.freeze_with(trusting(&certificate), "v1.11", &url, &["--online"]);
    assert_eq!(told.freeze(), "2027-01-13", "{}", told.calendar());
    let to = plain.url.clone();
    let (url, certificate) = safe(person.home.path(), move |_, stream| {
        send(stream, "302 Found", &format!("Location: {to}/releases/v1.11/schedule.yaml\r\n"), "");
    });
    let told = person.freeze_with(trusting(&certificate), "v1.11", &url, &["--online"]);
    assert_eq!(*told.freeze(), Value::Null);
    assert!(told.calendar().contains("it leads from https to plain http"), "{}", told.calendar());
    assert_eq!(plain.asked().len(), 0, "the plain address was never asked");
}

/// A server asks once for many questions, and rests after a network that does not answer.
#[tokio::test]
async fn a_server_asks_once_for_many_questions() {
    use crate::faces::{call, connect_with};
    let (server, person) = (Server::with(NEXT), Person::new());
    let cache = person.home.path().join("cache");
    let broken = Server::new(|_, stream| send(stream, "500 Internal Server Error", "", ""));
    for (server, freeze, most) in [(&server, json!("2027-01-13"), 4), (&broken, Value::Null, 1)] {
        let args = ["serve", "--online", "--schedules-url", &server.url];
        let client = connect_with(
            &person.home.path().join("enhancements"),
            &args,
            &[("XDG_CACHE_HOME", cache.as_path())],
        )
        .await;
        for _ in 0..5 {
            let answer = call(&client, "check_freeze", json!({ "release": "v1.11" })).await;
            assert_eq!(answer.structured_content.unwrap()["releases"][0]["vep_freeze"], freeze);
        }
        client.cancel().await.unwrap();
        assert!(server.asked().len() <= most, "{:?}", server.asked());
    }
}
