// The block for the place of the inline notice, and the panel of a post on which nobody is asked. WordPress brings all that is used here.
"use strict";

(({ blocks, blockEditor, components, coreData, data, editor, editPost, element, plugins }) => {
  const { createElement } = element;
  const words = soutienWords;

  blocks.registerBlockType("soutien/place", {
    edit: () => createElement("div", blockEditor.useBlockProps(), createElement(components.Placeholder, { icon: "megaphone", label: words.place })),
    save: () => null,
  });

  // WordPress 6.6 has moved it.
  const Panel = editor.PluginDocumentSettingPanel ?? editPost.PluginDocumentSettingPanel;
  const Quiet = () => {
    const type = data.useSelect((select) => select("core/editor").getCurrentPostType(), []);
    const [meta, setMeta] = coreData.useEntityProp("postType", type, "meta");
    // A type without custom fields keeps nothing, and the editor of templates has no post.
    if (!meta || !(words.meta in meta)) return null;
    return createElement(
      Panel,
      { name: "soutien", title: words.panel },
      createElement(components.ToggleControl, {
        label: words.quiet,
        help: words.help,
        checked: meta[words.meta],
        onChange: (isQuiet) => setMeta({ ...meta, [words.meta]: isQuiet }),
        __nextHasNoMarginBottom: true,
      }),
    );
  };
  plugins.registerPlugin("soutien", { render: Quiet });
})(window.wp);
