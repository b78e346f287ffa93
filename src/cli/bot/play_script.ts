/** Plays one game by a script, and finds what would spoil it and what the script did not expect. */
import { messageFor } from "../../domain/channel/visibility.ts";
import { type Entry, SYSTEM } from "../../domain/transcript/transcript.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { entryWords } from "./entry_line.ts";
import { GameCheck, type Played } from "./game_check.ts";
import { contains, type Expectation, type ScriptLine } from "./script.ts";
import { takeStep } from "./steps.ts";
import { Table, type TableDef } from "./table.ts";

/** Of what is named in the text of a fault. */
const ENTRIES_SHOWN = 3;
const ENTRY_CHARS = 160;

/** Throws the refusal of a server that would not attach the bot. */
export async function playScript(
  sandbox: Sandbox,
  { script, ...def }: TableDef & { script: readonly ScriptLine[] },
): Promise<Played> {
  await using table = await Table.open(sandbox, def);
  const game = new ScriptedGame(table);
  await game.play(script);
  const { faults, hasEnded, stateBytes, requests, note } = game.check;
  return {
    ...{ games: 1, ended: hasEnded ? 1 : 0, moves: game.moves, stateBytes, requests, faults },
    ...note !== undefined && { note },
  };
}

class ScriptedGame {
  moves = 0;
  readonly check: GameCheck;
  readonly #table: Table;
  /** The entries since the last step. */
  #since: Entry[] = [];
  #read = 0;
  /** How the bot refused the last move, which an expectation may ask for. */
  #refused: { line: number; text: string; entry: Entry } | undefined;

  constructor(table: Table) {
    this.#table = table;
    this.check = new GameCheck(table, 1);
  }

  async play(script: readonly ScriptLine[]): Promise<void> {
    await this.#look("the players joined");
    for (const each of script) {
      if ("expects" in each) this.#expect(each, each.expects);
      else if (!await this.#take(each)) break;
    }
    this.#tellRefused();
    await this.check.replay();
  }

  /** Returns whether the game can go on. */
  async #take({ line, text, step }: Extract<ScriptLine, { step: unknown }>): Promise<boolean> {
    this.#tellRefused();
    try {
      await takeStep(this.#table, step);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const why = `The step ${text} can't be taken: ${error.text}`;
      this.check.find("step_refused", why, { script_line: line });
      return false;
    }
    await this.#look(text);
    if (step.kind !== "move") return true;
    this.moves++;
    const entry = this.#since.find(({ sender, body }) =>
      sender.startsWith("bot:") && (body.type === "violation" || body.violation)
    );
    this.#refused = entry && { line, text, entry };
    return true;
  }

  #expect({ line, text }: ScriptLine, { seat, isThere, body }: Expectation): void {
    const seen = this.#since.filter((entry) => {
      const read = seat === undefined ? entry.body : messageFor(`p${seat}`, entry).body;
      return read !== null && contains(read, body);
    });
    if (isThere && seen.some((entry) => entry === this.#refused?.entry)) this.#refused = undefined;
    if (seen.length > 0 === isThere) return;
    const came = this.#since.filter(({ sender }) => sender === SYSTEM || sender.startsWith("bot:"));
    const named = (isThere ? came : seen).slice(-ENTRIES_SHOWN).map(shown).join(", ");
    this.check.find(
      "unexpected",
      isThere
        ? `${text}: no entry has that${named === "" ? "" : `, but there is ${named}`}.`
        : `${text}: there is ${named}.`,
      { script_line: line },
    );
  }

  #tellRefused(): void {
    if (!this.#refused) return;
    const { line, text, entry } = this.#refused;
    this.#refused = undefined;
    this.check.find(
      "step_refused",
      `The bot refuses ${text}: ${shown(entry)}. If it should, expect that in the next line.`,
      { script_line: line, entry: entry.id },
    );
  }

  async #look(last: string): Promise<void> {
    await this.check.look(last);
    this.#since = await this.#table.entries(this.#read);
    this.#read = this.#since.at(-1)?.id ?? this.#read;
  }
}

function shown(entry: Entry): string {
  return `entry ${entry.id}${entryWords(entry)}`.slice(0, ENTRY_CHARS);
}
