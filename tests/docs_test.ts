/** What the README says is run, not believed. */
import assert from "node:assert/strict";
import denoJson from "../deno.json" with { type: "json" };
import { builtinBots } from "../src/compose/builtin_bots.ts";
import { OPERATIONS } from "../src/operations/all.ts";
import { BOT_LIMITS } from "../src/domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../src/domain/limits/channel.ts";
import { HTTP_LIMITS } from "../src/domain/limits/http.ts";
import { RATES } from "../src/domain/limits/work.ts";
import { openSandbox } from "../src/sandbox/open_sandbox.ts";
import { testServer } from "./support/server.ts";

const ROOT = new URL("../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

Deno.test("docs/first_game.ts plays a game to its verified end", async () => {
  await using server = await testServer();
  const script = new URL("docs/first_game.ts", ROOT).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-net=127.0.0.1", script, server.url],
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.match(text, /hashes to what was announced: true/);
  assert.match(text, /as committed before the first move: true/);
});

Deno.test({
  name: "docs/rest.md: its commands play, one after the other",
  ignore: new Deno.Command("sh", { args: ["-c", "command -v curl"] }).outputSync().code !== 0,
  async fn() {
    await using server = await testServer({ sandbox: "off", rateLimits: true });
    const blocks = [...(await read("docs/rest.md")).matchAll(/```sh\n([\s\S]+?)```/g)];
    const script = blocks.map(([, block]) => block).join("\n");
    assert.ok(script.includes("http://127.0.0.1:8100"));
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-eu", "-c", script.replaceAll("http://127.0.0.1:8100", server.url)],
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    const answers = new TextDecoder().decode(stdout).replaceAll("}{", "}\n{").split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      answers.map(({ msg_id, messages, code }) => msg_id ?? messages?.length ?? code),
      [
        undefined, // joined
        3,
        3,
        1,
        "INVITE_INVALID",
      ],
    );
  },
});

Deno.test("docs/rest.md tells the limits there are", async () => {
  const page = (await read("docs/rest.md")).replace(/\s+/g, " ");
  for (
    const limit of [
      `q=${RATES.calls.quota};w=${RATES.calls.windowMs / 1000}`,
      `at most ${HTTP_LIMITS.requestBytes / 1024} KiB and has to arrive within ${
        HTTP_LIMITS.requestBodyMs / 1000
      } seconds`,
      `at most ${HTTP_LIMITS.urlChars.toLocaleString("en")} characters`,
      `For ${CHANNEL_LIMITS.idempotencyMs / 3600_000} hours`,
    ]
  ) assert.ok(page.includes(limit), limit);
});

Deno.test("README.md names tasks, files and tools that exist", async () => {
  const readme = await read("README.md");
  for (const [, task] of readme.matchAll(/deno(?:@2\.9\.6)? task (\w+)/g)) {
    assert.ok(task! in denoJson.tasks, `task ${task}`);
  }
  for (const [, path] of readme.matchAll(/\]\(((?!https?:)[^)]+)\)/g)) {
    await Deno.stat(new URL(path!, ROOT));
  }
  for (const [, path] of readme.matchAll(/`(src\/[\w./]+)`/g)) {
    await Deno.stat(new URL(path!, ROOT));
  }
  const told = /Tools: ([^.]+)\./.exec(readme)![1]!.match(/\w+/g);
  assert.deepEqual(told!.toSorted(), OPERATIONS.map(({ name }) => name).toSorted());
});

Deno.test("CONTRIBUTING.md names files and folders that exist", async () => {
  const page = await read("CONTRIBUTING.md");
  const named = [
    ...page.matchAll(/`((?:src|bots|docs|tests)\/[\w./]*)`|`([\w.]+\.(?:json|md|yaml))`/g),
  ];
  assert.ok(named.length > 40);
  for (const [, path, file] of named) await Deno.stat(new URL((path ?? file)!, ROOT));
});

Deno.test("docs/bots.md lists every built-in bot, and links pages that exist", async () => {
  const page = await read("docs/bots.md");
  const listed = [...page.matchAll(/builtin:\/\/(\w+)/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(listed)].toSorted(), [...(await builtinBots()).keys()].toSorted());
  for (const [, path] of page.matchAll(/\]\((\.\.\/bots\/[^)#]+)\)/g)) {
    await Deno.stat(new URL(path!, new URL("docs/", ROOT)));
  }
});

Deno.test("docs/bots.md: its bot is the one that is tested, its limits are the real ones", async () => {
  const page = await read("docs/bots.md");
  const [, bot] = /```ts\n([\s\S]+?)```/.exec(page)!;
  const tested = await read("tests/play/bots_test.ts");
  const dense = (text: string) => text.replace(/\s+/g, "");
  assert.ok(dense(tested).includes(dense(bot!)));
  const told = /\*\*Limits of a hook\*\*([^*]+?)\n\n/.exec(page)![1]!.replace(/\s+/g, " ");
  for (
    const limit of [
      `${CHANNEL_LIMITS.hookMs / 1000} seconds`,
      `${BOT_LIMITS.guestMemoryBytes / 2 ** 20} MiB of memory`,
      `${BOT_LIMITS.hookPosts} posts of ${BOT_LIMITS.bodyBytes / 1024} KiB`,
      `${BOT_LIMITS.botStateBytes / 1024} KiB of state`,
      `${BOT_LIMITS.botSourceBytes / 1024} KiB of source`,
      `${BOT_LIMITS.chainedEntries} entries`,
      `${BOT_LIMITS.pythonMemoryBytes / 2 ** 20} MiB in Python`,
      `${BOT_LIMITS.timersPerBot} timers`,
    ]
  ) assert.ok(told.includes(limit), limit);
});

/** The engines that a section of CHANGELOG.md names, sorted. */
function enginesOf(changelog: string, release: string): string[] {
  const section = changelog.split("\n## ").find((text) => text.startsWith(`[${release}]`));
  assert.ok(section !== undefined, `CHANGELOG.md has no section [${release}]`);
  return section.match(/\b(?:quickjs|cpython):sha256:[0-9a-f]{64}\b/g)?.toSorted() ?? [];
}

Deno.test("CHANGELOG.md names the engines of each release, as its exports do", async () => {
  const changelog = await read("CHANGELOG.md");
  const golden = new URL("tests/verify/golden/", ROOT);
  const kept = (await Array.fromAsync(Deno.readDir(golden)))
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  const listed = [...changelog.matchAll(/^## \[(\d[\d.]*)\]/gm)].map(([, release]) => release);
  assert.deepEqual(listed.toSorted(), kept.toSorted());
  for (const release of kept) {
    const engines = new Set<string>();
    for await (const { name } of Deno.readDir(new URL(`${release}/`, golden))) {
      if (!name.endsWith(".json") || name === "expected.json") continue;
      const { entries } = JSON.parse(
        await Deno.readTextFile(new URL(`${release}/${name}`, golden)),
      );
      for (const { body } of entries) if (body?.type === "bot:attach") engines.add(body.engine);
    }
    assert.deepEqual(enginesOf(changelog, release), [...engines].sort());
  }
});

Deno.test("CHANGELOG.md names today's engines as those of the next release", async () => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000 });
  try {
    const today = [await sandbox.engine("javascript"), await sandbox.engine("python")];
    assert.deepEqual(
      enginesOf(await read("CHANGELOG.md"), "Unreleased"),
      today.map((engine) => engine!.engine).toSorted(),
    );
  } finally {
    await sandbox.close();
  }
});
