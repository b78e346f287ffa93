/** Odd values, texts and bodies, as clumsy models and attackers send them: each is one that the
 *  server lets through. */
import type { Json, JsonObject } from "../../src/kernel/json.ts";
import type { Chooser } from "../support/chooser.ts";
import type { Wire } from "../support/player.ts";

export function oddValue(chooser: Chooser): Json {
  return chooser.of<() => Json>([
    () => chooser.of<Json>([null, true, false, "", " ", [], {}, [1, 2], [[]]]),
    () => chooser.of([0, -0, -1, 1.5, 1e308, -1e308, 2 ** 53, 2 ** 31, 1e-9, 65, 7, 1]),
    () => chooser.of(["5", "+5", "5.0", "1e1", "0x5", "٥", "５", "5 ", "NaN", "-1", "five"]),
    () => chooser.of(["e2e4", "e4", "O-O", "--", "a1", "Z9", "rock", "AS KD", "p1", "p99"]),
    () => chooser.of(["__proto__", "constructor", "toString", "hasOwnProperty", "length"]),
    () => "x".repeat(chooser.of([200, 5_000, 12_000])),
    () => chooser.of(["\u0000", "\u202eabc", "🂡", "名".repeat(300), "a\nb", "\\", '"', "${1}"]),
    () => chooser.of<Json>([{ value: 5 }, { from: "e2", to: "e4" }, { row: 1, column: 1 }]),
    () => JSON.parse('{"__proto__":{"value":1},"constructor":{"name":"x"}}'),
    () => ({ quantity: 1e9, face: -1 }),
    () => ({ amount: chooser.of<Json>([-5, "all", null, 1e300]) }),
    () => deep(chooser.of([3, 20])),
    () => Array(chooser.of([20, 500])).fill(chooser.below(9)),
    () => chooser.below(100) - 20,
  ])();
}

/** A text: talk, a move of the game, or half a move. */
export function oddText(chooser: Chooser, { moves }: Wire): string {
  const actions = Object.keys(moves.actions).filter((name) => name !== "concede");
  const action = actions.length > 0 ? chooser.of(actions) : "move";
  return chooser.of<() => string>([
    () => chooser.of(["hello", "?", "", "  ", "draw?", "5", "my move is 5", "I have 2 cats"]),
    () => `${action} ${chooser.below(70)}`,
    () => `${action} ${String(oddValue(chooser))}`.slice(0, 8_000),
    () => action.toUpperCase(),
    () => JSON.stringify({ type: "move", game: moves.game, action, value: oddValue(chooser) }),
    () => JSON.stringify({ action, value: chooser.below(20) }),
    () => chooser.of(["{", '{"action":', "[]", "null", '{"text":"place 1"}', '"place 1"']),
    () => `@referee ${action}: ${chooser.below(9)}!`,
    () => String(oddValue(chooser)).slice(0, 8_000),
  ])();
}

/** A whole body that is no move in its form. */
export function oddBody(chooser: Chooser): JsonObject {
  const value = oddValue(chooser);
  return chooser.of<JsonObject>([
    {},
    { text: value },
    { type: value },
    { type: "move", game: value, action: value, value },
    { action: value },
    { type: "claim_applied", op: { type: "claim", player_id: "p1", turn_id: 1 } },
    { type: "bot:turn", player: "p2", now: { may: [] } },
    { type: "game_end" },
    { value, answers: value },
    { type: "move", value },
  ]);
}

function deep(depth: number): Json {
  return depth === 0 ? 1 : { a: deep(depth - 1) };
}
