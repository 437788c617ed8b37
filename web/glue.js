// How texts cross between the module and JavaScript, and what the module exports. MEMORY, ROOM, START, REMIND and WAKE are the names of its exports,
// which the build puts in.

let module;
const memory = () => new Uint8Array(module[MEMORY].buffer);

// A call out of the module with texts, each as an address and a length, behind this many numbers.
export const withTexts = (call, numbers) => (...given) => {
  const texts = given.splice(numbers);
  while (texts.length) {
    const [start, length] = texts.splice(0, 2);
    given.push(new TextDecoder().decode(memory().subarray(start, start + length)));
  }
  return call(...given);
};

// Takes the instance of the module, and gives its `wake`.
export const finish = (instance) => {
  module = instance.exports;
  return module[WAKE];
};

// Room for texts that nobody keeps, and how much there is of it.
let room;
let size = 0;
const give = (call, text) => {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > size) {
    room = module[ROOM](bytes.length);
    size = bytes.length;
  }
  memory().set(bytes, room);
  call(room, bytes.length);
};
export const begin = (text) => {
  give(module[START], text);
  // Those are kept.
  size = 0;
};
export const remind = (text) => give(module[REMIND], text);
