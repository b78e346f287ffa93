/** A player who knows nothing of a game: it waits until it is called, and makes one of the moves
 *  that the turn names. */
import assert from "node:assert/strict";
import type { Chooser } from "./chooser.ts";
import type { Player, Wire } from "./player.ts";

/** One of the legal moves, or another value within the range of its action. */
function choice({ legal_moves, ranges = {} }: Wire, chooser: Chooser): Wire {
  assert.ok(legal_moves.length >= 1 && legal_moves.length <= 64);
  const move = chooser.of<Wire>(legal_moves);
  const range = ranges[move.action];
  if (!range || chooser.below(2) === 0) return move;
  return { action: move.action, value: range.min + chooser.below(range.max - range.min + 1) };
}

/** Plays until the game is over. */
export async function playLegally(
  player: Pick<Player, "call" | "channel_id">,
  chooser: Chooser,
): Promise<void> {
  const { channel_id } = player;
  let cursor = 0;
  for (let calls = 0; calls < 400; calls++) {
    const told = await player.call("wait_for_turn", { channel_id, cursor, timeout_ms: 20_000 });
    cursor = told.cursor;
    if (told.why === "over") return;
    if (told.why !== "your_turn") continue;
    const { game, answers } = told;
    const move = { channel_id, game, answers, ...choice(told, chooser) };
    const { msg_id } = await player.call("make_game_move", move);
    cursor = Math.max(cursor, msg_id);
  }
  throw new Error("the game never ended");
}
