//! What strangers and people without leave may try.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use support::browsers::run;

use super::plugin::{self, NUMBERS, batch, counted, send, send_with, set, site_of, site_with};
use super::site::{Kind, Site};

/// What is counted of the batch of the tests.
fn once() -> Value {
    json!({ "blocked": 1, "by-extension": 1, "recovered": 1, "shown": 1 })
}

async fn table(site: &Site) -> Result<Value> {
    counted(site, "wp_soutien_numbers")
}

#[test]
fn batches_count_once_and_junk_not_at_all() {
    run(async {
        let site = site_with(json!({ "mode": "ask" })).await?;
        let good = batch(1);
        for (status, body) in [
            (204, good.to_string()),
            // The same again.
            (204, good.to_string()),
            (400, String::new()),
            (400, "null".to_owned()),
            (400, "[]".to_owned()),
            (400, "{".to_owned()),
            (400, "\u{0}".to_owned()),
            (400, "[".repeat(60_000)),
            (400, good.to_string().replace("\"version\":1", "\"version\":2")),
            (400, good.to_string().replace("\"version\":1", "\"version\":\"1\"")),
            (400, good.to_string().replace("0000000000000001", "000000000000000Z")),
            (
                400,
                good.to_string()
                    .replace("0000000000000001", "' OR 1=1; DROP TABLE wp_users; --"),
            ),
            (
                400,
                good.to_string().replace("extension", "'; DROP TABLE wp_soutien_numbers; --"),
            ),
            (400, good.to_string().replace("\"show\"", "\"shown\"")),
            (400, good.to_string().replace("\"show\"", "\"show\",\"from\":\"here\"")),
            (400, good.to_string().replace("1101", "-1")),
            (400, good.to_string().replace("1101", "1.5")),
            (400, good.to_string().replace("1101", "1101,\"first\":true")),
            (400, good.to_string().replace("1101", "1101,\"first\":false")),
            (
                400,
                json!({ "version": 1, "batch": "0000000000000002", "events": [] }).to_string(),
            ),
            (
                400,
                json!({ "version": 1, "batch": "0000000000000002", "events": {} }).to_string(),
            ),
            (
                400,
                json!({ "version": 1, "batch": "0000000000000002", "events": [[]] }).to_string(),
            ),
            (
                400,
                json!({ "version": 1, "batch": "0000000000000002", "events": vec![json!({ "name": "show" }); 201] }).to_string(),
            ),
            (400, good.to_string().replace("\"version\":1", "\"version\":1,\"weight\":0")),
            (400, good.to_string().replace("\"version\":1", "\"version\":1,\"weight\":1")),
            (
                400,
                good.to_string().replace("\"version\":1", "\"version\":1,\"weight\":1001"),
            ),
            (400, good.to_string().replace("\"version\":1", "\"version\":1,\"weight\":2.5")),
            (413, "a".repeat(65_537)),
            (413, "a".repeat(900_000)),
        ] {
            let found = send(&site, NUMBERS, &body).await?;
            let short: String = body.chars().take(200).collect();
            ensure!(found == status, "{short} is answered by {found}, expected {status}");
        }
        ensure!(table(&site).await? == once(), "found {}", table(&site).await?);
        ensure!(site.complaints().is_empty(), "{:#?}", site.complaints());
        Ok(())
    });
}

