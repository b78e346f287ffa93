/** What a post that gives the turn brings to each of the players whom it names. */
import assert from "node:assert/strict";
import { helpIn } from "../../../src/domain/channel/turn_help.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";

const HIT = { action: "hit" };
const BET = { action: "bet", value: 5 };
const RANGES = { bet: { min: 1, max: 9 } };

const ROWS: Record<string, [JsonObject, JsonObject]> = {
  "nothing": [{ type: "bot:turn", player: "p1" }, {}],
  "beside the turn": [
    { type: "bot:turn", player: "p1", position: "even", legal_moves: [BET], ranges: RANGES },
    { position: "even", legal_moves: [BET], ranges: RANGES },
  ],
  "in now": [
    { type: "bet", now: { may: [{ player: "p1" }], position: { chips: 3 }, legal_moves: [BET] } },
    { position: { chips: 3 }, legal_moves: [BET] },
  ],
  "in both": [
    { legal_moves: [HIT], position: 1, now: { may: [{ player: "p1" }], legal_moves: [BET] } },
    { legal_moves: [BET], position: 1 },
  ],
  "null": [{ position: null, now: { legal_moves: null } }, {}],
  "the same for everyone": [
    { now: { may: ["p1", "p2"], legal_moves: [BET, HIT] } },
    { legal_moves: [BET, HIT] },
  ],
  "those of one's own actions": [
    {
      now: {
        may: [{ player: "p2", actions: ["hit"] }, { player: "p1", actions: ["bet", "split"] }],
        legal_moves: [BET, HIT, "hit", { value: 5 }],
      },
    },
    { legal_moves: [BET] },
  ],
  "more moves than a player should pay for": [
    { legal_moves: Array.from({ length: 65 }, () => HIT) },
    { legal_moves: Array.from({ length: 64 }, () => HIT) },
  ],
  "moves in another form": [
    { now: { may: [{ player: "p1", actions: ["bet"] }], legal_moves: "bet 5" } },
    { legal_moves: "bet 5" },
  ],
};

Deno.test("helpIn() is what a post brings to one player", async (t) => {
  for (const [what, [body, help]] of Object.entries(ROWS)) {
    await t.step(what, () => assert.deepEqual(helpIn(body, "p1"), help));
  }
});
