/** The scripts of the pages: built by a task, equal on every machine, served to be kept for ever,
 *  and missed by nothing but a line of the log where they were not built. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { filesOf, type Manifest, readManifest } from "../../src/web/assets/manifest.ts";
import { roomOf } from "../support/player.ts";
import { startProcess } from "../support/process.ts";
import { projectCopy } from "../support/project_copy.ts";
import { testServer } from "../support/server.ts";

const ROOT = new URL("../../", import.meta.url);
const ISLAND = /^(\w+)\.tsx?$/;
/** The most script that a page may load; the editor comes once somebody writes a referee. */
const MOST_BYTES = 60_000;
const MOST_EDITOR_BYTES = 480_000;

async function buildIn(root: string, task = "build") {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", task],
    cwd: root,
    stdout: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
}

async function manifestOf(root: string): Promise<Manifest> {
  const manifest = await readManifest(new URL(`file://${root}.build/`));
  assert.ok(manifest, "the task of the tests has built the scripts");
  return manifest;
}

const built = await manifestOf(ROOT.pathname);

async function bytesOf(root: string, file: string): Promise<Uint8Array> {
  return await Deno.readFile(`${root}.build/${file}`);
}

Deno.test("deno task build makes a script of each island, with its hash in its name", async () => {
  const islands: string[] = [];
  for await (const { name } of Deno.readDir(new URL("src/web/islands/", ROOT))) {
    const [, island] = ISLAND.exec(name) ?? [];
    if (island) islands.push(island);
  }
  assert.deepEqual(Object.keys(built.scripts).sort(), islands.sort());
  for (const [island, file] of Object.entries(built.scripts)) {
    const bytes = await bytesOf(ROOT.pathname, file);
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    assert.equal(file, `${island}.${hash}.js`);
    const most = island === "editor" ? MOST_EDITOR_BYTES : MOST_BYTES;
    assert.ok(bytes.length < most, `${file} has ${bytes.length} bytes`);
  }
});

Deno.test("deno task build in another folder", async (t) => {
  await using project = await projectCopy();
  const { root } = project;
  await t.step("a server without a build says so once, and its pages work", async () => {
    const server = await startProcess({ KV_URL: ":memory:", SANDBOX: "off" }, { root });
    const page = await fetch(`${server.url}/connect`);
    assert.equal(page.status, 200);
    assert.doesNotMatch(await page.text(), /<script/);
    const none = await fetch(`${server.url}/assets/${Object.values(built.scripts)[0]}`);
    await none.body?.cancel();
    assert.equal(none.status, 404);
    await server.kill("SIGTERM");
    const lines = server.log.filter((line) => line.includes("scripts_missing"));
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /"level":"warn".*deno task build/);
  });
  await t.step("several at a time make the same bytes as anywhere else", async () => {
    const builds = await Promise.all([buildIn(root), buildIn(root), buildIn(root)]);
    assert.deepEqual(builds, builds.map(() => ({ code: 0, said: "" })));
    const manifest = await manifestOf(root);
    assert.deepEqual({ ...manifest, previous: [] }, { ...built, previous: [] });
    for (const file of filesOf(manifest)) {
      assert.deepEqual(await bytesOf(root, file), await bytesOf(ROOT.pathname, file));
    }
  });
  const manifestFile = `${root}.build/manifest.json`;
  const island = `${root}src/web/islands/copy.ts`;
  await t.step("it does nothing when nothing has changed", async () => {
    const { mtime } = await Deno.stat(manifestFile);
    await buildIn(root);
    assert.deepEqual((await Deno.stat(manifestFile)).mtime, mtime);
  });
  await t.step("a script that was removed is built again", async () => {
    await Deno.remove(`${root}.build/${built.scripts.copy}`);
    assert.equal((await buildIn(root)).code, 0);
    await bytesOf(root, built.scripts.copy!);
  });
  await t.step(
    "a changed source leaves the script of the build before, and no older one",
    async () => {
      for (const text of ["first", "second"]) {
        await Deno.writeTextFile(island, `document.title = "${text}";\n`);
        await buildIn(root);
      }
      const manifest = await manifestOf(root);
      const kept = (await Array.fromAsync(Deno.readDir(`${root}.build`))).map(({ name }) => name);
      const listed = ["manifest.json", ...filesOf(manifest), ...manifest.previous];
      assert.deepEqual(kept.sort(), [...new Set(listed)].sort());
      assert.ok(!kept.includes(built.scripts.copy!));
    },
  );
  await t.step(
    "a source with a fault fails, and a server starts with the last scripts",
    async () => {
      const { scripts } = await manifestOf(root);
      await Deno.writeTextFile(island, `import "./nothing.ts";\n`);
      const { code, said } = await buildIn(root);
      assert.equal(code, 1);
      assert.match(said, /^Cannot build the scripts of the pages: .*nothing\.ts/);
      const server = await startProcess({ KV_URL: ":memory:", SANDBOX: "off" }, {
        viaTask: true,
        taskFlags: ["--quiet"],
        root,
      });
      const script = await fetch(`${server.url}/assets/${scripts.copy}`);
      assert.match(await script.text(), /second/);
      await server.kill("SIGTERM");
      assert.match(server.log.join("\n"), /Cannot build the scripts of the pages: /);
    },
  );
});

Deno.test("no page loads more script than a slow connection can bear", async () => {
  await using server = await testServer({ sandbox: "off" });
  const { players: [ada], created: { channel_id } } = await roomOf(server.url, {
    slots: ["invite:a", "invite:b"],
    visibility: "public",
    spectators: "public",
  }, 1);
  const { url } = await ada!.call("export_channel", { channel_id });
  const channel = `/channels/${channel_id}`;
  const paths = ["/", "/connect", "/lobby", "/leaderboard", "/verify", "/me", "/join", "/login"];
  let most = 0;
  for (const path of [...paths, new URL(url).pathname, channel, `${channel}/replay`]) {
    const page = await fetch(server.url + path, { headers: { accept: "text/html" } });
    const html = await page.text();
    let bytes = 0;
    for (const [, src] of html.matchAll(/<script[^>]* src="([^"]+)"/g)) {
      bytes += (await (await fetch(server.url + src)).bytes()).length;
    }
    assert.ok(bytes < MOST_BYTES, `${path} loads ${bytes} bytes`);
    most = Math.max(most, bytes);
  }
  assert.ok(most > 20_000, "some pages have scripts");
});

Deno.test("/assets/<file> serves a script that a browser keeps for ever, and nothing else", async () => {
  await using server = await testServer({ sandbox: "off" });
  for (const file of Object.values(built.scripts)) {
    const answer = await fetch(`${server.url}/assets/${file}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/javascript; charset=utf-8");
    assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.deepEqual(await answer.bytes(), await bytesOf(ROOT.pathname, file));
  }
  for (const path of ["manifest.json", "..%2fmain.ts", "copy.0000000000000000.js", "toString"]) {
    const answer = await fetch(`${server.url}/assets/${path}`);
    await answer.body?.cancel();
    assert.equal(answer.status, 404, path);
    assert.notEqual(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
  }
});
