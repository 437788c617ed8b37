//! Documents, policies and styles of another kind, and pages that rewrite themselves.

use anyhow::ensure;
use serde_json::{Value, json};
use support::browsers::{BLOCKED, CLEAR, run_in};
use support::reader::Reader;
use support::site::{add_page, page, site, with_tags, without_policy};

use super::{Hostile, PLAIN, check, noted};

#[test]
fn a_strict_policy_without_any_trusted_type_does_no_harm() {
    check(&Hostile {
        csp: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; \
            base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        control: "(() => { try { document.createElement('p').innerHTML = 'text'; } catch (error) { return error instanceof TypeError; } })()",
        platform: "what a policy refuses",
        ..PLAIN
    });
}

#[test]
fn xhtml_does_no_harm() {
    check(&Hostile {
        html: r#"<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" lang="fr">
<head>
<title>Page</title>
TAGS
</head>
<body>
<h1>Les nouvelles</h1>
<p><button id="bouton">Lire</button> <a id="suite" href="/next.html">La suite</a></p>
</body>
</html>
"#,
        mime: "application/xhtml+xml",
        control: "document.contentType === 'application/xhtml+xml' && document.createElement('P').localName === 'P'",
        platform: "the parser, and the names of elements",
        ..PLAIN
    });
}

#[test]
fn quirks_mode_does_no_harm() {
    check(&Hostile {
        html: r#"<html lang="fr"><head><title>Page</title>TAGS</head>
<h1>Les nouvelles</h1><button id="bouton">Lire</button> <a id="suite" href="/next.html">La suite</a>"#,
        control: "document.compatMode === 'BackCompat'",
        platform: "the layout",
        ..PLAIN
    });
}

#[test]
fn a_page_that_is_all_in_a_shadow_tree_does_no_harm() {
    check(&Hostile {
        html: r#"<!DOCTYPE html><html lang="fr"><head><title>Page</title>TAGS</head><body><page-root></page-root></body></html>"#,
        script: "customElements.define('page-root', class extends HTMLElement {
            connectedCallback() {
                const page = new DOMParser().parseFromString(`<h1>Les nouvelles</h1><button id=bouton>Lire</button>
                    <a id=suite href=/next.html>La suite</a>`, 'text/html');
                this.attachShadow({ mode: 'open' }).append(...page.body.children);
            }
        });",
        control: "document.querySelector('h1, button, a') === null && !!document.querySelector('page-root').shadowRoot.querySelector('h1')",
        ..PLAIN
    });
}

/// In the midst of a check. All listeners are lost as well, and the new page has our tag again.
#[test]
fn a_page_that_writes_itself_anew_does_no_harm() {
    check(&Hostile {
        script: "document.addEventListener('soutien:ready', () => {
            const html = document.documentElement.outerHTML.replaceAll(/<script src[^]*?<.script>/g, '');
            document.open();
            witness.listen();
            witness.written = document.querySelector('h1') === null;
            document.write(`<!DOCTYPE html>${html}`);
            document.close();
        });",
        control: "witness.written",
        problems: &["script"],
        platform: "what lives on in a document that is opened again",
        ..PLAIN
    });
}

/// It gives up: what is removed is not put back. Without a blocker it is a row of `crates/testbed/src/environments/table/`.
#[test]
fn a_page_that_removes_every_foreign_node_sees_no_notice_twice() {
    check(&Hostile {
        // A document becomes interactive before its deferred scripts run.
        script: "witness.removed = 0;
            document.addEventListener('readystatechange', () => new MutationObserver((records) => {
                for (const { addedNodes } of records) for (const node of addedNodes) {
                    node.remove();
                    if (node.shadowRoot?.querySelector('dialog')) witness.removed++;
                }
            }).observe(document, { childList: true, subtree: true }), { once: true });",
        control: "witness.removed === 1 && (() => {
            const node = document.createElement('p');
            document.body.append(node);
            return Promise.resolve().then(() => !node.isConnected);
        })()",
        clear: "",
        asks: false,
        ..PLAIN
    });
}

