/** What people and models post beside moves, and moves as nobody should make them. Pure. */
import type { Moves } from "../../domain/bot/moves.ts";
import type { Json } from "../../kernel/json.ts";

const TALK: readonly Json[] = [
  "",
  "hello",
  {},
  { text: null },
  { text: 7 },
  { type: "move" },
  { type: "move", game: null, action: null },
  { type: "move", action: "no_such_action", value: { deep: [[[]]] } },
  { type: "move", action: "toString", value: "__proto__" },
  { value: -1e308, list: [], text: "x".repeat(4_000) },
];

/** Values that no game takes; undefined for none at all. */
const VALUES: readonly (Json | undefined)[] = [
  undefined,
  null,
  "",
  "x",
  "__proto__",
  -1,
  0.5,
  1e9,
  true,
  [],
  [[]],
  {},
  { value: null, text: {}, amount: "1", to: 7, toString: 1 },
];

/** One of them by chance. `dice(6)` is 0 to 5. */
export function oddMessage(moves: Moves | null, dice: (sides: number) => number): Json {
  const actions = Object.keys(moves?.actions ?? {});
  if (!moves || actions.length === 0 || dice(2) === 0) return TALK[dice(TALK.length)]!;
  const value = VALUES[dice(VALUES.length)];
  const action = actions[dice(actions.length)]!;
  return { type: "move", game: moves.game, action, ...(value !== undefined && { value }) };
}
