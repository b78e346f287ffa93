/** Idempotency keys: another caller's key, an own key for a different call, and a key whose
 *  repeated answer would revive an invalid token. */
import assert from "node:assert/strict";
import { type Answer, verdictOf } from "./answer.ts";
import type { Attacker } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";

const INVALID = "400 INVALID_REQUEST";

async function room(kit: Attacker) {
  const [host, guest] = [await kit.signIn(), await kit.signIn()];
  const slots = ["invite:a", "invite:b"];
  const { json } = await kit.rest("create_channel", { name: "r", slots }, host.access_token);
  const { channel_id, invites } = json;
  for (const invite of invites) kit.secret(invite);
  const call = async (verb: string, input: object, token: string, key: string): Promise<Answer> =>
    await kit.rest(verb, input, token, { "idempotency-key": key });
  await kit.rest("join_channel", { invite_code: invites[0] }, host.access_token);
  return { channel_id, invites, host: host.access_token, guest: guest.access_token, call };
}

const KEYS: AttackTable = {
  "another's key shows what it answered": ["its own", async ({ kit }) => {
    const { channel_id, invites, host, guest, call } = await room(kit);
    await kit.rest("join_channel", { invite_code: invites[1] }, guest);
    const say = { channel_id, body: "x" };
    const [theirs, own] = [
      await call("post_message", say, host, "k"),
      await call("post_message", say, guest, "k"),
    ];
    return own.json.msg_id === theirs.json.msg_id + 1 ? "its own" : own.text;
  }],
  "a stranger repeats a member's call with its key": [
    "404 CHANNEL_NOT_FOUND",
    async ({ kit }) => {
      const { channel_id, host, guest, call } = await room(kit);
      await call("post_message", { channel_id, body: "x" }, host, "k");
      return await call("post_message", { channel_id, body: "x" }, guest, "k");
    },
  ],
  "another's creation is repeated with its key": ["another channel", async ({ kit }) => {
    const { host, guest, call } = await room(kit);
    const input = { name: "n", slots: ["invite:a"] };
    const [theirs, own] = [
      await call("create_channel", input, host, "create"),
      await call("create_channel", input, guest, "create"),
    ];
    assert.notEqual(own.json.invites[0], theirs.json.invites[0]);
    return own.json.channel_id === theirs.json.channel_id ? "the same" : "another channel";
  }],
  "another's joining is repeated with its key": ["409 SLOT_ALREADY_FILLED", async ({ kit }) => {
    const { invites, guest, call } = await room(kit);
    const thief = await kit.signIn();
    await call("join_channel", { invite_code: invites[1] }, guest, "join");
    return await call("join_channel", { invite_code: invites[1] }, thief.access_token, "join");
  }],
  "one key for two bodies": [INVALID, async ({ kit }) => {
    const { channel_id, host, call } = await room(kit);
    assert.equal(
      verdictOf(await call("post_message", { channel_id, body: "one" }, host, "k")),
      "200 ok",
    );
    return await call("post_message", { channel_id, body: "two" }, host, "k");
  }],
  "one key for two bodies at once": ["one of them", async ({ kit }) => {
    const { channel_id, host, call } = await room(kit);
    const bodies = Array.from({ length: 6 }, (_, i) => `body ${i}`);
    const all = await Promise.all(
      bodies.map((body) => call("post_message", { channel_id, body }, host, "k")),
    );
    const said = all.map(verdictOf);
    return said.filter((verdict) => verdict === "200 ok").length === 1 &&
        said.filter((verdict) => verdict === INVALID).length === 5
      ? "one of them"
      : said.join();
  }],
  "a key of ten thousand characters": [[INVALID, "431"], async ({ kit }) => {
    const { channel_id, host, call } = await room(kit);
    return await call("post_message", { channel_id, body: "x" }, host, "k".repeat(10_000));
  }],
  "a repeated joining brings a rotated token back": [
    "404 REJOIN_TOKEN_INVALID",
    async ({ kit }) => {
      const { invites, guest, call } = await room(kit);
      const join = { invite_code: invites[1] };
      const old = (await call("join_channel", join, guest, "join")).json.rejoin_token;
      await kit.rest("join_channel", { invite_code: old, rotate: true }, guest);
      await call("join_channel", join, guest, "join");
      const thief = await kit.signIn();
      return await kit.rest("join_channel", { invite_code: old }, thief.access_token);
    },
  ],
  "a repeated joining takes a seat back that was taken over": [
    ["403 NOT_MEMBER", "404 REJOIN_TOKEN_INVALID", "409 SLOT_ALREADY_FILLED"],
    async ({ kit }) => {
      const { channel_id, invites, guest, call } = await room(kit);
      const join = { invite_code: invites[1] };
      const { rejoin_token } = (await call("join_channel", join, guest, "join")).json;
      const owner = await kit.signIn();
      const taken = { invite_code: rejoin_token, rotate: true };
      await kit.rest("join_channel", taken, owner.access_token);
      const again = await call("join_channel", join, guest, "join");
      const speaks = await kit.rest("post_message", { channel_id, body: "x" }, guest);
      return again.status >= 400 ? again : speaks;
    },
  ],
  "a repeated joining brings a token back that another joining replaced": [
    "404 REJOIN_TOKEN_INVALID",
    async ({ kit }) => {
      const { invites, guest, call } = await room(kit);
      const join = { invite_code: invites[1] };
      const old = (await call("join_channel", join, guest, "join")).json.rejoin_token;
      await kit.rest("join_channel", join, guest);
      await call("join_channel", join, guest, "join");
      const thief = await kit.signIn();
      return await kit.rest("join_channel", { invite_code: old }, thief.access_token);
    },
  ],
  "a repeated joining takes a seat back that was given up": [
    "404 INVITE_INVALID",
    async ({ kit }) => {
      const { channel_id, invites, guest, call } = await room(kit);
      const join = { invite_code: invites[1] };
      await call("join_channel", join, guest, "join");
      await kit.rest("leave_channel", { channel_id }, guest);
      return await call("join_channel", join, guest, "join");
    },
  ],
  "a rotation is repeated after the next one": ["404 REJOIN_TOKEN_INVALID", async ({ kit }) => {
    const { invites, guest, call } = await room(kit);
    const { json } = await call("join_channel", { invite_code: invites[1] }, guest, "join");
    const first = { invite_code: json.rejoin_token, rotate: true };
    const next = (await call("join_channel", first, guest, "one")).json.rejoin_token;
    await call("join_channel", { invite_code: next, rotate: true }, guest, "two");
    return await call("join_channel", first, guest, "one");
  }],
  "another's rotation is repeated with its key": ["404 REJOIN_TOKEN_INVALID", async ({ kit }) => {
    const { invites, guest, call } = await room(kit);
    const { json } = await call("join_channel", { invite_code: invites[1] }, guest, "join");
    const first = { invite_code: json.rejoin_token, rotate: true };
    await call("join_channel", first, guest, "one");
    const thief = await kit.signIn();
    return await call("join_channel", first, thief.access_token, "one");
  }],
  "a key in a header and another in the body": [INVALID, async ({ kit }) => {
    const { channel_id, host, call } = await room(kit);
    const input = { channel_id, body: "x", idempotency_key: "one" };
    return await call("post_message", input, host, "two");
  }],
};

attacks("idempotency keys", KEYS);