#[test]
fn only_pages_of_the_site_send_numbers() {
    run(async {
        let site = site_with(json!({ "mode": "ask" })).await?;
        let here = site.visitor.address.clone();
        let body = batch(1).to_string();
        for (status, headers) in [
            (403, &[][..]),
            (403, &[("sec-fetch-site", "cross-site")]),
            (403, &[("sec-fetch-site", "same-site"), ("origin", &here)]),
            (403, &[("sec-fetch-site", "none")]),
            (403, &[("origin", "null")]),
            (403, &[("origin", "https://elsewhere.example")]),
            (403, &[("origin", "http://localhost")]),
            (204, &[("origin", &here)]),
            (204, &[("sec-fetch-site", "same-origin")]),
        ] {
            let found = send_with(&site, NUMBERS, &body, headers).await?;
            ensure!(found == status, "{headers:?} is answered by {found}, expected {status}");
        }
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let answer = site.visitor.request(method.clone(), NUMBERS).send().await?;
            ensure!(answer.status() == 405, "{method} is answered by {}", answer.status());
            ensure!(!answer.headers().contains_key("set-cookie"), "{method} sets a cookie");
        }
        let answer = site
            .visitor
            .request(Method::POST, NUMBERS)
            .header("sec-fetch-site", "same-origin")
            .body(body);
        let answer = answer.send().await?;
        ensure!(!answer.headers().contains_key("set-cookie"), "numbers set a cookie");
        ensure!(answer.headers()["cache-control"] == "no-store", "{:?}", answer.headers());
        // Whoever is told to take none takes none.
        for settings in [json!({ "numbers": false }), json!({ "numbers": true, "mode": "off" })] {
            set(&site, &settings)?;
            let found = send(&site, NUMBERS, &batch(2).to_string()).await?;
            ensure!(found == 404, "under {settings}, the answer is {found}");
        }
        set(&site, &json!({ "mode": "ask" }))?;
        site.visitor
            .admin()
            .await?
            .on_plugin("deactivate-selected", plugin::NAME)
            .await?;
        ensure!(send(&site, NUMBERS, &batch(3).to_string()).await? == 404, "it is not active");
        ensure!(table(&site).await? == once(), "found {}", table(&site).await?);
        Ok(())
    });
}

#[test]
fn a_flood_from_one_place_is_cut_off_and_others_are_counted() {
    run(async {
        let site = site_with(json!({ "mode": "ask", "proxy": true })).await?;
        let from = async |address: &str, id: u64| {
            let headers = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", address)];
            send_with(&site, NUMBERS, &batch(id).to_string(), &headers).await
        };
        let (mut taken, mut refused) = (0, 0);
        // Spread over all places, as real ones are.
        for id in 0..200_u64 {
            match from("10.0.0.1, 203.0.113.7", id << 52 | id).await? {
                204 => taken += 1,
                429 => refused += 1,
                status => anyhow::bail!("batch {id} is answered by {status}"),
            }
        }
        // A minute may have ended in between.
        ensure!(
            (60..=120).contains(&taken) && refused >= 80,
            "{taken} are taken, {refused} refused"
        );
        // What the sender itself writes in front of the list is no other address.
        let other = from("198.51.100.9, 203.0.113.7", 1 << 40).await?;
        ensure!(other == 429, "a made-up address is answered by {other}");
        let other = from("203.0.113.8", 2 << 40).await?;
        ensure!(other == 204, "somebody else is answered by {other}");
        let rows = site.sql("SELECT day, name, total FROM wp_soutien_numbers")?;
        let kept = json!(rows).to_string();
        ensure!(
            !kept.contains("203.0.113") && rows.len() < 250,
            "an address is kept, or too much is: {} rows",
            rows.len()
        );
        let blocked = table(&site).await?["blocked"].as_u64();
        ensure!(blocked == Some(taken + 1), "{blocked:?} are counted, expected {}", taken + 1);
        Ok(())
    });
}

/// The weight is what the settings say at most.
#[test]
fn a_view_stands_for_as_many_as_the_settings_say() {
    run(async {
        let site = site_with(json!({ "mode": "ask" })).await?;
        let heavy = |id, weight: u32| {
            let mut heavy = batch(id);
            heavy["weight"] = json!(weight);
            heavy.to_string()
        };
        send(&site, NUMBERS, &heavy(1, 500)).await?;
        ensure!(table(&site).await? == once(), "without a setting: {}", table(&site).await?);
        set(&site, &json!({ "options": { "count": "10" } }))?;
        send(&site, NUMBERS, &heavy(2, 500)).await?;
        send(&site, NUMBERS, &heavy(3, 10)).await?;
        let expected = json!({ "blocked": 21, "by-extension": 21, "recovered": 3, "shown": 3 });
        ensure!(table(&site).await? == expected, "found {}", table(&site).await?);
        Ok(())
    });
}

