/** The globals that a bot finds besides the language: `ctx`, `console`, `setTimeout` and a seeded
 *  `Math.random`. Runs in the guest before the bot, and captures here every built-in that it needs,
 *  because a bot can change them later. Nothing here is a security boundary: guest.ts enforces the
 *  limits outside of the guest. `host` is { post, setState, setTimer, end, print, random, settle,
 *  ask, workspaceBytes, workspaceFiles, longestPrint }; the other arguments are the functions of
 *  timers.js, abort.js and fetch.js. Bot code can reach none of them. */
(function (host, timing, aborting, network) {
  "use strict";
  const { post: hostPost, setState: hostSetState, setTimer: hostSetTimer, end: hostEnd } = host;
  const { print: hostPrint, random: hostRandom, settle: hostSettle } = host;
  const { workspaceBytes, workspaceFiles, longestPrint } = host;
  const { parse, stringify } = JSON;
  const { apply, defineProperty, has, ownKeys } = Reflect;
  const { freeze, getPrototypeOf, keys: keysOf, prototype: ObjectPrototype } = Object;
  const { isArray } = Array;
  const { TypeError, RangeError, InternalError, Uint32Array, Uint8Array } = globalThis;
  const { TextEncoder, Map, Set, Date, Error, String } = globalThis;
  // Freed when memory has run out, so that enough is left to report it.
  const reserve = { bytes: new Uint32Array(16 * 1024) };

  const { indexOf, slice, startsWith } = String.prototype;
  /** An error's trace without the frames of its class's constructors: it begins where the bot
   *  created the error. */
  const withoutConstructors = (error, trace) => {
    let rest = trace;
    try {
      for (let at = getPrototypeOf(error); at !== null; at = getPrototypeOf(at)) {
        // The innermost frame belongs to the base class.
        for (let of = getPrototypeOf(error); of !== null; of = getPrototypeOf(of)) {
          const { name } = of.constructor;
          if (!apply(startsWith, rest, [`    at ${name} (bot:`])) continue;
          rest = apply(slice, rest, [apply(indexOf, rest, ["\n"]) + 1]);
        }
      }
    } catch { /* A bot can change its classes' prototypes. */ }
    return rest;
  };

  /** Reports that the hook threw. Catches every error meanwhile: the error's properties may be
   *  getters of the bot. */
  const fail = (error) => {
    reserve.bytes = undefined;
    let message = "The bot threw a value that cannot be shown.";
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
        // The engine throws one of these two where no memory is left for an error. A bot may throw
        // null itself, so the host decides about null.
        if (message === "[uninitialized]") return hostSettle("out_of_memory");
        if (error === null) return hostSettle("threw_null", message, stack);
      }
    } catch { /* Reported with the message above. */ }
    hostSettle("threw", message, stack);
  };

  const timers = timing(fail);
  const { tlsCertificate, answered } = network(host.ask, aborting(globalThis.setTimeout));

  /** Ends the hook before it throws, so that a bot cannot catch the error and hide a broken
   *  limit. */
  const refuse = (message) => {
    const error = new RangeError(message);
    fail(error);
    throw error;
  };

  /** Objects that JSON would turn into {} or null, and what to write instead. */
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
  /** Ends the check of a cyclic value. No accepted value nests this deep. */
  const DEEP = 40;

  const fault = (text) => ({ __proto__: null, path: "", text });
  const noJson = (what, mend) => fault(`is ${what}, which JSON cannot hold: ${mend}`);

  /** Undefined for JSON; else the fault and its path in the value. `undefined` is no fault: JSON
   *  omits such a member and writes null for such an item. */
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
    if (depth > DEEP) return fault("nests too deeply, or contains itself");
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

  /** The JSON of a value; undefined for a value that JSON omits. */
  const jsonOf = (value, call, name) => {
    const found = faultOf(value, 0);
    if (found !== undefined) throw new TypeError(`${call}: ${name}${found.path} ${found.text}`);
    return stringify(value);
  };

  // Held in memory; ends with the hook.
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
      const sizeOf = (file) =>
        typeof file === "string" ? new TextEncoder().encode(file).length : file?.length ?? 0;
      written += sizeOf(value) - sizeOf(files.get(path));
      files.set(path, value);
      if (written > workspaceBytes) {
        refuse(`ctx.workspace: at most ${workspaceBytes} bytes are allowed`);
      }
      if (files.size > workspaceFiles) {
        refuse(`ctx.workspace: at most ${workspaceFiles} files are allowed`);
      }
    },
    /** A string or bytes, as the bot wrote it. */
    read(name) {
      const file = files.get("" + name);
      if (file === undefined) throw new TypeError(`ctx.workspace: there is no file "${name}"`);
      return typeof file === "string" ? file : file.slice();
    },
    list: () => [...files.keys()].sort(),
  });

  const setTimer = (name, ms) => {
    if (typeof name !== "string") throw new TypeError("ctx.set_timer: the name must be a string");
    const refusal = hostSetTimer(name, ms);
    if (refusal !== undefined) refuse("ctx.set_timer: " + refusal);
  };

  /** The addressees in the options of a post. Any other option throws: a misspelt `to` would make
   *  a private post public. */
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
      if (typeof ms !== "number") {
        throw new TypeError("ctx.set_timer: the milliseconds must be a number");
      }
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

  let logIsFull = false;
  const { from: listOf } = Array;
  /** A value as text, for the bot's author. */
  const shown = (value) => {
    try {
      if (typeof value === "string") return value;
      if (typeof value === "function") return "[function]";
      if (typeof value === "bigint") return value + "n";
      if (value instanceof Error) return value.name + ": " + value.message;
      const items = value instanceof Map || value instanceof Set ? listOf(value) : value;
      const text = stringify(items, (_, item) => typeof item === "bigint" ? item + "n" : item);
      return text === undefined ? String(value) : text;
    } catch {
      return "[a value that cannot be shown]";
    }
  };
  const print = (...values) => {
    if (logIsFull) return;
    let line = "";
    for (let i = 0; i < values.length && line.length < longestPrint; i++) {
      line += (i > 0 ? " " : "") + apply(slice, shown(values[i]), [0, longestPrint]);
    }
    logIsFull = hostPrint(line) === 1;
  };
  const ignore = () => {};
  globalThis.console = {
    log: print,
    info: print,
    warn: print,
    error: print,
    debug: print,
    trace: print,
    dir: print,
    dirxml: print,
    table: print,
    assert(isTrue, ...values) {
      if (!isTrue) print("Assertion failed:", ...values);
    },
  };
  for (
    const name of [
      ...["group", "groupCollapsed", "groupEnd", "count", "countReset", "time", "timeLog"],
      ...["timeEnd", "clear"],
    ]
  ) globalThis.console[name] = ignore;
  delete globalThis.eval;

  /** Creates an instance of a class without a constructor. It has `this.ctx` and `this.params`
   *  already while the values of its fields are computed. */
  const bareInstance = (Bot, inputs) => {
    const { prototype } = Bot;
    const put = (target, name) => {
      const value = inputs[name];
      defineProperty(target, name, { __proto__: null, value, writable: true, configurable: true });
    };
    for (const name in inputs) if (!has(prototype, name)) put(prototype, name);
    const bot = new Bot();
    // A field that TypeScript only declares exists, with the value undefined.
    for (const name in inputs) if (bot[name] === undefined) put(bot, name);
    return bot;
  };

  return {
    answered,
    fail,
    tick: timers.tick,
    contextNames: apply(Array.prototype.join, ownKeys(ctx), [", "]),
    /** Runs a hook of the class that the module exports under `key`. `loading` is the module's
     *  promise; every other argument is a string, and those in …Text are JSON. A `bare` other than
     *  "" means that the class has no constructor. */
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
    /** Reports the class's manifest as JSON, and which of the hooks its prototype has. */
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
