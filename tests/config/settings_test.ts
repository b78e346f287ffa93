/** Every setting reaches the server in every documented way: the environment of the start task, a
 *  file, and Compose. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import { readConfig } from "../../src/config/config.ts";
import { forwardedFetch } from "../support/forwarded_fetch.ts";
import { kvConnect } from "../support/kv_connect.ts";
import { type ServerProcess, startProcess } from "../support/process.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

/** The variables that the server reads: the list that all others must equal. */
const READ: string[] = [];
readConfig({ get: (name) => void READ.push(name) });
const SETTINGS = READ.filter((name) => name === name.toUpperCase());

/** Variables that a platform sets, and that only the environment can hold. */
const PLATFORM = "DENO_DEPLOYMENT_ID";
const UNWRITTEN = [PLATFORM, "ENV_FILE"];
const documented = SETTINGS.filter((name) => !UNWRITTEN.includes(name));

/** A value for each variable, as a person would write it into `.env`, where single quotes preserve
 *  a value. */
const GIVEN: Readonly<Record<string, string>> = {
  PORT: "0",
  HOST: "127.0.0.1",
  PUBLIC_URL: "http://127.0.0.1:9",
  ALLOWED_ORIGINS: "https://a.example,https://b.example",
  TRUSTED_PROXIES: "1",
  RATE_LIMITS: "off",
  MCP_STRICT: "true",
  KV_URL: "data/other.sqlite3",
  DENO_KV_ACCESS_TOKEN: "kv-token",
  STORAGE_PER_GUEST_MB: "10",
  STORAGE_PER_PERSON_MB: "20",
  STORAGE_GUESTS_MB: "30",
  IDLE_CHANNEL_DAYS: "30",
  GUESTS: "false",
  TRUSTED_CLIENTS: "https://app.example/oauth/client.json",
  CLIENT_DOCUMENTS: "on",
  LOGIN_GITHUB_ID: "github-id",
  LOGIN_GITHUB_SECRET: "github+secret/=",
  LOGIN_GOOGLE_ID: "google-id",
  LOGIN_GOOGLE_SECRET: "google-secret",
  LOGIN_OIDC_ISSUER: "https://127.0.0.1:9/issuer",
  LOGIN_OIDC_ID: "oidc-id",
  LOGIN_OIDC_SECRET: `'a # secret with $HOME and "quotes"'`,
  LOGIN_OIDC_NAME: "'Club # 7 $HOME'",
  ADMIN_SUBJECTS: "github:1,oidc:operator",
  SANDBOX: "process",
  SANDBOX_HOSTS: "1",
  HOOK_TIMEOUT_MS: "4000",
  BOT_NETWORK: "off",
  LADDERS: `'{"Numbers":["builtin://GuessBot"]}'`,
  ENV_KEY: "0a".repeat(32),
  SIGNING_KEY: "0b".repeat(32),
  SEED_BEACON: "off",
  DRAND_CHAIN: "0c".repeat(32),
  DRAND_RELAYS: "https://relay.example",
  HTTPS_PROXY: "http://user:proxy-password@127.0.0.1:9",
  NO_PROXY: "id.example,.local.example",
  LOG_LEVEL: "debug",
};

const unquoted = (value: string) => value.replace(/^'(.*)'$/, "$1");

/** The text of a `.env` file. */
function dotenv(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) => `${name}=${value}\n`).join("");
}

Deno.test("every setting is in the start task, .env.example, compose.yaml and this test", async () => {
  const example = await read(".env.example");
  const [, block] = /\n {4}environment:\n((?: {6}.*\n)+)/.exec(await read("compose.yaml"))!;
  const lists = {
    start: denoJson.permissions.server.env.filter((name) =>
      name === name.toUpperCase() && !UNWRITTEN.includes(name)
    ),
    example: [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name),
    compose: [...block!.matchAll(/^ {6}([A-Z_]+):/gm)].map(([, name]) => name),
    given: Object.keys(GIVEN),
  };
  for (const [where, names] of Object.entries(lists)) {
    assert.deepEqual(names.toSorted(), documented.toSorted(), where);
  }
});

