/** Hooks take effect exactly once, with other instances at work and through crashes. */
import { TraceStore } from "../../../src/store/channel/trace_store.ts";
import { BotTraces } from "../../../src/channels/running/bot_traces.ts";
import assert from "node:assert/strict";
import { bodyOf } from "../../../src/domain/transcript/body.ts";
import { BotLibrary } from "../../../src/channels/library/bot_library.ts";
import { ModuleSources } from "../../../src/channels/library/module_sources.ts";
import { BotsTime } from "../../../src/channels/bots_time.ts";
import { ChannelOpener } from "../../../src/channels/writing/channel_opener.ts";
import { Dispatcher } from "../../../src/channels/running/dispatcher.ts";
import { ChannelRegistry } from "../../../src/channels/writing/registry.ts";
import { derivedTokens } from "../../../src/channels/writing/tokens.ts";
import { openSandbox } from "../../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { BlobStore } from "../../../src/store/channel/blob_store.ts";
import { ChannelStore, type StoredChannel } from "../../../src/store/channel/channel_store.ts";
import { EnvVault } from "../../../src/store/channel/env_vault.ts";
import { instances } from "../../support/apps.ts";
import { checkChannel } from "../../support/check_channel.ts";
import { Player, roomOf, type Wire } from "../../support/player.ts";
import { Ladders } from "../../../src/domain/rating/ladders.ts";

const COUNTER = `export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) {
    if (msg.kind !== "user") return;
    const count = (this.ctx.get_state() ?? 0) + 1;
    this.ctx.set_state(count);
    this.ctx.post("bot", { saw: msg.id, count });
  }
}`;

/** Posts 30 messages through all instances at once, and checks that the bot processes each of them
 *  once, in order. */
async function countedOnce(urls: string[], kv: Deno.Kv): Promise<void> {
  const { players: [first], created } = await roomOf(urls[0]!, {
    slots: ["bot:counter", "invite:a"],
    bot_code: COUNTER,
  }, 1);
  const writers = urls.map((url) => Object.assign(new Player(url, first!.token), first));
  writers.forEach((writer, i) => writer.moveTo(urls[i]!));
  const posts = Array.from({ length: 30 }, (_, i) => writers[i % writers.length]!.say(`${i}`));
  const postIds = (await Promise.all(posts)).map(({ msg_id }) => msg_id).toSorted((a, b) => a - b);
  const read = await first!.readUntil(({ body }: Wire) => body.count === postIds.length);
  const saw = read.filter(({ body }) => body.saw !== undefined);
  assert.deepEqual(saw.map(({ body }) => body.saw), postIds);
  assert.deepEqual(saw.map(({ body }) => body.count), postIds.map((_, i) => i + 1));
  await checkChannel(kv, created.channel_id);
}

Deno.test("a hook takes effect once when two instances run the same bot", async () => {
  const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs: 20_000 });
  await using both = await instances(2, { sandbox });
  await countedOnce(both.urls, both.kv);
  await sandbox.close();
});

/** A registry that returns each state late, so that the state is stale by then. */
class SlowRegistry extends ChannelRegistry {
  override async known(channelId: string) {
    const state = await super.known(channelId);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return state;
  }
}

Deno.test("a bot that is woken while it reads a stale state reads again", async () => {
  using kv = await Deno.openKv(":memory:");
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 20_000 });
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const [now, log] = [() => new Date(), () => {}];
  const store = new ChannelStore(kv);
  const committed = (state: StoredChannel) => dispatcher.wake(state);
  const newId = () => crypto.randomUUID();
  const registry = new SlowRegistry({ store, shared: false, now, newId, log, committed });
  const builtins = new Map([["Counter", COUNTER]]);
  const vault = new EnvVault(randomBytes(32), randomBytes);
  const time = new BotsTime();
  const library = new BotLibrary({
    time,
    blobs: new BlobStore(kv),
    modules: new ModuleSources(new BlobStore(kv)),
    vault,
    sandbox,
    builtins,
    now,
    randomBytes,
  });
  const traces = new BotTraces({ store: new TraceStore({ kv, now }), counted() {}, log });
  const dispatcher = new Dispatcher({ registry, store, library, sandbox, time, traces, log });
  const opener = new ChannelOpener({
    store,
    library,
    now,
    randomBytes,
    derivedToken: derivedTokens(randomBytes(32)),
    committed,
    log,
    ladders: new Ladders(new Map()),
  });
  const { channel: { channel_id } } = await opener.open("ann", {
    name: "x",
    slots: ["bot:counter"],
    visibility: "private",
    sealed: false,
    spectators: false,
  }, [{ code_ref: "builtin://Counter" }]);

  const caughtUp = async () => {
    const { head } = await registry.load(channel_id);
    return Object.values(head.cursors).every((cursor) => cursor === head.size);
  };
  for (let post = 1; post <= 10; post++) {
    const body = bodyOf({ post });
    await registry.write(channel_id, ({ channel }) => ({
      channel,
      drafts: [{ sender: "p1", kind: "user", body }],
      answer: () => null,
    }));
    // The next post arrives while the bot, after its hook, checks for more work.
    while (!await caughtUp()) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const entries = await checkChannel(kv, channel_id);
  assert.equal(entries.filter(({ body }) => body.count !== undefined).length, 10);
  await dispatcher.close();
  await sandbox.close();
});

Deno.test("a hook that the sandbox could not run is run later, and loses no entry", async () => {
  const real = await openSandbox({ hosts: 1, hookTimeoutMs: 20_000 });
  let nth = 0;
  const unreliable: Sandbox = {
    inspect: (bot) => real.inspect(bot),
    ready: () => real.ready(),
    figures: () => real.figures(),
    close: () => real.close(),
    engine: (language) => real.engine(language),
    // The outcome of every tenth run is lost, as when a host dies before it answers.
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
