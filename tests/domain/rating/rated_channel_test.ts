/** Which channels may be rated, as a table. */
import assert from "node:assert/strict";
import type { BotDef } from "../../../src/domain/bot/bot.ts";
import { Ladders } from "../../../src/domain/rating/ladders.ts";
import { refuseUnrated } from "../../../src/domain/rating/rated_channel.ts";
import type { NewBot } from "../../../src/domain/referee/referee.ts";
import type { HashText } from "../../../src/kernel/hash.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { Refusal } from "../../../src/kernel/refusal.ts";

const hash = (digit: string) => `sha256:${digit.repeat(64)}` as HashText;
const LADDERS = new Ladders(new Map([["Guess", hash("1")]]));

const MANIFEST: JsonObject = {
  params: {
    type: "object",
    properties: {
      range: { type: "array", items: { type: "integer" }, default: [1, 100] },
      players: { type: "integer", minimum: 1, default: 2 },
      turn_order: { enum: ["join", "random"], default: "join" },
      clock: { type: "object", properties: { move_s: { type: "integer" } } },
      title: { type: "string" },
    },
  },
};
const USUAL = { range: [1, 100], players: 2, turn_order: "join" };

function bot(params: JsonObject = USUAL, def: BotDef = {}, code_hash = hash("1")) {
  return {
    def,
    bot: { name: "Guess", manifest: MANIFEST, params, code_hash } as unknown as NewBot,
  };
}
const wanted = (change: object) => ({ sealed: true, seats: 2, bots: [bot()], ...change });

const RIGHT: Readonly<Record<string, object>> = {
  "the defaults": {},
  "more players": { seats: 8, bots: [bot({ ...USUAL, players: 8 })] },
  "another order and clock": {
    bots: [bot({ ...USUAL, turn_order: "random", clock: { move_s: 30 } })],
  },
};
for (const [name, change] of Object.entries(RIGHT)) {
  Deno.test(`refuseUnrated() lets pass ${name}`, () => refuseUnrated(wanted(change), LADDERS));
}

const WRONG: Readonly<Record<string, [object, RegExp]>> = {
  "a channel that is not sealed": [{ sealed: false }, /sealed: true/],
  "no bot": [{ bots: [] }, /exactly one bot, and this one has 0/],
  "two bots": [{ bots: [bot(), bot()] }, /this one has 2/],
  "a bot of no ladder": [{ bots: [bot(USUAL, {}, hash("2"))] }, /not rated here.*Guess/],
  "one seat": [{ seats: 1 }, /2 to 8/],
  "too many seats": [{ seats: 9 }, /2 to 8/],
  "a manifest of the caller": [{ bots: [bot(USUAL, { manifest: {} })] }, /manifest/],
  "secrets": [{ bots: [bot(USUAL, { env: {} })] }, /env/],
  "secrets under their other name": [{ bots: [bot(USUAL, { env_redacted: {} })] }, /env/],
  "another range": [{ bots: [bot({ ...USUAL, range: [1, 2] })] }, /leave out range/],
  "a parameter without default": [{ bots: [bot({ ...USUAL, title: "x" })] }, /leave out title/],
};
for (const [name, [change, text]] of Object.entries(WRONG)) {
  Deno.test(`refuseUnrated() refuses ${name}`, () => {
    assert.throws(
      () => refuseUnrated(wanted(change), LADDERS),
      (error) =>
        error instanceof Refusal && error.code === "INVALID_REQUEST" &&
        text.test(error.message),
    );
  });
}
