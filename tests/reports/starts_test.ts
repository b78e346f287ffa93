/** Starts as people do them: with a `.env`, on a terminal, twice on one database, on a port that is
 *  taken. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import { dataFile, gone, startProcess } from "../support/process.ts";
import { projectCopy } from "../support/project_copy.ts";
import { checkStore } from "../support/server.ts";
import type { Report } from "./report.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/** A copy of the project with a `.env` of its own. */
async function projectWith(envFile: string) {
  const project = await projectCopy();
  await Deno.writeTextFile(`${project.root}.env`, envFile);
  return project;
}

const TASK = { viaTask: true, taskFlags: ["--quiet"] };

/** The lines of a server that does not start. */
async function refusedStart(...given: Parameters<typeof startProcess>): Promise<string[]> {
  const error = await startProcess(...given).then(() => null, (e) => e as Error);
  assert.ok(error, "the server started");
  // The task fetches what is missing before the server starts.
  return error.message.replace("the server ended: ", "").split("\n")
    .filter((line) => !/Download.*https:/.test(line));
}

interface EnvFileRow extends Report {
  file: string;
  /** The real environment, beside what every row has. */
  env?: Record<string, string>;
  /** What the server says of itself, or the one line with which it does not start. */
  right: { public_url: string; settings_file?: string } | { stops: RegExp };
}

const BASE = "PORT=0\nSANDBOX=off\nKV_URL=:memory:\n";
const READ = (public_url: string) => ({ public_url, settings_file: ".env" });

const ENV_FILES: EnvFileRow[] = [
  {
    what: "deno task start reads .env",
    file: `${BASE}PUBLIC_URL=http://localhost:7001\n`,
    right: READ("http://localhost:7001"),
  },
  {
    what: "the real environment comes first",
    file: `${BASE}PUBLIC_URL=http://localhost:7001\n`,
    env: { PUBLIC_URL: "http://localhost:7002" },
    right: READ("http://localhost:7002"),
  },
  {
    what: "an empty variable of the environment counts as unset",
    file: `${BASE}PUBLIC_URL=http://localhost:7001\n`,
    env: { PUBLIC_URL: "" },
    right: READ("http://localhost:7001"),
  },
  {
    what: "a file from Windows, with export, quotes, blanks and comments",
    file:
      `\uFEFF${BASE}# mine\n\nexport PUBLIC_URL = "http://localhost:7001" # here\nNO_PROXY='a\nb'\n`
        .replaceAll("\n", "\r\n"),
    right: READ("http://localhost:7001"),
  },
  {
    what: "ENV_FILE=off",
    file: "PORT=x\n",
    env: { ENV_FILE: "off", PORT: "0", SANDBOX: "off", PUBLIC_URL: "http://localhost:7002" },
    right: { public_url: "http://localhost:7002" },
  },
  {
    what: "a malformed value",
    file: `${BASE}RATE_LIMITS=maybe\n`,
    right: { stops: /^Cannot start: RATE_LIMITS / },
  },
  {
    what: "a line that is no setting",
    file: `${BASE}PUBLIC_URL: http://localhost:7001\n`,
    right: { stops: /^Cannot start: \.env, line 4: write NAME=value/ },
  },
];

Deno.test("settings in .env reach a server started by its task", async (t) => {
  await using project = await projectWith("");
  for (const { what, file, env, right } of ENV_FILES) {
    await t.step(what, async () => {
      await Deno.writeTextFile(`${project.root}.env`, file);
      // What startProcess sets for other tests counts as unset here.
      const unset = { PORT: "", SANDBOX_HOSTS: "", ENV_FILE: "", ...env };
      const options = { ...TASK, root: project.root };
      if ("stops" in right) {
        const [line, ...more] = await refusedStart(unset, options);
        assert.match(line!, right.stops);
        assert.deepEqual(more, []);
        return;
      }
      const server = await startProcess(unset, options);
      const line = server.log.find((text) => text.includes('"event":"listening"'))!;
      const { public_url, settings_file } = JSON.parse(line);
      await server.kill("SIGTERM");
      assert.deepEqual({ public_url, settings_file }, { settings_file: undefined, ...right });
    });
  }

  await t.step("a name that is no setting is named, and its value is not", async () => {
    await Deno.writeTextFile(`${project.root}.env`, `${BASE}PUBLC_URL=http://x.example\n`);
    const unset = { PORT: "", SANDBOX_HOSTS: "", ENV_FILE: "" };
    const server = await startProcess(unset, { ...TASK, root: project.root });
    const line = server.log.find((text) => text.includes('"event":"unknown_settings"'))!;
    await server.kill("SIGTERM");
    assert.equal(JSON.parse(line).names, "PUBLC_URL");
    assert.ok(!server.log.join().includes("x.example"));
  });

  await t.step("a folder with the name of the file", async () => {
    await Deno.remove(`${project.root}.env`);
    await Deno.mkdir(`${project.root}.env`);
    const lines = await refusedStart({ ENV_FILE: "" }, { ...TASK, root: project.root });
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^Cannot start: \.env can't be read: /);
  });
});

