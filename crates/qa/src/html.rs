//! The results as one HTML file that somebody can read who does not test: which page under which blocker, what it looked like, why, and
//! what to do. In English and French, whichever the reader's browser prefers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::SystemTime;

use anyhow::Result;
use quick_xml::escape::escape;
use soutien_backend::profile::{Profile, Profiles};

use crate::html_findings;
use crate::html_parts::{both, picture, plays, title_case};
use crate::outcome::{Cell, Outcomes, Seen};
use crate::report::{by_page, hit_line, ranked};

/// Where advice is about more pages than these, they are folded away.
const SHOWN_PLACES: usize = 3;

/// What is done once for the whole file: both languages are in it, and the reader's is shown.
const SCRIPT: &str = "const show = (language) => {
    document.documentElement.lang = language;
    document.title = document.querySelector(`h1 .${language}`).textContent;
};
document.querySelector('button').addEventListener('click', () => show(document.documentElement.lang === 'fr' ? 'en' : 'fr'));
if (navigator.language.startsWith('fr')) show('fr');
const open = () => { const cell = document.getElementById(location.hash.slice(1)); if (cell?.localName === 'details') cell.open = true; };
addEventListener('hashchange', open);
open();";

/// The file.
///
/// # Errors
/// When a screenshot is no image.
pub fn page(cells: &[Cell], profiles: &Profiles) -> Result<String> {
    let now = httpdate::fmt_http_date(SystemTime::now());
    let title = both(
        "How these pages fare under ad blockers",
        "Ces pages face aux bloqueurs de publicité",
    );
    let mut html = format!(
        r#"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>How these pages fare under ad blockers</title><style>{}</style></head><body>
<header><div><h1>{title}</h1><p class="soft">Soutien {}, {}</p></div><button type="button">{}</button></header><main>{}"#,
        include_str!("report.css"),
        env!("CARGO_PKG_VERSION"),
        escape(&now),
        r#"<span class="en" lang="fr">Français</span><span class="fr" lang="en">English</span>"#,
        counts(cells),
    );
    html += &html_findings::section(cells, profiles)?;
    html += &advice(cells, profiles);
    html += &matrix(cells, profiles);
    let _ = write!(html, "<h2>{}</h2>", both("Page by page", "Page par page"));
    for ((url, browser), of_page) in by_page(cells) {
        let _ = write!(
            html,
            "<h3>{} <span class=\"soft\">{}</span></h3>",
            escape(url.to_string()),
            title_case(browser)
        );
        for cell in of_page {
            html += &details(cell, number(cells, cell), profiles)?;
        }
    }
    let _ = write!(html, "</main><script>{SCRIPT}</script></body></html>");
    Ok(html)
}

/// The number of a cell, by which links lead to it.
fn number(cells: &[Cell], cell: &Cell) -> usize {
    cells.iter().position(|other| std::ptr::eq(other, cell)).unwrap_or_default()
}

/// The class, sign and words of a result.
fn sign(result: &Outcomes) -> (&'static str, &'static str, String) {
    match result {
        Outcomes::Passed(_) => ("passed", "✓", both("as expected", "conforme")),
        Outcomes::Failed(_) => ("failed", "✗", both("not as expected", "non conforme")),
        Outcomes::NoTag => ("not-run", "–", both("no tag", "sans balise")),
        Outcomes::Unasked => ("unasked", "", both("not asked", "non demandé")),
        Outcomes::NotRun { .. } => ("not-run", "–", both("not run", "non testé")),
    }
}

fn verdict(kind: &str) -> String {
    match kind {
        "blocked" => both("blocked", "bloqué"),
        "clear" => both("clear", "libre"),
        "unsure" => both("unsure", "incertain"),
        other => escape(other).into_owned(),
    }
}

fn cause(cause: &str) -> String {
    match cause {
        "extension" => both("an extension", "une extension"),
        "network" => both("the network, such as a DNS blocker", "le réseau, par exemple un bloqueur DNS"),
        "browser" => both("the browser itself", "le navigateur lui-même"),
        "tracking-protection" => both("tracking protection", "la protection contre le pistage"),
        _ => both("none", "aucune"),
    }
}

