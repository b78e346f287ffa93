/** Fuzzes a game's referee in the sandbox, without a server: one seed draws every player, move,
 *  text, timer and departure. Whatever comes, the referee answers and never fails, and players who
 *  then only make legal moves finish the game. */
import assert from "node:assert/strict";
import { builtinBots } from "../../src/compose/builtin_bots.ts";
import type { HookName } from "../../src/domain/bot/bot.ts";
import { paramsOf } from "../../src/domain/bot/params.ts";
import { isObject } from "../../src/domain/bot/params_schema.ts";
import { turnsAfter } from "../../src/domain/channel/keep_turns.ts";
import { helpIn } from "../../src/domain/channel/turn_help.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { NO_TURNS } from "../../src/domain/transcript/kept_turns.ts";
import { canonicalBytes, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { job } from "../sandbox/job.ts";
import { Chooser } from "../support/chooser.ts";
import { sha256Hex, type Wire } from "../support/player.ts";
import { oddBody, oddText, oddValue } from "./odd_inputs.ts";

export interface FuzzedGame {
  preset: string;
  params?: JsonObject;
  /** How many players fill the game; as many as two more may join. */
  seats: number;
  /** Labels of the first seats, for a referee that goes by them. */
  labels?: string[];
  /** Nobody leaves: the referee waits for those who have a part in it. */
  nobodyLeaves?: true;
  /** How many legal moves finish the game at the latest; 400 unless given. */
  mostMoves?: number;
}

/** How many inputs of any kind come before the legal moves. */
const NOISE = 40;
const BOT = "fuzzed";
const BUILT_IN = builtinBots();

/** Plays one game from a seed. Throws with the seed and the input if the referee breaks a
 *  promise. */
export async function fuzzGame(sandbox: Sandbox, game: FuzzedGame, seed: number): Promise<void> {
  const chooser = new Chooser(seed);
  const table = await Table.of(sandbox, game, chooser, seed);
  try {
    await table.hook("on_init", []);
    for (let i = 0; i < NOISE && !table.ended; i++) await table.anything();
    for (let i = 0; !table.ended; i++) {
      assert.ok(i < (game.mostMoves ?? 400), "the game does not end");
      await table.goOn();
    }
  } catch (error) {
    throw new Error(`${game.preset}, seed ${seed}: ${table.told}`, { cause: error });
  }
}

/** A channel around one referee. */
class Table {
  ended = false;
  #hooks = 0;
  #now = Date.UTC(2026, 10, 23, 12);
  #entries: Wire[] = [];
  #kept = NO_TURNS;
  #state: Json = null;
  #timers = new Map<string, number>();
  #players: { player_id: string; display_name: string; label?: string }[] = [];
  #joined = 0;
  #lastMove: Wire = null;
  #lastInput = "";

  constructor(
    private sandbox: Sandbox,
    private source: string,
    private bot: { class_name: string; language: "javascript" | "typescript" | "python" },
    private manifest: Wire,
    private params: JsonObject,
    private game: FuzzedGame,
    private chooser: Chooser,
    private seed: number,
    /** Nobody leaves or runs out of time, so that the game is played to its end. */
    private isCalm: boolean,
  ) {}

  static async of(sandbox: Sandbox, game: FuzzedGame, chooser: Chooser, seed: number) {
    const source = (await BUILT_IN).builtins.get(game.preset);
    assert.ok(source !== undefined, `there is no ${game.preset}`);
    // On a busy machine, a first inspection may take longer than a caller waits.
    const inspection = await sandbox.inspect({ source, name: game.preset, again: true });
    if (inspection.kind !== "accepted") throw new Error(JSON.stringify(inspection));
    const { manifest } = inspection;
    const isCalm = chooser.below(2) === 0;
    const drawn = drawnParams(manifest, chooser, isCalm);
    const params = paramsOf(manifest, { ...drawn, ...game.params });
    return new Table(sandbox, source, inspection, manifest, params, game, chooser, seed, isCalm);
  }

  /** What a failure says: the last input, and with what parameters. */
  get told(): string {
    return `hook ${this.#hooks} with ${JSON.stringify(this.params)}: ${this.#lastInput}`;
  }

  async hook(hook: HookName, args: Json[]): Promise<Wire[]> {
    this.#lastInput = `${hook} ${JSON.stringify(args).slice(0, 2_000)}`;
    const { source, bot, params, sandbox, seed } = this;
    const outcome = await sandbox.run(job(source, {
      ...{ language: bot.language, class_name: bot.class_name, hook, args, params },
      state: this.#state,
      players: this.#players,
      timers: [...this.#timers.keys()].sort(),
      now_ms: this.#now,
      seed: await sha256Hex(`${seed} ${++this.#hooks}`),
    }));
    if (outcome.kind !== "done") assert.fail(JSON.stringify(outcome));
    assert.ok(outcome.posts.length <= BOT_LIMITS.hookPosts);
    for (const { body } of outcome.posts) {
      assert.ok(canonicalBytes(body).length <= BOT_LIMITS.bodyBytes);
    }
    assert.ok(canonicalBytes(outcome.state).length <= BOT_LIMITS.botStateBytes);
    if (outcome.state_set) this.#state = outcome.state;
    for (const { name, due_ms } of outcome.timers ?? []) {
      if (due_ms === null) this.#timers.delete(name);
      else this.#timers.set(name, due_ms);
    }
    assert.ok(this.#timers.size <= BOT_LIMITS.timersPerBot);
    for (const post of outcome.posts) this.#write({ sender: `bot:${BOT}`, ...post });
    this.ended = outcome.end !== undefined;
    return outcome.posts;
  }

  #write(entry: Wire): Wire {
    const ts = new Date(this.#now).toISOString();
    const written = { id: this.#entries.length + 1, channel_id: "c", ts, hash: "", ...entry };
    this.#entries.push(written);
    const channel = { seats: this.#players, bots: [{ bot_id: BOT }], next_player: 99 };
    this.#kept = turnsAfter(this.#kept, [written], channel as Wire);
    return written;
  }

  /** An entry of a player, of the server or of another bot. Returns the referee's posts. */
  async message(entry: Wire): Promise<Wire[]> {
    return await this.hook("on_message", [this.#write(entry)]);
  }

  // What may happen
  // -----------------------------------------------------------------------------------------------

  /** One input of any kind. */
  async anything(): Promise<void> {
    const { chooser } = this;
    const drawn = chooser.below(100);
    if (this.#players.length === 0 || drawn < 12) return await this.join();
    await this.#pass(chooser.below(this.isCalm ? 40 : 4_000));
    if (this.ended) return;
    if (drawn < 14 && !this.isCalm && !this.game.nobodyLeaves) return await this.#leave();
    if (drawn < 18) return await this.#hearSomethingElse();
    if (drawn < 45) return void await this.#play();
    const sender = this.#anyPlayer();
    if (drawn < 60) return await this.#move(sender, this.#oddMove(sender));
    if (drawn < 65 && this.#lastMove) return await this.#move(sender, this.#lastMove);
    const body = drawn < 80 ? { text: oddText(chooser, this.manifest) } : oddBody(chooser);
    await this.message({ sender, kind: "user", body });
  }

  get #isFull(): boolean {
    return this.#players.length >= this.game.seats + 2;
  }

  async join(): Promise<void> {
    if (this.#isFull) return;
    const player_id = `p${++this.#joined}`;
    // A seat that was left is taken again.
    const free = this.game.labels?.find((name) =>
      this.#players.every(({ label }) => label !== name)
    );
    const label = free ?? `seat_${this.#joined}`;
    const display_name = this.chooser.of([`"${"名".repeat(58)}"`, "Ann", "p1", "Bob\u00ad"]);
    this.#players.push({ player_id, display_name, label });
    await this.hook("on_join", [player_id]);
  }

  /** The game goes on by a legal move, a player who joins, or a timer. */
  async goOn(): Promise<void> {
    if (await this.#play()) return;
    if (this.#timers.size > 0) {
      return await this.#pass(Math.max(0, Math.min(...this.#timers.values()) - this.#now));
    }
    assert.ok(!this.#isFull, "nobody has the turn, and no timer is set");
    await this.join();
  }

  /** Lets time pass: the timers that come due by then call the referee. */
  async #pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    while (!this.ended) {
      const [first] = [...this.#timers].toSorted(([, a], [, b]) => a - b);
      if (!first || first[1] > until) break;
      this.#now = Math.max(this.#now, first[1]);
      this.#timers.delete(first[0]);
      await this.hook("on_timer", [first[0]]);
    }
    this.#now = Math.max(this.#now, until);
  }

  async #leave(): Promise<void> {
    const player = this.#anyPlayer();
    this.#players = this.#players.filter(({ player_id }) => player_id !== player);
    const reason = this.chooser.of(["left", "left", "left", "removed", "banned"]);
    await this.hook("on_leave", reason === "left" ? [player, reason] : [player, reason, "host"]);
  }

  async #hearSomethingElse(): Promise<void> {
    const { chooser } = this;
    const player_id = chooser.of([this.#anyPlayer(), "host", "p99"]);
    const op = { type: chooser.of(["claim", "rematch", "mute"]), player_id, turn_id: 3 };
    const body = chooser.of<JsonObject>([{ type: "claim_applied", op }, { type: "bot:attach" }, {
      type: "bot:turn",
      player: player_id,
    }, { type: "bot:failed", bot_id: "other" }]);
    const sender = chooser.of(["system", "system", "bot:other"]);
    await this.message({ sender, kind: "control", body });
  }

  /** A legal move of somebody who has the turn; false if nobody has it. */
  async #play(): Promise<boolean> {
    const turns = this.#players.flatMap(({ player_id }) => {
      const help = this.#helpFor(player_id);
      return help ? [{ player_id, help }] : [];
    });
    if (turns.length === 0) return false;
    const { player_id, help } = this.chooser.of(turns);
    const moves = (help.legal_moves ?? []) as Wire[];
    assert.ok(moves.length >= 1 && moves.length <= 64, `${player_id} has no legal moves`);
    const move = this.chooser.of(moves);
    const range = (help.ranges as Wire)?.[move.action];
    const drawn = range && this.chooser.below(2) === 1
      ? { ...move, value: range.min + this.chooser.below(range.max - range.min + 1) }
      : move;
    const body = { type: "move", game: this.manifest.moves.game, ...drawn };
    await this.#move(player_id, body);
    return true;
  }

  /** Whether it is a player's turn, and what this turn brings, by all that the player may read. */
  #helpFor(player: string): ReturnType<typeof helpIn> | null {
    const words = this.#kept.turns[BOT] ?? [];
    const word = words.findLast(({ to }) => !to || to.includes(player));
    if (!word || word.over || !word.players.includes(player)) return null;
    return helpIn(this.#entries[word.id - 1].body, player);
  }

  /** Sends what has the form of a move, which the referee must answer. */
  async #move(sender: string, body: Wire): Promise<void> {
    this.#lastMove = body;
    const { moves } = this.manifest;
    const action = Object.hasOwn(moves.actions, body.action) ? moves.actions[body.action] : {};
    const to = action.private === true ? { to: [sender] } : {};
    const posts = await this.message({ sender, kind: "user", body, ...to });
    if (body.game !== moves.game || !Object.hasOwn(moves.actions, body.action)) return;
    const isAnswered = posts.some((post) => !post.to || post.to.includes(sender));
    assert.ok(isAnswered, `${sender} got no answer`);
  }

  #oddMove(player: string): Wire {
    const { chooser, manifest: { moves } } = this;
    const legal = (this.#helpFor(player)?.legal_moves ?? []) as Wire[];
    const good = legal.length > 0 ? chooser.of(legal) : { action: "guess", value: 5 };
    // One that gives the game up comes seldom: it would end most games at once.
    const actions = Object.keys(moves.actions)
      .filter((name) =>
        chooser.below(this.isCalm ? 30 : 8) === 0 || !/concede|end|leave/.test(name)
      );
    const named = { type: "move", game: moves.game };
    return chooser.of<() => Wire>([
      () => ({ ...named, action: chooser.of(actions), value: oddValue(chooser) }),
      () => ({ ...named, action: chooser.of(actions) }),
      () => ({ ...named, action: oddValue(chooser), value: good.value }),
      () => ({ ...named, ...good, answers: chooser.of<Json>([0, 1, 3, 1e9, -1, "x", null, {}]) }),
      () => ({ ...named, ...good, value: `${JSON.stringify(good.value)}` }),
      () => ({ ...named, ...good, value: { value: good.value ?? null } }),
      () => ({ ...good, type: "move", game: chooser.of<Json>(["poker", 5, "", null]) }),
      () => ({ type: "move", ...good }),
      () => ({ type: "move", game: moves.game }),
    ])();
  }

  #anyPlayer(): string {
    const [first] = this.#players;
    return first ? this.chooser.of(this.#players).player_id : "p1";
  }
}

/** Parameters that every game takes, where the manifest has them. */
function drawnParams(manifest: JsonObject, chooser: Chooser, isCalm: boolean): JsonObject {
  const { properties } = Object(manifest.params);
  if (!isObject(properties)) return {};
  const drawn: JsonObject = {
    clock: chooser.of<Json>([{}, { move_s: 5 }, { game_s: 30, increment_s: 2 }]),
    strikes: isCalm ? 0 : chooser.below(4),
    turn_order: chooser.of(["join", "random"]),
  };
  return Object.fromEntries(
    Object.entries(drawn).filter(([name]) => Object.hasOwn(properties, name)),
  );
}
