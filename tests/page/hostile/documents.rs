//! Documents, policies and styles of another kind, and pages that rewrite themselves.

use serde_json::{Value, json};
use support::browsers::{BLOCKED, run_in};
use support::reader::Reader;
use support::site::{page, site, with_tags};

use super::{Hostile, PLAIN, check};

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

/// Elements by the names of what scripts ask the document for.
#[test]
fn elements_in_the_place_of_what_the_document_knows_do_no_harm() {
    check(&Hostile {
        html: r#"<!DOCTYPE html>
<html lang="fr">
<head>
<title>Page</title>
TAGS
</head>
<body>
<h1>Les nouvelles</h1>
<p><button id="bouton">Lire</button> <a id="suite" href="/next.html">La suite</a></p>
<form name="body"></form><form name="scripts"></form><form name="activeElement"></form><form name="referrer"></form>
<form name="cookie"></form><form id="Soutien"></form><form id="googletag"></form><form id="adsbygoogle"></form><form id="navigation"></form>
</body>
</html>
"#,
        control: "[document.body, document.scripts, document.activeElement, document.referrer, document.cookie, window.googletag].every(
            (form) => form instanceof HTMLFormElement)",
        platform: "which properties of a document elements can take the place of",
        ..PLAIN
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
