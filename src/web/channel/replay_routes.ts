/** How a channel is checked: `/channels/<id>/replay?at=<entry id>`, the channel as of that entry,
 *  and `/channels/<id>/verify`, which leads to the page that runs its referees again. */
import { Hono } from "@hono/hono";
import { boardOf } from "../../domain/board/board.ts";
import { viewOf } from "../../domain/channel/view.ts";
import { WATCH_LIMITS } from "../../domain/limits/watch.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { channelAccess } from "../live/routes.ts";
import { momentOf } from "./moment_of.ts";
import {
  addressesOf,
  callerOf,
  CHANNEL_PATH,
  type ChannelDeps,
  pictureOf,
  signInFirst,
} from "./request.ts";

export function replayRoutes(deps: ChannelDeps): Hono<HttpEnv> {
  const { services } = deps;
  const app = new Hono<HttpEnv>();

  app.get(`${CHANNEL_PATH}/replay`, forPeople(), async (c) => {
    const caller = await callerOf(c, deps);
    if (!caller) return signInFirst();
    const access = channelAccess(c, caller.principal);
    const { state: { channel, head }, after, isPart } = await services.shown.open(access);
    const bounds = { first: after + 1, last: head.size };
    const at = momentOf(c.req.query("at"), bounds);
    const read = (newest: boolean) =>
      services.reader.read(access, {
        cursor: 0,
        limit: WATCH_LIMITS.logEntries,
        bytes: WATCH_LIMITS.logBytes,
        newest,
        upTo: at,
        timeoutMs: 0,
        signal: c.req.raw.signal,
      });
    const { messages } = await read(true);
    const { address, query } = addressesOf(c);
    const [{ page }, { replayPage }, { namesOf, withFormer }] = await Promise.all([
      import("../frame/page.tsx"),
      import("./page.tsx"),
      import("./parts/names.ts"),
    ]);
    let names = withFormer(namesOf(viewOf(channel).slots), messages);
    const isBegun = messages[0] !== undefined && messages[0].id > bounds.first;
    // Most players join at the beginning of a channel, so the names of those who left are there.
    if (isBegun && Object.keys(names).length < channel.next_player - 1) {
      names = withFormer(names, (await read(false)).messages);
    }
    const moment = { ...bounds, at, messages, board: boardOf(messages), names, address, query };
    c.header("cache-control", "no-store");
    const content = replayPage(moment, `${address}/events${query}`, !isPart);
    return await page(c, `Replay of ${channel.name}`, content, {
      islands: ["replay"],
      preview: {
        about: `The board after entry ${at} of ${head.size}.`,
        image: pictureOf(c, deps, channel, { at: String(at) }),
      },
    });
  });

  // A link, as the offer of an export changes nothing: its ticket is all that there is of it.
  app.get(`${CHANNEL_PATH}/verify`, forPeople(), async (c) => {
    const caller = await callerOf(c, deps);
    if (!caller) return signInFirst();
    const { url } = await services.exports.offer(channelAccess(c, caller.principal));
    const ticket = new URL(url).pathname.split("/").at(-1)!;
    c.header("cache-control", "no-store");
    return c.redirect(`/verify?${new URLSearchParams({ export: ticket })}`, 303);
  });
  return app;
}
