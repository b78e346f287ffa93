/** A server of the start task behind the real nginx and Caddy, with the files of deploy/: what
 *  players do works through them, and `mcpmp doctor` names what is wrong with other settings. */
import { auth, Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import assert from "node:assert/strict";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { RATES } from "../../src/domain/limits/work.ts";
import { Memory, providerFor } from "../oauth/client_provider.ts";
import { CommandLine } from "../support/command_line.ts";
import { EventReader } from "../support/event_reader.ts";
import { EventsClient, subscription } from "../support/events_client.ts";
import { wrap } from "../support/mcp_clients.ts";
import { Player, roomOf } from "../support/player.ts";
import { startProcess } from "../support/process.ts";
import { PROXY_PASSWORD, proxyTo } from "../support/proxy.ts";
import { reachableReceiver } from "../support/reachable_receiver.ts";
import type { Received } from "../support/webhook_receiver.ts";
import { caddy, installed, NAME, nginx, type ReverseProxy } from "../support/reverse_proxy.ts";
import { playWholeGame } from "../support/whole_game.ts";

const PUBLIC = `https://${NAME}`;
const PROXIES = { nginx, caddy };
const missing = Object.keys(PROXIES).filter((program) => !installed(program));
if (missing.length > 0) console.log(`NOT RUN without ${missing.join(", ")}: tests/deploy`);

/** An official client that signs in, as a person's would, through a proxy. */
async function signedIn({ fetch }: ReverseProxy) {
  const memory = new Memory();
  const provider = providerFor(memory, "http://127.0.0.1:9/callback");
  const serverUrl = `${PUBLIC}/mcp`;
  assert.equal(await auth(provider, { serverUrl, fetchFn: fetch }), "REDIRECT");
  const page = await fetch(memory.url!, { redirect: "manual" });
  await page.body?.cancel();
  const { searchParams } = new URL(page.headers.get("location")!);
  const [authorizationCode, iss] = ["code", "iss"].map((name) => searchParams.get(name)!);
  const granted = { serverUrl, fetchFn: fetch, authorizationCode: authorizationCode!, iss: iss! };
  assert.equal(await auth(provider, granted), "AUTHORIZED");
  const { access_token } = memory.tokens! as { access_token: string };
  const transport = new StreamableHTTPClientTransport(new URL(serverUrl), {
    authProvider: provider,
    fetch,
  });
  const client = new Client({ name: "test", version: "1" }, {
    versionNegotiation: { mode: "auto" },
  });
  await client.connect(transport);
  return { mcp: wrap(client as never, () => undefined), token: access_token };
}

/** The first answers of curl from another address of this machine: statuses, in order. */
async function statuses(proxy: ReverseProxy, from: string, args: string[]): Promise<string[]> {
  return (await curl(proxy, [
    "--interface",
    from,
    "-o",
    "/dev/null",
    "-w",
    "%{http_code}\n",
    ...args,
  ]))
    .trim().split("\n");
}

async function curl({ tls, caFile }: ReverseProxy, args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command("curl", {
    args: ["-sS", "--cacert", caFile, "--connect-to", `${NAME}:443:127.0.0.1:${tls}`, ...args],
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "a server behind nginx and behind Caddy, with the files of deploy/",
  ignore: missing.length > 0,
  async fn(t) {
    await using receiving = await reachableReceiver();
    const server = await startProcess({
      ...receiving.settings,
      KV_URL: ":memory:",
      PUBLIC_URL: PUBLIC,
      TRUSTED_PROXIES: "1",
    }, { viaTask: true });
    const room = { slots: ["invite:a", "invite:b"], visibility: "public", spectators: "public" };
    const { players: [ann], created: { channel_id } } = await roomOf(server.url, room, 1);
    for (const [i, [name, start]] of Object.entries(PROXIES).entries()) {
      await using proxy = await start(server.url);

      const { mcp, token } = await signedIn(proxy);
      await using _ = mcp;
      await t.step(`${name}: an official client signs in and plays a whole game`, async () => {
        await playWholeGame(mcp, await Player.at(server.url));
      });

      await t.step(`${name}: a call reports at once that it waits, and hears of news`, async () => {
        const waits = Promise.withResolvers<void>();
        const { cursor } = await mcp.call("sync_messages", { channel_id, timeout_ms: 0 });
        const args = { channel_id, cursor, timeout_ms: CHANNEL_LIMITS.syncTimeoutMs };
        const answered = mcp.follow("sync_messages", args, () => waits.resolve());
        await waits.promise;
        await ann!.say("news");
        const { structuredContent } = await answered;
        assert.equal(structuredContent.messages[0].body.text, "news");
      });

      await t.step(`${name}: a page gets each event when it happens`, async () => {
        const reader = new EventReader(proxy.fetch);
        const response = await reader.open(`${PUBLIC}/channels/${channel_id}/events`);
        assert.equal(response.headers.get("content-type"), "text/event-stream");
        for (const text of ["one", "two"]) {
          await ann!.say(text);
          await reader.until(({ data }) => data.body?.text === text);
        }
        await reader.close();
      });

      await t.step(`${name}: an event is delivered to a client that subscribed`, async () => {
        const { receiver } = receiving;
        const events = new EventsClient(PUBLIC, token, proxy.fetch);
        const delivery = { url: receiver.proxiedUrl(`/${name}`), secret: receiver.secret() };
        await events.call(
          "events/subscribe",
          subscription("message.created", { channel_id }, delivery),
        );
        await ann!.say("wake up");
        const isIts = ({ path }: Received) => path === `/${name}`;
        for (let taken = 1; !receiver.received.some(isIts); taken++) await receiver.taken(taken);
        const { data } = receiver.received.find(isIts)!.body;
        assert.equal(data.message.body.text, "wake up");
      });

      await t.step(`${name}: pages, HTTP/2, the way from http, and a body too large`, async () => {
        const page = await proxy.fetch(PUBLIC, { headers: { accept: "text/html" } });
        assert.ok((await page.text()).includes(`${PUBLIC}/mcp`));
        const write = ["-o", "/dev/null", "-w", "%{http_version} %{http_code}"];
        assert.equal(await curl(proxy, ["--http2", ...write, `${PUBLIC}/connect`]), "2 200");
        const plain = await fetch(`http://127.0.0.1:${proxy.plain}/mcp?x=1`, {
          headers: { host: NAME },
          redirect: "manual",
        });
        assert.match(plain.headers.get("location")!, /^https:\/\/[^/]+\/mcp\?x=1$/);
        assert.ok(plain.status >= 300 && plain.status < 400);
        const large = await proxy.fetch(`${PUBLIC}/register`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ client_name: "x".repeat(2 * HTTP_LIMITS.requestBytes) }),
        });
        assert.equal(large.status, 413);
        assert.match(
          await large.text(),
          /"code":"TOO_LARGE"/,
          "the server's words, not the proxy's",
        );
      });

      await t.step(`${name}: each client has the limits of its own address`, async () => {
        const { quota } = RATES.registrations;
        const register = ["-H", "content-type: application/json", "-d", "{}"];
        // A forged address changes nothing.
        const forged = ["-H", "X-Forwarded-For: 198.51.100.7"];
        const url = `${PUBLIC}/register?[1-${quota + 1}]`;
        const many = await statuses(proxy, `127.0.1.${i}`, [...register, ...forged, url]);
        assert.deepEqual(many.slice(0, -1), Array(quota).fill("201"));
        assert.equal(many.at(-1), "429");
        const other = await statuses(proxy, `127.0.2.${i}`, [...register, `${PUBLIC}/register`]);
        assert.deepEqual(other, ["201"]);
      });
    }
    await server.kill("SIGTERM");
    const warnings = server.log.filter((line) => /"level":"(warn|error)"/.test(line));
    assert.deepEqual(warnings, [], "nothing to mend");
  },
});

