/** Channels: strangers who know an id, members who want another member's seat or an admin's rights,
 *  and guessed invites. To a stranger, a private channel answers exactly like one that does not
 *  exist. */
import assert from "node:assert/strict";
import { type Answer, verdictOf, type Wire } from "./answer.ts";
import type { Attacker } from "./attacker.ts";
import { attacks, type AttackTable, type Scene } from "./attacks.ts";
import { callTool, modern } from "./rpc.ts";

const NOT_FOUND = "404 CHANNEL_NOT_FOUND";
const NOWHERE = "chn_AAAAAAAAAAAAAAAAAAAAAA";

/** Every verb that takes a channel, with an input that is otherwise valid. */
const VERBS: Record<string, Record<string, unknown>> = {
  who: {},
  get_channel_info: {},
  show_board: {},
  sync_messages: { timeout_ms: 0 },
  wait_for_turn: { timeout_ms: 0 },
  post_message: { body: "x" },
  make_game_move: { game: "g", action: "a" },
  get_bot_code: { bot_id: "bot_GuessBot_1" },
  get_evidence: { msg_id: 1, body_hash: `sha256:${"0".repeat(64)}` },
  get_proof: { id: 1, since: 1 },
  export_channel: {},
  verify_channel: {},
  attach_bot: { bot: { name: "GuessBot", code_ref: "builtin://GuessBot" } },
  update_channel: { ops: [{ type: "close" }] },
  leave_channel: {},
  join_channel: {},
};

/** An answer without the time, the rates and the caller's own input. */
function comparable({ status, headers, text }: Answer, input: string): string {
  const stable = [...headers].filter(([name]) => !/^(date|ratelimit.*|x-request-id)$/.test(name));
  return JSON.stringify([status, stable, text.replaceAll(input, "the input")]);
}

type Call = (kit: Attacker, verb: string, input: unknown, token: string) => Promise<Answer>;

const ENDPOINTS: Record<string, Call> = {
  REST: (kit, verb, input, token) => kit.rest(verb, input, token),
  "MCP of 2025": (kit, verb, input, token) => callTool(kit, verb, input, token),
  "MCP of 2026": (kit, verb, input, token) =>
    modern(kit, "tools/call", { name: verb, arguments: input as Wire }, token),
};

/** Asserts that the answers about the victim's channel and about no channel are equal. `more` is
 *  further input for both calls. */
async function compared({ kit, victim }: Scene, call: Call, verb: string, more = {}) {
  const { access_token } = await kit.signIn();
  const ask = async (channel_id: string) =>
    await call(kit, verb, { channel_id, ...VERBS[verb], ...more }, access_token);
  const [real, none] = [await ask(victim.channelId), await ask(NOWHERE)];
  assert.equal(
    comparable(real, victim.channelId),
    comparable(none, NOWHERE),
    "a channel reveals that it exists",
  );
  return real;
}

const ENUMERATION: AttackTable = Object.fromEntries(
  Object.keys(VERBS).flatMap((verb) =>
    Object.entries(ENDPOINTS).map(([endpoint, call]): [string, AttackTable[string]] => [
      `${verb} of a private channel over ${endpoint}`,
      [
        [NOT_FOUND, "200 CHANNEL_NOT_FOUND", "200 -32602", "400 INVALID_REQUEST"],
        async (scene) => await compared(scene, call, verb),
      ],
    ])
  ),
);

