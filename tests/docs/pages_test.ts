/** The pages that lead by the hand: a new user types their commands, one after the other, on a
 *  server that the first of them starts, and sees what the pages show. */
import assert from "node:assert/strict";
import type { Config } from "../../src/config/config.ts";
import { blocksOf, keysOf, typedIn } from "../support/doc_page.ts";
import { NEEDED } from "../support/project_copy.ts";
import { Reader } from "../support/reader.ts";
import { testServer } from "../support/server.ts";

const ROOT = new URL("../../", import.meta.url);
const [GAME, BOT, BET] = ["game", "bot", "bet"].map((name) => `docs/tutorial/first_${name}.md`) as [
  string,
  string,
  string,
];

/** Clones this very tree, with what is not committed yet. */
const CLONE = `git() {
  mkdir "$3"
  cp -r ${NEEDED.map((path) => ROOT.pathname + path).join(" ")} "$3"
}`;

/** What the source of the bet says. */
const PRICE = { data: { amount: "97250.10", base: "BTC", currency: "USD" } };
const SOURCE = "api.coinbase.com";
/** Bots of a server that people start reach no address of this machine. */
const NETWORK: Partial<Config> = {
  rateLimits: true,
  botNetwork: "http",
  testNetwork: { loopback: true, caCerts: [] },
};

/** How `play` ends, whatever the game was. */
const VERIFIED = "…\nVERIFIED: chn_…, … entries, … hooks replayed.\n…";

const pageAt = (path: string) => Deno.readTextFile(new URL(path, ROOT));

async function pagesIn(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(Deno.readDir(new URL(folder, ROOT)));
  return files.map(({ name }) => `${folder}${name}`).sort();
}

Deno.test("docs/tutorial and docs/how_to: each command works, and shows what the page says", async (t) => {
  await using reader = await Reader.at();
  const follow = async (path: string) => {
    const page = await pageAt(path);
    assert.ok(blocksOf(page).length > 0, path);
    await t.step(path, () => reader.followAll(page));
  };
  assert.deepEqual(await pagesIn("docs/tutorial/"), [BET, BOT, GAME]);
  await reader.prepare(CLONE);
  await follow(GAME);
  await t.step("README.md, which begins like it", async () => {
    const [quick] = blocksOf(await pageAt("README.md"));
    const commands = typedIn(quick!.commands);
    assert.deepEqual(commands.slice(0, 2), typedIn(blocksOf(await pageAt(GAME))[0]!.commands));
    await reader.follow({ commands: commands.slice(2).join("\n"), shows: VERIFIED });
  });
  await follow(BOT);
  for (const path of await pagesIn("docs/how_to/")) await follow(path);

  const site = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ url }) =>
      new URL(url).pathname === "/v2/prices/BTC-USD/spot"
        ? Response.json(PRICE)
        : new Response(null, { status: 404 }),
  );
  await using server = await testServer(NETWORK);
  const host = `localhost:${site.addr.port}`;
  reader.use({ [`https://${SOURCE}`]: `http://${host}`, [SOURCE]: host });
  await reader.useServer(server.url);
  await follow(BET);
  await site.shutdown();
});

Deno.test("from a clone to a game that is verified: what a new user types", async () => {
  const lines = blocksOf(await pageAt(GAME)).flatMap(({ commands }) => typedIn(commands));
  assert.match(lines[0]!, /^git clone /);
  assert.equal(lines.at(-1), "mcpmp verify");
  // Three minutes at 200 characters a minute, of which half a minute is for what has to be waited
  // for: `deno task bench --only first-minutes` measures that.
  assert.ok(lines.length <= 16, `${lines.length} commands`);
  assert.ok(keysOf(lines) <= 500, `${keysOf(lines)} keys`);
});