#[test]
fn styles_that_unset_everything_do_no_harm() {
    check(&Hostile {
        style: "* { all: unset !important } html { padding-bottom: 3000px !important }",
        control: "getComputedStyle(document.querySelector('h1')).display === 'inline'",
        platform: "the style sheet of the browser",
        ..PLAIN
    });
}

#[test]
fn styles_that_hide_every_dialog_do_no_harm() {
    check(&Hostile {
        style: "dialog, [open] { display: none !important }",
        control: "(() => {
            const dialog = document.createElement('dialog');
            document.body.append(dialog);
            dialog.showModal();
            const { height } = dialog.getBoundingClientRect();
            dialog.remove();
            return height === 0;
        })()",
        platform: "the style sheet of the browser",
        ..PLAIN
    });
}

/// One is told, and not forty-nine times.
#[test]
fn fifty_tags_do_no_harm() {
    check(&Hostile {
        script: "for (let count = 1; count < 50; count++) {
            document.write(`<script async src=/soutien/soutien.js data-policy=always data-delay=0 data-lang=fr data-consent=given
                data-endpoint=/chiffres></` + 'script>');
        }",
        control: "document.querySelectorAll('script[src*=soutien]').length === 50 && witness.warnings.length === 1",
        problems: &["script"],
        ..PLAIN
    });
}

/// What scripts ask the document for, all of which an element of that name can take the place of.
const OF_THE_DOCUMENT: [&str; 24] = [
    "activeElement",
    "addEventListener",
    "adoptedStyleSheets",
    "baseURI",
    "body",
    "cookie",
    "createElement",
    "createElementNS",
    "currentScript",
    "dispatchEvent",
    "documentElement",
    "elementFromPoint",
    "elementsFromPoint",
    "fullscreenElement",
    "getElementById",
    "hidden",
    "prerendering",
    "querySelector",
    "querySelectorAll",
    "readyState",
    "referrer",
    "removeEventListener",
    "scripts",
    "scrollingElement",
];

/// What scripts ask the window for, where an element of that id stands unless somebody has made a global of the name.
const OF_THE_WINDOW: [&str; 11] = [
    "Soutien",
    "__tcfapi",
    "_paq",
    "adsbygoogle",
    "dataLayer",
    "google_tag_manager",
    "googletag",
    "navigation",
    "plausible",
    "trustedTypes",
    "wp_has_consent",
];

/// Each name on each of the kinds of elements that documents know by their names.
#[test]
fn elements_in_the_place_of_what_the_document_knows_do_no_harm() {
    for element in [
        "<form name=NAME></form>",
        "<img name=NAME alt=''>",
        "<object name=NAME></object>",
    ] {
        let of_document: String = OF_THE_DOCUMENT.iter().map(|name| element.replace("NAME", name)).collect();
        let of_window: String = OF_THE_WINDOW.iter().map(|name| format!("<form id={name}></form>")).collect();
        let html = format!(
            r#"<!DOCTYPE html>
<html lang="fr">
<head>
<title>Page</title>
TAGS
</head>
<body>
<h1>Les nouvelles</h1>
<p><button id="bouton">Lire</button> <a id="suite" href="/next.html">La suite</a></p>
{of_document}{of_window}
</body>
</html>
"#
        );
        check(&Hostile {
            html: html.leak(),
            control:
                "[document.body, document.scripts, document.currentScript, document.referrer, document.cookie, document.hidden,
                document.addEventListener, document.querySelector].every((element) => element instanceof HTMLElement)",
            platform: "which properties of a document elements can take the place of",
            ..PLAIN
        });
    }
}

/// How [`page`] has the witness, which keeps what the document has before any element can take its place.
const WITNESS_TAG: &str = r#"<script src="/witness.js"></script>"#;

