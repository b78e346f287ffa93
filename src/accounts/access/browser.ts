/** For whom a browser reads: the person who signed in, or a visitor, who only looks. Looking sets
 *  no cookie and stores nothing. */
import type { Context } from "@hono/hono";
import { guestPrincipal } from "../../domain/channel/principal.ts";
import type { OAuthDeps } from "./deps.ts";
import { sessionOf } from "./session.ts";

/** The principal of a browser at an address; null if nobody may look without signing in. Visitors
 *  of one address are one. */
export type BrowserReader = (c: Context, address: string) => Promise<string | null>;

export function browserReader(deps: OAuthDeps): BrowserReader {
  return async (c, address) => {
    const here = { ...deps, publicUrl: deps.addressOf(c.req.raw) };
    const session = here.login && await sessionOf(c, here, here.login);
    if (session) return session.principal;
    // No guest has such an id.
    return here.guests ? guestPrincipal(`@${address}`) : null;
  };
}
