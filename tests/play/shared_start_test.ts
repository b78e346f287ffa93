/** A start on a faulty KV Connect address: the server prints one clear line, never the token. */
import assert from "node:assert/strict";
import { openStore } from "../../src/compose/open_store.ts";
import { freePort } from "../support/foreign_program.ts";
import { kvConnect } from "../support/kv_connect.ts";
import { startProcess } from "../support/process.ts";

const TOKEN = "a-token-that-no-log-may-show";

/** The output of a server that does not start. */
async function refusedStart(env: Record<string, string>): Promise<string> {
  const error = await startProcess({ SANDBOX: "off", ...env }).then(() => null, (e) => e as Error);
  const said = error!.message.replace("the server ended: ", "");
  assert.ok(!said.includes(TOKEN), said);
  return said;
}

Deno.test("a KV_URL that is not the address of a database stops the start", async (t) => {
  const must = /^Cannot start: KV_URL must be a path, :memory:, or the https URL of a KV Connect/;
  const table: [string, string, RegExp][] = [
    ["ftp://127.0.0.1/db", TOKEN, must],
    ["postgres://127.0.0.1/db", TOKEN, must],
    ["http://kv.example.org", TOKEN, must],
    [`https://user:${TOKEN}@kv.example.org`, TOKEN, must],
    ["https://", TOKEN, must],
    [
      "https://kv.example.org",
      `${TOKEN}\n`,
      /^Cannot start: DENO_KV_ACCESS_TOKEN must be the token/,
    ],
    [
      "https://kv.example.org",
      "",
      /^Cannot start: a KV_URL with an address also needs DENO_KV_ACCESS_T/,
    ],
  ];
  for (const [KV_URL, DENO_KV_ACCESS_TOKEN, line] of table) {
    const name = JSON.stringify([KV_URL, DENO_KV_ACCESS_TOKEN]).replace(TOKEN, "…");
    await t.step(name, async () => {
      const said = await refusedStart({ KV_URL, DENO_KV_ACCESS_TOKEN });
      assert.match(said, line);
      assert.equal(said.split("\n").length, 1, said);
    });
  }
});

Deno.test("a KV Connect server that refuses the token, or another kind of server, stops the start", async (t) => {
  await using store = await kvConnect();
  const { host } = new URL(store.url);
  await t.step("another token", async () => {
    await store.kill();
    await store.start("another token");
    const said = await refusedStart(store.env);
    const line = `Cannot start: KV_URL: ${host} refuses the token in DENO_KV_ACCESS_TOKEN (401)`;
    assert.equal(said, line);
  });
  await t.step("a web server of another kind", async () => {
    const answers = [new Response("<html>", { status: 404 }), new Response(`<html> ${TOKEN}`)];
    for (const answer of answers) {
      await using web = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => answer);
      const address = `127.0.0.1:${web.addr.port}`;
      const said = await refusedStart({ KV_URL: `http://${address}`, DENO_KV_ACCESS_TOKEN: TOKEN });
      const of = answer.status === 404 ? " (it answers 404)" : "";
      assert.equal(said, `Cannot start: KV_URL: ${address} is not a KV Connect server${of}`);
    }
  });
});

Deno.test("a starting server waits for an unreachable KV Connect server, and gives up in time", async () => {
  await using store = await kvConnect();
  (await store.open()).close();
  await store.kill();
  const starting = startProcess({ ...store.env, SANDBOX: "off" }, { viaTask: true });
  const said: string[] = [];
  await assert.rejects(
    openStore(store.url, (_, event) => void said.push(event), 500),
    {
      name: "ConfigError",
      message: `Cannot start: KV_URL: no database answers at ${
        new URL(store.url).host
      } within 500 ms`,
    },
  );
  assert.deepEqual(said, ["store_away"]);
  await store.start();
  const server = await starting;
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
  await server.kill("SIGTERM");

  // A listener that accepts connections and sends nothing.
  using silent = Deno.listen({ port: freePort(), hostname: "127.0.0.1" });
  const address = `127.0.0.1:${silent.addr.port}`;
  const gaveUp = openStore(`http://${address}`, () => {}, 500);
  await assert.rejects(gaveUp, { message: /no database answers/ });
});
