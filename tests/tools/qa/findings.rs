//! What blockers break on a page, as `cargo xtask qa` finds it: pages that were broken on purpose, and pages that are not.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use soutien_project::root;
use soutien_testbed::server::{Answer, Running, Situation};
use support::browsers::run;
use support::commands::text;
use xtask::setup::{Need, require};

use super::{command, ended, results, site, target};

/// What the profile for one's own lists plays here.
const RULES: &str =
    "! Title: Ours\n/ads-config.js\n/track/*\n/ads/*\n/analytics/*\n##.ad-banner\n##.sponsor\n##.newsletter-popup\n";

/// A page with news around what is at stake, of which some is another at each visit.
fn news(more: &str) -> String {
    format!(
        r#"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>News</title></head><body>
        <header><nav><a href="/one.html">Home</a> <a href="/two.html">News</a></nav></header>
        <main><h2>The news</h2><p>The clock of the tower stays seven minutes late.</p><p id="now"></p></main>
        {more}
        <script>
          now.textContent = `It is ${{Date.now()}} now`;
          document.querySelector("main").append(Object.assign(document.createElement("p"), {{ textContent: `Offer ${{Math.random()}}` }}));
        </script></body></html>"#
    )
}

/// A page that breaks: its path, what is at stake on it, and how the first finding begins that is told of it, with a rule.
struct Broken {
    path: &'static str,
    more: &'static str,
    kind: &'static str,
    what: &'static str,
    rule: &'static str,
}

