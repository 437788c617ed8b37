// Draws the notice. It is told what to show, shows it, and tells what the reader does; it decides nothing. Readers without a blocker never
// fetch it.

// The acts and scenes of `src/appeal.rs`, by their numbers there.
const [BUTTON, ESCAPE, BACKDROP, NEVER, LEAVE, STEPS, BACK, RECHECK, RELOAD, SUPPORT, ELSEWHERE, LOOK_AGAIN] = Array(12).keys();
const [ASK, HOW, CHECKING, STILL, AGAIN] = Array(5).keys();

// The views, as `View` in `src/config.rs` has them.
const VIEWS = ["modal", "banner", "inline"];

// Blockers, and how a site is allowed in each: the names of the steps, each of which has words and a picture. The first five stand in the
// order of `at_hand` in `src/appeal.rs`.
const BLOCKERS = [
  ["dns", "dns"],
  ["Brave", "lion", "switch", "reload"],
  ["Opera", "shield", "switch", "reload"],
  ["uBlock Origin", "icon", "power", "reload"],
  ["other", "other", "reload"],
  ["uBlock Origin Lite", "icon", "slider", "reload"],
  ["AdGuard", "icon", "switch", "reload"],
  ["Adblock Plus", "icon", "switch", "reload"],
  ["AdBlock", "icon", "pause", "reload"],
  ["Ghostery", "icon", "pause", "reload"],
  ["tracking-protection", "shield", "switch", "reload"],
];

// The lines of each picture, in a square of 24.
const SHIELD = "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z";
const PUZZLE = "M9 5a2 2 0 0 1 4 0h5v5a2 2 0 0 1 0 4v5H6v-5a2 2 0 0 0 0-4V5z";
const PICTURES = {
  dns: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c4 4 4 14 0 18-4-4-4-14 0-18",
  icon: "M2 6h20v12H2zM5 12h9M18 11.9v.2",
  lion: SHIELD,
  shield: SHIELD,
  other: PUZZLE,
  pause: "M8 5v14M16 5v14",
  power: "M12 3v9M7 6a8 8 0 1 0 10 0",
  reload: "M20 12a8 8 0 1 1-2.3-5.6M20 3v5h-5",
  slider: "M9 12h12M6 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  thanks: "M4 12.5l5 5L20 6.5",
  switch: "M8 6h8a6 6 0 0 1 0 12H8A6 6 0 0 1 8 6M8 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
};

// Where consent managers put their dialogs: OneTrust, Didomi, Quantcast, Cookiebot, Google, Sourcepoint, Axeptio, tarteaucitron,
// consentmanager, CookieYes, Usercentrics, iubenda, Complianz, and the open-source Cookie Consent and Klaro.
const CONSENT =
  "#onetrust-banner-sdk,#didomi-popup,#didomi-notice,#qc-cmp2-ui,#CybotCookiebotDialog,.fc-consent-root,[id^=sp_message_container]," +
  "#axeptio_overlay,#tarteaucitronAlertBig,#cmpbox,.cky-consent-container,#usercentrics-root,#iubenda-cs-banner,.cmplz-cookiebanner," +
  "#cc-main,.klaro";

// Slots of the networks, and those that a publisher names.
const SLOTS = "[data-appeal-slot],ins.adsbygoogle,[id^=div-gpt-ad]";

// No slot that is smaller has room for the notice, in pixels.
const LEAST = { width: 250, height: 90 };

// How long thanks stay, and how often we look whether the reader is free, in milliseconds.
const THANKS_MS = 8000;
const BUSY_MS = 500;

// How much is left between a banner and what it must not cover, in pixels.
const GAP = 8;

// The back-to-top control, which the module marks; our tag may have an attribute of that name.
const TOP = "[data-top]:not(script)";

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const name of Object.keys(attributes)) element.setAttribute(name, attributes[name]);
  element.append(...children);
  return element;
};

const picture = (name) => {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PICTURES[name]);
  svg.append(path);
  return svg;
};

const shows = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetHeight > 0;

// Where the focus is, be it in a shadow tree.
const focused = () => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
};

// By how much an element reaches under what stands at the lower edge and is this high, in pixels. What is larger than the room above is in
// sight as far as it can be.
const overlap = (element, height) => {
  const { top, bottom } = element.getBoundingClientRect();
  const line = innerHeight - height - GAP;
  return top < innerHeight && bottom - top < line ? Math.max(0, bottom - line) : 0;
};

