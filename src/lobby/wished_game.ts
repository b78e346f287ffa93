/** The game that a caller wishes to play: which bot, with which complete parameters, for how many.
 *  The bot is inspected and its constructor tries the parameters, so that what is wrong is refused
 *  to whom it concerns, before anybody waits for it. */
import type { BotDef } from "../domain/bot/bot.ts";
import { playersOf, playersWanted } from "../domain/bot/params.ts";
import type { BotLibrary, PreparedBot } from "../channels/library/bot_library.ts";
import type { SourceReader } from "../channels/library/source_reader.ts";
import { boundedJson } from "../domain/limits/bounded_json.ts";
import { LOBBY_LIMITS } from "../domain/limits/lobby.ts";
import type { Ticket } from "../domain/lobby/ticket.ts";
import type { Ladders } from "../domain/rating/ladders.ts";
import { refuseUnrated } from "../domain/rating/rated_channel.ts";
import { type HashText, secretHash } from "../kernel/hash.ts";
import { canonicalText, type JsonObject } from "../kernel/json.ts";
import { Refusal } from "../kernel/refusal.ts";

/** A bot, by the name of a built-in one or by the hash of its source. */
export type WishedBot = { preset: string } | { codeHash: HashText };

/** The part of a ticket that says what is played. */
type Game = Pick<
  Ticket,
  "code_hash" | "bot_name" | "preset" | "params" | "params_hash" | "players"
>;

interface WishedGamesDeps {
  library: BotLibrary;
  sources: SourceReader;
  ladders: Ladders;
}

export class WishedGames {
  readonly #deps: WishedGamesDeps;

  constructor(deps: WishedGamesDeps) {
    this.#deps = deps;
  }

  /** Throws what attaching the bot would throw, BOT_NOT_FOUND for a source that the principal may
   *  not read, as for one that does not exist, and INVALID_REQUEST for a rated game that can't be
   *  rated. */
  async game(
    principal: string,
    bot: WishedBot,
    { params, rated }: { params: JsonObject; rated: boolean },
    signal: AbortSignal,
  ): Promise<Game> {
    const { library, ladders } = this.#deps;
    boundedJson(params, LOBBY_LIMITS.paramsBytes, "params");
    const def = "preset" in bot
      ? { code_ref: bot.preset, params }
      : { inline_code: await this.#source(principal, bot.codeHash), params };
    const prepared = (await library.prepare(def, principal, signal)).bot;
    const players = playersIn(prepared);
    if (rated) {
      const bots = [{ def, bot: prepared }];
      refuseUnrated({ sealed: true, seats: players, bots }, ladders);
    }
    boundedJson(prepared.params, LOBBY_LIMITS.paramsBytes, "params");
    return {
      code_hash: prepared.code_hash,
      bot_name: prepared.name,
      ...("preset" in bot && { preset: bot.preset }),
      params,
      params_hash: secretHash(canonicalText([prepared.params, players])),
      players,
    };
  }

  /** The bot of a match, whose source one of its players may read. Throws BOT_NOT_FOUND if none may
   *  any more. */
  async botOf(terms: Game, principals: readonly string[]): Promise<BotDef> {
    for (const principal of principals) {
      const source = await this.#deps.sources.read(principal, terms.code_hash);
      if (source !== null) return { inline_code: source, params: terms.params };
    }
    throw notFound();
  }

  async #source(principal: string, codeHash: HashText): Promise<string> {
    const source = await this.#deps.sources.read(principal, codeHash);
    if (source === null) throw notFound();
    return source;
  }
}

/** For how many players a bot waits; two if it does not say. */
function playersIn({ manifest, params }: PreparedBot["bot"]): number {
  const players = playersWanted({ manifest, params })?.players ??
    Math.max(2, playersOf(manifest)?.least ?? 2);
  if (players >= 2 && players <= LOBBY_LIMITS.players) return players;
  throw new Refusal(
    "INVALID_REQUEST",
    `This game is for ${players}, and find_match seats 2 to ${LOBBY_LIMITS.players} players. Pass ` +
      "other params, or use create_channel.",
  );
}

function notFound(): Refusal {
  return new Refusal(
    "BOT_NOT_FOUND",
    "You can read no bot with this code_hash. Pass the hash of a built-in bot, or of one in a " +
      "channel of yours, or pass bot_preset.",
  );
}
