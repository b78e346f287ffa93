/** Valid registrations, in all their surprising variants: a redirect URI that no client may
 *  register beside a good one, members written as absent, and any value where nobody reads it. */
import fc from "fast-check";
import { CLAUDE } from "../oauth/oauth_endpoints.ts";
import { nastyText, part } from "./hostile_parts.ts";
import { badRedirect } from "./registrations.ts";
import type { Input } from "./world.ts";

const odd = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const uris = fc.constantFrom(
  [CLAUDE],
  ["http://localhost/"],
  ["http://127.0.0.1:1/%00?a=b&a=b"],
  ["http://[::1]:65535"],
  ["https://xn--bcher-kva.example/~a;b=c/!$&'()*+,"],
  ["https://[2606:4700::1111]/c", CLAUDE, CLAUDE],
  ["cursor://anysphere.cursor-mcp/oauth/callback"],
  ["claude://x"],
  ["com.example.app:cb"],
  [`https://c.example/${"x".repeat(1_900)}`],
  Array(20).fill("https://c.example/?"),
);

const shortRedirect = badRedirect.filter((uri) => uri.length <= 100);
const absent = fc.constantFrom<unknown[]>(null, "", " ", [], [null], [""]);
const anything = fc.oneof(
  absent,
  nastyText.map((text) => text.slice(0, 200)),
  fc.constantFrom<unknown[]>(0, true, {}, ["x"], { a: 1 }, -1.5, [0], [{}], "x".repeat(1_001)),
);

export function oddRegistrations(): fc.Arbitrary<Input> {
  const fields = fc.record({
    redirect_uris: fc.tuple(uris, fc.array(shortRedirect, { maxLength: 3 }))
      .map(([good, bad]) => [...bad, ...good].slice(-20)),
    client_name: odd(fc.oneof(absent, nastyText.map((text) => text.slice(0, 100)))),
    token_endpoint_auth_method: odd(
      fc.oneof(absent, fc.constantFrom("none", "client_secret_post", "client_secret_basic")),
    ),
    grant_types: odd(fc.oneof(
      absent,
      nastyText.map((text) => ["authorization_code", text.slice(0, 100), "authorization_code"]),
    )),
    jwks: odd(absent),
    response_types: odd(anything),
    scope: odd(anything),
    contacts: odd(anything),
    logo_uri: odd(anything),
    software_statement: odd(anything),
  });
  const unknown = fc.tuple(nastyText, part).map(([name, text]) => {
    return { [`x${name}`.slice(0, 100)]: text.slice(0, 500) };
  });
  return fc.tuple(fields, unknown).map(([fields, unknown]) => ({
    method: "POST",
    path: "/register",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...unknown, ...fields }),
  }));
}
