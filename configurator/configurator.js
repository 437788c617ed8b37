// The configurator: form controls for every option of options.json, which the build writes from src/reference.rs, a preview by the real
// module, and the tag to copy. It knows no option by its name; what is wrong with a value, the module in the preview says.

const FOLDER = new URL("../soutien/", document.baseURI);

// How long typing has to rest before the preview is drawn anew, and how long it may take, in milliseconds.
const REST_MS = 300;
const LIMIT_MS = 10_000;

// Windows of readers, in CSS pixels: how wide they are, and how high at the least. What is drawn smaller than this could not be read.
const WINDOWS = { desktop: [1280, 0], phone: [390, 700] };
const LEAST_SCALE = 0.65;

// Up to how many choices are shown at once.
const MOST_RADIOS = 6;

// Names of controls that are no options begin so.
const OWN = "page.";

const root = document.documentElement;
const form = document.querySelector("form");
const frame = document.querySelector("iframe");
const stage = document.querySelector(".stage");
const part = (id) => document.getElementById(id);

const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value != null) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

// A text in which `code` is marked as in Markdown; of links, the words are left.
const marked = (text) =>
  text
    .replace(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .split(/`([^`]+)`/)
    .map((piece, index) => (index % 2 ? make("code", { translate: "no" }, piece) : piece));

// A text in both languages, of which the page shows one.
const both = (english, french) => [
  make("span", { class: "en", lang: "en" }, ...marked(english)),
  make("span", { class: "fr", lang: "fr" }, ...marked(french)),
];

// Says something in a live region, where that does not say it already.
const say = (element, english, french) => {
  const said = english && both(english, french);
  if (element.textContent === (said ? said.map(({ textContent }) => textContent).join("") : "")) return;
  element.replaceChildren(...(said || []));
};

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;

const nameOf = (language) => {
  try {
    return `${new Intl.DisplayNames([language], { type: "language" }).of(language)} (${language})`;
  } catch {
    return language;
  }
};

// A field: what it is called, its controls, what it does, and what is wrong with it.
const field = (id, label, controls, about, isGroup) => {
  const name = make("span", {}, ...label, make("code", { translate: "no" }, id));
  const problem = make("p", { id: `${id}-problem`, class: "problem", role: "status" });
  if (!isGroup) return make("div", { class: "field" }, make("label", { for: id }, name), ...controls, ...about, problem);
  const group = { class: "field", role: "group", "aria-labelledby": `${id}-name` };
  return make("div", group, make("p", { id: `${id}-name`, class: "name" }, name), make("div", { class: "choices" }, ...controls), ...about, problem);
};

// The field of an option. A choice that is empty is labelled by what the default is called.
const optionField = ({ key, label, control, choices, least, most, values, initial, initialWords, example, does }) => {
  const id = `data-${key}`;
  const common = { name: id, "aria-describedby": `${id}-does ${id}-problem` };
  const name = both(`${label.en} `, `${label.fr} `);
  const about = make("p", { id: `${id}-does` }, ...both(sentence(does.en), sentence(does.fr)));
  const several = control === "several";
  if (several || (control === "choice" && choices.length <= MOST_RADIOS)) {
    const marks = choices.map((choice) => {
      const mark = make("input", { type: several ? "checkbox" : "radio", value: choice, ...common });
      mark.defaultChecked = several ? initial.split(" ").includes(choice) : choice === initial;
      const words = choice ? [make("code", { translate: "no" }, choice)] : both(initialWords.en, initialWords.fr);
      return make("label", {}, mark, ...words);
    });
    return field(id, name, marks, [about], true);
  }
  if (control === "choice") {
    const options = choices.map((choice) => new Option(choice === initial ? choice : nameOf(choice), choice, choice === initial));
    return field(id, name, [make("select", { id, ...common }, ...options)], [about]);
  }
  const kind = control === "number" ? { type: "number", min: least, max: most } : { placeholder: example, spellcheck: false, autocapitalize: "none" };
  const input = make("input", { id, value: initial, ...common, ...kind });
  const shape = make("p", {}, ...both(`${values.en}; default: ${initialWords.en}`, `${values.fr}\u202f; par défaut\u00a0: ${initialWords.fr}`));
  return field(id, name, [input], [about, shape]);
};

// The custom properties of the notice's style sheet, with what they are without.
const properties = (css) => {
  const found = new Map();
  for (const { 1: name, index, 0: start } of css.matchAll(/var\((--soutien-[a-z-]+),\s*/g)) {
    let end = index + start.length;
    for (let depth = 1; depth > 0 && end < css.length; end++) depth += css[end] === "(" ? 1 : css[end] === ")" ? -1 : 0;
    found.set(name, css.slice(index + start.length, end - 1).trim().replaceAll(",", ", "));
  }
  return found;
};

const lookField = ([id, initial]) =>
  field(id, [], [make("input", { id, name: id, placeholder: initial, spellcheck: false, autocapitalize: "none", "aria-describedby": `${id}-problem` })], []);

// The form as it is: the values of each name, with spaces between them.
const read = () => {
  const data = new FormData(form);
  return new Map([...new Set([...form.elements].map(({ name }) => name).filter(Boolean))].map((name) => [name, data.getAll(name).join(" ")]));
};

// Sets the controls of a name. What none of them can take is left out.
const set = (name, value) => {
  const controls = [...form.elements].filter((control) => control.name === name);
  for (const control of controls) {
    if (control.type === "checkbox") control.checked = value.split(" ").includes(control.value);
    else if (control.type === "radio") control.checked ||= control.value === value;
    else if (control.localName !== "select" || [...control.options].some((option) => option.value === value)) control.value = value;
  }
};

// Where the address of the page keeps what differs from the defaults.
const restore = () => {
  form.reset();
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) set(name, value);
};
const keep = (values) => {
  const chosen = [...values].filter(([name, value]) => value !== initials.get(name));
  history.replaceState(null, "", chosen.length > 0 ? `#${new URLSearchParams(chosen)}` : location.pathname + location.search);
};

