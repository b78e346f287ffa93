/** Which client is calling the token or revocation endpoint (RFC 6749 2.3). */
import type { Client } from "../store/sign_in_records.ts";
import { secretHash } from "../domain/hash.ts";
import type { OAuthDeps } from "./deps.ts";
import { OAuthError, OAuthErrorCode } from "./errors.ts";
import { single } from "./params.ts";
import { sameText } from "./secret.ts";

interface Credentials {
  clientId: string;
  secret?: string;
}

/** The client behind a request. One with a secret must prove it, in the header or the form; one without must not
 *  send any. An unknown client and a wrong secret look the same. */
export async function authenticatedClient(
  { clients, now }: OAuthDeps,
  authorization: string | undefined,
  form: URLSearchParams,
): Promise<Client> {
  const { clientId, secret } = credentials(authorization, form);
  const client = await clients.find(clientId, now());
  const proven = client?.secretHash === undefined
    ? secret === undefined && (client?.authMethod === "none" || client?.proofOptional)
    : secret !== undefined && sameText(secretHash(secret), client.secretHash);
  if (client !== undefined && proven) return client;
  throw new OAuthError(
    OAuthErrorCode.InvalidClient,
    "The client is unknown or its secret is wrong; register at /register.",
  );
}

function credentials(authorization: string | undefined, form: URLSearchParams): Credentials {
  const clientId = single(form, "client_id");
  const secret = single(form, "client_secret");
  if (authorization === undefined) {
    if (clientId !== undefined) return { clientId, secret };
    throw new OAuthError(OAuthErrorCode.InvalidClient, "Send client_id, or HTTP Basic.");
  }
  const basic = basicCredentials(authorization);
  if (secret !== undefined || (clientId !== undefined && clientId !== basic.clientId)) {
    throw new OAuthError(
      OAuthErrorCode.InvalidRequest,
      "Authenticate in the header or in the form, not in both.",
    );
  }
  return basic;
}

function basicCredentials(authorization: string): Credentials {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]{1,600})$/i.exec(authorization) ?? [];
  const decoded = encoded === undefined ? undefined : decodedBase64(encoded);
  const colon = decoded?.indexOf(":") ?? -1;
  if (decoded === undefined || colon < 0) {
    throw new OAuthError(OAuthErrorCode.InvalidClient, "The Authorization header is not Basic.");
  }
  return {
    clientId: decoded.slice(0, colon),
    secret: decoded.slice(colon + 1) || undefined,
  };
}

function decodedBase64(encoded: string): string | undefined {
  try {
    return atob(encoded);
  } catch {
    return undefined;
  }
}
