/** Bad inputs for the OAuth endpoints: valid forms and queries with one fault. */
import fc from "fast-check";
import { authorization, CLAUDE, STRANGER } from "../oauth/oauth_endpoints.ts";
import type { Clients } from "./clients.ts";
import { longText, nastyText } from "./hostile_parts.ts";
import { quoted } from "./rest_inputs.ts";
import type { Input } from "./world.ts";

export type Fields = Record<string, string>;
const FORM = "application/x-www-form-urlencoded";

export function encoded(fields: Iterable<[string, string]>): string {
  return [...fields].map(([name, text]) => `${quoted(name)}=${quoted(text)}`).join("&");
}

/** Texts that are wrong in every field: not empty, because an empty field counts as absent, and
 *  never the right value. */
const wrongText = nastyText.filter((text) => text !== "");
const wrongUrl = fc.oneof(
  wrongText,
  fc.constantFrom(
    ...[
      `${CLAUDE}/`,
      `${CLAUDE}?`,
      `${CLAUDE}#`,
      `${CLAUDE}%20`,
      CLAUDE.replace("claude", "Claude"),
    ],
    ...["https://claude.ai@evil.example/", "https://claude.ai.evil.example/api/mcp/auth_callback"],
    ...[
      "javascript:alert(1)",
      "data:text/html,x",
      "http://127.0.0.1:8100/mcp/x",
      "//evil.example",
      "/",
    ],
  ),
);

export interface Rules {
  /** Required fields. */
  needed: readonly string[];
  /** Fields in which every other text is wrong. */
  exact: readonly string[];
  /** Fields that the endpoint reads, which may not be repeated. */
  once: readonly string[];
}

/** Valid fields with one fault, and any unknown fields beside them. */
export function wronged(good: Fields, { needed, exact, once }: Rules): fc.Arbitrary<string> {
  const others = (name: string) => Object.entries(good).filter(([other]) => other !== name);
  const wrong = fc.oneof(
    fc.constantFrom(...needed).map((name) => others(name)),
    fc.constantFrom(...needed).map((name) => [...others(name), [name, ""] as [string, string]]),
    fc.tuple(fc.constantFrom(...exact), wrongUrl)
      .filter(([name, text]) =>
        text !== good[name] && !(name === "client_id" && /^https:/.test(text))
      )
      .map(([name, text]) => [...others(name), [name, text] as [string, string]]),
    fc.tuple(fc.constantFrom(...once), wrongText).map(([name, text]) => {
      return [...others(name), [name, good[name] ?? text], [name, text]] as [string, string][];
    }),
    wrongUrl.map((text) => [...Object.entries(good), ["resource", text] as [string, string]]),
  );
  const noise = fc.oneof(
    fc.constantFrom("", "&", "&&=&=", "&%=%", "&__proto__=x", "&constructor=x", "&%00=%ff"),
    fc.tuple(wrongText, nastyText).map(([name, text]) => `&x${quoted(name)}=${quoted(text)}`),
  );
  return fc.tuple(wrong, noise).map(([fields, noise]) => encoded(fields) + noise);
}

/** Forms that `/token` has to refuse. */
export function tokenForms(clients: Clients): fc.Arbitrary<Input> {
  const { open, closed, basic, code, pkce, refreshToken } = clients;
  const post = (body: string, headers: Record<string, string> = {}): Input => {
    return { method: "POST", path: "/token", headers: { "content-type": FORM, ...headers }, body };
  };
  const withCode = {
    grant_type: "authorization_code",
    client_id: open.client_id,
    code,
    code_verifier: pkce.verifier,
    redirect_uri: CLAUDE,
  };
  const withRefresh = {
    grant_type: "refresh_token",
    client_id: open.client_id,
    refresh_token: refreshToken,
  };
  const asItself = { grant_type: "client_credentials", ...closed };
  const codeFields = ["grant_type", "client_id", "code", "code_verifier"];
  const refreshFields = ["grant_type", "client_id", "refresh_token"];
  const ownFields = ["grant_type", "client_id", "client_secret"];
  const rules = (needed: string[], more: string[] = []) => {
    const exact = [...needed, ...more];
    return { needed, exact, once: exact };
  };
  const goodBasic = btoa(`${basic.client_id}:${basic.client_secret}`);
  const wrongBasic = fc.oneof(
    wrongText.map((text) => `Basic ${quoted(text)}`),
    wrongText.map((text) => `Basic ${btoa(`${basic.client_id}:${quoted(text)}`)}`),
    wrongText.map((text) => `Basic ${btoa(`${quoted(text)}:${basic.client_secret}`)}`),
    fc.constantFrom(
      ...["", "Basic", "Basic Og==", `Bearer ${goodBasic}`, `Basic ${goodBasic}=x`, goodBasic],
      ...[`Basic ${btoa(basic.client_id)}`, `Basic ${"A".repeat(5_000)}`, `Digest ${goodBasic}`],
    ),
  );
  const grant = { grant_type: "client_credentials" };
  const types = fc.constantFrom("", "text/plain", "application/json", "multipart/form-data", "x");
  return fc.oneof(
    {
      weight: 4,
      arbitrary: wronged(withCode, rules(codeFields, ["redirect_uri"])).map((f) => post(f)),
    },
    { weight: 3, arbitrary: wronged(withRefresh, rules(refreshFields)).map((f) => post(f)) },
    { weight: 3, arbitrary: wronged(asItself, rules(ownFields)).map((f) => post(f)) },
    {
      weight: 2,
      arbitrary: wrongBasic.map((authorization) =>
        post(encoded(Object.entries(grant)), { authorization })
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(asItself, { ...grant, client_secret: "x" }).map((form) => {
        return post(encoded(Object.entries(form)), { authorization: `Basic ${goodBasic}` });
      }),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(types, fc.constantFrom(withCode, withRefresh, asItself)).map(
        ([type, form]) => post(JSON.stringify(form), { "content-type": type }),
      ),
    },
  );
}

/** Queries that `/oauth/authorize` has to refuse, on a page or with a redirect to the client. */
export function authorizeQueries({ open, strange, pkce }: Clients): fc.Arbitrary<Input> {
  const get = (query: string): Input => {
    return { method: "GET", path: `/oauth/authorize?${query}`, headers: {} };
  };
  const needed = ["response_type", "client_id", "code_challenge", "code_challenge_method"];
  const rules = {
    needed,
    exact: [...needed, "redirect_uri", "response_mode"],
    once: [...needed, "redirect_uri", "response_mode", "state", "scope"],
  };
  const queries = [authorization(open, pkce), authorization(strange, pkce, STRANGER)].map(
    (good) => {
      const tooLong = longText.filter(({ length }) => length > 4_096)
        .chain((text) =>
          fc.constantFrom("state", "scope").map((name) => ({ ...good, [name]: text }))
        );
      return fc.oneof(
        { weight: 9, arbitrary: wronged(good, rules) },
        { weight: 1, arbitrary: tooLong.map((fields) => encoded(Object.entries(fields))) },
      );
    },
  );
  return fc.oneof(...queries).map(get);
}
