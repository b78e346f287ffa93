/** Bad inputs for the routes of signing in at an identity provider: no page of ours led to them, or
 *  no provider. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { nastyText } from "./hostile_parts.ts";
import { encoded } from "./oauth_inputs.ts";
import { quoted } from "./rest_inputs.ts";
import { type Input, ORIGIN, type World } from "./world.ts";

/** A browser that was shown the sign-in page, and is at the provider's now. */
export interface Visitor {
  cookie: string;
  /** Of the page's forms. */
  proof: string;
  /** What the provider is to bring back. */
  state: string;
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };

export async function visitor(world: World): Promise<Visitor> {
  const page = await world.fetch(new Request(`${ORIGIN}/login`));
  const cookie = page.headers.get("set-cookie")!.split(";")[0]!;
  const [, proof] = /name="proof" value="([^"]+)"/.exec(await page.text()) ?? [];
  const left = await world.fetch(
    new Request(`${ORIGIN}/login/github`, {
      method: "POST",
      headers: { ...FORM, cookie },
      body: `proof=${proof}`,
    }),
  );
  const state = new URL(left.headers.get("location")!).searchParams.get("state");
  assert.ok(proof && state);
  return { cookie, proof, state };
}

/** Answers of a provider that nobody here has asked, or that come to another browser. */
export function callbacks({ cookie, state }: Visitor): fc.Arbitrary<Input> {
  const get = (query: string, cookie: string, provider = "github"): Input => {
    const path = `/login/${provider}/callback?${query}`;
    return { method: "GET", path, headers: cookie === "" ? {} : { cookie } };
  };
  const noise = nastyText.map(quoted);
  const result = fc.oneof(
    fc.constantFrom("code=c", "error=access_denied", "", "code=c&code=d", "code="),
    noise.map((text) => `code=${text}`),
  );
  return fc.oneof(
    fc.tuple(noise, result).map(([text, result]) => get(`state=${text}&${result}`, cookie)),
    fc.tuple(noise, result).map(([text, result]) =>
      get(`state=${state}&state=${text}&${result}`, cookie)
    ),
    fc.tuple(noise, result).map(([text, result]) =>
      get(`state=${state}&${result}`, `consent=${text}`)
    ),
    fc.tuple(noise, result).map(([text, result]) => get(`state=x${state}&${result}`, text)),
    fc.tuple(noise, result).map(([text, result]) =>
      get(`state=${state}x&${result}`, cookie, `x${text}`)
    ),
    result.map((result) => get(result, cookie)),
  );
}

/** Forms of sign-in and of the account that no page of ours held. */
export function loginForms({ cookie, proof }: Visitor): fc.Arbitrary<Input> {
  const post = (path: string, fields: [string, string][], cookie: string): Input => {
    const headers = { ...FORM, ...(cookie && { cookie }) };
    return { method: "POST", path, headers, body: encoded(fields) };
  };
  const path = fc.constantFrom("/login/github", "/login", "/logout");
  const noise = nastyText.map(quoted);
  const good: [string, string] = ["proof", proof];
  return fc.oneof(
    fc.tuple(path, nastyText).map(([path, text]) => post(path, [["proof", `x${text}`]], cookie)),
    fc.tuple(path, noise).map(([path, text]) => post(path, [good], `consent=${text}`)),
    fc.tuple(path, noise).map(([path, text]) => post(path, [good, ["proof", text]], cookie)),
    nastyText.filter((text) => text !== "")
      .map((text) => post("/login/github", [good, ["consent", text]], cookie)),
    noise.map((text) => post(`/login/x${text}`, [good], cookie)),
    nastyText.map((text) => post("/login", [good, ["revoke", text]], cookie)),
  );
}
