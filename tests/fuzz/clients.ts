/** OAuth clients in a world, made by honest calls: registrations, an unused code, tokens, and an
 *  open consent page. */
import assert from "node:assert/strict";
import { authorization, CLAUDE, newPkce, type Pkce, STRANGER } from "../oauth/oauth_endpoints.ts";
import { ORIGIN, type World } from "./world.ts";

export interface Client {
  client_id: string;
  client_secret: string;
}

export interface Clients {
  /** Has no secret, and Claude's redirect URI. */
  open: Client;
  /** Sends its secret in the form. */
  closed: Client;
  /** Sends its secret in the header. */
  basic: Client;
  /** Has a redirect URI that needs consent. */
  strange: Client;
  /** The PKCE pair that redeems the code. */
  pkce: Pkce;
  code: string;
  refreshToken: string;
  accessToken: string;
  /** The handle of a consent page, and the cookie of its browser. */
  consent: string;
  cookie: string;
}

const JSON_TYPE = { "content-type": "application/json" };

export async function registered(world: World): Promise<Clients> {
  const register = async (metadata: Record<string, unknown>): Promise<Client> => {
    const answer = await world.honest("/register", JSON.stringify(metadata), JSON_TYPE);
    const { client_id, client_secret } = answer;
    return { client_id, client_secret };
  };
  const authorize = async (client: Client, pkce: Pkce, redirectUri: string) => {
    const query = new URLSearchParams(authorization(client, pkce, redirectUri));
    return await world.fetch(new Request(`${ORIGIN}/oauth/authorize?${query}`));
  };
  const codeFor = async (client: Client, pkce: Pkce) => {
    const response = await authorize(client, pkce, CLAUDE);
    return new URL(response.headers.get("location")!).searchParams.get("code")!;
  };
  const uris = { redirect_uris: [CLAUDE] };
  const open = await register({ ...uris, token_endpoint_auth_method: "none" });
  const closed = await register({ ...uris, token_endpoint_auth_method: "client_secret_post" });
  const basic = await register({ ...uris, token_endpoint_auth_method: "client_secret_basic" });
  const strange = await register({
    redirect_uris: [STRANGER],
    token_endpoint_auth_method: "none",
  });

  const spent = newPkce();
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: open.client_id,
    code: await codeFor(open, spent),
    code_verifier: spent.verifier,
  });
  const tokens = await world.honest("/token", form, {});
  const pkce = newPkce();
  const page = await authorize(strange, newPkce(), STRANGER);
  const [, consent] = /name="consent" value="([^"]+)"/.exec(await page.text()) ?? [];
  assert.ok(consent);
  return {
    ...{ open, closed, basic, strange, pkce, consent },
    code: await codeFor(open, pkce),
    refreshToken: tokens.refresh_token,
    accessToken: tokens.access_token,
    cookie: page.headers.get("set-cookie")!.split(";")[0]!,
  };
}
