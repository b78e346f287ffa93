/** A token with the scope `watch`, used for more than reading (RFC 6750 3.1, RFC 6749 3.3 and 6;
 *  MCP, scope challenge handling). */
import assert from "node:assert/strict";
import { type Answer, verdictOf } from "./answer.ts";
import type { Attacker } from "./attacker.ts";
import { attacks, type AttackTable } from "./attacks.ts";
import { callTool, modern, rpc, toolCall } from "./rpc.ts";

const TOO_LITTLE = "403 insufficient_scope";

/** Signs in with the scope `watch`. */
async function watcher(kit: Attacker) {
  const purchase = await kit.buy(undefined, { scope: "watch" });
  const { json } = await kit.redeem(purchase);
  assert.equal(json.scope, "watch");
  return { ...json, client: purchase.client, token: json.access_token };
}

function challenged(answer: Answer): Answer {
  const challenge = answer.headers.get("www-authenticate") ?? "";
  assert.match(challenge, /^Bearer .*error="insufficient_scope"/);
  assert.match(challenge, /scope="play"/);
  assert.match(challenge, /resource_metadata="http/);
  return answer;
}

/** The operations that change something, each with a valid input. */
const WRITES: Record<string, Record<string, unknown>> = {
  create_channel: { name: "n", slots: ["invite:a"] },
  join_channel: { invite_code: "inv_AAAAAAAAAAAAAAAAAAAAAA" },
  post_message: { channel_id: "chn_x", body: "x" },
  make_game_move: { channel_id: "chn_x", game: "g", action: "a" },
  attach_bot: { channel_id: "chn_x", bot: { name: "GuessBot", code_ref: "builtin://GuessBot" } },
  update_channel: { channel_id: "chn_x", ops: [{ type: "close" }] },
  leave_channel: { channel_id: "chn_x" },
  leaderboard: {},
  find_match: { bot_preset: "GuessBot" },
};

const CALLS: AttackTable = Object.fromEntries(
  Object.entries(WRITES).flatMap(([verb, input]): [string, AttackTable[string]][] => [
    [`${verb} over REST`, [TOO_LITTLE, async ({ kit }) => {
      return challenged(await kit.rest(verb, input, (await watcher(kit)).token));
    }]],
    [`${verb} over MCP of 2025`, [TOO_LITTLE, async ({ kit }) => {
      return challenged(await callTool(kit, verb, input, (await watcher(kit)).token));
    }]],
    [`${verb} over MCP of 2026`, [TOO_LITTLE, async ({ kit }) => {
      const params = { name: verb, arguments: input };
      return challenged(await modern(kit, "tools/call", params, (await watcher(kit)).token));
    }]],
  ]),
);

const CREATE = WRITES.create_channel!;

const AROUND: AttackTable = {
  "a verb that is missing in this table": ["none", async ({ kit }) => {
    const { json } = await modern(kit, "tools/list", {}, (await watcher(kit)).token);
    return json.result.tools
      .filter((tool: { name: string; annotations: { readOnlyHint: boolean } }) =>
        !tool.annotations.readOnlyHint && !(tool.name in WRITES)
      ).map(({ name }: { name: string }) => name).join() || "none";
  }],
  "it reads": ["200 ok", async ({ kit }) => {
    return await kit.rest("list_channels", {}, (await watcher(kit)).token);
  }],
  "a write in a batch behind reads": [
    [TOO_LITTLE, "400 -32600"],
    async ({ kit }) => {
      const batch = [toolCall("health_check", {}, 1), toolCall("create_channel", CREATE, 2)];
      const { token } = await watcher(kit);
      return await rpc(kit, batch, token, { "mcp-protocol-version": "2025-03-26" });
    },
  ],
  "a write in a batch in a batch": [
    [TOO_LITTLE, "400 -32600", "200 -32600"],
    async ({ kit }) => {
      const batch = [[toolCall("create_channel", CREATE, 2)]];
      const { token } = await watcher(kit);
      return await rpc(kit, batch, token, { "mcp-protocol-version": "2025-03-26" });
    },
  ],
  "a write whose headers say that it reads": [
    [TOO_LITTLE, "400 -32020"],
    async ({ kit }) => {
      const params = { name: "create_channel", arguments: CREATE };
      const headers = { "mcp-name": "health_check" };
      return await modern(kit, "tools/call", params, (await watcher(kit)).token, headers);
    },
  ],
  "a write as a notification": [
    ["403 insufficient_scope", "202"],
    async ({ kit }) => {
      const { token } = await watcher(kit);
      const { id: _, ...notification } = toolCall("create_channel", CREATE);
      const answer = await rpc(kit, notification, token, { "mcp-protocol-version": "2025-11-25" });
      const { json } = await kit.rest("list_channels", {}, token);
      assert.equal(json.channels.length, 0);
      return answer;
    },
  ],
  "a write whose name is repeated": [
    [TOO_LITTLE, "400 -32602", "200 -32602"],
    async ({ kit }) => {
      const { token } = await watcher(kit);
      const text =
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"health_check",' +
        `"name":"create_channel","arguments":${JSON.stringify(CREATE)}}}`;
      return await rpc(kit, text, token, { "mcp-protocol-version": "2025-11-25" });
    },
  ],
};

const ESCALATION: AttackTable = {
  "a code redeemed for more scopes": ["watch", async ({ kit }) => {
    const purchase = await kit.buy(undefined, { scope: "watch" });
    const answer = await kit.redeem(purchase, { scope: "play" });
    return answer.status === 200 ? answer.json.scope : "watch";
  }],
  "a refresh for more scopes": ["400 invalid_scope", async ({ kit }) => {
    const { client, refresh_token } = await watcher(kit);
    return await kit.refresh(client, refresh_token, { scope: "play" });
  }],
  "a refresh for more scopes, hidden among others": ["400 invalid_scope", async ({ kit }) => {
    const { client, refresh_token } = await watcher(kit);
    return await kit.refresh(client, refresh_token, { scope: "watch offline_access play" });
  }],
  "a refresh without scopes grants no more": [TOO_LITTLE, async ({ kit }) => {
    const { client, refresh_token } = await watcher(kit);
    const { access_token } = (await kit.refresh(client, refresh_token)).json;
    return await kit.rest("create_channel", CREATE, access_token);
  }],
  "a token that a refresh has narrowed": [TOO_LITTLE, async ({ kit }) => {
    const { client, refresh_token } = await kit.signIn();
    const { access_token } = (await kit.refresh(client, refresh_token, { scope: "watch" })).json;
    return await kit.rest("create_channel", CREATE, access_token);
  }],
  "a seat taken with a token that plays is used with one that watches": [
    TOO_LITTLE,
    async ({ kit }) => {
      const { client, access_token, refresh_token } = await kit.signIn();
      const { channel_id, invites } = (await kit.rest("create_channel", CREATE, access_token)).json;
      await kit.rest("join_channel", { invite_code: invites[0] }, access_token);
      const smaller = (await kit.refresh(client, refresh_token, { scope: "watch" })).json;
      const read = { channel_id, timeout_ms: 0 };
      const reads = await kit.rest("sync_messages", read, smaller.access_token);
      assert.equal(verdictOf(reads), "200 ok");
      return await kit.rest("post_message", { channel_id, body: "x" }, smaller.access_token);
    },
  ],
};

attacks("a token for watching", { ...CALLS, ...AROUND, ...ESCALATION });
