/** Client authentication at the token and revocation endpoints (RFC 6749 2.3). */
import type { Client } from "../store/people/sign_in_records.ts";
import { secretHash } from "../kernel/hash.ts";
import { ASSERTION_TYPE, claimedClient, provesClient } from "./client_assertion.ts";
import type { OAuthDeps } from "../accounts/access/deps.ts";
import { OAuthError, OAuthErrorCode } from "../accounts/errors.ts";
import { single } from "./params.ts";
import { sameText } from "../accounts/secret.ts";

/** A client id, and at most one credential for it. */
interface Credentials {
  clientId: string;
  secret?: string | undefined;
  assertion?: string | undefined;
}

/** The client of a request. A client with a secret must send it, in the header or the form. A
 *  client with a key must send an assertion, unless its metadata also allows `none`. A public
 *  client must send neither. The error is the same for an unknown client and a wrong credential. */
export async function authenticatedClient(
  deps: OAuthDeps,
  authorization: string | undefined,
  form: URLSearchParams,
): Promise<Client> {
  const credentials = credentialsOf(authorization, form);
  const client = await deps.clients.find(credentials.clientId, deps.now());
  if (client !== undefined && await isProven(client, credentials, deps)) return client;
  throw new OAuthError(
    OAuthErrorCode.InvalidClient,
    "The client is unknown or its secret or assertion is wrong; register at /register.",
  );
}

async function isProven(
  client: Client,
  { secret, assertion }: Credentials,
  deps: OAuthDeps,
): Promise<boolean> {
  if (assertion !== undefined) {
    return client.authMethod === "private_key_jwt" && await provesClient(assertion, client, deps);
  }
  if (client.secretHash !== undefined) {
    return secret !== undefined && sameText(secretHash(secret), client.secretHash);
  }
  return secret === undefined && (client.authMethod === "none" || client.proofOptional === true);
}

function credentialsOf(authorization: string | undefined, form: URLSearchParams): Credentials {
  const clientId = single(form, "client_id");
  const secret = single(form, "client_secret");
  const assertion = assertionOf(form);
  const proofs = [authorization, secret, assertion].filter((proof) => proof !== undefined);
  if (proofs.length > 1) throw invalid("Use one way to authenticate, not several.");

  if (authorization !== undefined) {
    const basic = basicCredentials(authorization);
    if (clientId === undefined || clientId === basic.clientId) return basic;
    throw invalid("client_id differs from the one in the Authorization header.");
  }
  const named = clientId ?? (assertion && claimedClient(assertion));
  if (named !== undefined) return { clientId: named, secret, assertion };
  throw new OAuthError(OAuthErrorCode.InvalidClient, "Send client_id, or use HTTP Basic.");
}

function assertionOf(form: URLSearchParams): string | undefined {
  const assertion = single(form, "client_assertion");
  const type = single(form, "client_assertion_type");
  if (assertion === undefined && type === undefined) return undefined;
  if (assertion !== undefined && type === ASSERTION_TYPE) return assertion;
  throw invalid(`Send client_assertion with the client_assertion_type ${ASSERTION_TYPE}.`);
}

/** Id and secret are form-encoded (RFC 6749 2.3.1), which matters for an id that is a URL. */
function basicCredentials(authorization: string): Credentials {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]{1,1000})$/i.exec(authorization) ?? [];
  const decoded = encoded === undefined ? undefined : decodedBase64(encoded);
  const [id, secret] = decoded === undefined ? [] : splitAtColon(decoded).map(decodedForm);
  if (id !== undefined && secret !== undefined) {
    return { clientId: id, secret: secret || undefined };
  }
  throw new OAuthError(OAuthErrorCode.InvalidClient, "The Authorization header is not Basic.");
}

function splitAtColon(text: string): string[] {
  const colon = text.indexOf(":");
  return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}

function decodedBase64(encoded: string): string | undefined {
  try {
    return atob(encoded);
  } catch {
    return undefined;
  }
}

function decodedForm(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function invalid(message: string): OAuthError {
  return new OAuthError(OAuthErrorCode.InvalidRequest, message);
}
