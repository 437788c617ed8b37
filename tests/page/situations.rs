//! Every situation of the table of environments, once: without a blocker nobody is accused, and a blocker is found and named.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use soutien_testbed::environments::{self, ENVIRONMENTS, Engine, Environment, Launch, SOUTIEN, Truth, Visit};
use support::browsers::{Pool, run};

/// The browsers of this file, some for each way to start them, which end with this process. They are not those of the other tests,
/// because situations are made by changing the browser itself.
static BROWSERS: LazyLock<Mutex<HashMap<(Engine, Launch), &'static Pool>>> = LazyLock::new(Mutex::default);

/// Visits one environment in each of its browsers, which mostly wait.
#[track_caller]
fn check(name: &str) {
    run(async {
        let environment = environments::find(name).with_context(|| format!("there is no environment {name:?}"))?;
        let check = async |engine: Engine| {
            if environment.engines.contains(&engine) {
                check_in(engine, environment).await.with_context(|| format!("{engine:?}"))?;
            }
            Ok::<_, anyhow::Error>(())
        };
        tokio::try_join!(check(Engine::Chromium), check(Engine::Firefox))?;
        Ok(())
    });
}

async fn check_in(engine: Engine, environment: &Environment) -> Result<()> {
    let launch = environment.launch(engine);
    let pool = *BROWSERS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry((engine, launch))
        // As long as a static, which has no key.
        .or_insert_with(|| Box::leak(Box::new(if launch == Launch::Plain { Pool::empty() } else { Pool::of(1) })));
    let turn = pool.borrow(async || environments::launch(engine, launch, None).await).await?;
    judge(
        environment,
        &environments::visit(&turn.browser, engine, environment, &SOUTIEN).await?,
    )
}

fn judge(environment: &Environment, visit: &Visit) -> Result<()> {
    let (verdict, report) = (&visit.verdict, &visit.report);
    let (kind, cause) = (&verdict["kind"], &verdict["cause"]);
    if visit.blocked.is_none() && !environment.may_be_silent {
        bail!("there was no verdict: {report}");
    }
    match environment.truth {
        Truth::NoBlocker => ensure!(kind != "blocked", "accused without a blocker: {verdict}"),
        Truth::TrackingProtection => {
            ensure!(kind != "blocked", "accused for tracking protection: {verdict}");
            if environment.attributes.contains("data-probe") {
                ensure!(
                    kind == "unsure" && cause == "tracking-protection",
                    "expected unsure because of tracking protection, found {verdict}"
                );
            }
        }
        Truth::Extension => ensure!(
            kind == "blocked" && cause == "extension",
            "expected an extension, found {verdict}"
        ),
        Truth::Network => ensure!(
            kind == "blocked" && cause == "network",
            "expected the network, found {verdict}"
        ),
    }
    ensure!(
        kind == "blocked" || report["notice"] == false,
        "a notice shows although the verdict is {verdict}"
    );
    ensure!(
        report["left"] == serde_json::json!([]),
        "nodes are left on the page: {report}"
    );
    ensure!(
        report["errors"] == serde_json::json!([]),
        "errors are left uncaught: {report}"
    );
    Ok(())
}

macro_rules! situations {
    ($($test:ident: $name:literal;)*) => {
        $(#[test]
        fn $test() {
            check($name);
        })*

        #[test]
        fn every_environment_has_a_test() {
            let tested = HashSet::from([$($name),*]);
            let untested: Vec<_> = ENVIRONMENTS.iter().map(|environment| environment.name).filter(|name| !tested.contains(name)).collect();
            assert!(untested.is_empty(), "no test visits {untested:?}");
        }
    };
}

