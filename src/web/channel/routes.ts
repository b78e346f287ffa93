/** `GET /channels/<id>`: a channel as a page, for everybody who may read it, complete without
 *  script; and `/channels/<id>/source/<bot id>`, the source of a referee. */
import { type Context, Hono } from "@hono/hono";
import { boardOf } from "../../domain/board/board.ts";
import { viewOf } from "../../domain/channel/view.ts";
import { WATCH_LIMITS } from "../../domain/limits/watch.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { problem } from "../../http/problem.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { admitCall } from "../../operations/rate_guard.ts";
import { channelAccess, type LiveDeps } from "../live/routes.ts";

const PATH = "/channels/:id{[\\w-]+}";

export function channelRoutes({ services, readerOf }: LiveDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const accessOf = async (c: Context<HttpEnv>) => {
    const principal = await readerOf(c, c.env.address);
    if (principal === null) return null;
    admitCall(services, principal);
    return channelAccess(c, principal);
  };

  app.get(PATH, forPeople(), async (c) => {
    const access = await accessOf(c);
    if (!access) return signInFirst();
    const { messages } = await services.reader.read(access, {
      cursor: 0,
      limit: WATCH_LIMITS.logEntries,
      bytes: WATCH_LIMITS.logBytes,
      newest: true,
      timeoutMs: 0,
      signal: c.req.raw.signal,
    });
    const { state: { channel } } = await services.shown.open(access);
    const { address, query } = addressesOf(c);
    const [{ page }, { channelPage }] = await Promise.all([
      import("../frame/page.tsx"),
      import("./page.tsx"),
    ]);
    const scene = {
      messages,
      board: boardOf(messages),
      slots: viewOf(channel).slots,
      bots: channel.bots,
      closed: channel.closed,
      address,
      query,
      status: "Reload the page to see what has come since.",
    };
    c.header("cache-control", "no-store");
    return await page(c, channel.name, channelPage(scene, `${address}/events${query}`), {
      islands: ["channel"],
    });
  });

  app.get(`${PATH}/source/:bot`, forPeople(), async (c) => {
    const access = await accessOf(c);
    if (!access) return signInFirst();
    const { state: { channel } } = await services.shown.open(access);
    const bot = channel.bots.find(({ bot_id }) => bot_id === c.req.param("bot"));
    if (!bot) {
      throw new Refusal("BOT_NOT_FOUND", "No such bot is in this channel. Use a link of its page.");
    }
    const source = await services.library.source(bot.code_hash);
    const { address, query } = addressesOf(c);
    const [{ page }, { sourcePage }] = await Promise.all([
      import("../frame/page.tsx"),
      import("./page.tsx"),
    ]);
    const content = sourcePage(source, bot.code_hash, `${address}${query}`);
    return await page(c, `The source of ${bot.name}`, content, { islands: ["copy"] });
  });
  return app;
}

/** The path of the channel, and the query by which a link admits. */
function addressesOf(c: Context): { address: string; query: string } {
  const token = c.req.query("spectate");
  const query = token === undefined ? "" : `?${new URLSearchParams({ spectate: token })}`;
  return { address: `/channels/${c.req.param("id")}`, query };
}

function signInFirst(): Response {
  return problem("UNAUTHORIZED", "Sign in at /login to watch channels here.");
}
