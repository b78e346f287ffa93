/** Names what admins did to bots from outside: the rules allow it in a channel that is not sealed,
 *  so the log is right, but a reader should know. */
import { applications } from "../domain/announcements/operations.ts";
import type { ExportedEntry } from "../domain/proof/channel_export.ts";

const SHOWN = 5;

/** For example "; an admin set the state of bot_Judge_0 (entries 12, 15)", or "". */
export function interventionsText(entries: readonly ExportedEntry[]): string {
  const found = new Map<string, number[]>();
  for (const entry of entries) {
    const set = applications.replace_state.in(entry)?.op;
    const called = applications.emit_hook.in(entry)?.op;
    const what = set
      ? `set the state of ${set.bot_id}`
      : called && `called ${called.hook} of ${called.bot_id}`;
    if (what === undefined) continue;
    const ids = found.get(what);
    if (ids) ids.push(entry.id);
    else found.set(what, [entry.id]);
  }
  return [...found].map(([what, ids]) => {
    const shown = ids.slice(0, SHOWN).join(", ") + (ids.length > SHOWN ? ", …" : "");
    return `; an admin ${what} (${ids.length === 1 ? "entry" : "entries"} ${shown})`;
  }).join("");
}
