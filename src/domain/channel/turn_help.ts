/** What a word on turns gives a player for its next move (`docs/bots.md`, "What a turn brings").
 *  Pure. */
import type { Json, JsonObject } from "../../kernel/json.ts";
import { textOf } from "../board/text_of.ts";
import { viewIn } from "../board/view_in.ts";

/** Every player pays for them at each turn. */
const MOST_MOVES = 64;

interface TurnHelp {
  position?: Json;
  legal_moves?: Json;
  ranges?: Json;
}

/** The help in a post that names a player, as far as it is for this player. What stands in `now`
 *  comes before what stands beside it. A post without a position has that of its board. */
export function helpIn(body: JsonObject, you: string): TurnHelp {
  const now = isObject(body.now) ? body.now : {};
  const [stands, moves, ranges] = ["position", "legal_moves", "ranges"]
    .map((name) => now[name] ?? body[name] ?? undefined);
  const position = stands ?? pictureIn(body);
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

function pictureIn(body: JsonObject): string | undefined {
  const read = viewIn(body);
  return read && "view" in read ? textOf(read.view) : undefined;
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
