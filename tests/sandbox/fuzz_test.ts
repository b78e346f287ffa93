/** Fuzzing with damaged lines, requests and sources from fixed seeds. The tests assert invariants
 *  that hold for any input. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BotPost, type HookJob, HookOutcome, Inspection } from "../../src/domain/bot/bot.ts";
import { builtinBots } from "../../src/compose/builtin_bots.ts";
import { canonicalBytes } from "../../src/kernel/json.ts";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { lines } from "../../src/sandbox/wire/lines.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { readAnswer, readNotice, type Request } from "../../src/sandbox/wire/protocol.ts";
import { deep, DONE, HONEST, SEALED } from "./hostile/honest_answers.ts";
import { edits, mutated, share, withPart } from "./hostile/mutation.ts";
import { babblingDeno, RawHost } from "./hostile/raw_hosts.ts";
import { ECHO_BOT, initJob, job, onlyPost } from "./job.ts";
import { pythonJob } from "./python_job.ts";
import { runs } from "../support/thorough.ts";

const SEED = 20_261_124;
const part = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    ...["x".repeat(17_000), "é".repeat(30_000), SEALED, `<${SEALED}>`, "\ud800", -1, 1e308, true],
    ...[deep(40), Array(21).fill(DONE.outcome.posts[0]), [], {}, "bot", "killed", "p1", "ran"],
  ),
);

/** Throws if an accepted answer exceeds a limit. */
function assertWithin(request: Request, text: string): void {
  const answer = readAnswer(request, text);
  if (answer?.kind === "probed") Array.isArray(answer.open);
  if (answer?.kind === "inspected") Inspection.parse(answer.inspection);
  if (answer?.kind !== "ran") return;
  const { outcome } = answer;
  HookOutcome.parse(outcome);
  if (outcome.kind === "threw") assert.ok(!outcome.message.includes(SEALED));
  if (outcome.kind !== "done") return;
  assert.ok(outcome.posts.length <= BOT_LIMITS.hookPosts);
  for (const post of outcome.posts) {
    BotPost.parse(post);
    assert.ok(canonicalBytes(post.body).length <= BOT_LIMITS.bodyBytes);
  }
  assert.ok(canonicalBytes(outcome.state).length <= BOT_LIMITS.botStateBytes);
  const values = [outcome.posts.map(({ body }) => body), outcome.end, outcome.timers];
  assert.ok(!JSON.stringify(values).includes(SEALED), "a sealed value leaked");
}

Deno.test("readAnswer() accepts nothing that exceeds a limit, and never throws", async (t) => {
  await t.step("from a damaged text", () => {
    const property = fc.property(fc.constantFrom(...HONEST), edits, ([request, honest], edits) => {
      assertWithin(request, mutated(JSON.stringify(honest), edits));
    });
    fc.assert(property, { seed: SEED, numRuns: 3_000 });
  });
  await t.step("with another value somewhere", () => {
    const whole = fc.constantFrom(...HONEST);
    const property = fc.property(whole, share, part, ([request, honest], at, part) => {
      assertWithin(request, JSON.stringify(withPart(honest, at, part)) ?? "");
    });
    fc.assert(property, { seed: SEED, numRuns: 3_000 });
  });
  await t.step("of another request", () => {
    for (const [request, honest] of HONEST) {
      for (const [other] of HONEST) {
        const read = readAnswer(other, JSON.stringify(honest));
        if (other === request) assert.ok(read);
        else if (other.kind !== request.kind) assert.equal(read, undefined);
      }
    }
  });
});

