/** Progress: a waiting call notifies its caller at once and then at intervals, if the caller asked
 *  for it. */
import assert from "node:assert/strict";
import { instances } from "../support/apps.ts";
import { CLIENT_KINDS, mcpClient } from "../support/mcp_clients.ts";
import { signIn, type Wire } from "../support/player.ts";

Deno.test("sync_messages with a progress token sends progress to every client while it waits", async (t) => {
  await using apps = await instances(1, { progressMs: 5 });
  const [url] = apps.urls;
  for (const kind of CLIENT_KINDS) {
    await t.step(kind, async () => {
      const token = await signIn(url!);
      await using mcp = await mcpClient(kind, url!, token);
      await using other = await mcpClient(kind, url!, token);
      const { channel_id, invites } = await mcp.call("create_channel", {
        name: "x",
        slots: ["invite:a"],
      });
      await mcp.call("join_channel", { invite_code: invites[0] });
      const { cursor } = await mcp.call("sync_messages", { channel_id });
      const received: number[] = [];
      const third = Promise.withResolvers<void>();
      const input = { channel_id, cursor, timeout_ms: 45_000 };
      const waiting = mcp.follow("sync_messages", input, ({ progress, message }) => {
        assert.equal(message, "Waiting for messages");
        received.push(progress);
        if (received.length === 3) third.resolve();
      });
      await third.promise;
      const { msg_id } = await other.call("post_message", { channel_id, body: "news" });
      const { structuredContent } = await waiting;
      assert.deepEqual(structuredContent.messages.map(({ id }: Wire) => id), [msg_id]);
      assert.deepEqual(received, received.map((_, i) => i + 1), "progress increases");
    });
  }
});

Deno.test("a client that asked for progress and disconnected leaves no timer behind", async () => {
  await using apps = await instances(1, { progressMs: 5 });
  const [url] = apps.urls;
  for (const kind of CLIENT_KINDS) {
    const mcp = await mcpClient(kind, url!, await signIn(url!));
    const { channel_id } = await mcp.call("create_channel", { name: "x", slots: ["invite:a"] });
    const { cursor } = await mcp.call("sync_messages", { channel_id });
    const first = Promise.withResolvers<void>();
    const input = { channel_id, cursor, timeout_ms: 45_000 };
    const gone = assert.rejects(mcp.follow("sync_messages", input, () => first.resolve()));
    await first.promise;
    await mcp[Symbol.asyncDispose]();
    await gone;
  }
});
