import assert from "node:assert/strict";
import { nearMiss } from "../../src/kernel/near_miss.ts";

const NAMES = ["bot_preset", "players", "turn_order", "range", "to"];

Deno.test("nearMiss() finds the name that was meant, and none for another word", () => {
  const meant: Record<string, string | undefined> = {
    players: "players",
    player: "players",
    Players: "players",
    plyaers: "players",
    playerCount: "players",
    turnOrder: "turn_order",
    "turn-order": "turn_order",
    preset: "bot_preset",
    rnage: "range",
    rang: "range",
    To: "to",
    colour: undefined,
    x: undefined,
    "": undefined,
    "…": undefined,
    ["players".repeat(10_000)]: "players",
  };
  for (const [written, name] of Object.entries(meant)) {
    assert.equal(nearMiss(written, NAMES), name, written.slice(0, 40));
  }
  assert.equal(nearMiss("players", []), undefined);
});
