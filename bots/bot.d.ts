// deno-lint-ignore-file no-var no-explicit-any -- as the types of the web
/** What a bot's source may take for granted. Only for editors: the sandbox strips types. With
 *  `"lib": ["esnext"], "types": []` in a tsconfig.json, an editor also refuses what no bot has,
 *  such as `document`. Of the language itself, a bot has no `eval`, `Intl`, `Temporal`, `Atomics`,
 *  `WeakRef` and `FinalizationRegistry`. */

/** The hooks of a bot. It has at least one of them, plain or async. */
interface BotHooks {
  /** The bot is attached. */
  on_init?(): unknown;
  /** A player has joined. */
  on_join?(player_id: string): unknown;
  /** An entry is in the log that is not the bot's own. */
  on_message?(msg: Message): unknown;
  /** A player is gone. `by` is a player's id, or `host`. */
  on_leave?(player_id: string, reason: "left" | "removed" | "banned", by: string): unknown;
  /** A timer is due. */
  on_timer?(name: string): unknown;
}

/** An entry of the log, as a bot reads it. */
interface Message {
  /** 1 for the first entry of the channel, and one more for each that follows. */
  id: number;
  /** `chn_` and more. */
  channel_id: string;
  /** `p1` and so on, `system`, or `bot:<bot id>`. */
  sender: string;
  kind: "user" | "bot" | "system" | "control";
  /** A text is `{ text }`, and a move `{ type: "move", game, action, value? }`. */
  body: Record<string, unknown>;
  /** When, in ISO 8601. */
  ts: string;
  /** The players who may read it, if not everybody: only bots with `private: true` in their
   *  manifest get such messages. */
  to?: string[] | undefined;
  /** The id of the entry whose hook posted it. */
  cause?: number;
  /** SHA-256 of the entry, `sha256:<hex>`. */
  hash: string;
}

/** `static manifest` of the class. */
interface BotManifest {
  /** What the bot does, in one line. */
  summary?: string;
  /** The hosts that the bot may call; any public host if absent. */
  net?: "public" | string[];
  /** Defaults of the parameters, or their JSON schema. */
  params?: Record<string, unknown>;
  /** The moves that it takes, so that answers can name them. */
  moves?: Moves;
  /** Whether the bot hears messages to some players only. Others can't run the hooks of such a bot
   *  again once it has heard one. */
  private?: boolean;
  /** Beside `private`: whether no other bot of the channel may ever hear such messages. */
  confidential?: boolean;
  [more: string]: unknown;
}

/** What `tls_certificate` resolves to. */
interface CertificateChain {
  verified: boolean;
  /** Why it is not verified. */
  error?: string;
  /** Leaf first; dates are ISO 8601, fingerprints `sha256:<hex>`. */
  chain: {
    subject: string;
    issuer: string;
    serial_number: string;
    valid_from: string;
    valid_to: string;
    subject_alt_names: string[];
    fingerprint_sha256: string;
    spki_sha256: string;
  }[];
}

/** The first argument of the constructor: all that a bot can do and know. */
interface BotContext {
  /** Posts to the channel when the hook returns, to everyone or to some players. At most 20 posts
   *  of 16 KiB a hook. */
  post(
    kind: "bot" | "system" | "control",
    body: Record<string, unknown> | string,
    options?: { to?: string[] | undefined },
  ): void;
  /** The value of the last set_state; null before the first. */
  get_state<State = any>(): State | null;
  /** Keeps JSON for the hooks that follow. */
  set_state(state: unknown): void;
  /** Ends the bot for good: the server calls it no more, and reveals its committed seed. */
  end(result?: unknown): void;
  /** The players in the channel. Anyone may take any name; the label is that of the slot, which
   *  only its invite fills. */
  players(): { player_id: string; display_name: string; label?: string }[];
  /** Calls on_timer(name) `ms` milliseconds after this hook's moment. A name has one timer: a new
   *  one replaces it. */
  set_timer(name: string, ms: number): void;
  /** Takes a timer back; nothing happens if it is not set. */
  clear_timer(name: string): void;
  /** Sealed values that were given when the bot was attached. */
  readonly env: Readonly<Record<string, string>>;
  /** Scratch files that are gone at the next hook. */
  readonly workspace: {
    write(name: string, content: string | Uint8Array): void;
    read(name: string): string | Uint8Array;
    list(): string[];
  };
  /** The global fetch: GET and POST to the hosts in `manifest.net`. */
  fetch: typeof fetch;
  /** The certificate chain that a host shows. Rejects when it can't be had. */
  tls_certificate(host: string, port?: number): Promise<CertificateChain>;
}

