//! The views of the notice: pages that have them, and windows and readers that Chromium pretends to be.

use anyhow::{Result, ensure};
use serde_json::json;
use soutien_testbed::server::{Answer, Options};

use crate::reader::Reader;
use crate::site::{With as _, demo_page, page, site};

/// The views, by the values of the option.
pub const VIEWS: [&str; 3] = ["modal", "banner", "inline"];

/// The demo's front page with these attributes on its tag besides its own.
pub fn demo(attributes: &str) -> Result<String> {
    let page = demo_page("index.html")?;
    let changed = page.replacen("data-lang=\"auto\"", attributes, 1);
    ensure!(changed != page, "the tag of www/index.html has no data-lang=\"auto\"");
    Ok(changed)
}

/// A page whose tag has a view, these attributes, and the notice on every view and at once. It has an empty slot between its link and
/// another one, in a body that is not where the window begins.
pub fn with_slot(view: &str, attributes: &str) -> Options {
    let tag = format!(r#"data-view="{view}" data-policy="always" data-delay="0" {attributes}"#);
    let page = page(&tag)
        .replace("</head>", r#"<link rel="stylesheet" href="/page.css"></head>"#)
        .replace(
            "</body>",
            r#"<p>Un long article, dont voici la suite, et dont voici la fin.</p>
<div id="place" data-appeal-slot></div>
<p><a id="after" href="/next.html">La fin</a></p>
</body>"#,
        );
    site(&page).with("/page.css", css("#place { width: 70%; min-height: 250px; }"))
}

/// A style sheet; the policy of the pages allows no other styles.
pub fn css(rules: &str) -> Answer {
    Answer::Body {
        mime: "text/css".into(),
        text: format!("body {{ margin: 20px 30px; border: 3px solid; }} {rules}"),
    }
}

/// Does something while Chromium pretends to have another window or reader. The browser is shared, so it ceases to pretend afterwards.
pub async fn pretending(reader: &Reader, what: impl AsyncFnOnce(&Reader) -> Result<()>) -> Result<()> {
    let done = what(reader).await;
    let browser = &reader.browser;
    browser.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await?;
    browser
        .devtools("Emulation.setEmulatedMedia", json!({ "features": [] }))
        .await?;
    done
}

/// Has Chromium pretend that the window has a size, in CSS pixels.
pub async fn pretend_size(reader: &Reader, width: u32, height: u32) -> Result<()> {
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    reader.browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
    Ok(())
}

/// Has Chromium pretend that a media feature has a value.
pub async fn pretend_media(reader: &Reader, name: &str, value: &str) -> Result<()> {
    let media = json!({ "features": [{ "name": name, "value": value }] });
    reader.browser.devtools("Emulation.setEmulatedMedia", media).await?;
    Ok(())
}
