/** Bad inputs for the REST endpoints, by kind of fault. */
import fc from "fast-check";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { operationNamed, OPERATIONS } from "../../src/operations/all.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { Invocation } from "../../src/operations/perform.ts";
import { damaged } from "./damage.ts";
import { accepted, type Pool } from "./from_schema.ts";
import { nested } from "./hostile_parts.ts";
import { asking, type Channels, type Person } from "./people.ts";
import { SEED } from "./run.ts";
import type { Input } from "./world.ts";

/** The number of valid inputs that are drawn per operation. */
const DRAWN = 100;

/** An operation, and the JSON text of its input. */
export interface BadCall {
  name: string;
  body: string;
  who: Person;
}

/** Inputs that an operation accepts, from a sample that is drawn once: drawing an input takes
 *  longer than sending it. */
function honest({ input }: Operation, pool: Pool): fc.Arbitrary<Record<string, unknown>> {
  return fc.constantFrom(...fc.sample(accepted(input, pool), { seed: SEED, numRuns: DRAWN }));
}

/** Sealed values. They are slow to draw from their schema, which rejects values that are easy to
 *  guess. */
const SEALED = [{}, { API_KEY: "a 1st long secret" }, {
  A: "0123456789abcdef",
  _B: "é".repeat(9) + "abcdefg",
}];
const ENV: Pool = { env: SEALED, env_redacted: SEALED };

/** Existing ids and tokens for the fields of alice's calls, so that only the damage makes a call
 *  bad. */
export function livePool(world: Channels): Pool {
  return {
    ...ENV,
    channel_id: [world.room],
    rejoin_token: [world.rejoinToken, null, ""],
    invite_code: world.invites,
    bot_id: [world.botId],
    slot_id: ["s0", "s1"],
    slot: ["s5"],
    code_ref: ["builtin://EchoBot"],
    to: [["p1"], ["p1", "p2"]],
    msg_id: [1, 2],
  };
}

/** Whether the operation refuses the text, read as RFC 8259 JSON, before it runs. */
function isBad(operation: Operation, text: string): boolean {
  try {
    const { parsed } = new Invocation(operation, JSON.parse(text || "{}"));
    return parsed.kind === "refused";
  } catch {
    return true;
  }
}

/** Damaged calls of a person who may make the undamaged ones. */
export function damagedCalls(world: Channels): fc.Arbitrary<BadCall> {
  return fc.oneof(...OPERATIONS.map((operation) => {
    const admin = ["create_channel", "attach_bot", "update_channel", "debug_bot"]
      .includes(operation.name);
    const who = admin ? world.host : world.alice;
    return damaged(honest(operation, livePool(world)))
      .filter((text) => isBad(operation, text))
      .map((body) => ({ name: operation.name, body, who }));
  }));
}

/** Calls of a person who may not make them here, whatever their input; some are damaged, too. */
export function misplacedCalls(world: Channels): fc.Arbitrary<BadCall> {
  const { room, hall, closed, sealed, host, alice, carol, stranger } = world;
  const bots = { ...ENV, inline_code: ["class B {}", "\0"], bot_code: ["class B {}"] };
  const posts = ["post_message", "make_game_move", "leave_channel"];
  const reads = ["get_channel_info", "show_board", "sync_messages", "get_bot_code", "get_evidence"];
  const table: [string[], Person, Pool][] = [
    [posts, stranger, { channel_id: [room, hall], rejoin_token: [world.rejoinToken, null] }],
    [[...posts, ...reads.slice(1)], carol, { channel_id: [room], bot_id: [world.botId] }],
    [posts, host, { channel_id: [room] }],
    [posts.slice(0, 2), alice, { channel_id: [closed] }],
    [reads, stranger, { channel_id: [room, closed, sealed], rejoin_token: [world.rejoinToken] }],
    [["attach_bot", "update_channel"], alice, { channel_id: [room], ...bots }],
    [["attach_bot", "update_channel"], stranger, { channel_id: [room, hall, sealed], ...bots }],
    [["debug_bot"], alice, { channel_id: [room], bot_id: [world.botId] }],
    [["debug_bot"], host, { channel_id: [room], bot_id: ["bot_0", "__proto__"] }],
    [["attach_bot"], host, { channel_id: [closed, sealed], ...bots }],
    [["get_bot_code"], alice, { channel_id: [room], bot_id: ["bot_0", "__proto__"] }],
    [["join_channel"], stranger, { invite_code: ["inv_x", "rejoin_x", room, "inv_"] }],
  ];
  return fc.oneof(...table.flatMap(([names, who, pool]) =>
    names.map((name) => {
      const inputs = honest(operationNamed.get(name)!, pool).filter((input) => !hides(input));
      return fc.oneof(inputs.map((input) => JSON.stringify(input)), damaged(inputs))
        .map((body) => ({ name, body, who }));
    })
  ));
}

