/** `deno task verify` with hostile files, links and servers. */
import assert from "node:assert/strict";
import { WIDE } from "./hostile_files.ts";
import { runVerify } from "../support/verifier.ts";

const EXPORT = JSON.stringify(WIDE["messages to a bot"]!(3));
const PACKED_SPACES = await packed(new Blob([new Uint8Array(3_000_000).fill(0x20)]).stream());

async function packed(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<ArrayBuffer> {
  return await new Response(stream.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

/** A stream that repeats a text every `afterMs` until it is cancelled. */
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

/** The answers of the server, by path. */
const ANSWERS: Record<string, () => Response> = {
  "/export": () => new Response(EXPORT),
  "/endless": () => new Response(endless(" ".repeat(65_536), 0)),
  "/trickle": () => new Response(endless(" ", 50)),
  "/packed": () => new Response(PACKED_SPACES, { headers: { "content-encoding": "gzip" } }),
  "/elsewhere": () => new Response(null, { status: 302, headers: { location: "/export" } }),
  "/escape": () => new Response("\x1b[2J\x1b]0;mine\x07"),
};

/** A server with these answers that never answers at any other path, such as `/silent`. */
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
  [
    "sends endless data",
    ["/endless", "--max-mb", "1"],
    /is larger than 1 MB; raise the limit with --max-mb/,
  ],
  ["decompresses to more than the limit", ["/packed", "--max-mb", "2.5"], /is larger than 2\.5 MB/],
  ["sends one byte at a time", ["/trickle", "--timeout-s", "2"], /time limit ended.*--timeout-s/],
  ["never answers", ["/silent", "--timeout-s", "2"], /time limit ended.*--timeout-s/],
  [
    "redirects",
    ["/elsewhere"],
    /redirects; if you trust the target, pass that link instead: \/export/,
  ],
  ["sends terminal escape sequences", ["/escape"], /is not valid JSON/],
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
  await t.step("is an export within the limits", async () => {
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
  ["has CRLF line ends and trailing white space", [
    JSON.stringify(JSON.parse(EXPORT), null, 2).replaceAll("\n", "\r\n"),
    "\r\n \t\r\n",
  ]],
  ["is UTF-16 with a byte order mark", [utf16(`\ufeff${EXPORT}`)], /UTF-16.*save it as UTF-8/],
  ["is UTF-16 without a byte order mark", [utf16(EXPORT)], /UTF-16.*save it as UTF-8/],
  ["is not text", [Uint8Array.of(0x7b, 0xff, 0xfe)], /not UTF-8 text/],
  ["is empty", [""], /JSON/],
  ["nests deeper than any stack", ["[".repeat(3_000_000)], /JSON/],
  ["has a long line that is not JSON", ["\x1b[2J\u202e\u009b31m".repeat(100_000)], /JSON/],
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
    await t.step("is endless", async () => {
      const { code, stderr } = await runVerify(["/dev/zero", "--max-mb", "1"]);
      assert.equal(code, 2, stderr);
    });
    await t.step("is an endless receipt", async () => {
      await Deno.writeTextFile(path, EXPORT);
      const args = [path, "--no-replay", "--receipt", "/dev/urandom", "--max-mb", "1"];
      const { code, stderr } = await runVerify(args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /the receipt \/dev\/urandom: /);
    });
    await t.step("does not exist and has escape sequences in its name", async () => {
      const { code, stderr } = await runVerify(["\x1b[2J\nVERIFIED: all"]);
      assert.equal(code, 2);
      assert.doesNotMatch(stderr.trimEnd(), /\p{C}/u);
    });
    await t.step("holds escape sequences: --json escapes them, and stays JSON", async () => {
      const sequences = "\x1b[2J\u009b31m\u202e\u2028\u{e0001}";
      await Deno.writeTextFile(path, JSON.stringify({ [sequences]: 1 }));
      const { code, stdout } = await runVerify([path, "--no-replay", "--json"]);
      assert.equal(code, 1);
      assert.doesNotMatch(stdout, /[^\P{C}\n]|[\u2028\u2029]/u);
      await Deno.writeTextFile(
        path,
        EXPORT.replace(/"ts":"[^"]*"/, `"ts":${JSON.stringify(sequences)}`),
      );
      const second = await runVerify([path, "--no-replay", "--json"]);
      assert.doesNotMatch(second.stdout, /[^\P{C}\n]|[\u2028\u2029]/u);
      const wrong = JSON.parse(second.stdout).checks.find((c: { check: string }) =>
        c.check === "times"
      );
      assert.ok(wrong.text.includes("\u202e"), "the escaped text parses to the original");
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the verify task prints its options and exit codes", async () => {
  const { code, stdout, stderr } = await runVerify(["--help"]);
  assert.equal(code, 0, stderr);
  for (const word of ["--receipt", "--key", "--chain", "--no-replay", "--json", "--max-mb"]) {
    assert.ok(stdout.includes(word), word);
  }
  assert.match(stdout, /--timeout-s N .*600/);
  assert.match(stdout, /Exits with\n {2}0 .*\n {2}1 .*\n {2}2 /);
});
