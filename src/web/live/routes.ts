/** `GET /channels/<id>/events`: a channel as it goes on, as Server-Sent Events, or, for a reader
 *  that asks for JSON, what has come since. */
import { type Context, Hono } from "@hono/hono";
import { accepts } from "@hono/hono/accepts";
import type { Browsers } from "../../accounts/access/browser.ts";
import { sightOf } from "../../channels/reading/sight.ts";
import type { Access } from "../../domain/channel/seat.ts";
import { powersIn } from "../../domain/referee/operations/all.ts";
import { WATCH_LIMITS } from "../../domain/limits/watch.ts";
import { secretHash } from "../../kernel/hash.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { problem } from "../../http/problem.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { admitLook } from "../../operations/rate_guard.ts";
import type { Services } from "../../operations/operation.ts";
import { eventStream } from "./event_stream.ts";
import type { Streams } from "./streams.ts";

export interface LiveDeps {
  services: Services;
  browsers: Browsers;
}

const EVENTS = "text/event-stream";
const DATA = "application/json";
const HEADERS = { "content-type": EVENTS, "cache-control": "no-store" };

export function liveRoutes(
  { services, browsers, streams }: LiveDeps & { streams: Streams },
): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.get("/channels/:id{[\\w-]+}/events", forPeople(), async (c) => {
    const caller = await browsers.callerOf(c, c.env.address);
    if (caller === null) {
      return problem("UNAUTHORIZED", "Sign in at /login to watch channels here.");
    }
    const { principal } = caller;
    admitLook(services, caller);
    const access = channelAccess(c, principal);
    const cursor = cursorOf(c);
    c.header("vary", "accept");
    const wanted = accepts(c, { header: "Accept", supports: [EVENTS, DATA], default: EVENTS });
    if (wanted === DATA) return await since(c, access, cursor);
    const leave = streams.enter(principal, c.env.address);
    try {
      const watch = await services.broadcasts.open(access, cursor ?? 0);
      const isRead = watch !== null && c.req.raw.method === "GET";
      if (isRead) return c.body(eventStream(watch, leave), 200, HEADERS);
      watch?.stop();
      leave();
      // A browser that is told so does not come back.
      return watch ? c.body(null, 200, HEADERS) : c.body(null, 204);
    } catch (error) {
      leave();
      throw error;
    }
  });

  /** The messages after a cursor, or the newest ones without one. */
  async function since(c: Context, access: Access, cursor: number | undefined): Promise<Response> {
    const { messages, view, cursor: last } = await services.reader.read(access, {
      cursor: cursor ?? 0,
      limit: WATCH_LIMITS.logEntries,
      bytes: WATCH_LIMITS.logBytes,
      newest: cursor === undefined,
      timeoutMs: 0,
      signal: c.req.raw.signal,
    });
    const { state, viewer } = await services.shown.open(access);
    const sight = view && await sightOf(services, state, viewer);
    const you = viewer.seat?.player_id ?? null;
    const powers = powersIn(state.channel, viewer);
    return c.json(
      { messages, cursor: last, ...(sight && { sight }), you, powers },
      200,
      { "cache-control": "no-store" },
    );
  }
  return app;
}

/** The conversation of whatever a person does in a browser: it tells the seat that was taken there
 *  from those of the person's agents. */
export const BROWSER = "browser";

/** The access of a browser to the channel of a path: `spectate` of the query is the token of a link
 *  for spectators. */
export function channelAccess(c: Context, principal: string): Access {
  const token = c.req.query("spectate");
  return {
    caller: { principal, conversation: BROWSER },
    channelId: c.req.param("id")!,
    rejoinHash: token === undefined ? null : secretHash(token),
  };
}

/** The last entry that a reader has: a browser that comes back says so itself. */
function cursorOf(c: Context): number | undefined {
  const text = c.req.header("last-event-id") ?? c.req.query("after");
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Refusal(
    "INVALID_REQUEST",
    "Last-Event-ID, or after in the query, must be the id of the last entry that you have.",
  );
}
