//! The numbers by which the module and JavaScript know things: events that wake the module, answers, and the variants of the core's own enums.
//! `cargo xtask reference` writes `web/abi.js` from them.

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// It is time to look at the baits again.
    Look,
    /// A bait or a twin has answered or failed.
    Answer,
    /// The reader has done something with the notice.
    Act,
    /// The notice is due.
    Due,
    /// The files of the notice have come or failed.
    Files,
    /// The reader is free to be asked.
    Free,
    /// The page shows another address without having been loaded.
    Moved,
    /// The page wants another check.
    Check,
    /// The page closes the notice.
    Hide,
    /// The page shows the notice, whatever the policy says.
    Show,
    /// The page is back from the browser's back/forward cache, as it was.
    Returned,
}

impl Wake {
    /// Every variant, at the index of its number.
    pub const ALL: [Wake; 11] = [
        Wake::Look,
        Wake::Answer,
        Wake::Act,
        Wake::Due,
        Wake::Files,
        Wake::Free,
        Wake::Moved,
        Wake::Check,
        Wake::Hide,
        Wake::Show,
        Wake::Returned,
    ];
}

/// `web/abi.js`: every number, as constants.
#[cfg(not(target_arch = "wasm32"))]
pub fn script() -> String {
    use crate::appeal::{Act, Blocker, Scene};
    use crate::config::Key;
    use crate::options::{Consent, View};
    use crate::sight::{self, Answer, Tags};
    use crate::signal::{Name, Turn};

    let mut script = String::from(
        "// The numbers by which the module and JavaScript know things. `cargo xtask reference` writes this file from the enums in src/.\n",
    );
    constants(&mut script, "WAKE", &Wake::ALL);
    constants(&mut script, "NAME", &Name::ALL);
    constants(&mut script, "TURN", &Turn::ALL);
    constants(&mut script, "ANSWER", &Answer::ALL);
    constants(&mut script, "TAGS", &Tags::ALL);
    script += &format!(
        "\nexport const SIGHT_SLOT = {};\nexport const SIGHT_TAGS = {};\n",
        sight::SLOT,
        sight::TAGS
    );
    script += &format!("\nexport const LOT_SHIFT = {};\n", sight::LOT);
    constants(&mut script, "OPTION", &Key::ALL);
    constants(&mut script, "CONSENT", Consent::ALL);
    constants(&mut script, "ACT", &Act::ALL);
    constants(&mut script, "SCENE", &Scene::ALL);
    constants(&mut script, "BLOCKER", &Blocker::ALL);
    script += &format!(
        "\nexport const VIEWS = {:?};\n",
        View::ALL
            .iter()
            .map(|view| format!("{view:?}").to_lowercase())
            .collect::<Vec<_>>()
    );
    script
}

/// Adds a constant for each variant, such as `WAKE_LOOK` for `Look`. Each variant's number is its place.
#[cfg(not(target_arch = "wasm32"))]
fn constants<T: std::fmt::Debug>(script: &mut String, group: &str, variants: &[T]) {
    script.push('\n');
    for (number, variant) in variants.iter().enumerate() {
        let name = format!("{variant:?}").chars().fold(group.to_owned(), |name, letter| {
            let separator = if letter.is_uppercase() { "_" } else { "" };
            format!("{name}{separator}{}", letter.to_uppercase())
        });
        *script += &format!("export const {name} = {number};\n");
    }
}
