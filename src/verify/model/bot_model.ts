/** One bot as the log shows it: which entries called its hooks, what was told of each, its kills
 *  and its timers. A hook that says nothing leaves no trace, so what is not told may have been;
 *  what is told must follow. */
import type { botAttached, botDescribed } from "../../domain/announcements/bots.ts";
import type { botFailed, timerDue } from "../../domain/announcements/hooks.ts";
import type { HookName } from "../../domain/bot/bot.ts";
import type { ExportedEntry } from "../../domain/proof/channel_export.ts";
import { HashText } from "../../kernel/hash.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { hookFor } from "../../domain/referee/referee.ts";
import type { Entry } from "../../domain/transcript/transcript.ts";
import { wrongIf } from "./wrong.ts";

type Body<D extends { in(entry: never): unknown }> = NonNullable<ReturnType<D["in"]>>;
type Failure = Body<typeof botFailed>;

/** What is told of one hook, all in one commit: what it asked, then its posts or its failure, then
 *  what follows. */
interface Telling {
  cause: number;
  lastId: number;
  stage: "evidence" | "posts" | "failed" | "paused" | "ended";
  posts: number;
  state?: { version: number; hash: string };
}

export class BotModel {
  readonly attach: Body<typeof botAttached>;
  readonly from: number;
  /** When it was announced: what takes it out in the same change has the same time. */
  readonly since: string;
  hooks: readonly HookName[] = [];
  paused = false;
  ended = false;
  /** The entry that took it out, or closed the channel. */
  goneAt = Infinity;
  /** The last entry whose hook is known to have run. */
  lastCause = 0;
  /** Entries that call it, or may, and that it was not seen to come past. */
  #calls: number[] = [];
  #next = 0;
  #telling: Telling | undefined;
  /** How many of its hooks may have been killed in a row, and how many were for certain. */
  #kills = 0;
  #certainKills = 0;
  #lastWithheld = 0;
  #version = 0;
  /** How many hooks may have set its state since it was last told. */
  #hooksSince = 0;
  readonly #failed = new Set<number>();
  readonly #timers = new Set<string>();

  constructor(attach: Body<typeof botAttached>, { id, ts }: ExportedEntry) {
    this.attach = attach;
    this.from = id;
    this.since = ts;
  }

  get botId(): string {
    return this.attach.bot_id;
  }

  describe({ manifest_excerpt }: Body<typeof botDescribed>): void {
    this.hooks = manifest_excerpt.hooks;
  }

  /** The hook that an entry calls; of one that is withheld, the one that it would. */
  hookOf(entry: ExportedEntry): HookName | undefined {
    if (entry.id < this.from || entry.sender === `bot:${this.botId}`) return undefined;
    if (!entry.body) return this.hooks.includes("on_message") ? "on_message" : undefined;
    const bot = { bot_id: this.botId, hooks: [...this.hooks] };
    return hookFor(bot, entry as unknown as Entry)?.hook;
  }

  /** An entry stands in the log that bots answer. */
  hears(entry: ExportedEntry): void {
    if (this.hookOf(entry)) this.#calls.push(entry.id);
  }

