/** Whose turn it is, as far as a channel's bots say so: a convention that bots follow to have
 *  agents told what to do next (`docs/bots.md`), never a rule that anything is refused by. Pure. */
import { botEnded } from "../announcements/hooks.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import type { Message } from "./visibility.ts";

export type Turn =
  | {
    kind: "players";
    /** The message that says so. */
    msgId: number;
    players: string[];
    /** Who of them has said something since: a move perhaps, that the bot has not answered yet. */
    heard: string[];
  }
  | { kind: "over"; msgId: number };

const ENDS: readonly string[] = ["game_end", botEnded.type];

/** What the newest message that speaks of turns says, or null when none does. Messages are in
 *  order, as one viewer sees them; only ids in `seated` are taken for players, so the answer has no
 *  words of others in it. */
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

/** Whom a post gives the turn: `now.may` of any post, else `player` or `players` of a
 *  `bot:turn`. */
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
