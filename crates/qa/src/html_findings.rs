//! What breaks, in the HTML report: the worst first, each with its rule, what to do, and the page with the blocker beside the page without.

use std::cmp::Reverse;
use std::fmt::Write as _;

use anyhow::Result;
use quick_xml::escape::escape;
use soutien_backend::profile::Profiles;

use crate::findings::{Effect, Finding};
use crate::html_parts::{both, picture, plays, title_case};
use crate::outcome::{Cell, Put};
use crate::report::{by_page, ranked, reach};

/// How many findings of a page are shown; the others are folded away.
const SHOWN: usize = 5;

/// From these scores on, something is bad, or less so.
const BAD: u32 = 60;
const LESS: u32 = 40;

/// What breaks on each page.
///
/// # Errors
/// When a screenshot is no image.
pub fn section(cells: &[Cell], profiles: &Profiles) -> Result<String> {
    let mut html = format!(
        "<h2>{}</h2>",
        both("What breaks, the worst first", "Ce qui casse, le plus grave d’abord")
    );
    let mut is_empty = true;
    let mut pages = by_page(cells);
    // The page to look at first comes before the others.
    pages.sort_by_key(|(_, of_page)| Reverse(ranked(of_page).first().map(|(finding, _)| finding.score)));
    for ((url, browser), of_page) in pages {
        let found = ranked(&of_page);
        let reach = reach(&of_page);
        if found.is_empty() && reach.is_none() {
            continue;
        }
        let _ = write!(
            html,
            "<h3>{} <span class=\"soft\">{}</span></h3>",
            escape(url.to_string()),
            title_case(browser)
        );
        if let Some((n_seen, n_all)) = reach {
            let words = both(
                &format!("The notice was shown under {n_seen} of the {n_all} blockers that were noticed."),
                &format!("Le message est apparu avec {n_seen} des {n_all} bloqueurs remarqués."),
            );
            let _ = write!(html, "<p class=\"soft\">{words}</p>");
        }
        if found.is_empty() {
            continue;
        }
        is_empty = false;
        let (first, rest) = found.split_at(found.len().min(SHOWN));
        html += "<ol class=\"findings\">";
        for (finding, cells) in first {
            html += &card(finding, cells, profiles, true)?;
        }
        html += "</ol>";
        if !rest.is_empty() {
            let words = both(&format!("{} more", rest.len()), &format!("{} de plus", rest.len()));
            let _ = write!(
                html,
                "<details><summary>{words}</summary><ol class=\"findings\" start=\"{}\">",
                SHOWN + 1
            );
            for (finding, cells) in rest {
                html += &card(finding, cells, profiles, false)?;
            }
            html += "</ol></details>";
        }
    }
    if is_empty {
        let nothing = both(
            "Nothing that was found: beside what is there to be blocked, the pages are as they are without a blocker.",
            "Rien de relevé : hormis ce qui est là pour être bloqué, les pages sont comme sans bloqueur.",
        );
        let _ = write!(html, "<p>{nothing}</p>");
    }
    Ok(html)
}

