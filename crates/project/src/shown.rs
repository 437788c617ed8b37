//! Texts of strangers, as they can be shown on a terminal or in a report.

/// How many characters of a stranger's text are shown where no other number is given.
pub const MOST: usize = 200;

/// A text that may come from anybody, as it can be shown: what steers a terminal, turns the direction of writing or cannot be seen is written as
/// `\u{…}`, and no more than `most` characters of it are left.
pub fn shown(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == most {
            shown.push('…');
            break;
        }
        if steers(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a character is a control, one that separates lines, or one that formats without being seen, as those for the direction of writing are
/// (Unicode 17, categories Cc, Zl and Zp, and of Cf those that terminals and browsers act on); nor one that
/// XML 1.0 forbids.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_or_turns_the_writing_is_written_out() {
        for (text, expected) in [
            ("extension", "extension"),
            ("blocage à 12 %, \u{1f34a}", "blocage à 12 %, \u{1f34a}"),
            ("\u{1b}[2J\u{7}", "\\u{1b}[2J\\u{7}"),
            ("a\r\nb", "a\\u{d}\\u{a}b"),
            ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\u{200b}b\u{2028}", "a\\u{200b}b\\u{2028}"),
            ("\u{0}\u{ffff}", "\\u{0}\\u{ffff}"),
            ("", ""),
        ] {
            assert_eq!(shown(text, MOST), expected, "{text:?}");
        }
    }

    #[test]
    fn no_more_is_shown_than_is_asked_for() {
        assert_eq!(shown("abcdef", 6), "abcdef");
        assert_eq!(shown("abcdefg", 6), "abcdef…");
        assert_eq!(shown("ééé", 2), "éé…");
        assert_eq!(shown(&"x".repeat(10_000), MOST).chars().count(), MOST + 1);
    }
}
