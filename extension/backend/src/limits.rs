//! How large a message of a page may be, which is never to be trusted.

use crate::messages::PageMessage;

/// The most classes, ids or links that a page may ask about at once, and the longest of them, in bytes.
const MOST_NAMES: usize = 20_000;
const LONGEST_NAME: usize = 512;

/// The longest address of an image or a frame that a page may ask about, in bytes.
const LONGEST_ADDRESS: usize = 8192;

/// The most signals of a verdict, and the longest word of one, in bytes.
const MOST_SIGNALS: usize = 64;
const LONGEST_WORD: usize = 64;

impl PageMessage {
    /// Returns the message within the limits of size: without names that are too long, none of which any list has, and without such addresses.
    ///
    /// # Errors
    /// When the rest of it is too large, with what is.
    pub fn limited(mut self) -> Result<PageMessage, String> {
        let shorten = |texts: &mut Vec<String>, longest| texts.retain(|text| text.len() <= longest);
        match &mut self {
            PageMessage::Names { classes, ids, links } => {
                for names in [classes, ids, links] {
                    shorten(names, LONGEST_NAME);
                }
            }
            PageMessage::Boxes { images, frames } => {
                for addresses in [images, frames] {
                    shorten(addresses, LONGEST_ADDRESS);
                }
            }
            PageMessage::Reasons { requests, .. } => requests.retain(|wanted| wanted.address.len() <= LONGEST_ADDRESS),
            _ => {}
        }
        self.hold_limits()?;
        Ok(self)
    }

    fn hold_limits(&self) -> Result<(), String> {
        match self {
            PageMessage::Page | PageMessage::State => Ok(()),
            PageMessage::Names { classes, ids, links } => [classes, ids, links]
                .into_iter()
                .try_for_each(|names| hold(names, MOST_NAMES, LONGEST_NAME)),
            PageMessage::Boxes { images, frames } => [images, frames]
                .into_iter()
                .try_for_each(|addresses| hold(addresses, MOST_NAMES, LONGEST_ADDRESS)),
            PageMessage::Reasons { requests, selectors } => {
                let texts = requests.iter().flat_map(|wanted| [&wanted.address, &wanted.kind]);
                hold(texts, 2 * MOST_NAMES, LONGEST_ADDRESS)?;
                hold(selectors, MOST_NAMES, usize::MAX)
            }
            // What is offered may be any selector of a list, and some are long.
            PageMessage::Hide { selectors } => hold(selectors, MOST_NAMES, usize::MAX),
            PageMessage::Choose { profile } => hold([profile], 1, LONGEST_NAME),
            PageMessage::Problem { problem } => hold([&problem.key, &problem.given, &problem.used], 3, LONGEST_NAME),
            PageMessage::Verdict { verdict } => {
                let of_signals = verdict
                    .signals
                    .iter()
                    .flat_map(|signal| [&signal.family, &signal.name, &signal.reading, &signal.why]);
                let words = [&verdict.kind, &verdict.cause].into_iter().chain(of_signals);
                hold(words, 2 + 4 * MOST_SIGNALS, LONGEST_WORD)
            }
        }
    }
}

/// Whether there are so many texts at most, none of them longer than so many bytes.
fn hold<'a>(texts: impl IntoIterator<Item = &'a String>, most: usize, longest: usize) -> Result<(), String> {
    let mut n_texts = 0;
    for text in texts {
        n_texts += 1;
        if text.len() > longest {
            return Err(format!("found a text of {} bytes, expected {longest} at most", text.len()));
        }
    }
    if n_texts > most {
        return Err(format!("found {n_texts} texts, expected {most} at most"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_limits() {
        assert!(names(vec!["a".into(); 20_000]).limited().is_ok());
        assert!(names(vec!["a".into(); 20_001]).limited().is_err());
        let choose = PageMessage::Choose {
            profile: "a".repeat(513),
        };
        assert!(choose.limited().is_err());
    }

    /// A message with these names of each kind.
    fn names(all: Vec<String>) -> PageMessage {
        PageMessage::Names {
            classes: all.clone(),
            ids: all.clone(),
            links: all,
        }
    }

    #[test]
    fn an_address_that_is_too_long_takes_no_other_along() {
        let boxes = |addresses: &[&str]| PageMessage::Boxes {
            images: addresses.iter().map(|address| (*address).to_owned()).collect(),
            frames: Vec::new(),
        };
        let (kept, long) = ("a".repeat(8192), "a".repeat(8193));
        assert_eq!(boxes(&[&kept, &long, "b"]).limited(), Ok(boxes(&[&kept, "b"])));
    }

    #[test]
    fn a_name_that_is_too_long_takes_no_other_along() {
        let kept = vec!["a".repeat(512), "é".repeat(256), "b".to_owned()];
        let mut given = kept.clone();
        given.insert(1, "é".repeat(257));
        given.push("a".repeat(513));
        assert_eq!(names(given).limited(), Ok(names(kept)));
    }
}
