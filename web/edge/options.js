// The options that are texts for what JavaScript does alone, by the numbers of their keys; empty where the tag has none.
export const options = [];
export const option = (key, text) => (options[key] = text);
