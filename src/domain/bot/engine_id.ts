/** The identity of a bot's engine in its announcement: a hash of everything that runs within the
 *  guest's machine, so that a replay elsewhere either runs the same engine or reports which part
 *  differs. Pure; the sandbox's host processes load it, so it has few imports. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { BOT_LIMITS } from "../limits/bot.ts";

/** Increase it by hand with every change of the server's own code that changes the arguments of a
 *  hook, the outcome of a hook, or the metering of its work. */
export const RULES = 2;

/** SHA-256 of each part, 64 hex digits, by the name of the part. */
export type EngineParts = Record<string, string>;

/** The parts of an engine. `files` are its files as they run; `rules` and `limits` default to those
 *  of this server. The platform's own hash takes a tenth of the time that a starting host would
 *  spend otherwise. */
export async function enginePartsOf(
  files: Record<string, Uint8Array<ArrayBuffer> | string>,
  rules: number = RULES,
  limits: Readonly<Record<string, number>> = BOT_LIMITS,
): Promise<EngineParts> {
  const lines = Object.entries(limits).map(([name, value]) => `${name} ${value}\n`);
  const all = { ...files, limits: lines.join(""), rules: `${rules}\n` };
  const hashes = Object.entries(all).map(async ([name, part]) => {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    return [name, bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))];
  });
  return Object.fromEntries(await Promise.all(hashes));
}

/** `<runtime>:sha256:<hex>`: the hash of one line `<hash> <name>` for each part, sorted by name, in
 *  the format of `sha256sum`. */
export function engineIdOf(runtime: "quickjs" | "cpython", parts: EngineParts): string {
  const lines = Object.keys(parts).sort().map((name) => `${parts[name]}  ${name}\n`);
  return `${runtime}:sha256:${bytesToHex(sha256(utf8ToBytes(lines.join(""))))}`;
}

/** The names of the parts in which two engines differ. */
export function differingParts(one: EngineParts, other: EngineParts): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => one[name] !== other[name]).sort();
}
