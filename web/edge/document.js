// The document as the platform has it. An element of the page that is named `currentScript`, `body` or `cookie` stands in the place of what the
// document itself has under that name (https://html.spec.whatwg.org/#dom-document-nameditem), and may be markup of a stranger's: so everything is read
// through the prototype, where no element is. Where a node is meant, and not what it has, it is `window.document`.

const { document: node } = window;

export const document = new Proxy(Document.prototype, {
  get: (prototype, name) => {
    const value = Reflect.get(prototype, name, node);
    return value?.bind ? value.bind(node) : value;
  },
});
