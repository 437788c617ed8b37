// What whoever steers a browser evaluates on a page to have an observation of it, which is what `judge` takes. The page has to be one with the
// variant of the extension for machines.
export const observation = () =>
  new Promise((done) => {
    document.addEventListener("soutien:observation", ({ detail }) => done(JSON.parse(detail)), { once: true });
    document.dispatchEvent(new CustomEvent("soutien:observe"));
  });
