//! The demo's comment form: what it takes, and what is wrong with what was sent.

use serde::Deserialize;
use validator::ValidateEmail;

/// What a reader sends. A field that is missing is an empty one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Comment {
    /// The reader's name, 80 characters at most.
    pub auteur: String,
    /// The reader's address, which is not published.
    pub courriel: String,
    /// The text, 4000 characters at most.
    pub commentaire: String,
    /// The article's name in its address.
    pub article: String,
}

/// What the reader has to correct, in French sentences; nothing for a comment that can be taken.
pub fn problems(comment: &Comment) -> Vec<String> {
    let mut problems = Vec::new();
    let mut check = |text: &str, limit: usize, empty: &str, name: &str| {
        // A form sends every line end as two characters, and the reader counts one.
        let length = text.trim().replace("\r\n", "\n").chars().count();
        if length == 0 {
            problems.push(empty.to_owned());
        } else if length > limit {
            problems.push(format!("{name} compte {length} caractères ; la limite est de {limit}."));
        }
    };
    check(&comment.commentaire, 4000, "Écrivez votre commentaire.", "Votre commentaire");
    check(&comment.auteur, 80, "Indiquez votre nom.", "Votre nom");
    check(
        &comment.courriel,
        254,
        "Indiquez votre adresse électronique.",
        "Votre adresse électronique",
    );
    let address = comment.courriel.trim();
    if !address.is_empty() && !is_plausible_address(address) {
        problems.push(format!(
            "« {address} » n’est pas une adresse électronique complète, comme nom@exemple.fr."
        ));
    }
    let article = &comment.article;
    if article.is_empty() || article.len() > 80 || !article.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        problems.push("L’article que vous commentez est inconnu : revenez à sa page et recommencez.".to_owned());
    }
    problems
}

/// Text made safe to stand in HTML, between tags or in a quoted attribute.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn is_plausible_address(address: &str) -> bool {
    // The rule of browsers takes addresses inside one's own network, name@host.
    address.validate_email() && address.rsplit('@').next().is_some_and(|host| host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Comment {
        let text = |text: &str| text.to_owned();
        Comment {
            auteur: text("Agathe"),
            courriel: text("agathe@exemple.fr"),
            commentaire: text("Sept minutes de retard, c’est un art."),
            article: text("horloge-du-beffroi"),
        }
    }

    #[track_caller]
    fn check(comment: Comment, expected: &[&str]) {
        let problems = problems(&comment);
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, expected) in problems.iter().zip(expected) {
            assert!(problem.contains(expected), "{problem:?} should contain {expected:?}");
        }
    }

    #[test]
    fn takes_a_complete_comment() {
        check(good(), &[]);
        check(
            Comment {
                commentaire: "é".repeat(4000),
                ..good()
            },
            &[],
        );
        check(
            Comment {
                commentaire: "a\r\n".repeat(1999) + "ab",
                ..good()
            },
            &[],
        );
    }

    #[test]
    fn names_each_problem() {
        check(
            Comment::default(),
            &["votre commentaire", "votre nom", "votre adresse", "inconnu"],
        );
        check(
            Comment {
                commentaire: "  \n ".into(),
                ..good()
            },
            &["Écrivez"],
        );
        check(
            Comment {
                commentaire: "a".repeat(4001),
                ..good()
            },
            &["4001 caractères"],
        );
        check(
            Comment {
                auteur: "a".repeat(81),
                ..good()
            },
            &["81 caractères"],
        );
        check(
            Comment {
                article: "../x".into(),
                ..good()
            },
            &["inconnu"],
        );
    }

    #[test]
    fn wants_a_plausible_address() {
        for courriel in ["agathe", "agathe@", "@exemple.fr", "a b@exemple.fr", "agathe@exemple"] {
            check(
                Comment {
                    courriel: courriel.into(),
                    ..good()
                },
                &[courriel],
            );
        }
    }

    #[test]
    fn escapes_html() {
        assert_eq!(escape("<b a=\"'\">&"), "&lt;b a=&quot;&#39;&quot;&gt;&amp;");
    }
}
