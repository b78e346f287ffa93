/** Token revocation (RFC 7009). It ends the token's whole grant. An unknown token is not an
 *  error. */
import type { Handler } from "@hono/hono";
import { authenticatedClient } from "./client_auth.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { NO_STORE } from "../accounts/errors.ts";
import { formOf, required } from "./params.ts";

export function revoke(deps: OAuthDeps): Handler {
  return async (c) => {
    const form = await formOf(c);
    const client = await authenticatedClient(deps, c.req.header("authorization"), form);
    await deps.store.revokeToken(required(form, "token"), client.clientId);
    return c.body(null, 200, NO_STORE);
  };
}
