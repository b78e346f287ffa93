/// <reference path="../../bots/bot.d.ts" />
/** A bot that uses everything that `bots/bot.d.ts` declares: `bot_types_test.ts` runs it, and
 *  compares what each use returns with its declared type. A function is called with the fewest and
 *  with the most arguments that it may have. */

const MOVES: Moves = {
  game: "uses",
  aliases: ["use"],
  actions: {
    take: { value: "<whole number 1 to 3>", text: "take 2" },
    hide: { value: { type: "string" }, private: true },
  },
};

const VIEWS: BoardView[] = [
  {
    kind: "grid",
    title: "Uses",
    note: "Every member.",
    round: 1,
    action: "take",
    marks: { p1: "X" },
    rows: [
      { label: 2, cells: [{ text: "a", marked: true, move: 1 }, { text: 1 }], note: "behind" },
      { label: "1", cells: ["", { text: "b", move: { a2: [1, 2], b2: 3 } }] },
    ],
    columns: ["a", { text: "b", move: 2 }],
    checkered: true,
    flipped: "p1",
  },
  { kind: "table", rows: [["a", 1]], columns: ["one", "two"] },
  { kind: "cards", rows: [["As", "??"]] },
  { kind: "line", from: 1, to: 9, low: 2, high: 8, points: [{ at: 5, text: "here" }, { at: 6 }] },
  { kind: "text", text: "lines" },
];

const TURNS: (TurnPost | { now: TurnNow; text: string })[] = [
  {
    type: "bot:turn",
    player: "p1",
    players: ["p1"],
    position: { heap: 3 },
    legal_moves: [{ action: "take", value: 1 }, { action: "hide" }],
    ranges: { take: { min: 1, max: 3 } },
    deadline: "2030-01-01T00:00:00.000Z",
    text: "Take.",
  },
  { now: { may: [{ player: "p1", actions: ["take"] }], players: ["p1"] }, text: "All at once." },
];

const PAGE = "https://example.org/";
const BYTES = new Uint8Array([1, 2, 3]);
const KEY = new Uint8Array(32);
const USAGES = ["sign", "verify"];
const later = (call: (go: () => void) => void) => new Promise<void>(call);

async function keys() {
  const { subtle } = crypto;
  const hmac = await subtle.importKey(
    "raw",
    KEY,
    { name: "HMAC", hash: "SHA-256" },
    true,
    USAGES,
  );
  const aes = await subtle.importKey("raw", KEY, "AES-GCM", true, [
    ...["encrypt", "decrypt", "wrapKey", "unwrapKey"],
  ]);
  const password = await subtle.importKey("raw", KEY, "PBKDF2", false, [
    ...["deriveBits", "deriveKey"],
  ]);
  return { subtle, hmac, aes, password };
}

const DERIVING = { name: "PBKDF2", hash: "SHA-256", salt: BYTES, iterations: 2 };
const GCM = { name: "AES-GCM", iv: new Uint8Array(12) };

