/** Clients that publish a document about themselves, on servers that cannot fetch it: offline, or
 *  behind a proxy of a company, or in a CI. Every server is started by its task. */
import { auth, type OAuthClientProvider } from "@modelcontextprotocol/client";
import { auth as authV1 } from "@modelcontextprotocol/sdk/client/auth.js";
import assert from "node:assert/strict";
import { Memory, providerFor } from "../oauth/client_provider.ts";
import { authorization, newPkce } from "../oauth/oauth_endpoints.ts";
import { Browser } from "../support/browser.ts";
import { type ServerProcess, startProcess } from "../support/process.ts";
import type { Report } from "./report.ts";

/** No network resolves a name below `.invalid` (RFC 6761). */
const DOCUMENT = "https://client.invalid/oauth/client.json";
const CALLBACK = "http://localhost:9/callback";

async function offers(server: ServerProcess): Promise<boolean> {
  const metadata = await fetch(`${server.url}/.well-known/oauth-authorization-server`);
  return (await metadata.json()).client_id_metadata_document_supported;
}

/** What a person sees who follows a client's link. */
async function pageOf(server: ServerProcess, clientId: string): Promise<Browser> {
  const query = new URLSearchParams(authorization({ client_id: clientId }, newPkce(), CALLBACK));
  const browser = new Browser();
  await browser.open(`${server.url}/oauth/authorize?${query}`);
  return browser;
}

async function withServer(
  env: Record<string, string>,
  run: (server: ServerProcess) => Promise<void>,
): Promise<void> {
  const server = await startProcess({ KV_URL: ":memory:", SANDBOX: "off", ...env });
  try {
    await run(server);
  } finally {
    await server.kill("SIGTERM");
  }
}

const HTTPS = { PUBLIC_URL: "https://play.example.org" };

interface Offer extends Report {
  env: Record<string, string>;
  /** Whether the metadata offers documents: first, and after a fetch that failed. */
  first: boolean;
}

const OFFERS: Offer[] = [
  { what: "plain http, no setting", env: {}, first: false },
  { what: "plain http, switched on", env: { CLIENT_DOCUMENTS: "on" }, first: true },
  { report: 650, what: "https, no setting", env: HTTPS, first: true },
  { what: "https, switched off", env: { ...HTTPS, CLIENT_DOCUMENTS: "off" }, first: false },
];

for (const { what, report, env, first } of OFFERS) {
  const title = report ? `${what} (${report})` : what;
  Deno.test(`client documents are ${first ? "" : "not "}offered: ${title}`, async () => {
    await withServer(env, async (server) => {
      assert.equal(await offers(server), first);
      const { page } = await pageOf(server, DOCUMENT);
      assert.equal(page.status, 400);
      assert.match(page.html, first ? /cannot be fetched/ : /reads no such documents/);
      assert.match(page.html, /codex mcp login multiplayer --oauth-client-registration dcr/);
      assert.match(page.html, /claude mcp logout multiplayer\nclaude mcp login multiplayer/);
      assert.match(page.html, /CLIENT_DOCUMENTS=off/);
      assert.equal(await offers(server), false, "a failed fetch ends the offer");
      const connect = await (await fetch(`${server.url}/connect`)).text();
      assert.match(connect, first ? /could not fetch such a document/ : /does not read the docu/);
      assert.match(connect, /codex mcp login multiplayer --oauth-client-registration dcr/);
    });
  });
}

Deno.test("the page ends the wait of a program on this machine, and of no other", async () => {
  await withServer({}, async (server) => {
    const browser = await pageOf(server, DOCUMENT);
    const { searchParams, origin, pathname } = (await browser.follow(
      "End its sign-in at localhost:9",
    )).url;
    assert.equal(origin + pathname, CALLBACK);
    assert.equal(searchParams.get("error"), "unauthorized_client");
    assert.equal(searchParams.get("state"), authorization({ client_id: "" }, newPkce()).state);
    assert.equal(searchParams.get("iss"), server.url);
    for (
      const elsewhere of ["https://app.example/cb", "http://localhost.app.example/", "warp:/x"]
    ) {
      const query = new URLSearchParams({ client_id: DOCUMENT, redirect_uri: elsewhere });
      const page = await (await fetch(`${server.url}/oauth/authorize?${query}`)).text();
      assert.doesNotMatch(page, /End its sign-in|app\.example/);
    }
  });
});

Deno.test("a malformed CLIENT_DOCUMENTS stops the start", async () => {
  await assert.rejects(startProcess({ CLIENT_DOCUMENTS: "yes" }), /CLIENT_DOCUMENTS/);
});

const SDKS = { v1: authV1, v2: auth } as Record<
  string,
  (provider: OAuthClientProvider, options: {
    serverUrl: string;
    authorizationCode?: string;
    iss?: string;
  }) => Promise<string>
>;

for (const [sdk, signIn] of Object.entries(SDKS)) {
  Deno.test(`SDK ${sdk} with a document meets the page once, and registers then`, async () => {
    await withServer({ CLIENT_DOCUMENTS: "on" }, async (server) => {
      const serverUrl = `${server.url}/mcp`;
      const asked = async () => {
        const memory = new Memory();
        const provider = { ...providerFor(memory, CALLBACK), clientMetadataUrl: DOCUMENT };
        assert.equal(await signIn(provider, { serverUrl }), "REDIRECT");
        const browser = new Browser();
        await browser.open(memory.url!);
        return { provider, page: browser.page };
      };
      const first = await asked();
      assert.equal(first.page.status, 400);
      assert.match(first.page.html, /cannot be fetched/);
      const { provider, page } = await asked();
      const authorizationCode = page.url.searchParams.get("code")!;
      const iss = page.url.searchParams.get("iss")!;
      const outcome = await signIn(provider, { serverUrl, authorizationCode, iss });
      assert.equal(outcome, "AUTHORIZED");
    });
  });
}