#[test]
fn each_site_of_a_network_has_its_own_numbers_and_settings() {
    run(async {
        let site = site_of(Kind::Network, json!({ "mode": "ask" })).await?;
        site.add_site("/sport/", "Sport")?;
        let here = format!("/sport{NUMBERS}");
        // It is active on the main site alone.
        ensure!(
            send(&site, &here, &batch(1).to_string()).await? == 404,
            "the other site takes numbers"
        );
        let admin = site.visitor.admin().await?;
        let nonce = admin.get("/sport/wp-admin/plugins.php").await?.fine()?.field("_wpnonce")?;
        let fields = [
            ("_wpnonce", &*nonce),
            ("action", "activate-selected"),
            ("checked[]", plugin::NAME),
        ];
        admin.post("/sport/wp-admin/plugins.php", &fields).await?.fine()?;
        admin.get("/sport/wp-admin/").await?.fine()?;
        ensure!(
            send(&site, &here, &batch(2).to_string()).await? == 204,
            "the other site takes no numbers"
        );
        ensure!(
            counted(&site, "wp_2_soutien_numbers")? == once(),
            "found {}",
            counted(&site, "wp_2_soutien_numbers")?
        );
        ensure!(table(&site).await? == json!({}), "the main site has {}", table(&site).await?);
        // A site that is new measures, and asks nobody.
        ensure!(!plugin::is_asked(&site.visitor, "/sport/").await? && plugin::is_asked(&site.visitor, "/").await?);
        let tables =
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE '%soutien%'";
        ensure!(site.sql(tables)?.len() == 2);
        site.php("define( 'WP_UNINSTALL_PLUGIN', 'soutien/soutien.php' ); require WP_PLUGIN_DIR . '/soutien/uninstall.php';")?;
        ensure!(site.sql(tables)?.is_empty(), "tables are left: {:?}", site.sql(tables)?);
        // Of its own networks, WordPress itself complains.
        let complaints = site.complaints();
        let ours: Vec<&String> = complaints.iter().filter(|line| line.contains("plugins/soutien")).collect();
        ensure!(ours.is_empty(), "{ours:#?}");
        Ok(())
    });
}

#[test]
fn settings_and_numbers_are_for_those_who_may() {
    run(async {
        let site = site_with(json!({ "mode": "ask" })).await?;
        let before = site.sql("SELECT option_value FROM wp_options WHERE option_name = 'soutien'")?;
        let admin = site.visitor.admin().await?;
        let (subscriber, author, editor) = (
            site.member("subscriber").await?,
            site.member("author").await?,
            site.member("editor").await?,
        );
        let numbers = "/wp-admin/index.php?page=soutien-numbers";
        let settings = "/wp-admin/options-general.php?page=soutien";
        for (who, visitor, sees_numbers, sees_settings) in [
            ("a subscriber", &subscriber, false, false),
            ("an author", &author, false, false),
            ("an editor", &editor, true, false),
            ("the administrator", &admin, true, true),
        ] {
            for (path, sees) in [(numbers, sees_numbers), (settings, sees_settings)] {
                let status = visitor.get(path).await?.status;
                ensure!((status == 200) == sees, "{who} gets {status} from {path}");
            }
            // The numbers as CSV take a nonce besides.
            let csv = visitor.get("/wp-admin/admin-post.php?action=soutien_csv").await?;
            ensure!(csv.status == 403, "{who} gets {} without a nonce", csv.status);
            let health = visitor.get("/wp-json/soutien/v1/health/files").await?;
            ensure!(
                health.status == 401 || health.status == 403,
                "{who} gets {} of REST without a nonce",
                health.status
            );
        }
        let page = editor.get(numbers).await?.fine()?;
        let link = page
            .text
            .split_once("admin-post.php?")
            .and_then(|(_, rest)| rest.split_once('"'));
        let link = link
            .context("the page has no link to the CSV")?
            .0
            .replace("&#038;", "&")
            .replace("&amp;", "&");
        let csv = editor.get(&format!("/wp-admin/admin-post.php?{link}")).await?.fine()?;
        ensure!(
            csv.text.starts_with("day,blocked,clear,unsure,by-extension") && csv.text.lines().count() == 29,
            "{}",
            csv.text
        );
        // A nonce of somebody else's is none.
        ensure!(subscriber.get(&format!("/wp-admin/admin-post.php?{link}")).await?.status == 403);

        let form = admin.get(settings).await?.fine()?;
        let nonce = form.field("_wpnonce")?;
        for (who, visitor, nonce) in [
            ("somebody", &site.visitor, &*nonce),
            ("a subscriber", &subscriber, &*nonce),
            ("an editor", &editor, &*nonce),
            ("the administrator without a nonce", &admin, ""),
            ("the administrator with another nonce", &admin, "0123456789"),
        ] {
            let fields = [
                ("option_page", "soutien"),
                ("action", "update"),
                ("_wpnonce", nonce),
                ("soutien[mode]", "off"),
            ];
            visitor.post("/wp-admin/options.php", &fields).await?;
            let after = site.sql("SELECT option_value FROM wp_options WHERE option_name = 'soutien'")?;
            ensure!(after == before, "{who} has changed the settings to {after:?}");
        }
        // The mark of a post is for those who may edit it.
        let mark = json!({ "meta": { "_soutien_quiet": true } }).to_string();
        for (who, visitor) in [
            ("somebody", &site.visitor),
            ("a subscriber", &subscriber),
            ("an author", &author),
        ] {
            let nonce = visitor.get("/wp-admin/admin-ajax.php?action=rest-nonce").await?.text;
            let request = visitor
                .request(Method::POST, "/?rest_route=/wp/v2/posts/1")
                .header("x-wp-nonce", nonce);
            let answer = request
                .header("content-type", "application/json")
                .body(mark.clone())
                .send()
                .await?;
            ensure!(!answer.status().is_success(), "{who} may mark the post");
        }
        ensure!(
            site.sql("SELECT 1 FROM wp_postmeta WHERE meta_key = '_soutien_quiet'")?
                .is_empty()
        );
        Ok(())
    });
}

