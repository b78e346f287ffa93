/** Reads from bots' posts whose turn it is. Bots follow this convention (`docs/bots.md`) so that
 *  the server can advise agents on their next step; the server refuses nothing because of it.
 *  Pure. */
import { botEnded } from "../announcements/hooks.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import type { Message } from "./visibility.ts";

export type Turn =
  | {
    kind: "players";
    /** The message that gives the turn. */
    msgId: number;
    players: string[];
    /** Those of them who have posted since: perhaps a move that the bot has not answered yet. */
    heard: string[];
  }
  | { kind: "over"; msgId: number };

const ENDS: readonly string[] = ["game_end", botEnded.type];

/** The turn according to the newest message about turns, or null when there is none. Messages are
 *  in order, as one viewer sees them. Only ids in `seated` count as players, so the result contains
 *  no text of other authors. */
export function turnIn(messages: readonly Message[], seated: readonly string[]): Turn | null {
  const spoke = new Set<string>();
  const ended = new Set<Json | undefined>();
  let over: Turn | null = null;
  for (const { id, sender, kind, body } of messages.toReversed()) {
    if (kind === "user") spoke.add(sender);
    if (kind === "user" || !body) continue;
    if (typeof body.type === "string" && ENDS.includes(body.type)) {
      over ??= { kind: "over", msgId: id };
      ended.add(body.bot_id);
      continue;
    }
    const named = ended.has(body.bot_id) ? null : namedIn(body);
    if (!named) continue;
    const players = seated.filter((player) => named.includes(player));
    if (players.length === 0) return null;
    return { kind: "players", msgId: id, players, heard: players.filter((p) => spoke.has(p)) };
  }
  return over;
}

/** The players to whom a post gives the turn: `now.may` of any post, otherwise `player` or
 *  `players` of a `bot:turn`. */
function namedIn({ type, player, players, now }: JsonObject): Json[] | null {
  if (isObject(now) && Array.isArray(now.may)) {
    return now.may.map((may) => isObject(may) ? may.player ?? null : null);
  }
  if (type !== "bot:turn") return null;
  return Array.isArray(players) ? players : [player ?? null];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
