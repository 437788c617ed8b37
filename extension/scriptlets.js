// The scriptlets that are played, by the names of `backend/src/filter.rs`. Each runs in the page itself, where nothing of this file
// is, so that each has to bring along all that it uses. What they do is described at
// https://github.com/gorhill/uBlock/wiki/Resources-Library.

export const scriptlets = {
  // Pins a property of the page, `a.b.c`, to a value.
  "set-constant": (path, word) => {
    const values = {
      undefined: undefined,
      false: false,
      true: true,
      null: null,
      "": "",
      "''": "",
      emptyArr: [],
      "[]": [],
      emptyObj: {},
      "{}": {},
      noopFunc: () => {},
      trueFunc: () => true,
      falseFunc: () => false,
    };
    if (!Object.hasOwn(values, word) && !/^-?\d+$/.test(word)) return;
    const value = Object.hasOwn(values, word) ? values[word] : Number(word);
    const pin = (owner, [name, ...rest]) => {
      if (rest.length === 0) {
        const before = Object.getOwnPropertyDescriptor(owner, name);
        if (before && !before.configurable) return;
        Object.defineProperty(owner, name, { configurable: true, enumerable: true, get: () => value, set: () => {} });
        return;
      }
      const present = owner[name];
      if (present instanceof Object) {
        pin(present, rest);
        return;
      }
      // The page has not made it yet.
      let later = present;
      Object.defineProperty(owner, name, {
        configurable: true,
        enumerable: true,
        get: () => later,
        set: (given) => {
          later = given;
          if (given instanceof Object) pin(given, rest);
        },
      });
    };
    pin(window, path.split("."));
  },

  // Stops a script that reads a property of the page.
  "abort-on-property-read": (path) => {
    const mark = Math.random().toString(36).slice(2);
    const stop = () => {
      throw new ReferenceError(mark);
    };
    const guard = (owner, [name, ...rest]) => {
      if (rest.length === 0) {
        const before = Object.getOwnPropertyDescriptor(owner, name);
        if (before && !before.configurable) return;
        Object.defineProperty(owner, name, { configurable: true, get: stop, set: () => {} });
        return;
      }
      const present = owner[name];
      if (present instanceof Object) {
        guard(present, rest);
        return;
      }
      let later = present;
      Object.defineProperty(owner, name, {
        configurable: true,
        get: () => later,
        set: (given) => {
          later = given;
          if (given instanceof Object) guard(given, rest);
        },
      });
    };
    guard(window, path.split("."));
    // The page's console is spared the error that stops the script.
    window.addEventListener("error", (event) => {
      if (!event.message?.includes(mark)) return;
      event.stopImmediatePropagation();
      event.preventDefault();
    });
  },

  // Answers a `fetch` of an address that fits with an empty text, without a request.
  "prevent-fetch": (pattern = "", body = "") => {
    const toTest = (text) => {
      const isExpression = text.length > 2 && text.startsWith("/") && text.endsWith("/");
      const expression = isExpression ? new RegExp(text.slice(1, -1)) : undefined;
      return (value) => (expression ? expression.test(value) : value.includes(text));
    };
    const tests = pattern
      .split(/\s+/)
      .filter((part) => part !== "")
      .map((part) => {
        const [, key, value] = /^(url|method|mode|cache|credentials|destination):(.*)$/.exec(part) ?? [undefined, "url", part];
        const isMatch = toTest(value);
        return (details) => isMatch(String(details[key] ?? ""));
      });
    const bodies = { emptyObj: "{}", emptyArr: "[]", emptyStr: "", true: "true", false: "false" };
    window.fetch = new Proxy(window.fetch, {
      apply: (target, self, given) => {
        let details;
        try {
          const { url, method, mode, cache, credentials, destination } = new Request(...given);
          details = { url, method, mode, cache, credentials, destination };
        } catch {
          return Reflect.apply(target, self, given);
        }
        if (!tests.every((test) => test(details))) return Reflect.apply(target, self, given);
        const response = new Response(bodies[body] ?? "", { status: 200, statusText: "OK" });
        Object.defineProperty(response, "url", { value: details.url });
        return Promise.resolve(response);
      },
    });
  },

  // Keeps a timer from running whose code and delay fit.
  "prevent-setTimeout": (needle = "", delay = "") => {
    const toTest = (text) => {
      const isExpression = text.length > 2 && text.startsWith("/") && text.endsWith("/");
      const expression = isExpression ? new RegExp(text.slice(1, -1)) : undefined;
      return (value) => (expression ? expression.test(value) : value.includes(text));
    };
    const isNegated = needle.startsWith("!");
    const fitsCode = toTest(isNegated ? needle.slice(1) : needle);
    const isOtherDelay = delay.startsWith("!");
    const wanted = parseInt(isOtherDelay ? delay.slice(1) : delay, 10);
    window.setTimeout = new Proxy(window.setTimeout, {
      apply: (target, self, given) => {
        const code = given[0] instanceof Function ? Function.prototype.toString.call(given[0]) : String(given[0]);
        const fitsDelay = Number.isNaN(wanted) || (given[1] === wanted) !== isOtherDelay;
        const isHit = fitsCode(code) !== isNegated && fitsDelay;
        if (isHit) given[0] = () => {};
        return Reflect.apply(target, self, given);
      },
    });
  },
};
