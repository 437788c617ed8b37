//! Rows: from baits to readings: what a bait and its twin say together, and who is a crawler.

use soutien::signal::Outcome::{Absent, Answered, Context, Doubtful, Fails, Forbidden, Pending, Works};
use soutien::signal::{Outcome, Reading, Turn, follow, is_crawler, judge};

#[test]
fn a_bait_is_blocked_only_beside_a_twin_that_works() {
    let all = [Pending, Absent, Works, Fails, Answered, Context, Forbidden, Doubtful];
    for (bait, twin) in all.iter().flat_map(|bait| all.map(|twin| (*bait, twin))) {
        let reading = judge(bait, twin);
        assert_eq!(
            reading == Reading::Blocked,
            (bait, twin) == (Fails, Works),
            "{bait:?} beside {twin:?}"
        );
        assert_eq!(reading == Reading::Clear, bait == Works, "{bait:?} beside {twin:?}");
    }
}

#[test]
fn an_unknown_says_why() {
    let rows = [
        (Fails, Fails, Reading::TwinFailed),
        (Fails, Answered, Reading::TwinFailed),
        (Fails, Absent, Reading::Absent),
        (Fails, Pending, Reading::Late),
        (Absent, Works, Reading::Absent),
        (Pending, Works, Reading::Late),
        (Answered, Works, Reading::Answered),
        (Context, Context, Reading::Context),
        (Forbidden, Works, Reading::Policy),
        (Forbidden, Pending, Reading::Policy),
        (Doubtful, Works, Reading::Doubtful),
        (Doubtful, Fails, Reading::TwinFailed),
    ];
    for (bait, twin, why) in rows {
        assert_eq!(judge(bait, twin), why, "{bait:?} beside {twin:?}");
    }
}

/// Plays the turns of a request: bait, twin and the bait again answer so, and this is what is made of it.
#[track_caller]
fn check(answers: [Outcome; 3], n_asked: usize, expected: Reading) {
    let mut turn = Turn::Bait;
    for n in 1.. {
        let (bait, twin, next) = follow(turn, answers[turn as usize]);
        match next {
            Some(next) => {
                assert_eq!(judge(bait, twin), Reading::Late, "still open");
                turn = next;
            }
            None => {
                assert_eq!((n, judge(bait, twin)), (n_asked, expected), "{answers:?}");
                return;
            }
        }
    }
}

#[test]
fn what_must_not_be_asked_for_is_not_asked_again() {
    check([Absent, Pending, Pending], 1, Reading::Absent);
}

#[test]
fn a_request_is_blocked_when_it_fails_twice_around_a_twin_that_loads() {
    check([Works, Pending, Pending], 1, Reading::Clear);
    check([Fails, Works, Fails], 3, Reading::Blocked);
    check([Fails, Works, Works], 3, Reading::Clear);
    check([Fails, Works, Answered], 3, Reading::Answered);
    check([Answered, Works, Answered], 3, Reading::Answered);
    check([Fails, Fails, Pending], 2, Reading::TwinFailed);
    check([Fails, Answered, Pending], 2, Reading::TwinFailed);
    check([Answered, Answered, Pending], 2, Reading::TwinFailed);
    check([Doubtful, Works, Doubtful], 3, Reading::Doubtful);
    check([Doubtful, Doubtful, Pending], 2, Reading::TwinFailed);
}

#[test]
fn what_the_page_forbids_is_not_blocked() {
    check([Forbidden, Pending, Pending], 1, Reading::Policy);
    // The report of it came late.
    check([Fails, Works, Forbidden], 3, Reading::Policy);
}

#[test]
fn a_crawler_says_so_itself() {
    let rows = [
        (
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            true,
        ),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            true,
        ),
        ("facebookexternalhit/1.1", true),
        ("Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", true),
        (
            "Mozilla/5.0 (Linux; Android 14) YandexSearch/25.1 Mobile Safari/537.36",
            false,
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
            false,
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
            false,
        ),
        ("Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36", false),
    ];
    for (user_agent, expected) in rows {
        assert_eq!(is_crawler(user_agent), expected, "{user_agent}");
    }
}
