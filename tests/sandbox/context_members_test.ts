/** Both guests have exactly the declared members of `ctx`, and each works as declared, through the
 *  prelude, the interpreter, the host and the messages between them. */
import assert from "node:assert/strict";
import type { HookJob, HookOutcome } from "../../src/domain/bot/bot.ts";
import {
  CONTEXT_MEMBERS,
  type ContextMember,
  contextMember,
} from "../../src/domain/bot/context_members.ts";
import type { Exchange, NetAnswer, NetRequest } from "../../src/domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { contextUses } from "./context_uses.ts";
import { initJob, onlyPost } from "./job.ts";
import { pythonInitJob } from "./python_job.ts";

const NAMES = Object.keys(CONTEXT_MEMBERS) as ContextMember[];
const USES = contextUses("example.org", 443);
const JOBS = {
  javascript: (body: string, given: Partial<HookJob> = {}) =>
    initJob(`const { ctx } = this; ${body}`, given),
  python: (body: string, given: Partial<HookJob> = {}) =>
    pythonInitJob(`ctx = self.ctx\n${body}`, given),
};
const LANGUAGES = ["javascript", "python"] as const;

const GIVEN: Partial<HookJob> = {
  state: { n: 1 },
  players: [{ player_id: "p1", display_name: "Ada", label: "ada" }],
  timers: ["old"],
  env: { API_KEY: "correct-horse/battery+staple" },
  net: ["example.org"],
};
/** Another value for each field that a member reads or checks. */
const OTHERWISE: Partial<HookJob> = {
  state: { n: 2 },
  players: [],
  timers: Array.from({ length: BOT_LIMITS.timersPerBot }, (_, i) => `timer ${i}`),
  env: { OTHER_KEY: "correct-horse/battery+staple" },
};
/** A replay makes no requests, so it does not check declared hosts; see network_policy_test.ts. */
const UNCHECKED_IN_REPLAY = ["net"];

const ANSWERS: Record<NetRequest["kind"], NetAnswer> = {
  fetch: { kind: "fetched", url: "https://example.org/echo", status: 203, headers: [], body: "" },
  tls: {
    kind: "certified",
    verified: true,
    chain: [{
      subject: "CN=example.org",
      issuer: "CN=Authority",
      serial_number: "01",
      valid_from: "2026-01-01T00:00:00.000Z",
      valid_to: "2027-01-01T00:00:00.000Z",
      subject_alt_names: ["example.org"],
      fingerprint_sha256: "sha256:00",
      spki_sha256: "sha256:00",
    }],
  },
};

/** The record that answers a hook with this member. */
function recordOf(name: ContextMember): Exchange[] {
  const { asks } = contextMember(name);
  if (!asks) return [];
  return [{ request: { kind: "tls", host: "", port: 0 }, answer: ANSWERS[asks] }];
}

async function used(sandbox: Sandbox, job: HookJob, name: ContextMember) {
  const asked: NetRequest["kind"][] = [];
  const outcome = await sandbox.run(job, {
    recorded: recordOf(name),
    exchanged: ({ request }) => void asked.push(request.kind),
  });
  return { outcome, asked };
}

function done(outcome: HookOutcome) {
  assert.ok(outcome.kind === "done", JSON.stringify(outcome));
  return outcome;
}

const EXPECTED = NAMES.map((name) => [name, CONTEXT_MEMBERS[name].is]).toSorted();
const LISTED = {
  javascript: `ctx.post("bot", { value: Object.getOwnPropertyNames(ctx).map((name) =>
    [name, typeof ctx[name] === "function" ? "method" : "property"]) })`,
  python: `names = [name for name in dir(ctx) if not name.startswith("_")]
kinds = ["method" if callable(getattr(ctx, name)) else "property" for name in names]
ctx.post("bot", {"value": list(zip(names, kinds))})`,
};

for (const language of LANGUAGES) {
  Deno.test(`ctx has the declared members in ${language}, and each works as declared`, async (t) => {
    const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
    await t.step("no other member", async () => {
      const outcome = await sandbox.run(JOBS[language](LISTED[language]));
      assert.deepEqual((onlyPost(outcome).value as string[][]).toSorted(), EXPECTED);
    });
    const idle = done(
      await sandbox.run(JOBS[language](language === "python" ? "pass" : "", GIVEN)),
    );
    for (const name of NAMES) {
      await t.step(name, async () => {
        const { given = [], checked = [], leaves = [], asks } = contextMember(name);
        const body = USES[name][language];
        const { outcome, asked } = await used(sandbox, JOBS[language](body, GIVEN), name);
        const left = done(outcome);
        assert.deepEqual(asked, asks ? [asks] : []);
        const own = leaves.length > 0 ? leaves : ["posts"];
        for (const field of ["posts", "state", "state_set", "end", "timers"] as const) {
          const same = JSON.stringify(left[field]) === JSON.stringify(idle[field]);
          assert.equal(!same, own.includes(field), `${name} leaves ${field}`);
        }
        for (const field of [...given, ...checked]) {
          if (UNCHECKED_IN_REPLAY.includes(field)) continue;
          assert.ok(field in OTHERWISE, `${field} needs another value in this test`);
          const other = JOBS[language](body, { ...GIVEN, [field]: OTHERWISE[field] });
          const changed = await used(sandbox, other, name);
          if (checked.includes(field)) assert.notDeepEqual(changed.outcome, outcome, field);
          else assert.notDeepEqual(onlyPost(changed.outcome), onlyPost(outcome), field);
        }
      });
    }
    await sandbox.close();
  });
}
