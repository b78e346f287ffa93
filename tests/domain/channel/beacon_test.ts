/** The seeds of hooks with public randomness depend on the sender and the count of its entries, and
 *  on nobody else. */
import assert from "node:assert/strict";
import { bodyOf } from "../../../src/domain/transcript/body.ts";
import { freshMemory, memoryAfterEntry } from "../../../src/domain/referee/bot_memory.ts";
import { publishRound, withRounds } from "../../../src/domain/channel/beacon.ts";
import type { BotMemory } from "../../../src/domain/bot/bot.ts";
import type { Channel } from "../../../src/domain/channel/channel.ts";
import { QUICKNET, roundNamedAt } from "../../../src/kernel/drand.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { CHANNEL_LIMITS } from "../../../src/domain/limits/channel.ts";
import { hookSeed } from "../../../src/domain/referee/referee.ts";
import type { Entry } from "../../../src/domain/transcript/transcript.ts";

const SEED = "5e".repeat(32);
const BOT = "bot_Dice_0";
const attach = (
  round: number,
) => ["system", { type: "bot:attach", bot_id: BOT, beacon_round: round }];
const join = (player_id: string, round: number, entropy = "") => [
  "system",
  { type: "member_joined", player_id, display_name: "x", label: "x", beacon_round: round, entropy },
];
const says = (player: string, text = "roll") => [player, { text }];

/** The seed of the hook for the last entry of a log. Times and hashes differ in every run. */
function seedOf(log: unknown[][], randomness = "aa".repeat(32)): string {
  let memory: BotMemory = freshMemory(SEED, []);
  let last!: Entry;
  for (const [i, [sender, body]] of log.entries()) {
    last = {
      id: i + 1,
      channel_id: "chn_x",
      sender: String(sender),
      kind: sender === "system" ? "system" : "user",
      body: body as JsonObject,
      ts: new Date().toISOString(),
      hash: `sha256:${"0".repeat(64)}`,
      root: crypto.getRandomValues(new Uint8Array(32)).toHex(),
      chained: 0,
    };
    memory = memoryAfterEntry(memory, { bot_id: BOT }, last);
  }
  return hookSeed({ ...memory, beacon: { ...memory.beacon!, randomness } }, BOT, last);
}

Deno.test("seeds do not depend on times, texts, or the entries of others in between", () => {
  const plain = seedOf([attach(1), join("p1", 2), says("p1")]);
  assert.equal(seedOf([attach(1), join("p1", 2, "mine"), says("p1", "throw")]), plain);
  assert.equal(seedOf([attach(1), join("p1", 2), says("p2"), says("p2"), says("p1")]), plain);
});

Deno.test("each entry of a sender has its own seed, and so has each sender", () => {
  const begin = [attach(1), join("p1", 2)];
  const seeds = [
    seedOf([...begin, says("p1")]),
    seedOf([...begin, says("p1"), says("p1")]),
    seedOf([...begin, says("p2")]),
    seedOf([...begin, says("p1")], "bb".repeat(32)),
    seedOf(begin),
  ];
  assert.equal(new Set(seeds).size, seeds.length);
});

Deno.test("naming a round again changes no seed, naming a new round does", () => {
  const begin = [attach(1), join("p1", 2), says("p1")];
  const plain = seedOf([...begin, says("p1")]);
  assert.equal(seedOf([...begin, join("p2", 2, "grind"), says("p1")]), plain);
  assert.notEqual(seedOf([...begin, join("p2", 3), says("p1")]), plain);
});

Deno.test("a channel waits for a limited number of rounds and publishes only these", () => {
  let channel = { beacon: { chain: QUICKNET, awaited: [] }, closed: false } as unknown as Channel;
  const body = bodyOf({ type: "member_joined" });
  const joined = { sender: "system", kind: "system" as const, body };
  const at = (i: number) => new Date(Date.UTC(2026, 0, 1) + i * 3_000).toISOString();
  for (let i = 0; i < CHANNEL_LIMITS.awaitedRounds; i++) {
    const named = withRounds({ channel, drafts: [joined] }, at(i));
    assert.equal(named.drafts[0]!.body.value.beacon_round, roundNamedAt(QUICKNET, at(i)));
    channel = named.channel;
  }
  const more = () => withRounds({ channel, drafts: [joined] }, at(CHANNEL_LIMITS.awaitedRounds));
  assert.throws(more, { name: "Refusal", code: "UNAVAILABLE" });
  const [round] = channel.beacon!.awaited as [number];
  assert.equal(publishRound(channel, round - 1, "00"), null);
  assert.equal(publishRound({ ...channel, closed: true }, round, "00"), null);
  const change = publishRound(channel, round, "00")!;
  assert.ok(!change.channel.beacon!.awaited.includes(round));
  assert.equal(publishRound(change.channel, round, "00"), null, "once");
});
