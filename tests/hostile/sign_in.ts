/** A browser in which a person signs in at the identity provider; attacks can swap its cookies. */
import assert from "node:assert/strict";
import { type Attacker, cookiesOf } from "./attacker.ts";
import type { Provider } from "./provider.ts";

/** Begins a sign-in as a browser with cookies of its own, up to the provider's page. */
export async function begun(kit: Attacker, cookie = "") {
  const page = kit.pageOf(await kit.get("/login", cookiesOf(cookie)), cookie);
  const sent = await kit.form("/login/oidc", page.form, cookiesOf(page.cookie));
  assert.equal(sent.status, 303);
  const { searchParams } = new URL(sent.headers.get("location")!);
  const [state, nonce] = [searchParams.get("state")!, searchParams.get("nonce")!];
  return { cookie: page.cookie, proof: page.form.proof!, state: kit.secret(state), nonce };
}

export async function callback(
  kit: Attacker,
  params: Record<string, string> | string[][],
  cookie: string,
) {
  const query = new URLSearchParams(params);
  return await kit.get(`/login/oidc/callback?${query}`, cookiesOf(cookie));
}

/** A complete sign-in: returns the browser's cookies once `sub` is signed in. */
export async function signedIn(
  kit: Attacker,
  idp: Provider,
  sub: string,
  cookie = "",
): Promise<string> {
  const login = await begun(kit, cookie);
  const code = idp.code({ sub, nonce: login.nonce });
  const answer = await callback(kit, { state: login.state, code }, login.cookie);
  assert.equal(answer.status, 303);
  return kit.pageOf(answer, login.cookie).cookie;
}

/** The person whom the profile greets. */
export const who = async (kit: Attacker, cookie: string): Promise<string> => {
  const { text } = await kit.get("/me", cookiesOf(cookie));
  return /oidc:[\w-]+/.exec(text)?.[0] ?? "nobody";
};

export const sessionIn = (cookie: string): string => /session=[\w-]+/.exec(cookie)![0];