/** The moves of a game, in `static manifest.moves`. */
interface Moves {
  /** 1 to 24 letters, digits, _ or -. */
  game: string;
  /** Other names of the game that the bot takes. */
  aliases?: string[];
  actions: Record<string, {
    /** A JSON schema of the value, or its form in words, such as "<whole number 1 to 100>". */
    value?: string | Record<string, unknown>;
    /** A text that makes the same move, such as "guess 42". */
    text?: string;
    /** Others do not read it: `make_game_move` posts it to its player and the bots that hear
     *  private messages. Takes `private: true` beside `moves`, too. */
    private?: boolean;
  }>;
}

/** A whole move: as the arguments of `make_game_move`, it is one that the bot accepts now. */
interface LegalMove {
  action: string;
  value?: number | string | Record<string, unknown>;
}

/** What a player who remembers nothing needs to make the next move. It is paid for each turn: keep
 *  it short, and public as far as its post is. */
interface TurnHelp {
  /** How things stand. */
  position?: Record<string, unknown> | string;
  /** At most 64. One that gives the game up is never the only one. */
  legal_moves?: LegalMove[];
  /** The values of an action that has more of them than `legal_moves` should list. */
  ranges?: Record<string, { min: number; max: number }>;
  /** Until when, in ISO 8601, if the bot will not wait any longer. */
  deadline?: string;
  text?: string;
}

/** A post that says whose turn it is. */
interface TurnPost extends TurnHelp {
  type: "bot:turn";
  /** A player id, or null for nobody. */
  player?: string | null;
  /** Those who have the turn; beside `player`, those of the game. */
  players?: string[];
}

/** The same, as `now` of any post. */
interface TurnNow extends TurnHelp {
  /** The players who have the turn, several at once. Where `actions` differ, each player's legal
   *  moves are those of its own actions. */
  may?: { player: string; actions?: string[] }[];
  /** The players of the game, whoever has the turn. */
  players?: string[];
}

/** The board in a post, as its member `view`: docs/bots.md, "A board for your game". Texts are
 *  plain; a member that breaks a rule leaves the whole view out. */
type BoardView =
  & {
    /** One line above, and up to 6 below. */
    title?: string;
    note?: string;
    /** What a player was shown of what is hidden holds while this stays the same. */
    round?: string | number;
    /** The action of the moves in cells and columns. */
    action?: string;
    /** What stands for each player, by id: `{ p1: "X" }`. */
    marks?: Record<string, string>;
  }
  & (
    | { kind: "cards" | "table"; rows: BoardRow[]; columns?: BoardCell[] }
    | {
      kind: "grid";
      rows: BoardRow[];
      columns?: BoardCell[];
      checkered?: boolean;
      /** The player who looks from the other side. */
      flipped?: string;
    }
    | {
      kind: "line";
      from: number;
      to: number;
      low?: number;
      high?: number;
      points?: { at: number; text?: string }[];
    }
    | { kind: "text"; text: string }
  );

type BoardRow = BoardCell[] | { label?: string | number; cells: BoardCell[]; note?: string };

/** In a board of cards, "As" and "10h" are cards, "1" to "6" dice, and "??" and "?" hidden ones. */
type BoardCell = string | number | {
  text?: string | number;
  /** Points the cell out, as the last move or a line that wins. */
  marked?: boolean;
  /** The value that a click sends; or the values by the name of a second cell, which is the label
   *  of its column and that of its row. */
  move?: string | number | Record<string, string | number | (string | number)[]>;
};

// The globals of a bot, besides the language
// -------------------------------------------------------------------------------------------------
// Where an editor has the types of the web, which know more than a bot has, those count.

