/** What an announcement names as a bot's engine: everything that is run within a machine, by hash,
 *  so that a replay elsewhere either runs the same or says which part differs. Pure; sandbox hosts
 *  load it, so it imports little. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { BOT_LIMITS } from "../limits/bot.ts";

/** Raised by hand with every change of the server's own code that changes what a hook is called
 *  with, what its end comes to, or what the work of a hook counts. */
export const RULES = 2;

/** SHA-256 of each part, 64 hex digits, by its name. */
export type EngineParts = Record<string, string>;

/** The parts of an engine: `files` are what it is made of, as they are run. `rules` and `limits`
 *  are today's. */
export function enginePartsOf(
  files: Record<string, Uint8Array | string>,
  rules: number = RULES,
  limits: Readonly<Record<string, number>> = BOT_LIMITS,
): EngineParts {
  const lines = Object.entries(limits).map(([name, value]) => `${name} ${value}\n`);
  const all = { ...files, limits: lines.join(""), rules: `${rules}\n` };
  return Object.fromEntries(
    Object.entries(all).map(([name, part]) => [
      name,
      bytesToHex(sha256(typeof part === "string" ? utf8ToBytes(part) : part)),
    ]),
  );
}

/** `<runtime>:sha256:<hex>`: the hash of a line `<hash> <name>` for each part, in the order of
 *  their names, as `sha256sum` prints it. */
export function engineIdOf(runtime: "quickjs" | "cpython", parts: EngineParts): string {
  const lines = Object.keys(parts).sort().map((name) => `${parts[name]}  ${name}\n`);
  return `${runtime}:sha256:${bytesToHex(sha256(utf8ToBytes(lines.join(""))))}`;
}

/** The names of the parts that two engines do not share. */
export function differingParts(one: EngineParts, other: EngineParts): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => one[name] !== other[name]).sort();
}
