/** Every refusal says what to do. The test checks the texts that calls can cause as they arrive,
 *  and all others as the source has them. */
import assert from "node:assert/strict";
import { OPERATIONS } from "../../src/operations/all.ts";
import { OF_ANY_CALL, refusalsOf } from "../../src/operations/refusals.ts";
import { Player, Problem } from "../support/player.ts";
import { inputOf, ON_A_CHANNEL, refusedCalls } from "../support/refused_calls.ts";
import { testServer } from "../support/server.ts";

/** Words by which a sentence says what to do. */
const WAY_OUT =
  /\b(must|call|ask|try|pass|check|create|create_channel|join_channel|lists?|take|give|leave|name|remove|yield|invite|send|shorten|mend|flatten|correct|use|go on|wait|lift|free)\b/i;

Deno.test("every refusal that is thrown in src says what to do", async () => {
  const found: string[] = [];
  for await (const path of sources(new URL("../../src/", import.meta.url))) {
    const source = await Deno.readTextFile(path);
    for (const [, thrown] of source.matchAll(/new Refusal\(\s*("[A-Z_]+",[\s\S]+?)\s*\);?\n/g)) {
      // The text of a variable is checked at the variable's declaration.
      if (!/["`]/.test(thrown!.replace(/^"[A-Z_]+",/, ""))) continue;
      found.push(thrown!);
      const words = thrown!.replace(/^"[A-Z_]+",/, "").replace("${WAY_BACK}", "call join_channel");
      assert.match(words, WAY_OUT, `${path.pathname}: ${thrown}`);
    }
  }
  assert.ok(found.length > 40, `only ${found.length} were found`);
});

async function* sources(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

Deno.test("each code of an operation arrives, with its way out, and no other", async () => {
  await using server = await testServer();
  const calls = await refusedCalls(server.url);
  for (const { operation, code, by, input } of calls) {
    const refusal = await by.call(operation, input).then(() => null, (error) => error);
    const what = `${operation} ${code}`;
    assert.ok(refusal instanceof Problem, `${what}: ${JSON.stringify(refusal)}`);
    assert.equal(refusal.code, code, `${what}: ${refusal.detail}`);
    assert.match(refusal.detail, WAY_OUT, what);
  }
  for (const operation of OPERATIONS) {
    const own = refusalsOf(operation).filter((code) => !OF_ANY_CALL.includes(code));
    const caused = calls.filter(({ operation: name }) => name === operation.name);
    assert.deepEqual(
      [...new Set(caused.map(({ code }) => code))].toSorted(),
      own.toSorted(),
      operation.name,
    );
  }
});

Deno.test("an operation needs what it says in a channel", async () => {
  await using server = await testServer({ sandbox: "off" });
  const [host, watcher] = [await Player.at(server.url), await Player.at(server.url)];
  const { channel_id } = await host.call("create_channel", {
    name: "open",
    slots: ["invite:a"],
    visibility: "public",
    spectators: "public",
  });
  for (const operation of ON_A_CHANNEL) {
    const { name, needs } = operation;
    const codeFor = async (player: Player) =>
      await player.call(name, inputOf(operation, channel_id)).then(
        () => "answered",
        ({ code }) => code as string,
      );
    // The bot and the evidence that some calls name are not there.
    const isIn = (code: string) => ["answered", "BOT_NOT_FOUND", "INVALID_REQUEST"].includes(code);
    const [asWatcher, asHost] = [await codeFor(watcher), await codeFor(host)];
    assert.equal(isIn(asWatcher), needs === "reading", `${name}: ${asWatcher}`);
    assert.equal(isIn(asHost) || asHost === "UNAVAILABLE", needs !== "seat", `${name}: ${asHost}`);
  }
});
