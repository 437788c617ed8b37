// The preview beside the settings: the real module on a page that the plugin brings along, with what the form has at the moment.
"use strict";

(() => {
  // How long typing has to rest before the preview is drawn anew, and how long it may take, in milliseconds.
  const REST_MS = 400;
  const PATIENCE_MS = 10000;

  const form = document.querySelector("#soutien-form");
  const frame = document.querySelector(".soutien-preview iframe");
  const seen = document.querySelector("#soutien-seen");
  const { page, language, site, baits, failure, problem } = soutienPreview;
  const text = language === "fr" ? "fr" : "en";
  let rest;
  let patience;

  // The options of the tag as the form has them, those that are not the default.
  const options = () => {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      const [, key] = /^soutien\[options\]\[([a-z-]+)\]/.exec(name) ?? [];
      if (key && value.trim()) found[key] = `${found[key] ?? ""} ${value}`.trim();
    }
    // Nothing is sent from here, and the notice is to be seen.
    delete found.endpoint;
    delete found.exempt;
    return { ...found, policy: "always", delay: "0s", share: "100" };
  };

  const draw = () => {
    const wanted = JSON.stringify({ options: options(), language: site, text, baits });
    if (wanted === frame.dataset.wanted) return;
    frame.dataset.wanted = wanted;
    frame.src = page;
    clearTimeout(patience);
    patience = setTimeout(() => (seen.textContent = failure), PATIENCE_MS);
  };

  frame.addEventListener("preview-shows", ({ detail }) => {
    clearTimeout(patience);
    const label = (key) => document.querySelector(`label[for="soutien-${key}"]`)?.textContent ?? key;
    const told = detail.problems.filter(({ key }) => document.querySelector(`#soutien-${key}`));
    seen.textContent = told.map(({ key, given, used }) => problem.replace("%1$s", label(key)).replace("%2$s", given).replace("%3$s", used)).join(" ");
  });
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      clearTimeout(rest);
      rest = setTimeout(draw, REST_MS);
    });
  }
  draw();
})();
