/** Browser sessions of signed-in people. Each sign-in makes a new session, even if the browser has
 *  a session cookie already (against session fixation). A form that acts for the person carries a
 *  proof that only pages of the session contain (against CSRF). */
import type { Context } from "@hono/hono";
import { providerOf } from "../../domain/channel/principal.ts";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import type { Person } from "../../store/people/people_store.ts";
import { secretHash } from "../../kernel/hash.ts";
import { dropCookie, secretCookie, setSecretCookie } from "./cookies.ts";
import type { Login, OAuthDeps } from "./deps.ts";
import { formProof, isFormProof, secretFor } from "../secret.ts";

export interface Session extends Person {
  /** The value of `proof` in its forms. */
  proof: string;
}

/** The session of a browser. Without the cookie it needs no read. A session ends once the operator
 *  removes the person's identity provider. */
export async function sessionOf(
  c: Context,
  deps: OAuthDeps,
  { people, providers }: Login,
): Promise<Session | undefined> {
  const secret = secretCookie(c, deps, "session");
  if (secret === undefined) return undefined;
  const person = await people.session(secret, deps.now());
  if (person === undefined) return undefined;
  if (!providers.has(providerOf(person.principal))) return undefined;
  return { ...person, proof: formProof(secret) };
}

export async function beginSession(
  c: Context,
  deps: OAuthDeps,
  { people }: Login,
  person: Person,
): Promise<void> {
  const now = deps.now();
  const session = secretFor(ACCOUNT_LIMITS.sessionMs, now);
  await people.beginSession(session, person, secretCookie(c, deps, "session"), now);
  setSecretCookie(c, deps, "session", session.secret, ACCOUNT_LIMITS.sessionMs);
}

/** The hash of the secret by which the store knows this browser's session. */
export function sessionHashOf(c: Context, deps: Pick<OAuthDeps, "publicUrl">): string | undefined {
  const secret = secretCookie(c, deps, "session");
  return secret && secretHash(secret);
}

/** Whether a form comes from a page of this browser's session. */
export function isOwnForm(c: Context, deps: OAuthDeps, proof: string | undefined): boolean {
  const secret = secretCookie(c, deps, "session");
  return secret !== undefined && isFormProof(proof, secret);
}

export async function endSession(c: Context, deps: OAuthDeps, { people }: Login): Promise<void> {
  const secret = secretCookie(c, deps, "session");
  if (secret !== undefined) await people.endSession(secret);
  dropCookie(c, deps, "session");
}

/** Ends the sessions of the browser's person in all browsers. */
export async function endSessions(c: Context, deps: OAuthDeps, login: Login): Promise<void> {
  const session = await sessionOf(c, deps, login);
  if (session) await login.people.endSessions(session.principal);
}
