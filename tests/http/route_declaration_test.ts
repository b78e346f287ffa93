/** What a route declares is found for every request that it matches. */
import assert from "node:assert/strict";
import { Hono } from "@hono/hono";
import {
  declarationOf,
  forLoadBalancers,
  forPeople,
  forPrograms,
} from "../../src/http/route_declaration.ts";

Deno.test("declarationOf() tells what a route declares, by path and by method", async (t) => {
  const inner = new Hono()
    .use("/token", forPrograms("sign_ins"))
    .post("/token", (c) => c.text("a token"))
    .use("/register", forPrograms())
    .post("/register", forPrograms("registrations"), (c) => c.text("a client"))
    .use("/login/*", forPeople("sign_ins"));
  // With an error handler of its own, Hono wraps the handlers of an inner app.
  inner.onError((_error, c) => c.text("failed", 500));
  const app = new Hono()
    .use(async (c, next) => {
      const { audience, rate } = declarationOf(c);
      await next();
      c.header("x-declared", `${audience} ${rate}`);
    })
    .route("/", inner)
    .use("/healthz", forLoadBalancers());
  const table: [method: string, path: string, declared: string][] = [
    ["POST", "/token", "programs sign_ins"],
    ["OPTIONS", "/token", "programs sign_ins"],
    ["POST", "/register", "programs registrations"],
    ["OPTIONS", "/register", "programs requests"],
    ["GET", "/login/github", "people sign_ins"],
    ["GET", "/healthz", "load_balancers requests"],
    ["GET", "/nothing", "people requests"],
  ];
  for (const [method, path, declared] of table) {
    await t.step(`${method} ${path}`, async () => {
      const { headers } = await app.request(path, { method });
      assert.equal(headers.get("x-declared"), declared);
    });
  }
});
