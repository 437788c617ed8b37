//! The plugin for SPIP, in the real SPIP: what is on its pages, for whom, and that it goes as it came. `editor` is who sets it up, in a browser;
//! `numbers`, what pages send.

mod editor;
mod numbers;
mod rig;
mod words;

use anyhow::{Result, ensure};
use soutien_project::files::collect;
use support::browsers::run;
use support::documents;

use rig::{Site, Visitor};

/// Asserts what a visitor's page has for a policy, and that it has the tag.
async fn expect_policy(visitor: &Visitor, path: &str, expected: Option<&str>) -> Result<()> {
    let tag = visitor.tag(path).await?.unwrap_or_default();
    let policy = tag.split_once("data-policy=\"").and_then(|(_, rest)| rest.split('"').next());
    ensure!(
        tag.contains("src=\"/plugins/soutien/site/") && policy == expected,
        "expected the policy {expected:?} on {path}, found {tag:?}"
    );
    Ok(())
}

/// A page, without what SPIP makes anew each time: what it adds now and then for its own tasks, what it has encrypted, and what its compressor
/// says of a file that it has just written.
async fn page(visitor: &Visitor, path: &str) -> Result<String> {
    let mut text = visitor.get(path).await?.text;
    for (begin, end) in [
        ("<!-- SPIP-CRON -->", "</noscript>"),
        (" data-ajax-env=\"", "\""),
        ("<!-- compact [", "-->\n"),
    ] {
        let mut rest = text.as_str();
        let mut kept = String::new();
        while let Some((before, after)) = rest.split_once(begin) {
            kept += before;
            rest = after.split_once(end).map_or("", |(_, rest)| rest);
        }
        text = kept + rest;
    }
    Ok(text)
}

/// Asserts that two pages are the same, and says where they are not.
fn expect_same(found: &str, expected: &str, what: &str) -> Result<()> {
    let other = found
        .lines()
        .zip(expected.lines())
        .find(|(found, expected)| found != expected);
    ensure!(found == expected, "{what}, the page is another one: {other:?}");
    Ok(())
}

#[test]
fn a_page_without_the_plugin_with_it_deactivated_and_with_it_off_is_the_same() {
    run(async {
        let site = Site::plain().await?;
        let visitor = site.visitor()?;
        // Once for SPIP's own caches.
        visitor.get("/").await?;
        let without = page(&visitor, "/").await?;
        ensure!(
            without.contains("Article 1") && without.contains("local/cache-js/"),
            "{without}"
        );
        site.put_plugin().await?;
        let editor = site.log_in("claire").await?;
        editor.switch("on").await?;
        let with = page(&visitor, "/").await?;
        ensure!(with != without, "the plugin is not active");
        let tag = visitor.tag("/").await?.unwrap_or_default();
        let whole = format!("{tag}\n");
        ensure!(with.replacen(&whole, "", 1) == without, "more than the tag {whole}: {with}");
        ensure!(with.ends_with(&format!("{whole}</body>\n</html>\n")), "{with}");
        editor.save(&[("mode", "off")]).await?;
        expect_same(&page(&visitor, "/").await?, &without, "with the mode `off`")?;
        editor.save(&[("mode", "ask")]).await?;
        editor.switch("off").await?;
        expect_same(&page(&visitor, "/").await?, &without, "with the plugin deactivated")?;
        site.unharmed()
    });
}

