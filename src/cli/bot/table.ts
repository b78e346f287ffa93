/** A channel without a server, for the author of a bot: in memory, on the same code as a server's,
 *  with a clock that only the author sets forward. Everything in it follows from its seed. */
import type { OpenedBot } from "../../channels/running/bot_debugger.ts";
import { openStore } from "../../compose/open_store.ts";
import { channelsOn, type ChannelsParts } from "../../compose/services.ts";
import type { Bot, BotDef } from "../../domain/bot/bot.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import type { Caller } from "../../domain/channel/seat.ts";
import { guestPrincipal } from "../../domain/channel/principal.ts";
import type { Entry, Head } from "../../domain/transcript/transcript.ts";
import { concatBytes, sha256, utf8ToBytes } from "../../kernel/hash.ts";
import type { Json } from "../../kernel/json.ts";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { createChannel } from "../../operations/create_channel.ts";
import { joinChannel } from "../../operations/join_channel.ts";
import type { Operation } from "../../operations/operation.ts";
import { Invocation, perform, type Performed } from "../../operations/perform.ts";
import { updateChannel } from "../../operations/update_channel.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { ChannelStore } from "../../store/channel/channel_store.ts";
import { AnsweredSandbox } from "./answered_sandbox.ts";
import type { Answers } from "./answers.ts";

export interface TableDef {
  bot: BotDef;
  /** The seats of players. */
  seats: number;
  /** Everything random follows from it: the bot's own seed, too. */
  seed: string;
  /** What sites answer; undefined: the sandbox's own network does. */
  answers?: Answers | undefined;
  /** Whether the seats are left free, for `seat()`. */
  isEmpty?: boolean;
}

type Opened = Awaited<ReturnType<typeof channelsOn>>;

/** What the operations of a table answer. */
// deno-lint-ignore no-explicit-any -- each operation declares its answer
type Answer = any;

const BEGIN_MS = Date.UTC(2026, 0, 1, 12);
/** How long a call takes a player. */
const CALL_MS = 1_000;
const LOOK_MS = 2;

const HOST = "host";

export class Table implements AsyncDisposable {
  /** The seats of players: `p1` and so on. */
  readonly seats: number;
  readonly #closeStore: () => void;
  readonly #parts: ChannelsParts;
  readonly #store: ChannelStore;
  #opened: Opened;
  #nowMs = BEGIN_MS;
  #channelId = "";
  #botId = "";
  /** Invites that nobody has used. */
  #invites: string[] = [];
  /** How many players have joined so far. */
  #joined = 0;

  private constructor(close: () => void, seats: number, parts: ChannelsParts, opened: Opened) {
    this.seats = seats;
    this.#closeStore = close;
    this.#store = new ChannelStore(parts.kv);
    this.#parts = { ...parts, now: () => new Date(this.#nowMs) };
    this.#opened = opened;
  }

