/** The attacks of hostile bots and their expected endings. The tables are data; arena.ts plays them
 *  against a real server. */
import type { HookOutcome } from "../../../src/domain/bot/bot.ts";
import type { Json } from "../../../src/kernel/json.ts";

/** The lines of a hook that runs when a member posts "go"; or a whole source, with its sealed
 *  values of `ctx.env`. */
export type Code = string | { source: string; env?: Record<string, string> };

export type Ending =
  /** `bot:failed` with this reason. */
  | Exclude<HookOutcome["kind"], "done" | "threw">
  /** `bot:failed` with a message that begins like this. The line is the attack's first by default;
   *  null if there is none. */
  | { threw: string; line?: number | null }
  /** The attack does no harm. This is the body of its only post, or the bodies of all. */
  | { saw: Json }
  /** An entry of this type ends the attack. */
  | { announced: string }
  /** The server refuses to attach the bot. The reason contains this, and its line if there is
   *  one. */
  | { refused: string; line?: number };

export type AttackTable = Record<string, [code: Code, ending: Ending]>;

export interface Attack {
  name: string;
  source: string;
  env?: Record<string, string>;
  ending: Ending;
  /** The first line of the attack. */
  line: number;
}

/** Makes a source of an attack's lines; `line` is the number of the first. */
export interface Attacker {
  sourceOf(lines: string): string;
  line: number;
}

/** Every attacker checks whether another one left something in its machine, and leaves something
 *  itself. */
export const JAVASCRIPT: Attacker = {
  sourceOf: (lines) =>
    `export default class Attacker { constructor(ctx) { if ("leftover" in globalThis) throw new Error("somebody was here"); globalThis.leftover = 1; this.ctx = ctx; }
async on_message(msg) { if (msg.body.text !== "go") return;
${lines}
} }`,
  line: 3,
};

export const PYTHON: Attacker = {
  sourceOf: (lines) =>
    `import json
class Attacker:
    def __init__(self, ctx, params):
        if hasattr(json, "leftover"): raise RuntimeError("somebody was here")
        json.leftover = 1
        self.ctx = ctx
    def on_message(self, msg):
        if msg["body"].get("text") != "go": return
${lines.split("\n").map((line) => `        ${line}\n`).join("")}`,
  line: 9,
};

/** The attacks of a table whose ending satisfies `fits`. */
export function attacksOf(
  table: AttackTable,
  { sourceOf, line }: Attacker,
  fits: (ending: Ending) => boolean,
): Attack[] {
  return Object.entries(table).filter(([, [, ending]]) => fits(ending)).map(
    ([name, [code, ending]]) => ({
      name,
      ending,
      line,
      ...(typeof code === "string" ? { source: sourceOf(code) } : code),
    }),
  );
}
