// Draws the notice. It is told what to show, shows it, and tells what the reader does; it decides nothing.

import { ACT_BACK, ACT_BACKDROP, ACT_BUTTON, ACT_ELSEWHERE, ACT_ESCAPE, ACT_LEAVE, ACT_LOOK_AGAIN, ACT_NEVER, ACT_RECHECK, ACT_RELOAD, ACT_STEPS, ACT_STORED, ACT_SUPPORT, BLOCKER_OTHER, OPTION_LOGO, OPTION_SUPPORT_URL, OPTION_TEXT, OPTION_TITLE, SCENE_ASK, SCENE_CHECKING, SCENE_RELOAD, SCENE_STEPS, SCENE_STILL, VIEWS } from "../abi.js";
import { document } from "./document.js";
import { heedWall, isBusy, notePrinting, noteTyping } from "./busy.js";
import { amountOf, candidates, cover } from "./cover.js";
import { CONTROLS, GAP, areaOf, family, focused, hasPicture, hasText, isIn, isPage, make, middleOf, overlap, parentOf, shows } from "./elements.js";
import { AT_HAND, OTHERS, picture } from "./steps.js";

// How long thanks stay, and how often we look whether the reader is free, in milliseconds.
const THANKS_MS = 8000;
const BUSY_MS = 500;

