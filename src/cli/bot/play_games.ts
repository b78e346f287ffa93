/** Plays whole games with a bot by random legal moves, and finds what would spoil them for players.
 *  Every game follows from its seed. */
import { botAttached } from "../../domain/announcements/bots.ts";
import { botEvidence, botFailed, timerDue } from "../../domain/announcements/hooks.ts";
import { declaredHosts, hostsNamed } from "../../domain/bot/declared_hosts.ts";
import { utf8Length } from "../../domain/limits/bounded_json.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import type { Entry } from "../../domain/transcript/transcript.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { leaveChannel } from "../../operations/leave_channel.ts";
import { makeGameMove } from "../../operations/make_game_move.ts";
import { postMessage } from "../../operations/post_message.ts";
import { updateChannel } from "../../operations/update_channel.ts";
import { verifyChannel } from "../../operations/verify_channel.ts";
import { waitForTurn } from "../../operations/wait_for_turn.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { bytesFrom, Table, type TableDef } from "./table.ts";

export const FAULTS = [
  "hook_failed",
  "stall",
  "no_end",
  "no_moves",
  "legal_move_refused",
  "left_alone",
  "odd_message",
  "timer_unheard",
  "state_grows",
  "undeclared_host",
  "not_replayed",
] as const;
type FaultName = (typeof FAULTS)[number];

/** Something that the author should mend. */
interface Fault {
  fault: FaultName;
  /** What happened, and what to do about it. */
  text: string;
  /** The game in which it happened first. */
  game: number;
  /** The entry at which it happened. */
  entry?: number;
  /** The line of the source, counted from 1. */
  line?: number;
}

interface Played {
  games: number;
  ended: number;
  moves: number;
  /** The largest state, in bytes. */
  stateBytes: number;
  /** Each kind of fault once. */
  faults: Fault[];
}

interface PlayOptions extends Omit<TableDef, "seed"> {
  games: number;
  /** The most moves of a game. */
  moves: number;
  seed: string;
  /** Called after each game. */
  played?: (game: number) => void;
}

/** A move, as `legal_moves` has it. */
interface Move {
  action: string;
  value?: Json;
}

/** What `wait_for_turn` answers. */
interface Called {
  why: string;
  game?: string;
  legal_moves?: Move[];
  ranges?: Record<string, { min: number; max: number }>;
  cursor: number;
}

/** Moves that end a game at once: made only where there is no other. */
const GIVES_UP = /^(concede|resign|claim|abort|offer_draw|draw)$/;
/** What people and models post beside moves. */
const ODD: Json[] = [
  "",
  "hello",
  {},
  { text: null },
  { text: 7 },
  { type: "move" },
  { type: "move", game: null, action: null },
  { type: "move", action: "no_such_action", value: { deep: [[[]]] } },
  { type: "move", action: "toString", value: "__proto__" },
  { value: -1e308, list: [], text: "x".repeat(4_000) },
];
/** A larger state is near the limit already. */
const LARGE_STATE = BOT_LIMITS.botStateBytes / 2;

/** Throws the refusal of a server that would not attach the bot. */
export async function playGames(
  sandbox: Sandbox,
  { games, moves, seed, played, ...def }: PlayOptions,
): Promise<Played> {
  const all: Played = { games: 0, ended: 0, moves: 0, stateBytes: 0, faults: [] };
  for (let number = 1; number <= games; number++) {
    await using table = await Table.open(sandbox, { ...def, seed: `${seed}/${number}` });
    const game = new Game(table, { ...def, number, moves, seed: `${seed}/${number}` });
    await game.play();
    all.games++;
    all.moves += game.made;
    if (game.hasEnded) all.ended++;
    all.stateBytes = Math.max(all.stateBytes, game.stateBytes);
    for (const fault of game.faults) {
      if (!all.faults.some((known) => known.fault === fault.fault)) all.faults.push(fault);
    }
    played?.(number);
  }
  return all;
}

class Game {
  readonly faults: Fault[] = [];
  made = 0;
  hasEnded = false;
  stateBytes = 0;
  readonly #table: Table;
  readonly #number: number;
  readonly #most: number;
  readonly #dice: (sides: number) => number;
  readonly #players: string[];
  readonly #cursors = new Map<string, number>();
  #read = 0;
  /** What happened last, for a fault's text. */
  #last = "the players joined";

  constructor(
    table: Table,
    { number, moves, seats, seed }: { number: number; moves: number; seats: number; seed: string },
  ) {
    this.#table = table;
    this.#number = number;
    this.#most = moves;
    this.#players = Array.from({ length: seats }, (_, i) => `p${i + 1}`);
    const bytes = bytesFrom(`dice ${seed}`);
    this.#dice = (sides) => new DataView(bytes(4).buffer).getUint32(0) % sides;
  }

