/** Refresh tokens that clients send twice: parallel calls after an access token has expired, lost
 *  responses, several processes with one set of tokens. The server is started by its task. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import assert from "node:assert/strict";
import { Memory, providerFor } from "../oauth/client_provider.ts";
import { authorization, newPkce, type Registered, type Tokens } from "../oauth/oauth_endpoints.ts";
import type { Wire } from "../support/player.ts";
import { dataFile, type ServerProcess, startProcess } from "../support/process.ts";
import type { Report } from "./report.ts";

const CALLBACK = "http://localhost/callback";

/** A guest with a client of its own, over plain HTTP. */
class Guest {
  constructor(readonly url: string, readonly client: Registered) {}

  static async at(url: string, metadata: Record<string, unknown> = {}): Promise<Guest> {
    const response = await fetch(`${url}/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        redirect_uris: [CALLBACK],
        token_endpoint_auth_method: "none",
        ...metadata,
      }),
    });
    return new Guest(url, await response.json());
  }

  async token(form: Record<string, string>): Promise<Response> {
    const { client_id, client_secret } = this.client;
    const body = new URLSearchParams({
      client_id,
      ...(client_secret !== undefined && { client_secret }),
      ...form,
    });
    return await fetch(`${this.url}/token`, { method: "POST", body });
  }

  async signIn(): Promise<Required<Tokens>> {
    const pkce = newPkce();
    const query = new URLSearchParams(authorization(this.client, pkce, CALLBACK));
    const asked = await fetch(`${this.url}/oauth/authorize?${query}`, { redirect: "manual" });
    await asked.body?.cancel();
    const code = new URL(asked.headers.get("location")!).searchParams.get("code")!;
    const grant = { grant_type: "authorization_code", code, code_verifier: pkce.verifier };
    return await (await this.token(grant)).json();
  }

  async refresh(refresh_token: string): Promise<{ status: number; tokens: Required<Tokens> }> {
    const response = await this.token({ grant_type: "refresh_token", refresh_token });
    return { status: response.status, tokens: await response.json() };
  }
}

/** Creates a channel, by which a guest is recognised later. */
async function createChannel(url: string, token: string): Promise<string> {
  const response = await rest(url, "POST", "/create_channel", token, {
    name: "mine",
    slots: ["invite:me"],
  });
  return response.channel_id;
}

/** The channels of a token's guest; undefined if the token is refused. */
async function channelsOf(url: string, token: string): Promise<string[] | undefined> {
  const answer = await rest(url, "GET", "/list_channels", token);
  return answer.channels?.map((channel: Wire) => channel.channel_id);
}

async function rest(
  url: string,
  method: string,
  path: string,
  token: string,
  body?: unknown,
): Promise<Wire> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  return await (await fetch(url + path, init)).json();
}

/** The official clients, as their hosts connect them: with a provider of tokens. */
const SDKS = {
  v1: async (url: string, provider: ReturnType<typeof providerFor>) => {
    const client = new ClientV1({ name: "test", version: "1" });
    await client.connect(new TransportV1(new URL(`${url}/mcp`), { authProvider: provider }));
    return client;
  },
  v2: async (url: string, provider: ReturnType<typeof providerFor>) => {
    const client = new Client({ name: "test", version: "1" });
    const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
      authProvider: provider,
    });
    await client.connect(transport);
    return client as unknown as ClientV1;
  },
};

interface ParallelCalls extends Report {
  sdk: keyof typeof SDKS;
  calls: number;
}

/** Tool calls at once, all with an access token that is no longer valid: each succeeds, as the same
 *  guest, and so does the next refresh. */
const PARALLEL_CALLS: ParallelCalls[] = [
  { report: 34074, what: "two tool calls at once after expiry, SDK v1", sdk: "v1", calls: 2 },
  { report: 34074, what: "two tool calls at once after expiry, SDK v2", sdk: "v2", calls: 2 },
  { report: 8286, what: "eight tool calls at once after expiry, SDK v1", sdk: "v1", calls: 8 },
  { report: 8286, what: "eight tool calls at once after expiry, SDK v2", sdk: "v2", calls: 8 },
];

interface Repeat extends Report {
  /** Sends the first token again. Returns each further answer. */
  again: (guest: Guest, refreshToken: string) => Promise<{ status: number; tokens: Tokens }[]>;
  metadata?: Record<string, unknown>;
}

const REPEATS: Repeat[] = [
  {
    report: 4901,
    what: "the request is repeated because its answer was lost",
    again: async (guest, token) => [await guest.refresh(token)],
  },
  {
    report: 41,
    what: "two processes share one set of tokens",
    again: async (guest, token) =>
      await Promise.all(
        [new Guest(guest.url, guest.client), guest].map((each) => each.refresh(token)),
      ),
  },
  {
    report: 8286,
    what: "five requests at once",
    again: async (guest, token) =>
      await Promise.all(Array.from({ length: 5 }, () => guest.refresh(token))),
  },
  {
    what: "a client with a secret repeats the request",
    metadata: { token_endpoint_auth_method: "client_secret_post" },
    again: async (guest, token) => [await guest.refresh(token), await guest.refresh(token)],
  },
];

/** Asserts that tokens work now and after a further refresh, for the guest of the channel. */
async function assertWork(guest: Guest, tokens: Tokens, channelId: string): Promise<void> {
  assert.deepEqual(await channelsOf(guest.url, tokens.access_token), [channelId]);
  const next = await guest.refresh(tokens.refresh_token!);
  assert.equal(next.status, 200);
  assert.deepEqual(await channelsOf(guest.url, next.tokens.access_token), [channelId]);
}

Deno.test("refresh tokens that clients send twice", async (t) => {
  await using file = dataFile();
  const env = { KV_URL: file.path, SANDBOX: "off", RATE_LIMITS: "off" };
  let server: ServerProcess = await startProcess(env);
  try {
    for (const { what, report, sdk, calls } of PARALLEL_CALLS) {
      await t.step(report ? `${what} (${report})` : what, async () => {
        const { url } = server;
        const guest = await Guest.at(url);
        const tokens = await guest.signIn();
        const channelId = await createChannel(url, tokens.access_token);
        const memory = new Memory();
        const provider = providerFor(memory, CALLBACK);
        const issuer = url;
        provider.saveClientInformation({ ...guest.client, issuer });
        provider.saveTokens({ ...tokens, issuer });
        const client = await SDKS[sdk](url, provider);
        for (let round = 0; round < 2; round++) {
          provider.saveTokens({ ...memory.tokens as unknown as Tokens, access_token: "expired" });
          const answers = await Promise.all(
            Array.from(
              { length: calls },
              () => client.callTool({ name: "list_channels", arguments: {} }),
            ),
          );
          for (const { structuredContent } of answers as Wire[]) {
            assert.equal(structuredContent.channels[0].channel_id, channelId);
          }
          await assertWork(guest, memory.tokens as unknown as Tokens, channelId);
        }
        assert.equal(memory.url, undefined, "the client opens no further sign-in");
        await client.close();
      });
    }

    for (const { what, report, again, metadata } of REPEATS) {
      await t.step(report ? `${what} (${report})` : what, async () => {
        const guest = await Guest.at(server.url, metadata);
        const { access_token, refresh_token } = await guest.signIn();
        const channelId = await createChannel(server.url, access_token);
        const first = await guest.refresh(refresh_token);
        for (const { status, tokens } of [first, ...await again(guest, refresh_token)]) {
          assert.equal(status, 200);
          await assertWork(guest, tokens, channelId);
        }
      });
    }

    await t.step("the server is killed between the request and its repetition", async () => {
      const guest = await Guest.at(server.url);
      const { access_token, refresh_token } = await guest.signIn();
      const channelId = await createChannel(server.url, access_token);
      const first = await guest.refresh(refresh_token);
      await server.kill("SIGKILL");
      server = await startProcess(env);
      const moved = new Guest(server.url, guest.client);
      const second = await moved.refresh(refresh_token);
      for (const { status, tokens } of [first, second]) {
        assert.equal(status, 200);
        await assertWork(moved, tokens, channelId);
      }
    });

    await t.step("another client sends the spent token: its family ends", async () => {
      const [guest, thief] = [await Guest.at(server.url), await Guest.at(server.url)];
      const { refresh_token } = await guest.signIn();
      const { tokens } = await guest.refresh(refresh_token);
      assert.equal((await thief.refresh(refresh_token)).status, 400);
      assert.equal(await channelsOf(server.url, tokens.access_token), undefined);
      assert.equal((await guest.refresh(tokens.refresh_token)).status, 400);
    });

    await t.step("a client revokes a token that it repeated: its family ends", async () => {
      const guest = await Guest.at(server.url);
      const { refresh_token } = await guest.signIn();
      const answers = [await guest.refresh(refresh_token), await guest.refresh(refresh_token)];
      const form = { client_id: guest.client.client_id, token: answers[0]!.tokens.refresh_token };
      const revoked = await fetch(`${server.url}/revoke`, {
        method: "POST",
        body: new URLSearchParams(form),
      });
      assert.equal(revoked.status, 200);
      for (const { tokens } of answers) {
        assert.equal(await channelsOf(server.url, tokens.access_token), undefined);
        assert.equal((await guest.refresh(tokens.refresh_token)).status, 400);
      }
      assert.equal((await guest.refresh(refresh_token)).status, 400);
    });
  } finally {
    await server.kill("SIGTERM");
  }
});
