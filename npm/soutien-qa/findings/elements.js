// What a page shows: the elements that mean something to a reader, by names that are the same at the next visit, and what they do.

// What counts, whatever it contains. Anything else counts where it has text or a picture of its own.
const CONTROLS = "a[href],button,input:not([type=hidden]),select,textarea,summary,[role=button],[onclick]";
const HEADINGS = "h1,h2,h3,h4,h5,h6";
const MEDIA = "img,svg,video,audio,canvas,iframe,object,embed";
const DIALOGS = "dialog,[role=dialog],[role=alertdialog],[aria-modal=true]";
const CONTENT = `${CONTROLS},${HEADINGS},${MEDIA},${DIALOGS},form,nav`;

// What a consent dialog has in its text or name in most languages.
const CONSENT = /cookie|consen|gdpr|rgpd|privac|privat[ls]|datenschutz|vie privée|traceur|samty|toestem|integritet|tietosuoj/i;

// What is an ad by its own account: slots of ad networks, links that say so, and the word above them.
const ADS = `ins.adsbygoogle,amp-ad,[data-ad-client],[data-ad-slot],[data-ad-unit],[data-google-query-id],
  [id^="div-gpt-ad"],[id^="google_ads_iframe"],a[rel~=sponsored]`;
const AD_LABEL =
  /^\W*(ad|ads|advert|advertisement|annonces?|anzeige|pub|publicité|publicidad|pubblicità|sponsored|sponsorisé|werbung)\W*$/i;

// What pages have in frames of others that is no ad: films, maps, sound, payment, forms, and what tells people from machines.
const EMBEDDED = `youtube youtube-nocookie vimeo dailymotion openstreetmap spotify soundcloud deezer stripe paypal recaptcha hcaptcha typeform
  calendly datawrapper flourish infogram twitter x instagram tiktok`.split(/\s+/);
const isEmbedded = (hostname) => hostname.split(".").some((part) => EMBEDDED.includes(part)) || /^(maps|www)\.google\./.test(hostname);

// What covers less of the page is no dialog, in square pixels.
const LEAST_DIALOG = 12_000;

// The most elements that are told of; longer pages are judged by their beginning.
const MOST = 4_000;
const MOST_TEXT = 48;

// Names that are made up anew at each visit: long numbers, hashes, and the counters of frameworks.
const isMadeUp = (name) => /\d{4,}|(?=[a-z]*\d)[0-9a-f]{8,}|^[:_]r|^«r|^radix-|^ember\d|^react-/i.test(name);

const isOurs = (element) => element.hasAttribute("data-soutien");
const oneLine = (text, most = MOST_TEXT) => (text ?? "").replace(/\s+/g, " ").trim().slice(0, most);
const ownText = (element) => {
  const texts = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
  return oneLine(texts.map(({ data }) => data).join(" "));
};

export const pathOf = (address) => {
  try {
    const { origin, pathname, protocol } = new URL(address, document.baseURI);
    if (!/^https?:$/.test(protocol)) return protocol;
    return origin === location.origin ? pathname : `${origin}${pathname}`;
  } catch {
    return "";
  }
};

// The first text in an element, which is what a person takes for its name.
const firstText = (element) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.data.trim()) return walker.currentNode.data;
  return "";
};

// What an element is called by the page itself, whether it shows or not.
const nameOf = (element) => {
  const given = ["aria-label", "alt", "placeholder", "title"].map((name) => element.getAttribute(name)).find(Boolean);
  return oneLine(given || ownText(element) || firstText(element) || element.value || element.getAttribute("name") || "");
};

// A selector that a person recognises, and that is the same at the next visit.
export const selectorOf = (element) => {
  if (element.id && !isMadeUp(element.id)) return `${element.localName}#${CSS.escape(element.id)}`;
  const classes = [...element.classList].filter((name) => !isMadeUp(name)).slice(0, 3);
  const own = element.localName + classes.map((name) => `.${CSS.escape(name)}`).join("");
  const parent = element.parentElement;
  if (!parent || parent === document.body || parent === document.documentElement) return own;
  const near = selectorOf(parent).split(" ").slice(-2).join(" ");
  return `${near} ${own}`;
};

