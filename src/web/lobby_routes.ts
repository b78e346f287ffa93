/** The pages that list channels and ladders. They show what every caller may know: nobody's own
 *  channels, and nothing at all to strangers on a server that admits no guests. */
import { type Context, Hono } from "@hono/hono";
import type { Listed } from "../channels/reading/lister.ts";
import { ANYBODY } from "../domain/channel/principal.ts";
import { isOpen } from "../domain/channel/seat.ts";
import { CHANNEL_LIMITS } from "../domain/limits/channel.ts";
import { forPeople } from "../http/route_declaration.ts";
import { frame } from "./frame/load.ts";
import { visitorOf } from "./frame/visitor.ts";
import type { WebDeps } from "./web_deps.ts";

/** Channels or players on a page, games on the first page, and those of a ladder among others. */
const PAGE = 20;
const AT_HOME = 5;
const OF_EACH = 5;

export function lobbyRoutes(deps: WebDeps): Hono {
  const { lister, leaderboard: board } = deps.services;
  const app = new Hono();
  app.get("/lobby", forPeople(), async (c) => {
    if (!await mayList(c, deps)) return await closed(c, "Lobby");
    const [{ page }, { lobbyPage }] = await Promise.all([frame(), import("./pages/lobby.tsx")]);
    const game = c.req.query("game")?.slice(0, CHANNEL_LIMITS.listedGameChars) || undefined;
    const open = c.req.query("open") !== undefined;
    const wanted = {
      query: "",
      ...game !== undefined && { game },
      open,
      ended: false,
      hidden: false,
    };
    const { channels, nextCursor } = await lister.list(
      ANYBODY,
      wanted,
      PAGE,
      c.req.query("cursor"),
    );
    return await page(c, "Lobby", lobbyPage({ channels, open, game, nextCursor }));
  });
  app.get("/leaderboard", forPeople(), async (c) => {
    if (!await mayList(c, deps)) return await closed(c, "Leaderboard");
    const [{ page }, { ladderPage, ladderPath, leaderboardPage }] = await Promise.all([
      frame(),
      import("./pages/leaderboard.tsx"),
    ]);
    const { presets } = deps.services.library;
    const look = async (ladder: string, limit: number, cursor?: string) => {
      // Read the results first, so that the rows count at least these games.
      const results = cursor === undefined ? await board.results(ladder) : [];
      const { rows, nextCursor } = await board.page(ladder, limit, cursor);
      return {
        ladder,
        builtin: presets.includes(ladder),
        rows,
        results: results.slice(0, limit),
        next: nextCursor && `${ladderPath(ladder)}&${new URLSearchParams({ cursor: nextCursor })}`,
      };
    };
    const asked = c.req.query("ladder");
    if (asked !== undefined) {
      const ladder = board.named(asked);
      const found = await look(ladder, PAGE, c.req.query("cursor"));
      return await page(c, `Ladder of ${ladder}`, ladderPage(found));
    }
    const ladders = [];
    for (const { ladder } of board.ladders) ladders.push(await look(ladder, OF_EACH));
    const { signsIn } = await visitorOf(c);
    return await page(c, "Leaderboard", leaderboardPage(ladders, signsIn));
  });
  return app;
}

/** Whether a visitor may see which channels and ladders there are: whoever could call may. */
export async function mayList(c: Context, { guests }: Pick<WebDeps, "guests">): Promise<boolean> {
  return guests || (await visitorOf(c)).name !== undefined;
}

async function closed(c: Context, title: string): Promise<Response> {
  const [{ page }, { closedLobbyPage }] = await Promise.all([
    frame(),
    import("./pages/lobby.tsx"),
  ]);
  const { signsIn } = await visitorOf(c);
  return await page(c, title, closedLobbyPage(signsIn), { status: 401 });
}

/** The newest public game in progress that anybody may watch, and the newest channels with an open
 *  seat. */
export async function listedAtHome(
  { services: { lister } }: Pick<WebDeps, "services">,
): Promise<[live: Listed | undefined, open: Listed[]]> {
  const wanted = { query: "", open: false, ended: false, hidden: false };
  const [all, open] = await Promise.all([
    lister.list(ANYBODY, wanted, PAGE),
    lister.list(ANYBODY, { ...wanted, open: true }, AT_HOME),
  ]);
  return [all.channels.find(isLive), open.channels];
}

/** Everyone for whom there is a seat sits, a referee is at work, and it takes no link to watch. */
function isLive({ channel }: Listed): boolean {
  const { slots, seats, bots } = channel;
  return isOpen(channel) && seats.length > 0 && bots.some(({ ended }) => !ended) &&
    slots.every(({ filled_by }) => filled_by !== null);
}
