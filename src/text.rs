//! Reading texts. The standard library's ways weigh some kilobytes in what readers download; these do what is needed here.

/// The parts of a text between the bytes that separate, which have to be ASCII. An empty text has one empty part.
pub fn parts(text: &str, separates: fn(u8) -> bool) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match text.as_bytes().iter().position(|byte| separates(*byte)) {
            Some(end) => {
                rest = text.get(end + 1..);
                text.get(..end)
            }
            None => rest.take(),
        }
    })
}

/// Whether a text has a word in it. No text has an empty one.
pub fn has(text: &str, word: &str) -> bool {
    text.as_bytes()
        .windows(word.len().max(1))
        .any(|window| *window == *word.as_bytes())
}

/// Reads a whole number in decimal; `None` where it is none, or larger than 32 bits.
pub fn number(text: &str) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    text.as_bytes().iter().try_fold(0_u32, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then_some(())?;
        number.checked_mul(10)?.checked_add(digit.into())
    })
}
