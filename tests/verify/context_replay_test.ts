/** The replay supplies everything that a member of `ctx` reads or requests, and compares everything
 *  that it leaves behind. The verifier reports a difference in any of these. */
import assert from "node:assert/strict";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import type { HookJob, HookOutcome } from "../../src/domain/bot/bot.ts";
import {
  CONTEXT_MEMBERS,
  type ContextMember,
  contextMember,
} from "../../src/domain/bot/context_members.ts";
import type { Exchange } from "../../src/domain/bot/evidence.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Replayer } from "../../src/verify/replayer.ts";
import { reportText } from "../../src/verify/report.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import { contextUses } from "../sandbox/context_uses.ts";
import { testAuthority } from "../support/certificates.ts";
import { patient } from "../support/patient_replayer.ts";
import { ofType, roomOf } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { webServer } from "../support/web_server.ts";

/** The members under test. The replay skips bots with sealed values, so `env` is left out; `end` is
 *  tested last, because it ends the bot. */
const NAMES = (Object.keys(CONTEXT_MEMBERS) as ContextMember[])
  .filter((name) => name !== "env" && name !== "end");

type Done = Extract<HookOutcome, { kind: "done" }>;
type Run = Replayer["run"];
type Change = (run: Run) => Run;

const inJob = (given: Partial<HookJob>): Change => (run) => (job, recorded) =>
  run({ ...job, ...given }, recorded);
const inOutcome = (left: Partial<Done>): Change => (run) => async (job, recorded) => {
  const { outcome, exchanges } = await run(job, recorded);
  return { outcome: outcome.kind === "done" ? { ...outcome, ...left } : outcome, exchanges };
};
const FAILED = { kind: "failed", reason: "timeout", message: "too late" } as const;
const inRecord = (kind: Exchange["request"]["kind"]): Change => (run) => (job, recorded) =>
  run(job, recorded.map((each) => each.request.kind === kind ? { ...each, answer: FAILED } : each));

/** By field: a replay that gets that field wrong. */
const CHANGES: Record<string, Change> = {
  posts: inOutcome({ posts: [] }),
  state: inOutcome({ state: "another" }),
  state_set: inOutcome({ state_set: false }),
  end: inOutcome({ end: undefined }),
  timers: inOutcome({ timers: undefined }),
  "given state": inJob({ state: "another" }),
  "given players": inJob({ players: [] }),
  "asked fetch": inRecord("fetch"),
  "asked tls": inRecord("tls"),
};

function changesOf(name: ContextMember): string[] {
  const { given = [], leaves = [], asks } = contextMember(name);
  return [...given.map((field) => `given ${field}`), ...leaves, ...asks ? [`asked ${asks}`] : []];
}

Deno.test("the verifier reports a replay that differs in a member of ctx", async (t) => {
  const authority = await testAuthority();
  await using site = webServer(await authority.issue({ names: ["localhost"] }));
  const testNetwork = { loopback: true as const, caCerts: [authority.cert] };
  await using server = await testServer({ testNetwork, hookTimeoutMs: 60_000 });
  const uses = contextUses("localhost", site.port);
  const cases = ([...NAMES, "end"] as const).map((name) => `"${name}": ${uses[name].javascript}`);
  const source = `export default class Members {
    static manifest = { net: ["${site.host}"] };
    constructor(ctx) { this.ctx = ctx; }
    async on_message(msg) {
      const { ctx } = this;
      switch (msg.body.use) {
        ${cases.map((line) => line.replace(/^("\w+"):/, "case $1:") + " break;").join("\n        ")}
      }
      if (msg.kind === "user") ctx.post("bot", { used: msg.body.use });
    }
  }`;
  const { players: [alice] } = await roomOf(server.url, {
    slots: ["bot:members", "invite:a"],
    bots: [{ inline_code: source }],
  }, 1);
  for (const use of NAMES) {
    await alice!.say({ use });
    await alice!.readUntil(({ body }) => body?.used === use);
    if (use === "set_timer") await alice!.readUntil(ofType("bot:timer"));
  }
  await alice!.say({ use: "end" });
  await alice!.readUntil(ofType("bot:end"));
  const file = JSON.parse(await exportOf(alice!));

  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 60_000 });
  const replayed = async (change: Change) => {
    const real = patient(replayerOn(sandbox));
    const report = await verifyExport(file, { replayer: { ...real, run: change(real.run) } });
    return { verdict: report.checks.find(({ check }) => check === "replay")!.verdict, report };
  };
  const { verdict, report } = await replayed((run) => run);
  assert.equal(verdict, "passed", reportText(report));
  assert.ok(report.ok, reportText(report));
  assert.ok(report.hooks.replayed > NAMES.length);
  for (const change of new Set([...NAMES, "end" as const].flatMap(changesOf))) {
    await t.step(change, async () => {
      const wrong = CHANGES[change];
      assert.ok(wrong, `"${change}" needs a replay that gets it wrong in this test`);
      const { verdict, report } = await replayed(wrong);
      assert.equal(verdict, "failed", reportText(report));
    });
  }
  await sandbox.close();
});
