/** Valid registrations, in all their surprising variants. */
import fc from "fast-check";
import { CLAUDE } from "../oauth/oauth_endpoints.ts";
import { nastyText, part } from "./hostile_parts.ts";
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
  [`https://c.example/${"x".repeat(1_900)}`],
  Array(20).fill("https://c.example/?"),
);

export function oddRegistrations(): fc.Arbitrary<Input> {
  const fields = fc.record({
    redirect_uris: uris,
    client_name: odd(nastyText.map((text) => text.slice(0, 100))),
    token_endpoint_auth_method: odd(
      fc.constantFrom("none", "client_secret_post", "client_secret_basic"),
    ),
    grant_types: odd(
      nastyText.map((text) => ["authorization_code", text.slice(0, 100), "authorization_code"]),
    ),
    response_types: odd(nastyText.map((text) => [text.slice(0, 100)])),
    scope: odd(nastyText.map((text) => text.slice(0, 1_000))),
    contacts: odd(fc.array(nastyText.map((text) => text.slice(0, 200)), { maxLength: 3 })),
    software_version: odd(nastyText.map((text) => text.slice(0, 100))),
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
