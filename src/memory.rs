//! What is kept between views: that the reader closed the notice, and until when this keeps it away.
//!
//! This is written by the reader's own click and never otherwise, so it needs no consent. No views and no dates are counted.

use crate::config::Config;

/// How long the second closing keeps the notice away, in seconds.
const SECOND: u64 = 30 * 86_400;

/// How long the third closing keeps the notice away: for good, which is a hundred years in seconds.
const FOR_GOOD: u64 = 100 * 365 * 86_400;

/// What a first visit remembers is the default: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Until when the notice stays away, in seconds since 1970.
    pub closed_until: u64,
    /// How long that is in all, in seconds; the next closing keeps it away longer.
    pub quiet: u64,
}

impl Memory {
    /// Reads what [`Memory::write`] wrote. Anything else is a first visit: values of others, of other versions, and broken ones.
    pub fn read(text: &str) -> Memory {
        parse(text).unwrap_or_default()
    }

    /// The text to store, such as `1 closed-until=1764547200 quiet=604800`. The 1 is the version of this format.
    pub fn write(&self) -> String {
        let mut text = String::from("1 closed-until=");
        push_decimal(&mut text, self.closed_until);
        text.push_str(" quiet=");
        push_decimal(&mut text, self.quiet);
        text
    }

    /// What to remember when the reader closes the notice at `now`, in seconds since 1970: first quiet for the publisher's
    /// snooze, then for 30 days, then for good.
    pub fn after_closing(&self, config: &Config, now: u64) -> Memory {
        let quiet = match self.quiet {
            0 => config.snooze,
            quiet if quiet < SECOND => SECOND,
            _ => FOR_GOOD,
        };
        Memory {
            closed_until: now.saturating_add(quiet),
            quiet,
        }
    }
}

fn parse(text: &str) -> Option<Memory> {
    let (closed_until, quiet) = text.strip_prefix("1 ")?.split_once(' ')?;
    let number = |entry: &str, key: &str| entry.strip_prefix(key)?.parse().ok();
    Some(Memory {
        closed_until: number(closed_until, "closed-until=")?,
        quiet: number(quiet, "quiet=")?,
    })
}

/// Writes a number in decimal. The standard library's formatting would add some kilobytes to what readers download.
pub fn push_decimal(text: &mut String, number: u64) {
    if number >= 10 {
        push_decimal(text, number / 10);
    }
    text.push((b'0' + (number % 10) as u8) as char);
}
