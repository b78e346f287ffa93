import assert from "node:assert/strict";
import { openSandbox } from "../../../src/sandbox/open_sandbox.ts";
import { instances } from "../../support/apps.ts";
import { ofType, roomOf } from "../../support/player.ts";

const BELL = `export default class Bell {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind === "user") this.ctx.set_timer("bell", 5);
  }
  on_timer(name) { this.ctx.post("bot", { rang: name }); }
}`;

Deno.test("a timer fires once when two instances wait for it", async () => {
  const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs: 5_000 });
  try {
    await using two = await instances(2, { sandbox });
    const create = { slots: ["bot:bell", "invite:a"], bots: [{ inline_code: BELL }] };
    const { players: [alice] } = await roomOf(two.urls[0]!, create, 1);
    for (let round = 0; round < 10; round++) {
      alice!.moveTo(two.urls[round % 2]!);
      await alice!.say({ round });
      await alice!.readUntil(({ body }) => body?.rang !== undefined);
    }
    const { channel_id } = alice!;
    const all = await alice!.call("sync_messages", { channel_id, cursor: 0, timeout_ms: 0 });
    assert.equal(all.messages.filter(ofType("bot:timer")).length, 10);
  } finally {
    await sandbox.close();
  }
});
