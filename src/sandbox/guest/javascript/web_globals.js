/** What the engine's `url` extension lacks of the URL standard: the other ways to make a
 *  URLSearchParams, and `url.searchParams`. Conveniences for bots: nothing of the sandbox depends
 *  on them. */
(function () {
  "use strict";

  /** From a text, pairs, another URLSearchParams or a record. */
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
    /** The same object as long as nothing but itself changes the URL's search. */
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