type BotOnly<Own> = typeof globalThis extends { addEventListener: unknown } ? Record<never, never>
  : Own;

/** What is written here, the author reads with `debug_bot` or `mcpmp bot run`; nobody else does. */
declare var console: typeof globalThis extends {
  addEventListener: unknown;
  console: infer Theirs;
} ? Theirs
  : BotConsole;

interface BotConsole {
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  trace(...values: unknown[]): void;
  dir(...values: unknown[]): void;
  dirxml(...values: unknown[]): void;
  table(...values: unknown[]): void;
  /** Writes the values if the first one is not true. */
  assert(isTrue?: unknown, ...values: unknown[]): void;
  // The others do nothing.
  group(...values: unknown[]): void;
  groupCollapsed(...values: unknown[]): void;
  groupEnd(...values: unknown[]): void;
  count(...values: unknown[]): void;
  countReset(...values: unknown[]): void;
  time(...values: unknown[]): void;
  timeLog(...values: unknown[]): void;
  timeEnd(...values: unknown[]): void;
  clear(...values: unknown[]): void;
}

/** GET or POST, to a host in `manifest.net`. Every answer is recorded in the channel. */
declare function fetch(url: string | URL, init?: BotRequest): Promise<Response>;

interface BotRequest {
  method?: "GET" | "POST";
  headers?: BotHeadersInit;
  body?: BotBody | null;
  /** With "manual", the redirect is the answer; with "error", `fetch` rejects. */
  redirect?: "follow" | "manual" | "error";
  signal?: AbortSignal | null;
}

type BotHeadersInit = Headers | Record<string, string> | [name: string, value: string][];
type BotBody = string | URLSearchParams | ArrayBuffer | Uint8Array<ArrayBuffer> | Blob;

interface Headers extends BotOnly<BotHeaders> {}
declare var Headers: typeof globalThis extends {
  addEventListener: unknown;
  Headers: infer Theirs;
} ? Theirs
  : { new (init?: BotHeadersInit): Headers; prototype: Headers };

interface BotHeaders {
  append(name: string, value: string): void;
  delete(name: string): void;
  get(name: string): string | null;
  getSetCookie(): string[];
  has(name: string): boolean;
  set(name: string, value: string): void;
  forEach(call: (value: string, name: string, headers: Headers) => void): void;
  entries(): IteratorObject<[name: string, value: string]>;
  keys(): IteratorObject<string>;
  values(): IteratorObject<string>;
  [Symbol.iterator](): IteratorObject<[name: string, value: string]>;
}

interface Response extends BotOnly<BotResponse> {}
declare var Response: typeof globalThis extends {
  addEventListener: unknown;
  Response: infer Theirs;
} ? Theirs
  : {
    new (body?: BotBody | null, init?: BotResponseInit): Response;
    prototype: Response;
    json(data: unknown, init?: BotResponseInit): Response;
  };

interface BotResponseInit {
  status?: number;
  statusText?: string;
  headers?: BotHeadersInit;
}

interface BotResponse {
  readonly status: number;
  readonly statusText: string;
  /** Whether the status is 200 to 299. */
  readonly ok: boolean;
  readonly headers: Headers;
  readonly type: string;
  /** The URL that answered, after redirects. */
  readonly url: string;
  readonly redirected: boolean;
  readonly bodyUsed: boolean;
  text(): Promise<string>;
  json(): Promise<any>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<Blob>;
  clone(): Response;
}

interface Blob extends BotOnly<BotBlob> {}
declare var Blob: typeof globalThis extends {
  addEventListener: unknown;
  Blob: infer Theirs;
} ? Theirs
  : { new (parts?: BotBody[], options?: { type?: string }): Blob; prototype: Blob };

interface BotBlob {
  readonly size: number;
  readonly type: string;
  text(): Promise<string>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(start?: number, end?: number, type?: string): Blob;
}

interface URL extends BotOnly<BotUrl> {}
declare var URL: typeof globalThis extends { addEventListener: unknown; URL: infer Theirs } ? Theirs
  : {
    new (url: string | URL, base?: string | URL): URL;
    prototype: URL;
    canParse(url: string | URL, base?: string | URL): boolean;
  };

