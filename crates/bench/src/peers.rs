//! The detectors that are compared: this module, and those of npm, each used as its own README says; and a guest of another trade.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;
use soutien_figures::sizes;

use soutien_project::files::brotli_size;
use soutien_project::{root, run};
use soutien_testbed::environments::{Detector, SOUTIEN};

/// Where the other detectors come to from npm, in the project's folder.
const MODULES: &str = "tests/rigs/peers/node_modules";

/// A detector, with what is told of it.
pub struct Entrant {
    pub detector: Detector,
    pub version: String,
    /// What every reader downloads, as brotli.
    pub bytes: usize,
    /// What a reader with a blocker downloads besides. The others draw nothing.
    pub besides: usize,
}

/// The packages with the scripts that a page would use them by. `observed` is what environments look at, see observer.js.
const PEERS: [(&str, &str); 5] = [
    (
        "blockadblock",
        "import 'blockadblock';
        observed.begin(() =>
            new BlockAdBlock({ checkOnLoad: false, resetOnEnd: true })
                .onDetected(() => observed.answer(true)).onNotDetected(() => observed.answer(false)).check());",
    ),
    (
        "just-detect-adblock",
        "import detector from 'just-detect-adblock';
        observed.begin(() => detector.detectAnyAdblocker().then(observed.answer));",
    ),
    (
        "adblock-detect",
        "import detect from 'adblock-detect';
        observed.begin(() => detect((isBlocked) => observed.answer(isBlocked)));",
    ),
    (
        "adblock-detector",
        "import { AdblockDetector } from 'adblock-detector';
        observed.begin(() => observed.answer(new AdblockDetector().detect()));",
    ),
    (
        // Its hook says 'no' until its request has failed. That 'no' is an answer as soon as the request has ended, for which React
        // gets 50 ms to come round.
        "adblock-detect-react",
        "import { createElement, useEffect } from 'react';
        import { createRoot } from 'react-dom/client';
        import { useDetectAdBlock } from 'adblock-detect-react';
        const Watch = () => {
            const isBlocked = useDetectAdBlock();
            useEffect(() => { if (isBlocked) observed.answer(true); }, [isBlocked]);
            return null;
        };
        observed.begin(() => {
            const original = window.fetch;
            const end = () => {
                const at = performance.now();
                setTimeout(() => {
                    if (observed.answered) return;
                    observed.answer(false);
                    observed.answered.at = at;
                }, 50);
            };
            window.fetch = (...given) => {
                const answer = original(...given);
                answer.then(end, end);
                return answer;
            };
            createRoot(document.createElement('div')).render(createElement(Watch));
        });",
    ),
];

/// A guest of another trade that is known to be well made: the price that publishers pay anyhow for a banner.
const WELL_MADE: (&str, &str) = (
    // It shows nothing to machines unless it is told to.
    "vanilla-cookieconsent",
    "import 'vanilla-cookieconsent/dist/cookieconsent.css';
    import { run } from 'vanilla-cookieconsent';
    run({
        hideFromBots: false,
        onModalShow: () => observed.answer(null),
        categories: { necessary: { enabled: true, readOnly: true }, measurement: {} },
        language: {
            default: 'fr',
            translations: {
                fr: {
                    consentModal: {
                        title: 'Vos données',
                        description: 'Nous comptons nos lecteurs, si vous le voulez bien.',
                        acceptAllBtn: 'Accepter',
                        acceptNecessaryBtn: 'Refuser',
                        showPreferencesBtn: 'Choisir',
                    },
                    preferencesModal: {
                        title: 'Vos choix',
                        acceptAllBtn: 'Accepter',
                        acceptNecessaryBtn: 'Refuser',
                        savePreferencesBtn: 'Garder ces choix',
                        closeIconLabel: 'Fermer',
                        sections: [
                            { title: 'Ce qui est nécessaire', linkedCategory: 'necessary' },
                            { title: 'Mesure', linkedCategory: 'measurement' },
                        ],
                    },
                },
            },
        },
    });",
);

/// All of them, ours first.
///
/// # Errors
/// When dist/site/ is not built, or a package is not installed or cannot be bundled.
pub fn entrants() -> Result<Vec<Entrant>> {
    let mut entrants = vec![ours()?];
    for (name, source) in PEERS {
        entrants.push(bundle(name, source)?.0);
    }
    Ok(entrants)
}

/// The guest of another trade, and its style sheet.
///
/// # Errors
/// When its package is not installed or cannot be bundled.
pub fn well_made() -> Result<(Entrant, String)> {
    let (name, source) = WELL_MADE;
    let (mut entrant, style) = bundle(name, source)?;
    let style = style.with_context(|| format!("the package {name} brought no style sheet"))?;
    entrant.bytes += brotli_size(style.as_bytes());
    Ok((entrant, style))
}

/// Bundles a package with the script that a page would use it by, and gives the style sheet that comes with it, where there is one.
fn bundle(name: &'static str, source: &str) -> Result<(Entrant, Option<String>)> {
    let folder = root().join("target/bench");
    fs::create_dir_all(&folder)?;
    let entry = folder.join(format!("{name}.entry.js"));
    let output = folder.join(format!("{name}.js"));
    fs::write(&entry, source)?;
    let mut command = Command::new(root().join("node_modules/.bin/esbuild"));
    command.env("NODE_PATH", root().join(MODULES));
    command.arg(&entry).args([
        "--bundle",
        "--format=iife",
        "--minify",
        "--target=es2020",
        "--charset=utf8",
        "--legal-comments=none",
        "--log-level=error",
        "--define:process.env.NODE_ENV=\"production\"",
    ]);
    command.arg(format!("--outfile={}", output.display()));
    run::quietly("esbuild", &mut command, None)?;
    let script = fs::read_to_string(&output)?;
    let entrant = Entrant {
        version: version(name)?,
        bytes: brotli_size(script.as_bytes()),
        besides: 0,
        detector: Detector { name, script },
    };
    Ok((entrant, fs::read_to_string(output.with_extension("css")).ok()))
}

/// This module, as it is in dist/site/.
fn ours() -> Result<Entrant> {
    let loads = sizes::built()?.loads()?;
    Ok(Entrant {
        detector: SOUTIEN,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        bytes: loads.first.bytes,
        besides: loads.notice.bytes,
    })
}

fn version(name: &str) -> Result<String> {
    let path = root().join(MODULES).join(name).join("package.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let package: Value = serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))?;
    Ok(package["version"].as_str().unwrap_or_default().to_owned())
}
