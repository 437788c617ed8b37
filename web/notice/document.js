// The document as the platform has it, which the notice is given by `web/edge/`: see `document.js` there.

export let document;
export const setDocument = (given) => (document = given);
