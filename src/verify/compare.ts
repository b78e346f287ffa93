/** Compares the output of a replayed hook with the entries in the log. */
import { canonicalText } from "../kernel/json.ts";
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
    const same = sender === draft.sender && kind === draft.kind &&
      canonicalText(to ?? null) === canonicalText(draft.to ?? null) &&
      (body === undefined || canonicalText(body) === draft.body.canonical);
    if (!same) {
      throw new Wrong(
        `In the replay, ${bot_id} writes something else here: ${summary(draft)}.`,
        id,
      );
    }
  }
  const more = caused[drafts.length];
  if (more) throw new Wrong(`In the replay, ${bot_id} does not write this.`, more.id);
}

function summary({ kind, body: { canonical: text } }: Draft): string {
  return `${kind} ${text.length > 120 ? `${text.slice(0, 120)}…` : text}`;
}
