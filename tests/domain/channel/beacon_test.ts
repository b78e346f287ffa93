/** Which dice a hook draws where there is public randomness: those of its sender, by count, and of
 *  nobody else. */
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

/** The dice of the last entry of a log, whose times and hashes are others in every test. */
function diceOf(log: unknown[][], randomness = "aa".repeat(32)): string {
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
    memory = memoryAfterEntry(memory, BOT, last);
  }
  return hookSeed({ ...memory, beacon: { ...memory.beacon!, randomness } }, BOT, last);
}

Deno.test("dice do not depend on times, on texts, or on what others say in between", () => {
  const plain = diceOf([attach(1), join("p1", 2), says("p1")]);
  assert.equal(diceOf([attach(1), join("p1", 2, "mine"), says("p1", "throw")]), plain);
  assert.equal(diceOf([attach(1), join("p1", 2), says("p2"), says("p2"), says("p1")]), plain);
});

Deno.test("each thing that somebody says has dice of its own, and so has everybody", () => {
  const begin = [attach(1), join("p1", 2)];
  const dice = [
    diceOf([...begin, says("p1")]),
    diceOf([...begin, says("p1"), says("p1")]),
    diceOf([...begin, says("p2")]),
    diceOf([...begin, says("p1")], "bb".repeat(32)),
    diceOf(begin),
  ];
  assert.equal(new Set(dice).size, dice.length);
});

Deno.test("a round that is named again makes no other dice, a new one does", () => {
  const begin = [attach(1), join("p1", 2), says("p1")];
  const plain = diceOf([...begin, says("p1")]);
  assert.equal(diceOf([...begin, join("p2", 2, "grind"), says("p1")]), plain);
  assert.notEqual(diceOf([...begin, join("p2", 3), says("p1")]), plain);
});

Deno.test("a channel waits for so many rounds and no more, and is told only those, while it is open", () => {
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
  const told = publishRound(channel, round, "00")!;
  assert.ok(!told.channel.beacon!.awaited.includes(round));
  assert.equal(publishRound(told.channel, round, "00"), null, "once");
});
