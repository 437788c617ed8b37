// A host's name as people read it, by RFC 3492. Fetched only where the site's own has letters that the name system has not.

// A part of the name; what is broken stays as it is.
const readable = (label) => {
  if (!label.startsWith("xn--")) return label;
  const end = label.lastIndexOf("-");
  const letters = [...label.slice(4, Math.max(end, 4))];
  let [letter, index, bias] = [128, 0, 72];
  try {
    for (let at = end > 4 ? end + 1 : 4; at < label.length; ) {
      const before = index;
      for (let weight = 1, step = 36; ; step += 36) {
        const digit = parseInt(label[at++] ?? "", 36);
        // Letters come first, and digits after them.
        const value = digit < 10 ? digit + 26 : digit - 10;
        if (!(value >= 0)) return label;
        index += value * weight;
        const threshold = Math.min(Math.max(step - bias, 1), 26);
        if (value < threshold) break;
        weight *= 36 - threshold;
      }
      const length = letters.length + 1;
      let delta = Math.floor((index - before) / (before ? 2 : 700));
      delta += Math.floor(delta / length);
      for (bias = 0; delta > 455; bias += 36) delta = Math.floor(delta / 35);
      bias += Math.floor((36 * delta) / (delta + 38));
      letter += Math.floor(index / length);
      index %= length;
      letters.splice(index++, 0, String.fromCodePoint(letter));
    }
    return letters.join("");
  } catch {
    return label;
  }
};

export default (hostname) => hostname.split(".").map(readable).join(".");
