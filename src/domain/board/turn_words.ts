/** What a bot's post says of turns, by the convention of `docs/bots.md`, "Turns". Pure. */
import type { Json, JsonObject } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../limits/bot.ts";

/** The channel of a post: its players have numbers below this one. */
interface Given {
  next_player: number;
}

/** The players to whom a post gives the turn, none of them for nobody; null when it says nothing
 *  about turns. */
export function turnIn(
  { type, player, players, now }: JsonObject,
  channel: Given,
): string[] | null {
  if (isObject(now) && now.may !== undefined) {
    return idsIn(now.may, channel);
  }
  if (type !== "bot:turn") return null;
  const one = idsIn(player, channel);
  return one.length > 0 ? one : idsIn(players, channel);
}

/** Until when the turn lasts that a post gives, in milliseconds since 1970, as a game with a clock
 *  says it. Undefined unless it is an instant as `Date.toISOString` writes it. */
export function deadlineIn({ deadline, now }: JsonObject): number | undefined {
  const said = deadline ?? (isObject(now) ? now.deadline : undefined);
  const ms = typeof said === "string" && ISO.test(said) ? Date.parse(said) : NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString() === said ? ms : undefined;
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The players of the game that a post names; null when it names none, or not all of them by their
 *  ids. */
export function playingIn(
  { type, player, players, now }: JsonObject,
  channel: Given,
): string[] | null {
  // Beside one player whose turn it is, the list is that of the game.
  const isGame = type === "game_start" ||
    type === "bot:turn" && idsIn(player, channel).length > 0;
  const named = isObject(now) && now.players !== undefined ? now.players : isGame ? players : null;
  if (!Array.isArray(named) || named.length === 0) return null;
  return named.every((each) => idsIn(each, channel).length > 0) ? idsIn(named, channel) : null;
}

/** The ids in a list, in `"p1"`, or in `{ player }`, `{ player_id }` or `{ players }`, as far as
 *  this channel has given them to anybody. */
function idsIn(value: Json | undefined, { next_player }: Given): string[] {
  const ids = (Array.isArray(value) ? value : [value]).flatMap((each) => {
    if (!isObject(each)) return each;
    const { player, player_id, players } = each;
    return [player, player_id, ...Array.isArray(players) ? players : []];
  }).filter((each) => {
    const [, number] = typeof each === "string" && /^p([1-9]\d{0,14})$/.exec(each) || [];
    return number !== undefined && Number(number) < next_player;
  });
  return [...new Set(ids as string[])].slice(0, BOT_LIMITS.slots);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
