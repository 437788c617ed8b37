//! Who sets the plugin up, in a browser, and the readers who come then.

use std::fs;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use soutien_project::root;
use soutien_testbed::webdriver::Browser;
use support::browsers::{Kind, Turn, borrow, run};
use support::waiting::{SLOW, wait_within};
use thirtyfour::Key;
use xtask::setup::{Need, require};

use super::numbers;
use super::rig::{PASSWORD, Site};

/// The notice, where it is open.
const NOTICE: &str = "[...document.querySelectorAll('[data-soutien]')].map(({ shadowRoot }) => shadowRoot?.querySelector('dialog[open]')).find(Boolean)";

/// Somebody with a browser on a site, who may or may not be logged in.
struct Seat {
    browser: Arc<Browser>,
    address: String,
    _turn: Turn,
}

impl Seat {
    /// A browser that has been nowhere on this site, and is logged in nowhere.
    async fn new(kind: Kind, site: &Site) -> Result<Seat> {
        let turn = borrow(kind).await?;
        let browser = turn.browser.clone();
        if kind == Kind::Chromium {
            browser.devtools("Network.enable", json!({})).await?;
            browser.devtools("Network.setBlockedURLs", json!({ "urls": [] })).await?;
            browser
                .devtools("Emulation.setEmulatedMedia", json!({ "features": [] }))
                .await?;
        }
        let seat = Seat {
            browser,
            address: site.address(),
            _turn: turn,
        };
        seat.open("/spip.png").await?;
        seat.browser.delete_all_cookies().await?;
        Ok(seat)
    }

    async fn open(&self, path: &str) -> Result<()> {
        Ok(self.browser.goto(format!("{}{path}", self.address)).await?)
    }

    async fn ask(&self, expression: &str) -> Result<Value> {
        let answer = self.browser.execute(format!("return {expression};"), vec![]).await;
        Ok(answer.with_context(|| format!("cannot ask for {expression}"))?.json().clone())
    }

    /// Waits until an expression is neither null nor false. While a page is being replaced by the next, asking fails.
    async fn until(&self, expression: &str) -> Result<Value> {
        let found = wait_within(SLOW, expression, async || {
            let found = self.ask(&format!("({expression}) || null")).await.unwrap_or_default();
            Ok((!found.is_null()).then_some(found))
        })
        .await;
        if found.is_err() {
            let page = self.ask("`${location} ${document.body.innerText}`").await.unwrap_or_default();
            bail!("it is not so that {expression}: {page}");
        }
        found
    }

    /// Clicks what an expression gives, as soon as it is there.
    async fn click(&self, expression: &str) -> Result<()> {
        self.until(&format!("document.readyState === 'complete' && !!({expression})"))
            .await?;
        self.ask(&format!("({expression}).scrollIntoView({{ block: 'center' }})"))
            .await?;
        let found = self.browser.execute(format!("return {expression};"), vec![]).await?;
        let click = found.element()?.click().await;
        click.with_context(|| format!("{expression} cannot be clicked"))
    }

    /// Clicks the link, button or label with this text.
    async fn click_text(&self, text: &str) -> Result<()> {
        let texts = "({ innerText, value, localName }) => (localName === 'input' ? value : innerText).trim()";
        self.click(&format!(
            "[...document.querySelectorAll('#contenu a, #contenu button, #contenu label, #contenu input[type=submit]')]
                .filter((element) => element.checkVisibility()).find((element) => ({texts})(element) === {})",
            json!(text)
        ))
        .await
    }

    async fn log_in(&self, login: &str) -> Result<()> {
        self.open("/spip.php?page=login&url=ecrire%2F").await?;
        for (name, text) in [("var_login", login), ("password", PASSWORD)] {
            let field = self
                .browser
                .execute(format!("return document.getElementById('{name}')"), vec![])
                .await?;
            field.element()?.send_keys(text).await?;
        }
        self.ask("document.getElementById('password').form.requestSubmit()").await?;
        self.until("location.pathname === '/ecrire/' && document.readyState === 'complete'")
            .await?;
        Ok(())
    }

