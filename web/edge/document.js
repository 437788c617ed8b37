// The document as the platform has it. An element of the page that is named `currentScript`, `body` or `cookie` stands in the place of what the
// document itself has under that name (https://html.spec.whatwg.org/#dom-document-nameditem), and may be markup of a stranger's: so everything is read
// through the prototype, where no element is. Where a node is meant, and not what it has, it is `window.document`.

const { document: node } = window;

// Not a stand-in for the prototype, whose methods it could give no other way once a page has frozen it.
export const document = new Proxy({}, {
  get: (_, name) => {
    const value = Reflect.get(Document.prototype, name, node);
    return value?.bind?.(node) ?? value;
  },
});
