/** `GET /channels/<id>.svg`: the position of a channel as a picture. A channel that spectators read
 *  by link takes its token as `?token=`; `?at=<entry id>` is for the position as of that entry, and
 *  `?theme=dark` for dark pages. */
import { Hono } from "@hono/hono";
import { svgOf } from "../domain/board/svg_of.ts";
import { problemResponse } from "../http/problem.ts";
import type { HttpEnv } from "../http/request_guard.ts";
import { forPeople } from "../http/route_declaration.ts";
import { secretHash } from "../kernel/hash.ts";
import { Refusal } from "../kernel/refusal.ts";
import { momentOf } from "./channel/moment_of.ts";
import { callerOf, type ChannelDeps, signInFirst } from "./channel/request.ts";

/** Part of each ETag: increase it with every change of how boards are drawn. */
const DRAWING = 2;
/** For how long a picture that everyone may see is shown without asking again. */
const FRESH_S = 5;

/** `guests`: whether people may look without signing in. */
export function boardPicture(deps: ChannelDeps & { guests: boolean }): Hono<HttpEnv> {
  const { services: { boards }, guests } = deps;
  return new Hono<HttpEnv>().get("/channels/:file{.+\\.svg}", forPeople(), async (c) => {
    const channelId = c.req.param("file").slice(0, -".svg".length);
    const token = c.req.query("token");
    const theme = c.req.query("theme") === "dark" ? "dark" : "light";
    try {
      if (await callerOf(c, deps) === null) return signInFirst();
      const shown = await boards.open(channelId, token ? secretHash(token) : null);
      const { last, name, players } = shown;
      const isPublic = shown.isPublic && guests;
      const at = momentOf(c.req.query("at"), shown);
      const etag = `"${last}-${at}-${DRAWING}-${theme}"`;
      c.header("etag", etag);
      c.header("cache-control", isPublic ? `public, max-age=${FRESH_S}` : "private, no-cache");
      // Other sites may show what everyone may see.
      if (isPublic) c.header("cross-origin-resource-policy", "cross-origin");
      if (c.req.header("if-none-match")?.includes(etag)) return c.body(null, 304);
      const { view, turn, over } = await shown.board(at);
      const status = over ? { status: "The game is over." } : {};
      const svg = svgOf(view, {
        players,
        turn,
        heading: name,
        theme,
        seal: "unchecked",
        ...status,
      });
      return c.body(svg, 200, { "content-type": "image/svg+xml; charset=utf-8" });
    } catch (error) {
      if (error instanceof Refusal) return problemResponse(error);
      throw error;
    }
  });
}
