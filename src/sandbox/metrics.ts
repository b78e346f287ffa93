/** The sandbox's OpenTelemetry metrics for operators. Deno exports them if the operator sets
 *  `OTEL_DENO=true`; otherwise these calls do nothing. The operator should also set
 *  `OTEL_DENO_TRACING=false`, because spans contain the query of every URL. No attribute identifies
 *  a player or a bot: every value is from a short list. */
import { metrics } from "@opentelemetry/api";
import type { Exchange } from "../domain/bot/evidence.ts";
import { DURATION_BOUNDS_S } from "./hook_tally.ts";
import type { HostLanguage } from "./pool/host.ts";
import type { HostPool, Service } from "./pool/host_pool.ts";
import { NO_HOOK } from "./sandbox.ts";

const meter = metrics.getMeter("mcp-multiplayer.sandbox");

const SECONDS = { unit: "s", advice: { explicitBucketBoundaries: [...DURATION_BOUNDS_S] } };

const hooks = meter.createCounter("sandbox.hooks", {
  unit: "{hook}",
  description: "Hooks run",
});
const hookDuration = meter.createHistogram("sandbox.hook.duration", {
  ...SECONDS,
  description: "Time from sending a hook to a host to its answer",
});
const queueDuration = meter.createHistogram("sandbox.queue.duration", {
  ...SECONDS,
  description: "Time that a hook or an inspection waited for a host",
});
const kills = meter.createCounter("sandbox.kills", {
  unit: "{host}",
  description: "Hosts killed",
});
const networkRequests = meter.createCounter("sandbox.network.requests", {
  unit: "{request}",
  description: "Network requests of bots",
});
const hosts = meter.createObservableGauge("sandbox.hosts", {
  unit: "{host}",
  description: "Hosts by state",
});
const queueLength = meter.createObservableGauge("sandbox.queue.length", {
  unit: "{request}",
  description: "Hooks and inspections that wait for a host",
});

export function countService(
  language: HostLanguage,
  { request, answer, queuedMs, hostMs }: Service,
): void {
  if (request.kind === "probe") return;
  queueDuration.record(queuedMs / 1_000, { "sandbox.host.language": language });
  if (answer.kind === "killed") {
    kills.add(1, { "sandbox.host.language": language, "sandbox.request.kind": request.kind });
  }
  if (request.kind !== "run" || request.job.hook === NO_HOOK) return;
  const attributes = {
    "sandbox.bot.language": request.job.language,
    "sandbox.hook.name": request.job.hook,
    "sandbox.hook.outcome": answer.kind === "ran" ? answer.outcome.kind : answer.kind,
  };
  hooks.add(1, attributes);
  hookDuration.record(hostMs / 1_000, attributes);
}

export function countExchange({ request, answer }: Exchange): void {
  networkRequests.add(1, {
    "sandbox.network.kind": request.kind,
    "sandbox.network.outcome": answer.kind === "failed" ? answer.reason : "answered",
  });
}

/** Observes the pools at every collection of metrics, until the returned function is called. */
export function showPools(pools: ReadonlyMap<HostLanguage, HostPool>): () => void {
  const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = (result) => {
    for (const [language, { figures }] of pools) {
      const attributes = { "sandbox.host.language": language };
      for (const state of ["idle", "busy", "starting"] as const) {
        result.observe(hosts, figures[state], { ...attributes, "sandbox.host.state": state });
      }
      result.observe(queueLength, figures.waiting, attributes);
    }
  };
  meter.addBatchObservableCallback(observe, [hosts, queueLength]);
  return () => meter.removeBatchObservableCallback(observe, [hosts, queueLength]);
}
