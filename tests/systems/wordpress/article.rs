//! The page that all of this began with: an article with comments, required fields and a spam check, on a theme with controls of its own, and a
//! reader who blocks its ads.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_testbed::webdriver::Browser;
use support::browsers::{self, Kind as Reader, run};
use thirtyfour::{By, Key};

use super::harness::CLASSIC;
use super::plugin::{self, NOTICE, site_with, wait};
use super::site::{Kind, Site};
use super::visitor::seen;

/// The controls that themes of the trade have; a reader who writes twice within seconds; and what answers in the place of Akismet's service, which is not asked: what speaks of a casino is spam.
const THEME: &str = r##"<?php
add_action( 'wp_body_open', function () {
    echo '<aside class="side-aside" style="position:fixed;top:80px;right:0;width:220px;background:#eee"><a class="close-side-aside" href="#">Fermer le panneau</a><p>À lire aussi</p></aside>
        <script>document.querySelector( ".close-side-aside" ).addEventListener( "click", ( event ) => event.target.parentElement.style.visibility = "hidden" );</script>';
} );
add_action( 'wp_footer', function () { echo '<a id="go-to-top" href="#">Haut de page</a>'; } );
add_filter( 'wp_is_comment_flood', '__return_false', 99 );
add_filter( 'pre_http_request', function ( $answer, $arguments, $address ) {
    if ( false === strpos( $address, 'akismet.com' ) ) { return $answer; }
    $body = is_array( $arguments['body'] ) ? http_build_query( $arguments['body'] ) : (string) $arguments['body'];
    $said = false !== strpos( $address, 'verify-key' ) ? 'valid' : ( false !== strpos( $body, 'casino' ) ? 'true' : 'false' );
    return array( 'headers' => array(), 'body' => $said, 'response' => array( 'code' => 200, 'message' => 'OK' ), 'cookies' => array(), 'filename' => null );
}, 10, 3 );
"##;