Deno.test("deno task --env-file start: a server with every setting set obeys them", async () => {
  await using store = await kvConnect();
  const folder = await Deno.makeTempDir();
  let server: ServerProcess | undefined;
  try {
    const file = `${folder}/settings`;
    await Deno.writeTextFile(file, dotenv({ ...GIVEN, ...store.env, [PLATFORM]: "d" }));
    server = await startProcess({}, { viaTask: true, taskFlags: [`--env-file=${file}`] });
    const ready = await fetch(`${server.url}/readyz`);
    assert.deepEqual(await ready.json(), { ready: true, store: true, sandbox: true });
    const through = forwardedFetch(server.url);
    const metadata = await through(`${GIVEN.PUBLIC_URL}/.well-known/oauth-authorization-server`);
    const { issuer, grant_types_supported } = await metadata.json();
    assert.equal(issuer, GIVEN.PUBLIC_URL);
    assert.ok(!grant_types_supported.includes("client_credentials"), "nobody is a guest");
    const page = await (await fetch(`${server.url}/login`)).text();
    for (const name of ["GitHub", "Google", unquoted(GIVEN.LOGIN_OIDC_NAME!)]) {
      assert.ok(page.includes(name), name);
    }
  } finally {
    await server?.kill("SIGTERM");
    await Deno.remove(folder, { recursive: true });
  }
  const log = server!.log.join("\n");
  for (const name of ["LOGIN_OIDC_SECRET", "LOGIN_GITHUB_SECRET", "ENV_KEY", "SIGNING_KEY"]) {
    assert.ok(!log.includes(unquoted(GIVEN[name]!)), `${name} is in the log`);
  }
});

/** The installed Compose: Docker's plugin, or the older program of its own. */
const COMPOSE = [["docker", "compose"], ["docker-compose"]].find(([program, ...args]) => {
  try {
    return new Deno.Command(program!, { args: [...args, "version"] }).outputSync().success;
  } catch {
    return false;
  }
});

/** The only service of compose.yaml as Compose reads it, beside a `.env`. */
async function composed(env: string): Promise<
  { environment: Record<string, string | null>; ports: unknown[] }
> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/compose.yaml`, await read("compose.yaml"));
    await Deno.writeTextFile(`${folder}/.env`, env);
    const [program, ...args] = COMPOSE!;
    const asJson = program === "docker" ? ["--format", "json"] : [];
    const yaml = await output(program!, [...args, "config", ...asJson], folder);
    // The older program prints only YAML, and comes with the parser of Debian's Python.
    const json = yaml.startsWith("{") ? yaml : await output("/usr/bin/python3", [
      "-c",
      `import json, sys, yaml; json.dump(yaml.safe_load(sys.argv[1]), sys.stdout)`,
      yaml,
    ], folder);
    const { environment, ports } = JSON.parse(json).services.multiplayer;
    const plain = Object.entries(environment as Record<string, string | null>)
      .map(([name, value]) => [name, value?.replaceAll("$$", "$") ?? null]);
    return { environment: Object.fromEntries(plain), ports };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function output(program: string, args: string[], cwd: string): Promise<string> {
  const env = { PATH: Deno.env.get("PATH") ?? "", HOME: cwd };
  const command = new Deno.Command(program, { args, cwd, env, clearEnv: true });
  const { success, stdout, stderr } = await command.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "docker compose: every setting of .env arrives in the container, HOST aside",
  ignore: COMPOSE === undefined,
  async fn() {
    const { environment, ports } = await composed(dotenv({ ...GIVEN, PORT: "9000" }));
    const expected = Object.entries(GIVEN).map(([name, value]) => [name, unquoted(value)]);
    assert.deepEqual(environment, {
      ...Object.fromEntries(expected),
      HOST: "0.0.0.0",
      PORT: "9000",
    });
    assert.match(JSON.stringify(ports), /127\.0\.0\.1.*9000.*9000|9000.*127\.0\.0\.1.*9000/);
  },
});

Deno.test({
  name: "docker compose: .env.example as it is, and no .env, give the server its defaults",
  ignore: COMPOSE === undefined,
  async fn() {
    for (const env of [await read(".env.example"), ""]) {
      const { environment, ports } = await composed(env);
      const { host, ...config } = readConfig({ get: (name) => environment[name] ?? undefined });
      assert.equal(host, "0.0.0.0");
      const { host: _, ...defaults } = readConfig({ get: () => undefined });
      assert.deepEqual(config, defaults);
      assert.match(JSON.stringify(ports), /127\.0\.0\.1.*8100.*8100|8100.*127\.0\.0\.1.*8100/);
    }
  },
});
