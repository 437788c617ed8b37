// The panel of the block editor that says whether anybody is asked on this post. WordPress brings all that is used here.
"use strict";

(({ components, coreData, data, editor, editPost, element, plugins }) => {
  const { createElement } = element;
  const { panel, label, help, key } = soutienQuiet;
  // WordPress 6.6 has moved it.
  const Panel = editor.PluginDocumentSettingPanel ?? editPost.PluginDocumentSettingPanel;
  const Quiet = () => {
    const type = data.useSelect((select) => select("core/editor").getCurrentPostType(), []);
    const [meta, setMeta] = coreData.useEntityProp("postType", type, "meta");
    // A type without custom fields keeps nothing, and the editor of templates has no post.
    if (!meta || !(key in meta)) return null;
    return createElement(
      Panel,
      { name: "soutien", title: panel },
      createElement(components.ToggleControl, {
        label,
        help,
        checked: meta[key],
        onChange: (isQuiet) => setMeta({ ...meta, [key]: isQuiet }),
        __nextHasNoMarginBottom: true,
      }),
    );
  };
  plugins.registerPlugin("soutien", { render: Quiet });
})(window.wp);
