/** `fetch`, `Response` and `Blob` for bots: the parts of the web's API that GET and POST need. The
 *  script's value is a function, which prelude.js calls. `ask(kind, json, body)` sends a call to
 *  the host and returns the call's number; `signals` is the result of abort.js. A convenience only:
 *  the host decides which requests are allowed. An option that `fetch` cannot honour throws. */
(function (ask, signals) {
  "use strict";
  const { isSignal } = signals;
  const { parse, stringify } = JSON;
  const { Error, RangeError, SyntaxError, TypeError, Promise, Headers, TextDecoder, TextEncoder } =
    globalThis;
  const { ArrayBuffer, URL, URLSearchParams, Uint8Array, btoa } = globalThis;
  const { assign } = Object;
  const { fromCharCode } = String;
  const resolve = Promise.resolve.bind(Promise);
  const reject = Promise.reject.bind(Promise);
  /** The resolvers of each pending call, by its number. No Map: a bot can change its prototype. */
  const open = { __proto__: null };

  /** Sends a call to the host. Resolves to [the parsed JSON, the bytes of a fetch]. */
  const call = (kind, request, body = "") =>
    new Promise((resolve, reject) => {
      open[ask(kind, stringify(request), body)] = { resolve, reject };
    });

  let blobBytes;
  let responseFrom;

  /** The stack of the bot's call. An error that arises later, in a job, has no frame of the bot. */
  const trace = () => new Error().stack;
  /** Settles as the promise does, but an error gets the stack of the bot's call. */
  const traced = async (promise, stack) => {
    try {
      return await promise;
    } catch (error) {
      if (error instanceof Error) error.stack = stack;
      throw error;
    }
  };

  class Blob {
    #bytes;
    constructor(parts = [], { type = "" } = {}) {
      const list = [...parts].map((part) => bytesOf(part, "Blob"));
      this.#bytes = new Uint8Array(list.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const bytes of list) {
        this.#bytes.set(bytes, at);
        at += bytes.length;
      }
      this.type = `${type}`;
      this.size = at;
    }
    bytes() {
      return resolve(this.#bytes.slice());
    }
    arrayBuffer() {
      return resolve(this.#bytes.slice().buffer);
    }
    text() {
      return resolve(new TextDecoder().decode(this.#bytes));
    }
    slice(start, end, type) {
      return new Blob([this.#bytes.slice(start, end)], { type });
    }
    static {
      blobBytes = (value) =>
        typeof value === "object" && value !== null && #bytes in value ? value.#bytes : undefined;
    }
  }

  /** The bytes of a body, or of a part of a Blob. */
  const bytesOf = (body, call) => {
    if (typeof body === "string") return new TextEncoder().encode(body);
    if (body instanceof URLSearchParams) return new TextEncoder().encode(`${body}`);
    if (body instanceof ArrayBuffer) return new Uint8Array(body.slice());
    if (body instanceof Uint8Array) return body.slice();
    const bytes = blobBytes(body);
    if (bytes) return bytes;
    throw new TypeError(
      `${call}: the body must be a string, URLSearchParams or bytes: write JSON.stringify(it)`,
    );
  };

  const typeOf = (body) => {
    if (typeof body === "string") return "text/plain;charset=UTF-8";
    if (body instanceof URLSearchParams) return "application/x-www-form-urlencoded;charset=UTF-8";
    return blobBytes(body) && body.type || undefined;
  };

  /** Headers, with the body's default content type unless they have one. */
  const headersFor = (init, body) => {
    const headers = new Headers(init ?? {});
    const type = typeOf(body);
    if (type !== undefined && !headers.has("content-type")) headers.set("content-type", type);
    return headers;
  };

  class Response {
    #bytes;
    #used = false;
    constructor(body, init = {}) {
      const { status = 200, statusText = "", headers } = init ?? {};
      if (!(status >= 200 && status <= 599)) {
        throw new RangeError("Response: status must be 200 to 599");
      }
      const none = body === undefined || body === null;
      this.#bytes = none ? new Uint8Array(0) : bytesOf(body, "Response");
      this.headers = none ? new Headers(headers ?? {}) : headersFor(headers, body);
      this.status = status;
      this.ok = status < 300;
      this.statusText = `${statusText}`;
      this.type = "default";
      this.url = "";
      this.redirected = false;
    }
    get bodyUsed() {
      return this.#used;
    }
    get body() {
      throw new TypeError("response.body: a bot reads text(), json() or bytes(), not a stream");
    }
    bytes() {
      if (this.#used) return reject(new TypeError("The body has already been read."));
      this.#used = true;
      return resolve(new Uint8Array(this.#bytes));
    }
    arrayBuffer() {
      return traced(this.#as(({ buffer }) => buffer), trace());
    }
    text() {
      return traced(this.#as((bytes) => new TextDecoder().decode(bytes)), trace());
    }
    json() {
      const read = (bytes) => {
        try {
          return parse(new TextDecoder().decode(bytes));
        } catch (error) {
          throw new SyntaxError(`response.json(): the body is not JSON: ${error.message}`);
        }
      };
      return traced(this.#as(read), trace());
    }
    blob() {
      const type = this.headers.get("content-type") ?? "";
      return traced(this.#as((bytes) => new Blob([bytes], { type })), trace());
    }
    async #as(read) {
      return read(await this.bytes());
    }
    clone() {
      if (this.#used) throw new TypeError("The body has already been read.");
      return responseFrom(this, this.#bytes);
    }
    static json(data, init) {
      const headers = new Headers(init?.headers ?? {});
      if (!headers.has("content-type")) headers.set("content-type", "application/json");
      return new Response(stringify(data), { ...init, headers });
    }
    static {
      /** A response with the fields of another one, or of the host's answer. */
      responseFrom = (facts, bytes) => {
        const { status, statusText = "", type = "basic", url, redirected } = facts;
        const response = new Response();
        response.#bytes = bytes;
        response.headers = new Headers(facts.headers);
        response.ok = status >= 200 && status < 300;
        return assign(response, { status, statusText, type, url, redirected });
      };
    }
  }

  /** A request's body as [text, its encoding]. */
  const encoded = (body) => {
    if (typeof body === "string") return [body, "text"];
    if (body instanceof URLSearchParams) return [`${body}`, "text"];
    const bytes = bytesOf(body, "fetch");
    let text = "";
    for (let i = 0; i < bytes.length; i++) text += fromCharCode(bytes[i]);
    return [btoa(text), "base64"];
  };

  const SUPPORTED = { __proto__: null, method: 1, headers: 1, body: 1, redirect: 1, signal: 1 };
  /** Options of browsers that change nothing here: the values for which that is true, or undefined
   *  if it is true for all values. */
  const NO_EFFECT = {
    __proto__: null,
    cache: ["default", "no-store", "no-cache", "reload"],
    credentials: ["omit", "same-origin"],
    duplex: ["half"],
    integrity: [""],
    keepalive: undefined,
    mode: ["cors", "no-cors", "same-origin"],
    priority: undefined,
    referrer: ["", "no-referrer", "about:client"],
    referrerPolicy: undefined,
    window: [null],
  };
  const INSTEAD = {
    __proto__: null,
    timeout: "signal: AbortSignal.timeout(ms)",
    json: "body: JSON.stringify(data)",
    data: "body: JSON.stringify(data)",
    params: "the parameters into the URL",
    query: "the parameters into the URL",
    qs: "the parameters into the URL",
    auth: "headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` }",
  };

  const refuseUnknown = (init) => {
    for (const name in init) {
      const value = init[name];
      if (name in SUPPORTED || value === undefined) continue;
      if (!(name in NO_EFFECT)) {
        const mend = name in INSTEAD ? `: write ${INSTEAD[name]}` : "";
        throw new TypeError(`fetch: there is no option "${name}"${mend}`);
      }
      const values = NO_EFFECT[name];
      if (values === undefined) continue;
      let known = false;
      for (let i = 0; i < values.length; i++) known ||= values[i] === value;
      if (!known) throw new TypeError(`fetch: a bot cannot have ${name}: ${stringify(value)}`);
    }
  };

  /** Settles as the call does, unless the signal is aborted first. */
  const unlessAborted = (answer, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      (async () => {
        try {
          resolve(await answer);
        } catch (error) {
          reject(error);
        }
      })();
    });

  globalThis.Blob = Blob;
  globalThis.Response = Response;
  globalThis.fetch = async (input, init) => {
    const options = init ?? {};
    if (typeof options !== "object") throw new TypeError("fetch: the options must be an object");
    refuseUnknown(options);
    const url = "" +
      (typeof input === "object" && input !== null && "href" in input ? input.href : input);
    const method = ("" + (options.method ?? "GET")).toUpperCase();
    if (method !== "GET" && method !== "POST") {
      throw new TypeError(`fetch: the method must be GET or POST, not ${method}`);
    }
    const { redirect = "follow", signal } = options;
    if (redirect !== "follow" && redirect !== "manual" && redirect !== "error") {
      throw new TypeError('fetch: redirect must be "follow", "manual" or "error"');
    }
    const hasSignal = signal !== undefined && signal !== null;
    if (hasSignal && !isSignal(signal)) throw new TypeError("fetch: signal must be an AbortSignal");
    if (hasSignal) signal.throwIfAborted();
    let body = "";
    let encoding = "none";
    const hasBody = options.body !== undefined && options.body !== null;
    if (hasBody && method === "GET") throw new TypeError("fetch: a GET request has no body");
    if (hasBody) [body, encoding] = encoded(options.body);
    const headers = headersFor(options.headers, hasBody ? options.body : undefined);
    const pairs = [];
    headers.forEach((value, name) => pairs.push([name, value]));
    const request = { method, url, headers: pairs, encoding, redirect };
    const answer = call("fetch", request, body);
    const [facts, bytes] = await traced(
      hasSignal ? unlessAborted(answer, signal) : answer,
      trace(),
    );
    const redirected = !sameUrl(facts.url, url);
    return responseFrom({ ...facts, redirected }, new Uint8Array(bytes));
  };
  const sameUrl = (one, other) => {
    try {
      return one === new URL(other).href.split("#")[0];
    } catch {
      return one === other;
    }
  };

  return {
    tlsCertificate: async (host, port = 443) =>
      (await traced(call("tls", { host: "" + host, port }), trace()))[0],
    /** Settles a call. `text` is the response's JSON, or an error's message. */
    answered(number, failed, text, bytes) {
      const { resolve, reject } = open[number];
      delete open[number];
      if (failed) reject(new TypeError(text));
      else resolve([parse(text), bytes]);
    },
  };
});
