/** An access token in the registration response. The original server gave Claude one, and Claude's
 *  clients of that time use it at once. Only a server without sign-in does so: the token identifies
 *  a new guest, and nothing else. */
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import { guestPrincipal } from "../domain/channel/principal.ts";
import type { Client } from "../store/people/sign_in_records.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { isClaudeCallback } from "../accounts/clients/redirect_policy.ts";
import { newId, secretFor } from "../accounts/secret.ts";

interface FirstToken {
  access_token: string;
  token_type: "Bearer";
  expires_in: number;
  scope: "play";
}

/** The token for a client that registers as Claude with only Claude's own redirect URIs; undefined
 *  for others. */
export async function firstToken(
  { clientId, name, redirectUris, grantTypes }: Client,
  { store, guests, login }: OAuthDeps,
  now: Date,
): Promise<FirstToken | undefined> {
  const isClaude = name === "Claude" && grantTypes.includes("authorization_code") &&
    redirectUris.every(isClaudeCallback);
  if (!guests || login || !isClaude) return undefined;
  const access = secretFor(ACCOUNT_LIMITS.accessTokenMs, now);
  const principal = guestPrincipal(newId());
  const grant = { grantId: newId(), clientId, principal, scope: "play" } as const;
  await store.begin({ ...grant, expiresAt: access.expiresAt }, { access }, now);
  return {
    access_token: access.secret,
    token_type: "Bearer",
    expires_in: ACCOUNT_LIMITS.accessTokenMs / 1000,
    scope: grant.scope,
  };
}
