/** Reads what a bot does in a game on the bench, and finds what would spoil it for players. */
import { botAttached } from "../../domain/announcements/bots.ts";
import { botEvidence, botFailed, timerDue } from "../../domain/announcements/hooks.ts";
import { turnIn } from "../../domain/board/turn_words.ts";
import { viewIn } from "../../domain/board/view_in.ts";
import { declaredHosts, hostsNamed } from "../../domain/bot/declared_hosts.ts";
import { utf8Length } from "../../domain/limits/bounded_json.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { Entry } from "../../domain/transcript/transcript.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { updateChannel } from "../../operations/update_channel.ts";
import { verifyChannel } from "../../operations/verify_channel.ts";
import type { Table } from "./table.ts";

export const FAULTS = [
  "hook_failed",
  "stall",
  "no_end",
  "no_moves",
  "legal_move_refused",
  "text_ignored",
  "left_alone",
  "odd_message",
  "no_rematch",
  "view_left_out",
  "timer_unheard",
  "state_grows",
  "undeclared_host",
  "not_replayed",
  "step_refused",
  "unexpected",
  "no_answer",
] as const;
type FaultName = (typeof FAULTS)[number];

/** Something that the author should mend. */
export interface Fault {
  fault: FaultName;
  /** What happened, and what to do about it. */
  text: string;
  /** The game in which it happened first. */
  game: number;
  /** The entry at which it happened. */
  entry?: number;
  /** The line of the source, counted from 1. */
  line?: number;
  /** The line of the script, counted from 1. */
  script_line?: number;
}

/** What came of one or more games. */
export interface Played {
  games: number;
  ended: number;
  moves: number;
  /** The largest state, in bytes. */
  stateBytes: number;
  /** How many requests the bot has made. */
  requests: number;
  faults: Fault[];
  /** What could not be tried, and how it can. */
  note?: string;
}

/** A larger state is near the limit already. */
const LARGE_STATE = BOT_LIMITS.botStateBytes / 2;

/** A channel in which every id may be a player's. */
const ANYBODY = { next_player: Infinity };

export class GameCheck {
  readonly faults: Fault[] = [];
  hasEnded = false;
  /** Whether the bot has ever spoken of turns. */
  hasTurns = false;
  stateBytes = 0;
  requests = 0;
  /** What could not be tried, and how it can. */
  note: string | undefined;
  readonly #table: Table;
  readonly #game: number;
  #read = 0;
  #net: readonly string[] = [];

  constructor(table: Table, game: number) {
    this.#table = table;
    this.#game = game;
  }

  /** Waits until the bot rests, and reads what it has done. `last` says what happened before, such
   *  as "p1 made the move take 2", and `isOdd` that nobody could expect it. Returns whether no hook
   *  failed. */
  async look(last: string, { isOdd = false } = {}): Promise<boolean> {
    await this.#table.settled();
    const bot = await this.#table.bot();
    // A rematch does not undo it.
    this.hasEnded ||= bot.ended;
    const state = utf8Length(JSON.stringify(await this.#table.state()));
    this.stateBytes = Math.max(this.stateBytes, state);
    if (state > LARGE_STATE) {
      this.find(
        "state_grows",
        `The state has ${state} of at most ${BOT_LIMITS.botStateBytes} bytes after ${last}. ` +
          "Keep what the next hooks need, not the whole past.",
      );
    }
    let isSound = true;
    for (const entry of await this.#entries()) {
      this.hasTurns ||= turnIn(entry.body, ANYBODY) !== null;
      this.#checkView(entry);
      const failed = botFailed.in(entry);
      if (failed) {
        const { hook, reason, line } = failed;
        const message = "message" in failed ? `: ${failed.message}` : "";
        const at = line === undefined ? "" : ` at line ${line}`;
        const text = `After ${last}, ${hook} failed${at} (${reason})${message}.`;
        isSound = false;
        this.find(
          isOdd ? "odd_message" : "hook_failed",
          isOdd ? `${text} Answer a message that fits no move, or ignore it.` : text,
          { entry: entry.id, ...(line !== undefined && { line }) },
        );
      }
      const due = timerDue.in(entry);
      if (due && !bot.hooks.includes("on_timer")) {
        this.find(
          "timer_unheard",
          `The timer "${due.name}" came due, but the bot has no on_timer.`,
        );
      }
      this.#checkHosts(entry);
    }
    for (const request of this.#table.unanswered) {
      this.find("no_answer", `The file of --answers has no answer to ${request}: add it there.`);
    }
    return isSound;
  }

  #checkView({ id, sender, body }: Entry): void {
    const read = sender.startsWith("bot:") ? viewIn(body) : null;
    if (!read || !("wrong" in read)) return;
    this.find(
      "view_left_out",
      `A board was left out as a whole, because ${read.wrong}. Mend it, or post no view.`,
      { entry: id },
    );
  }

  #checkHosts(entry: Entry): void {
    const evidence = botEvidence.in(entry);
    if (!evidence) return;
    for (const { request } of evidence.exchanges as { request: JsonObject }[]) {
      this.requests++;
      const host = request.kind === "fetch" && URL.canParse(String(request.url))
        ? new URL(String(request.url)).hostname
        : String(request.host ?? "");
      if (host === "" || hostsNamed(declaredHosts(this.#net), host).length > 0) continue;
      this.find(
        "undeclared_host",
        `It asks ${host}, which manifest.net does not name: the server refuses that. Add it there.`,
        { entry: entry.id },
      );
    }
  }

  async #entries(): Promise<Entry[]> {
    const entries = await this.#table.entries(this.#read);
    this.#read = entries.at(-1)?.id ?? this.#read;
    for (const entry of entries) {
      const net = botAttached.in(entry)?.net;
      if (net !== undefined) this.#net = net === "public" ? ["*"] : net;
    }
    return entries;
  }

  /** Whether a distrustful player could run the game again. */
  async replay(): Promise<void> {
    // A close reveals the bot's seed.
    if (!this.hasEnded) {
      await this.#table.answer("host", updateChannel, { ops: [{ type: "close" }] });
    }
    const { auditEntries } = CHANNEL_LIMITS;
    if ((await this.#table.entries()).length > auditEntries) {
      this.note ??=
        `A game of more than ${auditEntries} entries was not run again: try a shorter one.`;
      return;
    }
    const { ok, hooks, report } = await this.#table.answer("host", verifyChannel);
    // Nobody but a player can run hooks again that read its private moves.
    const isHeard = (await this.#table.bot()).private === true;
    if (ok && (hooks.unknown === 0 || isHeard)) return;
    const lines = String(report).split("\n");
    const why = lines.find((line) => /^[✘?] (replay|speakers)/.test(line)) ?? lines.at(-1);
    this.find("not_replayed", `Players could not run the game again: ${why}`);
  }

  /** Notes each kind of fault once, but each line of a script. */
  find(
    fault: FaultName,
    text: string,
    more: Pick<Fault, "entry" | "line" | "script_line"> = {},
  ): void {
    const isKnown = (known: Fault) =>
      known.fault === fault && known.script_line === more.script_line;
    if (this.faults.some(isKnown)) return;
    this.faults.push({ fault, text, game: this.#game, ...more });
  }
}
