/** `GET /channels/<id>.svg`: the position of a channel as a picture. A channel that spectators read
 *  by link takes its token as `?token=`; `?at=<entry id>` is for the position as of that entry, and
 *  `?theme=dark` for dark pages. */
import { Hono } from "@hono/hono";
import type { BoardReader } from "../channels/reading/board_reader.ts";
import { svgOf } from "../domain/board/svg_of.ts";
import { problemResponse } from "../http/problem.ts";
import { forPeople } from "../http/route_declaration.ts";
import { secretHash } from "../kernel/hash.ts";
import { Refusal } from "../kernel/refusal.ts";
import { momentOf } from "./channel/moment_of.ts";

/** Part of each ETag: increase it with every change of how boards are drawn. */
const DRAWING = 1;
/** For how long a picture that everyone may see is shown without asking again. */
const FRESH_S = 5;

export function boardPicture(boards: Pick<BoardReader, "open">): Hono {
  return new Hono().get("/channels/:file{.+\\.svg}", forPeople(), async (c) => {
    const channelId = c.req.param("file").slice(0, -".svg".length);
    const token = c.req.query("token");
    const theme = c.req.query("theme") === "dark" ? "dark" : "light";
    try {
      const shown = await boards.open(channelId, token ? secretHash(token) : null);
      const { last, isPublic, name, players } = shown;
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
