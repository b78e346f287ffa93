/** Two games that differ only in words that another seat may not read: whispers, private moves,
 *  what a bot says to one player, remembers of it and asks a web site for. Everything that a third
 *  player, an admin and a spectator are given is the same to the byte (`words_apart.ts`). The games
 *  have the same clock, ids and secrets, and are played over HTTP. */
import assert from "node:assert/strict";
import type { AppParts } from "../../src/compose/app.ts";
import { builtinBots } from "../../src/compose/builtin_bots.ts";
import { STORAGE_BOUNDS } from "../../src/domain/storage/storage.ts";
import { RATES } from "../../src/domain/limits/work.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { instances } from "../support/apps.ts";
import type { Report } from "../reports/report.ts";
import { EventsClient } from "../support/events_client.ts";
import { Player, Problem, type Wire } from "../support/player.ts";
import { TASKS } from "../support/task_client.ts";
import { type WebServer, webServer } from "../support/web_server.ts";
import { assertSameBytes, type Given } from "../support/words_apart.ts";
import { webhookReceiver } from "../support/webhook_receiver.ts";
import { modernRequest } from "./rpc.ts";

interface Scene extends Report {
  /** What stands in the place of the private words, in one game each. */
  words: string[];
  /** Whether the spectators are so far behind that they do not read the words yet, which Ada says
   *  to everyone. Of the game's players nobody is compared then. */
  behind?: true;
  /** The bots of the channel; by default one that repeats to each reader what it heard. */
  bots?: readonly Wire[];
  /** Whether these bots leave Eve's open words unanswered. */
  silent?: true;
  /** The server's limits, where the game is to reach them, and how Eve is refused then. */
  parts?: Partial<AppParts>;
  refused?: string;
  /** Ada's private words of a round; by default a whisper to Bob. */
  privately?: (words: string, round: number) => [operation: string, input: Wire][];
}

/** Enough for pages to end at their bytes, and not only at their count. */
const ROUNDS = 8;

/** More entries than a game has after its players have joined. */
const BEHIND = 200;

const ECHO = [{ code_ref: "builtin://EchoBot" }];

/** Remembers private words, answers them to their sender alone, and lets them decide on its state,
 *  its timers, the player whose turn it is, and the moves. */
const KEEPER = `export default class Keeper {
  static manifest = {
    summary: "Keeps words",
    net: [],
    private: true,
    moves: { game: "keep", actions: { hide: { value: "<text>", private: true } } },
  };
  constructor(ctx) { this.ctx = ctx; }
  on_message({ kind, sender, body, to }) {
    if (kind !== "user" || !to) return;
    const words = String(body.text ?? body.value);
    const long = words.length > 5;
    if (long) this.ctx.set_state({ all: [this.ctx.get_state(), words.slice(0, 900)] });
    if (long) this.ctx.set_timer(words.slice(0, 60), 3_600_000);
    const players = long ? ["p1", "p2", "p3"] : ["p1"];
    const turn = { type: "bot:turn", players, position: words, legal_moves: [words] };
    this.ctx.post("bot", turn, { to: [sender] });
  }
}`;

/** Asks a web site about private words, and tells their sender what it said. */
const ASKER = `export default class Asker {
  constructor(ctx, params) { this.ctx = ctx; this.params = params; }
  async on_message({ kind, sender, body, to }) {
    if (kind !== "user" || !to) return;
    const asked = [body.text, ...body.text.length > 5 ? ["more", body.text.slice(9)] : []];
    for (const text of asked) await fetch(this.params.url, { method: "POST", body: text });
    this.ctx.post("bot", { asked }, { to: [sender] });
  }
}`;

const LONG = "a long story ".repeat(400);

