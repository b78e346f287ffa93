/** The pages of the built-in games. */
import { Hono } from "@hono/hono";
import type { CataloguedBot } from "../channels/library/bot_catalogue.ts";
import { ANYBODY } from "../domain/channel/principal.ts";
import { Refusal } from "../kernel/refusal.ts";
import { prefersPage } from "../http/negotiation.ts";
import { forPeople } from "../http/route_declaration.ts";
import { frame } from "./frame/load.ts";
import type { WebDeps } from "./web_deps.ts";

/** `/games/<name>/source` is the source itself for a program, so that anybody can hash it. */
export function gameRoutes({ services, addressOf }: WebDeps): Hono {
  const { catalogue, sources } = services;
  const app = new Hono();
  app.get("/games", forPeople(), async (c) => {
    const [{ page }, { gamesPage, noGamesPage }] = await Promise.all([
      frame(),
      import("./pages/games.tsx"),
    ]);
    const bots = await listedGames(catalogue);
    return await page(c, "Games", bots ? gamesPage(bots) : noGamesPage());
  });
  app.get("/games/:name", forPeople(), async (c) => {
    const [{ page }, { gamePage }, { gamePath }] = await Promise.all([
      frame(),
      import("./pages/game.tsx"),
      import("./pages/games.tsx"),
    ]);
    const bot = await catalogue.find(c.req.param("name"));
    if (bot.name !== c.req.param("name")) return c.redirect(gamePath(bot.name), 302);
    return await page(c, bot.name, gamePage(bot, `${addressOf(c.req.raw)}/mcp`), {
      islands: ["copy"],
    });
  });
  app.get("/games/:name/source", forPeople(), async (c) => {
    c.header("vary", "accept");
    const bot = await catalogue.find(c.req.param("name"));
    const source = await sources.read(ANYBODY, bot.code_hash);
    if (source === null) return await c.notFound();
    if (!prefersPage(c)) return c.text(source);
    const [{ page }, { sourcePage }] = await Promise.all([
      frame(),
      import("./pages/source.tsx"),
    ]);
    const address = addressOf(c.req.raw) + c.req.path;
    return await page(c, `Source of ${bot.name}`, sourcePage(bot, source, address));
  });
  return app;
}

/** All games; undefined on a server that runs no bots. */
export async function listedGames(
  catalogue: WebDeps["services"]["catalogue"],
): Promise<CataloguedBot[] | undefined> {
  try {
    return await catalogue.list();
  } catch (error) {
    if (error instanceof Refusal && error.code === "UNAVAILABLE") return undefined;
    throw error;
  }
}
