// The block for the place of the inline notice, in the block editor. WordPress brings all that is used here.
"use strict";

(({ blocks, blockEditor, components, element }) => {
  const { createElement } = element;
  blocks.registerBlockType("soutien/place", {
    edit: () => createElement("div", blockEditor.useBlockProps(), createElement(components.Placeholder, { icon: "megaphone", label: soutienPlace })),
    save: () => null,
  });
})(window.wp);