  /** The second game is one with odd messages, and in the third a player leaves. */
  async play(): Promise<void> {
    await this.#look();
    const leavesAfter = this.#number % 10 === 3 ? 1 + this.#dice(4) : Infinity;
    if (this.#number % 10 === 2 || this.#number === 1 && !await this.#calls()) await this.#oddly();
    while (!this.hasEnded && this.made < this.#most) {
      if (this.made >= leavesAfter && this.#players.length > 1) {
        await this.#leave();
        return await this.#check();
      }
      const called = await this.#called();
      if (called.length === 0) {
        if (!await this.#waitForTimer()) return await this.#check();
        continue;
      }
      const [player, turn] = called[this.#dice(called.length)]!;
      const move = this.#moveOf(turn);
      if (!move) {
        this.#find(
          "no_moves",
          `${player} has the turn, and is told no legal_moves and no ranges: put them into the post ` +
            "that gives the turn, so that agents and this test know what to do.",
        );
        return await this.#check();
      }
      if (!await this.#move(player, turn, move)) return await this.#check();
    }
    if (!this.hasEnded) {
      this.#find(
        "no_end",
        `The game did not end in ${this.#most} moves. End it with ctx.end(result), or a rule that ` +
          "stops long games; --moves N allows more.",
      );
    }
    await this.#check();
  }

  async #calls(): Promise<boolean> {
    return (await this.#called()).length > 0;
  }

  /** The players who may move now, with what they are told. */
  async #called(): Promise<[string, Called][]> {
    const called: [string, Called][] = [];
    for (const player of this.#players) {
      const cursor = this.#cursors.get(player);
      const turn: Called = await this.#table.answer(player, waitForTurn, { timeout_ms: 0, cursor });
      this.#cursors.set(player, turn.cursor);
      if (turn.why === "your_turn") called.push([player, turn]);
    }
    return called;
  }

  #moveOf({ legal_moves = [], ranges = {} }: Called): Move | undefined {
    const goesOn = legal_moves.filter(({ action }) => !GIVES_UP.test(action));
    const ranged = Object.entries(ranges);
    const kinds = goesOn.length + ranged.length;
    if (kinds === 0) return legal_moves[this.#dice(Math.max(1, legal_moves.length))];
    const at = this.#dice(kinds);
    if (at < goesOn.length) return goesOn[at];
    const [action, { min, max }] = ranged[at - goesOn.length]!;
    return { action, value: min + this.#dice(Math.floor(max - min) + 1) };
  }

  /** Returns whether the game can go on. */
  async #move(player: string, { game }: Called, move: Move): Promise<boolean> {
    this.made++;
    const shown = `${move.action}${
      move.value === undefined ? "" : ` ${JSON.stringify(move.value)}`
    }`;
    this.#last = `${player} made the move ${shown}`;
    const performed = await this.#table.call(player, makeGameMove, {
      channel_id: await this.#channelId(),
      game,
      ...move,
    });
    if (performed.kind === "refused") {
      this.#find(
        "legal_move_refused",
        `The server refuses ${shown} of legal_moves: ${performed.refusal.text}`,
      );
      return false;
    }
    const { msg_id } = performed.answer.output;
    if (await this.#look()) return false;
    const answers = (await this.#table.entries(Number(msg_id))).filter(({ cause, sender, to }) =>
      cause === msg_id && sender.startsWith("bot:") && (!to || to.includes(player))
    );
    const refused = answers.find(({ body }) => body.type === "violation" || body.violation);
    if (!refused) return true;
    this.#find(
      "legal_move_refused",
      `The bot refuses ${shown}, which its legal_moves or ranges offered to ${player}: ` +
        `${JSON.stringify(refused.body).slice(0, 200)}. Offer what it accepts.`,
      { entry: refused.id },
    );
    return true;
  }

  /** Posts what nobody should post. */
  async #oddly(): Promise<void> {
    for (const body of ODD) {
      this.#last = `p1 posted ${JSON.stringify(body).slice(0, 80)}`;
      const posted = await this.#table.call("p1", postMessage, {
        channel_id: await this.#channelId(),
        body,
      });
      if (posted.kind === "refused") continue;
      const failed = await this.#look();
      if (!failed) continue;
      this.#find("odd_message", `${failed}. Answer a message that fits no move, or ignore it.`);
      return;
    }
  }

  async #leave(): Promise<void> {
    const leaver = this.#players.splice(this.#dice(this.#players.length), 1)[0]!;
    this.#last = `${leaver} left`;
    await this.#table.answer(leaver, leaveChannel);
    await this.#look();
    while (!this.hasEnded && !await this.#calls()) {
      if (await this.#table.advance() === undefined) {
        return this.#find(
          "left_alone",
          `${leaver} left, and the others wait for ever. In on_leave(player_id), end the game or give ` +
            "the turn to somebody who is there.",
        );
      }
      await this.#look();
    }
  }

  /** Lets the next timer come due. Returns false if nothing will happen any more. */
  async #waitForTimer(): Promise<boolean> {
    const name = await this.#table.advance();
    if (name !== undefined) {
      this.#last = `the timer "${name}" came due`;
      this.made++; // a bot may set timers for ever
      await this.#look();
      return true;
    }
    const { hooks } = await this.#table.bot();
    if (!this.#hasTurns && this.made === 0) return false;
    this.#find(
      "stall",
      `After ${this.#last}, nobody has the turn, no timer is set, and the game has not ended. ` +
        (hooks.includes("on_message")
          ? "Give the turn, or call ctx.end()."
          : "It has no on_message."),
    );
    return false;
  }

  /** Whether the bot has ever given somebody the turn. */
  #hasTurns = false;

  /** Waits until the bot rests, and reads what it has done. Returns how a hook failed, if one
   *  did. */
  async #look(): Promise<string | undefined> {
    await this.#table.settled();
    const bot = await this.#table.bot();
    this.hasEnded = bot.ended;
    const state = utf8Length(JSON.stringify(await this.#table.state()));
    this.stateBytes = Math.max(this.stateBytes, state);
    if (state > LARGE_STATE) {
      this.#find(
        "state_grows",
        `The state has ${state} of at most ${BOT_LIMITS.botStateBytes} bytes after ${this.made} moves. ` +
          "Keep what the next hooks need, not the whole past.",
      );
    }
    let failure: string | undefined;
    for (const entry of await this.#entries()) {
      const { body } = entry;
      if ((body.now ?? body.player ?? body.players) !== undefined) this.#hasTurns = true;
      const failed = botFailed.in(entry);
      if (failed) {
        const { hook, reason, line } = failed;
        const message = "message" in failed ? `: ${failed.message}` : "";
        const at = line === undefined ? "" : ` at line ${line}`;
        failure = `After ${this.#last}, ${hook} failed${at} (${reason})${message}`;
        this.#find("hook_failed", `${failure}.`, {
          entry: entry.id,
          ...(line !== undefined && { line }),
        });
      }
      const due = timerDue.in(entry);
      if (due && !bot.hooks.includes("on_timer")) {
        this.#find(
          "timer_unheard",
          `The timer "${due.name}" came due, but the bot has no on_timer.`,
        );
      }
      this.#checkHosts(entry);
    }
    return failure;
  }

  #checkHosts(entry: Entry): void {
    const evidence = botEvidence.in(entry);
    if (!evidence) return;
    for (const { request } of evidence.exchanges as { request: JsonObject }[]) {
      const host = request.kind === "fetch" && URL.canParse(String(request.url))
        ? new URL(String(request.url)).hostname
        : String(request.host ?? "");
      if (host === "" || hostsNamed(declaredHosts(this.#net), host).length > 0) continue;
      this.#find(
        "undeclared_host",
        `It asks ${host}, which manifest.net does not name: the server refuses that. Add it there.`,
        { entry: entry.id },
      );
    }
  }

  #net: readonly string[] = [];

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
  async #check(): Promise<void> {
    // A close reveals the bot's seed.
    if (!this.hasEnded) {
      await this.#table.answer("host", updateChannel, { ops: [{ type: "close" }] });
    }
    const { ok, hooks, report } = await this.#table.answer("host", verifyChannel);
    // Nobody but a player can run hooks again that read its private moves.
    const isHeard = (await this.#table.bot()).private === true;
    if (ok && (hooks.unknown === 0 || isHeard)) return;
    const lines = String(report).split("\n");
    const why = lines.find((line) => /^[✘?] (replay|speakers)/.test(line)) ?? lines.at(-1);
    this.#find("not_replayed", `Players could not run the game again: ${why}`);
  }

  async #channelId(): Promise<string> {
    return (await this.#table.entries()).at(0)!.channel_id;
  }

  #find(fault: FaultName, text: string, more: Pick<Fault, "entry" | "line"> = {}): void {
    if (this.faults.some((known) => known.fault === fault)) return;
    this.faults.push({ fault, text, game: this.#number, ...more });
  }
}