const escaped = (value) => value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

const camel = (key) => key.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

// The folder as an address that ends with a slash.
const folderOf = (values) => values.get(`${OWN}folder`).trim().replace(/[^/]$/, "$&/") || "/";

let attributes;
let baits;
let integrity;
let initials;
// What the module in the preview has said of values: the option, what was given, and what is used.
let problems = [];

// The options that differ from their defaults.
const chosen = (values) =>
  attributes
    .map((attribute) => ({ ...attribute, value: values.get(`data-${attribute.key}`).trim() }))
    .filter(({ value, initial }) => value && value !== initial);

const problemOf = ({ key, value }) => problems.find((problem) => problem.key === key && problem.given.trim() === value);

// Those that the module takes as they are.
const taken = (values) => chosen(values).filter((option) => !problemOf(option));

const look = (values) => [...values].filter(([name, value]) => name.startsWith("--") && value.trim()).map(([name, value]) => [name, value.trim()]);

// Whether CSS takes this as the value of a property.
const isValue = (name, value) => {
  const { style } = make("div", {});
  style.setProperty(name, value);
  return style.length > 0;
};

const write = (values) => {
  const folder = folderOf(values);
  const hash = values.get(`${OWN}integrity`) ? integrity : undefined;
  const options = taken(values);
  const pairs = [["src", `${folder}soutien.js`]];
  if (hash) pairs.push(["integrity", hash]);
  // Another origin has to allow that its file is looked at.
  if (hash && /^([a-z]+:)?\/\//i.test(folder)) pairs.push(["crossorigin", "anonymous"]);
  for (const { key, value } of options) pairs.push([`data-${key}`, value]);
  part("tag").textContent = `<script async ${pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join("\n  ")}></script>`;

  const lines = options.map(({ key, control, value }) => `  ${camel(key)}: ${control === "number" ? Number(value) : JSON.stringify(value)},\n`);
  if (hash) lines.unshift(`  integrity: ${JSON.stringify(hash)},\n`);
  if (folder !== "/assets/soutien/") lines.unshift(`  base: ${JSON.stringify(folder)},\n`);
  part("npm").textContent = `import { start } from "soutien";\n\nstart(${lines.length > 0 ? `{\n${lines.join("")}}` : ""});`;

  const styles = look(values).filter(([name, value]) => isValue(name, value));
  part("style-part").hidden = styles.length === 0;
  part("style").textContent = `:root {\n${styles.map(([name, value]) => `  ${name}: ${value};\n`).join("")}}`;
};

// Says beside each field what is wrong with its value.
const judge = (values) => {
  const tell = (name, english, french) => {
    say(part(`${name}-problem`), english, french);
    const control = part(name);
    if (english) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  };
  const options = chosen(values);
  for (const attribute of attributes) {
    const option = options.find(({ key }) => key === attribute.key);
    const name = `data-${attribute.key}`;
    const isUnreadable = part(name)?.validity.badInput;
    const used = isUnreadable ? attribute.initial : option && problemOf(option)?.used;
    if (used === undefined) tell(name);
    else {
      tell(
        name,
        `Soutien does not take this, and would use: \`${used}\`. It is not in the tag.`,
        `Soutien n’accepte pas cette valeur et utiliserait\u00a0: \`${used}\`. Elle n’est pas dans la balise.`,
      );
    }
  }
  for (const [name] of values) {
    if (!name.startsWith("--")) continue;
    const value = values.get(name).trim();
    if (!value || isValue(name, value)) tell(name);
    else tell(name, "CSS does not take this. It is not among the styles.", "CSS n’accepte pas cette valeur. Elle n’est pas parmi les styles.");
  }
};

let timer;
let deadline;
// Whether the preview runs, which a site can forbid.
let hasBegun;

// Draws the preview anew.
const draw = (values) => {
  const own = (name) => values.get(OWN + name);
  frame.dataset.wanted = JSON.stringify({
    options: Object.fromEntries(chosen(values).map(({ key, value }) => [key, value])),
    look: Object.fromEntries(look(values)),
    blocker: own("blocker"),
    scene: own("scene"),
    language: own("language"),
    text: root.lang,
    baits,
  });
  frame.style.colorScheme = own("scheme");
  hasBegun = false;
  frame.src = "preview.html";
  clearTimeout(deadline);
  deadline = setTimeout(shown, LIMIT_MS, {});
};

const CAUSES = {
  extension: ["an extension blocks ads", "c’est une extension qui bloque"],
  network: ["the network blocks ads", "c’est le réseau qui bloque"],
  browser: ["the browser blocks ads", "c’est le navigateur qui bloque"],
};

// Takes in what the preview shows, unless that is of the past.
const shown = ({ wanted, verdict, problems: heard }) => {
  if (timer || (wanted && wanted !== frame.dataset.wanted)) return;
  clearTimeout(deadline);
  const values = read();
  if (heard) problems = heard;
  const others = (heard ?? []).filter(({ key }) => !attributes.some((attribute) => attribute.key === key));
  const seen = part("seen");
  const refused = chosen(values).filter(problemOf).map(({ key }) => `\`data-${key}\``).join(", ");
  if (others.length > 0) {
    const list = others.map(({ key, given, used }) => `\`${key}\`: \`${given}\` → \`${used}\``).join("; ");
    say(seen, `Soutien tells of a problem here: ${list}.`, `Soutien signale ici un problème\u00a0: ${list}.`);
  } else if (!verdict) {
    say(
      seen,
      "The preview cannot be shown. Do the headers of this site forbid frames (`X-Frame-Options`, `frame-ancestors`)? Is the folder of Soutien beside that of this page?",
      "L’aperçu ne peut pas s’afficher. Les en-têtes de ce site interdisent-ils les cadres (`X-Frame-Options`, `frame-ancestors`)\u202f? Le dossier de Soutien est-il à côté de celui de cette page\u202f?",
    );
  } else if (verdict.cause !== values.get(`${OWN}blocker`)) {
    const [english, french] = CAUSES[verdict.cause] ?? ["nothing blocks ads for certain", "rien ne bloque à coup sûr"];
    say(
      seen,
      `The module found something else: ${english}. Does a blocker of your own act on this page?`,
      `Le module constate autre chose\u00a0: ${french} les publicités. Votre propre bloqueur agit-il sur cette page\u202f?`,
    );
  } else {
    const [english, french] = CAUSES[verdict.cause];
    say(
      seen,
      `The module found that ${english}.${refused && ` It does not take ${refused}.`}`,
      `Le module constate\u00a0: ${french} les publicités.${refused && ` Il n’accepte pas ${refused}.`}`,
    );
  }
  judge(values);
  write(values);
  root.dataset.state = "ready";
};

// Fits a reader's window into the room that there is.
const fit = () => {
  const [width, height] = WINDOWS[read().get(`${OWN}window`)];
  const { clientWidth, clientHeight } = stage;
  const scale = Math.min(1, clientWidth / width, height ? Math.max(LEAST_SCALE, clientHeight / height) : 1);
  frame.style.width = `${width}px`;
  frame.style.height = `${clientHeight / scale}px`;
  frame.style.transform = `scale(${scale})`;
  frame.style.insetInlineStart = `${(clientWidth - width * scale) / 2}px`;
};

const changed = () => {
  root.dataset.state = "busy";
  const values = read();
  judge(values);
  write(values);
  fit();
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = undefined;
    keep(values);
    draw(values);
  }, REST_MS);
};