const keyOf = (element) => {
  const id = element.id && !isMadeUp(element.id) ? `#${element.id}` : "";
  const leads = element.getAttribute("href") ?? element.getAttribute("src") ?? element.getAttribute("action");
  const named = element.getAttribute("name") ?? "";
  const text = element.matches(`form,nav,${DIALOGS}`) ? "" : nameOf(element);
  const bare = !id && !leads && !named && !text ? `.${[...element.classList].filter((name) => !isMadeUp(name)).join(".")}` : "";
  return [element.localName, id, leads === null ? "" : pathOf(leads), named, text, bare].join("|");
};

const boxOf = (element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left + scrollX, top + scrollY, width, height].map(Math.round);
};

const isShown = (element, [left, top, width, height]) =>
  width * height >= 16 &&
  left + width > 0 &&
  top + height > 0 &&
  element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

const parentOf = (element) => element.parentElement ?? (element.getRootNode() instanceof ShadowRoot ? element.getRootNode().host : null);

// The outermost element that keeps this one from being shown.
const hiderOf = (element) => {
  let hider = element;
  for (let one = element; one && one !== document.documentElement; one = parentOf(one)) {
    const { display, visibility, opacity } = getComputedStyle(one);
    if (display === "none" || visibility !== "visible" || Number(opacity) === 0) hider = one;
  }
  return hider;
};

