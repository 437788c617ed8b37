//! What pages send, and what becomes of it.

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::json;
use support::browsers::run;

use super::rig::{Page, Site, Visitor};

/// Where pages send numbers.
const ENDPOINT: &str = "/spip.php?action=soutien_chiffres";

/// A batch with this number: a blocked view with a notice.
pub fn batch(number: u64) -> String {
    json!({ "version": 1, "batch": format!("{number:016x}"), "events": [
        { "name": "verdict", "kind": "blocked", "cause": "extension", "ms": 53, "first": true },
        { "name": "show" },
    ] })
    .to_string()
}

/// Sends a body as a page of the site does.
pub async fn send(visitor: &Visitor, body: &str) -> Result<Page> {
    send_from(visitor, body, "same-origin", "203.0.113.7").await
}

/// Sends a body from a page of some site, and from an address of the network.
async fn send_from(visitor: &Visitor, body: &str, site: &str, address: &str) -> Result<Page> {
    let request = visitor
        .request(Method::POST, ENDPOINT)
        .header("sec-fetch-site", site)
        .header("content-type", "text/plain;charset=UTF-8")
        .header("x-forwarded-for", address)
        .body(body.to_owned());
    visitor.send(request).await
}

/// Asserts that an answer has this status and nothing else.
fn expect(answer: &Page, status: u16) -> Result<()> {
    let is_bare = answer.text.is_empty() && !answer.headers.contains_key("set-cookie");
    ensure!(
        answer.status == status && is_bare,
        "expected {status} and nothing else, found {}: {} {:?}",
        answer.status,
        answer.text,
        answer.headers
    );
    Ok(())
}

/// What is counted, as name and sum.
fn counted(site: &Site) -> Result<String> {
    site.php(
        "foreach ( sql_allfetsel( 'nom, SUM(total) AS n', 'spip_soutien_chiffres', \"jour<>''\", 'nom', 'nom' ) as $row ) {
            echo $row['nom'], '=', $row['n'], ' ';
        }",
    )
}

#[test]
fn a_batch_counts_once() {
    run(async {
        let site = Site::active().await?;
        let visitor = site.visitor()?;
        for (number, expected) in [
            (1, "blocked=1 by-extension=1 shown=1 "),
            (1, "blocked=1 by-extension=1 shown=1 "),
            (2, "blocked=2 by-extension=2 shown=2 "),
            (u64::MAX, "blocked=3 by-extension=3 shown=3 "),
            (u64::MAX, "blocked=3 by-extension=3 shown=3 "),
        ] {
            expect(&send(&visitor, &batch(number)).await?, 204)?;
            let found = counted(&site)?;
            ensure!(found == expected, "{number}: {found}");
        }
        site.unharmed()
    });
}

/// Nothing is lost, and nothing counts twice.
#[test]
fn batches_that_come_at_the_same_time_all_count() {
    run(async {
        let site = Site::active().await?;
        let visitor = site.visitor()?;
        let bodies: Vec<String> = (0..24).map(|number| batch((number % 12) << 52)).collect();
        let mut tasks = tokio::task::JoinSet::new();
        for body in bodies {
            let request = visitor
                .request(Method::POST, ENDPOINT)
                .header("sec-fetch-site", "same-origin")
                .body(body);
            tasks.spawn(async move { request.send().await });
        }
        for response in tasks.join_all().await {
            let status = response?.status();
            ensure!(status == 204, "{status}");
        }
        let found = counted(&site)?;
        ensure!(found == "blocked=12 by-extension=12 shown=12 ", "{found}");
        site.unharmed()
    });
}

#[test]
fn what_is_no_batch_of_this_site_counts_for_nothing() {
    run(async {
        let site = Site::active().await?;
        let visitor = site.visitor()?;
        let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
        for junk in [
            "",
            "null",
            "{",
            "\u{0}\u{1}",
            "'; DROP TABLE spip_soutien_chiffres; --",
            &deep,
            &batch(1).replace("blocked", "blocked' OR 1=1 --"),
            &batch(1).replace("0000000000000001", "' OR 1=1 --00000"),
            &batch(1).replace("53", "-1"),
            &batch(1).replace("\"show\"", "\"<script>alert(1)</script>\""),
        ] {
            expect(&send(&visitor, junk).await?, 400)?;
        }
        for length in [65_537, 2_000_000] {
            expect(&send(&visitor, &" ".repeat(length)).await?, 413)?;
        }
        for site in ["cross-site", "same-site", "none"] {
            expect(&send_from(&visitor, &batch(1), site, "203.0.113.7").await?, 403)?;
        }
        let with_origin = |origin: &str| {
            let request = visitor.request(Method::POST, ENDPOINT).header("origin", origin.to_owned());
            request.body(batch(2))
        };
        expect(&visitor.send(with_origin("https://ailleurs.example")).await?, 403)?;
        expect(
            &visitor.send(visitor.request(Method::POST, ENDPOINT).body(batch(2))).await?,
            403,
        )?;
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let answer = visitor.send(visitor.request(method, ENDPOINT)).await?;
            expect(&answer, 405)?;
            ensure!(answer.headers.get("allow").is_some_and(|allowed| allowed == "POST"));
        }
        let found = counted(&site)?;
        ensure!(found.is_empty(), "{found}");
        expect(&visitor.send(with_origin(&site.address())).await?, 204)?;
        ensure!(counted(&site)?.starts_with("blocked=1 "), "{}", counted(&site)?);
        site.unharmed()
    });
}

