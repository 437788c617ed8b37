//! Network rules in the words of the filter engine.

use super::options::{is_silent, split, type_of};

/// Returns a network rule in the words that the filter engine knows. What it does not know, it refuses as a whole, so that options which
/// only add something to a rule are left out here.
pub fn rewrite(line: &str) -> String {
    let (pattern, options) = split(line);
    if options.is_empty() {
        return line.to_owned();
    }
    let is_window = |option: &str| matches!(option, "popup" | "popunder" | "inline-script" | "inline-font" | "webrtc");
    let has_type = options.split(',').any(|option| type_of(option).is_some() || option == "all");
    let options: Vec<&str> = options
        .split(',')
        .filter(|option| {
            let adds_nothing = has_type || option.starts_with('~');
            // Rules without a type never mean pages, and the engine refuses to be told so.
            let is_page = matches!(option, &"~document" | &"~doc");
            let is_added = adds_nothing && is_window(option.trim_start_matches('~'));
            !(is_silent(option) || is_page || is_added)
        })
        .map(|option| match option {
            "empty" => "redirect=empty",
            "mp4" => "media,redirect=noop-1s.mp4",
            option => option,
        })
        .collect();
    if options.is_empty() {
        pattern.to_owned()
    } else {
        format!("{pattern}${}", options.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_what_the_engine_does_not_know() {
        assert_eq!(rewrite("||a.com^$script,popup"), "||a.com^$script");
        assert_eq!(rewrite("||a.com^$popup"), "||a.com^$popup");
        // The filter knows these by itself; see [`crate::rule::spared`].
        assert_eq!(rewrite("@@||a.com^$ehide"), "@@||a.com^$ehide");
        assert_eq!(rewrite("||a.com^$__,script,_"), "||a.com^$script");
        assert_eq!(rewrite("/ads/$~document,~subdocument"), "/ads/$~subdocument");
        assert_eq!(rewrite("/ads/$~popup"), "/ads/");
    }
}