const BROKEN: [Broken; 16] = [
    Broken {
        path: "/checkout.html",
        more: r#"<form id="pay"><input name="card"><button type="button" id="buy">Pay</button></form>
            <script src="/ads-config.js"></script>
            <script>document.title = adsConfig.currency; buy.addEventListener("click", () => {});</script>"#,
        kind: "request-refused",
        what: "/ads-config.js",
        rule: "/ads-config.js",
    },
    Broken {
        path: "/consent.html",
        more: r#"<div id="cookie-banner" style="position: fixed; inset: auto 0 0; height: 200px"><p>We use cookies.</p>
            <button onclick="this.parentNode.remove()">Accept</button></div>"#,
        kind: "dialog-gone",
        what: "We use cookies.",
        rule: "###cookie-banner",
    },
    Broken {
        path: "/locked.html",
        more: r#"<style>body { overflow: hidden }</style><div style="height: 3000px"></div>
            <div id="cookie-banner" role="dialog" style="position: fixed; inset: 100px"><p>We use cookies.</p><button>Accept</button></div>"#,
        kind: "page-locked",
        what: "We use cookies.",
        rule: "###cookie-banner",
    },
    Broken {
        path: "/hero.html",
        more: r#"<section class="ad-banner"><h1>Autumn sale</h1><p>All coats at half their price.</p><a href="/coats">See them</a></section>"#,
        kind: "element-hidden",
        what: "Autumn sale",
        rule: "##.ad-banner",
    },
    Broken {
        path: "/tag.html",
        more: r#"<button id="menu">Menu</button><script src="/gtag/js?id=G-1"></script>
            <script>gtag("event", "view"); menu.onclick = () => {};</script>"#,
        kind: "request-refused",
        what: "/gtag/js",
        rule: "/gtag/js?",
    },
    Broken {
        path: "/layer.html",
        more: r#"<button id="menu">Menu</button><script src="/gtm.js?id=GTM-1"></script>
            <script>dataLayer.push({}); menu.onclick = () => {};</script>"#,
        kind: "request-refused",
        what: "/gtm.js",
        rule: "/gtm.js",
    },
    Broken {
        path: "/pixel.html",
        more: r#"<button id="menu">Menu</button><script src="/fbevents.js"></script>
            <script>fbq("track"); menu.onclick = () => {};</script>"#,
        kind: "request-refused",
        what: "/fbevents.js",
        rule: "/fbevents.js",
    },
    Broken {
        path: "/slots.html",
        more: r#"<div id="app"></div><script src="/tag/js/gpt.js"></script>
            <script>googletag.cmd.push(() => {}); app.innerHTML = "<h2>Products</h2><a href='/x'>One</a>";</script>"#,
        kind: "request-refused",
        what: "/tag/js/gpt.js",
        rule: "/gpt.js$script",
    },
    Broken {
        path: "/order.html",
        more: r#"<form action="/track/order" method="post"><input name="mail"><button>Order</button></form>"#,
        kind: "target-at-risk",
        what: "Order → /track/order",
        rule: "/track/*",
    },
    Broken {
        path: "/order-by-script.html",
        more: r#"<form action="/track/order" method="post"><input name="mail"><button>Order</button></form>
            <script>document.forms[0].addEventListener("submit", (event) => event.preventDefault());</script>"#,
        kind: "target-refused",
        what: "Order → /track/order",
        rule: "/track/*",
    },
    Broken {
        path: "/picture.html",
        more: r#"<figure><img src="/ads/mayor.svg" width="400" height="200" alt="The mayor"></figure>"#,
        kind: "request-refused",
        what: "/ads/mayor.svg",
        rule: "/ads/*",
    },
    Broken {
        path: "/prices.html",
        more: r#"<ul id="prices"></ul><script>fetch("/analytics/prices.json").then((answer) => answer.json())
            .then((list) => { prices.innerHTML = list.map((one) => `<li>${one}</li>`).join(""); });</script>"#,
        kind: "request-refused",
        what: "/analytics/prices.json",
        rule: "/analytics/*",
    },
    Broken {
        path: "/font.html",
        more: r#"<style>@font-face { font-family: Title; src: url(/ads/title.woff2) } h2 { font-family: Title }</style>"#,
        kind: "request-refused",
        what: "/ads/title.woff2",
        rule: "/ads/*",
    },
    Broken {
        path: "/module.html",
        more: r#"<div id="chart"></div><script type="module">(await import("/analytics/chart.js")).draw(chart);</script>"#,
        kind: "request-refused",
        what: "/analytics/chart.js",
        rule: "/analytics/*",
    },
    Broken {
        path: "/sponsor.html",
        more: r#"<nav><a href="/one.html">Home</a> <a class="sponsor" href="/sponsors.html">Our sponsors</a></nav>"#,
        kind: "element-hidden",
        what: "Our sponsors",
        rule: "##.sponsor",
    },
    Broken {
        path: "/newsletter.html",
        more: r#"<div class="newsletter-popup"><h2>Newsletter</h2><form action="/subscribe"><input name="mail"><button>Subscribe</button></form></div>"#,
        kind: "element-hidden",
        what: "Subscribe",
        rule: "##.newsletter-popup",
    },
];