situations! {
    nobody_is_accused_on_the_demo: "nothing unusual";
    nobody_is_accused_on_a_page_without_ads: "page without ads";
    nobody_is_accused_at_zoom_25: "zoom 25 %";
    nobody_is_accused_at_zoom_67: "zoom 67 %";
    nobody_is_accused_at_zoom_300: "zoom 300 %";
    nobody_is_accused_at_zoom_400: "zoom 400 %, 320 px wide";
    nobody_is_accused_at_zoom_500: "zoom 500 %";
    nobody_is_accused_at_pixel_ratio_1: "pixel ratio 1";
    nobody_is_accused_at_pixel_ratio_2: "pixel ratio 2";
    nobody_is_accused_at_pixel_ratio_3: "pixel ratio 3";
    nobody_is_accused_in_a_narrow_window: "window of 320 px";
    nobody_is_accused_for_forced_colours: "forced colours";
    nobody_is_accused_without_pictures: "pictures off";
    nobody_is_accused_for_large_type: "large type, fonts of pages off";
    nobody_is_accused_on_a_page_made_dark: "pages made dark";
    nobody_is_accused_where_the_browser_resists_being_known: "browser that resists being known again";
    nobody_is_accused_for_print_media: "print media";
    nobody_is_accused_while_printing: "printed while probing";
    nobody_is_accused_while_the_body_is_hidden: "body hidden for 2 s";
    nobody_is_accused_in_a_background_tab: "background tab";
    nobody_is_accused_after_leaving_and_returning: "left and returned to";
    nobody_is_accused_on_a_prerendered_page: "prerendered";
    nobody_is_accused_for_a_slow_ad_host: "ad host slow, 10 s";
    nobody_is_accused_for_an_ad_host_with_404: "ad host answers 404";
    nobody_is_accused_for_an_ad_host_with_500: "ad host answers 500";
    nobody_is_accused_for_a_closed_ad_host: "ad host refuses connections";
    nobody_is_accused_offline: "offline after load";
    nobody_is_accused_on_a_slow_processor: "processor 6 times slower";
    nobody_is_accused_on_a_slow_processor_without_ads: "processor 6 times slower, page without ads";
    nobody_is_accused_under_a_strict_policy: "strict policy";
    nobody_is_accused_under_a_policy_without_the_ad_host: "policy without the ad host";
    nobody_is_accused_under_a_policy_without_images: "policy without images and frames";
    nobody_is_accused_for_tracking_protection: "tracking protection, strict";
    tracking_protection_is_named: "tracking protection, with data-probe";
    nobody_is_accused_when_an_ad_host_answers: "ad host and twin answer, with data-probe";
    nobody_is_accused_for_an_outage: "no name is known, with data-probe";
    nobody_is_accused_for_hosts_that_the_policy_refuses: "policy without the ad hosts, with data-probe";
    nobody_is_accused_for_hosts_that_do_not_allow_embedding: "page that embeds only what allows it, with data-probe";
    nobody_is_accused_on_an_isolated_page: "page isolated from other origins, with data-probe";
    nobody_is_accused_for_a_service_worker_that_refuses_other_hosts: "service worker for its own host, with data-probe";
    nobody_is_accused_where_fetch_refuses_other_hosts: "fetch for its own host, with data-probe";
    nobody_is_accused_where_the_page_removes_such_names: "page removes what looks like an ad";
    nobody_is_accused_where_a_script_hides_such_names: "page hides what looks like an ad, by script";
    nobody_is_accused_where_a_script_marks_such_names: "page marks what looks like an ad, by class";
    nobody_is_accused_where_a_style_squeezes_such_names: "page squeezes what looks like an ad, by style";
    tracking_protection_of_edge_is_named: "Edge with ad hosts refused, with data-probe";
    tracking_protection_of_a_browser_without_brands_is_named: "browser without brands and ad hosts refused, with data-probe";
    nobody_is_accused_for_one_ad_host: "one ad host unknown, with data-probe";
    nobody_is_accused_where_our_files_are_elsewhere: "files on another host";
    nobody_is_accused_where_the_page_hides_such_names: "page hides its own .ad";
    nobody_is_accused_for_a_redirected_bait: "bait redirected to a page";
    nobody_is_accused_for_a_bait_that_is_a_page: "bait answered by a page";
    nobody_is_accused_for_a_service_worker: "bait answered by a service worker";
    nobody_is_accused_where_fetch_is_replaced: "fetch replaced by the page";
    nobody_is_accused_for_what_fetch_of_the_page_refuses: "page refuses what sounds like an ad, by its own fetch";
    nobody_is_accused_for_what_a_stand_in_for_fetch_refuses: "page refuses what sounds like an ad, by a stand-in for fetch";
    nobody_is_accused_for_pictures_that_the_page_refuses: "page refuses pictures that sound like an ad";
    nobody_is_accused_where_computed_styles_are_replaced: "getComputedStyle replaced by the page";
    nobody_is_accused_where_sizes_are_replaced: "offsetParent and sizes replaced by the page";
    nobody_is_accused_on_a_page_of_frames: "page of frames";
    nobody_is_accused_without_a_body: "body removed";
    nobody_is_accused_in_a_frame: "in a frame";
    nobody_is_accused_in_a_sandboxed_frame: "in a sandboxed frame";
    nobody_is_accused_where_foreign_nodes_are_removed: "page removes foreign nodes";
    ublock_origin_is_found: "uBlock Origin";
    ublock_origin_is_found_without_ads: "uBlock Origin, page without ads";
    easylist_by_requests_is_found: "EasyList, requests only";
    easylist_by_requests_is_found_without_ads: "EasyList, requests only, page without ads";
    easylist_by_styles_is_found: "EasyList, styles only";
    easylist_by_styles_is_found_without_ads: "EasyList, styles only, page without ads";
    easylist_by_styles_in_the_page_is_found: "EasyList, styles of the page's own kind";
    dns_blocking_is_found_and_named: "DNS blocking, with data-probe";
}
