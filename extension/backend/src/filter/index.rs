//! Where rules stand: a table from the text of a rule to its list and line, much smaller than the texts.

use std::hash::{DefaultHasher, Hash, Hasher};

/// How many bits of an entry tell the rule, its list and its line, from the highest on. Among 200,000 rules, a text that is none of them is
/// taken for one in 5 million cases once.
const HASH_BITS: u32 = 40;
const LIST_BITS: u32 = 4;
const LINE_BITS: u32 = 20;

/// Where rules stand: one entry for each text, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index(Vec<u64>);

impl Index {
    /// Makes an index of the texts of rules, each with the number of its list, from 0 on, and of its line, from 1 on. Of rules with the
    /// same text, the first counts. Those beyond the first 16 lists or the first 1,048,575 lines of one are left out, as there is no room
    /// for their numbers: no profile has so many lists, and no list in use so many lines.
    pub fn new(rules: impl Iterator<Item = (String, usize, usize)>) -> Self {
        let is_within = |number: usize, bits: u32| number < 1 << bits;
        let mut entries: Vec<u64> = rules
            .filter(|(_, list, line)| is_within(*list, LIST_BITS) && is_within(*line, LINE_BITS))
            .map(|(text, list, line)| (hash(&text) << (LIST_BITS + LINE_BITS)) | ((list as u64) << LINE_BITS) | line as u64)
            .collect();
        entries.sort_unstable();
        entries.dedup_by_key(|entry| hash_of(*entry));
        Self(entries)
    }

    /// The numbers of the list, from 0 on, and of the line, from 1 on, where the rule with this text stands.
    pub fn find(&self, text: &str) -> Option<(usize, u32)> {
        let found = self.0.binary_search_by_key(&hash(text), |entry| hash_of(*entry)).ok()?;
        let (list, line) = (self.0[found] >> LINE_BITS, self.0[found]);
        Some((low(list, LIST_BITS) as usize, low(line, LINE_BITS) as u32))
    }
}

fn low(number: u64, bits: u32) -> u64 {
    number & ((1 << bits) - 1)
}

fn hash_of(entry: u64) -> u64 {
    entry >> (LIST_BITS + LINE_BITS)
}

/// As many bits as an entry has for it.
fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    low(hasher.finish(), HASH_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(rules: &[(&str, usize, usize)]) -> Index {
        Index::new(rules.iter().map(|(text, list, line)| ((*text).to_owned(), *list, *line)))
    }

    #[test]
    fn finds_the_first_of_each_text() {
        let index = index(&[
            ("##.b", 1, 1),
            ("##.a", 0, 7),
            ("##.b", 0, 9),
            ("##.b", 0, 8),
            ("##.c", 15, 1_048_575),
        ]);
        assert_eq!(index.find("##.a"), Some((0, 7)));
        assert_eq!(index.find("##.b"), Some((0, 8)));
        assert_eq!(index.find("##.c"), Some((15, 1_048_575)));
        assert_eq!(index.find("##.d"), None);
        assert_eq!(Index::default().find("##.a"), None);
    }

    #[test]
    fn leaves_out_what_there_is_no_room_for() {
        assert_eq!(index(&[("##.a", 16, 1), ("##.a", 0, 1_048_576)]), Index::default());
    }
}