/** Whether an update changes the caller's own list, which every member may do. */
function hides({ ops = [] }: { ops?: unknown }): boolean {
  return (ops as { type: string }[]).some(({ type }) => type === "hide" || type === "unhide");
}

/** Messages that the schemas accept and the operations refuse: too large, too deep, or without a
 *  canonical form. */
export function unboundedCalls(world: Channels): fc.Arbitrary<BadCall> {
  const over = fc.tuple(fc.constantFrom("x", "é", "\0", '"'), fc.constantFrom(0, 1, 1_000))
    .map(([unit, more]) => JSON.stringify({ text: unit.repeat(BOT_LIMITS.bodyBytes + more) }));
  const deep = fc.tuple(
    fc.constantFrom(BOT_LIMITS.jsonDepth + 1, 100, 5_000, 50_000),
    fc.constantFrom(["[", "]"], ['{"a":', "}"]),
  ).map(([depth, [open, close]]) => `{"a":${nested(depth, open, close, "1")}}`);
  const shapeless = fc.constantFrom("1e999", "-1e999", '"\\ud800"', '{"\\udfff":1}', '["\\ud800"]')
    .map((value) => `{"a":${value}}`);
  const calls = fc.constantFrom(
    (body: string) => ({ name: "post_message", field: `"body":${body}` }),
    (body: string) => ({
      name: "make_game_move",
      field: `"game":"g","action":"a","value":${body}`,
    }),
  );
  return fc.tuple(fc.oneof(over, deep, shapeless), calls).map(([body, call]) => {
    const { name, field } = call(body);
    return { name, body: `{"channel_id":"${world.room}",${field}}`, who: world.alice };
  });
}

/** Lists of an admin's ops whose last one can't be applied. Then none may be applied. */
export function halfGoodUpdates(world: Channels): fc.Arbitrary<BadCall> {
  const update = operationNamed.get("update_channel")!;
  const pool = { ...livePool(world), channel_id: [world.room], rejoin_token: [null] };
  const lost = fc.constantFrom<Record<string, unknown>>(
    { type: "yield_slot", slot_id: "s99" },
    { type: "yield_slot", slot_id: "__proto__" },
    { type: "set_admin", slot_id: "s4" },
    { type: "set_admin", slot_id: "s0" },
    { type: "remove_bot", bot_id: "constructor" },
    { type: "resume_bot", slot_id: "s5" },
    { type: "remove_bot", bot_id: "bot_Nobody_9" },
  );
  return fc.tuple(honest(update, pool), lost).map(([{ ops }, last]) => {
    const good = (ops as { type: string }[]).filter(({ type }) => type !== "set_bot");
    const body = JSON.stringify({ channel_id: world.room, ops: [...good.slice(0, 15), last] });
    return { name: "update_channel", body, who: world.host };
  });
}

/** A call as a REST request. */
export function posted({ name, body, who }: BadCall): Input {
  return { method: "POST", path: `/${name}`, headers: asking(who), body };
}
