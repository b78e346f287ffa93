/** What a platform asks: is the process alive, and can it work. */
import { Hono } from "@hono/hono";

export interface HealthDeps {
  /** Named checks; each resolves when that part answers. */
  checks: Readonly<Record<string, () => Promise<boolean>>>;
}

export function healthRoutes({ checks }: HealthDeps): Hono {
  const app = new Hono();
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    const found = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await check().catch(() => false)]),
    );
    const ready = found.every(([, ok]) => ok);
    return c.json({ ready, ...Object.fromEntries(found) }, ready ? 200 : 503);
  });
  return app;
}
