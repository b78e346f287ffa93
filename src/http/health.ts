/** Health checks for platforms: whether the process is alive, and whether it can work. The server
 *  checks its parts at most once in a while, and all requests in between share the result. */
import { Hono } from "@hono/hono";
import { forLoadBalancers } from "./route_declaration.ts";
import { withDeadline } from "../kernel/deadline.ts";
import { SHARED_WORK } from "../domain/limits/work.ts";

interface HealthDeps {
  /** Named checks; each resolves to whether its part works. */
  checks: Readonly<Record<string, () => Promise<boolean>>>;
  /** The age up to which a result is reused, and the time limit of a check, in milliseconds. */
  readyForMs?: number;
  readyWithinMs?: number;
}

export function healthRoutes(
  {
    checks,
    readyForMs = SHARED_WORK.readyForMs,
    readyWithinMs = SHARED_WORK.readyWithinMs,
  }: HealthDeps,
): Hono {
  const look = async () => {
    const found = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        const checked = check().catch(() => false);
        return [name, await withDeadline(checked, readyWithinMs, () => false)] as const;
      }),
    );
    return { ready: found.every(([, ok]) => ok), ...Object.fromEntries(found) };
  };
  let last: { found: ReturnType<typeof look>; over: number } | undefined;
  const shared = () => {
    if (last && performance.now() < last.over) return last.found;
    const current = last = { found: look(), over: Infinity };
    current.found.finally(() => current.over = performance.now() + readyForMs);
    return current.found;
  };
  const app = new Hono();
  for (const path of ["/healthz", "/readyz"]) app.use(path, forLoadBalancers());
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    const found = await shared();
    return c.json(found, found.ready ? 200 : 503);
  });
  return app;
}
