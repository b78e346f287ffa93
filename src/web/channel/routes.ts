/** `GET /channels/<id>`: a channel as a page, for everybody who may read it, complete without
 *  script; what a player does there (`POST`); `/channels/<id>/replay?at=<entry id>`, the channel as
 *  of that entry; and `/channels/<id>/source/<bot id>`, the source of a referee. */
import { type Context, Hono } from "@hono/hono";
import type { ContentfulStatusCode } from "@hono/hono/utils/http-status";
import type { BrowserCaller } from "../../accounts/access/browser.ts";
import type { AddressOf } from "../../accounts/access/own_address.ts";
import { boardOf } from "../../domain/board/board.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { isOpen } from "../../domain/channel/seat.ts";
import { viewOf } from "../../domain/channel/view.ts";
import { WATCH_LIMITS } from "../../domain/limits/watch.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { problem, PROBLEM_STATUS } from "../../http/problem.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { jsonIn } from "../../operations/input/json_text.ts";
import { makeGameMove } from "../../operations/make_game_move.ts";
import type { Operation } from "../../operations/operation.ts";
import { postMessage } from "../../operations/post_message.ts";
import { admitCall } from "../../operations/rate_guard.ts";
import { channelAccess } from "../live/routes.ts";
import { actBy, type ActingDeps } from "./acting.ts";
import { momentOf } from "./moment_of.ts";

interface ChannelDeps extends ActingDeps {
  addressOf: AddressOf;
}

const PATH = "/channels/:id{[\\w-]+}";

export function channelRoutes(deps: ChannelDeps): Hono<HttpEnv> {
  const { services, browsers, addressOf } = deps;
  const app = new Hono<HttpEnv>();
  const callerOf = async (c: Context<HttpEnv>) => {
    const caller = await browsers.callerOf(c, c.env.address);
    if (caller) admitCall(services, caller.principal);
    return caller;
  };
  /** The picture of a position, where those who see no more than a link may see it. */
  const pictureOf = (c: Context, channel: Channel, moment: Record<string, string>) => {
    const token = c.req.query("spectate");
    if (token === undefined && !isOpen(channel)) return undefined;
    const query = new URLSearchParams({ ...moment, ...(token !== undefined && { token }) });
    const path = `/channels/${c.req.param("id")}.svg`;
    return addressOf(c.req.raw) + path + (query.size > 0 ? `?${query}` : "");
  };

  /** The page, after what a player has sent was refused, if so. */
  const show = async (c: Context, caller: BrowserCaller, refused?: Refusal) => {
    const access = channelAccess(c, caller.principal);
    const { messages } = await services.reader.read(access, {
      cursor: 0,
      limit: WATCH_LIMITS.logEntries,
      bytes: WATCH_LIMITS.logBytes,
      newest: true,
      timeoutMs: 0,
      signal: c.req.raw.signal,
    });
    const { state: { channel }, viewer: { seat } } = await services.shown.open(access);
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
      seat: seat ? { player_id: seat.player_id, proof: caller.proof } : undefined,
    };
    c.header("cache-control", "no-store");
    if (refused?.retryAfterMs !== undefined) {
      c.header("retry-after", String(Math.ceil(refused.retryAfterMs / 1000)));
    }
    const content = channelPage(scene, `${address}/events${query}`, refused?.text);
    return await page(c, channel.name, content, {
      islands: ["channel"],
      ...seat && { formsLeadTo: [] },
      ...refused && { status: PROBLEM_STATUS[refused.code] as ContentfulStatusCode },
      preview: { about: "The board and the log, live.", image: pictureOf(c, channel, {}) },
    });
  };

  app.get(PATH, forPeople(), async (c) => {
    const caller = await callerOf(c);
    return caller ? await show(c, caller) : signInFirst();
  });

  app.get(`${PATH}/replay`, forPeople(), async (c) => {
    const caller = await callerOf(c);
    if (!caller) return signInFirst();
    const access = channelAccess(c, caller.principal);
    const { state: { channel, head }, after } = await services.shown.open(access);
    const bounds = { first: after + 1, last: head.size };
    const at = momentOf(c.req.query("at"), bounds);
    const { messages } = await services.reader.read(access, {
      cursor: 0,
      limit: WATCH_LIMITS.logEntries,
      bytes: WATCH_LIMITS.logBytes,
      newest: true,
      upTo: at,
      timeoutMs: 0,
      signal: c.req.raw.signal,
    });
    const { address, query } = addressesOf(c);
    const [{ page }, { replayPage }, { namesOf }] = await Promise.all([
      import("../frame/page.tsx"),
      import("./page.tsx"),
      import("./parts/scene.tsx"),
    ]);
    const names = namesOf(viewOf(channel).slots);
    const moment = { ...bounds, at, messages, board: boardOf(messages), names, address, query };
    c.header("cache-control", "no-store");
    const content = replayPage(moment, `${address}/events${query}`);
    return await page(c, `Replay of ${channel.name}`, content, {
      islands: ["replay"],
      preview: {
        about: `The board after entry ${at} of ${head.size}.`,
        image: pictureOf(c, channel, { at: String(at) }),
      },
    });
  });

  const act = (
    c: Context<HttpEnv>,
    operation: Operation,
    inputOf: (form: URLSearchParams) => Record<string, unknown>,
  ) =>
    actBy(c, deps, {
      operation,
      inputOf: (form) => ({ channel_id: c.req.param("id"), ...inputOf(form) }),
      leadTo: () => addressesOf(c).address,
      onRefusal: async (refusal) => {
        const caller = await browsers.callerOf(c, c.env.address);
        return caller ? await show(c, caller, refusal) : signInFirst();
      },
    });

  app.post(`${PATH}/move`, forPeople(), (c) => act(c, makeGameMove, moveIn));
  app.post(
    `${PATH}/say`,
    forPeople(),
    (c) => act(c, postMessage, (form) => ({ body: { text: form.get("text") ?? "" } })),
  );

  app.get(`${PATH}/source/:bot`, forPeople(), async (c) => {
    const caller = await callerOf(c);
    if (!caller) return signInFirst();
    const { state: { channel } } = await services.shown.open(channelAccess(c, caller.principal));
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

/** The move of a form: a whole one, as the page offers it, or an action and a value. */
function moveIn(form: URLSearchParams): Record<string, unknown> {
  const offered = form.get("move");
  const move = offered === null
    ? { action: form.get("action"), value: valueIn(form.get("value")?.trim() ?? "") }
    : jsonIn(offered, "object");
  const { action, value } = move ?? {}; // the operation refuses a move without action
  const answers = form.get("answers");
  return {
    game: form.get("game"),
    action,
    ...value !== undefined && { value },
    ...answers && { answers: Number(answers) },
  };
}

/** A number, an object or a text, as a person writes it. */
function valueIn(text: string): unknown {
  if (text === "") return undefined;
  return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : jsonIn(text, "object") ?? text;
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
