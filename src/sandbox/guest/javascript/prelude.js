/** What a bot finds in its machine besides the language: `ctx`, `console`, `setTimeout`, seeded
 *  `Math.random`. Runs in the guest before the bot and must not depend on anything that a bot can
 *  change afterwards: what it needs is captured here. It guards nothing: limits are held outside of
 *  the guest, in guest.ts. `host` is { post, setState, setTimer, end, random, settle, ask,
 *  workspaceBytes, workspaceFiles }, and the others are the functions of timers.js, abort.js and
 *  fetch.js; nothing of them is reachable from bot code. */
(function (host, timing, aborting, network) {
  "use strict";
  const { post: hostPost, setState: hostSetState, setTimer: hostSetTimer, end: hostEnd } = host;
  const { random: hostRandom, settle: hostSettle, workspaceBytes, workspaceFiles } = host;
  const { parse, stringify } = JSON;
  const { apply, defineProperty, has, ownKeys } = Reflect;
  const { freeze, getPrototypeOf, keys: keysOf, prototype: ObjectPrototype } = Object;
  const { isArray } = Array;
  const { TypeError, RangeError, InternalError, Uint32Array, Uint8Array } = globalThis;
  const { TextEncoder, Map, Date } = globalThis;
  // Given back when memory has run out, so that there is enough left to say so.
  const reserve = { bytes: new Uint32Array(16 * 1024) };

  const { indexOf, slice, startsWith } = String.prototype;
  /** The trace from where an error was made on, not from the constructors of its class. */
  const withoutConstructors = (error, trace) => {
    let left = trace;
    try {
      for (let at = getPrototypeOf(error); at !== null; at = getPrototypeOf(at)) {
        // The innermost frame is that of the class that all others extend.
        for (let of = getPrototypeOf(error); of !== null; of = getPrototypeOf(of)) {
          const { name } = of.constructor;
          if (!apply(startsWith, left, [`    at ${name} (bot:`])) continue;
          left = apply(slice, left, [apply(indexOf, left, ["\n"]) + 1]);
        }
      }
    } catch { /* A class may hide what it is. */ }
    return left;
  };

  /** Ends the hook as thrown. Reads the error warily: its properties may be the bot's own
   *  getters. */
  const fail = (error) => {
    reserve.bytes = undefined;
    let message = "The bot threw something that cannot be shown.";
    let stack = "";
    try {
      if (typeof error === "object" && error !== null) {
        const { name, message: text, stack: trace } = error;
        if (typeof text === "string") message = text;
        if (typeof name === "string" && name !== "Error") message = name + ": " + message;
        if (typeof trace === "string") stack = withoutConstructors(error, trace);
        if (error instanceof InternalError && text === "out of memory") {
          return hostSettle("out_of_memory");
        }
      } else if (typeof error !== "symbol" && typeof error !== "function") {
        message = "" + error;
        // What the engine throws where it has no memory left for an error; null may be the bot's
        // own.
        if (message === "[uninitialized]") return hostSettle("out_of_memory");
        if (error === null) return hostSettle("threw_null", message, stack);
      }
    } catch { /* The message above says it. */ }
    hostSettle("threw", message, stack);
  };

  const timers = timing(fail);
  const { tlsCertificate, answered } = network(host.ask, aborting(globalThis.setTimeout));

  /** Ends the hook even where the bot catches what is thrown: a broken limit is never silent. */
  const refuse = (message) => {
    const error = new RangeError(message);
    fail(error);
    throw error;
  };

  /** Objects of the language that JSON would make {} or null of, and what to write instead. */
  const NO_JSON = [
    [Map, "a Map", "write Object.fromEntries(map)"],
    [globalThis.Set, "a Set", "write [...set]"],
    [globalThis.Promise, "a Promise", "await it"],
    [globalThis.Error, "an Error", "write its message"],
    [globalThis.RegExp, "a RegExp", "write its source"],
    [globalThis.URLSearchParams, "a URLSearchParams", "write it as a string"],
    [globalThis.Headers, "a Headers", "write Object.fromEntries(headers)"],
    [globalThis.Response, "a Response", "write await response.json() or text()"],
    [globalThis.ArrayBuffer, "an ArrayBuffer", "write [...new Uint8Array(buffer)]"],
    [getPrototypeOf(Uint8Array), "an array of bytes or numbers", "write [...array]"],
    [globalThis.Iterator, "an iterator", "write [...iterator]"],
  ];
  const isIdentifier = apply.bind(undefined, RegExp.prototype.test, /^[\w$]+$/);
  /** No cycle ends before it, and no value that is accepted goes on. */
  const DEEP = 40;

  const fault = (text) => ({ __proto__: null, path: "", text });
  const noJson = (what, mend) => fault(`is ${what}, which JSON cannot hold: ${mend}`);

  /** Undefined for JSON; else what is wrong, and with which part of the value. An undefined member
   *  is absent, and an undefined item null: nothing is lost of them. */
  const faultOf = (value, depth) => {
    switch (typeof value) {
      case "number":
        return value - value === 0 ? undefined : noJson(value, "write null or a string");
      case "bigint":
        return noJson("a BigInt", "write it as a string");
      case "function":
        return noJson("a function", "call it, or leave it out");
      case "symbol":
        return noJson("a Symbol", "write a string");
      case "object":
        break;
      default:
        return undefined;
    }
    if (value === null) return undefined;
    if (depth > DEEP) return fault("nests too deeply, or holds itself");
    if (typeof value.toJSON === "function") {
      if (!(value instanceof Date) || value - value === 0) return undefined;
      return noJson("an invalid Date", "write null or a string");
    }
    if (isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        const item = value[i];
        if (typeof item === "string") continue;
        const found = faultOf(item, depth + 1);
        if (found === undefined) continue;
        found.path = `[${i}]${found.path}`;
        return found;
      }
      return undefined;
    }
    const keys = keysOf(value);
    const prototype = getPrototypeOf(value);
    if (prototype !== ObjectPrototype && prototype !== null) {
      for (let i = 0; i < NO_JSON.length; i++) {
        const kind = NO_JSON[i];
        if (value instanceof kind[0]) return noJson(kind[1], kind[2]);
      }
      if (keys.length === 0) {
        return fault("is an object of a class without public fields: give it a toJSON()");
      }
    }
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const item = value[key];
      if (typeof item === "string") continue;
      const found = faultOf(item, depth + 1);
      if (found === undefined) continue;
      found.path = (isIdentifier([key]) ? `.${key}` : `[${stringify(key)}]`) + found.path;
      return found;
    }
  };

  /** The text of a value, undefined where JSON leaves it out. */
  const jsonOf = (value, call, name) => {
    const found = faultOf(value, 0);
    if (found !== undefined) throw new TypeError(`${call}: ${name}${found.path} ${found.text}`);
    return stringify(value);
  };

  // Lives as long as the hook: there is no file.
  const files = new Map();
  let written = 0;
  const workspace = freeze({
    write(name, content) {
      const path = "" + name;
      if (typeof content !== "string" && !(content instanceof Uint8Array)) {
        throw new TypeError(
          "ctx.workspace.write: the content must be a string or a Uint8Array: write JSON.stringify(it)",
        );
      }
      const value = typeof content === "string" ? content : content.slice();
      const sizeOf = (held) =>
        typeof held === "string" ? new TextEncoder().encode(held).length : held?.length ?? 0;
      written += sizeOf(value) - sizeOf(files.get(path));
      files.set(path, value);
      if (written > workspaceBytes) refuse(`ctx.workspace: at most ${workspaceBytes} bytes fit`);
      if (files.size > workspaceFiles) refuse(`ctx.workspace: at most ${workspaceFiles} files fit`);
    },
    /** As it was written: a string or bytes. */
    read(name) {
      const held = files.get("" + name);
      if (held === undefined) throw new TypeError(`ctx.workspace: there is no "${name}"`);
      return typeof held === "string" ? held : held.slice();
    },
    list: () => [...files.keys()].sort(),
  });

  const setTimer = (name, ms) => {
    if (typeof name !== "string") throw new TypeError("ctx.set_timer: the name must be a string");
    const refusal = hostSetTimer(name, ms);
    if (refusal !== undefined) refuse("ctx.set_timer: " + refusal);
  };

  /** The addressees among the options of a post. Another spelling of them would tell everyone. */
  const addressees = (options) => {
    if (options === undefined || options === null) return undefined;
    if (typeof options === "object" && !isArray(options)) {
      const prototype = getPrototypeOf(options);
      const keys = ownKeys(options);
      const isPlain = prototype === ObjectPrototype || prototype === null;
      if (isPlain && (keys.length === 0 || keys.length === 1 && keys[0] === "to")) {
        const { to } = options;
        if (to !== null) return to;
      }
    }
    throw new TypeError(
      "ctx.post: the third argument must be { to: [player ids] }, or absent for everyone",
    );
  };

  let state = "null";
  let players = "[]";
  let env = "{}";
  const ctx = freeze({
    post(kind, body, options) {
      if (kind !== "bot" && kind !== "system" && kind !== "control") {
        throw new TypeError('ctx.post: the kind must be "bot", "system" or "control"');
      }
      const to = addressees(options);
      const plain = typeof body === "string" ? { text: body } : body;
      if (typeof plain !== "object" || plain === null || isArray(plain)) {
        throw new TypeError("ctx.post: the body must be a JSON object or a string");
      }
      const toText = to === undefined ? "" : "" + stringify(to);
      const refusal = hostPost(kind, "" + jsonOf(plain, "ctx.post", "body"), toText);
      if (refusal !== undefined) refuse("ctx.post: " + refusal);
    },
    get_state: () => parse(state),
    set_state(value) {
      const text = jsonOf(value, "ctx.set_state", "state");
      if (text === undefined) throw new TypeError("ctx.set_state: the state must be JSON");
      const refusal = hostSetState(text);
      if (refusal !== undefined) refuse("ctx.set_state: " + refusal);
      state = text;
    },
    end(result) {
      const refusal = hostEnd("" + jsonOf(result ?? null, "ctx.end", "result"));
      if (refusal !== undefined) refuse("ctx.end: " + refusal);
    },
    players: () => parse(players),
    set_timer(name, ms) {
      if (typeof ms !== "number") throw new TypeError("ctx.set_timer: milliseconds are a number");
      setTimer(name, ms < 0 ? NaN : ms);
    },
    clear_timer: (name) => setTimer(name, -1),
    get env() {
      return freeze(parse(env));
    },
    workspace,
    fetch: globalThis.fetch,
    tls_certificate: tlsCertificate,
  });

  let numbers;
  let used = 64;
  Math.random = () => {
    if (used === 64) {
      numbers = new Uint32Array(hostRandom());
      used = 0;
    }
    return ((numbers[used++] >>> 5) * 67108864 + (numbers[used++] >>> 6)) / 9007199254740992;
  };

  const ignore = () => {};
  const silent = {};
  for (
    const name of [
      ...["log", "info", "warn", "error", "debug", "trace", "dir", "dirxml", "table", "assert"],
      ...["group", "groupCollapsed", "groupEnd", "count", "countReset", "time", "timeLog"],
      ...["timeEnd", "clear"],
    ]
  ) silent[name] = ignore;
  globalThis.console = silent;
  delete globalThis.eval;

  /** A class without a constructor finds `this.ctx` and `this.params` all the same, in the values
   *  of its fields as well. */
  const bareInstance = (Bot, given) => {
    const { prototype } = Bot;
    const put = (target, name) => {
      const value = given[name];
      defineProperty(target, name, { __proto__: null, value, writable: true, configurable: true });
    };
    for (const name in given) if (!has(prototype, name)) put(prototype, name);
    const bot = new Bot();
    // A field that TypeScript declares is there, and undefined.
    for (const name in given) if (bot[name] === undefined) put(bot, name);
    return bot;
  };

  return {
    answered,
    fail,
    tick: timers.tick,
    contextNames: apply(Array.prototype.join, ownKeys(ctx), [", "]),
    /** Runs a hook of the class that the loading module exports under `key`; `bare` unless it is
     *  "". Every argument is a text. */
    async run(loading, key, bare, hook, argsText, paramsText, stateText, playersText, envText) {
      try {
        state = stateText;
        players = playersText;
        env = envText;
        const Bot = (await loading)[key];
        const params = parse(paramsText);
        const bot = bare
          ? bareInstance(Bot, { __proto__: null, ctx, params })
          : new Bot(ctx, params);
        const method = bot[hook];
        if (method !== undefined && method !== null) await apply(method, bot, parse(argsText));
        timers.returned();
        hostSettle("returned");
      } catch (error) {
        fail(error);
      }
    },
    /** Tells the manifest of the class as JSON, and which of the hooks its prototype has. */
    async inspect(loading, key, hooksText) {
      try {
        const Bot = (await loading)[key];
        if (typeof Bot !== "function") throw new TypeError("The default export is not a class.");
        const { manifest, prototype } = Bot;
        let found = "";
        const hooks = parse(hooksText);
        for (let i = 0; i < hooks.length; i++) {
          if (typeof prototype?.[hooks[i]] === "function") found += hooks[i] + " ";
        }
        const text = manifest === undefined ? "{}" : jsonOf(manifest, "The class", "manifest");
        hostSettle("done", "" + text, found);
      } catch (error) {
        fail(error);
      }
    },
  };
});
