//! What the verdict is without a blocker and with one, and that looking for it leaves no trace.

use anyhow::ensure;
use serde_json::{Value, json};
use soutien::signal::Name;
use soutien_testbed::server::{Answer, Options};
use support::browsers::{BLOCKED, CLEAR, Kind, run, run_in};
use support::reader::Reader;
use support::site::{STORED, With, demo_page, page, site, with_tags};
use support::waiting::wait_for;

#[test]
fn a_reader_without_a_blocker_is_clear_and_sees_no_notice() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site(&demo_page("index.html")?)).await?;
        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.expect("Soutien.verdict.kind", "clear").await?;
        ensure!(
            has_come(&reader, &first_bait()),
            "expected a request that ends with {}",
            first_bait()
        );
        reader.no_notice().await?;
        reader.unharmed().await
    });
}

/// Who keeps a site that is not public yet opens it so, and addresses in the page begin with name and password: browsers refuse to fetch those.
#[test]
fn a_page_that_was_opened_with_a_password_in_its_address_is_as_any() {
    let tag = r#"data-policy="always" data-delay="0" data-lang="fr" data-endpoint="/chiffres" data-consent="given""#;
    let opened = async |kind| {
        let reader = Reader::new(kind, site(&page(tag))).await?;
        let host = reader.site.site.trim_start_matches("http://").to_owned();
        reader.open_url(&format!("http://agathe:motdepasse@{host}/page.html")).await?;
        anyhow::Ok(reader)
    };
    let counted = async |reader: &Reader| {
        wait_for("number", async || Ok((!reader.site.numbers().is_empty()).then_some(()))).await?;
        reader.expect("witness.warnings", json!([])).await?;
        reader.unharmed().await
    };
    run_in(CLEAR, async |kind| {
        let reader = opened(kind).await?;
        reader.verdict("clear").await?;
        counted(&reader).await
    });
    run_in(BLOCKED, async |kind| {
        let reader = opened(kind).await?;
        reader.verdict("blocked").await?;
        reader.notice().await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        counted(&reader).await
    });
}

/// What the address of the bait script ends with in the first turn of the first check: the token of the question, and the name of the bait.
fn first_bait() -> String {
    let token = 1 << 8 | (Name::Script as u32) << 2;
    format!("&{token}{}", soutien::baits::SCRIPT)
}

/// Whether something whose address ends so has reached the server.
fn has_come(reader: &Reader, end: &str) -> bool {
    reader.site.requests().iter().any(|(_, path)| path.ends_with(end))
}

/// What is left on the page is to the letter that of the same page without the tag, besides the tag and the global `Soutien`. Nothing is stored.
#[test]
fn a_page_without_a_notice_stays_as_it_was() {
    run_in(CLEAR, async |kind| {
        let mut site = site(&page(r#"data-policy="always""#));
        site.pages.insert("/plain.html".into(), with_tags(""));
        let reader = Reader::new(kind, site).await?;
        let left = "(() => {
            const page = document.documentElement.cloneNode(true);
            page.querySelector('script[src*=soutien]')?.remove();
            return page.outerHTML.replace(/\\n+/g, '\\n');
        })()";
        let globals = "Object.getOwnPropertyNames(window)";
        reader.open("/plain.html").await?;
        let (plain, plain_globals) = (reader.ask(left).await?, reader.ask(globals).await?);

        reader.open("/page.html").await?;
        reader.verdict("clear").await?;
        reader.no_notice().await?;
        reader.expect(left, plain).await?;
        let hosts = "[...document.querySelectorAll('*')].filter((element) => element.shadowRoot).length";
        reader.expect(hosts, 0).await?;
        reader
            .expect(
                &format!("{globals}.filter((name) => !{plain_globals}.includes(name))"),
                json!(["Soutien"]),
            )
            .await?;
        reader.expect(STORED, json!([])).await?;
        reader.unharmed().await
    });
}

/// The reading of a signal.
fn reading<'a>(verdict: &'a Value, name: &str) -> &'a Value {
    let mut signals = verdict["signals"].as_array().into_iter().flatten();
    signals
        .find(|signal| signal["name"] == name)
        .map_or(&Value::Null, |signal| &signal["reading"])
}

/// A site whose bait files are missing, so that hidden elements are all the evidence there can be.
fn site_without_bait_files() -> Options {
    site(&page("")).with("/soutien/probe.", Answer::Status(404))
}

/// The same page where EasyList hides nothing: it exempts 127.0.0.1 and localhost, but not names below localhost.
fn where_nothing_is_hidden(reader: &Reader) -> String {
    format!("{}/page.html", reader.site.site.replace("presse.localhost", "127.0.0.1"))
}

#[test]
fn ublock_origin_hides_the_bait_elements_and_that_is_proof() {
    run(async {
        let reader = Reader::new(Kind::Ublock, site_without_bait_files()).await?;
        reader.open("/page.html").await?;
        let verdict = reader.verdict("blocked").await?;
        let hidden = ["class", "id", "link", "styled"].map(|name| reading(&verdict, name) == "blocked");
        ensure!(hidden.contains(&true), "no bait is hidden: {verdict}");
        Ok(())
    });
}

#[test]
fn ublock_origin_refuses_the_bait_requests_and_that_is_proof() {
    run(async {
        let reader = Reader::new(Kind::Ublock, site(&page(""))).await?;
        reader.open_url(&where_nothing_is_hidden(&reader)).await?;
        let verdict = reader.verdict("blocked").await?;
        let blocked = ["script", "image", "fetch"].map(|name| reading(&verdict, name) == "blocked");
        ensure!(blocked.contains(&true), "no bait request was refused: {verdict}");
        ensure!(!has_come(&reader, &first_bait()), "the bait script got through");
        Ok(())
    });
}

/// Files that are missing are the site's own fault, and no evidence of a blocker, even where there is one.
#[test]
fn missing_bait_files_are_no_evidence_even_with_ublock_origin() {
    run(async {
        let reader = Reader::new(Kind::Ublock, site_without_bait_files()).await?;
        reader.open_url(&where_nothing_is_hidden(&reader)).await?;
        let verdict = reader.verdict("unsure").await?;
        for name in ["script", "image", "fetch"] {
            ensure!(
                reading(&verdict, name) == "unknown",
                "{name}: expected unknown, found {verdict}"
            );
        }
        Ok(())
    });
}
