/** docs/deploy.md: each of its commands runs, section by section, in folders of the test's own, or
 *  is in the table of those that can't run here. */
import assert from "node:assert/strict";
import { cliArgs, CommandLine } from "../support/command_line.ts";
import { roomOf, type Wire } from "../support/player.ts";
import { type ServerProcess, startProcess } from "../support/process.ts";
import { proxyTo } from "../support/proxy.ts";
import { freePort } from "../support/foreign_program.ts";
import { installed, NAME, nginx } from "../support/reverse_proxy.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The commands that no test runs, and why. */
const NOT_RUN: [command: RegExp, why: string][] = [
  [/^apt-get /, "changes the machine"],
  [/^npm install --global /, "changes the machine; the tests run in this very Deno"],
  [/^adduser /, "changes the machine"],
  [/^(systemctl|journalctl) /, "no systemd runs here: the test starts and stops the server itself"],
  [/^certbot /, "asks Let's Encrypt"],
  [/^docker compose (up|logs|exec|cp) ?/, "needs a daemon: see image_test.ts"],
];

/** The blocks of commands of the page, by section. */
async function blocksOfPage(): Promise<Map<string, string[]>> {
  const page = await Deno.readTextFile(`${ROOT}docs/deploy.md`);
  const found = new Map<string, string[]>();
  for (const text of page.split(/^#+ /m).slice(1)) {
    const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
    if (blocks.length > 0) found.set(text.split("\n")[0]!, blocks);
  }
  return found;
}

/** The script without the commands that can't run; `skipped` gets their rows. */
function runnable(script: string, skipped: Set<RegExp>): string {
  return script.split("\n").map((line) => {
    const [command] = NOT_RUN.find(([command]) => command.test(line)) ?? [];
    if (command === undefined) return line;
    skipped.add(command);
    return ":";
  }).join("\n");
}

interface RunOptions {
  cwd?: string;
  /** The server that the page has at http://127.0.0.1:8100. */
  url?: string;
  env?: Record<string, string>;
  edit?: (script: string) => string;
}

/** Runs the blocks of the page, one after the other. What they call by absolute names is in
 *  `folder`. */
class Operator {
  readonly skipped = new Set<RegExp>();

  constructor(
    readonly folder: string,
    /** Those that have not run yet. */
    readonly blocks: Map<string, string[]>,
    /** The variables that the page names. */
    readonly names: Record<string, string>,
  ) {}

  /** Runs the next block of a section, and returns what it prints. */
  async run(
    section: string,
    { cwd = `${this.folder}/opt`, url = "", env = {}, edit = (script) => script }: RunOptions = {},
  ): Promise<string> {
    const blocks = this.blocks.get(section)!;
    const script = edit(runnable(blocks.shift()!, this.skipped))
      .replaceAll("/opt/mcp-multiplayer", `${this.folder}/opt`)
      .replaceAll(/(?<=[\s"'>])\/(?=(?:etc|var)\/)/g, `${this.folder}/`)
      .replaceAll(/--owner=\w+/g, "--owner=$(id -un)")
      .replaceAll(/--group=\w+/g, "--group=$(id -gn)")
      .replaceAll("http://127.0.0.1:8100", url);
    if (blocks.length === 0) this.blocks.delete(section);
    const cli = [Deno.execPath(), ...cliArgs()].map((word) => `'${word}'`).join(" ");
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-euo", "pipefail", "-c", `${this.#stands(cli)}\n${script}`],
      cwd,
      env: { ...this.names, ...env },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    const text = decoder.decode(stdout) + decoder.decode(stderr);
    assert.equal(code, 0, `${section}: ${text}`);
    return text;
  }

  /** Programs as the scripts find them on a machine of their own. */
  #stands(cli: string): string {
    return `
      nginx() { command nginx -e stderr -p ${this.folder} -c ${this.folder}/nginx.conf "$@"; }
      deno() { case "$*" in
        "task cli "*) shift 2; (cd ${ROOT} && ${cli} "$@") ;;
        *) ${Deno.execPath()} "$@" ;;
      esac; }`;
  }
}

const canRun = ["nginx", "caddy", "curl", "openssl", "git"].every(installed);
if (!canRun) console.log("NOT RUN without nginx, caddy, curl, openssl and git: docs/deploy.md");

Deno.test({ name: "docs/deploy.md: its commands", ignore: !canRun, fn: pageWorks });

async function pageWorks(t: Deno.TestContext): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
  const opt = `${folder}/opt`;
  for (const path of ["etc/systemd/system", "etc/nginx/conf.d", "etc/caddy", "var/backups"]) {
    await Deno.mkdir(`${folder}/${path}`, { recursive: true });
  }
  const page = new Operator(folder, await blocksOfPage(), {
    NAME,
    REPOSITORY: ROOT,
    RELEASE: "HEAD",
    HOME: folder,
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
  });
  const PORT = String(freePort());
  // A busy machine takes long for a backup, and a player writes all the while.
  const env = { PORT, ENV_FILE: "on", RATE_LIMITS: "off" };
  const start = () => startProcess(env, { viaTask: true, root: `${opt}/` });
  let server: ServerProcess | undefined;
  try {
    await t.step("a server from nothing", async () => {
      await page.run("On a machine with systemd", { cwd: folder });
      assert.equal((await Deno.stat(`${opt}/.env`)).mode! & 0o777, 0o640);
      assert.equal((await Deno.stat(`${opt}/data`)).mode! & 0o777, 0o700);
      server = await start();
      const said = await page.run("On a machine with systemd", { url: server.url });
      assert.deepEqual(JSON.parse(said), { ready: true, store: true, sandbox: true });
      const listening = server.log.find((line) => line.includes('"listening"'))!;
      assert.equal(JSON.parse(listening).public_url, `https://${NAME}`);
    });
    await using proxy = await nginx(server!.url);

    await t.step("the files of both proxies are as they want them", async () => {
      const keys = `${folder}/etc/letsencrypt/live/${NAME}`;
      await Deno.mkdir(keys, { recursive: true });
      await Deno.copyFile(`${proxy.folder}/cert.pem`, `${keys}/fullchain.pem`);
      await Deno.copyFile(`${proxy.folder}/key.pem`, `${keys}/privkey.pem`);
      const site = `${folder}/etc/nginx/conf.d/mcp-multiplayer.conf`;
      const main = `events {} http { include ${site}; }`;
      await Deno.writeTextFile(`${folder}/nginx.conf`, main);
      const edit = (script: string) =>
        script.replace("nginx -t", `sed -i "s,/etc/letsencrypt,${folder}&," ${site}\n$&`);
      assert.match(await page.run("Behind nginx", { edit }), /test is successful/);
      assert.match(await page.run("Behind Caddy"), /Valid configuration/);
    });

    await using cli = await CommandLine.at(`https://${NAME}`);
    await using tunnel = proxyTo(proxy.tls);
    /** The environment of somebody elsewhere, for whom the name leads to the proxy. */
    const outside = {
      ...cli.env(),
      HOME: folder,
      INIT_CWD: folder,
      HTTPS_PROXY: tunnel.url,
      DENO_CERT: proxy.caFile,
      DENO_TLS_CA_STORE: "",
      CURL_CA_BUNDLE: proxy.caFile,
    };
    await t.step("it is right, seen from outside", async () => {
      const connect = `connect-to = "${NAME}:443:127.0.0.1:${proxy.tls}"\nnoproxy = "*"\n`;
      await Deno.writeTextFile(`${folder}/.curlrc`, connect);
      const said = await page.run("Is it right?", {
        env: outside,
        // The calls of the check wait for 45 seconds otherwise.
        edit: (script) => script.replace(/doctor .*/, "$& --wait 2"),
      });
      assert.match(said, /"ready":true/);
      assert.match(said, /✔ waiting: .*\n✔ events: .*\nNothing to mend\.\n/);
    });

    const { players: [ann], created: { channel_id } } = await roomOf(server!.url, {
      slots: ["bot:echo", "invite:a"],
      bot_preset: "EchoBot",
      visibility: "public",
      spectators: "public",
    }, 1);
    await t.step("a backup while the server writes, and back to it", async () => {
      const { msg_id: first } = await ann!.say("before");
      const written: number[] = [];
      let writing = true;
      const writes = (async () => {
        while (writing) {
          const { msg_id } = await ann!.say("during");
          written.push(msg_id);
          await ann!.readUntil(({ cause }: Wire) => cause === msg_id);
        }
      })();
      await page.run("Backup and restore");
      const count = written.length;
      while (written.length < count + 2) await ann!.say("after");
      writing = false;
      await writes;
      await page.run("Backup and restore"); // in a container
      await server!.kill("SIGTERM");
      await page.run("Backup and restore");
      server = await start();
      const { messages } = await ann!.call("sync_messages", {
        channel_id,
        timeout_ms: 0,
        last: 500,
      });
      const said = messages.filter(({ sender }: Wire) => sender === ann!.player_id);
      assert.equal(said[0].id, first, "what was answered before the backup is there");
      assert.ok(said.at(-1).id < written.at(-1)!, "what came after it is not");
      await ann!.say("it goes on");
      const verified = await page.run("Backup and restore", {
        cwd: folder,
        env: { ...outside, CHANNEL: channel_id },
        edit: (script) =>
          script.replace("verify game.json", `verify ${folder}/game.json`)
            .replace(/^deno task verify/m, `cd ${opt}; $&`),
      });
      assert.match(verified, /^VERIFIED: chn_/m);
    });

    await t.step("an upgrade and keys of the operator's own lose nothing", async () => {
      await page.run("Upgrade, restart");
      await page.run("Secrets");
      assert.match(await Deno.readTextFile(`${opt}/.env`), /^SIGNING_KEY=[0-9a-f]{64}$/m);
      await server!.kill("SIGTERM");
      server = await start();
      await ann!.say("and on");
    });

    await t.step("the settings of a container", async () => {
      const cwd = `${folder}/docker`;
      await Deno.mkdir(cwd);
      const edit = (script: string) =>
        hasComposePlugin() ? script : script.replaceAll("docker compose", "docker-compose");
      await page.run("With Docker", { cwd, edit });
    });
    await server!.kill("SIGTERM");
    server = undefined;
  } finally {
    await server?.kill("SIGTERM");
    await Deno.remove(folder, { recursive: true });
  }
  assert.deepEqual([...page.blocks.keys()], [], "each block was run");
  assert.deepEqual(NOT_RUN.filter(([command]) => !page.skipped.has(command)), []);
}

function hasComposePlugin(): boolean {
  return new Deno.Command("sh", { args: ["-c", "docker compose version"] }).outputSync().success;
}

Deno.test("docs/deploy.md names settings and log lines that exist", async () => {
  const page = await Deno.readTextFile(`${ROOT}docs/deploy.md`);
  const example = await Deno.readTextFile(`${ROOT}.env.example`);
  const { success, stdout } = await new Deno.Command("grep", {
    args: ["-rhoE", '"[a-z]+[._][a-z_]+"', "src", "main.ts"],
    cwd: ROOT,
  }).output();
  assert.ok(success);
  const sources = new TextDecoder().decode(stdout);
  const table = page.slice(page.indexOf("| line "), page.indexOf("## What goes wrong"));
  const lines = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([\w.]+)`/g)].map(([, line]) => line!)
  );
  assert.ok(lines.length > 15);
  for (const line of lines) {
    assert.ok(sources.includes(`"${line}"`) || line === "listening" || line === "stopped", line);
  }
  for (const [, setting] of page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)) {
    const isPlatform = setting === "DENO_DEPLOYMENT_ID";
    assert.ok(isPlatform || new RegExp(`^#?${setting}=`, "m").test(example), setting);
  }
});
