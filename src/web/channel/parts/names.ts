/** The names of those who take part, for pages and terminals. */
import { isolated, type Names } from "../../../domain/board/named.ts";
import type { Slot } from "./scene_data.ts";

const namesIn = new WeakMap<readonly Slot[], Names>();

/** The names of those who sit in slots, by player id, for sentences; for the same slots the same
 *  object. */
export function namesOf(slots: readonly Slot[]): Names {
  const known = namesIn.get(slots);
  if (known) return known;
  const names = Object.fromEntries(
    slots.flatMap(({ filled_by, display_name }) =>
      filled_by && display_name ? [[filled_by, isolated(display_name)]] : []
    ),
  );
  namesIn.set(slots, names);
  return names;
}

/** The name of a player or a bot that says something. */
export function senderName(sender: string, names: Names): string {
  return names[sender] ?? botName(sender.replace(/^bot:/, ""));
}

/** The name of a bot with this id. Another text stays as it is. */
export function botName(id: string): string {
  return id.replace(/^bot_(.+)_\d+$/, "$1");
}
