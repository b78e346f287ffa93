/** What clients of MCP hear, and those that sign in. */
import { signIn } from "../support/player.ts";
import {
  authorization,
  CLAUDE,
  location,
  newPkce,
  OAuthEndpoints,
} from "../oauth/oauth_endpoints.ts";
import type { Said } from "./page.ts";

/** By heading. */
export async function saidToClients(url: string): Promise<Said> {
  const authorization = `Bearer ${await signIn(url)}`;
  const mcp = async (headers: Record<string, string>, body: unknown) => {
    const response = await fetch(`${url}/mcp`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        authorization,
        ...headers,
      },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return JSON.parse(text.replace(/^event: message\ndata: /, ""));
  };
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };
  const unknown = { ...list, method: "tools/call", params: { name: "make_move", arguments: {} } };
  const stale = await mcp({ "mcp-session-id": "of-yesterday" }, list);
  const listening = await fetch(`${url}/mcp`, {
    headers: { authorization, accept: "text/event-stream" },
  });
  return {
    "Session not found": Array.isArray(stale.result.tools) ? ["it answers"] : [],
    "405 for GET": [(await listening.json()).detail],
    "Unsupported protocol version": [
      (await mcp({ "mcp-protocol-version": "1999-01-01" }, list)).error.message,
    ],
    "Unknown tool": [(await mcp({}, unknown)).error.message],
    "Parse error": [(await mcp({}, "{")).error.message],
  };
}

/** By the code of OAuth, as `error_description` says it. */
export async function saidAtSignIn(): Promise<Said> {
  using oauth = await OAuthEndpoints.open();
  const said: Said = {};
  const note = async (answer: Response) => {
    const at = location(answer).searchParams;
    const { error, error_description } = at.has("error")
      ? Object.fromEntries(at)
      : await answer.json();
    (said[error!] ??= []).push(error_description!);
  };
  const client = await oauth.register();
  const asked = authorization(client, newPkce());
  const form = (more: Record<string, string>) =>
    oauth.post("/token", { client_id: client.client_id, ...more });

  await note(await oauth.post("/token", { client_id: "none", grant_type: "refresh_token" }));
  await note(await form({}));
  await note(await form({ grant_type: "password" }));
  await note(await form({ grant_type: "client_credentials" }));
  await note(await oauth.refresh(client, "none"));
  const pkce = newPkce();
  const code = await oauth.code(client, pkce, { scope: "watch" });
  const { refresh_token } = await (await oauth.redeem(client, pkce, code)).json();
  await note(await oauth.refresh(client, refresh_token, "play"));
  await note(await oauth.tryRegister({ redirect_uris: ["http://app.example/callback"] }));
  await note(
    await oauth.tryRegister({
      redirect_uris: [CLAUDE],
      token_endpoint_auth_method: "private_key_jwt",
      jwks_uri: "https://app.example/keys",
    }),
  );
  await note(await oauth.authorize({ ...asked, response_type: "token" }));
  await note(await oauth.authorize({ ...asked, resource: "https://elsewhere.example/mcp" }));
  await note(await oauth.withoutGuests().authorize(asked));
  const client_id = "https://nowhere.invalid/client.json";
  await note(await oauth.post("/token", { client_id, grant_type: "refresh_token" }));
  return said;
}
