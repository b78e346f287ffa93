/** Bad inputs for the routes of sign-in at an identity provider: requests that no page of the
 *  server and no provider led to. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { nastyText } from "./hostile_parts.ts";
import { encoded } from "./oauth_inputs.ts";
import { quoted } from "./rest_inputs.ts";
import { type Input, ORIGIN, type World } from "./world.ts";

/** A browser that has seen the sign-in page and is now at the provider. */
export interface Visitor {
  cookie: string;
  /** The proof in the page's forms. */
  proof: string;
  /** The state that the provider has to return. */
  state: string;
}

const FORM = { "content-type": "application/x-www-form-urlencoded" };

export async function visitor(world: World): Promise<Visitor> {
  const page = await world.fetch(new Request(`${ORIGIN}/login`));
  const cookie = page.headers.get("set-cookie")!.split(";")[0]!;
  const [, proof] = /name="proof" value="([^"]+)"/.exec(await page.text()) ?? [];
  const redirect = await world.fetch(
    new Request(`${ORIGIN}/login/github`, {
      method: "POST",
      headers: { ...FORM, cookie },
      body: `proof=${proof}`,
    }),
  );
  const state = new URL(redirect.headers.get("location")!).searchParams.get("state");
  assert.ok(proof && state);
  return { cookie, proof, state };
}

/** Callbacks that belong to no sign-in, or that arrive in another browser. */
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

/** Forms of sign-in and of the profile that the server did not issue. */
export function loginForms({ cookie, proof }: Visitor): fc.Arbitrary<Input> {
  const post = (path: string, fields: [string, string][], cookie: string): Input => {
    const headers = { ...FORM, ...(cookie && { cookie }) };
    return { method: "POST", path, headers, body: encoded(fields) };
  };
  const path = fc.constantFrom("/login/github", "/me/apps", "/logout");
  const noise = nastyText.map(quoted);
  const good: [string, string] = ["proof", proof];
  return fc.oneof(
    fc.tuple(path, nastyText).map(([path, text]) => post(path, [["proof", `x${text}`]], cookie)),
    fc.tuple(path, noise).map(([path, text]) => post(path, [good], `consent=${text}`)),
    fc.tuple(path, noise).map(([path, text]) => post(path, [good, ["proof", text]], cookie)),
    nastyText.filter((text) => text !== "")
      .map((text) => post("/login/github", [good, ["consent", text]], cookie)),
    noise.map((text) => post(`/login/x${text}`, [good], cookie)),
    nastyText.map((text) => post("/me/apps", [good, ["revoke", text]], cookie)),
  );
}
