/** Members' own commitments over HTTP: the server stores none, members reveal them, and the
 *  verifier checks them. */
import assert from "node:assert/strict";
import { refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const TABLE = { slots: ["invite:alice", "invite:bob"] };

Deno.test("rock, paper, scissors: both commit and reveal, and the verifier names a lie", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players } = await roomOf(server.url, TABLE, 2);
  const [alice, bob] = players as [typeof players[0], typeof players[0]];
  const made = await Promise.all(
    ["rock", "paper"].map((move, i) => players[i]!.call("make_commitment", { value: move })),
  );
  const commits = await Promise.all(
    players.map((player, i) => player.say({ type: "commit", commit: made[i].commit })),
  );
  await alice.say({ type: "reveal", of: commits[0].msg_id, value: "rock", salt: made[0].salt });
  const lie = { type: "reveal", of: commits[1].msg_id, value: "scissors", salt: made[1].salt };
  const { msg_id } = await bob.say(lie);
  const { channel_id } = alice;
  const { ok, checks } = await alice.call("verify_channel", { channel_id });
  assert.equal(ok, true, "a player's lie does not fail the server's checks");
  const { verdict, text } = checks.find(({ check }: Wire) => check === "commitments");
  assert.deepEqual([verdict, text.includes(`entry ${msg_id} by ${bob.player_id}`)], [
    "unknown",
    true,
  ]);
  for (const [value, honest] of [["paper", true], ["scissors", false]]) {
    const { commit, salt } = made[1];
    for (const tool of ["check_commitment", "make_commitment"]) {
      assert.equal((await alice.call(tool, { commit, value, salt })).ok, honest, tool);
    }
  }
  const { messages } = await alice.call("sync_messages", { channel_id, timeout_ms: 0 });
  assert.equal(
    messages.filter(({ kind }: Wire) => kind === "user").length,
    4,
    "the channel has no further messages",
  );
});

Deno.test("a commitment is SHA-256 of its salt's bytes and the value's canonical JSON", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { host } = await roomOf(server.url, TABLE, 0);
  const { commit, salt } = await host.call("make_commitment", { value: { b: 1, a: [true] } });
  const bytes = [...Uint8Array.fromHex(salt), ...new TextEncoder().encode('{"a":[true],"b":1}')];
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  assert.equal(commit, `sha256:${new Uint8Array(digest).toHex()}`);
  await refuses(
    host.call("check_commitment", { commit, value: 1, salt: "short" }),
    "INVALID_REQUEST",
  );
  await refuses(host.call("make_commitment", { commit, value: 1 }), "INVALID_REQUEST");
});

Deno.test("a player's entropy is in the log", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { host, created } = await roomOf(server.url, TABLE, 0);
  const [invite_code] = created.invites;
  await host.call("join_channel", { invite_code, entropy: "my own dice: 4 2 6" });
  const { messages } = await host.call("sync_messages", {
    channel_id: created.channel_id,
    timeout_ms: 0,
  });
  const { body } = messages.find((m: Wire) => m.body.type === "member_joined");
  assert.equal(body.entropy, "my own dice: 4 2 6");
});