#[test]
fn what_is_uninstalled_leaves_nothing() {
    run(async {
        let site = Site::plain().await?;
        let editor = site.log_in("claire").await?;
        // What SPIP itself writes when it looks at its plugins is no trace of this one.
        editor.get("/ecrire/?exec=admin_plugin&voir=inactif").await?;
        let files = |site: &Site| -> Result<Vec<_>> {
            let mut files = Vec::new();
            collect(&site.folder, &mut files)?;
            let caches = ["tmp/cache", "tmp/log", "local", "plugins/soutien", "tmp/sessions"].map(|name| site.folder.join(name));
            files.retain(|file| !caches.iter().any(|cache| file.starts_with(cache)));
            files.sort();
            Ok(files)
        };
        site.put_plugin().await?;
        editor.get("/ecrire/?exec=admin_plugin&voir=inactif").await?;
        let (schema, before) = (site.schema()?, files(&site)?);
        editor.switch("on").await?;
        editor
            .save(&[("mode", "ask"), ("option_title", "Bonjour"), ("option_consent", "given")])
            .await?;
        numbers::send(&site.visitor()?, &numbers::batch(1)).await?;
        let with = site.schema()?;
        ensure!(
            with.contains("spip_soutien_chiffres") && with.contains("meta soutien\n"),
            "{with}"
        );
        editor.switch("stop").await?;
        let (after, left) = (site.schema()?, files(&site)?);
        let named: Vec<_> = after.lines().filter(|line| line.contains("soutien")).collect();
        ensure!(named.is_empty(), "left: {named:?}");
        let other = |one: &str, other: &str| -> Vec<String> {
            // When the site has changed, and which plugins it has had, SPIP itself remembers.
            let own = ["meta derniere_modif", "meta plugins_interessants"];
            let lines = one
                .lines()
                .filter(|line| !other.lines().any(|known| known == *line) && !own.contains(line));
            lines.map(str::to_owned).collect()
        };
        let (new, gone) = (other(&after, &schema), other(&schema, &after));
        ensure!(new.is_empty() && gone.is_empty(), "new: {new:?}, gone: {gone:?}");
        let new: Vec<_> = left.iter().filter(|file| !before.contains(file)).collect();
        ensure!(
            new.iter().all(|file| !file.to_string_lossy().contains("soutien")),
            "left: {new:?}"
        );
        site.unharmed()
    });
}

/// After the installation, and with what the form says.
#[test]
fn the_mode_says_what_the_tag_does() {
    run(async {
        let site = Site::active().await?;
        let visitor = site.visitor()?;
        expect_policy(&visitor, "/", Some("silent")).await?;
        let editor = site.log_in("claire").await?;
        editor.save(&[("mode", "ask")]).await?;
        expect_policy(&visitor, "/", None).await?;
        editor.save(&[("mode", "ask"), ("option_policy", "once")]).await?;
        expect_policy(&visitor, "/", Some("once")).await?;
        editor.save(&[("mode", "measure"), ("option_policy", "once")]).await?;
        expect_policy(&visitor, "/", Some("silent")).await
    });
}

/// SPIP keeps pages for everybody; who is asked is decided for each.
#[test]
fn who_is_not_asked_is_decided_on_every_request() {
    run(async {
        let site = Site::active().await?;
        let admin = site.log_in("claire").await?;
        admin.save(&[("mode", "ask")]).await?;
        let (stranger, subscriber) = (site.visitor()?, site.log_in("lea-abonnee").await?);
        // Whoever comes first fills the page cache.
        for path in ["/", "/spip.php?article1"] {
            expect_policy(&subscriber, path, Some("silent")).await?;
            expect_policy(&stranger, path, None).await?;
            expect_policy(&subscriber, path, Some("silent")).await?;
            expect_policy(&admin, path, Some("silent")).await?;
        }
        // Of those with an account, editors alone.
        let field = ("statuses[]", "1comite");
        admin.save(&[("mode", "ask"), field]).await?;
        expect_policy(&subscriber, "/", None).await?;
        expect_policy(&admin, "/", None).await?;
        expect_policy(&site.log_in("remi").await?, "/", Some("silent")).await?;
        site.unharmed()
    });
}

