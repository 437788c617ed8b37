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

// What says of itself that it is a dialog, and a consent manager whose dialog may stand in the page itself.
const DIALOGS = "dialog[open],:popover-open,[role=dialog],[role=alertdialog],[aria-modal=true],#onetrust-banner-sdk";

// What a consent dialog has in its text or name in most languages; and what one has that takes money instead: a price, or beside
// those words that of a subscription.
const CONSENT = /cookie|consen|gdpr|rgpd|privac|privat[ls]|datenschutz|vie privée|traceur|samty|toestem|integritet|tietosuoj/i;
const PRICE = /\d\s?(€|£|\$|EUR|CHF|zł|Kč|kr|Ft|lei|лв)|([€£]|CHF)\s?\d|\$\d+\.\d\d/;
const SUBSCRIPTION = /abonn|subscri|suscri|assin|abbon|\babo\b|prenumer|předpl|tilaa/i;

// Elements that show something by themselves.
const CONTENT = "img,svg,canvas,video,audio[controls],iframe,object,embed,input,button,select,textarea";

// What can have the focus.
const CONTROLS = "[autofocus],button,a[href],input,select,textarea,[tabindex]";

// What covers less of the page is a button, in square pixels.
const LEAST_COVER = 12000;

// How long thanks stay, and how often we look whether the reader is free, in milliseconds.
const THANKS_MS = 8000;
const BUSY_MS = 500;

// How long a consent manager may take to answer, or to show what it says that it shows, and how long typing counts for, in milliseconds.
const PATIENCE_MS = 5000;

// How much is left between a banner and what it must not cover, in pixels.
const GAP = 8;

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

const shows = (element) =>
  element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) ?? element.offsetHeight > 0;

// Where the focus is, be it in a shadow tree.
const focused = (root = document) => {
  let element = root.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
};

// Every element under another, those of open shadow trees included, but ours.
const under = (root) => [...root.querySelectorAll("*")].flatMap((element) => [element, ...inside(element)]);
const inside = (element) => (element.shadowRoot && !isOurs(element) ? under(element.shadowRoot) : []);
const family = (element) => [element, ...inside(element), ...under(element)];

const markupOf = (element) => element.outerHTML + family(element).map(({ shadowRoot }) => shadowRoot?.innerHTML);

const isOurs = (element) => element.hasAttribute("data-soutien");

// How much of an element is in the window, in square pixels.
const areaOf = (element) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const width = Math.min(right, innerWidth) - Math.max(left, 0);
  const height = Math.min(bottom, innerHeight) - Math.max(top, 0);
  return width > 0 && height > 0 ? width * height : 0;
};

// Whether an element shows a picture, a control or the like by itself, or has what nobody sees into; and whether it shows anything.
const hasPicture = (element) =>
  element.matches(CONTENT) ||
  (element.localName.includes("-") && element.matches(":defined:empty") && !element.shadowRoot) ||
  getComputedStyle(element).backgroundImage.includes("url(");
const hasText = ({ childNodes, shadowRoot }) =>
  [...childNodes, ...(shadowRoot?.childNodes ?? [])].some(({ nodeType, data }) => nodeType === 3 && data.trim());
const paints = (element) => {
  const { backgroundColor, backgroundImage, backdropFilter } = getComputedStyle(element);
  const isClear = /^transparent|^rgba.*, 0\)$|\/ 0\)$/.test(backgroundColor) && backgroundImage === "none" && (backdropFilter ?? "none") === "none";
  // What is met without an area of its own shows by a shadow tree that is closed, or by what a style sheet puts into it.
  return shows(element) && (!isClear || hasPicture(element) || hasText(element) || !areaOf(element));
};

// The look at what the page has over itself. Elements that cannot be clicked are not met by it, and so are snow and the like.
const parentOf = (element) => element.parentElement ?? element.getRootNode().host;
const isIn = (element, ancestor) => {
  while (element && element !== ancestor) element = parentOf(element);
  return !!element;
};

// What is at a point, topmost first.
const stackAt = (x, y, root = document) =>
  root
    .elementsFromPoint(x, y)
    .filter((element) => element.getRootNode() === root && !isOurs(element))
    .flatMap((element) => [...(element.shadowRoot ? stackAt(x, y, element.shadowRoot) : []), element]);

const middleOf = (element) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return [Math.max(left, 0) + Math.min(right, innerWidth), Math.max(top, 0) + Math.min(bottom, innerHeight)].map((sum) => sum / 2);
};