function scenesWith(site: WebServer): Scene[] {
  const asker = {
    inline_code: ASKER,
    manifest: { net: [site.host], private: true },
    params: { url: `${site.origin}/echo` },
  };
  const keeper = { bots: [{ inline_code: KEEPER }], silent: true as const };
  const MiB = 1024 ** 2;
  return [
    {
      report: 4140,
      what: "whispers",
      words: ["hush", "y".repeat(15_000), "☂🂡".repeat(400), `"\\\n`.repeat(1_000)],
    },
    {
      what: "words that spectators may not read yet",
      words: ["hush", "y".repeat(15_000), `"\\\n`.repeat(1_000)],
      behind: true,
      privately: (words) => [["post_message", { body: words }]],
    },
    {
      what: "what a bot makes of words that spectators may not read yet",
      words: ["short", LONG],
      ...keeper,
      behind: true,
      privately: (words) => [
        ["post_message", { body: words }],
        ["make_game_move", { game: "keep", action: "hide", value: words }],
      ],
    },
    {
      what: "what a bot keeps of private words",
      words: ["short", LONG],
      ...keeper,
      privately: (words, round) => [
        ["post_message", {
          body: words,
          to: ["p1"],
          idempotency_key: `${round} ${words}`.slice(0, 99),
        }],
        ["make_game_move", { game: "keep", action: "hide", value: words }],
      ],
    },
    {
      what: "what a bot asks the network about private words",
      words: ["short", LONG],
      bots: [asker],
      silent: true,
    },
    {
      what: "words until the channel is full",
      words: ["short", LONG],
      ...keeper,
      parts: { storage: { ...STORAGE_BOUNDS, channel: MiB / 4 } },
      refused: "A channel stores at most",
    },
    {
      what: "words until the storage of the channel's creator is full",
      words: ["short", LONG],
      ...keeper,
      parts: { storage: { ...STORAGE_BOUNDS, perGuest: MiB / 4 } },
      refused: "for one guest",
    },
    {
      what: "words until the channel's creator has written too much",
      words: ["short", LONG],
      ...keeper,
      parts: { rates: { ...RATES, written: { quota: MiB / 2, windowMs: 3_600_000 } } },
      refused: "hourly limit of data",
    },
  ];
}

/** The clocks and the random bytes of a game: the same in every game. */
class Fate {
  constructor(readonly now: Date) {}

  /** By length, so that the number of commits, whose ids are random, changes nothing else. */
  readonly #drawn = new Map<number, number>();
  ms = 0;
  readonly parts: Partial<AppParts> = {
    now: () => this.now,
    nowMs: () => this.ms,
    randomBytes: (length) => {
      const nth = (this.#drawn.get(length) ?? 0) + 1;
      this.#drawn.set(length, nth);
      const bytes = new Uint8Array(length);
      new DataView(bytes.buffer).setUint32(0, nth);
      return bytes;
    },
  };
}

/** Requests of one caller, and what they are answered. */
class Viewer {
  readonly given: Given = [];
  readonly events: EventsClient;
  isSeated = false;

  constructor(readonly url: string, readonly token: string, readonly fate: Fate) {
    this.events = new EventsClient(url, token);
  }

  static async at(url: string, fate: Fate): Promise<Viewer> {
    return new Viewer(url, (await Player.at(url)).token, fate);
  }

  /** Sends a request and records the whole answer. Returns its JSON, if it is JSON. */
  async ask(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Wire> {
    this.fate.ms += 250;
    const answer = await fetch(`${this.url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const shown = [...answer.headers].filter(([name]) => name !== "date");
    const request = `${path} ${JSON.stringify(body) ?? ""}`;
    this.given.push([request, `${answer.status} ${JSON.stringify(shown)} ${text}`]);
    return answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  }

  /** As a client of 2026-07-28. */
  async mcp(method: string, params: Record<string, unknown>, path = "/mcp"): Promise<Wire> {
    const { body, headers } = modernRequest(method, params);
    return (await this.ask(path, body, headers)).result;
  }

  async tool(name: string, input: Wire, path = "/mcp"): Promise<void> {
    await this.mcp("tools/call", { name, arguments: input }, path);
  }

  /** What a task for a wait is, and what becomes of it. Its id is encrypted, and of one length. */
  async task(input: Wire): Promise<void> {
    const declared = (method: string, params: Wire) => {
      const { body, headers } = modernRequest(method, params) as Wire;
      const capabilities = { extensions: { [TASKS]: {} } };
      body.params._meta["io.modelcontextprotocol/clientCapabilities"] = capabilities;
      return this.ask("/mcp", body, { ...headers, "mcp-name": params.name ?? params.taskId });
    };
    const called = await declared("tools/call", { name: "wait_for_turn", arguments: input });
    const { taskId } = called.result ?? {};
    if (taskId === undefined) return;
    await declared("tasks/get", { taskId });
    for (const given of this.given.slice(-2)) {
      given.splice(
        0,
        2,
        ...given.map((text) => text.replaceAll(taskId, "t".repeat(taskId.length))),
      );
    }
  }

  /** Every event, in pages of each size. */
  async poll(name: string, args: Wire): Promise<void> {
    for (const maxEvents of [1, 5, 100]) {
      for (let cursor = "0", hasMore = true; hasMore;) {
        const params = { name, arguments: args, cursor, maxEvents };
        const page = await this.mcp("events/poll", params);
        ({ cursor, hasMore } = page ?? { cursor, hasMore: false });
      }
    }
  }

  /** Subscribes to a channel; the returned function ends that, and gives what was notified, once
   *  each, since commits may be notified together. */
  async listen(channel_id: string): Promise<() => Promise<void>> {
    const uri = `channel://${channel_id}/transcript`;
    const params = { notifications: { resourceSubscriptions: [uri] } };
    const { body, headers } = modernRequest("subscriptions/listen", params);
    const stop = new AbortController();
    const response = await fetch(`${this.url}/mcp`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      body: JSON.stringify(body),
      signal: stop.signal,
    });
    const seen = new Set<string>();
    const reading = (async () => {
      for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
        for (const line of text.split("\n")) seen.add(line);
      }
    })().catch((error) => assert.ok(stop.signal.aborted, String(error)));
    return async () => {
      stop.abort();
      await reading;
      this.given.push(["subscriptions/listen", JSON.stringify([...seen].sort())]);
    };
  }

