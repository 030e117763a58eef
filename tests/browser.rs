//! The page in a real browser: Chromium, where there is one.
//!
//! `VEP_CHROMIUM` names it; without that it is looked for where Debian puts it, and where it is absent these tests say
//! so and pass. A page that belongs to the test holds the report in a frame, uses it as a person would, and says what
//! came of it in its own text, which the browser prints.

use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use vep_mcp::outside::{Outside, Place};
use vep_mcp::render::Hand;
use vep_mcp::verbs::{ReleaseReport, Verb};
use vep_mcp::world::World;

fn chromium() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("VEP_CHROMIUM") {
        let named = PathBuf::from(named);
        assert!(named.is_file(), "VEP_CHROMIUM is {} and is no file", named.display());
        return Some(named);
    }
    let found =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser"].iter().map(PathBuf::from).find(|it| it.is_file());
    if found.is_none() {
        println!("skipped: no Chromium (set VEP_CHROMIUM)");
    }
    found
}

fn page(world: &World) -> String {
    let ask = serde_json::from_value(json!({})).unwrap();
    ReleaseReport::page(&ReleaseReport::run(world, ask).unwrap(), Hand::Html).unwrap()
}

fn example() -> World {
    Outside::new(Place::Example, None).load(None).unwrap()
}

/// What the browser makes of a page beside which another one stands.
fn dumped(page: &str, test: &str) -> Option<String> {
    let chromium = chromium()?;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("page.html"), page).unwrap();
    fs::write(folder.path().join("test.html"), test).unwrap();
    let profile = tempfile::tempdir().unwrap();
    let out = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-dev-shm-usage", "--allow-file-access-from-files", "--virtual-time-budget=20000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--window-size=1280,1000", "--dump-dom"])
        .arg(format!("file://{}/test.html", folder.path().display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success() && dom.contains("<html"), "{}", String::from_utf8_lossy(&out.stderr));
    Some(dom)
}

/// Uses the page in a frame of this width.
fn used(page: &str, fragment: &str, width: u32, script: &str) -> Option<Value> {
    framed(page, fragment, &format!("width={width}"), script)
}

/// Runs a script beside the page, which stands in a frame with these attributes; what it gives back.
fn framed(page: &str, fragment: &str, frame: &str, script: &str) -> Option<Value> {
    let test = format!(
        "<!doctype html><body><iframe id=f src=\"page.html{fragment}\" {frame} height=900></iframe><pre id=said></pre><script>\n\
         const frame = document.getElementById('f');\n\
         const pause = () => new Promise(done => setTimeout(done, 50));\n\
         frame.addEventListener('load', async () => {{\n\
           const doc = frame.contentDocument, win = frame.contentWindow;\n\
           const by = key => doc.querySelector('th[data-key=\"' + key + '\"]');\n\
           const shown = () => [...doc.querySelectorAll('tr[data-state]')].filter(it => it.getClientRects().length > 0)\n\
             .map(it => it.cells[0].querySelector('b').textContent);\n\
           const set = (name, value) => {{ const field = doc.forms[0].elements[name]; field.value = value;\n\
             field.dispatchEvent(new win.Event('input', {{ bubbles: true }})); }};\n\
           let said;\n\
           try {{ said = await (async () => {{ {script} }})(); }} catch (error) {{ said = {{ error: String(error) }}; }}\n\
           document.getElementById('said').textContent = btoa(unescape(encodeURIComponent(JSON.stringify(said))));\n\
         }}, {{ once: true }});\n</script>"
    );
    let dom = dumped(page, &test)?;
    let said = dom.split("<pre id=\"said\">").nth(1).unwrap().split('<').next().unwrap();
    let value: Value =
        serde_json::from_slice(&from_base64(said)).unwrap_or_else(|error| panic!("{error}: {dom}"));
    assert!(value.get("error").is_none(), "{value}");
    Some(value)
}

