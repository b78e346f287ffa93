/** Who is signed in in a browser. Each sign-in makes a new session, whatever cookie the browser
 *  came with; a form that acts for the person carries what only a page of the session knows. */
import type { Context } from "@hono/hono";
import { providerOf } from "../../domain/channel/principal.ts";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import type { Person } from "../../store/people/people_store.ts";
import { dropCookie, secretCookie, setSecretCookie } from "./cookies.ts";
import type { Login, OAuthDeps } from "./deps.ts";
import { formProof, isFormProof, secretFor } from "../secret.ts";

export interface Session extends Person {
  /** What its forms carry as `proof`. */
  proof: string;
}

/** A browser without the cookie costs no read. Nobody stays whose provider the operator has
 *  removed. */
export async function sessionOf(
  c: Context,
  deps: OAuthDeps,
  { people, providers }: Login,
): Promise<Session | undefined> {
  const secret = secretCookie(c, deps, "session");
  if (secret === undefined) return undefined;
  const person = await people.session(secret, deps.now());
  if (person === undefined) return undefined;
  const isKept = providers.has(providerOf(person.principal));
  return isKept ? { ...person, proof: formProof(secret) } : undefined;
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