/** Answers that only a compromised host sends; a channel could not commit most of them. */
const UNBOUNDED: Record<string, unknown> = {
  "a message longer than any body": { kind: "threw", message: "x".repeat(100_000) },
  "half a character in a message": { kind: "threw", message: "\ud800" },
  "a line before the first": { kind: "threw", message: "", line: -1 },
  "a sealed value as an addressee": {
    ...DONE.outcome,
    posts: [{ kind: "bot", body: {}, to: [SEALED] }],
  },
  "half a character as an addressee": {
    ...DONE.outcome,
    posts: [{ kind: "bot", body: {}, to: ["\ud800"] }],
  },
  "an addressee longer than any body": {
    ...DONE.outcome,
    posts: [{ kind: "bot", body: {}, to: ["x".repeat(100_000)] }],
  },
  "a timer without a name": { ...DONE.outcome, timers: [{ name: "", due_ms: 1 }] },
  "a timer beyond all dates": { ...DONE.outcome, timers: [{ name: "t", due_ms: 2 ** 53 - 1 }] },
  "a kill that was none": { kind: "killed", after_ms: -1 },
};

Deno.test("readAnswer() limits every part of an answer", async (t) => {
  for (const [name, outcome] of Object.entries(UNBOUNDED)) {
    await t.step(name, () => {
      assert.equal(readAnswer(HONEST[3]![0], JSON.stringify({ ...DONE, outcome })), undefined);
    });
  }
  const logs = {
    "more lines than a hook prints": Array.from({ length: 102 }, () => "x"),
    "a longer line than any": ["x".repeat(1_001)],
    "half a character": ["\ud800"],
    "a sealed value": [`it is ${SEALED}`],
  };
  for (const [name, log] of Object.entries(logs)) {
    await t.step(`${name} in the log`, () => {
      const trace = { ...DONE.trace, log };
      assert.equal(readAnswer(HONEST[3]![0], JSON.stringify({ ...DONE, trace })), undefined);
    });
  }
});

Deno.test("readNotice() returns a notice or null, or throws", () => {
  const answer = {
    ...{ kind: "fetched", url: "https://a.org/", status: 200, headers: [["a", "b"]], body: "AA==" },
  };
  const request = { kind: "fetch", method: "GET", url: "https://a.org/", headers: [], body: null };
  const notice = { kind: "exchanged", exchange: { request, answer } };
  const texts = [notice, { kind: "waiting" }, DONE].map((value) => JSON.stringify(value));
  const property = fc.property(fc.constantFrom(...texts), edits, (text, edits) => {
    const damaged = mutated(text, edits);
    let read: ReturnType<typeof readNotice>;
    try {
      read = readNotice(damaged);
    } catch (error) {
      assert.match((error as Error).name, /^(SyntaxError|\$?ZodError)$/);
      assert.match(damaged, /^\{"kind":"(waiting|resumed|exchanged)"/);
      return;
    }
    if (read) assert.ok(["waiting", "resumed", "exchanged"].includes(read.kind));
  });
  fc.assert(property, { seed: SEED, numRuns: 2_000 });
});

Deno.test("lines() yields the lines of any bytes in any chunks, or throws if one is too long", async () => {
  const chunk = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(new Uint8Array([10])));
  const property = fc.asyncProperty(
    fc.array(chunk),
    fc.integer({ min: 1, max: 60 }),
    async (chunks, max) => {
      const bytes = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
      const whole = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at);
      const expected = whole.map((end, i) => bytes.subarray(i === 0 ? 0 : whole[i - 1]! + 1, end));
      const rest = bytes.length - (whole.at(-1) ?? -1) - 1;
      const read: string[] = [];
      try {
        for await (const line of lines(ReadableStream.from(chunks), max)) read.push(line);
      } catch (error) {
        assert.equal((error as Error).message, `Cannot read a line over ${max} bytes`);
        assert.ok(rest > max || expected.some(({ length }) => length > max));
        return;
      }
      assert.ok(rest <= max && expected.every(({ length }) => length <= max));
      assert.deepEqual(
        read,
        expected.map((line) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(line)),
      );
    },
  );
  await fc.assert(property, { seed: SEED, numRuns: 1_000 });
});