// Lays an element over another, whose size and place may change. Gives what ends that.
const layOver = (element, area) => {
  const lay = () => {
    element.style.cssText = "position:absolute;z-index:1;left:0;top:0";
    const [from, to] = [element, area].map((part) => part.getBoundingClientRect());
    for (const [side, length] of [
      ["left", to.left - from.left],
      ["top", to.top - from.top],
      ["width", to.width],
      ["height", to.height],
    ]) {
      element.style[side] = `${length}px`;
    }
  };
  lay();
  const observer = new ResizeObserver(lay);
  observer.observe(area);
  observer.observe(document.documentElement);
  return () => observer.disconnect();
};

// The consent manager tells when its dialog is up.
let isAsked = false;
try {
  window.__tcfapi?.("addEventListener", 2, (data) => (isAsked = data?.eventStatus === "cmpuishown"));
} catch {}
let isPrinting = false;
addEventListener("beforeprint", () => (isPrinting = true));
addEventListener("afterprint", () => (isPrinting = false));

const isBusy = () => {
  const field = focused();
  const isTyping = field?.isContentEditable ? field.textContent : field?.matches?.("input,textarea") && field.value;
  return (
    document.hidden ||
    document.fullscreenElement ||
    isPrinting ||
    isAsked ||
    isTyping ||
    getSelection()?.type === "Range" ||
    [...document.querySelectorAll(`dialog[open],:popover-open,${CONSENT}`)].some(shows)
  );
};