#[test]
fn subscribers_are_known_by_their_session_and_by_what_other_plugins_say() {
    run(async {
        let site = Site::active().await?;
        // As a site or a plugin for subscriptions does it.
        let options = "<?php
            $GLOBALS['spip_pipeline']['preparer_fichier_session'] = ( $GLOBALS['spip_pipeline']['preparer_fichier_session'] ?? '' ) . '|presse_session';
            function presse_session( $flux ) { $flux['data']['zones'] = 'lea-abonnee' === $flux['args']['row']['login'] ? '2,7' : ''; return $flux; }";
        std::fs::write(site.folder.join("config/mes_options.php"), options)?;
        let admin = site.log_in("claire").await?;
        site.php("include_spip( 'inc/plugin' ); actualise_plugins_actifs();")?;
        let (reader, other) = (site.log_in("lea-abonnee").await?, site.log_in("remi").await?);
        for (fields, expected) in [
            ("zones", Some("silent")),
            ("zones=7", Some("silent")),
            ("nothing, zones=2", Some("silent")),
            ("zones=27", None),
            ("nothing", None),
        ] {
            let none = ("statuses[]", "");
            admin.save(&[("mode", "ask"), none, ("session", fields)]).await?;
            expect_policy(&reader, "/", expected).await?;
            expect_policy(&other, "/", None).await?;
            expect_policy(&site.visitor()?, "/", None).await?;
        }
        // And as the document has it.
        let document = documents::only("docs/spip.md", "What can be set", "php")?;
        let more = format!("\n{}", document.replace("['abonne']", "['login']").replace("'oui'", "'remi'"));
        std::fs::write(site.folder.join("config/mes_options.php"), options.to_owned() + more.as_str())?;
        site.php("include_spip( 'inc/plugin' ); actualise_plugins_actifs();")?;
        expect_policy(&other, "/", Some("silent")).await?;
        expect_policy(&reader, "/", None).await?;
        expect_policy(&site.visitor()?, "/", None).await?;
        site.unharmed()
    });
}

#[test]
fn nobody_is_asked_in_some_sections_and_articles() {
    run(async {
        let site = Site::active().await?;
        let editor = site.log_in("claire").await?;
        let visitor = site.visitor()?;
        editor.save(&[("mode", "ask"), ("rubriques", "1")]).await?;
        for (path, expected) in [
            ("/", None),
            ("/spip.php?rubrique1", Some("silent")),
            ("/spip.php?rubrique2", Some("silent")),
            ("/spip.php?article1", Some("silent")),
            ("/spip.php?rubrique3", None),
            ("/spip.php?article2", None),
        ] {
            expect_policy(&visitor, path, expected).await?;
        }
        editor.save(&[("mode", "ask"), ("articles", "2, 17")]).await?;
        expect_policy(&visitor, "/spip.php?article1", None).await?;
        expect_policy(&visitor, "/spip.php?article2", Some("silent")).await?;
        site.unharmed()
    });
}

#[test]
fn what_is_no_page_for_readers_has_no_tag() {
    run(async {
        let site = Site::active().await?;
        let editor = site.log_in("claire").await?;
        let visitor = site.visitor()?;
        for path in [
            "/spip.php?page=backend",
            "/spip.php?page=login",
            "/spip.php?page=spip_pass",
            "/ecrire/",
        ] {
            ensure!(visitor.tag(path).await?.is_none(), "{path} has a tag");
        }
        let missing = site.raw("/spip.php?article99")?;
        ensure!(
            missing.contains("404") && missing.contains("</body>") && !missing.contains("soutien.js"),
            "{missing}"
        );
        let preview = editor.get("/spip.php?article1&var_mode=preview").await?.text;
        ensure!(preview.contains("Article 1") && !preview.contains("soutien.js"), "{preview}");
        let feed = visitor.get("/spip.php?page=backend").await?;
        ensure!(
            feed.text.starts_with("<?xml") && !feed.text.contains("soutien"),
            "{}",
            feed.text
        );
        site.unharmed()
    });
}

