/** Client ids that are URLs which the server must not fetch: because of their spelling, or because
 *  their address is not public. */
import fc from "fast-check";
import { authorization, CLAUDE } from "../oauth/oauth_endpoints.ts";
import type { Clients } from "./clients.ts";
import { nastyText } from "./hostile_parts.ts";
import { encoded } from "./oauth_inputs.ts";
import { quoted } from "./rest_inputs.ts";
import type { Input } from "./world.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** URLs that are invalid as client ids. */
const misspelled = fc.oneof(
  fc.constantFrom(
    ...["https://c.example", "https://c.example/", "http://c.example/c", "https:c.example/c"],
    ...["https://c.example/a/../c", "https://c.example/./c", "https://c.example:443/c", "https:/c"],
    ...["https://u@c.example/c", "https://u:p@c.example/c", "https://c.example/c#", "HTTPS://c/c"],
    ...["https://C.example/c", "https://c.example\\c", "https://c.example/c\t", " https://c.ex/c"],
    ...["javascript:alert(1)", "data:application/json,{}", "file:///etc/passwd", "urn:x:y", ":"],
    ...["https://[::1/c", "https://c.example:99999/c", "https://%00/c", "https://0x7f.1/c"],
  ),
  nastyText.map((text) => `https://c.example/c#${text}`),
  nastyText.map((text) => `https://c.example/${"x".repeat(500)}${text}`),
  nastyText.map((text) => `http://c.example/${quoted(text)}`),
  nastyText.map((text) => `x${text}:`),
);

const PRIVATE = [
  ...["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0"],
  ...["100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "127.0.0.1:8100"],
  ...["[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[::ffff:7f00:1]", "[64:ff9b::a00:1]"],
];

/** URLs with addresses that are not public. The server must not connect to them. */
const unreachable = fc.tuple(fc.constantFrom(...PRIVATE), nastyText.map(quoted))
  .map(([host, text]) => `https://${host}/x${text}`);

export function documentUrls({ strange, code, pkce, refreshToken }: Clients): fc.Arbitrary<Input> {
  const post = (path: string, form: Record<string, string>): Input => {
    return { method: "POST", path, headers: FORM, body: encoded(Object.entries(form)) };
  };
  const grant = { grant_type: "authorization_code", code, code_verifier: pkce.verifier };
  const authorize = (client_id: string): Input => {
    const query = encoded(Object.entries(authorization({ ...strange, client_id }, pkce, CLAUDE)));
    return { method: "GET", path: `/oauth/authorize?${query}`, headers: {} };
  };
  return fc.oneof(
    misspelled.map((client_id) => post("/token", { ...grant, client_id })),
    misspelled.map((client_id) => post("/revoke", { token: refreshToken, client_id })),
    misspelled.map(authorize),
    unreachable.map(authorize),
  );
}
