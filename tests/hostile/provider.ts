/** An identity provider that answers as a test wants, even as no real provider would. The test
 *  itself is the browser, so the provider has no pages. */
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";

export const CLIENT = { id: "multiplayer", secret: "a-secret-between-the-two" };

type Claims = Record<string, unknown>;

export interface Provider extends AsyncDisposable {
  issuer: string;
  /** Makes a code for an id token with these claims beside the usual ones; `null` omits one. */
  code(
    claims: Claims,
    how?: { header?: JWTHeaderParameters; key?: CryptoKey | Uint8Array },
  ): string;
  /** Makes a code whose answer is exactly this token. */
  codeFor(idToken: string): string;
}

export async function provider(): Promise<Provider> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = { ...await exportJWK(publicKey), alg: "ES256", use: "sig", kid: "1" };
  const answers = new Map<string, () => Promise<string>>();
  const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
  }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/jwks") return Response.json({ keys: [jwk] });
    if (pathname === "/token") {
      const code = new URLSearchParams(await request.text()).get("code") ?? "";
      const idToken = await answers.get(code)?.();
      if (idToken === undefined) return Response.json({ error: "invalid_grant" }, { status: 400 });
      return Response.json({ access_token: "provider", token_type: "Bearer", id_token: idToken });
    }
    return Response.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
    });
  });
  const issuer = `http://127.0.0.1:${server.addr.port}`;
  const codeFrom = (answer: () => Promise<string>) => {
    const code = crypto.randomUUID();
    answers.set(code, answer);
    return code;
  };
  return {
    issuer,
    codeFor: (idToken) => codeFrom(() => Promise.resolve(idToken)),
    code: (claims, { header = { alg: "ES256", kid: "1" }, key = privateKey } = {}) =>
      codeFrom(async () => {
        const now = Math.floor(Date.now() / 1000);
        const usual: Claims = { iss: issuer, aud: CLIENT.id, sub: "1", iat: now, exp: now + 60 };
        const all = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== null);
        return await new SignJWT(Object.fromEntries(all)).setProtectedHeader(header).sign(key);
      }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