const hasPicture = (element) => /url\(/.test(getComputedStyle(element).backgroundImage);

// Whether an element stands over the page and asks for consent to cookies and the like.
// What is hidden has no size, and is one all the same.
const isConsent = (element, [, , width, height]) => {
  const stands = element.matches(DIALOGS) || ["fixed", "sticky"].includes(getComputedStyle(element).position);
  if (!stands || (width * height > 0 && width * height < LEAST_DIALOG) || element.matches("nav,header")) return false;
  return Boolean(element.querySelector(`${CONTROLS},iframe`)) && CONSENT.test(`${element.id} ${element.className} ${element.textContent}`);
};

// What answers a click or a key on an element: its own handlers, and those of what is around it, but of no whole page.
const answersOf = (element, handlersOf) => {
  const types = new Set();
  for (let one = element; one && one !== document.body; one = parentOf(one)) {
    for (const type of handlersOf(one)) types.add(type);
    for (const type of ["click", "submit", "change"]) if (typeof one[`on${type}`] === "function") types.add(type);
    // React listens at its root, and keeps with each element what it does.
    const react = Object.keys(one).find((key) => key.startsWith("__reactProps$"));
    if (react) for (const key of Object.keys(one[react])) if (/^on[A-Z]/.test(key)) types.add(key.slice(2).toLowerCase());
  }
  return [...types].sort();
};

// Where a control leads, as requests that the browser would make.
const targetsOf = (element, answers) => {
  const targets = [];
  const add = (address, kind) => {
    try {
      const url = new URL(address, document.baseURI);
      if (/^https?:$/.test(url.protocol)) targets.push({ address: url.href, kind });
    } catch {}
  };
  for (const { name, value } of element.attributes) {
    const isOfHtmx = /^(data-)?hx-(get|post|put|patch|delete)$/.test(name);
    const isOfScript = /^data-.*(url|action|endpoint|href|src)$/.test(name) && /^(\/|https?:)/.test(value);
    if (isOfHtmx || isOfScript) add(value, "xmlhttprequest");
    // What is written into the page says where it leads; what is in scripts does not.
    if (/^on(click|submit|change)$/.test(name)) {
      for (const [, path] of value.matchAll(/fetch\(\s*["'`]([^"'`]+)["'`]/g)) add(path, "xmlhttprequest");
    }
  }
  if (element.localName === "form") {
    // `action` may be the name of a field.
    const action = element.getAttribute("action") ?? "";
    const frame = element.getAttribute("target");
    const isScripted = answers.includes("submit") || Boolean(window.Turbo);
    add(action, isScripted ? "xmlhttprequest" : frame && !frame.startsWith("_") ? "sub_frame" : "main_frame");
  }
  if (element.localName === "a" && /^https?:$/.test(element.protocol)) add(element.href, "main_frame");
  return targets;
};

// Whether something else of the page lies over a control, which then gets no clicks. Nothing of ours counts.
const isCovered = (element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
  const first = document.elementsFromPoint(x, y).find((one) => !isOurs(one));
  if (!first || first.contains(element) || element.contains(first)) return false;
  return !(first.closest("label")?.control === element) && !first.getRootNode().host?.contains(element);
};

const kindOf = (element, isDialog) => {
  if (isDialog) return "dialog";
  if (element.matches(HEADINGS)) return "heading";
  if (element.localName === "form") return "form";
  if (element.localName === "nav") return "nav";
  if (element.matches("input:not([type=hidden]),select,textarea")) return "field";
  if (element.localName === "a" && element.hasAttribute("href")) return "link";
  if (element.matches(CONTROLS)) return "button";
  if (element.matches(MEDIA)) return "media";
  return "text";
};

const everyElement = function* (root) {
  for (const element of root.children) {
    if (isOurs(element) || element.matches("script,style,link,meta,template,noscript,head")) continue;
    yield element;
    if (element.localName === "svg") continue;
    if (element.shadowRoot) yield* everyElement(element.shadowRoot);
    yield* everyElement(element);
  }
};

const isForeign = (address) => /^https?:/.test(pathOf(address));

const isAd = (element, kind, source) => {
  if (element.closest(ADS) || (kind === "text" && AD_LABEL.test(ownText(element)))) return true;
  if (!source || !isForeign(source)) return false;
  return element.localName === "iframe" ? !isEmbedded(new URL(source).hostname) : Boolean(element.closest("a"));
};

// Whether a control does something without any script: a link that leads somewhere, a form with an address, and what belongs to a form.
const isPlain = (element, kind) => {
  if (kind === "link") return !/^(#|javascript:|$)/.test(element.getAttribute("href") ?? "");
  return kind === "form" ? Boolean(element.getAttribute("action")) : Boolean(element.form);
};

const fits = (element, selector) => {
  try {
    return element.matches(selector);
  } catch {
    // The selector is not one that this browser knows.
    return false;
  }
};

// The elements of the page, in its order. `handlersOf` gives the handlers of one, `selectors` those by which a blocker hides.
export const elements = (handlersOf, selectors) => {
  const records = [];
  const counts = new Map();
  const hiders = new Map();
  const describe = (hider) => {
    if (!hiders.has(hider)) {
      const fitting = selectors.filter((selector) => fits(hider, selector));
      hiders.set(hider, { where: selectorOf(hider), selectors: fitting, source: hider.currentSrc || hider.src || "" });
    }
    return hiders.get(hider);
  };
  for (const element of everyElement(document)) {
    if (records.length >= MOST) break;
    const box = boxOf(element);
    const asksConsent = isConsent(element, box);
    if (!asksConsent && !element.matches(CONTENT) && ownText(element).length < 2 && !hasPicture(element)) continue;
    const key = keyOf(element);
    const number = counts.get(key) ?? 0;
    counts.set(key, number + 1);
    const kind = kindOf(element, asksConsent || element.matches(DIALOGS));
    const shown = isShown(element, box);
    const source = kind === "media" ? element.currentSrc || element.src || element.data || "" : "";
    const record = { key: number ? `${key}|${number}` : key, kind, where: selectorOf(element), name: nameOf(element), box, shown };
    if (source) record.source = source;
    if (element.matches("h1")) record.main = true;
    if (asksConsent) record.consent = true;
    if (isAd(element, kind, source)) record.ad = true;
    if (["button", "link", "form", "field"].includes(kind)) {
      record.answers = answersOf(element, handlersOf);
      record.targets = targetsOf(element, record.answers);
      record.covered = shown && isCovered(element);
      record.plain = isPlain(element, kind);
    }
    if (!shown) record.hider = describe(hiderOf(element));
    records.push(record);
  }
  return records;
};

// Whether the page lets nobody scroll though there is more of it.
export const isLocked = () => {
  const root = document.scrollingElement ?? document.documentElement;
  const hides = (element) => element && ["hidden", "clip"].includes(getComputedStyle(element).overflowY);
  return (hides(document.documentElement) || hides(document.body)) && root.scrollHeight > innerHeight + 100;
};
