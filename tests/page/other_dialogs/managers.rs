//! The dialogs of consent managers.

use anyhow::{Context, Result};
use serde_json::json;
use soutien_testbed::server::Options;
use support::browsers::{BLOCKED, Kind, run_in};
use support::reader::Reader;
use thirtyfour::Key;

use super::{is_on_top, serving, stays_away, with};

/// A consent manager: its name, its files, how it is set up, the button that accepts, and how its dialog is shown again.
struct Manager {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    script: &'static str,
    accept: &'static str,
    again: &'static str,
}

const MANAGERS: [Manager; 5] = [
    Manager {
        name: "Klaro",
        files: &[("/klaro.js", "klaro/dist/klaro.js")],
        script: "window.klaroConfig = { acceptAll: true, lang: 'fr', translations: { fr: { privacyPolicyUrl: '/vie-privee' } },
                services: [{ name: 'mesure', title: 'Mesure', purposes: ['analytics'] }] };",
        accept: ".klaro .cookie-notice .cm-btn-success",
        again: "klaro.show()",
    },
    Manager {
        name: "Cookie Consent",
        files: &[
            ("/cc.css", "vanilla-cookieconsent/dist/cookieconsent.css"),
            ("/cc.js", "vanilla-cookieconsent/dist/cookieconsent.umd.js"),
        ],
        script: "addEventListener('load', () => CookieConsent.run({ hideFromBots: false, categories: { necessary: { enabled: true, readOnly: true }, mesure: {} },
                language: { default: 'fr', translations: { fr: {
                    consentModal: { title: 'Cookies', description: 'Nous aimerions compter nos lecteurs.', acceptAllBtn: 'Tout accepter', acceptNecessaryBtn: 'Refuser' },
                    preferencesModal: { title: 'Vos choix', acceptAllBtn: 'Tout accepter', sections: [{ title: 'Mesure', description: 'Des nombres' }] } } } } }));",
        accept: "#cc-main .cm__btn[data-role=all]",
        again: "CookieConsent.show(true)",
    },
    Manager {
        name: "Osano",
        files: &[
            ("/osano.css", "cookieconsent/build/cookieconsent.min.css"),
            ("/osano.js", "cookieconsent/build/cookieconsent.min.js"),
        ],
        script: "addEventListener('load', () => cookieconsent.initialise({ palette: { popup: { background: '#000' }, button: { background: '#f1d600' } } }));",
        accept: ".cc-window .cc-btn",
        again: "",
    },
    Manager {
        name: "Orejime",
        files: &[
            ("/orejime.css", "orejime/dist/orejime-standard.css"),
            ("/orejime.js", "orejime/dist/orejime-standard-fr.js"),
        ],
        script: "window.orejimeConfig = { privacyPolicyUrl: '/vie-privee', purposes: [{ id: 'mesure', title: 'Mesure', cookies: ['m'] }] };",
        accept: ".orejime-Banner .orejime-Banner-actions button",
        again: "orejime.prompt()",
    },
    Manager {
        name: "tarteaucitron",
        files: &[
            ("/tac/tarteaucitron.js", "tarteaucitronjs/tarteaucitron.js"),
            ("/tac/tarteaucitron.services.js", "tarteaucitronjs/tarteaucitron.services.js"),
            ("/tac/lang/", "tarteaucitronjs/lang/tarteaucitron.fr.js"),
            ("/tac/css/", "tarteaucitronjs/css/tarteaucitron.css"),
        ],
        script: "tarteaucitron.init({ privacyUrl: '', hashtag: '#tarteaucitron', cookieName: 'tarteaucitron', orientation: 'bottom', showIcon: true,
                iconPosition: 'BottomRight', DenyAllCta: true, AcceptAllCta: true, highPrivacy: true, mandatory: true, adblocker: false });
            tarteaucitron.services.mesure = { key: 'mesure', type: 'analytic', name: 'Mesure', uri: '/', needConsent: true, cookies: [], js() {} };
            (tarteaucitron.job = tarteaucitron.job || []).push('mesure');",
        accept: "#tarteaucitronPersonalize2",
        again: "tarteaucitron.userInterface.openPanel()",
    },
];

impl Manager {
    fn site(&self, view: &str) -> Result<Options> {
        let mut head = String::new();
        for (path, _) in self.files.iter().filter(|(path, _)| !path.ends_with('/')) {
            head += &match path.ends_with(".css") {
                true => format!(r#"<link rel="stylesheet" href="{path}">"#),
                // One of them looks for what sets it up when it is there itself.
                false if path.contains("services") => String::new(),
                false if path.contains("tac") => format!(r#"<script src="{path}"></script>"#),
                false => format!(r#"<script defer src="{path}"></script>"#),
            };
        }
        let mut site = with(view, &head, "", "", self.script);
        for (path, file) in self.files {
            site = serving(site, path, file)?;
        }
        // Some fetch files of theirs before they ask. What comes after the notice is another test's.
        for html in site.pages.values_mut() {
            *html = html.replace(r#"data-delay="0""#, r#"data-delay="2s""#);
        }
        Ok(site)
    }
}

/// On the page of the choice as well as on the next, where what is left of the manager in the document is not taken for its dialog.
#[test]
fn a_consent_manager_asks_first_and_the_notice_comes_after_the_choice() {
    run_in(BLOCKED, async |kind| {
        for manager in &MANAGERS {
            check_manager(kind, manager).await.context(manager.name)?;
        }
        Ok(())
    });
}

async fn check_manager(kind: Kind, manager: &Manager) -> Result<()> {
    let mut reader = Reader::new(kind, manager.site("modal")?).await?;
    // On a host of its own, because cookies know no ports, and no other reader has made a choice.
    reader.site.site = reader.site.site.replace("presse.", "choix.");
    reader.open("/page.html").await?;
    reader.verdict("blocked").await?;
    reader.until(&is_on_top(manager.accept)).await?;
    stays_away(&reader).await?;
    reader.keep_shot(&format!("consent-{}-{kind:?}.png", manager.name)).await?;
    reader.expect(&is_on_top(manager.accept), true).await?;
    reader.click(&manager.accept.replace('"', "'")).await?;
    reader.notice().await.context("after the choice")?;
    reader.press(Key::Escape).await?;
    reader.event("close").await?;
    if !manager.again.is_empty() {
        // It is shown again while the notice is there.
        reader.ask("Soutien.show()").await?;
        reader.notice().await?;
        reader.ask(&format!("({}, 1)", manager.again)).await?;
        reader.until("witness.notice() === null").await.context("shown again")?;
    }
    reader.open("/next.html").await?;
    reader.notice().await.context("on the next page")?;
    reader.expect("witness.errors", json!([])).await
}

/// A stub that waits for its manager counts as busy, for a while.
#[test]
fn a_manager_that_has_not_answered_is_waited_for_and_not_for_ever() {
    run_in(BLOCKED, async |kind| {
        let script = "window.__tcfapi = (...given) => (window.__tcfapi.heard ??= []).push(given);";
        let reader = Reader::new(kind, with("modal", "", "", "", script)).await?;
        reader.open("/page.html").await?;
        reader.verdict("blocked").await?;
        stays_away(&reader).await?;
        reader.expect("__tcfapi.heard.length > 0", true).await?;
        reader.notice().await
    });
}