const speak = (language) => {
  // The page of the preview speaks the same, unless another language was chosen.
  const select = part("page-language");
  if (select.value === root.lang) set(select.name, language);
  root.lang = language;
  document.title = document.querySelector(`h1 .${language}`).textContent;
  frame.title = document.querySelector(`#preview-title .${language}`).textContent;
};

const copy = async (element) => {
  const text = element.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https there is no clipboard to write to, but what is selected can be copied.
    getSelection().selectAllChildren(element);
    if (!document.execCommand("copy")) {
      return say(part("copied"), "It cannot be copied here, but it is selected.", "La copie est impossible ici, mais le texte est sélectionné.");
    }
  }
  // The same words again would not be said.
  part("copied").replaceChildren();
  setTimeout(() => say(part("copied"), "Copied.", "Copié."));
};

const get = async (address, kind) => {
  const response = await fetch(address, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${address} → ${response.status}`);
  return response[kind]();
};

const begin = async () => {
  const options = await get("options.json", "json");
  const manifest = await get(new URL("manifest.json", FOLDER), "json");
  const css = await get(new URL("appeal.css", FOLDER), "text");
  ({ attributes, baits } = options);
  integrity = manifest.files.find(({ name }) => name === "soutien.js").integrity;
  const languages = manifest.files.map(({ name }) => /^lang\/(.+)\.json$/.exec(name)?.[1]).filter(Boolean);
  part("attributes").append(...attributes.map(optionField));
  part("look").append(...[...properties(css)].map(lookField));
  part("page-language").append(...languages.map((language) => new Option(nameOf(language), language, language === root.lang)));
  if (options.version !== manifest.version) {
    say(
      part("failure"),
      `This page is of Soutien ${options.version}, and the folder beside it of ${manifest.version}: copy both from one release.`,
      `Cette page est de Soutien ${options.version}, et le dossier voisin de ${manifest.version}\u00a0: copiez les deux d’une même version.`,
    );
  }
  document.querySelector("[value=phone]").defaultChecked = matchMedia("(max-width: 40rem)").matches;
  form.reset();
  initials = read();
  restore();
  changed();

  form.addEventListener("input", changed);
  // Tools that choose from a list for somebody may tell of that by this event alone.
  form.addEventListener("change", ({ target }) => target.localName === "select" && changed());
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => {
    restore();
    changed();
  });
  part("again").addEventListener("click", changed);
  part("defaults").addEventListener("click", () => {
    form.reset();
    changed();
  });
  part("language").addEventListener("click", changed);
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copy(part(button.dataset.copy)));
  }
  new ResizeObserver(fit).observe(stage);
  frame.addEventListener("preview-begins", () => (hasBegun = true));
  frame.addEventListener("preview-shows", ({ detail }) => shown(detail));
  frame.addEventListener("load", () => hasBegun === false && shown({}));
};

speak(navigator.language.startsWith("fr") ? "fr" : "en");
part("language").addEventListener("click", () => speak(root.lang === "fr" ? "en" : "fr"));
begin().catch((error) => {
  root.dataset.state = "failed";
  say(
    part("failure"),
    `What this page shows cannot be loaded: ${error.message}. The folder \`soutien\` of the same release has to be beside its own, on a server.`,
    `Ce que cette page montre ne peut pas être chargé\u00a0: ${error.message}. Le dossier \`soutien\` de la même version doit se trouver à côté du sien, sur un serveur.`,
  );
});