/// Pages on which nothing breaks: with ads and what says so, and made with what others make pages with.
fn whole() -> [(&'static str, String); 4] {
    [
        (
            "/ads.html",
            news(
                r#"<div><p>Advertisement</p><ins class="adsbygoogle ad-banner" style="display: block; height: 90px">An ad</ins></div>
                <a rel="sponsored" class="sponsor" href="https://elsewhere.example/">Buy</a>"#,
            ),
        ),
        (
            "/react.html",
            news(
                r#"<div id="root"></div><script src="/react.js"></script><script src="/react-dom.js"></script><script>
                const { createElement: e, useState } = React;
                const App = () => { const [n, set] = useState(0);
                  return e("section", null, e("h2", null, "Shop"), e("button", { onClick: () => set(n + 1) }, `Add ${n}`)); };
                ReactDOM.createRoot(root).render(e(App));</script>"#,
            ),
        ),
        (
            "/htmx.html",
            news(
                r##"<script src="/htmx.js"></script><button hx-get="/part.html" hx-target="#part">More</button><div id="part"></div>"##,
            ),
        ),
        (
            "/turbo.html",
            news(
                r#"<script src="/turbo.js"></script><a href="/htmx.html">On</a><form action="/search"><input name="q"><button>Find</button></form>"#,
            ),
        ),
    ]
}

fn broken_site() -> Result<Running> {
    let body = |path: &str, mime: &str, text: &str| Situation {
        path_prefix: path.into(),
        answer: Answer::Body {
            mime: mime.into(),
            text: text.into(),
        },
    };
    let script = |path: &str, text: &str| body(path, "text/javascript", text);
    let mut situations = vec![
        script("/ads-config.js", "window.adsConfig = { currency: 'EUR' };"),
        script("/gtag/js", "window.gtag = () => {};"),
        script("/gtm.js", "window.dataLayer = [];"),
        script("/fbevents.js", "window.fbq = () => {};"),
        script("/tag/js/gpt.js", "window.googletag = { cmd: [] };"),
        script(
            "/analytics/chart.js",
            "export const draw = (place) => { place.innerHTML = '<h2>A chart</h2>'; };",
        ),
        body("/analytics/prices.json", "application/json", r#"["Bread 2", "Milk 1"]"#),
        body(
            "/ads/mayor.svg",
            "image/svg+xml",
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"/>"#,
        ),
    ];
    for (path, file) in [
        ("/react.js", "react-18/umd/react.production.min.js"),
        ("/react-dom.js", "react-dom-18/umd/react-dom.production.min.js"),
        ("/htmx.js", "htmx.org/dist/htmx.min.js"),
        ("/turbo.js", "@hotwired/turbo/dist/turbo.es2017-umd.js"),
    ] {
        let file = require(Need::Pages)?.join(file);
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        situations.push(script(path, &text));
    }
    let broken = BROKEN.iter().map(|broken| (broken.path, news(broken.more)));
    let pages: Vec<(&str, String)> = broken.chain(whole()).collect();
    let pages: Vec<(&str, &str)> = pages.iter().map(|(path, html)| (*path, html.as_str())).collect();
    let site = site(&pages, situations)?;
    // What pages show is theirs alone, and nothing keeps it from them.
    site.options
        .write()
        .map_err(|_| anyhow::anyhow!("the server has failed"))?
        .csp = Some(String::new());
    Ok(site)
}

/// The findings of a page under all profiles, the worst first.
fn findings<'a>(cells: &'a [Value], path: &str) -> Vec<&'a Value> {
    let of_page = cells
        .iter()
        .filter(|cell| cell["url"].as_str().is_some_and(|url| url.ends_with(path)));
    let mut found: Vec<&Value> = of_page
        .flat_map(|cell| cell["findings"].as_array().into_iter().flatten())
        .collect();
    found.sort_by_key(|finding| std::cmp::Reverse(finding["score"].as_u64()));
    found
}

/// What has to be the same in each run.
fn all_findings(cells: &[Value]) -> Vec<String> {
    let line = |cell: &Value| {
        format!(
            "{} {} {} {} {}",
            cell["url"], cell["profile"], cell["result"], cell["reason"], cell["findings"]
        )
    };
    cells.iter().map(line).collect()
}

#[test]
fn what_breaks_is_named_first_with_its_rule_and_the_same_each_time() {
    run(async {
        let site = broken_site()?;
        let rules = target("rules.txt");
        fs::write(&rules, RULES)?;
        let paths = BROKEN.iter().map(|broken| broken.path);
        let addresses: Vec<String> = paths.map(|path| format!("{}{path}", site.site)).collect();
        let mut arguments = vec!["qa", "--findings-only", "--rules", &rules, "--profile", "none,annoyances"];
        arguments.extend(addresses.iter().map(String::as_str));
        let (output, cells) = results(&arguments)?;
        ended(&output, 1)?;
        for Broken {
            path, kind, what, rule, ..
        } in BROKEN
        {
            let found = findings(&cells, path);
            let first = found
                .first()
                .with_context(|| format!("nothing is found on {path}: {}", text(&output)))?;
            for (key, expected) in [("kind", kind), ("what", what), ("rule", rule)] {
                ensure!(
                    first[key] == expected,
                    "{path}: expected the {key} {expected}, found {first:#}"
                );
            }
            ensure!(first["line"].as_u64().is_some_and(|line| line > 0), "{path}: {first:#}");
        }
        let (_, again) = results(&arguments)?;
        let (once, again) = (all_findings(&cells), all_findings(&again));
        ensure!(once.len() == again.len(), "{} and {} cells", once.len(), again.len());
        for (once, again) in once.iter().zip(&again) {
            ensure!(once == again, "found once:\n{once}\nand then:\n{again}");
        }
        Ok(())
    });
}

