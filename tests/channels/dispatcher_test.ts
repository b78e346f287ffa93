/** Hooks have their effect exactly once, whoever else is at work and whatever dies. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { instances } from "../support/apps.ts";
import { checkChannel } from "../support/check_channel.ts";
import { Player, roomOf, type Wire } from "../support/player.ts";

const COUNTER = `export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const count = (this.ctx.get_state() ?? 0) + 1;
    this.ctx.set_state(count);
    this.ctx.post("bot", { saw: msg.id, count });
  }
}`;

/** Posts 30 messages through all instances at once, and checks that the bot saw each of them once, in order. */
async function countedOnce(urls: string[], kv: Deno.Kv): Promise<void> {
  const { players: [first], created } = await roomOf(urls[0]!, {
    slots: ["bot:counter", "invite:a"],
    bot_code: COUNTER,
  }, 1);
  const writers = urls.map((url) => Object.assign(new Player(url, first!.token), first));
  writers.forEach((writer, i) => writer.moveTo(urls[i]!));
  const posts = Array.from({ length: 30 }, (_, i) => writers[i % writers.length]!.say(`${i}`));
  const said = (await Promise.all(posts)).map(({ msg_id }) => msg_id).toSorted((a, b) => a - b);
  const read = await first!.readUntil(({ body }: Wire) => body.count === said.length);
  const saw = read.filter(({ body }) => body.saw !== undefined);
  assert.deepEqual(saw.map(({ body }) => body.saw), said);
  assert.deepEqual(saw.map(({ body }) => body.count), said.map((_, i) => i + 1));
  await checkChannel(kv, created.channel_id);
}

Deno.test("a hook takes effect once, though two instances run the same bot", async () => {
  const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs: 20_000 });
  await using both = await instances(2, { sandbox });
  await countedOnce(both.urls, both.kv);
  await sandbox.close();
});

Deno.test("a hook that the sandbox could not run is run later, and its entry is not lost", async () => {
  const real = await openSandbox({ hosts: 1, hookTimeoutMs: 20_000 });
  let nth = 0;
  const unreliable: Sandbox = {
    engine: real.engine,
    inspect: (bot) => real.inspect(bot),
    ready: () => real.ready(),
    close: () => real.close(),
    // Every tenth run is lost after it was done, as when its host dies with the answer.
    async run(job) {
      const outcome = await real.run(job);
      if (++nth % 10 === 0) throw new Error("the host died with the answer");
      return outcome;
    },
  };
  {
    await using one = await instances(1, { sandbox: unreliable });
    await countedOnce(one.urls, one.kv);
  }
  await real.close();
});
