/** Bad inputs for the other OAuth routes: registration, revocation, answers to a consent page, and
 *  metadata. */
import fc from "fast-check";
import { CLAUDE } from "../oauth/oauth_endpoints.ts";
import type { Clients } from "./clients.ts";
import { damaged } from "./damage.ts";
import { nastyText, part } from "./hostile_parts.ts";
import { encoded, wronged } from "./oauth_inputs.ts";
import { quoted } from "./rest_inputs.ts";
import type { Input } from "./world.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };

/** Redirect URIs that no client may register. */
export const badRedirect: fc.Arbitrary<string> = fc.oneof(
  nastyText.filter((text) => !/^[a-z][a-z0-9.-]+:/i.test(text)),
  fc.constantFrom(
    ...[
      "http://a.example/",
      "ftp://a.example/",
      "javascript:alert(1)",
      "data:,x",
      "urn:x",
      "ms-settings:/x",
    ],
    ...[
      "https://a:b@c.example/",
      "https://c.example/#x",
      "https://c.example/#",
      "https://",
      "https:///",
    ],
    ...[
      "https://ex\u0430mple\u0000.com",
      "http://127.0.0.2/",
      "http://localhost.a.example/",
      "http://[::2]/",
    ],
    ...[
      "https://c.example/ x",
      "https://c.example/\r\nx: y",
      "http://user@localhost/",
      `${CLAUDE}é`,
    ],
    `https://c.example/${"x".repeat(2_000)}`,
  ),
);

/** Registrations with one field that the server has to reject, whatever the others are. */
export function registrations(): fc.Arbitrary<Input> {
  const good = { redirect_uris: [CLAUDE], client_name: "x", grant_types: ["authorization_code"] };
  const noText = fc.constantFrom<unknown[]>(0, true, {}, ["x"], { a: 1 }, -1.5);
  const noList = fc.constantFrom<unknown[]>(
    ...[0, true, "x", {}, { 0: "x", length: 1 }, [0], [{}], [["x"]], [true]],
  );
  const wrong = fc.oneof<fc.Arbitrary<Record<string, unknown>>[]>(
    fc.tuple(fc.constantFrom("token_endpoint_auth_method", "client_name"), noText).map((
      [name, value],
    ) => ({ [name]: value })),
    fc.tuple(fc.constantFrom("redirect_uris", "grant_types"), noList).map(([name, value]) => ({
      [name]: value,
    })),
    fc.array(badRedirect, { minLength: 1, maxLength: 3 }).map((uris) => ({ redirect_uris: uris })),
    nastyText.filter((text) => text.trim() !== "")
      .map((text) => ({ token_endpoint_auth_method: text })),
    nastyText.map((text) => ({ grant_types: [`x${text}`] })),
    fc.constantFrom<Record<string, unknown>>(
      { client_name: "x".repeat(101) },
      { redirect_uris: Array(21).fill(CLAUDE) },
      { redirect_uris: [], grant_types: ["authorization_code"] },
      { redirect_uris: undefined },
      { grant_types: Array(21).fill("authorization_code") },
      { grant_types: ["x".repeat(101)] },
      { software_statement: "x".repeat(16 * 1024) },
    ),
  );
  const post = (body: string, headers: Record<string, string> = JSON_TYPE): Input => {
    return { method: "POST", path: "/register", headers, body };
  };
  const noObject = fc.oneof(part, damaged(fc.constant(good))).filter((text) => !isObject(text));
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.tuple(
        wrong,
        fc.dictionary(nastyText.map((name) => `x${name}`), nastyText, { maxKeys: 2 }),
      )
        .map(([wrong, noise]) => post(JSON.stringify({ ...good, ...noise, ...wrong }))),
    },
    { weight: 3, arbitrary: noObject.map((text) => post(text)) },
    { weight: 1, arbitrary: fc.constant(post(encoded([["redirect_uris", CLAUDE]]), FORM)) },
  );
}

function isObject(text: string): boolean {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Revocations without a valid client, or of a token that is not the client's. */
export function revocations({ open, closed, refreshToken }: Clients): fc.Arbitrary<Input> {
  const post = (body: string): Input => ({ method: "POST", path: "/revoke", headers: FORM, body });
  const rules = {
    needed: ["client_id", "token"],
    exact: ["client_id"],
    once: ["client_id", "token"],
  };
  const own = { client_id: open.client_id, token: refreshToken };
  const foreign = { ...closed, token: refreshToken };
  return fc.oneof(
    wronged(own, rules).filter((form) => !form.includes("resource=")).map(post),
    nastyText.map((text) => post(encoded(Object.entries({ ...own, token: `x${text}` })))),
    fc.constant(post(encoded(Object.entries(foreign)))),
  );
}

/** Answers to a consent page from another browser, to a page that does not exist, or with two
 *  decisions at once. */
export function consents({ consent, cookie }: Clients): fc.Arbitrary<Input> {
  const post = (fields: [string, string][], cookie: string): Input => {
    const headers = { ...FORM, ...(cookie && { cookie }) };
    return { method: "POST", path: "/oauth/authorize", headers, body: encoded(fields) };
  };
  const wrong = nastyText.map(quoted);
  const allow: [string, string] = ["decision", "allow"];
  return fc.oneof(
    fc.tuple(nastyText, fc.constantFrom(cookie, "")).filter(([text]) => text !== consent)
      .map(([text, cookie]) => post([["consent", text], allow], cookie)),
    wrong.map((text) => post([["consent", consent], allow], `consent=${text}`)),
    wrong.map((text) => post([["consent", consent], allow], text)),
    wrong.map((text) => post([["consent", consent], ["consent", text], allow], cookie)),
    wrong.map((text) => post([["consent", consent], allow, ["decision", text || "deny"]], cookie)),
    fc.constant(post([allow], cookie)),
  );
}

/** Routes of sign-in with methods that they don't serve, and paths that are almost right. */
export function strayRequests(): fc.Arbitrary<Input> {
  const post = fc.constantFrom("/register", "/token", "/revoke", "/oauth/token", "/oauth/register");
  const get = fc.constantFrom(
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
    "/openapi.json",
  );
  const method = fc.constantFrom("PUT", "PATCH", "DELETE", "PROPFIND");
  return fc.oneof(
    fc.tuple(post, fc.oneof(method, fc.constant("GET")), nastyText)
      .map(([path, method, text]) => ({ method, path: `${path}?a=${quoted(text)}`, headers: {} })),
    fc.tuple(get, fc.oneof(method, fc.constant("POST")), nastyText).map(([path, method, body]) => {
      return { method, path, headers: JSON_TYPE, body };
    }),
    fc.tuple(fc.oneof(post, get), nastyText).map(([path, text]) => {
      return { method: "GET", path: `${path}/x${quoted(text)}`, headers: {} };
    }),
    method.map((method) => ({ method, path: "/oauth/authorize", headers: {} })),
  );
}
