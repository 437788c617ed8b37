//! Style sheets that are made of what lists say.

/// Whether a selector or a style of a list neither ends the rule that it is put into nor takes what follows along: its brackets and quotes are closed,
/// and it has no braces but in quotes. Source: CSS Syntax Module Level 3, section 5.4.
pub fn is_contained(text: &str) -> bool {
    let mut closers = Vec::new();
    let mut quote = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (_, '\n' | '\r' | '\u{c}') => return false,
            (_, '\\') if characters.next().is_none() => return false,
            (_, '\\') => {}
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '{' | '}') => return false,
            (None, '/') if characters.peek() == Some(&'*') => return false,
            (None, '(') => closers.push(')'),
            (None, '[') => closers.push(']'),
            (None, ')' | ']') if closers.pop() != Some(character) => return false,
            (None, _) => {}
        }
    }
    quote.is_none() && closers.is_empty()
}
