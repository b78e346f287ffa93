/** A compromised host: honest until a hook's parameters choose an attack. fake_deno.ts runs it in
 *  place of Deno, with a flaw of the whole host as its only argument. It treats every source as a
 *  Python bot. */
import { lines } from "../../src/sandbox/wire/lines.ts";

const [flaw] = Deno.args;
const open = flaw === "open walls" ? ["net", "read"] : [];
const encoder = new TextEncoder();
const say = (text: string) => Deno.stdout.write(encoder.encode(text));
const ENGINE = `quickjs:sha256:${"0".repeat(64)}`;
const INSPECTION = {
  kind: "accepted",
  language: "python",
  class_name: "Fake",
  hooks: [],
  manifest: {},
  imports: [],
  engine: `cpython:sha256:${"0".repeat(64)}`,
};
const done = (body: unknown) =>
  JSON.stringify({
    kind: "ran",
    outcome: { kind: "done", posts: [{ kind: "bot", body }], state: null, state_set: false },
    trace: { log: [], fuel: 0 },
  });

for await (const line of lines(Deno.stdin.readable, 1_000_000)) {
  const [, nonce, text] = /^(\S+) \S+ (.*)$/.exec(line)!;
  const request = JSON.parse(text!);
  if (request.kind === "probe") {
    await say(`${nonce} ${JSON.stringify({ kind: "probed", engine: ENGINE, open })}\n`);
    continue;
  }
  if (request.kind === "inspect") {
    await say(`${nonce} ${JSON.stringify({ kind: "inspected", inspection: INSPECTION })}\n`);
    continue;
  }
  switch (request.job.params.attack) {
    case undefined:
      await say(`${nonce} ${done({ now: flaw === "a broken clock" ? 0 : 1_000 })}\n`);
      break;
    case "no nonce":
      await say(`${done({})}\n`);
      break;
    case "another nonce":
      await say(`${crypto.randomUUID()} ${done({})}\n`);
      break;
    case "no JSON":
      await say(`${nonce} {"kind":"ran"\n`);
      break;
    case "another kind":
      await say(`${nonce} ${JSON.stringify({ kind: "probed", engine: ENGINE, open: [] })}\n`);
      break;
    case "a body too large":
      await say(`${nonce} ${done({ text: "x".repeat(20_000) })}\n`);
      break;
    case "a body too deep":
      await say(`${nonce} ${done(JSON.parse(`${'{"a":'.repeat(50)}1${"}".repeat(50)}`))}\n`);
      break;
    case "an endless line":
      for (;;) await say("x".repeat(10_000));
    case "wait for the network":
      await say(`${nonce} ${JSON.stringify({ kind: "waiting" })}\n`);
      break;
    case "stuck":
      await say(`${nonce} \n`);
      break;
    case "exit":
      Deno.exit(1);
  }
}
