/** `fetch` for bots, as far as the web's own that GET and POST need. A script that gives a
 *  function; its two arguments are of the prelude. `ask(kind, json, body)` makes a call of the host
 *  and returns its number. Conveniences: what may be asked is decided outside of the guest. */
(function (ask) {
  "use strict";
  const { parse, stringify } = JSON;
  const { TypeError, Promise, Headers, TextDecoder, URLSearchParams, Uint8Array } = globalThis;
  const { ArrayBuffer, btoa } = globalThis;
  const { fromCharCode } = String;
  const resolve = Promise.resolve.bind(Promise);
  const reject = Promise.reject.bind(Promise);
  /** What settles each open call, by its number. No Map: its prototype is the bot's. */
  const open = { __proto__: null };

  /** The answer to a call of the host: JSON text and, for a fetch, bytes. */
  const call = (kind, request, body = "") =>
    new Promise((resolve, reject) => {
      open[ask(kind, stringify(request), body)] = { resolve, reject };
    });

  class Response {
    #bytes;
    #used = false;
    constructor(facts, bytes) {
      this.#bytes = bytes;
      this.status = facts.status;
      this.ok = facts.status >= 200 && facts.status < 300;
      this.statusText = "";
      this.type = "basic";
      this.url = facts.url;
      this.headers = new Headers(facts.headers);
    }
    get bodyUsed() {
      return this.#used;
    }
    bytes() {
      if (this.#used) return reject(new TypeError("The body was read before."));
      this.#used = true;
      return resolve(new Uint8Array(this.#bytes));
    }
    async arrayBuffer() {
      return (await this.bytes()).buffer;
    }
    async text() {
      return new TextDecoder().decode(await this.bytes());
    }
    async json() {
      return parse(await this.text());
    }
  }

  /** What to send of a body, as [text, its encoding, its content type]. */
  const encoded = (body) => {
    if (typeof body === "string") return [body, "text", "text/plain;charset=UTF-8"];
    if (body instanceof URLSearchParams) {
      return ["" + body, "text", "application/x-www-form-urlencoded;charset=UTF-8"];
    }
    const bytes = body instanceof ArrayBuffer ? new Uint8Array(body) : body;
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError("fetch: the body must be a string, URLSearchParams or bytes");
    }
    let text = "";
    for (let i = 0; i < bytes.length; i++) text += fromCharCode(bytes[i]);
    return [btoa(text), "base64", undefined];
  };

  globalThis.Response = Response;
  globalThis.fetch = async (input, init = {}) => {
    const url = "" +
      (typeof input === "object" && input !== null && "href" in input ? input.href : input);
    const method = ("" + (init.method ?? "GET")).toUpperCase();
    if (method !== "GET" && method !== "POST") {
      throw new TypeError("fetch: the method must be GET or POST");
    }
    const headers = new Headers(init.headers ?? {});
    let body = "";
    let encoding = "none";
    if (init.body !== undefined && init.body !== null) {
      if (method === "GET") throw new TypeError("fetch: a GET request has no body");
      let type;
      [body, encoding, type] = encoded(init.body);
      if (type !== undefined && !headers.has("content-type")) headers.set("content-type", type);
    }
    const pairs = [];
    headers.forEach((value, name) => pairs.push([name, value]));
    const [facts, bytes] = await call("fetch", { method, url, headers: pairs, encoding }, body);
    return new Response(facts, bytes);
  };

  return {
    tlsCertificate: async (host, port = 443) => (await call("tls", { host: "" + host, port }))[0],
    /** Settles a call. `text` is the JSON of what came, or the message of an error. */
    answered(number, failed, text, bytes) {
      const { resolve, reject } = open[number];
      delete open[number];
      if (failed) reject(new TypeError(text));
      else resolve([parse(text), bytes]);
    },
  };
});
