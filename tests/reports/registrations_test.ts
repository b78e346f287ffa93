/** Registrations as programs of many languages send them, what became of them when a person comes
 *  to sign in, and registrations that the server has forgotten. The server is started by its
 *  task. */
import { auth } from "@modelcontextprotocol/client";
import { auth as authV1 } from "@modelcontextprotocol/sdk/client/auth.js";
import assert from "node:assert/strict";
import { Memory, providerFor } from "../oauth/client_provider.ts";
import { authorization, newPkce, type Pkce } from "../oauth/oauth_endpoints.ts";
import { Browser } from "../support/browser.ts";
import type { Wire } from "../support/player.ts";
import { type ServerProcess, startProcess } from "../support/process.ts";
import type { Report } from "./report.ts";

const LOOPBACK = "http://127.0.0.1:9/callback";
const PUBLIC = { token_endpoint_auth_method: "none" };

async function register(
  server: ServerProcess,
  metadata: unknown,
): Promise<{ status: number; json: Wire }> {
  const response = await fetch(`${server.url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(metadata),
  });
  return { status: response.status, json: await response.json() };
}

/** Opens a client's authorization request in a browser. */
async function ask(
  server: ServerProcess,
  client: Wire,
  redirectUri: string,
  pkce: Pkce = newPkce(),
): Promise<Browser> {
  const query = new URLSearchParams(authorization(client, pkce, redirectUri));
  const browser = new Browser();
  await browser.open(`${server.url}/oauth/authorize?${query}`);
  return browser;
}

interface Metadata extends Report {
  sent: Record<string, unknown>;
  /** Members of the answer. */
  right: Record<string, unknown>;
}

const METADATA: Metadata[] = [
  {
    report: 19765,
    what: "an empty scope",
    sent: { redirect_uris: [LOOPBACK], scope: "", application_type: "native", ...PUBLIC },
    right: { redirect_uris: [LOOPBACK], token_endpoint_auth_method: "none" },
  },
  {
    report: 478,
    what: "null for every member that is not set",
    sent: {
      redirect_uris: [LOOPBACK],
      client_name: null,
      token_endpoint_auth_method: null,
      grant_types: null,
      response_types: null,
      scope: null,
      client_uri: null,
      logo_uri: null,
      tos_uri: null,
      policy_uri: null,
      contacts: null,
      jwks_uri: null,
      jwks: null,
      software_id: null,
      software_version: null,
    },
    right: { redirect_uris: [LOOPBACK], token_endpoint_auth_method: "client_secret_basic" },
  },
  {
    what: "an empty text for every member that is not set",
    sent: {
      redirect_uris: [LOOPBACK],
      client_name: "",
      token_endpoint_auth_method: "",
      grant_types: "",
      response_types: "",
      scope: "",
      client_uri: "",
      logo_uri: "",
      contacts: "",
      jwks_uri: "",
      jwks: "",
    },
    right: { redirect_uris: [LOOPBACK], token_endpoint_auth_method: "client_secret_basic" },
  },
  {
    report: 1011,
    what: "empty lists",
    sent: {
      redirect_uris: [LOOPBACK],
      grant_types: [],
      response_types: [],
      contacts: [],
      ...PUBLIC,
    },
    right: { grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] },
  },
  {
    what: "null and empty texts in lists",
    sent: {
      redirect_uris: [null, LOOPBACK, ""],
      grant_types: ["authorization_code", null, ""],
      ...PUBLIC,
    },
    right: { redirect_uris: [LOOPBACK], grant_types: ["authorization_code"] },
  },
  {
    report: 321,
    what: "a logo and texts that nobody here reads, in any form",
    sent: {
      redirect_uris: [LOOPBACK],
      logo_uri: "data:image/png;base64,AAAA",
      client_uri: "not a url",
      contacts: "me@app.example",
      scope: ["play", "watch"],
      software_version: 2,
      ...PUBLIC,
    },
    right: { redirect_uris: [LOOPBACK] },
  },
  {
    report: 1082,
    what: "a member that is no client metadata",
    sent: { redirect_uris: [LOOPBACK], resource: "http://127.0.0.1:8100/mcp", ...PUBLIC },
    right: { redirect_uris: [LOOPBACK] },
  },
  {
    what: "texts instead of lists",
    sent: {
      redirect_uris: LOOPBACK,
      grant_types: "authorization_code refresh_token",
      response_types: "code",
      ...PUBLIC,
    },
    right: {
      redirect_uris: [LOOPBACK],
      grant_types: ["authorization_code", "refresh_token"],
    },
  },
  {
    report: 3431,
    what: "an editor's scheme, loopback and https in one list",
    sent: {
      redirect_uris: [
        "cursor://anysphere.cursor-mcp/oauth/callback",
        LOOPBACK,
        "https://www.cursor.com/agents/mcp/oauth/callback",
      ],
      ...PUBLIC,
    },
    right: {
      redirect_uris: [
        "cursor://anysphere.cursor-mcp/oauth/callback",
        LOOPBACK,
        "https://www.cursor.com/agents/mcp/oauth/callback",
      ],
    },
  },
  {
    what: "bad redirect URIs among good ones",
    sent: {
      redirect_uris: [
        "http://192.168.0.2:8080/cb",
        LOOPBACK,
        "javascript:alert(1)",
        "https://app.example/cb#x",
        7,
        LOOPBACK,
        "https://app.example/cb",
      ],
      ...PUBLIC,
    },
    right: { redirect_uris: [LOOPBACK, "https://app.example/cb"] },
  },
];

interface Scheme extends Report {
  uri: string;
  /** The scheme that the page names. */
  names: string;
}

/** Redirect URIs of apps: registered with PKCE, and a person sees where the answer goes. */
const SCHEMES: Scheme[] = [
  { report: 1245, what: "Cursor", uri: "cursor://a.cursor-mcp/oauth/callback", names: "cursor:" },
  { report: 502, what: "VS Code", uri: "vscode://publisher.name/callback", names: "vscode:" },
  {
    report: 336,
    what: "VS Code Insiders",
    uri: "vscode-insiders://publisher.name/callback",
    names: "vscode-insiders:",
  },
  { report: 146, what: "Windsurf", uri: "windsurf://windsurf/oauth", names: "windsurf:" },
  { what: "Warp", uri: "warp://mcp/oauth2callback", names: "warp:" },
  { what: "Zed", uri: "zed:/mcp/callback", names: "zed:" },
  { report: 430, what: "a reversed name", uri: "com.example.app:/cb", names: "com.example.app:" },
  { what: "a reversed name alone", uri: "com.example.app:cb", names: "com.example.app:" },
];

/** Redirect URIs that are refused, with a part of the reason. */
const REFUSED: { uri: string; report?: number; reason: RegExp }[] = [
  { report: 2629, uri: "javascript:alert(1)", reason: /scheme javascript:/ },
  { uri: "JAVASCRIPT://app.example/%0aalert(1)", reason: /scheme javascript:/ },
  { report: 2629, uri: "data:text/html,x", reason: /scheme data:/ },
  { report: 2629, uri: "vbscript:x", reason: /scheme vbscript:/ },
  { report: 2629, uri: "file:///etc/passwd", reason: /scheme file:/ },
  { report: 2629, uri: "ftp://app.example/cb", reason: /scheme ftp:/ },
  { uri: "blob:https://app.example/1", reason: /scheme blob:/ },
  { uri: "about:blank", reason: /scheme about:/ },
  { uri: "intent://scan", reason: /scheme intent:/ },
  { uri: "ms-msdt:/id", reason: /scheme ms-msdt:/ },
  { report: 2629, uri: "http://app.example/cb", reason: /must use https/ },
  { report: 1076, uri: "https://app.example/cb#x", reason: /fragment/ },
  { uri: "com.example.app:/cb#x", reason: /fragment/ },
  { uri: "callback", reason: /absolute/ },
];

interface Loopback extends Report {
  registered: string;
  asked: string;
}

/** A loopback address that varies between the registration and the request. */
const LOOPBACKS: Loopback[] = [
  {
    report: 265,
    what: "registered without a port",
    registered: "http://localhost/callback",
    asked: "http://localhost:9/callback",
  },
  {
    report: 452,
    what: "another port, because the first was busy",
    registered: "http://127.0.0.1:33418/",
    asked: "http://127.0.0.1:9/",
  },
  {
    report: 57,
    what: "no path, and the slash that a URL parser adds",
    registered: "http://127.0.0.1:33418",
    asked: "http://127.0.0.1:9/",
  },
  {
    what: "IPv6",
    registered: "http://[::1]/cb",
    asked: "http://[::1]:9/cb",
  },
];

const title = ({ what, report }: Report) => report ? `${what} (${report})` : what;

Deno.test("registrations", async (t) => {
  const server = await startProcess({ KV_URL: ":memory:", SANDBOX: "off", RATE_LIMITS: "off" });
  try {
    for (const row of METADATA) {
      await t.step(title(row), async () => {
        const { status, json } = await register(server, row.sent);
        assert.equal(status, 201, JSON.stringify(json));
        const named = Object.keys(row.right).map((name) => [name, json[name]]);
        assert.deepEqual(Object.fromEntries(named), row.right);
        const loopback = json.redirect_uris.find((uri: string) => uri === LOOPBACK);
        const { page } = await ask(server, json, loopback);
        assert.match(page.url.searchParams.get("code") ?? "", /^[\w-]{43}$/);
      });
    }

    for (const row of SCHEMES) {
      await t.step(`${title(row)}: ${row.uri}`, async () => {
        const { json: client } = await register(server, { redirect_uris: [row.uri], ...PUBLIC });
        assert.deepEqual(client.redirect_uris, [row.uri]);
        const pkce = newPkce();
        for (let time = 0; time < 2; time++) {
          const browser = await ask(server, client, row.uri, pkce);
          assert.equal(browser.page.status, 200);
          assert.ok(browser.page.html.includes(`<bdi>${row.names}</bdi>`), browser.page.html);
          assert.ok(browser.page.html.includes(`<bdi>${row.uri}</bdi>`));
          const { url } = await browser.press("Allow");
          assert.ok(url.href.startsWith(`${row.uri}?code=`), url.href);
          const grant = {
            grant_type: "authorization_code",
            client_id: client.client_id,
            code: url.searchParams.get("code")!,
            code_verifier: pkce.verifier,
            redirect_uri: row.uri,
          };
          const token = await fetch(`${server.url}/token`, {
            method: "POST",
            body: new URLSearchParams(grant),
          });
          assert.equal(typeof (await token.json()).access_token, "string");
        }
        const unproven = new URLSearchParams(authorization(client, pkce, row.uri));
        unproven.delete("code_challenge");
        const refused = await fetch(`${server.url}/oauth/authorize?${unproven}`, {
          redirect: "manual",
        });
        await refused.body?.cancel();
        assert.match(refused.headers.get("location")!, /error=invalid_request/, "without PKCE");
      });
    }

    for (const { uri, report, reason } of REFUSED) {
      await t.step(report ? `refuses ${uri} (${report})` : `refuses ${uri}`, async () => {
        const { status, json } = await register(server, { redirect_uris: [uri], ...PUBLIC });
        assert.deepEqual([status, json.error], [400, "invalid_redirect_uri"]);
        assert.match(json.error_description, reason);
        const mixed = await register(server, { redirect_uris: [uri, LOOPBACK], ...PUBLIC });
        assert.deepEqual(mixed.json.redirect_uris, [LOOPBACK]);
        const { page } = await ask(server, mixed.json, uri);
        assert.equal(page.status, 400, "the one that was left out gets no answer");
        assert.match(page.html, /did not register/);
        assert.match(page.html, reason);
      });
    }

    for (const row of LOOPBACKS) {
      await t.step(`loopback: ${title(row)}`, async () => {
        const { json } = await register(server, { redirect_uris: [row.registered], ...PUBLIC });
        const query = new URLSearchParams(authorization(json, newPkce(), row.asked));
        const answer = await fetch(`${server.url}/oauth/authorize?${query}`, {
          redirect: "manual",
        });
        await answer.body?.cancel();
        assert.ok(answer.headers.get("location")!.startsWith(`${row.asked}?code=`));
      });
    }

    await t.step(
      "an id that the server forgot: commands for each client (84614, 4760)",
      async () => {
        const { page } = await ask(server, { client_id: "forgotten" }, LOOPBACK);
        assert.equal(page.status, 400);
        for (
          const command of [
            "rm -rf ~/.mcp-auth",
            "claude mcp logout multiplayer\nclaude mcp login multiplayer",
            "/mcp</code>, choose the server, <b>Clear authentication",
            "codex mcp logout multiplayer\ncodex mcp login multiplayer",
            "/mcp auth multiplayer",
            "Authentication: Remove Dynamic Authentication Providers",
            "End its sign-in at 127.0.0.1:9",
          ]
        ) assert.ok(page.html.includes(command), command);
        const connect = await (await fetch(`${server.url}/connect`)).text();
        assert.ok(connect.includes("rm -rf ~/.mcp-auth"));
        const form = { grant_type: "refresh_token", client_id: "forgotten", refresh_token: "x" };
        const token = await fetch(`${server.url}/token`, {
          method: "POST",
          body: new URLSearchParams(form),
        });
        assert.deepEqual([token.status, (await token.json()).error], [401, "invalid_client"]);
      },
    );

    for (const [sdk, signIn] of Object.entries({ v1: authV1, v2: auth })) {
      await t.step(`SDK ${sdk} signs in with an app's scheme among its redirect URIs`, async () => {
        const memory = new Memory();
        const provider = providerFor(memory, LOOPBACK);
        const redirect_uris = [LOOPBACK, "vscode://publisher.name/callback", "http://10.0.0.1/cb"];
        const clientMetadata = { ...provider.clientMetadata, redirect_uris, client_uri: undefined };
        const asking = { ...provider, clientMetadata };
        const serverUrl = `${server.url}/mcp`;
        assert.equal(await signIn(asking, { serverUrl }), "REDIRECT");
        const browser = new Browser();
        const { url } = await browser.open(memory.url!);
        const outcome = await signIn(asking, {
          serverUrl,
          authorizationCode: url.searchParams.get("code")!,
          iss: url.searchParams.get("iss")!,
        });
        assert.equal(outcome, "AUTHORIZED");
        assert.deepEqual(
          (memory.client as unknown as Wire).redirect_uris,
          redirect_uris.slice(0, 2),
        );
      });
    }
  } finally {
    await server.kill("SIGTERM");
  }
});
