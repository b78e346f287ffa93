/** Client-ID metadata documents (draft-ietf-oauth-client-id-metadata-document): the `client_id` is
 *  the https URL of a document that describes the client. This module checks such ids and
 *  documents. Pure. */
import * as z from "zod";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import { type AuthMethod, type Client, JsonWebKeySet } from "../../store/people/sign_in_records.ts";
import { complaint } from "../errors.ts";
import { presentMembers } from "./client_metadata.ts";
import { ALLOWED, redirectProblem } from "./redirect_policy.ts";

/** Whether a client id is meant as the URL of a document. Ids registered here have no colon. */
export function namesDocument(clientId: string): boolean {
  return clientId.includes(":");
}

/** The problem of a client id as the URL of a document; undefined if there is none. The draft
 *  advises against a query, but allows it. The URL must be in normal form: other forms can hide dot
 *  segments or a default port. */
export function documentUrlProblem(clientId: string): string | undefined {
  if (clientId.length > ACCOUNT_LIMITS.documentUrlChars) {
    return `is longer than ${ACCOUNT_LIMITS.documentUrlChars} characters`;
  }
  if (!URL.canParse(clientId)) return "is not a URL";
  const url = new URL(clientId);
  if (url.protocol !== "https:") return "must use https";
  if (url.username !== "" || url.password !== "") return "must not carry a user name or password";
  if (clientId.includes("#")) return "must not have a fragment";
  if (url.pathname === "/") return "must have a path";
  if (url.href !== clientId) {
    return "must be in normal form, without dot segments or a default port";
  }
  return undefined;
}

const WebKeyUrl = z.url({ protocol: /^https$/ }).max(ACCOUNT_LIMITS.documentUrlChars);

/** The used part of RFC 7591 2. Further members of a document are for other servers. */
const ClientDocument = z.looseObject({
  client_id: z.string(),
  client_name: z.string().trim().max(100).optional(),
  redirect_uris: z.array(z.string()).max(50),
  grant_types: z.array(z.string()).max(20).optional(),
  token_endpoint_auth_method: z.string().default("none"),
  token_endpoint_auth_methods_supported: z.array(z.string()).max(20).default([]),
  jwks: JsonWebKeySet.optional(),
  jwks_uri: WebKeyUrl.optional(),
  client_secret: z.undefined({ error: "must not be published" }).optional(),
});

/** The client that a document describes, or the document's problem. */
export function clientOfDocument(
  document: unknown,
  clientId: string,
  expiresAt: Date,
): Client | string {
  const { data, error } = ClientDocument.safeParse(presentMembers(document));
  if (error) return complaint(error);
  if (data.client_id !== clientId) return "client_id: must be the URL of the document";

  // A document addresses every server, so this one ignores what it does not support.
  const redirectUris = data.redirect_uris.filter((uri) => redirectProblem(uri) === undefined);
  if (redirectUris.length === 0) {
    return `redirect_uris: one must use ${ALLOWED}`;
  }
  const grantTypes: Client["grantTypes"] = ["authorization_code", "refresh_token"];
  const asked = data.grant_types ?? grantTypes;
  if (!asked.includes("authorization_code")) return "grant_types: must include authorization_code";

  const { jwks, jwks_uri: jwksUri } = data;
  if (jwks && jwksUri) return "jwks: give either jwks or jwks_uri, not both";
  const methods = authMethods(data, jwks !== undefined || jwksUri !== undefined);
  const [authMethod, ...others] = methods;
  if (authMethod === undefined) {
    return "token_endpoint_auth_method: must be none, or private_key_jwt with jwks or jwks_uri";
  }
  return {
    clientId,
    name: data.client_name ?? "",
    redirectUris,
    grantTypes: grantTypes.filter((type) => asked.includes(type)),
    authMethod,
    proofOptional: others.includes("none"),
    jwks,
    jwksUri,
    expiresAt,
  };
}

/** The usable methods, strongest first. ChatGPT's document names `private_key_jwt` and also lists
 *  `none` as supported. */
function authMethods(
  { token_endpoint_auth_method, token_endpoint_auth_methods_supported }: z.infer<
    typeof ClientDocument
  >,
  hasKeys: boolean,
): AuthMethod[] {
  const named = [token_endpoint_auth_method, ...token_endpoint_auth_methods_supported];
  const methods: AuthMethod[] = [];
  if (hasKeys && named.includes("private_key_jwt")) methods.push("private_key_jwt");
  if (named.includes("none")) methods.push("none");
  return methods;
}
