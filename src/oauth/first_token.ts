/** A token that comes with a registration: the original server gave Claude one, and Claude's clients of that time play
 *  with it at once. Only where everyone is a guest anyway: it speaks for a new guest, and for nothing else. */
import { LIMITS } from "../domain/limits.ts";
import type { Client } from "../store/sign_in_records.ts";
import type { OAuthDeps } from "./deps.ts";
import { isClaudeCallback } from "./redirect_policy.ts";
import { newId, secretFor } from "./secret.ts";

export interface FirstToken {
  access_token: string;
  token_type: "Bearer";
  expires_in: number;
  scope: "play";
}

/** The token for a client that registers as Claude with nothing but Claude's own callbacks; for others undefined. */
export async function firstToken(
  { clientId, name, redirectUris, grantTypes }: Client,
  { store, guests, login }: OAuthDeps,
  now: Date,
): Promise<FirstToken | undefined> {
  const isClaude = name === "Claude" && grantTypes.includes("authorization_code") &&
    redirectUris.every(isClaudeCallback);
  if (!guests || login || !isClaude) return undefined;
  const access = secretFor(LIMITS.accessTokenMs, now);
  const principal = `guest:${newId()}`;
  const grant = { grantId: newId(), clientId, principal, scope: "play" } as const;
  await store.begin({ ...grant, expiresAt: access.expiresAt }, { access }, now);
  return {
    access_token: access.secret,
    token_type: "Bearer",
    expires_in: LIMITS.accessTokenMs / 1000,
    scope: grant.scope,
  };
}
