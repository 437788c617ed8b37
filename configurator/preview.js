// Stands in for what the preview lacks: a reader, and what blocks ads. It runs before Soutien, which is the real one, and lets nothing out of
// the preview: what a reader's click would write, send or open stays here.
"use strict";

(() => {
  // What to show, by the page around: the options of the tag, the styles, and what is played. Opened by itself, the preview shows the defaults.
  const wanted = window.frameElement?.dataset.wanted ?? "{}";
  const { options = {}, look = {}, blocker = "extension", scene = "ask", language = "en", text = "en", baits } = JSON.parse(wanted);
  const tell = (name, detail) => window.frameElement?.dispatchEvent(new CustomEvent(name, { detail }));

  tell("preview-begins");

  const replace = (object, name, value) => Object.defineProperty(object, name, { value, configurable: true, writable: true });
  const root = document.documentElement;
  root.lang = language;
  root.dataset.text = text;
  for (const [name, value] of Object.entries(look)) root.style.setProperty(name, value);
  const tag = document.querySelector("script[defer]");
  for (const [key, value] of Object.entries(options)) tag.setAttribute(`data-${key}`, value);

  // The reader remembers nothing, has no other tab, and has consented by every means that a page can ask by.
  const storage = () => {
    const kept = new Map();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, String(value)),
      removeItem: (key) => kept.delete(key),
    };
  };
  replace(window, "localStorage", storage());
  replace(window, "sessionStorage", storage());
  replace(navigator, "locks", undefined);
  window.__tcfapi = (command, version, callback) =>
    callback({ eventStatus: "tcloaded", gdprApplies: true, purpose: { consents: { 1: true, 2: true, 7: true } } }, true);
  window.wp_has_consent = () => true;
  window.dataLayer = [["consent", "update", { ad_storage: "granted", analytics_storage: "granted" }]];
  document.addEventListener("soutien:ready", () =>
    document.dispatchEvent(new CustomEvent("soutien:consent", { detail: { granted: true } })),
  );
  // The page has the other trackers as well, which note what they hear.
  window._paq = [];
  window.plausible = () => {};

  // What is blocked: requests of baits, those to ad hosts, and elements. A network blocks ad hosts alone, of which one is no evidence, nor are any
  // where a browser may have tracking protection of its own: so the reader has Chromium then, and two hosts more are asked.
  let refuses = true;
  const isNetwork = blocker === "network";
  replace(navigator, "brave", blocker === "browser" ? {} : undefined);
  if (isNetwork) {
    replace(navigator, "buildID", undefined);
    replace(navigator, "userAgentData", { brands: [{ brand: "Chromium" }] });
    tag.setAttribute("data-probe", `${options.probe ?? ""} https://regie.invalid/ https://annonces.invalid/`.trim());
  }
  const isProbe = (url) => tag.dataset.probe?.split(/\s+/).some((probe) => probe && new URL(probe, location.href).href === url.href);
  const fetch = window.fetch;
  window.fetch = async (address, init) => {
    const url = new URL(address, location.href);
    if (refuses && (isNetwork ? isProbe(url) : url.href.includes(baits?.fetch))) throw new TypeError("refused in the preview");
    const isOurs = url.origin === location.origin && (init?.method ?? "GET") === "GET" && !isProbe(url);
    return isOurs ? fetch(address, init) : { ok: true, status: 204, url: url.href };
  };
  // What a page's own `fetch` refuses is no evidence, so this one passes for the browser's.
  const { toString } = Function.prototype;
  Function.prototype.toString = function () {
    return toString.call(this === window.fetch ? fetch : this);
  };
  navigator.sendBeacon = () => true;
  const hide = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${baits.styled.map((name) => `.${name}`).join()} { display: none !important; }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };

  // No link and no button leads away.
  history.back = () => {};
  replace(history, "length", 2);
  addEventListener(
    "click",
    (event) => {
      const link = event.composedPath().find(({ localName }) => localName === "a");
      if (link && !link.getAttribute("href")?.startsWith("#")) event.preventDefault();
    },
    true,
  );

  // Until the reader comes here, the focus belongs to the form around, and the page around is scrolled by nobody else. A dialog that is
  // inert gets no focus when it is opened.
  let isPlaying = true;
  for (const [prototype, name] of [
    [HTMLElement.prototype, "focus"],
    [Element.prototype, "scrollIntoView"],
  ]) {
    const method = prototype[name];
    prototype[name] = function (...how) {
      if (!isPlaying) method.apply(this, how);
    };
  }
  const { showModal } = HTMLDialogElement.prototype;
  HTMLDialogElement.prototype.showModal = function () {
    this.inert = isPlaying;
    showModal.call(this);
    this.inert = false;
  };

  const problems = [];
  document.addEventListener("soutien:problem", ({ detail }) => problems.push(detail));
  let verdict;
  const done = () => {
    isPlaying = false;
    tell("preview-shows", { wanted, verdict, problems });
  };

  // Does what the reader has done by the notice's own buttons: asks for the steps, and says that the site is allowed.
  const notice = () => [...document.querySelectorAll("[data-soutien]")].map(({ shadowRoot }) => shadowRoot?.querySelector("dialog[open]")).find(Boolean);
  const press = () => notice()?.querySelector(".first:not([hidden])").click();
  const play = () => {
    // In the place of an ad it may be out of sight.
    const { top, height } = notice()?.getBoundingClientRect() ?? {};
    if (options.view === "inline") scrollTo(0, scrollY + top - (innerHeight - height) / 2);
    if (scene === "ask") return done();
    press();
    if (scene === "steps") return done();
    refuses = scene === "still";
    if (scene === "reload") hide();
    // The notice has heard of the verdict once this event is over.
    document.addEventListener("soutien:verdict", () => setTimeout(done), { once: true });
    press();
  };
  document.addEventListener(
    "soutien:verdict",
    ({ detail }) => {
      verdict = detail;
      document.addEventListener("soutien:show", () => setTimeout(play), { once: true });
      // In a frame no policy asks, so the page does.
      setTimeout(() => Soutien.show());
    },
    { once: true },
  );
  // Where there will be no notice, there is nothing to wait for.
  document.addEventListener("soutien:problem", ({ detail }) => /no notice$/.test(detail.used) && done());
  tag.addEventListener("error", done);
})();
