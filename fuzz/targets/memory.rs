//! What is found in the browser's storage under our name: the first line is the time of the visit, the rest the value.
#![cfg_attr(fuzzing, no_main)]

use soutien::config::Config;
use soutien::memory::{Memory, Room};
use soutien::text::whole;

soutien_fuzz::target!(|text: &str| {
    let (now, value) = text.split_once('\n').unwrap_or(("", text));
    let now = whole(now).unwrap_or_default();
    let memory = Memory::read(value);

    assert_eq!(Memory::read(&write(&memory, true)), memory);
    assert_eq!(Memory::read(&write(&memory, false)), memory.without_consent());
    for policy in ["gentle", "once", "always", "silent"] {
        let mut config = Config::default();
        config.take("policy", policy, "");
        let (closed, refused) = (memory.after_closing(&config, now), memory.after_refusal(&config));
        // The end of all time is no later than itself.
        assert!(closed.is_quiet(&config, now) || now == u32::MAX, "{memory:?}");
        assert!(
            refused.is_refused() && (refused.is_quiet(&config, now) || now == u32::MAX),
            "{memory:?}"
        );
        for after in [closed, refused] {
            assert_eq!(Memory::read(&write(&after, true)), after);
            assert_eq!(
                (after.views, after.allowed, after.draw),
                (memory.views, memory.allowed, memory.draw)
            );
        }
    }
});

/// What is stored of a memory.
fn write(memory: &Memory, has_consent: bool) -> String {
    let mut room = [0; size_of::<Room>()];
    String::from_utf8(memory.write(has_consent, &mut room).to_vec()).expect("it is ASCII")
}
