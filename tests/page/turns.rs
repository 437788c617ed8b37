//! Tests take turns with the browsers: what the last reader's page still does is nothing to the next one.

use std::time::Duration;

use anyhow::Context;
use soutien_testbed::server::Answer;
use support::browsers::{Kind, run_in};
use support::reader::Reader;
use support::site::{With as _, page, site};

/// The page goes to another a moment after its server has ended or its reader is leaving, as Turbo does where a request fails. Chromium's driver
/// waits for pages that are on their way by itself.
#[test]
fn a_page_that_goes_on_when_its_reader_leaves_does_not_come_in_the_place_of_the_next() {
    run_in([Kind::Firefox, Kind::Ublock], async |kind| {
        for ms in (0..60).step_by(10) {
            let late = site(&page("")).with("/late.html", Answer::Delay(Duration::from_secs(60)));
            let reader = Reader::new(kind, late).await?;
            reader.open("/page.html").await?;
            let go = format!("setTimeout(() => {{ location.href = '/late.html' }}, {ms})");
            reader.ask(&format!("(fetch('/late.html').catch(() => {go}), 1)")).await?;
            drop(reader);
            let next = Reader::new(kind, site(&page(""))).await?;
            next.open("/page.html").await.with_context(|| format!("{ms} ms"))?;
        }
        Ok(())
    });
}
