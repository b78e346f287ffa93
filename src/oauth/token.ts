/** The token endpoint (RFC 6749 3.2): exchanges a code, a refresh token or a client's own
 *  credentials for tokens. */
import type { Handler } from "@hono/hono";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import { guestPrincipal, isGuest } from "../domain/channel/principal.ts";
import {
  type Client,
  type Grant,
  GrantType,
  type Tokens,
} from "../store/people/sign_in_records.ts";
import type { Redemption } from "../store/people/sign_in_store.ts";
import { authenticatedClient } from "./client_auth.ts";
import { namesDocument } from "../accounts/clients/client_document.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { NO_STORE, OAuthError, OAuthErrorCode } from "../accounts/errors.ts";
import { formOf, required, single } from "./params.ts";
import { checkResources } from "../accounts/access/resource.ts";
import { scopeAsked, scopeRefreshed } from "../accounts/scope.ts";
import { newId, provesChallenge, secretFor } from "../accounts/secret.ts";

/** How much of a client's lifetime must have passed before a token request extends it. */
const RENEW_AFTER_MS = 30 * 24 * 3600_000;

interface TokenRequest {
  deps: OAuthDeps;
  client: Client;
  form: URLSearchParams;
  tokens: Tokens;
  now: Date;
}

const GRANTS = {
  authorization_code: redeemCode,
  refresh_token: refresh,
  client_credentials: grantToClient,
} satisfies Record<GrantType, (request: TokenRequest) => Promise<Redemption>>;

export function token(deps: OAuthDeps): Handler {
  return async (c) => {
    const form = await formOf(c);
    const client = await authenticatedClient(deps, c.req.header("authorization"), form);
    const grantType = grantTypeFor(client, required(form, "grant_type"), deps.guests);
    checkResources(form, deps.publicUrl);

    const now = deps.now();
    const tokens: Tokens = {
      access: secretFor(ACCOUNT_LIMITS.accessTokenMs, now),
      refresh: grantType !== "client_credentials" && client.grantTypes.includes("refresh_token")
        ? secretFor(ACCOUNT_LIMITS.refreshTokenMs, now)
        : undefined,
    };
    const outcome = await GRANTS[grantType]({ deps, client, form, tokens, now });
    if (outcome.kind !== "granted") throw refusal(outcome, client, deps);
    await extendLifetime(client, deps, now);
    return c.json(tokenAnswer(outcome.grant, tokens), 200, NO_STORE);
  };
}

function grantTypeFor(client: Client, asked: string, guests: boolean): GrantType {
  const { data: grantType } = GrantType.safeParse(asked);
  if (grantType === undefined || (grantType === "client_credentials" && !guests)) {
    throw new OAuthError(
      OAuthErrorCode.UnsupportedGrantType,
      `Use ${
        GrantType.options.filter((type) => guests || type !== "client_credentials").join(", ")
      }.`,
    );
  }
  if (client.grantTypes.includes(grantType)) return grantType;
  throw new OAuthError(
    OAuthErrorCode.UnauthorizedClient,
    `This client is registered for ${client.grantTypes.join(", ")} only.`,
  );
}

async function redeemCode({ deps, client, form, tokens, now }: TokenRequest): Promise<Redemption> {
  const verifier = required(form, "code_verifier");
  const redirectUri = single(form, "redirect_uri");
  return await deps.store.redeemCode(
    required(form, "code"),
    client.clientId,
    // OAuth 2.1 clients no longer repeat the redirect URI here. If a client does, it must match.
    (request) =>
      provesChallenge(verifier, request.codeChallenge) &&
      (redirectUri === undefined || redirectUri === request.redirectUri),
    tokens,
    now,
  );
}

async function refresh({ deps, client, form, tokens, now }: TokenRequest): Promise<Redemption> {
  const scope = single(form, "scope");
  return await deps.store.refresh(
    required(form, "refresh_token"),
    client.clientId,
    (grant) => {
      if (!deps.guests && isGuest(grant.principal)) return false;
      tokens.scope = scopeRefreshed(grant.scope, scope);
      return true;
    },
    tokens,
    now,
  );
}

/** With its own credentials, a client is always the same guest. */
async function grantToClient(
  { deps, client, form, tokens, now }: TokenRequest,
): Promise<Redemption> {
  const grant: Grant = {
    grantId: newId(),
    clientId: client.clientId,
    principal: guestPrincipal(client.clientId),
    scope: scopeAsked(single(form, "scope")),
    expiresAt: tokens.access.expiresAt,
  };
  await deps.store.begin(grant, tokens, now);
  return { kind: "granted", grant };
}

/** The caller gets the same vague error in all cases but one: a client that repeats a refresh token
 *  too often keeps its tokens. The log shows a replay to the operator. */
function refusal(
  outcome: Exclude<Redemption, { kind: "granted" }>,
  { clientId }: Client,
  { log }: OAuthDeps,
): OAuthError {
  if (outcome.kind === "exhausted") {
    return new OAuthError(
      OAuthErrorCode.TemporarilyUnavailable,
      "This refresh token was used too often at once. Use the tokens of an earlier response.",
    );
  }
  if (outcome.kind === "replayed") {
    log?.("warn", "oauth.replay_revoked_grant", { clientId, grantId: outcome.grantId });
  }
  return new OAuthError(
    OAuthErrorCode.InvalidGrant,
    "The code or refresh token is unknown, expired, used or not valid for this request; authorize again.",
  );
}

async function extendLifetime(client: Client, { store }: OAuthDeps, now: Date): Promise<void> {
  if (namesDocument(client.clientId)) return; // the store has no record of it
  const expiresAt = new Date(now.getTime() + ACCOUNT_LIMITS.clientMs);
  if (expiresAt.getTime() - client.expiresAt.getTime() < RENEW_AFTER_MS) return;
  await store.keep({ ...client, expiresAt }, now);
}

function tokenAnswer(grant: Grant, { access, refresh, scope = grant.scope }: Tokens) {
  return {
    access_token: access.secret,
    token_type: "Bearer",
    expires_in: ACCOUNT_LIMITS.accessTokenMs / 1000,
    ...(refresh === undefined ? {} : { refresh_token: refresh.secret }),
    scope,
  };
}