const HIDDEN: AttackTable = {
  "a verb that is missing in this table": ["none", async ({ kit }) => {
    const { access_token } = await kit.signIn();
    const { json } = await modern(kit, "tools/list", {}, access_token);
    const forgotten = json.result.tools.filter(({ name, inputSchema }: Wire) =>
      "channel_id" in inputSchema.properties && !(name in VERBS)
    );
    return forgotten.map(({ name }: Wire) => name).join() || "none";
  }],
  "a rejoin token of another channel": [NOT_FOUND, async (scene) => {
    const { rejoin_token } = await member(scene.kit);
    return await compared(scene, ENDPOINTS.REST!, "post_message", { rejoin_token });
  }],
  "a rejoin token that never existed": [NOT_FOUND, async (scene) => {
    const rejoin_token = `rejoin_${"A".repeat(22)}`;
    return await compared(scene, ENDPOINTS.REST!, "sync_messages", { rejoin_token });
  }],
  "an id with something around it": [NOT_FOUND, async ({ kit, victim }) => {
    const { access_token } = await kit.signIn();
    const { channelId } = victim;
    for (
      const id of [`${channelId}\0`, ` ${channelId}`, `${channelId}/head`, "\ud800", "__proto__"]
    ) {
      assert.equal(verdictOf(await kit.rest("who", { channel_id: id }, access_token)), NOT_FOUND);
    }
    return await kit.rest("who", { channel_id: channelId.toLowerCase() }, access_token);
  }],
  "a list, searched for the victim's channel": ["nothing", async ({ kit, victim }) => {
    const { access_token } = await kit.signIn();
    for (const query of ["ours", victim.channelId, "", "%", "*", ".*"]) {
      const { json } = await kit.rest("list_channels", { query, limit: 100 }, access_token);
      if (json.channels.length > 0 && query !== "") return JSON.stringify(json);
      const found = json.channels.some(({ channel_id }: Wire) => channel_id === victim.channelId);
      if (found) return "listed";
    }
    return "nothing";
  }],
  "a list, from the victim's cursor": ["nothing", async ({ kit, victim }) => {
    const theirs = await victim.kit.rest("list_channels", { limit: 1 }, victim.token);
    const { access_token } = await kit.signIn();
    for (const half of ["m", "p"]) {
      const cursor = String(theirs.json.next_cursor).replace(/^m/, half);
      const answer = await kit.rest("list_channels", { cursor }, access_token);
      const found = answer.json.channels?.some(({ mine }: Wire) => mine);
      if (found) return "listed";
    }
    return "nothing";
  }],
  "a list, from a forged cursor": ["400 INVALID_REQUEST", async ({ kit }) => {
    const { access_token } = await kit.signIn();
    for (const cursor of ["x", "m:!", "z:", "m:====", "p:\0", `m:${"A".repeat(900)}`]) {
      const { status } = await kit.rest("list_channels", { cursor }, access_token);
      assert.ok([200, 400].includes(status));
    }
    return await kit.rest("list_channels", { cursor: "q:AA" }, access_token);
  }],
};

/** A member of a room that has an admin of its own. */
async function member(kit: Attacker) {
  const [admin, other] = [await kit.signIn(), await kit.signIn()];
  const slots = ["invite:a", "invite:b", "invite:c"];
  const { json } = await kit.rest("create_channel", { name: "room", slots }, admin.access_token);
  const { channel_id, invites } = json;
  for (const invite of invites) kit.secret(invite);
  const join = async (token: string, invite_code: string, more = {}) =>
    await kit.rest("join_channel", { invite_code, ...more }, token);
  const owner = (await join(admin.access_token, invites[0])).json;
  const own = (await join(other.access_token, invites[1])).json;
  return {
    channel_id,
    invites,
    join,
    admin: { ...owner, token: admin.access_token },
    token: other.access_token,
    rejoin_token: kit.secret<string>(own.rejoin_token),
    player_id: own.player_id,
    call: async (verb: string, more: Record<string, unknown>, token = other.access_token) =>
      await kit.rest(verb, { channel_id, ...VERBS[verb], ...more }, token),
    last: async (token = other.access_token) => {
      const read = { channel_id, timeout_ms: 0 };
      return (await kit.rest("sync_messages", read, token)).json.messages.at(-1);
    },
  };
}

const ADMIN_OPS: Record<string, Record<string, unknown>> = {
  close: {},
  rename: { name: "mine now" },
  yield_slot: { slot_id: "slot_1" },
  set_admin: { slot_id: "slot_2", admin: true },
  remove_bot: { bot_id: "bot_x_1" },
};

