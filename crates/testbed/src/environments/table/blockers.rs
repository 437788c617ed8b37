//! Blockers at work.

use crate::environments::environment::{
    ADS_FAIL, CHROMIUM, ELEMENTS_HIDDEN, Environment, FIREFOX, Launch, PLAIN, Page, REQUESTS_REFUSED, Truth, UNKNOWN_HOSTS,
};

/// In the order of the matrix.
pub(super) const ROWS: &[Environment] = &[
    Environment {
        name: "uBlock Origin",
        engines: FIREFOX,
        truth: Truth::Extension,
        launch: Launch::UblockOrigin,
        control: REQUESTS_REFUSED,
        ..PLAIN
    },
    Environment {
        name: "uBlock Origin, page without ads",
        engines: FIREFOX,
        truth: Truth::Extension,
        launch: Launch::UblockOrigin,
        page: Page::Short,
        control: REQUESTS_REFUSED,
        ..PLAIN
    },
    Environment {
        name: "EasyList, requests only",
        engines: CHROMIUM,
        truth: Truth::Extension,
        launch: Launch::Requests,
        control: REQUESTS_REFUSED,
        ..PLAIN
    },
    Environment {
        name: "EasyList, requests only, page without ads",
        engines: CHROMIUM,
        truth: Truth::Extension,
        launch: Launch::Requests,
        page: Page::Short,
        control: REQUESTS_REFUSED,
        ..PLAIN
    },
    Environment {
        name: "EasyList, styles only",
        engines: CHROMIUM,
        truth: Truth::Extension,
        launch: Launch::UserStyles,
        control: ELEMENTS_HIDDEN,
        ..PLAIN
    },
    Environment {
        name: "EasyList, styles only, page without ads",
        engines: CHROMIUM,
        truth: Truth::Extension,
        launch: Launch::UserStyles,
        page: Page::Short,
        control: ELEMENTS_HIDDEN,
        ..PLAIN
    },
    Environment {
        name: "EasyList, styles of the page's own kind",
        engines: CHROMIUM,
        truth: Truth::Extension,
        launch: Launch::AuthorStyles,
        control: ELEMENTS_HIDDEN,
        ..PLAIN
    },
    Environment {
        name: "DNS blocking, with data-probe",
        engines: CHROMIUM,
        truth: Truth::Network,
        launch: Launch::BlockingDns,
        ad_host: "http://ads.example:{{port}}",
        attributes: UNKNOWN_HOSTS,
        control: ADS_FAIL,
        ..PLAIN
    },
];
