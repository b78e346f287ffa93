/** A table at which one bot referees, in the real sandbox and with a clock of its own: for tests of
 *  games that need many moves, or much time. */
import assert from "node:assert/strict";
import type { HookName } from "../../src/domain/bot/bot.ts";
import type { Json } from "../../src/kernel/json.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { job } from "../sandbox/job.ts";
import type { Wire } from "./player.ts";

const START_MS = Date.UTC(2026, 10, 23, 12);

export interface TablePost {
  kind: string;
  body: Wire;
  to?: string[];
}

/** What a bot's source gives before it runs. */
export interface Referee {
  source: string;
  className: string;
  language: "typescript" | "javascript";
  manifest: Wire;
}

/** Inspects a source. */
export async function refereeOf(sandbox: Sandbox, source: string): Promise<Referee> {
  // With the deadline of a server's own source: a busy machine may take long.
  const inspection = await sandbox.inspect({ source, again: true });
  assert.equal(inspection.kind, "accepted", JSON.stringify(inspection));
  const { class_name, language, manifest } = inspection as Wire;
  return { source, className: class_name, language, manifest };
}

/** One sandbox for the tests of a file. */
export async function gameSandbox(): Promise<Sandbox & AsyncDisposable> {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  return Object.assign(sandbox, { [Symbol.asyncDispose]: () => sandbox.close() });
}

/** Runs the hooks of one bot in order, as a channel does. */
export class BotTable {
  /** Everything that the bot has posted. */
  readonly posts: TablePost[] = [];
  /** What the bot gave `ctx.end`; undefined while it goes on. */
  result: Wire | undefined;
  nowMs = START_MS;
  #state: Json = null;
  #timers = new Map<string, number>();
  #id = 0;

  constructor(
    readonly sandbox: Sandbox,
    readonly referee: Referee,
    readonly players: string[],
    readonly params: Wire = {},
    /** 32 bytes in hex. */
    readonly seed = "5a".repeat(32),
  ) {}

  async start(): Promise<TablePost[]> {
    return await this.#run("on_init");
  }

  async join(player: string): Promise<TablePost[]> {
    this.players.push(player);
    return await this.#run("on_join", player);
  }

  async leave(player: string, reason = "left"): Promise<TablePost[]> {
    this.players.splice(this.players.indexOf(player), 1);
    return await this.#run("on_leave", player, reason);
  }

  /** A text, or the body of a message; to some players only, if `to` names them. */
  async say(player: string, said: string | Wire, to?: string[]): Promise<TablePost[]> {
    const body = typeof said === "string" ? { text: said } : said;
    return await this.#hear({ sender: player, kind: "user", body, ...to && { to } });
  }

  /** A move as make_game_move posts it: one that the manifest calls private goes to its player and
   *  the referee alone. */
  async move(player: string, action: string, value?: unknown, more: Wire = {}) {
    const { game, actions } = this.referee.manifest.moves;
    const body = { type: "move", game, action, ...value !== undefined && { value }, ...more };
    return await this.say(player, body, actions[action]?.private ? [player] : undefined);
  }

  /** The id of the newest entry. */
  get id(): number {
    return this.#id;
  }

  /** An entry of the server. */
  async announce(body: Wire): Promise<TablePost[]> {
    return await this.#hear({ sender: "system", kind: "control", body });
  }

  /** Lets time pass; the timers that come due meanwhile go off in order. */
  async wait(ms: number): Promise<TablePost[]> {
    const end = this.nowMs + ms;
    const posts: TablePost[] = [];
    for (;;) {
      const [next] = [...this.#timers].sort(([, a], [, b]) => a - b);
      if (!next || next[1] > end) break;
      this.#timers.delete(next[0]);
      this.nowMs = Math.max(this.nowMs, next[1]);
      posts.push(...await this.#run("on_timer", next[0]));
    }
    this.nowMs = end;
    return posts;
  }

  /** The newest post of a type that a player may read. */
  last(type: string, player?: string): Wire {
    return this.posts.findLast(({ body, to }) =>
      body.type === type && (!to || player !== undefined && to.includes(player))
    )?.body;
  }

  /** The players whose turn it is by the last open word. */
  get turn(): string[] {
    const { player, now } = this.last("bot:turn") ?? {};
    return player ? [player] : (now?.may ?? []).map((each: Wire) => each.player);
  }

  async #hear(message: Wire): Promise<TablePost[]> {
    this.#id += 1;
    const ts = new Date(this.nowMs).toISOString();
    const whole = { id: this.#id, channel_id: "c", ts, hash: "sha256:0", ...message };
    return await this.#run("on_message", whole);
  }

  async #run(hook: HookName, ...args: Json[]): Promise<TablePost[]> {
    if (this.result !== undefined) return [];
    // The entry that calls the hook.
    if (hook !== "on_message") this.#id += 1;
    const outcome = await this.sandbox.run(job(this.referee.source, {
      language: this.referee.language,
      class_name: this.referee.className,
      hook,
      args,
      params: this.params,
      state: this.#state,
      players: this.players.map((player_id) => ({ player_id, display_name: player_id })),
      timers: [...this.#timers].map(([name]) => name),
      now_ms: this.nowMs,
      // Each hook of a channel draws from its own stream.
      seed: this.seed.slice(0, 56) + (++this.#hooks).toString(16).padStart(8, "0"),
    }));
    assert.equal(
      outcome.kind,
      "done",
      `${hook} ${JSON.stringify(args)}: ${JSON.stringify(outcome)}`,
    );
    if (outcome.kind !== "done") return [];
    if (outcome.state_set) this.#state = outcome.state;
    for (const { name, due_ms } of outcome.timers ?? []) {
      if (due_ms === null) this.#timers.delete(name);
      else this.#timers.set(name, due_ms);
    }
    if (outcome.end) this.result = outcome.end.result as Wire;
    const posts = outcome.posts as TablePost[];
    this.posts.push(...posts);
    this.#id += posts.length;
    return posts;
  }

  #hooks = 0;
}
