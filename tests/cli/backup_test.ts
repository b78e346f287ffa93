/** `deno task backup` where it makes none, and says why. What it copies is in tests/deploy/. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import { dataFile } from "../support/process.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

async function backup(KV_URL: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...denoJson.tasks.backup.command.split(" ").slice(1), ...args],
    cwd: ROOT,
    env: { KV_URL, ENV_FILE: "off", INIT_CWD: ROOT },
  }).output();
  const decoder = new TextDecoder();
  return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("deno task backup keeps its hands off what is there, and leaves nothing half done", async () => {
  await using file = dataFile();
  const folder = `${ROOT}${file.path}`.replace(/\/[^/]+$/, "");
  await Deno.mkdir(folder, { recursive: true });
  using kv = await Deno.openKv(`${ROOT}${file.path}`);
  await kv.set(["kept"], "value");
  const [taken, broken] = [`${file.path}.taken`, `${file.path}.broken`];
  await Deno.writeTextFile(ROOT + taken, "another file");
  await Deno.writeTextFile(
    ROOT + broken,
    "no database, but long enough to be taken for one".repeat(99),
  );
  const table: [KV_URL: string, args: string[], code: number, says: RegExp][] = [
    [file.path, [], 2, /^Usage: deno task backup <new file>/],
    [file.path, [taken], 2, /is there already: name a new file/],
    [":memory:", [`${file.path}.1`], 2, /KV_URL is no file but :memory:/],
    ["https://kv.example.org", [`${file.path}.2`], 2, /no file but https:\/\/kv\.example\.org/],
    ["data/nowhere.sqlite3", [`${file.path}.3`], 2, /no database at data\/nowhere\.sqlite3/],
    ["postgres://x", [`${file.path}.4`], 1, /^Cannot start: KV_URL must be a path/],
    [broken, [`${file.path}.5`], 1, /^Cannot back up to .*: file is not a database/],
    [file.path, [`${file.path}.6`], 0, /^Saved .*\.6, [\d,]+ bytes\. Keep it secret\./],
  ];
  await Promise.all(table.map(async ([KV_URL, args, code, says]) => {
    const answer = await backup(KV_URL, ...args);
    assert.equal(answer.code, code, answer.said);
    assert.match(answer.said, says);
  }));
  assert.equal(await Deno.readTextFile(ROOT + taken), "another file");
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  assert.deepEqual(names.filter((name) => /\.\d(-\w+)?$/.test(name)), ["multiplayer.sqlite3.6"]);
  assert.equal((await Deno.stat(`${ROOT}${file.path}.6`)).mode! & 0o777, 0o600);
  using copy = await Deno.openKv(`${ROOT}${file.path}.6`);
  assert.equal((await copy.get(["kept"])).value, "value");
});
