//! What scripts of a page do to the language and to the browser.

use anyhow::Context;
use support::browsers::run;

use super::{Hostile, PLAIN, SILENT, check, visit_all};

#[test]
fn prototypes_with_enumerable_junk_do_no_harm() {
    check(&Hostile {
        script: "for (const { prototype } of [Object, Array, String, Function, Promise]) {
            for (const name of ['junk', 'each', 'key', '@ no name', 'data-title']) prototype[name] = () => { throw new Error('junk'); };
        }",
        control: "(() => { for (const name in {}) if (name === '@ no name') return true; })()",
        ..PLAIN
    });
}

#[test]
fn methods_of_arrays_that_throw_do_no_harm() {
    check(&Hostile {
        script: "for (const name of Object.getOwnPropertyNames(Array.prototype)) {
            if (typeof [][name] === 'function' && name !== 'constructor') Array.prototype[name] = () => { throw new Error('replaced'); };
        }",
        control: "(() => { try { [].map(String); } catch ({ message }) { return message === 'replaced'; } })()",
        ..SILENT
    });
}

#[test]
fn objects_that_are_all_taken_for_promises_do_no_harm() {
    check(&Hostile {
        script: "Object.prototype.then = function (resolve, reject) { reject(new Error('no promise')); };",
        control: "(async () => ({}))().catch(({ message }) => message === 'no promise')",
        ..SILENT
    });
}

#[test]
fn arrays_that_are_taken_for_promises_do_no_harm() {
    check(&Hostile {
        script: "Array.prototype.then = function () { throw new Error('no promise'); };",
        control: "(async () => [])().catch(({ message }) => message === 'no promise')",
        ..PLAIN
    });
}

/// As libraries do that watch everything.
#[test]
fn natives_that_are_wrapped_do_no_harm() {
    check(&Hostile {
        script: "{
            const { fetch, setTimeout, customElements, JSON } = window;
            const Plain = Promise;
            window.Promise = class Wrapped extends Promise {};
            window.URL = class Wrapped extends URL {};
            window.fetch = (...given) => new Promise((resolve, reject) => fetch(...given).then(resolve, reject));
            window.setTimeout = (callback, ms) => setTimeout(() => callback(), ms);
            window.JSON = { parse: (text) => JSON.parse(text), stringify: (value) => JSON.stringify(value) };
            const define = (...given) => customElements.define(...given);
            Object.defineProperty(window, 'customElements', { value: { define, get: (name) => customElements.get(name) } });
            const { then } = Plain.prototype;
            Plain.prototype.then = function (...given) { return then.apply(this, given); };
        }",
        control: "fetch('/next.html').constructor.name === 'Wrapped' && !JSON.rawJSON && URL.name === 'Wrapped' && !customElements.whenDefined",
        ..PLAIN
    });
}

/// Globals that throw whenever they are used, and what comes of it on the page.
const THROWING: [(&str, Hostile); 10] = [
    ("Promise", PLAIN),
    ("fetch", SILENT),
    (
        "JSON",
        Hostile {
            problems: &["numbers.js"],
            ..PLAIN
        },
    ),
    ("customElements", PLAIN),
    (
        "URL",
        Hostile {
            problems: &["endpoint"],
            ..PLAIN
        },
    ),
    ("setTimeout", SILENT),
    ("getComputedStyle", PLAIN),
    // The page keeps itself from hearing anything.
    ("CustomEvent", Hostile { problems: &[], ..SILENT }),
    (
        "Math",
        Hostile {
            asks: false,
            problems: &["numbers.js"],
            ..PLAIN
        },
    ),
    // There has to be something to tell.
    (
        "console",
        Hostile {
            script: "Object.defineProperty(window, 'Soutien', { value: 'taken' });",
            problems: &["Soutien"],
            ..PLAIN
        },
    ),
];