// Makes the notice of what was fetched for it: words, style sheets, and what `host.js` is, and `places.js`, `leaving.js` and `hostname.js`, where they were
// fetched. `act` is told what the reader does, `problem` what is wrong; `focus` moves the focus; `isAsking` says whether a consent
// manager asks.
export const draw = ([words, style, place, more, placesOf, leave, readable], { act, focus, isAsking, problem }) => {
  // What cannot be done without; a browser that is too old for the rest is older than these.
  if (!CSS.supports("selector(:popover-open) and (color:light-dark(red,red))")) throw 0;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style + more);
  const hostname = location.hostname.replace(/^www\./, "");
  const site = readable ? readable(hostname) : hostname;
  const places = placesOf && placesOf({ GAP, family, focused, hasPicture, hasText, isPage, overlap, shows });
  const language = { lang: words.lang ?? "", dir: words.dir ?? "auto" };
  const say = (key, blocker) => String(words[key] ?? "").replace("{site}", site).replace("{blocker}", blocker);

  // Puts an element into a frame in a shadow root, on a host whose one name is what a reader's rule may stop us by; at the end of something,
  // or of the page, where it can be in the top layer. Returns the frame.
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
    act(ACT_ESCAPE);
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
  const content = (options, { isClosable, cause, atHand }) => {
    const yours = AT_HAND[atHand];
    const { [OPTION_SUPPORT_URL]: support, [OPTION_LOGO]: logo } = options;
    const link = support && make("a", { href: support }, say("support"));
    if (link) {
      link.addEventListener("click", () => {
        act(ACT_SUPPORT);
        // It may lead to what the notice is over.
        act(ACT_ELSEWHERE);
      });
    }
    const picture = logo && make("img", { src: logo, alt: "", class: "logo" });
    if (picture) picture.addEventListener("error", () => picture.remove());
    const closing = isClosable ? button("close", ACT_BUTTON) : button("leave", ACT_LEAVE);
    // Any other blocker comes last, and has another heading where it comes first.
    const others = [...OTHERS, ...Object.values(AT_HAND)].filter((blocker) => blocker !== yours);
    const [name, question] = atHand === BLOCKER_OTHER ? [say("yours"), say("which")] : [nameOf(yours), say("others")];
    return make(
      "div",
      { class: "sheet" },
      picture,
      make("h2", { id: "title", tabindex: -1 }, options[OPTION_TITLE] || say("title")),
      make(
        "div",
        { class: "words" },
        part([SCENE_ASK], make("p", { class: "seen" }, `${say(`seen-${cause}`)} ${say("pays")}`)),
        part([SCENE_ASK], make("p", { id: "text" }, options[OPTION_TEXT] || say("text"))),
        make("p", { role: "status" }),
        part(
          [SCENE_STEPS, SCENE_CHECKING, SCENE_STILL],
          make(
            "div",
            { class: "steps" },
            make("h3", {}, name),
            steps(yours),
            question
              ? make(
                  "details",
                  {},
                  make("summary", {}, question),
                  ...others.map((blocker) => make("details", { name: "others" }, make("summary", {}, nameOf(blocker)), steps(blocker))),
                )
              : "",
          ),
        ),
      ),
      make(
        "div",
        { class: "choices" },
        part([SCENE_ASK], button("allow", ACT_STEPS, "first")),
        part([SCENE_RELOAD], button("reload", ACT_RELOAD, "first")),
        part([SCENE_STEPS, SCENE_CHECKING, SCENE_STILL], button("recheck", ACT_RECHECK, "first")),
        part([SCENE_STEPS, SCENE_CHECKING, SCENE_STILL, SCENE_RELOAD], button("back", ACT_BACK)),
        part([SCENE_ASK, SCENE_RELOAD], closing),
      ),
      make(
        "div",
        { class: "more" },
        part([SCENE_ASK, SCENE_STEPS, SCENE_CHECKING, SCENE_STILL], link),
        part([SCENE_ASK], button("recheck", ACT_RECHECK)),
        part([SCENE_ASK], isClosable && button("never", ACT_NEVER)),
      ),
    );
  };


  // Another tab may show the notice, and only one does. Where there are no locks, each does.
  let release = () => {};
  let isWaiting = false;
  const hold = (done) => {
    if (!navigator.locks) return done();
    if (isWaiting) return;
    isWaiting = true;
    navigator.locks
      .request("soutien", { ifAvailable: true }, (lock) => {
        isWaiting = false;
        if (lock) done();
        // The page may have called the notice off.
        return lock && isUp && new Promise((resolve) => (release = resolve));
      })
      .catch(() => (isWaiting = false));
  };

  const show = (scene) => {
    const root = host.shadowRoot;
    const before = root.activeElement;
    for (const [scenes, element] of parts) element.hidden = !scenes.includes(scene);
    const key = { [SCENE_CHECKING]: "checking", [SCENE_STILL]: "still", [SCENE_RELOAD]: "reload-needed" }[scene];
    const status = dialog.querySelector("[role=status]");
    status.textContent = key ? say(key) : "";
    if (key) status.scrollIntoView({ block: "nearest", behavior: "instant" });
    const title = dialog.querySelector("h2");
    title.textContent = scene === SCENE_ASK ? title.dataset.ask : say("steps");
    // What had the focus may be hidden, which takes the focus from it at once in Chromium, and later elsewhere.
    const after = root.activeElement;
    const isLost = after ? !shows(after) : before || dialog.matches(":modal");
    if (isLost) ((scene === SCENE_ASK && dialog.querySelector(".first:not([hidden])")) || title).focus();
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

  // Shows the notice, and what it shows already. Returns whether it can be seen; else the page must not be kept inert by it.
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
      act(ACT_ELSEWHERE);
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
    if (host) {
      // The page may have removed it.
      if (!host.isConnected) return close();
      act(ACT_LOOK_AGAIN);
      if (!host) return;
    }
    if (!isUp) {
      if (!isBusy(isAsking)) hold(() => isBusy(isAsking) || (host ? comeBack() : whenFree?.()));
      return;
    }
    measure?.();
    if (!isDisturbed()) {
      if (isInSight()) return;
      giveWay();
      return act(ACT_ELSEWHERE);
    }
    stepAside();
    const element = cover();
    if (!element) return hold(comeBack);
    // What came over us may have wanted the focus, and could not have it.
    if (lastFocus && !isIn(focused(), element)) family(element).find((part) => part.matches(CONTROLS) && shows(part))?.focus();
    // The reader has been asked enough.
    if (heedWall(element)) act(ACT_ELSEWHERE);
  };

  // Measures again what the notice is over: the place of an ad, or the controls at the edge of the window.
  let measure;

  // Opens the notice, with the publisher's own texts and what was found.
  const open = (options, facts) => {
    const { isClosable } = facts;
    parts = [];
    view = VIEWS[facts.view];
    measure = undefined;
    const slot = view === "inline" && places?.emptySlot();
    if (view === "inline" && !slot) view = "banner";
    const attributes = { "aria-labelledby": "title", "aria-describedby": "text", ...language, class: view };
    dialog = make("dialog", attributes, content(options, facts));
    const heading = dialog.querySelector("h2");
    heading.dataset.ask = heading.textContent;
    openedFrom(focused());
    frame = shelter(dialog, slot?.localName === "ins" ? slot.parentElement : slot || undefined);
    host = frame.getRootNode().host;
    show(SCENE_ASK);
    if (view === "modal") {
      // The first Esc may be refused, and browsers let the second one through.
      if (!isClosable) dialog.setAttribute("closedby", "none");
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        act(ACT_ESCAPE);
      });
      // What is open on the page behind stays open.
      dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
      // The sheet fills the dialog, so a click on the dialog itself is one on its backdrop.
      dialog.addEventListener("click", ({ target }) => target === dialog && act(ACT_BACKDROP));
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
    changes.observe(window.document, { subtree: true, childList: true, attributes: true });
    undo.push(() => observer.disconnect(), () => changes.disconnect());
    // Browsers do not keep a page that holds a lock. When the reader comes back to it, so does the notice.
    during(window, "pagehide", () => isUp && stepAside());
    during(document, "fullscreenchange", look);
    return true;
  };

  // Lifts the covers of the page's pictures, once the site is allowed.
  let uncover = () => {};

  return {
    // Calls back once the reader is free to be asked.
    whenFree(done) {
      // The page may have removed an earlier notice.
      close();
      whenFree = done;
      noteTyping();
      during(document, "input", noteTyping, undo, true);
      during(window, "storage", ({ key }) => key === "soutien" && act(ACT_STORED));
      during(window, "beforeprint", () => {
        notePrinting(true);
        if (isUp) stepAside();
      });
      during(window, "afterprint", () => notePrinting(false));
      look();
    },

    // Opens the notice. Returns false where the browser cannot, and leaves nothing behind.
    open(options, facts) {
      try {
        return open(options, facts);
      } catch {
        close();
      }
      return false;
    },

    show,
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

    // Leaves the page for where the reader came from, behind every entry of the same document, or for another page. Nothing may stay on
    // screen meanwhile.
    leave() {
      close();
      leave();
    },
  };
};
