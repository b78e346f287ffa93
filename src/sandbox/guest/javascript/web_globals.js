/** The parts of the URL standard that the engine's `url` extension lacks: the other constructors of
 *  URLSearchParams, and `url.searchParams`. Also a depth limit for native code that recurses:
 *  without it, V8 would stop that code at a depth that differs between machines. A convenience for
 *  bots: the sandbox itself does not depend on it. */
(function () {
  "use strict";

  const { apply } = Reflect;
  const { isArray } = Array;
  const { RangeError } = globalThis;
  const { charCodeAt, indexOf } = String.prototype;
  const { flat } = Array.prototype;
  const { parse } = JSON;
  /** The depth that native code can reach on every machine. */
  const MAX_LEVELS = 10_000;
  const tooDeep = () => {
    throw new RangeError("Maximum call stack size exceeded");
  };

  /** Whether a text has more than MAX_LEVELS of this bracket. */
  const hasMany = (text, bracket) => {
    let at = -1;
    for (let n = 0; n <= MAX_LEVELS; n++) {
      at = apply(indexOf, text, [bracket, at + 1]);
      if (at < 0) return false;
    }
    return true;
  };

  /** The depth of the brackets of a JSON text. */
  const levelsOf = (text) => {
    let [level, most, inString] = [0, 0, false];
    for (let i = 0; i < text.length; i++) {
      const code = apply(charCodeAt, text, [i]);
      if (inString) {
        if (code === 0x5c) i++;
        else if (code === 0x22) inString = false;
      } else if (code === 0x22) inString = true;
      else if (code === 0x5b || code === 0x7b) most = ++level > most ? level : most;
      else if (code === 0x5d || code === 0x7d) level--;
    }
    return most;
  };

  const guarded = {
    parse(text, reviver) {
      if (typeof text === "string" && text.length > MAX_LEVELS) {
        if ((hasMany(text, "[") || hasMany(text, "{")) && levelsOf(text) > MAX_LEVELS) tooDeep();
      }
      return parse(text, reviver);
    },
    flat(depth) {
      if (!(depth > 100)) return apply(flat, this, depth === undefined ? [] : [depth]);
      const items = [];
      let open = { __proto__: null, list: this, at: 0, level: 0, next: undefined };
      while (open !== undefined) {
        const { list, level } = open;
        if (open.at >= list.length) {
          open = open.next;
          continue;
        }
        const i = open.at++;
        if (!(i in list)) continue;
        const item = list[i];
        if (!isArray(item) || level >= depth) items[items.length] = item;
        else if (level >= MAX_LEVELS) tooDeep();
        else open = { __proto__: null, list: item, at: 0, level: level + 1, next: open };
      }
      return items;
    },
  };
  const hidden = { __proto__: null, writable: true, enumerable: false, configurable: true };
  Object.defineProperty(JSON, "parse", { ...hidden, value: guarded.parse });
  Object.defineProperty(Array.prototype, "flat", { ...hidden, value: guarded.flat });

  /** Takes a string, pairs, another URLSearchParams or a record. */
  class Params extends URLSearchParams {
    constructor(init = "") {
      const listed = typeof init === "object" && init !== null;
      super(listed ? "" : `${init}`);
      if (!listed) return;
      const pairs = typeof init[Symbol.iterator] === "function" ? init : Object.entries(init);
      for (const [name, value] of pairs) this.append(name, value);
    }
  }
  Object.defineProperty(Params, "name", { value: "URLSearchParams" });
  Object.defineProperty(globalThis, "URLSearchParams", { value: Params, enumerable: false });

  const paramsOf = new WeakMap();
  const urlOf = new WeakMap();
  Object.defineProperty(URL.prototype, "searchParams", {
    configurable: true,
    enumerable: true,
    /** The same object until something else changes the URL's search. */
    get() {
      const known = paramsOf.get(this);
      if (known?.search === this.search) return known.params;
      const params = new Params(this.search);
      paramsOf.set(this, { params, search: this.search });
      urlOf.set(params, this);
      return params;
    },
  });
  for (const name of ["append", "delete", "set", "sort"]) {
    const change = Params.prototype[name];
    Params.prototype[name] = function (...args) {
      change.apply(this, args);
      const url = urlOf.get(this);
      if (url === undefined) return;
      url.search = this.toString();
      paramsOf.set(url, { params: this, search: url.search });
    };
  }
})();
