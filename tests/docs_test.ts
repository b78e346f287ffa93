/** The documents are true: their examples run, their names and numbers are those of the code. */
import assert from "node:assert/strict";
import denoJson from "../deno.json" with { type: "json" };
import { builtinBots } from "../src/compose/builtin_bots.ts";
import { OPERATIONS } from "../src/operations/all.ts";
import { BOT_LIMITS } from "../src/domain/limits/bot.ts";
import { ACCOUNT_LIMITS } from "../src/domain/limits/accounts.ts";
import { CHANNEL_LIMITS } from "../src/domain/limits/channel.ts";
import { CONNECTIONS, HTTP_LIMITS } from "../src/domain/limits/http.ts";
import { STORE_LIMITS } from "../src/domain/limits/store.ts";
import { WATCH_LIMITS } from "../src/domain/limits/watch.ts";
import { RATES, SHARED_WORK } from "../src/domain/limits/work.ts";
import { openSandbox } from "../src/sandbox/open_sandbox.ts";
import { testServer } from "./support/server.ts";
import { MODULES } from "../src/sandbox/guest/python/modules.ts";

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

const KIB = 1024;
const MIB = 1024 * KIB;
const MINUTES = 60_000;
const DAYS = 24 * 60 * MINUTES;
const count = (n: number) => n.toLocaleString("en");

/** Sentences and cells of a page that hold limits, with the values that the server has. */
const LIMITS_IN: Record<string, string[]> = {
  "docs/rest.md": [
    `q=${RATES.calls.quota};w=${RATES.calls.windowMs / 1000}`,
    `at most ${HTTP_LIMITS.requestBytes / KIB} KiB and has to arrive within ` +
    `${HTTP_LIMITS.requestBodyMs / 1000} seconds`,
    `at most ${count(HTTP_LIMITS.urlChars)} characters`,
    `For ${CHANNEL_LIMITS.idempotencyMs / 3600_000} hours`,
    `${HTTP_LIMITS.requestsUnderWay} requests under way`,
    `more than ${CONNECTIONS.firstRequestMs / 1000} seconds to arrive, ` +
    `the next one more than ${CONNECTIONS.keepAliveMs / 1000}, ` +
    `or if an answer stays unread for ${CONNECTIONS.unreadMs / 1000}`,
    `at most ${count(CONNECTIONS.connectionsPerAddress)} connections from one address`,
  ],
  "docs/architecture.md": [
    `${CONNECTIONS.firstRequestMs / 1000} s for the headers of the first request, ` +
    `${CONNECTIONS.keepAliveMs / 1000} s for those of the next, ` +
    `and ${CONNECTIONS.unreadMs / 1000} s for the peer`,
    `A body has ${HTTP_LIMITS.requestBodyMs / 1000} s`,
    `at most ${count(CONNECTIONS.connections)} connections, ` +
    `and ${count(CONNECTIONS.connectionsPerAddress)} of one address`,
  ],
  "docs/storage.md": [
    `a body has at most ${BOT_LIMITS.bodyBytes / KIB} KiB and a state ` +
    `${BOT_LIMITS.botStateBytes / KIB} KiB`,
    `The quotas are ${STORE_LIMITS.channelBytes / MIB} MiB a channel`,
    `${RATES.registrations.quota} clients of at most ${STORE_LIMITS.clientBytes / KIB} KiB in ` +
    `${RATES.registrations.windowMs / MINUTES} minutes`,
    `${count(STORE_LIMITS.documentsKept)} places of ${ACCOUNT_LIMITS.documentBytes / KIB} KiB`,
    `A request has ${STORE_LIMITS.storeMs / 1000} seconds`,
    `unchanged for ${STORE_LIMITS.takeoverMs / 1000} to`,
  ],
  "docs/sandbox.md": [
    `| ${CHANNEL_LIMITS.hookMs / 1000} s |`,
    `| ${BOT_LIMITS.guestMemoryBytes / MIB} MiB; Python ${BOT_LIMITS.pythonMemoryBytes / MIB} MiB,`,
    `| ${BOT_LIMITS.hookPosts}, ${BOT_LIMITS.bodyBytes / KIB} KiB, ${BOT_LIMITS.jsonDepth} |`,
    `| ${BOT_LIMITS.botStateBytes / KIB} KiB, ${BOT_LIMITS.botSourceBytes / KIB} KiB, ` +
    `${BOT_LIMITS.botParamsBytes / KIB} KiB, ${BOT_LIMITS.botManifestBytes / KIB} KiB |`,
    `| ${BOT_LIMITS.timersPerBot}, up to ${BOT_LIMITS.timerMaxMs / DAYS} days ahead |`,
    `| ${CHANNEL_LIMITS.envNames}, ${CHANNEL_LIMITS.envBytes / KIB} KiB in all, ` +
    `at least ${BOT_LIMITS.envValueMinChars} characters each |`,
    `| ${BOT_LIMITS.workspaceFiles}, ${BOT_LIMITS.workspaceBytes / MIB} MiB in all |`,
    `| ${BOT_LIMITS.netRequests}, ${BOT_LIMITS.netAnswerBytes / KIB} KiB,`,
    `; ${BOT_LIMITS.netRedirects} redirects |`,
    `| ${BOT_LIMITS.chainedEntries} after a member's entry, timers included |`,
    `| ${CHANNEL_LIMITS.inspectMs / 1000} s; one at a time for each author, ` +
    `${SHARED_WORK.inspectionsWaitingPerPrincipal} waiting |`,
    `| ${RATES.hook_ms.quota / 1000} s, and as much again in ` +
    `${RATES.hook_ms.windowMs / MINUTES} minutes |`,
    `| ${RATES.sealed_hook_ms.quota / 1000} s, and as much again in ` +
    `${RATES.sealed_hook_ms.windowMs / MINUTES} minutes |`,
    `| ${SHARED_WORK.backlogEntries} in a channel, ` +
    `${count(SHARED_WORK.backlogEntriesPerPrincipal)} for one principal |`,
    `| ${count(CHANNEL_LIMITS.auditEntries)} entries, ${SHARED_WORK.auditBytes / MIB} MiB, ` +
    `${SHARED_WORK.auditHookMs / 1000} s of hooks, ${SHARED_WORK.auditMs / 1000} s in all |`,
  ],
  "docs/pages.md": [
    `holds ${count(WATCH_LIMITS.streams)} of them, ${
      count(WATCH_LIMITS.streamsPerAddress)
    } of one ` +
    `address and ${WATCH_LIMITS.streamsPerPrincipal} of one person`,
    `asks every ${WATCH_LIMITS.pollMs / 1000} seconds`,
    `look ${count(RATES.looks.quota)} times a minute`,
  ],
  "docs/sign_in.md": [
    `within ${ACCOUNT_LIMITS.documentMs / 1000} seconds and ` +
    `${ACCOUNT_LIMITS.documentBytes / KIB} KiB`,
    `does not ask again for ${ACCOUNT_LIMITS.approvalMs / DAYS} days`,
    `otherwise ${ACCOUNT_LIMITS.clientMs / DAYS} days after its last one`,
    `may register ${RATES.registrations.quota} in ten minutes`,
    `| refresh token | ${ACCOUNT_LIMITS.refreshTokenMs / DAYS} days |`,
  ],
};
for (const [path, limits] of Object.entries(LIMITS_IN)) {
  Deno.test(`${path} names the limits that the server has`, async () => {
    const page = (await read(path)).replace(/\s+/g, " ");
    for (const limit of limits) {
      assert.ok(page.toLowerCase().includes(limit.toLowerCase()), limit);
    }
  });
}

