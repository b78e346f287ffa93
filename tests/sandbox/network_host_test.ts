/** The network of a whole sandbox host, from the bot to the server. */
import assert from "node:assert/strict";
import type { HookJob, HookOutcome } from "../../src/domain/bot/bot.ts";
import type { Exchange } from "../../src/domain/bot/evidence.ts";
import {
  type BotNetwork,
  netFlags,
  startHostProcess,
} from "../../src/sandbox/launch/host_process.ts";
import { selfSigned } from "../support/certificates.ts";
import { get, networkProcess } from "../support/network_process.ts";
import { webServer } from "../support/web_server.ts";
import { initJob, onlyPost } from "./job.ts";

const OPEN: BotNetwork = { schemes: "http", denied: [], test: { loopback: true, caCerts: [] } };
const CLOSED: BotNetwork = { schemes: "off", denied: [] };

/** Runs jobs one after the other on a separate host. */
async function hostWith(network: BotNetwork) {
  const host = await startHostProcess({
    language: "javascript",
    hookTimeoutMs: 30_000,
    denoPath: Deno.execPath(),
    network,
  });
  return {
    async run(job: HookJob) {
      const reported: (Exchange | "waiting")[] = [];
      const answer = await host.ask({ kind: "run", job }, {
        waiting: () => void reported.push("waiting"),
        exchanged: (exchange) => void reported.push(exchange),
      });
      const outcome: HookOutcome = answer.kind === "ran" ? answer.outcome : assert.fail();
      return { outcome, reported };
    },
    [Symbol.asyncDispose]: () => host.end(),
  };
}

/** A bot that posts the response of a fetch, or the error. */
const fetching = (url: string, net: string[]) =>
  initJob(
    `try {
       const answer = await fetch(${JSON.stringify(url)});
       this.ctx.post("bot", { status: answer.status, text: await answer.text() });
     } catch (error) { this.ctx.post("bot", { error: String(error) }); }`,
    { net },
  );

Deno.test("a bot fetches, and the host reports the exchange to the server", async () => {
  await using site = webServer();
  await using host = await hostWith(OPEN);
  const url = `${site.origin}/nowhere`;
  const { outcome, reported } = await host.run(fetching(url, [site.host]));
  assert.deepEqual(onlyPost(outcome), { status: 404, text: "nothing here" });
  const [waiting, exchange, ...rest] = reported;
  assert.equal(waiting, "waiting");
  assert.deepEqual(typeof exchange === "object" && exchange.request, get(url));
  assert.deepEqual(rest, []);
});

Deno.test("the host reports requests that the bot does not wait for", async () => {
  await using site = webServer();
  await using host = await hostWith(OPEN);
  const urls = ["/echo", "/bytes?n=1"].map((path) => site.origin + path);
  const job = initJob(`for (const url of ${JSON.stringify(urls)}) fetch(url);`, {
    net: [site.host],
  });
  const { outcome, reported } = await host.run(job);
  assert.equal(outcome.kind, "done");
  assert.equal(reported.length, 3);
});

Deno.test("a bot reads an untrusted certificate", async () => {
  await using site = webServer(await selfSigned({ names: ["localhost"] }));
  await using host = await hostWith(OPEN);
  const { outcome } = await host.run(initJob(
    `const { verified, error, chain } = await this.ctx.tls_certificate("localhost", ${site.port});
     this.ctx.post("bot", { verified, error, names: chain[0].subject_alt_names });`,
    { net: [site.host] },
  ));
  assert.deepEqual(onlyPost(outcome), {
    verified: false,
    error: "DEPTH_ZERO_SELF_SIGNED_CERT",
    names: ["DNS:localhost"],
  });
});

Deno.test("without a network a host has no permission for it, and bots get an error", async () => {
  assert.deepEqual(netFlags(CLOSED), []);
  await using host = await hostWith(CLOSED);
  const { outcome, reported } = await host.run(fetching("https://example.org/", ["*"]));
  assert.deepEqual(onlyPost(outcome), { error: "TypeError: This server gives bots no network." });
  assert.equal(reported.length, 1);
});

Deno.test("a process without a network refuses requests that its rules would allow", async () => {
  await using site = webServer();
  await using network = networkProcess(CLOSED, { schemes: "http", singleLabels: true });
  const answer = await network.one([site.host], get(`${site.origin}/echo`));
  assert.equal(answer.kind === "failed" && answer.reason, "refused");
  assert.deepEqual(site.seen, []);
});

Deno.test("the server's own port can't be reached", async () => {
  await using server = webServer();
  await using host = await hostWith({ schemes: "http", denied: ["play.example.org"] });
  const ERRORS: Record<string, RegExp> = {
    [`http://localhost:${server.port}/`]: /localhost is not a public host name/,
    [`http://127.0.0.1:${server.port}/`]: /addresses are not allowed/,
    [`http://0:${server.port}/`]: /addresses are not allowed/,
    "https://play.example.org/": /Bots may not reach play.example.org/,
  };
  for (const [url, error] of Object.entries(ERRORS)) {
    const { outcome } = await host.run(fetching(url, ["*", server.host]));
    assert.match(String(onlyPost(outcome).error), error);
  }
  assert.deepEqual(server.seen, []);
});
