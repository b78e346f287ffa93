/** The server's verifications and source inspections are shared: many requests of one principal
 *  hold up nobody else's, and a verification that nobody waits for ends. */
import assert from "node:assert/strict";
import { SHARED_WORK } from "../../../src/domain/limits/work.ts";
import { openSandbox } from "../../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { instances } from "../../support/apps.ts";
import { ofType, Player, Problem, refuses, type Wire } from "../../support/player.ts";

const ECHO = `export default class Echo {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) { if (msg.kind === "user") this.ctx.post("bot", { type: "echo", of: msg.id }); }
}`;
const SLOW = "// slow";

/** A sandbox with a gate. It holds up each replay for the principal whose replay comes first, and
 *  each inspection of a source that is marked as slow. */
class GatedSandbox {
  readonly gate = Promise.withResolvers<void>();
  /** The numbers of replays and inspections that have reached the gate. */
  replays = 0;
  inspections = 0;
  /** The signal of the first replay. */
  signal: AbortSignal | undefined;
  #slow: string | undefined;

  on(real: Sandbox): Sandbox {
    return {
      engine: (language) => real.engine(language),
      ready: () => real.ready(),
      figures: () => real.figures(),
      close: () => real.close(),
      inspect: async (bot, context) => {
        if (bot.source.includes(SLOW)) {
          this.inspections++;
          await this.gate.promise;
        }
        return await real.inspect(bot, context);
      },
      run: async (job, context) => {
        this.#slow ??= context?.recorded && context.key?.principal;
        if (context?.recorded && context.key?.principal === this.#slow) {
          this.replays++;
          this.signal ??= context.signal;
          await this.gate.promise;
        }
        return await real.run(job, context);
      },
    };
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The creator of a closed channel whose bot has answered a few messages. */
async function played(url: string): Promise<Player> {
  const player = await Player.at(url);
  const { invites } = await player.call("create_channel", {
    name: "played",
    slots: ["bot:referee", "invite:a"],
    bot_code: ECHO,
  });
  await player.join(invites[0]);
  for (let i = 0; i < 3; i++) {
    const { msg_id } = await player.say("hello");
    await player.readUntil(ofType("echo", { of: msg_id }));
  }
  const { channel_id } = player;
  await player.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  return player;
}

Deno.test("eight verifications of one guest", async (t) => {
  const real = await openSandbox({ hosts: 2, hookTimeoutMs: 20_000 });
  const gated = new GatedSandbox();
  await using one = await instances(1, { sandbox: gated.on(real) });
  const [guest, other] = [await played(one.urls[0]!), await played(one.urls[0]!)];
  const verify = ({ channel_id, token }: Player, signal?: AbortSignal) =>
    fetch(`${one.urls[0]}/verify_channel`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ channel_id }),
      signal: signal ?? null,
    });
  const caller = new AbortController();
  const codes: string[] = [];
  const all = Array.from({ length: 8 }, async () => {
    const response = await verify(guest, caller.signal);
    const { code, retry_after_ms } = await response.json();
    assert.ok(retry_after_ms > 0);
    codes.push(code);
  });
  await t.step("are refused beyond the one that runs and those that may wait", async () => {
    await until(() => codes.length === 8 - 1 - SHARED_WORK.auditsWaitingPerPrincipal);
    assert.ok(codes.every((code) => code === "RATE_LIMIT"));
    await until(() => gated.replays === 1);
  });
  await t.step("do not hold up the verification of another guest", async () => {
    const { ok, hooks } = await other.call("verify_channel", { channel_id: other.channel_id });
    assert.deepEqual([ok, hooks.replayed > 0], [true, true]);
    assert.equal(gated.replays, 1);
  });
  await t.step("end with their requests, and free the guest's queue", async () => {
    caller.abort();
    const settled = await Promise.allSettled(all);
    assert.equal(settled.filter(({ status }) => status === "rejected").length, 3);
    // The server frees places in the queue once it notices the aborts, and the turn once the
    // running hook is done.
    const again = async (): Promise<Wire> => {
      const response = await verify(guest);
      const answer = await response.json();
      return answer.code === "RATE_LIMIT" ? await again() : answer;
    };
    const answer = again();
    await until(() => gated.signal!.aborted);
    gated.gate.resolve();
    const { ok, hooks } = await answer;
    assert.equal(ok, true);
    assert.ok(gated.replays < 1 + 2 * hooks.replayed, "no verification ran for an aborted request");
  });
  await real.close();
});

Deno.test("slow sources of one author do not hold up those of another", async () => {
  const real = await openSandbox({ hosts: 2, hookTimeoutMs: 20_000 });
  const gated = new GatedSandbox();
  {
    await using one = await instances(1, { sandbox: gated.on(real) });
    const [slow, honest] = [await Player.at(one.urls[0]!), await Player.at(one.urls[0]!)];
    const attachTo = async (player: Player) => {
      const { channel_id } = await player.call("create_channel", { name: "x", slots: ["bot:b"] });
      return (inline_code: string) =>
        player.call("attach_bot", { channel_id, bot: { inline_code } });
    };
    const [attachSlow, attach] = [await attachTo(slow), await attachTo(honest)];
    const admitted = 1 + SHARED_WORK.inspectionsWaitingPerPrincipal;
    const refused: unknown[] = [];
    const slowOnes: Promise<Wire>[] = Array.from(
      { length: 36 },
      (_, i) =>
        attachSlow(`class { ${SLOW} ${i}`).catch((error) => {
          assert.ok(error instanceof Problem, String(error));
          if (error.code === "RATE_LIMIT") refused.push(error);
          else assert.equal(error.code, "BOT_REJECTED");
        }),
    );
    await until(() => refused.length === 36 - admitted);
    await attach(ECHO);
    assert.equal(gated.inspections, 1, "one inspection at a time for one author");
    gated.gate.resolve();
    await Promise.all(slowOnes);
    await refuses(attach("class {"), "BOT_REJECTED");
  }
  await real.close();
});
