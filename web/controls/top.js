// What leads back to the top: the page's own control, or a button of ours where the page has none. Fetched as `button.js`, where the page has such
// a control, or once its reader scrolls.

import { document } from "../edge/document.js";
import { adopt, attempt, focus, sheetOf } from "../edge/platform.js";
import { makeButton } from "./button.js";

// The page's own controls that lead back to its top: marked for us, or that of the theme of the page that started this. Other scripts have
// values of their own for an attribute of that name, on any element.
const OWN =
  'a[data-top=""],a[data-top=shown],a[data-top=hidden],a#go-to-top,' +
  'button[data-top=""],button[data-top=shown],button[data-top=hidden],button#go-to-top';

// The element whose scrolling is that of the window.
const viewport = () => document.scrollingElement ?? document.documentElement;

// What the reader has scrolled: the window, or an element of the page in its place.
let scroller;

// Whether an element fills much of the window, as no menu and no text field does, and can be scrolled by half of what is seen of it.
const isLong = (element) =>
  element?.clientHeight * 2 > innerHeight && element.clientWidth * 2 > innerWidth && element.scrollHeight > element.clientHeight * 1.5;

const isFar = (element) => isLong(element) && element.scrollTop > element.clientHeight / 2;

// Sets it up. `event` is the scrolling that it was fetched for, if any; `emit` tells the page, `fetchPart` and
// `fetchWords` get other files of ours.
export default (event, language, { emit, fetchPart, fetchWords }) => {
  // Goes back to the top of what was scrolled, and of all that it is in.
  const goToTop = (event) => {
    const scrolled = [];
    for (let element = scroller?.isConnected ? scroller : viewport(); element; element = element.parentElement) {
      if (element.scrollTop > 0) scrolled.push(element);
    }
    // The page may scroll in a way of its own.
    if (!scrolled.length) return;
    event.preventDefault();
    // At once for readers who want no motion.
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
    for (const element of scrolled) element.scrollTo({ top: 0, behavior });
    // The next Tab finds what comes first on the page, which leads to its content or is its navigation.
    focus(document.body ?? document.documentElement, true);
    emit("top");
  };

  // Shows the page's own control, or a button of ours where the page has none, once the reader has scrolled by half a screen. Of the page's
  // elements nothing is kept: frameworks put others in their place at any moment, with the attributes that they had.
  let hasScrolled = false;
  let sheet;
  let button;
  let isAsked = false;

  // Hides the page's own control by a rule, which ends with the page. It cannot be focused then either, and nothing moves.
  const hide = (isHidden) =>
    attempt(() => {
      if (!sheet && isHidden) adopt((sheet = sheetOf(`${OWN}{visibility:hidden!important}`)));
      if (sheet) sheet.disabled = !isHidden;
    });

  // Shows our button, which is fetched for the first time.
  const showButton = () => {
    if (button) return button.show();
    if (isAsked) return;
    isAsked = true;
    fetchPart("host.js", (place) => {
      button = makeButton(goToTop, fetchWords(language), place, viewport);
      look(viewport());
    });
  };

  const look = (element) => {
    if (isLong(element)) {
      hasScrolled ||= element.scrollTop > 0;
      // What has been scrolled far stays that for as long as it is.
      if (!isFar(scroller)) scroller = element;
    }
    const isShown = isFar(scroller);
    // Only where it can be shown again. A page whose reader has not scrolled yet may keep them from it, and scroll in a way of its own.
    const isFree = () => ![document.documentElement, document.body].some((part) => part && /hidden|clip/.test(getComputedStyle(part).overflowY));
    const isHidden = !isShown && isLong(scroller) && (hasScrolled || isFree());
    const controls = document.querySelectorAll(OWN);
    const state = isShown ? "shown" : isHidden ? "hidden" : "";
    // Pages style the attribute. Where nobody has scrolled, it is left as it is: a framework may be about to take the element over.
    if (hasScrolled) {
      for (const control of controls) if (control.getAttribute("data-top") !== state) control.setAttribute("data-top", state);
    }
    hide(isHidden && controls.length);
    if (controls.length || !isShown) button?.hide();
    else showButton();
  };

  // A page may have replaced what is asked of it, which is no reason to do without a verdict.
  const lookAt = (element) => attempt(() => look(element ?? viewport()));
  document.addEventListener("scroll", ({ target }) => lookAt(target === window.document ? null : target), { capture: true, passive: true });
  // The page is as long as it is only once it is there.
  addEventListener("load", () => lookAt());
  // Before the page's own scripts, which may keep the event to themselves.
  document.addEventListener("click", (event) => event.target.closest?.(OWN) && goToTop(event), true);
  const { target } = event ?? {};
  lookAt(target === window.document ? null : target);
};
