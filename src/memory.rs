//! What is kept between views: that the reader closed the notice, and until when this keeps it away.
//!
//! That is written by the reader's own click and never otherwise, so it needs no consent. What needs consent is not even kept in memory
//! without it: how many views there were, when the reader allowed the site, and whether this reader is among those who take part.

use crate::config::{Config, DAY};
use crate::options::Policy;
use crate::text::{cut, place, same, whole};

/// How long the second closing keeps the notice away, in seconds.
const SECOND: u32 = 30 * DAY;

/// What stands for "don't ask again", as a number of seconds that differs from any publisher's snooze: six months and a second, which is how
/// long it held once. Now it holds for good, also where it was written then.
const REFUSED: u32 = 183 * DAY + 1;

/// How long the third closing keeps the notice away: for good, which is until 2106, when the seconds since 1970 have 33 bits.
const FOR_GOOD: u32 = u32::MAX;

/// What is written, each as `name=number`, in this order.
const FIELDS: &str = "closed-until quiet revision views allowed draw";

/// How many fields there are.
const N_FIELDS: usize = 6;

/// How many of the fields need no consent.
const N_FREE: usize = 3;

/// The version of the format.
const VERSION: &str = "1";

/// Room for the longest text that [`Memory::write`] writes.
pub type Room = [u8; 120];
const _: () = assert!(VERSION.len() + FIELDS.len() + 1 + N_FIELDS * "=4294967295".len() <= size_of::<Room>());

/// What a first visit remembers is the default: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Until when the notice stays away, in seconds since 1970.
    pub closed_until: u32,
    /// How long that is in all, in seconds; the next closing keeps it away longer.
    pub quiet: u32,
    /// The publisher's revision of the notice that was closed, as [`revision`] has it.
    pub revision: u32,
    /// How many views there were. Only after consent.
    pub views: u32,
    /// When the reader allowed the site, in seconds since 1970; 0 where that is not known. Only after consent.
    pub allowed: u32,
    /// The lot that was drawn for the reader, from 1 to 100; 0 where none was. Only after consent.
    pub draw: u32,
}

impl Memory {
    /// Reads a text of what [`Memory::write`] gave. Anything else is a first visit: values of others, of other versions, and broken ones.
    pub fn read(text: &str) -> Memory {
        parse(text).unwrap_or_default()
    }

    /// Writes what to store into `room`, as a text that [`Memory::read`] reads, and returns it: ASCII such as
    /// `1 closed-until=1764547200 quiet=604800`, where the 1 is the version of the format, and then each name has its number. What is 0 is left out, and
    /// so is what needs consent where there is none.
    pub fn write<'a>(&self, has_consent: bool, room: &'a mut Room) -> &'a [u8] {
        let mut end = put(room, 0, VERSION);
        let mut names = FIELDS;
        for (index, number) in self.numbers().iter().enumerate() {
            let name = cut(&mut names, b' ');
            if *number > 0 && (has_consent || index < N_FREE) {
                end = put(room, end, " ");
                end = put(room, end, name);
                end = put(room, end, "=");
                end = put_number(room, end, *number);
            }
        }
        &room[..end]
    }

    /// Whether the notice was closed since this was remembered, in another tab that wrote what is remembered now.
    pub fn is_closed_by(&self, now: &Memory) -> bool {
        now.closed_until != self.closed_until && now.closed_until > 0
    }

    /// What to remember when the reader closes the notice at `now`, in seconds since 1970: first quiet for the publisher's
    /// snooze, then for 30 days, then for good; under `once` for good at once.
    pub fn after_closing(&self, config: &Config, now: u32) -> Memory {
        let quiet = match self.quiet {
            // A closing, of a notice that the page itself had shown, must not take the place of it.
            REFUSED => return *self,
            _ if config.policy() == Policy::Once => FOR_GOOD,
            0 => config.snooze(),
            quiet if quiet < SECOND => SECOND,
            _ => FOR_GOOD,
        };
        self.quiet_for(quiet, config, now)
    }

    /// What to remember when the reader asks never to be asked again. That holds for good, whatever the publisher calls another way of asking.
    pub fn after_refusal(&self, config: &Config) -> Memory {
        Memory {
            closed_until: FOR_GOOD,
            ..self.quiet_for(REFUSED, config, 0)
        }
    }

    fn quiet_for(&self, quiet: u32, config: &Config, now: u32) -> Memory {
        Memory {
            closed_until: now.saturating_add(quiet),
            quiet,
            revision: revision(config.revision()),
            ..*self
        }
    }

    /// Whether the reader asked never to be asked again, which every policy obeys.
    pub fn is_refused(&self) -> bool {
        self.quiet == REFUSED
    }

    /// Whether a closing or a refusal still holds at `now`: a refusal always does; a closing does while its time has not passed, and the
    /// publisher asks by the same revision.
    pub fn is_quiet(&self, config: &Config, now: u32) -> bool {
        self.is_refused() || (now < self.closed_until && self.revision == revision(config.revision()))
    }

    /// What is left where consent was taken back.
    pub fn without_consent(&self) -> Memory {
        Memory {
            views: 0,
            allowed: 0,
            draw: 0,
            ..*self
        }
    }

    fn numbers(&self) -> [u32; N_FIELDS] {
        [
            self.closed_until,
            self.quiet,
            self.revision,
            self.views,
            self.allowed,
            self.draw,
        ]
    }
}

fn parse(text: &str) -> Option<Memory> {
    let mut rest = text;
    if !same(cut(&mut rest, b' '), VERSION) {
        return None;
    }
    let mut numbers = [0; N_FIELDS];
    while !rest.is_empty() {
        let mut field = cut(&mut rest, b' ');
        let place = place(FIELDS, cut(&mut field, b'='))?;
        *numbers.get_mut(place as usize)? = whole(field)?;
    }
    let [closed_until, quiet, revision, views, allowed, draw] = numbers;
    Some(Memory {
        closed_until,
        quiet,
        revision,
        views,
        allowed,
        draw,
    })
}

/// Puts a text behind others, and returns where it ends.
fn put(room: &mut Room, start: usize, text: &str) -> usize {
    let end = start + text.len();
    room[start..end].copy_from_slice(text.as_bytes());
    end
}

/// The same with a number, in decimal.
fn put_number(room: &mut Room, start: usize, number: u32) -> usize {
    let end = if number > 9 {
        put_number(room, start, number / 10)
    } else {
        start
    };
    room[end] = b'0' + (number % 10) as u8;
    end + 1
}

/// A publisher's revision as a number, which is all that is kept of it: 0 for none, a hash of 32 bits (FNV-1a) for any other.
pub fn revision(text: &str) -> u32 {
    if text.is_empty() {
        return 0;
    }
    let hash = text.as_bytes().iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    hash.max(1)
}
