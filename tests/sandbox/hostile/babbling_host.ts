/** A compromised host: it sends whatever a hook's parameters contain, then ends; without parameters
 *  it is honest. fuzz_test.ts runs it in place of Deno. */
import { lines } from "../../../src/sandbox/wire/lines.ts";

const say = (bytes: Uint8Array) => Deno.stdout.write(bytes);
const encoder = new TextEncoder();
const HONEST = {
  probe: { kind: "probed", engine: `quickjs:sha256:${"0".repeat(64)}`, open: [] },
  run: {
    kind: "ran",
    outcome: {
      kind: "done",
      posts: [{ kind: "bot", body: { now: 1_000 } }],
      state: null,
      state_set: false,
    },
    trace: { log: [], fuel: 0 },
  },
};

for await (const line of lines(Deno.stdin.readable, 10_000_000)) {
  const [, nonce, text] = /^(\S+) \S+ (.*)$/.exec(line)!;
  const { kind, job } = JSON.parse(text!);
  const babble: string | undefined = job?.params.babble;
  if (babble === undefined) {
    await say(encoder.encode(`${nonce} ${JSON.stringify(HONEST[kind as "probe" | "run"])}\n`));
    continue;
  }
  await say(encoder.encode(babble.replaceAll("NONCE", nonce!)));
  Deno.exit(0);
}
