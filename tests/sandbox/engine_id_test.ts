/** The engine in a bot's announcement is the hash of the engine's parts, which the announcement
 *  lists. */
import assert from "node:assert/strict";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { engineIdOf } from "../../src/domain/bot/engine_id.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { sha256Hex } from "../support/player.ts";
import { onlyPost } from "./job.ts";
import { pythonInitJob } from "./python_job.ts";

const SOURCES = {
  javascript: ["class Bot { on_message() {} }", "quickjs", "quickjs.wasm", "prelude.js"],
  python: ["class Bot:\n  def on_message(self, m): pass\n", "cpython", "python.wasm", "boot.py"],
} as const;
const ROOT = new URL("../../", import.meta.url);

/** A script that prints all engines of a copy of the sources, and the hash of the initial memory of
 *  a Python interpreter. */
const REPORT = `
import { ENGINE } from "./src/sandbox/guest/javascript/engine.ts";
import { makeImage } from "./src/sandbox/guest/python/image.ts";
const { engine, engine_parts, memory } = await makeImage();
const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", memory)).toHex();
console.log(JSON.stringify([ENGINE, { engine, engine_parts, digest }]));
`;

/** The output of `REPORT` for the sources with `limits` in place of limits/channel.ts. */
async function reportWith(limits: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
  try {
    await copied(new URL("src/", ROOT), `${folder}/src`);
    await Deno.writeTextFile(`${folder}/src/domain/limits/channel.ts`, limits);
    await Deno.writeTextFile(`${folder}/report.ts`, REPORT);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--no-remote", "--cached-only", "--allow-read"],
        ...[`--config=${new URL("deno.json", ROOT).pathname}`, `${folder}/report.ts`],
      ],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function copied(from: URL, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copied(new URL(`${name}/`, from), `${to}/${name}`);
    else await Deno.copyFile(new URL(name, from), `${to}/${name}`);
  }
}

Deno.test("adding a limit that does not concern bots changes neither an engine nor a guest's initial memory", async () => {
  const limits = await Deno.readTextFile(new URL("src/domain/limits/channel.ts", ROOT));
  const more = limits.replace(
    "export const CHANNEL_LIMITS = {",
    "export const CHANNEL_LIMITS = {\n  callsOfTheMoon: 1, aaaa: 2, zzzz: 3_000_000,",
  );
  assert.notEqual(more, limits);
  const [before, after] = await Promise.all([limits, more].map(reportWith));
  assert.match(before!, /"digest":"[0-9a-f]{64}"/);
  assert.equal(after, before);
});

Deno.test("a Python guest knows the limits that its engine's identity covers, and no other", async () => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  try {
    const posted = onlyPost(
      await sandbox.run(pythonInitJob(
        "of = type(self.ctx).post.__globals__\nself.ctx.post('bot', {'limits': list(of['LIMITS'].items()), 'same': of['settings']['limits'] is of['LIMITS'], 'more': sorted(of['settings'])})",
      )),
    );
    assert.deepEqual(posted, {
      limits: Object.entries(BOT_LIMITS),
      same: true,
      more: ["botFile", "calls", "files", "limits", "modules", "room"],
    });
    const lines = Object.entries(BOT_LIMITS).map(([name, value]) => `${name} ${value}\n`).join("");
    const { parts } = (await sandbox.engine("python"))!;
    assert.equal(parts.limits, await sha256Hex(lines));
  } finally {
    await sandbox.close();
  }
});

Deno.test("the code of a guest's Worker reads no other limits", async () => {
  for (const folder of ["", "javascript/", "python/"].map((name) => `src/sandbox/guest/${name}`)) {
    for await (const { name, isFile } of Deno.readDir(new URL(folder, ROOT))) {
      if (!isFile || !name.endsWith(".ts")) continue;
      const text = await Deno.readTextFile(new URL(`${folder}${name}`, ROOT));
      const others = /domain\/limits\/(?!bot\.ts)/.test(text);
      assert.ok(
        !others,
        `${folder}${name} imports limits that its engine's identity doesn't cover`,
      );
    }
  }
});

Deno.test("engine() returns the same id and parts as an inspection", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000 });
  try {
    for (const [name, [source, runtime, ...files]] of Object.entries(SOURCES)) {
      await t.step(name, async () => {
        const language = name as keyof typeof SOURCES;
        const found = await sandbox.inspect({ source, language });
        assert.ok(found.kind === "accepted", JSON.stringify(found));
        const parts = found.engine_parts!;
        assert.equal(found.engine, engineIdOf(runtime, parts));
        const { modules: _, ...facts } = (await sandbox.engine(language))!;
        assert.deepEqual(facts, { engine: found.engine, parts });
        for (const file of [...files, "rules", "limits"]) assert.ok(parts[file], file);
      });
    }
  } finally {
    await sandbox.close();
  }
});