/// One finding with the cells that have it.
fn card(finding: &Finding, cells: &[&Cell], profiles: &Profiles, has_pictures: bool) -> Result<String> {
    let class = match finding.score {
        BAD.. => "failed",
        LESS.. => "not-run",
        _ => "passed",
    };
    let title = finding.title();
    let mut html = format!(
        "<li><p><span class=\"mark {class}\">{}</span> <b>{}</b> {}</p>",
        finding.score,
        both(&title.en, &title.fr),
        code(&finding.effect)
    );
    if finding.rule.is_empty() {
        let _ = write!(
            html,
            "<p class=\"soft\">{}</p>",
            both("No rule is known for it.", "Aucune règle connue.")
        );
    } else {
        let _ = write!(
            html,
            "<p>{} <code lang=\"en\">{}</code></p>",
            both("Rule:", "Règle :"),
            escape(finding.source())
        );
    }
    if !finding.effects.is_empty() {
        let _ = write!(html, "<p>{}</p><ul>", both("What comes of it:", "Ce qui en résulte :"));
        for effect in finding.shown_effects() {
            let title = effect.title();
            let _ = write!(html, "<li>{} {}</li>", both(&title.en, &title.fr), code(effect));
        }
        html += "</ul>";
    }
    let advice = finding.advice();
    let _ = write!(
        html,
        "<p><b>{}</b> {}</p>",
        both("What to do:", "Que faire :"),
        both(&advice.en, &advice.fr)
    );
    let names: Vec<String> = cells.iter().map(|cell| plays(profiles, &cell.profile)).collect();
    let _ = write!(html, "<p class=\"soft\">{} {}</p>", both("With", "Avec"), names.join(", "));
    let pair = cells.iter().find_map(|cell| Some((cell, cell.plain_shot.as_ref()?)));
    if let Some((cell, plain)) = pair.filter(|(cell, _)| has_pictures && !cell.bare_shot().is_empty()) {
        let figure = |words: String, png: &[u8]| -> Result<String> {
            Ok(format!("<figure><figcaption>{words}</figcaption>{}</figure>", picture(png)?))
        };
        let _ = write!(
            html,
            "<div class=\"pair\">{}{}</div>",
            figure(both("without a blocker", "sans bloqueur"), plain)?,
            figure(plays(profiles, &cell.profile), cell.bare_shot())?
        );
    }
    Ok(html + "</li>")
}

fn code(effect: &Effect) -> String {
    let extent = effect.extent();
    format!(
        "<code lang=\"en\">{}</code>{}",
        escape(effect.name()),
        both(&extent.en, &extent.fr)
    )
}

/// How many findings a cell has, for the table; nothing where there are none.
pub fn count(cell: &Cell) -> String {
    match cell.findings.len() {
        0 => String::new(),
        1 => format!("<br>{}", both("1 finding", "1 défaut")),
        n_findings => format!(
            "<br>{}",
            both(&format!("{n_findings} findings"), &format!("{n_findings} défauts"))
        ),
    }
}

/// The findings of one cell, in short.
pub fn list(cell: &Cell) -> String {
    if cell.findings.is_empty() {
        return String::new();
    }
    let mut html = format!("<p>{}</p><ul>", both("What breaks", "Ce qui casse"));
    for finding in &cell.findings {
        let title = finding.title();
        let _ = write!(html, "<li>{} {}", both(&title.en, &title.fr), code(&finding.effect));
        if !finding.rule.is_empty() {
            let _ = write!(html, " <code lang=\"en\">{}</code>", escape(finding.source()));
        }
        html += "</li>";
    }
    html + "</ul>"
}

/// What Soutien would change on a page that it was put on.
pub fn put(put: &Put) -> String {
    let mut html = format!(
        "<p>{}</p><ul>",
        both("What Soutien changes here", "Ce que Soutien change ici")
    );
    let mut line = |words: String| {
        let _ = write!(html, "<li>{words}</li>");
    };
    line(both(
        "The page’s Content-Security-Policy lets it work.",
        "La Content-Security-Policy de la page le laisse fonctionner.",
    ));
    line(if put.n_moved == 0 {
        both("Nothing on the page has moved.", "Rien n’a bougé dans la page.")
    } else {
        both(
            &format!("{} elements have moved, by {:.0} pixels at most.", put.n_moved, put.pixels),
            &format!("{} éléments ont bougé, de {:.0} pixels au plus.", put.n_moved, put.pixels),
        )
    });
    line(match (put.consent_dialog.is_empty(), put.is_covered) {
        (true, _) => both(
            "No consent dialog was open.",
            "Aucune fenêtre de consentement n’était ouverte.",
        ),
        (false, true) => both(
            "The notice and the consent dialog lie over each other.",
            "Le message et la fenêtre de consentement se recouvrent.",
        ),
        (false, false) => both(
            "The consent dialog is open, and nothing of Soutien lies over it: the notice waits until it is answered.",
            "La fenêtre de consentement est ouverte, et rien de Soutien ne la recouvre : le message attend qu’on y réponde.",
        ),
    });
    html + "</ul>"
}