// What is drawn with these words and this style sheet. `act` is told what the reader does.
export default (words, style, act) => {
  // What cannot be done without; a browser that is too old for the rest is older than these.
  if (!CSS.supports("selector(:popover-open) and (color:light-dark(red,red))")) throw 0;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  const site = location.hostname.replace(/^www\./, "");
  const language = { lang: words.lang ?? "", dir: words.dir ?? "auto" };
  const say = (key, blocker) => String(words[key] ?? "").replace("{site}", site).replace("{blocker}", blocker);

  // Puts an element into a shadow root on a host without a name, at the end of something. Gives the host.
  const shelter = (element, parent = document.body ?? document.documentElement) => {
    const host = make("div");
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(element);
    parent.append(host);
    return host;
  };

  // Undoes what was done to the page, last first.
  let undo = [];
  const during = (target, name, listener) => {
    target.addEventListener(name, listener);
    undo.push(() => target.removeEventListener(name, listener));
  };

  let host;
  let dialog;
  let parts = [];
  let opener;

  // Where the focus was, and what that was in. The body is what has it anyhow.
  const openedFrom = (element) => {
    opener = [];
    for (; element && element !== document.body; element = element.parentElement) opener.push(element);
  };

  const escape = (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    act(ESCAPE);
  };

  const button = (key, number, kind = "") => {
    const element = make("button", { type: "button", class: kind }, say(key));
    element.addEventListener("click", () => act(number));
    return element;
  };

  // An element that only these scenes have; nothing where its words are missing.
  const part = (scenes, element) => {
    if (!element?.textContent) return "";
    parts.push([scenes, element]);
    return element;
  };

  const steps = ([name, ...keys]) => {
    const known = keys.filter((key) => words[`step-${key}`]);
    return make("ol", {}, ...known.map((key) => make("li", {}, picture(key), make("span", {}, say(`step-${key}`, name)))));
  };

  const nameOf = ([name]) => words[name] ?? name;

  // The content: what was noticed, what ads pay for, what we ask, and the choices.
  const content = (title, text, support, logo, isClosable, cause, atHand) => {
    const yours = BLOCKERS[atHand];
    const link = support && make("a", { href: support }, say("support"));
    if (link) link.addEventListener("click", () => act(SUPPORT));
    const picture = logo && make("img", { src: logo, alt: "", class: "logo" });
    if (picture) picture.addEventListener("error", () => picture.remove());
    const closing = isClosable ? button("close", BUTTON) : button("leave", LEAVE);
    const others = BLOCKERS.filter((blocker) => blocker !== yours);
    return make(
      "div",
      { class: "sheet" },
      picture,
      make("h2", { id: "title", tabindex: -1 }, title || say("title")),
      make(
        "div",
        { class: "words" },
        part([ASK], make("p", { class: "seen" }, `${say(`seen-${cause}`)} ${say("pays")}`)),
        part([ASK], make("p", { id: "text" }, text || say("text"))),
        make("p", { role: "status" }),
        part(
          [HOW, CHECKING, STILL],
          make(
            "div",
            { class: "steps" },
            make("h3", {}, nameOf(yours)),
            steps(yours),
            words.others
              ? make(
                  "details",
                  {},
                  make("summary", {}, say("others")),
                  ...others.map((blocker) => make("details", { name: "others" }, make("summary", {}, nameOf(blocker)), steps(blocker))),
                )
              : "",
          ),
        ),
      ),
      make(
        "div",
        { class: "choices" },
        part([ASK], button("allow", STEPS, "first")),
        part([AGAIN], button("reload", RELOAD, "first")),
        part([HOW, CHECKING, STILL], button("recheck", RECHECK, "first")),
        part([HOW, CHECKING, STILL, AGAIN], button("back", BACK)),
        part([ASK, AGAIN], closing),
      ),
      make(
        "div",
        { class: "more" },
        part([ASK, STILL], link),
        part([ASK], button("recheck", RECHECK)),
        part([ASK], isClosable && button("never", NEVER)),
      ),
    );
  };

  // The largest slot that is empty and still as large as it was, or what the page has put around it.
  const emptySlot = () => {
    const areas = [...document.querySelectorAll(SLOTS)].flatMap((slot) => {
      if ([...slot.querySelectorAll("iframe,img,video")].some(shows)) return [];
      // What is around a slot may be anything; it belongs to the slot where it holds no text of its own.
      return [slot, slot.parentElement].filter((area) => shows(area) && area.textContent.trim().length < 40);
    });
    const size = (area) => area.offsetWidth * area.offsetHeight;
    const fits = areas.filter(({ offsetWidth, offsetHeight }) => offsetWidth >= LEAST.width && offsetHeight >= LEAST.height);
    return fits.sort((one, other) => size(other) - size(one))[0];
  };

  // Keeps a banner off what has the focus, and lifts the back-to-top control above it.
  const keepClear = () => {
    const { style } = document.documentElement;
    const padding = style.scrollPaddingBottom;
    const own = [...document.body.children].map((child) => child.shadowRoot?.querySelector(TOP));
    const controls = [document.querySelector(TOP), ...own].filter(Boolean);
    const lower = () => {
      for (const control of controls) control.style.translate = "";
    };
    const clear = ({ type }) => {
      // Not by its rectangle, because it moves while it arrives.
      const height = dialog.offsetHeight;
      // What the browser scrolls to by itself comes to rest above.
      style.scrollPaddingBottom = `${height + GAP}px`;
      const element = focused();
      if (element && element !== document.body && !dialog.contains(element)) {
        const under = overlap(element, height);
        // Nobody wants to be scrolled when the notice comes.
        if (under && type) scrollBy({ top: under, behavior: "instant" });
        // At the end of the page there is nothing to scroll.
        dialog.classList.toggle("above", overlap(element, height));
      }
      lower();
      if (dialog.matches(".above")) return;
      for (const control of controls) {
        const under = overlap(control, height);
        if (under && getComputedStyle(control).position === "fixed") control.style.translate = `0 -${under}px`;
      }
    };
    during(document, "focusin", clear);
    const observer = new ResizeObserver(clear);
    observer.observe(dialog);
    undo.push(() => {
      observer.disconnect();
      style.scrollPaddingBottom = padding;
      lower();
    });
  };

  // Another tab may show the notice, and only one does. Where there are no locks, each does.
  let release = () => {};
  const hold = (done, wait) => {
    const held = navigator.locks?.request("soutien", { ifAvailable: true }, (lock) => {
      if (!lock) return wait();
      done();
      // The page may have called the notice off.
      return host && new Promise((resolve) => (release = resolve));
    });
    if (held) held.catch(() => {});
    else done();
  };

  const show = (scene) => {
    const root = host.shadowRoot;
    const before = root.activeElement;
    for (const [scenes, element] of parts) element.hidden = !scenes.includes(scene);
    const key = { [CHECKING]: "checking", [STILL]: "still", [AGAIN]: "reload-needed" }[scene];
    const status = dialog.querySelector("[role=status]");
    status.textContent = key ? say(key) : "";
    if (key) status.scrollIntoView({ block: "nearest", behavior: "instant" });
    const title = dialog.querySelector("h2");
    title.textContent = scene === ASK ? title.dataset.ask : say("steps");
    // What had the focus may be hidden, which takes the focus from it at once in Chromium, and later elsewhere.
    const after = root.activeElement;
    const isLost = after ? !shows(after) : before || dialog.matches(":modal");
    if (isLost) ((scene === ASK && dialog.querySelector(".first:not([hidden])")) || title).focus();
    return true;
  };

  const close = () => {
    for (const step of undo.splice(0).reverse()) step();
    release();
    if (!host) return;
    const hadFocus = host.shadowRoot.activeElement;
    // Closing before removing is what gives the focus back.
    dialog.close?.();
    host.remove();
    host = undefined;
    // What had the focus may be gone as well; then what it was in has it.
    const place = opener.find((element) => element.isConnected);
    if (!hadFocus || !place || focused() !== document.body) return;
    if (place.tabIndex < 0 && !place.hasAttribute("tabindex")) {
      place.tabIndex = -1;
      place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
    }
    place.focus({ preventScroll: true });
  };

  // Opens the notice, as `facts` say: texts with NULs between them.
  const open = (facts) => {
    let [place, title, text, support, logo, dismiss, cause, atHand] = facts.split("\0");
    const isClosable = dismiss === "1";
    parts = [];
    let view = VIEWS[place];
    const slot = view === "inline" && emptySlot();
    if (view === "inline" && !slot) view = "banner";
    const attributes = { "aria-labelledby": "title", "aria-describedby": "text", ...language, class: view };
    dialog = make("dialog", attributes, content(title, text, support, logo, isClosable, cause, +atHand));
    const heading = dialog.querySelector("h2");
    heading.dataset.ask = heading.textContent;
    openedFrom(focused());
    host = shelter(dialog, slot?.localName === "ins" ? slot.parentElement : slot || undefined);
    if (view === "modal") {
      // The first Esc may be refused, and browsers let the second one through.
      if (!isClosable) dialog.setAttribute("closedby", "none");
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        act(ESCAPE);
      });
      // What is open on the page behind stays open.
      dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
      // The sheet fills the dialog, so a click on the dialog itself is one on its backdrop.
      dialog.addEventListener("click", ({ target }) => target === dialog && act(BACKDROP));
      show(ASK);
      (dialog.querySelector(".first:not([hidden])") ?? heading).autofocus = true;
      dialog.showModal();
    } else {
      // Opened by its attribute, it leaves the focus where it is.
      dialog.open = true;
      // Readers come and go.
      dialog.addEventListener("focusin", ({ relatedTarget }) => {
        if (relatedTarget && !dialog.contains(relatedTarget)) openedFrom(relatedTarget);
      });
      // Inside, the key is ours alone. Where nothing has the focus, it is ours when the page has no use for it.
      dialog.addEventListener("keydown", escape);
      during(document, "keydown", (event) => focused() === document.body && escape(event));
      show(ASK);
      if (slot) undo.push(layOver(host, slot));
      else keepClear();
    }
    during(window, "pagehide", () => release());
    return true;
  };

  // The covers of the page's pictures, which go when the site is allowed.
  let covers = [];

  // A closing in another tab is written into the storage; counters are as well.
  const closing = (text) => /closed-until=\d+/.exec(text)?.[0];
  addEventListener("storage", ({ key, oldValue, newValue }) => {
    if (key === "soutien" && closing(newValue) && closing(newValue) !== closing(oldValue)) act(ELSEWHERE);
  });

  return {
    // Calls back once the reader is free to be asked.
    whenFree(done) {
      // The page may have removed an earlier notice.
      close();
      const look = () => (isBusy() ? setTimeout(look, BUSY_MS) : hold(done, () => setTimeout(look, BUSY_MS)));
      look();
    },

    // Opens the notice. Gives false where the browser cannot, and leaves nothing behind.
    open(facts) {
      try {
        return open(facts);
      } catch {
        close();
      }
      return false;
    },

    show: (scene) => show(+scene),
    close,

    isThere: () => !!host?.isConnected,

    // Thanks, at the edge and without the focus, until they have been read.
    thank() {
      const status = make("p", { role: "status" });
      const box = make("div", { class: "thanks", ...language }, picture("thanks"), status);
      const thanks = shelter(box);
      // Nor are they over what has it.
      const clear = () => {
        const element = focused();
        box.classList.toggle("above", !!element && element !== document.body && overlap(element, box.offsetHeight + 2 * GAP));
      };
      // What is announced is a change, so the words come after the element.
      setTimeout(() => {
        status.textContent = say("thanks");
        clear();
      });
      document.addEventListener("focusin", clear);
      setTimeout(() => {
        document.removeEventListener("focusin", clear);
        thanks.remove();
      }, THANKS_MS);
    },

    // Covers the pictures of the article.
    cover() {
      const pictures = [...document.querySelectorAll("article img,main img")].filter(
        (image) => shows(image) && image.offsetWidth >= LEAST.width && image.offsetHeight >= LEAST.height,
      );
      covers = pictures.map((image) => {
        const element = make("div", { class: "cover", ...language }, make("p", {}, say("picture")));
        const place = shelter(element, image.parentElement);
        const end = layOver(place, image);
        return () => {
          end();
          place.remove();
        };
      });
    },

    uncover() {
      for (const lift of covers.splice(0)) lift();
    },

    reload: () => location.reload(),

    // Leaves the page for where the reader came from, or for the front page.
    leave() {
      if (history.length > 1) history.back();
      else location.assign("/");
    },
  };
};