  /** Something is told of a hook that this viewer may not read, perhaps of one of this bot. */
  mayHaveFailed(cause: ExportedEntry): void {
    if (cause.id <= this.#lastWithheld || cause.id <= this.lastCause || !this.hookOf(cause)) return;
    this.#lastWithheld = cause.id;
    this.#kills++;
    this.#certainKills = 0;
  }

  /** A hook's post. */
  posts({ id, cause, to, body }: ExportedEntry, sat: (player: string) => boolean): void {
    const telling = this.#speaks(cause!, id);
    const late = telling.stage !== "evidence" && telling.stage !== "posts";
    wrongIf(
      late || ++telling.posts > BOT_LIMITS.hookPosts,
      "Its hook had said all it had to say.",
      id,
    );
    telling.stage = "posts";
    this.resetKills();
    const strangers = to && (new Set(to).size < to.length || to.length === 0 || !to.every(sat));
    wrongIf(strangers === true, "It is for somebody who did not sit there.", id);
    if (body) this.#checkState(body, telling, id);
  }

  fails(failure: Failure, { id }: ExportedEntry, cause: ExportedEntry): void {
    const telling = this.#speaks(cause.id, id);
    wrongIf(telling.stage !== "evidence", "A hook that fails says nothing else.", id);
    this.#isHook(failure.hook, cause, id);
    telling.stage = "failed";
    this.#failed.add(cause.id);
    if (failure.reason !== "killed") return this.resetKills();
    this.#kills++;
    this.#certainKills++;
  }

  /** Whether it must be paused right now. */
  get mustPause(): boolean {
    return this.#certainKills >= CHANNEL_LIMITS.killsBeforePause;
  }

  /** `before`: the entry that comes right before. */
  pauses({ id, cause }: ExportedEntry, before: ExportedEntry): void {
    const isFailure = before.cause === cause && (!before.body && before.sender === "system" ||
      this.#telling?.lastId === before.id && this.#telling.stage === "failed");
    wrongIf(
      !isFailure || this.#kills < CHANNEL_LIMITS.killsBeforePause,
      "Its hooks were not killed.",
      id,
    );
    if (before.body) this.#telling!.lastId = id;
    else this.#speaks(cause!, id);
    this.#telling!.stage = "paused";
    this.paused = true;
    this.resetKills();
  }

  /** A hook of it was not killed, or an admin has resumed it. */
  resetKills(): void {
    this.#kills = this.#certainKills = 0;
  }

  ends({ id, cause }: ExportedEntry): void {
    const telling = this.#speaks(cause!, id);
    const late = telling.stage !== "evidence" && telling.stage !== "posts";
    wrongIf(late, "A hook that fails ends nothing.", id);
    telling.stage = "ended";
    this.ended = true;
  }

  /** What a hook asked: right before what it said, or late, where two instances ran it or the bot
   *  is gone. */
  asked(hook: HookName, { id }: ExportedEntry, cause: ExportedEntry): void {
    this.#isHook(hook, cause, id);
    const known = this.ended || this.paused;
    if (cause.id <= this.lastCause) return;
    wrongIf(known || cause.id >= this.goneAt, "No such hook was run.", id);
    if (this.goneAt < Infinity) return;
    this.#speaks(cause.id, id);
  }

  /** Bots have answered each other too often: the hook that an entry calls is not run. */
  starves(cause: ExportedEntry, id: number): void {
    wrongIf(cause.id <= this.lastCause, `${this.botId} had gone on from there.`, id);
    wrongIf(!this.hookOf(cause), `It calls no hook of ${this.botId}.`, id);
    this.lastCause = cause.id;
    this.#telling = undefined;
  }

  /** A timer comes due that the hook of an entry has set. */
  timer({ name, due }: Body<typeof timerDue>, entry: ExportedEntry, cause: ExportedEntry): void {
    const { id, ts } = entry;
    wrongIf(this.paused, `${this.botId} was paused.`, id);
    wrongIf(!this.hookOf(cause), `It calls no hook of ${this.botId}.`, id);
    wrongIf(this.#failed.has(cause.id), "A hook that failed sets no timer.", id);
    const [dueMs, setMs] = [Date.parse(due), Date.parse(cause.ts)];
    wrongIf(dueMs > Date.parse(ts), "The timer came before it was due.", id);
    const ahead = dueMs - setMs;
    wrongIf(
      ahead < 0 || ahead > BOT_LIMITS.timerMaxMs + 1,
      "No hook there can have set it so.",
      id,
    );
    const key = `${cause.id} ${name}`;
    wrongIf(this.#timers.has(key), "It came before.", id);
    this.#timers.add(key);
  }

  /** How far it had come, as a last word says; null where it was not to be called any more. */
  hadCome(cursor: number | null, { id, ts }: Pick<ExportedEntry, "id" | "ts">): void {
    if (cursor === null) {
      wrongIf(!this.ended && this.since !== ts, `${this.botId} had come somewhere.`, id);
      return;
    }
    wrongIf(this.ended, `${this.botId} had ended.`, id);
    wrongIf(!this.#mayBeAt(cursor, id - 1), `${this.botId} can't have come to ${cursor}.`, id);
  }

  /** The same of a bot that goes on, in a log of `size` entries. */
  isAt(cursor: number, size: number): void {
    const may = this.#mayBeAt(cursor, size);
    wrongIf(!may, `${this.botId} can't have come to ${cursor}.`, this.lastCause || this.from);
  }

  #mayBeAt(cursor: number, last: number): boolean {
    return cursor >= Math.max(this.from - 1, this.lastCause) && cursor <= last;
  }

  #isHook(hook: HookName, cause: ExportedEntry, id: number): void {
    wrongIf(hook !== this.hookOf(cause), `Entry ${cause.id} calls no ${hook} of it.`, id);
  }

  /** The bot speaks of the hook that an entry has called: of the next that it comes to, or of the
   *  same, at once. */
  #speaks(cause: number, id: number): Telling {
    wrongIf(this.ended || id > this.goneAt, `${this.botId} was gone.`, id);
    wrongIf(this.paused, `${this.botId} was paused.`, id);
    const telling = this.#telling;
    if (telling?.cause === cause) {
      wrongIf(telling.lastId !== id - 1, "What a hook says comes at once.", id);
      telling.lastId = id;
      return telling;
    }
    wrongIf(cause <= this.lastCause, `${this.botId} had gone on from there.`, id);
    // Of a hook that failed, that is told with what it asked.
    if (telling?.stage === "evidence") this.resetKills();
    const first = this.#next;
    while (this.#calls[this.#next]! < cause) this.#next++;
    wrongIf(this.#calls[this.#next] !== cause, `Entry ${cause} calls no hook of it.`, id);
    if (this.#next > first) this.#certainKills = 0;
    this.#hooksSince += this.#next - first + 1;
    this.#next++;
    this.lastCause = cause;
    return this.#telling = { cause, lastId: id, stage: "evidence", posts: 0 };
  }

  /** Posts name the state: it changes once a hook at most, and only onwards. */
  #checkState({ state_version, state_hash }: JsonObject, telling: Telling, id: number): void {
    const version = Number(state_version);
    const hash = HashText.safeParse(state_hash).data;
    const most = this.#version + this.#hooksSince;
    const may = typeof state_version === "number" && Number.isInteger(version) &&
      version >= this.#version && version <= most && hash !== undefined;
    wrongIf(!may, "Its state can't be that one.", id);
    const { state = { version, hash } } = telling;
    wrongIf(state.version !== version || state.hash !== hash, "A hook leaves one state.", id);
    telling.state = { version, hash: hash! };
    this.#version = version;
    this.#hooksSince = 0;
  }
}