#[test]
fn globals_that_throw_do_no_harm() {
    for (name, page) in THROWING {
        let script = format!(
            "{{
                const refuse = () => {{ throw new Error('replaced'); }};
                const value = new Proxy(function () {{}}, {{ apply: refuse, construct: refuse, get: refuse }});
                Object.defineProperty(window, '{name}', {{ value, writable: true, configurable: true }});
            }}
            {}",
            page.script
        );
        let control =
            format!("(() => {{ try {{ {name}.name; }} catch ({{ message }}) {{ return message === 'replaced'; }} }})()");
        let page = Hostile {
            script: script.leak(),
            control: control.leak(),
            ..page
        };
        run(async { visit_all(&page).await.with_context(|| format!("{name} throws")) });
    }
}

#[test]
fn a_global_of_our_name_that_cannot_be_written_does_no_harm() {
    check(&Hostile {
        script: "Object.defineProperty(window, 'Soutien', { value: 'taken' });",
        control: "Soutien === 'taken'",
        problems: &["Soutien"],
        ..PLAIN
    });
}

#[test]
fn a_global_of_our_name_that_the_page_has_is_left_to_it() {
    check(&Hostile {
        script: "var Soutien = { montant: 5 };",
        control: "Soutien.montant === 5",
        problems: &["Soutien"],
        ..PLAIN
    });
}

/// A declaration is refused where there is a global of its name that cannot be configured.
#[test]
fn a_global_of_our_name_that_the_page_declares_later_takes_its_place() {
    check(&Hostile {
        script: "document.addEventListener('soutien:verdict', () => {
            const element = document.createElement('script');
            element.textContent = 'const Soutien = { montant: 5 };';
            document.head.append(element);
        });",
        control: "Soutien.montant === 5",
        ..PLAIN
    });
}

/// As blockers do that want to stop the scripts of ad networks.
#[test]
fn globals_of_ad_tags_that_throw_when_they_are_read_do_no_harm() {
    check(&Hostile {
        script: "for (const name of ['googletag', 'adsbygoogle', 'apstag', 'dataLayer', '__tcfapi']) {
            Object.defineProperty(window, name, { get() { throw new ReferenceError('stopped'); } });
        }",
        control: "(() => { try { return !googletag; } catch ({ message }) { return message === 'stopped'; } })()",
        ..PLAIN
    });
}

#[test]
fn frozen_prototypes_do_no_harm() {
    check(&Hostile {
        script: "for (const name of Object.getOwnPropertyNames(window)) {
            const { prototype } = Object.getOwnPropertyDescriptor(window, name).value ?? {};
            if (prototype && /^[A-Z]/.test(name)) Object.freeze(prototype);
        }",
        control: "[Object, Array, Node, Element, HTMLElement, HTMLDialogElement, Document, EventTarget, CustomEvent].every(
            ({ prototype }) => Object.isFrozen(prototype))",
        platform: "which prototypes there are, and which of their properties can be written",
        ..PLAIN
    });
}

#[test]
fn a_clock_that_jumps_does_no_harm() {
    check(&Hostile {
        script: "{
            const { now } = Date;
            let count = 0;
            // Thirty years ahead, and back to before 1970.
            Date.now = () => now() + [1e12, -1e13, 0][count++ % 3];
        }",
        control: "Date.now() - Date.now() !== 0 && Math.abs(Date.now() - Date.now()) > 1e11",
        ..PLAIN
    });
}

#[test]
fn a_clock_of_the_page_that_jumps_does_no_harm() {
    check(&Hostile {
        script: "{
            const { now } = performance;
            let count = 0;
            performance.now = () => now.call(performance) + [0, -1e4, 1e6][count++ % 3];
        }",
        control: "Math.abs(performance.now() - performance.now()) > 1e3",
        // Probing may end before anything is known.
        clear: "clear or unsure",
        blocked: "blocked or unsure",
        ..PLAIN
    });
}

/// As scripts do that know what a page may load.
#[test]
fn a_fetch_that_refuses_what_it_does_not_know_does_no_harm() {
    check(&Hostile {
        script: "{
            const { fetch } = window;
            window.fetch = (...given) => {
                if (/probe/.test(given[0])) throw new Error('refused');
                return fetch(...given);
            };
        }",
        control: "(() => { try { fetch('/probe'); } catch ({ message }) { return message === 'refused'; } })()",
        ..PLAIN
    });
}
