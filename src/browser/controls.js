// The page's controls: back to top, and what closes panels. They enhance markup that works without us.

import { count, emit, fetchWords, find, followConsent, important, learn, make, order, problem, shelter, shows } from "./page.js";

// Moves the focus to an element without scrolling to it, making the element focusable where it is not.
const focus = (element) => {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
};

// The page's own link: marked for us, or that of the theme of the page that started this. Our tag may have an attribute of that name.
const OWN = "[data-top]:not(script),#go-to-top";

// Marks where the first half screen ends. It takes no space in the page, and no scroll listener is needed.
const SENTINEL = "position:absolute;top:0;left:0;width:1px;height:50vh;visibility:hidden;pointer-events:none;";

const BUTTON =
  "all:initial;outline:revert;position:fixed;right:16px;bottom:16px;width:48px;height:48px;border-radius:50%;cursor:pointer;font:24px/46px system-ui;" +
  "text-align:center;color:#fff;background:#333;border:1px solid #fff;box-sizing:border-box";

// Enhances the page's own back-to-top link, or makes a button where the page has none.
const installTop = (language) => {
  const own = find(OWN);
  const control = own ?? make("button", { type: "button", style: BUTTON }, "↑");
  const sentinel = make("div", { style: important(SENTINEL) });
  shelter(sentinel);
  if (!own) shelter(control);
  // Hidden by visibility, the control cannot be focused either, and nothing moves. Pages style the attribute.
  const show = (isShown) => {
    control.setAttribute("data-top", isShown ? "shown" : "hidden");
    control.style.visibility = isShown ? "visible" : "hidden";
  };
  let isNamed = !!own;
  let wasScrolled = false;
  new IntersectionObserver((entries) => {
    const isScrolled = !entries.pop().isIntersecting;
    if (isScrolled === wasScrolled) return;
    wasScrolled = isScrolled;
    control.style.transition = "";
    show(isScrolled);
    if (!isScrolled || isNamed) return;
    // The words are fetched only for readers who scroll on a page without a link of its own.
    isNamed = true;
    fetchWords(language).then(
      ({ top }) => {
        control.setAttribute("aria-label", top);
        control.title = top;
      },
      () => {},
    );
  }).observe(sentinel);
  control.addEventListener("click", (event) => {
    event.preventDefault();
    // At once for readers who want no motion.
    scrollTo({ top: 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
    // The focus goes to where the link leads, else to the headline.
    const target = find(control.getAttribute("href")) ?? find("h1") ?? find("main");
    if (target) focus(target);
    emit("top");
  });
  // The link may be far down the page and works without us, so it is hidden only now; and at once, whatever transitions the page has: each
  // would have many frames drawn.
  control.style.transition = "none";
  show(false);
};

// A closer is any element with `data-close="#id"`, or one of the theme of the page that started this. What it closes is opened by
// the page's own means (a popover button, a link to the panel's id, the theme's script), and works without us.
const CLOSERS = "[data-close],.close-side-aside,.tie-btn-close";

// What opens a panel.
const OPENERS = "[aria-controls],[popovertarget],a[href^='#']";

// What the theme's close controls close.
const THEME = ".side-aside,.tie-popup";
const THEME_PANELS = `${THEME},dialog,[popover]`;

// What closes itself by Esc, as the platform has it.
const NATIVE = "dialog[open],:popover-open";

// The panels that were opened by a click, each with its opener, the topmost last.
const opened = new Map();

const openerOf = (panel) => find(`[aria-controls='${panel.id}']`);

// Tells the opener of a panel whether the panel is open, where it says so to assistive technology.
const inform = (panel) => {
  const opener = openerOf(panel);
  if (opener?.hasAttribute("aria-expanded")) opener.setAttribute("aria-expanded", !!shows(panel));
};

// The panel that an opener opens. Only what has a closer is a panel; other links within the page are none of ours.
const panelOpenedBy = (opener) => {
  const id = opener.getAttribute("aria-controls") ?? opener.getAttribute("popovertarget");
  const selector = id === null ? opener.getAttribute("href") : `#${id}`;
  return find(`[data-close='${selector}']`) && find(selector);
};

// The panel that a closer closes.
const panelOf = (closer) => {
  const selector = closer.getAttribute("data-close");
  if (selector === null) return closer.closest(THEME_PANELS);
  const panel = find(selector);
  if (!panel) problem("data-close", selector, "nothing: no such element");
  return panel;
};

// Hides a panel of the theme, unless the theme's script is closing it, by a class and slowly: that could not open again what is hidden.
const hideLater = (panel) =>
  Promise.allSettled(panel.getAnimations().map(({ finished }) => finished)).then(() => {
    if (shows(panel)) panel.hidden = true;
  });

// Closes a panel by its own means, and gives the focus back to what opened it.
const close = (panel) => {
  if (panel.close) panel.close();
  else if (panel.popover) panel.hidePopover();
  else if ("open" in panel) panel.open = false;
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
  if (closer) {
    const panel = panelOf(closer);
    // The theme's own script may have closed the panel already.
    if (!panel || event.defaultPrevented) return;
    event.preventDefault();
    close(panel);
    return;
  }
  const opener = event.target.closest?.(OPENERS);
  const panel = opener && panelOpenedBy(opener);
  if (!panel) return;
  // The panel opens after this event: a link to it takes effect only then.
  panel.removeAttribute("hidden");
  // A panel that closed by its own means is still listed.
  opened.delete(panel);
  opened.set(panel, opener);
  setTimeout(followUp);
};

// Sets up what is there as long as the page is. `isModal` is whether the notice, where it is there, is over the page: then Esc is its.
export const setUp = (consent, hasTop, isModal, language, endpoint, analytics, words) => {
  learn(words);
  // Heard before the page is told that we are here, which may answer with its consent.
  followConsent(consent);
  if (endpoint || analytics) count(endpoint, analytics);
  emit("ready");
  if (hasTop) installTop(language);
  document.addEventListener("click", click);
  // Esc closes the last panel opened, else does what the last close control that shows does, be it by the theme's script.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || (isModal && order("isThere")) || find(NATIVE)) return;
    const panel = [...opened.keys()].filter(shows).pop();
    const closer = [...document.querySelectorAll(CLOSERS)].filter(shows).pop();
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
