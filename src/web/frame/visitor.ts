/** Who looks at a page, for the header of every page. */
import type { Context, MiddlewareHandler } from "@hono/hono";
import { secretCookie } from "../../accounts/access/cookies.ts";
import type { OAuthDeps } from "../../accounts/access/deps.ts";
import { sessionOf } from "../../accounts/access/session.ts";

interface Visitor {
  /** Whether people can sign in on this server. */
  signsIn: boolean;
  /** The name of the signed-in person. */
  name?: string;
  /** Whether the browser has the cookie of a guest. */
  isGuest?: boolean;
}

type Look = () => Promise<Visitor>;
const LOOK = "visitor";

/** Lets the pages behind it ask who looks. It reads nothing for other answers. */
export function visitors(deps: OAuthDeps): MiddlewareHandler {
  const { login } = deps;
  return (c, next) => {
    const look: Look = async () => {
      const here = { ...deps, publicUrl: deps.addressOf(c.req.raw) };
      const isGuest = deps.guests && secretCookie(c, here, "guest") !== undefined;
      if (!login) return { signsIn: false, isGuest };
      // The page of an error has to come even while the database is away.
      const session = await sessionOf(c, here, login).catch(() => undefined);
      return session ? { signsIn: true, name: session.name } : { signsIn: true, isGuest };
    };
    c.set(LOOK, look);
    return next();
  };
}

export async function visitorOf(c: Context): Promise<Visitor> {
  const look: Look | undefined = c.get(LOOK);
  return await look?.() ?? { signsIn: false };
}