/// Makes the site what such a page needs, and gives the path of the article.
async fn article(site: &Site) -> Result<String> {
    let mu = site.folder.join("wp-content/mu-plugins");
    fs::create_dir_all(&mu)?;
    fs::write(mu.join("theme.php"), THEME)?;
    let admin = site.visitor.admin().await?;
    admin.switch_theme(CLASSIC).await?;
    admin.on_plugin("activate-selected", "akismet/akismet.php").await?;
    let id = site.php(
        "update_option( 'wordpress_api_key', '0123456789ab' ); update_option( 'akismet_comment_form_privacy_notice', 'display' ); update_option( 'require_name_email', '1' );
         echo wp_insert_post( array( 'post_title' => 'Le beffroi', 'post_status' => 'publish', 'comment_status' => 'open', 'tags_input' => array( 'horloge', 'conseil' ),
             'post_content' => str_repeat( \"<p>Depuis 1911, le bourg vit sept minutes après tout le monde, et personne ne s’en plaint.</p>\\n\", 40 ) ) );",
    )?;
    Ok(format!("/?p={id}"))
}

/// Writes a comment by the form, and waits for the page that follows.
async fn comment(browser: &Browser, text: &str) -> Result<()> {
    for (id, text) in [
        ("comment", text),
        ("author", "Une lectrice"),
        ("email", "lectrice@journal.example"),
    ] {
        let field = browser.find(By::Css(format!("#{id}"))).await?;
        field.scroll_into_view().await?;
        field.clear().await?;
        field.send_keys(text).await?;
    }
    browser
        .execute("window.isOld = true; document.querySelector('#submit').click();", vec![])
        .await?;
    wait(browser, "!window.isOld && document.readyState === 'complete'").await?;
    Ok(())
}

#[test]
fn a_reader_who_blocks_comments_below_an_article_that_asks_for_support() {
    run(async {
        let site = site_with(json!({ "mode": "ask", "options": { "policy": "once", "consent": "given" } })).await?;
        let path = article(&site).await?;
        let turn = browsers::borrow(Reader::Ublock).await?;
        let browser = &turn.browser;
        // A later view, which another page of the site has led to.
        browser.goto(&site.visitor.address).await?;
        wait(browser, "Soutien.verdict").await?;
        let follow =
            format!("const link = document.createElement('a'); link.href = {path:?}; document.body.append(link); link.click();");
        browser.execute(follow, vec![]).await?;
        wait(browser, &format!("location.pathname.length > 1 && ({NOTICE}) !== null")).await?;
        browser.action_chain().send_keys(Key::Escape).perform().await?;
        wait(browser, &format!("({NOTICE}) === null")).await?;

        // The fields are the page's, as they were.
        for what in [
            "#author[required]",
            "#email[required]",
            ".akismet_comment_form_privacy_notice",
            "a[rel=tag]",
        ] {
            seen(browser, what).await?;
        }
        browser
            .execute(
                "document.querySelector('#comment').value = ''; document.querySelector('#submit').click();",
                vec![],
            )
            .await?;
        let valid = browser
            .execute("return document.querySelector('#commentform').checkValidity();", vec![])
            .await?;
        ensure!(*valid.json() == json!(false), "required fields are not required");
        comment(browser, "Sept minutes, c’est le temps qu’il faut pour réfléchir.").await?;
        seen(browser, ".comment-awaiting-moderation").await?;
        ensure!(
            wait(browser, &format!("({NOTICE}) === null")).await? == json!(true),
            "closed once is closed"
        );
        browser.goto(format!("{}{path}", site.visitor.address)).await?;
        wait(browser, "Soutien.verdict").await?;
        comment(browser, "Un casino en ligne, tout près de chez vous.").await?;
        // Both wait for the editors, as first comments do; of the second one the service has said that it is spam.
        let comments = site.sql(
            "SELECT comment_approved AS approved, meta_value AS spam FROM wp_comments JOIN wp_commentmeta USING ( comment_ID ) WHERE meta_key = 'akismet_result' ORDER BY comment_ID",
        )?;
        let expected = json!([{ "approved": "0", "spam": "false" }, { "approved": "0", "spam": "true" }]);
        ensure!(
            json!(comments) == expected,
            "the comments are {comments:?}, expected {expected}"
        );

        // The theme's own controls.
        browser.goto(format!("{}{path}", site.visitor.address)).await?;
        wait(browser, "Soutien.verdict").await?;
        // Of the panel, the theme closes by a click alone; by us, Esc does so too.
        browser.action_chain().send_keys(Key::Escape).perform().await?;
        wait(
            browser,
            "getComputedStyle(document.querySelector('.side-aside')).visibility === 'hidden'",
        )
        .await?;
        browser.execute("scrollTo(0, 900);", vec![]).await?;
        wait(browser, "scrollY > 100 && document.querySelector('#go-to-top').checkVisibility({ opacityProperty: true, visibilityProperty: true })").await?;
        browser
            .execute("document.querySelector('#go-to-top').click();", vec![])
            .await?;
        wait(browser, "scrollY === 0").await?;
        browser.goto("about:blank").await?;
        ensure!(
            site.complaints().iter().all(|line| !line.contains("plugins/soutien")),
            "{:#?}",
            site.complaints()
        );
        Ok(())
    });
}

/// A page cache keeps one page for all readers; who is logged in gets one of their own.
#[test]
fn behind_a_page_cache_a_member_is_not_asked_and_numbers_arrive() {
    run(async {
        let site = plugin::site_of(Kind::Storage, json!({ "mode": "ask", "options": { "policy": "always" } })).await?;
        let somebody = site.visitor.another()?;
        somebody.get("/").await?.fine()?;
        let cached = somebody.get("/").await?.fine()?;
        let how = cached
            .headers
            .get("x-cache")
            .context("the page cache does not say what it did")?;
        ensure!(how == "HIT", "the page is not from the cache: {how:?}");
        ensure!(plugin::is_asked(&somebody, "/").await?);
        let admin = site.visitor.admin().await?;
        ensure!(!plugin::is_asked(&admin, "/").await?, "who is logged in is asked");
        ensure!(
            plugin::is_asked(&site.visitor.another()?, "/").await?,
            "the cache has the page of a member"
        );
        for id in [1, 2] {
            let status = plugin::send(&site, plugin::NUMBERS, &plugin::batch(id << 52).to_string()).await?;
            ensure!(status == 204, "numbers are answered by {status}");
        }
        let blocked = plugin::counted(&site, "wp_soutien_numbers")?["blocked"].clone();
        ensure!(blocked == 2, "{blocked} are counted: the cache has answered");
        Ok(())
    });
}
