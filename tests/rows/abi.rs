//! Rows on the numbers that the module and JavaScript share.

use soutien::abi::{self, Wake};
use soutien::appeal::{Act, Blocker, Scene};
use soutien::config::Key;
use soutien::options::{Consent, Policy, View};
use soutien::sight::{Answer, Circumstances, Tags};
use soutien::signal::{Name, Turn};

#[test]
fn javascript_has_the_numbers_that_the_enums_have() {
    assert_eq!(
        include_str!("../../web/abi.js"),
        abi::script(),
        "web/abi.js is behind the enums: run `cargo xtask reference`"
    );
}

/// Expects each variant to have its place as its number.
macro_rules! check {
    ($($all:expr),*) => {
        $(for (place, variant) in $all.iter().enumerate() {
            assert_eq!(*variant as usize, place, "{variant:?}");
        })*
    };
}

#[test]
fn every_variant_stands_at_its_number() {
    check!(Wake::ALL, Act::ALL, Scene::ALL, Blocker::ALL, Key::ALL, Name::ALL, Turn::ALL);
    check!(Answer::ALL, Tags::ALL, Consent::ALL, Policy::ALL, View::ALL);
}

#[test]
fn numbers_are_read_as_the_variants_that_they_are() {
    for (number, view) in (0..).zip(View::ALL) {
        assert_eq!(View::from_number(number), *view);
    }
    for (number, policy) in (0..).zip(Policy::ALL) {
        assert_eq!(Policy::from_number(number), *policy);
    }
    for (number, consent) in (0..).zip(Consent::ALL) {
        assert_eq!(Consent::from_number(number), *consent);
    }
    assert_eq!(Policy::from_number(99), Policy::Gentle);
}

#[test]
fn what_holds_of_the_view_is_read_from_one_number() {
    let check = |number: u32, expected: (bool, bool, bool, u32)| {
        let seen = Circumstances(number);
        let found = (seen.is_later(), seen.is_framed(), seen.is_exempt(), seen.lot());
        assert_eq!(found, expected, "{number:b}");
    };
    check(0b1000, (false, false, false, 1));
    check(0b1001, (true, false, false, 1));
    check(0b1010, (false, true, false, 1));
    check(0b1100, (false, false, true, 1));
    check(100 << 3 | 0b111, (true, true, true, 100));
}
