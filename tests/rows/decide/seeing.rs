//! Rows: what the bits of a look and the numbers of an answer mean.

use soutien::sight::{Sight, Token, answer};
use soutien::signal::Outcome::{Absent, Answered, Doubtful, Fails, Forbidden, Works};
use soutien::signal::{Name, Outcome, Turn};

/// All six baits show as their twins do, and are as we made them.
const ALL: u32 = 0o7777;

const ELEMENTS: [Name; 4] = [Name::Class, Name::Id, Name::Link, Name::Styled];

#[track_caller]
fn check(bits: u32, expected: [Outcome; 4]) {
    assert_eq!(ELEMENTS.map(|name| Sight(bits).element(name)), expected, "{bits:o}");
}

#[test]
fn a_bait_that_does_not_look_as_its_twin_does_is_hidden() {
    check(ALL, [Works; 4]);
    check(ALL & !1, [Fails, Works, Works, Works]);
    check(ALL & !2, [Works, Fails, Works, Works]);
    check(ALL & !4, [Works, Works, Fails, Works]);
    check(0o7700, [Fails; 4]);
}

#[test]
fn of_the_styled_baits_all_have_to_be_hidden() {
    for shown in 1..8 {
        check(ALL & !0o70 | shown << 3, [Works; 4]);
    }
    check(ALL & !0o70, [Works, Works, Works, Fails]);
}

/// As ad managers do to whatever looks like an advertisement.
#[test]
fn a_bait_that_a_script_of_the_page_changed_says_nothing() {
    check(0, [Absent; 4]);
    check(0o7600, [Absent, Fails, Fails, Fails]);
    check(0o0077, [Absent; 4]);
    for changed in 1..8 {
        check(0o7700 & !(changed << 9), [Fails, Fails, Fails, Absent]);
    }
}

#[test]
fn a_slot_is_hidden_where_it_is_gone_from_a_parent_that_is_there() {
    let rows = [
        (0b0000, (Absent, Fails)),
        (0b0001, (Fails, Fails)),
        (0b0101, (Fails, Works)),
        (0b0111, (Absent, Works)),
        (0b1111, (Works, Works)),
    ];
    for (bits, expected) in rows {
        assert_eq!(Sight(bits << 12).slot(), expected, "{bits:b}");
        assert_eq!(Sight(bits << 12 | ALL).slot(), expected, "{bits:b}");
    }
}

#[test]
fn a_tag_is_alive_missing_or_a_stand_in() {
    let rows = [
        (Absent, Absent),
        (Works, Works),
        (Fails, Absent),
        (Absent, Fails),
        (Absent, Absent),
    ];
    for (number, expected) in (0..).zip(rows) {
        let sight = Sight(number << 16 | 0xffff);
        assert_eq!(sight.tags(), expected, "{number}");
        assert_eq!(sight.is_smart_block(), number == 4);
    }
}

#[test]
fn an_answer_belongs_to_the_question_that_was_asked() {
    for name in [Name::Script, Name::Image, Name::Fetch, Name::Host] {
        for turn in [Turn::Bait, Turn::Twin, Turn::Again] {
            let token = Token::new(70_000, name, turn);
            assert_eq!((token.run(), token.name(), token.turn()), (70_000, name, turn));
        }
    }
    assert_eq!(
        [0, 1, 2, 3, 4, 5, 6].map(answer),
        [Fails, Works, Answered, Absent, Forbidden, Doubtful, Fails]
    );
}
