//! The reader's consent: what waits for it, where it comes from, and what is told of those that should know of it. The consent manager of these
//! tests, `cmp.js`, is written to IAB Europe's specification. What each answer means is held by rows in both browsers, in `tests/web.rs`, and so
//! what follows from several of them is seen in Chromium alone.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use soutien_testbed::server::{Answer, NUMBERS, Options};
use support::browsers::{BLOCKED, CLEAR, Kind, run, run_in};
use support::numbers::{COUNTED, answer, hurry, received, support, tag, until, until_tried};
use support::reader::Reader;
use support::site::{STORED, with_script};

const CMP: &str = include_str!("cmp.js");

/// A page that sends its numbers, and asks an ad host, once the reader has consented by what `consent` says. A script comes before the tag, and
/// everything that waits comes so many times as soon.
fn site_in_hurry(times: u32, consent: &str, script: &str) -> Options {
    let attributes = format!(r#"{} data-probe="{{{{ad_host}}}}/ads/show.js""#, tag(consent));
    let mut site = with_script(&attributes, &format!("{} {script}", hurry(times)));
    site.csp = Some(String::new());
    site
}

fn site(consent: &str, script: &str) -> Options {
    site_in_hurry(20, consent, script)
}

fn with_manager(script: &str) -> Options {
    site("auto", &format!("{CMP}{script}"))
}

/// How often the ad host was asked for something.
fn n_asked(reader: &Reader) -> usize {
    let requests = reader.site.requests();
    requests.iter().filter(|(host, _)| host.starts_with("localhost")).count()
}

/// What a page asks its own host for by itself, and for us before anybody has consented to anything.
const OWN: [&str; 5] = ["/page.html", "/witness.js", "/before.js", "/favicon.", "/soutien/"];

/// Asserts that nothing goes out: of all requests, there is none but for the page's own files and ours. Whatever might go out would have by then.
async fn nothing_out(reader: &Reader) -> Result<()> {
    reader.ask("Soutien.check().then(() => 1)").await?;
    reader.wait_out(COUNTED).await?;
    for (host, path) in reader.site.requests() {
        let is_own = host.starts_with("presse.") && OWN.iter().any(|own| path.starts_with(own));
        ensure!(is_own, "{host} was asked for {path}");
    }
    Ok(())
}

/// Asserts that what waited goes out, and that the ad host is asked at the next check.
async fn all_out(reader: &Reader) -> Result<()> {
    let events = until(reader, 1).await?;
    ensure!(events[0]["name"] == "verdict" && events[0]["first"] == true, "{events:?}");
    reader.ask("Soutien.check().then(() => 1)").await?;
    ensure!(n_asked(reader) > 0, "{:?}", reader.site.requests());
    Ok(())
}

/// Asserts what has been told of consent, each once, and that nothing was told of anything else.
async fn told(reader: &Reader, expected: &[&str]) -> Result<()> {
    let found = "witness.events.filter(({ name }) => name === 'problem').map(({ detail }) => `${detail.key}: ${detail.given}`)";
    let expected: Vec<String> = expected.iter().map(|given| format!("consent: {given}")).collect();
    reader.expect(found, json!(expected)).await
}

const MALFORMED: &str = "malformed data of a consent manager";
const SILENT: &str = "a consent manager that does not answer";
const TWO: &str = "two consent managers";

#[test]
fn nothing_goes_out_before_a_consent_manager_says_so_and_everything_after() {
    run_in(CLEAR, async |kind| {
        // It loads when its stub has been asked, answers those who did, and asks the reader, who allows something else, and changes that
        // afterwards.
        let script = "document.addEventListener('soutien:ready', () => cmp.load());";
        let reader = Reader::new(kind, with_manager(script)).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        reader.expect("cmp.n_listeners() > 0", true).await?;
        nothing_out(&reader).await?;
        reader.ask("(cmp.choose([2, 3, 4, 7], [10, 12]), 1)").await?;
        nothing_out(&reader).await?;
        reader.expect(STORED, json!([])).await?;
        reader.ask("(cmp.show(), cmp.choose([1, 2, 9]), 1)").await?;
        all_out(&reader).await?;
        told(&reader, &[]).await?;
        reader.unharmed().await
    });
}

/// The closing is what the reader asked for by the click.
#[test]
fn nothing_but_the_closing_is_written_before_consent() {
    run_in(BLOCKED, async |kind| {
        let attributes = format!(r#"{} data-after-views="2" data-share="99""#, tag("auto"));
        let reader = Reader::new(kind, with_script(&attributes, &format!("{CMP}cmp.load();"))).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        reader.ask("(cmp.choose([]), Soutien.show(), 1)").await?;
        reader.notice().await?;
        reader.expect(STORED, json!([])).await?;
        reader.click_in_notice("Fermer").await?;
        reader.event("close").await?;
        let kept = "localStorage.soutien.replace(/\\d{5,}/g, 'N')";
        reader.expect(kept, "1 closed-until=N quiet=N").await?;
        ensure!(reader.site.numbers().is_empty(), "{:?}", reader.site.numbers());
        reader.unharmed().await
    });
}

#[test]
fn while_it_is_not_known_whether_the_law_applies_there_is_no_consent() {
    run(async {
        let script = "cmp.load({ gdprApplies: undefined, allowed: [1, 2, 7] });";
        let reader = Reader::new(Kind::Chromium, with_manager(script)).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        nothing_out(&reader).await?;
        reader.problem("consent", SILENT).await?;
        reader.ask("(cmp.know(true), 1)").await?;
        all_out(&reader).await?;
        told(&reader, &[SILENT]).await
    });
}

/// What was under way is not tried again, nor handed to the browser at the end.
#[test]
fn the_choices_of_an_earlier_visit_hold_until_they_are_taken_back() {
    run_in(CLEAR, async |kind| {
        // A batch is tried again for six seconds.
        let script = format!("{CMP} cmp.load({{ allowed: [1, 2, 7] }});");
        let reader = Reader::new(kind, site_in_hurry(5, "auto", &script)).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        all_out(&reader).await?;
        // What the check of a moment ago tells is out.
        until(&reader, 2).await?;
        answer(&reader, &[Answer::Status(500)])?;
        reader.ask(&support(1)).await?;
        until_tried(&reader, reader.n_requests(NUMBERS) + 1).await?;
        reader.ask("(cmp.show(), cmp.choose([]), 1)").await?;
        told(&reader, &[]).await?;
        answer(&reader, &[])?;
        reader.ask(&support(1)).await?;
        reader.wait_out(4 * COUNTED).await?;
        reader.follow().await?;
        // The next page's own numbers come.
        let events = until(&reader, 3).await?;
        ensure!(events.iter().all(|event| event["name"] == "verdict"), "{events:?}");
        reader.unharmed().await
    });
}

/// Each takes the place of the last one, and is asked in its turn.
#[test]
fn managers_that_cannot_be_used_count_as_none_and_are_named_once() {
    run_in(CLEAR, async |kind| {
        let reader = Reader::new(kind, site("auto", "window.asked = []; window.__tcfapi = {};")).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        reader.problem("consent", SILENT).await?;
        let junk = "{ gdprApplies: true, cmpId: 1, eventStatus: 'tcloaded', purpose: {} }";
        for (number, (does, doubts)) in [
            ("throw new Error('no');", &[SILENT][..]),
            (
                "if (command === 'ping') callback({ cmpLoaded: false, cmpStatus: 'error' });",
                &[SILENT],
            ),
            ("callback({ get gdprApplies() { throw new Error('no'); } }, true);", &[SILENT]),
            (
                &format!("for (let n = 0; n < 3; n++) callback({junk}, true);"),
                &[SILENT, MALFORMED],
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let manager = format!("(command, version, callback) => {{ asked.push({number}); {does} }}");
            reader.ask(&format!("(window.__tcfapi = {manager}, 1)")).await?;
            reader.until(&format!("asked.includes({number})")).await?;
            nothing_out(&reader).await?;
            told(&reader, doubts).await?;
        }
        reader.unharmed().await?;
        reader.usable().await
    });
}

#[test]
fn a_manager_that_never_answers_counts_as_none_after_five_seconds_and_may_still_answer() {
    run(async {
        // The clock is the same in every browser.
        let reader = Reader::new(Kind::Chromium, site_in_hurry(1, "auto", CMP)).await?;
        reader.open("/page.html").await?;
        let ready = reader.event("ready").await?["at"].as_f64().unwrap_or_default();
        let silent = reader.event("problem").await?;
        let ms = silent["at"].as_f64().unwrap_or_default() - ready;
        ensure!((4900.0..7000.0).contains(&ms), "told {ms} ms after soutien:ready: {silent}");
        told(&reader, &[SILENT]).await?;
        nothing_out(&reader).await?;
        reader.ask("(cmp.load({ allowed: [1, 2, 7] }), 1)").await?;
        all_out(&reader).await?;
        told(&reader, &[SILENT]).await?;
        reader.unharmed().await
    });
}

#[test]
fn of_two_managers_both_have_to_allow_it() {
    run(async {
        let script = format!(
            "{CMP} window.first = cmp; first.load({{ allowed: [2] }}); window.addSecond = () => {{ {CMP} cmp.load({{ id: 401 }}); }};"
        );
        let reader = Reader::new(Kind::Chromium, site("auto", &script)).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        reader.ask("(addSecond(), 1)").await?;
        nothing_out(&reader).await?;
        reader.ask("(first.choose([1, 2, 7]), 1)").await?;
        nothing_out(&reader).await?;
        reader.ask("(first.choose([]), cmp.choose([1, 2, 7]), 1)").await?;
        nothing_out(&reader).await?;
        told(&reader, &[TWO]).await?;
        reader.ask("(first.choose([1, 2, 7]), 1)").await?;
        all_out(&reader).await?;
        told(&reader, &[TWO]).await?;
        reader.unharmed().await
    });
}

#[test]
fn numbers_that_wait_for_a_manager_that_is_not_there_are_told_of() {
    run(async {
        let reader = Reader::new(Kind::Chromium, with_script(&tag("auto"), &hurry(20))).await?;
        reader.open("/page.html").await?;
        reader.problem("consent", "no consent manager").await?;
        ensure!(reader.site.numbers().is_empty(), "{:?}", reader.site.numbers());
        reader.unharmed().await
    });
}

#[test]
fn a_manager_that_comes_late_is_heard() {
    run(async {
        let script = format!("window.late = () => {{ {CMP} cmp.load({{ allowed: [1, 2, 7] }}); }};");
        let reader = Reader::new(Kind::Chromium, site("auto", &script)).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        nothing_out(&reader).await?;
        reader.ask("(late(), 1)").await?;
        all_out(&reader).await?;
        reader.unharmed().await
    });
}

/// What tag managers tell publishers to write.
const GTAG: &str = "window.dataLayer = window.dataLayer || []; function gtag() { dataLayer.push(arguments); }";

#[test]
fn consent_by_the_consent_mode_is_followed_while_the_page_is_there() {
    run(async {
        let script = format!(
            "{GTAG} gtag('consent', 'default', {{ analytics_storage: 'denied', ad_storage: 'denied' }});
            window.say = (word) => gtag('consent', 'update', {{ analytics_storage: word, ad_storage: word }});
            window.replace = (other) => {{ window.dataLayer = other; }};"
        );
        let reader = Reader::new(Kind::Chromium, site("gcm", &script)).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        nothing_out(&reader).await?;
        reader.ask("(say('granted'), 1)").await?;
        all_out(&reader).await?;
        let came = received(&reader)?.len();
        // Who takes its place without what was said there has not said it.
        for other in ["7", "{}", "[]", "null", "{ get length() { throw new Error('no') } }"] {
            reader.ask(&format!("(replace({other}), {}, 1)", support(1))).await?;
            reader.wait_out(COUNTED).await?;
            ensure!(received(&reader)?.len() <= came + 1, "{other}: {:?}", received(&reader)?);
        }
        let events = received(&reader)?;
        ensure!(events.iter().all(|event| event["name"] == "verdict"), "{events:?}");
        told(&reader, &[]).await?;
        reader.unharmed().await
    });
}

#[test]
fn a_consent_mode_that_says_nothing_is_told_of() {
    run(async {
        let reader = Reader::new(Kind::Chromium, site("gcm", "")).await?;
        reader.open("/page.html").await?;
        reader.problem("consent", "no consent mode").await?;
        nothing_out(&reader).await?;
        reader.expect("'dataLayer' in window", false).await?;
        reader.unharmed().await
    });
}

#[test]
fn an_event_with_junk_is_no_consent() {
    run_in(CLEAR, async |kind| {
        let script = "window.say = (detail) => document.dispatchEvent(new CustomEvent('soutien:consent', { detail }));
            window.sayAll = () => { [null, 'granted', { get granted() { throw new Error('no') } }].forEach(say);
                document.dispatchEvent(new Event('soutien:consent')); };";
        let reader = Reader::new(kind, site("event", script)).await?;
        reader.open("/page.html").await?;
        reader.event("verdict").await?;
        reader.ask("(sayAll(), 1)").await?;
        nothing_out(&reader).await?;
        reader.ask("(say({ granted: true }), 1)").await?;
        all_out(&reader).await?;
        let came = received(&reader)?.len();
        // Junk takes consent back as well: what is not plain consent is none.
        reader.ask(&format!("(say('granted'), {}, 1)", support(1))).await?;
        reader.wait_out(COUNTED).await?;
        let events = received(&reader)?;
        ensure!(
            events.len() <= came + 1 && events.iter().all(|event| event["name"] == "verdict"),
            "{events:?}"
        );
        told(&reader, &[]).await?;
        reader.unharmed().await
    });
}

/// WordPress' consent API as its script has it (https://github.com/WordPress/wp-consent-level-api): a function that answers for a category, and an event
/// that tells of each change.
const WP: &str = "{ const allowed = {};
    window.wp_has_consent = (category) => allowed[category] === 'allow';
    window.wp_set_consent = (category, value) => {
        allowed[category] = value;
        document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change', { detail: { [category]: value } }));
    }; }";

/// Ways in which consent is known: the word, what the page has for it, how the reader allows to be counted and no ads, and ads and not to be counted.
/// Before that, the reader has been asked and has said nothing.
fn ways() -> [(&'static str, String, [&'static str; 2]); 4] {
    [
        (
            "tcf",
            format!("{CMP} cmp.load();"),
            ["cmp.choose([1, 3, 8])", "cmp.choose([1, 2, 3])"],
        ),
        (
            "gcm",
            format!(
                "{GTAG} gtag('consent', 'default', {{ analytics_storage: 'denied', ad_storage: 'denied' }});
                window.say = (analytics_storage, ad_storage) => gtag('consent', 'update', {{ analytics_storage, ad_storage }});"
            ),
            ["say('granted', 'denied')", "say('denied', 'granted')"],
        ),
        (
            "wp",
            format!("{WP} window.say = (...words) => ['statistics', 'marketing'].forEach((category, n) => wp_set_consent(category, words[n]));"),
            ["say('allow', 'deny')", "say('deny', 'allow')"],
        ),
        (
            "event",
            "window.say = (granted, ads) => document.dispatchEvent(new CustomEvent('soutien:consent', { detail: { granted, ads } }));".into(),
            ["say(true, false)", "say(false, true)"],
        ),
    ]
}

#[test]
fn each_purpose_lets_out_what_it_is_for_and_nothing_else() {
    run_in(CLEAR, async |kind| {
        for (word, script, [counting, ads]) in ways() {
            let reader = Reader::new(kind, site(word, &script)).await?;
            reader.open("/page.html").await?;
            reader.event("verdict").await?;
            nothing_out(&reader).await.with_context(|| format!("{word}, before"))?;
            let choose = |allowed: &str| format!("({allowed}, Soutien.check().then(() => 1))");
            reader.ask(&choose(counting)).await?;
            until(&reader, 2).await.with_context(|| format!("{word}, counting"))?;
            ensure!(n_asked(&reader) == 0, "{word}, counting: {:?}", reader.site.requests());
            // What the checks up to here have told is out.
            until(&reader, 3).await?;
            reader.ask(&choose(ads)).await?;
            reader.wait_out(COUNTED).await?;
            ensure!(n_asked(&reader) > 0, "{word}, ads: {:?}", reader.site.requests());
            ensure!(received(&reader)?.len() == 3, "{word}, ads: {:?}", reader.site.numbers());
            told(&reader, &[]).await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

/// A function of the page's that throws, and a name that is none, are no consent, and nobody's uncaught error.
#[test]
fn a_consent_api_of_wordpress_that_cannot_be_asked_is_no_consent() {
    run(async {
        for (script, expected) in [
            ("window.wp_has_consent = () => { throw new Error('no'); };", &[][..]),
            ("window.wp_has_consent = () => 'allow';", &[]),
            ("window.wp_has_consent = {};", &["no consent API of WordPress"]),
            ("", &["no consent API of WordPress"]),
        ] {
            let reader = Reader::new(Kind::Chromium, site("wp", script)).await?;
            reader.open("/page.html").await?;
            reader.event("verdict").await?;
            if !expected.is_empty() {
                reader.problem("consent", expected[0]).await?;
            }
            reader
                .ask("(document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change', { detail: {} })), 1)")
                .await?;
            nothing_out(&reader).await?;
            told(&reader, expected).await?;
            reader.unharmed().await?;
        }
        Ok(())
    });
}

/// The page's own timers are the measure, of which a reader who refuses has none of ours; where nobody tells of a change, the time between two looks
/// doubles.
#[test]
fn who_refuses_is_not_asked_for_again_and_again() {
    run(async {
        for (word, refuses, most) in [
            ("tcf", "cmp.choose([])", 0),
            ("event", "say(false)", 0),
            ("gcm", "say('denied', 'denied')", 4),
            ("wp", "say('deny', 'deny')", 4),
        ] {
            let (_, script, _) = ways().into_iter().find(|(name, ..)| *name == word).context("no such way")?;
            let counts = "window.n_timers = 0; { const later = setTimeout; window.setTimeout = (...given) => (n_timers++, later(...given)); }";
            let reader = Reader::new(Kind::Chromium, site(word, &format!("{script} {counts}"))).await?;
            reader.open("/page.html").await?;
            reader.event("verdict").await?;
            reader.ask(&format!("({refuses}, {}, 1)", support(1))).await?;
            // What was under way has ended by then: a second, 20 times as soon, and the five after which a manager counts as silent.
            reader.wait_out(2 * COUNTED).await?;
            reader.ask("(n_timers = 0, 1)").await?;
            reader.wait_out(3 * COUNTED).await?;
            let found = reader.ask("n_timers").await?.as_u64().unwrap_or(u64::MAX);
            ensure!(found <= most, "{word}: {found} timers, expected {most} at most");
            ensure!(reader.site.numbers().is_empty(), "{word}: {:?}", reader.site.numbers());
        }
        Ok(())
    });
}