/** The uses by group: a hook may not do all of them. */
const USES: Record<string, (ctx: BotContext) => (() => unknown)[]> = {
  ctx: (ctx) => [
    () => ctx.post("bot", "text"),
    () => ctx.post("system", { a: 1 }, { to: ["p1"] }),
    () => ctx.get_state(),
    () => ctx.get_state<{ kept: boolean }>(),
    () => ctx.set_state({ kept: true }),
    () => ctx.players(),
    () => ctx.set_timer("soon", 1),
    () => ctx.clear_timer("soon"),
    () => Object.keys(ctx.env),
    () => ctx.env.API_KEY!.length,
    () => ctx.workspace.write("a", "text"),
    () => ctx.workspace.write("b", BYTES),
    () => ctx.workspace.read("a"),
    () => ctx.workspace.read("b"),
    () => ctx.workspace.list(),
    () => ctx.end(),
  ],
  ended: (ctx) => [() => ctx.end({ winner: "p1" })],
  net: (ctx) => [
    () => fetch(PAGE),
    () =>
      ctx.fetch(new URL(PAGE), {
        method: "POST",
        headers: { accept: "*/*" },
        body: "a",
        redirect: "follow",
        signal: new AbortController().signal,
      }),
    () => ctx.tls_certificate("example.org"),
    () => ctx.tls_certificate("example.org", 443),
  ],
  console: () => [
    () => console.log(),
    () => console.info(),
    () => console.warn(),
    () => console.error(),
    () => console.debug(),
    () => console.trace(),
    () => console.dir(),
    () => console.dirxml(),
    () => console.table(),
    () => console.assert(),
    () => console.group(),
    () => console.groupCollapsed(),
    () => console.groupEnd(),
    () => console.count(),
    () => console.countReset(),
    () => console.time(),
    () => console.timeLog(),
    () => console.timeEnd(),
    () => console.clear(),
  ],
  web: () => {
    const headers = new Headers([["a", "1"]]);
    const response = () => new Response("[1]", { status: 201, statusText: "Made", headers: {} });
    const blob = new Blob(["ab", BYTES], { type: "text/plain" });
    const url = new URL("/c?d=1#e", "https://user:key@example.org:8443");
    const params = new URLSearchParams({ a: "1" });
    const encoder = new TextEncoder();
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return [
      () => new Headers(),
      () => headers.append("a", "2"),
      () => headers.set("b", "3"),
      () => headers.get("a"),
      () => headers.get("none"),
      () => headers.getSetCookie(),
      () => headers.has("a"),
      () => headers.delete("b"),
      () => headers.forEach((value, name, all) => void [value.length, name.length, all.has(name)]),
      () => headers.entries(),
      () => headers.keys(),
      () => headers.values(),
      () => new Response(),
      () => Response.json([1]),
      () => Response.json([1], { status: 201 }),
      () => response().status,
      () => response().statusText,
      () => response().ok,
      () => response().headers,
      () => response().type,
      () => response().url,
      () => response().redirected,
      () => response().bodyUsed,
      () => response().text(),
      () => response().json(),
      () => response().bytes(),
      () => response().arrayBuffer(),
      () => response().blob(),
      () => response().clone(),
      () => new Blob(),
      () => blob.size,
      () => blob.type,
      () => blob.text(),
      () => blob.bytes(),
      () => blob.arrayBuffer(),
      () => blob.slice(),
      () => blob.slice(1, 2, "text/html"),
      () => new URL("https://example.org"),
      () => URL.canParse("https://example.org"),
      () => URL.canParse("a", "https://example.org"),
      () => url.href,
      () => url.origin,
      () => url.protocol,
      () => url.username,
      () => url.password,
      () => url.host,
      () => url.hostname,
      () => url.port,
      () => url.pathname,
      () => url.search,
      () => url.searchParams,
      () => url.hash,
      () => url.toString(),
      () => url.toJSON(),
      () => new URLSearchParams(),
      () => params.size,
      () => params.append("a", "2"),
      () => params.set("b", "3"),
      () => params.get("a"),
      () => params.get("none"),
      () => params.getAll("a"),
      () => params.has("a"),
      () => params.has("a", "2"),
      () => params.delete("a", "2"),
      () => params.delete("b"),
      () => params.sort(),
      () => params.toString(),
      () => params.forEach((value, name, all) => void [value.length, name.length, all.has(name)]),
      () => params.entries(),
      () => params.keys(),
      () => params.values(),
      () => encoder.encoding,
      () => encoder.encode(),
      () => encoder.encode("é"),
      () => encoder.encodeInto("é", new Uint8Array(2)),
      () => new TextDecoder(),
      () => decoder.encoding,
      () => decoder.fatal,
      () => decoder.ignoreBOM,
      () => decoder.decode(),
      () => decoder.decode(BYTES, { stream: true }),
      () => atob("YQ=="),
      () => btoa("a"),
      () => structuredClone({ a: [1] }),
    ];
  },
  signals: () => {
    const controller = new AbortController();
    const { signal } = controller;
    const told: unknown[] = [];
    const hear = ({ type, target, currentTarget }: BotAbortEvent) =>
      told.push(type, target === currentTarget);
    return [
      () => signal.onabort,
      () => signal.addEventListener("abort", hear),
      () => signal.addEventListener("abort", { handleEvent: hear }),
      () => signal.removeEventListener("abort", hear),
      () => signal.throwIfAborted(),
      () => controller.abort(),
      () => new AbortController().abort("why"),
      () => told,
      () => controller.signal.aborted,
      () => signal.reason,
      () => AbortSignal.abort(),
      () => AbortSignal.abort("why"),
      () => AbortSignal.timeout(1_000),
      () => AbortSignal.any([signal]),
      () => new DOMException(),
      () => new DOMException("text", "AbortError").code,
      () => new InternalError(),
      () => new InternalError("text", { cause: 1 }),
    ];
  },
  time: () => [
    () => performance.now(),
    () => performance.timeOrigin,
    () => setTimeout(() => {}),
    () => later((go) => setTimeout((done: () => void) => done(), 1, go)),
    () => clearTimeout(),
    () => clearTimeout(setTimeout(() => {}, 1)),
    () => clearInterval(),
    () => clearInterval(setInterval(() => {})),
    () =>
      later((go) => {
        const timer = setInterval(
          (done: () => void) => {
            clearInterval(timer);
            done();
          },
          1,
          go,
        );
      }),
    () => later((go) => queueMicrotask(go)),
  ],
  crypto: () => [
    () => crypto.subtle,
    () => crypto.getRandomValues(new Uint8Array(2)),
    () => crypto.randomUUID(),
    () => crypto.subtle.digest("SHA-256", BYTES),
    () => crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, USAGES),
    () => crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, USAGES),
    async () => (await keys()).hmac.type,
    async () => (await keys()).hmac.extractable,
    async () => (await keys()).hmac.algorithm.name,
    async () => (await keys()).hmac.usages,
    () => crypto.subtle.importKey("raw", KEY, "AES-GCM", true, ["encrypt"]),
    async () => {
      const { subtle, hmac } = await keys();
      return await subtle.exportKey("raw", hmac);
    },
    async () => {
      const { subtle, hmac } = await keys();
      return await subtle.sign("HMAC", hmac, BYTES);
    },
    async () => {
      const { subtle, hmac } = await keys();
      return await subtle.verify("HMAC", hmac, await subtle.sign("HMAC", hmac, BYTES), BYTES);
    },
    async () => {
      const { subtle, aes } = await keys();
      return await subtle.encrypt(GCM, aes, BYTES);
    },
    async () => {
      const { subtle, aes } = await keys();
      return await subtle.decrypt(GCM, aes, await subtle.encrypt(GCM, aes, BYTES));
    },
    async () => {
      const { subtle, password } = await keys();
      return await subtle.deriveBits(DERIVING, password, 256);
    },
    async () => {
      const { subtle, password } = await keys();
      const aes = { name: "AES-GCM", length: 256 };
      return await subtle.deriveKey(DERIVING, password, aes, true, ["encrypt"]);
    },
    async () => {
      const { subtle, aes } = await keys();
      return await subtle.wrapKey("raw", aes, aes, GCM);
    },
    async () => {
      const { subtle, aes } = await keys();
      const wrapped = await subtle.wrapKey("raw", aes, aes, GCM);
      return await subtle.unwrapKey("raw", wrapped, aes, GCM, "AES-GCM", true, ["encrypt"]);
    },
  ],
};