#[test]
fn whatever_is_written_into_the_form_stays_text() {
    run(async {
        let site = site_with(json!({ "mode": "ask" })).await?;
        let admin = site.visitor.admin().await?;
        let settings = "/wp-admin/options-general.php?page=soutien";
        let nonce = admin.get(settings).await?.fine()?.field("_wpnonce")?;
        let evil = r#""><script>alert(1)</script><img src=x onerror=alert(2)>' ${x} %s"#;
        let mut fields = vec![
            ("option_page", "soutien"),
            ("action", "update"),
            ("_wpnonce", &*nonce),
            ("_wp_http_referer", settings),
        ];
        let names = [
            "soutien[mode]",
            "soutien[paths]",
            "soutien[roles][]",
            "soutien[types][]",
            "soutien[terms][]",
            "soutien[options][title]",
            "soutien[options][text]",
            "soutien[options][exempt]",
            "soutien[options][revision]",
            "soutien[options][support-url]",
            "soutien[options][logo]",
            "soutien[options][probe]",
            "soutien[options][view]",
            "soutien[options][analytics][]",
            "soutien[options][share]",
            "soutien[options][snooze]",
            "soutien[options][unknown]",
            "soutien[options][lang][deep][deeper]",
        ];
        fields.extend(names.map(|name| (name, evil)));
        let told = admin.post("/wp-admin/options.php", &fields).await?.fine()?;
        for page in [
            &told,
            &admin.get(settings).await?.fine()?,
            &site.visitor.get("/").await?.fine()?,
        ] {
            ensure!(
                !page.text.contains("<script>alert") && !page.text.contains("onerror=alert(2)>'"),
                "{} has it as markup",
                page.address
            );
        }
        ensure!(
            told.text.matches("settings-error").count() >= 6,
            "not everything that is wrong is told: {}",
            told.text
        );
        let kept = site.php("echo wp_json_encode( get_option( 'soutien' ) );")?;
        let kept: Value = serde_json::from_str(&kept)?;
        let options: Vec<&str> = kept["options"]
            .as_object()
            .context("there are options")?
            .keys()
            .map(String::as_str)
            .collect();
        ensure!(options == ["exempt", "revision", "title", "text"], "kept are {kept}");
        ensure!(
            kept["mode"] == "ask" && kept["paths"] == json!([]) && kept["roles"] == json!([]) && kept["types"] == json!([]),
            "kept are {kept}"
        );
        // No file of the plugin does anything by itself.
        for file in [
            "soutien.php",
            "uninstall.php",
            "includes/page.php",
            "includes/receiver.php",
            "includes/settings.php",
            "shared/values.php",
            "shared/numbers.php",
            "shared/options.php",
            "shared/release.php",
        ] {
            let page = site.visitor.get(&format!("/wp-content/plugins/soutien/{file}")).await?;
            ensure!(page.text.is_empty(), "{file} says {}", page.text);
        }
        let complaints = site.complaints();
        ensure!(complaints.is_empty(), "{complaints:#?}");
        Ok(())
    });
}
