/** The names of those who take part, for pages and terminals. */
import type { ReadMessage } from "../../../domain/board/board.ts";
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

/** Entries of the server that say the name of a player. */
const NAMING = ["member_joined", "member_renamed", "member_left"];
const allIn = new WeakMap<Names, Names>();

/** The names, and those of players who have left, as the log has them. The same object as before
 *  for the same names as long as the log tells no other ones. */
export function withFormer(names: Names, messages: Iterable<ReadMessage>): Names {
  const former: Record<string, string> = {};
  for (const { sender, body } of messages) {
    if (sender !== "system" || !NAMING.includes(String(body?.type))) continue;
    const id = String(body!.player_id);
    if (!Object.hasOwn(names, id)) former[id] = isolated(String(body!.display_name));
  }
  const known = allIn.get(names) ?? names;
  if (Object.entries(former).every(([id, name]) => known[id] === name)) return known;
  const all = { ...known, ...former };
  allIn.set(names, all);
  return all;
}

/** The name of a player or a bot that says something. */
export function senderName(sender: string, names: Names): string {
  return names[sender] ?? botName(sender.replace(/^bot:/, ""));
}

/** The name of a bot with this id. Another text stays as it is. */
export function botName(id: string): string {
  return id.replace(/^bot_(.+)_\d+$/, "$1");
}
