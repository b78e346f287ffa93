/** What a hook says when it is run again, against what the log holds. */
import { canonicalText } from "../kernel/json.ts";
import type { Draft } from "../domain/transcript/transcript.ts";
import type { ReplayEntry } from "./replay_entries.ts";
import { Wrong } from "./model/wrong.ts";

/** The log holds what the referee says, nothing else, and in that order. Throws `Wrong` where it
 *  does not. */
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
        `${bot_id} says ${summary(draft)} to it, and the log does not hold that.`,
        trigger.id,
      );
    }
    const { sender, kind, body, to, id } = found;
    const same = sender === draft.sender && kind === draft.kind &&
      canonicalText(to ?? null) === canonicalText(draft.to ?? null) &&
      (body === undefined || canonicalText(body) === draft.body.canonical);
    if (!same) throw new Wrong(`${bot_id} says something else here: ${summary(draft)}.`, id);
  }
  const more = caused[drafts.length];
  if (more) throw new Wrong(`${bot_id} does not say this.`, more.id);
}

function summary({ kind, body: { canonical: text } }: Draft): string {
  return `${kind} ${text.length > 120 ? `${text.slice(0, 120)}…` : text}`;
}
