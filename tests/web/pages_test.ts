/** The pages for people. The tests take links and listings from the pages and use them. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { connectPage } from "../../src/web/pages/connect.tsx";
import { shellQuote } from "../../src/web/clients/shell_quote.ts";
import { roomOf } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";

const FOR_PEOPLE = { headers: { accept: "text/html,application/xhtml+xml" } };
const PUBLIC_URL = "https://play.example.org";
const MCP_URL = `${PUBLIC_URL}/mcp`;

async function connectPageOf(publicUrl: string, guests = true): Promise<string> {
  return String(await connectPage({ publicUrl, guests, clientDocuments: "on" }));
}

function unescaped(text: string): string {
  const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => names[name]!);
}

const linksOf = (page: string) =>
  [...page.slice(Math.max(0, page.indexOf("<main"))).matchAll(/href="([^"]+)"/g)].map(([, href]) =>
    unescaped(href!)
  );
/** The listings that connect a client; the later ones help where sign-in fails. */
const listingsOf = (page: string) =>
  [
    ...page.split('<h2 id="not-registered">')[0]!
      .matchAll(/<pre[^>]*><code>([^<]+)<\/code><\/pre>/g),
  ].map(([, text]) => unescaped(text!));

Deno.test("/ is a page for a request that accepts HTML, and links to /connect", async () => {
  await using server = await testServer({ sandbox: "off" });
  const home = await fetch(server.url, FOR_PEOPLE);
  assert.equal(home.status, 200);
  const text = await home.text();
  assert.ok(text.includes(`${server.url}/mcp`));
  for (const link of ["/connect", "/games", "/lobby", "/llms.txt"]) {
    assert.ok(linksOf(text).includes(link), link);
  }
  const connect = await fetch(`${server.url}/connect`);
  assert.equal(connect.status, 200);
  assert.ok((await connect.text()).includes(`${server.url}/mcp`));

  const asProgram = await fetch(server.url);
  await asProgram.body?.cancel();
  assert.equal(asProgram.status, 401);
});

