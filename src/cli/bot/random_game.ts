/** A game of players who move at random, and what else may happen to a bot. */
import { type Moves, movesOf, toldText } from "../../domain/bot/moves.ts";
import { playersWanted } from "../../domain/bot/params.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import type { Entry } from "../../domain/transcript/transcript.ts";
import type { Json } from "../../kernel/json.ts";
import { leaveChannel } from "../../operations/leave_channel.ts";
import { makeGameMove } from "../../operations/make_game_move.ts";
import { postMessage } from "../../operations/post_message.ts";
import { updateChannel } from "../../operations/update_channel.ts";
import { waitForTurn } from "../../operations/wait_for_turn.ts";
import { exampleValue } from "./example_value.ts";
import type { GameCheck } from "./game_check.ts";
import { oddMessage } from "./odd_messages.ts";
import { bytesFrom, type Table } from "./table.ts";

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

/** Moves that give a game up: made only where there is no other. */
const GIVES_UP = /^(concede|resign|forfeit|abort)$/;
/** The moves of players in a game with a bot that gives no turns. */
const MOST_ASKED = 12;
/** The odd messages in a game that has them. */
const MOST_ODD = 40;
/** After so many moves in a game with odd messages, somebody joins who is late. */
const LATE = 2;

/** What is special in a game: `odd` messages come, and a player who is late; players `leave`; they
 *  are `slow`, so that timers come due while they have the turn; or they play `again`. */
export const KINDS = ["again", "odd", "leave", "slow", "plain"] as const;
type Kind = typeof KINDS[number];

export class RandomGame {
  made = 0;
  readonly #table: Table;
  readonly #check: GameCheck;
  readonly #kind: Kind;
  readonly #most: number;
  readonly #mayAsk: boolean;
  readonly #dice: (sides: number) => number;
  readonly #players: string[] = [];
  readonly #cursors = new Map<string, number>();
  /** What happened last, for a fault's text. */
  #last = "the bot was attached";
  /** After how many moves the next player leaves. */
  #leavesAt = Infinity;
  /** Who has left the game. */
  #leaver: string | undefined;
  #isFull = false;
  /** How many odd messages there have been. */
  #odd = 0;
  /** Whether a bot without turns has answered anybody. */
  #isAnswered = false;
  /** What a game on lib:game says that has not begun. */
  #waitsFor: string | undefined;

  constructor(
    table: Table,
    check: GameCheck,
    { kind, moves, mayAsk, seed }: { kind: Kind; moves: number; mayAsk: boolean; seed: string },
  ) {
    this.#table = table;
    this.#check = check;
    this.#kind = kind;
    this.#most = moves;
    this.#mayAsk = mayAsk;
    const bytes = bytesFrom(`dice ${seed}`);
    this.#dice = (sides) => new DataView(bytes(4).buffer).getUint32(0) % sides;
  }

