/** What a platform asks: is the process alive, and can it work. However often it is asked, the
 *  parts are asked once in a while, and whoever asks meanwhile shares the answer. */
import { Hono } from "@hono/hono";
import { forLoadBalancers } from "./route_declaration.ts";
import { withDeadline } from "../kernel/deadline.ts";
import { SHARED_WORK } from "../domain/limits/work.ts";

interface HealthDeps {
  /** Named checks; each resolves when that part answers. */
  checks: Readonly<Record<string, () => Promise<boolean>>>;
  /** How old an answer may be, and how long a part may take; in milliseconds. */
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
