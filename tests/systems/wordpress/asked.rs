//! Who is asked, and where: what the tag says, as the server has decided it.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use support::browsers::run;

use super::plugin::{is_asked, set, site_with, tag};
use super::site::Site;
use super::visitor::Visitor;

/// Expects that somebody is asked on a page, or not, under settings besides `ask`.
async fn check(site: &Site, visitor: &Visitor, settings: Value, path: &str, expected: bool) -> Result<()> {
    let mut all = json!({ "mode": "ask", "logged-in": false, "roles": [], "types": [], "terms": [], "paths": [] });
    for (key, value) in settings.as_object().context("settings are an object")? {
        all[key] = value.clone();
    }
    set(site, &all)?;
    let found = is_asked(visitor, path).await?;
    ensure!(
        found == expected,
        "under {settings}, {path} asks: {found}, expected {expected}"
    );
    Ok(())
}

#[test]
fn readers_are_asked_by_role_and_by_what_the_page_is() {
    run(async {
        let site = site_with(json!({ "mode": "ask" })).await?;
        let (somebody, subscriber) = (&site.visitor, &site.member("subscriber").await?);
        site.php(
            "require ABSPATH . 'wp-admin/includes/taxonomy.php'; wp_create_category( 'Sport' );
             wp_insert_post( array( 'post_title' => 'Le match', 'post_name' => 'match', 'post_status' => 'publish', 'post_category' => array( get_cat_ID( 'Sport' ) ) ) );
             wp_insert_post( array( 'post_title' => 'Abonnement', 'post_name' => 'abonnement', 'post_type' => 'page', 'post_status' => 'publish' ) );
             $wp_rewrite->set_permalink_structure( '/%postname%/' ); $wp_rewrite->flush_rules();",
        )?;
        let sport = site.php("echo get_cat_ID( 'Sport' );")?;
        let sport: u32 = sport.parse().with_context(|| format!("no category, but {sport}"))?;
        for (visitor, settings, path, expected) in [
            (somebody, json!({}), "/", true),
            (somebody, json!({ "mode": "measure" }), "/", false),
            // Who.
            (subscriber, json!({}), "/", true),
            (subscriber, json!({ "logged-in": true }), "/", false),
            (somebody, json!({ "logged-in": true }), "/", true),
            (subscriber, json!({ "roles": ["subscriber"] }), "/", false),
            (subscriber, json!({ "roles": ["editor"] }), "/", true),
            (somebody, json!({ "roles": ["subscriber"] }), "/", true),
            // What.
            (somebody, json!({ "types": ["page"] }), "/abonnement/", false),
            (somebody, json!({ "types": ["page"] }), "/match/", true),
            (somebody, json!({ "types": ["post"] }), "/match/", false),
            (somebody, json!({ "terms": [sport] }), "/match/", false),
            (somebody, json!({ "terms": [sport] }), "/category/sport/", false),
            (somebody, json!({ "terms": [sport] }), "/abonnement/", true),
            // Where.
            (somebody, json!({ "paths": ["/abonnement/"] }), "/abonnement/", false),
            (somebody, json!({ "paths": ["/abonnement"] }), "/abonnement/?a=b", false),
            (somebody, json!({ "paths": ["/abo*"] }), "/abonnement/", false),
            (somebody, json!({ "paths": ["/abo"] }), "/abonnement/", true),
            (somebody, json!({ "paths": ["/a.onnement/"] }), "/abonnement/", true),
        ] {
            check(&site, visitor, settings, path, expected).await?;
        }
        ensure!(site.complaints().is_empty(), "{:#?}", site.complaints());
        Ok(())
    });
}

#[test]
fn what_no_reader_looks_at_has_no_tag() {
    run(async {
        let site = site_with(json!({ "mode": "ask" })).await?;
        let admin = site.visitor.admin().await?;
        let draft = site.php("echo wp_insert_post( array( 'post_title' => 'Plus tard', 'post_status' => 'draft' ) );")?;
        for (visitor, path) in [
            (&site.visitor, "/?feed=rss2".to_owned()),
            (&site.visitor, "/?feed=atom".to_owned()),
            (&site.visitor, "/?p=1&embed=true".to_owned()),
            (&site.visitor, "/wp-login.php".to_owned()),
            (&site.visitor, "/wp-sitemap.xml".to_owned()),
            (&site.visitor, "/wp-json/wp/v2/posts".to_owned()),
            (&admin, format!("/?p={draft}&preview=true")),
            (&admin, "/wp-admin/".to_owned()),
            (&admin, "/?customize_changeset_uuid=00000000-0000-4000-8000-000000000000&customize_theme=twentytwentyone&customize_messenger_channel=preview-0".to_owned()),
        ] {
            let page = visitor.get(&path).await?;
            ensure!(!page.text.contains("soutien.js"), "{path} has the tag: {}", page.text);
        }
        let front = site.visitor.get("/").await?.fine()?;
        ensure!(tag(&front)?.is_some(), "the front page has no tag");
        set(&site, &json!({ "mode": "off" }))?;
        let front = site.visitor.get("/").await?.fine()?;
        ensure!(!front.text.contains("soutien"), "switched off, the page has {}", front.text);
        Ok(())
    });
}

/// The page that readers get is the same, byte for byte.
#[test]
fn a_page_without_the_plugin_is_that_with_the_plugin_deactivated() {
    run(async {
        let site = site_with(json!({ "mode": "ask" })).await?;
        let admin = site.visitor.admin().await?;
        let paths = ["/", "/?p=1", "/?page_id=2", "/?feed=rss2", "/wp-sitemap.xml"];
        let pages = async || -> Result<Vec<String>> {
            let mut pages = Vec::new();
            for path in paths {
                pages.push(site.visitor.get(path).await?.fine()?.text);
            }
            Ok(pages)
        };
        let with = pages().await?;
        ensure!(with[0].contains("soutien.js"), "the plugin does nothing");
        admin.on_plugin("deactivate-selected", super::plugin::NAME).await?;
        let deactivated = pages().await?;
        admin.on_plugin("delete-selected", super::plugin::NAME).await?;
        let without = pages().await?;
        for (path, (deactivated, without)) in paths.iter().zip(deactivated.iter().zip(&without)) {
            ensure!(deactivated == without, "{path} differs:\n{deactivated}\n{without}");
        }
        Ok(())
    });
}
