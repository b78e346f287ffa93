/** Who looks at a page, for the header of every page. */
import type { Context, MiddlewareHandler } from "@hono/hono";
import type { OAuthDeps } from "../../accounts/access/deps.ts";
import { sessionOf } from "../../accounts/access/session.ts";

interface Visitor {
  /** Whether people can sign in on this server. */
  signsIn: boolean;
  /** The name of the signed-in person. */
  name?: string;
}

type Look = () => Promise<Visitor>;
const LOOK = "visitor";

/** Lets the pages behind it ask who looks. It reads nothing for other answers. */
export function visitors(deps: OAuthDeps): MiddlewareHandler {
  const { login } = deps;
  return (c, next) => {
    const look: Look = async () => {
      if (!login) return { signsIn: false };
      const here = { ...deps, publicUrl: deps.addressOf(c.req.raw) };
      // The page of an error has to come even while the database is away.
      const session = await sessionOf(c, here, login).catch(() => undefined);
      return { signsIn: true, ...(session && { name: session.name }) };
    };
    c.set(LOOK, look);
    return next();
  };
}

export async function visitorOf(c: Context): Promise<Visitor> {
  const look: Look | undefined = c.get(LOOK);
  return await look?.() ?? { signsIn: false };
}
