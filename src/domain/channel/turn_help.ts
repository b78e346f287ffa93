/** What a word on turns gives a player for its next move (`docs/bots.md`, "What a turn brings").
 *  Pure. */
import type { Json, JsonObject } from "../../kernel/json.ts";

/** Every player pays for them at each turn. */
const MOST_MOVES = 64;

interface TurnHelp {
  position?: Json;
  legal_moves?: Json;
  ranges?: Json;
}

/** The help in a post that names a player, as far as it is for this player. What stands in `now`
 *  comes before what stands beside it. */
export function helpIn(body: JsonObject, you: string): TurnHelp {
  const now = isObject(body.now) ? body.now : {};
  const [position, moves, ranges] = ["position", "legal_moves", "ranges"]
    .map((name) => now[name] ?? body[name] ?? undefined);
  const actions = actionsOf(now, you);
  const legal_moves = Array.isArray(moves)
    ? moves.filter((move) => !actions || isObject(move) && actions.includes(move.action ?? null))
      .slice(0, MOST_MOVES)
    : moves;
  return {
    ...(position !== undefined && { position }),
    ...(legal_moves !== undefined && { legal_moves }),
    ...(ranges !== undefined && { ranges }),
  };
}

/** The actions that a post names for a player; undefined where all are the same for everyone. */
function actionsOf({ may }: JsonObject, you: string): Json[] | undefined {
  const own = Array.isArray(may)
    ? may.find((each) => isObject(each) && (each.player ?? each.player_id) === you)
    : undefined;
  return isObject(own) && Array.isArray(own.actions) ? own.actions : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
