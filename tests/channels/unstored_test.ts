/** The network requests of a hook are announced once, even if the database fails or the bot is
 *  removed before they are stored. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { instances } from "../support/apps.ts";
import { checkChannel } from "../support/check_channel.ts";
import { type Faults, faultyKv } from "../support/faulty_kv.ts";
import { ofType, roomOf, type Wire } from "../support/player.ts";
import { webServer } from "../support/web_server.ts";

const ASKER = `export default class Asker {
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.kind !== "user") return;
    const response = await fetch(msg.body.url);
    this.ctx.set_state((this.ctx.get_state() ?? 0) + 1);
    this.ctx.post("bot", { answer: await response.text(), times: this.ctx.get_state() });
  }
}`;

const away = () => new Error("the database is away");

/** How the database fails, from the hook's network answer until the database recovers. */
const OUTAGES: Record<string, () => Faults> = {
  "nothing can be committed": () => ({ commit: () => Promise.reject(away()) }),
  "nothing can be read or written": () => ({
    commit: () => Promise.reject(away()),
    ask() {
      throw away();
    },
  }),
  "the commit is applied, its answer is lost, and no read works": () => {
    let commits = 0; // the first commit stores the bodies that evidence names
    return {
      async commit(commit) {
        if (++commits === 1) return await commit();
        if (commits === 2) await commit();
        throw away();
      },
      ask() {
        if (commits > 1) throw away();
      },
    };
  },
};

const MEANWHILE: Record<string, readonly { type: string }[]> = {
  "its bot stays": [],
  "its bot is removed": [{ type: "remove_bot" }],
  "the channel is closed": [{ type: "close" }],
};

/** Runs one outage, with operations during it, over two instances on one database. Returns the
 *  channel's entries. */
async function played(
  sandbox: Sandbox,
  faultsMeanwhile: Faults,
  ops: readonly { type: string }[],
): Promise<Wire[]> {
  await using site = webServer();
  await using well = await instances(1, { sandbox });
  let faults: Faults | null = null;
  const kv = faultyKv(well.kv, {
    commit: (commit) => faults ? faults.commit(commit) : commit(),
    ask: () => faults?.ask?.(),
  });
  const postponed = Promise.withResolvers<void>();
  const log = (_: string, event: string) => {
    if (event === "hook_postponed") postponed.resolve();
  };
  let channelId: string;
  {
    await using ill = await instances(1, { sandbox, kv, log });
    const { players: [alice], host, created } = await roomOf(ill.urls[0]!, {
      slots: ["bot:asker", "invite:a"],
      bots: [{ inline_code: ASKER, manifest: { net: [site.host] } }],
    }, 1);
    const { channel_id, bots: [{ bot_id }] } = created;
    channelId = channel_id;
    await alice!.say({ url: `${site.origin}/wait` });
    while (site.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const player of [alice!, host]) player.moveTo(well.urls[0]!);

    faults = faultsMeanwhile;
    await fetch(`${site.origin}/open`).then((response) => response.text());
    await postponed.promise;
    for (const op of ops) {
      await host.call("update_channel", { channel_id, ops: [{ ...op, bot_id }] });
    }
    faults = null;

    const read = await alice!.readUntil(ofType("bot:evidence"));
    const isAnswer = ({ body }: Wire) => body?.answer !== undefined;
    if (ops.length === 0 && !read.some(isAnswer)) await alice!.readUntil(isAnswer);
    assert.deepEqual(site.seen, ["GET /wait", "GET /open"]);
  }
  return await checkChannel(well.kv, channelId);
}

Deno.test("a request is announced once when", async (t) => {
  const test = { loopback: true, caCerts: [] } as const;
  const network = { schemes: "http", denied: [], test } as const;
  const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs: 20_000, network });
  for (const [outage, faultsOf] of Object.entries(OUTAGES)) {
    for (const [what, ops] of Object.entries(MEANWHILE)) {
      await t.step(`${outage}, and ${what}`, async () => {
        const entries = await played(sandbox, faultsOf(), ops);
        const evidence = entries.filter(ofType("bot:evidence"));
        assert.deepEqual(evidence.map(({ body }) => body.exchanges.length), [1]);
        const answers = entries.filter(({ body }) => body.answer === "waited");
        const wasStored = ops.length === 0 || outage.startsWith("the commit is applied");
        assert.deepEqual(answers.map(({ body }) => body.times), wasStored ? [1] : []);
      });
    }
  }
  await sandbox.close();
});