/// Markup of a stranger's that stands where the running script was: its host must be asked for nothing, and its options count for nothing.
#[test]
fn an_element_in_the_place_of_the_running_script_is_not_obeyed() {
    run_in(CLEAR, async |kind| {
        for markup in [
            r#"<img name="currentScript" src="HOST/mal/soutien.js" data-policy="junk" alt="">"#,
            r#"<form name="currentScript" data-policy="junk"></form><script type="text/plain" src="HOST/mal/soutien.js"></script>"#,
            r#"<img name="querySelectorAll" alt=""><img name="querySelector" alt=""><script type="text/plain" src="HOST/mal/soutien.js"></script>"#,
        ] {
            let reader = Reader::guarded(kind, without_policy(site(""))).await?;
            let html = page("").replace(
                WITNESS_TAG,
                &format!("{WITNESS_TAG}{}", markup.replace("HOST", &reader.site.ads)),
            );
            add_page(&reader.site, "/page.html", &html);
            reader.open("/page.html").await?;
            reader.until(r#"/"name":"verdict"/.test(witness.report())"#).await?;
            // An option that is junk is told of where it is read.
            let report = reader.report().await?;
            ensure!(noted(&report, "problem").next().is_none(), "{markup}: {report}");
            let strange: Vec<_> = reader
                .site
                .requests()
                .into_iter()
                .filter(|(_, path)| path.contains("/mal/"))
                .collect();
            // The picture is the page's own doing.
            ensure!(
                strange.iter().all(|(_, path)| path == "/mal/soutien.js"),
                "{markup}: {strange:?}"
            );
        }
        Ok(())
    });
}

/// Optimisers that run scripts in their own way leave no running script, and the tag is found by its address: on the page's own host alone.
#[test]
fn a_tag_that_runs_by_itself_is_found_on_the_pages_own_host_alone() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, without_policy(site(""))).await?;
        let strange = format!(
            r#"<script type="text/plain" src="{}/mal/soutien.js"></script>"#,
            reader.site.ads
        );
        let runs = r#"<script>fetch("/soutien/soutien.js").then((response) => response.text()).then((text) => setTimeout(text));</script>"#;
        for (own, verdict) in [
            (r#"<script type="text/plain" src="/soutien/soutien.js"></script>"#, true),
            ("", false),
        ] {
            add_page(&reader.site, "/page.html", &with_tags(&format!("{strange}{own}{runs}")));
            reader.open("/page.html").await?;
            if verdict {
                reader.verdict("clear").await?;
            } else {
                reader.problem("soutien.wasm", "no tag").await?;
            }
            let requests = reader.site.requests();
            ensure!(!requests.iter().any(|(_, path)| path.contains("/mal/")), "{requests:?}");
        }
        Ok(())
    });
}

/// Whatever its frames may do, they see no notice. Without a blocker it is a row of `crates/testbed/src/environments/table/`.
#[test]
fn a_sandboxed_frame_does_no_harm() {
    run_in(BLOCKED, async |kind| {
        let mut site = site(&with_tags("").replace(
            "</body>",
            r#"<iframe src="/frame.html" sandbox="allow-scripts"></iframe></body>"#,
        ));
        site.pages
            .insert("/frame.html".into(), page(r#"data-policy="always" data-delay="0""#));
        site.csp = Some(String::new());
        let reader = Reader::new(kind, site).await?;
        reader.open("/page.html").await?;
        reader.browser.enter_frame(0).await?;
        let result = async {
            reader.problem("soutien.wasm", "").await?;
            reader.expect("origin", "null").await?;
            reader.settled().await?;
            reader.expect("witness.notice()", Value::Null).await?;
            reader
                .expect("witness.events.filter(({ name }) => name !== 'problem')", json!([]))
                .await?;
            reader.unharmed().await?;
            reader.usable().await
        };
        let result = result.await;
        reader.browser.enter_default_frame().await?;
        result?;
        reader.unharmed().await
    });
}
