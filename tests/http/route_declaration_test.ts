/** Every request finds the declaration of its route. */
import assert from "node:assert/strict";
import { type Env, Hono } from "@hono/hono";
import { exportRoutes } from "../../src/http/exports.ts";
import { healthRoutes } from "../../src/http/health.ts";
import { openApiRoute } from "../../src/http/openapi/openapi.ts";
import { type RestDeps, restRoutes } from "../../src/http/rest.ts";
import {
  declarationOf,
  forLoadBalancers,
  forPeople,
  forPrograms,
  UNDECLARED,
} from "../../src/http/route_declaration.ts";
import { signingKeyRoutes } from "../../src/http/signing_keys.ts";
import { webRoutes } from "../../src/web/routes.ts";
import type { WebDeps } from "../../src/web/web_deps.ts";
import { OAuthEndpoints } from "../oauth/oauth_endpoints.ts";

Deno.test("declarationOf() returns the declaration of a route, by path and by method", async (t) => {
  const inner = new Hono()
    .use("/token", forPrograms("sign_ins"))
    .post("/token", (c) => c.text("a token"))
    .use("/register", forPrograms())
    .post("/register", forPrograms("registrations"), (c) => c.text("a client"))
    .use("/login/*", forPeople("sign_ins"));
  // Hono wraps the handlers of an inner app that has an error handler of its own.
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

/** The routes that declare nothing. None of them is called. */
async function undeclared<E extends Env>(routes: Hono<E>): Promise<string[]> {
  const app = new Hono<E>()
    .use((c) => Promise.resolve(c.text(declarationOf(c) === UNDECLARED ? "undeclared" : "")))
    .route("/", routes);
  const served = routes.routes.filter(({ method }) => method !== "ALL");
  const found = await Promise.all(served.map(async ({ method, path }) => {
    const answer = await app.request(path, { method });
    return await answer.text() === "" ? [] : [`${method} ${path}`];
  }));
  return found.flat();
}

Deno.test("every route declares its audience", async () => {
  using oauth = await OAuthEndpoints.open({ login: { google: { id: "id", secret: "secret" } } });
  const publicUrl = "https://play.example";
  const addressOf = () => publicUrl;
  const found = await Promise.all([
    undeclared(oauth.routes),
    undeclared(exportRoutes({ take: () => Promise.resolve(null) })),
    undeclared(healthRoutes(() => Promise.resolve({ ready: true }))),
    undeclared(openApiRoute({ addressOf, version: "test", guests: true })),
    undeclared(restRoutes({} as RestDeps)),
    undeclared(signingKeyRoutes(publicUrl, [])),
    undeclared(webRoutes({
      addressOf,
      guests: true,
      clientDocuments: () => "on",
      lookAtExport: () => Promise.resolve(null),
      services: {} as WebDeps["services"],
    })),
  ]);
  // These pages share their paths with the MCP endpoint, which declares them.
  assert.deepEqual(found.flat(), ["GET /", "GET /mcp", "GET /mcp/play"]);
});