Deno.test("README.md has the command that .ci/run runs", async () => {
  const [command] = /npx .* task test\b/.exec(await read(".ci/run")) ?? [];
  assert.ok(command);
  assert.match(await read("README.md"), new RegExp(`^${command}\\b`, "m"));
});

Deno.test("README.md names tasks and tools that exist", async () => {
  const readme = await read("README.md");
  for (const [, task] of readme.matchAll(/deno(?:@2\.9\.6)? task (\w+)/g)) {
    assert.ok(task! in denoJson.tasks, `task ${task}`);
  }
  const told = /Tools: ([^.]+)\./.exec(readme)![1]!.match(/\w+/g);
  const listed = OPERATIONS.filter(({ unlisted }) => !unlisted).map(({ name }) => name);
  assert.deepEqual(told!.toSorted(), listed.toSorted());
});

Deno.test("docs/agents.md: each fact about a client has its source", async () => {
  const page = (await read("docs/agents.md")).split("## What clients can do")[1]!;
  const sources = new Map(
    [...page.matchAll(/^\[([\w-]+)\]: (https:\S+)$/gm)].map(([, id, url]) => [id, url]),
  );
  const rows = page.split("\n").filter((line) => /^\| (?!client|-)/.test(line));
  assert.ok(rows.length >= 14);
  const used = rows.flatMap((row) =>
    row.split("|").slice(2, -1).flatMap((cell) => {
      const ids = [...cell.matchAll(/\]\[([\w-]+)\]/g)].map(([, id]) => id!);
      assert.ok(ids.length > 0 || cell.trim() === "not found", cell);
      return ids;
    })
  );
  assert.deepEqual([...new Set(used)].toSorted(), [...sources.keys()].toSorted());
  assert.match(page, /Looked up on \d{4}-\d\d-\d\d/);
});

Deno.test("CONTRIBUTING.md names files and folders that exist", async () => {
  const page = await read("CONTRIBUTING.md");
  const named = [
    ...page.matchAll(/`((?:src|bots|docs|tests)\/[\w./]*)`|`([\w.]+\.(?:json|md|yaml))`/g),
  ];
  assert.ok(named.length > 40);
  for (const [, path, file] of named) await Deno.stat(new URL((path ?? file)!, ROOT));
});

Deno.test("docs/bots.md lists every built-in bot", async () => {
  const page = await read("docs/bots.md");
  const listed = [...page.matchAll(/builtin:\/\/(\w+)/g)].map(([, name]) => name);
  assert.deepEqual(
    [...new Set(listed)].toSorted(),
    [...(await builtinBots()).builtins.keys()].toSorted(),
  );
});

Deno.test("docs/bots.md lists the modules of Python", async () => {
  const page = await read("docs/bots.md");
  const [, list = ""] = /^Python: .*that only compute:\s([^.]*)\./ms.exec(page) ?? [];
  assert.deepEqual(list.match(/\w+/g), MODULES);
});

Deno.test("docs/bots.md: its bot is the one that is tested, its limits are the real ones", async () => {
  const page = await read("docs/bots.md");
  const [, bot] = /```ts\n([\s\S]+?)```/.exec(page)!;
  const tested = await read("tests/play/bots_test.ts");
  const dense = (text: string) => text.replace(/\s+/g, "");
  assert.ok(dense(tested).includes(dense(bot!)));
  const section = /^## Limits of a hook\n(.+?)^## /ms.exec(page)![1]!.replace(/\s+/g, " ");
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
  ) assert.ok(section.includes(limit), limit);
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