const SEATS: AttackTable = {
  ...Object.fromEntries(
    Object.entries(ADMIN_OPS).map(([type, op]) => [
      `a member who is not an admin: ${type}`,
      [["403 NOT_ADMIN", "400 INVALID_REQUEST"], async ({ kit }: Scene) => {
        const { call } = await member(kit);
        return await call("update_channel", { ops: [{ type, ...op }] });
      }] as const,
    ]),
  ),
  "a member who is not an admin attaches a bot": [
    ["403 NOT_ADMIN"],
    async ({ kit }) => await (await member(kit)).call("attach_bot", {}),
  ],
  "a member speaks from an admin's seat": ["403 NOT_MEMBER", async ({ kit }) => {
    const { call, admin } = await member(kit);
    return await call("post_message", { rejoin_token: admin.rejoin_token });
  }],
  "a member administrates from an admin's seat": ["403 NOT_MEMBER", async ({ kit }) => {
    const { call, admin } = await member(kit);
    return await call("update_channel", { rejoin_token: admin.rejoin_token });
  }],
  "a member claims to be another": ["its own", async ({ kit }) => {
    const { call, admin, last, player_id } = await member(kit);
    const { player_id: other } = admin;
    await call("post_message", {
      ...{ sender: other, player_id: other, from: other, as: other, principal: "system" },
      ...{ slot_id: "slot_1", id: 1, hash: "x", ts: "2000-01-01T00:00:00Z" },
    });
    const { sender, kind, id } = await last();
    return sender === player_id && kind === "user" && id > 2 ? "its own" : sender;
  }],
  "a creator's seat, taken over with its rejoin token, administrates": [
    "403 NOT_ADMIN",
    async ({ kit }) => {
      const { admin, join, call } = await member(kit);
      const thief = await kit.signIn();
      const taken = await join(thief.access_token, admin.rejoin_token);
      assert.equal(verdictOf(taken), "200 ok", "a rejoin token is the seat");
      return await call("update_channel", {}, thief.access_token);
    },
  ],
  "a seat that was taken over": ["403 NOT_MEMBER", async ({ kit }) => {
    const { rejoin_token, join, call } = await member(kit);
    const thief = await kit.signIn();
    await join(thief.access_token, rejoin_token);
    return await call("post_message", {});
  }],
  "a rejoin token that was rotated": ["404 REJOIN_TOKEN_INVALID", async ({ kit }) => {
    const { rejoin_token, join, token } = await member(kit);
    await join(token, rejoin_token, { rotate: true });
    const thief = await kit.signIn();
    return await join(thief.access_token, rejoin_token);
  }],
  "a rejoin token of a seat that was left": ["404 REJOIN_TOKEN_INVALID", async ({ kit }) => {
    const { rejoin_token, join, call } = await member(kit);
    await call("leave_channel", {});
    return await join((await kit.signIn()).access_token, rejoin_token);
  }],
  "a former member posts": ["403 NOT_MEMBER", async ({ kit }) => {
    const { call } = await member(kit);
    await call("leave_channel", {});
    return await call("post_message", {});
  }],
  "a member reads a message for another member": ["withheld", async ({ kit }) => {
    const { admin, channel_id, last, token } = await member(kit);
    const body = "for the admin's eyes";
    const to = [admin.player_id];
    await kit.rest("post_message", { channel_id, body, to }, admin.token);
    const seen = await last(token);
    return seen.body === null && seen.withheld === true ? "withheld" : JSON.stringify(seen);
  }],
  "a message to a player who is not here": ["400 INVALID_REQUEST", async ({ kit }) => {
    return await (await member(kit)).call("post_message", { to: ["p99"] });
  }],
};

attacks("strangers to a channel", { ...ENUMERATION, ...HIDDEN });
attacks("seats", SEATS);
