//! Reading texts. The standard library's ways weigh some kilobytes in what readers download; these do what is needed here.

/// Takes a part off a text: what stands before the first separator, which has to be ASCII, and all of it where there is none. The separator goes
/// with it.
pub fn cut<'a>(text: &mut &'a str, separator: u8) -> &'a str {
    let whole = *text;
    let end = whole.as_bytes().iter().position(|byte| *byte == separator);
    let (part, rest) = whole.split_at(end.unwrap_or(whole.len()));
    *text = rest.get(1..).unwrap_or_default();
    part
}

/// Whether two texts are the same. Compared as arrays of bytes, which is less code than the comparison of texts.
pub fn same(one: &str, other: &str) -> bool {
    *one.as_bytes() == *other.as_bytes()
}

/// Whether a text has a word in it. No text has an empty one.
pub fn has(text: &str, word: &str) -> bool {
    text.as_bytes()
        .windows(word.len().max(1))
        .any(|window| *window == *word.as_bytes())
}

/// Takes a whole number in decimal off a text; `None` where it does not begin with one, or with one that is larger than 32 bits.
pub fn number(text: &mut &str) -> Option<u32> {
    let (mut number, mut end) = (0_u64, 0);
    for byte in text.as_bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        // Longer ones stay too large, and do not overflow.
        number = (number * 10 + u64::from(digit)).min(1 << 32);
        end += 1;
    }
    let (_, rest) = text.split_at(end);
    *text = rest;
    number.try_into().ok().filter(|_| end > 0)
}

/// The place of a word among words with spaces between them.
pub fn place(words: &str, word: &str) -> Option<u32> {
    let mut rest = words;
    let mut place = 0;
    loop {
        if same(cut(&mut rest, b' '), word) {
            return Some(place);
        }
        if rest.is_empty() {
            return None;
        }
        place += 1;
    }
}

/// Reads a text that is a whole number in decimal; `None` where it is none, or larger than 32 bits.
pub fn whole(text: &str) -> Option<u32> {
    let mut rest = text;
    number(&mut rest).filter(|_| rest.is_empty())
}

/// Whether a text has one of the words in it that have spaces between them.
pub fn has_any(text: &str, words: &str) -> bool {
    let mut rest = words;
    while !rest.is_empty() {
        if has(text, cut(&mut rest, b' ')) {
            return true;
        }
    }
    false
}

/// The place of a word among words with spaces between them. It is for constants alone, where a word that is not among them does not compile.
///
/// # Panics
/// When the word is not among them.
pub const fn place_of(words: &str, word: &str) -> u32 {
    let (words, word) = (words.as_bytes(), word.as_bytes());
    let (mut place, mut start) = (0, 0);
    while start <= words.len() {
        let mut n_same = 0;
        while n_same < word.len() && start + n_same < words.len() && words[start + n_same] == word[n_same] {
            n_same += 1;
        }
        let next = start + n_same;
        if n_same == word.len() && (next == words.len() || words[next] == b' ') {
            return place;
        }
        while start < words.len() && words[start] != b' ' {
            start += 1;
        }
        start += 1;
        place += 1;
    }
    panic!("no such word")
}
