// What closes the page's panels: close controls, and Esc. Fetched only where the page has a close control.

// A close control is any element with `data-close="#id"` where that element is there, or one of the theme of the page that started this in what it
// closes. Other scripts have values of their own for an attribute of that name.

import { document } from "../edge/document.js";
import { adopt, find, focus, sheetOf } from "../edge/platform.js";

const CLOSERS = "[data-close^='#'],.close-side-aside,.tie-btn-close";

// Sets it up for as long as the page is there. `isNotice` says whether Esc is the notice's.
export default (isNotice) => {
  // What opens a panel, by the page's own means (a popover button, a link to the panel's id, the theme's script), and works without us.
  const OPENERS = "[aria-controls],[popovertarget],a[href^='#']";

  // What the theme's close controls close.
  const THEME = ".side-aside,.tie-popup";
  const THEME_PANELS = `${THEME},dialog,[popover]`;

  // What closes itself by Esc, as the platform has it.
  const NATIVE = "dialog:modal,:popover-open:not([popover=manual])";

  // Whether an element takes up space and is not made invisible.
  const shows = (element) => element.offsetHeight && element.offsetWidth && getComputedStyle(element).visibility === "visible";

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

  // Hides a panel. Where a rule of the page's shows it all the same, one of ours, which ends with the page, has `hidden` mean what it says.
  let sheet;
  const hide = (panel) => {
    panel.hidden = true;
    if (!shows(panel)) return;
    try {
      if (!sheet) adopt((sheet = sheetOf("")));
      sheet.insertRule(`${panel.id ? `#${CSS.escape(panel.id)}` : `:is(${THEME})`}[hidden]{display:none!important}`);
    } catch {
      // Older browsers have no such style sheets.
    }
  };

  // Hides a panel of the theme, unless the theme's script is closing it, by a class and slowly: that could not open again what is hidden.
  const hideLater = (panel) =>
    Promise.allSettled(panel.getAnimations().map(({ finished }) => finished)).then(() => {
      if (shows(panel)) hide(panel);
    });

  // Closes a panel by its own means, and gives the focus back to what opened it.
  const close = (panel) => {
    // A form may have fields of such names.
    if (typeof panel.close === "function") panel.close();
    else if (panel.popover) panel.hidePopover();
    else if (typeof panel.open === "boolean") panel.open = false;
    else if (panel.matches(THEME)) hideLater(panel);
    else hide(panel);
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

  document.addEventListener("click", click);
  // Esc closes the last panel opened, else does what the last close control that shows does, be it by the theme's script. While a text is being
  // composed, as in Japanese, the key is the input method's.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (isNotice() || find(NATIVE)) return;
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