Deno.test("the pages run no script, load nothing, and can't be framed", async () => {
  await using server = await testServer({ sandbox: "off" });
  for (const path of ["/lobby", "/leaderboard"]) {
    const response = await fetch(server.url + path, FOR_PEOPLE);
    const csp = response.headers.get("content-security-policy") ?? "";
    assert.match(csp, /^default-src 'none';/);
    assert.match(csp, /frame-ancestors 'none'/);
    assert.doesNotMatch(csp, /script-src/);
    const text = await response.text();
    assert.doesNotMatch(text, /<script|<link rel="(?!icon)|<img|\son\w+=/);
    const [, style] = /<style>([^<]*)<\/style>/.exec(text)!;
    const hash = createHash("sha256").update(style!).digest("base64");
    assert.ok(csp.includes(`style-src 'sha256-${hash}';`), "CSP allows the page's own style");
  }
});

Deno.test("a page with an island loads its script, and may run no other", async () => {
  await using server = await testServer({ sandbox: "off" });
  const response = await fetch(`${server.url}/connect`, FOR_PEOPLE);
  const policy = (response.headers.get("content-security-policy") ?? "").split("; ");
  const text = await response.text();
  const [, style] = /<style>([^<]*)<\/style>/.exec(text)!;
  assert.deepEqual(policy, [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "require-trusted-types-for 'script'",
    `style-src 'sha256-${createHash("sha256").update(style!).digest("base64")}'`,
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  const scripts = [...text.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
  assert.equal(scripts.length, 1);
  assert.match(scripts[0]!, /^<script type="module" src="\/assets\/copy\.[0-9a-f]{16}\.js">$/);
});

Deno.test("the one-click links carry the entry of this server", async () => {
  const links = linksOf(await connectPageOf(PUBLIC_URL));
  const [cursor] = links.filter((link) => link.startsWith("cursor:"));
  const { host, pathname, searchParams } = new URL(cursor!);
  assert.deepEqual([host, pathname], ["anysphere.cursor-deeplink", "/mcp/install"]);
  assert.equal(searchParams.get("name"), "multiplayer");
  assert.deepEqual(JSON.parse(atob(searchParams.get("config")!)), { url: MCP_URL });

  const editors = links.filter((link) => /^vscode(-insiders)?:/.test(link));
  assert.equal(editors.length, 2);
  for (const link of editors) {
    const [start, query] = link.split("?");
    assert.match(start!, /^vscode(-insiders)?:mcp\/install$/);
    assert.deepEqual(JSON.parse(decodeURIComponent(query!)), {
      name: "multiplayer",
      type: "http",
      url: MCP_URL,
    });
  }
});

Deno.test("every listing contains the address, and every JSON listing parses", async () => {
  const listings = listingsOf(await connectPageOf(PUBLIC_URL));
  const configurations = listings.filter((text) => text.startsWith("{"));
  assert.equal(configurations.length, 3);
  for (const text of configurations) {
    const { mcpServers, servers } = JSON.parse(text);
    const { url, args } = (mcpServers ?? servers).multiplayer;
    assert.equal(url ?? args.at(-1), MCP_URL);
  }
  for (const text of listings) assert.ok(text.includes(PUBLIC_URL), text);
});

Deno.test("the connect page depends on https, loopback and guests", async () => {
  const [hosted, local, plain] = await Promise.all(
    [PUBLIC_URL, "http://127.0.0.1:8100", "http://10.0.0.7:8100"].map((url) => connectPageOf(url)),
  );
  assert.doesNotMatch(hosted!, /can&#39;t reach this address/);
  assert.match(local!, /can&#39;t reach this address/);
  assert.doesNotMatch(local!, /--allow-http/); // mcp-remote accepts plain http on loopback
  assert.match(plain!, /--allow-http/);
  assert.doesNotMatch(
    await connectPageOf(PUBLIC_URL, false),
    /client_credentials|plays as a guest/,
  );
});

/** A valid origin with characters that are special in HTML and in a shell. */
const STRANGE = new URL(`http://a"b&lt;c'd$(id)\`id\`{1,2}`).origin;

Deno.test("a strange address does not end an attribute, an element or a shell word", async () => {
  const page = await connectPageOf(STRANGE);
  assert.ok(!page.includes('a"b') && !page.includes("b&lt;c"));
  assert.ok(listingsOf(page).every((text) => text.includes("d$(id)")));
  const script = `printf %s ${shellQuote(STRANGE)}`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  assert.equal(new TextDecoder().decode(stdout), STRANGE);
});

const hasCurl = await new Deno.Command("curl", { args: ["--version"], stdout: "null" }).output()
  .then(({ success }) => success, () => false);

Deno.test(
  "the curl session works when it is pasted into a shell",
  { ignore: !hasCurl },
  async () => {
    await using server = await testServer();
    const page = await (await fetch(`${server.url}/connect`)).text();
    const session = listingsOf(page).find((text) => text.includes("curl"))!;
    const args = ["-euo", "pipefail", "-c", session];
    const { success, stdout, stderr } = await new Deno.Command("bash", { args }).output();
    const text = new TextDecoder().decode(stdout);
    assert.ok(success, text + new TextDecoder().decode(stderr));
    const [listed, created, channels] = text.trim().split("\n").map((line) => JSON.parse(line));
    assert.ok(listed.result.tools.length > 10);
    const { bots, invites, channel_id } = created.result.structuredContent;
    assert.deepEqual([bots[0].name, invites.length], ["GuessBot", 2]);
    assert.equal(channels.channels[0].channel_id, channel_id);
  },
);

Deno.test("an export link is a page for people and the file for programs", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [alice] } = await roomOf(server.url, {
    name: "<b>Tea</b> & dice",
    slots: ["invite:alice"],
  }, 1);
  const { receipt } = await alice!.say("good luck", { receipt: true });
  const { channel_id, player_id } = alice!;
  const { url } = await alice!.call("export_channel", { channel_id });
  const response = await fetch(url, FOR_PEOPLE);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.match(response.headers.get("vary") ?? "", /accept/i);
  const csp = response.headers.get("content-security-policy") ?? "";
  assert.match(csp, /^default-src 'none';/);
  const page = await response.text();
  assert.doesNotMatch(page, /<script|<b>Tea/);
  assert.ok(unescaped(page).includes("<b>Tea</b> & dice"));
  assert.ok(page.includes(`player <code>${player_id}</code>`));
  const [command, checkpoint] = listingsOf(page);
  assert.equal(command, `deno task verify ${channel_id}.json\n`);
  assert.equal(checkpoint, receipt.checkpoint);

  const [link] = linksOf(page);
  const file = await fetch(new URL(link!, url), FOR_PEOPLE);
  const text = await file.text();
  assert.equal(file.headers.get("content-type"), "application/json");
  assert.equal(text, await exportOf(alice!), "a program gets the file at once");
  const { keys } = JSON.parse(text);
  assert.ok(page.includes(keys[0].public_key));

  const gone = await fetch(`${server.url}/exports/none`, FOR_PEOPLE);
  assert.equal(gone.status, 404);
  assert.match(await gone.text(), /call\s+<code>export_channel<\/code> again/);
});

Deno.test("an error is a page for a browser and a problem document for a program", async () => {
  await using server = await testServer({ sandbox: "off" });
  const NAVIGATES = { ...FOR_PEOPLE.headers, "sec-fetch-mode": "navigate" };
  const rows: [what: string, path: string, headers: Record<string, string>, isPage: boolean][] = [
    ["a browser", "/none", FOR_PEOPLE.headers, true],
    ["a browser at a route for programs", "/who", NAVIGATES, true],
    ["a library that claims to prefer pages", "/who", FOR_PEOPLE.headers, false],
    ["a program", "/none", {}, false],
    ["a program that takes anything", "/none", { accept: "*/*" }, false],
    ["an MCP client", "/mcp", { accept: "application/json, text/event-stream" }, false],
    ["data before pages", "/none", { accept: "application/json, text/html;q=0.5" }, false],
    ["no pages", "/none", { accept: "text/html;q=0" }, false],
  ];
  for (const [what, path, headers, isPage] of rows) {
    const answer = await fetch(server.url + path, { headers });
    const text = await answer.text();
    assert.equal(/^text\/html/.test(answer.headers.get("content-type")!), isPage, what);
    if (isPage) assert.match(answer.headers.get("vary") ?? "", /accept/i);
    assert.match(text, isPage ? /<h1>/ : /^\{/, what);
  }
});

Deno.test("the error page of a rate limit has the status, the headers and the time to wait", async () => {
  await using server = await testServer({
    sandbox: "off",
    rateLimits: true,
    testRates: { requests: { quota: 1, windowMs: 60_000 } },
  });
  await (await fetch(`${server.url}/connect`)).body?.cancel();
  const answer = await fetch(`${server.url}/connect`, FOR_PEOPLE);
  assert.equal(answer.status, 429);
  const wait = answer.headers.get("retry-after");
  assert.match(await answer.text(), new RegExp(`Try again in ${wait} seconds`));
});

Deno.test("/favicon.ico and /favicon.svg are pictures that a browser may keep", async () => {
  await using server = await testServer({ sandbox: "off" });
  const svg = await fetch(`${server.url}/favicon.svg`);
  assert.equal(svg.headers.get("content-type"), "image/svg+xml");
  assert.equal(svg.headers.get("cache-control"), "public, max-age=86400");
  assert.match(await svg.text(), /^<svg xmlns=.*<\/svg>$/);
  const ico = await fetch(`${server.url}/favicon.ico`);
  assert.equal(ico.headers.get("content-type"), "image/x-icon");
  const bytes = await ico.bytes();
  const head = new DataView(bytes.buffer);
  const [size, offset] = [head.getUint32(14, true), head.getUint32(18, true)];
  assert.equal(offset + size, bytes.length);
  assert.deepEqual(pixelsOf(bytes.subarray(offset)), {
    width: 64,
    height: 64,
    corner: [0, 0, 0, 0],
  });
});

/** The size of a PNG picture and its first pixel. */
function pixelsOf(png: Uint8Array) {
  const view = new DataView(png.buffer, png.byteOffset);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const length = view.getUint32(33);
  const raw = inflateSync(png.subarray(41, 41 + length));
  return { width, height, corner: [...raw.subarray(1, 5)] };
}
