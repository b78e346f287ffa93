/** `GET /channels/<id>`: a channel as a page, for everybody who may read it, complete without
 *  script; what a player does there (`POST`); and `/channels/<id>/source/<bot id>`, the source of a
 *  referee. */
import { type Context, Hono } from "@hono/hono";
import { newSecret } from "../../accounts/secret.ts";
import type { BrowserCaller } from "../../accounts/access/browser.ts";
import { sightOf } from "../../channels/reading/sight.ts";
import { boardOf } from "../../domain/board/board.ts";
import { mayTakeSeat } from "../../domain/channel/listed.ts";
import { powersIn } from "../../domain/referee/operations/all.ts";
import { WATCH_LIMITS } from "../../domain/limits/watch.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { forPeople } from "../../http/route_declaration.ts";
import { jsonIn } from "../../operations/input/json_text.ts";
import { makeGameMove } from "../../operations/make_game_move.ts";
import type { Operation } from "../../operations/operation.ts";
import { postMessage } from "../../operations/post_message.ts";
import { channelAccess } from "../live/routes.ts";
import { actBy, type RefusedForm } from "./acting.ts";
import { changeRoutes } from "./change_routes.ts";
import {
  addressesOf,
  callerOf,
  CHANNEL_PATH,
  type ChannelDeps,
  pictureOf,
  signInFirst,
} from "./request.ts";
import { writtenIn } from "./parts/written.ts";

export function channelRoutes(deps: ChannelDeps): Hono<HttpEnv> {
  const { services, browsers } = deps;
  const app = new Hono<HttpEnv>();

  /** The page, after what a player has sent was refused, if so. */
  const show = async (c: Context, caller: BrowserCaller, refused?: RefusedForm) => {
    const access = channelAccess(c, caller.principal);
    const { messages } = await services.reader.read(access, {
      cursor: 0,
      limit: WATCH_LIMITS.logEntries,
      bytes: WATCH_LIMITS.logBytes,
      newest: true,
      timeoutMs: 0,
      signal: c.req.raw.signal,
    });
    const { state, viewer, isPart, after } = await services.shown.open(access);
    const { channel } = state;
    const { seat } = viewer;
    const { view, bots } = await sightOf(services, state, viewer);
    const { address, query } = addressesOf(c);
    const [{ page }, { channelPage }] = await Promise.all([
      import("../frame/page.tsx"),
      import("./page.tsx"),
    ]);
    const marks = { proof: caller.proof, once: newSecret() };
    const scene = {
      messages,
      first: after + 1,
      board: boardOf(messages),
      slots: view.slots,
      bots,
      closed: channel.closed,
      visibility: view.visibility,
      watchedBy: view.spectating?.by ?? "off" as const,
      address,
      query,
      now: services.now().getTime(),
      status: "Reload the page to see what has come since.",
      powers: powersIn(channel, viewer),
      marks: seat || viewer.admin ? marks : undefined,
      seat: seat ? { player_id: seat.player_id, ...marks } : undefined,
      written: refused && writtenIn(refused.form),
    };
    c.header("cache-control", "no-store");
    const content = channelPage(scene, `${address}/events${query}`, {
      refused: refused?.refusal,
      isWhole: !isPart,
      offersSeat: mayTakeSeat(channel, caller.principal),
    });
    return await page(c, channel.name, content, {
      islands: ["channel"],
      ...scene.marks && { formsLeadTo: [] },
      refused: refused?.refusal,
      preview: { about: "The board and the log, live.", image: pictureOf(c, deps, channel) },
    });
  };

  app.get(CHANNEL_PATH, forPeople(), async (c) => {
    const caller = await callerOf(c, deps);
    return caller ? await show(c, caller) : signInFirst();
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
      onRefusal: async (refusal, form) => {
        const caller = await browsers.callerOf(c, c.env.address);
        return caller ? await show(c, caller, { refusal, form }) : signInFirst();
      },
    });

  app.route("/", changeRoutes(deps, show));
  app.post(`${CHANNEL_PATH}/move`, forPeople(), (c) => act(c, makeGameMove, moveIn));
  app.post(
    `${CHANNEL_PATH}/say`,
    forPeople(),
    (c) => act(c, postMessage, (form) => ({ body: { text: form.get("text") ?? "" } })),
  );

  app.get(`${CHANNEL_PATH}/source/:bot`, forPeople(), async (c) => {
    const caller = await callerOf(c, deps);
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
    const content = sourcePage(source, bot, `${address}${query}`);
    return await page(c, `The source of ${bot.name}`, content);
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