  /** The file of an export, and its link without the name of its holder, which is random. */
  async export(channel_id: string): Promise<void> {
    const { url } = await this.ask("/export_channel", { channel_id });
    if (url === undefined) return; // spectators who are behind get none
    const [, [, link]] = [this.given.pop()!, /exports\/([\w-]+)\.[\w-]{43}$/.exec(url)!];
    const ticket = JSON.parse(new TextDecoder().decode(fromBase64Url(link!)));
    this.given.push([
      "/export_channel",
      JSON.stringify({ ...ticket, holder: ticket.holder.length }),
    ]);
    await this.ask(new URL(url).pathname);
    this.given.push(["the file of the export", this.given.pop()![1]]);
  }
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}

/** Refusals are part of games that reach a limit. */
function isRefusal(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}

/** Asks for everything that there is to read of a channel. */
async function readAll(viewer: Viewer, channel_id: string, size: number): Promise<void> {
  for (const limit of [1, 3, 7, 25, 500]) {
    for (let cursor = 0, more = true; more;) {
      const page = { channel_id, cursor, limit, proof: limit > 3, timeout_ms: 0 };
      ({ cursor, more } = await viewer.ask("/sync_messages", page));
    }
    for (const proof of [false, true]) {
      await viewer.ask("/sync_messages", { channel_id, last: limit, proof, timeout_ms: 0 });
    }
    await viewer.tool("sync_messages", { channel_id, limit, timeout_ms: 0 });
    await viewer.tool("sync_messages", { channel_id, last: limit, timeout_ms: 0 });
  }
  for (const cursor of [undefined, 0, 1, Math.floor(size / 2), size - 1, size, size + 1]) {
    await viewer.ask("/wait_for_turn", { channel_id, cursor, timeout_ms: 20 });
    await viewer.tool("wait_for_turn", { channel_id, cursor, timeout_ms: 0 }, "/mcp/play");
    await viewer.ask("/sync_messages", { channel_id, cursor, timeout_ms: 20 });
    if (viewer.isSeated) await viewer.task({ channel_id, cursor });
  }
  await viewer.poll("message.created", { channel_id });
  await viewer.poll("turn.mine", { channel_id });
  for (let uri = `channel://${channel_id}/transcript`; uri;) {
    const { contents: [{ text }] } = await viewer.mcp("resources/read", { uri });
    uri = JSON.parse(text).next_uri;
  }
  await viewer.mcp("resources/list", {});
  for (const path of ["/get_channel_info", "/who"]) await viewer.ask(path, { channel_id });
  await viewer.tool("get_channel_info", { channel_id });
  await viewer.tool("show_board", { channel_id });
  await viewer.ask("/list_channels", {});
  for (let id = size - 6; id <= size + 1; id++) {
    await viewer.ask("/get_proof", { channel_id, id, since: id });
    const body_hash = `sha256:${"0".repeat(64)}`;
    await viewer.ask("/get_evidence", { channel_id, msg_id: id, body_hash });
  }
  await viewer.ask("/verify_channel", { channel_id });
  await viewer.export(channel_id);
}

/** Resolves with the size of a channel once its bots have heard all of it. */
async function settled(clerk: Player, channel_id: string): Promise<number> {
  for (;;) {
    const { url, entries } = await clerk.call("export_channel", { channel_id });
    const claims = new URL(url).pathname.split("/").at(-1)!.split(".")[0]!;
    const { cursors } = JSON.parse(new TextDecoder().decode(fromBase64Url(claims)));
    if (Object.values(cursors).every((cursor) => cursor === entries)) return entries;
    const read = { channel_id, cursor: entries, timeout_ms: 50 };
    await clerk.call("sync_messages", read);
  }
}

/** Plays a game with a private word. Returns what Eve, who made the channel and has a seat, and a
 *  spectator are given. */
async function played(sandbox: Sandbox, scene: Scene, now: Date, words: string): Promise<Given[]> {
  const fate = new Fate(now);
  await using receiver = await webhookReceiver();
  const { network: testNetwork } = receiver;
  const { builtins } = await builtinBots();
  const parts = { sandbox, builtins, shared: false, rates: RATES, testNetwork };
  await using server = await instances(1, { ...parts, ...fate.parts, ...scene.parts });
  const url = server.urls[0]!;
  const [ada, bob, clerk] = [await Player.at(url), await Player.at(url), await Player.at(url)];
  const [eve, watcher] = [await Viewer.at(url, fate), await Viewer.at(url, fate)];
  const teller = scene.behind ? new Player(url, eve.token) : clerk;
  const { channel_id, invites } = await eve.ask("/create_channel", {
    name: "game",
    slots: ["bot:one", "invite:a", "invite:b", "invite:c"],
    bots: scene.bots ?? ECHO,
    visibility: "public",
    spectators: true,
    ...(scene.behind && { spectator_delay: BEHIND }),
  });
  let size = await settled(teller, channel_id);
  for (const [i, player] of [ada, bob].entries()) {
    await player.join(invites[i]);
    size = await settled(teller, channel_id);
  }
  await eve.ask("/join_channel", { invite_code: invites[2] });
  eve.isSeated = true;
  size = await settled(teller, channel_id);
  const [began, ends] = [size, [await eve.listen(channel_id), await watcher.listen(channel_id)]];
  const delivery = { mode: "webhook", url: receiver.url(), secret: receiver.secret() };
  const subscribed = { name: "message.created", arguments: { channel_id }, cursor: String(began) };
  await eve.events.call("events/subscribe", { ...subscribed, delivery });
  const whisper = (
    text: string,
  ): [string, Wire][] => [["post_message", { body: text, to: ["p2"] }]];
  for (let round = 0; round < ROUNDS; round++) {
    await bob.say(`${round} `.padEnd(3_000, "open ")).catch(isRefusal);
    await settled(teller, channel_id);
    for (const [name, input] of (scene.privately ?? whisper)(words, round)) {
      await ada.call(name, { channel_id, ...input }).catch(isRefusal);
      size = await settled(teller, channel_id);
    }
    await eve.ask("/post_message", {
      channel_id,
      body: "well",
      wait_ms: scene.silent ? 0 : 45_000,
    });
    size = await settled(teller, channel_id);
    await eve.ask("/get_channel_info", { channel_id });
    await watcher.ask("/wait_for_turn", { channel_id, cursor: 0, timeout_ms: 0 });
  }
  for (const end of ends) await end();
  let count = 0;
  for (let cursor = String(began), hasMore = true; hasMore;) {
    const page = await eve.events.call("events/poll", { ...subscribed, cursor });
    ({ cursor, hasMore } = page);
    count += page.events.length;
  }
  const taken = (await receiver.taken(count)).map(({ id, body }) => ({ id, body }));
  eve.given.push(["deliveries", JSON.stringify(taken)]);
  for (const viewer of [eve, watcher]) await readAll(viewer, channel_id, size);
  const move = { channel_id, game: "any", action: "go" };
  await eve.tool(
    "make_game_move",
    { ...move, wait_ms: scene.silent ? 0 : 45_000, cursor: 0 },
    "/mcp/play",
  );
  await settled(teller, channel_id);
  await eve.ask("/post_message", { channel_id, body: "x", to: ["p9"] });
  await eve.ask("/post_message", { channel_id, body: "y".repeat(17_000) });
  await eve.ask("/update_channel", { channel_id, ops: [{ type: "close" }] });
  if (scene.behind) return [watcher.given];
  for (const viewer of [eve, watcher]) await viewer.export(channel_id);
  return [eve.given, watcher.given];
}

Deno.test("nothing that others are given depends on private words", async (t) => {
  await using site = webServer();
  const test = { loopback: true, caCerts: [] } as const;
  const network = { schemes: "http", denied: [], test } as const;
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 5_000, network });
  try {
    for (const scene of scenesWith(site)) {
      await t.step(scene.what, async () => {
        const [first, ...more] = scene.words;
        const now = new Date(); // receivers of events refuse an old time
        const some = await played(sandbox, scene, now, first!);
        const { refused = "" } = scene;
        assert.ok(some[0]!.some(([, answer]) => answer.includes(refused)), refused);
        for (const words of more) {
          const others = await played(sandbox, scene, now, words);
          for (const [i, given] of some.entries()) assertSameBytes(given, others[i]!);
        }
      });
    }
  } finally {
    await sandbox.close();
  }
});
