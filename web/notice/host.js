// Where an element of ours stands in the page. Fetched with what needs such a place: the notice, and our own way back to the top.

// Every place and size that an element at the end of the page could change: by rules such as `body > :last-child`, or by being a cell of its own.
const layout = (elements) =>
  elements
    .map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x, y, width, height, element.scrollWidth, element.scrollHeight].join();
    })
    .join();

// Appends a host, which has to make no box in the page's flow, where it moves nothing of the page: at the end of an element of the page; of the body,
// whose tail frameworks leave alone when they take a page over (React 18 throws away a document with anything behind the body); behind the body
// where a rule for last or only children takes notice of it. A document need not have a body.
export default (host, place) => {
  // Of the document's own, whatever elements of the page are named; what an element has is its own in any case.
  const root = Reflect.get(Document.prototype, "documentElement", document);
  const parent = place ?? root.querySelector("body") ?? root;
  // Who keeps a page as markup and puts it back, as Turbo and htmx do, keeps a host without what is in it.
  for (const shell of root.querySelectorAll("div[data-soutien]:empty")) if (!shell.shadowRoot) shell.remove();
  const elements = [root, parent, ...parent.children];
  const before = layout(elements);
  parent.append(host);
  if (layout(elements) !== before) root.append(host);
};
