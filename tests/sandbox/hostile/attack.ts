/** What a hostile bot does and how that must end. The tables are data; arena.ts plays them against
 *  a real server. */
import type { HookOutcome } from "../../../src/domain/bot/bot.ts";
import type { Json } from "../../../src/kernel/json.ts";

/** The lines of a hook that runs when somebody says "go"; or a whole source, with what `ctx.env`
 *  seals. */
export type Code = string | { source: string; env?: Record<string, string> };

export type Ending =
  /** `bot:failed` for this reason. */
  | Exclude<HookOutcome["kind"], "done" | "threw">
  /** `bot:failed` with a message that begins so. The line is the attack's first unless given; null
   *  is none. */
  | { threw: string; line?: number | null }
  /** No harm was done: this is the body of its only post, or the bodies of all. */
  | { saw: Json }
  /** An entry of this type comes at last. */
  | { told: string }
  /** Refused when it is attached, for a reason that contains this, with its line where there is
   *  one. */
  | { refused: string; line?: number };

export type AttackTable = Record<string, [code: Code, ending: Ending]>;

export interface Attack {
  name: string;
  source: string;
  env?: Record<string, string>;
  ending: Ending;
  /** Where the lines of the attack begin. */
  line: number;
}

/** Makes a source of an attack's lines, the first of which becomes this one. */
export interface Attacker {
  sourceOf(lines: string): string;
  line: number;
}

/** Every attacker looks for what another one may have left in its machine, and leaves something. */
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

/** Those of a table that end as `fits` says. */
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
