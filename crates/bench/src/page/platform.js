// What the browser itself takes for what this module asks of it: the module fetched and started, the bait elements written and taken away again, a
// script, an image and a text requested. Nothing is done with any of it, so no detector that asks as much of a page can cost it less.
"use strict";

requestIdleCallback(async () => {
  const response = await fetch("/soutien/soutien.wasm", { cache: "no-store" });
  const module = await WebAssembly.compile(await response.arrayBuffer());
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
  await WebAssembly.instantiate(module, imports);

  const container = document.createElement("div");
  container.style = "all:initial;position:fixed;top:0;left:0;opacity:0;pointer-events:none;z-index:-2147483648;contain:strict;width:300px;height:600px";
  for (let count = 0; count < 8; count++) {
    const element = document.createElement("div");
    element.className = `platform-${count}`;
    element.style = "display:block;width:300px;height:75px";
    element.textContent = "\u00a0";
    container.append(element);
  }
  document.body.append(container);
  import("/soutien/probe.js?script");
  new Image().src = "/soutien/probe.gif?image";
  fetch("/soutien/probe.js?text", { cache: "no-store" }).then((response) => response.text());
  setTimeout(() => {
    container.remove();
    observed.answer();
  }, 1100);
});