/// Whoever sends the form without SPIP's form, or may not configure the site, changes nothing.
#[test]
fn the_form_is_for_who_may_configure_the_site() {
    run(async {
        let site = Site::active().await?;
        let admin = site.log_in("claire").await?;
        let address = "/ecrire/?exec=configurer_soutien";
        let page = admin.get(address).await?.text;
        let mut stolen = rig::hidden(rig::form(&page, "formulaire_configurer_soutien")?);
        stolen.extend(rig::owned([("mode", "ask")]));
        let before = site.php("var_dump( lire_config( 'soutien' ) );")?;
        for visitor in [site.log_in("remi").await?, site.log_in("lea-abonnee").await?, site.visitor()?] {
            for address in [address, "/spip.php", "/ecrire/"] {
                visitor.post(address, &stolen).await?;
            }
            let page = visitor.get(address).await?.text;
            ensure!(!page.contains("name=\"mode\""), "somebody else sees the form");
            let page = visitor.get("/ecrire/?exec=soutien").await?.text;
            ensure!(!page.contains("soutien-periods"), "somebody else sees the numbers");
        }
        let unsigned = rig::owned([("formulaire_action", "configurer_soutien"), ("mode", "ask")]);
        admin.post(address, &unsigned).await?;
        let mut forged = stolen;
        for (name, value) in &mut forged {
            if name.starts_with("formulaire_action_") {
                *value = format!("{value}0");
            }
        }
        admin.post(address, &forged).await?;
        ensure!(site.php("var_dump( lire_config( 'soutien' ) );")? == before, "it was changed");
        site.unharmed()
    });
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_saved() {
    run(async {
        let site = Site::active().await?;
        let editor = site.log_in("claire").await?;
        let evil = "\"><script>alert(1)</script>";
        for (field, value, expected) in [
            ("option_snooze", "une semaine", "« une semaine »"),
            ("option_snooze", "une semaine", "<code>7d</code>"),
            ("option_support_url", "javascript:alert(1)", "javascript:alert(1)"),
            ("option_share", "101", "« 101 »"),
            ("option_after_views", "-1", "« -1 »"),
            ("option_view", "popup", "<code>modal</code>"),
            ("option_analytics[]", "matomo' OR 1=1 --", "matomo&#039; OR 1=1"),
            ("session", "statut='x' OR 1=1", "des noms de champs"),
            ("rubriques", "1; DROP TABLE spip_meta", "des numéros"),
            ("articles", evil, "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("mode", "shout", "« shout »"),
            ("option_title", &"é".repeat(501), "« ééé"),
        ] {
            let fields = if field == "mode" {
                vec![(field, value)]
            } else {
                vec![("mode", "ask"), (field, value)]
            };
            let page = editor.save_just(&fields).await?.replace('\u{a0}', " ");
            ensure!(page.contains("reponse_formulaire_erreur"), "{field} may be {value}");
            ensure!(page.contains(expected), "{field} is {value}, and {expected} is not in {page}");
            ensure!(!page.contains("<script>alert(1)"), "{field} is not escaped");
        }
        let kept = site.php("echo json_encode( lire_config( 'soutien' ) );")?;
        ensure!(!kept.contains("mode"), "{kept}");
        site.unharmed()
    });
}

/// All that is no default, and nothing else.
#[test]
fn values_are_kept_and_escaped_wherever_they_are_shown() {
    run(async {
        let site = Site::active().await?;
        let editor = site.log_in("claire").await?;
        let title = r#"L'« été » "><script>alert(1)</script> & <b>gras</b> <? echo 1 ?> #TITRE [(#REM)]"#;
        editor
            .save(&[
                ("mode", "ask"),
                ("option_title", title),
                ("option_view", "banner"),
                ("option_snooze", "7d"),
                ("option_analytics[]", "matomo"),
                ("option_analytics[]", "plausible"),
                ("option_support_url", "/soutenir?a=1&b=2"),
            ])
            .await?;
        let kept =
            site.php("echo json_encode( lire_config( 'soutien/options' ), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );")?;
        let kept: serde_json::Value = serde_json::from_str(&kept)?;
        let expected = serde_json::json!({
            "view": "banner",
            "support-url": "/soutenir?a=1&b=2",
            "analytics": "matomo plausible",
            "title": title,
        });
        ensure!(kept == expected, "found {kept}");
        let tag = site.visitor()?.tag("/").await?.unwrap_or_default();
        for part in [
            r#" data-title="L&#039;« été » &quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;gras&lt;/b&gt; &lt;? echo 1 ?&gt; #TITRE [(#REM)]""#,
            r#" data-support-url="/soutenir?a=1&amp;b=2""#,
            r#" data-analytics="matomo plausible""#,
            r#" data-view="banner""#,
        ] {
            ensure!(tag.contains(part), "{part} is not in {tag}");
        }
        ensure!(!tag.contains("snooze"), "{tag}");
        let page = editor.get("/ecrire/?exec=configurer_soutien").await?.text;
        ensure!(
            page.contains("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script>alert(1)"),
            "{page}"
        );
        site.unharmed()
    });
}
