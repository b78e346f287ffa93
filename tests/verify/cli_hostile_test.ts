/** `deno task verify` and files, links and servers that mean it no good. */
import assert from "node:assert/strict";
import { WIDE } from "./hostile_files.ts";
import { runVerify } from "../support/verifier.ts";

const EXPORT = JSON.stringify(WIDE["messages to a bot"]!(3));
const PACKED_SPACES = await packed(new Blob([new Uint8Array(3_000_000).fill(0x20)]).stream());

async function packed(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<ArrayBuffer> {
  return await new Response(stream.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

/** A stream that says the same again and again, `afterMs` apart, until nobody listens. */
function endless(text: string, afterMs: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => timer = setTimeout(resolve, afterMs));
      controller.enqueue(bytes);
    },
    cancel: () => clearTimeout(timer),
  });
}

/** What a server answers, by the path that it is asked for. */
const ANSWERS: Record<string, () => Response> = {
  "/export": () => new Response(EXPORT),
  "/endless": () => new Response(endless(" ".repeat(65_536), 0)),
  "/trickle": () => new Response(endless(" ", 50)),
  "/packed": () => new Response(PACKED_SPACES, { headers: { "content-encoding": "gzip" } }),
  "/elsewhere": () => new Response(null, { status: 302, headers: { location: "/export" } }),
  "/escape": () => new Response("\x1b[2J\x1b]0;mine\x07"),
};

/** A server that also takes a connection at `/silent` and never says a word. */
function hostileServer() {
  const hung = Promise.withResolvers<Response>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, ({ url }) => {
    const { pathname } = new URL(url);
    return ANSWERS[pathname]?.() ?? hung.promise;
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      hung.resolve(new Response());
      await server.shutdown();
    },
  };
}

const REFUSED: [what: string, args: string[], why: RegExp][] = [
  ["sends without end", ["/endless", "--max-mb", "1"], /is larger than 1 MB; --max-mb allows more/],
  ["unpacks to more than it is", ["/packed", "--max-mb", "2.5"], /is larger than 2\.5 MB/],
  ["sends a byte at a time", ["/trickle", "--timeout-s", "2"], /time was over.*--timeout-s/],
  ["is silent", ["/silent", "--timeout-s", "2"], /time was over.*--timeout-s/],
  ["leads elsewhere", ["/elsewhere"], /leads elsewhere; name that link if you trust it: \/export/],
  ["speaks to the terminal", ["/escape"], /is not valid JSON/],
];

Deno.test("the verify task, and a link that", async (t) => {
  await using server = hostileServer();
  for (const [what, [path, ...args], why] of REFUSED) {
    await t.step(what, async () => {
      const { code, stdout, stderr } = await runVerify([server.url + path!, ...args]);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, why);
      assert.doesNotMatch(stderr.trimEnd(), /\p{C}/u, "one line, and text alone");
    });
  }
  await t.step("is an export, within its bounds", async () => {
    const { code, stderr } = await runVerify([`${server.url}/export`, "--max-mb", "0.1"]);
    assert.equal(code, 0, stderr);
  });
});

const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);
const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) =>
  new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer);

const WRITTEN: [what: string, bytes: (Uint8Array<ArrayBuffer> | string)[], why?: RegExp][] = [
  ["begins with a byte order mark", [BOM, utf8(EXPORT)]],
  ["has lines of another system, and white space behind", [
    JSON.stringify(JSON.parse(EXPORT), null, 2).replaceAll("\n", "\r\n"),
    "\r\n \t\r\n",
  ]],
  ["is UTF-16 with a mark", [utf16(`\ufeff${EXPORT}`)], /UTF-16.*save it as UTF-8/],
  ["is UTF-16 without one", [utf16(EXPORT)], /UTF-16.*save it as UTF-8/],
  ["is no text", [Uint8Array.of(0x7b, 0xff, 0xfe)], /no UTF-8 text/],
  ["is empty", [""], /JSON/],
  ["nests deeper than any stack", ["[".repeat(3_000_000)], /JSON/],
  ["has a long line that is no JSON", ["\x1b[2J\u202e\u009b31m".repeat(100_000)], /JSON/],
];

Deno.test("the verify task, and a file that", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
  const path = `${folder}/channel.json`;
  try {
    for (const [what, parts, why] of WRITTEN) {
      await t.step(what, async () => {
        await Deno.writeFile(path, new Uint8Array(await new Blob(parts).arrayBuffer()));
        const { code, stderr } = await runVerify([path, "--no-replay"]);
        assert.equal(code, why ? 2 : 0, stderr);
        assert.match(stderr, why ?? /^$/);
        assert.doesNotMatch(stderr.trimEnd(), /\p{C}/u);
        assert.ok(stderr.length < 3_000);
      });
    }
    await t.step("has no end", async () => {
      const { code, stderr } = await runVerify(["/dev/zero", "--max-mb", "1"]);
      assert.equal(code, 2, stderr);
    });
    await t.step("is a receipt without end", async () => {
      await Deno.writeTextFile(path, EXPORT);
      const args = [path, "--no-replay", "--receipt", "/dev/urandom", "--max-mb", "1"];
      const { code, stderr } = await runVerify(args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /the receipt \/dev\/urandom: /);
    });
    await t.step("does not exist, under a name that speaks to the terminal", async () => {
      const { code, stderr } = await runVerify(["\x1b[2J\nVERIFIED: all"]);
      assert.equal(code, 2);
      assert.doesNotMatch(stderr.trimEnd(), /\p{C}/u);
    });
    await t.step("holds words for the terminal: --json escapes them, and stays JSON", async () => {
      const words = "\x1b[2J\u009b31m\u202e\u2028\u{e0001}";
      await Deno.writeTextFile(path, JSON.stringify({ [words]: 1 }));
      const { code, stdout } = await runVerify([path, "--no-replay", "--json"]);
      assert.equal(code, 1);
      assert.doesNotMatch(stdout, /[^\P{C}\n]|[\u2028\u2029]/u);
      await Deno.writeTextFile(
        path,
        EXPORT.replace(/"ts":"[^"]*"/, `"ts":${JSON.stringify(words)}`),
      );
      const told = await runVerify([path, "--no-replay", "--json"]);
      assert.doesNotMatch(told.stdout, /[^\P{C}\n]|[\u2028\u2029]/u);
      const wrong = JSON.parse(told.stdout).checks.find((c: { check: string }) =>
        c.check === "times"
      );
      assert.ok(wrong.text.includes("\u202e"), "the same text is read from it");
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the verify task tells what it takes", async () => {
  const { code, stdout, stderr } = await runVerify(["--help"]);
  assert.equal(code, 0, stderr);
  for (const word of ["--receipt", "--key", "--chain", "--no-replay", "--json", "--max-mb"]) {
    assert.ok(stdout.includes(word), word);
  }
  assert.match(stdout, /--timeout-s N .*600/);
  assert.match(stdout, /Exits with\n {2}0 .*\n {2}1 .*\n {2}2 /);
});
