/** Sign-in in a browser: the authorization code flow of OAuth 2.1 with PKCE, and a redirect to this
 *  machine (RFC 8252 7.3). */
import { CodeChallengeMethod, generateCodeVerifier, generateState, OAuth2Client } from "arctic";
import type { SignIn } from "./account.ts";
import { EXIT, Failure } from "./exit_codes.ts";
import { type Metadata, personTokens, register } from "./oauth.ts";

/** As long as the server itself lets a person take. */
const PATIENCE_MS = 10 * 60_000;
const PATH = "/callback";
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  connection: "close",
};

/** What the browser says when it is sent back. */
type Returned = { code: string } | { error: string };

/** Signs in as whoever uses the browser. `open` is given the address to open. */
export async function browserSignIn(
  server: string,
  metadata: Metadata,
  clientName: string,
  open: (address: string) => Promise<void>,
): Promise<SignIn> {
  const state = generateState();
  const returned = Promise.withResolvers<Returned>();
  await using listener = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (asked) => answered(asked, { state, issuer: metadata.issuer }, returned.resolve),
  );
  const redirectUri = `http://127.0.0.1:${listener.addr.port}${PATH}`;
  const { client_id } = await register(server, metadata, {
    client_name: clientName,
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
  });
  const client = new OAuth2Client(client_id, null, redirectUri);
  const verifier = generateCodeVerifier();
  const { authorization_endpoint, token_endpoint } = metadata;
  const address = client.createAuthorizationURLWithPKCE(
    authorization_endpoint,
    state,
    CodeChallengeMethod.S256,
    verifier,
    ["play"],
  );
  await open(address.href);
  const timer = setTimeout(() => returned.resolve({ error: "nobody signed in" }), PATIENCE_MS);
  const answer = await returned.promise;
  clearTimeout(timer);
  if ("error" in answer) {
    throw new Failure(EXIT.refused, `You are not signed in: ${answer.error}. Try again.`);
  }
  const asked = client.validateAuthorizationCode(token_endpoint, answer.code, verifier);
  return await personTokens(server, client_id, asked);
}

/** Answers a browser. Only the one that was sent from here knows `state`; `iss` names the server
 *  that sent it back (RFC 9207). */
function answered(
  asked: Request,
  expected: { state: string; issuer: string },
  returned: (answer: Returned) => void,
): Response {
  const { pathname, searchParams } = new URL(asked.url);
  const isOurs = asked.method === "GET" && pathname === PATH &&
    searchParams.get("state") === expected.state && searchParams.get("iss") === expected.issuer;
  if (!isOurs) return page("This page answers only to the sign-in that you have begun.", 404);
  const code = searchParams.get("code");
  // The browser has its page before the listener ends.
  const answer = code === null
    ? { error: searchParams.get("error_description") ?? searchParams.get("error") ?? "no code" }
    : { code };
  returned(answer);
  if ("error" in answer) return page("You are not signed in. The terminal says why.");
  return page("You are signed in. You can close this page and go back to the terminal.");
}

function page(text: string, status = 200): Response {
  const html = `<!doctype html><html lang="en"><title>mcpmp</title><p>${text}</p></html>\n`;
  return new Response(html, { status, headers: HEADERS });
}
