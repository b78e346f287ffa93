/** The author plays against a bot, in all seats. The steps of the author are kept: with a changed
 *  source, they are taken again, so that the game stands where it stood. */
import { boardOf } from "../../domain/board/board.ts";
import { textOf } from "../../domain/board/text_of.ts";
import { utf8Length } from "../../domain/limits/bounded_json.ts";
import { hashedMessageFor } from "../../domain/channel/visibility.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { waitForTurn } from "../../operations/wait_for_turn.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { entryLine } from "./entry_line.ts";
import { type Step, stepIn, takeStep } from "./steps.ts";
import { Table, type TableDef } from "./table.ts";

const HELP = `\
1 take 2          player 1 makes the move take 2; the value may be JSON
1 say hello       player 1 says hello
1 leave           player 1 leaves
moves             who has the turn, and the legal moves
board, state, log the board, the bot's state, what it printed
time 60           60 seconds pass
timer             the next timer comes due
undo              takes the last step back
help, quit`;

const LOOKS = ["moves", "board", "state", "log", "help", "undo"] as const;
type Look = typeof LOOKS[number];

export class Rehearsal implements AsyncDisposable {
  readonly #sandbox: Sandbox;
  readonly #def: TableDef;
  readonly #steps: Step[] = [];
  #table: Table;
  #read = 0;

  private constructor(sandbox: Sandbox, def: TableDef, table: Table) {
    this.#sandbox = sandbox;
    this.#def = def;
    this.#table = table;
  }

  /** Throws the refusal of a server that would not attach the bot. */
  static async open(sandbox: Sandbox, def: TableDef): Promise<Rehearsal> {
    return new Rehearsal(sandbox, def, await Table.open(sandbox, def));
  }

  /** Takes the steps again with another source. Throws, and stays as it is, if a server would
   *  refuse the source. Returns how many steps could be taken. */
  async change(inline_code: string): Promise<{ taken: number; of: number }> {
    const bot = { ...this.#def.bot, inline_code };
    const table = await Table.open(this.#sandbox, { ...this.#def, bot });
    this.#def.bot = bot;
    return await this.#replaceBy(table);
  }

  async #replaceBy(table: Table): Promise<{ taken: number; of: number }> {
    await this.#table[Symbol.asyncDispose]();
    this.#table = table;
    const steps = this.#steps.splice(0);
    for (const step of steps) {
      try {
        await takeStep(this.#table, step);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        break;
      }
      this.#steps.push(step);
    }
    this.#read = (await table.entries()).length;
    return { taken: this.#steps.length, of: steps.length };
  }

  /** Does what a line says. Returns what there is to read then. Throws a refusal. */
  async follow(line: string): Promise<string> {
    const look = LOOKS.find((name) => name === line.trim());
    if (look) return await this.#show(look);
    const step = stepIn(line);
    if (!step) {
      throw new Refusal("INVALID_REQUEST", "This says nothing here. help lists what does.");
    }
    await takeStep(this.#table, step);
    this.#steps.push(step);
    const news = await this.news();
    const moves = await this.#moves();
    return [news, moves].filter(Boolean).join("\n") || "Nothing came of it.";
  }

  /** What has come since it was asked last, a line for each entry. */
  async news(): Promise<string> {
    const entries = await this.#table.entries(this.#read);
    this.#read = entries.at(-1)?.id ?? this.#read;
    return entries.map(entryLine).filter(Boolean).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#table[Symbol.asyncDispose]();
  }

  async #show(look: Look): Promise<string> {
    switch (look) {
      case "help":
        return HELP;
      case "moves":
        return await this.#moves() || "Nobody has the turn.";
      case "board": {
        const { view } = boardOf((await this.#table.entries()).map((entry) => ({
          ...entry,
          body: hashedMessageFor(entry.sender, entry).body,
        })));
        return textOf(view);
      }
      case "state": {
        const { state, timers } = (await this.#table.inside()).memory;
        const set = Object.entries(timers).map(([name, dueMs]) =>
          `timer ${name}: ${(dueMs - this.#table.nowMs) / 1_000} s`
        );
        const bytes = utf8Length(JSON.stringify(state));
        return [JSON.stringify(state, null, 2), `${bytes} bytes`, ...set].join("\n");
      }
      case "log": {
        const { hooks } = await this.#table.inside();
        const lines = hooks.flatMap(({ entry, log = [] }) =>
          log.map((line) => `${entry}: ${line}`)
        );
        const last = hooks.at(-1);
        const cost = last &&
          `last hook: ${last.hook}, ${last.ended}, ${last.ms.toFixed(2)} ms, ${last.fuel} fuel`;
        return [...lines, cost].filter(Boolean).join("\n") || "It printed nothing.";
      }
      case "undo": {
        if (this.#steps.pop() === undefined) return "There is no step to take back.";
        await this.#replaceBy(await Table.open(this.#sandbox, this.#def));
        return await this.#moves() || "Nobody has the turn.";
      }
    }
  }

  async #moves(): Promise<string> {
    const lines: string[] = [];
    if ((await this.#table.bot()).ended) return "The game is over. undo takes the last step back.";
    for (let seat = 1; seat <= this.#def.seats; seat++) {
      try {
        const turn = await this.#table.answer(`p${seat}`, waitForTurn, { timeout_ms: 0 });
        if (turn.why !== "your_turn") continue;
        const { legal_moves = [], ranges = {} } = turn;
        const moves = [
          ...legal_moves.map(({ action, value }: { action: string; value?: unknown }) =>
            value === undefined ? action : `${action} ${JSON.stringify(value)}`
          ),
          ...Object.entries<{ min: number; max: number }>(ranges)
            .map(([action, { min, max }]) => `${action} ${min} to ${max}`),
        ];
        lines.push(`p${seat} to move: ${moves.join(", ") || "no legal moves are named"}`);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error; // it has left
      }
    }
    return lines.join("\n");
  }
}
