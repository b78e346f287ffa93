/** Compares the output of a replayed hook with the entries in the log. */
import { canonicalText, type Json } from "../kernel/json.ts";
import type { Draft } from "../domain/transcript/transcript.ts";
import type { ReplayEntry } from "./replay_entries.ts";
import { Wrong } from "./model/wrong.ts";

/** Throws `Wrong` unless the log holds exactly the entries that the replayed hook produced, in the
 *  same order. `trigger` is the entry that called the hook. */
export function compare(
  bot_id: string,
  trigger: ReplayEntry,
  drafts: readonly Draft[],
  caused: readonly ReplayEntry[],
): void {
  for (const [i, draft] of drafts.entries()) {
    const found = caused[i];
    if (!found) {
      throw new Wrong(
        `In the replay, ${bot_id} answers this entry with ${summary(draft)}, which the log lacks.`,
        trigger.id,
      );
    }
    const { sender, kind, body, to, id } = found;
    const isFramedSo = sender === draft.sender && kind === draft.kind &&
      canonicalText(to ?? null) === canonicalText(draft.to ?? null);
    if (!isFramedSo) {
      throw new Wrong(
        `In the replay, ${bot_id} writes something else here: ${summary(draft)}.`,
        id,
      );
    }
    if (body === undefined || canonicalText(body) === draft.body.canonical) continue;
    const { path, ours, theirs } = difference(JSON.parse(draft.body.canonical), body);
    const what = path === "" ? "" : ` for ${cut(path)}`;
    throw new Wrong(
      `The source of ${bot_id} gives ${cut(ours)}${what}; the file says ${cut(theirs)}.`,
      id,
    );
  }
  const more = caused[drafts.length];
  if (more) throw new Wrong(`In the replay, ${bot_id} does not write this.`, more.id);
}

function summary({ kind, body: { canonical: text } }: Draft): string {
  return `${kind} ${cut(text)}`;
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120).toWellFormed()}…` : text;
}

/** The first place at which two different values differ, as deep as both have it, and what each
 *  holds there. */
function difference(ours: Json | undefined, theirs: Json | undefined, path = ""): {
  path: string;
  ours: string;
  theirs: string;
} {
  if (isBranch(ours) && isBranch(theirs) && Array.isArray(ours) === Array.isArray(theirs)) {
    const [left, right] = [membersOf(ours), membersOf(theirs)];
    const names = new Set([...left.keys(), ...right.keys()]);
    for (const name of names) {
      const [one, other] = [left.get(name), right.get(name)];
      if (textOf(one) === textOf(other)) continue;
      return difference(one, other, path === "" ? name : `${path}.${name}`);
    }
  }
  return { path, ours: textOf(ours), theirs: textOf(theirs) };
}

function isBranch(value: Json | undefined): value is Json[] | { [name: string]: Json } {
  return typeof value === "object" && value !== null;
}

function membersOf(branch: Json[] | { [name: string]: Json }): Map<string, Json> {
  return new Map(Object.entries(branch));
}

function textOf(value: Json | undefined): string {
  return value === undefined ? "nothing" : canonicalText(value);
}
