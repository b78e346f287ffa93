/** For whom a browser speaks: the person who signed in; the browser's own guest, once it has acted
 *  as one; or a visitor, who only looks. Looking sets no cookie and stores nothing. */
import type { Context } from "@hono/hono";
import { guestPrincipal } from "../../domain/channel/principal.ts";
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import { base64url } from "../../kernel/base64url.ts";
import { concatBytes, keyed } from "../../kernel/hash.ts";
import { formProof, isSecret, sameText } from "../secret.ts";
import { secretCookie, setSecretCookie } from "./cookies.ts";
import type { OAuthDeps } from "./deps.ts";
import { sessionOf } from "./session.ts";

export interface BrowserCaller {
  principal: string;
  kind: "person" | "guest" | "visitor";
  /** The name of a person, for display. */
  name?: string;
  /** The value of `proof` in the forms that the browser is shown. */
  proof: string;
}

/** Somebody who acts, by a form of this server. */
export interface Actor {
  principal: string;
  /** Sets the cookie of a new guest, once its act has had an effect. */
  keep: () => void;
}

export interface Browsers {
  /** For whom a request speaks; null if nobody may look without signing in. Visitors of one address
   *  are one caller. */
  callerOf(c: Context, address: string): Promise<BrowserCaller | null>;
  /** Who sends a form: a browser that is nobody yet becomes a new guest, and the same one if it
   *  sends the same form again. Null if nobody may act without signing in; "foreign" for a form
   *  that this server did not show to this browser. */
  actorOf(c: Context, address: string, form: FormMarks): Promise<Actor | "foreign" | null>;
}

/** The fields by which the server knows its own forms: `proof` is the browser's, `once` another
 *  secret of each form that is shown. */
interface FormMarks {
  proof: string | null;
  once: string | null;
}

/** `key` is a secret of the server: it tells a guest's cookie from one that a browser made up. */
export function browsers(deps: OAuthDeps, key: Uint8Array): Browsers {
  const at = (c: Context) => ({ ...deps, publicUrl: deps.addressOf(c.req.raw) });
  const callerOf: Browsers["callerOf"] = async (c, address) => {
    const here = at(c);
    const session = here.login && await sessionOf(c, here, here.login);
    if (session) return { ...session, kind: "person" };
    if (!here.guests) return null;
    const secret = secretCookie(c, here, "guest");
    const guest = secret && guestOf(secret, key);
    if (guest) return { principal: guest, kind: "guest", proof: formProof(secret) };
    // No guest has such an id. There is no cookie yet that the proof could be derived from.
    const visitor = guestPrincipal(`@${address}`);
    return { principal: visitor, kind: "visitor", proof: base64url(keyed(key, `form ${visitor}`)) };
  };
  return {
    callerOf,
    async actorOf(c, address, { proof, once }) {
      const here = at(c);
      if (isCrossSite(c, here.publicUrl)) return "foreign";
      const caller = await callerOf(c, address);
      if (caller === null) return null;
      if (proof === null || !sameText(proof, caller.proof)) return "foreign";
      if (caller.kind !== "visitor") return { principal: caller.principal, keep() {} };
      if (once === null || !isSecret(once)) return "foreign";
      const secret = guestSecretOf(once, key);
      return {
        principal: guestOf(secret, key)!,
        keep: () => setSecretCookie(c, here, "guest", secret, ACCOUNT_LIMITS.browserGuestMs),
      };
    },
  };
}

/** Whether a browser says that a page of another site sent the form. Such a form comes without the
 *  cookies (`SameSite=Lax`), so its browser would look like a visitor's and lose its guest. Pages
 *  without referrer, as these are, have the origin `null`. */
function isCrossSite(c: Context, own: string): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  return ![undefined, "null", own].includes(c.req.header("origin"));
}

const ID_BYTES = 16;

/** 128 bits that follow from the secret of a form, and as many that only the server can add. */
function guestSecretOf(once: string, key: Uint8Array): string {
  const id = keyed(key, `guest of the form ${once}`).subarray(0, ID_BYTES);
  return base64url(concatBytes(id, sealOf(id, key)));
}

/** The guest of a cookie; undefined if the server has not made it. */
function guestOf(secret: string, key: Uint8Array): string | undefined {
  const id = Uint8Array.fromBase64(secret, { alphabet: "base64url" }).subarray(0, ID_BYTES);
  const made = base64url(concatBytes(id, sealOf(id, key)));
  if (!sameText(made, secret)) return undefined;
  return guestPrincipal(base64url(keyed(key, `guest ${base64url(id)}`).subarray(0, ID_BYTES)));
}

function sealOf(id: Uint8Array, key: Uint8Array): Uint8Array {
  return keyed(key, `seal ${base64url(id)}`).subarray(0, ID_BYTES);
}
