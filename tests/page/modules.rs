//! The page's own modules: nothing of ours begins to load as a module before all of the page is read, since browsers may take no import map after that.

use std::time::Duration;

use serde_json::json;
use soutien_testbed::server::{Answer, Options};
use support::browsers::{CLEAR, Kind, run, run_in};
use support::reader::Reader;
use support::site::{With as _, javascript, site};

/// A page whose import map stands at its end, as classic themes of WordPress print it, behind a script that comes late.
fn late_map(tags: &str) -> Options {
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>Page</title>
<script src="/witness.js"></script>
{tags}
</head>
<body>
<h1 id="haut" tabindex="-1">Les nouvelles</h1>
<p><a id="suite" href="/next.html">La suite</a></p>
<script src="/late.js"></script>
<script type="importmap">{{ "imports": {{ "app": "/app.js" }} }}</script>
<script type="module">import "app";</script>
</body>
</html>
"#
    );
    let script = |text: &str| javascript(text);
    let mut site = site(&html)
        .with("/late.js", script("witness.late = performance.now();"))
        .with("/late.js", Answer::Delay(Duration::from_secs(3)))
        .with("/app.js", script("witness.app = true;"))
        .with(
            "/early.js",
            script("import('/other.js').then(() => (witness.early = performance.now()));"),
        )
        .with("/other.js", script("export {};"));
    site.csp = Some(String::new());
    site
}

#[test]
fn the_pages_import_map_still_counts_where_it_comes_late() {
    run_in(CLEAR, async |kind| {
        for attributes in [
            r#"data-policy="silent""#,
            r#"data-policy="silent" data-consent="given" data-endpoint="/chiffres" data-probe="/regie /autre""#,
        ] {
            let tag = format!(r#"<script async src="/soutien/soutien.js" {attributes}></script>"#);
            let reader = Reader::new(kind, late_map(&tag)).await?;
            reader.open("/page.html").await?;
            reader.until("witness.app").await?;
            reader.event("verdict").await?;
            reader
                .expect(
                    "witness.events.every(({ at }) => at > witness.late) && witness.late > 2000",
                    true,
                )
                .await?;
            reader
                .expect("witness.warnings.filter((text) => /import/i.test(text))", json!([]))
                .await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

/// The control: in Firefox, the page's modules are dead where a module began to load before its map was read.
#[test]
fn a_module_that_comes_early_takes_the_import_map_away_in_firefox() {
    run(async {
        let reader = Reader::new(Kind::Firefox, late_map(r#"<script async src="/early.js"></script>"#)).await?;
        reader.open("/page.html").await?;
        reader
            .until("document.readyState === 'complete' && witness.late > 2000")
            .await?;
        reader.settled().await?;
        reader.expect("!!witness.app", false).await
    });
}
