/** What the server knows of its bots before it has run one. */
import assert from "node:assert/strict";
import { INSPECTED } from "../../src/compose/builtin_bots.ts";
import { Player } from "../support/player.ts";
import { startProcess } from "../support/process.ts";
import { inspectedText } from "./inspect.ts";

Deno.test("bots/inspected.json is what the sandbox finds; else run tests/games/inspect.ts", async () => {
  const [written, found] = [await Deno.readTextFile(INSPECTED), await inspectedText()];
  assert.deepEqual(JSON.parse(written), JSON.parse(found));
});

Deno.test("who asks for the games first waits for no host of Python", async () => {
  const server = await startProcess({ KV_URL: ":memory:" });
  try {
    const hosts = await server.children();
    const page = await fetch(`${server.url}/games`, { headers: { accept: "text/html" } });
    assert.match(await page.text(), />EchoBotPython</);
    const { bots } = await (await Player.at(server.url)).call("list_bots");
    assert.equal(bots.length, Object.keys(JSON.parse(await Deno.readTextFile(INSPECTED))).length);
    assert.deepEqual(await server.children(), hosts);
  } finally {
    await server.kill("SIGTERM");
  }
});
