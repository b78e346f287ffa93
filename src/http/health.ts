/** Health checks for platforms: whether the process is alive, and whether it can work. The server
 *  checks its parts at most once in a while, and all requests in between share the result. */
import { Hono } from "@hono/hono";
import { forLoadBalancers } from "./route_declaration.ts";
import { withDeadline } from "../kernel/deadline.ts";
import { reused } from "../kernel/reused.ts";
import { SHARED_WORK } from "../domain/limits/work.ts";

interface HealthDeps {
  /** Named checks; each resolves to whether its part works. */
  checks: Readonly<Record<string, () => Promise<boolean>>>;
  /** The age up to which a result is reused, and the time limit of a check, in milliseconds. */
  readyForMs?: number;
  readyWithinMs?: number;
}

/** `ready`, and for each part whether it works. */
export type Readiness = { ready: boolean } & Record<string, boolean>;

export function readiness(
  {
    checks,
    readyForMs = SHARED_WORK.readyForMs,
    readyWithinMs = SHARED_WORK.readyWithinMs,
  }: HealthDeps,
): () => Promise<Readiness> {
  return reused(async () => {
    const found = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        const checked = check().catch(() => false);
        return [name, await withDeadline(checked, readyWithinMs, () => false)] as const;
      }),
    );
    return { ready: found.every(([, ok]) => ok), ...Object.fromEntries(found) };
  }, readyForMs);
}

export function healthRoutes(ready: () => Promise<Readiness>): Hono {
  const app = new Hono();
  for (const path of ["/healthz", "/readyz"]) app.use(path, forLoadBalancers());
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    const found = await ready();
    return c.json(found, found.ready ? 200 : 503);
  });
  return app;
}