#[test]
fn nothing_is_found_where_nothing_breaks() {
    run(async {
        let site = broken_site()?;
        let rules = target("rules-of-whole.txt");
        fs::write(&rules, RULES)?;
        let addresses: Vec<String> = whole().iter().map(|(path, _)| format!("{}{path}", site.site)).collect();
        let profiles = "ublock-origin,adguard,annoyances,brave-aggressive";
        let mut arguments = vec!["qa", "--findings-only", "--rules", &rules, "--profile", profiles];
        arguments.extend(addresses.iter().map(String::as_str));
        let (output, cells) = results(&arguments)?;
        ended(&output, 0)?;
        ensure!(cells.len() == 20, "{}", text(&output));
        Ok(())
    });
}

#[test]
fn what_is_known_does_not_fail_and_what_is_new_does() {
    run(async {
        let site = broken_site()?;
        let (rules, known, report, xml) = (
            target("rules-of-known.txt"),
            target("known.txt"),
            target("findings.html"),
            target("findings.xml"),
        );
        fs::write(&rules, RULES)?;
        let hero = format!("{}/hero.html", site.site);
        let checkout = format!("{}/checkout.html", site.site);
        let all = ["--findings-only", "--rules", &rules, "--profile", "your-lists"];
        let more = ["--write-known", &known, "--html", &report];
        let output = command(&[&["qa", &hero], &all[..], &more[..]].concat())?;
        ended(&output, 1)?;
        let said = text(&output);
        ensure!(said.contains("1. Content is hidden: Autumn sale"), "{said}");
        ensure!(said.contains("by ##.ad-banner (your lists, line 6)"), "{said}");
        let written = fs::read_to_string(&known)?;
        ensure!(
            written.contains("\n/hero.html  element-hidden  section.ad-banner") && !written.contains(&site.site),
            "{written}"
        );
        let html = fs::read_to_string(&report)?;
        ensure!(
            html.contains("Du contenu est masqué") && html.matches("data:image/jpeg").count() == 3,
            "the report lacks words or pictures"
        );
        ended(&command(&[&["qa", &hero, "--known", &known], &all[..]].concat())?, 0)?;
        let output = command(&[&["qa", &hero, &checkout, "--known", &known, "--junit", &xml], &all[..]].concat())?;
        ended(&output, 1)?;
        let said = text(&output);
        ensure!(
            said.contains("new: /checkout.html  request-refused  /ads-config.js"),
            "{said}"
        );
        ensure!(!said.contains("new: /hero.html"), "{said}");
        let xml = fs::read_to_string(&xml)?;
        ensure!(xml.matches("<failure").count() == 1, "{xml}");
        let output = command(&[&["qa", &hero, "--known", "/nowhere/known.txt"], &all[..]].concat())?;
        ended(&output, 2)?;
        ensure!(text(&output).contains("--write-known"), "{}", text(&output));
        Ok(())
    });
}

/// Rows on what judges, which needs no browser.
#[test]
fn judges_by_the_rows() {
    let output = Command::new("node")
        .args(["--test", "tests/tools/qa/judge.mjs"])
        .current_dir(root())
        .output()
        .expect("node starts");
    assert!(output.status.success(), "{}", text(&output));
}