interface BotUrl {
  href: string;
  readonly origin: string;
  protocol: string;
  username: string;
  password: string;
  host: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  readonly searchParams: URLSearchParams;
  hash: string;
  toString(): string;
  toJSON(): string;
}

interface URLSearchParams extends BotOnly<BotUrlSearchParams> {}
declare var URLSearchParams: typeof globalThis extends {
  addEventListener: unknown;
  URLSearchParams: infer Theirs;
} ? Theirs
  : {
    new (
      init?: string | URLSearchParams | Record<string, string> | [name: string, value: string][],
    ): URLSearchParams;
    prototype: URLSearchParams;
  };

interface BotUrlSearchParams {
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  set(name: string, value: string): void;
  sort(): void;
  toString(): string;
  forEach(call: (value: string, name: string, params: URLSearchParams) => void): void;
  entries(): IteratorObject<[name: string, value: string]>;
  keys(): IteratorObject<string>;
  values(): IteratorObject<string>;
  [Symbol.iterator](): IteratorObject<[name: string, value: string]>;
}

interface TextEncoder extends BotOnly<BotTextEncoder> {}
declare var TextEncoder: typeof globalThis extends {
  addEventListener: unknown;
  TextEncoder: infer Theirs;
} ? Theirs
  : { new (): TextEncoder; prototype: TextEncoder };

interface BotTextEncoder {
  readonly encoding: string;
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, bytes: Uint8Array): { read: number; written: number };
}

interface TextDecoder extends BotOnly<BotTextDecoder> {}
declare var TextDecoder: typeof globalThis extends {
  addEventListener: unknown;
  TextDecoder: infer Theirs;
} ? Theirs
  : {
    /** UTF-8 alone. */
    new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder;
    prototype: TextDecoder;
  };

interface BotTextDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}

interface AbortController extends BotOnly<BotAbortController> {}
declare var AbortController: typeof globalThis extends {
  addEventListener: unknown;
  AbortController: infer Theirs;
} ? Theirs
  : { new (): AbortController; prototype: AbortController };

interface BotAbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

interface AbortSignal extends BotOnly<BotAbortSignal> {}
declare var AbortSignal: typeof globalThis extends {
  addEventListener: unknown;
  AbortSignal: infer Theirs;
} ? Theirs
  : {
    prototype: AbortSignal;
    abort(reason?: unknown): AbortSignal;
    timeout(ms: number): AbortSignal;
    any(signals: AbortSignal[]): AbortSignal;
  };

interface BotAbortSignal {
  readonly aborted: boolean;
  readonly reason: any;
  onabort: ((event: BotAbortEvent) => unknown) | null;
  throwIfAborted(): void;
  addEventListener(type: "abort", call: BotAbortListener | null): void;
  removeEventListener(type: "abort", call: BotAbortListener | null): void;
}

interface BotAbortEvent {
  type: "abort";
  target: AbortSignal;
  currentTarget: AbortSignal;
}

type BotAbortListener =
  | ((event: BotAbortEvent) => unknown)
  | { handleEvent(event: BotAbortEvent): unknown };

interface DOMException extends BotOnly<BotDomException> {}
declare var DOMException: typeof globalThis extends {
  addEventListener: unknown;
  DOMException: infer Theirs;
} ? Theirs
  : { new (message?: string, name?: string): DOMException; prototype: DOMException };

interface BotDomException extends Error {
  readonly code: number;
}

/** The engine's own errors, such as a lack of memory. */
interface InternalError extends Error {}
declare var InternalError: {
  new (message?: string, options?: ErrorOptions): InternalError;
  prototype: InternalError;
};

interface Crypto extends BotOnly<BotCrypto> {}
declare var crypto: typeof globalThis extends {
  addEventListener: unknown;
  crypto: infer Theirs;
} ? Theirs
  : Crypto;
declare var Crypto: typeof globalThis extends {
  addEventListener: unknown;
  Crypto: infer Theirs;
} ? Theirs
  : { prototype: Crypto };

/** Random bytes come from the committed seed of the bot and the log, as `Math.random()` does. */
interface BotCrypto {
  readonly subtle: SubtleCrypto;
  getRandomValues<Bytes extends ArrayBufferView>(bytes: Bytes): Bytes;
  randomUUID(): string;
}

