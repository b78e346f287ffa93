/** What the head keeps of bots' words on turns, so that no length of chat hides them. Bounded by
 *  the seats and bots of the channel. `domain/channel/keep_turns.ts` writes it. */
import * as z from "zod";

/** A bot's word on turns. */
const Word = z.object({
  /** The entry that says it, and the players to whom it is the newest; everyone when absent. */
  id: z.number().int(),
  to: z.array(z.string()).optional(),
  /** The players who have the turn. */
  players: z.array(z.string()),
  /** Present when the word ends the game. */
  over: z.literal(true).optional(),
  /** The entry's time, ISO 8601, and whether a player has claimed this turn; absent in heads of
   *  earlier releases. */
  ts: z.string().optional(),
  claimed: z.literal(true).optional(),
  /** Until when the turn lasts by the clock of the game, in milliseconds since 1970. */
  until: z.number().int().optional(),
});
export type Word = z.infer<typeof Word>;

const Answer = z.object({
  id: z.number().int(),
  kind: z.enum(["answered", "refused", "failed"]),
});
/** A bot's answer to a post, and the entry that holds it. */
export type Answer = z.infer<typeof Answer>;

export const KeptTurns = z.object({
  /** By bot id, oldest first: for each reader the newest word that it may read. */
  turns: z.record(z.string(), z.array(Word)),
  /** By bot id: the newest open entry that names the players of a game, these, and all whom the bot
   *  has named so far and who are still here, in the order in which it did. */
  games: z.record(
    z.string(),
    z.object({
      id: z.number().int(),
      players: z.array(z.string()),
      all: z.array(z.string()).default([]),
    }),
  ),
  /** By bot id: an open failure after which the bot has posted nothing for everyone. */
  failures: z.record(z.string(), z.number().int()),
  /** By player id: its last post that bots hear, and the answers that it may read, by bot id. */
  posts: z.record(
    z.string(),
    z.object({ id: z.number().int(), answers: z.record(z.string(), Answer) }),
  ),
  /** By player id: its own last post with its time, and the last entry with which somebody else
   *  addressed it. */
  marks: z.record(
    z.string(),
    z.object({
      spoke: z.number().int().optional(),
      spoke_at: z.string().optional(),
      addressed: z.number().int().optional(),
    }),
  ).default({}),
  /** The last open posts of two different players, oldest first. */
  said: z.array(z.object({ id: z.number().int(), sender: z.string() })).max(2).default([]),
});
export type KeptTurns = z.infer<typeof KeptTurns>;

export const NO_TURNS: KeptTurns = {
  turns: {},
  games: {},
  failures: {},
  posts: {},
  marks: {},
  said: [],
};