fn counts(cells: &[Cell]) -> String {
    let mut html = String::from(r#"<ul class="counts">"#);
    for (class, english, french) in [
        ("passed", "as expected", "conformes"),
        ("failed", "not as expected", "non conformes"),
        ("not-run", "not run", "non testés"),
    ] {
        let count = cells.iter().filter(|cell| sign(&cell.result).0 == class).count();
        // Where nobody asked for verdicts, there are none to count.
        if count > 0 || cells.iter().any(|cell| cell.result.seen().is_some()) {
            let _ = write!(html, r#"<li class="{class}"><b>{count}</b>{}</li>"#, both(english, french));
        }
    }
    let n_findings: usize = by_page(cells).iter().map(|(_, of_page)| ranked(of_page).len()).sum();
    let class = if n_findings == 0 { "passed" } else { "failed" };
    let words = match n_findings {
        1 => both("thing that breaks", "défaut relevé"),
        _ => both("things that break", "défauts relevés"),
    };
    let _ = write!(html, r#"<li class="{class}"><b>{n_findings}</b>{words}</li>"#);
    html + "</ul>"
}

/// A row for each page in each browser, a column for each profile.
fn matrix(cells: &[Cell], profiles: &Profiles) -> String {
    let mut names: Vec<&str> = Vec::new();
    for cell in cells {
        if !names.contains(&cell.profile.as_str()) {
            names.push(&cell.profile);
        }
    }
    let mut html = format!(
        r#"<h2>{}</h2><div class="scroll" tabindex="0" role="region" aria-labelledby="matrix"><table><caption id="matrix">{}</caption>
<thead><tr><th scope="col">{}</th>"#,
        both("Every page under every blocker", "Chaque page avec chaque bloqueur"),
        both(
            "✓ the verdict is the one that the blocker should lead to; ✗ it is another; – could not be tried",
            "✓ le verdict est celui que ce bloqueur doit donner ; ✗ il est autre ; – n’a pas pu être testé"
        ),
        both("page", "page"),
    );
    for name in &names {
        let _ = write!(html, r#"<th scope="col"><span>{}</span></th>"#, plays(profiles, name));
    }
    html += "</tr></thead><tbody>";
    for ((url, browser), of_page) in by_page(cells) {
        let _ = write!(
            html,
            r#"<tr><th scope="row">{} <span class="soft">{}</span></th>"#,
            escape(url.to_string()),
            title_case(browser)
        );
        for name in &names {
            let Some(cell) = of_page.iter().find(|cell| cell.profile == *name) else {
                html += "<td></td>";
                continue;
            };
            let (class, mark, words) = sign(&cell.result);
            let found = cell.result.seen().map_or(words, |seen| verdict(&seen.kind));
            let _ = write!(
                html,
                r##"<td><a class="{class}" href="#cell-{}">{mark} {found}{}</a></td>"##,
                number(cells, cell),
                html_findings::count(cell)
            );
        }
        html += "</tr>";
    }
    html + "</tbody></table></div>"
}

/// What to do about what was found, each once, with the pages and profiles where it was.
fn advice(cells: &[Cell], profiles: &Profiles) -> String {
    // What to do, then where.
    let mut items: Vec<(String, BTreeMap<String, Vec<String>>)> = Vec::new();
    for cell in cells {
        let profile = profiles.find(&cell.profile);
        for text in advice_for(cell, profile) {
            let places = match items.iter_mut().find(|(known, _)| *known == text) {
                Some((_, places)) => places,
                None => {
                    items.push((text, BTreeMap::new()));
                    &mut items.last_mut().expect("one was just added").1
                }
            };
            let place = format!("{} ({})", escape(cell.url.to_string()), title_case(&cell.browser));
            places.entry(place).or_default().push(plays(profiles, &cell.profile));
        }
    }
    let mut html = format!("<h2>{}</h2>", both("What to do", "Que faire"));
    if items.is_empty() {
        // What to do about findings stands beside them.
        if cells.iter().any(|cell| !cell.findings.is_empty()) {
            return String::new();
        }
        let nothing = both("Nothing: all is as it should be.", "Rien : tout est comme il doit être.");
        let _ = write!(html, "<p>{nothing}</p>");
        return html;
    }
    html += r#"<ul class="advice">"#;
    for (text, places) in items {
        let n_pages = places.len();
        let lines: String = places
            .iter()
            .map(|(place, names)| format!("{place}: {}<br>", names.join(", ")))
            .collect();
        let _ = if n_pages > SHOWN_PLACES {
            let summary = both(&format!("on {n_pages} pages"), &format!("sur {n_pages} pages"));
            write!(
                html,
                "<li>{text}<details><summary>{summary}</summary><small>{lines}</small></details></li>"
            )
        } else {
            write!(html, "<li>{text}<small>{lines}</small></li>")
        };
    }
    html + "</ul>"
}

fn advice_for(cell: &Cell, profile: Option<&Profile>) -> Vec<String> {
    let code = |text: &str| format!(r#"<code lang="en">{}</code>"#, escape(text));
    let seen = match &cell.result {
        Outcomes::NotRun { reason } => {
            let why = both(
                "This could not be tried, and nothing is known of it:",
                "N’a pas pu être testé, on n’en sait donc rien :",
            );
            return vec![format!("{why} {}", code(reason))];
        }
        Outcomes::NoTag => {
            return vec![both(
                "The page has no tag of Soutien. --inject shows what it would do there; --findings-only asks for no verdict.",
                "La page n’a pas la balise de Soutien. --inject montre ce qu’il y ferait ; --findings-only ne demande pas de verdict.",
            )];
        }
        Outcomes::Unasked => return Vec::new(),
        Outcomes::Passed(seen) | Outcomes::Failed(seen) => seen,
    };
    let mut texts = Vec::new();
    if matches!(cell.result, Outcomes::Failed(_)) {
        texts.push(if seen.kind == "blocked" {
            both(
                "Readers are taken for blocking, and do not, or the cause is another: something on the page, or on its server, refuses or hides \
                 the baits. The signals and rules below say which.",
                "Des lecteurs passent pour bloquer à tort, ou la cause est autre : quelque chose dans la page, ou sur son serveur, refuse ou \
                 masque les appâts. Les signaux et règles ci-dessous disent lequel.",
            )
        } else {
            both(
                "The blocker is not noticed. Check that the files beside soutien.js can be had at the page’s own origin, and that no exception \
                 of a filter list spares the site.",
                "Le bloqueur n’est pas remarqué. Vérifiez que les fichiers voisins de soutien.js sont accessibles à l’origine de la page, et \
                 qu’aucune exception d’une liste de filtres n’épargne le site.",
            )
        });
    }
    for problem in &seen.problems {
        texts.push(format!(
            "{} {}",
            both("Mend what Soutien tells of:", "Corrigez ce que Soutien signale :"),
            code(problem)
        ));
    }
    for remark in &seen.remarks {
        texts.push(format!("{} {}", both("Look at this:", "À regarder :"), code(remark)));
    }
    let is_network = profile.is_some_and(|profile| profile.name == "dns");
    if is_network && !seen.has_probe {
        texts.push(both(
            "Blockers of names, such as Pi-hole, cannot be noticed: name ad hosts of two companies in data-probe, if your readers have consented to \
             requests to them.",
            "Les bloqueurs DNS, comme Pi-hole, ne peuvent pas être remarqués : nommez des hôtes publicitaires de deux sociétés dans data-probe, si vos \
             lecteurs ont consenti à des requêtes vers eux.",
        ));
    }
    if seen.kind == "blocked" && !seen.notice {
        texts.push(both(
            "The notice was not shown. The policy “gentle” waits until the second view; data-policy=\"always\" shows it at once while you test.",
            "Le message n’est pas apparu. La politique « gentle » attend la deuxième page vue ; data-policy=\"always\" l’affiche aussitôt \
             pendant les essais.",
        ));
    }
    texts
}

fn details(cell: &Cell, number: usize, profiles: &Profiles) -> Result<String> {
    let (class, mark, words) = sign(&cell.result);
    let name = plays(profiles, &cell.profile);
    let mut html =
        format!(r#"<details id="cell-{number}"><summary><span class="mark {class}">{mark} {words}</span> <b>{name}</b>"#);
    if let Outcomes::NotRun { reason } = &cell.result {
        let _ = write!(
            html,
            r#"</summary><div class="body"><p lang="en">{}</p></div></details>"#,
            escape(reason)
        );
        return Ok(html);
    }
    let Some(seen) = cell.result.seen() else {
        let _ = write!(
            html,
            "</summary><div class=\"body\"><div>{}</div>{}</div></details>",
            html_findings::list(cell),
            picture(&cell.shot)?
        );
        return Ok(html);
    };
    let _ = write!(
        html,
        r#" <span class="soft">{}</span></summary><div class="body"><div><p>{} {}. {} {}. {}</p>"#,
        verdict(&seen.kind),
        both("Verdict:", "Verdict :"),
        verdict(&seen.kind),
        both("Cause:", "Cause :"),
        cause(&seen.cause),
        if seen.notice {
            both("The notice was shown.", "Le message a été affiché.")
        } else {
            both("No notice was shown.", "Aucun message n’a été affiché.")
        },
    );
    let _ = write!(
        html,
        "<p class=\"soft\">{}</p>",
        both(
            &format!(
                "{:.0} ms of probing; expected: {}",
                seen.ms,
                expectations(seen, "anything", " or ")
            ),
            &format!(
                "{:.0} ms d’examen ; attendu : {}",
                seen.ms,
                expectations(seen, "n’importe quel verdict", " ou ")
            ),
        )
    );
    html += &html_findings::list(cell);
    if let Some(put) = &seen.put {
        html += &html_findings::put(put);
    }
    let lines = |title: String, lines: Vec<String>| {
        if lines.is_empty() {
            return String::new();
        }
        let items: String = lines
            .iter()
            .map(|line| format!("<li><code lang=\"en\">{}</code></li>", escape(line)))
            .collect();
        format!("<p>{title}</p><ul>{items}</ul>")
    };
    html += &lines(
        both("Problems that Soutien told of", "Problèmes signalés par Soutien"),
        seen.problems.clone(),
    );
    html += &lines(both("Seen besides", "Vu par ailleurs"), seen.remarks.clone());
    html += &lines(
        both(
            "What the blocker did, and by which rule",
            "Ce que le bloqueur a fait, et par quelle règle",
        ),
        seen.hits.iter().map(hit_line).collect(),
    );
    html += "</div>";
    html += &picture(&cell.shot)?;
    Ok(html + "</div></details>")
}

fn expectations(seen: &Seen, any: &str, or: &str) -> String {
    if seen.expected.is_empty() {
        any.to_owned()
    } else {
        seen.expected.join(or)
    }
}
