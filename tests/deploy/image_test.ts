/** The steps of the Dockerfile, in a folder in place of an image: with an empty cache of packages,
 *  outside of any home folder, and as a user without rights, as in denoland/deno. */
import assert from "node:assert/strict";
import { roomOf, type Wire } from "../support/player.ts";
import { type ServerProcess, startProcess } from "../support/process.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const read = (path: string) => Deno.readTextFile(ROOT + path);

/** An instruction and its argument, with continued lines joined. */
async function instructions(): Promise<[name: string, argument: string][]> {
  const text = (await read("Dockerfile")).replaceAll(/^#.*\n/gm, "").replaceAll(/\\\n\s*/g, "");
  return text.split("\n").filter((line) => line.trim() !== "").map((line) => {
    const [, name, argument] = /^([A-Z]+) (.*)$/.exec(line)!;
    return [name!, argument!];
  });
}

/** The files that `COPY . .` takes, by the rules of .dockerignore that this project uses. */
async function context(): Promise<string[]> {
  const rules = (await read(".dockerignore")).split("\n").filter((line) => line !== "");
  const fits = (path: string, rule: string) =>
    rule.endsWith("/*") ? path.startsWith(rule.slice(0, -1)) : `${path}/`.startsWith(`${rule}/`);
  return (await output("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {}))
    .trim().split("\n").filter((path) => {
      let kept = true;
      for (const rule of rules) {
        const isBack = rule.startsWith("!");
        if (fits(path, isBack ? rule.slice(1) : rule)) kept = isBack;
      }
      return kept;
    });
}

async function output(
  program: string,
  args: string[],
  { cwd = ROOT, env = {} }: { cwd?: string; env?: Record<string, string> },
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd,
    env,
    stdin: "null",
  }).output();
  assert.ok(success, `${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** `nobody` where the tests may become another user. */
const NOBODY = "65534";

Deno.test("the steps of the Dockerfile make a server that runs bots", async () => {
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-image-" });
  const isRoot = (await output("id", ["-u"], {})).trim() === "0";
  const [uid, gid] = isRoot
    ? [NOBODY, NOBODY]
    : [await output("id", ["-u"], {}), await output("id", ["-g"], {})].map((id) => id.trim());
  const asUser = (command: string[]) =>
    isRoot
      ? ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", ...command]
      : command;
  const app = `${folder}/app`;
  // As in the base image.
  const env: Record<string, string> = {
    DENO_DIR: `${folder}/deno-dir`,
    HOME: "/nonexistent",
    PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
    NO_COLOR: "1",
  };
  let server: ServerProcess | undefined;
  try {
    await Deno.chmod(folder, 0o755);
    for (const path of ["app", "deno-dir", "bin"]) await Deno.mkdir(`${folder}/${path}`);
    await output("chown", [`${uid}:${gid}`, env.DENO_DIR!], {});
    // The tests' own may be in a home folder that nobody else can read.
    await Deno.copyFile(Deno.execPath(), `${folder}/bin/deno`);
    let user: "root" | "deno" = "root";
    const copied: string[] = [];
    let healthcheck: string[] | undefined;
    for (const [name, argument] of await instructions()) {
      if (name === "FROM") assert.equal(argument, `denoland/deno:${Deno.version.deno}`);
      else if (name === "WORKDIR") assert.equal(argument, "/app");
      else if (name === "USER") user = argument as typeof user;
      else if (name === "VOLUME") assert.ok((await Deno.stat(folder + argument)).isDirectory);
      else if (name === "EXPOSE") assert.equal(argument, "8100");
      else if (name === "ENV") {
        for (const pair of argument.split(" ")) env[pair.split("=")[0]!] = pair.split("=")[1]!;
      } else if (name === "COPY") {
        const [owner, ...paths] = argument.split(" ");
        assert.deepEqual([owner, paths.at(-1)!.replace("./", ".")], ["--chown=deno:deno", "."]);
        const files = paths[0] === "." ? await context() : paths.slice(0, -1);
        copied.push(...files);
        const list = `${folder}/list`;
        await Deno.writeTextFile(list, files.join("\n"));
        const owned = [`--owner=${uid}`, `--group=${gid}`];
        await output("sh", [
          "-c",
          `tar -C ${ROOT} -c ${owned.join(" ")} -T ${list} | tar -C ${app} -x --same-owner`,
        ], {});
      } else if (name === "RUN") {
        const script = argument.replaceAll("deno:deno", `${uid}:${gid}`)
          .replaceAll(/(?<= )\/app/g, app);
        const command = ["sh", "-c", script];
        const [program, ...args] = user === "root" ? command : asUser(command);
        await output(program!, args, { cwd: app, env });
      } else if (name === "HEALTHCHECK") {
        healthcheck = JSON.parse(/ CMD (\[.*\])$/.exec(argument)![1]!);
      } else {
        assert.equal(name, "CMD");
        assert.deepEqual(JSON.parse(argument), ["deno", "task", "start"]);
        assert.equal(user, "deno");
      }
    }
    assert.ok(copied.includes("docs/bots.md"));
    assert.deepEqual(copied.filter((path) => /^(tests|deploy|\.ci)\/|^\.env$/.test(path)), []);

    server = await startProcess({ ...env, PORT: "0", HOST: "127.0.0.1" }, {
      viaTask: true,
      root: `${app}/`,
      wrap: ([, ...args]) => asUser([`${folder}/bin/deno`, ...args]),
    });
    const ready = await fetch(`${server.url}/readyz`);
    assert.deepEqual(await ready.json(), { ready: true, store: true, sandbox: true });
    const [program, ...args] = healthcheck!;
    await output(program!, args, { env: { ...env, PORT: new URL(server.url).port } });
    const { players: [ann] } = await roomOf(server.url, {
      slots: ["bot:echo", "invite:a"],
      bot_preset: "EchoBot",
    }, 1);
    const { msg_id } = await ann!.say("hello");
    await ann!.readUntil(({ kind, cause }: Wire) => kind === "bot" && cause === msg_id);
    await server.kill("SIGTERM");
    server = undefined;
    const data = await Array.fromAsync(Deno.readDir(`${app}/data`));
    assert.ok(data.some(({ name }) => name === "multiplayer.sqlite3"));
  } finally {
    await server?.kill("SIGTERM");
    await Deno.remove(folder, { recursive: true });
  }
});