interface SubtleCrypto extends BotOnly<BotSubtleCrypto> {}
declare var SubtleCrypto: typeof globalThis extends {
  addEventListener: unknown;
  SubtleCrypto: infer Theirs;
} ? Theirs
  : { prototype: SubtleCrypto };

type BotBytes = ArrayBuffer | ArrayBufferView;
type BotAlgorithm = string | { name: string; [more: string]: unknown };

/** Without Ed25519, which `lib:noble-ed25519` has, and without JSON Web Keys. */
interface BotSubtleCrypto {
  digest(algorithm: BotAlgorithm, data: BotBytes): Promise<ArrayBuffer>;
  generateKey(
    algorithm: BotAlgorithm,
    extractable: boolean,
    usages: string[],
  ): Promise<CryptoKey | { publicKey: CryptoKey; privateKey: CryptoKey }>;
  importKey(
    format: "raw" | "pkcs8" | "spki",
    data: BotBytes,
    algorithm: BotAlgorithm,
    extractable: boolean,
    usages: string[],
  ): Promise<CryptoKey>;
  exportKey(format: "raw" | "pkcs8" | "spki", key: CryptoKey): Promise<ArrayBuffer>;
  sign(algorithm: BotAlgorithm, key: CryptoKey, data: BotBytes): Promise<ArrayBuffer>;
  verify(
    algorithm: BotAlgorithm,
    key: CryptoKey,
    signature: BotBytes,
    data: BotBytes,
  ): Promise<boolean>;
  encrypt(algorithm: BotAlgorithm, key: CryptoKey, data: BotBytes): Promise<ArrayBuffer>;
  decrypt(algorithm: BotAlgorithm, key: CryptoKey, data: BotBytes): Promise<ArrayBuffer>;
  deriveBits(algorithm: BotAlgorithm, key: CryptoKey, bits: number): Promise<ArrayBuffer>;
  deriveKey(
    algorithm: BotAlgorithm,
    key: CryptoKey,
    derived: BotAlgorithm,
    extractable: boolean,
    usages: string[],
  ): Promise<CryptoKey>;
  wrapKey(
    format: "raw" | "pkcs8" | "spki",
    key: CryptoKey,
    wrappingKey: CryptoKey,
    algorithm: BotAlgorithm,
  ): Promise<ArrayBuffer>;
  unwrapKey(
    format: "raw" | "pkcs8" | "spki",
    wrapped: BotBytes,
    unwrappingKey: CryptoKey,
    algorithm: BotAlgorithm,
    keyAlgorithm: BotAlgorithm,
    extractable: boolean,
    usages: string[],
  ): Promise<CryptoKey>;
}

interface CryptoKey extends BotOnly<BotCryptoKey> {}
declare var CryptoKey: typeof globalThis extends {
  addEventListener: unknown;
  CryptoKey: infer Theirs;
} ? Theirs
  : { prototype: CryptoKey };

interface BotCryptoKey {
  readonly type: string;
  readonly extractable: boolean;
  readonly algorithm: { name: string };
  readonly usages: string[];
}

/** The time of the entry that called the hook, in milliseconds since 1970: it stands still. */
declare var performance: typeof globalThis extends {
  addEventListener: unknown;
  performance: infer Theirs;
} ? Theirs
  : { now(): number; readonly timeOrigin: number };

/** Inside of the hook, in no real time. For anything later, `ctx.set_timer`. */
declare function setTimeout<Args extends unknown[]>(
  call: (...args: Args) => unknown,
  ms?: number,
  ...args: Args
): number;
/** As `setTimeout`. One that nothing clears fails the hook. */
declare function setInterval<Args extends unknown[]>(
  call: (...args: Args) => unknown,
  ms?: number,
  ...args: Args
): number;
declare function clearTimeout(timer?: number): void;
declare function clearInterval(timer?: number): void;
declare function queueMicrotask(call: () => unknown): void;
/** A deep copy. Nothing can be transferred. */
declare function structuredClone<Value>(value: Value): Value;
declare function atob(base64: string): string;
declare function btoa(bytes: string): string;
