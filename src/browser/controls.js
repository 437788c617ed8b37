// The page's controls: back to top, and what closes panels. They enhance markup that works without us.

import { place } from "./host.js";
import { attempt, count, emit, fetchWords, find, followConsent, learn, make, order, shelter, shows } from "./page.js";

// Moves the focus to an element without scrolling to it, making the element focusable, where it is not, for as long as it has the focus.
const focus = (element) => {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) {
    element.tabIndex = -1;
    element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  }
  element.focus({ preventScroll: true });
};

// The page's own controls that lead back to its top: marked for us, or that of the theme of the page that started this. Other scripts have
// values of their own for an attribute of that name, on any element.
const OWN =
  'a[data-top=""],a[data-top=shown],a[data-top=hidden],a#go-to-top,' +
  'button[data-top=""],button[data-top=shown],button[data-top=hidden],button#go-to-top';

const BUTTON =
  "all:initial;outline:revert;position:fixed;right:16px;bottom:16px;width:48px;height:48px;border-radius:50%;cursor:pointer;font:24px/46px system-ui;" +
  "text-align:center;color:#fff;background:#333;border:1px solid #fff;box-sizing:border-box";

// A style sheet that goes with the page, and that no security policy is about. Older browsers have none.
const sheetOf = (rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  return sheet;
};

// The element whose scrolling is that of the window.
const viewport = () => document.scrollingElement ?? document.documentElement;

// What the reader has scrolled: the window, or an element of the page in its place.
let scroller;

// Whether an element fills much of the window, as no menu and no text field does, and can be scrolled by half of what is seen of it.
const isLong = (element) =>
  element?.clientHeight * 2 > innerHeight && element.clientWidth * 2 > innerWidth && element.scrollHeight > element.clientHeight * 1.5;

const isFar = (element) => isLong(element) && element.scrollTop > element.clientHeight / 2;

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
  focus(document.body ?? document.documentElement);
  emit("top");
};

// Shows the page's own control, or a button of ours where the page has none, once the reader has scrolled by half a screen. Of the page's
// elements nothing is kept: frameworks put others in their place at any moment, with the attributes that they had.
const installTop = (language) => {
  let hasScrolled = false;
  let sheet;
  let button;
  let host;
  let isRefused = false;

  // Hides the page's own control by a rule, which ends with the page. It cannot be focused then either, and nothing moves.
  const hide = (isHidden) =>
    attempt(() => {
      if (!sheet && isHidden) document.adoptedStyleSheets = [...document.adoptedStyleSheets, (sheet = sheetOf(`${OWN}{visibility:hidden!important}`))];
      if (sheet) sheet.disabled = !isHidden;
    });

  // Whether our button is out of sight: where a filter or a transform of the page has it scroll with the page, or where somebody hides it.
  const isLost = () => {
    const { top, bottom, height } = button.getBoundingClientRect();
    return !height || bottom <= 0 || top >= viewport().clientHeight;
  };

  const showButton = () => {
    if (!button) {
      button = make("button", { type: "button", "data-top": "shown", style: BUTTON }, "↑");
      button.addEventListener("click", goToTop);
      host = shelter(button);
      attempt(() => (host.shadowRoot.adoptedStyleSheets = [sheetOf("@media print{button{display:none!important}}")]));
      // The words are fetched only for readers who scroll on a page without a control of its own.
      fetchWords(language).then(
        ({ top }) => {
          button.setAttribute("aria-label", top);
          button.title = top;
        },
        () => {},
      );
    }
    if (!host.isConnected) place(host);
    if (isLost()) document.documentElement.append(host);
    isRefused = isLost();
    if (isRefused) host.remove();
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
    if (controls.length || !isShown) host?.remove();
    else if (!isRefused) showButton();
  };

  document.addEventListener("scroll", ({ target }) => look(target === document ? viewport() : target), { capture: true, passive: true });
  // The page is as long as it is only once it is there.
  addEventListener("load", () => look(viewport()));
  // Before the page's own scripts, which may keep the event to themselves.
  document.addEventListener("click", (event) => event.target.closest?.(OWN) && goToTop(event), true);
  look(viewport());
};

// A closer is any element with `data-close="#id"` where that element is there, or one of the theme of the page that started this in what it
// closes. What it closes is opened by the page's own means (a popover button, a link to the panel's id, the theme's script), and works
// without us. Other scripts have values of their own for an attribute of that name.
const CLOSERS = "[data-close^='#'],.close-side-aside,.tie-btn-close";

// What opens a panel.
const OPENERS = "[aria-controls],[popovertarget],a[href^='#']";

// What the theme's close controls close.
const THEME = ".side-aside,.tie-popup";
const THEME_PANELS = `${THEME},dialog,[popover]`;