Deno.test("a host that sends damaged lines is either understood correctly or replaced", async () => {
  await using deno = await babblingDeno();
  const sandbox = await openSandbox({ hosts: 2, hookTimeoutMs: 30_000, denoPath: deno.path });
  const honest = ["NONCE " + JSON.stringify(DONE), 'NONCE {"kind":"waiting"}', "", "NONCE "];
  const line = fc.tuple(fc.constantFrom(...honest), edits)
    .map(([text, edits]) => mutated(text, edits).replaceAll("\n", "") + "\n");
  const property = fc.asyncProperty(
    fc.array(line, { minLength: 1, maxLength: 3 }),
    async (said) => {
      const params = { babble: said.join("") };
      const players = [{ player_id: "p1", display_name: "Ada" }];
      HookOutcome.parse(await sandbox.run(initJob("", { params, players })));
      let next = await sandbox.run(initJob(""));
      // A host that answered correctly and then ended may get a request before its end is noticed.
      for (let met = 1; next.kind === "killed" && met < 8; met++) {
        next = await sandbox.run(initJob(""));
      }
      assert.deepEqual(onlyPost(next), { now: 1_000 });
    },
  );
  await fc.assert(property, { seed: SEED, numRuns: runs(100) });
  await sandbox.close();
});

Deno.test("a host answers any request with one line or ends", async () => {
  let host = new RawHost();
  const honest = HONEST.map(([request]) => `n1 - ${JSON.stringify(request)}`);
  const property = fc.asyncProperty(fc.constantFrom(...honest), edits, async (line, edits) => {
    const asked = mutated(line, edits).replaceAll("\n", " ");
    const answer = await host.said(asked);
    if (answer !== undefined) {
      assert.equal(
        answer.slice(0, answer.indexOf(" ")),
        asked.slice(0, Math.max(0, asked.indexOf(" "))),
      );
      const text = answer.slice(answer.indexOf(" ") + 1);
      if (text !== "") {
        return assert.ok(["probed", "inspected", "ran"].includes(JSON.parse(text).kind));
      }
    }
    // A broken Worker answers no more; a server would have killed the host by now.
    await host.end();
    host = new RawHost();
    assert.equal(JSON.parse((await host.said('n2 - {"kind":"probe"}'))!.slice(3)).kind, "probed");
  });
  await fc.assert(property, { seed: SEED, numRuns: runs(100) });
  await host.end();
});

const REAL = [...(await builtinBots()).builtins].toSorted();

Deno.test("inspecting any damaged source gives a result, and running any hook of it an outcome", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  const message = {
    id: 1,
    sender: "p1",
    kind: "user",
    body: { text: "go", game: "guess", value: 5 },
  };
  const given = { params: {}, players: [{ player_id: "p1", display_name: "Ada" }] };
  const calls: Pick<HookJob, "hook" | "args">[] = [
    { hook: "on_init", args: [] },
    { hook: "on_join", args: ["p1"] },
    { hook: "on_message", args: [message] },
  ];
  for (const [name, source] of REAL) {
    await t.step(name, async () => {
      const language = name === "EchoBotPython" ? "python" as const : "typescript" as const;
      const property = fc.asyncProperty(edits, fc.constantFrom(...calls), async (edits, call) => {
        const damaged = mutated(source, edits);
        const inspection = Inspection.parse(await sandbox.inspect({ source: damaged, language }));
        const class_name = inspection.kind === "accepted" ? inspection.class_name : "Bot";
        const fields = { ...call, ...given, class_name, language };
        HookOutcome.parse(await sandbox.run(job(damaged, fields)));
      });
      await fc.assert(property, { seed: SEED, numRuns: runs(100) });
      const echo = { hook: "on_message" as const, args: [message] };
      const typescript = job(ECHO_BOT, { ...echo, class_name: "EchoBot", language: "typescript" });
      assert.deepEqual(onlyPost(await sandbox.run(typescript)), { echo: message.body });
      const source_py =
        "class B:\n    def on_message(self, m): self.ctx.post('bot', {'echo': m['body']})\n";
      const python = pythonJob(source_py, { ...echo, class_name: "B" });
      assert.deepEqual(onlyPost(await sandbox.run(python)), { echo: message.body });
    });
  }
  await sandbox.close();
});
