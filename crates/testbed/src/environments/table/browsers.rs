//! Browsers and windows that are unusual, and what readers do with them.

use crate::environments::environment::{CHROMIUM, Deviation, Environment, FIREFOX, Launch, PLAIN, Page, Way};

/// In the order of the matrix.
pub(super) const ROWS: &[Environment] = &[
    Environment {
        name: "nothing unusual",
        control: "document.querySelectorAll('ins[data-ad-status=filled]').length === 3 && !observed.hides('banner-ad') &&
            observed.refuses('ads').then((isRefused) => !isRefused)",
        ..PLAIN
    },
    Environment {
        name: "page without ads",
        page: Page::Short,
        control: "!document.querySelector('ins')",
        ..PLAIN
    },
    Environment {
        name: "zoom 25 %",
        launch: Launch::Zoom,
        way: Way::Zoom(25),
        control: "Math.abs(devicePixelRatio - 0.25) < 0.02",
        ..PLAIN
    },
    Environment {
        name: "zoom 67 %",
        launch: Launch::Zoom,
        way: Way::Zoom(67),
        control: "Math.abs(devicePixelRatio - 0.67) < 0.02",
        ..PLAIN
    },
    Environment {
        name: "zoom 300 %",
        launch: Launch::Zoom,
        way: Way::Zoom(300),
        control: "Math.abs(devicePixelRatio - 3) < 0.02",
        ..PLAIN
    },
    Environment {
        name: "zoom 500 %",
        launch: Launch::Zoom,
        way: Way::Zoom(500),
        control: "Math.abs(devicePixelRatio - 5) < 0.02",
        ..PLAIN
    },
    Environment {
        name: "pixel ratio 1",
        control: "devicePixelRatio === 1",
        ..PLAIN
    },
    Environment {
        name: "pixel ratio 2",
        launch: Launch::PixelRatio(2),
        control: "devicePixelRatio === 2",
        ..PLAIN
    },
    Environment {
        name: "pixel ratio 3",
        launch: Launch::PixelRatio(3),
        control: "devicePixelRatio === 3",
        ..PLAIN
    },
    Environment {
        name: "zoom 400 %, 320 px wide",
        launch: Launch::Zoom,
        way: Way::Zoom(400),
        control: "Math.abs(devicePixelRatio - 4) < 0.02 && innerWidth === 320",
        ..PLAIN
    },
    Environment {
        name: "window of 320 px",
        engines: CHROMIUM,
        way: Way::Narrow(320),
        control: "innerWidth === 320",
        ..PLAIN
    },
    Environment {
        name: "forced colours",
        launch: Launch::ForcedColours,
        way: Way::Media("", "forced-colors", "active"),
        control: "matchMedia('(forced-colors: active)').matches",
        ..PLAIN
    },
    Environment {
        name: "pictures off",
        launch: Launch::NoImages,
        control: "document.images.length > 0 && [...document.images].every((image) => image.naturalWidth === 0)",
        ..PLAIN
    },
    Environment {
        name: "large type, fonts of pages off",
        engines: FIREFOX,
        launch: Launch::OwnType,
        control: "(() => {
            const element = document.createElement('span');
            element.style.font = '8px/1 serif';
            element.textContent = 'x';
            document.body.append(element);
            const { height } = element.getBoundingClientRect();
            element.remove();
            return height >= 24;
        })()",
        ..PLAIN
    },
    Environment {
        name: "pages made dark",
        engines: CHROMIUM,
        launch: Launch::OwnType,
        control: "matchMedia('(prefers-color-scheme: dark)').matches",
        ..PLAIN
    },
    Environment {
        name: "browser that resists being known again",
        engines: FIREFOX,
        launch: Launch::Uniform,
        control: "screen.width === innerWidth && screen.height === innerHeight",
        ..PLAIN
    },
    Environment {
        name: "print media",
        engines: CHROMIUM,
        way: Way::Media("print", "", ""),
        control: "matchMedia('print').matches",
        ..PLAIN
    },
    Environment {
        name: "printed while probing",
        way: Way::Print,
        control: "observed.printed.length > 0",
        ..PLAIN
    },
    Environment {
        name: "body hidden for 2 s",
        style: "body { display: none }",
        script: "addEventListener('load', () => setTimeout(() => {
            document.body.style.display = 'block';
            observed.shown = performance.now();
        }, 2000));",
        control: "observed.shown > observed.began",
        ..PLAIN
    },
    Environment {
        name: "background tab",
        way: Way::Background,
        control: "observed.visibility[0][0] === 'hidden' && observed.visibility.at(-1)[0] === 'visible'",
        ..PLAIN
    },
    Environment {
        name: "left and returned to",
        page: Page::Short,
        way: Way::Return,
        control: "observed.persisted",
        // Now and then, a page that Firefox has put away while the module was on its way has no verdict within 8 seconds of its return. Why is not known:
        // a fetch that never ends would explain it.
        may_be_silent: true,
        ..PLAIN
    },
    Environment {
        name: "prerendered",
        engines: CHROMIUM,
        answers: &[
            ("/opener.html", Deviation::Header("speculation-rules", "\"/rules.json\"")),
            (
                "/rules.json",
                Deviation::Body(
                    "application/speculationrules+json",
                    r#"{"prerender": [{"source": "list", "urls": ["/page.html"], "eagerness": "immediate"}]}"#,
                ),
            ),
        ],
        way: Way::Prerender,
        control: "observed.prerendered && performance.getEntriesByType('navigation')[0].activationStart > 0",
        ..PLAIN
    },
];