// What holds all of the page's content is no dialog over the page, but the page.
const contents = () => {
  const main = document.querySelector("main,[role=main]");
  return main ? [main] : [...document.querySelectorAll("h1,article")];
};
const isPage = (element) => {
  const parts = contents();
  const isMost = () => element.innerText.length * 2 >= document.body.innerText.length;
  const holds = (part) => element.contains(part);
  // A headline may stand outside of what is scrolled.
  return element.matches("html,body") || (parts.some(holds) ? parts.every(holds) || isMost() : !parts.length && isMost());
};

// Whether an element stands over the page: in the window, in the top layer, or by a place in all of the page. Bars stick as well.
const isOver = (element, sticks) => {
  const { position } = getComputedStyle(element);
  return (
    position === "fixed" ||
    (position === "sticky" && sticks) ||
    (position === "absolute" && (!element.offsetParent || isPage(element.offsetParent))) ||
    element.matches(":modal,:popover-open") ||
    (element.matches(":empty") && !areaOf(element))
  );
};

// The outermost element that stands over the page with this one in it.
const layerOf = (element, sticks) => {
  let layer;
  for (; element && !isPage(element); element = parentOf(element)) if (isOver(element, sticks)) layer = element;
  return layer;
};

// Whether the page lies over an element, which is a background then.
const isBehind = (layer) => {
  const parts = contents();
  return (parts.length ? parts : [...document.body.children]).some((part) => {
    const stack = areaOf(part) && !layerOf(part) ? stackAt(...middleOf(part)) : [];
    const [above, below] = [part, layer].map((one) => stack.findIndex((element) => isIn(element, one)));
    return above >= 0 && above < below;
  });
};

// Where we look: down the middle of the window for what covers it, and along its edges for bars that ask for consent.
const MIDDLE = [0.25, 0.5, 0.75].map((y) => [0.5, y]);
const EDGES = [0.04, 0.96].flatMap((y) => [0.1, 0.5, 0.9].map((x) => [x, y]));

// What the page has put over itself: a dialog of whatever make, or what fills the screen. Undefined where there is nothing.
const cover = () => {
  try {
    const layersAt = (points, sticks) =>
      new Set(
        points.map(([x, y]) => {
          const top = stackAt(x * innerWidth, y * innerHeight).find(paints);
          return top && layerOf(top, sticks);
        }),
      );
    const isLarge = (element) =>
      family(element).some((part) => areaOf(part) >= LEAST_COVER && paints(part) && stackAt(...middleOf(part)).includes(part));
    return (
      document.fullscreenElement ??
      under(document.body).find((element) => element.matches(DIALOGS) && !isOurs(element) && (isModal(element) || isLarge(element))) ??
      [...layersAt(MIDDLE)].find((layer) => layer && !isBehind(layer)) ??
      [...layersAt(EDGES, true)].find((layer) => layer && isLarge(layer) && asksConsent(layer))
    );
  } catch {}
};
const asksConsent = (element) => {
  const parts = family(element);
  const isAny = (selector) => parts.some((part) => part.matches(selector));
  return CONSENT.test(markupOf(element)) && isAny(`iframe,${CONTROLS}`) && !isAny("nav");
};
const isModal = (element) => element.matches(":modal") && shows(element);

const isAt = (element, [x, y]) => {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return left <= x * innerWidth && x * innerWidth <= right && top <= y * innerHeight && y * innerHeight <= bottom;
};

// What may have come over the page while our own dialog keeps it from being looked at by its points; and how much there is in it.
const candidates = () => {
  try {
    return under(document.body).filter(
      (element) =>
        isModal(element) ||
        (areaOf(element) >= LEAST_COVER &&
          (element.matches(DIALOGS) ||
            (isOver(element, true) && (MIDDLE.some((point) => isAt(element, point)) || asksConsent(element)))) &&
          shows(element)),
    );
  } catch {
    return [];
  }
};
const amountOf = (element) => family(element).filter((part) => areaOf(part)).length;

// By how much an element reaches under what stands at the lower edge and is this high, in pixels. What is larger than the room above is in
// sight as far as it can be.
const overlap = (element, height) => {
  const { top, bottom } = element.getBoundingClientRect();
  const line = innerHeight - height - GAP;
  return top < innerHeight && bottom - top < line ? Math.max(0, bottom - line) : 0;
};

// A consent manager tells when its dialog is up. That counts for a time: what is there is seen, and some never tell that it has gone. Gives
// what ends that.
let askedUntil = 0;
const followManager = () => {
  let id;
  askedUntil = 0;
  try {
    const manager = window.__tcfapi;
    if (!manager) return () => {};
    askedUntil = performance.now() + PATIENCE_MS;
    manager("addEventListener", 2, (data) => {
      id = data?.listenerId;
      askedUntil = data?.eventStatus === "cmpuishown" ? performance.now() + PATIENCE_MS : 0;
    });
    return () => manager("removeEventListener", 2, () => {}, id);
  } catch {
    return () => {};
  }
};