Deno.test("a start on a terminal ends with where to open it and how to connect", async () => {
  await using project = await projectWith(BASE);
  const child = new Deno.Command("script", {
    args: [
      "--quiet",
      "--return",
      "--command",
      `${Deno.execPath()} task --quiet start`,
      "/dev/null",
    ],
    cwd: project.root,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let shown = "";
  const keys = child.stdin.getWriter();
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    shown += text.replaceAll("\r", "");
    // Ctrl+C, as the text says.
    if (shown.endsWith("Ctrl+C stops it.\n\n")) await keys.write(new Uint8Array([3]));
  }
  await keys.close().catch(() => {});
  assert.match(shown, /"event":"stopped"/);
  // 130, as after any Ctrl+C: the second of the two signals met a process that was leaving.
  assert.ok([0, 130].includes((await child.status).code), shown);
  const [, url] = /"event":"listening","url":"([^"]+)"/.exec(shown) ?? [];
  assert.equal(
    shown.slice(shown.indexOf("\nMCP Multiplayer"), shown.indexOf("stops it.") + 9)
      .replaceAll(url!, "URL"),
    `
MCP Multiplayer ${denoJson.version}, with the settings of .env

  Open          URL
  MCP server    URL/mcp
  Claude Code   claude mcp add --transport http multiplayer URL/mcp
  Other apps    URL/connect
  First game    deno task cli play --server URL, in another terminal

Ctrl+C stops it.`,
  );
});

Deno.test("a second process on one database is refused at once, until the first has ended", async (t) => {
  await using file = dataFile();
  const folder = file.path.replace(/\/[^/]*$/, "");
  const first = await startProcess({ KV_URL: file.path, SANDBOX: "off" });
  const link = `${folder}/link.sqlite3`;
  await Deno.symlink("multiplayer.sqlite3", `${ROOT}${link}`);
  const paths = {
    "the same path": file.path,
    "another spelling": `./${file.path}`,
    "a link": link,
  };
  for (const [name, KV_URL] of Object.entries(paths)) {
    await t.step(name, async () => {
      assert.deepEqual(await refusedStart({ KV_URL, SANDBOX: "off" }), [
        `Cannot start: another server uses the database ${KV_URL}. Stop it, or set KV_URL to another file.`,
      ]);
    });
  }
  const children = await first.children();
  await first.kill("SIGKILL");
  await gone(children);
  const second = await startProcess({ KV_URL: link, SANDBOX: "off" });
  await second.kill("SIGTERM");
  await checkStore(file.path);
});

Deno.test("of two starts at the same moment on a new database, one serves", async () => {
  await using file = dataFile();
  const starts = [1, 2].map(() => startProcess({ KV_URL: file.path, SANDBOX: "off" }));
  const ended = await Promise.allSettled(starts);
  const serving = ended.filter((start) => start.status === "fulfilled");
  for (const { value } of serving) await value.kill("SIGTERM");
  assert.equal(serving.length, 1);
  const [{ reason }] = ended.filter((start) => start.status === "rejected") as [
    PromiseRejectedResult,
  ];
  assert.match(String(reason), /Cannot start: another server uses the database/);
});

Deno.test("what else keeps a server from starting is said in one line", async (t) => {
  await using file = dataFile();
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const PORT = String(taken.addr.port);
  await Deno.mkdir(`${ROOT}${file.path}`, { recursive: true });
  const free = file.path.replace("multiplayer", "other");
  await Deno.writeTextFile(`${ROOT}${file.path}/text`, "This is no database.".repeat(100));
  const rows: (Report & { env: Record<string, string>; right: RegExp })[] = [
    {
      what: "a port in use",
      env: { PORT, KV_URL: free },
      right: new RegExp(`^Cannot start: port ${PORT} is in use\\. `),
    },
    {
      what: "an address of another machine",
      env: { HOST: "192.0.2.1", KV_URL: free },
      right: /^Cannot start: HOST 192\.0\.2\.1 with PORT 0 can't be used: /,
    },
    {
      what: "a folder in place of the database",
      env: { KV_URL: file.path },
      right: /^Cannot start: KV_URL: data\/.* can't be opened: /,
    },
    {
      what: "a file that is no database",
      env: { KV_URL: `${file.path}/text` },
      right: /^Cannot start: KV_URL: data\/.* can't be opened: /,
    },
    {
      what: "a path outside of the folder that the task may use",
      env: { KV_URL: "/nowhere/x.sqlite3" },
      right: /^Cannot start: KV_URL: \/nowhere\/x\.sqlite3 can't be opened: /,
    },
    {
      what: "an address without a scheme",
      env: { PUBLIC_URL: "localhost:8100", KV_URL: free },
      right: /^Cannot start: PUBLIC_URL must be an origin such as https:/,
    },
    {
      what: "one origin of several that is none",
      env: { ALLOWED_ORIGINS: "app://obsidian.md, localhost:3000", KV_URL: free },
      right: /^Cannot start: ALLOWED_ORIGINS must be .*: localhost:3000 is none$/,
    },
  ];
  for (const { what, env, right } of rows) {
    await t.step(what, async () => {
      const lines = await refusedStart({ SANDBOX: "off", ...env });
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0]!, right);
    });
  }
  taken.close();
});
