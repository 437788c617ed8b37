//! What is found in the browser's storage under our name: the first line is the time of the visit, the rest the value.
#![cfg_attr(fuzzing, no_main)]

use soutien::config::{Config, Policy};
use soutien::memory::Memory;
use soutien::text::number;

soutien_fuzz::target!(|text: &str| {
    let (now, value) = text.split_once('\n').unwrap_or(("", text));
    let now = number(now).unwrap_or_default();
    let memory = Memory::read(value);

    assert_eq!(Memory::read(&write(&memory, true)), memory);
    assert_eq!(Memory::read(&write(&memory, false)), memory.without_consent());
    for policy in [Policy::Gentle, Policy::Once, Policy::Always, Policy::Silent] {
        let config = Config {
            policy,
            ..Config::default()
        };
        let (closed, refused) = (memory.after_closing(&config, now), memory.after_refusal(&config, now));
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

/// What is stored of a memory, as the page writes it.
fn write(memory: &Memory, has_consent: bool) -> String {
    let fields = memory.fields(has_consent);
    fields.fold("1".into(), |text, (name, number)| format!("{text} {name}{number}"))
}