// Whether the reader is writing. A field that the page has filled in is no sign of it; but there are pages that take each letter for what
// they have filled in.
let typedAt = 0;
const isTyping = () => {
  let field = focused();
  // An editor may be a frame of the page's own.
  while (field?.contentDocument) field = focused(field.contentDocument);
  if (field?.isContentEditable || field?.ownerDocument.designMode === "on") return field.textContent.trim();
  // What is in a frame of another site is not seen.
  if (field?.matches("iframe")) return navigator.userActivation?.hasBeenActive;
  if (!field?.value || !/^(text|search|email|url|tel|password|number)/.test(field.type)) return false;
  const isLate = performance.now() - typedAt > PATIENCE_MS;
  return field.value !== field.defaultValue || (!isLate && navigator.userActivation?.hasBeenActive);
};

let isPrinting = false;

// The view on which the page had a wall of its own, that asks for consent or money: nobody is asked twice on one.
let walled;
const viewNow = () => location.pathname + location.search;
const heedWall = (element) => {
  const text = element && markupOf(element);
  const isWall = text && (PRICE.test(text) || (CONSENT.test(text) && SUBSCRIPTION.test(text)));
  if (isWall) walled = viewNow();
  return isWall;
};

const isBusy = () => {
  const element = cover();
  heedWall(element);
  return (
    element ||
    walled === viewNow() ||
    document.hidden ||
    isPrinting ||
    performance.now() < askedUntil ||
    isTyping() ||
    getSelection()?.type === "Range" ||
    // Some pages keep out of sight until they are complete.
    (document.body && ![document.body, ...document.body.children].some(shows))
  );
};

