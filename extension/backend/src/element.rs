//! Elements by their classes and ids: which of them a selector asks for.

use std::collections::HashSet;

/// An element, as far as its classes and ids go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its classes.
    pub classes: Vec<String>,
    /// Its ids.
    pub ids: Vec<String>,
}

impl Element {
    /// Reads an element as in `.ad` or `#top.ad.wide`.
    ///
    /// # Errors
    /// When it is not written like that, with what was found and expected.
    pub fn read(text: &str) -> Result<Element, String> {
        compound(text).ok_or_else(|| {
            format!("found the element {text:?}, expected classes and ids alone, as in \".ad\" or \"#top.ad.wide\"")
        })
    }

    /// Whether a selector fits every element with these classes and ids, whatever else it is. Of selectors that ask for more than classes
    /// and ids, such as for an attribute or for what the element is in, nobody can say that.
    pub fn is_meant_by(&self, selector: &str) -> bool {
        // A comma within brackets separates no selectors.
        let has_brackets = selector.contains(['(', '[']);
        !has_brackets
            && selector.split(',').filter_map(|part| compound(part.trim())).any(|asked| {
                let all = |asked: &[String], had: &[String]| asked.iter().all(|name| had.contains(name));
                all(&asked.classes, &self.classes) && all(&asked.ids, &self.ids)
            })
    }
}

/// Whether a selector begins with one of these classes or ids.
pub fn begins_with(selector: &str, classes: &HashSet<&str>, ids: &HashSet<&str>) -> bool {
    match name(selector) {
        Some(('.', name, _)) => classes.contains(name.as_str()),
        Some((_, name, _)) => ids.contains(name.as_str()),
        None => false,
    }
}

/// The classes and ids that a selector consists of; none where there are no such, or there is something else.
fn compound(selector: &str) -> Option<Element> {
    let mut element = Element::default();
    let mut rest = selector;
    while let Some((kind, name, after)) = name(rest) {
        if kind == '.' { &mut element.classes } else { &mut element.ids }.push(name);
        rest = after;
    }
    (rest.is_empty() && element != Element::default()).then_some(element)
}

/// The class or id that a selector begins with: its mark, which is `.` or `#`, its name without what escapes it, and what follows.
fn name(selector: &str) -> Option<(char, String, &str)> {
    let mut characters = selector.chars();
    let kind = characters.next().filter(|mark| matches!(mark, '.' | '#'))?;
    let mut name = String::new();
    loop {
        let rest = characters.as_str();
        match characters.next() {
            Some('\\') => {
                let after = characters.as_str();
                let n_digits = after.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
                if n_digits == 0 {
                    name.push(characters.next()?);
                } else {
                    let (digits, after) = after.split_at(n_digits);
                    name.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
                    characters = after.strip_prefix(' ').unwrap_or(after).chars();
                }
            }
            Some(character) if character.is_alphanumeric() || matches!(character, '-' | '_') || !character.is_ascii() => {
                name.push(character);
            }
            _ => return (!name.is_empty()).then_some((kind, name, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_classes_and_ids() {
        let element = |classes: &[&str], ids: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            Ok(Element {
                classes: owned(classes),
                ids: owned(ids),
            })
        };
        assert_eq!(Element::read(".ad"), element(&["ad"], &[]));
        assert_eq!(Element::read("#top.ad.wide"), element(&["ad", "wide"], &["top"]));
        assert_eq!(Element::read(".été_1-a"), element(&["été_1-a"], &[]));
        assert_eq!(Element::read(r".md\:ad.\31 0"), element(&["md:ad", "10"], &[]));
        for text in [
            "",
            "ad",
            "div.ad",
            ".",
            ".a .b",
            ".a.",
            ".a,.b",
            ".a:hover",
            r".a\",
            r".\ffffff",
        ] {
            let error = Element::read(text).expect_err(text);
            assert!(
                error.contains(&format!("{text:?}, expected classes and ids alone")),
                "{error}"
            );
        }
    }

    #[track_caller]
    fn check(element: &str, selector: &str, is_meant: bool) {
        let element = Element::read(element).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(element.is_meant_by(selector), is_meant, "{element:?} {selector}");
    }

    #[test]
    fn a_selector_means_elements_with_all_that_it_asks_for() {
        check(".ad", ".ad", true);
        check("#top.ad.wide", ".wide.ad", true);
        check("#top.ad.wide", "#top", true);
        check(".ad", ".pub, .ad", true);
        check(".ad", ".ad.wide", false);
        check(".ad", "#ad", false);
        check(".ad", ".ads", false);
    }

    #[test]
    fn a_selector_that_asks_for_more_means_none_for_sure() {
        for selector in [
            "div.ad",
            ".a .ad",
            ".ad > .a",
            ".ad:not(.x, .ad, .y)",
            ".ad[id]",
            "*",
            ".ad::before",
            "",
        ] {
            check(".ad", selector, false);
        }
    }

    #[test]
    fn a_selector_begins_with_a_class_or_an_id() {
        let (classes, ids) = (HashSet::from(["ad", "a:b"]), HashSet::from(["top"]));
        for selector in [".ad", ".ad > div", ".ad[id]", "#top.x", r".a\:b"] {
            assert!(begins_with(selector, &classes, &ids), "{selector}");
        }
        for selector in [".top", "#ad", ".ads", "div.ad", "[id]", ""] {
            assert!(!begins_with(selector, &classes, &ids), "{selector}");
        }
    }
}
