//! The options of the script tag, a row each: all that is said of an option stands here, and nowhere else. Out of it come [`crate::config::Config`]
//! and its parser, the tables of the documents, the types for TypeScript, and the configurator.

/// Makes an enum of what the words of an option mean, in the order of the words in its row.
macro_rules! meanings {
    ($(#[$about:meta])* $name:ident { $(#[$about_first:meta])* $first:ident $(, $(#[$about_other:meta])* $other:ident)* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[$about_first])*
            $first,
            $($(#[$about_other])* $other),*
        }

        impl $name {
            /// Every variant, at the index of its number.
            pub const ALL: &'static [$name] = &[$name::$first $(, $name::$other)*];

            /// The variant of a number; the first one where it is none.
            pub fn from_number(number: u32) -> $name {
                $(if number == $name::$other as u32 {
                    return $name::$other;
                })*
                $name::$first
            }
        }
    };
}

meanings! {
    /// How the notice is shown.
    View {
        /// A dialog over the page.
        Modal,
        /// A strip at the edge of the window, with the page usable beside it.
        Banner,
        /// In the largest ad slot that is empty, as large as that is; a strip where there is none.
        Inline,
    }
}

meanings! {
    /// When the notice is shown.
    Policy {
        /// Not on the first views, and once closed not again for [`crate::config::Config::snooze`], then for 30 days, then for good.
        Gentle,
        /// As gently, and once closed for good.
        Once,
        /// On every view. It can still be closed.
        Always,
        /// Never: only the verdict is wanted.
        Silent,
    }
}

meanings! {
    /// How the publisher knows of the reader's consent, which counters and dates need.
    Consent {
        /// As [`Consent::Tcf`].
        Auto,
        /// By a consent manager that speaks TCF; where there is none, it is not given.
        Tcf,
        /// By Google's consent mode: what the page has pushed into `dataLayer`.
        Gcm,
        /// By the page's own word: the event `soutien:consent` with `{granted, ads}`.
        Event,
        /// By WordPress' consent API.
        Wp,
        /// The publisher needs none.
        Given,
    }
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A URL of the web, or a relative one.
    Url,
    /// Several of them, with spaces between them.
    Urls,
    /// One of its words, each of which is a variant of an enum.
    Word,
    /// One of two words, of which the second switches it on.
    Switch,
    /// A duration, kept in milliseconds.
    Milliseconds,
    /// A duration, kept in seconds.
    Seconds,
    /// A whole number up to 100.
    Percent,
    /// A whole number up to 1000.
    Thousand,
    /// A whole number.
    Number,
    /// A language that there is a file of, or `auto`.
    Language,
    /// A list of selectors that is not too long, a part of which could mean something else.
    Selectors,
    /// Some of its words, with spaces between them. Whoever uses them tells of those that nobody knows.
    Words,
    /// A text, of which the beginning will do.
    Text,
}

/// The words that an option takes, of what its row says of it.
macro_rules! words_of {
    ($takes:ident($words:literal $(=> $kind:ident)?)) => {
        $words
    };
    ($takes:ident) => {
        ""
    };
}
pub(crate) use words_of;

/// Calls a macro with the rows. Each has
/// - the key, as in the tag without `data-`; the variant of [`crate::config::Key`]; the name of its function in [`crate::config::Config`];
/// - what it takes: a variant of [`Takes`], with its words where it takes words;
/// - the default, as one would write it, or else what happens without it; an example that is not the default;
/// - what it is called, and what it does, as Markdown.
///
/// What people read is in English and in French.
macro_rules! with_options {
    ($callback:ident) => {
        $callback! {
            {
                key: "lang", name: Lang, get: lang, takes: Language, default: "auto", example: "fr",
                label: "Language" | "Langue",
                does: "language of the notice; `auto` is the page's own, then the reader's, then English"
                    | "langue du message\u{202f}; `auto`\u{a0}: celle de la page, à défaut celle du lecteur, sinon l’anglais",
            }
            {
                key: "view", name: View, get: view, takes: Word("modal banner inline" => View), default: "modal", example: "banner",
                label: "Form of the notice" | "Forme du message",
                does: "how the notice is shown: as a dialog, as a strip at the edge of the window, or in the largest empty ad slot, as large as that is. `inline` looks for AdSense and GPT slots and for elements with `data-appeal-slot`; where none is empty and large enough (250 × 90 pixels), it is a strip"
                    | "forme du message\u{a0}: une fenêtre au-dessus de la page, un bandeau au bord, ou dans le plus grand emplacement publicitaire vide, à sa taille. `inline` cherche les emplacements AdSense et GPT et les éléments avec `data-appeal-slot`\u{202f}; si aucun n’est vide et assez grand (250 × 90 pixels), c’est un bandeau",
            }
            {
                key: "policy", name: Policy, get: policy, takes: Word("gentle once always silent" => Policy), default: "gentle", example: "once",
                label: "When to ask" | "Quand demander",
                does: "`gentle`: not on a first view, and once closed not again for `data-snooze`, then 30 days, then for good. `once`: as gently, and one closing is for good. `always`: on every view, still closable. `silent`: never; for measuring"
                    | "`gentle`\u{a0}: pas à la première page vue\u{202f}; une fois fermé, plus rien pendant `data-snooze`, puis 30 jours, puis définitivement. `once`\u{a0}: de même, et une seule fermeture suffit pour toujours. `always`\u{a0}: à chaque page vue, toujours refermable. `silent`\u{a0}: jamais\u{202f}; pour mesurer",
            }
            {
                key: "after-views", name: AfterViews, get: after_views, takes: Number, default: "1", example: "3",
                label: "Views before the first notice" | "Pages vues avant le premier message",
                does: "how many views come before the first notice under `gentle`; a later view is one that another page of the site led to, or one without a reload. More than 1 is counted with consent alone, and is 1 without"
                    | "nombre de pages vues avant le premier message sous `gentle`\u{202f}; une vue compte comme suivante si une autre page du site y a mené, ou si la page n’a pas été rechargée. Au-delà de 1, on ne compte qu’avec consentement\u{202f}; sans lui, c’est 1",
            }
            {
                key: "snooze", name: Snooze, get: snooze, takes: Seconds, default: "7d", example: "12h",
                label: "Quiet after a closing" | "Silence après une fermeture",
                does: "how long the first closing keeps the notice away"
                    | "durée pendant laquelle une première fermeture écarte le message",
            }
            {
                key: "delay", name: Delay, get: delay, takes: Milliseconds, default: "1s", example: "500ms",
                label: "Delay after the verdict" | "Délai après le verdict",
                does: "how long after the verdict the notice comes"
                    | "délai entre le verdict et le message",
            }
            {
                key: "dismiss", name: Dismiss, get: is_closable, takes: Switch("no yes"), default: "yes", example: "no",
                label: "Can be closed" | "Peut être fermé",
                does: "`no`: the notice cannot be closed; it still looks again, links to `data-support-url` and offers to leave the page. Readers trapped so leave for good, filter lists take notices that cripple a page, and search engines rank such pages lower: not recommended"
                    | "`no`\u{a0}: le message ne peut pas être fermé\u{202f}; il propose encore de vérifier à nouveau, mène à `data-support-url` et offre de quitter la page. Les lecteurs ainsi piégés partent pour de bon, les listes de filtres visent les messages qui paralysent une page, et les moteurs de recherche classent ces pages plus bas\u{a0}: déconseillé",
            }
            {
                key: "support-url", name: SupportUrl, get: support_url, takes: Url, default: "no link" | "aucun lien", example: "/soutenir",
                label: "Link to another way of support" | "Lien vers un autre soutien",
                does: "where “Support us another way” leads; `http`, `https` or relative"
                    | "où mène «\u{a0}Nous soutenir autrement\u{a0}»\u{202f}; `http`, `https` ou relative",
            }
            {
                key: "exempt", name: Exempt, get: exempt, takes: Selectors, default: "nobody is exempt" | "personne", example: "body.logged-in, cookie:subscriber",
                label: "Readers who are not asked" | "Lecteurs qu’on ne sollicite pas",
                does: "readers who are not asked, as in `body.logged-in, cookie:subscriber`. Looked at again when the notice opens, and while it is open. No script sees a cookie that is `HttpOnly`: have the server mark the page of such a reader, or leave the tag out"
                    | "lecteurs qu’on ne sollicite pas, par exemple `body.logged-in, cookie:subscriber`. Vérifié à nouveau quand le message s’ouvre, et tant qu’il est ouvert. Aucun script ne voit un cookie `HttpOnly`\u{a0}: faites marquer par le serveur la page d’un tel lecteur, ou omettez la balise",
            }
            {
                key: "share", name: Share, get: share, takes: Percent, default: "100", example: "10",
                label: "Share of the views" | "Part des pages vues",
                does: "how many of a hundred views take part, drawn for each view; with consent, for each reader"
                    | "combien de pages vues sur cent participent, par tirage à chaque vue\u{202f}; avec consentement, par lecteur",
            }
            {
                key: "revision", name: Revision, get: revision, takes: Text, default: "none" | "aucun", example: "2026-11",
                label: "Name of this way of asking" | "Nom de cette façon de demander",
                does: "your name for this way of asking. With another one, those who closed are asked again; those who refused are not"
                    | "votre nom pour cette façon de demander. Avec un autre, ceux qui ont fermé sont sollicités à nouveau\u{202f}; ceux qui ont refusé ne le sont pas",
            }
            {
                key: "consent", name: Consent, get: consent, takes: Word("auto tcf gcm event wp given" => Consent), default: "auto", example: "gcm",
                label: "How consent is known" | "D’où le consentement est connu",
                does: "how consent is known, without which nothing is counted, dated or sent, and no ad host asked: from the page's consent manager by TCF (`auto`, `tcf`), by Google's consent mode (`gcm`) or WordPress' consent API (`wp`), by your event `soutien:consent` with `{granted, ads}`, or `given` where you need none; [docs/consent.md](docs/consent.md) says which purposes count"
                    | "comment le consentement est connu, sans lequel rien n’est compté, daté ni envoyé, et aucun hôte publicitaire interrogé\u{a0}: par le gestionnaire de consentement de la page, selon le TCF (`auto`, `tcf`), par le mode Consentement de Google (`gcm`) ou l’API de consentement de WordPress (`wp`), par votre événement `soutien:consent` avec `{granted, ads}`, ou `given` si vous n’en avez pas besoin\u{202f}; docs/consent.md dit quelles finalités comptent",
            }
            {
                key: "endpoint", name: Endpoint, get: endpoint, takes: Url, default: "no numbers" | "aucun chiffre", example: "/chiffres",
                label: "Where the numbers go" | "Où vont les chiffres",
                does: "where the numbers go, see [docs/numbers.md](docs/numbers.md); an address on another host is your leave to send them there"
                    | "où vont les chiffres, voir docs/numbers.md\u{202f}; une adresse sur un autre hôte vaut autorisation de les y envoyer",
            }
            {
                key: "count", name: Count, get: count, takes: Thousand, default: "1", example: "10",
                label: "Count one view in" | "Compter une page vue sur",
                does: "for large sites: of how many views one sends its verdicts to `data-endpoint`, as standing for so many, drawn for each view; 1000 at most. What comes of the notices is sent from every view; see [docs/numbers.md](docs/numbers.md#on-a-large-site)"
                    | "pour les grands sites\u{a0}: sur combien de pages vues une seule envoie ses verdicts à `data-endpoint`, au nom d’autant, par tirage à chaque vue\u{202f}; 1\u{202f}000 au plus. Ce que deviennent les messages est envoyé de chaque vue, voir docs/numbers.md",
            }
            {
                key: "analytics", name: Analytics, get: analytics, takes: Words("datalayer matomo plausible"), default: "none" | "aucun", example: "datalayer matomo",
                label: "Your analytics" | "Vos outils de mesure",
                does: "your analytics that hear of the same, with spaces between the names. Blockers keep them from most readers who block, so these numbers are partial: see [docs/numbers.md](docs/numbers.md)"
                    | "vos outils de mesure qui reçoivent les mêmes chiffres, séparés par des espaces. Les bloqueurs les écartent chez la plupart des lecteurs qui bloquent\u{a0}: ces chiffres sont partiels, voir docs/numbers.md",
            }
            {
                key: "images", name: Images, get: has_covers, takes: Switch(" cover"), default: "no covers" | "aucune", example: "cover",
                label: "Covers over pictures" | "Images couvertes",
                does: "covers the pictures in `article` and `main` with a message until the site is allowed"
                    | "couvre les images de `article` et `main` d’un message tant que le site n’est pas autorisé",
            }
            {
                key: "title", name: Title, get: title, takes: Text, default: "the language's" | "celui de la langue", example: "Soutenez la rédaction",
                label: "Title" | "Titre",
                does: "your own title, at most 1000 bytes, shown as plain text"
                    | "votre propre titre, 1\u{202f}000 octets au plus, affiché tel quel",
            }
            {
                key: "text", name: Text, get: text, takes: Text, default: "the language's" | "celui de la langue", example: "La publicité paie nos enquêtes.",
                label: "Message" | "Message",
                does: "your own message, at most 1000 bytes, shown as plain text"
                    | "votre propre texte, 1\u{202f}000 octets au plus, affiché tel quel",
            }
            {
                key: "logo", name: Logo, get: logo, takes: Url, default: "no logo" | "aucune image", example: "/images/logo.svg",
                label: "Picture above the title" | "Image au-dessus du titre",
                does: "a picture above the title"
                    | "une image au-dessus du titre",
            }
            {
                key: "probe", name: Probe, get: probe, takes: Urls, default: "no probe" | "aucun", example: "https://ads.example/a.js https://other.example/b.js",
                label: "Ad hosts to ask" | "Hôtes publicitaires à interroger",
                does: "addresses on ad hosts, with spaces between them, that are asked for. The one way to see blockers that work by name server or proxy, and your leave to send requests off the site, for readers who have consented. Name hosts of two companies or more: all have to fail, so that the outage of one is no blocker"
                    | "adresses sur des hôtes publicitaires, séparées par des espaces, qui sont interrogées. Seul moyen de voir les bloqueurs qui agissent par le DNS ou un proxy, et votre autorisation d’envoyer des requêtes hors du site, pour les lecteurs qui ont consenti. Nommez des hôtes d’au moins deux sociétés\u{a0}: tous doivent échouer, pour que la panne d’un seul ne passe pas pour un bloqueur",
            }
            {
                key: "probe-twin", name: ProbeTwin, get: probe_twin, takes: Url, default: "the site itself" | "le site lui-même", example: "https://static.example/a.js",
                label: "Twin of the ad hosts" | "Témoin des hôtes publicitaires",
                does: "asked for when those of `data-probe` fail: where it fails too, the network is the cause"
                    | "interrogée quand celles de `data-probe` échouent\u{a0}: si elle échoue aussi, le réseau est en cause",
            }
            {
                key: "top", name: Top, get: has_top, takes: Switch("off on"), default: "on", example: "off",
                label: "Way back to the top" | "Retour en haut",
                does: "whether the page gets a back-to-top control"
                    | "si la page reçoit un bouton de retour en haut",
            }
            {
                key: "controls", name: Controls, get: has_controls, takes: Switch("off on"), default: "on", example: "off",
                label: "Controls of the page" | "Commandes de la page",
                does: "`off`: the page's markup is left alone, be it for the way back to the top or for closing panels, and there is no button either"
                    | "`off`\u{a0}: le balisage de la page reste intact, retour en haut et fermeture des panneaux compris, et aucun bouton n’est ajouté",
            }

        }
    };
}
pub(crate) use with_options;