    /// What axe finds wrong with what is ours on a page of the private area.
    async fn violations(&self) -> Result<Vec<String>> {
        let axe = fs::read_to_string(require(Need::Judges)?.join("axe-core/axe.min.js"))?;
        self.browser.execute(axe, vec![]).await?;
        let script = "const done = arguments[0];
            axe.run('#contenu', { resultTypes: ['violations'] }).then(({ violations }) =>
                done(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html + failureSummary).join(' ')}`)));";
        let found = self.browser.execute_async(script, vec![]).await?.json().clone();
        Ok(serde_json::from_value(found)?)
    }

    /// Keeps a picture of the whole page under target/shots/.
    async fn keep_shot(&self, name: &str) -> Result<()> {
        let folder = root().join("target/shots");
        fs::create_dir_all(&folder)?;
        let size = self
            .ask("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
            .await?;
        let metrics = json!({ "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": false });
        self.browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        self.browser.screenshot(&folder.join(name)).await?;
        self.browser
            .devtools("Emulation.clearDeviceMetricsOverride", json!({}))
            .await?;
        Ok(())
    }
}

/// From a plugin that FTP has put there to a notice under a real blocker, with five clicks; then the numbers of what happened.
#[test]
fn five_clicks_in_the_private_area_and_the_notice_is_there_and_counts() {
    run(async {
        let site = Site::plain().await?;
        site.put_plugin().await?;
        let editor = Seat::new(Kind::Chromium, &site).await?;
        editor.log_in("claire").await?;
        editor.open("/ecrire/?exec=admin_plugin").await?;
        for click in ["Inactifs", "Activer", "Configurer", "Demander", "Enregistrer"] {
            editor.click_text(click).await.with_context(|| click.to_owned())?;
        }
        editor
            .until("document.querySelector('.formulaire_configurer_soutien .reponse_formulaire_ok')")
            .await?;
        ensure!(
            editor.ask("document.documentElement.lang").await? == "fr",
            "the private area is not in French"
        );

        // A reader with uBlock Origin is asked gently: on the second page, in French.
        let reader = Seat::new(Kind::Ublock, &site).await?;
        reader.open("/").await?;
        reader.until("window.Soutien?.verdict?.kind === 'blocked'").await?;
        reader
            .click("document.querySelector('a[href=\"spip.php?article1\"]')")
            .await?;
        reader
            .until("location.search === '?article1' && window.Soutien?.verdict?.kind === 'blocked'")
            .await?;
        reader.until(NOTICE).await?;
        let words = reader.ask(&format!("({NOTICE}).innerText")).await?;
        ensure!(
            words
                .as_str()
                .is_some_and(|words| words.contains("Comment autoriser ce site")),
            "{words}"
        );
        let head = reader.ask("document.head.innerHTML").await?;
        ensure!(
            head.as_str()
                .is_some_and(|head| head.contains("local/cache-js/") && !head.contains("soutien")),
            "the compressor is not on: {head}"
        );

        // Numbers, where no consent is needed: one view that is blocked, with its notice, and two that are not.
        editor
            .ask("document.querySelector('#option_consent').value = 'given'")
            .await?;
        editor
            .ask("document.querySelector('#option_policy').value = 'always'")
            .await?;
        editor.click_text("Enregistrer").await?;
        wait_within(SLOW, "consent that is kept", async || {
            let kept = site.php("echo lire_config( 'soutien/options/consent' );")?;
            Ok((kept == "given").then_some(()))
        })
        .await?;
        reader.open("/spip.php?article2").await?;
        reader.until(NOTICE).await?;
        let visitor = Seat::new(Kind::Firefox, &site).await?;
        for path in ["/", "/spip.php?article1"] {
            visitor.open(path).await?;
            visitor.until("window.Soutien?.verdict?.kind === 'clear'").await?;
            // A page that is left sends the rest, but whether it arrives is the browser's.
            visitor
                .until("performance.getEntriesByType('resource').some(({ name }) => name.includes('soutien_chiffres'))")
                .await?;
        }
        ensure!(
            visitor.ask(&format!("!!{NOTICE}")).await? == false,
            "somebody without a blocker is asked"
        );
        wait_within(SLOW, "page that tells the numbers", async || {
            editor.open("/ecrire/?exec=soutien").await?;
            let cells =
                "[...document.querySelectorAll('[data-day] td')].map(({ innerText }) => innerText.replaceAll('\\u00a0', ' '))";
            let found = editor.ask(cells).await?;
            Ok((found == json!(["3", "1", "33,3 %", "1", "0", "0,0 %"])).then_some(()))
        })
        .await?;
        site.unharmed()
    });
}

/// In French and English, light and dark, with everything unfolded and something wrong in a field.
#[test]
fn axe_finds_nothing_in_the_form_and_the_numbers() {
    run(async {
        let site = Site::active().await?;
        let visitor = site.visitor()?;
        numbers::send(&visitor, &numbers::batch(1)).await?;
        site.php(
            "foreach ( array( 1, 2, 3, 5, 8, 13 ) as $n ) {
                $jour = date( 'Y-m-d', strtotime( \"-$n days\" ) );
                foreach ( array( 'blocked' => 90 + 7 * $n, 'clear' => 1400 - 40 * $n, 'unsure' => 12, 'by-extension' => 80, 'shown' => 61, 'recovered' => $n ) as $nom => $total ) {
                    sql_insertq( 'spip_soutien_chiffres', array( 'jour' => $jour, 'nom' => $nom, 'total' => $total ) );
                }
            }",
        )?;
        for language in ["fr", "en"] {
            site.php(&format!(
                "sql_updateq( 'spip_auteurs', array( 'lang' => '{language}' ), 'id_auteur=1' );"
            ))?;
            let editor = Seat::new(Kind::Chromium, &site).await?;
            editor.log_in("claire").await?;
            for scheme in ["light", "dark"] {
                let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
                editor.browser.devtools("Emulation.setEmulatedMedia", media).await?;
                editor.open("/ecrire/?exec=configurer_soutien").await?;
                ensure!(editor.ask("document.documentElement.lang").await? == language);
                let found = editor.violations().await?;
                ensure!(found.is_empty(), "{language}, {scheme}: axe finds {found:#?}");
                editor.keep_shot(&format!("spip-form-{language}-{scheme}.png")).await?;
                editor.ask("document.querySelector('#option_snooze').value = 'x'").await?;
                editor
                    .click("document.querySelector('.formulaire_configurer_soutien [type=submit]')")
                    .await?;
                editor
                    .until("document.querySelector('.fieldset_others[open] #option_snooze-erreur')")
                    .await?;
                let found = editor.violations().await?;
                ensure!(found.is_empty(), "{language}, {scheme}, with an error: axe finds {found:#?}");
                editor.keep_shot(&format!("spip-error-{language}-{scheme}.png")).await?;
                editor.open("/ecrire/?exec=soutien").await?;
                editor.until("document.querySelector('.soutien-chart svg')").await?;
                let found = editor.violations().await?;
                ensure!(found.is_empty(), "{language}, {scheme}, numbers: axe finds {found:#?}");
                editor.keep_shot(&format!("spip-numbers-{language}-{scheme}.png")).await?;
            }
            editor
                .browser
                .devtools("Emulation.setEmulatedMedia", json!({ "features": [] }))
                .await?;
        }
        site.unharmed()
    });
}

/// Every control is reached by Tab, in the order of the page, and the form is sent by the keyboard.
#[test]
fn the_keyboard_does_everything_in_the_form() {
    run(async {
        let site = Site::active().await?;
        let editor = Seat::new(Kind::Chromium, &site).await?;
        editor.log_in("claire").await?;
        editor.open("/ecrire/?exec=configurer_soutien").await?;
        editor.ask("document.querySelector('#mode_measure').focus()").await?;
        editor.browser.action_chain().send_keys(Key::Down).perform().await?;
        ensure!(editor.ask("document.querySelector('#mode_ask').checked").await? == true);
        let press = async |key: Key| editor.browser.action_chain().send_keys(key).perform().await;
        let mut reached = Vec::new();
        for _ in 0..80 {
            press(Key::Tab).await?;
            let focus = editor
                .ask("document.activeElement.id || document.activeElement.name || document.activeElement.localName")
                .await?;
            let focus = focus.as_str().unwrap_or_default().to_owned();
            match focus.as_str() {
                "summary" => press(Key::Enter).await?,
                "option_title" => editor.browser.action_chain().send_keys("Au clavier").perform().await?,
                "ok" => {
                    press(Key::Enter).await?;
                    break;
                }
                _ => {}
            }
            reached.push(focus);
        }
        editor
            .until("document.querySelector('.formulaire_configurer_soutien .reponse_formulaire_ok')")
            .await?;
        let controls = "[...document.querySelectorAll('.formulaire_configurer_soutien :is(input, select):not([type=hidden], [type=radio], [type=submit])')].map(({ id }) => id)";
        let controls: Vec<String> = serde_json::from_value(editor.ask(controls).await?)?;
        let missed: Vec<_> = controls.iter().filter(|control| !reached.contains(control)).collect();
        ensure!(
            controls.len() > 25 && missed.is_empty(),
            "Tab does not reach {missed:?}: {reached:?}"
        );
        let kept = site.php("echo json_encode( lire_config( 'soutien' ) );")?;
        ensure!(kept == r#"{"mode":"ask","options":{"title":"Au clavier"}}"#, "{kept}");
        site.unharmed()
    });
}
