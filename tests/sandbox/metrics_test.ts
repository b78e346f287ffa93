/** The metrics that an operator's collector receives from the real server, with the flags of the
 *  start task and Deno's real exporter. */
import assert from "node:assert/strict";
import { ofType, roomOf, type Wire } from "../support/player.ts";
import { dataFile, startProcess } from "../support/process.ts";

const STALLING_BOT = `export default class StallingBot {
  async on_message() {
    for (const large = new Uint8Array(8e6);;) await crypto.subtle.digest("SHA-512", large);
  }
}`;
const FAILING_BOT = `export default class FailingBot {
  async on_join() { await fetch("https://127.0.0.1:4/"); }
}`;

interface Point {
  value: number;
  [attribute: string]: string | number;
}

/** A minimal OTLP collector: keeps the last value of every metric and attribute set. */
function collector() {
  const points = new Map<string, Map<string, Point>>();
  const units = new Map<string, string>();
  let changed = Promise.withResolvers<void>();
  const take = ({ name, unit, sum, gauge, histogram }: Wire) => {
    units.set(name, unit);
    const series = points.getOrInsertComputed(name, () => new Map());
    for (const { attributes, ...point } of (sum ?? gauge ?? histogram).dataPoints) {
      const named = attributes.map(({ key, value }: Wire) => [key, Object.values(value)[0]]);
      const value = Number(point.asInt ?? point.asDouble ?? point.count);
      series.set(JSON.stringify(named.toSorted()), { ...Object.fromEntries(named), value });
    }
  };
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      const body = await request.json();
      for (const { scopeMetrics } of body.resourceMetrics ?? []) {
        for (const { metrics } of scopeMetrics) metrics.forEach(take);
      }
      changed.resolve();
      changed = Promise.withResolvers();
      return Response.json({});
    },
  );
  const pointsOf = (name: string) => [...points.get(name)?.values() ?? []];
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    units,
    pointsOf,
    /** Resolves with the first matching point of a metric. */
    async when(name: string, fits: (point: Point) => boolean): Promise<Point> {
      for (;;) {
        const { promise } = changed;
        const found = pointsOf(name).find(fits);
        if (found) return found;
        await promise;
      }
    },
    names: () => [...points.keys()],
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("OTEL_DENO=true exports the sandbox's metrics without identifying any player", async (t) => {
  await using otlp = collector();
  await using file = dataFile();
  const server = await startProcess({
    KV_URL: file.path,
    HOOK_TIMEOUT_MS: "3000",
    OTEL_DENO: "true",
    OTEL_DENO_TRACING: "false",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_METRIC_EXPORT_INTERVAL: "100",
  });
  const { players: [alice] } = await roomOf(server.url, {
    slots: ["bot:referee", "invite:alice", "invite:bob"],
    bot_preset: "GuessBot",
  }, 2);
  await alice!.readUntil(ofType("bot:turn"));

  await t.step("hooks by language, hook and outcome", async () => {
    const attributes = {
      "sandbox.bot.language": "typescript",
      "sandbox.hook.name": "on_join",
      "sandbox.hook.outcome": "done",
    };
    const joins = await otlp.when(
      "sandbox.hooks",
      (p) => p["sandbox.hook.name"] === "on_join" && p.value === 2,
    );
    assert.deepEqual(joins, { ...attributes, value: 2 });
    const took = await otlp.when("sandbox.hook.duration", (p) => p.value >= 2);
    assert.deepEqual(
      Object.keys(took).toSorted(),
      [...Object.keys(attributes), "value"].toSorted(),
    );
    assert.equal(otlp.units.get("sandbox.hook.duration"), "s");
    assert.equal(otlp.units.get("sandbox.queue.duration"), "s");
  });

  await t.step("failed hooks, and their network requests", async () => {
    await roomOf(server.url, { slots: ["bot:b", "invite:carol"], bot_code: FAILING_BOT }, 1);
    await otlp.when("sandbox.hooks", (p) => p["sandbox.hook.outcome"] === "threw");
    const asked = await otlp.when("sandbox.network.requests", () => true);
    assert.deepEqual(asked, {
      "sandbox.network.kind": "fetch",
      "sandbox.network.outcome": "refused",
      value: 1,
    });
  });

  await t.step("killed hosts", async () => {
    const { players: [dave] } = await roomOf(server.url, {
      slots: ["bot:b", "invite:dave"],
      bot_code: STALLING_BOT,
    }, 1);
    await dave!.say("hello");
    await otlp.when("sandbox.hooks", (p) => p["sandbox.hook.outcome"] === "killed");
    const kills = await otlp.when("sandbox.kills", ({ value }) => value >= 1);
    assert.equal(kills["sandbox.host.language"], "javascript");
    assert.equal(kills["sandbox.request.kind"], "run");
  });

  await t.step("hosts by language and state, and the length of the queue", async () => {
    const are = (state: string, language: string) => (p: Point) =>
      p["sandbox.host.state"] === state && p["sandbox.host.language"] === language;
    await otlp.when("sandbox.hosts", (p) => are("idle", "javascript")(p) && p.value > 0);
    assert.equal((await otlp.when("sandbox.hosts", are("idle", "python"))).value, 0);
    await otlp.when("sandbox.queue.length", ({ value }) => value === 0);
  });

  await t.step("attributes come from short lists", () => {
    const ours = otlp.names().filter((name) => name.startsWith("sandbox."));
    assert.deepEqual(ours.toSorted(), [
      "sandbox.hook.duration",
      "sandbox.hooks",
      "sandbox.hosts",
      "sandbox.kills",
      "sandbox.network.requests",
      "sandbox.queue.duration",
      "sandbox.queue.length",
    ]);
    const words =
      /^(javascript|typescript|python|on_\w+|done|threw|killed|run|inspect|idle|busy|starting|fetch|refused)$/;
    for (const { value: _, ...attributes } of ours.flatMap(otlp.pointsOf)) {
      for (const value of Object.values(attributes)) assert.match(String(value), words);
    }
  });
  // Deno sometimes does not end while its exporter is at work.
  await server.kill("SIGKILL");
});