Deno.test("nginx waits longer than a call does, and collects no events", async () => {
  const site = await Deno.readTextFile(new URL("../../deploy/nginx.conf", import.meta.url));
  const [, hours] = /^\s*proxy_read_timeout (\d+)h;$/m.exec(site)!;
  assert.ok(Number(hours) * 3600_000 > CHANNEL_LIMITS.syncTimeoutMs);
  assert.match(site, /^\s*proxy_buffering off;$/m);
});

interface Fault {
  what: string;
  /** Settings of the server instead of the right ones. */
  settings?: Record<string, string>;
  /** The file of nginx with the fault. */
  change?: (site: string) => string;
  /** What `mcpmp doctor` calls bad, in order; if absent, it is not asked. */
  doctor?: RegExp[];
  /** The event in the server's log. */
  log?: string;
}

const without = (line: RegExp) => (site: string) => {
  assert.match(site, line);
  return site.replace(line, "");
};

const FAULTS: Fault[] = [
  {
    what: "PUBLIC_URL is another name",
    settings: { PUBLIC_URL: "https://other.example.org" },
    doctor: [/name: .*421.*This server's address is https:\/\/other\.example\.org/],
    log: "host_not_served",
  },
  {
    what: "PUBLIC_URL is http",
    settings: { PUBLIC_URL: `http://${NAME}` },
    doctor: [/name: The server calls itself http:.*Set PUBLIC_URL=https:/],
    log: "public_url_not_https",
  },
  {
    what: "PUBLIC_URL is not set, and nginx replaces Host",
    settings: { PUBLIC_URL: "" },
    change: (site) =>
      without(/proxy_set_header Host .*/)(site).replace("http://mcp_multiplayer", "ORIGIN"),
    doctor: [/name: The server calls itself http:\/\/127\.0\.0\.1:\d+, .*Set PUBLIC_URL=https:/],
    log: "public_url_differs",
  },
  {
    what: "TRUSTED_PROXIES is not set",
    settings: { TRUSTED_PROXIES: "0" },
    log: "proxies_not_trusted",
  },
  {
    what: "nginx says nothing of its clients' addresses",
    change: without(/proxy_set_header X-Forwarded-For .*/),
    log: "proxies_missing",
  },
  {
    what: "nginx waits for a second",
    change: (site) => site.replace("proxy_read_timeout 1h", "proxy_read_timeout 1s"),
    doctor: [
      /waiting: A call that waits was cut off after \d.* 504.*proxy_read_timeout/,
      /events: A stream broke off after \d/,
    ],
  },
  {
    what: "nginx collects and compresses events, whatever the server asks for",
    change: (site) =>
      without(/proxy_buffering off;/)(site)
        .replace("proxy_http_version", "gzip_types *; proxy_ignore_headers X-Accel-Buffering; $&"),
    doctor: [/events: A proxy held back an event for .*proxy_buffering off/],
  },
  {
    what: "nginx collects and compresses, but not what the server asks it not to",
    change: (site) =>
      without(/proxy_buffering off;/)(site).replace("proxy_http_version", "gzip_types *; $&"),
    doctor: [],
  },
];

Deno.test({
  name: "what an operator gets wrong is said by the server's log or by mcpmp doctor",
  ignore: missing.length > 0,
  async fn() {
    // Most of the time goes by in calls that wait.
    await Promise.all(FAULTS.map(async ({ what, settings = {}, change, doctor, log }) => {
      const right = { KV_URL: ":memory:", SANDBOX: "off", PUBLIC_URL: PUBLIC };
      const server = await startProcess({ ...right, TRUSTED_PROXIES: "1", ...settings });
      await using proxy = await nginx(
        server.url,
        change && ((site) => change(site).replace("ORIGIN", server.url)),
      );
      if (doctor) await diagnosed(proxy, what, doctor);
      else await (await proxy.fetch(PUBLIC)).body?.cancel();
      await server.kill("SIGTERM");
      const said = server.log.filter((line) => line.includes('"level":"warn"'))
        .map((line) => JSON.parse(line).event);
      assert.deepEqual(said, log ? [log] : [], what);
    }));
  },
});

async function diagnosed(proxy: ReverseProxy, what: string, expected: RegExp[]): Promise<void> {
  await using tunnel = proxyTo(proxy.tls);
  await using cli = await CommandLine.at(PUBLIC);
  const { code, stdout, stderr } = await cli.run(["doctor", "--wait", "3"], {
    env: { HTTPS_PROXY: tunnel.url, DENO_CERT: proxy.caFile, DENO_TLS_CA_STORE: "" },
  });
  const text = `${what}: ${stdout}${stderr}`;
  assert.ok(!text.includes(PROXY_PASSWORD), text);
  const bad = stdout.split("\n").filter((line) => line.startsWith("✘"));
  assert.equal(bad.length, expected.length, text);
  assert.equal(code, expected.length > 0 ? 1 : 0, text);
  for (const [i, line] of bad.entries()) assert.match(line, expected[i]!, text);
}