/** Everything whose members are declared: what a bot gets, each global, and an object of each
 *  class. */
const SHAPES = (ctx: BotContext) => ({
  ctx,
  workspace: ctx.workspace,
  console,
  Headers,
  headers: new Headers(),
  Response,
  response: new Response(),
  Blob,
  blob: new Blob(),
  URL,
  url: new URL(PAGE),
  URLSearchParams,
  params: new URLSearchParams(),
  TextEncoder,
  encoder: new TextEncoder(),
  TextDecoder,
  decoder: new TextDecoder(),
  AbortController,
  controller: new AbortController(),
  AbortSignal,
  signal: new AbortController().signal,
  DOMException,
  exception: new DOMException(),
  InternalError,
  internal: new InternalError(),
  crypto,
  Crypto,
  SubtleCrypto,
  subtle: crypto.subtle,
  CryptoKey,
  key: CryptoKey.prototype,
  performance,
});

/** The members of an object by name, those of its classes included: the number of arguments that a
 *  method says it takes, or null. */
function membersOf(value: object): Record<string, number | null> {
  const found: Record<string, number | null> = Object.create(null);
  const { prototype } = Object;
  const ends: (object | null)[] = [null, prototype, Function.prototype, Error, Error.prototype];
  for (let at: object | null = value; !ends.includes(at); at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const { value: own } = Object.getOwnPropertyDescriptor(at, name)!;
      found[name] ??= typeof own === "function" ? own.length : null;
    }
  }
  return found;
}

/** A result as JSON. What JSON cannot hold is named by its class. */
function shown(value: unknown): unknown {
  if (value === undefined || typeof value === "function") return { $is: typeof value };
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(shown);
  if (value instanceof Iterator) return { $is: "IteratorObject" };
  const { constructor } = value;
  if (constructor !== Object) return { $is: constructor.name };
  const tag = (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (tag !== undefined) return { $is: tag };
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each)]));
}

export default class TypedUses implements BotHooks {
  static manifest: BotManifest = {
    summary: "Uses all that is declared",
    net: [],
    params: { views: 5 },
    moves: MOVES,
    private: true,
    confidential: true,
  };
  constructor(private ctx: BotContext, private params: { group?: string }) {}

  /** A hook of a real channel posts what it was called with. */
  #called(hook: string, args: unknown[]) {
    const timers = hook === "on_init" || hook === "on_timer" ? [] : ["due"];
    for (const name of timers) this.ctx.set_timer(name, 1);
    this.ctx.post("control", { type: "called", hook, args });
  }

  async on_init() {
    const { group } = this.params;
    if (group === undefined) {
      for (const [i, view] of VIEWS.entries()) this.ctx.post("bot", { ...TURNS[i], view });
      return this.#called("on_init", []);
    }
    if (group === "shapes") {
      const shapes = Object.entries(SHAPES(this.ctx));
      this.ctx.post("bot", {
        globals: membersOf(globalThis),
        shapes: Object.fromEntries(shapes.map(([name, value]) => [name, membersOf(value)])),
      });
      return;
    }
    const results: unknown[] = [];
    for (const use of USES[group]!(this.ctx)) results.push(shown(await use()));
    // Not by a post, since a group may have ended the bot.
    console.log("results", results.length);
    for (const result of results) console.log(JSON.stringify(result));
  }
  on_join(player_id: string) {
    this.#called("on_join", [player_id]);
  }
  on_leave(player_id: string, reason: "left" | "removed" | "banned", by: string) {
    this.#called("on_leave", [player_id, reason, by]);
  }
  on_timer(name: string) {
    this.#called("on_timer", [name]);
  }
  on_message(msg: Message) {
    if (msg.body.type !== "called") this.#called("on_message", [msg]);
  }
}
