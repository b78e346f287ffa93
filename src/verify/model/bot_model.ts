/** One bot as the log shows it: the entries that called its hooks, the entries that each hook
 *  caused, its kills and its timers. A hook that writes nothing leaves no trace. The model
 *  therefore allows for hooks that left none, but every recorded entry must follow from the ones
 *  before. */
import type { botAttached, botDescribed } from "../../domain/announcements/bots.ts";
import type { botFailed, timerDue } from "../../domain/announcements/hooks.ts";
import type { HookName } from "../../domain/bot/bot.ts";
import { hears } from "../../domain/bot/hearing.ts";
import type { ExportedEntry } from "../../domain/proof/channel_export.ts";
import { HashText } from "../../kernel/hash.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import { hookFor } from "../../domain/referee/referee.ts";
import { deadlineIn, playingIn, turnIn } from "../../domain/board/turn_words.ts";
import type { Entry } from "../../domain/transcript/transcript.ts";
import { wrongIf } from "./wrong.ts";

type Body<D extends { in(entry: never): unknown }> = NonNullable<ReturnType<D["in"]>>;
type Failure = Body<typeof botFailed>;

/** The recorded entries of one hook, all in one commit: its evidence, then its posts or its
 *  failure, then a pause or the bot's end. */
interface HookRecord {
  cause: number;
  lastId: number;
  stage: "evidence" | "posts" | "failed" | "paused" | "ended";
  posts: number;
  state?: { version: number; hash: string };
}

export class BotModel {
  readonly attach: Body<typeof botAttached>;
  readonly from: number;
  /** The time of its announcement. A removal in the same change has the same time. */
  readonly since: string;
  hooks: readonly HookName[] = [];
  /** Its manifest entry. */
  description: Body<typeof botDescribed> | undefined;
  /** The players of its game: all whom its open posts have named, in that order. */
  named: readonly string[] = [];
  /** Its newest open word on turns, unless that ends the game. */
  turn:
    | { id: number; given: number; until?: number; players: readonly string[]; claimed: boolean }
    | undefined;
  /** The players of its game, as its newest open post that names any has them. */
  #playing: readonly string[] = [];
  /** Whether an open post has ended that game, and those to whom the bot has spoken alone since:
   *  their game may go on. */
  #over = false;
  readonly #spokenTo = new Set<string>();
  /** The players who ask for a rematch. */
  readonly rematchAsked = new Set<string>();
  paused = false;
  /** While an admin has paused it: the entry that says so, until a hook that ran then has ended. */
  #pausedAt: number | undefined;
  ended = false;
  /** The id of the entry that removed it or closed the channel. */
  goneAt = Infinity;
  /** The last entry whose hook is known to have run. */
  lastCause = 0;
  /** Ids of the entries that call it, or may call it, in order. */
  #calls: number[] = [];
  /** The index in `#calls` of the first entry that no recorded hook has reached. */
  #next = 0;
  #record: HookRecord | undefined;
  /** The most hooks that may have been killed in a row, and the number certainly killed. */
  #kills = 0;
  #certainKills = 0;
  #lastWithheld = 0;
  #version = 0;
  /** How many hooks may have set its state since a post last named it. */
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

  describe(description: Body<typeof botDescribed>): void {
    this.description = description;
    this.hooks = description.manifest_excerpt.hooks;
  }

  /** The hook that an entry calls, or would call if its body is withheld. */
  hookOf(entry: ExportedEntry): HookName | undefined {
    if (entry.id < this.from || entry.sender === `bot:${this.botId}`) return undefined;
    if (!hears(this.attach, entry)) return undefined;
    if (!entry.body) return this.hooks.includes("on_message") ? "on_message" : undefined;
    const bot = { ...this.attach, hooks: [...this.hooks] };
    return hookFor(bot, entry as unknown as Entry)?.hook;
  }

  /** Notes an entry that bots answer. */
  hears(entry: ExportedEntry): void {
    if (this.hookOf(entry)) this.#calls.push(entry.id);
  }