#[test]
fn a_flood_from_one_place_ends_and_others_go_on() {
    run(async {
        let site = Site::active().await?;
        let visitor = site.visitor()?;
        let mut refused = 0;
        // More than two minutes allow, since one may end meanwhile.
        for number in 0..130 {
            let answer = send(&visitor, &batch(number << 52)).await?;
            if answer.status == 429 {
                expect(&answer, 429)?;
                refused += 1;
                if refused == 5 {
                    break;
                }
            }
        }
        ensure!(refused == 5, "{refused} were refused");
        expect(
            &send_from(&visitor, &batch(1_000 << 52), "same-origin", "198.51.100.23").await?,
            204,
        )?;
        let kept = site.php("foreach ( sql_allfetsel( 'nom', 'spip_soutien_chiffres' ) as $row ) { echo $row['nom'], ' '; }")?;
        ensure!(
            !kept.contains("203.0") && !kept.contains("198.51"),
            "an address is kept: {kept}"
        );
        site.unharmed()
    });
}

#[test]
fn nothing_is_counted_where_that_is_switched_off() {
    run(async {
        let site = Site::active().await?;
        let editor = site.log_in("claire").await?;
        let visitor = site.visitor()?;
        let endpoint = " data-endpoint=\"/spip.php?action=soutien_chiffres\"";
        ensure!(visitor.tag("/").await?.unwrap_or_default().contains(endpoint));
        editor
            .save(&[("mode", "ask"), ("option_endpoint", "https://chiffres.example/a")])
            .await?;
        let tag = visitor.tag("/").await?.unwrap_or_default();
        ensure!(
            tag.contains(" data-endpoint=\"https://chiffres.example/a\"") && !tag.contains(endpoint),
            "{tag}"
        );
        editor.save(&[("mode", "ask"), ("numbers", "")]).await?;
        let tag = visitor.tag("/").await?.unwrap_or_default();
        ensure!(!tag.contains("endpoint"), "{tag}");
        expect(&send(&visitor, &batch(1)).await?, 404)?;
        editor.save(&[("mode", "off")]).await?;
        expect(&send(&visitor, &batch(1)).await?, 404)?;
        ensure!(counted(&site)?.is_empty());
        site.unharmed()
    });
}

#[test]
fn the_file_for_spreadsheets_is_for_who_may_see_the_numbers() {
    run(async {
        let site = Site::active().await?;
        let admin = site.log_in("claire").await?;
        send(&site.visitor()?, &batch(1)).await?;
        let page = admin.get("/ecrire/?exec=soutien").await?.text;
        let address = page
            .split('"')
            .find(|part| part.contains("action=soutien_csv"))
            .unwrap_or_default()
            .replace("&amp;", "&");
        let (_, query) = address.rsplit_once('?').unwrap_or_default();
        let address = format!("/spip.php?{query}");
        let file = admin.get(&address).await?;
        let day = site.php("echo date( 'Y-m-d' );")?;
        let expected = format!(
            "day,blocked,clear,unsure,by-extension,by-network,by-browser,by-tracking-protection,by-none,shown,recovered,relapsed,refused,support\r\n\
             {day},1,0,0,1,0,0,0,0,1,0,0,0,0\r\n"
        );
        ensure!(file.text == expected, "{}", file.text);
        for visitor in [site.log_in("remi").await?, site.visitor()?] {
            let answer = visitor.get(&address).await?;
            ensure!(!answer.text.contains("by-network"), "{}", answer.text);
        }
        let unsigned = admin.get("/spip.php?action=soutien_csv&arg=28").await?;
        ensure!(!unsigned.text.contains("by-network"), "{}", unsigned.text);
        site.unharmed()
    });
}
