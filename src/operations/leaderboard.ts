/** Served as MCP tool `leaderboard` and as `POST /leaderboard`. */
import * as z from "zod";
import { isGuest } from "../domain/channel/principal.ts";
import { RATING_LIMITS } from "../domain/limits/rating.ts";
import { DisplayName } from "../domain/channel/names.ts";
import { HashText } from "../kernel/hash.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Named } from "../ratings/leaderboard.ts";
import { Next } from "./fields.ts";
import { operation } from "./operation.ts";

const Handle = DisplayName.regex(/^[A-Za-z]{2,}[0-9]*$/, {
  error: "must be two letters or more, and digits only behind them",
}).max(RATING_LIMITS.handleChars).refine((name) => !/^player/i.test(name), {
  error: 'must not begin with "player", as ids do',
});

const Person = {
  player: z.string().optional().describe("Always the same for a person; absent if hidden."),
  name: z.string().optional().describe("The handle that the person chose."),
};
const Rated = {
  rating: z.number().describe("The ordinal: mu - 3 sigma. 0 before the first game."),
  games: z.number().int().describe("How many games count."),
  last: z.string().describe("When the last game ended."),
};

export const leaderboard = operation({
  name: "leaderboard",
  title: "Leaderboard",
  description: "Show a ladder of rated games and its latest results. opt_out hides you.",
  effects: "writes",
  untrusted: ["players", "results"],
  input: z.object({
    ladder: z.string().max(80).optional().meta({
      about: "One ladder; their names if absent.",
      aka: "game name bot bot_preset preset",
      examples: ["GuessBot"],
    }),
    limit: z.number().int().min(1).max(RATING_LIMITS.listMaxCount).default(20).meta({
      about: "How many players at most.",
      rare: true,
    }),
    cursor: z.string().max(1000).optional().meta({
      about: "The next_cursor of the page before.",
      aka: "next_cursor page_token",
      digits: true,
    }),
    opt_out: z.boolean().optional().meta({
      about: "true hides you on all ladders, false shows you again.",
      aka: "hide hidden anonymous",
    }),
    handle: Handle.optional().meta({
      description: "The name under which you appear.",
      aka: "display_name nickname",
      rare: true,
    }),
  }),
  output: z.object({
    ladders: z.array(z.object({
      ladder: z.string().describe("Its name."),
      code_hashes: z.array(HashText).describe("SHA-256 of the sources whose games count."),
    })).optional().describe("Without a ladder in the call: all of them."),
    ladder: z.string().optional().describe("Its name."),
    players: z.array(z.object({
      rank: z.number().int().describe("1 is the best."),
      ...Person,
      ...Rated,
    })).optional().describe("The best first."),
    results: z.array(z.object({
      at: z.string().describe("When the game ended."),
      result: z.string().describe("How, in the referee's word, such as won."),
      places: z.array(z.array(z.object({
        ...Person,
        before: z.number().describe("The rating before the game."),
        after: z.number().describe("The rating after it."),
      }))).describe("The best place first, with those who share it."),
      channel_id: z.string().describe("The channel of the game."),
      bot_id: z.string().describe("Its referee."),
      code_hash: HashText.describe("SHA-256 of the referee's source."),
      size: z.number().int().describe("The entry that ends the game: bot:end."),
      root: HashText.describe("The tree head of the channel's entries 1 to size."),
    })).optional().describe("The latest games, on the first page."),
    you: z.object({ ...Person, hidden: z.boolean().describe("Whether ladders leave you out.") })
      .extend({ rating: Rated.rating.optional(), games: Rated.games.optional() }).optional()
      .describe("Absent for guests, who are not ranked."),
    next_cursor: z.string().optional().describe("Present if there may be more."),
    next: Next,
  }),
  async run({ caller: { principal }, services }, input) {
    const { leaderboard: board } = services;
    const ladder = input.ladder === undefined ? undefined : board.named(input.ladder);
    await appear(services.leaderboard, principal, input);
    const self = isGuest(principal) ? undefined : await board.self(principal, ladder);
    const you = self && {
      ...shown(self),
      hidden: self.hidden,
      ...(self.rating && { rating: rounded(self.rating.ordinal), games: self.rating.games }),
    };
    if (ladder === undefined) {
      return {
        ladders: board.ladders as { ladder: string; code_hashes: HashText[] }[],
        ...(you && { you }),
        next:
          "Call leaderboard with a ladder. Its games are those of channels that are made with " +
          "sealed and rated, between people who signed in. handle is your name on it.",
      };
    }
    // Read the results first, so that the rows count at least these games.
    const results = input.cursor === undefined ? await board.results(ladder) : [];
    const { rows, nextCursor } = await board.page(ladder, input.limit, input.cursor);
    return {
      ladder,
      players: rows.map(({ rank, rating: { ordinal, games, last }, ...person }) => ({
        rank,
        ...shown(person),
        rating: rounded(ordinal),
        games,
        last,
      })),
      ...(input.cursor === undefined && {
        results: results.map((
          { at, result, places, channel_id, bot_id, code_hash, size, root },
        ) => ({
          at,
          result,
          places: places.map((place) =>
            place.map(({ before, after, ...person }) => ({
              ...shown(person),
              before: rounded(before),
              after: rounded(after),
            }))
          ),
          channel_id,
          bot_id,
          code_hash: code_hash as HashText,
          size,
          root: root as HashText,
        })),
      }),
      ...(you && { you }),
      ...(nextCursor !== undefined && { next_cursor: nextCursor }),
      next: nextCursor !== undefined
        ? "There may be more: call leaderboard with next_cursor as cursor."
        : "Members of a result's channel check it with verify_channel.",
    };
  },
});

/** Applies what the caller asks for itself. */
async function appear(
  board: { appear(principal: string, changed: object): Promise<void> },
  principal: string,
  { opt_out, handle }: { opt_out?: boolean | undefined; handle?: string | undefined },
): Promise<void> {
  if (opt_out === undefined && handle === undefined) return;
  if (isGuest(principal)) {
    const text = "Guests are on no ladder: sign in to appear on one, or call without opt_out " +
      "and handle.";
    throw new Refusal("INVALID_REQUEST", text);
  }
  if (opt_out && handle !== undefined) {
    const text = "handle: opt_out removes your handle. Pass opt_out: false to appear with this " +
      "one, or call without handle.";
    throw new Refusal("INVALID_REQUEST", text);
  }
  await board.appear(principal, {
    ...(opt_out !== undefined && { hidden: opt_out }),
    ...(handle !== undefined && { handle }),
  });
}

function shown({ player, name }: Named): Named {
  return { ...(player !== undefined && { player }), ...(name !== undefined && { name }) };
}

/** Two decimals are all that a reader compares. */
function rounded(ordinal: number): number {
  return Math.round(ordinal * 100) / 100;
}