  /** Notes a withheld entry about a hook, perhaps a hook of this bot that was killed. */
  mayHaveFailed(cause: ExportedEntry): void {
    if (cause.id <= this.#lastWithheld || cause.id <= this.lastCause || !this.hookOf(cause)) return;
    this.#lastWithheld = cause.id;
    this.#kills++;
    this.#certainKills = 0;
  }

  /** Checks a hook's post. `sat`: whether a player had a seat when the hook was called;
   *  `next_player`: the number of the player who joins next. */
  posts(
    { id, cause, to, body, ts }: ExportedEntry,
    sat: (player: string) => boolean,
    next_player: number,
  ): void {
    const record = this.#recordOf(cause!, id);
    const late = record.stage !== "evidence" && record.stage !== "posts";
    wrongIf(
      late || ++record.posts > BOT_LIMITS.hookPosts,
      `The hook had ended, or had made its ${BOT_LIMITS.hookPosts} posts.`,
      id,
    );
    record.stage = "posts";
    this.resetKills();
    const strangers = to && (new Set(to).size < to.length || to.length === 0 || !to.every(sat));
    wrongIf(strangers === true, "The recipients must be different players who had a seat.", id);
    if (body) this.#checkState(body, record, id);
    for (const player of to ?? []) this.#spokenTo.add(player);
    if (!body || to) return;
    if (body.type === "game_end") {
      this.turn = undefined;
      return this.#goesOn(false);
    }
    const playing = playingIn(body, { next_player });
    if (playing) this.#playing = playing;
    this.named = [...new Set([...this.named, ...playing ?? []])];
    const players = turnIn(body, { next_player });
    const until = deadlineIn(body);
    const time = { given: Date.parse(ts), ...until !== undefined && { until } };
    if (players) this.turn = { id, ...time, players, claimed: false };
    if (playing || players) this.#goesOn(true);
  }

  #goesOn(goesOn: boolean): void {
    this.#over = !goesOn;
    this.#spokenTo.clear();
  }

  /** Whether a player may play its game. A whisper of the bot may have said so. */
  mayPlay(player: string): boolean {
    const isOver = this.#over && !this.#spokenTo.has(player);
    return !this.ended && !isOver && this.#playing.includes(player);
  }

  fails(failure: Failure, { id }: ExportedEntry, cause: ExportedEntry): void {
    const record = this.#recordOf(cause.id, id);
    wrongIf(record.stage !== "evidence", "A hook that fails writes nothing else.", id);
    this.#isHook(failure.hook, cause, id);
    record.stage = "failed";
    this.#failed.add(cause.id);
    if (failure.reason !== "killed") return this.resetKills();
    this.#kills++;
    this.#certainKills++;
  }

  /** Whether the next entry must pause it. */
  get mustPause(): boolean {
    return this.#certainKills >= CHANNEL_LIMITS.killsBeforePause;
  }

