// What the tag gives its options, by the numbers of their keys; empty where the tag has none, or one that cannot be used. It is for what JavaScript
// does alone.
export const options = [];
export const option = (text) => options.push(text);
