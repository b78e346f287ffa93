/** The permissions of each task. The permission sets of deno.json hold them, except for Deno's own
 *  path, which only the shell knows: the tasks themselves add it. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };

const OWN = `--allow-run="$(deno eval -p 'Deno.execPath()')"`;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
const { tasks, permissions } = denoJson;

const dataUrl = (program: string) => `data:text/javascript,${encodeURIComponent(program)}`;

/** The permission flags of a task. */
function flagsOf(task: keyof typeof tasks): string[] {
  return tasks[task].command.match(
    / (-P\S*|-A|--allow-\w+=(".*?"|\S+))/g,
  )!
    .map((flag) => flag.trim());
}

Deno.test("the start task never has more rights than it needs", () => {
  const { env, ...rest } = permissions.server;
  assert.deepEqual(rest, {
    net: true,
    read: [
      ".build",
      ".env",
      "bots",
      "data",
      "docs/bots.md",
      "src/sandbox",
      "src/domain/bot/engine_id.ts",
      "src/domain/limits/bot.ts",
      "src/domain/bot/sealed.ts",
    ],
    write: ["data"],
    sys: ["networkInterfaces"],
  });
  assert.ok(
    env.every((name) => /^[A-Za-z_]+$/.test(name)),
    "names, never a pattern",
  );
  assert.ok(!tasks.start.command.includes("--seed"));
});

Deno.test("a task of the server or the verifier has one permission set and Deno's own path", () => {
  assert.deepEqual(flagsOf("start"), ["-P=server", OWN]);
  assert.deepEqual(flagsOf("dev"), ["-P=server", OWN]);
  assert.deepEqual(flagsOf("verify"), ["-P=verifier", OWN]);
  for (const [name, { command }] of Object.entries(tasks)) {
    // What is installed has a copy of deno.json, and Deno takes no permission set from there.
    if (name === "install") continue;
    assert.doesNotMatch(
      command,
      / -A\b|--allow-(?!run="\$)|--no-lock/,
      command,
    );
  }
});

Deno.test("Deno grants the start task's permission set and nothing else", async () => {
  const asked: Deno.PermissionDescriptor[] = [
    { name: "net" },
    { name: "read", path: ".env" },
    { name: "read", path: ".build/manifest.json" },
    { name: "read", path: "data/multiplayer.sqlite3" },
    { name: "write", path: "data/multiplayer.sqlite3" },
    { name: "env", variable: "PORT" },
    { name: "sys", kind: "networkInterfaces" },
    { name: "run", command: Deno.execPath() },
  ];
  const refused: Deno.PermissionDescriptor[] = [
    { name: "read" },
    { name: "read", path: "main.ts" },
    { name: "write" },
    { name: "write", path: ".env" },
    { name: "write", path: ".build" },
    { name: "write", path: "bots" },
    { name: "env" },
    { name: "env", variable: "PATH" },
    { name: "sys" },
    { name: "run" },
    { name: "run", command: "sh" },
    { name: "ffi" },
  ];
  const program = `const states = ${JSON.stringify([...asked, ...refused])}
    .map((descriptor) => Deno.permissions.querySync(descriptor).state === "granted");
    console.log(JSON.stringify(states));`;
  const flags = flagsOf("start").map((flag) => flag.replace(/"\$\(.*\)"/, Deno.execPath()));
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      `--config=${CONFIG}`,
      ...flags,
      dataUrl(program),
    ],
    cwd: new URL("../../", import.meta.url),
  }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [
    ...asked.map(() => true),
    ...refused.map(() => false),
  ]);
});