  /** Checks a pause. `before`: the entry directly before it. */
  pauses({ id, cause }: ExportedEntry, before: ExportedEntry): void {
    const isFailure = before.cause === cause && (!before.body && before.sender === "system" ||
      this.#record?.lastId === before.id && this.#record.stage === "failed");
    wrongIf(
      !isFailure || this.#kills < CHANNEL_LIMITS.killsBeforePause,
      "The bot was not killed often enough to be paused.",
      id,
    );
    if (before.body) this.#record!.lastId = id;
    else this.#recordOf(cause!, id);
    this.#record!.stage = "paused";
    this.paused = true;
    this.resetKills();
  }

  /** Notes that an admin pauses it. The hook that runs at that moment may still end. */
  pauseAt(id: number): void {
    this.paused = true;
    this.#pausedAt = id;
  }

  /** Starts the count anew: a hook was not killed, or an admin resumed the bot. */
  resetKills(): void {
    this.#kills = this.#certainKills = 0;
  }

  ends({ id, cause }: ExportedEntry): void {
    const record = this.#recordOf(cause!, id);
    const late = record.stage !== "evidence" && record.stage !== "posts";
    wrongIf(late, "A hook that failed or ended can't end the bot.", id);
    record.stage = "ended";
    this.ended = true;
  }

  /** Checks evidence of a hook. It stands directly before the hook's posts, or later when two
   *  server instances ran the hook or the bot is gone. */
  asked(hook: HookName, { id }: ExportedEntry, cause: ExportedEntry): void {
    this.#isHook(hook, cause, id);
    const uncalled = this.ended || this.paused;
    if (cause.id <= this.lastCause) return;
    wrongIf(
      uncalled && !this.#mayFinish(cause.id) || cause.id >= this.goneAt,
      "The server ran no such hook.",
      id,
    );
    if (this.goneAt < Infinity) return;
    this.#recordOf(cause.id, id);
  }

  /** Checks that the hook called by `cause` is one that the server may skip because the bots'
   *  budget is spent. */
  starves(cause: ExportedEntry, id: number): void {
    wrongIf(cause.id <= this.lastCause, `${this.botId} had passed entry ${cause.id}.`, id);
    wrongIf(!this.hookOf(cause), `Entry ${cause.id} calls no hook of ${this.botId}.`, id);
    this.lastCause = cause.id;
    this.#record = undefined;
  }

  /** Checks a timer that fires: the hook called by `cause` can have set it. */
  timer({ name, due }: Body<typeof timerDue>, entry: ExportedEntry, cause: ExportedEntry): void {
    const { id, ts } = entry;
    wrongIf(this.paused, `${this.botId} was paused.`, id);
    wrongIf(!this.hookOf(cause), `Entry ${cause.id} calls no hook of ${this.botId}.`, id);
    wrongIf(this.#failed.has(cause.id), "A hook that failed sets no timer.", id);
    const [dueMs, setMs] = [Date.parse(due), Date.parse(cause.ts)];
    wrongIf(dueMs > Date.parse(ts), "The timer fired before it was due.", id);
    const ahead = dueMs - setMs;
    wrongIf(
      ahead < 0 || ahead > BOT_LIMITS.timerMaxMs + 1,
      "The hook can't have set a timer for that time.",
      id,
    );
    const key = `${cause.id} ${name}`;
    wrongIf(this.#timers.has(key), "The same timer has fired before.", id);
    this.#timers.add(key);
  }

  /** Checks the cursor in the entry that removes the bot or closes the channel. Null: the bot had
   *  ended, or that entry is in the same change as its announcement. */
  hadCome(cursor: number | null, { id, ts }: Pick<ExportedEntry, "id" | "ts">): void {
    if (cursor === null) {
      wrongIf(!this.ended && this.since !== ts, `The cursor of ${this.botId} is missing.`, id);
      return;
    }
    wrongIf(this.ended, `${this.botId} had ended, so it can't have a cursor.`, id);
    wrongIf(!this.#mayBeAt(cursor, id - 1), `The cursor of ${this.botId} can't be ${cursor}.`, id);
  }

  /** Checks the cursor of a bot that is still active, in a log of `size` entries. */
  isAt(cursor: number, size: number): void {
    const may = this.#mayBeAt(cursor, size);
    const id = this.lastCause || this.from;
    wrongIf(!may, `The cursor of ${this.botId} can't be ${cursor}.`, id);
  }

  #mayBeAt(cursor: number, last: number): boolean {
    return cursor >= Math.max(this.from - 1, this.lastCause) && cursor <= last;
  }

  #isHook(hook: HookName, cause: ExportedEntry, id: number): void {
    wrongIf(hook !== this.hookOf(cause), `Entry ${cause.id} does not call ${hook}.`, id);
  }

  /** Whether a hook may still end although an admin has paused the bot. */
  #mayFinish(cause: number): boolean {
    return !this.ended && this.#pausedAt !== undefined && cause < this.#pausedAt;
  }

  /** The record to which entry `id` belongs: that of the hook called by `cause`. Throws `Wrong`
   *  unless that is the hook of the entry directly before, or a later one. */
  #recordOf(cause: number, id: number): HookRecord {
    wrongIf(this.ended || id > this.goneAt, `${this.botId} had ended or was removed.`, id);
    const record = this.#record;
    const isOfLast = record?.cause === cause;
    wrongIf(
      this.paused && !isOfLast && !this.#mayFinish(cause),
      `${this.botId} was paused.`,
      id,
    );
    if (this.paused && !isOfLast) this.#pausedAt = undefined;
    if (isOfLast) {
      wrongIf(record.lastId !== id - 1, "The entries of one hook must be consecutive.", id);
      record.lastId = id;
      return record;
    }
    wrongIf(cause <= this.lastCause, `${this.botId} had passed entry ${cause}.`, id);
    // A failure is recorded together with the evidence, so evidence alone means that the hook did
    // not fail.
    if (record?.stage === "evidence") this.resetKills();
    const first = this.#next;
    while (this.#calls[this.#next]! < cause) this.#next++;
    wrongIf(
      this.#calls[this.#next] !== cause,
      `Entry ${cause} calls no hook of ${this.botId}.`,
      id,
    );
    if (this.#next > first) this.#certainKills = 0;
    this.#hooksSince += this.#next - first + 1;
    this.#next++;
    this.lastCause = cause;
    return this.#record = { cause, lastId: id, stage: "evidence", posts: 0 };
  }

  /** Checks the state that a post names: each hook raises the version by at most one, and the
   *  version never goes back. */
  #checkState({ state_version, state_hash }: JsonObject, record: HookRecord, id: number): void {
    const version = Number(state_version);
    const hash = HashText.safeParse(state_hash).data;
    const most = this.#version + this.#hooksSince;
    const may = typeof state_version === "number" && Number.isInteger(version) &&
      version >= this.#version && version <= most && hash !== undefined;
    wrongIf(!may, "The bot can't have this state.", id);
    const { state = { version, hash } } = record;
    wrongIf(
      state.version !== version || state.hash !== hash,
      "All posts of one hook must name the same state.",
      id,
    );
    record.state = { version, hash: hash! };
    this.#version = version;
    this.#hooksSince = 0;
  }
}
