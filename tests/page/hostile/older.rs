//! Browsers that lack something.

use super::{Hostile, PLAIN, check};

/// Browsers that lack what we ask for before we use it.
#[test]
fn browsers_without_what_is_nice_to_have_get_everything() {
    check(&Hostile {
        script: "for (const [owner, name] of [[Navigator, 'locks'], [Element, 'checkVisibility'], [HTMLElement, 'popover'], [Array, 'at'],
            [HTMLElement, 'hidePopover'], [Document, 'prerendering']]) delete owner.prototype[name];
            for (const name of ['requestIdleCallback', 'navigation']) delete window[name];
            delete Promise.any;",
        control: "!navigator.locks && !Element.prototype.checkVisibility && !('popover' in HTMLElement.prototype) && ![].at
            && !window.requestIdleCallback && !window.navigation && !Promise.any",
        ..PLAIN
    });
}

/// The verdict and the controls, and no notice.
const OLD: Hostile = Hostile {
    asks: false,
    problems: &["appeal.js"],
    ..PLAIN
};

#[test]
fn browsers_before_constructable_style_sheets_get_no_notice() {
    check(&Hostile {
        script: "window.CSSStyleSheet = undefined;",
        control: "CSSStyleSheet === undefined",
        ..OLD
    });
}

#[test]
fn browsers_before_popovers_get_no_notice() {
    check(&Hostile {
        script: "for (const { prototype } of [Document, Element, ShadowRoot]) for (const name of ['querySelector', 'querySelectorAll', 'matches']) {
                const original = prototype[name];
                if (original) prototype[name] = function (selector) {
                    if (/:popover-open/.test(selector)) throw new DOMException('unknown', 'SyntaxError');
                    return original.call(this, selector);
                };
            }
            const { supports } = CSS;
            CSS.supports = (condition) => !/:popover-open/.test(condition) && supports.call(CSS, condition);",
        control: "(() => { try { document.querySelector(':popover-open'); } catch ({ message }) { return message === 'unknown'; } })()",
        ..OLD
    });
}

#[test]
fn browsers_before_colours_by_scheme_get_no_notice() {
    check(&Hostile {
        script: "const { supports } = CSS; CSS.supports = (condition) => !/light-dark/.test(condition) && supports.call(CSS, condition);",
        control: "!CSS.supports('(color:light-dark(red,red))')",
        ..OLD
    });
}

#[test]
fn browsers_with_an_early_webassembly_run_the_module_as_javascript() {
    check(&Hostile {
        script: "WebAssembly.instantiate = () => Promise.reject(new WebAssembly.CompileError('invalid opcode'));",
        control: "WebAssembly.instantiate.length === 0",
        problems: &["soutien.wasm"],
        ..PLAIN
    });
}