// What is drawn with these words and this style sheet. `act` is told what the reader does, `problem` what is wrong, and `place` puts a host
// where it moves nothing of the page. Then come how the focus is moved, and what `leaving.js`, `places.js` and `hostname.js` are, where they were
// fetched.
export default (words, style, act, problem, place, { focus, leave, places: placesOf, readable = String }) => {
  // What cannot be done without; a browser that is too old for the rest is older than these.
  if (!CSS.supports("selector(:popover-open) and (color:light-dark(red,red))")) throw 0;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  const site = readable(location.hostname.replace(/^www\./, ""));
  const places = placesOf?.({ GAP, family, focused, hasPicture, hasText, isPage, overlap, shows });
  const language = { lang: words.lang ?? "", dir: words.dir ?? "auto" };
  const say = (key, blocker) => String(words[key] ?? "").replace("{site}", site).replace("{blocker}", blocker);

  // Puts an element into a frame in a shadow root, on a host whose one name is what a reader's rule may stop us by; at the end of something,
  // or of the page, where it can be in the top layer. Gives the frame.
  const shelter = (element, parent) => {
    const frame = make("div", parent ? { class: "frame over" } : { class: "frame", popover: "manual" }, element);
    const host = make("div", { "data-soutien": "" });
    const root = host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(frame);
    place(host, parent);
    try {
      const around = parentOf(host);
      // The page's own type, in the reader's own size, whatever the page is zoomed by.
      frame.style.setProperty("--family", getComputedStyle(around).fontFamily);
      frame.style.zoom = 1 / (around.currentCSSZoom ?? 1);
    } catch {}
    return frame;
  };

  // Undoes what was done to the page, last first: when the notice closes, and `shown` also when it steps aside.
  const undo = [];
  const shown = [];
  const during = (target, name, listener, list = undo, isEarly = false) => {
    target.addEventListener(name, listener, isEarly);
    list.push(() => target.removeEventListener(name, listener, isEarly));
  };
  const finish = (list) => {
    for (const step of list.splice(0).reverse()) step();
  };

  let host;
  let frame;
  let dialog;
  let view;
  // Whether it is showing: it steps aside for a dialog of the page's.
  let isUp = false;
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
    if (link) {
      link.addEventListener("click", () => {
        act(SUPPORT);
        // It may lead to what the notice is over.
        act(ELSEWHERE);
      });
    }
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

  // Another tab may show the notice, and only one does. Where there are no locks, each does.
  let release = () => {};
  let isAsking = false;
  const hold = (done) => {
    if (!navigator.locks) return done();
    if (isAsking) return;
    isAsking = true;
    navigator.locks
      .request("soutien", { ifAvailable: true }, (lock) => {
        isAsking = false;
        if (lock) done();
        // The page may have called the notice off.
        return lock && isUp && new Promise((resolve) => (release = resolve));
      })
      .catch(() => (isAsking = false));
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

  // What is to be called once the reader is free to be asked, and when we look next.
  let whenFree;
  let timer;

  const close = () => {
    clearTimeout(timer);
    whenFree = undefined;
    finish(shown);
    finish(undo);
    isUp = false;
    release();
    if (!host) return;
    const hadFocus = host.shadowRoot.activeElement;
    // Closing before removing is what gives the focus back.
    dialog.close?.();
    host.remove();
    host = undefined;
    // What had the focus may be gone as well; then what it was in has it.
    const place = opener.find((element) => element.isConnected);
    if (hadFocus && place && focused() === document.body) focus(place);
  };

  // Whether the notice can be seen where it should be. In the place of an ad it need not be in the window.
  const isInSight = () => {
    if (document.hidden || (view === "inline" && shows(dialog) && dialog.offsetHeight)) return true;
    if (!shows(dialog) || !areaOf(dialog)) return false;
    const [x, y] = middleOf(dialog);
    const { left, top } = dialog.getBoundingClientRect();
    const points = [0.5, 0.1, 1, 1.5, 1.9].map((part) => [left + (x - left) * part, top + (y - top) * part]);
    return points.some((point) => dialog.contains(host.shadowRoot.elementFromPoint(...point)));
  };

  // Whether a rule is made for us alone: it hides what has our name, and not the same without it. What wins over it does not count then.
  const isUnwanted = () => {
    sheet.disabled = true;
    try {
      const [without, named] = [false, true].map((isNamed) => {
        host.toggleAttribute("data-soutien", isNamed);
        return getComputedStyle(host).display;
      });
      return named === "none" && without !== "none";
    } catch {
      return false;
    } finally {
      sheet.disabled = false;
    }
  };

  // Tells that a style sheet hides the notice, the page's or the reader's own, which is obeyed.
  const giveWay = () => problem("notice", "hidden by a style sheet", "nothing: no notice on this view");

  // What was looked at and covers nothing, with how much there was in it.
  let harmless = new WeakMap();

  // Shows the notice, and what it shows already. Gives whether it can be seen; else the page must not be kept inert by it.
  const reveal = () => {
    isUp = true;
    if (view === "modal") {
      for (const element of candidates()) harmless.set(element, amountOf(element));
      dialog.showModal();
    } else {
      // Opened by its attribute, it leaves the focus where it is.
      dialog.open = true;
      if (view === "banner") frame.showPopover?.();
      // Where nothing has the focus, the key is ours when the page has no use for it.
      during(document, "keydown", (event) => focused() === document.body && escape(event), shown);
      if (view === "banner") {
        const listen = (target, name, listener, isEarly) => during(target, name, listener, shown, isEarly);
        const [lift, end] = places.keepClear(dialog, listen);
        measure = lift;
        shown.push(end);
      }
    }
    return isInSight();
  };

  // Takes the notice out of sight, and lets other tabs show it. What it was for is still wanted.
  let lastFocus;
  const stepAside = () => {
    isUp = false;
    lastFocus = host.shadowRoot.activeElement;
    // It does not arrive anew when it comes back.
    dialog.style.animation = "none";
    finish(shown);
    dialog.close();
    if (view === "banner") frame.hidePopover?.();
    release();
  };

  // Comes back as it was.
  const comeBack = () => {
    if (!host || isUp) return;
    openedFrom(focused());
    try {
      if (!reveal()) throw 0;
      if (lastFocus && shows(lastFocus)) lastFocus.focus();
    } catch {
      giveWay();
      act(ELSEWHERE);
    }
  };

  // Whether the page may have put something over itself since the notice came. Our own dialog keeps the points of the page from being looked at.
  // A large page takes long to be looked at, so that is done where something has changed, and now and then for what changes in shadow trees.
  let hasChanged;
  let looks = 0;
  const isDisturbed = () => {
    if (view === "inline") return false;
    if (document.fullscreenElement) return true;
    if (!hasChanged && looks++ % 4) return false;
    hasChanged = false;
    return view === "banner" ? cover() : candidates().some((element) => !(harmless.get(element) >= amountOf(element)));
  };

  // Looks from time to time, from when the notice is due until it has closed.
  const look = () => {
    clearTimeout(timer);
    timer = setTimeout(look, BUSY_MS);
    if (!host) {
      if (!isBusy()) hold(() => isBusy() || whenFree?.());
      return;
    }
    // The page may have removed it.
    if (!host.isConnected) return close();
    act(LOOK_AGAIN);
    if (!host) return;
    if (!isUp) {
      if (!isBusy()) hold(() => isBusy() || comeBack());
      return;
    }
    measure?.();
    if (!isDisturbed()) {
      if (isInSight()) return;
      giveWay();
      return act(ELSEWHERE);
    }
    stepAside();
    const element = cover();
    if (!element) return hold(comeBack);
    // What came over us may have wanted the focus, and could not have it.
    if (lastFocus && !isIn(focused(), element)) family(element).find((part) => part.matches(CONTROLS) && shows(part))?.focus();
    // The reader has been asked enough.
    if (heedWall(element)) act(ELSEWHERE);
  };

  // Measures again what the notice is over: the place of an ad, or the controls at the edge of the window.
  let measure;

  // Opens the notice, as `facts` say: texts with NULs between them.
  const open = (facts) => {
    const [number, title, text, support, logo, dismiss, cause, atHand] = facts.split("\0");
    const isClosable = dismiss === "1";
    parts = [];
    view = VIEWS[number];
    measure = undefined;
    const slot = view === "inline" && places?.emptySlot();
    if (view === "inline" && !slot) view = "banner";
    const attributes = { "aria-labelledby": "title", "aria-describedby": "text", ...language, class: view };
    dialog = make("dialog", attributes, content(title, text, support, logo, isClosable, cause, +atHand));
    const heading = dialog.querySelector("h2");
    heading.dataset.ask = heading.textContent;
    openedFrom(focused());
    frame = shelter(dialog, slot?.localName === "ins" ? slot.parentElement : slot || undefined);
    host = frame.getRootNode().host;
    show(ASK);
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
      (dialog.querySelector(".first:not([hidden])") ?? heading).autofocus = true;
    } else {
      // Readers come and go.
      dialog.addEventListener("focusin", ({ relatedTarget }) => {
        if (relatedTarget && !dialog.contains(relatedTarget)) openedFrom(relatedTarget);
      });
      // Inside, the key is ours alone.
      dialog.addEventListener("keydown", escape);
      if (slot) {
        let end;
        [measure, end] = places.layOver(frame, slot);
        undo.push(end);
      }
    }
    if (isUnwanted() || !reveal()) {
      close();
      giveWay();
      return false;
    }
    // A style sheet of the reader's may come later.
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      // What comes of it may change sizes, which observers must not.
      timer = setTimeout(look);
    });
    observer.observe(dialog);
    const changes = new MutationObserver(() => (hasChanged = true));
    changes.observe(document, { subtree: true, childList: true, attributes: true });
    undo.push(() => observer.disconnect(), () => changes.disconnect());
    // Browsers do not keep a page that holds a lock. When the reader comes back to it, so does the notice.
    during(window, "pagehide", () => isUp && stepAside());
    during(document, "fullscreenchange", look);
    return true;
  };

  // Lifts the covers of the page's pictures, once the site is allowed.
  let uncover = () => {};

  // A closing in another tab is written into the storage; counters are as well.
  const closing = (text) => /closed-until=\d+/.exec(text)?.[0];

  return {
    // Calls back once the reader is free to be asked.
    whenFree(done) {
      // The page may have removed an earlier notice.
      close();
      whenFree = done;
      typedAt = performance.now();
      during(document, "input", () => (typedAt = performance.now()), undo, true);
      during(window, "storage", ({ key, oldValue, newValue }) => {
        if (key === "soutien" && closing(newValue) && closing(newValue) !== closing(oldValue)) act(ELSEWHERE);
      });
      during(window, "beforeprint", () => {
        isPrinting = true;
        if (isUp) stepAside();
      });
      during(window, "afterprint", () => (isPrinting = false));
      undo.push(followManager());
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

    // Whether the notice is open, be it that it has stepped aside; and whether it is showing.
    isThere: () => !!host?.isConnected,
    isUp: () => isUp && !!host?.isConnected,

    // Thanks, at the edge and without the focus, until they have been read.
    thank() {
      const status = make("p", { role: "status" });
      const box = make("div", { class: "thanks", ...language }, picture("thanks"), status);
      const thanks = shelter(box);
      thanks.showPopover?.();
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
        thanks.getRootNode().host.remove();
      }, THANKS_MS);
    },

    // Covers the pictures of the article.
    cover() {
      const makeCover = (parent) => shelter(make("div", { class: "cover", ...language }, make("p", {}, say("picture"))), parent);
      uncover = places.cover(makeCover);
    },

    uncover: () => uncover(),

    reload: () => location.reload(),

    // Leaves the page for where the reader came from, behind every entry of the same document, or for another page. Nothing may stay on
    // screen meanwhile.
    leave() {
      close();
      leave();
    },
  };
};