fn from_base64(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for digit in text.chars().filter_map(|c| DIGITS.find(c)) {
        bits = bits << 6 | u32::try_from(digit).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    out
}

const GROUPED: [&str; 7] = ["VEP-401", "VEP-402", "VEP-408", "VEP-411", "VEP-405", "VEP-410", "VEP-412"];

#[test]
fn a_head_sorts_up_and_down_and_says_so() {
    let script = "
        const out = [shown()];
        const press = async key => { by(key).querySelector('button').click(); await pause();
            out.push([...shown(), by(key).getAttribute('aria-sort')]); };
        await press('vep'); await press('vep'); await press('sig');
        out.push([by('vep').getAttribute('aria-sort'), win.location.hash]);
        doc.querySelector('button[type=reset]').click(); await pause();
        out.push([...shown(), win.location.hash]);
        return out;";
    let Some(said) = used(&page(&example()), "", 1280, script) else { return };
    let sorted = ["VEP-401", "VEP-402", "VEP-405", "VEP-408", "VEP-410", "VEP-411", "VEP-412"];
    let down: Vec<&str> = sorted.iter().rev().copied().chain(["descending"]).collect();
    let up: Vec<&str> = sorted.iter().copied().chain(["ascending"]).collect();
    let by_sig =
        json!(["VEP-401", "VEP-402", "VEP-412", "VEP-408", "VEP-405", "VEP-411", "VEP-410", "ascending"]);
    let reset: Vec<&str> = GROUPED.into_iter().chain([""]).collect();
    assert_eq!(said, json!([GROUPED, up, down, by_sig, ["none", "#sort=sig"], reset]));
}

#[test]
fn filters_narrow_count_aloud_and_hide_empty_groups() {
    let script = "
        const out = [];
        const told = () => doc.getElementById('told');
        const heads = () => [...doc.querySelectorAll('th.group')].filter(it => it.getClientRects().length > 0).length;
        const look = async () => { await pause(); out.push([shown().join(' '), told().textContent, heads(), win.location.hash]); };
        set('sig', 'sig-network'); await look();
        set('state', 'provisional'); await look();
        set('state', ''); set('sig', ''); set('q', 'TRIM'); await look();
        set('q', 'boot time'); await look();
        set('q', ''); set('risk', 'no-front-matter'); await look();
        out.push([told().getAttribute('aria-live'), told().getAttribute('role')]);
        return out;";
    let Some(said) = used(&page(&example()), "", 1280, script) else { return };
    let expected = json!([
        ["VEP-408 VEP-405", "2 of 7 rows", 2, "#sig=sig-network"],
        ["VEP-408", "1 of 7 rows", 1, "#sig=sig-network&state=provisional"],
        ["", "0 of 7 rows", 0, "#q=TRIM"],
        ["VEP-402", "1 of 7 rows", 1, "#q=boot+time"],
        ["VEP-410", "1 of 7 rows", 1, "#risk=no-front-matter"],
        ["polite", "status"]
    ]);
    assert_eq!(said, expected);
}

#[test]
fn an_address_brings_a_view_with_it() {
    let script = "const first = shown(); win.location.hash = '#q=nothing-at-all'; await pause();
        const second = shown(); win.location.hash = '#veps'; await pause();
        return [first, second, shown(), doc.forms[0].elements.q.value];";
    let Some(said) = used(&page(&example()), "#sort=vep&dir=desc&state=provisional", 1280, script) else {
        return;
    };
    assert_eq!(said, json!([["VEP-408", "VEP-402"], [], [], "nothing-at-all"]));
}

#[test]
fn without_scripts_the_page_is_whole_and_offers_nothing_that_does_nothing() {
    let script = "return [shown(), doc.forms[0].getClientRects().length, doc.querySelectorAll('thead button').length];";
    // A frame that may run nothing.
    let frame = "sandbox=allow-same-origin width=1280";
    let Some(said) = framed(&page(&example()), "#state=provisional", frame, script) else { return };
    assert_eq!(said, json!([GROUPED, 0, 0]));
}

#[test]
fn no_width_scrolls_sideways_and_a_phone_has_cards() {
    let worlds = [Some(example()), crate::wild::world()];
    for world in worlds.into_iter().flatten() {
        for (width, card) in [(320, true), (390, true), (768, true), (1280, false)] {
            let script = "const row = doc.querySelector('tr[data-state]');
                return [doc.documentElement.scrollWidth <= win.innerWidth, win.getComputedStyle(row).display === 'block',
                    [...doc.querySelectorAll('button, select, input')].every(it => it.getClientRects().length === 0 || it.getBoundingClientRect().right <= win.innerWidth + 1 || it.closest('thead'))];";
            let Some(said) = used(&page(&world), "", width, script) else { return };
            assert_eq!(said, json!([true, card, true]), "{width}");
        }
    }
}

/// Every text against what lies behind it, as WCAG counts it.
#[test]
fn words_stand_out_in_light_and_in_dark() {
    let script = "
        const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); };
        const lum = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
        const rgba = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
        const behind = it => { for (; it; it = it.parentElement) { const c = rgba(win.getComputedStyle(it).backgroundColor);
            if (c[3] > 0) { return c; } } return [255, 255, 255, 1]; };
        let least = 99, where = '';
        for (const it of doc.body.querySelectorAll('*')) {
            const own = [...it.childNodes].some(node => node.nodeType === 3 && node.textContent.trim() !== '');
            if (!own || it.closest('script') || it.getClientRects().length === 0) { continue; }
            const style = win.getComputedStyle(it);
            const ink = rgba(it.closest('svg') ? style.fill : style.color);
            const [a, b] = [lum(ink), lum(behind(it))].sort((x, y) => y - x);
            const ratio = (a + 0.05) / (b + 0.05);
            if (ratio < least) { least = ratio; where = it.outerHTML.slice(0, 80); }
        }
        const dark = win.matchMedia('(prefers-color-scheme: dark)').matches;
        return [least, where, dark];";
    let light = page(&example());
    // A frame has the colours of the page around it; what a dark reader sees is asked for by turning the query round.
    let dark = light.replace("(prefers-color-scheme: dark)", "(prefers-color-scheme: light)");
    let style = dark.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let digest = |style: &str| {
        let sum = <sha2::Sha256 as sha2::Digest>::digest(style.as_bytes());
        let hex: Vec<u8> = sum.to_vec();
        to_base64(&hex)
    };
    let before = light.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let dark = dark.replace(&digest(before), &digest(style));
    for page in [&light, &dark] {
        let Some(said) = used(page, "", 1280, script) else { return };
        assert!(said[0].as_f64().unwrap() >= 4.5, "{said}");
    }
    assert_ne!(light, dark);
}

fn to_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
    let digits = bits.chunks(6).map(|six| {
        let value = (0..6).fold(0_usize, |sum, at| sum << 1 | usize::from(six.get(at).copied().unwrap_or(0)));
        char::from(DIGITS[value])
    });
    let mut text: String = digits.collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Its policy stops whatever would come into the page all the same.
#[test]
fn the_policy_runs_nothing_but_the_pages_own_script() {
    let hole = "<script>document.title = 'broken'</script><p onclick=\"document.title = 'broken'\" id=hole style=\"color: red\">x</p>";
    let page = page(&example()).replace("</main>", &format!("{hole}</main>"));
    let script = "doc.getElementById('hole').click(); await pause();
        return [doc.title, win.getComputedStyle(doc.getElementById('hole')).color, shown().length];";
    let Some(said) = used(&page, "", 1280, script) else { return };
    assert_eq!(said[0], "v1.10 at a glance: KubeVirt VEPs, 2026-08-18");
    assert_ne!(said[1], "rgb(255, 0, 0)");
    assert_eq!(said[2], 7);
}
