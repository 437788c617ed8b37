//! What the editors of posts have: the place for the inline notice, and the mark of a post on which nobody is asked.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use soutien_testbed::webdriver::Browser;
use support::browsers::{self, Kind as Reader, run};

use super::plugin::{NOTICE, is_asked, site_with, wait};
use super::site::Site;
use super::visitor::seen;

/// Opens a post in the block editor, past the welcome of that.
async fn edit(browser: &Browser, site: &Site, post: u32) -> Result<()> {
    browser
        .goto(format!("{}/wp-admin/post.php?post={post}&action=edit", site.visitor.address))
        .await?;
    wait(
        browser,
        "window.wp?.data?.select('core/editor')?.getCurrentPostId() && wp.blocks.getBlockType('soutien/place')",
    )
    .await?;
    browser
        .execute("wp.data.dispatch('core/preferences').set('core/edit-post', 'welcomeGuide', false); wp.data.dispatch('core/preferences').set('core', 'welcomeGuide', false);", vec![])
        .await?;
    Ok(())
}

/// Saves the post that is edited.
async fn save(browser: &Browser) -> Result<()> {
    let script = "const done = arguments[0]; wp.data.dispatch('core/editor').savePost().then(() => done(wp.data.select('core/editor').didPostSaveRequestSucceed()), (error) => done(String(error)));";
    let saved = browser.execute_async(script, vec![]).await?.json().clone();
    ensure!(saved == json!(true), "the post is not saved: {saved}");
    Ok(())
}

#[test]
fn the_block_and_the_shortcode_hold_the_place_of_the_inline_notice() {
    run(async {
        let site =
            site_with(json!({ "mode": "ask", "options": { "view": "inline", "policy": "always", "delay": "0s" } })).await?;
        {
            let turn = browsers::borrow(Reader::Chromium).await?;
            site.visitor.log_in(&turn.browser).await?;
            edit(&turn.browser, &site, 1).await?;
            let script = "wp.data.dispatch('core/block-editor').insertBlocks(wp.blocks.createBlock('soutien/place'));";
            turn.browser.execute(script, vec![]).await?;
            // It is drawn in the frame of the editor, where there is one.
            wait(&turn.browser, "[document, ...[...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument)].some((page) => page?.querySelector('[data-type=\"soutien/place\"] .components-placeholder'))").await?;
            save(&turn.browser).await?;
            turn.browser.goto("about:blank").await?;
        }
        let short = site.php("echo wp_insert_post( array( 'post_title' => 'Court', 'post_status' => 'publish', 'post_content' => 'Avant de lire la suite, un mot de la rédaction à ses lecteurs.\n\n[soutien]\n\nEt la suite, que voici.' ) );")?;
        let turn = browsers::borrow(Reader::Ublock).await?;
        for path in ["/?p=1", &format!("/?p={short}")] {
            turn.browser.goto(format!("{}{path}", site.visitor.address)).await?;
            // In the place, once it has come to rest, and nowhere else.
            let is_there = format!(
                "((place, notice) => place && notice && notice.width > 0 && notice.top >= place.top - 1 && notice.left >= place.left - 1 && notice.right <= place.right + 1)(
                    document.querySelector('[data-appeal-slot]')?.getBoundingClientRect(), ({NOTICE})?.getBoundingClientRect())"
            );
            wait(&turn.browser, &is_there)
                .await
                .with_context(|| format!("{path}: the notice is not in its place"))?;
        }
        turn.browser.goto("about:blank").await?;
        Ok(())
    });
}

#[test]
fn the_block_editor_marks_a_post_on_which_nobody_is_asked() {
    run(async {
        let site = site_with(json!({ "mode": "ask" })).await?;
        let turn = browsers::borrow(Reader::Chromium).await?;
        let browser = &turn.browser;
        site.visitor.log_in(browser).await?;
        ensure!(is_asked(&site.visitor, "/?p=1").await?);
        for is_quiet in [true, false] {
            edit(browser, &site, 1).await?;
            // The panel of the post, opened as one would.
            browser
                .execute(
                    "wp.data.dispatch('core/edit-post').openGeneralSidebar('edit-post/document');
                    const { isEditorPanelOpened } = wp.data.select('core/editor');
                    if (!isEditorPanelOpened('soutien/soutien')) wp.data.dispatch('core/editor').toggleEditorPanelOpened('soutien/soutien');",
                    vec![],
                )
                .await?;
            let toggle = "[...document.querySelectorAll('.components-toggle-control')].find(({ textContent }) => textContent.includes('Ask nobody on this page'))?.querySelector('input')";
            wait(browser, &format!("!!({toggle})")).await?;
            browser.execute(format!("({toggle}).click();"), vec![]).await?;
            wait(browser, &format!("({toggle}).checked === {is_quiet}")).await?;
            save(browser).await?;
            ensure!(
                is_asked(&site.visitor, "/?p=1").await? != is_quiet,
                "the mark {is_quiet} does nothing"
            );
            ensure!(is_asked(&site.visitor, "/?page_id=2").await?, "another page is not asked");
        }
        browser.goto("about:blank").await?;
        ensure!(site.complaints().is_empty(), "{:#?}", site.complaints());
        Ok(())
    });
}

#[test]
fn the_classic_editor_marks_a_post_as_well() {
    run(async {
        let site = site_with(json!({ "mode": "ask" })).await?;
        std::fs::create_dir_all(site.folder.join("wp-content/mu-plugins"))?;
        std::fs::write(
            site.folder.join("wp-content/mu-plugins/classic.php"),
            "<?php add_filter( 'use_block_editor_for_post', '__return_false' );",
        )?;
        let turn = browsers::borrow(Reader::Chromium).await?;
        let browser = &turn.browser;
        site.visitor.log_in(browser).await?;
        for is_quiet in [true, false] {
            browser
                .goto(format!("{}/wp-admin/post.php?post=1&action=edit", site.visitor.address))
                .await?;
            seen(browser, "input[name=soutien-quiet]").await?;
            browser
                .execute(
                    "document.querySelector('input[name=soutien-quiet]').click(); document.querySelector('#publish').click();",
                    vec![],
                )
                .await?;
            seen(browser, "#message.updated, #message.notice-success").await?;
            ensure!(
                is_asked(&site.visitor, "/?p=1").await? != is_quiet,
                "the mark {is_quiet} does nothing"
            );
        }
        // Without its nonce, it says nothing.
        let admin = site.visitor.admin().await?;
        let form = admin.get("/wp-admin/post.php?post=1&action=edit").await?.fine()?;
        let nonce = form.field("_wpnonce")?;
        let fields = [
            ("_wpnonce", &*nonce),
            ("action", "editpost"),
            ("post_ID", "1"),
            ("post_type", "post"),
            ("soutien-quiet", "1"),
        ];
        admin.post("/wp-admin/post.php", &fields).await?;
        ensure!(
            is_asked(&site.visitor, "/?p=1").await?,
            "a form without the nonce marks the post"
        );
        browser.goto("about:blank").await?;
        ensure!(site.complaints().is_empty(), "{:#?}", site.complaints());
        Ok(())
    });
}
