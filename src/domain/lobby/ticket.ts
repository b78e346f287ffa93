/** A ticket: one seeker's wish to play a game, and what has become of it. A match: the tickets that
 *  were paired, while their channel is not open yet. Pure. */
import * as z from "zod";
import { HashText } from "../../kernel/hash.ts";
import { JsonObject } from "../../kernel/json.ts";

/** Times are milliseconds since 1970. */
export const Ticket = z.object({
  ticket_id: z.string(),
  principal: z.string(),
  /** The conversation of the call that made it: it holds the seat. */
  conversation: z.string().nullable(),
  /** The name that its owner chose. */
  display_name: z.string().optional(),
  /** SHA-256 hex of the wish as its caller sent it. */
  wish: z.string(),
  code_hash: HashText,
  /** The name of the bot's class, and the built-in bot if it is one. */
  bot_name: z.string(),
  preset: z.string().optional(),
  /** As given, and SHA-256 hex of the complete ones: equal tickets play the same game. */
  params: JsonObject,
  params_hash: z.string(),
  /** How many play. */
  players: z.number().int(),
  /** Whether its owner plays with other parameters, too, after a while. */
  any_params: z.boolean(),
  rated: z.boolean(),
  /** The rating of its owner, if that decides who the opponents are. */
  rating: z.object({ mu: z.number(), sigma: z.number() }).optional(),
  /** The tickets that it can be paired with: see `poolOf`. */
  pool: z.string(),
  /** Of a challenge: SHA-256 hex of its code, and whether this ticket made it. */
  challenge: z.object({ hash: z.string(), owner: z.boolean() }).optional(),
  created_at: z.number(),
  expires_at: z.number(),
  state: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("waiting") }),
    /** Paired; the channel is about to be open. */
    z.object({ kind: z.literal("paired"), match_id: z.string() }),
    z.object({ kind: z.literal("seated"), channel_id: z.string(), player_id: z.string() }),
    z.object({ kind: z.literal("cancelled") }),
    z.object({ kind: z.literal("expired") }),
    /** The challenge was taken by somebody else, or its owner has given it up. */
    z.object({ kind: z.literal("taken") }),
    /** The channel could not be opened, and why. */
    z.object({ kind: z.literal("failed"), why: z.string() }),
  ]),
});
export type Ticket = z.infer<typeof Ticket>;

export function isTicketId(id: string): boolean {
  return id.startsWith("ticket_");
}

export const Match = z.object({
  match_id: z.string(),
  /** In the order of the seats. */
  ticket_ids: z.array(z.string()),
  /** The ticket whose game is played. */
  terms: z.string(),
  made_at: z.number(),
});
export type Match = z.infer<typeof Match>;

/** The pool of a ticket. A challenge has one of its own. Rated tickets of guests are apart, since
 *  one person can be many guests. */
export function poolOf(
  { code_hash, rated, challenge }: Pick<Ticket, "code_hash" | "rated" | "challenge">,
  isGuest: boolean,
): string {
  if (challenge) return `challenge ${challenge.hash}`;
  return `${code_hash} ${!rated ? "open" : isGuest ? "guests" : "rated"}`;
}