  async play(): Promise<void> {
    await this.#gather();
    while (!this.#check.hasEnded && this.made < this.#most) {
      await this.#disturb();
      if (this.#check.hasEnded) break;
      const called = await this.#called();
      if (called.length === 0) {
        if (await this.#goesOn()) continue;
        return await this.#check.replay();
      }
      if (this.#kind === "slow" && this.#dice(3) === 0 && await this.#timer()) continue;
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
      const words = await this.#textOf(move);
      const goesOn = words !== undefined && this.#dice(3) === 0
        ? await this.#say(player, words)
        : await this.#move(player, turn, move);
      if (!goesOn) return await this.#check.replay();
    }
    if (!this.#check.hasEnded) {
      this.#check.find(
        "no_end",
        `The game did not end in ${this.#most} moves. End it with ctx.end(result), or a rule that ` +
          "stops long games; --moves N allows more.",
      );
    }
    await this.#check.replay();
    if (this.#kind === "again" && this.#check.hasEnded) await this.#again();
  }

  /** Seats the players. Before the game begins, one of them talks, or leaves again. */
  async #gather(): Promise<void> {
    await this.#look();
    const { seats } = this.#table;
    while (this.#players.length < seats && !this.#check.hasEnded) {
      const player = await this.#table.seat();
      this.#players.push(player);
      this.#last = `${player} joined`;
      await this.#look();
      if (player !== "p1" || seats === 1 || this.#check.hasEnded) continue;
      if (this.#kind === "odd") await this.#oddly(3);
      if (this.#kind !== "leave") continue;
      this.#players.pop();
      this.#last = "p1 joined and left, and nobody else was there";
      await this.#table.answer(player, leaveChannel);
      await this.#look();
    }
    if (this.#kind === "leave") this.#leavesAt = 1 + this.#dice(4);
  }

  /** Does what is special in this kind of game. */
  async #disturb(): Promise<void> {
    if (this.#kind === "odd") {
      if (!this.#isFull && this.made >= LATE) await this.#joinLate();
      await this.#oddly(2);
    }
    if (this.made < this.#leavesAt || this.#players.length === 1) return;
    this.#leavesAt = this.made + 1 + this.#dice(8);
    await this.#leave();
  }

  async #joinLate(): Promise<void> {
    this.#isFull = true;
    if (this.#table.seats + 2 > BOT_LIMITS.slots) return;
    const player = await this.#table.seat();
    this.#players.push(player);
    this.#last = `${player} joined when the others were there`;
    await this.#look();
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
    const shown = wordsOf(move.action, move.value);
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
    if (!await this.#look()) return false;
    const answers = await this.#answersTo(msg_id, player);
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

  /** A move in the words that agents are told for it, if they are. */
  async #textOf({ action, value }: Move): Promise<string | undefined> {
    const declared = movesOf((await this.#table.bot()).manifest)?.actions[action];
    const text = declared && toldText(action, declared);
    if (value === undefined) return text;
    const isWord = Number.isInteger(value) || typeof value === "string" && /^[\w-]+$/.test(value);
    return isWord ? text?.replace(/ [\w-]+$/, ` ${value}`) : undefined;
  }

  /** Makes a move by its text. Returns whether the game can go on. */
  async #say(player: string, text: string): Promise<boolean> {
    this.made++;
    this.#last = `${player} said ${text}`;
    const { msg_id } = await this.#table.answer(player, postMessage, { body: text });
    if (!await this.#look()) return false;
    if (this.#check.hasEnded) return true;
    const isHeard = (await this.#table.entries(msg_id)).some(({ cause, sender, body }) =>
      cause === msg_id && sender.startsWith("bot:") && body.type !== "violation" && !body.violation
    );
    if (isHeard) return true;
    this.#check.find(
      "text_ignored",
      `${player} had the turn and said ${text}, which manifest.moves declares as a move, and the ` +
        "bot ignored or refused it: read body.text, too, or declare no text.",
      { entry: msg_id },
    );
    return false;
  }

  /** Posts what nobody should post, a few times. */
  async #oddly(times: number): Promise<void> {
    const moves = movesOf((await this.#table.bot()).manifest);
    // Else most of these games would end with the first messages.
    const lasting = moves && {
      ...moves,
      actions: Object.fromEntries(
        Object.entries(moves.actions).filter(([name]) => !GIVES_UP.test(name)),
      ),
    };
    for (let i = 0; i < times && this.#odd < MOST_ODD && !this.#check.hasEnded; i++) {
      this.#odd++;
      const player = this.#players[this.#dice(this.#players.length)]!;
      const body = oddMessage(this.#odd < MOST_ODD / 2 ? lasting : moves, this.#dice);
      this.#last = `${player} posted ${JSON.stringify(body).slice(0, 80)}`;
      const posted = await this.#table.call(player, postMessage, {
        channel_id: this.#table.channelId,
        body,
      });
      if (posted.kind !== "refused") await this.#look({ isOdd: true });
    }
  }

  async #leave(): Promise<void> {
    const leaver = this.#players.splice(this.#dice(this.#players.length), 1)[0]!;
    this.#last = `${leaver} left`;
    await this.#table.answer(leaver, leaveChannel);
    await this.#look();
    this.#leaver = leaver;
    if (this.#check.hasTurns && !await this.#comesToTurn()) this.#foundStall();
  }

  #foundStall(): void {
    if (this.#leaver !== undefined) {
      return this.#check.find(
        "left_alone",
        `${this.#leaver} left, and the others wait for ever. In on_leave(player_id), end the game ` +
          "or give the turn to somebody who is there.",
      );
    }
    this.#check.find(
      "stall",
      `After ${this.#last}, nobody has the turn, no timer is set, and the game has not ended. ` +
        "Give the turn, or call ctx.end().",
    );
  }

  /** Lets timers come due until somebody has the turn or the bot ends. Returns false if nothing
   *  will happen any more. */
  async #comesToTurn(): Promise<boolean> {
    while (!(await this.#table.bot()).ended && !await this.#calls()) {
      if (!await this.#timer()) return false;
    }
    return true;
  }

  /** Lets the next timer come due, if there is one. */
  async #timer(): Promise<boolean> {
    const name = await this.#table.advance();
    if (name === undefined) return false;
    this.#last = `the timer "${name}" came due`;
    this.made++; // a bot may set timers for ever
    await this.#look();
    return true;
  }

  /** What happens when nobody has the turn. Returns false if nothing does any more. */
  async #goesOn(): Promise<boolean> {
    if (!this.#check.hasTurns) return await this.#ask();
    if (await this.#timer()) return true;
    this.#foundStall();
    return false;
  }

  /** The players of a bot without turns make the moves of its manifest, and time passes. Returns
   *  whether it is a game after all. */
  async #ask(): Promise<boolean> {
    const bot = await this.#table.bot();
    const { players = 0 } = playersWanted(bot) ?? {};
    if (players > this.#table.seats) {
      this.#check.find(
        "stall",
        `The bot waits for ${players} players, but there are ${this.#table.seats} seats: ` +
          `--seats ${players} opens as many.`,
      );
      return false;
    }
    const moves = movesOf(bot.manifest);
    if (moves === null) this.#check.note = NO_MOVES;
    for (let asked = 1; asked <= MOST_ASKED && this.made < this.#most; asked++) {
      await this.#disturb();
      if (this.#check.hasEnded) return false;
      if (moves !== null && this.#mayAsk) await this.#askFor(moves);
      if (asked % 4 === 0) await this.#timer();
      if (this.#check.hasEnded || this.#check.hasTurns) return this.#check.hasTurns;
    }
    if (this.#isAnswered || moves === null || !this.#mayAsk) return false;
    if (this.#waitsFor === undefined) this.#check.note ??= NO_ANSWER;
    else {
      this.#check.find(
        "stall",
        `All ${this.#table.seats} seats are taken, and the game has not begun: ${this.#waitsFor} ` +
          "--seats N opens as many. In a channel, a parameter players says how many it waits for.",
      );
    }
    return false;
  }

  async #askFor({ game, actions }: Moves): Promise<void> {
    const player = this.#players[this.#dice(this.#players.length)]!;
    const names = Object.keys(actions);
    const action = names[this.#dice(names.length)]!;
    const { value: form, text } = actions[action]!;
    const value = form === undefined
      ? undefined
      : exampleValue(form, { dice: this.#dice, players: this.#players });
    const isSaid = text !== undefined && this.#dice(2) === 0;
    this.made++;
    this.#last = `${player} ${isSaid ? `said ${text}` : `made the move ${wordsOf(action, value)}`}`;
    const { channelId: channel_id } = this.#table;
    const performed = isSaid
      ? await this.#table.call(player, postMessage, { channel_id, body: text })
      : await this.#table.call(player, makeGameMove, {
        ...{ channel_id, game, action },
        ...(value !== undefined && { value }),
      });
    if (performed.kind === "refused") {
      this.#check.find(
        "legal_move_refused",
        `The server refuses ${wordsOf(action, value)}, which manifest.moves declares: ` +
          performed.refusal.text,
      );
      return;
    }
    await this.#look();
    const answers = await this.#answersTo(performed.answer.output.msg_id, player);
    if (answers.some(({ body }) => body.type !== "violation")) this.#isAnswered = true;
    const waits = answers.find(({ body }) => body.reason === "GAME_NOT_STARTED")?.body.details;
    if (waits !== undefined) this.#waitsFor = String(waits);
  }

  /** What the bot says to a player in answer to an entry. */
  async #answersTo(msgId: unknown, player: string): Promise<Entry[]> {
    return (await this.#table.entries(Number(msgId))).filter(({ cause, sender, to }) =>
      cause === msgId && sender.startsWith("bot:") && (!to || to.includes(player))
    );
  }

  /** The players ask for a rematch, and the game has to begin again. */
  async #again(): Promise<void> {
    if (!this.#check.hasTurns) return;
    const players = [...this.#players];
    // A spectator of the next game, whom ctx.players() has, too.
    await this.#joinLate();
    this.#last = "the players asked for a rematch";
    for (const player of players) {
      const asked = await this.#table.call(player, updateChannel, {
        channel_id: this.#table.channelId,
        ops: [{ type: "rematch" }],
      });
      if (asked.kind === "refused") return; // it was not among the players
    }
    await this.#look();
    if (await this.#comesToTurn()) return;
    this.#check.find(
      "no_rematch",
      "After the game the players asked for a rematch, and nobody got the turn. They are there " +
        "already, so on_join is not called for them: in on_init(), too, begin the game if " +
        "ctx.players() has enough players. It may have more than play.",
    );
  }

  #look(how: { isOdd?: boolean } = {}): Promise<boolean> {
    return this.#check.look(this.#last, how);
  }
}

const NO_MOVES =
  "It gives no turns, and its manifest has no moves, so nothing but odd messages was tried. " +
  "Declare its moves (manifest.moves), or test it by --script.";
const NO_ANSWER =
  "It gives no turns, and has refused or ignored all that was tried of the moves in its manifest. " +
  "Test it by --script.";

/** A move, as an author would type it. */
function wordsOf(action: string, value?: Json): string {
  return value === undefined ? action : `${action} ${JSON.stringify(value)}`;
}
