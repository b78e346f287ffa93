/** Plays whole games with a bot by random legal moves, and finds what would spoil them for players.
 *  Every game follows from its seed. */
import type { Json } from "../../kernel/json.ts";
import { leaveChannel } from "../../operations/leave_channel.ts";
import { makeGameMove } from "../../operations/make_game_move.ts";
import { postMessage } from "../../operations/post_message.ts";
import { waitForTurn } from "../../operations/wait_for_turn.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { GameCheck, type Played } from "./game_check.ts";
import { bytesFrom, Table, type TableDef } from "./table.ts";

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

/** Names each kind of fault once. Throws the refusal of a server that would not attach the bot. */
export async function playGames(
  sandbox: Sandbox,
  { games, moves, seed, played, ...def }: PlayOptions,
): Promise<Played> {
  const all: Played = { games: 0, ended: 0, moves: 0, stateBytes: 0, requests: 0, faults: [] };
  for (let number = 1; number <= games; number++) {
    await using table = await Table.open(sandbox, { ...def, seed: `${seed}/${number}` });
    const check = new GameCheck(table, number);
    const game = new Game(table, check, { ...def, number, moves, seed: `${seed}/${number}` });
    await game.play();
    all.games++;
    all.moves += game.made;
    all.requests += check.requests;
    if (check.hasEnded) all.ended++;
    all.stateBytes = Math.max(all.stateBytes, check.stateBytes);
    for (const fault of check.faults) {
      if (!all.faults.some((known) => known.fault === fault.fault)) all.faults.push(fault);
    }
    played?.(number);
  }
  return all;
}

class Game {
  made = 0;
  readonly #table: Table;
  readonly #check: GameCheck;
  readonly #number: number;
  readonly #most: number;
  readonly #dice: (sides: number) => number;
  readonly #players: string[];
  readonly #cursors = new Map<string, number>();
  /** What happened last, for a fault's text. */
  #last = "the players joined";

  constructor(
    table: Table,
    check: GameCheck,
    { number, moves, seats, seed }: { number: number; moves: number; seats: number; seed: string },
  ) {
    this.#table = table;
    this.#check = check;
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
    while (!this.#check.hasEnded && this.made < this.#most) {
      if (this.made >= leavesAfter && this.#players.length > 1) {
        await this.#leave();
        return await this.#check.replay();
      }
      const called = await this.#called();
      if (called.length === 0) {
        if (!await this.#waitForTimer()) return await this.#check.replay();
        continue;
      }
      const [player, turn] = called[this.#dice(called.length)]!;
      const move = this.#moveOf(turn);
      if (!move) {
        this.#check.find(
          "no_moves",
          `${player} has the turn, and is told no legal_moves and no ranges: put them into the post ` +
            "that gives the turn, so that agents and this test know what to do.",
        );
        return await this.#check.replay();
      }
      if (!await this.#move(player, turn, move)) return await this.#check.replay();
    }
    if (!this.#check.hasEnded) {
      this.#check.find(
        "no_end",
        `The game did not end in ${this.#most} moves. End it with ctx.end(result), or a rule that ` +
          "stops long games; --moves N allows more.",
      );
    }
    await this.#check.replay();
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
      channel_id: this.#table.channelId,
      game,
      ...move,
    });
    if (performed.kind === "refused") {
      this.#check.find(
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
    this.#check.find(
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
        channel_id: this.#table.channelId,
        body,
      });
      if (posted.kind === "refused") continue;
      const failed = await this.#look();
      if (!failed) continue;
      this.#check.find(
        "odd_message",
        `${failed}. Answer a message that fits no move, or ignore it.`,
      );
      return;
    }
  }

  async #leave(): Promise<void> {
    const leaver = this.#players.splice(this.#dice(this.#players.length), 1)[0]!;
    this.#last = `${leaver} left`;
    await this.#table.answer(leaver, leaveChannel);
    await this.#look();
    while (!this.#check.hasEnded && !await this.#calls()) {
      if (await this.#table.advance() === undefined) {
        return this.#check.find(
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
    if (!this.#check.hasTurns && this.made === 0) return false;
    this.#check.find(
      "stall",
      `After ${this.#last}, nobody has the turn, no timer is set, and the game has not ended. ` +
        (hooks.includes("on_message")
          ? "Give the turn, or call ctx.end()."
          : "It has no on_message."),
    );
    return false;
  }

  async #look(): Promise<string | undefined> {
    return await this.#check.look(this.#last);
  }
}