  /** Opens a channel with the bot, and seats the players unless it `isEmpty`. Throws the refusal of
   *  a server that would not attach the bot. */
  static async open(own: Sandbox, def: TableDef): Promise<Table> {
    const { bot, seats, seed, answers, isEmpty = false } = def;
    const sandbox = answers ? new AnsweredSandbox(own, answers) : own;
    const { kv, close } = await openStore(":memory:", () => {});
    const parts: ChannelsParts = {
      kv,
      sandbox,
      shared: false,
      guests: true,
      builtins: new Map(),
      publicUrl: "http://127.0.0.1",
      log() {},
      now: () => new Date(BEGIN_MS),
      nowMs: () => performance.now(),
      randomBytes: bytesFrom(seed),
    };
    const table = new Table(close, seats, parts, await channelsOn(parts));
    try {
      await table.#restart();
      await table.#begin(bot);
      while (!isEmpty && table.#invites.length > 0) await table.#join();
      await table.settled();
      return table;
    } catch (error) {
      await table[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #begin(bot: BotDef): Promise<void> {
    const players = Array.from({ length: this.seats }, (_, i) => `p${i + 1}`);
    const created = await this.#must(HOST, createChannel, {
      name: "bench",
      slots: ["bot:bot", ...players.map((player) => `invite:${player}`)],
      bots: [bot],
    });
    const [error] = created.bot_errors ?? [];
    if (error !== undefined) {
      const text = error.replace(/^[A-Z_]+: /, "");
      throw new Refusal("BOT_REJECTED", text);
    }
    this.#channelId = created.channel_id;
    this.#botId = created.bots[0].bot_id;
    this.#invites = created.invites;
  }

  /** Seats another player, in a new seat if none is free, and waits until the bot rests. Returns
   *  its id. */
  async seat(): Promise<string> {
    if (this.#invites.length === 0) this.#invites = await this.#newInvite();
    const player = await this.#join();
    await this.settled();
    return player;
  }

  async #join(): Promise<string> {
    const player = `p${++this.#joined}`;
    await this.#must(player, joinChannel, { invite_code: this.#invites.shift() });
    return player;
  }

  async #newInvite(): Promise<string[]> {
    const { slots } = (await this.#load()).channel;
    const left = slots.find(({ kind, filled_by }) => kind === "invite" && filled_by === null);
    const op = left
      ? { type: "new_invite", slot_id: left.slot_id }
      : { type: "add_slot", kind: "invite" };
    const { invites } = await this.answer(HOST, updateChannel, { ops: [op] });
    return invites;
  }

  get channelId(): string {
    return this.#channelId;
  }

  /** The requests of the bot to which the given answers have none. */
  get unanswered(): Iterable<string> {
    const { sandbox } = this.#parts;
    return sandbox instanceof AnsweredSandbox ? sandbox.unanswered : [];
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** A call of a player (`p1`), or of the host, a second after the call before. */
  async call(
    who: string,
    operation: Operation,
    input: Record<string, unknown>,
  ): Promise<Performed> {
    this.#nowMs += CALL_MS;
    const invocation = new Invocation(operation, input);
    return await perform(invocation, {
      caller: callerOf(who),
      services: this.#opened.services,
      signal: AbortSignal.timeout(60_000),
    }, () => {});
  }

  /** The same in the table's channel. Throws a refusal. */
  async answer(
    who: string,
    operation: Operation,
    input: Record<string, unknown> = {},
  ): Promise<Answer> {
    return await this.#must(who, operation, { channel_id: this.#channelId, ...input });
  }

  async #must(who: string, operation: Operation, input: Record<string, unknown>): Promise<Answer> {
    const performed = await this.call(who, operation, input);
    if (performed.kind === "refused") throw performed.refusal;
    return performed.answer.output;
  }

  /** Resolves once the bot has read everything, timers that are due included. */
  async settled(): Promise<void> {
    for (;;) {
      const { channel, head } = await this.#load();
      const dueMs = dueMsOf(head);
      const isRead = Object.values(head.cursors).every((cursor) => cursor >= head.size);
      const waits = channel.bots.some(({ paused, kills }) => paused || kills >= 3);
      if (isRead || waits) {
        if (dueMs === undefined || dueMs > this.#nowMs || waits) return;
        await this.#restart();
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Sets the clock to the next timer of the bot, and lets it come due. Returns its name; undefined
   *  if no timer is set. */
  async advance(): Promise<string | undefined> {
    const { head } = await this.#load();
    const dueMs = dueMsOf(head);
    if (dueMs === undefined) return undefined;
    const [name] = Object.entries(head.timers[this.#botId] ?? {})
      .find(([, timer]) => timer.due_ms === dueMs) ?? [];
    this.#nowMs = Math.max(this.#nowMs, dueMs);
    await this.#restart();
    await this.settled();
    return name;
  }

  /** Sets the clock forward, and lets come due what is due then. */
  async pass(ms: number): Promise<void> {
    this.#nowMs += ms;
    await this.settled();
  }

  async bot(): Promise<Bot> {
    return (await this.#load()).channel.bots[0]!;
  }

  async state(): Promise<Json> {
    return (await this.#store.memory(this.#channelId, this.#botId))?.state ?? null;
  }

  /** The log from an entry on. */
  async entries(after = 0): Promise<Entry[]> {
    return await this.#store.entries(this.#channelId, after, 10_000);
  }

  /** What `debug_bot` tells an author; here, no entry says that it was read. */
  async inside(): Promise<OpenedBot> {
    const { services } = this.#opened;
    return await services.debugger.inside(this.#channelId, await this.bot());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#opened.release();
    await this.#opened.close();
    this.#closeStore();
  }

  async #load(): Promise<{ channel: Channel; head: Head }> {
    // As the services know it, which lags behind the store for a moment.
    const access = {
      caller: callerOf(HOST),
      channelId: this.#channelId,
      rejoinHash: null,
    };
    return (await this.#opened.services.channels.look(access)).state;
  }

  /** Builds the services anew: their clocks then wait as of the time that it is now. */
  async #restart(): Promise<void> {
    this.#opened.release();
    await this.#opened.close();
    this.#opened = await channelsOn(this.#parts);
    await this.#opened.resume();
  }
}

function callerOf(who: string): Caller {
  return { principal: guestPrincipal(who), conversation: null };
}

function dueMsOf({ timers }: Head): number | undefined {
  const due = Object.values(timers).flatMap((own) =>
    Object.values(own).map(({ due_ms }) => due_ms)
  );
  return due.length > 0 ? Math.min(...due) : undefined;
}

/** Bytes that look random and follow from a seed. */
export function bytesFrom(seed: string): RandomBytes {
  let count = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      const block = sha256(concatBytes(utf8ToBytes(`${seed}/${count++}`)));
      bytes.set(block.subarray(0, length - at), at);
    }
    return bytes;
  };
}