// What closes itself by Esc, as the platform has it.
const NATIVE = "dialog:modal,:popover-open:not([popover=manual])";

// The panels that were opened by a click, each with its opener, the topmost last.
const opened = new Map();

const openerOf = (panel) => find(`[aria-controls='${panel.id}']`);

// Tells the opener of a panel whether the panel is open, where it says so to assistive technology.
const inform = (panel) => {
  const opener = openerOf(panel);
  if (opener?.hasAttribute("aria-expanded")) opener.setAttribute("aria-expanded", !!shows(panel));
};

// The panel that a name such as `#menu` stands for.
const panelNamed = (name) => document.getElementById(name.slice(1));

// The panel that an opener opens. Only what has a closer is a panel; other links within the page are none of ours.
const panelOpenedBy = (opener) => {
  const id = opener.getAttribute("aria-controls") ?? opener.getAttribute("popovertarget");
  const name = id === null ? opener.getAttribute("href") : `#${id}`;
  return find(`[data-close='${name}']`) && panelNamed(name);
};

// The panel that a closer closes. What has none is no closer.
const panelOf = (closer) => {
  const name = closer.getAttribute("data-close");
  return name?.startsWith("#") ? panelNamed(name) : closer.closest(THEME_PANELS);
};

// Whether a panel is there to be closed. `<details>` show when they are closed as well.
const isOpen = (panel) => panel && shows(panel) && panel.open !== false;

// Hides a panel of the theme, unless the theme's script is closing it, by a class and slowly: that could not open again what is hidden.
const hideLater = (panel) =>
  Promise.allSettled(panel.getAnimations().map(({ finished }) => finished)).then(() => {
    if (shows(panel)) panel.hidden = true;
  });

// Closes a panel by its own means, and gives the focus back to what opened it.
const close = (panel) => {
  // A form may have fields of such names.
  if (typeof panel.close === "function") panel.close();
  else if (panel.popover) panel.hidePopover();
  else if (typeof panel.open === "boolean") panel.open = false;
  else if (panel.matches(THEME)) hideLater(panel);
  else panel.hidden = true;
  inform(panel);
  const opener = opened.get(panel) ?? openerOf(panel);
  opened.delete(panel);
  if (opener) focus(opener);
};

// Follows up on an opened panel: tells its opener, and takes the focus into it where the platform doesn't.
const followUp = () => {
  const panel = [...opened.keys()].pop();
  if (!panel) return;
  inform(panel);
  if (shows(panel) && !panel.hasAttribute("popover")) focus(panel);
};

// Takes a click anywhere on the page.
const click = (event) => {
  const closer = event.target.closest?.(CLOSERS);
  const closed = closer && panelOf(closer);
  if (closed) {
    // The theme's own script may have closed the panel already.
    if (event.defaultPrevented) return;
    event.preventDefault();
    close(closed);
    return;
  }
  const opener = event.target.closest?.(OPENERS);
  const panel = opener && panelOpenedBy(opener);
  if (!panel) return;
  // The panel opens after this event: a link to it takes effect only then.
  panel.removeAttribute("hidden");
  // A panel that closed by its own means is still listed, and so is one that the page has replaced.
  for (const known of opened.keys()) if (known === panel || !known.isConnected) opened.delete(known);
  opened.set(panel, opener);
  setTimeout(followUp);
};

// Sets up what is there as long as the page is. `isModal` is whether the notice, where it shows, is over the page: then Esc is its.
export const setUp = (consent, hasControls, hasTop, isModal, language, endpoint, analytics, words) => {
  learn(words);
  // Heard before the page is told that we are here, which may answer with its consent.
  followConsent(consent);
  if (endpoint || analytics) count(endpoint, analytics);
  emit("ready");
  if (!hasControls) return;
  if (hasTop) installTop(language);
  document.addEventListener("click", click);
  // Esc closes the last panel opened, else does what the last close control that shows does, be it by the theme's script. While a text is being
  // composed, as in Japanese, the key is the input method's.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if ((isModal && (order("isUp") ?? order("isThere"))) || find(NATIVE)) return;
    const panel = [...opened.keys()].filter(isOpen).pop();
    const closer = [...document.querySelectorAll(CLOSERS)].filter((element) => shows(element) && isOpen(panelOf(element))).pop();
    if (!panel && !closer) return;
    event.preventDefault();
    if (panel) close(panel);
    else closer.click();
  });
  // A popover, `<details>` or dialog that opens or closes by its own means. This event does not bubble, so it is caught on its way down.
  document.addEventListener(
    "toggle",
    ({ target }) => {
      const panel = target.closest?.("[id]");
      if (panel) inform(panel);
    },
    true,
  );
  // A panel that a link opens is there when the address has changed, which is later than the click in some browsers.
  addEventListener("hashchange", followUp);
};
